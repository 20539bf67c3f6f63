/** The suite in Chromium: the modules inside a program opened by `file:`, and fetched by a page and by a worker. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { cases } from "./cases.js";
import { makeFixtures } from "./fixtures.js";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "certgate-browser-"));
const fixtures = makeFixtures();
const program = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
let browser;
let server;

/** Runs every case; gives the names of those that passed and the messages of those that did not. */
const runner = (entry) => `
import * as certgate from ${JSON.stringify(entry)};
import { cases } from ${JSON.stringify(join(root, "test/cases.js"))};

globalThis.runCases = async (fixtures) => {
  let early = "";
  try { certgate.explainAll(); } catch (error) { early = String(error); }
  await certgate.init();
  const results = [];
  for (const [name, run] of cases) {
    try { await run(certgate, fixtures); results.push({ name }); } catch (error) { results.push({ name, error: String(error) }); }
  }
  return { kind: certgate.engineKind(), early, results };
};
`;

async function bundle(name, source, format) {
  await build({
    stdin: { contents: source, resolveDir: root },
    bundle: true,
    format,
    outfile: join(folder, name),
    external: format === "esm" ? ["./web.js"] : [],
    logLevel: "warning",
  });
}

before(async () => {
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: program.split(" ") });
  server = createServer((request, response) => {
    const name = new URL(request.url, "http://localhost").pathname.slice(1);
    try {
      const home = ["web.js", "certgate.wasm", "certgate-yaml.wasm", "certgate-tools.wasm"].includes(name) ? join(root, "dist") : folder;
      // Some servers add what the browser's own compiler of streams does not take.
      const charset = name === "certgate-yaml.wasm" ? "; charset=utf-8" : "";
      response.setHeader("content-type", `${types[extname(name)]}${charset}`);
      response.end(readFileSync(join(home, name)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
});
after(async () => {
  await browser?.close();
  server.close();
  rmSync(folder, { recursive: true });
});

function assertPassed({ kind, results }) {
  assert.equal(kind, "wasm");
  assert.deepEqual(results.filter((result) => result.error !== undefined), []);
  assert.equal(results.length, cases.length);
}

test("inline, from a page opened by file:, with nothing fetched", async () => {
  await bundle("inline.js", runner(join(root, "dist/inline.js")), "iife");
  writeFileSync(join(folder, "inline.html"), '<!doctype html><script src="inline.js"></script>');
  const page = await browser.newPage();
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(join(folder, "inline.html")).href);
  const answer = await page.evaluate((fixtures) => globalThis.runCases(fixtures), fixtures);
  assert.equal(answer.early, "");
  assertPassed(answer);
  // A worker of a batch comes out of the page itself.
  const fetched = requests.filter((url) => !url.startsWith("blob:"));
  assert.equal(fetched.length, 2, requests.join(" "));
  await page.close();
});

test("the main entry, from a page that fetches the modules", async () => {
  await bundle("main.js", runner("./web.js"), "esm");
  writeFileSync(join(folder, "main.html"), '<!doctype html><script type="module" src="main.js"></script>');
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/main.html`);
  await page.waitForFunction(() => globalThis.runCases !== undefined);
  const answer = await page.evaluate((fixtures) => globalThis.runCases(fixtures), fixtures);
  assert.match(answer.early, /await init\(\)/);
  assertPassed(answer);
  await page.close();
});

test("the main entry, in a module worker", async () => {
  const source = `${runner("./web.js")}
onmessage = async ({ data }) => postMessage(await globalThis.runCases(data));`;
  await bundle("worker.js", source, "esm");
  writeFileSync(join(folder, "worker.html"), "<!doctype html>");
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/worker.html`);
  const answer = await page.evaluate(
    (fixtures) =>
      new Promise((resolve, reject) => {
        const worker = new Worker("worker.js", { type: "module" });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(fixtures);
      }),
    fixtures,
  );
  assertPassed(answer);
  await page.close();
});
