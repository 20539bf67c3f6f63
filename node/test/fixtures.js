/** Requests made by openssl for this run, as PEM and as base64 of their DER. */

import { execFileSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makePki } from "./pki.js";

const keys = {
  web: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
  other: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
  rsa: ["-newkey", "rsa:2048"],
  ed25519: ["-newkey", "ed25519"],
};

export function makeFixtures() {
  const folder = mkdtempSync(join(tmpdir(), "certgate-node-"));
  try {
    const fixtures = {};
    for (const [name, key] of Object.entries(keys)) {
      fixtures[name] = request(folder, key, name === "other" ? "db.internal" : "api.team.example.com");
    }
    fixtures.tampered = { der: tampered(fixtures.web.der) };
    fixtures.signed = signature();
    fixtures.pki = makePki(folder);
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    fixtures.rsaKey = privateKey.export({ format: "pem", type: "pkcs8" });
    return fixtures;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function request(folder, key, host) {
  const path = join(folder, "request.pem");
  const options = ["-nodes", "-keyout", join(folder, "key.pem"), "-out", path, "-subj", `/CN=${host}`];
  execFileSync("openssl", ["req", "-new", ...key, ...options, "-addext", `subjectAltName=DNS:${host}`], { stdio: "pipe" });
  const pem = readFileSync(path, "utf8");
  return { pem, der: pem.split("\n").filter((line) => !line.startsWith("-")).join("") };
}

/** The same request for another host: the signature no longer fits. */
function tampered(der) {
  const bytes = Buffer.from(der, "base64");
  bytes.write("apj", bytes.lastIndexOf("api.team"), "latin1");
  return bytes.toString("base64");
}

function signature() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const message = Buffer.from("a message");
  const parts = {
    publicKey: publicKey.export({ format: "der", type: "spki" }),
    algorithm: Buffer.from("300d06092a864886f70d01010b0500", "hex"),
    message,
    signature: sign("sha256", message, privateKey),
  };
  return Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, value.toString("base64")]));
}
