import { engine } from "#backend";
import { answer } from "./error.js";
import type { SignatureStatusView } from "./generated/views.js";
import { optionsOf, toOctets } from "./values.js";

/** One signature, each part as bytes. */
export interface SignatureParts {
  /** SubjectPublicKeyInfo in DER. */
  publicKey: Uint8Array;
  /** AlgorithmIdentifier of the signature in DER. */
  algorithm: Uint8Array;
  /** What was signed. */
  message: Uint8Array;
  /** The octets of the BIT STRING. */
  signature: Uint8Array;
}

/**
 * Verifies one signature that a device or a service has made. One that does not verify is an answer, not an exception.
 *
 * @throws {CertgateError} a key or an algorithm that cannot be read
 */
export function verifySignature(parts: SignatureParts): SignatureStatusView {
  const given = optionsOf(parts, "parts");
  const bytes = (name: keyof SignatureParts) => toOctets(given[name], name);
  const [publicKey, algorithm] = [bytes("publicKey"), bytes("algorithm")];
  const [message, signature] = [bytes("message"), bytes("signature")];
  return answer(() => engine().verifySignature(publicKey, algorithm, message, signature));
}
