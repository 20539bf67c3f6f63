/** The page's side of the worker: one question at a time, the newest one next, and a new worker if one does not answer. */

import type { Answer, DiagnosticView, FromWorker, Job, ToWorker } from "./protocol.js";

/** Milliseconds after which a worker that has not answered is replaced. Its work is bounded by counts; this is for faults. */
const PATIENCE = 30_000;

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): {
    createScriptURL(url: string): string;
  };
}

declare const CERTGATE_WORKER: string;

/** One worker URL a page, made under the named policy `certgate-worker` where the browser has trusted types. */
let workerUrl: string | undefined;

function trustedWorkerUrl(): string {
  if (workerUrl === undefined) {
    const url = URL.createObjectURL(new Blob([CERTGATE_WORKER], { type: "text/javascript" }));
    const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
    const rules = {
      createScriptURL: (given: string) => {
        if (given !== url) {
          throw new TypeError("certgate-worker makes one address only");
        }
        return given;
      },
    };
    workerUrl = types === undefined ? url : types.createPolicy("certgate-worker", rules).createScriptURL(url);
  }
  return workerUrl;
}

export class Client {
  #worker: Worker | undefined;
  #busy: Job | undefined;
  #next: Job | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #replies = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #lastReply = 0;

  constructor(
    private readonly onAnswer: (answer: Answer) => void,
    private readonly onFailure: (message: string) => void,
  ) {}

  /** Starts the engine before the first question. */
  warm(): void {
    this.#started();
  }

  ask(job: Job): void {
    if (this.#busy === undefined) {
      this.#send(job);
    } else {
      this.#next = job;
    }
  }

  /** Whether bytes hold a private key or another secret. */
  holdsSecret(input: Uint8Array): Promise<boolean> {
    return this.#request((id) => ({ type: "secret", id, input })) as Promise<boolean>;
  }

  sarif(uri: string, diagnostics: DiagnosticView[]): Promise<unknown> {
    return this.#request((id) => ({ type: "sarif", id, uri, diagnostics }));
  }

  explain(code: string): Promise<unknown> {
    return this.#request((id) => ({ type: "explain", id, code }));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#busy = undefined;
    this.#next = undefined;
    for (const { reject } of this.#replies.values()) {
      reject(new Error("the worker was stopped"));
    }
    this.#replies.clear();
  }

  #request(make: (id: number) => ToWorker): Promise<unknown> {
    this.#lastReply += 1;
    const id = this.#lastReply;
    return new Promise((resolve, reject) => {
      this.#replies.set(id, { resolve, reject });
      this.#started().postMessage(make(id));
    });
  }

  #send(job: Job): void {
    this.#busy = job;
    this.#timer = setTimeout(() => this.#giveUp(), PATIENCE);
    this.#started().postMessage({ type: "job", job } satisfies ToWorker);
  }

  #started(): Worker {
    if (this.#worker === undefined) {
      const worker = new Worker(trustedWorkerUrl(), { name: "certgate" });
      this.#worker = worker;
      // What a worker has said before it was ended may arrive after.
      worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
        if (worker === this.#worker) {
          this.#hear(data);
        }
      });
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        if (worker !== this.#worker) {
          return;
        }
        this.stop();
        this.onFailure(event.message);
      });
    }
    return this.#worker;
  }

  #hear(message: FromWorker): void {
    if (message.type === "answer") {
      clearTimeout(this.#timer);
      const next = this.#next;
      this.#busy = undefined;
      this.#next = undefined;
      if (next !== undefined) {
        this.#send(next);
      }
      this.onAnswer(message.answer);
    } else if (message.type === "reply") {
      this.#replies.get(message.id)?.resolve(message.value);
      this.#replies.delete(message.id);
    } else if (message.type === "failed") {
      this.onFailure(message.message);
    }
  }

  #giveUp(): void {
    this.stop();
    this.onFailure("the engine did not answer");
  }
}
