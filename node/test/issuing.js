/** The cases of issuing, for every engine, in Node and in browsers. Keys are those of WebCrypto unless the case says otherwise. */

import { ok, rejected, same, thrown } from "./check.js";

const at = "2026-11-23T12:00:00Z";
const host = "api.team.example.com";
const text = `{"version":1,"id":"team","names":{"dns":{"allow":["*.team.example.com"]}},"keys":{"RSA":{},"EC":["P-256","P-384"],"Ed25519":{}},"usages":{"extended":["serverAuth"]},"validity":{"default":"24h","max":"90d"}}`;

/** A CA of a kind of key, and an approval for a request. */
async function setUp(certgate, fixtures, kind = "P-256", options = undefined) {
  const key = await certgate.generateKey(kind);
  const root = await certgate.newRoot(key, { subject: ["CN=Root", "O=Team"], at: "2026-01-01T00:00:00Z", lifetime: "3650d" });
  const issuer = new certgate.Issuer(root, options);
  const policy = certgate.loadPolicy(text);
  const approve = () => policy.evaluate(fixtures.web.pem, { at }).approve();
  return { key, root, issuer, policy, approve };
}

export const issuing = [
  [
    "what was allowed is issued, with every kind of key",
    async (certgate, fixtures) => {
      const kinds = ["P-256", "P-384", "P-521", "RSA-2048"];
      for (const kind of kinds) {
        const { key, root, issuer, policy, approve } = await setUp(certgate, fixtures, kind);
        const issued = await issuer.issue(approve(), key, { at });
        const view = issued.toJSON();
        same([view.policy.id, view.policy.digest], [policy.id, policy.digest], kind);
        same(view.certificate.issuer.text, root.toJSON().subject.text);
        const template = policy.evaluate(fixtures.web.pem, { at }).template;
        same([view.certificate.notBefore, view.certificate.notAfter], [template.notBefore, template.notAfter]);
        same(view.certificate.serialNumber.length, 40, "20 octets");
        same(issued.certificate.isFor(host), true);
        const path = new certgate.Verifier(root).verify(issued.certificate, { at, names: [host] });
        same(path.certificates.map(({ fingerprint }) => fingerprint), [issued.certificate.fingerprint, root.fingerprint]);
        same(certgate.parseCertificate(issued.pem).fingerprint, issued.certificate.fingerprint);
        same([issued.fullchainPem, issued.chain.length, issuer.chain.length], [issued.pem, 1, 1]);
        same(issuer.certificate.fingerprint, root.fingerprint);
      }
    },
  ],
  [
    "a key of WebCrypto that cannot leave it signs, and so does a function",
    async (certgate, fixtures) => {
      const made = [
        { name: "ECDSA", namedCurve: "P-256" },
        { name: "RSASSA-PKCS1-v1_5", hash: "SHA-384", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
        { name: "RSA-PSS", hash: "SHA-256", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
      ];
      for (const algorithm of made) {
        const pair = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
        const root = await certgate.newRoot(pair, { subject: ["CN=Root"], at: "2026-01-01T00:00:00Z" });
        const issuer = new certgate.Issuer([root]);
        const approval = () => certgate.loadPolicy(text).evaluate(fixtures.web.pem, { at }).approve();
        for (let round = 0; round < 8; round += 1) {
          const issued = await issuer.issue(approval(), pair.privateKey, { at });
          ok(new certgate.Verifier(root).verify(issued.certificate, { at }).certificates.length === 2, algorithm.name);
        }
        const seen = [];
        await issuer.issue(approval(), pair, { at });
        if (algorithm.name === "RSASSA-PKCS1-v1_5") {
          const sign = async (tbs, scheme) => {
            seen.push(scheme);
            return crypto.subtle.sign(algorithm.name, pair.privateKey, tbs);
          };
          await issuer.issue(approval(), sign, { at, scheme: "sha384WithRSAEncryption" });
          await issuer.issue(approval(), { scheme: "sha384WithRSAEncryption", sign }, { at });
          same(seen, ["sha384WithRSAEncryption", "sha384WithRSAEncryption"]);
        }
      }
    },
  ],
  [
    "nothing is issued without an approval",
    async (certgate, fixtures) => {
      const { key, issuer, policy, approve } = await setUp(certgate, fixtures);
      const denied = policy.evaluate(fixtures.other.pem, { at });
      const error = thrown(() => denied.approve(), certgate.CertgateError);
      same([error.code, error.kind], ["issue/not-approved", "issuance"]);
      same(error.diagnostics[0].related.map(({ code }) => code), denied.reasons.map(({ code }) => code));
      const forged = Object.create(certgate.Approval.prototype);
      for (const value of [undefined, null, {}, denied, forged, { ...approve() }, policy.evaluate(fixtures.web.pem, { at })]) {
        same(thrown(() => issuer.prepare(value), certgate.CertgateError).code, "context/value");
        same((await rejected(issuer.issue(value, key), certgate.CertgateError)).code, "context/value");
      }
      same(thrown(() => JSON.stringify(approve()), certgate.CertgateError).code, "context/value");
      same(thrown(() => JSON.stringify(issuer.prepare(approve(), { at })), certgate.CertgateError).code, "context/value");
    },
  ],
  [
    "an approval and a prepared certificate are used once",
    async (certgate, fixtures) => {
      const { key, issuer, approve } = await setUp(certgate, fixtures);
      const approval = approve();
      same([approval.used, approval.template.subjectAltNames[0].value], [false, host]);
      const prepared = issuer.prepare(approval, { at });
      same([approval.used, prepared.used, prepared.scheme], [true, false, "ecdsa-with-SHA256"]);
      same(thrown(() => issuer.prepare(approval, { at }), certgate.CertgateError).code, "issue/used");
      same(thrown(() => approval.template, certgate.CertgateError).code, "issue/used");
      const signature = await key.sign(prepared.tbs, prepared.scheme);
      same(prepared.assemble(signature).certificate.isFor(host), true);
      same(prepared.used, true);
      for (const again of [() => prepared.assemble(signature), () => prepared.tbs]) {
        const error = thrown(again, certgate.CertgateError);
        same([error.code, error.kind], ["issue/used", "issuance"]);
      }
      const raced = approve();
      const both = await Promise.allSettled([issuer.issue(raced, key, { at }), issuer.issue(raced, key, { at })]);
      same(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
      same(both.find(({ status }) => status === "rejected").reason.code, "issue/used");
    },
  ],
  [
    "a signature of another key, of other bytes, or none at all is refused",
    async (certgate, fixtures) => {
      const { key, issuer, approve } = await setUp(certgate, fixtures);
      const other = await certgate.generateKey("P-256");
      const swap = (tbs) => {
        const changed = tbs.slice();
        changed[changed.length - 40] ^= 1;
        return changed;
      };
      const signers = [
        other,
        (tbs, scheme) => key.sign(swap(tbs), scheme),
        async (tbs, scheme) => {
          const signature = await key.sign(tbs, scheme);
          signature[signature.length - 1] ^= 1;
          return signature;
        },
        () => new Uint8Array(),
        () => new Uint8Array(64),
        () => new ArrayBuffer(72),
      ];
      for (const [index, signer] of signers.entries()) {
        const error = await rejected(issuer.issue(approve(), signer, { at }), certgate.CertgateError);
        same([error.code, error.kind], ["issue/not-verified", "issuance"], `signer ${index}`);
      }
      same((await rejected(issuer.issue(approve(), () => "text", { at }), certgate.CertgateError)).kind, "issuance");
      same((await rejected(issuer.issue(approve(), () => undefined, { at }), certgate.CertgateError)).code, "context/value");
      const broken = () => Promise.reject(new RangeError("the device is away"));
      same((await rejected(issuer.issue(approve(), broken, { at }), RangeError)).message, "the device is away");
      const spoiled = issuer.prepare(approve(), { at });
      spoiled.tbs.fill(0);
      ok(spoiled.assemble(await key.sign(spoiled.tbs, spoiled.scheme)).certificate.isFor(host), "the bytes are a copy");
    },
  ],
  [
    "the same key, serial number and time give the same bytes",
    async (certgate, fixtures) => {
      const pem = fixtures.rsaKey;
      const key = await certgate.importKey(pem);
      const root = await certgate.newRoot(key, { subject: ["CN=Root"], at: "2026-01-01T00:00:00Z", serialNumber: "01" });
      const issuer = new certgate.Issuer(root);
      const approval = () => certgate.loadPolicy(text).evaluate(fixtures.web.pem, { at }).approve();
      const one = await issuer.issue(approval(), key, { at, serialNumber: "0102030405060708090a" });
      const two = await issuer.issue(approval(), key, { at: new Date(at), serialNumber: "0102030405060708090a" });
      same([...one.certificate.der], [...two.certificate.der]);
      same(one.toJSON().certificate.serialNumber, "0102030405060708090a");
      const list = await issuer.revocationList(key, { at, number: "05", revocations: [{ serialNumber: "0a" }] });
      // The same in every engine and place that runs this case: the caller compares.
      fixtures.seen?.({ root: root.fingerprint, leaf: one.certificate.fingerprint, list: list.pem });
      for (const serialNumber of ["", "xyz", "00", "-1", "80".repeat(30)]) {
        const error = thrown(() => issuer.prepare(approval(), { at, serialNumber }), certgate.CertgateError);
        ok(["context/value", "issue/serial"].includes(error.code) || error.kind === "issuance", `${serialNumber}: ${error.code}`);
      }
      for (const options of [{ scheme: "md5" }, { scheme: 1 }, { at: "x" }, { serialNumber: 7 }]) {
        same(thrown(() => issuer.prepare(approval(), { at, ...options }), certgate.CertgateError).kind, "argument");
      }
    },
  ],
  [
    "revocation lists are made, and followed by others",
    async (certgate, fixtures) => {
      const { key, root, issuer, approve } = await setUp(certgate, fixtures);
      const issued = await issuer.issue(approve(), key, { at });
      const { serialNumber } = issued.toJSON().certificate;
      const empty = await issuer.revocationList(key, { at });
      const second = await issuer.revocationList(key, {
        at,
        previous: empty,
        revocations: [{ serialNumber, reason: "keyCompromise", at: new Date("2026-11-22T00:00:00Z") }],
      });
      const third = await issuer.revocationList(key, { at, previous: second.pem });
      same([empty, second, third].map((list) => list.toJSON().number), ["01", "02", "03"]);
      same(third.toJSON().entries.map((entry) => [entry.serialNumber, entry.reason]), [[serialNumber, "keyCompromise"]]);
      same(certgate.parseRevocationList(third.der).pem, third.pem);
      const verifier = new certgate.Verifier(root);
      const verify = (list) => verifier.verify(issued.certificate, { at, crls: [list.der], revocation: { scope: "leaf" } });
      same(verify(empty).certificates.length, 2);
      same(thrown(() => verify(third), certgate.VerificationError).code, "verify/revoked");
      const foreign = await setUp(certgate, fixtures);
      const other = await foreign.issuer.revocationList(foreign.key, { at });
      const wrong = [
        [{ at, revocations: [{ serialNumber, reason: "boredom" }] }, "context/value"],
        [{ at, revocations: [{ serialNumber: "x" }] }, "context/value"],
        [{ at, nextUpdate: "soon" }, "context/value"],
        [{ at, numbr: "1" }, "context/unknown-key"],
        [{ at, previous: 7 }, "context/value"],
      ];
      for (const [options, code] of wrong) {
        same((await rejected(issuer.revocationList(key, options), certgate.CertgateError)).code, code);
      }
      same((await rejected(issuer.revocationList(foreign.key, { at }), certgate.CertgateError)).code, "issue/not-verified");
      ok(other.toJSON().issuer.text === root.toJSON().subject.text, "CAs of the same name have each their own key");
    },
  ],
  [
    "requests are made and judged",
    async (certgate) => {
      const key = await certgate.generateKey("P-384");
      const request = await certgate.newRequest(key, { subject: ["CN=web"], names: [host, "192.0.2.1"], purposes: ["serverAuth"] });
      const view = request.toJSON();
      same([view.subject.text, view.signature.status], ["CN=web", "valid"]);
      same(view.subjectAltNames.map(({ value }) => value), [host, "192.0.2.1"]);
      same((await certgate.importKey(key.pem)).publicKey, key.publicKey);
      const codes = [
        [{ subject: ["web"] }, "context/value"],
        [{ names: ["a b"] }, "context/value"],
        [{ purposes: ["serving"] }, "context/value"],
        [{ nams: [] }, "context/unknown-key"],
        [null, "context/value"],
      ];
      for (const [options, code] of codes) {
        same((await rejected(certgate.newRequest(key, options), certgate.CertgateError)).code, code);
      }
      const other = await certgate.generateKey("P-384");
      const mixed = { publicKey: key.publicKey, sign: other.sign };
      same((await rejected(certgate.newRequest(mixed, { names: [host] }), certgate.CertgateError)).code, "issue/not-verified");
      for (const signer of [null, 7, {}, { sign: 1 }, () => new Uint8Array(1), { type: "public", algorithm: { name: "ECDSA" }, usages: [] }]) {
        same((await rejected(certgate.newRequest(signer, { names: [host] }), certgate.CertgateError)).code, "context/value");
      }
      same((await rejected(certgate.generateKey("P-999"), certgate.CertgateError)).code, "context/value");
      for (const input of ["", "nothing", "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", 7]) {
        const error = await rejected(certgate.importKey(input), certgate.CertgateError);
        ok(error.diagnostics.length > 0 && !error.message.includes("MAA="), "the key is not shown");
      }
    },
  ],
  [
    "an issuer keeps within its own life, and only a CA is one",
    async (certgate, fixtures) => {
      const key = await certgate.generateKey("P-256");
      const short = await certgate.newRoot(key, { subject: ["CN=Short"], at: "2026-11-20T00:00:00Z", lifetime: "4d" });
      const approval = () => certgate.loadPolicy(text).evaluate(fixtures.web.pem, { at }).approve();
      const strict = new certgate.Issuer(short);
      same(thrown(() => strict.prepare(approval(), { at }), certgate.CertgateError).kind, "issuance");
      const mild = new certgate.Issuer(short, { beyond: "truncate", crlUris: ["http://pki.example.com/ca.crl"] });
      const issued = await mild.issue(approval(), key, { at });
      same(issued.toJSON().certificate.notAfter, short.toJSON().notAfter);
      same(thrown(() => new certgate.Issuer(fixtures.pki.leaf), certgate.CertgateError).code, "issue/issuer");
      same(thrown(() => new certgate.Issuer([]), certgate.CertgateError).code, "context/value");
      same(thrown(() => new certgate.Issuer(short, { beyond: "ignore" }), certgate.CertgateError).code, "context/value");
      same(thrown(() => new certgate.Issuer(short, { uris: [] }), certgate.CertgateError).code, "context/unknown-key");
    },
  ],
  [
    "a decision of a batch approves as any other",
    async (certgate, fixtures) => {
      const { key, issuer, policy } = await setUp(certgate, fixtures);
      const [allowed, denied] = await certgate.checkMany(policy, [fixtures.web.pem, fixtures.other.pem], { at });
      same((await issuer.issue(allowed.approve(), key, { at })).certificate.isFor(host), true);
      same(thrown(() => denied.approve(), certgate.CertgateError).code, "issue/not-approved");
    },
  ],
  [
    "a development CA in one call",
    async (certgate) => {
      const ca = await certgate.devCa({ name: "Tests" });
      const { issued, cert, key, ca: root } = await ca.issue(["localhost", "127.0.0.1"]);
      same([root, ca.certificate.toJSON().subject.text], [ca.pem, "CN=Tests"]);
      const verifier = new certgate.Verifier(root);
      const path = verifier.verify(cert, { names: ["localhost", "127.0.0.1"], purpose: "server" });
      same(path.certificates[0].fingerprint, issued.certificate.fingerprint);
      same((await certgate.importKey(key)).publicKey.length > 60, true);
      const client = await ca.issue({ commonName: "alice", organizations: ["dev"], purposes: ["clientAuth"], lifetime: "1h" });
      same(client.issued.toJSON().certificate.subject.text.includes("alice"), true);
      same(thrown(() => verifier.verify(client.cert, { purpose: "server" }), certgate.VerificationError).code, "verify/purpose");
      const expired = await ca.issue({ names: ["localhost"], lifetime: "1m", issuedAt: new Date(Date.now() - 1_800_000) });
      same(thrown(() => verifier.verify(expired.cert), certgate.VerificationError).code, "verify/expired");
      for (const options of [[], {}, null, { names: ["a b"] }, { names: ["x"], key: "P-999" }, { names: ["x"], purposes: ["serving"] }]) {
        await rejected(ca.issue(options), certgate.CertgateError);
      }
      await rejected(certgate.devCa({ key: "P-999" }), certgate.CertgateError);
      await rejected(certgate.devCa({ lifetime: "soon" }), certgate.CertgateError);
    },
  ],
];
