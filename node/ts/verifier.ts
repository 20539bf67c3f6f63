import { engine } from "#backend";
import type {
  BundleHandle,
  CertificateHandle,
  EvidenceHandle,
  Failure,
  TrustStore,
  VerifiedPathHandle,
  VerifierHandle,
} from "./backend.js";
import { Certificate, type Certificates, isInput, withBundle } from "./certificate.js";
import { answer, argumentFault, VerificationError } from "./error.js";
import { type EvidenceParts, gather } from "./evidence.js";
import type { ProfileWord, VerifierDocument, VerifyDocument } from "./generated/documents.js";
import type { NotVerifiedView, ProfileView, VerifiedPathView } from "./generated/views.js";
import { Owned } from "./owned.js";
import { type Input, optionalListOf, optionsOf, plain, type Time, toBytes, toText, toTime } from "./values.js";

/** What a verifier is made of beside its trust anchors. */
export interface VerifierOptions extends VerifierDocument {
  /** Certificates that may stand between a leaf and an anchor. */
  intermediates?: Certificates;
}

/** What one verification asks for. */
export interface VerifyOptions extends VerifyDocument {
  /** The time for which the certificate must hold. Left out: now. */
  at?: Time;
  /** Revocation lists, or bundles that have some. Where these or `ocsp` are given, also empty, revocation is looked at. */
  crls?: readonly Input[];
  /** OCSP responses. */
  ocsp?: readonly Input[];
  /** The nonce that the OCSP responses must repeat; it comes with `ocsp`. */
  nonce?: Uint8Array;
}

/** A certification path that holds, and what was proved. */
export class VerifiedPath {
  readonly #owned: Owned<VerifiedPathHandle>;
  #view: VerifiedPathView | undefined;
  #certificates: readonly Certificate[] | undefined;

  /** @internal */
  constructor(handle: VerifiedPathHandle) {
    this.#owned = new Owned(handle, "path");
  }

  /** The certificates, leaf first, trust anchor last. */
  get certificates(): readonly Certificate[] {
    if (this.#certificates === undefined) {
      const path = this.#owned.get();
      // Most callers look at one of them, or only count them.
      this.#certificates = Object.freeze(
        Array.from({ length: path.length() }, (_, index) => new Certificate(() => path.certificate(index) as CertificateHandle)),
      );
    }
    return this.#certificates;
  }

  /** The path as plain data. */
  toJSON(): VerifiedPathView {
    this.#view ??= this.#owned.get().view();
    return this.#view;
  }

  /** Gives back what the engine holds at once; else that is done after garbage collection. */
  dispose(): void {
    // The certificates stay with whoever has them.
    this.#certificates?.forEach(Certificate.keep);
    this.#owned.dispose();
  }

  /** @internal */
  [Symbol.for("nodejs.util.inspect.custom")](): VerifiedPathView {
    return this.toJSON();
  }
}

/** A verifier that an engine has made. */
class Made {
  readonly #handle: VerifierHandle;

  constructor(handle: VerifierHandle) {
    this.#handle = handle;
  }

  /** The handle, if the value is one of these. */
  static handle(value: unknown): VerifierHandle | undefined {
    return typeof value === "object" && value !== null && #handle in value ? value.#handle : undefined;
  }
}

/**
 * Trust anchors, intermediates and a profile, parsed and indexed once. A verifier remembers the signatures of CAs that it
 * has seen; time and rules are judged anew at each call.
 */
export class Verifier {
  readonly #owned: Owned<VerifierHandle>;

  /**
   * @param anchors the certificates that are trusted
   * @throws {CertgateError} an input that is no bundle, an unknown option, or no trust anchor at all
   */
  constructor(anchors: Certificates, options?: VerifierOptions);
  /** @internal */
  constructor(made: Made);
  constructor(given: Certificates | Made, options?: VerifierOptions) {
    const handle =
      Made.handle(given) ??
      make(options, (intermediates, document) =>
        withBundle(given as Certificates, "anchors", (bundle) => engine().newVerifier(bundle, intermediates, document)),
      );
    this.#owned = new Owned(handle, "verifier");
  }

  /** @internal */
  static is(value: unknown): value is Verifier {
    return typeof value === "object" && value !== null && #owned in value;
  }

  /** @internal */
  static handle(verifier: Verifier): VerifierHandle {
    return verifier.#owned.get();
  }

  /**
   * A verifier whose trust anchors are a trust store: `system` (the bundle of the operating system), `certifi` (of Python),
   * `webpki` (Mozilla's roots, compiled in) or `java` (cacerts). The native engine alone has them.
   *
   * @throws {CertgateError} a name that is not known, or a store that is not there
   */
  static fromStore(name: string, options?: VerifierOptions): Verifier {
    const text = toText(name, "name");
    const open = engine().newVerifierOfStore;
    if (open === undefined) {
      throw argumentFault(["name"], "names a trust store, which the native engine alone reads: give the anchors as certificates");
    }
    return new Verifier(new Made(make(options, (intermediates, document) => open(text, intermediates, document))));
  }

  /** The trust store with its source and its date; null if the anchors were given. */
  get store(): TrustStore | null {
    return this.#owned.get().store();
  }

  /**
   * Verifies a certificate. The first one is verified, others are what its owner presents beside it.
   *
   * @throws {VerificationError} no path holds
   * @throws {CertgateError} an argument that cannot be read
   */
  verify(certificates: Certificates, options?: VerifyOptions): VerifiedPath {
    const verifier = this.#owned.get();
    const { at, document, ...parts } = toVerification(options);
    return withEvidence(parts, (evidence) => {
      if (isInput(certificates)) {
        const bytes = toBytes(certificates, "certificates");
        return new VerifiedPath(answer(() => verifier.verifyInput(bytes, at, document, evidence)));
      }
      return withBundle(
        certificates,
        "certificates",
        (bundle) => new VerifiedPath(answer(() => verifier.verify(bundle, at, document, evidence))),
      );
    });
  }

  /**
   * Explains a verification: as `verify`, but that no path holds is told by `outcome`, not by an exception.
   *
   * @throws {CertgateError} an argument that cannot be read
   */
  diagnosePath(certificates: Certificates, options?: VerifyOptions): VerifiedPathView | NotVerifiedView {
    try {
      const path = this.verify(certificates, options);
      try {
        return path.toJSON();
      } finally {
        path.dispose();
      }
    } catch (error) {
      if (error instanceof VerificationError) {
        return error.diagnosis;
      }
      throw error;
    }
  }

  /** Gives back the memory of a WebAssembly engine at once; else it is given back after garbage collection. */
  dispose(): void {
    this.#owned.dispose();
  }
}

let nothing: EvidenceHandle | undefined;

/** Gives all parts to an engine for as long as `work` takes. */
function withEvidence<T>(parts: EvidenceParts, work: (evidence: EvidenceHandle) => T): T {
  const { crls, ocsp, nonce } = parts;
  if (crls.length === 0 && ocsp.length === 0 && nonce === undefined) {
    // Nobody adds to it.
    nothing ??= engine().newEvidence();
    return work(nothing);
  }
  const evidence = engine().newEvidence();
  try {
    gather(evidence, parts);
    return work(evidence);
  } finally {
    evidence.free?.();
  }
}

/** A profile of verification and its rules; null if there is none of this name. */
export function profile(name: ProfileWord): ProfileView;
export function profile(name: string): ProfileView | null;
export function profile(name: string): ProfileView | null {
  return engine().profile(toText(name, "name"));
}

function make(
  options: VerifierOptions | undefined,
  work: (intermediates: BundleHandle, document: VerifierDocument) => VerifierHandle | Failure,
): VerifierHandle {
  const { intermediates = [], ...rest } = optionsOf(options, "options");
  const document = plain(rest, "options") as VerifierDocument;
  return withBundle(intermediates, "intermediates", (bundle) => answer(() => work(bundle, document)));
}

/** The options of a verification as an engine takes them. */
export interface Verification extends EvidenceParts {
  at: string;
  document: VerifyDocument;
}

export function toVerification(options: VerifyOptions | undefined): Verification {
  const { at, crls, ocsp, nonce, ...rest } = optionsOf(options, "options");
  const document = plain(rest, "options") as VerifyDocument;
  if (crls !== undefined || ocsp !== undefined || nonce !== undefined) {
    // Who gives evidence asks for it, also where there turned out to be none.
    document.revocation ??= {};
  }
  if (nonce !== undefined && ocsp === undefined) {
    throw argumentFault(["nonce"], "must come with the responses that repeat it: give them as `ocsp`");
  }
  return {
    at: toTime(at, "at"),
    document,
    crls: optionalListOf(crls, "crls").map((list, index) => toBytes(list, "crls", index)),
    ocsp: optionalListOf(ocsp, "ocsp").map((response, index) => toBytes(response, "ocsp", index)),
    nonce: nonce === undefined ? undefined : toBytes(nonce, "nonce"),
  };
}
