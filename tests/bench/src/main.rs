//! `certgate-bench POOLS [PART]`: the engine beside other libraries; all parts, or `check`, `verify` or `issue`.

mod chains;
mod check;
mod issue;
mod pool;
mod rounds;
mod verify;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("certgate-bench POOLS");
        return ExitCode::from(2);
    };
    let folder = PathBuf::from(folder);
    let wanted = std::env::args().nth(2);
    let parts: [(&str, fn(&Path)); 3] =
        [("check", check::run), ("verify", verify::run), ("issue", issue::run)];
    for (name, run) in parts {
        if wanted.as_deref().is_none_or(|wanted| wanted == name) {
            run(&folder);
        }
    }
    ExitCode::SUCCESS
}
