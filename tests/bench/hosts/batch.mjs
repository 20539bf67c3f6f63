// Checks 10,000 different requests at once with certgate, native and as WebAssembly in workers, in Node and in Chromium, and one
// after the other with @peculiar/x509: `node batch.mjs FOLDER`, the folder with the other library. Every request has a key of
// its own, made for this run.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import * as native from "../../../node/dist/index.js";
import * as wasm from "../../../node/dist/wasm.js";

const [modules] = process.argv.slice(2);
const root = new URL("../../../node/", import.meta.url);
const here = createRequire(new URL("package.json", root));
const there = createRequire(join(modules, "package.json"));

const REQUESTS = 10_000;
const ROUNDS = 3;
const AT = "2026-01-01T00:00:00Z";
const SUFFIX = ".bench.example.com";
const policyText = JSON.stringify({
  version: 1,
  id: "bench",
  names: { dns: { allow: [{ under: "bench.example.com" }] } },
  keys: { EC: ["P-256"] },
  usages: { extended: ["serverAuth"] },
  validity: { default: "24h", max: "90d" },
});

/** The other library's check, as the text of a module's function, for Node and for a page. */
const withPeculiar = `async (peculiar, request) => {
  const csr = new peculiar.Pkcs10CertificateRequest(request);
  if (!(await csr.verify())) return false;
  const names = csr.extensions.find((extension) => extension.type === "2.5.29.17");
  const { names: list } = new peculiar.SubjectAlternativeNameExtension(names.rawData);
  return list.items.every((name) => name.type === "dns" && name.value.endsWith("${SUFFIX}"));
}`;

async function makeRequests() {
  const made = [];
  while (made.length < REQUESTS) {
    const numbers = Array.from({ length: 100 }, (_, index) => made.length + index);
    const slice = numbers.map(async (number) => {
      const key = await native.generateKey("P-256");
      const names = [0, 1, 2].map((name) => `host-${number}-${name}${SUFFIX}`);
      return (await native.newRequest(key, { names })).der;
    });
    made.push(...(await Promise.all(slice)));
  }
  return made;
}

async function timed(work) {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e3;
}

async function batch(certgate, requests) {
  const policy = certgate.loadPolicy(policyText);
  const answers = await certgate.checkMany(policy, requests, { at: AT });
  if (!answers.every(({ allowed }) => allowed)) {
    throw new Error("a request is refused");
  }
}

async function inTurn(requests) {
  there("reflect-metadata");
  const peculiar = there("@peculiar/x509");
  peculiar.cryptoProvider.set(globalThis.crypto);
  const check = (0, eval)(withPeculiar);
  for (const request of requests) {
    if (!(await check(peculiar, request))) {
      throw new Error("a request is refused");
    }
  }
}

/** Each contestant's fastest round, the contestants taking turns; microseconds for one request. */
async function fastest(contestants, count) {
  const best = contestants.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, work] of contestants.entries()) {
      best[index] = Math.min(best[index], (await timed(work)) / count);
    }
  }
  return best;
}

async function inChromium(requests) {
  const { build } = here("esbuild");
  const { chromium } = here("playwright-core");
  const folder = mkdtempSync(join(tmpdir(), "certgate-bench-"));
  const program = `
    import "reflect-metadata";
    import * as peculiar from "@peculiar/x509";
    import * as certgate from ${JSON.stringify(new URL("dist/inline.js", root).pathname)};
    const check = ${withPeculiar};
    const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    globalThis.measure = async (texts, text, at) => {
      const requests = texts.map(bytes);
      await certgate.init();
      const policy = certgate.loadPolicy(text);
      const best = [Infinity, Infinity];
      for (let round = 0; round < ${ROUNDS}; round += 1) {
        let start = performance.now();
        const answers = await certgate.checkMany(policy, requests, { at });
        if (!answers.every(({ allowed }) => allowed)) throw new Error("a request is refused");
        best[0] = Math.min(best[0], performance.now() - start);
        start = performance.now();
        for (const request of requests) if (!(await check(peculiar, request))) throw new Error("a request is refused");
        best[1] = Math.min(best[1], performance.now() - start);
      }
      return best.map((time) => (time * 1000) / requests.length);
    };`;
  const outfile = join(folder, "page.js");
  await build({ stdin: { contents: program, resolveDir: modules }, bundle: true, format: "iife", outfile, logLevel: "error" });
  writeFileSync(join(folder, "page.html"), '<!doctype html><script src="page.js"></script>');
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage();
    // WebCrypto is there on secure origins alone, of which file: is one.
    await page.goto(pathToFileURL(join(folder, "page.html")).href);
    const texts = requests.map((request) => Buffer.from(request).toString("base64"));
    return await page.evaluate(([texts, text, at]) => globalThis.measure(texts, text, at), [texts, policyText, AT]);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

const row = (name, time) => console.log(`  ${name.padEnd(40)} ${time.toFixed(1).padStart(8)} us a request`);
const ratio = (name, value, goal) => console.log(`  ${name.padEnd(40)} ${value.toFixed(2).padStart(8)}    goal at least ${goal}`);

const requests = await makeRequests();
console.log(`${REQUESTS} different P-256 requests of 3 names, ${availableParallelism()} cores`);
const contestants = [() => batch(native, requests), () => batch(wasm, requests), () => inTurn(requests)];
const [ours, oursWasm, theirs] = await fastest(contestants, REQUESTS);
row("certgate, native, checkMany", ours);
row("certgate, WebAssembly, checkMany", oursWasm);
row("@peculiar/x509, one after the other", theirs);
ratio("native: times as fast", theirs / ours, 25);
ratio("WebAssembly: times as fast", theirs / oursWasm, 5);
const [inPage, theirsInPage] = await inChromium(requests);
console.log("the same in Chromium");
row("certgate, workers, checkMany", inPage);
row("@peculiar/x509, one after the other", theirsInPage);
ratio("in a page: times as fast", theirsInPage / inPage, 5);
