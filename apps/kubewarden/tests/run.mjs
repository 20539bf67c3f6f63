// Runs a WASI command with standard input and output of this process: node run.mjs MODULE WORD
import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';

const [, , file, ...words] = process.argv;
const wasi = new WASI({ version: 'preview1', args: ['policy.wasm', ...words], env: {}, returnOnExit: true });
const { instance } = await WebAssembly.instantiate(await readFile(file), wasi.getImportObject());
process.exitCode = wasi.start(instance);
