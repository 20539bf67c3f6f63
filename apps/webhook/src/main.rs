//! The binary `certgate-webhook`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(certgate_webhook::run(std::env::args_os()))
}
