/** What stands in the place of an answer, and what is said of the expected name. */

import { h, message } from "../dom.js";
import type { InputAnswer } from "../protocol.js";
import type { Strings } from "../strings/index.js";

/** No input. */
export function emptyNotice(strings: Strings): HTMLElement {
  return h(
    "div",
    { class: "empty" },
    h("h2", {}, strings.emptyTitle),
    h("p", {}, strings.emptyBody),
    h("h3", {}, strings.privacyTitle),
    h("p", {}, strings.privacyBody),
  );
}

/** A private key or another secret, which is gone. */
export function secretNotice(strings: Strings): HTMLElement {
  return h(
    "div",
    { class: "secret", id: "verdict", role: "alert" },
    h("h2", { tabindex: "-1" }, strings.secretTitle),
    h("p", {}, strings.secretBody),
    h("p", {}, strings.secretNext),
  );
}

/** A fault of ours. */
export function failedNotice(strings: Strings, text: string): HTMLElement {
  return h("div", { class: "secret", role: "alert" }, h("h2", {}, strings.engineFailed), h("p", {}, strings.engineFailedBody), h("p", { class: "muted" }, text));
}

/** Whether the names cover the one that is expected; nothing if nobody asked. */
export function hostNotice(strings: Strings, input: InputAnswer): HTMLElement[] {
  const host = input.kind === "request" ? input.host : input.kind === "certificates" ? (input.certificates[input.selected]?.host ?? null) : null;
  if (host === null) {
    return [];
  }
  return [
    host.error === undefined
      ? h("p", { class: `mark ${host.matches ? "good" : "error"}` }, message(host.matches ? strings.hostYes(host.name) : strings.hostNo(host.name), strings.lang))
      : h("p", { class: "mark error" }, message(host.error.message)),
    h("p", { class: "hint" }, strings.hostNote),
  ];
}
