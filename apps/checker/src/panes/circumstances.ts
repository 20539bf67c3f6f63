/** Who asks and for what: the context of a decision, which the request itself does not hold. */

import type { ContextDocument } from "../../../../node/ts/generated/documents.js";
import { h } from "../dom.js";
import type { Strings } from "../strings/index.js";

const lines = ["username", "groups", "namespace", "signerName", "duration", "at"] as const;
type Line = (typeof lines)[number];

const list = (value: string) => value.split(",").map((one) => one.trim()).filter((one) => one !== "");

export class Circumstances {
  readonly element: HTMLElement;
  readonly #inputs: Record<Line, HTMLInputElement>;
  readonly #facts: HTMLTextAreaElement;

  constructor(strings: Strings, changed: () => void) {
    const line = (id: Line, placeholder = "") => {
      const input = h("input", { id, type: "text", spellcheck: "false", autocapitalize: "off", autocomplete: "off", placeholder });
      input.addEventListener("input", changed);
      return input;
    };
    this.#facts = h("textarea", { id: "facts", class: "code-input", rows: "3", spellcheck: "false", autocomplete: "off", placeholder: "nodeNames=worker-1" });
    this.#facts.addEventListener("input", changed);
    this.#inputs = {
      username: line("username", "system:node:worker-1"),
      groups: line("groups", "system:nodes"),
      namespace: line("namespace"),
      signerName: line("signerName", "kubernetes.io/kubelet-serving"),
      duration: line("duration", "24h"),
      at: line("at", strings.atNow),
    };
    const field = (name: Line | "facts", hint = "") =>
      h(
        "div",
        { class: "line-field" },
        h("label", { for: name }, strings[name], hint === "" ? null : h("span", { class: "muted" }, ` (${hint})`)),
        name === "facts" ? this.#facts : this.#inputs[name],
      );
    this.element = h(
      "details",
      { class: "fold pane" },
      h("summary", {}, strings.circumstances),
      h("p", { class: "hint" }, strings.circumstancesHint),
      field("username"),
      field("groups", strings.commaSeparated),
      field("namespace"),
      field("signerName"),
      field("duration"),
      field("facts"),
      field("at"),
    );
  }

  /** The time that was entered, else the present one. */
  time(): string {
    const at = this.entered("at");
    return at === "" ? new Date().toISOString().replace(/\.\d+Z$/, "Z") : at;
  }

  context(): ContextDocument {
    const facts: Record<string, string | string[]> = {};
    for (const line of this.#facts.value.split("\n")) {
      const at = line.indexOf("=");
      if (at > 0) {
        const values = list(line.slice(at + 1));
        facts[line.slice(0, at).trim()] = values.length === 1 ? (values[0] ?? "") : values;
      }
    }
    const context: Record<string, unknown> = {};
    if (this.entered("username") !== "" || this.entered("groups") !== "") {
      context["requester"] = { username: this.entered("username"), groups: list(this.entered("groups")) };
    }
    for (const name of ["namespace", "signerName", "duration"] as const) {
      if (this.entered(name) !== "") {
        context[name] = this.entered(name);
      }
    }
    if (Object.keys(facts).length > 0) {
      context["facts"] = facts;
    }
    return context as ContextDocument;
  }

  /** What stands in a line, without space around it. */
  entered(name: Line): string {
    return this.#inputs[name].value.trim();
  }
}
