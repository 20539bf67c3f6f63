/** The worker: everything that reads the input happens here, so that no input can hold up the page. */

import { errorOf, type LoadedPolicy, loadPolicy, main, start } from "./engine.js";
import type {
  Answer,
  Bytes,
  CertificatesAnswer,
  CertificateView,
  DecisionAnswer,
  DecisionView,
  DiagnosticView,
  ErrorView,
  FromWorker,
  HostAnswer,
  InputAnswer,
  Job,
  NotVerifiedView,
  PlacedDiagnostic,
  PolicyAnswer,
  RequestView,
  SpanView,
  StepView,
  ToWorker,
  TreeView,
  VerifiedPathView,
} from "./protocol.js";
import { pathText } from "./text.js";

/** Rows whose bytes are looked up; the others are found in the tree. */
const LOCATED_ROWS = 200;

let policyText: string | undefined;
let policyState: { loaded: LoadedPolicy } | { error: ErrorView } | undefined;

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  void ready.then(() => {
    switch (data.type) {
      case "job":
        post({ type: "answer", answer: answer(data.job) });
        break;
      case "secret":
        post({ type: "reply", id: data.id, value: main.holdsSecret(data.input) });
        break;
      case "sarif":
        post({ type: "reply", id: data.id, value: main.sarifLog(data.uri, data.diagnostics) });
        break;
      case "explain":
        post({ type: "reply", id: data.id, value: main.explain(data.code) });
        break;
    }
  });
});

const ready = start().then(
  () => post({ type: "ready" }),
  (error: unknown) => post({ type: "failed", message: String(error) }),
);

function post(message: FromWorker): void {
  self.postMessage(message);
}

function answer(job: Job): Answer {
  const started = performance.now();
  const policy = answerPolicy(job.policy);
  const input = answerInput(job);
  return { id: job.id, input, policy, elapsed: performance.now() - started };
}

function answerPolicy(text: string): PolicyAnswer | null {
  if (text.trim() === "") {
    forget();
    return null;
  }
  if (policyText !== text) {
    forget();
    try {
      policyState = { loaded: loadPolicy(text) };
    } catch (thrown) {
      policyState = { error: errorOf(thrown) };
    }
    policyText = text;
  }
  if (policyState === undefined || "error" in policyState) {
    return policyState === undefined ? null : { state: "faulty", error: policyState.error };
  }
  return { state: "loaded", ...policyState.loaded.policy.view() };
}

function forget(): void {
  if (policyState !== undefined && "loaded" in policyState) {
    policyState.loaded.policy.free();
  }
  policyState = undefined;
  policyText = undefined;
}

function answerInput(job: Job): InputAnswer {
  if (job.input.length === 0) {
    return { kind: "empty" };
  }
  if (main.holdsSecret(job.input)) {
    return { kind: "secret" };
  }
  const text = textOf(job.input);
  if (text !== undefined && looksLikePolicy(text)) {
    return { kind: "policy", text };
  }
  let pieces: main.Pieces;
  try {
    pieces = main.readPieces(job.input);
  } catch (thrown) {
    return { kind: "error", error: errorOf(thrown), what: null, bytes: null };
  }
  try {
    const kinds = pieces.kinds();
    const first = kinds[0] ?? "unknown content";
    if (kinds.some((kind) => /^(certificate|PKCS #7)/.test(kind))) {
      return answerCertificates(job, pieces);
    }
    return answerRequest(job, pieces, first);
  } finally {
    pieces.free();
  }
}

function answerRequest(job: Job, pieces: main.Pieces, what: string): InputAnswer {
  let request: main.Request;
  try {
    request = main.parseRequest(job.input);
  } catch (thrown) {
    const der = pieces.der(0);
    return { kind: "error", error: errorOf(thrown), what, bytes: { der, tree: treeOf(der), spans: {} } };
  }
  try {
    const view = request.view() as RequestView;
    const der = request.der();
    return {
      kind: "request",
      view,
      pem: main.encodePem("CERTIFICATE REQUEST", der),
      bytes: { der, tree: treeOf(der), spans: spansOf(requestPaths(view), (path) => request.span(path)) },
      host: answerHost(job.host, (name) => request.isFor(name)),
      decision: decide(job, request),
    };
  } finally {
    request.free();
  }
}

function decide(job: Job, request: main.Request): DecisionAnswer | ErrorView | null {
  if (policyState === undefined || "error" in policyState) {
    return null;
  }
  const { policy, locate } = policyState.loaded;
  let decision: main.Decision;
  try {
    decision = policy.evaluateRequest(request, job.context, job.at);
  } catch (thrown) {
    return errorOf(thrown);
  }
  try {
    const placed = (diagnostics: DiagnosticView[]): PlacedDiagnostic[] =>
      diagnostics.map((one) => (one.rule === undefined ? one : { ...one, place: placeOf(one.rule, locate) }));
    const { outcome, enforcement, simulation, reasons, warnings, template } = decision.view() as DecisionView;
    return {
      outcome,
      enforcement,
      simulation,
      reasons: placed(reasons),
      warnings: placed(warnings),
      template,
      mend: outcome === "denied" ? policy.mend(decision) : null,
    };
  } finally {
    decision.free();
  }
}

/** The place of a rule; of what it stands in, where the policy leaves the rule itself unsaid. */
function placeOf(rule: StepView[], locate: LoadedPolicy["locate"]) {
  for (let length = rule.length; length > 0; length -= 1) {
    const place = locate(rule.slice(0, length));
    if (place !== undefined) {
      return place;
    }
  }
  return undefined;
}

function answerHost(name: string, isFor: (name: string) => boolean): HostAnswer | null {
  if (name === "") {
    return null;
  }
  try {
    return { name, matches: isFor(name) };
  } catch (thrown) {
    return { name, matches: false, error: errorOf(thrown) };
  }
}

function answerCertificates(job: Job, pieces: main.Pieces): InputAnswer {
  let bundle: main.Bundle;
  try {
    bundle = main.parseBundle(job.input);
  } catch (thrown) {
    const der = pieces.der(0);
    const bytes = { der, tree: treeOf(der), spans: {} };
    return { kind: "error", error: errorOf(thrown), what: pieces.kinds()[0] ?? null, bytes };
  }
  const certificates = bundle.certificates();
  try {
    const lists = bundle.revocationLists();
    const findings = bundle.findings() as DiagnosticView[];
    const [only] = findings;
    if (certificates.length === 0 && lists.length === 0 && only !== undefined) {
      const der = pieces.der(0);
      const error: ErrorView = { kind: "parse", code: only.code, message: only.message, diagnostics: findings };
      return { kind: "error", error, what: pieces.kinds()[0] ?? null, bytes: { der, tree: treeOf(der), spans: {} } };
    }
    const shown = certificates.map((certificate) => ({
      view: certificate.view() as CertificateView,
      pem: main.encodePem("CERTIFICATE", certificate.der()),
      host: answerHost(job.host, (name) => certificate.isFor(name)),
    }));
    const selected = Math.min(Math.max(job.selected, 0), Math.max(shown.length - 1, 0));
    const chosen = certificates[selected];
    return {
      kind: "certificates",
      certificates: shown,
      selected,
      lists,
      findings,
      bytes: chosen === undefined ? listBytes(pieces) : certificateBytes(chosen, shown[selected]?.view),
      verification: certificates.length === 0 ? null : verify(job, bundle, certificates),
      selfIssued: shown.some(({ view }) => isSelfIssued(view)),
      pem: shown.map(({ pem }) => pem).join(""),
    } satisfies CertificatesAnswer;
  } finally {
    for (const certificate of certificates) {
      certificate.free();
    }
    bundle.free();
  }
}

function certificateBytes(certificate: main.Certificate, view: CertificateView | undefined): Bytes {
  const der = certificate.der();
  const paths = view === undefined ? [] : certificatePaths(view);
  return { der, tree: treeOf(der), spans: spansOf(paths, (path) => certificate.span(path)) };
}

function listBytes(pieces: main.Pieces): Bytes | null {
  const der = pieces.der(0);
  return der.length === 0 ? null : { der, tree: treeOf(der), spans: {} };
}

function isSelfIssued(view: CertificateView): boolean {
  return view.subject.text === view.issuer.text;
}

/** Anchors are what the user gave as such, and self-issued certificates of the input if the user says so. */
function verify(
  job: Job,
  bundle: main.Bundle,
  certificates: main.Certificate[],
): VerifiedPathView | NotVerifiedView | ErrorView | null {
  const anchors = main.emptyBundle();
  const intermediates = main.emptyBundle();
  const evidence = main.newEvidence();
  try {
    if (job.anchors.length > 0) {
      anchors.extend(main.parseBundle(job.anchors));
    }
    if (job.trust === "input") {
      for (const certificate of certificates) {
        if (isSelfIssued(certificate.view())) {
          anchors.extend(main.bundleOf(certificate));
        }
      }
    }
    if (anchors.certificates().length === 0) {
      return null;
    }
    const verifier = main.newVerifier(anchors, intermediates, { profile: job.profile });
    try {
      const options = {
        purpose: job.purpose,
        ...(job.host === "" ? {} : { names: [job.host] }),
        ...(bundle.revocationLists().length > 0 ? { revocation: {} } : {}),
      };
      if (bundle.revocationLists().length > 0) {
        evidence.addLists(job.input);
      }
      const path = verifier.verify(bundle, job.at, options, evidence);
      try {
        return path.view();
      } finally {
        path.free();
      }
    } finally {
      verifier.free();
    }
  } catch (thrown) {
    if (typeof thrown === "object" && thrown !== null && "notVerified" in thrown) {
      return (thrown as { notVerified: NotVerifiedView }).notVerified;
    }
    return errorOf(thrown);
  } finally {
    anchors.free();
    intermediates.free();
    evidence.free();
  }
}

function treeOf(der: Uint8Array): TreeView {
  return main.asn1Tree(der) as TreeView;
}

function spansOf(paths: StepView[][], find: (path: StepView[]) => ArrayLike<number> | undefined) {
  const spans: Record<string, SpanView> = {};
  for (const path of paths.slice(0, LOCATED_ROWS)) {
    const found = find(path);
    if (found !== undefined && found !== null) {
      spans[pathText(path)] = { start: found[0] ?? 0, end: found[1] ?? 0 };
    }
  }
  return spans;
}

function requestPaths(view: RequestView): StepView[][] {
  return [
    ["subject"],
    ["subjectPublicKeyInfo"],
    ["signature"],
    ...view.subject.attributes.map((_, index) => ["subject", index]),
    ...view.extensions.map(({ type }) => ["extensions", type]),
    ...view.attributes.map((_, index) => ["attributes", index]),
    ...view.subjectAltNames.map((_, index) => ["extensions", "subjectAltName", index]),
  ];
}

function certificatePaths(view: CertificateView): StepView[][] {
  return [
    ["serialNumber"],
    ["issuer"],
    ["validity", "notBefore"],
    ["validity", "notAfter"],
    ["subjectPublicKeyInfo"],
    ["signatureAlgorithm"],
    ...view.subject.attributes.map((_, index) => ["subject", index]),
    ...view.extensions.map(({ type }) => ["extensions", type]),
    ...view.subjectAltNames.map((_, index) => ["extensions", "subjectAltName", index]),
  ];
}

function textOf(input: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(input);
  } catch {
    return undefined;
  }
}

/** A text that has the keys of a policy and no PEM block. */
function looksLikePolicy(text: string): boolean {
  const keys = /^\s*[{"']*(id|version|names|keys|validity|usages)["']?\s*:/gm;
  return !text.includes("-----BEGIN ") && new Set(Array.from(text.matchAll(keys), ([, key]) => key)).size >= 2;
}
