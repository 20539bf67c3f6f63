/** From JavaScript's values to what engines take: bytes, times, and plain data that is the same for every engine. */

import { engine } from "#backend";
import { argumentFault, budgetFault, CertgateError, exception, textOf, unknownKey } from "./error.js";
import type { ContextDocument } from "./generated/documents.js";
import type { StepView } from "./generated/views.js";

/** What is read: DER, PEM or base64, as bytes or as text. */
export type Input = Uint8Array | ArrayBuffer | string;

/** A time: a `Date`, or text in RFC 3339. */
export type Time = Date | string;

/** What one argument may hold beside texts: documents that people write are a thousandth of it. */
const MOST_VALUES = 200_000;
const MOST_DEPTH = 64;

const encoder = new TextEncoder();
let longest: number | undefined;
const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const tagOf = getter(typedArray, Symbol.toStringTag);
const bufferOf = getter(typedArray, "buffer");
const byteLengthOf = getter(typedArray, "byteLength");
const byteOffsetOf = getter(typedArray, "byteOffset");
const ownLengthOf = getter(ArrayBuffer.prototype, "byteLength");
const sharedLengthOf =
  typeof SharedArrayBuffer === "undefined" ? undefined : getter(SharedArrayBuffer.prototype, "byteLength");

/** The built-in getter: what a caller has put over it is not asked. */
function getter(prototype: object, name: string | symbol): (this: unknown) => unknown {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get as (this: unknown) => unknown;
}

/** The bytes of an input, in a view of our own: that of a caller may lie about its length. Memory that other threads can write is copied. */
export function toBytes(input: Input, ...path: readonly StepView[]): Uint8Array {
  if (typeof input === "string") {
    readable(input.length);
    return encoder.encode(input);
  }
  if (typeof input === "object" && input !== null) {
    if (tagOf.call(input) === "Uint8Array") {
      return viewed(input as Uint8Array, path);
    }
    if (answers(ownLengthOf, input) || answers(sharedLengthOf, input)) {
      return viewed(over(input as ArrayBuffer, path), path);
    }
  }
  throw argumentFault(path, `must be a Uint8Array, an ArrayBuffer or a string, not ${describe(input)}`);
}

function viewed(bytes: Uint8Array, path: readonly StepView[]): Uint8Array {
  const length = byteLengthOf.call(bytes) as number;
  const buffer = bufferOf.call(bytes) as ArrayBufferLike;
  readable(length);
  if (length === 0) {
    over(buffer, path);
  }
  return answers(ownLengthOf, buffer)
    ? new Uint8Array(buffer, byteOffsetOf.call(bytes) as number, length)
    : new Uint8Array(bytes);
}

/** Bytes that are no text in any case: keys and signatures. */
export function toOctets(input: Uint8Array | ArrayBuffer, ...path: readonly StepView[]): Uint8Array {
  if (typeof input === "string") {
    throw argumentFault(path, "must be a Uint8Array, not a string");
  }
  return toBytes(input, ...path);
}

/** All bytes of a buffer. One that has been given away has none. */
function over(buffer: ArrayBufferLike, path: readonly StepView[]): Uint8Array {
  try {
    return new Uint8Array(buffer);
  } catch (cause) {
    throw argumentFault(path, "is a buffer that has been detached", cause);
  }
}

/** Whether a built-in getter takes the value for one of its own. */
function answers(get: ((this: unknown) => unknown) | undefined, value: unknown): boolean {
  try {
    get?.call(value);
    return get !== undefined;
  } catch {
    return false;
  }
}

/** Refuses what is longer than any input may be, before it is copied. */
function readable(length: number): void {
  longest ??= engine().longestInput();
  if (length > longest) {
    throw exception(engine().tooLong(Math.min(length, 0xffff_ffff)));
  }
}

export function toText(value: string, ...path: readonly StepView[]): string {
  if (typeof value !== "string") {
    throw argumentFault(path, `must be a string, not ${describe(value)}`);
  }
  readable(value.length);
  return value;
}

export function toTime(time: Time | undefined, ...path: readonly StepView[]): string {
  if (typeof time === "string") {
    return toText(time, ...path);
  }
  const milliseconds = time === undefined ? Date.now() : dateOf(time);
  if (Number.isNaN(milliseconds)) {
    throw argumentFault(path, `must be a valid Date or a string, not ${describe(time)}`);
  }
  return new Date(milliseconds).toISOString();
}

function dateOf(value: unknown): number {
  try {
    return Date.prototype.getTime.call(value);
  } catch {
    return Number.NaN;
  }
}

/** A context that holds plain data alone. Dates become text; what JSON cannot say is refused. */
export function toContext(context: ContextDocument | undefined): ContextDocument | undefined {
  return context === undefined ? undefined : (plain(context, "context") as ContextDocument);
}

/** The fields of an object of options; none if it is left out. */
export function optionsOf<T extends object>(options: T | undefined, ...path: readonly StepView[]): T {
  if (options === undefined) {
    return {} as T;
  }
  if (typeof options !== "object" || options === null) {
    throw argumentFault(path, `must be an object, not ${describe(options)}`);
  }
  return reading(path, () => ({ ...options }));
}

/** As {@link optionsOf}, where no engine looks at the names: one that is not among `keys` is refused. */
export function fieldsOf<T extends object, K extends keyof T & string>(
  options: T | undefined,
  keys: readonly K[],
  ...path: readonly StepView[]
): Pick<T, K> {
  const fields = optionsOf(options, ...path);
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined && !(keys as readonly string[]).includes(key)) {
      // Engines name a field of an argument by itself, and so does this.
      throw unknownKey([...(path.length > 1 ? path : []), key], keys);
    }
  }
  return fields;
}

/** The items of a list. */
export function listOf<T>(list: readonly T[], ...path: readonly StepView[]): readonly T[] {
  if (!Array.isArray(list)) {
    throw argumentFault(path, `must be a list, not ${describe(list)}`);
  }
  return itemsOf(list as readonly T[], () => path);
}

/** The items of a list that may be left out. */
export function optionalListOf<T>(list: readonly T[] | undefined, ...path: readonly StepView[]): readonly T[] {
  return list === undefined ? [] : listOf(list, ...path);
}

function itemsOf<T>(list: readonly T[], path: () => readonly StepView[]): T[] {
  const items: T[] = [];
  try {
    if (list.length > MOST_VALUES) {
      throw budgetFault(path(), `has ${list.length} items, more than ${MOST_VALUES}`);
    }
    // What a caller has made of the iterator may never end.
    for (const item of list) {
      if (items.length === MOST_VALUES) {
        throw budgetFault(path(), `has more than ${MOST_VALUES} items`);
      }
      items.push(item);
    }
  } catch (cause) {
    throw readingFault(path(), cause);
  }
  return items;
}

/** Plain data alone: Dates become text; what JSON cannot say is refused. */
export function plain(value: unknown, ...path: readonly StepView[]): unknown {
  try {
    return copy(value, { path }, { values: MOST_VALUES });
  } catch (cause) {
    throw readingFault(path, cause);
  }
}

/** What a caller's own code throws while it is read becomes the cause of ours. */
export function reading<T>(path: readonly StepView[], work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw readingFault(path, cause);
  }
}

function readingFault(path: readonly StepView[], cause: unknown): CertgateError {
  return cause instanceof CertgateError ? cause : argumentFault(path, `cannot be read: ${textOf(cause)}`, cause);
}

/** Where a value stands: spelt out only if something is wrong with it. */
type Place = { path: readonly StepView[]; above?: undefined } | { step: StepView; above: Place; depth: number };

function spelt(place: Place): readonly StepView[] {
  const steps: StepView[] = [];
  for (let at = place; ; at = at.above) {
    if (at.above === undefined) {
      return [...at.path, ...steps.reverse()];
    }
    steps.push(at.step);
  }
}

function depthOf(place: Place): number {
  return place.above === undefined ? place.path.length : place.depth;
}

function below(above: Place, step: StepView): Place {
  return { step, above, depth: depthOf(above) + 1 };
}

function copy(value: unknown, place: Place, budget: { values: number }): unknown {
  budget.values -= 1;
  if (budget.values < 0 || depthOf(place) > MOST_DEPTH) {
    const argument = spelt(place).slice(0, 1);
    throw budgetFault(argument, `has more than ${MOST_VALUES} values, or is nested deeper than ${MOST_DEPTH}`);
  }
  if (value === null || typeof value === "boolean") {
    return value;
  }
  if (typeof value === "string") {
    if (value.length > (longest ??= engine().longestInput())) {
      toText(value, ...spelt(place));
    }
    return value;
  }
  if (typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER) {
    return value;
  }
  if (Array.isArray(value)) {
    const items = itemsOf(value, () => spelt(place));
    for (let index = 0; index < items.length; index += 1) {
      items[index] = copy(items[index], below(place, index), budget);
    }
    return items;
  }
  if (typeof value === "object") {
    if (isPlain(value)) {
      return copyFields(value, place, budget);
    }
    if (!Number.isNaN(dateOf(value))) {
      return toTime(value as Date, ...spelt(place));
    }
  }
  throw argumentFault(spelt(place), `must be plain data, not ${describe(value)}`);
}

function copyFields(value: object, place: Place, budget: { values: number }): object {
  const fields: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined) {
      continue;
    }
    const copied = copy(field, below(place, key), budget);
    if (key in fields) {
      // Of a name that objects inherit, such as `__proto__`, an assignment may make no field.
      Object.defineProperty(fields, key, { value: copied, enumerable: true, configurable: true, writable: true });
    } else {
      fields[key] = copied;
    }
  }
  return fields;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

export function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === "number") {
    return String(value);
  }
  try {
    return typeof value === "object" ? `a ${String(value.constructor?.name ?? "object").slice(0, 40)}` : `a ${typeof value}`;
  } catch {
    return "an object";
  }
}
