/** A private PKI made by openssl for this run: a root, an intermediate, a leaf, and what is known of its revocation. */

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const config = `
[ca]
default_ca = intermediate
[intermediate]
database = index.txt
crlnumber = number.txt
certificate = intermediate.pem
private_key = intermediate.key
default_md = sha256
default_crl_days = 7
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[middle]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign,digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[leaf]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:api.team.example.com,IP:192.0.2.7
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`;

/** Certificates in PEM; the list and the OCSP responses in base64. The leaf is revoked in `revoked` alone. */
export function makePki(folder) {
  const openssl = (...args) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const read = (name) => readFileSync(join(folder, name), "utf8");
  const key = (name) => ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", `${name}.key`];
  writeFileSync(join(folder, "pki.cnf"), config);
  writeFileSync(join(folder, "number.txt"), "01\n");
  openssl("req", "-x509", "-new", ...key("root"), "-out", "root.pem", "-subj", "/CN=Root", "-days", "90", "-config", "pki.cnf", "-extensions", "root");
  issue("intermediate", "root", "middle");
  issue("leaf", "intermediate", "leaf");
  const revoke = (entry) => {
    writeFileSync(join(folder, "index.txt"), entry);
    openssl("ca", "-config", "pki.cnf", "-gencrl", "-out", "list.pem");
    openssl("ocsp", "-index", "index.txt", "-CA", "intermediate.pem", "-rsigner", "intermediate.pem", "-rkey", "intermediate.key", "-issuer", "intermediate.pem", "-cert", "leaf.pem", "-ndays", "7", "-no_nonce", "-respout", "response.der");
    return { list: read("list.pem"), response: readFileSync(join(folder, "response.der")).toString("base64") };
  };
  const serial = openssl("x509", "-in", "leaf.pem", "-noout", "-serial").toString().trim().split("=")[1];
  const line = (status, date) => `${status}\t${time(30)}\t${date}\t${serial}\tunknown\t/CN=leaf\n`;
  const [good, revoked] = [revoke(line("V", "")), revoke(line("R", `${time(0)},keyCompromise`))];
  return { root: read("root.pem"), intermediate: read("intermediate.pem"), leaf: read("leaf.pem"), key: read("leaf.key"), good, revoked };

  function issue(name, issuer, extensions) {
    openssl("req", "-new", ...key(name), "-out", `${name}.csr`, "-subj", `/CN=${name}`, "-config", "pki.cnf");
    openssl("x509", "-req", "-in", `${name}.csr`, "-out", `${name}.pem`, "-CA", `${issuer}.pem`, "-CAkey", `${issuer}.key`, "-CAcreateserial", "-days", "30", "-extfile", "pki.cnf", "-extensions", extensions);
  }
}

/** The UTCTime of so many days from now. */
function time(days) {
  return new Date(Date.now() + days * 86_400_000).toISOString().replaceAll(/[-:T]|\.\d+/g, "").slice(2);
}
