//! The command line.

use std::ffi::OsString;

use napi_derive::napi;

/// Runs the command line with the streams of this process; returns the exit code.
#[napi]
pub fn run_command(arguments: Vec<String>) -> u8 {
    certgate_ops::cli::run_with(std::iter::once("certgate".to_owned()).chain(arguments).map(OsString::from))
}
