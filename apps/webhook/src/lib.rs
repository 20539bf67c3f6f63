//! The admission webhook: no certificate request comes into a cluster, or is approved there, against the policy.
//!
//! It asks the same engine as the command line and gives the same reasons. This crate converts: AdmissionReview in,
//! AdmissionReview out, and what a server needs around that.

#![forbid(unsafe_code)]

mod admit;
mod config;
mod judge;
mod log;
mod metrics;
mod object;
mod policies;
mod requester;
mod review;
