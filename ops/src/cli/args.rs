use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// What `--help` says below everything else.
const EXIT_CODES: &str = "Exit codes: 0 allowed, nothing to report; 1 denied, not applicable, not verified, a finding of severity error, a \
failing case; 2 usage; 3 an input cannot be read; 4 a policy is not valid; 70 a fault of certgate. With several inputs \
the highest of 70, 4, 3, 1 and 0.";

/// Check certificate requests against a policy.
#[derive(Debug, Parser)]
#[command(name = "certgate", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Judge certificate requests by a policy
    Check(CheckArguments),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Make certificate revocation lists
    #[command(subcommand)]
    Crl(CrlCommand),
    /// Make a certificate authority for development, with certificates for some names
    DevCa(DevCaArguments),
    /// Say what a code means
    Explain(ExplainArguments),
    /// Show every field of requests, certificates and revocation lists, and everything odd about them
    Inspect(InspectArguments),
    /// Issue what a policy allows, with the key of a CA
    Issue(IssueArguments),
    /// Lists of keys that must not be used
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Print the man page, or write all man pages to a folder
    Man {
        /// The folder
        directory: Option<PathBuf>,
    },
    /// Run a private PKI
    #[command(subcommand)]
    Pki(PkiCommand),
    /// Work on policies
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Make certificate requests
    #[command(subcommand)]
    Request(RequestCommand),
    /// Build and verify certification paths to trust anchors
    Verify(VerifyArguments),
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Text for people
    #[default]
    Text,
    /// JSON: an object, or a list of objects for several inputs
    Json,
    /// JSON, one object a line
    Ndjson,
    /// SARIF 2.1.0
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

/// How `certgate inspect` prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum InspectFormat {
    /// Text for people
    #[default]
    Text,
    /// JSON: an object, or a list of objects for several inputs
    Json,
    /// JSON, one object a line
    Ndjson,
    /// SARIF 2.1.0
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// The JSON of kubectl view-cert, certificates only
    ViewCert,
}

#[derive(Args, Debug)]
pub(super) struct CheckArguments {
    /// The policy: a file in YAML or JSON, or the name of a ready-made policy
    #[arg(short, long, value_name = "POLICY")]
    pub(super) policy: String,
    /// What is known besides the request: a file in YAML or JSON
    #[arg(short, long, value_name = "FILE")]
    pub(super) context: Option<String>,
    /// A fact; several values by repeating the name
    #[arg(short, long = "fact", value_name = "NAME=VALUE")]
    pub(super) facts: Vec<String>,
    /// The time of the evaluation in RFC 3339; left out: now
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// Keys that must not be used, from `certgate keys blocklist import`
    #[arg(long, value_name = "FILE")]
    pub(super) blocklist: Option<String>,
    /// How results are printed; left out: github within GitHub Actions, else text
    #[arg(long, value_enum)]
    pub(super) format: Option<Format>,
    /// Say nothing about requests that are allowed
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Requests in DER, PEM or base64, or Kubernetes objects in YAML or JSON; `-` or nothing for standard input
    #[arg(value_name = "REQUEST")]
    pub(super) requests: Vec<String>,
}

#[derive(Args, Debug)]
pub(super) struct InspectArguments {
    /// How results are printed
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: InspectFormat,
    /// Show the encoding instead, as a tree with the place of every element; text, json and ndjson only
    #[arg(long)]
    pub(super) asn1: bool,
    /// Requests, certificates, chains or revocation lists in DER, PEM, base64 or PKCS #7, or Kubernetes objects; `-` or
    /// nothing for standard input
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<String>,
}

#[derive(Args, Debug)]
pub(super) struct VerifyArguments {
    /// Trust anchors: a bundle in PEM, DER or PKCS #7; may be repeated
    #[arg(short, long = "anchors", value_name = "FILE")]
    pub(super) anchors: Vec<String>,
    /// Trust anchors of a store: system, certifi, webpki or java; may be repeated
    #[arg(short, long = "store", value_name = "NAME")]
    pub(super) stores: Vec<String>,
    /// Intermediates beside those that come with the certificate; may be repeated
    #[arg(short, long = "intermediates", value_name = "FILE")]
    pub(super) intermediates: Vec<String>,
    /// The rules that paths are held to
    #[arg(long, value_enum, default_value_t)]
    pub(super) profile: ProfileName,
    /// Leave out rules that bind issuers and not verifiers, such as criticality
    #[arg(long)]
    pub(super) ignore_issuer_rules: bool,
    /// Print the rules of the profile and do nothing else
    #[arg(long)]
    pub(super) explain_profile: bool,
    /// The purpose: server, client, code, mail, timeStamping, any, or an object identifier
    #[arg(long, value_name = "PURPOSE", default_value = "server")]
    pub(super) purpose: String,
    /// A name that the certificate must be for: host, address, mailbox or URI; may be repeated
    #[arg(short, long = "name", value_name = "NAME")]
    pub(super) names: Vec<String>,
    /// Most intermediates of a path, self-issued ones not counted
    #[arg(long, value_name = "NUMBER")]
    pub(super) depth: Option<u32>,
    /// The time of the verification in RFC 3339; left out: now
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// Revocation lists; may be repeated
    #[arg(long = "crl", value_name = "FILE")]
    pub(super) lists: Vec<String>,
    /// OCSP responses in DER; may be repeated
    #[arg(long = "ocsp", value_name = "FILE")]
    pub(super) responses: Vec<String>,
    /// Look at the revocation of the certificate alone, not of its issuers
    #[arg(long)]
    pub(super) revocation_leaf_only: bool,
    /// Accept certificates whose revocation status nothing tells, with a warning
    #[arg(long)]
    pub(super) allow_unknown_status: bool,
    /// A certificate policy that is acceptable, in dotted decimal; may be repeated
    #[arg(long = "policy-oid", value_name = "OID")]
    pub(super) policies: Vec<String>,
    /// The path must hold for one of the certificate policies
    #[arg(long)]
    pub(super) require_policy: bool,
    /// How results are printed
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    /// Certificates, each with what its owner presents beside it: PEM, DER, PKCS #7 or Kubernetes TLS Secrets; `-` or nothing
    /// for standard input
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<String>,
}

/// The profiles of `certgate verify`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ProfileName {
    /// RFC 5280 with what it asks of conforming CAs
    #[default]
    Rfc5280,
    /// The CA/Browser Forum's requirements for TLS on top
    Webpki,
    /// In-house PKI: what RFC 5280 6.1 asks of verifiers
    Private,
}

#[derive(Args, Debug)]
pub(super) struct IssueArguments {
    /// The policy: a file in YAML or JSON, or the name of a ready-made policy
    #[arg(short, long, value_name = "POLICY")]
    pub(super) policy: String,
    /// The CA's certificate, and those above it up to the root, in PEM
    #[arg(long, value_name = "FILE")]
    pub(super) ca: String,
    /// The CA's private key in PEM or DER
    #[arg(long, value_name = "FILE")]
    pub(super) ca_key: String,
    /// What is known besides the request: a file in YAML or JSON
    #[arg(short, long, value_name = "FILE")]
    pub(super) context: Option<String>,
    /// A fact; several values by repeating the name
    #[arg(short, long = "fact", value_name = "NAME=VALUE")]
    pub(super) facts: Vec<String>,
    /// Cut lifetimes to the end of the CA's own; left out: nothing is issued beyond it
    #[arg(long)]
    pub(super) truncate: bool,
    /// Where the CA's revocation list is; may be repeated
    #[arg(long = "crl-uri", value_name = "URI")]
    pub(super) crl_uris: Vec<String>,
    /// Where the CA's certificate is; may be repeated
    #[arg(long = "issuer-uri", value_name = "URI")]
    pub(super) issuer_uris: Vec<String>,
    /// Where the CA's OCSP responder is; may be repeated
    #[arg(long = "ocsp-uri", value_name = "URI")]
    pub(super) ocsp_uris: Vec<String>,
    /// The file of the certificate; left out: standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<String>,
    /// Write the certificates between this one and the root behind it
    #[arg(long)]
    pub(super) chain: bool,
    /// The request in DER, PEM or base64, or a Kubernetes object; `-` or nothing for standard input
    #[arg(value_name = "REQUEST")]
    pub(super) request: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum CrlCommand {
    /// Make and sign a full revocation list
    New(NewCrlArguments),
}

#[derive(Args, Debug)]
pub(super) struct NewCrlArguments {
    /// The CA's certificate in PEM
    #[arg(long, value_name = "FILE")]
    pub(super) ca: String,
    /// The CA's private key in PEM or DER
    #[arg(long, value_name = "FILE")]
    pub(super) ca_key: String,
    /// The list before: its entries are kept, and the number goes on from its own
    #[arg(long, value_name = "FILE")]
    pub(super) previous: Option<String>,
    /// A certificate to revoke; may be repeated
    #[arg(long = "revoke", value_name = "FILE")]
    pub(super) revoke: Vec<String>,
    /// Why: keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation, certificateHold,
    /// privilegeWithdrawn, aACompromise or unspecified
    #[arg(long, value_name = "REASON", default_value = "unspecified")]
    pub(super) reason: String,
    /// How long the list holds
    #[arg(long, value_name = "DURATION", default_value = "7d")]
    pub(super) lifetime: String,
    /// The file of the list
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum RequestCommand {
    /// Make a request, and a key for it unless one is given
    New(NewRequestArguments),
}

#[derive(Args, Debug)]
pub(super) struct NewRequestArguments {
    /// The kind of the new key: P-256, P-384, P-521, RSA-2048, RSA-3072, RSA-4096 or Ed25519
    #[arg(long, value_name = "KIND", default_value = "P-256", conflicts_with = "key_file")]
    pub(super) key: String,
    /// A private key that is there
    #[arg(long, value_name = "FILE")]
    pub(super) key_file: Option<String>,
    /// The file of the new private key; it is never overwritten
    #[arg(long, value_name = "FILE", required_unless_present = "key_file")]
    pub(super) key_output: Option<String>,
    /// A subject attribute such as CN=web or O=Example; may be repeated
    #[arg(short, long = "subject", value_name = "TYPE=VALUE")]
    pub(super) subject: Vec<String>,
    /// A subject alternative name: host, address, mailbox or URI; may be repeated
    #[arg(short, long = "name", value_name = "NAME")]
    pub(super) names: Vec<String>,
    /// A purpose to ask for, such as serverAuth; may be repeated
    #[arg(long = "purpose", value_name = "PURPOSE")]
    pub(super) purposes: Vec<String>,
    /// Ask for the certificate of a CA
    #[arg(long)]
    pub(super) ca: bool,
    /// The file of the request; left out: standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum PkiCommand {
    /// Make what a plan says and is not there yet: authorities, certificates, bundles, Secrets and kubeconfigs
    Init {
        /// The folder to write to
        #[arg(short, long, default_value = ".", value_name = "FOLDER")]
        dir: String,
        /// The plan: a file in YAML or JSON
        #[arg(value_name = "PLAN")]
        plan: String,
    },
}

#[derive(Args, Debug)]
pub(super) struct DevCaArguments {
    /// The folder to write to
    #[arg(short, long, default_value = "dev-ca", value_name = "FOLDER")]
    pub(super) dir: String,
    /// The names of the server's certificate; left out: localhost, 127.0.0.1 and ::1
    #[arg(value_name = "NAME")]
    pub(super) names: Vec<String>,
}

#[derive(Args, Debug)]
pub(super) struct ExplainArguments {
    /// How results are printed: text or json
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    /// The code, such as policy/dns-not-allowed; left out: all codes
    pub(super) code: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Print the digest of a policy's canonical form
    Digest {
        /// Policies
        #[arg(required = true, value_name = "POLICY")]
        policies: Vec<String>,
    },
    /// Print the policy of another program as one of certgate, and say what it does not keep
    Import {
        /// The name of the policy; left out: that in the file, or that of the kind
        #[arg(long, value_name = "ID")]
        id: Option<String>,
        /// How the policy is printed: text (YAML, with notes on standard error) or json
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        /// What the file is
        #[arg(value_name = "KIND", value_parser = clap::builder::PossibleValuesParser::new(certgate_bindings::import::Peer::ALL.map(certgate_bindings::import::Peer::as_str)))]
        kind: String,
        /// The policy of the other program, in YAML or JSON; `-` for standard input
        #[arg(value_name = "FILE")]
        file: String,
    },
    /// Load policies and say what is wrong with them or should be looked at
    Lint {
        /// How results are printed
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        /// Policies
        #[arg(required = true, value_name = "POLICY")]
        policies: Vec<String>,
    },
    /// Print the names of the ready-made policies
    List,
    /// Print the JSON Schema of a document: such as policy, context, cases, decision or request
    Schema {
        /// The document
        #[arg(default_value = "policy")]
        name: String,
    },
    /// Print a policy: a ready-made one as it is, with --canonical the canonical form of any
    Show {
        /// Print the canonical form, JSON without white space
        #[arg(long)]
        canonical: bool,
        /// The policy
        policy: String,
    },
    /// Run the cases beside policies
    Test {
        /// How results are printed: text or json
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        /// Fail unless the cases show at least this share of the rules, in per cent
        #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
        coverage: Option<u8>,
        /// Files of cases, or folders with files named *.cases.yaml; left out: this folder
        #[arg(value_name = "FILE")]
        files: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Block lists by digest
    #[command(subcommand)]
    Blocklist(BlocklistCommand),
}

#[derive(Debug, Subcommand)]
pub(super) enum BlocklistCommand {
    /// Read lists in text form and write one that `certgate check --blocklist` reads
    Import {
        /// What the digests are of: dwklint-modulus, dwklint-xcoord, openssl-blacklist or spki-sha256
        #[arg(long, value_name = "KIND")]
        kind: String,
        /// The list to write; if it exists, it is added to
        #[arg(short, long, value_name = "FILE")]
        output: String,
        /// Lists to read
        #[arg(required = true, value_name = "FILE")]
        files: Vec<String>,
    },
}
