/** WebAssembly whose modules are inside the program, as base64: for bundlers, `file:` pages and workers. */

import main from "../../build/wasm/certgate_wasm_bg.wasm";
import yaml from "../../build/wasm/certgate_wasm_yaml_bg.wasm";
import type { Engine } from "../backend.js";
import { once } from "./once.js";
import { warmUp } from "./warm.js";
import { type Module, wasmEngine } from "./wasm.js";

let current: Engine | undefined;
let compiledYaml: WebAssembly.Module | undefined;

export function engine(): Engine {
  current ??= start(bytes(main));
  return current;
}

/** Compiles away from the calling thread, and checks a request of its own. Without it, the first calls compile. */
export const init = once(() => (current === undefined ? compile() : warmUp()));

async function compile(): Promise<void> {
  const [module, reader] = await Promise.all([WebAssembly.compile(bytes(main)), WebAssembly.compile(bytes(yaml))]);
  compiledYaml = reader;
  current ??= start(module);
  await warmUp();
}

function start(module: Module): Engine {
  // A file of its own, which bundlers put where they put what may be loaded later.
  const tools = async () => bytes((await import("./inline-tools.js")).default);
  return wasmEngine(module, () => compiledYaml ?? bytes(yaml), tools);
}

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    bytes[index] = text.charCodeAt(index);
  }
  return bytes;
}
