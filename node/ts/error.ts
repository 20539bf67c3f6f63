import type { Failure } from "./backend.js";
import type { Code } from "./generated/names.js";
import type { DiagnosticView, ErrorView, NotVerifiedView, TriedPathView } from "./generated/views.js";

/** A job could not be done: an input that cannot be read, a policy that is not valid, an argument of the wrong form. */
export class CertgateError extends Error {
  /** The code of the first diagnostic: `explain(error.code)` says what it means. */
  readonly code: Code;
  /** What could not be done. */
  readonly kind: ErrorView["kind"];
  /** All diagnostics, at least one. */
  readonly diagnostics: readonly DiagnosticView[];

  static {
    this.prototype.name = "CertgateError";
  }

  /** @internal */
  constructor(view: ErrorView) {
    super(view.message);
    this.code = view.code;
    this.kind = view.kind;
    this.diagnostics = view.diagnostics;
  }

  /** The error as plain data. */
  toJSON(): ErrorView {
    return { kind: this.kind, code: this.code, message: this.message, diagnostics: [...this.diagnostics] };
  }
}

/** No certification path holds. `diagnostics` has the best reason, or everything that is wrong with the certificate itself. */
export class VerificationError extends CertgateError {
  /** All of it as plain data. */
  readonly diagnosis: NotVerifiedView;

  static {
    this.prototype.name = "VerificationError";
  }

  /** @internal */
  constructor(view: ErrorView, diagnosis: NotVerifiedView) {
    super(view);
    this.diagnosis = diagnosis;
  }

  /** Paths that were tried and where each stopped, the most telling first. */
  get tried(): readonly TriedPathView[] {
    return this.diagnosis.tried;
  }

  /** How many paths were tried; `tried` may have fewer. */
  get paths(): number {
    return this.diagnosis.paths;
  }
}

/** The answer of an engine; its failure becomes an exception. */
export function answer<T>(work: () => T | Failure): T {
  let result: unknown;
  try {
    result = work();
  } catch (error) {
    if (isFailure(error)) {
      throw exception(error);
    }
    throw error;
  }
  if (isFailure(result)) {
    throw exception(result);
  }
  return result as T;
}

function exception({ error, notVerified }: Failure): CertgateError {
  return notVerified === undefined ? new CertgateError(error) : new VerificationError(error, notVerified);
}

function isFailure(value: unknown): value is Failure {
  return typeof value === "object" && value !== null && "error" in value;
}
