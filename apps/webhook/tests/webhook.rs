//! The real binary, over real TLS: what the API server sends, what a hostile client sends, and what an operator does.

#[path = "webhook/harness.rs"]
mod harness;

#[path = "webhook/admission.rs"]
mod admission;
#[path = "webhook/hostile.rs"]
mod hostile;
#[path = "webhook/operations.rs"]
mod operations;
#[path = "webhook/parity.rs"]
mod parity;
#[path = "webhook/secrets.rs"]
mod secrets;
