//! The `certgate` command line: a shell around `certgate_ops::cli`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(certgate_ops::cli::run_process())
}
