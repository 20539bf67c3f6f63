//! `cargo xtask …`: build the WebAssembly modules and the packages, run every test and benchmark.

mod packages;
mod parity;
mod run;
mod test;
mod wasm;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test [heavy]  run every test; heavy: with full counts, and keep the summary in docs/heavy.md
cargo xtask wasm          build the WebAssembly modules
cargo xtask parity        compare the answers of all hosts, which have been built";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["test"] => test::run(test::Scope::Usual),
        ["test", "heavy"] => test::run(test::Scope::Heavy),
        ["wasm"] => wasm::build(),
        ["parity"] => parity::run(),
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
