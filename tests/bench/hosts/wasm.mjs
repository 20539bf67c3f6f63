// The size of each WebAssembly module, and the time from importing the package to the first decision, each in fresh processes.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const DIST = new URL("../../../node/dist/", import.meta.url);
const MODULES = [
  ["main", "certgate.wasm", 500_000],
  ["YAML", "certgate-yaml.wasm", 350_000],
];
const PROCESSES = 15;

const json = readFileSync(new URL("../policy.json", import.meta.url), "utf8");
const yaml = readFileSync(new URL("../../../policies/private-web.yaml", import.meta.url), "utf8");

for (const [name, file, goal] of MODULES) {
  const bytes = readFileSync(new URL(file, DIST));
  const gzip = gzipSync(bytes, { level: 9 }).length;
  const brotli = brotliCompressSync(bytes).length;
  console.log(`${name.padEnd(6)} ${bytes.length} bytes, gzip ${gzip}, brotli ${brotli}    goal at most ${goal} by gzip`);
}

const entry = fileURLToPath(new URL("wasm.js", DIST));
const vector = fileURLToPath(new URL("request.pem", import.meta.url));
for (const [name, policy] of [
  ["policy in JSON", json],
  ["policy in YAML", yaml],
]) {
  const program = `
    import { readFileSync } from "node:fs";
    const start = process.hrtime.bigint();
    const certgate = await import(${JSON.stringify(entry)});
    const imported = process.hrtime.bigint();
    const policy = certgate.loadPolicy(${JSON.stringify(policy)});
    policy.evaluate(readFileSync(${JSON.stringify(vector)}), { at: "2026-01-01T00:00:00Z" }).outcome;
    const decided = process.hrtime.bigint();
    console.log(Number(imported - start) / 1e6, Number(decided - imported) / 1e6);`;
  const runs = Array.from({ length: PROCESSES }, () =>
    execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" }).split(" ").map(Number),
  );
  const median = (column) => runs.map((run) => run[column]).sort((a, b) => a - b)[PROCESSES >> 1];
  console.log(`${name}: import ${median(0).toFixed(1)} ms, then the first decision ${median(1).toFixed(1)} ms (median of ${PROCESSES} processes)`);
}
