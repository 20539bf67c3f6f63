//! A policy of Kubewarden, run as a WASI command: `validate` and `validate-settings`, JSON on standard input and output.

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

use std::io::{Read, Write};
use std::process::ExitCode;

use certgate_webhook::kubewarden::{self, INPUT_BYTES};

mod clock;

fn main() -> ExitCode {
    match answer() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // If nobody reads it, the exit code still says that there is no answer.
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::FAILURE
        }
    }
}

fn answer() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let (Some(word), None) = (arguments.next(), arguments.next()) else {
        return Err("one argument is needed: `validate` or `validate-settings`".to_owned());
    };
    let mut input = Vec::new();
    // One more than is taken, so that it is seen.
    let most = u64::try_from(INPUT_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut stdin = std::io::stdin().take(most);
    stdin.read_to_end(&mut input).map_err(|error| format!("standard input cannot be read: {error}"))?;
    let output = kubewarden::run(&word, &input, clock::now())?;
    std::io::stdout()
        .write_all(output.as_bytes())
        .map_err(|error| format!("standard output cannot be written: {error}"))
}
