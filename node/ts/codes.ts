import { engine } from "#backend";
import type { Code } from "./generated/names.js";
import type { CodeView } from "./generated/views.js";
import { toText } from "./values.js";

/** What a code means; null if there is no such code. */
export function explain(code: Code): CodeView;
export function explain(code: string): CodeView | null;
export function explain(code: string): CodeView | null {
  return engine().explain(toText(code, "code"));
}

/** All codes, sorted. */
export function explainAll(): CodeView[] {
  return engine().explainAll();
}
