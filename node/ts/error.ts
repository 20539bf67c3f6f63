import type { Failure } from "./backend.js";
import type { Code } from "./generated/names.js";
import type { DiagnosticView, ErrorView, NotVerifiedView, StepView, TriedPathView } from "./generated/views.js";

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
  constructor(view: ErrorView, options?: ErrorOptions) {
    super(view.message, options);
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
  const result = attempt(work);
  if (isFailure(result)) {
    throw exception(result);
  }
  return result;
}

/** The answer of an engine or its failure, which it may have thrown. Whatever else it throws is a fault of certgate. */
export function attempt<T>(work: () => T | Failure): T | Failure {
  try {
    return work();
  } catch (error) {
    if (isFailure(error)) {
      return error;
    }
    throw error instanceof CertgateError ? error : unexpected(error);
  }
}

/** As {@link answer}, of an engine that answers later. */
export async function answerLater<T>(work: () => Promise<T | Failure>): Promise<T> {
  let result: T | Failure;
  try {
    result = await work();
  } catch (error) {
    result = attempt<T>(() => {
      throw error;
    });
  }
  return answer(() => result);
}

/** The exception of a failure. */
export function exception({ error, notVerified }: Failure): CertgateError {
  return notVerified === undefined ? new CertgateError(error) : new VerificationError(error, notVerified);
}

export function isFailure(value: unknown): value is Failure {
  return typeof value === "object" && value !== null && "error" in value;
}

/** The exception of an argument that is not what it should be. */
export function argumentFault(path: readonly StepView[], must: string, cause?: unknown): CertgateError {
  return fault("argument", "context/value", path, `\`${spell(path)}\` ${must}`, cause);
}

/** The exception of an argument with more in it than is read. */
export function budgetFault(path: readonly StepView[], must: string): CertgateError {
  return fault("argument", "context/syntax", path, `\`${spell(path)}\` ${must}`);
}

/** The exception of an object with a field that is not known. */
export function unknownKey(path: readonly StepView[], known: readonly string[]): CertgateError {
  const code: Code = "context/unknown-key";
  const message = `the key \`${textOf(path.at(-1)).slice(0, 100)}\` is not known`;
  const help = `the keys here are ${[...known].sort().join(", ")}`;
  const diagnostics: DiagnosticView[] = [{ code, severity: "error", path: [...path], message, help }];
  return new CertgateError({ kind: "argument", code, message: `${code}: ${message}: ${help}`, diagnostics });
}

/** The exception of an input that cannot be read. */
export function inputFault(code: Code, message: string, cause?: unknown): CertgateError {
  return fault("parse", code, [], message, cause);
}

/** The exception of a fault of certgate. */
export function unexpected(cause: unknown): CertgateError {
  return fault("argument", "internal/unexpected", [], `certgate has a fault: ${textOf(cause)}`, cause);
}

function fault(
  kind: ErrorView["kind"],
  code: Code,
  path: readonly StepView[],
  message: string,
  cause?: unknown,
): CertgateError {
  const diagnostics: DiagnosticView[] = [{ code, severity: "error", path: [...path], message }];
  return new CertgateError({ kind, code, message, diagnostics }, cause === undefined ? undefined : { cause });
}

/** `["crls", 0]` as `crls[0]`. */
function spell(path: readonly StepView[]): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

/** What was thrown, as text; what throws again has none. */
export function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return "something that has no text";
  }
}
