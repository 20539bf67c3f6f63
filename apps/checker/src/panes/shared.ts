/** What the parts of the answer have in common. */

import { h, message } from "../dom.js";
import type { DiagnosticView, PlacedDiagnostic, SpanView } from "../protocol.js";
import type { Strings } from "../strings/index.js";

/** What a part may ask of the page. */
export interface Host {
  readonly strings: Strings;
  /** The lines of the policy's text. */
  policyLine(line: number): string | undefined;
  showBytes(span: SpanView): void;
  showPolicyLine(line: number): void;
  announce(text: string): void;
  download(name: string, type: string, text: string): void;
}

export function section(id: string, title: string, ...children: (Node | null)[]): HTMLElement {
  return h(
    "section",
    { id, class: "part", "aria-labelledby": `${id}-title` },
    h("h2", { id: `${id}-title`, tabindex: "-1" }, title),
    children.filter((child) => child !== null),
  );
}

export function bytesButton(host: Host, span: SpanView | undefined): HTMLElement | null {
  if (span === undefined) {
    return null;
  }
  const label = host.strings.showBytes(span.start, span.end);
  return h("button", { type: "button", class: "bytes-link", onclick: () => host.showBytes(span) }, label);
}

export function severityWord(strings: Strings, severity: DiagnosticView["severity"]): string {
  return { error: strings.severityError, warning: strings.severityWarning, notice: strings.severityNotice }[severity];
}

/** Marks beside a field: one for each thing said of it. */
export function marks(host: Host, diagnostics: readonly PlacedDiagnostic[]): HTMLElement | null {
  if (diagnostics.length === 0) {
    return null;
  }
  return h(
    "ul",
    { class: "marks" },
    diagnostics.map((one) =>
      h(
        "li",
        { class: `mark ${one.severity}` },
        h("span", { class: "word" }, severityWord(host.strings, one.severity)),
        " ",
        message(one.message),
      ),
    ),
  );
}

/** A button that copies a text. */
export function copyButton(host: Host, what: string, text: () => string): HTMLElement {
  const { strings } = host;
  const button = h("button", { type: "button", class: "quiet copy", "aria-label": strings.copyWhat(what) }, strings.copy);
  button.addEventListener("click", () => {
    void navigator.clipboard.writeText(text()).then(() => {
      button.textContent = strings.copied2;
      host.announce(strings.copied2);
      setTimeout(() => {
        button.textContent = strings.copy;
      }, 1500);
    });
  });
  return button;
}

/** A command with its own copy button. */
export function command(host: Host, what: string, text: string): HTMLElement {
  return h(
    "figure",
    { class: "command" },
    h("figcaption", {}, what, copyButton(host, what, () => text)),
    h("pre", { tabindex: "0", translate: "no", "aria-label": what }, h("code", {}, text)),
  );
}
