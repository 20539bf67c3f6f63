//! What an authority is set up with and issues.

use clap::{Args, Subcommand, ValueEnum};

use super::{ConstrainFormat, InventoryArguments, LintProfileName};
use crate::cli::secrets::{PassphraseArguments, ProtectionArguments};

#[derive(Args, Debug)]
pub(in crate::cli) struct IssueArguments {
    /// The policy: a file in YAML or JSON, or the name of a ready-made policy
    #[arg(short, long, value_name = "POLICY")]
    pub(in crate::cli) policy: String,
    /// The CA's certificate, and those above it up to the root, in PEM
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) ca: String,
    /// The CA's private key: a file in PEM or DER, or a URI pkcs11:token=…;object=… (RFC 7512)
    #[arg(long, value_name = "KEY")]
    pub(in crate::cli) ca_key: String,
    #[command(flatten)]
    pub(in crate::cli) passphrase: PassphraseArguments,
    /// What is known besides the request: a file in YAML or JSON
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) context: Option<String>,
    /// A fact; several values by repeating the name
    #[arg(short, long = "fact", value_name = "NAME=VALUE")]
    pub(in crate::cli) facts: Vec<String>,
    /// Cut lifetimes to the end of the CA's own; left out: nothing is issued beyond it
    #[arg(long)]
    pub(in crate::cli) truncate: bool,
    /// Under which rules the certificate is linted before it is signed; left out: private
    #[arg(long, value_enum)]
    pub(in crate::cli) lint: Option<LintProfileName>,
    /// The certificate of a CA: hold it to what this policy allows, by name constraints and purposes
    #[arg(long, value_name = "POLICY")]
    pub(in crate::cli) constrain: Option<String>,
    /// Cross-sign the CA of this certificate: its name and key identifier are kept
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) cross: Option<String>,
    /// Where the CA's revocation list is; may be repeated. `{partition}` stands for a number below --crl-partitions
    #[arg(long = "crl-uri", value_name = "URI")]
    pub(in crate::cli) crl_uris: Vec<String>,
    /// Among how many revocation lists certificates are spread by their serial numbers
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=65536))]
    pub(in crate::cli) crl_partitions: Option<u32>,
    /// Where the CA's certificate is; may be repeated
    #[arg(long = "issuer-uri", value_name = "URI")]
    pub(in crate::cli) issuer_uris: Vec<String>,
    /// Where the CA's OCSP responder is; may be repeated
    #[arg(long = "ocsp-uri", value_name = "URI")]
    pub(in crate::cli) ocsp_uris: Vec<String>,
    /// The file of the certificate; left out: standard output
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Option<String>,
    /// The folder of the certificates of many requests: FOLDER/web.crt for web.csr. What stands there stays, so that a
    /// run that was interrupted can be run again
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["output", "cross"])]
    pub(in crate::cli) output_dir: Option<String>,
    /// Write the certificates between this one and the root behind it
    #[arg(long)]
    pub(in crate::cli) chain: bool,
    #[command(flatten)]
    pub(in crate::cli) inventory: InventoryArguments,
    /// The request in DER, PEM or base64, or a Kubernetes object; `-` or nothing for standard input. With --output-dir
    /// several, and folders of them
    #[arg(value_name = "REQUEST")]
    pub(in crate::cli) requests: Vec<String>,
}
#[derive(Args, Debug)]
pub(in crate::cli) struct RenewArguments {
    /// Renew also what is not due
    #[arg(long)]
    pub(in crate::cli) force: bool,
    /// Say what would be renewed and why, and do nothing
    #[arg(long, conflicts_with = "force")]
    pub(in crate::cli) dry_run: bool,
    /// Targets: files in YAML or JSON
    #[arg(required = true, value_name = "TARGET")]
    pub(in crate::cli) targets: Vec<String>,
}
#[derive(Args, Debug)]
pub(in crate::cli) struct AgentArguments {
    /// How long at most until every target is looked at again
    #[arg(long, value_name = "DURATION", default_value = "10m")]
    pub(in crate::cli) interval: String,
    /// A file that the state is written to as Prometheus text, for the textfile collector
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) metrics: Option<String>,
    /// Look at every target once, and end
    #[arg(long)]
    pub(in crate::cli) once: bool,
    /// The folder of the targets: every *.yaml, *.yml and *.json in it
    #[arg(value_name = "FOLDER")]
    pub(in crate::cli) folder: String,
}
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum RequestCommand {
    /// Make a request, and a key for it unless one is given
    New(NewRequestArguments),
}
#[derive(Args, Debug)]
pub(in crate::cli) struct NewRequestArguments {
    /// The kind of the new key: P-256, P-384, P-521, RSA-2048, RSA-3072, RSA-4096 or Ed25519; left out: P-256, or that
    /// of the file or the certificate
    #[arg(long, value_name = "KIND", conflicts_with = "key_file")]
    pub(in crate::cli) key: Option<String>,
    /// A private key that is there: a file, or a URI pkcs11:token=…;object=… (RFC 7512)
    #[arg(long, value_name = "KEY")]
    pub(in crate::cli) key_file: Option<String>,
    /// The file of the new private key; it is never overwritten
    #[arg(long, value_name = "FILE", required_unless_present = "key_file")]
    pub(in crate::cli) key_output: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) protection: ProtectionArguments,
    #[command(flatten)]
    pub(in crate::cli) passphrase: PassphraseArguments,
    /// What the request says, as a file in YAML or JSON: subject, names, usages, purposes, ca and key
    #[arg(long, value_name = "FILE", conflicts_with_all = ["subject", "names", "purposes", "usages", "ca", "renew"])]
    pub(in crate::cli) from: Option<String>,
    /// A certificate to renew: the request asks for the same subject, names and usages
    #[arg(long, value_name = "FILE", conflicts_with_all = ["subject", "names", "purposes", "usages", "ca"])]
    pub(in crate::cli) renew: Option<String>,
    /// A subject attribute such as CN=web or O=Example; may be repeated
    #[arg(short, long = "subject", value_name = "TYPE=VALUE")]
    pub(in crate::cli) subject: Vec<String>,
    /// A subject alternative name: host, address, mailbox or URI; may be repeated
    #[arg(short, long = "name", value_name = "NAME")]
    pub(in crate::cli) names: Vec<String>,
    /// A purpose to ask for, such as serverAuth; may be repeated
    #[arg(long = "purpose", value_name = "PURPOSE")]
    pub(in crate::cli) purposes: Vec<String>,
    /// A key usage to ask for, such as digitalSignature; may be repeated
    #[arg(long = "usage", value_name = "USAGE")]
    pub(in crate::cli) usages: Vec<String>,
    /// Ask for the certificate of a CA
    #[arg(long)]
    pub(in crate::cli) ca: bool,
    /// The file of the request; left out: standard output
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Option<String>,
}
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum PkiCommand {
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
pub(in crate::cli) struct RotateArguments {
    /// The folder of the plan's files
    #[arg(short, long, default_value = ".", value_name = "FOLDER")]
    pub(in crate::cli) dir: String,
    /// The authority to rotate, by its name in the plan
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) authority: String,
    /// How far to go; left out: say where the rotation stands
    #[arg(long, value_enum)]
    pub(in crate::cli) step: Option<RotateStep>,
    #[command(flatten)]
    pub(in crate::cli) protection: ProtectionArguments,
    #[command(flatten)]
    pub(in crate::cli) passphrase: PassphraseArguments,
    /// The plan: a file in YAML or JSON
    #[arg(value_name = "PLAN")]
    pub(in crate::cli) plan: String,
}
/// The steps of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum RotateStep {
    /// Make the new CA, the cross-certificates, and the bundle in which both are trusted
    Prepare,
    /// Issue by the new CA from now on; the old one stays trusted
    Switch,
    /// Take the old CA out of the bundle, and put its files away
    Retire,
}
#[derive(Args, Debug)]
pub(in crate::cli) struct DevCaArguments {
    /// The folder to write to
    #[arg(short, long, default_value = "dev-ca", value_name = "FOLDER")]
    pub(in crate::cli) dir: String,
    #[command(flatten)]
    pub(in crate::cli) protection: ProtectionArguments,
    #[command(flatten)]
    pub(in crate::cli) passphrase: PassphraseArguments,
    /// The names of the server's certificate; left out: localhost, 127.0.0.1 and ::1
    #[arg(value_name = "NAME")]
    pub(in crate::cli) names: Vec<String>,
}
