//! The real binary, over real TLS: what the API server sends, what a hostile client sends, and what an operator does.

#[path = "webhook/harness.rs"]
mod harness;

#[path = "webhook/admission.rs"]
mod admission;
#[cfg(feature = "approver")]
#[path = "webhook/approver.rs"]
mod approver;
#[path = "webhook/asked.rs"]
mod asked;
#[path = "webhook/early.rs"]
mod early;
#[path = "webhook/hostile.rs"]
mod hostile;
#[path = "webhook/load.rs"]
mod load;
#[path = "webhook/operations.rs"]
mod operations;
#[path = "webhook/parity.rs"]
mod parity;
#[path = "webhook/secrets.rs"]
mod secrets;
#[path = "webhook/signers.rs"]
mod signers;
