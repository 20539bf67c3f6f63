/** Batches of a WebAssembly engine: in workers where there are some, else in slices on the calling thread. */

import type {
  CheckSlice,
  DecisionHandle,
  Failure,
  Lanes,
  PolicyHandle,
  Slice,
  VerifiedPathHandle,
  VerifierHandle,
  VerifySlice,
} from "../backend.js";
import type { DecisionView, VerifiedPathView } from "../generated/views.js";
import type * as main from "../../build/wasm/certgate_wasm.js";
import { type Answers, answersOf, check, failureOf, type Job, makeVerifier, type Module, verify, type VerifierParts } from "./slices.js";
import { cores, startThread, type Thread } from "./workers.js";
import type { Reply } from "./worker.js";

/** How long workers are kept that have nothing to do, in milliseconds. */
const IDLE = 5_000;

/** A worker and the job that it is at. */
interface Lane {
  thread: Thread;
  settle?: (reply: Reply | { lost: string }) => void;
}

/** What a policy or a verifier is made of, under the key of its jobs, and one of our own: a caller may give back theirs at any time. */
interface Kept<P, T> {
  key: string;
  parts: P;
  own: () => T;
}

/** The workers of one program. */
export class WorkerLanes implements Lanes {
  readonly count = cores();
  readonly #module: Module;
  readonly #compiled: () => WebAssembly.Module;
  readonly #partsOf: (verifier: VerifierHandle) => VerifierParts;
  readonly #policies = new WeakMap<PolicyHandle, Kept<string, main.Policy>>();
  readonly #verifiers = new WeakMap<VerifierHandle, Kept<VerifierParts, main.Verifier>>();
  readonly #idle: Lane[] = [];
  readonly #waiting: ((lane: Lane | undefined) => void)[] = [];
  #lanes = 0;
  #keyCount = 0;
  #works = true;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(module: Module, compiled: () => WebAssembly.Module, partsOf: (verifier: VerifierHandle) => VerifierParts) {
    this.#module = module;
    this.#compiled = compiled;
    this.#partsOf = partsOf;
  }

  check(policy: PolicyHandle): (slice: CheckSlice) => Promise<(DecisionHandle | Failure)[]> {
    const load = (text: string) => this.#module.loadPolicy(text);
    const { key, parts: text, own } = this.#kept(this.#policies, policy, () => policy.canonicalJson(), load);
    return async (slice) => {
      const answers = await this.#do({ kind: "check", key, policy: text, slice }, () => check(own(), slice));
      return [...answersOf(answers)].map(([word, answer], index) =>
        word === "failed" ? failureOf(answer) : lateDecision(word as DecisionView["outcome"], answer, own, slice, index),
      );
    };
  }

  verify(verifier: VerifierHandle): (slice: VerifySlice) => Promise<(VerifiedPathHandle | Failure)[]> {
    const make = (parts: VerifierParts) => makeVerifier(this.#module, parts);
    const { key, parts, own } = this.#kept(this.#verifiers, verifier, () => this.#partsOf(verifier), make);
    return async (slice) => {
      const answers = await this.#do({ kind: "verify", key, verifier: parts, slice }, () => verify(this.#module, own(), slice));
      let start = 0;
      return [...answersOf(answers)].map(([word, text], index) => {
        const inputs = { first: start, count: slice.parts[index] ?? 0 };
        start += inputs.count;
        return word === "failed" ? failureOf(text) : latePath(text, this.#module, parts, slice, inputs);
      });
    };
  }

  /** Does a job in a worker, or here if there is none. */
  async #do(job: Job, here: () => Answers): Promise<Answers> {
    const lane = await this.#take();
    if (lane !== undefined) {
      const reply = await new Promise<Reply | { lost: string }>((settle) => {
        lane.settle = settle;
        lane.thread.post({ job });
      });
      if ("answers" in reply) {
        this.#give(lane);
        return reply.answers;
      }
      this.#drop(lane);
      if ("fault" in reply) {
        throw new Error(reply.fault);
      }
      // The worker did not start: a content security policy, most likely.
      this.#works = false;
      this.#waiting.splice(0).forEach((next) => next(undefined));
    }
    await new Promise((next) => setTimeout(next));
    return here();
  }

  #take(): Promise<Lane | undefined> | Lane | undefined {
    clearTimeout(this.#timer);
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      idle.thread.hold("busy");
      return idle;
    }
    if (!this.#works) {
      return undefined;
    }
    if (this.#lanes >= this.count) {
      return new Promise((next) => this.#waiting.push(next));
    }
    return this.#start();
  }

  #start(): Lane | undefined {
    const settle = (reply: Reply | { lost: string }) => {
      const settled = lane.settle;
      delete lane.settle;
      settled?.(reply);
    };
    const thread = startThread({ onReply: settle, onFault: (message) => settle({ lost: message }) });
    if (thread === undefined) {
      this.#works = false;
      return undefined;
    }
    const lane: Lane = { thread };
    try {
      thread.post({ module: this.#compiled() });
    } catch {
      // A program that may not share compiled modules.
      thread.end();
      this.#works = false;
      return undefined;
    }
    this.#lanes += 1;
    return lane;
  }

  #give(lane: Lane): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next(lane);
      return;
    }
    lane.thread.hold("idle");
    this.#idle.push(lane);
    if (this.#idle.length === this.#lanes) {
      const timer = setTimeout(() => this.#idle.splice(0).forEach((lane) => this.#drop(lane)), IDLE);
      (timer as { unref?: () => void }).unref?.();
      this.#timer = timer;
    }
  }

  #drop(lane: Lane): void {
    this.#lanes -= 1;
    lane.thread.end();
    if (this.#works && this.#waiting.length > 0) {
      this.#waiting.shift()?.(this.#start());
    }
  }

  #kept<H extends object, P, T>(known: WeakMap<H, Kept<P, T>>, handle: H, take: () => P, make: (parts: P) => T): Kept<P, T> {
    let kept = known.get(handle);
    if (kept === undefined) {
      const parts = take();
      this.#keyCount += 1;
      let made: T | undefined;
      kept = { key: `${this.#keyCount}`, parts, own: () => (made ??= make(parts)) };
      known.set(handle, kept);
    }
    return kept;
  }
}

/** One item of what is the same for all, or has one for each. */
function of<T>(items: readonly T[], index: number): T | undefined {
  return items.length === 1 ? items[0] : items[index];
}

/** A decision that a worker has made. What is more than its text is found by judging again here, which gives the same. */
function lateDecision(
  outcome: DecisionView["outcome"],
  text: string,
  policy: () => main.Policy,
  slice: CheckSlice,
  index: number,
): DecisionHandle {
  let view: DecisionView | undefined;
  let again: DecisionHandle | undefined;
  const read = () => (view ??= JSON.parse(text) as DecisionView);
  const judge = () => {
    again ??= policy().evaluate(inputAt(slice, index), of(slice.contexts, index) ?? undefined, slice.at) as DecisionHandle;
    return again;
  };
  return {
    outcome: () => outcome,
    reasons: () => read().reasons,
    warnings: () => read().warnings,
    template: () => read().template ?? null,
    request: () => judge().request(),
    approve: () => judge().approve(),
    view: read,
    free: () => again?.free?.(),
  };
}

/** A path that a worker has found. Its certificates are looked for among those that were given. */
function latePath(
  text: string,
  module: Module,
  { anchors, intermediates }: VerifierParts,
  slice: VerifySlice,
  { first, count }: { first: number; count: number },
): VerifiedPathHandle {
  let view: VerifiedPathView | undefined;
  let found: (main.Certificate | undefined)[] | undefined;
  const read = () => (view ??= JSON.parse(text) as VerifiedPathView);
  return {
    view: read,
    length: () => read().path.length,
    certificate(index) {
      if (found !== undefined) {
        return found[index];
      }
      const presented = Array.from({ length: count }, (_, part) => inputAt(slice, first + part));
      const known: main.Certificate[] = [];
      for (const input of [...presented, ...intermediates, ...anchors]) {
        const bundle = module.parseBundle(input);
        known.push(...bundle.certificates());
        bundle.free();
      }
      const path = read().path.map(({ sha256 }) => known.find((one) => one.fingerprint() === sha256));
      known.filter((one) => !path.includes(one)).forEach((one) => one.free());
      found = path;
      return path[index];
    },
  };
}

function inputAt({ data, ends }: Slice, index: number): Uint8Array {
  return data.subarray(index === 0 ? 0 : ends[index - 1], ends[index]);
}
