/** Many requests or certificates at once, away from the calling thread: on libuv's pool, or in workers. */

import { engine } from "#backend";
import type { CheckSlice, Failure, Slice, VerifySlice } from "./backend.js";
import { Certificate } from "./certificate.js";
import { Decision } from "./decision.js";
import { argumentFault, CertgateError, exception, isFailure, unexpected } from "./error.js";
import { type EvidenceParts, gather } from "./evidence.js";
import type { ContextDocument, VerifyDocument } from "./generated/documents.js";
import { type EvaluateOptions, Policy } from "./policy.js";
import { Request } from "./request.js";
import { describe, fieldsOf, type Input, listOf, optionsOf, plain, reading, toBytes, toContext, toTime } from "./values.js";
import { toVerification, VerifiedPath, Verifier, type VerifyOptions } from "./verifier.js";

/** An `AbortSignal`, whichever program it is from. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** How far a batch has come. */
export interface Progress {
  /** Number of items that are done. */
  done: number;
  /** Number of items. */
  total: number;
}

/** What every batch may be told. */
export interface BatchOptions {
  /** Ends the batch: its promise is rejected with the signal's reason, and what is under way is forgotten. */
  signal?: AbortSignalLike;
  /** Called after each slice of items. */
  onProgress?: (progress: Progress) => void;
}

/** A request, or one with a context of its own, which stands in for that of the batch. */
export type CheckItem = Request | Input | { request: Request | Input; context?: ContextDocument };

/** What a batch of requests may be told. */
export interface CheckManyOptions extends BatchOptions, EvaluateOptions {}

/** What became of one request: a decision, or why it could not be read. */
export type Checked = Decision | CertgateError;

/** A certificate with what its owner presents beside it, or these with options that stand in for those of the batch. */
export type VerifyItem = VerifyInput | ({ certificates: VerifyInput } & VerifyDocument);
type VerifyInput = Certificate | Input | readonly (Certificate | Input)[];

/** What a batch of certificates may be told. */
export interface VerifyManyOptions extends BatchOptions, VerifyOptions {}

/** What became of one certificate: a path, or the `VerificationError` or other `CertgateError` that `verify` would throw. */
export type Verified = VerifiedPath | CertgateError;

/** Items of one slice, at most: so often is progress told and the signal heard. */
const SLICE = 64;
/** Bytes of one slice, but for a single item that is longer. */
const SLICE_BYTES = 1 << 20;

/**
 * Judges many requests as `policy.evaluate` does, away from the calling thread. One answer for each, in their order; one
 * that cannot be read has its error in its place.
 *
 * @throws {CertgateError} (rejected) an argument other than a request that is not what it should be
 */
export async function checkMany(
  policy: Policy,
  requests: readonly CheckItem[],
  options?: CheckManyOptions,
): Promise<Checked[]> {
  if (!Policy.is(policy)) {
    throw argumentFault(["policy"], `must be a Policy, not ${describe(policy)}`);
  }
  const given = fieldsOf(options, ["signal", "onProgress", "context", "at"], "options");
  const told = toBatch(given);
  const judge = engine().lanes.check(Policy.handle(policy));
  const at = toTime(given.at, "at");
  const shared = toContext(given.context) ?? null;
  const read = (item: CheckItem, index: number) => {
    const path = ["requests", index];
    const { request, context } = isWrapped<Exclude<CheckItem, Request | Input>>(item, "request")
      ? fieldsOf(item, ["request", "context"], ...path)
      : { request: item as Request | Input, context: undefined };
    const own = context === undefined ? shared : (plain(context, ...path, "context") as ContextDocument);
    return { parts: [Request.is(request) ? Request.handle(request).der() : toBytes(request, ...path)], own };
  };
  const work = (slice: Slice, items: Item<ContextDocument | null>[]) => {
    const whole: CheckSlice = { ...slice, at, contexts: ownOrShared(items, shared) };
    return judge(whole);
  };
  const answers = await inSlices(listOf(requests, "requests"), read, work, told);
  return answers.map((made) => (isError(made) ? made : new Decision(made, policy)));
}

/**
 * Verifies many certificates as `verifier.verify` does, away from the calling thread. One answer for each, in their order.
 * Revocation lists, OCSP responses and the time are those of the batch.
 *
 * @throws {CertgateError} (rejected) an argument other than a certificate that is not what it should be
 */
export async function verifyMany(
  verifier: Verifier,
  certificates: readonly VerifyItem[],
  options?: VerifyManyOptions,
): Promise<Verified[]> {
  if (!Verifier.is(verifier)) {
    throw argumentFault(["verifier"], `must be a Verifier, not ${describe(verifier)}`);
  }
  const { signal, onProgress, ...rest } = optionsOf(options, "options");
  const told = toBatch({ signal, onProgress });
  const judge = engine().lanes.verify(Verifier.handle(verifier));
  const { at, document: shared, ...evidence } = toVerification(rest);
  readable(evidence);
  const read = (item: VerifyItem, index: number) => {
    const path = ["certificates", index];
    let given = item as VerifyInput;
    let own = shared;
    if (isWrapped<Exclude<VerifyItem, VerifyInput>>(item, "certificates")) {
      const { certificates, ...document } = optionsOf(item, ...path);
      given = certificates;
      own = { ...shared, ...(plain(document, ...path) as VerifyDocument) };
    }
    const list = Array.isArray(given) ? listOf(given as readonly (Certificate | Input)[], ...path) : [given as Certificate | Input];
    return { parts: list.map((one) => (Certificate.is(one) ? Certificate.handle(one).der() : toBytes(one, ...path))), own };
  };
  const work = (slice: Slice, items: Item<VerifyDocument>[]) => {
    const parts = Uint32Array.from(items, (item) => item.parts.length);
    const whole: VerifySlice = { ...slice, at, parts, options: ownOrShared(items, shared), evidence };
    return judge(whole);
  };
  const answers = await inSlices(listOf(certificates, "certificates"), read, work, told);
  return answers.map((made) => (isError(made) ? made : new VerifiedPath(made)));
}

/** What a batch is told, which must be what it is called. */
function toBatch({ signal, onProgress }: BatchOptions): BatchOptions {
  if (signal !== undefined && !reading(["signal"], () => isSignal(signal))) {
    throw argumentFault(["signal"], `must be an AbortSignal, not ${describe(signal)}`);
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw argumentFault(["onProgress"], `must be a function, not ${describe(onProgress)}`);
  }
  return { signal, onProgress };
}

function isSignal(value: unknown): value is AbortSignalLike {
  const signal = value as Partial<AbortSignalLike> | null;
  return (
    typeof signal === "object" &&
    signal !== null &&
    typeof signal.aborted === "boolean" &&
    typeof signal.addEventListener === "function" &&
    typeof signal.removeEventListener === "function"
  );
}

/** Evidence that cannot be read is a fault of the batch, told before it begins. */
function readable(parts: EvidenceParts): void {
  const evidence = engine().newEvidence();
  try {
    gather(evidence, parts);
  } finally {
    evidence.free?.();
  }
}

/** An item as bytes, with what it has of its own. */
interface Item<O> {
  parts: Uint8Array[];
  own: O;
}

function isWrapped<W>(item: unknown, field: string): item is W {
  const wrapped = typeof item === "object" && item !== null && !ArrayBuffer.isView(item) && !Array.isArray(item);
  return wrapped && Object.hasOwn(item, field);
}

/** One for all if all are the same. */
function ownOrShared<O>(items: Item<O>[], shared: O): O[] {
  return items.every(({ own }) => own === shared) ? [shared] : items.map(({ own }) => own);
}

function isError(value: unknown): value is CertgateError {
  return value instanceof CertgateError;
}

/** Cuts the items into slices, and keeps every lane at work until all are done or the signal says otherwise. */
async function inSlices<I, O, H extends object>(
  items: readonly I[],
  read: (item: I, index: number) => Item<O>,
  work: (slice: Slice, items: Item<O>[]) => Promise<(H | Failure)[]>,
  { signal, onProgress }: BatchOptions,
): Promise<(H | CertgateError)[]> {
  const answers = new Array<H | CertgateError>(items.length);
  let next = 0;
  let done = 0;
  /** The next slice that is not empty: its items, and where their answers belong. */
  const cut = () => {
    const slice: Item<O>[] = [];
    const places: number[] = [];
    let bytes = 0;
    const start = next;
    while (next < items.length && next - start < SLICE && bytes < SLICE_BYTES) {
      try {
        const item = read(items[next] as I, next);
        bytes += item.parts.reduce((sum, part) => sum + part.length, 0);
        slice.push(item);
        places.push(next);
      } catch (error) {
        answers[next] = isError(error) ? error : unexpected(error);
      }
      next += 1;
    }
    return { slice, places, count: next - start };
  };
  const lane = async () => {
    while (next < items.length && !signal?.aborted) {
      const { slice, places, count } = cut();
      if (slice.length > 0) {
        const results = await work(joined(slice), slice).catch((error: unknown) => {
          throw isError(error) ? error : unexpected(error);
        });
        places.forEach((place, index) => {
          const result = results[index] as H | Failure;
          answers[place] = isFailure(result) ? exception(result) : result;
        });
      }
      done += count;
      if (!signal?.aborted) {
        onProgress?.({ done, total: items.length });
      }
    }
  };
  await untilAborted(signal, () => {
    const lanes = Array.from({ length: Math.min(engine().lanes.count, items.length) }, lane);
    return Promise.all(lanes).catch((error: unknown) => {
      next = items.length;
      throw error;
    });
  });
  return answers;
}

function throwIfAborted(signal: AbortSignalLike | undefined): void {
  if (signal?.aborted) {
    throw signal.reason ?? new Error("the batch was aborted");
  }
}

/** Does the work unless the signal says otherwise, before it begins, on the way or at its very end. */
async function untilAborted(signal: AbortSignalLike | undefined, work: () => Promise<unknown>): Promise<void> {
  throwIfAborted(signal);
  if (signal === undefined) {
    await work();
    return;
  }
  let listener = () => {};
  // What the caller has made of an item may abort as soon as the first is read: so this listens before.
  const aborted = new Promise<void>((told) => {
    listener = told;
    signal.addEventListener("abort", listener);
  });
  try {
    await Promise.race([work(), aborted]);
    throwIfAborted(signal);
  } finally {
    signal.removeEventListener("abort", listener);
  }
}

/** The bytes of all items one after the other: a copy, which nobody changes while another thread reads it. */
function joined(items: Item<unknown>[]): Slice {
  const parts = items.flatMap((item) => item.parts);
  const ends = new Uint32Array(parts.length);
  let end = 0;
  parts.forEach((part, index) => {
    end += part.length;
    ends[index] = end;
  });
  const data = new Uint8Array(end);
  parts.forEach((part, index) => data.set(part, index === 0 ? 0 : ends[index - 1]));
  return { data, ends, at: "" };
}
