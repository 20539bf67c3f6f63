import { engine } from "#backend";
import type { PolicyHandle } from "./backend.js";
import { Decision } from "./decision.js";
import { answer } from "./error.js";
import type { ReadyMadePolicyName } from "./generated/names.js";
import type { ContextDocument } from "./generated/documents.js";
import type { DiagnosticView, PolicyView } from "./generated/views.js";
import { Owned } from "./owned.js";
import { Request } from "./request.js";
import { type Input, optionsOf, type Time, toBytes, toContext, toText, toTime } from "./values.js";

/** What is known besides a request and its policy. */
export interface EvaluateOptions {
  /** Who asks, where, of whom, and for how long. */
  context?: ContextDocument;
  /** The time of the evaluation. Left out: now. */
  at?: Time;
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
    const given = optionsOf(options, "options");
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
