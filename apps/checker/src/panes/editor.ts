/** The policy editor: a plain text field with line numbers, faults at their lines, and completion by the JSON Schema. */

import policySchema from "../../../../bindings/schemas/policy.json" with { type: "json" };
import { fill, h, message } from "../dom.js";
import type { PlacedDiagnostic, PolicyAnswer } from "../protocol.js";
import type { Strings } from "../strings/index.js";
import { complete, type Completion, type Schema } from "./completion.js";

/** Suggestions that are seen at once; the others come as the choice moves on. */
const SEEN = 8;

export class Editor {
  readonly element: HTMLElement;
  readonly #text: HTMLTextAreaElement;
  readonly #gutter: HTMLElement;
  readonly #backdrop: HTMLElement;
  readonly #list: HTMLElement;
  readonly #faults: HTMLElement;
  #completion: Completion | undefined;
  #chosen = 0;
  #first = 0;
  #marks = new Map<number, string>();

  constructor(
    private readonly strings: Strings,
    private readonly onChange: () => void,
  ) {
    this.#text = h("textarea", {
      id: "policy-text",
      class: "code-input",
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      wrap: "off",
      rows: "14",
      "aria-label": strings.policyText,
      "aria-describedby": "policy-hint policy-state",
      "aria-autocomplete": "list",
      "aria-controls": "policy-suggestions",
    });
    this.#gutter = h("div", { class: "gutter", "aria-hidden": "true" });
    this.#backdrop = h("div", { class: "backdrop", "aria-hidden": "true" });
    this.#list = h("ul", { id: "policy-suggestions", role: "listbox", class: "suggestions", "aria-label": strings.suggestions, hidden: true });
    this.#faults = h("div", { id: "policy-state", class: "policy-state" });
    this.element = h(
      "div",
      {},
      h("div", { class: "editor" }, this.#gutter, h("div", { class: "field" }, this.#backdrop, this.#text, this.#list)),
      h("p", { id: "policy-hint", class: "hint" }, strings.policyHint),
      this.#faults,
    );
    this.#text.addEventListener("input", (event) => {
      this.#number();
      this.onChange();
      // One character is typed; more are pasted.
      const { inputType, data } = event as InputEvent;
      if (inputType === "insertText" && data?.length === 1) {
        this.#offer(false);
      } else {
        this.#close();
      }
    });
    this.#text.addEventListener("scroll", () => this.#scroll());
    this.#text.addEventListener("blur", () => this.#close());
    this.#text.addEventListener("keydown", (event) => this.#key(event));
  }

  get value(): string {
    return this.#text.value;
  }

  set value(text: string) {
    this.#text.value = text;
    this.#marks.clear();
    this.#number();
    this.#close();
  }

  line(number: number): string | undefined {
    return this.#text.value.split("\n")[number - 1];
  }

  /** Puts the caret at a line, and marks it as what was asked for. */
  go(line: number, column = 1): void {
    const lines = this.#text.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const caret = start + column - 1;
    this.#text.focus();
    this.#text.setSelectionRange(caret, column > 1 ? caret : start + (lines[line - 1]?.length ?? 0));
    this.#text.scrollTop = Math.max(0, (line - 4) * this.#lineHeight());
    this.#scroll();
  }

  /** Shows what is known of the text, and which lines the reasons of the verdict come from. */
  state(answer: PolicyAnswer | null, reasons: readonly PlacedDiagnostic[]): void {
    const { strings } = this;
    this.#marks.clear();
    for (const one of reasons) {
      const line = one.place?.line;
      if (line !== undefined) {
        this.#marks.set(line, one.severity === "error" ? "blamed" : "noted");
      }
    }
    const diagnostics = answer === null ? [] : answer.state === "faulty" ? answer.error.diagnostics : answer.warnings;
    for (const one of diagnostics) {
      if (one.position !== undefined) {
        this.#marks.set(one.position.line, one.severity === "error" ? "faulty" : "noted");
      }
    }
    this.#text.setAttribute("aria-invalid", String(answer?.state === "faulty"));
    const count = diagnostics.length;
    const title =
      answer === null
        ? null
        : answer.state === "faulty"
          ? h("p", { class: "mark error" }, h("span", { class: "word" }, strings.policyFaults(count)))
          : h("p", { class: "mark good" }, message(strings.policyGood(answer.id), strings.lang), count === 0 ? null : ` ${strings.policyWarnings(count)}`);
    fill(
      this.#faults,
      title,
      count === 0
        ? null
        : h(
            "ul",
            { class: "faults" },
            diagnostics.slice(0, 20).map((one) =>
              h(
                "li",
                {},
                one.position === undefined
                  ? null
                  : h("button", { type: "button", class: "bytes-link", onclick: () => this.go(one.position?.line ?? 1, one.position?.column) }, strings.lineColumn(one.position.line, one.position.column)),
                " ",
                message(one.message),
                one.help === undefined ? null : h("span", { class: "muted" }, " ", message(one.help)),
              ),
            ),
          ),
    );
    this.#number();
  }

  #number(): void {
    const lines = this.#text.value.split("\n");
    const long = lines.length > 2000;
    fill(
      this.#gutter,
      lines.slice(0, 2000).map((_, index) => h("div", { class: this.#marks.get(index + 1) ?? "" }, String(index + 1))),
      long ? h("div", {}, "…") : null,
    );
    fill(this.#backdrop, Array.from(this.#marks, ([line, kind]) => {
      const mark = h("div", { class: `stripe ${kind}` });
      mark.style.setProperty("--line", String(line - 1));
      return mark;
    }));
    this.#scroll();
  }

  #scroll(): void {
    const shift = `translateY(${-this.#text.scrollTop}px)`;
    this.#backdrop.style.transform = shift;
    this.#gutter.scrollTop = this.#text.scrollTop;
  }

  #lineHeight(): number {
    return Number.parseFloat(getComputedStyle(this.#text).lineHeight) || 20;
  }

  #offer(asked: boolean): void {
    const caret = this.#text.selectionStart;
    const completion = complete(policySchema as unknown as Schema, this.#text.value, caret);
    const begun = caret - completion.from;
    if (completion.suggestions.length === 0 || (!asked && begun === 0)) {
      this.#close();
      return;
    }
    this.#completion = completion;
    const before = this.#text.value.slice(0, completion.from).split("\n");
    this.#list.style.setProperty("--line", String(before.length));
    this.#list.style.setProperty("--column", String(before.at(-1)?.length ?? 0));
    this.#list.style.setProperty("--scroll", `${this.#text.scrollTop}px`);
    this.#first = 0;
    this.#list.hidden = false;
    this.#choose(0);
    this.#list.scrollIntoView({ block: "nearest" });
  }

  /** Marks a suggestion, and draws those around it. */
  #choose(chosen: number): void {
    const all = this.#completion?.suggestions ?? [];
    this.#chosen = chosen;
    this.#first = Math.min(Math.max(this.#first, chosen - SEEN + 1), chosen);
    const end = Math.min(this.#first + SEEN, all.length);
    fill(
      this.#list,
      all.slice(this.#first, end).map((one, place) => {
        const index = this.#first + place;
        return h(
          "li",
          {
            id: `suggestion-${index}`,
            role: "option",
            "aria-selected": String(index === chosen),
            "aria-posinset": index + 1,
            "aria-setsize": all.length,
            onmousedown: (event: MouseEvent) => {
              event.preventDefault();
              this.#accept(index);
            },
          },
          h("code", {}, one.text),
          one.description === "" ? null : h("span", { class: "description", lang: "en" }, one.description.split(". ")[0] ?? ""),
        );
      }),
    );
    this.#list.dataset["range"] = all.length > SEEN ? `${this.#first + 1}–${end} / ${all.length}` : "";
    this.#text.setAttribute("aria-activedescendant", `suggestion-${chosen}`);
  }

  #close(): void {
    this.#completion = undefined;
    this.#list.hidden = true;
    this.#text.removeAttribute("aria-activedescendant");
  }

  #accept(index: number): void {
    const chosen = this.#completion?.suggestions[index];
    if (this.#completion === undefined || chosen === undefined) {
      return;
    }
    this.#text.focus();
    this.#text.setSelectionRange(this.#completion.from, this.#text.selectionStart);
    // The only way to insert that the browser's own undo knows.
    document.execCommand("insertText", false, chosen.insert);
    this.#close();
  }

  #key(event: KeyboardEvent): void {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      this.#offer(true);
      return;
    }
    if (this.#completion === undefined) {
      return;
    }
    const count = this.#completion.suggestions.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.#choose((this.#chosen + (event.key === "ArrowDown" ? 1 : count - 1)) % count);
    } else if (event.key === "Enter") {
      this.#accept(this.#chosen);
    } else if (event.key === "Escape") {
      this.#close();
    } else {
      return;
    }
    event.preventDefault();
  }
}
