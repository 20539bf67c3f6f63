/** Paths as drawings: certificates from left to right, a tick or a cross at the end, and the reason below. */

import { h, message, s, shown } from "../dom.js";
import type { CertificatesAnswer, PathCertificateView } from "../protocol.js";
import { parts } from "../text.js";
import { type Host, section } from "./shared.js";

/** Paths that are drawn. */
const DRAWN = 12;
const BOX = { width: 212, height: 62, gap: 46 };

export function paths(host: Host, answer: CertificatesAnswer): HTMLElement | null {
  const { strings } = host;
  const { verification } = answer;
  if (verification === null || "kind" in verification) {
    return null;
  }
  if (verification.outcome === "verified") {
    return section(
      "paths",
      strings.paths,
      h("p", { class: "muted" }, strings.pathsIntro),
      h("ol", { class: "paths" }, path(host, 1, verification.path, null)),
    );
  }
  const drawn = verification.tried.slice(0, DRAWN);
  const left = verification.paths - drawn.length;
  return section(
    "paths",
    strings.paths,
    h("p", { class: "muted" }, strings.pathsIntro),
    h("ol", { class: "paths" }, drawn.map((tried, index) => path(host, index + 1, tried.path, tried.reason.message))),
    left > 0 ? h("p", { class: "muted" }, strings.morePaths(left)) : null,
  );
}

function path(host: Host, number: number, certificates: readonly PathCertificateView[], reason: string | null): HTMLElement {
  const { strings } = host;
  const holds = reason === null;
  const end = holds ? strings.pathHolds : reason;
  const names = certificates.map((one) => short(one.subject)).join(" → ");
  const width = certificates.length * BOX.width + (certificates.length - 1) * BOX.gap + BOX.gap + 30;
  const drawing = s(
    "svg",
    { role: "img", "aria-label": strings.pathSummary(names, end), width, height: BOX.height + 8, viewBox: `0 0 ${width} ${BOX.height + 8}` },
    certificates.map((one, index) => box(host, one, index, certificates.length, holds)),
    mark(certificates.length, holds),
  );
  return h(
    "li",
    { class: `path ${holds ? "holds" : "stops"}` },
    h("h3", {}, strings.pathNumber(number)),
    h("div", { class: "drawing", tabindex: "0", role: "group", "aria-label": strings.pathNumber(number) }, drawing),
    h("p", { class: "end" }, h("span", { class: `pill ${holds ? "good" : "bad"}` }, holds ? strings.verified : strings.stopped), " ", message(end, holds ? strings.lang : "en")),
    h("details", {}, h("summary", {}, strings.certificates), h("ol", { class: "entries" }, certificates.map((one) => h("li", {}, shown(one.subject), " · ", shown(one.serialNumber, "mono"), " · ", one.notAfter)))),
  );
}

function box(host: Host, one: PathCertificateView, index: number, count: number, holds: boolean): SVGElement {
  const { strings } = host;
  const x = index * (BOX.width + BOX.gap) + 2;
  const role = index === 0 ? strings.leaf : index === count - 1 && holds ? strings.anchor : strings.intermediate;
  return s(
    "g",
    { class: `box${index === count - 1 && !holds ? " last" : ""}` },
    index === 0 ? null : s("path", { class: "edge", d: `M${x - BOX.gap + 2} ${BOX.height / 2 + 4} H${x - 8} m-6 -5 l6 5 l-6 5` }),
    s("rect", { x, y: 4, width: BOX.width, height: BOX.height, rx: 4 }),
    s("text", { x: x + 12, y: 27, class: "role" }, role),
    s("text", { x: x + 12, y: 49, class: "name" }, cut(short(one.subject), 22)),
  );
}

function mark(count: number, holds: boolean): SVGElement {
  const x = count * BOX.width + (count - 1) * BOX.gap + 2;
  const y = BOX.height / 2 + 4;
  return s(
    "g",
    { class: `mark ${holds ? "good" : "bad"}` },
    s("path", { class: "edge", d: `M${x} ${y} H${x + BOX.gap - 14}` }),
    s("path", { class: "sign", d: holds ? `M${x + BOX.gap - 6} ${y} l6 7 l12 -14` : `M${x + BOX.gap - 6} ${y - 7} l14 14 m0 -14 l-14 14` }),
  );
}

/** The common name, or the whole name if there is none; unseen characters by their numbers. */
function short(subject: string): string {
  const name = /(?:^|[,+])CN=((?:\\.|[^,+\\])*)/.exec(subject)?.[1] ?? subject;
  return parts(name)
    .map(({ text }) => text)
    .join("");
}

function cut(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}
