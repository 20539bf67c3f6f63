//! The checker: a page in one file, built into `apps/checker/dist` upon the WebAssembly modules of the npm package, and
//! tested in Chromium.

use std::path::PathBuf;
use std::process::Command;

use crate::run::{self, Failure};
use crate::wasm;

/// Builds the WebAssembly modules if nobody has, and the page; prints its size and its digest.
pub fn build() -> Result<(), Failure> {
    let modules = run::root().join("node/build/wasm/certgate_wasm_yaml_bg.wasm");
    if !modules.exists() {
        run::step("checker: WebAssembly", wasm::build)?;
    }
    run::step("checker: tools", || run::check(npm().args(["ci", "--no-audit", "--no-fund"])))?;
    run::step("checker: types", || run::check(npm().args(["run", "--silent", "types"])))?;
    run::step("checker: page", || run::check(npm().args(["run", "--silent", "build"])))
}

/// Runs the page's tests in Chromium. `CERTGATE_HEAVY=1` looks at every width, theme and language.
pub fn test() -> Result<(), Failure> {
    run::step("checker: tests", || run::check(npm().args(["run", "--silent", "test"])))
}

fn npm() -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder());
    command
}

fn folder() -> PathBuf {
    run::root().join("apps/checker")
}
