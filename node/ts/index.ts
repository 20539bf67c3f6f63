/** Decides which X.509 certificates may exist: judges requests by policies, issues what was allowed, verifies certificates. */

import * as backend from "#backend";
import type { EngineKind, InitOptions } from "./backend.js";

export type { EngineKind, InitOptions, TrustStore, WasmSource } from "./backend.js";
export {
  type AbortSignalLike,
  type BatchOptions,
  type Checked,
  type CheckItem,
  checkMany,
  type CheckManyOptions,
  type Progress,
  type Verified,
  type VerifyItem,
  verifyMany,
  type VerifyManyOptions,
} from "./batch.js";
export {
  Bundle,
  Certificate,
  type Certificates,
  inspectCertificate,
  parseBundle,
  parseCertificate,
} from "./certificate.js";
export { explain, explainAll } from "./codes.js";
export { Decision } from "./decision.js";
export { CertgateError, VerificationError } from "./error.js";
export type { Code, ReadyMadePolicyName, SchemaName } from "./generated/names.js";
export type * from "./generated/documents.js";
export type * from "./generated/views.js";
export {
  Approval,
  IssuedCertificate,
  type IssueOptions,
  Issuer,
  PreparedCertificate,
  type RevocationListOptions,
} from "./issuer.js";
export {
  type CryptoKeyLike,
  type CryptoKeyPairLike,
  generateKey,
  importKey,
  type KeyedSigner,
  type KeyKind,
  type OwnKey,
  type Scheme,
  type Signer,
  type SignerLike,
} from "./key.js";
export {
  DevCa,
  type DevCaOptions,
  type DevCertificate,
  devCa,
  newRequest,
  type NewRequestOptions,
  newRoot,
  type NewRootOptions,
} from "./make.js";
export {
  type DiffOptions,
  type EvaluateOptions,
  type ExportKind,
  importPolicy,
  type ImportedPolicy,
  type ImportKind,
  loadPolicy,
  Policy,
  readyMadePolicies,
  readyMadePolicy,
} from "./policy.js";
export { PolicySet, type PolicySetOptions } from "./policy-set.js";
export { type LintOptions, lint, lintRules } from "./lint.js";
export { inspect, parseRequest, Request } from "./request.js";
export { parseRevocationList, RevocationList } from "./revocation-list.js";
export { type JsonSchema, schema } from "./schema.js";
export { type SignatureParts, verifySignature } from "./signature.js";
export type { Input, Time } from "./values.js";
export { profile, VerifiedPath, Verifier, type VerifierOptions, type VerifyOptions } from "./verifier.js";

/** The version of this package and of its engine. */
export const version: string = CERTGATE_VERSION;

/**
 * Makes the engine ready. Needed once where the modules are fetched (browsers, the main entry); elsewhere it may be left
 * out, and the first call does it. Engines of JavaScript compile WebAssembly's functions when they are first called: `init` checks a
 * request of its own, so that they have been called before the first request comes.
 */
export const init: (options?: InitOptions) => Promise<void> = backend.init;

/** Which engine works here. */
export function engineKind(): EngineKind {
  return backend.engine().kind;
}

/**
 * Selects the back ends of signatures by name, once; verdicts do not depend on it. For tests. Returns whether it was done.
 */
export function selectCrypto(name: string): boolean {
  return backend.engine().selectCrypto(name);
}
