/** Texts: paths, numbers, and characters that cannot be seen. */

import type { StepView } from "./protocol.js";

/** `extensions.subjectAltName[2].dNSName` */
export function pathText(path: readonly StepView[]): string {
  return path.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`),
    "",
  );
}

/** Characters without a shape of their own, or that turn the direction of reading: controls, marks of direction, fillers. */
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|\udb40[\udc00-\udfff]/gu;

/** A text cut where an unseen character stands. */
export function parts(text: string): { text: string; unseen: boolean }[] {
  const out: { text: string; unseen: boolean }[] = [];
  let last = 0;
  for (const match of text.matchAll(UNSEEN)) {
    if (match.index > last) {
      out.push({ text: text.slice(last, match.index), unseen: false });
    }
    out.push({ text: codePoint(match[0]), unseen: true });
    last = match.index + match[0].length;
  }
  if (last < text.length || out.length === 0) {
    out.push({ text: text.slice(last), unseen: false });
  }
  return out;
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Hexadecimal in pairs, at most `limit` bytes. */
export function spaced(hex: string, limit: number): string {
  const shown = hex.slice(0, limit * 2).match(/../g) ?? [];
  return shown.join(":") + (hex.length > limit * 2 ? ":…" : "");
}
