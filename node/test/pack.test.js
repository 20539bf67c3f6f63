/** The package as `npm pack` makes it, installed into an empty folder and used from ESM, CommonJS and TypeScript. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
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
  type PolicyDocument, type VerifiedPath, Certificate, CertgateError, Verifier, explain, parseBundle, init, inspect, loadPolicy, readyMadePolicy, schema, verifySignature,
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

export const isFault = (error: unknown): boolean =>
  error instanceof CertgateError && error.kind === "parse" && error.diagnostics.length > 0 && schema("policy") !== null;
`;

before(() => {
  run("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: root });
  const [archive] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  writeFileSync(join(folder, "package.json"), '{"private": true}');
  run("npm", ["install", "--silent", "--offline", "--no-audit", "--no-fund", `./${archive}`]);
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

test("the package is what it should be and no more", () => {
  const files = readdirSync(join(folder, "node_modules/certgate"), { recursive: true });
  const unwanted = files.filter((name) => !/^(README\.md|package\.json|dist(\/.*)?)$/.test(name));
  assert.deepEqual(unwanted, []);
  assert.equal(run("npx", ["--no-install", "certgate", "policy", "list"]).split("\n")[0].split(" ")[0], "gateway");
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
