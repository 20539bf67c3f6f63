/** The cases of batches, for every engine, in Node and in browsers. */

import { ok, rejected, same, thrown } from "./check.js";
import { bytes } from "./encoding.js";

const at = "2026-11-23T12:00:00Z";
const text = `{"version":1,"id":"team","names":{"dns":{"allow":["*.team.example.com"]}},"keys":{"RSA":{},"EC":["P-256","P-384"],"Ed25519":{}},"usages":{"extended":["serverAuth"]},"validity":{"default":"24h","max":"90d"}}`;

export const batch = [
  [
    "many requests have the answers that each has by itself",
    async (certgate, fixtures) => {
      const policy = certgate.loadPolicy(text);
      const kinds = [
        fixtures.web.pem,
        bytes(fixtures.other.der),
        certgate.parseRequest(fixtures.rsa.pem),
        "nothing!",
        fixtures.ed25519.der,
        bytes(fixtures.tampered.der).buffer,
        7,
      ];
      const items = Array.from({ length: 300 }, (_, index) => kinds[index % kinds.length]);
      const seen = [];
      const answers = await certgate.checkMany(policy, items, { at, onProgress: (progress) => seen.push(progress) });
      same(answers.length, 300);
      const alone = kinds.map((item) => {
        try {
          return policy.evaluate(item, { at });
        } catch (error) {
          return error;
        }
      });
      for (const [index, answer] of answers.entries()) {
        const expected = alone[index % kinds.length];
        same(answer.constructor.name, expected.constructor.name);
        if (expected instanceof certgate.CertgateError) {
          same([answer.code, answer.kind], [expected.code, expected.kind]);
        } else {
          same([answer.outcome, answer.policy === policy], [expected.outcome, true]);
        }
        if (index < kinds.length && expected instanceof certgate.Decision) {
          same(JSON.stringify(answer), JSON.stringify(expected));
          same([answer.reasons, answer.warnings, answer.template], [expected.reasons, expected.warnings, expected.template]);
          same([...answer.request.der], [...expected.request.der]);
        }
      }
      same(seen.at(-1), { done: 300, total: 300 });
      ok(seen.length > 3 && seen.every(({ done }, index) => index === 0 || done > seen[index - 1].done), "progress is told on the way");
      same(await certgate.checkMany(policy, []), []);
    },
  ],
  [
    "each request of a batch may have its own context",
    async (certgate, { web }) => {
      const policy = certgate.loadPolicy(text.replace("*.team", "*.${facts.team}"));
      const of = (team) => ({ request: web.pem, context: { facts: { team } } });
      const items = [of("team"), of("other"), web.pem, of({ a: 1 }), { request: web.der, context: { facts: { team: () => 1 } } }];
      const answers = await certgate.checkMany(policy, items, { at, context: { facts: { team: "team" } } });
      same(answers.map((answer) => answer.outcome ?? answer.code), ["allowed", "denied", "allowed", "context/value", "context/value"]);
      same(answers[3].kind, "argument");
    },
  ],
  [
    "a batch is aborted",
    async (certgate, { rsa }) => {
      const policy = certgate.loadPolicy(text);
      const items = new Array(5_000).fill(rsa.pem);
      const controller = new AbortController();
      let calls = 0;
      const reason = new Error("enough");
      const batch = certgate.checkMany(policy, items, {
        at,
        signal: controller.signal,
        onProgress: () => {
          calls += 1;
          controller.abort(reason);
        },
      });
      same((await rejected(batch, Error)).message, "enough");
      await new Promise((wait) => setTimeout(wait, 50));
      same(calls, 1, "nothing is told afterwards");
      const early = await rejected(certgate.checkMany(policy, items, { signal: AbortSignal.abort() }), Error);
      same(early.name, "AbortError");
      const thrower = { onProgress: () => { throw reason; } };
      same((await rejected(certgate.checkMany(policy, items.slice(0, 9), thrower), Error)).message, "enough");
    },
  ],
  [
    "a batch leaves the calling thread free",
    async (certgate, { rsa }) => {
      const policy = certgate.loadPolicy(text);
      let turns = 0;
      const timer = setInterval(() => (turns += 1), 1);
      const answers = await certgate.checkMany(policy, new Array(2_000).fill(rsa.pem), { at });
      clearInterval(timer);
      ok(answers.every(({ allowed }) => allowed), "all are allowed");
      ok(turns > 2, "timers run on the way");
    },
  ],
  [
    "many certificates have the answers that each has by itself",
    async (certgate, { pki }) => {
      const verifier = new certgate.Verifier(pki.root, { profile: "private" });
      const chain = pki.leaf + pki.intermediate;
      const names = ["api.team.example.com"];
      const items = [
        chain,
        [certgate.parseCertificate(pki.leaf), pki.intermediate],
        pki.leaf,
        { certificates: chain, names: ["www.example.com"] },
        { certificates: [pki.leaf, pki.intermediate], purpose: "client" },
        { certificates: chain, nmes: [] },
        "nothing!",
        null,
      ];
      // One moment for all calls, since each view says when it was judged.
      const now = new Date();
      const answers = await certgate.verifyMany(verifier, items, { names, at: now });
      same(
        answers.map((answer) => answer.code ?? answer.toJSON().outcome),
        ["verified", "verified", "verify/issuer-unknown", "verify/name-mismatch", "verify/purpose", "context/unknown-key", "input/not-recognised", "context/value"],
      );
      ok(answers[2] instanceof certgate.VerificationError && answers[2].tried.length > 0, "it says what was tried");
      const path = verifier.verify(chain, { names, at: now });
      same(answers[1].certificates.map(({ fingerprint }) => fingerprint), path.certificates.map(({ fingerprint }) => fingerprint));
      const { work, ...view } = answers[0].toJSON();
      const { work: other, ...expected } = path.toJSON();
      same(view, expected);
      same(work.steps, other.steps);
      const leafOnly = { revocation: { scope: "leaf" } };
      const revoked = await certgate.verifyMany(verifier, [chain], { ...leafOnly, crls: [pki.revoked.list] });
      const good = await certgate.verifyMany(verifier, [chain], { ...leafOnly, ocsp: [bytes(pki.good.response)] });
      same([revoked[0].code, good[0].certificates.length], ["verify/revoked", 3]);
    },
  ],
  [
    "arguments of a batch that are not understood reject it",
    async (certgate, { web, pki }) => {
      const policy = certgate.loadPolicy(text);
      const verifier = new certgate.Verifier(pki.root);
      const calls = [
        () => certgate.checkMany({}, [web.pem]),
        () => certgate.checkMany(policy, web.pem),
        () => certgate.checkMany(policy, null),
        () => certgate.checkMany(policy, [web.pem], null),
        () => certgate.checkMany(policy, [web.pem], { at: 1 }),
        () => certgate.checkMany(policy, [web.pem], { context: { facts: { x: () => 1 } } }),
        () => certgate.verifyMany(policy, [pki.leaf]),
        () => certgate.verifyMany(verifier, pki.leaf),
        () => certgate.verifyMany(verifier, [pki.leaf], { crls: ["nothing!"] }),
      ];
      for (const [index, call] of calls.entries()) {
        const error = await rejected(call(), certgate.CertgateError);
        ok(["context/value", "input/not-recognised"].includes(error.code), `call ${index}: ${error.code}`);
      }
      const faulty = await certgate.checkMany(policy, [web.pem, web.pem], { at: "tomorrow" });
      same(faulty.map(({ code }) => code), ["context/value", "context/value"]);
      policy.dispose();
      thrown(() => policy.evaluate(web.pem), certgate.CertgateError);
      await rejected(certgate.checkMany(policy, [web.pem]), certgate.CertgateError);
    },
  ],
  [
    "a batch that is aborted at any moment rejects, and has no holes",
    async (certgate, { rsa, pki }) => {
      const policy = certgate.loadPolicy(text);
      const reason = new Error("enough");
      const batches = {
        "while the first items are read": (controller) => {
          const item = { get request() { controller.abort(reason); return rsa.pem; } };
          return certgate.checkMany(policy, [item, ...new Array(500).fill(rsa.pem)], { at, signal: controller.signal });
        },
        "while certificates are read": (controller) => {
          const item = { get certificates() { controller.abort(reason); return pki.leaf; } };
          return certgate.verifyMany(new certgate.Verifier(pki.root), [item, pki.leaf], { signal: controller.signal });
        },
        "after items that cannot be read": (controller) => {
          const onProgress = () => controller.abort(reason);
          return certgate.checkMany(policy, new Array(500).fill(7), { at, signal: controller.signal, onProgress });
        },
        "when all is done": (controller) => {
          const onProgress = ({ done, total }) => done === total && controller.abort(reason);
          return certgate.checkMany(policy, new Array(9).fill(rsa.pem), { at, signal: controller.signal, onProgress });
        },
        "by a signal that tells nobody": () => {
          const signal = { aborted: false, reason, addEventListener() {}, removeEventListener() {} };
          const onProgress = () => (signal.aborted = true);
          return certgate.checkMany(policy, new Array(500).fill(rsa.pem), { at, signal, onProgress });
        },
      };
      for (const [name, start] of Object.entries(batches)) {
        same((await rejected(start(new AbortController()), Error)).message, "enough", name);
      }
      const left = new AbortController();
      const whole = await certgate.checkMany(policy, new Array(200).fill(rsa.pem), { at, signal: left.signal });
      ok(whole.every(({ allowed }) => allowed), "a signal that is silent changes nothing");
      for (const value of [null, 7, "x", {}, { aborted: false }, { aborted: 1, addEventListener() {}, removeEventListener() {} }, new AbortController()]) {
        const calls = [
          () => certgate.checkMany(policy, [rsa.pem], { signal: value }),
          () => certgate.verifyMany(new certgate.Verifier(pki.root), [pki.leaf], { signal: value }),
          () => certgate.checkMany(policy, [rsa.pem], { onProgress: value }),
        ];
        for (const call of calls) {
          same((await rejected(call(), certgate.CertgateError)).code, "context/value");
        }
      }
    },
  ],
  [
    "what a batch was asked of may be disposed of: its answers stay whole",
    async (certgate, { web, pki }) => {
      const policy = certgate.loadPolicy(text);
      const items = new Array(1_000).fill(web.pem);
      const expected = policy.evaluate(web.pem, { at });
      const running = certgate.checkMany(policy, items, { at });
      policy.dispose();
      const answers = await running;
      ok(answers.every(({ outcome }) => outcome === "allowed"), "the batch goes on");
      same(JSON.stringify(answers[0]), JSON.stringify(expected));
      same([...answers[0].request.der], [...expected.request.der]);
      same(answers[999].approve().template, expected.approve().template);
      const verifier = new certgate.Verifier(pki.root, { profile: "private" });
      const chain = pki.leaf + pki.intermediate;
      const paths = certgate.verifyMany(verifier, new Array(500).fill(chain));
      verifier.dispose();
      for (const path of await paths) {
        same(path.certificates.length, 3);
      }
      same((await paths)[499].certificates[2].fingerprint, certgate.parseCertificate(pki.root).fingerprint);
    },
  ],
];
