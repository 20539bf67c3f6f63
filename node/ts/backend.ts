/** What the facade asks of an engine: the native addon or the WebAssembly modules. */

import type { EvidenceParts } from "./evidence.js";
import type { Code } from "./generated/names.js";
import type {
  ContextDocument,
  ImportDocument,
  IssuerOptions,
  LintDocument,
  NewRequestDocument,
  RevocationListDocument,
  RootDocument,
  VerifierDocument,
  VerifyDocument,
} from "./generated/documents.js";
import type {
  CertificateView,
  CodeView,
  DecisionView,
  DiagnosticView,
  ErrorView,
  IssuedCertificateView,
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
  approve(): ApprovalHandle | Failure;
  view(): DecisionView;
  free?(): void;
}

/** A permission that an engine holds. */
export interface ApprovalHandle {
  template(): TemplateView | Failure;
  isUsed(): boolean;
  free?(): void;
}

/** What was encoded and is not yet signed. */
export interface PreparedHandle<T> {
  tbs(): Uint8Array | Failure;
  scheme(): string;
  isUsed(): boolean;
  assemble(signature: Uint8Array): T | Failure;
  free?(): void;
}

/** A CA that an engine holds. */
export interface IssuerHandle {
  chain(): CertificateHandle[];
  prepare(
    approval: ApprovalHandle,
    at: string,
    serialNumber: string | undefined,
    random: Uint8Array,
    scheme: string | undefined,
  ): PreparedHandle<IssuedHandle> | Failure;
  prepareList(
    document: RevocationListDocument,
    at: string,
    previous: Uint8Array | undefined,
    scheme: string | undefined,
  ): PreparedHandle<RevocationListHandle> | Failure;
  free?(): void;
}

/** A certificate that an engine has issued. */
export interface IssuedHandle {
  certificate(): CertificateHandle;
  chain(): CertificateHandle[];
  pem(): string;
  fullchainPem(): string;
  view(): IssuedCertificateView;
  free?(): void;
}

/** A revocation list that an engine holds. */
export interface RevocationListHandle {
  der(): Uint8Array;
  pem(): string;
  view(): RevocationListView;
  free?(): void;
}

/** A private key that the native engine holds. */
export interface PrivateKeyHandle {
  publicKey(): Uint8Array;
  scheme(): string;
  sign(message: Uint8Array): Uint8Array | Failure;
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

/** Inputs that stand one after the other in `data`, by the offsets of their ends. Nobody changes the arrays again. */
export interface Slice {
  data: Uint8Array;
  ends: Uint32Array;
  at: string;
}

/** Requests to be judged, each in its context or all in one. */
export interface CheckSlice extends Slice {
  contexts: (ContextDocument | null)[];
}

/** Certificates to be verified, each by its options or all by the same; `parts` is the number of inputs of each bundle. */
export interface VerifySlice extends Slice {
  parts: Uint32Array;
  options: VerifyDocument[];
  evidence: EvidenceParts;
}

/** Work away from the calling thread. */
export interface Lanes {
  /** How many slices are worked on at once. */
  readonly count: number;
  /** What judges the slices of one batch; the policy may be given back meanwhile. */
  check(policy: PolicyHandle): (slice: CheckSlice) => Promise<(DecisionHandle | Failure)[]>;
  /** What verifies the slices of one batch; the verifier may be given back meanwhile. */
  verify(verifier: VerifierHandle): (slice: VerifySlice) => Promise<(VerifiedPathHandle | Failure)[]>;
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
  /** Number of certificates. */
  length(): number;
  /** One of them, by its index: leaf first, trust anchor last. */
  certificate(index: number): CertificateHandle | null | undefined;
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
  /** As `verify`, of an input that is a bundle. */
  verifyInput(
    input: Uint8Array,
    at: string,
    options: VerifyDocument,
    evidence: EvidenceHandle,
  ): VerifiedPathHandle | Failure;
  free?(): void;
}

/** What is done with policies besides judging by them. Policies are texts; what a call is about stands beside it as bytes. */
export type ToolCall =
  | { tool: "import"; kind: string; options: ImportDocument | null }
  | { tool: "export"; policy: string; kind: string }
  | { tool: "diff"; old: string; new: string; names: string[] | null; context: ContextDocument | null; at: string }
  | { tool: "atMost"; policy: string; other: string }
  | { tool: "explain" | "mend"; policy: string; context: ContextDocument | null; at: string }
  | { tool: "runCases"; policy: string; cases: string; files: string[] }
  | { tool: "lint"; policy: string; at: string }
  | { tool: "constraints"; policy: string }
  | {
      tool: "evaluateSet";
      policies: string[];
      combine: string;
      name: string | null;
      context: ContextDocument | null;
      at: string;
    };

/** An engine. */
export interface Engine {
  readonly kind: EngineKind;
  readonly lanes: Lanes;
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
  newIssuer(chain: BundleHandle, options: IssuerOptions): IssuerHandle | Failure;
  parseRevocationList(input: Uint8Array): RevocationListHandle | Failure;
  prepareRequest(
    document: NewRequestDocument,
    publicKey: Uint8Array,
    scheme: string | undefined,
  ): Omit<PreparedHandle<RequestHandle>, "isUsed"> | Failure;
  prepareRoot(
    document: RootDocument,
    publicKey: Uint8Array,
    at: string,
    serialNumber: string | undefined,
    random: Uint8Array,
    scheme: string | undefined,
  ): Omit<PreparedHandle<CertificateHandle>, "isUsed"> | Failure;
  exactPolicy(document: object): PolicyHandle | Failure;
  parsePrivateKey?(input: Uint8Array): PrivateKeyHandle | Failure;
  profile(name: string): ProfileView | null;
  lint(input: Uint8Array, options: LintDocument, now: string): LintView[] | Failure;
  lintRules(): LintRuleView[];
  loadPolicy(text: string): PolicyHandle | Failure;
  readyMadePolicies(): string[];
  readyMadePolicy(name: string): string | null;
  explain(code: Code | string): CodeView | null;
  explainAll(): CodeView[];
  longestInput(): number;
  tooLong(length: number): Failure;
  verifySignature(
    publicKey: Uint8Array,
    algorithm: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): SignatureStatusView | Failure;
  /** Loads the module of the tools, where it is one of its own. */
  loadTools?(): Promise<void>;
  /** The answer has the form that the tool gives. */
  runTool(call: ToolCall, inputs: Uint8Array[]): Promise<unknown>;
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
  /**
   * What imports, exports, compares and explains policies and runs their cases, fetched when it is first asked to. Left out:
   * `certgate-tools.wasm` beside the program.
   */
  tools?: WasmSource;
}
