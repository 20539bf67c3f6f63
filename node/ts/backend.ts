/** What the facade asks of an engine: the native addon or the WebAssembly modules. */

import type { Code } from "./generated/names.js";
import type { ContextDocument } from "./generated/documents.js";
import type {
  CodeView,
  DecisionView,
  DiagnosticView,
  ErrorView,
  PolicyView,
  RequestView,
  SignatureStatusView,
  TemplateView,
} from "./generated/views.js";

/** The native addon or WebAssembly. */
export type EngineKind = "native" | "wasm";

/** A call failed. An engine returns it or throws it. */
export interface Failure {
  error: ErrorView;
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

/** An engine. */
export interface Engine {
  readonly kind: EngineKind;
  parseRequest(input: Uint8Array): RequestHandle | Failure;
  inspect(input: Uint8Array): RequestView | Failure;
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
