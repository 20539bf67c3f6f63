/** How an input comes in: typed, pasted, dropped or chosen. Nothing is shown before the worker has said that it is no key. */

/** The largest input that is read, in bytes: that of the engine's texts. Larger files are refused by their size alone. */
export const MOST_BYTES = 4 << 20;
/** Characters of a text that a field shows: setting longer ones holds up the page. */
export const MOST_SHOWN = 200_000;
/** Characters that the browser's own insertion takes at once, which its undo knows: it is slow with more. */
export const MOST_INSERTED = 20_000;

export interface Incoming {
  name: string;
  bytes: Uint8Array;
  /** The bytes as text, if they are one. */
  text: string | null;
}

export class TooLarge extends Error {
  constructor(readonly file: string) {
    super("too large");
  }
}

export async function readFiles(files: readonly File[]): Promise<Incoming> {
  const parts: Incoming[] = [];
  let size = 0;
  for (const file of files) {
    size += file.size;
    if (size > MOST_BYTES) {
      throw new TooLarge(file.name);
    }
    parts.push(incoming(file.name, new Uint8Array(await file.arrayBuffer())));
  }
  const [first, ...others] = parts;
  if (first === undefined) {
    return incoming("", new Uint8Array());
  }
  if (others.length === 0) {
    return first;
  }
  // Several files are read as one text. DER becomes a PEM block, whose label says nothing: the engine looks inside.
  const text = parts.map((part) => part.text ?? block(part.bytes)).join("\n");
  return incoming(parts.map(({ name }) => name).join(", "), new TextEncoder().encode(text));
}

export function incoming(name: string, bytes: Uint8Array): Incoming {
  return { name, bytes, text: textOf(bytes) };
}

/** A text of the clipboard or of a field. */
export function incomingText(text: string): Incoming {
  return { name: "", bytes: new TextEncoder().encode(text), text };
}

function textOf(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  if (first === 0x30 && second !== undefined && second >= 0x80) {
    return null;
  }
  const wide = first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    const text = new TextDecoder(wide, { fatal: true }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

function block(bytes: Uint8Array): string {
  let binary = "";
  for (let start = 0; start < bytes.length; start += 0x2000) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x2000));
  }
  const lines = btoa(binary).match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
