import type { DecisionHandle } from "./backend.js";
import { answer } from "./error.js";
import type { DecisionView, DiagnosticView, TemplateView } from "./generated/views.js";
import { Approval } from "./issuer.js";
import { Owned } from "./owned.js";
import type { Policy } from "./policy.js";
import { Request } from "./request.js";

/** What a policy says of a request. Its parts are made when they are asked for. */
export class Decision {
  readonly #owned: Owned<DecisionHandle>;
  #reasons: readonly DiagnosticView[] | undefined;
  #warnings: readonly DiagnosticView[] | undefined;
  #template: TemplateView | null | undefined;
  #request: Request | undefined;
  #view: DecisionView | undefined;

  /** The policy that decided. */
  readonly policy: Policy;

  /** `allowed`, `denied` or `notApplicable`. */
  readonly outcome: DecisionView["outcome"];

  /** @internal */
  constructor(handle: DecisionHandle, policy: Policy) {
    this.#owned = new Owned(handle, "decision");
    this.policy = policy;
    this.outcome = handle.outcome();
  }

  /** Whether the request is allowed. */
  get allowed(): boolean {
    return this.outcome === "allowed";
  }

  /** Every reason why not, sorted by path and code; empty if allowed. */
  get reasons(): readonly DiagnosticView[] {
    this.#reasons ??= this.#owned.get().reasons();
    return this.#reasons;
  }

  /** What should be mended or known and stops nothing. */
  get warnings(): readonly DiagnosticView[] {
    this.#warnings ??= this.#owned.get().warnings();
    return this.#warnings;
  }

  /** Exactly what would be issued; null unless allowed. */
  get template(): TemplateView | null {
    if (this.#template === undefined) {
      this.#template = this.#owned.get().template();
    }
    return this.#template;
  }

  /** The request that was judged. */
  get request(): Request {
    this.#request ??= new Request(this.#owned.get().request());
    return this.#request;
  }

  /**
   * The permission to issue exactly what was decided, a new one for each call: see `Issuer`.
   *
   * @throws {CertgateError} `issue/not-approved` with the reasons, unless the request is allowed
   */
  approve(): Approval {
    const handle = this.#owned.get();
    return new Approval(answer(() => handle.approve()));
  }

  /** The whole decision as plain data: the text of `certgate check --format json`. */
  toJSON(): DecisionView {
    this.#view ??= this.#owned.get().view();
    return this.#view;
  }

  /** Gives back what the engine holds at once; else that is done after garbage collection. */
  dispose(): void {
    this.#owned.dispose();
  }

  /** @internal */
  [Symbol.for("nodejs.util.inspect.custom")](): DecisionView {
    return this.toJSON();
  }
}
