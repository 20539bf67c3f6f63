//! The command line.

use std::ffi::OsString;
use std::io::Write;

use napi_derive::napi;

/// Runs the command line with the streams of this process; returns the exit code.
#[napi(catch_unwind)]
pub fn run_command(arguments: Vec<String>) -> u8 {
    let arguments = std::iter::once("certgate".to_owned()).chain(arguments).map(OsString::from);
    let code = certgate_ops::cli::run_with(arguments);
    // Node's exit does not flush the streams of Rust. A reader that went away is no fault of ours.
    let _ = std::io::stdout().flush();
    code
}
