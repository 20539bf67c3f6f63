//! The policy of Kubewarden: compiled for WASI and for waPC, and put to its tests in wasmtime and in waPC's own host.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Failure};

const TARGET: &str = "wasm32-wasip1";
const PROFILE: &str = "wasm";

/// The hosts, at the versions that the tests were written with.
const WASMTIME: &str = "wasmtime==50.0.1";
const WAPC: &str = "@wapc/host@0.0.3";

/// The forms of the module: what cargo builds, the file that comes out, and the name that the tests have for it.
const FORMS: [(&[&str], &str, &str); 2] = [
    (&["--bin", "certgate-kubewarden"], "certgate-kubewarden.wasm", "wasi.wasm"),
    (&["--lib", "--features", "wapc"], "certgate_kubewarden_wapc.wasm", "wapc.wasm"),
];

/// Builds the modules into a folder, and prints their sizes.
fn build() -> Result<PathBuf, Failure> {
    let added = Command::new("rustup").args(["target", "add", TARGET]).output();
    if !added.is_ok_and(|output| output.status.success()) {
        return Err(Failure::new(format!("no target for WASI: run `rustup target add {TARGET}`")));
    }
    let folder = run::root().join("target/wasi");
    let out = run::root().join("target/kubewarden");
    fs::create_dir_all(&out).map_err(|error| failed(&out, &error))?;
    for (what, file, name) in FORMS {
        let mut cargo = run::cargo();
        cargo.args(["build", "--profile", PROFILE, "--target", TARGET, "-p", "certgate-kubewarden"]);
        run::check(cargo.args(what).arg("--target-dir").arg(&folder))?;
        let module = folder.join(TARGET).join(PROFILE).join(file);
        let bytes = fs::copy(&module, out.join(name)).map_err(|error| failed(&module, &error))?;
        println!("{name}: {bytes} bytes");
    }
    Ok(out)
}

/// Builds the modules, and runs the tests with them beside the native program.
pub fn test() -> Result<(), Failure> {
    let folder = build()?;
    if !folder.join("venv/bin/python").exists() {
        run::check(Command::new("python3").args(["-m", "venv"]).arg(folder.join("venv")))?;
    }
    let mut pip = Command::new(folder.join("venv/bin/python"));
    run::check(pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", WASMTIME]))?;
    let mut compile = Command::new(folder.join("venv/bin/python"));
    compile.current_dir(&folder).arg(run::root().join("apps/kubewarden/tests/run.py"));
    run::check(compile.args(["--compile", "wasi.wasm", "wasi.compiled"]))?;
    let mut npm = Command::new("npm");
    let manifest = folder.join("package.json");
    fs::write(&manifest, "{ \"private\": true }\n").map_err(|error| failed(&manifest, &error))?;
    run::check(npm.current_dir(&folder).args(["install", "--silent", "--no-audit", "--no-fund", WAPC]))?;
    let mut cargo = run::cargo();
    cargo.args(["test", "--profile", "ci", "--workspace", "--exclude", "xtask", "--test", "protocol"]);
    run::check(cargo.env("CERTGATE_KUBEWARDEN", folder).env("CERTGATE_PROGRAM", run::certgate()))
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}
