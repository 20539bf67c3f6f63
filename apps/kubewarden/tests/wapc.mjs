// Calls an operation of a waPC module by the host of waPC, with the WASI of Node: node wapc.mjs HOST MODULE OPERATION < INPUT
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { buffer } from "node:stream/consumers";
import { WASI } from "node:wasi";

const [, , folder, file, operation] = process.argv;
const { WapcHost } = createRequire(`${folder}/`)("@wapc/host");
const wasi = new WASI({ version: "preview1" });

class Host extends WapcHost {
  getImports() {
    return { ...super.getImports(), ...wasi.getImportObject() };
  }

  initialize(instance) {
    wasi.initialize(instance);
    super.initialize(instance);
  }
}

const host = await new Host().instantiate(await readFile(file));
try {
  process.stdout.write(await host.invoke(operation, await buffer(process.stdin)));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
