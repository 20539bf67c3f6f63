/** Arguments that nobody should give: each is a `CertgateError` with a code, on every engine, and nothing breaks. */

import { ok, rejected, same, thrown } from "./check.js";
import { bytes } from "./encoding.js";

const policyText = '{"version":1,"id":"x","names":{"dns":{"allow":["other.example.com"]}},"keys":{"EC":["P-256"]},"validity":{"max":"90d"}}';

/** Every function that reads an input or a text. */
const readers = (certgate, pki) => ({
  inspect: certgate.inspect,
  inspectCertificate: certgate.inspectCertificate,
  parseBundle: certgate.parseBundle,
  parseCertificate: certgate.parseCertificate,
  parseRequest: certgate.parseRequest,
  evaluate: (input) => certgate.loadPolicy(policyText).evaluate(input),
  Verifier: (input) => new certgate.Verifier(input),
  intermediates: (input) => new certgate.Verifier(pki.root, { intermediates: input }),
  verify: (input) => new certgate.Verifier(pki.root).verify(input),
  verifyMany: (input) => new certgate.Verifier(pki.root).verify([pki.leaf, input]),
  crls: (input) => new certgate.Verifier(pki.root).verify(pki.leaf, { crls: [input] }),
  ocsp: (input) => new certgate.Verifier(pki.root).verify(pki.leaf, { ocsp: [input] }),
});

const detached = () => {
  const view = new Uint8Array(100);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
};

const nothings = () => [
  undefined,
  null,
  true,
  7,
  7n,
  Symbol("x"),
  () => 1,
  {},
  new Map(),
  new Proxy({}, { get() { throw new Error("no"); }, getPrototypeOf() { throw new Error("no"); } }),
  Object.create(Uint8Array.prototype),
  Object.create(ArrayBuffer.prototype),
  new Uint16Array(2),
  new DataView(new ArrayBuffer(2)),
  detached(),
  detached().buffer,
];

export const hostile = [
  [
    "values that are no input",
    (certgate, { pki }) => {
      for (const [name, read] of Object.entries(readers(certgate, pki))) {
        for (const [index, value] of nothings().entries()) {
          if (value === undefined && name === "intermediates") {
            continue;
          }
          const error = thrown(() => read(value), certgate.CertgateError);
          same([error.code, error.kind], ["context/value", "argument"], `${name} of value ${index}`);
          ok(error.message.length < 300, "the message is short");
        }
      }
    },
  ],
  [
    "inputs without an end",
    (certgate, { pki }) => {
      const huge = new Uint8Array(200_000_000);
      huge.fill(0x30);
      const long = "A".repeat(200_000_000);
      for (const [name, read] of Object.entries(readers(certgate, pki))) {
        for (const input of [huge, huge.buffer, long]) {
          same(thrown(() => read(input), certgate.CertgateError).code, "limit/text-bytes", name);
        }
      }
      for (const call of [certgate.loadPolicy, certgate.explain, certgate.readyMadePolicy, certgate.profile]) {
        same(thrown(() => call(long), certgate.CertgateError).code, "limit/text-bytes");
      }
      const policy = certgate.loadPolicy(policyText);
      same(thrown(() => policy.evaluate("x", { at: long }), certgate.CertgateError).code, "limit/text-bytes");
      const context = { namespace: long };
      same(thrown(() => policy.evaluate("x", { context }), certgate.CertgateError).code, "limit/text-bytes");
      const { signed } = { signed: { publicKey: huge, algorithm: huge, message: huge, signature: huge } };
      same(thrown(() => certgate.verifySignature(signed), certgate.CertgateError).code, "limit/text-bytes");
      const middle = new Uint8Array(20_000_000).fill(0x30);
      const { parseBundle, intermediates, ...others } = readers(certgate, pki);
      Object.values(others).forEach((read) => thrown(() => read(middle), certgate.CertgateError));
      ok(parseBundle(middle).findings.length > 0, "what cannot be read is a finding");
      intermediates(middle);
    },
  ],
  [
    "memory of several threads is read once",
    (certgate, { web }) => {
      if (typeof SharedArrayBuffer === "undefined") {
        return;
      }
      const der = bytes(web.der);
      const shared = new SharedArrayBuffer(der.length);
      new Uint8Array(shared).set(der);
      same(certgate.inspect(new Uint8Array(shared)), certgate.inspect(der));
      same(certgate.inspect(shared), certgate.inspect(der));
    },
  ],
  [
    "objects that run code when they are read",
    (certgate, { web, pki }) => {
      const policy = certgate.loadPolicy(policyText);
      const verifier = new certgate.Verifier(pki.root);
      const evil = (field) => ({ get [field]() { throw new Error("sprung"); } });
      const everything = new Proxy({}, { ownKeys() { throw new Error("sprung"); }, get() { throw new Error("sprung"); } });
      const textless = { get namespace() { throw { toString() { throw 1; } }; } };
      const calls = [
        () => policy.evaluate(web.pem, evil("at")),
        () => policy.evaluate(web.pem, evil("context")),
        () => policy.evaluate(web.pem, everything),
        () => policy.evaluate(web.pem, { context: evil("namespace") }),
        () => policy.evaluate(web.pem, { context: everything }),
        () => policy.evaluate(web.pem, { context: textless }),
        () => policy.evaluate(web.pem, { context: { facts: new Proxy([], { get() { throw new Error("sprung"); } }) } }),
        () => verifier.verify(pki.leaf, evil("crls")),
        () => verifier.verify(pki.leaf, { crls: everything }),
        () => verifier.verify(pki.leaf, { names: everything }),
        () => verifier.verify(new Proxy([pki.leaf], { get() { throw new Error("sprung"); } })),
        () => new certgate.Verifier(pki.root, evil("profile")),
        () => certgate.verifySignature(evil("message")),
        () => certgate.verifySignature(everything),
      ];
      for (const [index, call] of calls.entries()) {
        const error = thrown(call, certgate.CertgateError);
        same([error.code, error.kind], ["context/value", "argument"], `call ${index}`);
      }
      const { cause } = thrown(calls[0], certgate.CertgateError);
      same(cause.message, "sprung");
      const date = new Date(0);
      date.getTime = () => { throw new Error("sprung"); };
      date.toISOString = () => "tomorrow";
      ok(policy.evaluate(web.pem, { at: date }).outcome === "denied", "a Date is asked by its own methods");
    },
  ],
  [
    "data without an end",
    (certgate, { web }) => {
      const policy = certgate.loadPolicy(policyText);
      const circle = { facts: {} };
      circle.facts.team = circle;
      let deep = [];
      for (let depth = 0; depth < 100_000; depth += 1) {
        deep = [deep];
      }
      const wide = { facts: { team: new Array(1_000_000).fill("x") } };
      const sparse = { facts: { team: new Array(4_000_000_000) } };
      for (const context of [circle, { facts: { deep } }, wide, sparse]) {
        const error = thrown(() => policy.evaluate(web.pem, { context }), certgate.CertgateError);
        same([error.code, error.kind], ["context/syntax", "argument"]);
      }
      const anchors = new Array(1_000_000).fill("x");
      same(thrown(() => new certgate.Verifier(anchors), certgate.CertgateError).code, "context/syntax");
      const text = "[".repeat(1_000_000);
      same(thrown(() => certgate.loadPolicy(text), certgate.CertgateError).kind, "policy");
      same(thrown(() => certgate.loadPolicy(`a: ${text}`), certgate.CertgateError).kind, "policy");
      same(thrown(() => certgate.loadPolicy("\ud800"), certgate.CertgateError).kind, "policy");
    },
  ],
  [
    "options that are no object, and names that are no text",
    (certgate, { web, pki }) => {
      const policy = certgate.loadPolicy(policyText);
      const verifier = new certgate.Verifier(pki.root);
      for (const value of [null, 1, "x", true, Symbol("x"), () => 1]) {
        same(thrown(() => policy.evaluate(web.pem, value), certgate.CertgateError).code, "context/value");
        same(thrown(() => verifier.verify(pki.leaf, value), certgate.CertgateError).code, "context/value");
        same(thrown(() => verifier.diagnosePath(pki.leaf, value), certgate.CertgateError).code, "context/value");
        same(thrown(() => new certgate.Verifier(pki.root, value), certgate.CertgateError).code, "context/value");
        same(thrown(() => certgate.verifySignature(value), certgate.CertgateError).code, "context/value");
      }
      for (const value of [undefined, null, 1, {}, Symbol("x")]) {
        for (const call of [certgate.loadPolicy, certgate.explain, certgate.readyMadePolicy, certgate.profile]) {
          same(thrown(() => call(value), certgate.CertgateError).code, "context/value");
        }
        same(thrown(() => certgate.parseCertificate(pki.leaf).isFor(value), certgate.CertgateError).code, "context/value");
      }
    },
  ],
  [
    "what has been disposed of, and what only looks like it",
    (certgate, { web, pki }) => {
      const policy = certgate.loadPolicy(policyText);
      const verifier = new certgate.Verifier(pki.root);
      const request = certgate.parseRequest(web.pem);
      const certificate = certgate.parseCertificate(pki.leaf);
      const bundle = certgate.parseBundle(pki.leaf);
      const decision = policy.evaluate(web.pem);
      for (const one of [policy, verifier, request, certificate, bundle, decision]) {
        one.dispose();
        one.dispose();
      }
      const calls = [
        () => policy.evaluate(web.pem),
        () => policy.canonicalJson(),
        () => verifier.verify(pki.leaf),
        () => request.der,
        () => certgate.loadPolicy(policyText).evaluate(request),
        () => certificate.toJSON(),
        () => new certgate.Verifier(certificate),
        () => new certgate.Verifier([bundle]),
        () => bundle.certificates,
        () => decision.reasons,
        () => new certgate.Verifier(pki.root).verify(Object.create(certgate.Certificate.prototype)),
        () => certgate.loadPolicy(policyText).evaluate(Object.create(certgate.Request.prototype)),
      ];
      for (const [index, call] of calls.entries()) {
        same(thrown(call, certgate.CertgateError).code, "context/value", `call ${index}`);
      }
    },
  ],
  [
    "lists whose iterator never ends, and fields of names that objects inherit",
    (certgate, { web, pki }) => {
      const endless = [pki.leaf];
      endless[Symbol.iterator] = function* () {
        for (;;) yield pki.leaf;
      };
      const policy = certgate.loadPolicy(policyText);
      const verifier = new certgate.Verifier(pki.root, { intermediates: pki.intermediate });
      const calls = [
        () => verifier.verify(endless),
        () => verifier.verify(pki.leaf, { crls: endless }),
        () => verifier.verify(pki.leaf, { names: endless }),
        () => policy.evaluate(web.pem, { context: { facts: { list: endless } } }),
      ];
      for (const [index, call] of calls.entries()) {
        same(thrown(call, certgate.CertgateError).code, "context/syntax", `call ${index}`);
      }
      const { certificates } = verifier.verify(pki.leaf);
      thrown(() => certificates.shift(), TypeError);
      same(certificates.length, 3);
      const set = [];
      Object.defineProperty(Object.prototype, "names", { configurable: true, set: (value) => set.push(value) });
      try {
        const wrong = { names: ["other.example.com"] };
        same(thrown(() => verifier.verify(pki.leaf, wrong), certgate.VerificationError).code, "verify/name-mismatch");
      } finally {
        delete Object.prototype.names;
      }
      same(set, []);
    },
  ],
  [
    "lint looks at its options as every other call",
    (certgate, { web }) => {
      let deep = [];
      for (let depth = 0; depth < 100_000; depth += 1) {
        deep = [deep];
      }
      const sprung = { get profile() { throw new Error("sprung"); } };
      const calls = [
        [{ profile: deep }, "context/syntax"],
        [null, "context/value"],
        [7, "context/value"],
        [{ profile: Symbol("x") }, "context/value"],
        [{ profile: () => 1 }, "context/value"],
        [{ profile: 7 }, "context/value"],
        [{ at: "tomorrow" }, "context/value"],
        [{ at: null }, "context/value"],
        [sprung, "context/value"],
        [{ profil: "cabf-tls" }, "context/unknown-key"],
      ];
      for (const [index, [options, code]] of calls.entries()) {
        same(thrown(() => certgate.lint(web.pem, options), certgate.CertgateError).code, code, `call ${index}`);
      }
      same(certgate.lint(web.pem, { profile: undefined, at: undefined }).length, 1, "the engine works as before");
      same(certgate.loadPolicy(policyText).evaluate(web.pem).outcome, "denied");
    },
  ],
  [
    "options that are misspelt are told, never dropped",
    async (certgate, { web, pki }) => {
      const policy = certgate.loadPolicy(policyText);
      const set = new certgate.PolicySet([policy]);
      const ca = await certgate.devCa();
      const host = { names: ["localhost"] };
      const calls = {
        evaluate: () => policy.evaluate(web.pem, { contxt: {} }),
        explain: () => policy.explain(web.pem, { contxt: {} }),
        mend: () => policy.mend(web.pem, { att: "2031-01-01T00:00:00Z" }),
        diff: () => policy.diff(policy, { request: [] }),
        runCases: () => policy.runCases("cases: []", { file: {} }),
        lint: () => policy.lint({ att: "2031-01-01T00:00:00Z" }),
        PolicySet: () => new certgate.PolicySet([policy], { combin: "all" }),
        set: () => set.evaluate(web.pem, { contxt: {} }),
        checkMany: () => certgate.checkMany(policy, [], { contxt: {} }),
        verify: () => new certgate.Verifier(pki.root).verify(pki.leaf, { nmes: [] }),
        devCa: () => certgate.devCa({ lifetme: "1h" }),
        devIssue: () => ca.issue({ ...host, lifetme: "1h" }),
        prepare: () => ca.issuer.prepare({}, { serial: "01" }),
        issue: () => ca.issuer.issue({}, ca.key, { serial: "01" }),
        newRoot: () => certgate.newRoot(ca.key, { subject: ["CN=x"], lifetme: "1h" }),
        newRequest: () => certgate.newRequest(ca.key, { ...host, nams: [] }),
      };
      for (const [name, call] of Object.entries(calls)) {
        const error = await rejected((async () => call())(), certgate.CertgateError);
        same([error.code, error.kind], ["context/unknown-key", "argument"], name);
        same(error.diagnostics[0].path.length, 1, name);
        ok(error.diagnostics[0].help.length > 0, `${name} says what there is`);
      }
      const nothing = { contxt: undefined, at: undefined };
      same(policy.evaluate(web.pem, nothing).outcome, "denied", "what is undefined is as if left out");
      const [item] = await certgate.checkMany(policy, [{ request: web.pem, contxt: {} }]);
      same([item.code, item.diagnostics[0].path], ["context/unknown-key", ["requests", 0, "contxt"]]);
    },
  ],
  [
    "a list that is missing is no empty list",
    async (certgate, { pki }) => {
      const policy = certgate.loadPolicy(policyText);
      const verifier = new certgate.Verifier(pki.root);
      for (const value of [undefined, null, 7, "x", {}]) {
        for (const call of [
          () => certgate.checkMany(policy, value),
          () => certgate.verifyMany(verifier, value),
          async () => new certgate.PolicySet(value),
        ]) {
          same((await rejected(call(), certgate.CertgateError)).code, "context/value");
        }
      }
      same(await certgate.checkMany(policy, []), []);
      const crls = undefined;
      const intermediate = new certgate.Verifier(pki.root, { intermediates: pki.intermediate });
      same(intermediate.verify(pki.leaf, { crls, ocsp: crls }).certificates.length, 3, "optional ones may be left out");
    },
  ],
  [
    "bytes whose view lies about them",
    async (certgate, { web }) => {
      const policy = certgate.loadPolicy(policyText);
      const honest = certgate.inspect(web.pem);
      class Lying extends Uint8Array {
        get length() {
          return 5;
        }
      }
      for (const length of [0, 5, 1e9, -1, 4_294_967_296, "x", { valueOf() { throw new Error("sprung"); } }]) {
        const view = Object.defineProperty(bytes(web.der), "length", { value: length });
        same(certgate.inspect(view), honest);
        const [one, other] = await certgate.checkMany(policy, [view, web.pem]);
        same([one.outcome, other.outcome], ["denied", "denied"]);
      }
      same(certgate.inspect(new Lying(bytes(web.der))), honest);
    },
  ],
  [
    "faults of making are of the documented class",
    async (certgate) => {
      const ca = await certgate.devCa();
      const text = "-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----\n";
      const broken = await rejected(certgate.importKey(text), certgate.CertgateError);
      same([broken.code, broken.kind], ["pem/base64", "parse"]);
      const calls = {
        at: () => certgate.devCa({ at: "junk" }),
        firstMoment: () => certgate.devCa({ at: new Date(-8_640_000_000_000_000) }),
        name: () => certgate.devCa({ name: 7 }),
        organizations: () => ca.issue({ organizations: "abc" }),
        organization: () => ca.issue({ organizations: [{}] }),
        names: () => ca.issue({ names: null }),
        purposes: () => ca.issue({ names: ["localhost"], purposes: 7 }),
        commonName: () => ca.issue({ commonName: {} }),
        publicKeyText: () => certgate.newRequest({ publicKey: "x", sign: ca.key.sign }, { names: ["localhost"] }),
        publicKeyNumber: () => certgate.newRequest({ publicKey: 7, sign: ca.key.sign }, { names: ["localhost"] }),
        publicKeySprung: () => certgate.newRequest({ get publicKey() { throw new Error("sprung"); }, sign: ca.key.sign }, { names: ["localhost"] }),
      };
      for (const [name, call] of Object.entries(calls)) {
        const error = await rejected(call(), certgate.CertgateError);
        same([error.code, error.kind], ["context/value", "argument"], name);
      }
      const { publicKey, scheme } = ca.key;
      class Device {
        publicKey = publicKey.slice().buffer;
        scheme = scheme;
        key = ca.key;
        sign(tbs, how) {
          return this.key.sign(tbs, how);
        }
      }
      const request = await certgate.newRequest(new Device(), { names: ["localhost"] });
      same(request.toJSON().signature.status, "valid", "an ArrayBuffer is as good, and `this` stays");
    },
  ],
];
