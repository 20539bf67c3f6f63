/** `<certgate-checker>`: the whole checker as one element. It makes no request, and its work happens in a worker of its own. */

import { Client } from "./client.js";
import { fill, h, message, pacer } from "./dom.js";
import { readFragment, writeFragment } from "./fragment.js";
import { type Incoming, incoming, incomingText, MOST_BYTES, MOST_INSERTED, MOST_SHOWN, readFiles, TooLarge } from "./intake.js";
import type { Asn1Pane } from "./panes/asn1.js";
import { Circumstances } from "./panes/circumstances.js";
import { Editor } from "./panes/editor.js";
import { type Asked, decisionOf, partsOf, saidOf } from "./panes/parts.js";
import type { Host } from "./panes/shared.js";
import { banner, verdictOf } from "./panes/verdict.js";
import type { Answer, HostAnswer, Job, SpanView } from "./protocol.js";
import { examples, readyMade } from "./ready-made.js";
import { type Language, languageOf, languages, type Strings } from "./strings/index.js";
import css from "./style/checker.css";

const OWN = "own";
const NONE = "none";
/** Fields whose values outlive a change of language. */
const KEPT = ".ask :is(input:not([type=file]), select, textarea)[id]:not(#policy-text)";

let sheet: CSSStyleSheet | undefined;

export class CertgateChecker extends HTMLElement implements Host {
  static readonly observedAttributes = ["lang", "policy"];

  #language: Language = "en";
  #client: Client | undefined;
  #root: ShadowRoot;
  #built = false;
  #input: Incoming = incoming("", new Uint8Array());
  #lastId = 0;
  #selected = 0;
  #pane: Asn1Pane | undefined;
  #said = "";
  // Controls, made once for each language.
  #field!: HTMLTextAreaElement;
  #policyChoice!: HTMLSelectElement;
  #editor!: Editor;
  #hostName!: HTMLInputElement;
  #anchors!: HTMLTextAreaElement;
  #trustInput!: HTMLInputElement;
  #purpose!: HTMLSelectElement;
  #profile!: HTMLSelectElement;
  #trustBox!: HTMLDetailsElement;
  #policyBox!: HTMLDetailsElement;
  #circumstances!: Circumstances;
  #out!: HTMLElement;
  #status!: HTMLElement;
  #note!: HTMLElement;
  #hostOut!: HTMLElement;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: "open" });
  }

  get strings(): Strings {
    return languages[this.#language];
  }

  connectedCallback(): void {
    this.#language = languageOf(this.lang || document.documentElement.lang || "en");
    this.#client ??= new Client(
      (answer) => void this.#show(answer),
      (text) => this.#fail(text),
    );
    this.#client.warm();
    if (!this.#built) {
      this.#build();
      void this.#readAddress();
    }
  }

  disconnectedCallback(): void {
    this.#client?.stop();
    this.#client = undefined;
    this.#built = false;
    this.#input = incoming("", new Uint8Array());
    this.#selected = 0;
  }

  attributeChangedCallback(name: string, _before: string | null, value: string | null): void {
    if (!this.#built) {
      return;
    }
    if (name === "lang") {
      this.#language = languageOf(value ?? "en");
      this.#rebuild();
    } else if (value !== null) {
      this.usePolicy(value);
    }
  }

  /** Checks an input as if it had been dropped here. */
  async check(name: string, bytes: Uint8Array): Promise<void> {
    await this.#take(incoming(name, bytes));
  }

  /** Chooses a ready-made policy by its name, or a policy by its text. */
  usePolicy(policy: string): void {
    const ready = Object.hasOwn(readyMade, policy) ? readyMade[policy] : undefined;
    this.#policyChoice.value = ready === undefined ? (policy === NONE ? NONE : OWN) : policy;
    this.#editor.value = ready ?? (policy === NONE ? "" : policy);
    this.#ask();
  }

  // Host

  policyLine(line: number): string | undefined {
    return this.#editor.line(line);
  }

  showBytes(span: SpanView): void {
    const pane = this.#pane;
    if (pane !== undefined) {
      const title = pane.element.querySelector<HTMLElement>("h2");
      title?.scrollIntoView({ block: "start" });
      title?.focus({ preventScroll: true });
      pane.reveal(span);
    }
  }

  showPolicyLine(line: number): void {
    this.#policyBox.open = true;
    this.#editor.go(line);
  }

  announce(text: string): void {
    this.#status.textContent = text;
  }

  download(name: string, type: string, text: string): void {
    const url = URL.createObjectURL(new Blob([text], { type }));
    h("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  // The form

  /** The form in another language, with what was entered and what was open. */
  #rebuild(): void {
    const kept = Array.from(this.#root.querySelectorAll<HTMLInputElement>(KEPT), ({ id, value, checked }) => ({ id, value, checked }));
    const open = Array.from(this.#root.querySelectorAll<HTMLDetailsElement>(".ask details"), (one) => one.open);
    const policy = this.#editor.value;
    const trust = !this.#trustBox.hidden;
    this.#build();
    for (const { id, value, checked } of kept) {
      const field = this.#root.getElementById(id) as HTMLInputElement;
      field.value = value;
      field.checked = checked;
    }
    this.#root.querySelectorAll<HTMLDetailsElement>(".ask details").forEach((one, index) => {
      one.open = open[index] ?? false;
    });
    this.#editor.value = policy;
    this.#trustBox.hidden = !trust;
    this.#ask();
  }

  #build(): void {
    sheet ??= new CSSStyleSheet();
    sheet.replaceSync(css);
    this.#root.adoptedStyleSheets = [sheet];
    this.#out = h("div", { class: "out" });
    this.#status = h("p", { class: "visually-hidden", role: "status" });
    this.#note = h("p", { class: "note", role: "alert", hidden: true });
    this.#circumstances = new Circumstances(this.strings, () => this.#ask());
    this.#root.replaceChildren(
      h(
        "div",
        { class: "shell", lang: this.#language },
        h("div", { class: "ask" }, this.#inputPart(), this.#policyPart(), this.#trustPart(), this.#circumstances.element),
        h("div", { class: "answer", id: "answer", tabindex: "-1" }, this.#out),
        this.#status,
      ),
    );
    this.#built = true;
    this.#policyChoice.value = "private-web";
    this.#editor.value = readyMade["private-web"] ?? "";
    this.#ask();
  }

  #inputPart(): HTMLElement {
    const { strings } = this;
    this.#field = h("textarea", {
      id: "input",
      class: "code-input",
      rows: "11",
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      placeholder: strings.inputPlaceholder,
      "aria-describedby": "input-hint",
    });
    this.#listen(this.#field);
    const chooser = h("input", { type: "file", multiple: true, class: "visually-hidden", id: "file", tabindex: "-1", "aria-label": strings.chooseFile });
    chooser.addEventListener("change", () => {
      void this.#takeFiles(Array.from(chooser.files ?? []));
      chooser.value = "";
    });
    const part = h(
      "section",
      { class: "pane input-pane", "aria-labelledby": "input-title" },
      h("h2", { id: "input-title" }, h("label", { for: "input" }, strings.input)),
      h("p", { class: "hint", id: "input-hint" }, strings.inputHint),
      h("div", { class: "drop" }, this.#field, h("div", { class: "drop-note", "aria-hidden": "true" }, strings.dropHere)),
      this.#note,
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "button", onclick: () => chooser.click() }, strings.chooseFile),
        chooser,
        this.#examples(),
        h("button", { type: "button", class: "quiet", onclick: () => this.#clear() }, strings.clear),
      ),
      this.#hostPart(),
    );
    this.#acceptDrops(part);
    return part;
  }

  #listen(field: HTMLTextAreaElement): void {
    field.addEventListener("paste", (event) => this.#paste(event));
    field.addEventListener("input", () => void this.#take(incomingText(field.value), "typed"));
  }

  #examples(): HTMLElement {
    const { strings } = this;
    const choice = h(
      "select",
      { "aria-label": strings.examples, class: "examples" },
      h("option", { value: "" }, strings.examples),
      h("option", { value: "allowed" }, strings.exampleAllowed),
      h("option", { value: "denied" }, strings.exampleDenied),
      h("option", { value: "chain" }, strings.exampleChain),
    );
    choice.addEventListener("change", () => {
      const text = examples[choice.value];
      choice.value = "";
      if (text !== undefined) {
        void this.#take(incomingText(text));
      }
    });
    return choice;
  }

  #hostPart(): HTMLElement {
    const { strings } = this;
    this.#hostName = h("input", { id: "host", type: "text", spellcheck: "false", autocapitalize: "off", autocomplete: "off", "aria-describedby": "host-hint" });
    this.#hostName.addEventListener("input", () => this.#ask());
    this.#hostOut = h("div", { class: "host-out", "aria-live": "polite" });
    return h("div", { class: "line-field" }, h("label", { for: "host" }, strings.host), this.#hostName, h("p", { class: "hint", id: "host-hint" }, strings.hostHint), this.#hostOut);
  }

  #policyPart(): HTMLElement {
    const { strings } = this;
    this.#policyChoice = h(
      "select",
      { id: "policy-choice" },
      Object.keys(readyMade).map((name) => h("option", { value: name }, name)),
      h("option", { value: OWN }, strings.ownPolicy),
      h("option", { value: NONE }, strings.noPolicy),
    );
    this.#policyChoice.addEventListener("change", () => {
      const name = this.#policyChoice.value;
      if (name === OWN) {
        this.#policyBox.open = true;
      } else {
        this.#editor.value = readyMade[name] ?? "";
      }
      this.#ask();
    });
    this.#editor = new Editor(strings, () => {
      const ready = readyMade[this.#policyChoice.value];
      if (ready !== this.#editor.value) {
        this.#policyChoice.value = OWN;
      }
      this.#ask();
    });
    const chooser = h("input", { type: "file", class: "visually-hidden", tabindex: "-1", "aria-label": strings.openPolicy });
    chooser.addEventListener("change", () => {
      void this.#takePolicyFile(chooser.files?.[0]);
      chooser.value = "";
    });
    this.#policyBox = h(
      "details",
      { class: "fold" },
      h("summary", {}, strings.policyText),
      this.#editor.element,
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "button", onclick: () => chooser.click() }, strings.openPolicy),
        chooser,
        h("button", { type: "button", class: "quiet", onclick: () => void this.#copyLink() }, strings.copyLink),
      ),
    );
    const part = h(
      "section",
      { class: "pane", "aria-labelledby": "policy-title" },
      h("h2", { id: "policy-title" }, h("label", { for: "policy-choice" }, strings.policy)),
      this.#policyChoice,
      this.#policyBox,
    );
    part.addEventListener("dragover", (event) => event.preventDefault());
    part.addEventListener("drop", (event) => {
      event.preventDefault();
      void this.#takePolicyFile(event.dataTransfer?.files[0]);
    });
    return part;
  }

  #trustPart(): HTMLElement {
    const { strings } = this;
    this.#anchors = h("textarea", { id: "anchors", class: "code-input", rows: "4", spellcheck: "false", autocomplete: "off", "aria-describedby": "anchors-hint" });
    this.#anchors.addEventListener("paste", (event) => this.#paste(event));
    this.#anchors.addEventListener("input", () => void this.#guardAnchors());
    this.#trustInput = h("input", { type: "checkbox", id: "trust-input" });
    this.#trustInput.addEventListener("change", () => this.#ask());
    const choose = (id: string, values: readonly [string, string][]) => {
      const select = h("select", { id }, values.map(([value, text]) => h("option", { value }, text)));
      select.addEventListener("change", () => this.#ask());
      return select;
    };
    this.#purpose = choose("purpose", [["", strings.purposeAny], ...["serverAuth", "clientAuth", "codeSigning", "emailProtection"].map((one): [string, string] => [one, one])]);
    this.#profile = choose("profile", ["rfc5280", "webpki", "private"].map((one): [string, string] => [one, one]));
    this.#trustBox = h(
      "details",
      { class: "fold pane", hidden: true },
      h("summary", {}, strings.trust),
      h("div", { class: "line-field" }, h("label", { for: "anchors" }, strings.anchors), this.#anchors, h("p", { class: "hint", id: "anchors-hint" }, strings.anchorsHint)),
      h("div", { class: "check" }, this.#trustInput, h("label", { for: "trust-input" }, strings.trustInput)),
      h("div", { class: "line-field" }, h("label", { for: "purpose" }, strings.purpose), this.#purpose),
      h("div", { class: "line-field" }, h("label", { for: "profile" }, strings.profile), this.#profile),
    );
    return this.#trustBox;
  }

  // Inputs

  #acceptDrops(part: HTMLElement): void {
    const over = (is: boolean) => part.classList.toggle("dragging", is);
    part.addEventListener("dragover", (event) => {
      event.preventDefault();
      over(true);
    });
    part.addEventListener("dragleave", () => over(false));
    part.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      const files = Array.from(event.dataTransfer?.files ?? []);
      if (files.length > 0) {
        void this.#takeFiles(files);
      } else {
        const text = event.dataTransfer?.getData("text/plain") ?? "";
        if (this.#fits(text)) {
          void this.#take(incomingText(text));
        }
      }
    });
  }

  /** What is pasted is looked at before it is shown. */
  #paste(event: ClipboardEvent): void {
    const target = event.currentTarget as HTMLTextAreaElement;
    const files = Array.from(event.clipboardData?.files ?? []);
    event.preventDefault();
    if (files.length > 0) {
      void this.#takeFiles(files);
      return;
    }
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!this.#fits(text)) {
      return;
    }
    const input = incomingText(text);
    if (target === this.#field && text.length > MOST_SHOWN) {
      void this.#take(input);
      return;
    }
    void this.#isSecret(input.bytes).then((secret) => {
      if (secret) {
        this.#refuseSecret();
        return;
      }
      target.focus();
      if (text.length + target.value.length > MOST_INSERTED) {
        target.setRangeText(text, target.selectionStart, target.selectionEnd, "end");
        target.dispatchEvent(new InputEvent("input", { inputType: "insertFromPaste" }));
      } else {
        // The only way to insert that the browser's own undo knows.
        document.execCommand("insertText", false, text);
      }
    });
  }

  /** Whether a text is short enough to be read; says so if it is not. */
  #fits(text: string): boolean {
    if (text.length > MOST_BYTES) {
      this.#say(this.strings.tooLarge(this.strings.pasted));
      return false;
    }
    return true;
  }

  async #isSecret(bytes: Uint8Array): Promise<boolean> {
    return (await this.#client?.holdsSecret(bytes)) ?? true;
  }

  async #takeFiles(files: readonly File[]): Promise<void> {
    try {
      await this.#take(await readFiles(files));
    } catch (error) {
      if (!(error instanceof TooLarge)) {
        throw error;
      }
      this.#clear();
      this.#say(this.strings.tooLarge(error.file));
    }
  }

  async #take(input: Incoming, how: "typed" | "given" = "given"): Promise<void> {
    this.#say("");
    if (how === "given") {
      if (await this.#isSecret(input.bytes)) {
        this.#refuseSecret();
        return;
      }
      const { name, bytes, text } = input;
      this.#field.value = text !== null && text.length <= MOST_SHOWN ? text : this.strings.unshown(name || this.strings.pasted, bytes.length);
    }
    this.#input = input;
    this.#selected = 0;
    this.#ask();
  }

  async #takePolicyFile(file: File | undefined): Promise<void> {
    if (file === undefined) {
      return;
    }
    if (file.size > MOST_BYTES) {
      this.#say(this.strings.tooLarge(file.name));
      return;
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (await this.#isSecret(bytes)) {
      this.#refuseSecret();
      return;
    }
    this.#usePolicyText(new TextDecoder().decode(bytes));
  }

  #usePolicyText(text: string): void {
    this.#policyChoice.value = OWN;
    this.#policyBox.open = true;
    this.#editor.value = text;
    this.#ask();
  }

  async #guardAnchors(): Promise<void> {
    if (await this.#isSecret(new TextEncoder().encode(this.#anchors.value))) {
      this.#refuseSecret();
      return;
    }
    this.#ask();
  }

  #clear(): void {
    this.#field.value = "";
    this.#input = incoming("", new Uint8Array());
    this.#say("");
    this.#ask();
    this.#field.focus();
  }

  #say(text: string): void {
    fill(this.#note, text === "" ? null : message(text));
    this.#note.hidden = text === "";
  }

  /** Wipes every place where a key may stand. A new field is made, because the old one remembers what can be undone. */
  #refuseSecret(): void {
    for (const field of [this.#field, this.#anchors]) {
      field.value = "";
    }
    this.#input.bytes.fill(0);
    this.#input = incoming("", new Uint8Array());
    const fresh = this.#field.cloneNode(false) as HTMLTextAreaElement;
    this.#listen(fresh);
    const hadFocus = this.#root.activeElement === this.#field;
    this.#field.replaceWith(fresh);
    this.#field = fresh;
    if (hadFocus) {
      fresh.focus();
    }
    this.#lastId += 1;
    this.#showSecret();
  }

  // Asking

  async #readAddress(): Promise<void> {
    try {
      const policy = await readFragment(location.hash);
      if (policy !== null) {
        if ("name" in policy) {
          if (!Object.hasOwn(readyMade, policy.name) && policy.name !== NONE) {
            throw new RangeError(policy.name);
          }
          this.usePolicy(policy.name);
        } else {
          this.#usePolicyText(policy.text);
        }
        return;
      }
    } catch {
      this.#say(this.strings.linkBad);
    }
    const given = this.getAttribute("policy");
    if (given !== null) {
      this.usePolicy(given);
    }
  }

  async #copyLink(): Promise<void> {
    const name = this.#policyChoice.value;
    const ready = readyMade[name] === this.#editor.value;
    const fragment = await writeFragment(ready ? { name } : { text: this.#editor.value });
    if (fragment === null) {
      this.#say(this.strings.linkTooLong);
      return;
    }
    await navigator.clipboard.writeText(location.href.replace(/#.*$/, "") + fragment);
    this.announce(this.strings.linkCopied);
    this.#say(this.strings.linkCopied);
  }

  #ask(): void {
    this.#lastId += 1;
    const job: Job = {
      id: this.#lastId,
      input: this.#input.bytes,
      policy: this.#policyChoice.value === NONE ? "" : this.#editor.value,
      context: this.#circumstances.context(),
      at: this.#circumstances.time(),
      host: this.#hostName.value.trim(),
      anchors: new TextEncoder().encode(this.#anchors.value.trim()),
      trust: this.#trustInput.checked ? "input" : "anchors",
      purpose: (this.#purpose.value || undefined) as Job["purpose"],
      profile: this.#profile.value as Job["profile"],
      selected: this.#selected,
    };
    this.#out.setAttribute("aria-busy", "true");
    this.#client?.ask(job);
  }

  // Showing

  async #show(answer: Answer): Promise<void> {
    if (answer.id !== this.#lastId) {
      return;
    }
    const { input } = answer;
    if (input.kind === "secret") {
      this.#refuseSecret();
      return;
    }
    if (input.kind === "policy") {
      this.#field.value = "";
      this.#input = incoming("", new Uint8Array());
      this.#usePolicyText(input.text);
      return;
    }
    this.#editor.state(answer.policy, saidOf(decisionOf(input)));
    this.#trustBox.hidden = input.kind !== "certificates" || input.certificates.length === 0;
    this.#showHost(answer);
    if (input.kind === "empty") {
      this.#showEmpty();
      return;
    }
    const there: HTMLElement[] = [];
    let pane: Asn1Pane | undefined;
    const pause = pacer();
    for (const part of partsOf(this, answer, this.#asked())) {
      if (part !== null && "reveal" in part) {
        pane = part;
      }
      if (part !== null) {
        there.push("reveal" in part ? part.element : part);
      }
      await pause();
      if (answer.id !== this.#lastId) {
        return;
      }
    }
    const verdict = verdictOf(this, input, answer.policy);
    this.#pane = pane;
    this.#out.removeAttribute("aria-busy");
    fill(
      this.#out,
      h("p", { class: "print-only" }, this.strings.report, ". ", this.strings.reportAt(new Date().toISOString())),
      banner(this, verdict, answer.elapsed),
      h("nav", { class: "contents", "aria-label": this.strings.sections }, h("ul", {}, there.map((part) => this.#link(part)))),
      there,
    );
    const said = [`${verdict.word} ${verdict.by}`.trim(), ...verdict.detail].join(", ").replaceAll("`", "");
    if (said !== this.#said) {
      this.#said = said;
      this.announce(said);
    }
    this.dispatchEvent(new CustomEvent("verdict", { detail: { word: verdict.word, tone: verdict.tone } }));
  }

  #asked(): Asked {
    return {
      policy: this.#policyChoice.value === OWN ? "policy.yaml" : this.#policyChoice.value,
      expected: this.#hostName.value.trim(),
      select: (index) => {
        this.#selected = index;
        this.#ask();
      },
      trustInput: () => {
        this.#trustInput.checked = true;
        this.#trustBox.open = true;
        this.#ask();
      },
      sarif: (diagnostics) => this.#client?.sarif(this.#input.name || "input", diagnostics) ?? Promise.resolve(null),
    };
  }

  #link(part: HTMLElement): HTMLElement {
    const title = part.querySelector("h2")?.textContent ?? "";
    return h(
      "li",
      {},
      h("a", {
        href: `#${part.id}`,
        onclick: (event: MouseEvent) => {
          event.preventDefault();
          const heading = part.querySelector<HTMLElement>("h2");
          heading?.focus({ preventScroll: true });
          part.scrollIntoView();
        },
      }, title),
    );
  }

  #showHost({ input }: Answer): void {
    const host: HostAnswer | null = input.kind === "request" ? input.host : input.kind === "certificates" ? (input.certificates[input.selected]?.host ?? null) : null;
    if (host === null) {
      fill(this.#hostOut);
      return;
    }
    const { strings } = this;
    fill(
      this.#hostOut,
      host.error === undefined
        ? h("p", { class: `mark ${host.matches ? "good" : "error"}` }, message(host.matches ? strings.hostYes(host.name) : strings.hostNo(host.name)))
        : h("p", { class: "mark error" }, message(host.error.message)),
      h("p", { class: "hint" }, strings.hostNote),
    );
  }

  #showEmpty(): void {
    const { strings } = this;
    this.#pane = undefined;
    this.#out.removeAttribute("aria-busy");
    this.#said = "";
    fill(
      this.#out,
      h(
        "div",
        { class: "empty" },
        h("h2", {}, strings.emptyTitle),
        h("p", {}, strings.emptyBody),
        h("h3", {}, strings.privacyTitle),
        h("p", {}, strings.privacyBody),
      ),
    );
  }

  #showSecret(): void {
    const { strings } = this;
    this.#pane = undefined;
    this.#out.removeAttribute("aria-busy");
    this.#said = strings.secretTitle;
    fill(
      this.#out,
      h(
        "div",
        { class: "secret", id: "verdict", role: "alert" },
        h("h2", { tabindex: "-1" }, strings.secretTitle),
        h("p", {}, strings.secretBody),
        h("p", {}, strings.secretNext),
      ),
    );
    fill(this.#hostOut);
  }

  #fail(text: string): void {
    this.#out.removeAttribute("aria-busy");
    fill(this.#out, h("div", { class: "secret", role: "alert" }, h("h2", {}, this.strings.engineFailed), h("p", {}, this.strings.engineFailedBody), h("p", { class: "muted" }, text)));
  }
}

/** Makes the element known; a second call does nothing. */
export function define(): void {
  if (customElements.get("certgate-checker") === undefined) {
    customElements.define("certgate-checker", CertgateChecker);
  }
}
