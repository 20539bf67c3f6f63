import { engine } from "#backend";
import type { BundleHandle, CertificateHandle } from "./backend.js";
import { answer } from "./error.js";
import type { CertificateView, DiagnosticView, RevocationListView, StepView } from "./generated/views.js";
import { Owned } from "./owned.js";
import { type Input, listOf, toBytes, toText } from "./values.js";

/** A parsed certificate. That it can be read says nothing about whether it holds: see `Verifier`. */
export class Certificate {
  readonly #owned: Owned<CertificateHandle>;
  #view: CertificateView | undefined;

  /** @internal */
  constructor(handle: CertificateHandle | (() => CertificateHandle)) {
    this.#owned = new Owned(handle, "certificate");
  }

  /** @internal */
  static is(value: unknown): value is Certificate {
    return typeof value === "object" && value !== null && #owned in value;
  }

  /** @internal */
  static handle(certificate: Certificate): CertificateHandle {
    return certificate.#owned.get();
  }

  /** @internal */
  static keep(certificate: Certificate): void {
    certificate.#owned.keep();
  }

  /** The DER encoding. */
  get der(): Uint8Array {
    return this.#owned.get().der();
  }

  /** The SHA-256 digest of the DER encoding in hexadecimal: equal certificates have the same. */
  get fingerprint(): string {
    return this.#owned.get().fingerprint();
  }

  /**
   * Whether the certificate is for a host name, an IP address, a mailbox or a URI, as verification would judge it. It says
   * nothing about whether the certificate holds.
   *
   * @throws {CertgateError} a text that is no name
   */
  isFor(name: string): boolean {
    const text = toText(name, "name");
    const certificate = this.#owned.get();
    return answer(() => certificate.isFor(text));
  }

  /** Every field as plain data. */
  toJSON(): CertificateView {
    this.#view ??= this.#owned.get().view();
    return this.#view;
  }

  /** Gives back what the engine holds at once; else that is done after garbage collection. */
  dispose(): void {
    this.#owned.dispose();
  }

  /** @internal */
  [Symbol.for("nodejs.util.inspect.custom")](): CertificateView {
    return this.toJSON();
  }
}

/** The certificates and revocation lists of one input. */
export class Bundle {
  readonly #owned: Owned<BundleHandle>;
  #certificates: readonly Certificate[] | undefined;

  /** @internal */
  constructor(handle: BundleHandle) {
    this.#owned = new Owned(handle, "bundle");
  }

  /** @internal */
  static is(value: unknown): value is Bundle {
    return typeof value === "object" && value !== null && #owned in value;
  }

  /** @internal */
  static handle(bundle: Bundle): BundleHandle {
    return bundle.#owned.get();
  }

  /** The certificates in order. */
  get certificates(): readonly Certificate[] {
    this.#certificates ??= this.#owned.get().certificates().map((handle) => new Certificate(handle));
    return this.#certificates;
  }

  /** Every field of the revocation lists in order. */
  get revocationLists(): readonly RevocationListView[] {
    return this.#owned.get().revocationLists();
  }

  /** What was passed over: one diagnostic for each thing, whose path begins with `blocks` and the index of the block. */
  get findings(): readonly DiagnosticView[] {
    return this.#owned.get().findings();
  }

  /** Gives back what the engine holds at once; else that is done after garbage collection. */
  dispose(): void {
    this.#owned.dispose();
  }
}

/** Certificates: parsed ones, bundles, inputs that are bundles (PEM, DER, base64, PKCS #7), or several of these in order. */
export type Certificates = Certificate | Bundle | Input | readonly (Certificate | Bundle | Input)[];

/**
 * Reads one certificate in DER, PEM or base64.
 *
 * @throws {CertgateError} anything that is not exactly one certificate
 */
export function parseCertificate(input: Input): Certificate {
  const bytes = toBytes(input, "input");
  return new Certificate(answer(() => engine().parseCertificate(bytes)));
}

/**
 * Reads a certificate and shows every field and everything odd about it.
 *
 * @throws {CertgateError} anything that is not exactly one certificate
 */
export function inspectCertificate(input: Input): CertificateView {
  const bytes = toBytes(input, "input");
  return answer(() => engine().inspectCertificate(bytes));
}

/**
 * Reads all certificates and revocation lists of an input: PEM, DER, base64 or PKCS #7. What cannot be read is passed over
 * with a finding; private keys are named and not looked into.
 *
 * @throws {CertgateError} an input that is no bundle at all
 */
export function parseBundle(input: Input): Bundle {
  const bytes = toBytes(input, "input");
  return new Bundle(answer(() => engine().parseBundle(bytes)));
}

/** Whether this is certainly one input, and neither parsed nor several. Nothing of the caller's is run. */
export function isInput(given: Certificates): given is Input {
  return typeof given === "string" || ArrayBuffer.isView(given);
}

/** Calls `work` with all certificates as one bundle, which is given back afterwards unless it is the caller's. */
export function withBundle<T>(given: Certificates, name: string, work: (bundle: BundleHandle) => T): T {
  if (Bundle.is(given)) {
    return work(Bundle.handle(given));
  }
  const bundle = Array.isArray(given) ? joined(listOf(given, name), name) : one(given as Certificate | Input, name);
  try {
    return work(bundle);
  } finally {
    bundle.free?.();
  }
}

function joined(given: readonly (Certificate | Bundle | Input)[], name: string): BundleHandle {
  const bundle = engine().emptyBundle();
  try {
    for (const [index, item] of given.entries()) {
      if (Bundle.is(item)) {
        bundle.extend(Bundle.handle(item));
      } else {
        const part = one(item, name, index);
        bundle.extend(part);
        part.free?.();
      }
    }
  } catch (cause) {
    bundle.free?.();
    throw cause;
  }
  return bundle;
}

function one(given: Certificate | Input, ...path: readonly StepView[]): BundleHandle {
  if (Certificate.is(given)) {
    return engine().bundleOf(Certificate.handle(given));
  }
  const bytes = toBytes(given, ...path);
  return answer(() => engine().parseBundle(bytes));
}
