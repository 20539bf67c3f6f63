use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::ceremony::CeremonyCommand;
use super::keystore::KeystoreCommand;
use super::secrets::{PassphraseArguments, ProtectionArguments};
use crate::remote::StartTls;

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
    /// Keep certificates of targets renewed
    Agent(AgentArguments),
    /// The audit log of an inventory
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Sign with the key of a machine that is not connected: request, sign, import
    #[command(subcommand)]
    Ceremony(CeremonyCommand),
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
    /// What was issued
    #[command(subcommand)]
    Inventory(InventoryCommand),
    /// Issue what a policy allows, with the key of a CA
    Issue(IssueArguments),
    /// Lists of keys that must not be used
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Put keys and certificates into PKCS #12 and Java key stores, and take them out
    #[command(subcommand)]
    Keystore(KeystoreCommand),
    /// Hold certificates, requests and revocation lists against the rules that bind those who issue
    Lint(LintArguments),
    /// Print the man page, or write all man pages to a folder
    Man {
        /// The folder
        directory: Option<PathBuf>,
    },
    /// Sign OCSP responses
    #[command(subcommand)]
    Ocsp(OcspCommand),
    /// Run a private PKI
    #[command(subcommand)]
    Pki(PkiCommand),
    /// Work on policies
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Renew the certificates of targets that are due
    Renew(RenewArguments),
    /// Make certificate requests
    #[command(subcommand)]
    Request(RequestCommand),
    /// Revoke a certificate
    Revoke(RevokeArguments),
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

/// How `certgate policy test` prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum CaseFormat {
    /// Text for people
    #[default]
    Text,
    /// JSON: a list with one object for each file
    Json,
    /// JUnit XML
    Junit,
    /// Test Anything Protocol, version 14
    Tap,
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
    /// The policy: a file in YAML or JSON, or the name of a ready-made policy; several by repeating it
    #[arg(short, long = "policy", value_name = "POLICY", required_unless_present = "policy_set")]
    pub(super) policies: Vec<String>,
    /// Several policies and how they decide together: a file in YAML or JSON
    #[arg(long, value_name = "FILE", conflicts_with_all = ["policies", "combine", "policy_name"])]
    pub(super) policy_set: Option<String>,
    /// How several policies decide together; left out: any
    #[arg(long, value_enum)]
    pub(super) combine: Option<CombineName>,
    /// The id of the one policy that decides
    #[arg(long, value_name = "ID", conflicts_with = "combine")]
    pub(super) policy_name: Option<String>,
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

/// How several policies decide together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CombineName {
    /// The first policy that allows the request decides
    Any,
    /// Every policy that is applicable must allow it
    All,
}

#[derive(Args, Debug)]
pub(super) struct InspectArguments {
    /// How results are printed
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: InspectFormat,
    /// Show the encoding instead, as a tree with the place of every element; text, json and ndjson only
    #[arg(long)]
    pub(super) asn1: bool,
    /// The server begins in the clear in this protocol
    #[arg(long, value_name = "PROTOCOL", value_parser = clap::builder::PossibleValuesParser::new(StartTls::ALL.map(StartTls::as_str)))]
    pub(super) starttls: Option<String>,
    /// Requests, certificates, chains or revocation lists in DER, PEM, base64 or PKCS #7, or Kubernetes objects; HOST:PORT
    /// for what a TLS server presents; `-` or nothing for standard input
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<String>,
}

#[derive(Args, Debug)]
pub(super) struct LintArguments {
    /// Whose rules; left out: rfc5280
    #[arg(long, value_enum)]
    pub(super) profile: Option<LintProfileName>,
    /// The day whose rules count, in RFC 3339; left out: when a certificate or list was made, as it says itself, and for
    /// requests now
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// How results are printed
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    /// Print the rules, or those of the profile, and do nothing else
    #[arg(long)]
    pub(super) list: bool,
    /// Say nothing about objects without findings
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Certificates, bundles, requests and revocation lists in DER, PEM, base64 or PKCS #7, or Kubernetes objects; `-` or
    /// nothing for standard input
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<String>,
}

/// The profiles of `certgate lint`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LintProfileName {
    /// RFC 5280 with the RFCs that amend it
    Rfc5280,
    /// The CA/Browser Forum's Baseline Requirements for TLS on top
    CabfTls,
    /// Mozilla's Root Store Policy on top of those
    Mozilla,
    /// In-house PKI: what breaks software or is unsafe
    Private,
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
    /// The server begins in the clear in this protocol
    #[arg(long, value_name = "PROTOCOL", value_parser = clap::builder::PossibleValuesParser::new(StartTls::ALL.map(StartTls::as_str)))]
    pub(super) starttls: Option<String>,
    /// Certificates, each with what its owner presents beside it: PEM, DER, PKCS #7 or Kubernetes TLS Secrets; HOST:PORT for
    /// what a TLS server presents, which must be for HOST unless --name says otherwise; `-` or nothing for standard input
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
    /// The CA's private key: a file in PEM or DER, or a URI pkcs11:token=…;object=… (RFC 7512)
    #[arg(long, value_name = "KEY")]
    pub(super) ca_key: String,
    #[command(flatten)]
    pub(super) passphrase: PassphraseArguments,
    /// What is known besides the request: a file in YAML or JSON
    #[arg(short, long, value_name = "FILE")]
    pub(super) context: Option<String>,
    /// A fact; several values by repeating the name
    #[arg(short, long = "fact", value_name = "NAME=VALUE")]
    pub(super) facts: Vec<String>,
    /// Cut lifetimes to the end of the CA's own; left out: nothing is issued beyond it
    #[arg(long)]
    pub(super) truncate: bool,
    /// Under which rules the certificate is linted before it is signed; left out: private
    #[arg(long, value_enum)]
    pub(super) lint: Option<LintProfileName>,
    /// The certificate of a CA: hold it to what this policy allows, by name constraints and purposes
    #[arg(long, value_name = "POLICY")]
    pub(super) constrain: Option<String>,
    /// Cross-sign the CA of this certificate: its name and key identifier are kept
    #[arg(long, value_name = "FILE")]
    pub(super) cross: Option<String>,
    /// Where the CA's revocation list is; may be repeated. `{partition}` stands for a number below --crl-partitions
    #[arg(long = "crl-uri", value_name = "URI")]
    pub(super) crl_uris: Vec<String>,
    /// Among how many revocation lists certificates are spread by their serial numbers
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=65536))]
    pub(super) crl_partitions: Option<u32>,
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
    #[command(flatten)]
    pub(super) inventory: InventoryArguments,
    /// The request in DER, PEM or base64, or a Kubernetes object; `-` or nothing for standard input
    #[arg(value_name = "REQUEST")]
    pub(super) request: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum CrlCommand {
    /// Make and sign the next revocation list
    New(NewCrlArguments),
}

/// Where what is issued is recorded.
#[derive(Args, Debug)]
pub(super) struct InventoryArguments {
    /// The inventory; left out: inventory.db beside the CA's certificate
    #[arg(long, value_name = "FILE", conflicts_with = "no_inventory")]
    pub(super) inventory: Option<String>,
    /// Record nothing: for a CA whose books are kept elsewhere
    #[arg(long)]
    pub(super) no_inventory: bool,
}

/// How the inventory is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum InventoryFormat {
    /// A table for people
    #[default]
    Text,
    /// JSON: a list of objects
    Json,
    /// JSON, one object a line
    Ndjson,
    /// Comma-separated values with a head
    Csv,
    /// Prometheus text, with the metric names of x509-certificate-exporter
    Prometheus,
}

#[derive(Debug, Subcommand)]
pub(super) enum InventoryCommand {
    /// All certificates
    List {
        /// The inventory
        #[arg(long, value_name = "FILE", default_value = "inventory.db")]
        inventory: String,
        /// How it is printed
        #[arg(long, value_enum, default_value_t)]
        format: InventoryFormat,
    },
    /// Certificates that end soon or have ended, and are not revoked; exit code 1 if there are any
    Expiring {
        /// The inventory
        #[arg(long, value_name = "FILE", default_value = "inventory.db")]
        inventory: String,
        /// How it is printed
        #[arg(long, value_enum, default_value_t)]
        format: InventoryFormat,
        /// How soon
        #[arg(long, value_name = "DURATION", default_value = "30d")]
        within: String,
    },
    /// All that is known of one certificate
    Show {
        /// The inventory
        #[arg(long, value_name = "FILE", default_value = "inventory.db")]
        inventory: String,
        /// Print the certificate itself in PEM
        #[arg(long)]
        pem: bool,
        /// Its serial number in hexadecimal, or the file of the certificate
        #[arg(value_name = "SERIAL")]
        serial: String,
    },
    /// Write the inventory to a file for others
    Export {
        /// The inventory
        #[arg(long, value_name = "FILE", default_value = "inventory.db")]
        inventory: String,
        /// How it is written
        #[arg(long, value_enum, default_value_t)]
        format: InventoryFormat,
        /// The file, written as a whole or not at all; left out: standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Check the chain of the log, its end, and that log and inventory tell of the same certificates
    Verify {
        /// The inventory
        #[arg(long, value_name = "FILE", default_value = "inventory.db")]
        inventory: String,
        /// A digest that a former check gave: it must still be that of an entry
        #[arg(long, value_name = "DIGEST")]
        head: Option<String>,
    },
    /// Show the log
    Show {
        /// The inventory
        #[arg(long, value_name = "FILE", default_value = "inventory.db")]
        inventory: String,
    },
}

#[derive(Args, Debug)]
pub(super) struct RevokeArguments {
    /// The inventory; left out: that beside --ca, or inventory.db here
    #[arg(long, value_name = "FILE", default_value = "inventory.db")]
    pub(super) inventory: String,
    /// Why: keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation, certificateHold,
    /// privilegeWithdrawn, aACompromise or unspecified; removeFromCRL ends a hold
    #[arg(long, value_name = "REASON", default_value = "unspecified")]
    pub(super) reason: String,
    /// The CA's certificate, for a certificate that the inventory does not know
    #[arg(long, value_name = "FILE")]
    pub(super) ca: Option<String>,
    /// The serial number in hexadecimal, or the file of the certificate
    #[arg(value_name = "SERIAL|CERTIFICATE")]
    pub(super) certificate: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum OcspCommand {
    /// Sign a response for every certificate of the inventory that has not ended: files for a static web server
    Sign(OcspArguments),
}

#[derive(Args, Debug)]
pub(super) struct OcspArguments {
    /// The CA's certificate, and those above it up to the root, in PEM
    #[arg(long, value_name = "FILE")]
    pub(super) ca: String,
    /// The CA's private key, if it signs itself
    #[arg(long, value_name = "FILE", required_unless_present = "responder", conflicts_with = "responder")]
    pub(super) ca_key: Option<String>,
    #[command(flatten)]
    pub(super) passphrase: PassphraseArguments,
    /// The certificate of a responder that the CA named: for OCSPSigning, issued by the CA
    #[arg(long, value_name = "FILE", requires = "responder_key")]
    pub(super) responder: Option<String>,
    /// The responder's private key
    #[arg(long, value_name = "FILE", requires = "responder")]
    pub(super) responder_key: Option<String>,
    /// The inventory; left out: inventory.db beside the CA's certificate
    #[arg(long, value_name = "FILE")]
    pub(super) inventory: Option<String>,
    /// How files are named
    #[arg(long, value_enum, default_value_t)]
    pub(super) layout: LayoutName,
    /// The hash by which clients name the issuer
    #[arg(long, value_enum, default_value_t)]
    pub(super) hash: HashName,
    /// How long responses hold
    #[arg(long, value_name = "DURATION", default_value = "1d")]
    pub(super) lifetime: String,
    /// The folder of the files
    #[arg(short, long, value_name = "FOLDER")]
    pub(super) output: String,
}

/// How files of OCSP responses are named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum LayoutName {
    /// The path of the GET request as it is sent, percent-encoded (RFC 6960 A.1)
    #[default]
    Encoded,
    /// That path decoded: a slash of base64 makes a folder
    Decoded,
    /// SERIAL.der
    Serial,
}

/// The hashes of OCSP requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum HashName {
    /// SHA-1, which every client sends (RFC 5019)
    #[default]
    Sha1,
    /// SHA-256
    Sha256,
}

#[derive(Args, Debug)]
pub(super) struct RenewArguments {
    /// Renew also what is not due
    #[arg(long)]
    pub(super) force: bool,
    /// Say what would be renewed and why, and do nothing
    #[arg(long, conflicts_with = "force")]
    pub(super) dry_run: bool,
    /// Targets: files in YAML or JSON
    #[arg(required = true, value_name = "TARGET")]
    pub(super) targets: Vec<String>,
}

#[derive(Args, Debug)]
pub(super) struct AgentArguments {
    /// How long at most until every target is looked at again
    #[arg(long, value_name = "DURATION", default_value = "10m")]
    pub(super) interval: String,
    /// A file that the state is written to as Prometheus text, for the textfile collector
    #[arg(long, value_name = "FILE")]
    pub(super) metrics: Option<String>,
    /// Look at every target once, and end
    #[arg(long)]
    pub(super) once: bool,
    /// The folder of the targets: every *.yaml, *.yml and *.json in it
    #[arg(value_name = "FOLDER")]
    pub(super) folder: String,
}

#[derive(Args, Debug)]
pub(super) struct NewCrlArguments {
    /// The CA's certificate in PEM
    #[arg(long, value_name = "FILE")]
    pub(super) ca: String,
    /// The CA's private key: a file in PEM or DER, or a URI pkcs11:token=…;object=… (RFC 7512)
    #[arg(long, value_name = "KEY")]
    pub(super) ca_key: String,
    #[command(flatten)]
    pub(super) passphrase: PassphraseArguments,
    /// A list before: its entries are kept, and the number goes on from its own
    #[arg(long, value_name = "FILE")]
    pub(super) previous: Option<String>,
    /// A certificate to revoke; may be repeated
    #[arg(long = "revoke", value_name = "FILE")]
    pub(super) revoke: Vec<String>,
    /// Why: keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation, certificateHold,
    /// privilegeWithdrawn, aACompromise or unspecified
    #[arg(long, value_name = "REASON", default_value = "unspecified")]
    pub(super) reason: String,
    /// Make a delta list, which adds to the last full list of the same scope
    #[arg(long, conflicts_with = "no_inventory")]
    pub(super) delta: bool,
    /// The URI of a distribution point: the list is about the certificates that name it alone
    #[arg(long, value_name = "URI", conflicts_with = "no_inventory")]
    pub(super) distribution_point: Option<String>,
    /// The certificates that the list is about
    #[arg(long, value_enum, default_value_t)]
    pub(super) only: ContentsName,
    /// Where the delta lists for this list are; may be repeated
    #[arg(long = "freshest-uri", value_name = "URI", conflicts_with = "delta")]
    pub(super) freshest_uris: Vec<String>,
    /// How long the list holds
    #[arg(long, value_name = "DURATION", default_value = "7d")]
    pub(super) lifetime: String,
    #[command(flatten)]
    pub(super) inventory: InventoryArguments,
    /// The file of the list
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: String,
}

/// Which kinds of certificates a list is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ContentsName {
    /// All
    #[default]
    All,
    /// Those of end entities
    Users,
    /// Those of CAs
    Cas,
}

#[derive(Debug, Subcommand)]
pub(super) enum RequestCommand {
    /// Make a request, and a key for it unless one is given
    New(NewRequestArguments),
}

#[derive(Args, Debug)]
pub(super) struct NewRequestArguments {
    /// The kind of the new key: P-256, P-384, P-521, RSA-2048, RSA-3072, RSA-4096 or Ed25519; left out: P-256, or that
    /// of the file or the certificate
    #[arg(long, value_name = "KIND", conflicts_with = "key_file")]
    pub(super) key: Option<String>,
    /// A private key that is there: a file, or a URI pkcs11:token=…;object=… (RFC 7512)
    #[arg(long, value_name = "KEY")]
    pub(super) key_file: Option<String>,
    /// The file of the new private key; it is never overwritten
    #[arg(long, value_name = "FILE", required_unless_present = "key_file")]
    pub(super) key_output: Option<String>,
    #[command(flatten)]
    pub(super) protection: ProtectionArguments,
    #[command(flatten)]
    pub(super) passphrase: PassphraseArguments,
    /// What the request says, as a file in YAML or JSON: subject, names, usages, purposes, ca and key
    #[arg(long, value_name = "FILE", conflicts_with_all = ["subject", "names", "purposes", "usages", "ca", "renew"])]
    pub(super) from: Option<String>,
    /// A certificate to renew: the request asks for the same subject, names and usages
    #[arg(long, value_name = "FILE", conflicts_with_all = ["subject", "names", "purposes", "usages", "ca"])]
    pub(super) renew: Option<String>,
    /// A subject attribute such as CN=web or O=Example; may be repeated
    #[arg(short, long = "subject", value_name = "TYPE=VALUE")]
    pub(super) subject: Vec<String>,
    /// A subject alternative name: host, address, mailbox or URI; may be repeated
    #[arg(short, long = "name", value_name = "NAME")]
    pub(super) names: Vec<String>,
    /// A purpose to ask for, such as serverAuth; may be repeated
    #[arg(long = "purpose", value_name = "PURPOSE")]
    pub(super) purposes: Vec<String>,
    /// A key usage to ask for, such as digitalSignature; may be repeated
    #[arg(long = "usage", value_name = "USAGE")]
    pub(super) usages: Vec<String>,
    /// Ask for the certificate of a CA
    #[arg(long)]
    pub(super) ca: bool,
    /// The file of the request; left out: standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum PkiCommand {
    /// Say what of a policy the certificate of a CA can carry, so that any verifier enforces it
    Constrain {
        /// The policy: a file in YAML or JSON, or the name of a ready-made policy
        #[arg(short, long, value_name = "POLICY")]
        policy: String,
        /// How the constraints are printed: text, json, or the extension section of an openssl configuration
        #[arg(long, value_enum, default_value_t)]
        format: ConstrainFormat,
    },
    /// Make what a plan says and is not there yet: authorities, certificates, bundles, Secrets and kubeconfigs
    Init {
        /// The folder to write to
        #[arg(short, long, default_value = ".", value_name = "FOLDER")]
        dir: String,
        #[command(flatten)]
        protection: ProtectionArguments,
        #[command(flatten)]
        passphrase: PassphraseArguments,
        /// The passphrase of one private key is the first line of a file: the name in the plan and the file; may be repeated
        #[arg(long = "passphrase-file-of", value_name = "NAME=FILE")]
        passphrase_files: Vec<String>,
        /// The plan: a file in YAML or JSON
        #[arg(value_name = "PLAN")]
        plan: String,
    },
    /// Put a new CA in the place of an old one, step by step, while everything goes on verifying
    Rotate(RotateArguments),
}

#[derive(Args, Debug)]
pub(super) struct RotateArguments {
    /// The folder of the plan's files
    #[arg(short, long, default_value = ".", value_name = "FOLDER")]
    pub(super) dir: String,
    /// The authority to rotate, by its name in the plan
    #[arg(long, value_name = "NAME")]
    pub(super) authority: String,
    /// How far to go; left out: say where the rotation stands
    #[arg(long, value_enum)]
    pub(super) step: Option<RotateStep>,
    #[command(flatten)]
    pub(super) protection: ProtectionArguments,
    #[command(flatten)]
    pub(super) passphrase: PassphraseArguments,
    /// The plan: a file in YAML or JSON
    #[arg(value_name = "PLAN")]
    pub(super) plan: String,
}

/// The steps of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RotateStep {
    /// Make the new CA, the cross-certificates, and the bundle in which both are trusted
    Prepare,
    /// Issue by the new CA from now on; the old one stays trusted
    Switch,
    /// Take the old CA out of the bundle, and put its files away
    Retire,
}

/// How `certgate pki constrain` prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ConstrainFormat {
    /// Text for people
    #[default]
    Text,
    /// JSON
    Json,
    /// The extension section of an openssl configuration
    Openssl,
}

#[derive(Args, Debug)]
pub(super) struct DevCaArguments {
    /// The folder to write to
    #[arg(short, long, default_value = "dev-ca", value_name = "FOLDER")]
    pub(super) dir: String,
    #[command(flatten)]
    pub(super) protection: ProtectionArguments,
    #[command(flatten)]
    pub(super) passphrase: PassphraseArguments,
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
    /// Say whose verdict changes from one policy to another: over requests, or without any by analysis
    Diff(DiffArguments),
    /// Print the digest of a policy's canonical form
    Digest {
        /// Policies
        #[arg(required = true, value_name = "POLICY")]
        policies: Vec<String>,
    },
    /// Print a policy as another program writes it, or say what that program cannot say
    Export {
        /// What is written
        #[arg(value_name = "KIND", value_parser = clap::builder::PossibleValuesParser::new(certgate_bindings::export::ExportKind::ALL.map(certgate_bindings::export::ExportKind::as_str)))]
        kind: String,
        /// The policy
        #[arg(value_name = "POLICY")]
        policy: String,
    },
    /// Say why a policy decides as it does, and the smallest changes with which it would allow a request
    Explain(ExplainPolicyArguments),
    /// Print the policy of another program as one of certgate, and say what it does not keep
    Import {
        /// Decide exactly as the program does: a simulation, with the native hard rules beside it
        #[arg(long)]
        exact: bool,
        /// The name of the policy; left out: that in the file, or that of the kind
        #[arg(long, value_name = "ID")]
        id: Option<String>,
        /// The profile of a cfssl, or the provisioner of a step-ca
        #[arg(long, value_name = "NAME")]
        profile: Option<String>,
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
        /// How results are printed
        #[arg(long, value_enum, default_value_t)]
        format: CaseFormat,
        /// Fail unless the cases show at least this share of the rules, in per cent
        #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
        coverage: Option<u8>,
        /// Files of cases, or folders with files named *.cases.yaml; left out: this folder
        #[arg(value_name = "FILE")]
        files: Vec<String>,
    },
}

#[derive(Args, Debug)]
pub(super) struct ExplainPolicyArguments {
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
    /// How results are printed: text, json or ndjson
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    /// Requests in DER, PEM or base64, or Kubernetes objects; `-` or nothing for standard input
    #[arg(value_name = "REQUEST")]
    pub(super) requests: Vec<String>,
}

#[derive(Args, Debug)]
pub(super) struct DiffArguments {
    /// Only ask whether the new policy is at most as permissive as the old one
    #[arg(long, conflicts_with = "requests")]
    pub(super) at_most: bool,
    /// What is known besides the requests: a file in YAML or JSON
    #[arg(short, long, value_name = "FILE")]
    pub(super) context: Option<String>,
    /// A fact; several values by repeating the name
    #[arg(short, long = "fact", value_name = "NAME=VALUE")]
    pub(super) facts: Vec<String>,
    /// The time of the evaluation in RFC 3339; left out: now
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// How results are printed: text or json
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    /// The policy as it was
    #[arg(value_name = "OLD")]
    pub(super) old: String,
    /// The policy as it is to be
    #[arg(value_name = "NEW")]
    pub(super) new: String,
    /// Requests, certificates, Kubernetes objects, and folders of them
    #[arg(value_name = "REQUEST")]
    pub(super) requests: Vec<String>,
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
