/** The parts of an answer in the order in which they are read, and what can be taken away of it. */

import { h } from "../dom.js";
import type { ContextDocument } from "../../../../node/ts/generated/documents.js";
import type { Answer, CertificatesAnswer, DecisionAnswer, DiagnosticView, ErrorView, InputAnswer, PlacedDiagnostic, RequestAnswer } from "../protocol.js";
import { type Asn1Pane, asn1 } from "./asn1.js";
import { commands, downloads, mend } from "./commands.js";
import { certificateFields, issued, listFields, requestFields, requestKeys } from "./fields.js";
import { paths } from "./paths.js";
import { type Host, section } from "./shared.js";
import { errorReasons, reasons } from "./verdict.js";

/** What the parts say of the question, and what their buttons do. */
export interface Asked {
  /** The policy's name as a command would give it. */
  policy: string;
  /** The name that is expected; empty if nobody asked. */
  expected: string;
  /** The time that was entered; empty if it is the present one. */
  at: string;
  context: ContextDocument;
  purpose: string;
  profile: string;
  select(index: number): void;
  trustInput(): void;
  sarif(diagnostics: DiagnosticView[]): Promise<unknown>;
}

type Part = HTMLElement | Asn1Pane | null;

export function* partsOf(host: Host, answer: Answer, asked: Asked): Generator<Part> {
  const { input } = answer;
  if (input.kind === "error") {
    yield errorReasons(host, input.error);
    yield input.bytes === null ? null : asn1(host, input.bytes);
  } else if (input.kind === "request") {
    yield* ofRequest(host, input);
  } else if (input.kind === "certificates") {
    yield* ofCertificates(host, input, asked);
  }
  yield commands(host, input, answer.policy, asked);
  yield downloads(host, {
    pem: () => ("pem" in input && input.pem !== "" ? input.pem : null),
    json: () => json(answer),
    sarif: () => asked.sarif(diagnostics(input)),
  });
}

function* ofRequest(host: Host, input: RequestAnswer): Generator<Part> {
  const { strings } = host;
  const decision = decisionOf(input);
  const findings = findingsOf(input);
  const said = [...saidOf(decision), ...findings];
  if (decision !== null) {
    yield reasons(host, "reasons", strings.whyNot, decision.reasons);
  }
  yield reasons(host, "remarks", strings.remarks, [...(decision?.warnings ?? []), ...findings]);
  yield mend(host, decision?.mend ?? null);
  yield requestFields(host, input, said);
  yield requestKeys(host, input, said);
  if (decision !== null) {
    yield issued(host, decision);
  }
  yield asn1(host, input.bytes);
}

function* ofCertificates(host: Host, input: CertificatesAnswer, asked: Asked): Generator<Part> {
  const { strings } = host;
  const { verification } = input;
  if (verification === null) {
    yield input.selfIssued ? trustOffer(host, asked) : null;
  } else if ("kind" in verification) {
    yield errorReasons(host, verification);
  } else if ("reasons" in verification) {
    yield reasons(host, "reasons", strings.whyNot, verification.reasons);
  }
  yield paths(host, input);
  const warnings = verification !== null && "warnings" in verification ? verification.warnings : [];
  const chosen = input.certificates[input.selected];
  yield reasons(host, "remarks", strings.remarks, [...input.findings, ...(chosen?.view.findings ?? []), ...warnings]);
  yield certificateFields(host, input, asked.select);
  yield listFields(host, input.lists);
  yield input.bytes === null ? null : asn1(host, input.bytes);
}

function trustOffer(host: Host, asked: Asked): HTMLElement {
  const { strings } = host;
  return section("trust-offer", strings.trust, h("p", {}, strings.anchorsHint), h("button", { type: "button", onclick: asked.trustInput }, strings.anchorsDo));
}

export function decisionOf(input: InputAnswer): DecisionAnswer | null {
  return input.kind === "request" && input.decision !== null && "outcome" in input.decision ? input.decision : null;
}

/** All that a decision says. */
export function saidOf(decision: DecisionAnswer | null): PlacedDiagnostic[] {
  return decision === null ? [] : [...decision.reasons, ...decision.warnings];
}

/** The findings that the decision does not say already. */
function findingsOf(input: RequestAnswer): DiagnosticView[] {
  const key = ({ code, path }: DiagnosticView) => `${code} ${path.join(".")}`;
  const known = new Set(saidOf(decisionOf(input)).map(key));
  return input.view.findings.filter((one) => !known.has(key(one)));
}

/** What `certgate check --format json` prints of a request; the views of anything else. */
function json({ input, policy }: Answer): unknown {
  if (input.kind === "request") {
    const decision = decisionOf(input);
    if (decision === null) {
      return input.view;
    }
    const identity = policy?.state === "loaded" ? { id: policy.id, digest: policy.digest } : null;
    const plain = (list: readonly PlacedDiagnostic[]) => list.map(({ place: _, ...one }) => one);
    const { enforcement, simulation, outcome, template } = decision;
    return { schemaVersion: 1, outcome, enforcement, policy: identity, reasons: plain(decision.reasons), warnings: plain(decision.warnings), template, simulation, request: input.view };
  }
  if (input.kind === "certificates") {
    return { certificates: input.certificates.map(({ view }) => view), revocationLists: input.lists, verification: input.verification };
  }
  return input.kind === "error" ? { error: input.error } : null;
}

function diagnostics(input: InputAnswer): DiagnosticView[] {
  if (input.kind === "request") {
    return [...saidOf(decisionOf(input)), ...findingsOf(input)];
  }
  if (input.kind === "certificates") {
    return [...input.findings, ...input.certificates.flatMap(({ view }) => view.findings), ...input.lists.flatMap(({ findings }) => findings), ...ofVerification(input.verification)];
  }
  return input.kind === "error" ? input.error.diagnostics : [];
}

function ofVerification(verification: CertificatesAnswer["verification"]): readonly DiagnosticView[] {
  if (verification === null) {
    return [];
  }
  const isError = (one: object): one is ErrorView => "diagnostics" in one;
  return isError(verification) ? verification.diagnostics : "reasons" in verification ? verification.reasons : verification.warnings;
}
