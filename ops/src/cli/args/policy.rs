//! What is done with policies and block lists.

use clap::{Args, Subcommand, ValueEnum};

use super::{CaseFormat, Format};

/// How `certgate pki constrain` prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ConstrainFormat {
    /// Text for people
    #[default]
    Text,
    /// JSON
    Json,
    /// The extension section of an openssl configuration
    Openssl,
}
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum PolicyCommand {
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
pub(in crate::cli) struct ExplainPolicyArguments {
    /// The policy: a file in YAML or JSON, or the name of a ready-made policy
    #[arg(short, long, value_name = "POLICY")]
    pub(in crate::cli) policy: String,
    /// What is known besides the request: a file in YAML or JSON
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) context: Option<String>,
    /// A fact; several values by repeating the name
    #[arg(short, long = "fact", value_name = "NAME=VALUE")]
    pub(in crate::cli) facts: Vec<String>,
    /// The time of the evaluation in RFC 3339; left out: now
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: Option<String>,
    /// How results are printed: text, json or ndjson
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) format: Format,
    /// Requests in DER, PEM or base64, or Kubernetes objects; `-` or nothing for standard input
    #[arg(value_name = "REQUEST")]
    pub(in crate::cli) requests: Vec<String>,
}
#[derive(Args, Debug)]
pub(in crate::cli) struct DiffArguments {
    /// Only ask whether the new policy is at most as permissive as the old one
    #[arg(long, conflicts_with = "requests")]
    pub(in crate::cli) at_most: bool,
    /// What is known besides the requests: a file in YAML or JSON
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) context: Option<String>,
    /// A fact; several values by repeating the name
    #[arg(short, long = "fact", value_name = "NAME=VALUE")]
    pub(in crate::cli) facts: Vec<String>,
    /// The time of the evaluation in RFC 3339; left out: now
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: Option<String>,
    /// How results are printed: text or json
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) format: Format,
    /// The policy as it was
    #[arg(value_name = "OLD")]
    pub(in crate::cli) old: String,
    /// The policy as it is to be
    #[arg(value_name = "NEW")]
    pub(in crate::cli) new: String,
    /// Requests, certificates, Kubernetes objects, folders of them, and inventories: what was issued and is in force
    #[arg(value_name = "REQUEST")]
    pub(in crate::cli) requests: Vec<String>,
}
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum KeysCommand {
    /// Block lists by digest
    #[command(subcommand)]
    Blocklist(BlocklistCommand),
}
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum BlocklistCommand {
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
