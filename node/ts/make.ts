/** What a key makes by itself: requests and roots; and a CA for development. */

import { engine } from "#backend";
import { Certificate } from "./certificate.js";
import { answer, argumentFault } from "./error.js";
import type { DevAuthorityDocument, DevCertificateDocument, NewRequestDocument, RootDocument } from "./generated/documents.js";
import { type IssueOptions, type IssuedCertificate, Issuer, optional, randomOctets, signed } from "./issuer.js";
import { generateKey, type KeyKind, type OwnKey, pemOf, type Scheme, type SignerLike, toKeyedSigner } from "./key.js";
import { Policy } from "./policy.js";
import { Request } from "./request.js";
import { fieldsOf, listOf, optionalListOf, optionsOf, plain, type Time, toText, toTime } from "./values.js";

/** A request to be made. */
export interface NewRequestOptions extends NewRequestDocument {
  /** How it is to be signed. */
  scheme?: Scheme;
}

/** A root to be made. */
export interface NewRootOptions extends RootDocument, IssueOptions {}

/**
 * Makes a request and signs it.
 *
 * @throws {CertgateError} (rejected) a name, subject or purpose that is not known; a signature of another key
 */
export async function newRequest(signer: SignerLike, options: NewRequestOptions): Promise<Request> {
  const key = await toKeyedSigner(signer, "signer");
  const { scheme, ...rest } = optionsOf(options, "options");
  const document = plain(rest, "options") as NewRequestDocument;
  const word = optional(scheme ?? key.scheme, "scheme");
  const prepared = answer(() => engine().prepareRequest(document, key.publicKey, word));
  const signature = await signed(key, { tbs: answer(() => prepared.tbs()), scheme: prepared.scheme() as Scheme });
  return new Request(answer(() => prepared.assemble(signature)));
}

/**
 * Makes a root, which signs itself.
 *
 * @throws {CertgateError} (rejected) a subject that is not known; a signature of another key
 */
export async function newRoot(signer: SignerLike, options: NewRootOptions): Promise<Certificate> {
  const key = await toKeyedSigner(signer, "signer");
  const { at, serialNumber, scheme, ...rest } = optionsOf(options, "options");
  const document = plain(rest, "options") as RootDocument;
  const time = toTime(at, "at");
  const serial = optional(serialNumber, "serialNumber");
  const word = optional(scheme ?? key.scheme, "scheme");
  const prepared = answer(() => engine().prepareRoot(document, key.publicKey, time, serial, randomOctets(20), word));
  const signature = await signed(key, { tbs: answer(() => prepared.tbs()), scheme: prepared.scheme() as Scheme });
  return new Certificate(answer(() => prepared.assemble(signature)));
}

/** A development CA to be made. */
export interface DevCaOptions extends DevAuthorityDocument {
  /** When it is made. Left out: now. */
  at?: Time;
}

/** A certificate of a development CA with its key. */
export interface DevCertificate {
  /** The certificate. */
  readonly issued: IssuedCertificate;
  /** The certificate and the intermediates in PEM: `cert` of `https.createServer`. */
  readonly cert: string;
  /** The private key in PEM: `key` of `https.createServer`. */
  readonly key: string;
  /** The root in PEM: `ca` of `https.request`. */
  readonly ca: string;
}

const HOUR = 3_600_000;
const CERTIFICATE_KEYS = ["commonName", "issuedAt", "key", "lifetime", "names", "organizations", "purposes"] as const;

/** A CA for tests and for a developer's machine, in memory. */
export class DevCa {
  /** The CA as an issuer. */
  readonly issuer: Issuer;
  /** Its key. */
  readonly key: OwnKey;

  /** @internal */
  constructor(issuer: Issuer, key: OwnKey) {
    this.issuer = issuer;
    this.key = key;
  }

  /** Its certificate. */
  get certificate(): Certificate {
    return this.issuer.certificate;
  }

  /** Its certificate in PEM. */
  get pem(): string {
    return pemOf("CERTIFICATE", this.certificate.der);
  }

  /**
   * Issues a certificate for a new key: judged by a policy that allows exactly this, and approved, as everything else.
   *
   * @throws {CertgateError} (rejected) a name, purpose or kind of key that is not known; neither names nor a common name
   */
  async issue(options: DevCertificateDocument | readonly string[]): Promise<DevCertificate> {
    const given = Array.isArray(options)
      ? { names: listOf(options as readonly string[], "options") }
      : fieldsOf(options as DevCertificateDocument, CERTIFICATE_KEYS, "options");
    const document = plain(given, "options") as DevCertificateDocument;
    const { commonName, key, lifetime, issuedAt } = document;
    const texts = (name: "names" | "organizations" | "purposes") =>
      optionalListOf(document[name], "options", name).map((text, index) => toText(text, "options", name, index));
    const [names, organizations, purposes] = [texts("names"), texts("organizations"), texts("purposes")];
    const common = commonName == null ? [] : [`CN=${toText(commonName, "options", "commonName")}`];
    const subject = [...organizations.map((name) => `O=${name}`), ...common];
    if (subject.length === 0 && names.length === 0) {
      throw argumentFault(["options", "names"], "must have a name such as localhost");
    }
    const exactly = {
      subject,
      names,
      purposes: purposes.length > 0 ? purposes : ["serverAuth", "clientAuth"],
      lifetime: lifetime ?? "397d",
    };
    const policy = new Policy(answer(() => engine().exactPolicy(exactly)));
    const own = await generateKey((key ?? "P-256") as KeyKind);
    const request = await newRequest(own, { subject, names });
    const at = toTime(issuedAt ?? undefined, "issuedAt");
    const issued = await this.issuer.issue(policy.evaluate(request, { at }).approve(), this.key, { at });
    policy.dispose();
    return { issued, cert: issued.fullchainPem, key: own.pem, ca: pemOf("CERTIFICATE", (this.issuer.chain.at(-1) as Certificate).der) };
  }
}

/**
 * Makes a development CA in memory: `const ca = await devCa(); const { cert, key } = await ca.issue(["localhost"])`.
 *
 * @throws {CertgateError} (rejected) a kind of key that is not known, a lifetime that is too long
 */
export async function devCa(options?: DevCaOptions): Promise<DevCa> {
  const { at, ...rest } = fieldsOf(options, ["at", "key", "lifetime", "name"], "options");
  const { name, key, lifetime } = plain(rest, "options") as DevAuthorityDocument;
  const time = toTime(at, "at");
  const before = new Date(Date.parse(time) - HOUR);
  if (Number.isNaN(before.getTime())) {
    throw argumentFault(["at"], "must be a Date, or a time in RFC 3339 such as 2027-01-01T00:00:00Z");
  }
  const common = name == null ? "certgate development CA" : toText(name, "options", "name");
  const own = await generateKey((key ?? "P-256") as KeyKind);
  const root = await newRoot(own, {
    subject: [`CN=${common}`],
    notBefore: before.toISOString(),
    lifetime: lifetime ?? "3650d",
    at: time,
  });
  return new DevCa(new Issuer(root, { beyond: "truncate" }), own);
}
