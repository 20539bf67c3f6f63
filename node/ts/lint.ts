import { engine } from "#backend";
import { answer } from "./error.js";
import type { LintDocument } from "./generated/documents.js";
import type { LintRuleView, LintView } from "./generated/views.js";
import { type Input, optionsOf, plain, type Time, toBytes, toTime } from "./values.js";

/** Whose rules, and of which day. */
export interface LintOptions {
  /** Left out: `rfc5280`. */
  profile?: LintDocument["profile"];
  /** The day whose rules count. Left out: when a certificate or list was made, as it says itself; for requests now. */
  at?: Time;
}

/**
 * Holds everything in an input against the rules that bind those who issue: one request, or certificates and revocation
 * lists. One answer for each object, in order; what was found is an answer, not an exception.
 *
 * @throws {CertgateError} an input that cannot be read, or of which a part cannot; an option that is not known
 */
export function lint(input: Input, options?: LintOptions): LintView[] {
  const bytes = toBytes(input, "input");
  const { at, ...rest } = optionsOf(options, "options");
  const document = plain(rest, "options") as LintDocument;
  if (at !== undefined) {
    document.at = toTime(at, "at");
  }
  return answer(() => engine().lint(bytes, document, toTime(undefined)));
}

/** All rules of lint, sorted by code. */
export function lintRules(): LintRuleView[] {
  return engine().lintRules();
}
