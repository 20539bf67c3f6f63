//! `certgate-bench POOLS`: the engine beside other libraries.

mod chains;
mod check;
mod issue;
mod pool;
mod rounds;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("certgate-bench POOLS");
        return ExitCode::from(2);
    };
    let folder = PathBuf::from(folder);
    check::run(&folder);
    verify::run(&folder);
    issue::run(&folder);
    ExitCode::SUCCESS
}
