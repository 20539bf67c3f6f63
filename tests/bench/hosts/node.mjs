// Checks requests with certgate, native and as WebAssembly, and with @peculiar/x509, in turns:
// `node node.mjs POOLS FOLDER`, the folder with the other library.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import * as native from "../../../node/dist/index.js";
import * as wasm from "../../../node/dist/wasm.js";

const [pools, modules] = process.argv.slice(2);
const load = createRequire(join(modules, "package.json"));
load("reflect-metadata");
const peculiar = load("@peculiar/x509");
peculiar.cryptoProvider.set(globalThis.crypto);

const SUFFIX = ".bench.example.com";
const ROUNDS = 60;
const REQUESTS_PER_TURN = 50;
const AT = "2026-01-01T00:00:00Z";
const TEXT = readFileSync(new URL("../policy.json", import.meta.url), "utf8");

// Title, file, and the goals: the other library's time to that of native and of WebAssembly.
const POOLS = [
  ["P-256, 3 names", "p-256.pool", 25, 6],
  ["RSA-2048, 20 names", "rsa-2048.pool", 25, 4],
];

function readPool(path) {
  const data = readFileSync(path);
  const requests = [];
  for (let at = 0; at < data.length; ) {
    const length = data.readUInt32BE(at);
    requests.push(new Uint8Array(data.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return requests;
}

function withCertgate(certgate) {
  const policy = certgate.loadPolicy(TEXT);
  return (request) => policy.evaluate(request, { at: AT }).allowed;
}

async function withPeculiar(request) {
  const csr = new peculiar.Pkcs10CertificateRequest(request);
  if (!(await csr.verify())) {
    return false;
  }
  const names = csr.extensions.find((extension) => extension.type === "2.5.29.17");
  const { names: list } = new peculiar.SubjectAlternativeNameExtension(names.rawData);
  return list.items.every((name) => name.type === "dns" && name.value.endsWith(SUFFIX));
}

// The fastest tenth: on a busy machine the other turns measure what else is running.
const fastestTenth = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 10)];

async function run(contestants, pool) {
  const turns = contestants.map(() => []);
  let following = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (let offset = 0; offset < contestants.length; offset++) {
      const index = (round + offset) % contestants.length;
      const start = process.hrtime.bigint();
      for (let n = 0; n < REQUESTS_PER_TURN; n++) {
        if (!(await contestants[index](pool[following++ % pool.length]))) {
          throw new Error(`contestant ${index} refuses request ${following - 1}`);
        }
      }
      turns[index].push(Number(process.hrtime.bigint() - start) / 1e3 / REQUESTS_PER_TURN);
    }
  }
  return turns.map(fastestTenth);
}

for (const [title, file, goalNative, goalWasm] of POOLS) {
  const pool = readPool(join(pools, file));
  const [ours, oursWasm, theirs] = await run([withCertgate(native), withCertgate(wasm), withPeculiar], pool);
  const row = (name, time) => console.log(`  ${name.padEnd(30)} ${time.toFixed(1).padStart(8)} us`);
  const ratio = (name, value, goal) =>
    console.log(`  ${name.padEnd(30)} ${value.toFixed(2).padStart(8)}    goal at least ${goal}`);
  console.log(`${title}: a pool of ${pool.length}`);
  row("certgate, native", ours);
  row("certgate, WebAssembly", oursWasm);
  row("@peculiar/x509", theirs);
  ratio("native: times as fast", theirs / ours, goalNative);
  ratio("WebAssembly: times as fast", theirs / oursWasm, goalWasm);
}
