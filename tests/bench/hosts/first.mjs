// The time to the first verdict, each in a fresh process and in a fresh page: what loading takes, from the start of the import or of the
// page until the library is ready, and from there until the request's signature and names are judged (the goal is for that part). Loading
// certgate by `init` contains a check of its own; without it, everything falls to the first verdict. `node first.mjs POOLS FOLDER`: the
// folder with the other libraries. Every process and every page has another request of the pool.

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [pools, modules] = process.argv.slice(2);
const dist = fileURLToPath(new URL("../../../node/dist/", import.meta.url));
const here = createRequire(new URL("../../../node/package.json", import.meta.url));

const ROUNDS = 21;
const GOAL = 0.5;
const SUFFIX = ".bench.example.com";
const policy = readFileSync(new URL("../policy.json", import.meta.url), "utf8");

/** What each library does, as the bodies of async functions: `load` makes it ready, `judge` says of `request` whether it is fine. */
const certgate = (entry, init = "await certgate.init({ yaml: false });") => ({
  load: `
    const certgate = await import(${JSON.stringify(entry)});
    ${init}`,
  judge: `
    const policy = certgate.loadPolicy(${JSON.stringify(policy)});
    return policy.evaluate(request, { at: "2026-01-01T00:00:00Z" }).allowed;`,
});
const PKIJS = {
  load: `
    const pkijs = await import("pkijs");
    pkijs.setEngine("webcrypto", new pkijs.CryptoEngine({ name: "webcrypto", crypto: globalThis.crypto }));`,
  judge: `
    const csr = pkijs.CertificationRequest.fromBER(request);
    if (!(await csr.verify())) return false;
    const attribute = csr.attributes.find(({ type }) => type === "1.2.840.113549.1.9.14");
    const extensions = new pkijs.Extensions({ schema: attribute.values[0] });
    const names = extensions.extensions.find(({ extnID }) => extnID === "2.5.29.17");
    return names.parsedValue.altNames.every(({ type, value }) => type === 2 && value.endsWith("${SUFFIX}"));`,
};
const PECULIAR = {
  load: `
    await import("reflect-metadata");
    const peculiar = await import("@peculiar/x509");
    peculiar.cryptoProvider.set(globalThis.crypto);`,
  judge: `
    const csr = new peculiar.Pkcs10CertificateRequest(request);
    if (!(await csr.verify())) return false;
    const names = csr.extensions.find(({ type }) => type === "2.5.29.17");
    const { names: list } = new peculiar.SubjectAlternativeNameExtension(names.rawData);
    return list.items.every(({ type, value }) => type === "dns" && value.endsWith("${SUFFIX}"));`,
};
const FORGE = {
  load: `
    const { default: forge } = await import("node-forge");`,
  judge: `
    const text = Array.from(request, (octet) => String.fromCharCode(octet)).join("");
    const csr = forge.pki.certificationRequestFromAsn1(forge.asn1.fromDer(text));
    if (!csr.verify()) return false;
    const { extensions } = csr.getAttribute({ name: "extensionRequest" });
    const { altNames } = extensions.find(({ name }) => name === "subjectAltName");
    return altNames.every(({ type, value }) => type === 2 && value.endsWith("${SUFFIX}"));`,
};

const IN_NODE = [
  ["certgate, native", certgate(join(dist, "index.js"))],
  ["certgate, WebAssembly", certgate(join(dist, "wasm.js"))],
  ["the same without init", certgate(join(dist, "wasm.js"), "")],
  ["pkijs", PKIJS],
  ["@peculiar/x509", PECULIAR],
  ["node-forge", FORGE],
];
const IN_PAGE = [
  ["certgate", certgate(join(dist, "web.js"))],
  ["pkijs", PKIJS],
  ["@peculiar/x509", PECULIAR],
  ["node-forge", FORGE],
];

/** The requests of a pool. */
function read(name) {
  const bytes = readFileSync(join(pools, name));
  const requests = [];
  for (let offset = 0; offset < bytes.length; ) {
    const end = offset + 4 + bytes.readUInt32BE(offset);
    requests.push(bytes.subarray(offset + 4, end));
    offset = end;
  }
  return requests;
}

const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];

/** Milliseconds of both parts in a fresh process. */
function inNode({ load, judge }, request) {
  const program = `
    const request = Uint8Array.from(Buffer.from("${request.toString("base64")}", "base64"));
    const start = process.hrtime.bigint();
    ${load}
    const loaded = process.hrtime.bigint();
    const fine = await (async () => {${judge}})();
    const end = process.hrtime.bigint();
    console.log(fine, Number(loaded - start) / 1e6, Number(end - loaded) / 1e6);`;
  const file = join(modules, "first.mjs");
  writeFileSync(file, program);
  const [fine, ...parts] = execFileSync(process.execPath, [file], { encoding: "utf8" }).split(" ");
  if (fine !== "true") {
    throw new Error("a request is refused");
  }
  return parts.map(Number);
}

/** Milliseconds of both parts, from the navigation on, in a fresh context of one browser, from a server on this machine. */
async function inPages(requests) {
  const { build } = here("esbuild");
  const { chromium } = here("playwright-core");
  const folder = mkdtempSync(join(tmpdir(), "certgate-bench-"));
  for (const [index, [, { load, judge }]] of IN_PAGE.entries()) {
    const contents = `
      const text = new URLSearchParams(location.hash.slice(1)).get("request");
      const request = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
      ${load}
      const loaded = performance.now();
      const fine = await (async () => {${judge}})();
      globalThis.verdict = [fine, loaded, performance.now() - loaded];`;
    const outfile = join(folder, `${index}.js`);
    const options = { bundle: true, minify: true, format: "esm", target: "es2022", logLevel: "error", outfile };
    await build({ ...options, stdin: { contents, resolveDir: modules }, define: { global: "globalThis" } });
    writeFileSync(join(folder, `${index}.html`), `<!doctype html><link rel="icon" href="data:,"><script type="module" src="${index}.js"></script>`);
  }
  cpSync(join(dist, "certgate.wasm"), join(folder, "certgate.wasm"));
  const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
  const server = createServer((request, response) => {
    const name = request.url.slice(1);
    response.setHeader("content-type", types[extname(name)] ?? "application/octet-stream");
    response.end(readFileSync(join(folder, name)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  const times = IN_PAGE.map(() => []);
  const failed = new Set();
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const index of IN_PAGE.keys()) {
        if (failed.has(index)) continue;
        const context = await browser.newContext();
        const page = await context.newPage();
        const request = encodeURIComponent(requests[(round * IN_PAGE.length + index) % requests.length].toString("base64"));
        const error = new Promise((resolve) => page.on("pageerror", resolve));
        await page.goto(`http://127.0.0.1:${server.address().port}/${index}.html#request=${request}`);
        const verdict = await Promise.race([page.waitForFunction(() => globalThis.verdict).then((found) => found.jsonValue()), error]);
        await context.close();
        if (verdict instanceof Error) {
          if (IN_PAGE[index][0] === "certgate") throw verdict;
          failed.add(index);
        } else if (verdict[0] === true) {
          times[index].push(verdict.slice(1));
        } else {
          throw new Error(`${IN_PAGE[index][0]} refuses a request`);
        }
      }
    }
  } finally {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true });
  }
  return times;
}

function report(contestants, times) {
  const medians = times.map((of) => [of.map(([load]) => load), of.map(([, judge]) => judge), of.map(([load, judge]) => load + judge)].map(median));
  const pkijs = medians[contestants.findIndex(([name]) => name === "pkijs")];
  console.log("                               loading   verdict  together");
  for (const [index, [name]] of contestants.entries()) {
    const parts = medians[index];
    const text = times[index].length === 0 ? "does not read it" : parts.map((time) => `${time.toFixed(1).padStart(7)} ms`).join("");
    const [, judge, all] = parts.map((time, part) => (time / pkijs[part]).toFixed(2));
    const beside = index < contestants.findIndex(([other]) => other === "pkijs") ? `   verdict ${judge} of pkijs, goal at most ${GOAL}; together ${all}` : "";
    console.log(`  ${name.padEnd(26)} ${text}${beside}`);
  }
}

for (const [title, pool] of [
  ["P-256, 3 names", "p-256.pool"],
  ["RSA-2048, 20 names", "rsa-2048.pool"],
]) {
  const requests = read(pool);
  const times = IN_NODE.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, [name, parts]] of IN_NODE.entries()) {
      if (name === "node-forge" && !title.startsWith("RSA")) continue;
      times[index].push(inNode(parts, requests[(round * IN_NODE.length + index) % requests.length]));
    }
  }
  console.log(`the first verdict in Node, ${title}: medians of ${ROUNDS} processes`);
  report(IN_NODE, times);
  console.log(`the first verdict in Chromium, ${title}: medians of ${ROUNDS} pages`);
  report(IN_PAGE, await inPages(requests));
}
