/** WebAssembly in Node: modules from the files beside this one, instantiated at the first call. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../backend.js";
import { once } from "./once.js";
import { warmUp } from "./warm.js";
import { type Module, wasmEngine } from "./wasm.js";

let current: Engine | undefined;

const read = (name: string) => readFileSync(join(__dirname, name));

export function engine(): Engine {
  current ??= start(read("certgate.wasm"));
  return current;
}

/** Compiles away from the calling thread, and checks a request of its own. Without it, the first calls compile. */
export const init = once(() => (current === undefined ? compile() : warmUp()));

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
