/** WebAssembly in Node: modules from the files beside this one, instantiated at the first call. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../backend.js";
import { wasmEngine } from "./wasm.js";

let current: Engine | undefined;

const read = (name: string) => readFileSync(join(__dirname, name));

export function engine(): Engine {
  current ??= wasmEngine(
    read("certgate.wasm"),
    () => read("certgate-yaml.wasm"),
    () => read("certgate-tools.wasm"),
  );
  return current;
}

export async function init(): Promise<void> {
  engine();
}
