//! `cargo xtask …`: build the WebAssembly modules and the packages, run every test and benchmark.

mod bench;
mod checker;
mod fuzz;
mod kubernetes;
mod kubewarden;
mod load;
mod node;
mod packages;
mod parity;
mod python;
mod run;
mod suites;
mod test;
mod wasm;

use std::process::{Command, ExitCode};

use run::Failure;

const USAGE: &str = "\
cargo xtask test          run every test
cargo xtask test heavy [STEP …]
                          with full counts, all steps or some; the summaries are kept in docs/heavy.md
cargo xtask generate      write the files that are made from the code: schemas, the page of codes
cargo xtask wasm          build the WebAssembly modules
cargo xtask node          build the npm package and test it
cargo xtask node build    build it into node/dist
cargo xtask node generate write its types and names
cargo xtask checker       build the checker's page and test it; the npm package has been built
cargo xtask checker build build it into apps/checker/dist
cargo xtask node pack     make the packages of the registry in node/build/packages
cargo xtask python        build the Python package and test it
cargo xtask python build  build its wheel into target/python/dist
cargo xtask python generate
                          write its stubs and the names of its views
cargo xtask parity        compare the answers of all hosts, which have been built
cargo xtask kubernetes    hold the webhook and the approver to a real API server; what `cargo xtask test` builds is there
cargo xtask kubewarden    build the policy of Kubewarden for WASI and test it
cargo xtask limbo FILE [--json] [--peers]
                          put x509-limbo to the verifier; --peers: and to rustls-webpki and pyca/cryptography
cargo xtask pkits TABLE [DATA_DIR]
                          put NIST PKITS to the verifier; without a folder its files come from PyPI
cargo xtask fuzz --seconds N [TARGET]
                          run every fuzz target, or one, for N seconds each
cargo xtask fuzz --planted
                          show that every target finds its planted fault
cargo xtask bench         speed against other libraries, of packages as they are published
cargo xtask bench hostile
                          the slowest vector, and the largest allocation
cargo xtask bench webhook
                          the webhook under load, and a server beside it that only parses JSON";

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
        ["test"] => test::run(test::Scope::Usual, &[]),
        ["test", "heavy", steps @ ..] => test::run(test::Scope::Heavy, steps),
        ["generate"] => run::check(&mut run::workspace())
            .and_then(|()| run::check(Command::new(run::program("generate")).current_dir(run::root()))),
        ["wasm"] => wasm::build(),
        ["parity"] => parity::run(),
        ["node"] => node::build().and_then(|()| node::test()),
        ["node", "build"] => node::build(),
        ["node", "generate"] => node::generate(),
        ["checker"] => checker::build().and_then(|()| checker::test()),
        ["checker", "build"] => checker::build(),
        ["node", "pack"] => node::pack(),
        ["python"] => python::test(),
        ["python", "build"] => python::build(),
        ["python", "generate"] => python::generate(),
        ["kubernetes"] => kubernetes::run(),
        ["kubewarden"] => kubewarden::test(),
        ["limbo", file, options @ ..] => suites::limbo(file, options),
        ["pkits", table] => suites::pkits(table, None),
        ["pkits", table, data] => suites::pkits(table, Some(data)),
        ["bench"] => bench::run(),
        ["bench", "hostile"] => bench::hostile(),
        ["bench", "webhook"] => load::run(),
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
