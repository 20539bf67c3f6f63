import { engine } from "#backend";
import type { RequestHandle } from "./backend.js";
import { answer } from "./error.js";
import type { RequestView } from "./generated/views.js";
import { Owned } from "./owned.js";
import { type Input, toBytes } from "./values.js";

/** A parsed certification request. */
export class Request {
  readonly #owned: Owned<RequestHandle>;
  #view: RequestView | undefined;

  /** @internal */
  constructor(handle: RequestHandle) {
    this.#owned = new Owned(handle, "request");
  }

  /** @internal */
  static is(value: unknown): value is Request {
    return typeof value === "object" && value !== null && #owned in value;
  }

  /** @internal */
  static handle(request: Request): RequestHandle {
    return request.#owned.get();
  }

  /** The DER encoding. */
  get der(): Uint8Array {
    return this.#owned.get().der();
  }

  /** Every field as plain data. Made at the first call, which verifies the signature. */
  toJSON(): RequestView {
    this.#view ??= this.#owned.get().view();
    return this.#view;
  }

  /** Gives back what the engine holds at once; else that is done after garbage collection. */
  dispose(): void {
    this.#owned.dispose();
  }

  /** @internal */
  [Symbol.for("nodejs.util.inspect.custom")](): RequestView {
    return this.toJSON();
  }
}

/**
 * Reads one request in DER, PEM or base64.
 *
 * @throws {CertgateError} anything that is not exactly one request
 */
export function parseRequest(input: Input): Request {
  const bytes = toBytes(input, "input");
  return new Request(answer(() => engine().parseRequest(bytes)));
}

/**
 * Reads a request and shows every field, the state of its signature, and everything odd about it.
 *
 * @throws {CertgateError} anything that is not exactly one request
 */
export function inspect(input: Input): RequestView {
  const bytes = toBytes(input, "input");
  return answer(() => engine().inspect(bytes));
}
