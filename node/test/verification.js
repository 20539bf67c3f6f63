/** The cases of verification, for every engine, in Node and in browsers. */

import { ok, same, thrown } from "./check.js";
import { bytes } from "./encoding.js";

const name = "api.team.example.com";
const leafOnly = { scope: "leaf" };

export const verification = [
  [
    "a certificate is read in every form",
    (certgate, { pki }) => {
      const certificate = certgate.parseCertificate(pki.leaf);
      const view = certgate.inspectCertificate(pki.leaf);
      for (const form of [certificate.der, new TextEncoder().encode(pki.leaf), certificate.der.slice().buffer]) {
        same(certgate.parseCertificate(form), view);
      }
      same([certificate.fingerprint, view.subject.text, view.ca], [view.fingerprints.sha256, "CN=leaf", false]);
      same([certificate.isFor(name), certificate.isFor("192.0.2.7"), certificate.isFor("example.com")], [true, true, false]);
      const error = thrown(() => certificate.isFor(""), certgate.CertgateError);
      same([error.code, error.kind], ["context/value", "argument"]);
      same(thrown(() => certgate.parseCertificate(pki.leaf + pki.root), certgate.CertgateError).kind, "parse");
      same(thrown(() => certgate.inspectCertificate("nothing!"), certgate.CertgateError).kind, "parse");
    },
  ],
  [
    "a bundle has certificates, lists and findings",
    (certgate, { pki }) => {
      const bundle = certgate.parseBundle(pki.key + pki.leaf + pki.intermediate + pki.good.list);
      same(bundle.certificates.map((one) => one.toJSON().subject.text), ["CN=leaf", "CN=intermediate"]);
      same(bundle.findings.map((finding) => [finding.code, finding.path]), [["input/private-key", ["blocks", 0]]]);
      same([bundle.revocationLists.length, bundle.revocationLists[0].issuer.text], [1, "CN=intermediate"]);
      same(thrown(() => certgate.parseBundle(""), certgate.CertgateError).code, "input/empty");
    },
  ],
  [
    "a path is verified, however its certificates are given",
    (certgate, { pki }) => {
      const leaf = certgate.parseCertificate(pki.leaf);
      const middle = certgate.parseBundle(pki.intermediate);
      const chains = [pki.leaf + pki.intermediate, [pki.leaf, pki.intermediate], [leaf, middle], [leaf.der, pki.intermediate]];
      for (const anchors of [pki.root, certgate.parseCertificate(pki.root), [pki.root]]) {
        const verifier = new certgate.Verifier(anchors);
        same(verifier.store, null);
        for (const chain of [...chains, certgate.parseBundle(chains[0])]) {
          const path = verifier.verify(chain, { names: [name, "192.0.2.7"], purpose: "server", depth: 1 });
          same(path.toJSON().path.map((one) => one.subject), ["CN=leaf", "CN=intermediate", "CN=Root"]);
          same(path.certificates.map((one) => one.fingerprint), path.toJSON().path.map((one) => one.sha256));
          same(path.toJSON().outcome, "verified");
        }
        same(verifier.verify(chains[0]).toJSON().work.remembered, 2, "signatures that were seen before");
      }
      const knowing = new certgate.Verifier(pki.root, { intermediates: pki.intermediate });
      same(knowing.verify(pki.leaf).certificates.length, 3);
    },
  ],
  [
    "what is not verified throws, and is explained without",
    (certgate, { pki }) => {
      const verifier = new certgate.Verifier(pki.root);
      const chain = pki.leaf + pki.intermediate;
      const faults = [
        ["verify/name-mismatch", chain, { names: [name, "www.example.com"] }],
        ["verify/purpose", chain, { purpose: "client" }],
        ["verify/not-yet-valid", chain, { at: "2001-01-01T00:00:00Z" }],
        ["verify/expired", chain, { at: new Date("2101-01-01T00:00:00Z") }],
        ["verify/depth", chain, { depth: 0 }],
        ["verify/key-usage", chain, { keyUsage: ["keyAgreement"] }],
        ["verify/policy-required", chain, { policies: { requireExplicit: true } }],
        ["verify/revocation-unknown", chain, { revocation: {} }],
        ["verify/issuer-unknown", pki.leaf, {}],
        ["verify/issuer-unknown", pki.intermediate + pki.leaf, { purpose: "any" }, pki.leaf],
      ];
      for (const [code, input, options, anchors] of faults) {
        const judge = anchors === undefined ? verifier : new certgate.Verifier(anchors);
        const error = thrown(() => judge.verify(input, options), certgate.VerificationError);
        ok(error instanceof certgate.CertgateError, "it is a CertgateError");
        same([error.code, error.kind, error.name], [code, "verification", "VerificationError"]);
        same([error.diagnostics, error.tried, error.paths], [error.diagnosis.reasons, error.diagnosis.tried, error.diagnosis.paths]);
        ok(error.tried.length > 0, "there is a path that was tried");
        const { work, ...explained } = judge.diagnosePath(input, options);
        same({ ...explained, work: error.diagnosis.work }, error.diagnosis);
        ok(work.steps === error.diagnosis.work.steps, "the work is the same but for what is remembered");
        same(error.diagnosis.outcome, "notVerified");
        same(certgate.explain(code).code, code);
      }
      same(verifier.diagnosePath(chain).outcome, "verified");
    },
  ],
  [
    "no other certificate is judged in the leaf's place",
    (certgate, { pki }) => {
      const verifier = new certgate.Verifier(pki.root);
      const damaged = pki.leaf.replace(/[A-Za-z0-9+/]{8}(=*\n-----END)/, "AAAAAAAA$1").replace("MII", "MIH");
      same(verifier.verify(pki.key + pki.intermediate, { purpose: "any" }).certificates.length, 2);
      for (const chain of [damaged + pki.intermediate, [damaged, pki.intermediate]]) {
        const error = thrown(() => verifier.verify(chain, { purpose: "any" }), certgate.CertgateError);
        same(error.kind, "parse");
        same(thrown(() => verifier.diagnosePath(chain), certgate.CertgateError).kind, "parse");
      }
      for (const nothing of [[], pki.key, pki.good.list]) {
        same(thrown(() => verifier.verify(nothing), certgate.CertgateError).code, "input/other-content");
      }
    },
  ],
  [
    "revocation is told by lists and by OCSP responses",
    (certgate, { pki }) => {
      const verifier = new certgate.Verifier(pki.root, { intermediates: [pki.intermediate] });
      const verify = (options) => verifier.verify(pki.leaf, { revocation: leafOnly, ...options });
      for (const evidence of [{ crls: [pki.good.list] }, { ocsp: [bytes(pki.good.response)] }]) {
        same(verify(evidence).certificates.length, 3);
        const whole = thrown(() => verifier.verify(pki.leaf, evidence), certgate.VerificationError);
        same(whole.code, "verify/revocation-unknown", "nothing tells of the intermediate");
        const warned = verifier.verify(pki.leaf, { ...evidence, revocation: { unknown: "allow" } }).toJSON();
        same(warned.warnings.map((warning) => warning.code), ["verify/revocation-unknown"]);
      }
      for (const evidence of [{ crls: [pki.revoked.list] }, { ocsp: [bytes(pki.revoked.response)] }]) {
        same(thrown(() => verify(evidence), certgate.VerificationError).code, "verify/revoked");
      }
      thrown(() => verify({ ocsp: [bytes(pki.good.response)], nonce: new Uint8Array(16) }), certgate.VerificationError);
      same(thrown(() => verify({ crls: [pki.leaf] }), certgate.CertgateError).kind, "parse");
      same(thrown(() => verify({ ocsp: [pki.leaf] }), certgate.CertgateError).kind, "parse");
    },
  ],
  [
    "evidence that is empty is asked for",
    (certgate, { pki }) => {
      const verifier = new certgate.Verifier(pki.root, { intermediates: [pki.intermediate] });
      const nonce = new Uint8Array(16);
      same(verifier.verify(pki.leaf, { crls: undefined, ocsp: undefined, nonce: undefined }).certificates.length, 3);
      for (const evidence of [{ crls: [] }, { ocsp: [] }, { ocsp: [], nonce }]) {
        same(thrown(() => verifier.verify(pki.leaf, evidence), certgate.VerificationError).code, "verify/revocation-unknown");
        const allowed = { ...evidence, revocation: { unknown: "allow" } };
        same(verifier.verify(pki.leaf, allowed).certificates.length, 3);
      }
      for (const evidence of [{ nonce }, { nonce, crls: [pki.good.list] }]) {
        same(thrown(() => verifier.verify(pki.leaf, evidence), certgate.CertgateError).code, "context/value");
      }
    },
  ],
  [
    "options of verification that are not understood throw",
    (certgate, { pki }) => {
      const verifier = new certgate.Verifier(pki.root, { profile: "private", issuerRules: "ignore" });
      const faults = [
        [{ purpose: "serve" }, "context/value"],
        [{ names: ["a b"] }, "context/value"],
        [{ keyUsage: ["sign"] }, "context/value"],
        [{ policies: { acceptable: ["1.x"] } }, "context/value"],
        [{ revocation: { unknown: "perhaps" } }, "context/value"],
        [{ name: [name] }, "context/unknown-key"],
        [{ at: "today" }, "context/value"],
      ];
      for (const [options, code] of faults) {
        const error = thrown(() => verifier.verify(pki.leaf, options), certgate.CertgateError);
        same([error.code, error.kind], [code, "argument"], JSON.stringify(options));
      }
      const make = (...given) => thrown(() => new certgate.Verifier(...given), certgate.CertgateError);
      same(make([]).diagnostics[0].path, ["anchors"]);
      same(make(pki.root, { profile: "strict" }).kind, "argument");
      same(make(pki.root, { intermediates: "nothing!" }).kind, "parse");
      for (const value of [undefined, null, 1, {}, [1], [[pki.root]]]) {
        thrown(() => new certgate.Verifier(value), certgate.CertgateError);
        thrown(() => verifier.verify(value), certgate.CertgateError);
      }
      thrown(() => verifier.verify(pki.leaf, { names: [() => 1] }), certgate.CertgateError);
    },
  ],
  [
    "profiles tell their rules",
    (certgate) => {
      for (const name of ["rfc5280", "webpki", "private"]) {
        const profile = certgate.profile(name);
        same(profile.name, name);
        ok(profile.rules.length > 20, "a profile has rules");
        same(certgate.explain(profile.rules[0].code).code, profile.rules[0].code);
      }
      same(certgate.profile("none"), null);
    },
  ],
  [
    "trust stores are read by the native engine",
    (certgate, { pki }) => {
      if (certgate.engineKind() === "wasm") {
        const error = thrown(() => certgate.Verifier.fromStore("webpki"), certgate.CertgateError);
        same([error.code, error.kind], ["context/value", "argument"]);
        ok(error.message.includes("native engine"), "it says why not");
        return;
      }
      const verifier = certgate.Verifier.fromStore("webpki", { profile: "webpki" });
      same(verifier.store.name, "webpki");
      ok(verifier.store.certificates > 100, "there are many roots");
      same(thrown(() => verifier.verify(pki.leaf + pki.intermediate), certgate.VerificationError).kind, "verification");
      same(thrown(() => certgate.Verifier.fromStore("none"), certgate.CertgateError).kind, "argument");
    },
  ],
  [
    "the certificates of a path outlive it, and are given back one by one",
    async (certgate, { pki }) => {
      const verifier = new certgate.Verifier(pki.root, { intermediates: pki.intermediate });
      const [many] = await certgate.verifyMany(verifier, [pki.leaf], { names: [name] });
      for (const path of [verifier.verify(pki.leaf, { names: [name] }), many]) {
        const fingerprints = path.toJSON().path.map(({ sha256 }) => sha256);
        const [leaf, intermediate, root] = path.certificates;
        intermediate.dispose();
        path.dispose();
        same([leaf.fingerprint, root.fingerprint], [fingerprints[0], fingerprints[2]]);
        same(path.certificates.length, 3);
        same(thrown(() => intermediate.der, certgate.CertgateError).code, "context/value");
      }
      const unread = verifier.verify(pki.leaf, { names: [name] });
      unread.dispose();
      same(thrown(() => unread.certificates, certgate.CertgateError).code, "context/value");
    },
  ],
  [
    "memory is given back after many verifications",
    (certgate, { pki }) => {
      const verifier = new certgate.Verifier(pki.root);
      const leaf = certgate.parseCertificate(pki.leaf);
      for (let round = 0; round < 100; round += 1) {
        const path = verifier.verify([leaf, pki.intermediate], { names: [name] });
        path.dispose();
        thrown(() => verifier.verify(leaf), certgate.VerificationError);
      }
      leaf.dispose();
      verifier.dispose();
    },
  ],
];
