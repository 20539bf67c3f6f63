import { engine } from "#backend";
import type { RevocationListHandle } from "./backend.js";
import { answer } from "./error.js";
import type { RevocationListView } from "./generated/views.js";
import { Owned } from "./owned.js";
import { type Input, toBytes } from "./values.js";

/** A revocation list. */
export class RevocationList {
  readonly #owned: Owned<RevocationListHandle>;
  #view: RevocationListView | undefined;

  /** @internal */
  constructor(handle: RevocationListHandle) {
    this.#owned = new Owned(handle, "list");
  }

  /** @internal */
  static is(value: unknown): value is RevocationList {
    return typeof value === "object" && value !== null && #owned in value;
  }

  /** The DER encoding. */
  get der(): Uint8Array {
    return this.#owned.get().der();
  }

  /** The list in PEM. */
  get pem(): string {
    return this.#owned.get().pem();
  }

  /** Every field as plain data. */
  toJSON(): RevocationListView {
    this.#view ??= this.#owned.get().view();
    return this.#view;
  }

  /** Gives back the memory of a WebAssembly engine at once; else it is given back after garbage collection. */
  dispose(): void {
    this.#owned.dispose();
  }
}

/**
 * Reads one revocation list in DER, PEM or base64.
 *
 * @throws {CertgateError} anything that is not exactly one list
 */
export function parseRevocationList(input: Input): RevocationList {
  const bytes = toBytes(input, "input");
  return new RevocationList(answer(() => engine().parseRevocationList(bytes)));
}
