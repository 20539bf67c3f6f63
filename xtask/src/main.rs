//! `cargo xtask …`: build the WebAssembly modules and the packages, run every test and benchmark.

mod fuzz;
mod packages;
mod parity;
mod run;
mod test;
mod wasm;

use std::process::ExitCode;

use run::Failure;

const USAGE: &str = "\
cargo xtask test [heavy]  run every test; heavy: with full counts, and keep the summary in docs/heavy.md
cargo xtask wasm          build the WebAssembly modules
cargo xtask parity        compare the answers of all hosts, which have been built
cargo xtask fuzz --seconds N [TARGET]
                          run every fuzz target, or one, for N seconds each
cargo xtask fuzz --planted
                          show that every target finds its planted fault";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the task that the words name; `false` if they name none.
fn run(words: &[&str]) -> Result<bool, Failure> {
    match words {
        ["test"] => test::run(test::Scope::Usual),
        ["test", "heavy"] => test::run(test::Scope::Heavy),
        ["wasm"] => wasm::build(),
        ["parity"] => parity::run(),
        ["fuzz", "--planted"] => fuzz::run_planted(),
        ["fuzz", "--seconds", seconds] => fuzz::run(number(seconds)?, None),
        ["fuzz", "--seconds", seconds, target] => fuzz::run(number(seconds)?, Some(target)),
        _ => return Ok(false),
    }
    .map(|()| true)
}

fn number(text: &str) -> Result<u64, Failure> {
    text.parse().map_err(|_| Failure::new(format!("`{text}` is no number")))
}
