//! What is judged and checked: requests, certificates, paths.

use clap::{Args, ValueEnum};

use super::{Format, InspectFormat};
use crate::remote::StartTls;

#[derive(Args, Debug)]
pub(in crate::cli) struct CheckArguments {
    /// The policy: a file in YAML or JSON, or the name of a ready-made policy; several by repeating it
    #[arg(short, long = "policy", value_name = "POLICY", required_unless_present = "policy_set")]
    pub(in crate::cli) policies: Vec<String>,
    /// Several policies and how they decide together: a file in YAML or JSON
    #[arg(long, value_name = "FILE", conflicts_with_all = ["policies", "combine", "policy_name"])]
    pub(in crate::cli) policy_set: Option<String>,
    /// How several policies decide together; left out: any
    #[arg(long, value_enum)]
    pub(in crate::cli) combine: Option<CombineName>,
    /// The id of the one policy that decides
    #[arg(long, value_name = "ID", conflicts_with = "combine")]
    pub(in crate::cli) policy_name: Option<String>,
    /// What is known besides the request: a file in YAML or JSON
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) context: Option<String>,
    /// A fact; several values by repeating the name
    #[arg(short, long = "fact", value_name = "NAME=VALUE")]
    pub(in crate::cli) facts: Vec<String>,
    /// The time of the evaluation in RFC 3339; left out: now
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: Option<String>,
    /// Keys that must not be used, from `certgate keys blocklist import`
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) blocklist: Option<String>,
    /// How results are printed; left out: github within GitHub Actions, else text
    #[arg(long, value_enum)]
    pub(in crate::cli) format: Option<Format>,
    /// Say nothing about requests that are allowed
    #[arg(short, long)]
    pub(in crate::cli) quiet: bool,
    /// Requests in DER, PEM or base64, Kubernetes objects in YAML or JSON, or folders of *.csr, *.req, *.p10, *.pem and
    /// *.der; `-` or nothing for standard input
    #[arg(value_name = "REQUEST")]
    pub(in crate::cli) requests: Vec<String>,
}
/// How several policies decide together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum CombineName {
    /// The first policy that allows the request decides
    Any,
    /// Every policy that is applicable must allow it
    All,
}
#[derive(Args, Debug)]
pub(in crate::cli) struct InspectArguments {
    /// How results are printed
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) format: InspectFormat,
    /// Show the encoding instead, as a tree with the place of every element; text, json and ndjson only
    #[arg(long)]
    pub(in crate::cli) asn1: bool,
    /// The server begins in the clear in this protocol
    #[arg(long, value_name = "PROTOCOL", value_parser = clap::builder::PossibleValuesParser::new(StartTls::ALL.map(StartTls::as_str)))]
    pub(in crate::cli) starttls: Option<String>,
    /// Requests, certificates, chains or revocation lists in DER, PEM, base64 or PKCS #7, or Kubernetes objects; HOST:PORT
    /// for what a TLS server presents; `-` or nothing for standard input
    #[arg(value_name = "FILE")]
    pub(in crate::cli) files: Vec<String>,
}
#[derive(Args, Debug)]
pub(in crate::cli) struct LintArguments {
    /// Whose rules; left out: rfc5280
    #[arg(long, value_enum)]
    pub(in crate::cli) profile: Option<LintProfileName>,
    /// The day whose rules count, in RFC 3339; left out: when a certificate or list was made, as it says itself, and for
    /// requests now
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: Option<String>,
    /// How results are printed
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) format: Format,
    /// Print the rules, or those of the profile, and do nothing else
    #[arg(long)]
    pub(in crate::cli) list: bool,
    /// Say nothing about objects without findings
    #[arg(short, long)]
    pub(in crate::cli) quiet: bool,
    /// Certificates, bundles, requests and revocation lists in DER, PEM, base64 or PKCS #7, or Kubernetes objects; `-` or
    /// nothing for standard input
    #[arg(value_name = "FILE")]
    pub(in crate::cli) files: Vec<String>,
}
/// The profiles of `certgate lint`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum LintProfileName {
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
pub(in crate::cli) struct VerifyArguments {
    /// Trust anchors: a bundle in PEM, DER or PKCS #7; may be repeated
    #[arg(short, long = "anchors", value_name = "FILE")]
    pub(in crate::cli) anchors: Vec<String>,
    /// Trust anchors of a store: system, certifi, webpki or java; may be repeated
    #[arg(short, long = "store", value_name = "NAME")]
    pub(in crate::cli) stores: Vec<String>,
    /// Intermediates beside those that come with the certificate; may be repeated
    #[arg(short, long = "intermediates", value_name = "FILE")]
    pub(in crate::cli) intermediates: Vec<String>,
    /// The rules that paths are held to
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) profile: ProfileName,
    /// Leave out rules that bind issuers and not verifiers, such as criticality
    #[arg(long)]
    pub(in crate::cli) ignore_issuer_rules: bool,
    /// Print the rules of the profile and do nothing else
    #[arg(long)]
    pub(in crate::cli) explain_profile: bool,
    /// The purpose: server, client, code, mail, timeStamping, any, or an object identifier
    #[arg(long, value_name = "PURPOSE", default_value = "server")]
    pub(in crate::cli) purpose: String,
    /// A name that the certificate must be for: host, address, mailbox or URI; may be repeated
    #[arg(short, long = "name", value_name = "NAME")]
    pub(in crate::cli) names: Vec<String>,
    /// Most intermediates of a path, self-issued ones not counted
    #[arg(long, value_name = "NUMBER")]
    pub(in crate::cli) depth: Option<u32>,
    /// The time of the verification in RFC 3339; left out: now
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: Option<String>,
    /// Revocation lists; may be repeated
    #[arg(long = "crl", value_name = "FILE")]
    pub(in crate::cli) lists: Vec<String>,
    /// OCSP responses in DER; may be repeated
    #[arg(long = "ocsp", value_name = "FILE")]
    pub(in crate::cli) responses: Vec<String>,
    /// Look at the revocation of the certificate alone, not of its issuers
    #[arg(long)]
    pub(in crate::cli) revocation_leaf_only: bool,
    /// Accept certificates whose revocation status nothing tells, with a warning
    #[arg(long)]
    pub(in crate::cli) allow_unknown_status: bool,
    /// A certificate policy that is acceptable, in dotted decimal; may be repeated
    #[arg(long = "policy-oid", value_name = "OID")]
    pub(in crate::cli) policies: Vec<String>,
    /// The path must hold for one of the certificate policies
    #[arg(long)]
    pub(in crate::cli) require_policy: bool,
    /// How results are printed
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) format: Format,
    /// The server begins in the clear in this protocol
    #[arg(long, value_name = "PROTOCOL", value_parser = clap::builder::PossibleValuesParser::new(StartTls::ALL.map(StartTls::as_str)))]
    pub(in crate::cli) starttls: Option<String>,
    /// Certificates, each with what its owner presents beside it: PEM, DER, PKCS #7 or Kubernetes TLS Secrets; HOST:PORT for
    /// what a TLS server presents, which must be for HOST unless --name says otherwise; `-` or nothing for standard input
    #[arg(value_name = "FILE")]
    pub(in crate::cli) files: Vec<String>,
}
/// The profiles of `certgate verify`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ProfileName {
    /// RFC 5280 with what it asks of conforming CAs
    #[default]
    Rfc5280,
    /// The CA/Browser Forum's requirements for TLS on top
    Webpki,
    /// In-house PKI: what RFC 5280 6.1 asks of verifiers
    Private,
}
#[derive(Args, Debug)]
pub(in crate::cli) struct ExplainArguments {
    /// How results are printed: text or json
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) format: Format,
    /// The code, such as policy/dns-not-allowed; left out: all codes
    pub(in crate::cli) code: Option<String>,
}
