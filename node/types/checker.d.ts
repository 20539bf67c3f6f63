/// <reference lib="dom" />

/**
 * The element `<certgate-checker>`: the whole checker, which makes no request and works in a worker of its own. It dispatches
 * `verdict` when an answer is shown.
 */
export declare class CertgateChecker extends HTMLElement {
  static readonly observedAttributes: readonly string[];
  /** Checks an input as if it had been dropped here; `name` is how it is called. */
  check(name: string, bytes: Uint8Array): Promise<void>;
  /** Chooses a ready-made policy by its name, or a policy by its text; `none` for no policy. As the attribute `policy`. */
  usePolicy(policy: string): void;
}

/** Makes the element known; a second call does nothing. Importing alone does not. */
export declare function define(): void;

declare global {
  interface HTMLElementTagNameMap {
    "certgate-checker": CertgateChecker;
  }
}
