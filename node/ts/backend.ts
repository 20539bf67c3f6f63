/** What the facade asks of an engine: the native addon or the WebAssembly modules. */

import type { Code } from "./generated/names.js";
import type { ContextDocument, LintDocument, VerifierDocument, VerifyDocument } from "./generated/documents.js";
import type {
  CertificateView,
  CodeView,
  DecisionView,
  DiagnosticView,
  ErrorView,
  LintRuleView,
  LintView,
  NotVerifiedView,
  PolicyView,
  ProfileView,
  RequestView,
  RevocationListView,
  SignatureStatusView,
  TemplateView,
  VerifiedPathView,
} from "./generated/views.js";

/** The native addon or WebAssembly. */
export type EngineKind = "native" | "wasm";

/** A call failed. An engine returns it or throws it. */
export interface Failure {
  error: ErrorView;
  notVerified?: NotVerifiedView;
}

/** A request that an engine holds. */
export interface RequestHandle {
  der(): Uint8Array;
  view(): RequestView;
  free?(): void;
}

/** A decision that an engine holds. */
export interface DecisionHandle {
  outcome(): DecisionView["outcome"];
  reasons(): DiagnosticView[];
  warnings(): DiagnosticView[];
  template(): TemplateView | null;
  request(): RequestHandle;
  view(): DecisionView;
  free?(): void;
}

/** A policy that an engine holds. */
export interface PolicyHandle {
  id(): string;
  digest(): string;
  source(): string;
  canonicalJson(): string;
  view(): PolicyView;
  evaluate(input: Uint8Array, context: ContextDocument | undefined, at: string): DecisionHandle | Failure;
  evaluateRequest(request: RequestHandle, context: ContextDocument | undefined, at: string): DecisionHandle | Failure;
  free?(): void;
}

/** A certificate that an engine holds. */
export interface CertificateHandle {
  der(): Uint8Array;
  fingerprint(): string;
  isFor(name: string): boolean | Failure;
  view(): CertificateView;
  free?(): void;
}

/** Certificates and revocation lists that an engine holds. */
export interface BundleHandle {
  extend(other: BundleHandle): void;
  certificates(): CertificateHandle[];
  revocationLists(): RevocationListView[];
  findings(): DiagnosticView[];
  free?(): void;
}

/** What is known of revocation. */
export interface EvidenceHandle {
  addLists(input: Uint8Array): void | null | Failure;
  addResponse(input: Uint8Array): void | null | Failure;
  setNonce(nonce: Uint8Array): void;
  free?(): void;
}

/** A path that an engine holds. */
export interface VerifiedPathHandle {
  certificates(): CertificateHandle[];
  view(): VerifiedPathView;
  free?(): void;
}

/** Which trust store, from where, and how old. */
export interface TrustStore {
  /** `system`, `certifi`, `webpki` or `java`. */
  name: string;
  /** The file, or the package and its version. */
  source: string;
  /** When the file was changed, RFC 3339 in UTC. */
  date?: string;
  /** Number of certificates that could be read. */
  certificates: number;
  /** Number of entries that were passed over. */
  passedOver: number;
}

/** A verifier that an engine holds. */
export interface VerifierHandle {
  store(): TrustStore | null;
  verify(
    bundle: BundleHandle,
    at: string,
    options: VerifyDocument,
    evidence: EvidenceHandle,
  ): VerifiedPathHandle | Failure;
  free?(): void;
}

/** An engine. */
export interface Engine {
  readonly kind: EngineKind;
  parseRequest(input: Uint8Array): RequestHandle | Failure;
  inspect(input: Uint8Array): RequestView | Failure;
  parseCertificate(input: Uint8Array): CertificateHandle | Failure;
  inspectCertificate(input: Uint8Array): CertificateView | Failure;
  parseBundle(input: Uint8Array): BundleHandle | Failure;
  bundleOf(certificate: CertificateHandle): BundleHandle;
  emptyBundle(): BundleHandle;
  newEvidence(): EvidenceHandle;
  newVerifier(anchors: BundleHandle, intermediates: BundleHandle, options: VerifierDocument): VerifierHandle | Failure;
  newVerifierOfStore?(name: string, intermediates: BundleHandle, options: VerifierDocument): VerifierHandle | Failure;
  profile(name: string): ProfileView | null;
  lint(input: Uint8Array, options: LintDocument, now: string): LintView[] | Failure;
  lintRules(): LintRuleView[];
  loadPolicy(text: string): PolicyHandle | Failure;
  readyMadePolicies(): string[];
  readyMadePolicy(name: string): string | null;
  explain(code: Code | string): CodeView | null;
  explainAll(): CodeView[];
  verifySignature(
    publicKey: Uint8Array,
    algorithm: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): SignatureStatusView | Failure;
  selectCrypto(name: string): boolean;
  version(): string;
}

/** Where a WebAssembly module comes from: an address, a `Response`, bytes, or a `WebAssembly.Module`. */
export type WasmSource = string | object;

/** What {@link init} may be told. In Node and with the modules inside, nothing needs to be. */
export interface InitOptions {
  /** The engine. Left out: `certgate.wasm` beside the program. */
  wasm?: WasmSource;
  /** The reader of policies in YAML; `false` if all policies are JSON. Left out: `certgate-yaml.wasm` beside the program. */
  yaml?: WasmSource | false;
}
