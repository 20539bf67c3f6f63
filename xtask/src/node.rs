//! The npm package: the addon, the WebAssembly modules and the TypeScript facade, built into `node/dist` and tested there.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Failure};
use crate::{checker, wasm};

/// Builds the package into `node/dist`.
pub fn build() -> Result<(), Failure> {
    run::step("node: addon", || run::check(&mut run::workspace()))?;
    run::step("node: WebAssembly", wasm::build)?;
    assemble(&run::root().join("target/ci"))
}

/// Builds the package into `node/dist` as it is published: for benchmarks.
pub fn published() -> Result<(), Failure> {
    run::step("node: addon, published", || {
        let mut cargo = run::cargo();
        cargo.args(["build", "--release", "-p", "certgate-node", "--target-dir", "target/bench"]);
        run::check(&mut cargo)
    })?;
    run::step("node: WebAssembly, published", wasm::build)?;
    assemble(&run::root().join("target/bench/release"))
}

/// Puts the package together around the addon that stands in a folder.
fn assemble(compiled: &Path) -> Result<(), Failure> {
    checker::prepare()?;
    run::step("node: tools", || run::check(npm().args(["ci", "--no-audit", "--no-fund"])))?;
    run::step("node: package", || {
        let library = compiled.join(format!(
            "{}certgate_node{}",
            std::env::consts::DLL_PREFIX,
            std::env::consts::DLL_SUFFIX
        ));
        run::check(npm().args(["run", "--silent", "build", "--"]).arg(library))
    })
}

/// Runs the suite against the native addon, WebAssembly in Node and Chromium, and the packed package.
pub fn test() -> Result<(), Failure> {
    run::step("node: tests", || run::check(npm().args(["run", "--silent", "test"])))
}

/// Writes the types and names that come from the engine. The package cannot be built before its types are there, so the
/// command of the workspace gives the tables.
pub fn generate() -> Result<(), Failure> {
    run::check(&mut run::workspace())?;
    run::check(npm().args(["ci", "--no-audit", "--no-fund"]))?;
    run::check(npm().env("CERTGATE", run::certgate()).args(["run", "--silent", "generate"]))
}

/// Makes the packages as they are published, in `node/build/packages`.
pub fn pack() -> Result<(), Failure> {
    run::check(npm().args(["run", "--silent", "pack"]))
}

fn npm() -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder());
    command
}

fn folder() -> PathBuf {
    run::root().join("node")
}
