/** The engine in the worker: the two WebAssembly modules of the npm package, carried inside as compressed text. */

import { XzReadableStream } from "xz-decompress";
import * as main from "../../../node/build/wasm/certgate_wasm.js";
import * as reader from "../../../node/build/wasm/certgate_wasm_yaml.js";
import modules from "../build/modules.xz";
import type { ErrorView, Position, StepView } from "./protocol.js";

export { main };

/** Unpacks and starts both modules, away from the page's thread. */
export async function start(): Promise<void> {
  const bytes = await unpack(modules);
  // The length of the main module, the main module, the reader.
  const length = new DataView(bytes).getUint32(0, true);
  const [engine, yaml] = await Promise.all([
    WebAssembly.compile(new Uint8Array(bytes, 4, length)),
    WebAssembly.compile(new Uint8Array(bytes, 4 + length)),
  ]);
  main.initSync({ module: engine });
  reader.initSync({ module: yaml });
}

function unpack(packed: string): Promise<ArrayBuffer> {
  return new Response(new XzReadableStream(new Blob([decode(packed)]).stream())).arrayBuffer();
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    bytes[index] = text.charCodeAt(index);
  }
  return bytes;
}

/** A policy, and the places of its text. */
export interface LoadedPolicy {
  policy: main.Policy;
  locate(path: StepView[]): Position | undefined;
}

/** Loads a policy in YAML or JSON; throws the engine's failure. */
export function loadPolicy(text: string): LoadedPolicy {
  const source = reader.readPolicy(text);
  const locate = (path: StepView[]) => source.locate(path);
  const policy = main.loadConvertedPolicy(source.json(), text, locate);
  return {
    policy,
    locate: (path) => {
      const place = locate(path);
      return place === undefined ? undefined : { line: place[0] ?? 1, column: place[1] ?? 1 };
    },
  };
}

/** The error within what the engine has thrown; other exceptions are faults of ours and pass. */
export function errorOf(thrown: unknown): ErrorView {
  if (typeof thrown === "object" && thrown !== null && "error" in thrown) {
    return (thrown as { error: ErrorView }).error;
  }
  throw thrown;
}
