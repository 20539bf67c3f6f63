//! The policy of Kubewarden: compiled for WASI, and put to its tests under Node.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::run::{self, Failure};

const TARGET: &str = "wasm32-wasip1";
const PROFILE: &str = "wasm";

/// Builds the module, and prints its size.
pub fn build() -> Result<PathBuf, Failure> {
    let added = Command::new("rustup").args(["target", "add", TARGET]).output();
    if !added.is_ok_and(|output| output.status.success()) {
        return Err(Failure::new(format!("no target for WASI: run `rustup target add {TARGET}`")));
    }
    let folder = run::root().join("target/wasi");
    let mut cargo = run::cargo();
    cargo
        .args([
            "build",
            "--profile",
            PROFILE,
            "--target",
            TARGET,
            "-p",
            "certgate-kubewarden",
            "--target-dir",
        ])
        .arg(&folder);
    run::check(&mut cargo)?;
    let module = folder.join(TARGET).join(PROFILE).join("certgate-kubewarden.wasm");
    let bytes =
        fs::metadata(&module).map_err(|error| Failure::new(format!("{}: {error}", module.display())))?;
    println!("certgate-kubewarden.wasm: {} bytes", bytes.len());
    Ok(module)
}

/// Builds the module, and runs the tests with it beside the native program.
pub fn test() -> Result<(), Failure> {
    let module = build()?;
    let mut cargo = run::cargo();
    cargo.args(["test", "--profile", "ci", "-p", "certgate-kubewarden"]).env("CERTGATE_KUBEWARDEN", module);
    run::check(&mut cargo)
}
