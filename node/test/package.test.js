/** The built package: nothing on import, the fallback, the command line, and what is generated. */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { makeFixtures } from "./fixtures.js";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const folder = mkdtempSync(join(tmpdir(), "certgate-node-"));
const { web, other } = makeFixtures();
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
after(() => rmSync(folder, { recursive: true }));

function node(program, base = dist) {
  const options = { cwd: base, encoding: "utf8" };
  return execFileSync(process.execPath, ["--input-type=module", "-e", program], options).trim();
}

function cli(args, input = "") {
  return spawnSync(process.execPath, [join(dist, "cli.cjs"), ...args], { input, encoding: "utf8" });
}

test("nothing is loaded on import", () => {
  const loaded = "process.report.getReport().sharedObjects.filter((name) => name.endsWith('.node')).length";
  const url = pathToFileURL(join(dist, "index.js"));
  const program = `const c = await import("${url}"); console.log(${loaded}); c.explainAll(); console.log(${loaded})`;
  assert.equal(node(program), "0\n1");
});

test("without an addon for the platform the engine is WebAssembly", () => {
  const copy = join(folder, "without");
  cpSync(dist, copy, { recursive: true, filter: (path) => !path.endsWith(".node") });
  writeFileSync(join(copy, "package.json"), '{"type": "module"}');
  const url = pathToFileURL(join(copy, "index.js"));
  assert.equal(node(`const c = await import("${url}"); console.log(c.engineKind())`), "wasm");
  const { status, stderr } = spawnSync(process.execPath, [join(copy, "cli.cjs")], { encoding: "utf8" });
  assert.deepEqual([status, stderr.startsWith("certgate: there is no command line for ")], [70, true]);
});

test("an addon that cannot be loaded is a fault that the command line tells in a sentence", () => {
  const copy = join(folder, "unloadable");
  const addon = readdirSync(dist).find((name) => name.endsWith(".node"));
  cpSync(join(dist, "cli.cjs"), join(copy, "cli.cjs"));
  writeFileSync(join(copy, addon), "no library");
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(copy, "cli.cjs"), "--version"], { encoding: "utf8" });
  assert.deepEqual([status, stdout, stderr.split("\n").length], [70, "", 2]);
  assert.match(stderr, /^certgate: the addon for .* cannot be loaded: .*cargo install certgate-cli/);
});

test("declarations have no constructor that may not be called", () => {
  for (const [file, name] of [["issuer", "Approval"], ["decision", "Decision"], ["request", "Request"], ["policy", "Policy"]]) {
    const text = readFileSync(join(dist, `types/${file}.d.ts`), "utf8");
    assert.match(text, new RegExp(`class ${name} \\{\n    private constructor\\(\\);\n`));
  }
  assert.doesNotMatch(readFileSync(join(dist, "types/verifier.d.ts"), "utf8"), /class Verifier \{\n    private/);
});

test("an addon of another version is refused", () => {
  const copy = join(folder, "versions/node_modules");
  const addon = readdirSync(dist).find((name) => name.endsWith(".node"));
  const name = addon.replace(/^certgate\.(.*)\.node$/, "certgate-$1");
  cpSync(dist, join(copy, "certgate"), { recursive: true, filter: (path) => !path.endsWith(".node") });
  cpSync(join(dist, addon), join(copy, name, addon));
  const version = (version) => writeFileSync(join(copy, name, "package.json"), JSON.stringify({ name, version, main: addon }));
  const program = 'console.log(require("./certgate/index.cjs").engineKind())';
  const run = () => spawnSync(process.execPath, ["-e", program], { cwd: copy, encoding: "utf8" });
  version(manifest.version);
  assert.equal(run().stdout.trim(), "native");
  version("0.0.9");
  assert.match(run().stderr, /does not work with certgate-.* 0\.0\.9/);
});

test("a certificate has the bytes of the one that the command line issues", async () => {
  const at = (name) => join(folder, name);
  const openssl = (...args) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const config = "[req]\ndistinguished_name=dn\n[dn]\n[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n";
  writeFileSync(at("ca.cnf"), config);
  openssl("req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=CA", "-days", "400", "-config", "ca.cnf", "-extensions", "ca");
  writeFileSync(at("web.csr"), web.pem);
  const made = cli(["issue", "--policy", "private-web", "--ca", at("ca.pem"), "--ca-key", at("ca.key"), at("web.csr")]);
  assert.equal(made.status, 0, made.stderr);
  for (const entry of ["index.js", "wasm.js"]) {
    const certgate = await import(`../dist/${entry}`);
    const { serialNumber, notBefore } = certgate.inspectCertificate(made.stdout);
    const time = new Date(Date.parse(notBefore) + 30_000);
    const policy = certgate.loadPolicy(certgate.readyMadePolicy("private-web"));
    const approval = policy.evaluate(web.pem, { at: time }).approve();
    const key = await certgate.importKey(readFileSync(at("ca.key")));
    const issuer = new certgate.Issuer(readFileSync(at("ca.pem")));
    const issued = await issuer.issue(approval, key, { at: time, serialNumber });
    assert.equal(issued.pem, made.stdout);
  }
});

test("versions agree", () => {
  assert.equal(cli(["--version"]).stdout.trim(), `certgate ${manifest.version}`);
  assert.equal(node(`console.log((await import("./index.js")).version)`), manifest.version);
});

test("the command line has the exit codes of certgate", () => {
  const allowing = join(folder, "policy.yaml");
  const text = cli(["policy", "show", "private-web"]).stdout;
  writeFileSync(allowing, text);
  const request = join(folder, "request.pem");
  writeFileSync(request, web.pem);
  const broken = join(folder, "broken.yaml");
  writeFileSync(broken, "version: 9\n");
  const outcomes = [
    [0, cli(["check", "--policy", allowing, request])],
    [0, cli(["check", "--policy", "private-web", "-"], web.pem)],
    [1, cli(["check", "--policy", "private-web", "-"], other.pem)],
    [2, cli(["check", "--polcy"])],
    [3, cli(["check", "--policy", "private-web", "-"], "nothing")],
    [4, cli(["check", "--policy", broken, request])],
  ];
  assert.deepEqual(outcomes.map(([, result]) => result.status), outcomes.map(([status]) => status));
  assert.match(outcomes[3][1].stderr, /--polcy/);
});

test("the command line prints what JSON.stringify makes of a decision", async () => {
  const certgate = await import("../dist/index.js");
  const policy = certgate.loadPolicy(certgate.readyMadePolicy("private-web"));
  const at = "2026-11-23T12:00:00Z";
  for (const input of [web.pem, other.pem]) {
    const { stdout } = cli(["check", "--policy", "private-web", "--format", "json", "--at", at, "-"], input);
    assert.equal(JSON.stringify(JSON.parse(stdout)), JSON.stringify(policy.evaluate(input, { at })));
  }
});

test("what is generated is current", () => {
  execFileSync(process.execPath, [join(root, "scripts/generate.js"), "--check"], { stdio: "inherit" });
});

test("no path of the machine that built it is in a module", () => {
  for (const file of readdirSync(dist).filter((file) => /\.(wasm|c?js)$/.test(file))) {
    const text = readFileSync(join(dist, file), "latin1");
    for (const path of [`${root}/`, `${process.env.HOME ?? ""}/`, "/.cargo/"].filter((path) => path !== "/")) {
      assert.ok(!text.includes(path), `${file} names ${path}`);
    }
  }
});
