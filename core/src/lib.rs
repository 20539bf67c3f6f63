//! certgate: one engine that decides which certificates may exist, makes them, and checks them.
//!
//! This crate is the engine: no I/O, no clock, no randomness, no unsafe code. Files, time and keys are arguments.
//!
//! ```text
//! bytes ── CertificationRequest::from_der ──────────────── Err(Error)        could not run
//!          │ Policy::evaluate(&request, &context) ─ Decision  allowed, denied or not applicable
//! ```

//! A request, a policy, and every reason why it is denied:
//!
//! ```
//! use certgate::crypto::{KeyKind, PrivateKey};
//! use certgate::name::GeneralName;
//! use certgate::policy::{Context, Policy, PolicyDigest, PolicyDocument};
//! use certgate::request::{CertificationRequest, NewRequest};
//! use certgate::time::Timestamp;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Whoever asks makes a key and signs the request with it. The seed comes from the caller, and real ones from a random source.
//! let key = PrivateKey::generate(KeyKind::P256, [7; 32])?;
//! let names = vec![GeneralName::dns("api.example.com"), GeneralName::dns("db.internal")];
//! let signed = NewRequest { names, ..NewRequest::default() }.sign(&key)?;
//!
//! // Whoever decides reads it, strictly, and holds it against the policy: what is not mentioned there is denied.
//! let request = CertificationRequest::from_der(signed.der())?;
//! let text = r#"{
//!     "version": 1,
//!     "id": "team-web",
//!     "names": { "dns": { "allow": [{ "under": "example.com" }] } },
//!     "keys": { "EC": ["P-256", "P-384"] },
//!     "usages": { "extended": ["serverAuth"] },
//!     "validity": { "default": "24h", "max": "90d" }
//! }"#;
//! let document: PolicyDocument = serde_json::from_str(text)?;
//! let policy = Policy::compile(document, PolicyDigest::of(text))?;
//!
//! // There is no clock: the time is an argument.
//! let at = Timestamp::from_rfc3339("2026-11-23T12:00:00Z").ok_or("no time")?;
//! let decision = policy.evaluate(&request, &Context::new(at));
//!
//! assert!(!decision.is_allowed());
//! for reason in decision.reasons() {
//!     println!("{reason}");
//! }
//! let reasons: Vec<String> = decision.reasons().iter().map(|reason| reason.code().to_string()).collect();
//! assert_eq!(reasons, ["policy/dns-not-allowed"]);
//! assert_eq!(decision.reasons()[0].path().to_string(), "extensions.subjectAltName[1].dNSName");
//! # Ok(())
//! # }
//! ```
//!
//! An approving decision gives an [`Approval`](policy::Approval), and an [`Issuer`](issue::Issuer) makes a certificate of nothing
//! else; a [`Verifier`](verify::Verifier) finds the path from it to an anchor.

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod algorithm;
pub mod asn1;
pub mod certificate;
pub mod chain;
pub mod content;
pub mod crl;
pub mod crypto;
mod der;
pub mod diagnostic;
pub mod extension;
pub mod issue;
pub mod key;
pub mod limits;
pub mod lint;
mod locate;
pub mod name;
pub mod ocsp;
pub mod oid;
pub mod pem;
pub mod policy;
pub mod request;
pub mod signature;
pub mod time;
pub mod verify;

pub use der::StringType;
