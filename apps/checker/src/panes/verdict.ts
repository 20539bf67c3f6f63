/** The verdict, and every reason beside its field and the line of the policy. */

import { h, lengthy, message, shown } from "../dom.js";
import type { ErrorView, InputAnswer, PlacedDiagnostic, PolicyAnswer } from "../protocol.js";
import { pathText } from "../text.js";
import { bytesButton, type Host, section, severityWord } from "./shared.js";

/** Reasons that are drawn at once. */
const PAGE = 15;

export type Tone = "good" | "bad" | "plain";

export interface Verdict {
  tone: Tone;
  word: string;
  by: string;
  detail: Line[];
}

/** A line, ours or the engine's, and its language. */
interface Line {
  text: string;
  lang: string;
}

/** `own` says where the policy comes from if it is not ready-made: its `id` may be that of one which is. */
export function verdictOf(host: Host, input: InputAnswer, policy: PolicyAnswer | null, own: string | null): Verdict {
  const { strings } = host;
  const ours = (text: string): Line => ({ text, lang: strings.lang });
  const engine = (text: string): Line => ({ text, lang: "en" });
  switch (input.kind) {
    case "secret":
      return { tone: "bad", word: strings.refused, by: "", detail: [] };
    case "error":
      return { tone: "bad", word: strings.unreadable, by: "", detail: input.error.diagnostics.map((one) => engine(one.message)) };
    case "request": {
      const { decision } = input;
      if (decision === null) {
        const faulty = policy?.state === "faulty";
        return { tone: "plain", word: strings.readable, by: "", detail: [ours(faulty ? strings.policyIsFaulty : strings.noPolicyChosen)] };
      }
      if ("kind" in decision) {
        return { tone: "bad", word: strings.unreadable, by: "", detail: [engine(decision.message)] };
      }
      const by = policy?.state === "loaded" ? strings.by(policy.id) : "";
      const detail = [...(decision.reasons.length > 0 ? [strings.reasons(decision.reasons.length)] : []), ...(own === null ? [] : [own])].map(ours);
      return {
        tone: decision.outcome === "allowed" ? "good" : decision.outcome === "denied" ? "bad" : "plain",
        word: strings[decision.outcome],
        by,
        detail,
      };
    }
    case "certificates": {
      const { verification } = input;
      if (verification === null) {
        const only = input.certificates.length === 0;
        return { tone: "plain", word: only ? strings.readable : strings.notChecked, by: "", detail: only ? [] : [ours(strings.needAnchor)] };
      }
      if ("kind" in verification) {
        return { tone: "bad", word: strings.notVerified, by: "", detail: [engine(verification.message)] };
      }
      return verification.outcome === "verified"
        ? { tone: "good", word: strings.verified, by: "", detail: [ours(strings.verifiedUntil(verification.validUntil))] }
        : { tone: "bad", word: strings.notVerified, by: "", detail: [ours(strings.pathsTried(verification.paths))] };
    }
    default:
      return { tone: "plain", word: "", by: "", detail: [] };
  }
}

export function banner(host: Host, verdict: Verdict, elapsed: number): HTMLElement {
  const symbol = { good: "✓", bad: "✕", plain: "–" }[verdict.tone];
  return h(
    "div",
    { class: `verdict ${verdict.tone}`, id: "verdict" },
    h("span", { class: "symbol", "aria-hidden": "true" }, symbol),
    h(
      "div",
      {},
      h("h2", { tabindex: "-1" }, verdict.word, verdict.by === "" ? null : [" ", h("span", { class: "by" }, message(verdict.by, host.strings.lang))]),
      verdict.detail.map(({ text, lang }) => h("p", {}, message(text, lang))),
    ),
    h("span", { class: "took" }, host.strings.took(elapsed < 10 ? elapsed.toFixed(1) : elapsed.toFixed(0))),
  );
}

/** Reasons as a list of three columns; `id` tells the two lists of a page apart. */
export function reasons(host: Host, id: string, title: string, diagnostics: readonly PlacedDiagnostic[]): HTMLElement | null {
  if (diagnostics.length === 0) {
    return null;
  }
  const list = h("ol", { class: "reasons" });
  return section(id, title, lengthy(diagnostics, PAGE, list, (one) => reason(host, one), host.strings.more));
}

function reason(host: Host, one: PlacedDiagnostic): HTMLElement {
  const { strings } = host;
  const path = pathText(one.path);
  const found = one.found === undefined ? null : h("p", { class: "found" }, shown(String(one.found)));
  return h(
    "li",
    { class: `reason ${one.severity}` },
    h(
      "div",
      { class: "where" },
      h("span", { class: "label" }, strings.field),
      h("p", { class: "path" }, path === "" ? strings.whole : shown(path)),
      found,
      bytesButton(host, one.span),
    ),
    h(
      "div",
      { class: "why" },
      h("span", { class: "label word" }, severityWord(strings, one.severity)),
      h("p", { class: "message" }, message(one.message)),
      one.help === undefined ? null : h("p", { class: "help" }, h("span", { class: "hint" }, strings.whatToDo, " "), message(one.help)),
      h("p", { class: "code-line" }, h("code", { translate: "no" }, one.code), one.citation === undefined ? null : [" · ", h("span", { lang: "en" }, one.citation)]),
      tried(host, one),
    ),
    rule(host, one),
  );
}

function rule(host: Host, one: PlacedDiagnostic): HTMLElement | null {
  const { strings } = host;
  const line = one.place?.line ?? one.position?.line;
  if (line === undefined && one.rule === undefined) {
    return null;
  }
  const text = line === undefined ? undefined : host.policyLine(line);
  const name = one.rule === undefined ? "" : pathText(one.rule);
  return h(
    "div",
    { class: "rule" },
    h("span", { class: "label" }, strings.policyLine),
    line === undefined
      ? h("p", {}, strings.unsaid)
      : h(
          "button",
          { type: "button", class: "policy-line", onclick: () => host.showPolicyLine(line) },
          h("span", { class: "number" }, strings.line(line)),
          h("code", {}, shown(text?.trim() ?? "")),
        ),
    name === "" ? null : h("p", { class: "rule-path" }, h("code", {}, shown(name))),
  );
}

function tried(host: Host, one: PlacedDiagnostic): HTMLElement | null {
  if (one.related === undefined || one.related.length === 0) {
    return null;
  }
  return h("ul", { class: "related" }, one.related.map((inner) => h("li", {}, message(inner.message), " ", h("code", {}, inner.code), bytesButton(host, inner.span))));
}

/** All diagnostics of an error, with the bytes that they are about. */
export function errorReasons(host: Host, error: ErrorView): HTMLElement | null {
  return reasons(host, "reasons", host.strings.whyNot, error.diagnostics);
}
