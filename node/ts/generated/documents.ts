/* Generated from bindings/schemas by `npm run generate`: change that, not this. */

/** a number of seconds, or a text such as 72h */
export type Seconds = number | string;
/** A text, where `*` stands for any characters, or a mapping with one of exact, glob and regex. */
export type TextPattern =
  | string
  | {
      /** This text; a `*` in it is a `*`. */
      exact?: string;
      /** Text of this form; `*` stands for any characters. */
      glob?: string;
      /** Whether the case of ASCII letters is ignored. */
      ignoreCase?: boolean;
      /** Text that this regular expression matches; it must be anchored at both ends. */
      regex?: string;
    };
/** What becomes of a lifetime that reaches beyond the issuer's own. */
export type BeyondWord = "deny" | "truncate";
/** a time in RFC 3339 such as 2027-01-01T00:00:00Z */
export type Time = string;
/** a duration such as 90d, 24h or 1h30m, of at most 1000 years */
export type Duration = string;
/** values of a certificate: dns, ip, email, uri, otherName:TYPE or subject:TYPE */
export type CelEach = string;
/** A way in which a program decides otherwise than certgate. */
export type Quirk =
  | "addresses-unseen"
  | "backdate-from-end"
  | "common-name-before-idna"
  | "common-name-deny-falls-through"
  | "deny-only-kinds-open"
  | "drop-unfit-alt-names"
  | "ed25519-size-unknown"
  | "end-beyond-max-ttl"
  | "lifetime-floor"
  | "mailbox-rule-for-hosts"
  | "no-idna"
  | "parse-fault-is-server-fault"
  | "star-spans-dots"
  | "suffix-case-sensitive"
  | "truncate-expired-issuer"
  | "unanchored-regex"
  | "unknown-profile-is-default"
  | "unknown-usages-ignored"
  | "usages-as-text"
  | "wildcard-unseen-by-deny";
export type TextRule =
  | TextPattern[]
  | {
      /** The text must match one of these. */
      allow?: TextPattern[];
      /** The text may match none of these. */
      deny?: TextPattern[];
    };
/**
 * A DNS name, `*.` and a domain for any one label below it, or a mapping with one of exact, under, glob and regex.
 */
export type DnsPattern =
  | string
  | {
      /** With `under`: the largest number of labels below the domain. */
      depth?: number;
      /** This name. */
      exact?: string;
      /** Names of this form; `*` stands for any characters, dots included. */
      glob?: string;
      /** Names that this regular expression matches; it must be anchored at both ends. */
      regex?: string;
      /** Names below this domain, at any depth; the domain itself is not matched. */
      under?: string;
    };
export type EcKeys =
  | ("P-256" | "P-384" | "P-521")[]
  | {
      /** Whether points in compressed form are allowed. Left out: deny. */
      compressed?: "allow" | "deny";
      /** The curves: `P-256`, `P-384` and `P-521`. */
      curves: string[];
    };
/** A mail address, `*@` and a host for any address there, or a mapping with one of exact, host, under and regex. */
export type EmailPattern =
  | string
  | {
      /** This address. */
      exact?: string;
      /** Any address at this host. */
      host?: string;
      /** Addresses that this regular expression matches; it must be anchored at both ends. */
      regex?: string;
      /** Any address at a host below this domain. */
      under?: string;
    };
/** What follows from a denial. A certificate is never issued against the rules, whatever this says. */
export type Enforcement = "audit" | "warn" | "enforce";
/** The decision that a case must get. */
export type Expectation = string | string[] | FullExpectation;
/** One reason. */
export type ExpectedReason =
  | string
  | {
      /** The code. */
      code: string;
      /** The path, such as `extensions.subjectAltName[0].dNSName`. */
      path: string;
    };
/** an object identifier such as 1.3.6.1.5.5.7.1.24, or its name such as tlsFeature */
export type ObjectIdentifier = string;
export type GroupRule =
  | TextPattern[]
  | {
      /** Each of these must match at least one group. */
      allOf?: TextPattern[];
      /** At least one group must match one of these. */
      anyOf?: TextPattern[];
      /** No group may match one of these. */
      noneOf?: TextPattern[];
    };
/** Whether a common name must be among the subject alternative names. */
export type InNames = "optional" | "required" | "add";
/** Whether rules that bind issuers are enforced. */
export type IssuerRulesWord = "enforce" | "ignore";
/** a list of texts, or one text with commas */
export type TextList = string[] | string;
/** The name of a lint profile. */
export type LintProfileWord = "rfc5280" | "cabf-tls" | "mozilla" | "private";
/** What happens to a request for a longer lifetime than allowed. */
export type OverMax = "clamp" | "deny";
/** Yes or no, in words. */
export type Permission = "allow" | "deny";
/** A policy: which certificates may be issued. What is not mentioned is denied. */
export type PolicyDocument = PolicyDocument1 & PolicyDocument2;
export type PolicyDocument1 = {
  [k: string]: unknown;
};
/** Whether something must, may or must not be there. */
export type Presence = "forbidden" | "optional" | "required";
/** The name of a profile. */
export type ProfileWord = "rfc5280" | "webpki" | "private";
/** Where a case's request comes from. */
export type RequestSource = string | RequestDescription1;
/** The algorithm identifier of an RSA key. */
export type RsaIdentifier = "rsaEncryption" | "RSASSA-PSS";
/** Which certificates are looked at. */
export type ScopeWord = "chain" | "leaf";
/** What a status that nothing tells means. */
export type UnknownWord = "refuse" | "allow";
/** A URI, where `*` stands for any characters, or a mapping with scheme, or one of exact, glob and regex. */
export type UriPattern =
  | string
  | {
      /** This URI; a `*` in it is a `*`. */
      exact?: string;
      /** URIs of this form; `*` stands for any characters. */
      glob?: string;
      /**
       * A DNS name, `*.` and a domain for any one label below it, or a mapping with one of exact, under, glob and regex.
       */
      host?:
        | string
        | {
            /** With `under`: the largest number of labels below the domain. */
            depth?: number;
            /** This name. */
            exact?: string;
            /** Names of this form; `*` stands for any characters, dots included. */
            glob?: string;
            /** Names that this regular expression matches; it must be anchored at both ends. */
            regex?: string;
            /** Names below this domain, at any depth; the domain itself is not matched. */
            under?: string;
          };
      /** With `scheme`: the path; `*` stands for any characters of one segment, `**` for any characters. */
      path?: string;
      /** URIs that this regular expression matches; it must be anchored at both ends. */
      regex?: string;
      /** The scheme, such as `spiffe`. */
      scheme?: string;
    };
export type UsageRule =
  | string[]
  | {
      /** Every usage that is asked for must be one of these. */
      allow?: string[];
      /**
       * What is issued if the request asks for nothing. Left out: all of `allow`, or the first of `oneOf`, that the key can do; of
       * several purposes, or several sets of them, none is chosen and the request is denied.
       */
      default?: string[];
      /**
       * What is issued whatever the request asks for, with a notice where it asks for something else. Excludes the others.
       */
      force?: string[];
      /** The usages that are asked for must be exactly one of these sets. */
      oneOf?: string[][];
      /** All of these must be asked for. */
      require?: string[];
    };

/** What a CertificateRequestPolicy allows. */
export interface ApproverAllowed {
  /** The common name. */
  commonName?: ApproverText | null;
  /** dNSName. */
  dnsNames?: ApproverSlice | null;
  /** rfc822Name. */
  emailAddresses?: ApproverSlice | null;
  /** iPAddress, as text. */
  ipAddresses?: ApproverSlice | null;
  /** Whether certificates of CAs are allowed. */
  isCA?: boolean | null;
  /** otherName by type. */
  otherNames?: ApproverByOid[];
  /** Other attributes of the subject. */
  subject?: ApproverSubject | null;
  /** uniformResourceIdentifier. */
  uris?: ApproverSlice | null;
  /** Words for usages. */
  usages?: string[] | null;
}
/** What is allowed of a field with one value. */
export interface ApproverText {
  /** Whether there must be a value. */
  required?: boolean | null;
  /** Rules in CEL that each value must pass. */
  validations?: ApproverValidation[];
  /** A pattern in which `*` stands for any characters. */
  value?: string | null;
}
/** A rule in CEL over `self`, one value, and `cr`, the request. */
export interface ApproverValidation {
  /** What a violation says. */
  message?: string | null;
  /** The expression, which must be true. */
  rule?: string;
}
/** What is allowed of a field with several values. */
export interface ApproverSlice {
  /** Whether there must be a value. */
  required?: boolean | null;
  /** Rules in CEL that each value must pass. */
  validations?: ApproverValidation[];
  /** Patterns in which `*` stands for any characters. */
  values?: string[] | null;
}
/** What is allowed of a type of otherName or attribute. */
export interface ApproverByOid {
  /** The type. */
  oid?: string | null;
  /** Whether there must be a value. */
  required?: boolean | null;
  /** Rules in CEL that each value must pass. */
  validations?: ApproverValidation[];
  /** Patterns in which `*` stands for any characters. */
  values?: string[] | null;
}
/** Attributes of the subject. */
export interface ApproverSubject {
  /** countryName. */
  countries?: ApproverSlice | null;
  /** localityName. */
  localities?: ApproverSlice | null;
  /** organizationalUnitName. */
  organizationalUnits?: ApproverSlice | null;
  /** organizationName. */
  organizations?: ApproverSlice | null;
  /** Attributes without a field of their own. */
  otherAttributes?: ApproverByOid[];
  /** postalCode. */
  postalCodes?: ApproverSlice | null;
  /** stateOrProvinceName. */
  provinces?: ApproverSlice | null;
  /** serialNumber. */
  serialNumber?: ApproverText | null;
  /** streetAddress. */
  streetAddresses?: ApproverSlice | null;
}
/** Bounds on lifetimes and keys. */
export interface ApproverConstraints {
  /** The longest lifetime. */
  maxDuration?: Seconds | null;
  /** The shortest lifetime. */
  minDuration?: Seconds | null;
  /** The key. */
  privateKey?: ApproverPrivateKey | null;
}
/** Bounds on keys. */
export interface ApproverPrivateKey {
  /** `RSA`, `ECDSA` or `Ed25519`. */
  algorithm?: string | null;
  /** The largest size in bits. */
  maxSize?: number | null;
  /** The smallest size in bits. */
  minSize?: number | null;
}
/** The issuer that is asked; `*` stands for any characters. */
export interface ApproverIssuer {
  /** API group. */
  group?: string | null;
  /** Kind. */
  kind?: string | null;
  /** Name. */
  name?: string | null;
}
/** The namespace of the request. */
export interface ApproverNamespace {
  /** Labels: the facts `namespaceLabel-NAME`. */
  matchLabels?: {
    [k: string]: string;
  };
  /** Names; `*` stands for any characters. */
  matchNames?: string[] | null;
}
/** The `spec` of a CertificateRequestPolicy (policy.cert-manager.io/v1alpha1), in its own words. */
export interface ApproverPolicy {
  /** What is allowed; what is left out must be absent. */
  allowed?: ApproverAllowed | null;
  /** Bounds on lifetimes and keys. */
  constraints?: ApproverConstraints | null;
  /** Plugins: the fact `plugin-NAME` is `allowed` if one agrees. */
  plugins?: {
    [k: string]: {
      [k: string]: {
        [k: string]: string;
      };
    };
  };
  /** For which requests the policy is meant. */
  selector?: ApproverSelector | null;
}
/** For which requests a policy is meant. */
export interface ApproverSelector {
  /** The issuer that is asked. */
  issuerRef?: ApproverIssuer | null;
  /** The namespace of the request. */
  namespace?: ApproverNamespace | null;
}
/**
 * One type of subject attribute.
 *
 * This interface was referenced by `undefined`'s JSON-Schema definition
 * via the `patternProperty` "^([0-2](\.[0-9]+)+|[A-Za-z][A-Za-z0-9]*)$".
 */
export interface AttributeRule {
  /** Every value must match one of these. */
  allow?: TextPattern[];
  /** No value may match one of these. */
  deny?: TextPattern[];
  /** The values must be exactly these, in any order. */
  exactly?: string[];
  /** Whether there must be such an attribute. Left out: optional. */
  presence?: Presence;
}
/** Certificates of CAs: the request must ask for one, and every certificate of this policy is one. */
export interface CaRules {
  /** Largest pathLenConstraint, and the one that is issued if the request asks for none. */
  maxPathLength: number;
}
/** One request and the decision that it must get. */
export interface Case {
  /** The time of the evaluation. */
  at?: Time | null;
  /** The context of this case alone. */
  context?: ContextDocument | null;
  /** The decision. */
  expect: Expectation;
  /** What the case shows. */
  name: string;
  /** A request's file, relative to this one, or a description from which a request is made. */
  request: RequestSource;
}
/** What is known besides the request: who asks, where, of whom, and for how long. */
export interface ContextDocument {
  /**
   * Whether the signer issues the request as it stands, and not the template: what the policy would change of it is then a
   * reason. It is so for Kubernetes objects, unless this says `false`.
   */
  asRequested?: boolean | null;
  /**
   * The lifetime that the signer gives where none is asked for, judged as one that is asked for. A Kubernetes object has
   * that of its signer: 2160h of cert-manager's own issuers, 8760h of `kubernetes.io` (`--cluster-signing-duration`).
   */
  defaultDuration?: Duration | null;
  /** The lifetime that is asked for. */
  duration?: Duration | null;
  /** Facts that the host supplies: a text, a number, true or false, or a list of those. */
  facts?: {
    [k: string]: unknown;
  };
  /** The issuer that is asked. */
  issuer?: IssuerDocument | null;
  /** The namespace of the request. */
  namespace?: string | null;
  /** The end of life that is asked for. */
  notAfter?: Time | null;
  /**
   * Parameters of the call beside the request. `isCA` says whether a certificate of a CA is asked for; the others are for
   * policies that decide as another program does: a text, a number, true or false, or a list of those.
   */
  parameters?: {
    [k: string]: unknown;
  };
  /** Who asks. */
  requester?: RequesterDocument | null;
  /** The Kubernetes signer that is asked. */
  signerName?: string | null;
  /** Usages that are asked for beside the request: words of Kubernetes or of X.509. */
  usages?: string[] | null;
}
/** The issuer that is asked, as cert-manager's issuerRef names it. */
export interface IssuerDocument {
  /** API group. Left out: `cert-manager.io`. */
  group?: string;
  /** Kind. Left out: `Issuer`. */
  kind?: string;
  /** Name. */
  name: string;
}
/** Who asks. */
export interface RequesterDocument {
  /** Further attributes that the authenticator gave. */
  extra?: {
    [k: string]: string[];
  };
  /** Groups. */
  groups?: string[];
  /** User name. */
  username: string;
}
/** A file of cases. */
export interface CaseFile {
  /** The time of the evaluation, unless a case says otherwise. Left out: 2026-01-01T00:00:00Z. */
  at?: Time | null;
  /** The cases. */
  cases: Case[];
  /** The context, unless a case brings its own. */
  context?: ContextDocument;
  /** The policy's file, relative to this one. Left out: the file of the same name without `.cases`. */
  policy?: string | null;
}
/**
 * A rule in CEL, for what a table cannot say. It can deny what the other rules allow, and never the other way round.
 */
export interface CelRule {
  /**
   * The expression, which must be true: at most 2 KiB, over `cert`, `request`, `requester`, `facts`, `factValues`, `cr` and, with
   * `each`, `self`.
   */
  cel: string;
  /** The rule's name in decisions: lower-case letters, digits and `_`, at most 64 of them. */
  code: string;
  /** The values that the rule is run for, each as `self`. Left out: it is run once. */
  each?: CelEach;
  /** What a denial says: one line of at most 512 bytes. */
  message: string;
}
/** Certificates of CAs. */
export interface CfsslCaConstraint {
  /** Whether certificates are those of CAs. */
  is_ca?: boolean | null;
  /** Largest path length. */
  max_path_len?: number | null;
  /** Whether a path length of 0 is meant. */
  max_path_len_zero?: boolean | null;
}
/** Which parts of the request are used. */
export interface CfsslCsrParts {
  /** dNSName. */
  DNSNames?: boolean | null;
  /** rfc822Name. */
  EmailAddresses?: boolean | null;
  /** iPAddress. */
  IPAddresses?: boolean | null;
  /** The key. */
  PublicKey?: boolean | null;
  /** The algorithm of the key. */
  PublicKeyAlgorithm?: boolean | null;
  /** The signature algorithm. */
  SignatureAlgorithm?: boolean | null;
  /** The subject. */
  Subject?: boolean | null;
  /** uniformResourceIdentifier. */
  URIs?: boolean | null;
}
/** A certificate policy to write, for the issuer. */
export interface CfsslPolicy {
  /** Its object identifier. */
  ID?: string | null;
  /** Qualifiers: type and value. */
  Qualifiers?: {
    [k: string]: string;
  }[];
}
/** A signing profile, in its own words. */
export interface CfsslProfile {
  /** Which parts of the request are used. */
  CSRWhitelist?: CfsslCsrParts | null;
  /** Whether the call gives the serial number. */
  ClientProvidesSerialNumbers?: boolean | null;
  /** Extensions that the call may pass. */
  allowed_extensions?: string[];
  /** For the host. */
  auth_key?: string | null;
  /** For the host. */
  auth_remote?: {
    [k: string]: string;
  } | null;
  /** How far before now lifetimes begin. */
  backdate?: Seconds | null;
  /** Certificates of CAs. */
  ca_constraint?: CfsslCaConstraint | null;
  /** Whether extensions of the request are copied. */
  copy_extensions?: boolean | null;
  /** For the issuer. */
  crl_url?: string | null;
  /** For the issuer. */
  ct_log_servers?: string[];
  /** The lifetime. */
  expiry?: Seconds | null;
  /** For the issuer. */
  ignored_lint_sources?: string[];
  /** For the issuer. */
  ignored_lints?: string[];
  /** For the issuer. */
  issuer_urls?: string[];
  /** For the issuer. */
  lint_error_level?: number | null;
  /** A regular expression for names. */
  name_whitelist?: string | null;
  /** A fixed end of life. */
  not_after?: string | null;
  /** A fixed beginning of life. */
  not_before?: string | null;
  /** For the issuer. */
  ocsp_no_check?: boolean | null;
  /** For the issuer. */
  ocsp_url?: string | null;
  /** For the issuer. */
  policies?: CfsslPolicy[];
  /** For the host. */
  prev_auth_key?: string | null;
  /** For the host. */
  remote?: string | null;
  /** Words for usages. */
  usages?: string[];
}
/** The `signing` part of a configuration of cfssl. */
export interface CfsslSigning {
  /** The profile of requests that name none. */
  default?: CfsslProfile | null;
  /** Profiles by name; the parameter `profile` names one. */
  profiles?: {
    [k: string]: CfsslProfile;
  };
}
/** The common name. */
export interface CommonNameRule {
  /** The common name must match one of these. */
  allow?: TextPattern[];
  /** The common name may match none of these. */
  deny?: TextPattern[];
  /** Whether the common name must also be a subject alternative name. Left out: required, unless `allow` is given. */
  inNames?: InNames;
  /** Whether there must be a common name. Left out: optional. */
  presence?: Presence;
}
/**
 * The policy of another program, decided exactly as that program does. It is a simulation: what breaks a rule that no
 * policy of certgate switches off is denied all the same. A policy with `compat` has no rules of its own.
 */
export interface CompatRules {
  /** A CertificateRequestPolicy of approver-policy: its `spec`. */
  approverPolicy?: ApproverPolicy;
  /** The `signing` part of a configuration of cfssl. */
  cfssl?: CfsslSigning;
  /** The options of kubelet-csr-approver. */
  kubeletCsrApprover?: KubeletCsrApprover;
  /** A signer of Kubernetes. */
  kubernetesSigner?: KubernetesSigner;
  /** A role of OpenBao's PKI secrets engine. */
  openbaoRole?: VaultRole;
  /** The quirks that are kept. One that is left out is decided as certgate does. */
  quirks?: Quirk[];
  /** The policies and claims of a step-ca. */
  stepCa?: StepPolicy;
  /** A role of Vault's PKI secrets engine. */
  vaultRole?: VaultRole;
}
/** Conditions on who asks, where and of whom. All that are given must hold; what the context lacks does not hold. */
export interface Conditions {
  /** Facts that the host supplies, by name. Every value of a fact must fit. */
  facts?: {
    [k: string]: TextRule;
  };
  /** The requester's groups. */
  groups?: GroupRule;
  /** The issuer that is asked. */
  issuer?: IssuerConditions;
  /** The namespace of the request. */
  namespace?: TextRule;
  /** The Kubernetes signer, such as `kubernetes.io/kubelet-serving`. */
  signerName?: TextRule;
  /** The requester's user name, such as `system:node:*`. */
  username?: TextRule;
}
/** How many. */
export interface Count {
  /** The most. */
  max?: number;
  /** The fewest. */
  min?: number;
}
/** An extension by its encoding. */
export interface DescribedExtension {
  /** Whether it is marked critical. */
  critical?: boolean;
  /** The type. */
  type: ObjectIdentifier;
  /** The contents of extnValue in base64. */
  value: string;
}
/** A development CA to be made. */
export interface DevAuthorityDocument {
  /** The kind of its key, such as `P-256`. Left out: P-256. */
  key?: string | null;
  /** How long it lives. Left out: 3650d. */
  lifetime?: Duration | null;
  /** Its common name. Left out: `certgate development CA`. */
  name?: string | null;
}
/** A certificate of a development CA to be made. */
export interface DevCertificateDocument {
  /** The common name. Left out: none. */
  commonName?: string | null;
  /** For certificates of another time, such as expired ones: when it is issued. Left out: now. */
  issuedAt?: Time | null;
  /** The kind of its key. Left out: P-256. */
  key?: string | null;
  /** How long it lives. Left out: 397d, or until the CA's end. */
  lifetime?: Duration | null;
  /**
   * Host names, IP addresses, mailboxes and URIs, told apart by their form; may be left out if there is a common name.
   */
  names?: string[];
  /** Groups, organisations: one O each. */
  organizations?: string[];
  /** Purposes. Left out: serverAuth and clientAuth. */
  purposes?: string[];
}
/** Which dNSNames are allowed. */
export interface DnsRules {
  /** A name must match one of these. */
  allow?: DnsPattern[];
  /** How many dNSNames there may be. */
  count?: Count;
  /** A name may match none of these. A wildcard that stands for a denied name is denied. */
  deny?: DnsPattern[];
  /** Whether there must be a dNSName. Left out: optional. */
  presence?: Presence;
  /** Whether a wildcard directly below a public suffix, such as `*.com`, is allowed. Left out: deny. */
  publicSuffixWildcard?: Permission;
  /** Whether names with an underscore are allowed. Left out: deny. */
  underscore?: Permission;
  /** Whether wildcard certificates are allowed at all: names whose first label is `*`. Left out: deny. */
  wildcard?: Permission;
}
/** Ed25519 keys; there is nothing to choose: `{}`. */
export interface Ed25519Keys {}
/** Which rfc822Names are allowed. */
export interface EmailRules {
  /** An address must match one of these. */
  allow?: EmailPattern[];
  /** How many rfc822Names there may be. */
  count?: Count;
  /** An address may match none of these. */
  deny?: EmailPattern[];
  /** Whether there must be an rfc822Name. Left out: optional. */
  presence?: Presence;
}
/** What an exception is for: denials by these codes, of these values, in this context. */
export interface ExceptionMatch {
  /** The codes of the denials that it takes away, such as `policy/key-size`. */
  codes: string[];
  /** Who asks, where and of whom; left out: anyone. */
  context?: Conditions;
  /** The values that were found, such as a name or a key; left out: any value. */
  values?: TextPattern[];
}
/** An exception from some rules, for a time. What no policy switches off stays on. */
export interface ExceptionRule {
  /** What it is for. */
  match: ExceptionMatch;
  /** Who answers for it. */
  owner: string;
  /** Why it is there. */
  reason: string;
  /** The last moment at which it holds. From then on the rules hold again, and the policy is reported by lint. */
  until: Time;
}
/** More exactly. */
export interface FullExpectation {
  /** `allowed`, `denied`, `notApplicable` or `error`. */
  outcome: string;
  /** Exactly these reasons, in any order. */
  reasons?: ExpectedReason[] | null;
  /** Fields of the template that would be issued, such as `notAfter`, with the values that they must have. */
  template?: {
    [k: string]: unknown;
  };
  /** At least these warnings: codes. */
  warnings?: string[];
}
/** What happens to extensions that a request asks for. An extension that is in neither list is denied. */
export interface ExtensionRules {
  /** Types that are copied into the certificate as they are. Critical ones are copied as critical. */
  copy?: ObjectIdentifier[];
  /** Types that are left out of the certificate, with a notice. */
  ignore?: ObjectIdentifier[];
}
/** A decision in detail. What is left out is not compared. */
export interface FullExpectation1 {
  /** `allowed`, `denied`, `notApplicable` or `error`. */
  outcome: string;
  /** Exactly these reasons, in any order. */
  reasons?: ExpectedReason[] | null;
  /** Fields of the template that would be issued, such as `notAfter`, with the values that they must have. */
  template?: {
    [k: string]: unknown;
  };
  /** At least these warnings: codes. */
  warnings?: string[];
}
/** How a policy of another program is imported, as a document. */
export interface ImportDocument {
  /** Whether the policy decides exactly as the program does. Left out: no. */
  exact?: boolean;
  /** The name of the imported policy. Left out: the name in the file, or that of the kind. */
  id?: string | null;
  /** The profile of a cfssl, or the provisioner of a step-ca. */
  profile?: string | null;
}
/** Which iPAddresses are allowed. */
export interface IpRules {
  /** Addresses and blocks such as `10.0.0.0/8`, without host bits. An address must lie in one of them. */
  allow?: string[];
  /** How many iPAddresses there may be. */
  count?: Count;
  /** An address may lie in none of these. */
  deny?: string[];
  /** Whether IPv4-mapped IPv6 addresses are allowed, if the IPv4 address is. Left out: deny. */
  mapped?: Permission;
  /** Whether there must be an iPAddress. Left out: optional. */
  presence?: Presence;
}
/** The issuer that is asked, as cert-manager's issuerRef names it. */
export interface IssuerConditions {
  /** The issuer's API group, such as `cert-manager.io`. */
  group?: TextRule;
  /** The issuer's kind, such as `ClusterIssuer`. */
  kind?: TextRule;
  /** The issuer's name. */
  name?: TextRule;
}
/** What an issuer says in every certificate, and what becomes of lifetimes beyond its own. */
export interface IssuerOptions {
  /** What becomes of a lifetime that reaches beyond the issuer's own. Left out: deny. */
  beyond?: BeyondWord;
  /** Where the revocation list is: URIs for cRLDistributionPoints. */
  crlUris?: string[];
  /** Where the issuer's certificate is: URIs for authorityInfoAccess. */
  issuerUris?: string[];
  /** Who answers by OCSP: URIs for authorityInfoAccess. */
  ocspUris?: string[];
}
/** The key algorithms that are allowed. One that is left out is denied. */
export interface KeyRules {
  /** Keys on named curves. */
  EC?: EcKeys;
  /** Ed25519 keys. */
  Ed25519?: Ed25519Keys;
  /** RSA keys. */
  RSA?: RsaKeys;
}
/** The options of kubelet-csr-approver, in its own words. */
export interface KubeletCsrApprover {
  /** How many DNS names a request may have. */
  "allowed-dns-names"?: number | null;
  /** Whether DNS names need not resolve. */
  "bypass-dns-resolution"?: boolean | null;
  /** Whether DNS names need not begin with the name of the node. */
  "bypass-hostname-check"?: boolean | null;
  /** Whether requests of others than nodes are left alone. */
  "ignore-non-system-node"?: boolean | null;
  /** The longest lifetime. */
  "max-expiration-seconds"?: Seconds | null;
  /** Blocks that addresses must lie in. */
  "provider-ip-prefixes"?: TextList | null;
  /** A regular expression for DNS names. */
  "provider-regex"?: string | null;
  /** Whether a request is left pending that would be denied. */
  "skip-deny-step"?: boolean | null;
}
/** A signer of Kubernetes. */
export interface KubernetesSigner {
  /** `--cluster-signing-duration`. Left out: a year. */
  clusterSigningDuration?: Seconds | null;
  /** Its name. */
  signerName?: string | null;
}
/** What one call asks for. */
export interface LintDocument {
  /**
   * The day whose rules count, in RFC 3339. Left out: when the certificate or list was made, as it says itself; for a
   * request, now.
   */
  at?: string | null;
  /** Whose rules. Left out: rfc5280. */
  profile?: LintProfileWord;
}
/** The subject alternative names. A kind that is not mentioned is denied. */
export interface NameRules {
  /** How many names there may be in all. Left out: at most 100. */
  count?: Count;
  /** dNSName. */
  dns?: DnsRules;
  /** rfc822Name. */
  email?: EmailRules;
  /** iPAddress. */
  ip?: IpRules;
  /** otherName by type, such as `userPrincipalName`. */
  otherName?: {
    [k: string]: OtherNameRules;
  };
  /** Whether there must be names at all. Left out: required. */
  presence?: Presence;
  /** uniformResourceIdentifier. */
  uri?: UriRules;
}
/**
 * Which otherNames of one type are allowed. The value must be a string.
 *
 * This interface was referenced by `undefined`'s JSON-Schema definition
 * via the `patternProperty` "^([0-2](\.[0-9]+)+|[A-Za-z][A-Za-z0-9]*)$".
 */
export interface OtherNameRules {
  /** A value must match one of these. */
  allow?: TextPattern[];
  /** How many otherNames of this type there may be. */
  count?: Count;
  /** A value may match none of these. */
  deny?: TextPattern[];
  /** Whether there must be an otherName of this type. Left out: optional. */
  presence?: Presence;
  /** The string types of ASN.1 that a value may have, such as `UTF8String`. Left out: any. */
  stringTypes?: string[];
}
/** A request to be made. */
export interface NewRequestDocument {
  /** Whether the certificate of a CA is asked for. */
  ca?: boolean;
  /** Bits of keyUsage, such as `digitalSignature`. Left out: no such extension. */
  keyUsage?: string[];
  /** Subject alternative names: host names, IP addresses, mailboxes and URIs, told apart by their form. */
  names?: string[];
  /** How many intermediates may follow the CA. */
  pathLength?: number | null;
  /** Purposes by name or dotted decimal, such as `serverAuth`. Left out: no such extension. */
  purposes?: string[];
  /** Subject attributes in order, each `TYPE=value`, such as `CN=web` or `organizationName=Example`. */
  subject?: string[];
}
/** Which certificate policies are acceptable (RFC 5280 6.1.1). */
export interface PoliciesDocument {
  /** Dotted decimal, or anyPolicy; none for any. */
  acceptable?: string[];
  /** anyPolicy stands for nothing. */
  inhibitAny?: boolean;
  /** Policies are not mapped. */
  inhibitMapping?: boolean;
  /** The path must hold for one of them. */
  requireExplicit?: boolean;
}
export interface PolicyDocument2 {
  /** Attributes of the request other than the extension request and the challenge password. */
  attributes?: RequestAttributeRules;
  /** Certificates of CAs. Left out: a request for one is denied. */
  ca?: CaRules;
  /** The policy of another program, decided as it does. Excludes all other rules. */
  compat?: CompatRules;
  /** What the policy is for, for people. */
  description?: string;
  /** What follows from a denial. Left out: enforce. */
  enforcement?: Enforcement;
  /** Exceptions from some rules, each for a time and with someone who answers for it. */
  exceptions?: ExceptionRule[];
  /** Requested extensions other than subjectAltName, keyUsage, extendedKeyUsage and basicConstraints. */
  extensions?: ExtensionRules;
  /** The policy's name in decisions and reports. */
  id: string;
  /** The key algorithms that are allowed, with their sizes. */
  keys?: KeyRules;
  /** The subject alternative names. */
  names?: NameRules;
  /** What must hold besides. A request that does not fit is denied. */
  require?: Conditions;
  /** Rules in CEL, for what a table cannot say: all must hold, besides everything else. */
  rules?: CelRule[];
  /**
   * For which requests the policy is meant. A request that does not fit is not applicable, neither allowed nor denied.
   */
  select?: Conditions;
  /** The subject's distinguished name. */
  subject?: SubjectRules;
  /** Key usage and extended key usage. */
  usages?: UsageRules;
  /** How long a certificate lives. */
  validity?: ValidityRules;
  /** Version of the policy language: 1. */
  version: number;
}
/** What happens to attributes of a request. One that is not in the list is denied. */
export interface RequestAttributeRules {
  /** Types that have no effect, with a notice. */
  ignore?: ObjectIdentifier[];
}
/** What a request says, to make one for a case. */
export interface RequestDescription {
  /** Further attributes, each a mapping of its type and a UTF8String value. */
  attributes?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^([0-2](\.[0-9]+)+|[A-Za-z][A-Za-z0-9]*)$".
     */
    [k: string]: string;
  }[];
  /** Whether the request is for a CA; left out: basicConstraints is left out. */
  ca?: boolean | null;
  /** dNSNames. */
  dns?: string[];
  /** rfc822Names. */
  email?: string[];
  /** extendedKeyUsage by name or object identifier. */
  extendedKeyUsage?: string[];
  /** Further extensions. */
  extensions?: DescribedExtension[];
  /** iPAddresses. */
  ip?: string[];
  /** The key: `P-256` (if left out), `P-384`, `P-521`, `Ed25519`, `RSA-1024`, `RSA-2048`, `RSA-3072` or `RSA-4096`. */
  key?: string | null;
  /** keyUsage by name. */
  keyUsage?: string[] | null;
  /** otherNames with UTF8String values, each a mapping of its type and its value. */
  otherName?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^([0-2](\.[0-9]+)+|[A-Za-z][A-Za-z0-9]*)$".
     */
    [k: string]: string;
  }[];
  /** pathLenConstraint. */
  pathLength?: number | null;
  /** Subject attributes in order, each a mapping of one type and its value: `[{O: Acme}, {CN: api}]`. */
  subject?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^([0-2](\.[0-9]+)+|[A-Za-z][A-Za-z0-9]*)$".
     */
    [k: string]: string;
  }[];
  /** uniformResourceIdentifiers. */
  uri?: string[];
}
/** A description, from which a request is made and signed with a fixed key. */
export interface RequestDescription1 {
  /** Further attributes, each a mapping of its type and a UTF8String value. */
  attributes?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^([0-2](\.[0-9]+)+|[A-Za-z][A-Za-z0-9]*)$".
     */
    [k: string]: string;
  }[];
  /** Whether the request is for a CA; left out: basicConstraints is left out. */
  ca?: boolean | null;
  /** dNSNames. */
  dns?: string[];
  /** rfc822Names. */
  email?: string[];
  /** extendedKeyUsage by name or object identifier. */
  extendedKeyUsage?: string[];
  /** Further extensions. */
  extensions?: DescribedExtension[];
  /** iPAddresses. */
  ip?: string[];
  /** The key: `P-256` (if left out), `P-384`, `P-521`, `Ed25519`, `RSA-1024`, `RSA-2048`, `RSA-3072` or `RSA-4096`. */
  key?: string | null;
  /** keyUsage by name. */
  keyUsage?: string[] | null;
  /** otherNames with UTF8String values, each a mapping of its type and its value. */
  otherName?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^([0-2](\.[0-9]+)+|[A-Za-z][A-Za-z0-9]*)$".
     */
    [k: string]: string;
  }[];
  /** pathLenConstraint. */
  pathLength?: number | null;
  /** Subject attributes in order, each a mapping of one type and its value: `[{O: Acme}, {CN: api}]`. */
  subject?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^([0-2](\.[0-9]+)+|[A-Za-z][A-Za-z0-9]*)$".
     */
    [k: string]: string;
  }[];
  /** uniformResourceIdentifiers. */
  uri?: string[];
}
/** What revocation means. */
export interface RevocationDocument {
  /** Which certificates are looked at. Left out: chain. */
  scope?: ScopeWord;
  /** What a status that nothing tells means. Left out: refuse. */
  unknown?: UnknownWord;
}
/** A certificate that was revoked. */
export interface RevocationEntryDocument {
  /** When it was revoked. Left out: when the list is made. */
  at?: Time | null;
  /** Why, by the name of RFC 5280 5.3.1, such as `keyCompromise`. Left out: unspecified. */
  reason?: string | null;
  /** Its serial number in hexadecimal. */
  serialNumber: string;
}
/** A revocation list to be made. */
export interface RevocationListDocument {
  /** How long the list holds. Left out: 7d. */
  lifetime?: Duration | null;
  /** When the next list is due. Left out: after `lifetime`. */
  nextUpdate?: Time | null;
  /**
   * The number in hexadecimal: larger than that of every list before. Left out: the one after the previous list's, or 1.
   */
  number?: string | null;
  /** What was revoked, besides the entries of the previous list. */
  revocations?: RevocationEntryDocument[];
}
/** A root to be made. */
export interface RootDocument {
  /** How long it lives. Left out: 3650d. */
  lifetime?: Duration | null;
  /** The first second of its life. Left out: now. */
  notBefore?: Time | null;
  /** How many intermediates may follow. Left out: any number. */
  pathLength?: number | null;
  /** Subject attributes in order, each `TYPE=value`; at least one. */
  subject: string[];
}
/** RSA keys by size of the modulus in bits. */
export interface RsaKeys {
  /**
   * How the key says what it is for: `rsaEncryption`, and `RSASSA-PSS` for signatures of that kind alone (RFC 4055
   * 1.2). Left out: both.
   */
  identifiers?: RsaIdentifier[];
  /** The largest size. Left out: 4096; no policy can go above 8192. */
  max?: number;
  /** The smallest size. Left out: 2048, which no policy can go below. */
  min?: number;
  /** The only sizes, if given. */
  sizes?: number[];
}
/** Claims on lifetimes. */
export interface StepClaims {
  /** The lifetime that a request gets that asks for none. */
  defaultTLSCertDuration?: Seconds | null;
  /** The longest lifetime. */
  maxTLSCertDuration?: Seconds | null;
  /** The shortest lifetime. */
  minTLSCertDuration?: Seconds | null;
}
/** Names by kind. */
export interface StepNames {
  /** Common names. */
  cn?: string[];
  /** Domains, or `*.` and a domain for exactly one more label. */
  dns?: string[];
  /** `@` and a domain, or a mailbox. */
  email?: string[];
  /** Addresses and blocks. */
  ip?: string[];
  /** Hosts of URIs. */
  uri?: string[];
}
/** The policies and claims of a step-ca that bear on certificates. */
export interface StepPolicy {
  /** The policy of the authority. */
  authority?: StepX509 | null;
  /** The claims of the authority. */
  claims?: StepClaims | null;
  /** The provisioner that is asked. */
  provisioner?: StepProvisioner | null;
}
/** A policy for names. */
export interface StepX509 {
  /** What is allowed. */
  allow?: StepNames | null;
  /** Whether a name may be a wildcard. */
  allowWildcardNames?: boolean | null;
  /** What is denied, whatever is allowed. */
  deny?: StepNames | null;
}
/** A provisioner. */
export interface StepProvisioner {
  /** The policy of the ACME account. */
  accountPolicy?: StepX509 | null;
  /** Its claims, before those of the authority. */
  claims?: StepClaims | null;
  /** Its policy, besides that of the authority. */
  policy?: StepX509 | null;
  /** Its type, such as `JWK`, `X5C` or `ACME`. */
  type?: string | null;
}
/**
 * The subject's distinguished name. An attribute that is not mentioned is denied; a common name is allowed if it equals
 * a subject alternative name.
 */
export interface SubjectRules {
  /** Other attributes by type, such as `O` or `organizationName`. */
  attributes?: {
    [k: string]: AttributeRule;
  };
  /** The common name. */
  commonName?: CommonNameRule;
  /** Types that are left out of the certificate, with a notice. */
  ignore?: ObjectIdentifier[];
  /** Whether one RDN may hold several attributes. Left out: deny. */
  multiValued?: Permission;
  /**
   * String types besides UTF8String, PrintableString and IA5String, such as `BMPString`. The certificate has UTF8String.
   */
  stringTypes?: string[];
  /** Values that the issuer sets, by type: every certificate has them, before what the request asks for. */
  write?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^([0-2](\.[0-9]+)+|[A-Za-z][A-Za-z0-9]*)$".
     */
    [k: string]: string[];
  };
}
/** Which uniformResourceIdentifiers are allowed. */
export interface UriRules {
  /** A URI must match one of these. */
  allow?: UriPattern[];
  /** How many URIs there may be. */
  count?: Count;
  /** A URI may match none of these. */
  deny?: UriPattern[];
  /** Whether there must be a URI. Left out: optional. */
  presence?: Presence;
}
/** Key usage and extended key usage. */
export interface UsageRules {
  /** extendedKeyUsage, by name or object identifier. Left out: none. */
  extended?: UsageRule;
  /**
   * keyUsage. Left out: digitalSignature, and keyEncipherment for RSA keys with serverAuth; for a CA keyCertSign and
   * cRLSign.
   */
  key?: UsageRule;
}
/** How long a certificate lives: from notBefore to notAfter, both seconds included (RFC 5280 4.1.2.5). */
export interface ValidityRules {
  /**
   * How far before now the lifetime begins, for peers whose clocks are behind. It counts as a part of the lifetime.
   * Left out: 30s.
   */
  backdate?: Duration;
  /** What a request gets that asks for no lifetime. Left out: such a request is denied. */
  default?: Duration;
  /** The longest lifetime. */
  max: Duration;
  /**
   * The longest lifetime for a request that asks for an end of life and not for a duration; more is denied, whatever
   * `overMax` says. `0`: such requests are denied. Left out: `max`, as for durations.
   */
  maxRequestedEnd?: Duration;
  /** The shortest lifetime. */
  min?: Duration;
  /** No certificate lives beyond this time. */
  notAfter?: Time;
  /** What happens to a request for more than `max`. Left out: deny. */
  overMax?: OverMax;
}
/**
 * A role of the PKI secrets engine of Vault or OpenBao, in its own words. What is left out has the program's default.
 */
export interface VaultRole {
  /** Any name that passes the checks of hosts and wildcards. */
  allow_any_name?: boolean | null;
  /** Names equal to an allowed domain. */
  allow_bare_domains?: boolean | null;
  /** Allowed domains with `*` are globs over the whole name. */
  allow_glob_domains?: boolean | null;
  /** OpenBao: stars in values of templates are globs. */
  allow_globs_in_identity_templates?: boolean | null;
  /** Addresses. */
  allow_ip_sans?: boolean | null;
  /** `localhost`, `localdomain` and mailboxes there. */
  allow_localhost?: boolean | null;
  /** Names below an allowed domain. */
  allow_subdomains?: boolean | null;
  /** The display name of the token, the fact `tokenDisplayName`. */
  allow_token_displayname?: boolean | null;
  /** Names with `*`. */
  allow_wildcard_certificates?: boolean | null;
  /** The domains that the flags interpret. */
  allowed_domains?: TextList | null;
  /** Whether domains may hold `{{…}}`, filled from facts. */
  allowed_domains_template?: boolean | null;
  /** OpenBao: blocks that addresses must lie in. */
  allowed_ip_sans_cidr?: TextList | null;
  /** `OID;UTF8:GLOB`, or `*`. */
  allowed_other_sans?: TextList | null;
  /** Values of the subject's serialNumber. */
  allowed_serial_numbers?: TextList | null;
  /** Globs over whole URIs. */
  allowed_uri_sans?: TextList | null;
  /** Whether URIs may hold `{{…}}`, filled from facts. */
  allowed_uri_sans_template?: boolean | null;
  /** Values of the subject's userId. */
  allowed_user_ids?: TextList | null;
  /** Whether basicConstraints is written. */
  basic_constraints_valid_for_non_ca?: boolean | null;
  /** clientAuth. */
  client_flag?: boolean | null;
  /** `email`, `hostname`, or `disabled` alone. */
  cn_validations?: TextList | null;
  /** codeSigning. */
  code_signing_flag?: boolean | null;
  /** Values of the subject that the issuer writes. */
  country?: TextList | null;
  /** emailProtection. */
  email_protection_flag?: boolean | null;
  /** Whether hosts have the syntax of host names. */
  enforce_hostnames?: boolean | null;
  /** Words for extendedKeyUsage. */
  ext_key_usage?: TextList | null;
  /** Object identifiers for extendedKeyUsage. */
  ext_key_usage_oids?: TextList | null;
  /** For the issuer. */
  generate_lease?: boolean | null;
  /** For the issuer. */
  issuer_ref?: string | null;
  /** The smallest key. */
  key_bits?: number | null;
  /** `rsa`, `ec`, `ed25519` or `any`. */
  key_type?: string | null;
  /** Words for keyUsage. */
  key_usage?: TextList | null;
  /** Values of the subject that the issuer writes. */
  locality?: TextList | null;
  /** The longest lifetime. */
  max_ttl?: Seconds | null;
  /** For the issuer. */
  no_store?: boolean | null;
  /** Vault: for the issuer. */
  no_store_metadata?: boolean | null;
  /** A fixed end of life. */
  not_after?: string | null;
  /** OpenBao: `permit`, `ttl-limited`, `forbid` or a time. */
  not_after_bound?: string | null;
  /** OpenBao: a fixed beginning of life. */
  not_before?: string | null;
  /** OpenBao: `permit`, `duration` or `forbid`. */
  not_before_bound?: string | null;
  /** How far before now lifetimes begin. */
  not_before_duration?: Seconds | null;
  /** Values of the subject that the issuer writes. */
  organization?: TextList | null;
  /** Values of the subject that the issuer writes. */
  ou?: TextList | null;
  /** For the issuer. */
  policy_identifiers?: TextList | null;
  /** Values of the subject that the issuer writes. */
  postal_code?: TextList | null;
  /** Values of the subject that the issuer writes. */
  province?: TextList | null;
  /** Whether there must be a common name. */
  require_cn?: boolean | null;
  /** Vault: for the issuer. */
  serial_number_source?: string | null;
  /** serverAuth. */
  server_flag?: boolean | null;
  /** For the issuer. */
  signature_bits?: number | null;
  /** Values of the subject that the issuer writes. */
  street_address?: TextList | null;
  /** The lifetime that a request gets that asks for none. */
  ttl?: Seconds | null;
  /** Whether the common name of the request is used. */
  use_csr_common_name?: boolean | null;
  /** Whether the names of the request are used. */
  use_csr_sans?: boolean | null;
  /** For the issuer. */
  use_pss?: boolean | null;
}
/** What a verifier is: the rules that paths are held to. */
export interface VerifierDocument {
  /** Rules that bind issuers and not verifiers, such as criticality. Left out: enforce. */
  issuerRules?: IssuerRulesWord;
  /** The profile. Left out: rfc5280. */
  profile?: ProfileWord;
}
/** What one verification asks for. */
export interface VerifyDocument {
  /** Most intermediates, self-issued ones not counted. */
  depth?: number | null;
  /** Bits that keyUsage must have, if the certificate has one. */
  keyUsage?: string[];
  /** Names that the certificate must be for: host names, IP addresses, mailboxes, URIs. */
  names?: string[];
  /** Which certificate policies are acceptable. */
  policies?: PoliciesDocument;
  /**
   * The purpose: `server`, `client`, `code`, `mail`, `timeStamping`, `any`, a name such as `serverAuth`, or dotted
   * decimal. Left out: server.
   */
  purpose?: string | null;
  /** What revocation means. Looked at where lists or responses are given, or where this is. */
  revocation?: RevocationDocument | null;
}
