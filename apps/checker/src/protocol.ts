/** What the page asks of its worker, and what it hears. */

import type { ContextDocument, VerifyDocument } from "../../../node/ts/generated/documents.js";
import type {
  CertificateView,
  DecisionView,
  DiagnosticView,
  ErrorView,
  NotVerifiedView,
  Position,
  RequestView,
  RevocationListView,
  SpanView,
  TemplateView,
  VerifiedPathView,
} from "../../../node/ts/generated/views.js";

export type * from "../../../node/ts/generated/views.js";

/** One question: everything that the answer depends on. */
export interface Job {
  id: number;
  /** The input's bytes; empty if there is none. */
  input: Uint8Array;
  /** The policy's text; empty if none is chosen. */
  policy: string;
  /** Who asks, and where. */
  context: ContextDocument;
  /** RFC 3339. */
  at: string;
  /** The host that is expected; empty if nobody asked. */
  host: string;
  /** Trust anchors; empty if there are none. */
  anchors: Uint8Array;
  /** Whether self-issued certificates of the input are trusted. */
  trust: "anchors" | "input";
  purpose: VerifyDocument["purpose"];
  profile: "rfc5280" | "webpki" | "private";
  /** Which certificate of the input is shown. */
  selected: number;
}

/** A diagnostic with the place of its rule in the policy's text. */
export interface PlacedDiagnostic extends DiagnosticView {
  place?: Position;
}

export interface HostAnswer {
  name: string;
  matches: boolean;
  error?: ErrorView;
}

export interface DecisionAnswer {
  outcome: "allowed" | "denied" | "notApplicable";
  enforcement: DecisionView["enforcement"];
  simulation: DecisionView["simulation"];
  reasons: PlacedDiagnostic[];
  warnings: PlacedDiagnostic[];
  template: TemplateView | null;
  mend: MendAnswer | null;
}

export interface MendAnswer {
  leftOut: string[];
  newKey: boolean;
  toReplace: string[];
  openssl: string;
  certManager: string;
}

export type PolicyAnswer =
  | { state: "loaded"; id: string; digest: string; description: string | null; warnings: DiagnosticView[] }
  | { state: "faulty"; error: ErrorView };

export interface NodeView {
  depth: number;
  span: SpanView;
  header: number;
  tag: number;
  kind: string;
  field?: string;
  value?: string;
  /** Bytes of contents that it claims, if it breaks off before. */
  claimed?: number;
}

export interface TreeView {
  nodes: NodeView[];
  bytes: number;
  /** Where the walk ended, if early. */
  cut?: number;
  fault?: DiagnosticView;
}

/** Encoding and tree of what is shown. */
export interface Bytes {
  der: Uint8Array;
  tree: TreeView;
  /** From a path as text to bytes. */
  spans: Record<string, SpanView>;
}

export interface RequestAnswer {
  kind: "request";
  view: RequestView;
  pem: string;
  bytes: Bytes;
  host: HostAnswer | null;
  decision: DecisionAnswer | ErrorView | null;
}

export interface CertificatesAnswer {
  kind: "certificates";
  certificates: { view: CertificateView; pem: string; host: HostAnswer | null }[];
  selected: number;
  lists: RevocationListView[];
  findings: DiagnosticView[];
  bytes: Bytes | null;
  verification: VerifiedPathView | NotVerifiedView | ErrorView | null;
  /** Whether some certificate of the input is self-issued. */
  selfIssued: boolean;
  pem: string;
}

export type InputAnswer =
  | { kind: "empty" }
  | { kind: "secret" }
  | { kind: "policy"; text: string }
  | { kind: "error"; error: ErrorView; what: string | null; bytes: Bytes | null }
  | RequestAnswer
  | CertificatesAnswer;

export interface Answer {
  id: number;
  input: InputAnswer;
  policy: PolicyAnswer | null;
  /** Milliseconds of work in the worker. */
  elapsed: number;
}

export type ToWorker =
  | { type: "job"; job: Job }
  | { type: "secret"; id: number; input: Uint8Array }
  | { type: "sarif"; id: number; uri: string; diagnostics: DiagnosticView[] }
  | { type: "explain"; id: number; code: string };

export type FromWorker =
  | { type: "ready" }
  | { type: "answer"; answer: Answer }
  | { type: "reply"; id: number; value: unknown }
  | { type: "failed"; message: string };
