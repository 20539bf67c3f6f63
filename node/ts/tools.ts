/** What is done with policies besides judging by them: asked of the engine, over texts and bytes. */

import { engine } from "#backend";
import type { ToolCall } from "./backend.js";
import { answerLater } from "./error.js";
import { Request } from "./request.js";
import { type Input, listOf, optionsOf, toBytes } from "./values.js";

/** What a tool gives; the form is that of the call. */
export async function runTool<T>(call: ToolCall, inputs: Uint8Array[] = []): Promise<T> {
  const { loadTools } = engine();
  await loadTools?.();
  return answerLater(() => engine().runTool(call, inputs) as Promise<T>);
}

/** A copy of the bytes of a request or another input, for an engine that reads them later. */
export function kept(input: Request | Input, ...path: readonly (string | number)[]): Uint8Array {
  return Request.is(input) ? input.der : toBytes(input, ...path).slice();
}

/** Inputs with their names: a list has its indexes. */
export function named(
  inputs: readonly (Request | Input)[] | Readonly<Record<string, Request | Input>>,
  argument: string,
): { names: string[]; inputs: Uint8Array[] } {
  const entries: [string, Request | Input][] = Array.isArray(inputs)
    ? listOf(inputs as readonly (Request | Input)[], argument).map((input, index) => [String(index), input])
    : Object.entries(optionsOf(inputs as Record<string, Request | Input>, argument));
  const step = (name: string, index: number) => (Array.isArray(inputs) ? index : name);
  return {
    names: entries.map(([name]) => name),
    inputs: entries.map(([name, input], index) => kept(input, argument, step(name, index))),
  };
}
