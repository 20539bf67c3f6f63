/** Inputs made by openssl on the spot, and hostile ones. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./browser.js";

export const example = (name) => readFileSync(join(root, `src/examples/${name}.pem`), "utf8");

export function opensslBytes(args, input = "") {
  return execFileSync("openssl", args, { input, stdio: "pipe", maxBuffer: 1 << 26 });
}

export const openssl = (args, input) => opensslBytes(args, input).toString();

/** A folder that is removed when the work in it is done. */
export function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), "certgate-checker-fixtures-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const P256 = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", "/dev/null"];

/** A request on P-256. */
export function request(subject, ...extensions) {
  return openssl(["req", "-new", "-utf8", ...P256, "-subj", subject, ...extensions.flatMap((one) => ["-addext", one])]);
}

/** A request whose names stand in a file: more than a command line takes. */
export function requestWithNames(names) {
  return inFolder((folder) => {
    const config = join(folder, "openssl.cnf");
    const lines = names.map((name, index) => `DNS.${index + 1} = ${name}`).join("\n");
    writeFileSync(config, `[req]\ndistinguished_name = dn\nreq_extensions = ext\nprompt = no\n[dn]\nCN = a.example.com\n[ext]\nsubjectAltName = @names\n[names]\n${lines}\n`);
    return openssl(["req", "-new", ...P256, "-config", config]);
  });
}

/** PKCS #7 of the example chain. */
export const pkcs7 = () =>
  inFolder((folder) => {
    const chain = join(folder, "chain.pem");
    writeFileSync(chain, example("chain"));
    return openssl(["crl2pkcs7", "-nocrl", "-certfile", chain]);
  });

/** A revocation list of a CA made on the spot. */
export function revocationList() {
  return inFolder((folder) => {
    const file = (name) => join(folder, name);
    openssl(["req", "-x509", ...P256.slice(0, 5), "-keyout", file("ca.key"), "-subj", "/CN=List CA", "-out", file("ca.pem"), "-addext", "keyUsage=critical,keyCertSign,cRLSign"]);
    writeFileSync(file("index"), "R\t20990101000000Z\t260101000000Z,keyCompromise\t1234\tunknown\t/CN=gone\n");
    writeFileSync(file("number"), "01\n");
    writeFileSync(file("cnf"), `[ca]\ndefault_ca=a\n[a]\ndatabase=${file("index")}\ncrlnumber=${file("number")}\ndefault_md=sha256\ndefault_crl_days=30000\n`);
    return openssl(["ca", "-gencrl", "-config", file("cnf"), "-cert", file("ca.pem"), "-keyfile", file("ca.key")]);
  });
}

/** A private key in each form in which people keep one, by the name of the form. Each text has a part that must not be seen. */
export function keys() {
  const ec = openssl(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
  const rsa = openssl(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]);
  const der = opensslBytes(["pkcs8", "-topk8", "-nocrypt", "-outform", "DER"], ec);
  return {
    "PKCS #8": ec,
    "PKCS #1": openssl(["rsa", "-traditional"], rsa),
    "SEC 1": openssl(["ec"], ec),
    "encrypted PKCS #8": openssl(["pkcs8", "-topk8", "-passout", "pass:x"], ec),
    "encrypted PKCS #1": openssl(["rsa", "-traditional", "-aes128", "-passout", "pass:x"], rsa),
    "base64 of DER": der.toString("base64"),
    "hexadecimal of DER": der.toString("hex"),
    "damaged PEM": ec.replace("-----BEGIN", "  -----BEGIN").slice(0, -40),
    "beside a request": example("allowed") + ec,
    JWK: JSON.stringify({ kty: "EC", crv: "P-256", x: "AAAA", y: "AAAA", d: "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0" }),
    "Kubernetes Secret": `kind: Secret\ndata:\n  tls.key: ${Buffer.from(ec).toString("base64")}\n`,
    PuTTY: "PuTTY-User-Key-File-3: ecdsa-sha2-nistp256\nPrivate-Lines: 1\nc2VjcmV0c2VjcmV0c2VjcmV0",
  };
}

/** Private keys as files: DER, PKCS #12, UTF-16. */
export function keyFiles() {
  const ec = openssl(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
  const der = opensslBytes(["pkcs8", "-topk8", "-nocrypt", "-outform", "DER"], ec);
  const store = inFolder((folder) => {
    writeFileSync(join(folder, "k"), ec);
    openssl(["req", "-x509", "-key", join(folder, "k"), "-subj", "/CN=x", "-out", join(folder, "c")]);
    return opensslBytes(["pkcs12", "-export", "-inkey", join(folder, "k"), "-in", join(folder, "c"), "-passout", "pass:x"]);
  });
  return { "key.der": der, "store.p12": store, "key-utf16.pem": Buffer.from(`\ufeff${ec}`, "utf16le") };
}
