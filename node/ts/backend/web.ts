/** WebAssembly whose modules are files beside the program: `init` fetches them. */

import type { Engine, InitOptions, WasmSource } from "../backend.js";
import { once } from "./once.js";
import { warmUp } from "./warm.js";
import { wasmEngine } from "./wasm.js";

let current: Engine | undefined;

export function engine(): Engine {
  if (current === undefined) {
    throw new Error("certgate has not been started: `await init()` first, or import certgate/inline");
  }
  return current;
}

/** Fetches and compiles the modules, once, and checks a request of its own; a failure may be followed by another try. */
export const init = once((options: InitOptions = {}) => start(options));

async function start(options: InitOptions): Promise<void> {
  const [main, yaml] = await Promise.all([
    compile(options.wasm ?? new URL("./certgate.wasm", import.meta.url)),
    options.yaml === false ? undefined : compile(options.yaml ?? new URL("./certgate-yaml.wasm", import.meta.url)),
  ]);
  const reader = () => {
    if (yaml === undefined) {
      throw new Error("certgate was started without its reader of YAML");
    }
    return yaml;
  };
  const tools = () => compile(options.tools ?? new URL("./certgate-tools.wasm", import.meta.url));
  current = wasmEngine(main, reader, tools);
  await warmUp();
}

async function compile(source: WasmSource | Promise<Response>): Promise<WebAssembly.Module> {
  const given = await source;
  if (given instanceof WebAssembly.Module) {
    return given;
  }
  if (given instanceof ArrayBuffer || ArrayBuffer.isView(given)) {
    return WebAssembly.compile(given as BufferSource);
  }
  const response = given instanceof Response ? given : await fetch(given as string | URL);
  if (!response.ok) {
    throw new Error(`cannot fetch ${response.url}: status ${response.status}`);
  }
  // Compiles while it comes, where the server says what it is: to the letter, as the browser wants it.
  const isNamed = response.headers.get("content-type")?.trim().toLowerCase() === "application/wasm";
  return isNamed && typeof WebAssembly.compileStreaming === "function"
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}
