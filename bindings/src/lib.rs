//! Plain-data facade over the engine: what every host calls.
//!
//! One function a job, over serde types: camelCase, unknown keys refused. Handles ([`Policy`], [`Request`]) are shared
//! core values; views ([`view`]) are plain data for reports. Text formats live here: YAML, JSON and SARIF.

#![forbid(unsafe_code)]

pub mod asn1;
mod batch;
pub mod cases;
pub mod compare;
mod context;
mod crypto;
mod document;
mod error;
mod explain;
#[cfg(feature = "yaml")]
pub mod export;
#[cfg(feature = "yaml")]
pub mod import;
pub mod issue;
pub mod kubernetes;
mod lint;
pub mod mend;
mod policy;
pub mod renewal;
mod request;
pub mod review;
pub mod sarif;
#[cfg(feature = "schema")]
pub mod schema;
pub mod set;
mod signature;
#[cfg(feature = "yaml")]
pub mod tools;
mod verify;
pub mod view;

pub use batch::{Inputs, Verified, longest_input, too_long};
pub use certgate;
#[cfg(feature = "yaml")]
pub use context::to_yaml;
pub use context::{
    ContextDocument, IssuerDocument, RequesterDocument, no_time, parse_time, read_document, read_object,
};
pub use crypto::{crypto, select_crypto};
pub use document::{Format, Position, SourceText};
pub use error::{Error, ErrorKind, ErrorView, FailureView};
pub use explain::{explain, explain_all};
pub use lint::{LintDocument, LintProfileWord, lint, lint_certificate, lint_list, lint_request, lint_rules};
pub use policy::{Decision, Policy, policy_to_json};
pub use request::{Request, inspect};
pub use signature::verify_signature;
pub use verify::{
    Bundle, Certificate, Evidence, IssuerRulesWord, PoliciesDocument, ProfileWord, RevocationDocument,
    ScopeWord, UnknownWord, Verifier, VerifierDocument, VerifyDocument, inspect_certificate, profile,
    view_failure, view_path,
};
