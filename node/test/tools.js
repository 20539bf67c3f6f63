/** What is done with policies besides judging by them, on every engine. */

import { ok, rejected, same, thrown } from "./check.js";
import { bytes } from "./encoding.js";

const at = "2026-11-23T12:00:00Z";

const strict = `version: 1
id: team
names:
  dns: { allow: ["*.team.example.com"] }
keys: { EC: [P-256, P-384], Ed25519: {} }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 30d }
`;

const loose = strict.replace("max: 30d", "max: 90d").replace('"*.team.example.com"', '"*.team.example.com", "db.internal"');

const role = JSON.stringify({ allowed_domains: ["team.example.com"], allow_subdomains: true, key_type: "ec", key_bits: 256, max_ttl: "720h" });

const cases = `at: 2026-11-23T12:00:00Z
cases:
  - { name: a description, request: { dns: [api.team.example.com], key: P-256 }, expect: allowed }
  - { name: a file, request: web.pem, expect: allowed }
  - { name: a wrong expectation, request: { dns: [db.internal], key: P-256 }, expect: allowed }
`;

/** Nothing that could be a policy, a request or a list of them. */
const nothings = () => [null, 7, true, Symbol("x"), () => 1, {}, new Map()];

export const tools = [
  [
    "policies of other programs are imported, of each kind",
    async (certgate, { web }) => {
      const { policy, notes } = await certgate.importPolicy("vault-role", role, { id: "web" });
      same([policy.id, certgate.loadPolicy(policy.source).digest], ["web", policy.digest]);
      ok(notes.every((note) => note.code.startsWith("import/")), "the notes are notes");
      same(policy.evaluate(web.pem, { at }).outcome === "error", false);
      const exact = await certgate.importPolicy("vault-role", new TextEncoder().encode(role), { exact: true });
      ok(exact.policy.source.includes("compat"), "the exact one simulates");
      const others = {
        "kubernetes-signer": "signerName: kubernetes.io/kubelet-serving\n",
        "kubelet-csr-approver": "provider-regex: '^node-[0-9]+$'\n",
        "openbao-role": role,
        cfssl: '{"signing": {"default": {"expiry": "8760h", "usages": ["server auth"]}}}',
      };
      for (const [kind, text] of Object.entries(others)) {
        const imported = await certgate.importPolicy(kind, text).catch((error) => error);
        ok(imported.policy !== undefined || imported.kind === "policy", `${kind}: ${imported}`);
      }
      const unknown = await rejected(certgate.importPolicy("nothing", role), certgate.CertgateError);
      same([unknown.code, unknown.kind, unknown.diagnostics[0].path], ["context/value", "argument", ["kind"]]);
      const fault = await rejected(certgate.importPolicy("vault-role", '{"allow_everything":\n true}'), certgate.CertgateError);
      same([fault.kind, fault.diagnostics[0].position.line], ["policy", 2]);
      same((await rejected(certgate.importPolicy("vault-role", role, { ids: "x" }), certgate.CertgateError)).code, "context/unknown-key");
      await rejected(certgate.importPolicy("vault-role", new Uint8Array([0xff, 0xfe])), certgate.CertgateError);
    },
  ],
  [
    "a policy is written for another program, and nothing is left out silently",
    async (certgate) => {
      const { policy } = await certgate.importPolicy("vault-role", role, { id: "web" });
      const text = await policy.export("vault-role");
      same((await certgate.importPolicy("vault-role", text, { id: "web" })).policy.digest, policy.digest);
      const error = await rejected(certgate.loadPolicy(`${strict}select: { namespace: [web] }\n`).export("vault-role"), certgate.CertgateError);
      same([error.code, error.kind], ["export/unsupported", "policy"]);
      same((await rejected(policy.export("nothing"), certgate.CertgateError)).diagnostics[0].path, ["kind"]);
    },
  ],
  [
    "two policies are compared, by analysis and over requests",
    async (certgate, { web, other }) => {
      const [old, next] = [certgate.loadPolicy(strict), certgate.loadPolicy(loose)];
      const view = await old.diff(next);
      same([view.relation, view.old.digest, view.new.digest], ["looser", old.digest, next.digest]);
      same([view.atMost.answer, view.atLeast.answer], ["no", "yes"]);
      const { pem, at: time, context } = view.atMost.example;
      same([old, next].map((policy) => policy.evaluate(pem, { at: time, context }).outcome).includes("denied") || view.atMost.example.other.outcome === "allowed", true);
      same((await old.diff(certgate.loadPolicy(old.canonicalJson()))).relation, "equal");
      same([(await old.atMost(next)).answer, (await next.atMost(old)).answer], ["yes", "no"]);
      const over = await old.diff(next, { at, requests: { web: bytes(web.der), other: certgate.parseRequest(other.pem) } });
      same(over.relation, null);
      same(over.requests.map(({ input }) => input), ["web", "other"]);
      same((await old.diff(next, { at, requests: [web.pem] })).requests.map(({ input, changed }) => [input, changed]), [["0", false]]);
      same((await old.diff(next, { at, requests: [] })).requests, []);
      same((await rejected(old.diff(next, { requests: ["nothing"] }), certgate.CertgateError)).kind, "parse");
    },
  ],
  [
    "a decision is explained, and a request mended",
    async (certgate, { other }) => {
      const policy = certgate.loadPolicy(strict);
      const view = await policy.explain(other.pem, { at });
      same(JSON.stringify(view.decision), JSON.stringify(policy.evaluate(other.pem, { at })));
      ok(view.fields.some((field) => !field.allowed && field.path.includes("subjectAltName")), "a field is denied");
      same(certgate.loadPolicy(view.policyChange.policy).evaluate(other.pem, { at }).outcome, "allowed");
      if (view.requestChange !== null) {
        same(policy.evaluate(view.requestChange.pem, { at, context: view.requestChange.context }).outcome, "allowed");
      }
      const mended = await policy.mend(certgate.parseRequest(other.pem), { at });
      ok(mended.openssl.startsWith("openssl req") || mended.openssl.includes("openssl"), "there is a command");
      ok(mended.certManager.includes("kind: Certificate"), "there is a Certificate");
      same((await rejected(policy.explain("nothing"), certgate.CertgateError)).kind, "parse");
      same((await rejected(policy.explain(other.pem, { at, context: { fact: {} } }), certgate.CertgateError)).code, "context/unknown-key");
      same((await rejected(policy.mend(other.pem, { at: "tomorrow" }), certgate.CertgateError)).code, "context/value");
    },
  ],
  [
    "cases are run, with their files and their coverage",
    async (certgate, { web }) => {
      const policy = certgate.loadPolicy(strict);
      const report = await policy.runCases(cases, { files: { "web.pem": web.pem } });
      same(report.policy, "team");
      same(report.cases.map(({ name, passed }) => [name, passed]), [["a description", true], ["a file", true], ["a wrong expectation", false]]);
      ok(report.cases[2].differences.length > 0 && report.coverage.shown > 0, "it says why");
      same((await rejected(policy.runCases(cases), certgate.CertgateError)).code, "case/syntax");
      const fault = await rejected(policy.runCases("cases:\n - nmae: x\n"), certgate.CertgateError);
      same(fault.diagnostics[0].position.line, 2);
    },
  ],
  [
    "a policy is linted, and its constraints derived",
    async (certgate) => {
      const policy = certgate.loadPolicy(strict.replace('"*.team.example.com"', '"*.team.example.com", "api.team.example.com"'));
      const findings = await policy.lint({ at });
      ok(findings.length > 0, "there is a finding");
      same(findings[0].position.line, 4);
      const view = await policy.constraints();
      same([view.policy.digest, view.pathLength], [policy.digest, 0]);
      ok(view.permitted.some(({ kind, value }) => kind === "dNSName" && value.includes("team.example.com")), "the subtree is there");
    },
  ],
  [
    "several policies decide together",
    async (certgate, { web, other }) => {
      const [one, two] = [certgate.loadPolicy(strict), certgate.loadPolicy(loose.replace("id: team", "id: wide"))];
      const any = new certgate.PolicySet([one, two]);
      same([any.combine, any.name, any.policies.length], ["any", undefined, 2]);
      const decision = await any.evaluate(web.pem, { at });
      same([decision.outcome, decision.combination, decision.decidedBy.id], ["allowed", "any", "team"]);
      const all = await new certgate.PolicySet([one, two], { combine: "all" }).evaluate(bytes(other.der), { at });
      same([all.outcome, all.blocked, all.decisions.length], ["denied", true, 2]);
      const named = await new certgate.PolicySet([one, two], { combine: "named", name: "wide" }).evaluate(web.pem, { at });
      same([named.outcome, named.decidedBy.id], ["allowed", "wide"]);
      for (const options of [{ combine: "some" }, { combine: "named" }, { name: "wide" }, { combine: 7 }, 7]) {
        same(thrown(() => new certgate.PolicySet([one], options), certgate.CertgateError).code, "context/value");
      }
      for (const value of [one, ["x"], [null], null, 7]) {
        thrown(() => new certgate.PolicySet(value), certgate.CertgateError);
      }
    },
  ],
  [
    "arguments of tools that are nothing reject",
    async (certgate, { web }) => {
      const policy = certgate.loadPolicy(strict);
      const set = new certgate.PolicySet([policy]);
      for (const value of nothings()) {
        const calls = {
          importKind: () => certgate.importPolicy(value, role),
          importText: () => certgate.importPolicy("vault-role", value),
          export: () => policy.export(value),
          diff: () => policy.diff(value),
          atMost: () => policy.atMost(value),
          explain: () => policy.explain(value),
          mend: () => policy.mend(value),
          runCases: () => policy.runCases(value),
          files: () => policy.runCases("cases: []", { files: { x: value } }),
          requests: () => policy.diff(policy, { requests: [value] }),
          at: () => policy.explain(web.pem, { at: value }),
          lint: () => policy.lint({ at: value }),
          set: () => set.evaluate(value),
        };
        for (const [name, call] of Object.entries(calls)) {
          const error = await rejected(call(), certgate.CertgateError);
          same([error.code, error.kind], ["context/value", "argument"], `${name} of ${typeof value}`);
        }
      }
      policy.dispose();
      await rejected(policy.lint(), certgate.CertgateError);
      await rejected(set.evaluate(web.pem), certgate.CertgateError);
    },
  ],
];
