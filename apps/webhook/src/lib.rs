//! The admission webhook: no certificate request comes into a cluster, or is approved there, against the policy.
//!
//! It asks the same engine as the command line and gives the same reasons. This crate converts: AdmissionReview in,
//! AdmissionReview out. With the feature `server` there is what a server needs around that; without it, the decision alone, which
//! WebAssembly carries too.

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
#![cfg_attr(
    not(feature = "server"),
    expect(dead_code, reason = "only the server reads, counts and logs these")
)]

#[cfg(feature = "server")]
use std::ffi::OsString;
#[cfg(feature = "server")]
use std::io::Write;

#[cfg(feature = "server")]
use certgate_ops::cli::exit;
#[cfg(feature = "server")]
use clap::Parser;

pub mod kubewarden;

mod admit;
mod config;
mod early;
mod judge;
mod object;
mod policies;
mod requester;
mod review;
mod signer;

#[cfg(feature = "approver")]
mod approve;
#[cfg(feature = "server")]
mod args;
#[cfg(feature = "server")]
mod doctor;
#[cfg(feature = "server")]
mod folder;
#[cfg(feature = "server")]
mod gate;
#[cfg(feature = "server")]
mod limits;
#[cfg(feature = "server")]
mod log;
#[cfg(feature = "server")]
mod metrics;
#[cfg(feature = "server")]
mod preface;
#[cfg(feature = "server")]
mod reload;
#[cfg(feature = "server")]
mod routes;
#[cfg(feature = "server")]
mod self_made;
#[cfg(feature = "server")]
mod serve;
#[cfg(feature = "server")]
mod server;
#[cfg(feature = "server")]
mod serving;

#[cfg(feature = "server")]
use args::{Arguments, Command};

/// Runs the program with its arguments, the first being its name; returns the exit code.
#[cfg(feature = "server")]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nothing can be done if nobody reads it.
            let _ = error.print();
            return if error.use_stderr() { exit::USAGE } else { exit::OK };
        }
    };
    if let Err(message) = certgate_ops::select_crypto() {
        // Nothing can be done if nobody reads it.
        let _ = writeln!(std::io::stderr(), "certgate-webhook: {message}");
        return exit::USAGE;
    }
    match arguments.command {
        Command::Serve(arguments) => serve::run(&arguments),
        #[cfg(feature = "approver")]
        Command::Approve(arguments) => approve::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
    }
}
