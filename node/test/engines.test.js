/** The suite against the native addon and WebAssembly in Node, as ES modules and CommonJS. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { cases } from "./cases.js";
import { makeFixtures } from "./fixtures.js";

const require = createRequire(import.meta.url);
const fixtures = makeFixtures();
const at = new Date();

const engines = {
  "native, ES module": [await import("../dist/index.js"), "native"],
  "native, CommonJS": [require("../dist/index.cjs"), "native"],
  "WebAssembly, ES module": [await import("../dist/wasm.js"), "wasm"],
  "WebAssembly inline, ES module": [await import("../dist/inline.js"), "wasm"],
  "WebAssembly inline, CommonJS": [require("../dist/inline.cjs"), "wasm"],
};

for (const [name, [certgate, kind]] of Object.entries(engines)) {
  describe(name, () => {
    test("it is the engine that was asked for", () => assert.equal(certgate.engineKind(), kind));
    for (const [title, run] of cases) {
      test(title, () => run(certgate, fixtures));
    }
  });
}

for (const entry of ["index", "wasm"]) {
  test(`dispose() gives memory back within a loop that does not wait: ${entry}`, () => {
    const module = new URL(`../dist/${entry}.js`, import.meta.url).href;
    const program = `
      const { parseRequest } = await import(${JSON.stringify(module)});
      const input = Buffer.from(${JSON.stringify(fixtures.web.der)}, "base64");
      const many = (count) => { for (let n = 0; n < count; n += 1) parseRequest(input).dispose(); };
      many(2_000);
      const before = process.memoryUsage().rss;
      many(40_000);
      console.log(process.memoryUsage().rss - before);`;
    const grown = Number(execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" }));
    // Held, they would be three times as much.
    assert.ok(grown < 40 << 20, `${grown} bytes for 40,000 requests`);
  });
}

test("worker threads that come and go load the addon by themselves", () => {
  const module = require.resolve("../dist/index.cjs");
  const program = `
    const { Worker } = require("node:worker_threads");
    const code = \`console.log(require(${JSON.stringify(module)}).explain("issue/used").code)\`;
    const one = () =>
      new Promise((resolve, reject) => {
        const worker = new Worker(code, { eval: true });
        worker.on("error", reject);
        worker.on("exit", resolve);
      });
    (async () => {
      for (let round = 0; round < 4; round += 1) await one();
      console.log("all came and went");
    })();`;
  const said = execFileSync(process.execPath, ["--eval", program], { encoding: "utf8" });
  assert.deepEqual(said.trim().split("\n"), [...Array(4).fill("issue/used"), "all came and went"]);
});

for (const entry of ["index", "wasm", "inline"]) {
  const module = new URL(`../dist/${entry}.js`, import.meta.url).href;
  const tell = (program) =>
    JSON.parse(execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" }));

  test(`init() makes one check before the first one comes: ${entry}`, () => {
    // wasm-bindgen makes an instance of the module that it is given, whose functions are counted here.
    const [kind, checks, isSelected, outcome] = tell(`
      let checks = 0;
      const { Instance } = WebAssembly;
      WebAssembly.Instance = function (module, imports) {
        const instance = new Instance(module, imports);
        const exports = { ...instance.exports };
        const { policy_evaluateRequest: evaluate } = exports;
        exports.policy_evaluateRequest = (...given) => { checks += 1; return evaluate(...given); };
        return { exports };
      };
      globalThis.setTimeout = () => {}; // as the mocked timers of test runners
      const certgate = await import(${JSON.stringify(module)});
      await Promise.all([certgate.init(), certgate.init()]);
      await certgate.init();
      const before = checks;
      const policy = certgate.loadPolicy(certgate.readyMadePolicy("private-web"));
      const request = certgate.parseRequest(Buffer.from(${JSON.stringify(fixtures.web.der)}, "base64"));
      const isSelected = certgate.selectCrypto("portable");
      console.log(JSON.stringify([certgate.engineKind(), before, isSelected, policy.evaluate(request).outcome]));`);
    assert.equal(checks, kind === "wasm" ? 1 : 0);
    assert.ok(isSelected, "its check decides nothing for later ones");
    assert.match(outcome, /^(allowed|denied)$/);
  });

  test(`init() does not depend on its check: ${entry}`, () => {
    const outcome = tell(`
      const certgate = await import(${JSON.stringify(module)});
      const { atob } = globalThis;
      globalThis.atob = (text) => { if (text.length < 1_000) throw new Error("no base64 here"); return atob(text); };
      await certgate.init();
      const policy = certgate.loadPolicy(certgate.readyMadePolicy("private-web"));
      console.log(JSON.stringify(policy.evaluate(Buffer.from(${JSON.stringify(fixtures.web.der)}, "base64")).outcome));`);
    assert.match(outcome, /^(allowed|denied)$/);
  });
}

test("an ES module and CommonJS have the same classes in Node", () => {
  const [[first], [second]] = Object.values(engines);
  assert.equal(first.CertgateError, second.CertgateError);
  assert.deepEqual(Object.keys(first).sort(), Object.keys(second).filter((name) => name !== "default").sort());
});

test("all engines answer alike", () => {
  const [native, , ...others] = Object.values(engines).map(([certgate]) => certgate);
  const answers = (certgate) => [
    certgate.readyMadePolicies(),
    certgate.readyMadePolicies().map((name) => certgate.readyMadePolicy(name)),
    certgate.explainAll(),
    ...["rfc5280", "webpki", "private"].map((name) => {
      const { root, intermediate, leaf } = fixtures.pki;
      const verifier = new certgate.Verifier(root, { profile: name, intermediates: intermediate });
      const options = { names: ["www.example.com"] };
      return [certgate.profile(name), verifier.diagnosePath(intermediate, { purpose: "any", at }), verifier.diagnosePath(leaf, { ...options, at })];
    }),
    ...Object.values(fixtures)
      .filter((fixture) => fixture.der !== undefined)
      .flatMap(({ der }) => {
        const input = Buffer.from(der, "base64");
        const policy = certgate.loadPolicy(certgate.readyMadePolicy("private-web"));
        return [policy, certgate.inspect(input), policy.evaluate(input, { at: "2026-11-23T12:00:00Z" })];
      }),
  ];
  for (const other of others) {
    assert.equal(JSON.stringify(answers(other)), JSON.stringify(answers(native)));
  }
});
