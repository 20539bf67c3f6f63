/* Generated from bindings/schemas by `npm run generate`: change that, not this. */

import type { Code } from "./names.js";

/** Text, number, yes or no, or a list. */
export type Data = boolean | number | string | Data[];
/** A field by its name, or an item by its index. */
export type StepView = number | string;

/** An algorithm. */
export interface AlgorithmView {
  /** Name or dotted decimal. */
  name: string;
  /** Dotted decimal. */
  oid: string;
}
/** One attribute of a request. */
export interface AttributeView {
  /** `challengePassword`, `extensionRequest`, `malformed` or `unknown`. */
  meaning: string;
  /** Dotted decimal of the type. */
  oid: string;
  /** Name or dotted decimal of the type. */
  type: string;
  /** The values in DER and hexadecimal; left out where they are secret or shown elsewhere. */
  values?: string[];
}
/** basicConstraints. */
export interface BasicConstraintsView {
  /** Whether the subject is a CA. */
  ca: boolean;
  /** How many intermediate certificates may follow. */
  pathLength?: number;
}
/** A certificate, every field. */
export interface CertificateView {
  /** Whether basicConstraints says that the subject is a CA. */
  ca: boolean;
  /** Every extension in order. */
  extensions: ExtensionView[];
  /** What is wrong or odd, sorted by path and code. */
  findings: DiagnosticView[];
  /** Digests. */
  fingerprints: FingerprintsView;
  /** The issuer. */
  issuer: SubjectView;
  /** The last second of its life, RFC 3339 in UTC. */
  notAfter: string;
  /** The first second of its life, RFC 3339 in UTC. */
  notBefore: string;
  /** The public key. */
  publicKey: PublicKeyView;
  /** Version of this form: 1. */
  schemaVersion: number;
  /** The serial number in lower-case hexadecimal. */
  serialNumber: string;
  /** The algorithm of the issuer's signature. */
  signatureAlgorithm: AlgorithmView;
  /** The subject. */
  subject: SubjectView;
  /** The subject alternative names in order. */
  subjectAltNames: NameView[];
  /** Version of the certificate: 1, 2 or 3. */
  version: number;
}
/** One requested extension. */
export interface ExtensionView {
  /** For basicConstraints. */
  basicConstraints?: BasicConstraintsView;
  /** Whether it is marked critical. */
  critical: boolean;
  /** The contents of extnValue, in hexadecimal. */
  der: string;
  /** For extendedKeyUsage: the purposes by name, or dotted decimal. */
  extendedKeyUsage?: string[];
  /** For keyUsage: the bits by name. */
  keyUsage?: string[];
  /** Dotted decimal of the type. */
  oid: string;
  /** Name or dotted decimal of the type. */
  type: string;
}
/** One thing to say about an input. */
export interface DiagnosticView {
  /** The clause that the code rests on. */
  citation?: string;
  /** The stable code, such as `policy/dns-not-allowed`. */
  code: Code;
  /** What was expected. */
  expected?: Data;
  /** What was found. */
  found?: Data;
  /** What to do about it. */
  help?: string;
  /** One lower-case sentence. */
  message: string;
  /** Where, in ASN.1 names and indexes from 0. */
  path: StepView[];
  /** Line and column in a document. */
  position?: Position;
  /** What belongs to it, such as one entry for each path that was tried. */
  related?: DiagnosticView[];
  /** The rule that decided, as a path into the policy document. */
  rule?: StepView[];
  /** `error`, `warning` or `notice`. */
  severity: "error" | "warning" | "notice";
  /** The bytes of the DER encoding, where they are known. */
  span?: SpanView;
}
/** A place in a text, both from 1; columns count characters. */
export interface Position {
  /** Column. */
  column: number;
  /** Line. */
  line: number;
}
/** A range of bytes. */
export interface SpanView {
  /** Offset behind the last byte. */
  end: number;
  /** Offset of the first byte. */
  start: number;
}
/** One general name. */
export interface NameView {
  /** Why the name cannot be issued under any policy. */
  fault?: string;
  /** For an otherName: its type. */
  oid?: string;
  /** For an otherName: the string type of its value. */
  stringType?: string;
  /** `dNSName`, `iPAddress` and so on. */
  type: string;
  /** The name with U-labels, where it has A-labels. */
  unicode?: string;
  /** The name as it stands in the request; hexadecimal where it is no text. */
  value: string;
}
/** What a code means. */
export interface CodeView {
  /** The clause that it rests on. */
  citation: string | null;
  /** The code, such as `policy/dns-not-allowed`. */
  code: Code;
  /** What to do about it, in general. */
  help: string;
  /** `error`, `warning` or `notice`, unless a profile says otherwise. */
  severity: "error" | "warning" | "notice";
  /** The version of certgate that first knew it. */
  since: string;
  /** What it means, in one sentence. */
  summary: string;
}
/** What a policy says of a request. */
export interface DecisionView {
  /** `allowed`, `denied` or `notApplicable`. */
  outcome: "allowed" | "denied" | "notApplicable";
  /** Which policy decided. */
  policy: PolicyIdentityView;
  /** Every reason why not, sorted by path and code; empty if allowed. */
  reasons: DiagnosticView[];
  /** The request, every field. */
  request: RequestView;
  /** Version of this form: 1. */
  schemaVersion: number;
  /** Exactly what would be issued; null unless allowed. */
  template: TemplateView | null;
  /** What should be mended or known and stops nothing. */
  warnings: DiagnosticView[];
}
/** Exactly what would be issued. */
export interface TemplateView {
  /** basicConstraints. */
  basicConstraints: BasicConstraintsView;
  /** extendedKeyUsage by name, or dotted decimal. */
  extendedKeyUsage: string[];
  /** Extensions that are copied from the request. */
  extensions: TemplateExtensionView[];
  /** keyUsage by name. */
  keyUsage: string[];
  /** Last second of the lifetime. */
  notAfter: string;
  /** First second of the lifetime. */
  notBefore: string;
  /** SHA-256 of the SubjectPublicKeyInfo, in hexadecimal. */
  publicKeySha256: string;
  /** The subject's attributes in order. */
  subject: TemplateAttributeView[];
  /** The subject alternative names in order. */
  subjectAltNames: TemplateNameView[];
}
/** An extension that is copied from the request. */
export interface TemplateExtensionView {
  /** Whether it is marked critical. */
  critical: boolean;
  /** The contents of extnValue, in hexadecimal. */
  der: string;
  /** Name or dotted decimal of the type. */
  type: string;
}
/** One attribute of the subject. */
export interface TemplateAttributeView {
  /** Name or dotted decimal of the type. */
  type: string;
  /** Value. */
  value: string;
}
/** One subject alternative name. */
export interface TemplateNameView {
  /** `dNSName`, `iPAddress` and so on. */
  type: string;
  /** The name in its canonical form. */
  value: string;
}
/** An error as plain data. */
export interface ErrorView {
  /** The code of the first diagnostic. */
  code: Code;
  /** All diagnostics, at least one. */
  diagnostics: DiagnosticView[];
  /** What could not be done: `argument`, `parse`, `policy`, `verification` or `issuance`. */
  kind: "argument" | "parse" | "policy" | "verification" | "issuance";
  /** All messages in one line. */
  message: string;
}
/** Digests, in hexadecimal. */
export interface FingerprintsView {
  /** SHA-256 of the SubjectPublicKeyInfo. */
  publicKeySha256: string;
  /** SHA-256 of the request. */
  sha256: string;
}
/** A certificate that was issued, as plain data. */
export interface IssuedCertificateView {
  /** The certificate. */
  certificate: CertificateView;
  /** The issuer and those above it, the root last: PEM. */
  chain: string[];
  /** Which policy approved it. */
  policy: PolicyIdentityView;
  /** Version of this form: 1. */
  schemaVersion: number;
}
/** A certificate that was not verified, and why. */
export interface NotVerifiedView {
  /** `notVerified`. */
  outcome: "notVerified";
  /** How many paths were tried; `tried` may have fewer. */
  paths: number;
  /** The best reason; where the certificate itself is at fault, everything that is wrong with it. */
  reasons: DiagnosticView[];
  /** Version of this form: 1. */
  schemaVersion: number;
  /** Paths that were tried, the most telling first. */
  tried: TriedPathView[];
  /** What the verification did. */
  work: WorkView;
}
/** A path that was tried. */
export interface TriedPathView {
  /** The certificates, leaf first, up to where it stopped. */
  path: PathCertificateView[];
  /** Why it stopped. */
  reason: DiagnosticView;
}
/** One certificate of a path, in short. */
export interface PathCertificateView {
  /** The issuer in the form of RFC 4514. */
  issuer: string;
  /** The last second of its life, RFC 3339 in UTC. */
  notAfter: string;
  /** The first second of its life, RFC 3339 in UTC. */
  notBefore: string;
  /** The serial number in lower-case hexadecimal. */
  serialNumber: string;
  /** SHA-256 of the encoding. */
  sha256: string;
  /** The subject in the form of RFC 4514. */
  subject: string;
}
/** Which policy decided. */
export interface PolicyIdentityView {
  /** Digest of its canonical form: `sha256:` and 64 hexadecimal digits. */
  digest: string;
  /** The policy's name. */
  id: string;
}
/** A loaded policy. */
export interface PolicyView {
  /** What the policy is for. */
  description: string | null;
  /** Digest of its canonical form. */
  digest: string;
  /** The policy's name. */
  id: string;
  /** What should be looked at in the document. */
  warnings: DiagnosticView[];
}
/** A profile and its rules. */
export interface ProfileView {
  /** `rfc5280`, `webpki` or `private`. */
  name: string;
  /** Date of the public suffix list. */
  publicSuffixList: string;
  /** Its rules, sorted by code. */
  rules: RuleView[];
  /** Version of this form: 1. */
  schemaVersion: number;
  /** What it is for. */
  summary: string;
}
/** A rule of a profile. */
export interface RuleView {
  /** Its clause. */
  citation?: string;
  /** The code of its diagnostic. */
  code: Code;
  /** The certificates that it looks at: `leaf`, `intermediate`, `anchor`. */
  roles: string[];
  /** Whom it binds: `issuer` or `verifier`. Those that bind issuers can be left out. */
  side: "issuer" | "verifier";
  /** What breaks it. */
  summary: string;
}
/** A public key. */
export interface PublicKeyView {
  /** `RSA`, `EC`, `Ed25519`; null if it is not supported. */
  algorithm: string | null;
  /** Size in bits. */
  bits: number | null;
  /** For RSA: the public exponent, if it is below 2^32. */
  exponent?: number;
  /** For RSA: the modulus in hexadecimal. */
  modulus?: string;
  /** `RSA-2048`, `P-256`, `Ed25519`, or what the key is called. */
  name: string;
  /** Dotted decimal of the algorithm. */
  oid: string;
  /** For EC and Ed25519: the point in hexadecimal, EC uncompressed. */
  point?: string;
}
/** A certification request, every field. */
export interface RequestView {
  /** Every attribute in order. Challenge passwords are not shown. */
  attributes: AttributeView[];
  /** Every requested extension in order. */
  extensions: ExtensionView[];
  /** What is wrong or odd under any policy, sorted by path and code. */
  findings: DiagnosticView[];
  /** Digests. */
  fingerprints: FingerprintsView;
  /** The public key. */
  publicKey: PublicKeyView;
  /** Version of this form: 1. */
  schemaVersion: number;
  /** The signature by the key itself: proof that the sender holds it. */
  signature: SignatureView;
  /** The subject. */
  subject: SubjectView;
  /** The subject alternative names in order. */
  subjectAltNames: NameView[];
}
/** A revocation list, every field. */
export interface RevocationListView {
  /** For a delta list: the number of the list that it adds to. */
  baseNumber?: string;
  /** The entries in order. */
  entries: RevokedCertificateView[];
  /** Every extension in order. */
  extensions: ExtensionView[];
  /** What is odd. */
  findings: DiagnosticView[];
  /** Who issued the list. */
  issuer: SubjectView;
  /** When the next one is due, RFC 3339 in UTC; null if the list does not say. */
  nextUpdate: string | null;
  /** Its number in hexadecimal. */
  number?: string;
  /** Version of this form: 1. */
  schemaVersion: number;
  /** SHA-256 of the encoding. */
  sha256: string;
  /** When it was issued, RFC 3339 in UTC. */
  thisUpdate: string;
}
/** One entry of a revocation list. */
export interface RevokedCertificateView {
  /** Why, by the name of RFC 5280 5.3.1. */
  reason: string;
  /** When it was revoked, RFC 3339 in UTC. */
  revocationDate: string;
  /** The serial number in lower-case hexadecimal. */
  serialNumber: string;
}
/** What became of a signature. */
export interface SignatureStatusView {
  /** Why it is not valid. */
  diagnostic?: DiagnosticView;
  /** `valid`, `invalid`, `refused` or `not-checked`. */
  status: "valid" | "invalid" | "refused" | "not-checked";
}
/** A signature. */
export interface SignatureView {
  /** Name or dotted decimal of the algorithm. */
  algorithm: string;
  /** Dotted decimal of the algorithm. */
  oid: string;
  /** `valid`, `invalid`, `refused` or `not-checked`. */
  status: "valid" | "invalid" | "refused" | "not-checked";
}
/** One attribute of a distinguished name. */
export interface SubjectAttributeView {
  /** The value in DER and hexadecimal, if it is no string. */
  der?: string;
  /** Dotted decimal of the type. */
  oid: string;
  /** Index of the RDN that it belongs to. */
  rdn: number;
  /** String type of the value; null if it is no string. */
  stringType: string | null;
  /** Name or dotted decimal of the type. */
  type: string;
  /** Text of the value; null if it is no string. */
  value: string | null;
}
/** A distinguished name. */
export interface SubjectView {
  /** Every attribute in order. */
  attributes: SubjectAttributeView[];
  /** The name in the form of RFC 4514. */
  text: string;
}
/** A path that holds, and what was proved. */
export interface VerifiedPathView {
  /** The time for which it was verified, RFC 3339 in UTC. */
  at: string;
  /** `verified`. */
  outcome: "verified";
  /** The certificates, leaf first, trust anchor last. */
  path: PathCertificateView[];
  /** The certificate policies for which the path holds: dotted decimal. */
  policies: string[];
  /** Version of this form: 1. */
  schemaVersion: number;
  /** Until when every certificate of the path is valid, RFC 3339 in UTC. */
  validUntil: string;
  /** What is odd and stops nothing. */
  warnings: DiagnosticView[];
  /** What the verification did. */
  work: WorkView;
}
/** Counted work: the same on every platform. */
export interface WorkView {
  /** Names that were held against name constraints. */
  nameComparisons: number;
  /** Edges of policy graphs. */
  policyEdges: number;
  /** Signatures that were remembered. */
  remembered: number;
  /** Signatures that were verified. */
  signatures: number;
  /** Certificates that were tried as issuers. */
  steps: number;
}
