/** Keys that sign: of WebCrypto, read from PEM, or somewhere else behind a function. */

import { engine } from "#backend";
import type { PrivateKeyHandle } from "./backend.js";
import { answer, argumentFault, CertgateError, inputFault } from "./error.js";
import { describe, type Input, reading, toBytes, toOctets } from "./values.js";

/** How something is signed, by the names of X.509. */
export type Scheme =
  | "Ed25519"
  | "RSASSA-PSS-SHA256"
  | "RSASSA-PSS-SHA384"
  | "RSASSA-PSS-SHA512"
  | "ecdsa-with-SHA256"
  | "ecdsa-with-SHA384"
  | "ecdsa-with-SHA512"
  | "sha256WithRSAEncryption"
  | "sha384WithRSAEncryption"
  | "sha512WithRSAEncryption";

/** The kinds of keys that {@link generateKey} makes. */
export type KeyKind = "Ed25519" | "P-256" | "P-384" | "P-521" | "RSA-2048" | "RSA-3072" | "RSA-4096";

/**
 * A key that signs, wherever it is. `sign` gets the bytes to be signed, which it hashes itself, and gives the signature in
 * the form of X.509: for ECDSA a SEQUENCE of r and s in DER.
 */
export interface Signer {
  /** SubjectPublicKeyInfo in DER; needed where the public key goes into what is made: requests and roots. */
  readonly publicKey?: Uint8Array;
  /** How it signs. Left out: the usual way of the issuer's key. */
  readonly scheme?: Scheme;
  sign(tbs: Uint8Array, scheme: Scheme): Uint8Array | ArrayBuffer | Promise<Uint8Array | ArrayBuffer>;
}

/** A private key of WebCrypto, of this program or another realm. */
export interface CryptoKeyLike {
  readonly type: string;
  readonly algorithm: { readonly name: string };
  readonly usages: readonly string[];
}

/** A pair of keys of WebCrypto. */
export interface CryptoKeyPairLike {
  readonly privateKey: CryptoKeyLike;
  readonly publicKey: CryptoKeyLike;
}

/** What may sign: a {@link Signer}, a function, or a private key of WebCrypto. */
export type SignerLike = Signer | Signer["sign"] | CryptoKeyLike | CryptoKeyPairLike;

/** A signer whose public key is known. */
export type KeyedSigner = Signer & { readonly publicKey: Uint8Array };

const HASHES: Readonly<Record<string, string>> = {
  "ecdsa-with-SHA256": "SHA-256",
  "ecdsa-with-SHA384": "SHA-384",
  "ecdsa-with-SHA512": "SHA-512",
};

/** Octets of r and of s. */
const WIDTHS: Readonly<Record<string, number>> = { "P-256": 32, "P-384": 48, "P-521": 66 };

const SALTS: Readonly<Record<string, number>> = { "SHA-256": 32, "SHA-384": 48, "SHA-512": 64 };

/** Anything that signs as a {@link Signer}. */
export function toSigner(given: SignerLike, ...path: readonly string[]): Signer {
  return reading(path, () => signerOf(given, path));
}

function signerOf(given: SignerLike, path: readonly string[]): Signer {
  if (typeof given === "function") {
    return { sign: given };
  }
  if (typeof given === "object" && given !== null) {
    if (isCryptoKey(given)) {
      return cryptoSigner(given, path);
    }
    if ("privateKey" in given && isCryptoKey(given.privateKey)) {
      return cryptoSigner(given.privateKey, path);
    }
    if ("sign" in given && typeof given.sign === "function") {
      return given;
    }
  }
  throw argumentFault(path, `must sign: a Signer, a function or a CryptoKey, not ${describe(given)}`);
}

/** A signer with its public key. A pair of WebCrypto has both; a private key of WebCrypto alone has no public one. */
export async function toKeyedSigner(given: SignerLike, ...path: readonly string[]): Promise<KeyedSigner> {
  const signer = toSigner(given, ...path);
  const { publicKey, scheme } = reading(path, () => ({ publicKey: signer.publicKey, scheme: signer.scheme }));
  if (publicKey !== undefined) {
    return {
      publicKey: toOctets(publicKey, ...path, "publicKey"),
      ...(scheme === undefined ? {} : { scheme }),
      sign: (tbs, scheme) => signer.sign(tbs, scheme),
    };
  }
  if (typeof given === "object" && "publicKey" in given && isCryptoKey(given.publicKey)) {
    const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", given.publicKey as CryptoKey));
    return { ...signer, publicKey };
  }
  throw argumentFault(path, "must have its public key: give a pair of CryptoKeys, or a Signer with `publicKey`");
}

function isCryptoKey(value: unknown): value is CryptoKeyLike {
  const key = value as Partial<CryptoKeyLike> | null;
  return typeof key === "object" && key !== null && typeof key.type === "string" && typeof key.algorithm === "object";
}

function cryptoSigner(key: CryptoKeyLike, path: readonly string[]): Signer {
  if (key.type !== "private" || !key.usages.includes("sign")) {
    throw argumentFault(path, `is a ${key.type} key that may not sign`);
  }
  const scheme = schemeOf(key, path);
  return {
    ...(scheme === undefined ? {} : { scheme }),
    async sign(tbs, scheme) {
      const curve = (key.algorithm as { namedCurve?: string }).namedCurve ?? "";
      const hash = (key.algorithm as { hash?: { name: string } }).hash?.name ?? "";
      const algorithm = {
        ECDSA: { name: "ECDSA", hash: HASHES[scheme] ?? "SHA-256" },
        "RSA-PSS": { name: "RSA-PSS", saltLength: SALTS[hash] ?? 32 },
      }[key.algorithm.name] ?? { name: key.algorithm.name };
      const signature = await crypto.subtle.sign(algorithm, key as CryptoKey, tbs as Uint8Array<ArrayBuffer>);
      const octets = new Uint8Array(signature);
      return key.algorithm.name === "ECDSA" ? sequenceOf(octets, WIDTHS[curve] ?? octets.length / 2) : octets;
    },
  };
}

/** What a key of WebCrypto is bound to; an EC key signs with any hash. */
function schemeOf({ algorithm }: CryptoKeyLike, path: readonly string[]): Scheme | undefined {
  const bits = ((algorithm as { hash?: { name: string } }).hash?.name ?? "").replace("SHA-", "");
  switch (algorithm.name) {
    case "ECDSA":
      return undefined;
    case "Ed25519":
      return "Ed25519";
    case "RSASSA-PKCS1-v1_5":
      return `sha${bits}WithRSAEncryption` as Scheme;
    case "RSA-PSS":
      return `RSASSA-PSS-SHA${bits}` as Scheme;
    default:
      throw argumentFault(path, `is a key for ${String(algorithm.name)}, which signs no certificates`);
  }
}

/** From r and s one after the other, as WebCrypto gives them, to the SEQUENCE of X.509 (RFC 3279 2.2.3). */
function sequenceOf(octets: Uint8Array, width: number): Uint8Array {
  const integers = [...integer(octets.subarray(0, width)), ...integer(octets.subarray(width))];
  return Uint8Array.from([0x30, ...(integers.length < 0x80 ? [] : [0x81]), integers.length, ...integers]);
}

function integer(octets: Uint8Array): number[] {
  const first = octets.findIndex((octet) => octet !== 0);
  const digits = first === -1 ? [0] : [...octets.subarray(first)];
  const positive = (digits[0] as number) < 0x80 ? digits : [0, ...digits];
  return [0x02, positive.length, ...positive];
}

/** A key that this program has made or read, with its PEM if that may leave it. */
export interface OwnKey extends KeyedSigner {
  /** PKCS #8 in PEM, not encrypted. */
  readonly pem: string;
}

const KINDS: Readonly<Record<KeyKind, object>> = {
  Ed25519: { name: "Ed25519" },
  "P-256": { name: "ECDSA", namedCurve: "P-256" },
  "P-384": { name: "ECDSA", namedCurve: "P-384" },
  "P-521": { name: "ECDSA", namedCurve: "P-521" },
  "RSA-2048": rsa(2048),
  "RSA-3072": rsa(3072),
  "RSA-4096": rsa(4096),
};

function rsa(modulusLength: number): object {
  return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength, publicExponent: Uint8Array.of(1, 0, 1) };
}

/**
 * Makes a key with WebCrypto's randomness.
 *
 * @throws {CertgateError} (rejected) a kind that is not known
 */
export async function generateKey(kind: KeyKind): Promise<OwnKey> {
  if (typeof kind !== "string" || !Object.hasOwn(KINDS, kind)) {
    throw argumentFault(["key"], `must be one of ${Object.keys(KINDS).join(", ")}`);
  }
  const pair = (await crypto.subtle.generateKey(KINDS[kind] as EcKeyGenParams, true, ["sign", "verify"])) as CryptoKeyPair;
  const signer = await toKeyedSigner(pair, "key");
  const der = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  return { ...signer, pem: pemOf("PRIVATE KEY", der) };
}

/**
 * Reads one private key in PEM or DER, not encrypted: PKCS #8, and with the native engine SEC 1 and PKCS #1 too.
 *
 * @throws {CertgateError} (rejected) anything that is not exactly one such key
 */
export async function importKey(input: Input): Promise<KeyedSigner> {
  const bytes = toBytes(input, "key");
  const parse = engine().parsePrivateKey;
  if (parse !== undefined) {
    const handle: PrivateKeyHandle = answer(() => parse(bytes));
    return {
      publicKey: handle.publicKey(),
      scheme: handle.scheme() as Scheme,
      sign: (tbs) => answer(() => handle.sign(toBytes(tbs, "tbs"))),
    };
  }
  const der = pkcs8(bytes);
  for (const algorithm of Object.values(KINDS).slice(0, 5)) {
    try {
      const key = await crypto.subtle.importKey("pkcs8", der, algorithm as EcKeyImportParams, true, ["sign"]);
      return await withPublicKey(key, algorithm);
    } catch (error) {
      if (error instanceof CertgateError) {
        throw error;
      }
      // A key of another algorithm.
    }
  }
  throw noKey("is no private key in PKCS #8 that WebCrypto reads");
}

/** The public key is what WebCrypto says of the private one, less its secret parts. */
async function withPublicKey(key: CryptoKey, algorithm: object): Promise<KeyedSigner> {
  const { kty, crv, x, y, n, e } = await crypto.subtle.exportKey("jwk", key);
  const parts = Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined);
  const open = await crypto.subtle.importKey("jwk", Object.fromEntries(parts), algorithm as EcKeyImportParams, true, ["verify"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", open));
  return { ...cryptoSigner(key, ["key"]), publicKey };
}

function pkcs8(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = new TextDecoder("latin1").decode(bytes);
  if (!text.includes("-----BEGIN")) {
    return bytes.slice();
  }
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----/g)];
  const keys = blocks.filter(([, label]) => label?.endsWith("PRIVATE KEY"));
  const [block] = keys;
  if (keys.length !== 1 || block?.[1] !== "PRIVATE KEY") {
    throw noKey("is not exactly one private key in PKCS #8, not encrypted");
  }
  let octets: string;
  try {
    octets = atob((block[2] ?? "").replaceAll(/\s/g, ""));
  } catch (cause) {
    throw inputFault("pem/base64", "pem/base64: the base64 text of the key is not valid", cause);
  }
  return Uint8Array.from(octets, (character) => character.charCodeAt(0));
}

function noKey(must: string): CertgateError {
  return argumentFault(["key"], must);
}

/** An encoding in PEM. */
export function pemOf(label: string, der: Uint8Array): string {
  let text = "";
  der.forEach((octet) => (text += String.fromCharCode(octet)));
  const lines = btoa(text).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
