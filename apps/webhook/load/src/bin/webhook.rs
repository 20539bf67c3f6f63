//! The webhook as it is published, without the approver.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(certgate_webhook::run(std::env::args_os()))
}
