/** Node: the native addon if there is one for this platform, else WebAssembly. Loaded at the first call. */

import type { Engine } from "../backend.js";
import { loadAddon } from "./addon.js";
import { nativeLanes } from "./native-lanes.js";
import * as wasm from "./node-wasm.js";

let current: Engine | undefined;

export function engine(): Engine {
  current ??= native() ?? wasm.engine();
  return current;
}

export async function init(): Promise<void> {
  current ??= native();
  if (current === undefined) {
    await wasm.init();
    current ??= wasm.engine();
  }
}

function native(): Engine | undefined {
  const addon = loadAddon();
  return addon && { ...addon, kind: "native", lanes: nativeLanes(addon) };
}
