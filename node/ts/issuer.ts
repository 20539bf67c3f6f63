/** Issuing: a CA that makes the certificates of approving decisions, and no others. */

import { engine } from "#backend";
import type { ApprovalHandle, IssuedHandle, IssuerHandle, PreparedHandle } from "./backend.js";
import { Certificate, type Certificates, withBundle } from "./certificate.js";
import { answer, argumentFault } from "./error.js";
import type { IssuerOptions, RevocationListDocument } from "./generated/documents.js";
import type { IssuedCertificateView, TemplateView } from "./generated/views.js";
import { type Scheme, type Signer, type SignerLike, toSigner } from "./key.js";
import { Owned } from "./owned.js";
import { RevocationList } from "./revocation-list.js";
import { describe, fieldsOf, type Input, optionsOf, plain, type Time, toBytes, toText, toTime } from "./values.js";

/**
 * The permission to issue exactly what a decision allows. It is used up by preparing: the second use is an error, on this
 * object and on every other reference to it.
 */
export class Approval {
  readonly #owned: Owned<ApprovalHandle>;

  /** @internal */
  constructor(handle: ApprovalHandle) {
    this.#owned = new Owned(handle, "approval");
  }

  /** @internal */
  static is(value: unknown): value is Approval {
    return typeof value === "object" && value !== null && #owned in value;
  }

  /** @internal */
  static handle(approval: Approval): ApprovalHandle {
    return approval.#owned.get();
  }

  /** What may be issued. */
  get template(): TemplateView {
    const handle = this.#owned.get();
    return answer(() => handle.template());
  }

  /** Whether it was used. */
  get used(): boolean {
    return this.#owned.get().isUsed();
  }

  /** A permission is not written down. */
  toJSON(): never {
    throw argumentFault(["approval"], "cannot be serialised");
  }
}

/** What issuing may be told. */
export interface IssueOptions {
  /** The time. Left out: now. */
  at?: Time;
  /** The serial number in hexadecimal. Left out: 20 random octets. */
  serialNumber?: string;
  /** How it is to be signed. Left out: as the signer says, or the usual way of the issuer's key. */
  scheme?: Scheme;
}

/** What making a revocation list may be told. */
export interface RevocationListOptions extends RevocationListDocument {
  /** The time. Left out: now. */
  at?: Time;
  /** The list before this one, whose entries stay and whose number is followed. */
  previous?: RevocationList | Input;
  /** How it is to be signed. */
  scheme?: Scheme;
}

/** A CA that issues: its certificate, and those above it. It has no key. */
export class Issuer {
  readonly #owned: Owned<IssuerHandle>;
  #chain: readonly Certificate[] | undefined;

  /**
   * @param chain the CA's certificate, then those above it, the root last
   * @throws {CertgateError} a certificate that may not sign, or that the others do not lead to
   */
  constructor(chain: Certificates, options?: IssuerOptions) {
    const document = plain(optionsOf(options, "options"), "options") as IssuerOptions;
    const handle = withBundle(chain, "chain", (bundle) => answer(() => engine().newIssuer(bundle, document)));
    this.#owned = new Owned(handle, "issuer");
  }

  /** The issuer's certificate and those above it, the root last. */
  get chain(): readonly Certificate[] {
    this.#chain ??= this.#owned.get().chain().map((handle) => new Certificate(handle));
    return this.#chain;
  }

  /** The issuer's certificate. */
  get certificate(): Certificate {
    return this.chain[0] as Certificate;
  }

  /**
   * Encodes the certificate of an approval, which is used up. Nothing is signed: `tbs` goes to whatever holds the key.
   *
   * @throws {CertgateError} an approval that was used; whatever the issuer may not issue
   */
  prepare(approval: Approval, options?: IssueOptions): PreparedCertificate {
    const { at, serialNumber, scheme } = fieldsOf(options, ["at", "serialNumber", "scheme"], "options");
    const issuer = this.#owned.get();
    if (!Approval.is(approval)) {
      throw argumentFault(["approval"], `must be an Approval, as decision.approve() gives it, not ${describe(approval)}`);
    }
    const given = [toTime(at, "at"), optional(serialNumber, "serialNumber"), optional(scheme, "scheme")] as const;
    const handle = Approval.handle(approval);
    const made = answer(() => issuer.prepare(handle, given[0], given[1], randomOctets(20), given[2]));
    return new PreparedCertificate(made);
  }

  /**
   * Issues the certificate of an approval, which is used up, with a key that is at hand or behind a function. The result has
   * been verified along the issuer's path.
   *
   * @throws {CertgateError} (rejected) as `prepare`; a signature that is not that of the issuer's key
   */
  async issue(approval: Approval, signer: SignerLike, options?: IssueOptions): Promise<IssuedCertificate> {
    const key = toSigner(signer, "signer");
    const given = optionsOf(options, "options");
    const prepared = this.prepare(approval, { ...given, ...schemeOf(given.scheme ?? key.scheme) });
    return prepared.assemble(await signed(key, prepared));
  }

  /**
   * Makes and signs a revocation list.
   *
   * @throws {CertgateError} (rejected) a number, time or reason that cannot be; a signature of another key
   */
  async revocationList(signer: SignerLike, options?: RevocationListOptions): Promise<RevocationList> {
    const key = toSigner(signer, "signer");
    const { at, previous, scheme, ...rest } = optionsOf(options, "options");
    const issuer = this.#owned.get();
    const document = plain(rest, "options") as RevocationListDocument;
    const time = toTime(at, "at");
    const before = previous === undefined ? undefined : RevocationList.is(previous) ? previous.der : toBytes(previous, "previous");
    const word = optional(scheme ?? key.scheme, "scheme");
    const prepared = answer(() => issuer.prepareList(document, time, before, word));
    const signature = await signed(key, { tbs: answer(() => prepared.tbs()), scheme: prepared.scheme() as Scheme });
    return new RevocationList(answer(() => prepared.assemble(signature)));
  }

  /** Gives back the memory of a WebAssembly engine at once; else it is given back after garbage collection. */
  dispose(): void {
    this.#owned.dispose();
  }
}

/** A certificate that was approved and encoded, not yet signed. It is used up by `assemble`. */
export class PreparedCertificate {
  readonly #owned: Owned<PreparedHandle<IssuedHandle>>;

  /** @internal */
  constructor(handle: PreparedHandle<IssuedHandle>) {
    this.#owned = new Owned(handle, "prepared");
  }

  /** The bytes to be signed. */
  get tbs(): Uint8Array {
    const handle = this.#owned.get();
    return answer(() => handle.tbs());
  }

  /** How they are to be signed. */
  get scheme(): Scheme {
    return this.#owned.get().scheme() as Scheme;
  }

  /** Whether it was used. */
  get used(): boolean {
    return this.#owned.get().isUsed();
  }

  /**
   * The certificate, from a signature over `tbs` in the form of X.509. It is verified before it is handed out.
   *
   * @throws {CertgateError} it was used before; the signature is not that of the issuer's key
   */
  assemble(signature: Uint8Array | ArrayBuffer): IssuedCertificate {
    const handle = this.#owned.get();
    const bytes = toBytes(signature, "signature");
    return new IssuedCertificate(answer(() => handle.assemble(bytes)));
  }

  /** What may become a certificate is not written down. */
  toJSON(): never {
    throw argumentFault(["prepared"], "cannot be serialised");
  }
}

/** A certificate that was issued, and verified along its issuer's path. */
export class IssuedCertificate {
  readonly #owned: Owned<IssuedHandle>;
  #certificate: Certificate | undefined;
  #view: IssuedCertificateView | undefined;

  /** @internal */
  constructor(handle: IssuedHandle) {
    this.#owned = new Owned(handle, "issued");
  }

  /** The certificate. */
  get certificate(): Certificate {
    this.#certificate ??= new Certificate(this.#owned.get().certificate());
    return this.#certificate;
  }

  /** The issuer and those above it, the root last. */
  get chain(): readonly Certificate[] {
    return this.#owned.get().chain().map((handle) => new Certificate(handle));
  }

  /** The certificate in PEM. */
  get pem(): string {
    return this.#owned.get().pem();
  }

  /** What a server presents, in PEM: the certificate and the intermediates, without the root. */
  get fullchainPem(): string {
    return this.#owned.get().fullchainPem();
  }

  /** As plain data. */
  toJSON(): IssuedCertificateView {
    this.#view ??= this.#owned.get().view();
    return this.#view;
  }
}

/** The signature of what was prepared, by whoever signs. */
export async function signed(signer: Signer, { tbs, scheme }: { tbs: Uint8Array; scheme: Scheme }): Promise<Uint8Array> {
  return toBytes(await signer.sign(tbs, scheme), "signature");
}

/** Octets of the system's randomness. */
export function randomOctets(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

export function optional(text: string | undefined, name: string): string | undefined {
  return text === undefined ? undefined : toText(text, name);
}

function schemeOf(scheme: Scheme | undefined): { scheme?: Scheme } {
  return scheme === undefined ? {} : { scheme };
}
