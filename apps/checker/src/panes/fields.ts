/** The fields of requests, certificates and revocation lists, with what is said of each beside it. */

import { type Child, h, lengthy, shown } from "../dom.js";
import type {
  CertificatesAnswer,
  DecisionAnswer,
  ExtensionView,
  NameView,
  PlacedDiagnostic,
  PublicKeyView,
  RequestAnswer,
  RevocationListView,
  SubjectView,
} from "../protocol.js";
import { pathText, spaced } from "../text.js";
import { bytesButton, type Host, marks, section } from "./shared.js";

/** Rows that are drawn at once. */
const PAGE = 20;

/** Fields, and where their bytes and their diagnostics are. */
class Rows {
  readonly #said = new Map<string, PlacedDiagnostic[]>();

  constructor(
    readonly host: Host,
    private readonly spans: Record<string, { start: number; end: number }>,
    said: readonly PlacedDiagnostic[],
  ) {
    for (const one of said) {
      for (const field of fieldsAbove(pathText(one.path))) {
        const those = this.#said.get(field);
        if (those === undefined) {
          this.#said.set(field, [one]);
        } else {
          those.push(one);
        }
      }
    }
  }

  /** What is said of a field or of a part of it. */
  said(path: string): readonly PlacedDiagnostic[] {
    return this.#said.get(path) ?? [];
  }

  /** What is said of a field as a whole, where its parts have rows of their own. */
  saidOfWhole(path: string): readonly PlacedDiagnostic[] {
    return this.said(path).filter((one) => pathText(one.path) === path);
  }

  /** One field. `path` is where its diagnostics point. */
  row(label: Child, value: Child, path = "", said = this.said(path)): HTMLElement {
    const worst = said.some((one) => one.severity === "error") ? " denied" : "";
    return h(
      "div",
      { class: `row${worst}` },
      h("dt", {}, label),
      h("dd", {}, h("div", { class: "value" }, value, bytesButton(this.host, this.spans[path])), marks(this.host, said)),
    );
  }
}

/** `a.b[1].c`, `a.b[1]`, `a.b` and `a`. */
function* fieldsAbove(path: string): Generator<string> {
  for (let end = path.length; end > 0; end = Math.max(path.lastIndexOf(".", end - 1), path.lastIndexOf("[", end - 1))) {
    yield path.slice(0, end);
  }
}

export function requestFields(host: Host, answer: RequestAnswer, said: readonly PlacedDiagnostic[]): HTMLElement {
  const { strings } = host;
  const { view, bytes } = answer;
  const rows = new Rows(host, bytes.spans, said);
  return section(
    "fields",
    strings.fields,
    subject(rows, strings.subject, view.subject, "subject"),
    names(rows, view.subjectAltNames),
    extensions(rows, strings.requestedExtensions, view.extensions),
    view.attributes.length === 0
      ? null
      : group(
          strings.attributes,
          view.attributes.map((one, index) =>
            rows.row(shown(one.type), one.values === undefined ? h("span", { class: "muted" }, one.meaning === "extensionRequest" ? strings.above : strings.notShown) : shown(one.values.join(" "), "mono"), `attributes[${index}]`),
          ),
        ),
  );
}

export function requestKeys(host: Host, answer: RequestAnswer, said: readonly PlacedDiagnostic[]): HTMLElement {
  const { strings } = host;
  const { view, bytes } = answer;
  const rows = new Rows(host, bytes.spans, said);
  const states = { valid: strings.sigValid, invalid: strings.sigInvalid, refused: strings.sigRefused, "not-checked": strings.sigNotChecked };
  return section(
    "keys",
    strings.keys,
    h(
      "dl",
      { class: "rows" },
      key(rows, view.publicKey),
      rows.row(strings.signature, [shown(view.signature.algorithm), h("span", { class: `pill ${view.signature.status === "valid" ? "good" : "bad"}` }, states[view.signature.status])], "signature"),
      rows.said("signatureAlgorithm").length > 0 ? rows.row(strings.signedWith, shown(view.signature.algorithm), "signatureAlgorithm") : null,
      rows.row(strings.fingerprint, shown(spaced(view.fingerprints.sha256, 32), "mono")),
      rows.row(strings.keyFingerprint, shown(spaced(view.fingerprints.publicKeySha256, 32), "mono")),
    ),
  );
}

export function certificateFields(host: Host, answer: CertificatesAnswer, onSelect: (index: number) => void): HTMLElement | null {
  const { strings } = host;
  const chosen = answer.certificates[answer.selected];
  if (chosen === undefined) {
    return null;
  }
  const { view } = chosen;
  const rows = new Rows(host, answer.bytes?.spans ?? {}, view.findings);
  const list = h("ol", { class: "picker" });
  const picker =
    answer.certificates.length < 2
      ? null
      : lengthy(
          answer.certificates,
          PAGE,
          list,
          (one, index) =>
            h(
              "li",
              {},
              h(
                "button",
                { type: "button", "aria-pressed": index === answer.selected ? "true" : "false", onclick: () => onSelect(index) },
                h("span", { class: "number" }, String(index + 1)),
                shown(one.view.subject.text === "" ? strings.emptySubject : one.view.subject.text),
              ),
            ),
          strings.more,
        );
  return section(
    "fields",
    strings.fields,
    picker,
    h("p", { class: "muted" }, strings.certificateOf(answer.selected + 1, answer.certificates.length)),
    subject(rows, strings.subject, view.subject, "subject"),
    names(rows, view.subjectAltNames),
    group(strings.validity, [
      rows.row(strings.validity, validity(host, view.notBefore, view.notAfter), "validity"),
      rows.row(strings.issuer, shown(view.issuer.text), "issuer"),
      rows.row(strings.serial, shown(view.serialNumber, "mono"), "serialNumber"),
      rows.row(strings.version, String(view.version), "version"),
    ]),
    extensions(rows, strings.extensions, view.extensions),
    group(strings.keys, [
      ...key(rows, view.publicKey),
      rows.row(strings.signedWith, shown(view.signatureAlgorithm.name), "signatureAlgorithm"),
      rows.row(strings.fingerprint, shown(spaced(view.fingerprints.sha256, 32), "mono")),
      rows.row(strings.keyFingerprint, shown(spaced(view.fingerprints.publicKeySha256, 32), "mono")),
    ]),
  );
}

export function listFields(host: Host, lists: readonly RevocationListView[]): HTMLElement | null {
  const { strings } = host;
  const [first] = lists;
  if (first === undefined) {
    return null;
  }
  return section(
    "lists",
    strings.list,
    ...lists.map((list) => {
      const rows = new Rows(host, {}, list.findings);
      const entries = h("ol", { class: "entries" });
      return h(
        "div",
        { class: "group" },
        h(
          "dl",
          { class: "rows" },
          rows.row(strings.issuer, shown(list.issuer.text)),
          rows.row(strings.thisUpdate, shown(list.thisUpdate)),
          rows.row(strings.nextUpdate, list.nextUpdate === null ? strings.none : shown(list.nextUpdate)),
          list.number === undefined ? null : rows.row(strings.number, shown(list.number, "mono")),
          rows.row(strings.fingerprint, shown(spaced(list.sha256, 32), "mono")),
        ),
        h("h3", {}, strings.entries(list.entries.length)),
        lengthy(
          list.entries,
          PAGE,
          entries,
          (entry) => h("li", {}, shown(entry.serialNumber, "mono"), " ", strings.revokedOn, " ", shown(entry.revocationDate), " · ", shown(entry.reason)),
          strings.more,
        ),
      );
    }),
  );
}

/** What would be issued. */
export function issued(host: Host, { outcome, template }: Pick<DecisionAnswer, "outcome" | "template">): HTMLElement {
  const { strings } = host;
  if (template === null) {
    return section("issued", strings.issued, h("p", { class: "muted" }, outcome === "notApplicable" ? strings.issuedNotApplicable : strings.issuedNone));
  }
  const rows = new Rows(host, {}, []);
  const words = (values: readonly string[]) => (values.length === 0 ? h("span", { class: "muted" }, strings.none) : values.map((value) => h("span", { class: "pill" }, shown(value))));
  const sans = h("ul", { class: "names" });
  return section(
    "issued",
    strings.issued,
    h("p", { class: "muted" }, strings.issuedAsIf),
    h(
      "dl",
      { class: "rows certificate" },
      rows.row(strings.subject, template.subject.length === 0 ? h("span", { class: "muted" }, strings.emptySubject) : template.subject.map((one) => h("div", {}, h("span", { class: "muted" }, shown(one.type), " "), shown(one.value)))),
      rows.row(strings.names, template.subjectAltNames.length === 0 ? h("span", { class: "muted" }, strings.noNames) : lengthy(template.subjectAltNames, PAGE, sans, (one) => h("li", {}, h("span", { class: "kind" }, one.type), shown(one.value)), strings.more)),
      rows.row(strings.validity, validity(host, template.notBefore, template.notAfter)),
      rows.row(strings.basicConstraints, template.basicConstraints.ca ? strings.caTrue(template.basicConstraints.pathLength) : strings.caFalse),
      rows.row(strings.keyUsage, words(template.keyUsage)),
      rows.row(strings.extendedKeyUsage, words(template.extendedKeyUsage)),
      template.extensions.length === 0 ? null : rows.row(strings.copied, words(template.extensions.map(({ type }) => type))),
      rows.row(strings.keyFingerprint, shown(spaced(template.publicKeySha256, 32), "mono")),
      rows.row(strings.setByIssuer, h("span", { class: "muted" }, strings.setByIssuerBody)),
    ),
  );
}

function validity(host: Host, from: string, to: string): Child {
  return h("span", { class: "times" }, host.strings.validFromTo(from, to));
}

function group(title: string, rows: readonly (HTMLElement | null)[]): HTMLElement {
  return h("div", { class: "group" }, h("h3", {}, title), h("dl", { class: "rows" }, rows));
}

function subject(rows: Rows, title: string, view: SubjectView, path: string): HTMLElement {
  const { strings } = rows.host;
  if (view.attributes.length === 0) {
    return group(title, [rows.row(title, h("span", { class: "muted" }, strings.emptySubject), path)]);
  }
  return group(
    title,
    view.attributes.map((one, index) =>
      rows.row(shown(one.type), [shown(one.value ?? one.der ?? ""), one.stringType === null ? null : h("span", { class: "muted small" }, one.stringType)], `${path}[${index}]`),
    ),
  );
}

function names(rows: Rows, views: readonly NameView[]): HTMLElement {
  const { strings } = rows.host;
  if (views.length === 0) {
    return group(strings.names, [rows.row("subjectAltName", h("span", { class: "muted" }, strings.noNames))]);
  }
  const list = h("dl", { class: "rows" });
  return h(
    "div",
    { class: "group" },
    h("h3", {}, strings.names),
    lengthy(
      views,
      PAGE,
      list,
      (one, index) =>
        rows.row(
          shown(one.type),
          [shown(one.value), one.unicode === undefined ? null : [" ", shown(one.unicode, "muted")]],
          `extensions.subjectAltName[${index}]`,
        ),
      strings.more,
    ),
  );
}

function extensions(rows: Rows, title: string, views: readonly ExtensionView[]): HTMLElement | null {
  if (views.length === 0) {
    return null;
  }
  const { strings } = rows.host;
  return group(
    title,
    views.map((one) => {
      const words = one.keyUsage ?? one.extendedKeyUsage;
      const value =
        words !== undefined
          ? words.map((word) => h("span", { class: "pill" }, shown(word)))
          : one.basicConstraints !== undefined
            ? one.basicConstraints.ca
              ? strings.caTrue(one.basicConstraints.pathLength)
              : strings.caFalse
            : one.type === "subjectAltName"
              ? h("span", { class: "muted" }, strings.above)
              : shown(spaced(one.der, 32), "mono");
      const path = `extensions.${one.type}`;
      const said = one.type === "subjectAltName" ? rows.saidOfWhole(path) : rows.said(path);
      return rows.row(shown(one.type), [value, one.critical ? h("span", { class: "pill" }, strings.critical) : null], path, said);
    }),
  );
}

function key(rows: Rows, view: PublicKeyView): HTMLElement[] {
  const { strings } = rows.host;
  const out = [rows.row(strings.publicKey, shown(view.name), "subjectPublicKeyInfo")];
  if (view.exponent !== undefined) {
    out.push(rows.row(strings.exponent, String(view.exponent)));
  }
  if (view.modulus !== undefined) {
    out.push(rows.row(strings.modulus, shown(spaced(view.modulus, 32), "mono")));
  }
  if (view.point !== undefined) {
    out.push(rows.row(strings.point, shown(spaced(view.point, 33), "mono")));
  }
  return out;
}
