//! certgate: one engine that decides which certificates may exist, makes them, and checks them.
//!
//! This crate is the engine: no I/O, no clock, no randomness, no unsafe code. Files, time and keys are arguments.
//!
//! ```text
//! bytes ── CertificationRequest::from_der ──────────────── Err(Error)        could not run
//!          │ Policy::evaluate(&request, &context) ─ Decision  allowed, denied or not applicable
//! ```

#![forbid(unsafe_code)]

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
