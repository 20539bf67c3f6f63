//! Benchmarks of the engine: `certgate-bench check POOLS` and `certgate-bench hostile`.

mod check;
mod hostile;
mod pool;
mod rounds;

use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: hostile::Counting = hostile::Counting;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let good = match words.as_slice() {
        ["check", folder] => {
            check::run(&PathBuf::from(folder));
            true
        }
        ["hostile"] => hostile::run(),
        _ => {
            eprintln!("certgate-bench check POOLS | hostile");
            return ExitCode::from(2);
        }
    };
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
