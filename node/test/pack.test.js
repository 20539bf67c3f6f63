/**
 * The packages as they are published, installed into an empty folder and used from ES modules, CommonJS and TypeScript, and
 * bundled for a page that Chromium runs. With CERTGATE_HEAVY also by other bundlers, and in Deno and Bun.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { makeFixtures } from "./fixtures.js";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "certgate-pack-"));
const run = (program, args, options) => execFileSync(program, args, { cwd: folder, encoding: "utf8", ...options });

const use = `
const text = readyMadePolicy("private-web");
const policy = loadPolicy(text);
try {
  policy.evaluate("not a request!", { at: new Date() });
} catch (error) {
  if (!(error instanceof CertgateError)) throw error;
  console.log(engineKind(), policy.id, error.code);
}
`;
const names = "CertgateError, engineKind, loadPolicy, readyMadePolicy";

/** Uses the types that callers name, with the narrowest of them. */
const typed = `
import {
  type Code, type ContextDocument, type Decision, type DecisionView, type DiagnosticView, type Input,
  type AbortSignalLike, type Approval, type PolicyDocument, type Signer, type VerifiedPath, Certificate, CertgateError, Issuer, Verifier, checkMany, devCa, explain, parseBundle, verifyMany, init, inspect, loadPolicy, readyMadePolicy, schema, verifySignature,
} from "ENTRY";

export async function decide(input: Input, context: ContextDocument): Promise<"allowed" | "denied" | "notApplicable"> {
  await init();
  const document: PolicyDocument = { version: 1, id: "team", keys: { EC: ["P-256"] }, validity: { max: "90d" } };
  const decision: Decision = loadPolicy(JSON.stringify(document)).evaluate(input, { context, at: new Date() });
  const view: DecisionView = decision.toJSON();
  const first: DiagnosticView | undefined = decision.reasons[0];
  const code: Code = first?.code ?? "internal/unexpected";
  const summary: string = explain(code).summary;
  const unknown: string | undefined = explain("x" as string)?.summary;
  const text: string = readyMadePolicy("gateway");
  const bytes: Uint8Array = decision.request.der;
  const status = verifySignature({ publicKey: bytes, algorithm: bytes, message: bytes, signature: bytes }).status;
  // @ts-expect-error: an outcome is one of three
  if (decision.outcome === "maybe") throw new Error(summary + unknown + text + status);
  // @ts-expect-error: an input is no number
  inspect(1);
  // @ts-expect-error: a code is one of the table
  const wrong: Code = "policy/none";
  return view.outcome;
}

export function pathOf(chain: Input, root: Certificate): readonly string[] {
  const verifier = new Verifier([root], { profile: "private" });
  const diagnosis = verifier.diagnosePath(chain, { names: ["a.example.com"], revocation: { unknown: "allow" } });
  if (diagnosis.outcome === "notVerified") {
    return diagnosis.tried.map((tried) => tried.reason.code);
  }
  // @ts-expect-error: a profile is one of three
  new Verifier(root, { profile: "strict" });
  const path: VerifiedPath = verifier.verify(parseBundle(chain), { at: diagnosis.validUntil });
  return path.certificates.map((certificate) => certificate.fingerprint);
}

export async function issue(csr: Input, chain: Input, key: Signer, abort: { signal: AbortSignalLike }): Promise<string> {
  const policy = loadPolicy(readyMadePolicy("private-web"));
  const issuer = new Issuer(chain, { beyond: "truncate", crlUris: ["http://pki.example.com/ca.crl"] });
  const [first] = await checkMany(policy, [csr, { request: csr, context: { facts: {} } }], { ...abort, onProgress: ({ done }) => done });
  if (first === undefined || first instanceof CertgateError) {
    throw first ?? new Error("nothing");
  }
  const approval: Approval = first.approve();
  const prepared = issuer.prepare(approval, { at: new Date() });
  const issued = prepared.assemble(await key.sign(prepared.tbs, prepared.scheme));
  // @ts-expect-error: nothing is issued without an approval
  await issuer.issue(first, key);
  const list = await issuer.revocationList(key, { revocations: [{ serialNumber: issued.toJSON().certificate.serialNumber }] });
  const [path] = await verifyMany(new Verifier(chain), [[issued.certificate]], { crls: [list.der] });
  const { cert } = await (await devCa({ name: "tests" })).issue(["localhost"]);
  return path instanceof CertgateError ? path.code : cert;
}

export const isFault = (error: unknown): boolean =>
  error instanceof CertgateError && error.kind === "parse" && error.diagnostics.length > 0 && schema("policy") !== null;
`;

let archives;

before(() => {
  run("node", [join(root, "scripts/pack.js"), folder]);
  archives = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  writeFileSync(join(folder, "package.json"), '{"private": true}');
  run("npm", ["install", "--silent", "--offline", "--no-audit", "--no-fund", ...archives.map((name) => `./${name}`)]);
});
after(() => rmSync(folder, { recursive: true }));

const entries = { certgate: "native", "certgate/wasm": "wasm", "certgate/inline": "wasm" };

for (const [entry, kind] of Object.entries(entries)) {
  test(`${entry} works as an ES module and as CommonJS`, () => {
    const esm = `import { ${names} } from "${entry}";${use}`;
    const cjs = `const { ${names} } = require("${entry}");${use}`;
    const expected = `${kind} private-web input/not-recognised\n`;
    assert.equal(run("node", ["--input-type=module", "-e", esm]), expected);
    assert.equal(run("node", ["--input-type=commonjs", "-e", cjs]), expected);
  });
}

test("the first program of the README works", () => {
  const [, program] = /```js\n(.*?)```/s.exec(readFileSync(join(root, "README.md"), "utf8"));
  const { web, other } = makeFixtures();
  const outputs = [web, other].map(({ pem }) => {
    writeFileSync(join(folder, "request.pem"), pem);
    return run("node", ["--input-type=module", "-e", program]);
  });
  assert.match(outputs[0], /notBefore: '/);
  assert.match(outputs[1], /^policy\/dns-not-allowed extensions\.subjectAltName/m);
});

test("the packages are what they should be and no more", () => {
  const modules = join(folder, "node_modules");
  const files = readdirSync(join(modules, "certgate"), { recursive: true });
  const wanted = /^(README\.md|package\.json|dist(\/.*)?|(wasm|inline)(\/package\.json)?)$/;
  assert.deepEqual(files.filter((name) => !wanted.test(name) || name.endsWith(".node")), []);
  const manifest = JSON.parse(readFileSync(join(modules, "certgate/package.json"), "utf8"));
  assert.equal(manifest.devDependencies ?? manifest.scripts ?? manifest.dependencies, undefined);
  const platforms = Object.keys(manifest.optionalDependencies);
  assert.equal(platforms.length, 8);
  const [own, ...others] = readdirSync(modules).filter((name) => name.startsWith("certgate-"));
  assert.deepEqual([others, platforms.includes(own)], [[], true]);
  const addon = JSON.parse(readFileSync(join(modules, own, "package.json"), "utf8"));
  assert.deepEqual([addon.version, addon.os, addon.cpu], [manifest.version, [process.platform], [process.arch]]);
  assert.match(run("npx", ["--no-install", "certgate", "policy", "list"]), /^gateway /m);
});

describe("TypeScript, strict", () => {
  const compilers = {
    bundler: ["esnext", "ts"],
    node16: ["node16", "mts"],
    "node16, CommonJS": ["node16", "cts"],
  };
  for (const [name, [module, extension]] of Object.entries(compilers)) {
    test(`moduleResolution ${name}`, () => {
      const sources = join(folder, extension);
      mkdirSync(sources);
      const files = Object.keys(entries).map((entry, index) => {
        const file = `use${index}.${extension}`;
        writeFileSync(join(sources, file), typed.replace("ENTRY", entry));
        return file;
      });
      const options = {
        module,
        moduleResolution: name.split(",")[0],
        target: "es2022",
        lib: ["es2022"],
        types: [],
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        skipLibCheck: false,
      };
      writeFileSync(join(sources, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files }));
      run("node", [join(root, "node_modules/typescript/bin/tsc"), "-p", sources], { stdio: "inherit" });
    });
  }
});

/** Uses the element as a page does. */
const element = `
import { type CertgateChecker, define } from "certgate/checker";

export async function show(bytes: Uint8Array): Promise<CertgateChecker> {
  define();
  const checker = document.createElement("certgate-checker");
  document.body.append(checker);
  checker.usePolicy("private-web");
  await checker.check("request.pem", bytes);
  // @ts-expect-error: an input is bytes
  await checker.check("request.pem", "text");
  return checker;
}
`;

test("the element of the checker is typed, and nothing happens on import", () => {
  writeFileSync(join(folder, "element.ts"), element);
  const options = { module: "esnext", moduleResolution: "bundler", target: "es2022", lib: ["es2022", "dom"], types: [], strict: true, noEmit: true };
  writeFileSync(join(folder, "tsconfig.element.json"), JSON.stringify({ compilerOptions: options, files: ["element.ts"] }));
  run("node", [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.element.json"], { stdio: "inherit" });
  const program = "globalThis.HTMLElement = class {}; const { define } = await import('certgate/checker'); console.log(typeof define)";
  assert.equal(run("node", ["--input-type=module", "-e", program]), "function\n");
});

test("a page with the element of the checker shows a verdict in Chromium", async () => {
  const { web, other } = makeFixtures();
  const entry = join(folder, "checker-entry.js");
  writeFileSync(entry, 'import { define } from "certgate/checker";\ndefine();\n');
  await build({ absWorkingDir: folder, bundle: true, entryPoints: [entry], outfile: join(folder, "checker-page.js"), format: "iife", logLevel: "warning" });
  writeFileSync(join(folder, "checker.html"), '<!doctype html><html lang="en"><certgate-checker policy="private-web"></certgate-checker><script src="checker-page.js"></script></html>');
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const tab = await browser.newPage();
    const requests = [];
    tab.on("request", (request) => requests.push(request.url()));
    await tab.goto(pathToFileURL(join(folder, "checker.html")).href);
    for (const [pem, word] of [[web.pem, /Allowed by policy private-web/], [other.pem, /Denied by policy private-web/]]) {
      await tab.evaluate(async (text) => {
        await document.querySelector("certgate-checker").check("request.pem", new TextEncoder().encode(text));
      }, pem);
      await tab.locator("certgate-checker", { hasText: word }).waitFor({ timeout: 60_000 });
    }
    assert.deepEqual(requests.filter((url) => !url.startsWith("blob:")).length, 2, requests.join(" "));
  } finally {
    await browser.close();
  }
});

describe("what the ecosystem's own checks say", () => {
  const main = () => join(folder, archives.find((name) => /^certgate-\d/.test(name)));
  test("publint", () => {
    const tool = join(root, "node_modules/publint/src/cli.js");
    const text = run("node", [tool, "run", main(), "--strict"], { env: { ...process.env, NO_COLOR: "1" } });
    assert.match(text, /All good/);
  });
  test("are the types wrong", () => {
    const tool = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
    const excluded = ["./certgate.wasm", "./certgate-yaml.wasm", "./certgate-tools.wasm"];
    const text = run("node", [tool, main(), "--exclude-entrypoints", ...excluded, "./checker", "--no-color"]);
    assert.match(text, /No problems found/);
    // An element is for browsers and bundlers, so it is an ES module alone. A problem that this does not explain is an exit code.
    const element = run("node", [tool, main(), "--entrypoints", "./checker", "--profile", "esm-only", "--no-color"]);
    assert.match(element, /node16 \(from ESM\) │ 🟢 \(ESM\).*bundler +│ 🟢/s);
  });
});

/** A page's program, which checks a request by the package's name alone. */
const page = `
import { checkMany, devCa, engineKind, init, loadPolicy, readyMadePolicy } from "certgate/inline";
globalThis.answer = (async () => {
  await init();
  const policy = loadPolicy(readyMadePolicy("private-web"));
  const [decision] = await checkMany(policy, [REQUEST]);
  const { issued } = await (await devCa()).issue(["localhost"]);
  return [engineKind(), decision.outcome, issued.certificate.isFor("localhost")];
})();
`;

const heavy = process.env.CERTGATE_HEAVY !== undefined;

/** Tools that are installed for the heavy run alone. */
function install(...packages) {
  run("npm", ["install", "--silent", "--no-audit", "--no-fund", "--no-save", ...archives.map((name) => `./${name}`), ...packages], { stdio: "inherit" });
}

const bundlers = {
  async esbuild(entry, outfile) {
    await build({ absWorkingDir: folder, bundle: true, entryPoints: [entry], outfile, format: "iife", logLevel: "warning" });
  },
  async vite(entry, outfile) {
    install("vite");
    writeFileSync(join(folder, "vite.mjs"), `import { build } from "vite";
await build({ configFile: false, logLevel: "warn", build: { outDir: "vite", lib: { entry: ${JSON.stringify(entry)}, formats: ["iife"], name: "page", fileName: () => "page.js" } } });`);
    run("node", ["vite.mjs"]);
    cpSync(join(folder, "vite/page.js"), outfile);
  },
  async webpack(entry, outfile) {
    install("webpack");
    writeFileSync(join(folder, "webpack.cjs"), `require("webpack")({ mode: "production", entry: ${JSON.stringify(entry)}, output: { path: ${JSON.stringify(folder)}, filename: "webpack.js" } }, (error, stats) => { if (error || stats.hasErrors()) { console.error(error ?? stats.toString()); process.exit(1); } });`);
    run("node", ["webpack.cjs"], { stdio: "inherit" });
    cpSync(join(folder, "webpack.js"), outfile);
  },
};

for (const [name, bundle] of Object.entries(bundlers)) {
  test(`a page bundled by ${name} runs in Chromium`, { skip: !heavy && name !== "esbuild" && "part of the heavy run" }, async () => {
    const { web } = makeFixtures();
    const entry = join(folder, `${name}-entry.js`);
    writeFileSync(entry, page.replace("REQUEST", JSON.stringify(web.pem)));
    const outfile = join(folder, `${name}-page.js`);
    await bundle(entry, outfile);
    writeFileSync(join(folder, `${name}.html`), `<!doctype html><script src="${name}-page.js"></script>`);
    const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
    try {
      const tab = await browser.newPage();
      await tab.goto(pathToFileURL(join(folder, `${name}.html`)).href);
      assert.deepEqual(await tab.evaluate(() => globalThis.answer), ["wasm", "allowed", true]);
    } finally {
      await browser.close();
    }
  });
}

const runtimes = { deno: (program) => ["deno", "run", "--allow-all", program], bun: (program) => ["bun", "run", program] };

for (const [name, command] of Object.entries(runtimes)) {
  test(`the package works in ${name}`, { skip: !heavy && "part of the heavy run" }, () => {
    install(name);
    for (const entry of Object.keys(entries)) {
      const program = join(folder, `${name}.mjs`);
      writeFileSync(program, `import { ${names} } from "${entry}";${use}`);
      const [tool, ...args] = command(program);
      const text = run("npx", ["--no-install", tool, ...args]);
      assert.match(text, /^(native|wasm) private-web input\/not-recognised\n$/, `${name} ${entry}`);
    }
  });
}
