mod authority;
mod judging;
mod policy;
mod revocation;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use super::ceremony::CeremonyCommand;
use super::keystore::KeystoreCommand;

pub(super) use authority::*;
pub(super) use judging::*;
pub(super) use policy::*;
pub(super) use revocation::*;

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
