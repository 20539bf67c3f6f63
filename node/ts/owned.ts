/** What an engine holds for an object of the facade, made at once or when it is first asked for, until it is given back. */

import { argumentFault } from "./error.js";

export class Owned<H extends { free?(): void }> {
  #handle: H | undefined;
  #make: (() => H) | undefined;
  readonly #name: string;

  constructor(handle: H | (() => H), name: string) {
    if (typeof handle === "function") {
      this.#make = handle;
    } else {
      this.#handle = handle;
    }
    this.#name = name;
  }

  /** Makes the handle, unless it has been made or given back. */
  keep(): void {
    if (this.#make !== undefined) {
      this.#handle = this.#make();
      this.#make = undefined;
    }
  }

  /** The handle. */
  get(): H {
    this.keep();
    if (this.#handle === undefined) {
      throw argumentFault([this.#name], "has been disposed of");
    }
    return this.#handle;
  }

  /** Gives the handle back; it cannot be used again, on any engine. */
  dispose(): void {
    const handle = this.#handle;
    this.#handle = undefined;
    this.#make = undefined;
    handle?.free?.();
  }
}
