/** What an engine holds for an object of the facade, until it is given back. */

import { argumentFault } from "./error.js";

export class Owned<H extends { free?(): void }> {
  #handle: H | undefined;
  readonly #name: string;

  constructor(handle: H, name: string) {
    this.#handle = handle;
    this.#name = name;
  }

  /** The handle. */
  get(): H {
    if (this.#handle === undefined) {
      throw argumentFault([this.#name], "has been disposed of");
    }
    return this.#handle;
  }

  /** Gives the handle back; it cannot be used again, on any engine. */
  dispose(): void {
    const handle = this.#handle;
    this.#handle = undefined;
    handle?.free?.();
  }
}
