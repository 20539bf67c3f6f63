//! `cargo xtask parity`: the same jobs through every host and every set of signature back ends; the answers must be equal
//! byte for byte.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Failure};

/// A host's runner, and the back ends that it is run with: those that it takes by itself, and others by name.
struct Host {
    name: &'static str,
    runner: fn() -> Command,
    crypto: &'static [Option<&'static str>],
}

const HOSTS: &[Host] = &[
    Host { name: "node native", runner: || node("native"), crypto: &[None, Some("portable")] },
    Host { name: "node wasm", runner: || node("wasm"), crypto: &[None, Some("portable")] },
    Host { name: "python", runner: python, crypto: &[None, Some("portable")] },
];

/// Compares all hosts with the answers of the engine. Their packages have been built.
pub fn run() -> Result<(), Failure> {
    let folder = run::root().join("target/parity");
    fs::create_dir_all(&folder).map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    run::check(run::workspace().arg("--quiet"))?;
    let program = run::program("parity");
    let jobs = folder.join("jobs.ndjson");
    run::check(Command::new(&program).args(["jobs", "--wycheproof"]).stdout(create(&jobs)?))?;
    for host in HOSTS {
        for crypto in host.crypto {
            let label = format!("{}, {}", host.name, crypto.unwrap_or("its own back ends"));
            let answers = folder.join(format!("{}.txt", label.replace([' ', ',', '\''], "-")));
            println!("-- {label}");
            let mut runner = (host.runner)();
            if let Some(name) = crypto {
                runner.args(["--crypto", name]);
            }
            run::check(runner.stdin(open(&jobs)?).stdout(create(&answers)?))?;
            compare(&program, &answers, &label)?;
        }
    }
    Ok(())
}

fn compare(program: &Path, answers: &PathBuf, label: &str) -> Result<(), Failure> {
    let text = run::output(Command::new(program).args(["compare", "--wycheproof"]).arg(answers))?;
    println!("parity: {label}: {}", text.trim());
    Ok(())
}

fn node(backend: &str) -> Command {
    let mut command = Command::new("node");
    command.current_dir(run::root()).args(["tests/hosts/parity.mjs", backend]);
    command
}

fn python() -> Command {
    let mut command = Command::new(run::root().join("target/python/venv/bin/python"));
    command.current_dir(run::root()).arg("tests/hosts/parity.py");
    command
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

fn create(path: &Path) -> Result<File, Failure> {
    File::create(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}
