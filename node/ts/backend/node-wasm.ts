/** WebAssembly in Node: modules from the files beside this one, instantiated at the first call. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../backend.js";
import { warmUp } from "./warm.js";
import { type Module, wasmEngine } from "./wasm.js";

let current: Engine | undefined;
let starting: Promise<void> | undefined;

const read = (name: string) => readFileSync(join(__dirname, name));

export function engine(): Engine {
  current ??= start(read("certgate.wasm"));
  return current;
}

/** Compiles away from the calling thread, and checks a request of its own. Without it, the first calls compile. */
export function init(): Promise<void> {
  starting ??= (current === undefined ? compile() : warmUp()).catch((error: unknown) => {
    starting = undefined;
    throw error;
  });
  return starting;
}

async function compile(): Promise<void> {
  const module = await WebAssembly.compile(read("certgate.wasm"));
  current ??= start(module);
  await warmUp();
}

function start(module: Module): Engine {
  return wasmEngine(
    module,
    () => read("certgate-yaml.wasm"),
    () => read("certgate-tools.wasm"),
  );
}
