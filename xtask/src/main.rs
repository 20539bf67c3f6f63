//! `cargo xtask …`: build the WebAssembly modules and the packages, run every test and benchmark.

mod run;
mod wasm;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask wasm          build the WebAssembly modules";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["wasm"] => wasm::build(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}
