/* Generated from bindings/schemas by `npm run generate`: change that, not this. */

import type { ContextDocument } from "./documents.js";
import type { Code } from "./names.js";

/** A field by its name, or an item by its index. */
export type StepView = number | string;
/** Text, number, yes or no, or a list. */
export type Data = boolean | number | string | Data[];
/** How several policies decide together. */
export type CombineWord = "any" | "all" | "named";

/** An algorithm. */
export interface AlgorithmView {
  /** Name or dotted decimal. */
  name: string;
  /** Dotted decimal. */
  oid: string;
}
/** Whether one policy is at most as permissive as another. */
export interface AtMostView {
  /** `yes`, `no` or `undecided`. */
  answer: "yes" | "no" | "undecided";
  /** With `no`: a request that shows it. */
  example: ExampleView | null;
  /** With `undecided`: the rules that could not be compared. */
  undecided: DiagnosticView[];
}
/** A request that one policy allows, and the other does not or issues otherwise. */
export interface ExampleView {
  /** What the policy that allows it says, and what it would issue. */
  allowed: DecisionView;
  /** The time of the evaluation. */
  at: string;
  /** Its context. */
  context: ContextDocument;
  /** What the other one says. */
  other: DecisionView;
  /** The request in PEM. */
  pem: string;
  /** The rule that differs, as a path into the policy that is stricter there. */
  rule: StepView[];
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
/** What became of a file of cases. */
export interface CaseReport {
  /** Each case in order. */
  cases: CaseResult[];
  /** Which rules the cases decide. */
  coverage: CoverageView;
  /** The policy's name. */
  policy: string;
}
/** What became of one case. */
export interface CaseResult {
  /** How it differs. */
  differences?: string[];
  /** What the case shows. */
  name: string;
  /** The decision that it got: `allowed`, `denied`, `notApplicable` or `error`. */
  outcome: string;
  /** Whether it came out as it says. */
  passed: boolean;
  /** The reasons that it got. */
  reasons?: DiagnosticView[];
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
/** What happens to one place of a request or of a policy. */
export interface ChangeView {
  /** `add`, `remove` or `replace`. */
  action: "add" | "remove" | "replace";
  /** What else follows from a change to a policy; null for nothing. */
  note: NoteView | null;
  /** Where. */
  path: StepView[];
  /** The value that is added, put there or removed. An entry of a policy's list that is a mapping is text in JSON. */
  value: Data;
}
/** What follows from a change besides that the request is allowed. */
export interface NoteView {
  /** One lower-case sentence. */
  message: string;
  /** `warning` if a denial is taken away or something else is denied; `notice` if more is allowed of what was. */
  severity: "warning" | "notice";
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
/** One request, judged by both policies. */
export interface ComparedRequestView {
  /** Whether the outcome changes, or what would be issued. */
  changed: boolean;
  /** The name of the input. */
  input: string;
  /** The outcome under the new policy. */
  new: string;
  /** The reasons of the new policy. */
  newReasons: DiagnosticView[];
  /** The outcome under the old policy. */
  old: string;
  /** The reasons of the old policy. */
  oldReasons: DiagnosticView[];
}
/** How two policies are related. */
export interface ComparisonView {
  /** Whether the old policy is at most as permissive as the new one. */
  atLeast: AtMostView | null;
  /** Whether the new policy is at most as permissive as the old one. */
  atMost: AtMostView | null;
  /** The policy as it is to be. */
  new: PolicyIdentityView;
  /** The policy as it was. */
  old: PolicyIdentityView;
  /**
   * `equal`, `stricter`, `looser` or `different`, said of the new policy; `undecided` if the analysis does not reach so far.
   * Null if requests were judged instead.
   */
  relation: "equal" | "stricter" | "looser" | "different" | "undecided" | null;
  /** The requests that were judged. */
  requests: ComparedRequestView[];
  /** Version of this form: 1. */
  schemaVersion: number;
}
/** What a CA's own certificate can say of a policy. */
export interface ConstraintsView {
  /** Subtrees in which no name may lie. */
  excluded: SubtreeView[];
  /** What the constraints let through and the policy does not, sorted by path and code. */
  notes: DiagnosticView[];
  /** pathLenConstraint. */
  pathLength: number;
  /** Subtrees in one of which a name of their kind must lie. */
  permitted: SubtreeView[];
  /** The policy. */
  policy: PolicyIdentityView;
  /** extendedKeyUsage of the CA; empty if it says nothing. */
  purposes: string[];
  /** Version of this form: 1. */
  schemaVersion: number;
}
/** One subtree of names. */
export interface SubtreeView {
  /** The kind of name in ASN.1. */
  kind: string;
  /** The subtree: a domain, a host, a mailbox, a block of addresses, or a distinguished name. Empty for all names. */
  value: string;
}
/** Which rules the cases of a policy decide. */
export interface CoverageView {
  /** Those that no case has shown. */
  missing: MissingView[];
  /** Those that a case has shown. */
  shown: number;
  /** Rules and effects in all. */
  total: number;
}
/** A rule that no case decides. */
export interface MissingView {
  /** What it was not seen to do: `allow` or `deny`. */
  effect: string;
  /** The rule, as a path into the document. */
  rule: string;
}
/** What a policy says of a request. */
export interface DecisionView {
  /** What follows from a denial if the policy is not enforced: `audit` or `warn`. */
  enforcement?: "audit" | "warn";
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
  /** What the simulated program says, if the policy decides as another program does. */
  simulation?: SimulationView;
  /** Exactly what would be issued; null unless allowed. */
  template: TemplateView | null;
  /** What should be mended or known and stops nothing. */
  warnings: DiagnosticView[];
}
/** What a simulated program says of a request. */
export interface SimulationView {
  /** What it would issue; null unless it allows the request. */
  issued: IssuedView | null;
  /** What it decides: `allowed`, `denied` or `notApplicable`. */
  outcome: "allowed" | "denied" | "notApplicable";
  /** The program, by the key of its policy in `compat`, such as `openbaoRole`. */
  program: string;
  /** Why it denies the request or leaves it alone. */
  reasons: DiagnosticView[];
  /** What it does otherwise than asked. */
  warnings: DiagnosticView[];
}
/** What a simulated program would issue. */
export interface IssuedView {
  /** basicConstraints. */
  basicConstraints: BasicConstraintsView;
  /** extendedKeyUsage by name, or dotted decimal. */
  extendedKeyUsage: string[];
  /** keyUsage by name. */
  keyUsage: string[];
  /** notAfter. */
  notAfter: string;
  /** notBefore. */
  notBefore: string;
  /** The subject's attributes in order. */
  subject: TemplateAttributeView[];
  /** The subject alternative names, in the spelling of the program. */
  subjectAltNames: TemplateNameView[];
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
/** Why a policy decides as it does, and what would have to change. */
export interface ExplanationView {
  /** The decision. */
  decision: DecisionView;
  /** Each field of the request that a rule decided. */
  fields: FieldExplanationView[];
  /** A narrowest change to the policy with which it allows the request; null if it does or none was found. */
  policyChange: PolicyChangeView | null;
  /** A smallest change to the request with which the policy allows it; null if it is allowed or none was found. */
  requestChange: RequestChangeView | null;
  /** Version of this form: 1. */
  schemaVersion: number;
}
/** Which rules decided one field. */
export interface FieldExplanationView {
  /** Whether the field may be as it is. */
  allowed: boolean;
  /** The field of the request or of its context. */
  path: StepView[];
  /** The rules that decided, as paths into the policy document. */
  rules: StepView[][];
  /** Rules that would have allowed the field if no other denied it. */
  wouldAllow: StepView[][];
}
/** A policy that allows the request. */
export interface PolicyChangeView {
  /** What changes. */
  changes: ChangeView[];
  /** The changed policy in its canonical form. */
  policy: string;
}
/** A request that the policy allows instead. */
export interface RequestChangeView {
  /** What changes. */
  changes: ChangeView[];
  /** Its context. */
  context: ContextDocument;
  /** The changed request in PEM, signed with a key for examples. */
  pem: string;
}
/** Digests, in hexadecimal. */
export interface FingerprintsView {
  /** SHA-256 of the SubjectPublicKeyInfo. */
  publicKeySha256: string;
  /** SHA-256 of the request. */
  sha256: string;
}
/** An imported policy as plain data. */
export interface ImportedView {
  /** The digest of its canonical form. */
  digest: string;
  /** What it does not keep, and what others have to see to. */
  notes: DiagnosticView[];
  /** The policy in YAML. */
  policy: string;
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
/** One rule of lint. */
export interface LintRuleView {
  /** Its clauses. */
  citation: string;
  /** The code of its findings. */
  code: Code;
  /** The profiles that have it, each with the severity of a finding. */
  profiles: LintSeverityView[];
  /** The day from which it binds, as `2026-03-15`; left out for always. */
  since?: string;
  /** What breaks it. */
  summary: string;
  /** What it looks at. */
  targets: string[];
}
/** How bad a finding is under a profile. */
export interface LintSeverityView {
  /** The profile. */
  profile: string;
  /** `error`, `warning` or `notice`. */
  severity: "error" | "warning" | "notice";
}
/** What lint found about one object. */
export interface LintView {
  /** The day whose rules count, in RFC 3339. */
  at: string;
  /** What was found, sorted by path and code. */
  findings: DiagnosticView[];
  /** Its subject, or the issuer of a list, in the form of RFC 4514. */
  name: string;
  /** Whose rules. */
  profile: "rfc5280" | "cabf-tls" | "mozilla" | "private";
  /** Version of this form: 1. */
  schemaVersion: number;
  /** What the object was taken for. */
  target:
    | "server"
    | "responder"
    | "leaf"
    | "intermediate"
    | "root"
    | "server-request"
    | "leaf-request"
    | "ca-request"
    | "revocation-list";
}
/** A new request in two forms. */
export interface MendView {
  /** A cert-manager `Certificate` in YAML. */
  certManager: string;
  /** What the new request leaves out, in the words of the old one. */
  leftOut: string[];
  /** Whether a key must be made, because the old one is refused. */
  newKey: boolean;
  /** An `openssl req` command in the syntax of POSIX shells. */
  openssl: string;
  /** Texts in capitals that whoever makes the request must replace. */
  toReplace: string[];
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
/** Several policies and how they decide together, as a document. */
export interface PolicySetDocument {
  /** How the policies decide together. Left out: any. */
  combine?: CombineWord;
  /** With `named`: the id of the policy that decides. */
  name?: string;
  /** Files of policies, relative to this one, and names of ready-made policies. */
  policies: string[];
  /** Version of this form: 1. */
  version: number;
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
/** Whether a certificate is renewed now. */
export interface RenewalView {
  /** Whether it is renewed now. */
  due: boolean;
  /** Why it is due; empty if it is not. */
  reasons: DiagnosticView[];
  /** When time alone makes it due, in RFC 3339. */
  renewAt: string;
  /** Version of this form: 1. */
  schemaVersion: number;
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
/** What several policies say of a request together. */
export interface SetDecisionView {
  /** Whether a policy that is enforced stands in the way. */
  blocked: boolean;
  /** `any`, `all` or `named`. */
  combination: "any" | "all" | "named";
  /** The policy that settled the outcome. */
  decidedBy: PolicyIdentityView | null;
  /** The decision of each policy that was asked, in order, with its reasons. */
  decisions: DecisionView[];
  /** `allowed`, `denied` or `notApplicable`. */
  outcome: "allowed" | "denied" | "notApplicable";
  /** What is wrong with the set as a whole. */
  reasons: DiagnosticView[];
  /** Version of this form: 1. */
  schemaVersion: number;
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
