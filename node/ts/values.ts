/** From JavaScript's values to what engines take: bytes, times, and plain data that is the same for every engine. */

import type { ContextDocument } from "./generated/documents.js";

/** A request: DER, PEM or base64, as bytes or as text. */
export type Input = Uint8Array | ArrayBuffer | string;

/** A time: a `Date`, or text in RFC 3339. */
export type Time = Date | string;

export function toBytes(input: Input, name: string): Uint8Array {
  if (typeof input === "string") {
    return new TextEncoder().encode(input);
  }
  if (input instanceof Uint8Array) {
    return input;
  }
  if (Object.prototype.toString.call(input) === "[object ArrayBuffer]") {
    return new Uint8Array(input);
  }
  throw new TypeError(`${name} must be a Uint8Array, an ArrayBuffer or a string, not ${describe(input)}`);
}

export function toText(value: string, name: string): string {
  if (typeof value !== "string") {
    throw new TypeError(`${name} must be a string, not ${describe(value)}`);
  }
  return value;
}

export function toTime(time: Time | undefined): string {
  const given = time === undefined ? new Date() : time;
  if (typeof given === "string") {
    return given;
  }
  if (given instanceof Date && !Number.isNaN(given.getTime())) {
    return given.toISOString();
  }
  throw new TypeError(`at must be a valid Date or a string, not ${describe(given)}`);
}

/** A context that holds plain data alone. Dates become text; what JSON cannot say is refused. */
export function toContext(context: ContextDocument | undefined): ContextDocument | undefined {
  return context === undefined ? undefined : (plain(context, "context") as ContextDocument);
}

/** Plain data alone: Dates become text; what JSON cannot say is refused. */
export function plain(value: unknown, path: string): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") {
    return value;
  }
  if (typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => plain(item, `${path}[${index}]`));
  }
  if (value instanceof Date) {
    return toTime(value);
  }
  if (typeof value === "object" && isPlain(value)) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return Object.fromEntries(fields.map(([key, field]) => [key, plain(field, `${path}.${key}`)]));
  }
  throw new TypeError(`${path} must be plain data, not ${describe(value)}`);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === "number") {
    return String(value);
  }
  return typeof value === "object" ? `a ${value.constructor?.name ?? "object"}` : `a ${typeof value}`;
}
