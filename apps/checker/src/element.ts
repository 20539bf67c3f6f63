/** `<certgate-checker>`: the whole checker as one element. It makes no request, and its work happens in a worker of its own. */

import { Client } from "./client.js";
import { fill, h, message, pacer } from "./dom.js";
import { readFragment, writeFragment } from "./fragment.js";
import { type Incoming, incoming, incomingText, MOST_BYTES, MOST_INSERTED, MOST_SHOWN, readFiles, TooLarge } from "./intake.js";
import type { Asn1Pane } from "./panes/asn1.js";
import { Circumstances } from "./panes/circumstances.js";
import { Editor } from "./panes/editor.js";
import { emptyNotice, failedNotice, hostNotice, secretNotice } from "./panes/notices.js";
import { type Asked, decisionOf, partsOf, saidOf } from "./panes/parts.js";
import type { Host } from "./panes/shared.js";
import { banner, type Tone, verdictOf } from "./panes/verdict.js";
import type { Answer, Job, SpanView } from "./protocol.js";
import { examples, isReadyMade, readyMade } from "./ready-made.js";
import { type Language, languageOf, languages, type Strings } from "./strings/index.js";
import css from "./style/checker.css";

const OWN = "own";
const NONE = "none";
/** Fields whose values outlive a change of language. */
const KEPT = ".ask :is(input:not([type=file]), select, textarea)[id]:not(#policy-text)";
/** Fields into which a private key could come. */
const TEXTS = "textarea, input[type=text]";

/** Where a policy comes from that is not ready-made. */
type Origin = keyof Strings["ownFrom"];

const encoded = (text: string) => new TextEncoder().encode(text);

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
  /** What is to be announced before the next verdict. */
  #news = "";
  /** Whether the last input was a secret; its notice stays until the next one. */
  #refused = false;
  /** Whether the last `verdict` event was about an input. */
  #told = false;
  #origin: Origin = "editor";
  #links = 0;
  /** The question that is being answered. */
  #job: Job | undefined;
  /** What was given before the element was attached. */
  #waiting: { policy?: string; input?: Incoming } = {};
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
      const { policy = this.getAttribute("policy"), input } = this.#waiting;
      this.#waiting = {};
      if (policy !== null) {
        this.usePolicy(policy);
      }
      if (input !== undefined) {
        void this.#take(input);
      }
    }
  }

  disconnectedCallback(): void {
    this.#client?.stop();
    this.#client = undefined;
    this.#built = false;
    this.#input = incoming("", new Uint8Array());
    this.#job = undefined;
    this.#refused = false;
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

  /** Checks an input as if it had been dropped here; as soon as the element is attached, if it is not. */
  async check(name: string, bytes: Uint8Array): Promise<void> {
    if (!this.#built) {
      this.#waiting.input = incoming(name, bytes.slice());
      return;
    }
    await this.#take(incoming(name, bytes));
  }

  /** Chooses a ready-made policy by its name, or a policy by its text. */
  usePolicy(policy: string): void {
    if (!this.#built) {
      this.#waiting.policy = policy;
      return;
    }
    const ready = Object.hasOwn(readyMade, policy) ? readyMade[policy] : undefined;
    this.#policyChoice.value = ready === undefined ? (policy === NONE ? NONE : OWN) : policy;
    this.#editor.value = ready ?? (policy === NONE ? "" : policy);
    this.#origin = "page";
    if (ready === undefined) {
      void this.#isPublic(encoded(policy), "policy-text");
    }
    this.#ask();
  }

  /** Uses the policy of an address's fragment, if it has one. The page says which address, for it alone knows whose it is. */
  async useLink(fragment: string): Promise<void> {
    this.#links += 1;
    const link = this.#links;
    try {
      const policy = await readFragment(fragment);
      if (policy === null || link !== this.#links) {
        return;
      }
      if ("text" in policy) {
        if ((await this.#isPublic(encoded(policy.text))) && link === this.#links) {
          this.#usePolicyText(policy.text, "link");
        }
        return;
      }
      if (!Object.hasOwn(readyMade, policy.name) && policy.name !== NONE) {
        throw new RangeError(policy.name);
      }
      this.#tell(this.strings.policyReplaced.link);
      this.usePolicy(policy.name);
    } catch {
      this.#say(this.strings.linkBad);
    }
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

  /** The form anew, in another language or without the texts of some fields, with what else was entered and what was open. */
  #rebuild(wiped: readonly string[] = []): void {
    const kept = Array.from(this.#root.querySelectorAll<HTMLInputElement>(KEPT), ({ id, value, checked }) => ({ id, value, checked }));
    const open = Array.from(this.#root.querySelectorAll<HTMLDetailsElement>(".ask details"), (one) => one.open);
    const policy = this.#editor.value;
    const trust = !this.#trustBox.hidden;
    this.#build();
    for (const { id, value, checked } of kept.filter((one) => !wiped.includes(one.id))) {
      const field = this.#root.getElementById(id) as HTMLInputElement;
      field.value = value;
      field.checked = checked;
    }
    this.#root.querySelectorAll<HTMLDetailsElement>(".ask details").forEach((one, index) => {
      one.open = open[index] ?? false;
    });
    if (!wiped.includes("policy-text")) {
      this.#editor.value = policy;
    }
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
    const ask = h("div", { class: "ask" }, this.#inputPart(), this.#policyPart(), this.#trustPart(), this.#circumstances.element);
    this.#guard(ask);
    this.#root.replaceChildren(
      h(
        "div",
        { class: "shell", lang: this.#language },
        ask,
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
    this.#field.addEventListener("input", () => void this.#take(incomingText(this.#field.value), "typed"));
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

  /**
   * Looks for secrets in whatever comes into a text field. The worker hears of it before the field's own listener asks it anything;
   * the main field's text is looked at with its answer.
   */
  #guard(ask: HTMLElement): void {
    ask.addEventListener("paste", (event) => this.#paste(event), true);
    ask.addEventListener(
      "input",
      ({ target }) => {
        const field = target as HTMLInputElement;
        if (field.matches(TEXTS) && field.id !== this.#field.id) {
          void this.#isPublic(encoded(field.value), field.id);
        }
      },
      true,
    );
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
        this.#origin = "editor";
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
        // A link is of use where the page reads its address.
        this.hasAttribute("links") ? h("button", { type: "button", class: "quiet", onclick: () => void this.#copyLink() }, strings.copyLink) : null,
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
    this.#anchors.addEventListener("input", () => this.#ask());
    this.#trustInput = h("input", { type: "checkbox", id: "trust-input" });
    this.#trustInput.addEventListener("change", () => this.#ask());
    const choose = (id: string, values: readonly [string, string][]) => {
      const select = h("select", { id }, values.map(([value, text]) => h("option", { value }, text)));
      select.addEventListener("change", () => this.#ask());
      return select;
    };
    this.#purpose = choose("purpose", [["any", strings.purposeAny], ...["serverAuth", "clientAuth", "codeSigning", "emailProtection"].map((one): [string, string] => [one, one])]);
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
    const target = event.target as HTMLTextAreaElement;
    if (!target.matches(TEXTS)) {
      return;
    }
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
    void this.#isPublic(input.bytes).then((is) => {
      if (!is) {
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

  /** Whether bytes hold no secret. One that they hold is refused, and wiped where it stands; nothing is public that no worker has read. */
  async #isPublic(bytes: Uint8Array, field?: string): Promise<boolean> {
    const secret = await this.#client?.holdsSecret(bytes).catch(() => undefined);
    if (secret === true) {
      this.#refuseSecret(field);
    }
    return secret === false;
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
      if (!(await this.#isPublic(input.bytes))) {
        return;
      }
      const { name, bytes, text } = input;
      this.#field.value = text !== null && text.length <= MOST_SHOWN ? text : this.strings.unshown(name || this.strings.pasted, bytes.length);
    }
    this.#input = input;
    this.#refused = false;
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
    if (await this.#isPublic(bytes)) {
      this.#usePolicyText(new TextDecoder().decode(bytes), "file");
    }
  }

  /** Replaces the policy by a text that holds no secret, and says so. */
  #usePolicyText(text: string, origin: Exclude<Origin, "editor" | "page">): void {
    this.#policyChoice.value = OWN;
    this.#policyBox.open = true;
    this.#editor.value = text;
    this.#origin = origin;
    this.#tell(this.strings.policyReplaced[origin]);
    this.#ask();
  }

  /** Announces a text, and once more before the verdict that follows of it, which would else cut it off. */
  #tell(text: string): void {
    this.#news = text;
    this.announce(text);
  }

  #clear(): void {
    this.#field.value = "";
    this.#input = incoming("", new Uint8Array());
    this.#refused = false;
    this.#say("");
    this.#ask();
    this.#field.focus();
  }

  #say(text: string): void {
    fill(this.#note, text === "" ? null : message(text, this.#language));
    this.#note.hidden = text === "";
  }

  /**
   * Wipes every place where a key may stand, and the field that holds it. The whole form is made anew, because fields remember what
   * can be undone; so is the worker, in whose memory the text would stay.
   */
  #refuseSecret(field = ""): void {
    this.#input.bytes.fill(0);
    this.#input = incoming("", new Uint8Array());
    this.#client?.stop();
    this.#client?.warm();
    const focused = this.#root.activeElement?.id ?? "";
    this.#refused = true;
    this.#news = "";
    this.#rebuild(["input", "anchors", field, field === "policy-text" ? "policy-choice" : ""]);
    this.#root.getElementById(focused)?.focus();
    this.#showSecret();
  }

  // Asking

  async #copyLink(): Promise<void> {
    const name = this.#policyChoice.value;
    const text = this.#editor.value;
    const ready = name === NONE || readyMade[name] === text;
    if (!ready && !(await this.#isPublic(encoded(text), "policy-text"))) {
      return;
    }
    const fragment = await writeFragment(ready ? { name } : { text });
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
      anchors: encoded(this.#anchors.value.trim()),
      trust: this.#trustInput.checked ? "input" : "anchors",
      purpose: this.#purpose.value,
      profile: this.#profile.value as Job["profile"],
      selected: this.#selected,
    };
    this.#job = job;
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
      this.#usePolicyText(input.text, "input");
      return;
    }
    this.#editor.state(answer.policy, saidOf(decisionOf(input)));
    this.#trustBox.hidden = input.kind !== "certificates" || input.certificates.length === 0;
    fill(this.#hostOut, hostNotice(this.strings, input));
    if (input.kind === "empty") {
      this.#out.removeAttribute("aria-busy");
      if (!this.#refused) {
        this.#showEmpty();
      } else if (this.#out.querySelector(".secret") === null) {
        this.#showSecret();
      }
      this.#news = "";
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
    const verdict = verdictOf(this, input, answer.policy, isReadyMade(this.#editor.value) ? null : this.strings.ownFrom[this.#origin]);
    this.#pane = pane;
    this.#out.removeAttribute("aria-busy");
    fill(
      this.#out,
      h("p", { class: "print-only" }, this.strings.report, ". ", this.strings.reportAt(new Date().toISOString()), " ", this.strings.judgedAt(this.#job?.at ?? "")),
      banner(this, verdict, answer.elapsed),
      h("nav", { class: "contents", "aria-label": this.strings.sections }, h("ul", {}, there.map((part) => this.#link(part)))),
      there,
    );
    const said = [`${verdict.word} ${verdict.by}`.trim(), ...verdict.detail.map(({ text }) => text)].join(", ").replaceAll("`", "");
    if (said !== this.#said || this.#news !== "") {
      this.#said = said;
      this.announce(`${this.#news} ${said}`.trim());
      this.#news = "";
    }
    this.#dispatch(verdict.word, verdict.tone);
  }

  /** Tells the page around; of an input that is gone, by an empty word. */
  #dispatch(word: string, tone: Tone): void {
    if (word !== "" || this.#told) {
      this.#told = word !== "";
      this.dispatchEvent(new CustomEvent("verdict", { detail: { word, tone } }));
    }
  }

  #asked(): Asked {
    return {
      policy: this.#policyChoice.value === OWN ? "policy.yaml" : this.#policyChoice.value,
      expected: this.#hostName.value.trim(),
      at: this.#circumstances.entered("at"),
      context: this.#circumstances.context(),
      purpose: this.#purpose.value,
      profile: this.#profile.value,
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

  #showEmpty(): void {
    this.#pane = undefined;
    this.#out.removeAttribute("aria-busy");
    this.#said = "";
    fill(this.#out, emptyNotice(this.strings));
    this.#dispatch("", "plain");
  }

  #showSecret(): void {
    this.#pane = undefined;
    this.#out.removeAttribute("aria-busy");
    this.#said = this.strings.secretTitle;
    fill(this.#out, secretNotice(this.strings));
    fill(this.#hostOut);
    this.#dispatch(this.strings.refused, "bad");
  }

  #fail(text: string): void {
    this.#out.removeAttribute("aria-busy");
    fill(this.#out, failedNotice(this.strings, text));
    this.#dispatch(this.strings.engineFailed, "bad");
  }
}

/** Makes the element known; a second call does nothing. */
export function define(): void {
  if (customElements.get("certgate-checker") === undefined) {
    customElements.define("certgate-checker", CertgateChecker);
  }
}
