//! The admission webhook: no certificate request comes into a cluster, or is approved there, against the policy.
//!
//! It asks the same engine as the command line and gives the same reasons. This crate converts: AdmissionReview in,
//! AdmissionReview out, and what a server needs around that.

#![deny(
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::dbg_macro,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::todo,
    clippy::unimplemented,
    clippy::unreachable,
    clippy::unwrap_used
)]
#![forbid(unsafe_code)]

use std::ffi::OsString;

use certgate_ops::cli::exit;
use clap::Parser;

mod admit;
mod args;
mod config;
mod doctor;
mod judge;
mod limits;
mod log;
mod metrics;
mod object;
mod policies;
mod reload;
mod requester;
mod review;
mod routes;
mod self_made;
mod serve;
mod server;
mod serving;

use args::{Arguments, Command};

/// Runs the program with its arguments, the first being its name; returns the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nothing can be done if nobody reads it.
            let _ = error.print();
            return if error.use_stderr() { exit::USAGE } else { exit::OK };
        }
    };
    if let Some(name) = std::env::var_os("CERTGATE_CRYPTO").and_then(|name| name.into_string().ok()) {
        certgate_bindings::select_crypto(&name);
    }
    match arguments.command {
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
    }
}
