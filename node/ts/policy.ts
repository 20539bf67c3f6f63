import { engine } from "#backend";
import type { PolicyHandle } from "./backend.js";
import { Decision } from "./decision.js";
import { answer, argumentFault } from "./error.js";
import type { ReadyMadePolicyName } from "./generated/names.js";
import type { ContextDocument, ImportDocument } from "./generated/documents.js";
import type {
  AtMostView,
  CaseReport,
  ComparisonView,
  ConstraintsView,
  DiagnosticView,
  ExplanationView,
  ImportedView,
  MendView,
  PolicyView,
} from "./generated/views.js";
import { Owned } from "./owned.js";
import { Request } from "./request.js";
import { kept, named, runTool } from "./tools.js";
import { describe, fieldsOf, type Input, optionsOf, plain, type Time, toBytes, toContext, toText, toTime } from "./values.js";

/** What is known besides a request and its policy. */
export interface EvaluateOptions {
  /** Who asks, where, of whom, and for how long. */
  context?: ContextDocument;
  /** The time of the evaluation. Left out: now. */
  at?: Time;
}

/** Programs whose policies can be imported. */
export type ImportKind =
  | "approver-policy"
  | "cfssl"
  | "kubelet-csr-approver"
  | "kubernetes-signer"
  | "openbao-role"
  | "step-ca"
  | "vault-role";

/** Programs for which policies can be written. */
export type ExportKind = "approver-policy" | "vault-role";

/** What two policies are compared over. */
export interface DiffOptions extends EvaluateOptions {
  /**
   * Requests, and certificates in the place of requests that ask for the same; with names of their own, or by their indexes. Left
   * out: the policies themselves are analysed.
   */
  requests?: readonly (Request | Input)[] | Readonly<Record<string, Request | Input>>;
}

/** A policy of another program. */
export interface ImportedPolicy {
  /** The policy; its source is YAML. */
  readonly policy: Policy;
  /** What it does not keep, and what others have to see to. */
  readonly notes: readonly DiagnosticView[];
}

/** A loaded policy. */
export class Policy {
  readonly #owned: Owned<PolicyHandle>;
  #view: PolicyView | undefined;

  /** The policy's name. */
  readonly id: string;

  /** The digest of the canonical form: `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;

  /** @internal */
  static is(value: unknown): value is Policy {
    return typeof value === "object" && value !== null && #owned in value;
  }

  /** @internal */
  static handle(policy: Policy): PolicyHandle {
    return policy.#owned.get();
  }

  /** @internal */
  constructor(handle: PolicyHandle) {
    this.#owned = new Owned(handle, "policy");
    this.id = handle.id();
    this.digest = handle.digest();
  }

  /** The text that it was loaded from. */
  get source(): string {
    return this.#owned.get().source();
  }

  /** What should be looked at in the document. */
  get warnings(): readonly DiagnosticView[] {
    return this.toJSON().warnings;
  }

  /** The canonical form: documents that say the same have the same one. */
  canonicalJson(): string {
    return this.#owned.get().canonicalJson();
  }

  /**
   * Judges a request. A denial is a decision, never an exception.
   *
   * @throws {CertgateError} a request or a context that cannot be read
   */
  evaluate(request: Request | Input, options?: EvaluateOptions): Decision {
    const given = fieldsOf(options, ["context", "at"], "options");
    const context = toContext(given.context);
    const at = toTime(given.at, "at");
    const policy = this.#owned.get();
    if (Request.is(request)) {
      const handle = Request.handle(request);
      return new Decision(answer(() => policy.evaluateRequest(handle, context, at)), this);
    }
    const bytes = toBytes(request, "request");
    return new Decision(answer(() => policy.evaluate(bytes, context, at)), this);
  }

  /**
   * Says why the policy decides as it does: the rules that decided each field, and the smallest changes to the request and to the
   * policy with which it would be allowed. Each change has been applied and judged again.
   *
   * @throws {CertgateError} (rejected) a request or a context that cannot be read
   */
  async explain(request: Request | Input, options?: EvaluateOptions): Promise<ExplanationView> {
    return runTool({ tool: "explain", ...this.#judging(options) }, [kept(request, "request")]);
  }

  /**
   * Says how to make a request that the policy allows, from one at hand: as an `openssl` command and as a Certificate of
   * cert-manager.
   *
   * @throws {CertgateError} (rejected) a request or a context that cannot be read
   */
  async mend(request: Request | Input, options?: EvaluateOptions): Promise<MendView> {
    return runTool({ tool: "mend", ...this.#judging(options) }, [kept(request, "request")]);
  }

  #judging(options: EvaluateOptions | undefined) {
    const { context, at } = fieldsOf(options, ["context", "at"], "options");
    return { policy: this.source, context: toContext(context) ?? null, at: toTime(at, "at") };
  }

  /**
   * Compares the policy, as the old one, with another one, as the new one: by analysis, or over requests.
   *
   * @throws {CertgateError} (rejected) a request or a context that cannot be read
   */
  async diff(other: Policy, options?: DiffOptions): Promise<ComparisonView> {
    const { context, at, requests } = fieldsOf(options, ["context", "at", "requests"], "options");
    const over = requests === undefined ? { names: null, inputs: [] } : named(requests, "requests");
    const judging = { context: toContext(context) ?? null, at: toTime(at, "at") };
    return runTool({ tool: "diff", old: this.source, new: sourceOf(other, "other"), names: over.names, ...judging }, over.inputs);
  }

  /** Whether the policy is at most as permissive as another one: `yes`, `no` with an example, or `undecided`. */
  async atMost(other: Policy): Promise<AtMostView> {
    return runTool({ tool: "atMost", policy: this.source, other: sourceOf(other, "other") });
  }

  /**
   * Runs the cases of a file of cases, YAML or JSON. `files` has what they name as files.
   *
   * @throws {CertgateError} (rejected) `case/syntax`: no file of cases, or a file that is not given
   */
  async runCases(cases: string, options?: { files?: Readonly<Record<string, Input>> }): Promise<CaseReport> {
    const { names: files, inputs } = named(fieldsOf(options, ["files"], "options").files ?? {}, "files");
    return runTool({ tool: "runCases", policy: this.source, cases: toText(cases, "cases"), files }, inputs);
  }

  /** Everything that should be looked at: the warnings, and what is true of rules taken together. */
  async lint(options?: { at?: Time }): Promise<DiagnosticView[]> {
    const { at } = fieldsOf(options, ["at"], "options");
    return runTool({ tool: "lint", policy: this.source, at: toTime(at, "at") });
  }

  /** What a CA that issues by the policy can say of it in its own certificate: name constraints, purposes, path length. */
  async constraints(): Promise<ConstraintsView> {
    return runTool({ tool: "constraints", policy: this.source });
  }

  /**
   * Writes the policy for another program.
   *
   * @throws {CertgateError} (rejected) `export/unsupported` for each part that the program cannot say, with its path
   */
  async export(kind: ExportKind): Promise<string> {
    return runTool({ tool: "export", policy: this.source, kind: toText(kind, "kind") });
  }

  /** Name, digest, description and warnings as plain data. */
  toJSON(): PolicyView {
    this.#view ??= this.#owned.get().view();
    return this.#view;
  }

  /** Gives back the memory of a WebAssembly engine at once; else it is given back after garbage collection. */
  dispose(): void {
    this.#owned.dispose();
  }

  /** @internal */
  [Symbol.for("nodejs.util.inspect.custom")](): PolicyView {
    return this.toJSON();
  }
}

/**
 * Loads a policy from YAML or JSON.
 *
 * @throws {CertgateError} every fault of the document, with code, path, line and column
 */
export function loadPolicy(text: string): Policy {
  const checked = toText(text, "text");
  return new Policy(answer(() => engine().loadPolicy(checked)));
}

/**
 * Reads a policy of another program, YAML or JSON.
 *
 * @throws {CertgateError} (rejected) a kind that is not known, and every fault of the document, with line and column
 */
export async function importPolicy(kind: ImportKind, input: Input, options?: ImportDocument): Promise<ImportedPolicy> {
  const given = plain(optionsOf(options, "options"), "options") as ImportDocument;
  const call = { tool: "import", kind: toText(kind, "kind"), options: given } as const;
  const { policy, notes } = await runTool<ImportedView>(call, [kept(input, "input")]);
  return { policy: loadPolicy(policy), notes };
}

/** The text of a policy that an argument must be. */
export function sourceOf(policy: Policy, ...path: readonly (string | number)[]): string {
  if (!Policy.is(policy)) {
    throw argumentFault(path, `must be a Policy, not ${describe(policy)}`);
  }
  return policy.source;
}

/** The names of the ready-made policies, sorted. */
export function readyMadePolicies(): ReadyMadePolicyName[] {
  return engine().readyMadePolicies() as ReadyMadePolicyName[];
}

/** The text of a ready-made policy in YAML, to load or to start one's own from; null if there is none of this name. */
export function readyMadePolicy(name: ReadyMadePolicyName): string;
export function readyMadePolicy(name: string): string | null;
export function readyMadePolicy(name: string): string | null {
  return engine().readyMadePolicy(toText(name, "name"));
}
