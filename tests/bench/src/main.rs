//! `certgate-bench POOLS`: the engine beside other libraries.

mod check;
mod pool;
mod rounds;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("certgate-bench POOLS");
        return ExitCode::from(2);
    };
    check::run(&PathBuf::from(folder));
    ExitCode::SUCCESS
}
