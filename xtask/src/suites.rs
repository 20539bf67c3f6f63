//! `cargo xtask limbo` and `cargo xtask pkits`: the suites of certification paths, and what peers say of the same file.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Failure};

/// The peer that is a Python package.
const PYCA: &str = "cryptography==50.0.2";

/// Runs x509-limbo; `--peers` adds rustls-webpki and pyca/cryptography.
pub fn limbo(file: &str, options: &[&str]) -> Result<(), Failure> {
    let program = build("limbo")?;
    let mut command = Command::new(&program);
    command.arg(file);
    for option in options {
        match *option {
            "--peers" => {
                for (name, verdicts) in peers(Path::new(file))? {
                    command.arg(format!("--peer={name}={}", verdicts.display()));
                }
            }
            "--json" => drop(command.arg("--json")),
            other => return Err(Failure::new(format!("`{other}` is none of --json and --peers"))),
        }
    }
    run::check(&mut command)
}

/// Runs NIST PKITS. Without a folder its files are fetched from PyPI.
pub fn pkits(table: &str, data: Option<&str>) -> Result<(), Failure> {
    run::check(Command::new(build("pkits")?).arg(table).args(data))
}

fn build(name: &str) -> Result<PathBuf, Failure> {
    run::check(run::workspace().arg("--quiet"))?;
    Ok(run::program(name))
}

/// Files with the verdicts of each peer.
fn peers(file: &Path) -> Result<Vec<(&'static str, PathBuf)>, Failure> {
    let file =
        std::fs::canonicalize(file).map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    let target = run::root().join("target/peers");
    std::fs::create_dir_all(&target)
        .map_err(|error| Failure::new(format!("{}: {error}", target.display())))?;
    let webpki = target.join("webpki.txt");
    run::check(Command::new(build("webpki")?).arg(&file).stdout(create(&webpki)?))?;
    let pyca = target.join("pyca.txt");
    let script = run::root().join("tests/hosts/limbo.py");
    run::check(Command::new(oracle()?).arg(script).arg(&file).stdout(create(&pyca)?))?;
    Ok(vec![("rustls-webpki", webpki), ("pyca/cryptography", pyca)])
}

/// A Python with pyca/cryptography, made once.
fn oracle() -> Result<PathBuf, Failure> {
    let folder = run::root().join("target/python/oracle");
    let python = folder.join("bin/python");
    if !python.exists() {
        run::check(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    run::check(Command::new(&python).args(["-m", "pip", "install", "--quiet", PYCA]))?;
    Ok(python)
}

fn create(path: &Path) -> Result<File, Failure> {
    File::create(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}
