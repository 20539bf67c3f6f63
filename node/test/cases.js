/** The one suite of every engine, in Node and in browsers: `[name, (certgate, fixtures) => …]`. */

import { batch } from "./batch.js";
import { ok, same, thrown } from "./check.js";
import { bytes } from "./encoding.js";
import { hostile } from "./hostile.js";
import { issuing } from "./issuing.js";
import { tools } from "./tools.js";
import { verification } from "./verification.js";

const at = "2026-11-23T12:00:00Z";

const short = `version: 1
id: team
names:
  dns: { allow: ["*.team.example.com"] }
keys: { RSA: { min: 2048 }, EC: [P-256, P-384], Ed25519: {} }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 90d }
`;

const withFact = short.replace('"*.team.example.com"', '"*.${facts.team}.example.com"');

export const cases = [
  [
    "a request is read in every form",
    (certgate, { web }) => {
      const der = bytes(web.der);
      const padded = new Uint8Array(der.length + 8);
      padded.set(der, 4);
      const expected = certgate.inspect(der);
      const forms = [web.pem, web.der, der.buffer, padded.subarray(4, 4 + der.length), new TextEncoder().encode(web.pem)];
      for (const [index, form] of forms.entries()) {
        const view = certgate.inspect(form);
        same(view.fingerprints, expected.fingerprints, `form ${index}`);
        same(view.signature.status, "valid", `form ${index}`);
      }
      same(expected.subjectAltNames[0], { type: "dNSName", value: "api.team.example.com" });
      const request = certgate.parseRequest(web.pem);
      same([...request.der], [...der]);
      same(request, expected);
    },
  ],
  [
    "a request is allowed, with its template",
    (certgate, fixtures) => {
      const policy = certgate.loadPolicy(short);
      for (const name of ["web", "rsa", "ed25519"]) {
        const decision = policy.evaluate(fixtures[name].pem, { at });
        same([decision.outcome, decision.allowed, decision.reasons], ["allowed", true, []], name);
        same(decision.template.notBefore, "2026-11-23T11:59:30Z");
        same(decision.template.extendedKeyUsage, ["serverAuth"]);
        same(decision.template.subjectAltNames, [{ type: "dNSName", value: "api.team.example.com" }]);
        ok(decision.policy === policy, "the policy is the one that decided");
      }
    },
  ],
  [
    "a request is denied, with every reason",
    (certgate, { other }) => {
      const decision = certgate.loadPolicy(short).evaluate(other.pem, { at });
      same([decision.outcome, decision.allowed, decision.template], ["denied", false, null]);
      const [reason] = decision.reasons;
      same(reason.code, "policy/dns-not-allowed");
      same(reason.path.slice(0, 2), ["extensions", "subjectAltName"]);
      same(decision.reasons.map((reason) => reason.severity).every((severity) => severity === "error"), true);
      ok(reason.span.end > reason.span.start, "the reason names bytes");
      ok(decision.reasons === decision.reasons, "parts are made once");
      same(certgate.explain(reason.code).code, reason.code);
    },
  ],
  [
    "a signature by another key is denied",
    (certgate, { tampered }) => {
      const decision = certgate.loadPolicy(short).evaluate(bytes(tampered.der), { at });
      same([decision.outcome, decision.toJSON().request.signature.status], ["denied", "invalid"]);
      ok(decision.reasons.some((reason) => reason.code.startsWith("signature/")), "a reason names the signature");
    },
  ],
  [
    "a decision is the same for a parsed request, a Date and a text",
    (certgate, { web }) => {
      const policy = certgate.loadPolicy(short);
      const expected = JSON.stringify(policy.evaluate(web.pem, { at }));
      same(JSON.stringify(policy.evaluate(certgate.parseRequest(web.pem), { at })), expected);
      same(JSON.stringify(policy.evaluate(bytes(web.der), { at: new Date(at) })), expected);
      const view = JSON.parse(expected);
      same(Object.keys(view), ["schemaVersion", "outcome", "policy", "reasons", "warnings", "template", "request"]);
      same(view.policy, { id: policy.id, digest: policy.digest });
      same(policy.evaluate(web.pem, { at }).request, view.request);
      const now = Date.parse(policy.evaluate(web.pem).template.notBefore);
      ok(Math.abs(now - Date.now()) < 120_000, "the time is now");
    },
  ],
  [
    "lint says what a request asks for against the rules of a profile",
    (certgate, { web }) => {
      const [view, ...others] = certgate.lint(web.pem, { profile: "cabf-tls", at });
      same([others.length, view.target, view.profile, view.at], [0, "server-request", "cabf-tls", at]);
      same(view.findings, []);
      same(JSON.stringify(certgate.lint(bytes(web.der), { profile: "cabf-tls", at: new Date(at) })), JSON.stringify([view]));
      ok(Math.abs(Date.parse(certgate.lint(web.pem)[0].at) - Date.now()) < 120_000, "the time is now");
      const rules = certgate.lintRules();
      ok(rules.length > 100, "there are rules");
      same(rules.every((rule) => rule.profiles.length > 0 && rule.citation !== ""), true);
      thrown(() => certgate.lint("not a request!"), certgate.CertgateError);
      thrown(() => certgate.lint(web.pem, { profile: "no such profile" }), certgate.CertgateError);
    },
  ],
  [
    "a request that cannot be read throws",
    (certgate) => {
      const inputs = {
        "input/empty": "",
        "input/not-recognised": "not a request!",
        "input/private-key": "-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----\n",
        "input/other-content": "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
      };
      for (const [code, input] of Object.entries(inputs)) {
        for (const call of [certgate.inspect, certgate.parseRequest, (input) => certgate.loadPolicy(short).evaluate(input)]) {
          const error = thrown(() => call(input), certgate.CertgateError);
          same([error.code, error.kind, error.name, error instanceof Error], [code, "parse", "CertgateError", true]);
          same(error.diagnostics[0].code, code);
          same(Object.keys(error.toJSON()), ["kind", "code", "message", "diagnostics"]);
        }
      }
    },
  ],
  [
    "a policy that is not valid throws, with line and column",
    (certgate) => {
      const yaml = thrown(() => certgate.loadPolicy(short.replace("allow:", "alow:")), certgate.CertgateError);
      same([yaml.code, yaml.kind], ["document/unknown-key", "policy"]);
      same(yaml.diagnostics[0].position, { line: 4, column: 10 });
      const json = thrown(() => certgate.loadPolicy('{"version": 1,\n "id": "x", "nams": {}}'), certgate.CertgateError);
      same(json.code, "document/unknown-key");
      same(json.diagnostics[0].position.line, 2);
      const later = thrown(() => certgate.loadPolicy(`${short}\nnames: {}\n`), certgate.CertgateError);
      same([later.code, later.diagnostics[0].position.line], ["document/duplicate-key", 9]);
      const compiled = thrown(
        () => certgate.loadPolicy(short.replace("validity:", 'requester: { x: 1 }\nvalidity:')),
        certgate.CertgateError,
      );
      same([compiled.kind, compiled.diagnostics[0].position.line], ["policy", 7]);
    },
  ],
  [
    "a policy in YAML and its canonical form are one policy",
    (certgate, { web, other }) => {
      for (const text of [short, ...certgate.readyMadePolicies().map((name) => certgate.readyMadePolicy(name))]) {
        const yaml = certgate.loadPolicy(text);
        const json = certgate.loadPolicy(yaml.canonicalJson());
        same([json.id, json.digest, json.canonicalJson()], [yaml.id, yaml.digest, yaml.canonicalJson()]);
        same([yaml.source, json.source], [text, yaml.canonicalJson()]);
        same(yaml.digest.startsWith("sha256:"), true);
        for (const input of [web.pem, other.pem]) {
          same(JSON.stringify(json.evaluate(input, { at })), JSON.stringify(yaml.evaluate(input, { at })));
        }
      }
      same(certgate.readyMadePolicy("none"), null);
      same(certgate.readyMadePolicy("constructor"), null);
    },
  ],
  [
    "warnings of a policy name their line",
    (certgate) => {
      const policy = certgate.loadPolicy(short.replace('"*.team.example.com"', '"api.team.example.com", "*.com"'));
      ok(policy.warnings.length > 0, "there is a warning");
      same(policy.warnings[0].position.line, 4);
      same(policy.toJSON(), { id: policy.id, digest: policy.digest, description: null, warnings: policy.warnings });
    },
  ],
  [
    "a context is plain data",
    (certgate, { web }) => {
      const policy = certgate.loadPolicy(withFact);
      const evaluate = (context) => policy.evaluate(web.pem, { at, context });
      same(evaluate({ facts: { team: "team" } }).outcome, "allowed");
      same(evaluate({ facts: { team: ["a", "team"] }, namespace: undefined }).outcome, "allowed");
      same(evaluate({ facts: { team: "other" } }).outcome, "denied");
      same(evaluate(undefined).outcome, "denied");
      const short = evaluate({ facts: { team: "team" }, notAfter: new Date("2026-11-23T18:00:00Z") });
      same(short.template.notAfter, "2026-11-23T18:00:00Z");
      for (const value of [() => 1, Symbol("x"), 1n, Number.NaN, 2 ** 60, new Map(), new Uint8Array(1), new Date(Number.NaN)]) {
        thrown(() => evaluate({ facts: { team: value } }), certgate.CertgateError);
      }
      const unknown = thrown(() => evaluate({ fact: {} }), certgate.CertgateError);
      same([unknown.code, unknown.kind], ["context/unknown-key", "argument"]);
      same(thrown(() => evaluate({ facts: { team: { a: 1 } } }), certgate.CertgateError).code, "context/value");
      const own = JSON.parse('{"facts": {"__proto__": "x", "team": "team"}}');
      same(evaluate(own).outcome, "allowed");
    },
  ],
  [
    "arguments of another type throw",
    (certgate, { web }) => {
      const policy = certgate.loadPolicy(short);
      for (const value of [null, undefined, 1, {}, [], true]) {
        thrown(() => certgate.inspect(value), certgate.CertgateError);
        thrown(() => certgate.parseRequest(value), certgate.CertgateError);
        thrown(() => certgate.loadPolicy(value), certgate.CertgateError);
        thrown(() => policy.evaluate(value), certgate.CertgateError);
      }
      for (const value of [null, 1, new Date(Number.NaN), {}]) {
        thrown(() => policy.evaluate(web.pem, { at: value }), certgate.CertgateError);
      }
      same(thrown(() => policy.evaluate(web.pem, { at: "tomorrow" }), certgate.CertgateError).code, "context/value");
    },
  ],
  [
    "codes, schemas and the version are told",
    (certgate) => {
      const codes = certgate.explainAll().map((entry) => entry.code);
      ok(codes.length > 60, "there are many codes");
      same(codes, [...codes].sort());
      same(certgate.explainAll()[0], certgate.explain(codes[0]));
      same(certgate.explain("policy/none"), null);
      for (const name of ["cases", "certificate", "context", "decision", "not-verified", "policy", "revocation-list", "verify-options"]) {
        same(certgate.schema(name).$schema, "https://json-schema.org/draft/2020-12/schema", name);
      }
      same([certgate.schema("none"), certgate.schema("toString")], [null, null]);
      ok(/^\d+\.\d+\.\d+/.test(certgate.version), "the version is one");
    },
  ],
  [
    "a signature is verified",
    (certgate, { signed }) => {
      const parts = Object.fromEntries(Object.entries(signed).map(([name, text]) => [name, bytes(text)]));
      same(certgate.verifySignature(parts), { status: "valid" });
      const other = certgate.verifySignature({ ...parts, message: new Uint8Array(3) });
      same([other.status, other.diagnostic.code], ["invalid", "signature/invalid"]);
      const error = thrown(() => certgate.verifySignature({ ...parts, publicKey: new Uint8Array(3) }), certgate.CertgateError);
      same(error.kind, "parse");
      thrown(() => certgate.verifySignature({ ...parts, message: "text" }), certgate.CertgateError);
    },
  ],
  [
    "memory is given back, and many decisions are made",
    (certgate, { web, other }) => {
      const policy = certgate.loadPolicy(short);
      for (let round = 0; round < 200; round += 1) {
        const decision = policy.evaluate(round % 2 === 0 ? web.pem : other.pem, { at });
        same(decision.allowed, round % 2 === 0);
        decision.request.dispose();
        decision.dispose();
      }
      same(policy.evaluate(web.pem, { at }).allowed, true);
      policy.dispose();
    },
  ],
  ...verification,
  ...issuing,
  ...batch,
  ...tools,
  ...hostile,
];
