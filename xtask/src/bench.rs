//! `cargo xtask bench`: ratios from one run on one core, contestants taking turns, another request from a pool of 1,000 each time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run::{self, Failure};
use crate::{node, python};

const REQUESTS: usize = 1_000;

/// A pool: its file, how `openssl` makes the key, and the number of names.
const POOLS: [(&str, &[&str], usize); 2] = [
    ("p-256.pool", &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], 3),
    ("rsa-2048.pool", &["-newkey", "rsa:2048"], 20),
];

/// The other libraries of the Node benchmarks.
const OTHERS: [&str; 5] =
    ["@peculiar/x509@2.2.0", "asn1js@4.0.0", "node-forge@1.4.3", "pkijs@4.0.0", "reflect-metadata@0.2.2"];

/// Runs all parts, of packages as they are published.
pub fn run() -> Result<(), Failure> {
    let pools = pools()?;
    println!("== In Rust alone, without AWS-LC");
    run::check(on_one_core(&build("certgate-bench", &["--no-default-features"])?).arg(&pools))?;
    let program = build("certgate-bench", &[])?;
    println!("== With AWS-LC, as the native hosts are published");
    run::check(on_one_core(&program).arg(&pools))?;
    run::check(&mut on_one_core(&program.with_file_name("policies")))?;
    println!("== A folder of requests, on all cores");
    run::check(Command::new(program.with_file_name("folder")).current_dir(run::root()))?;
    println!("== Python");
    let python = python::published()?;
    run::check(on_one_core(&python).arg(script("python.py")).arg(&pools))?;
    run::check(on_one_core(&python).arg(script("chains.py")).arg(&pools))?;
    run::check(on_one_core(&python).arg(script("issue.py")).arg(&pools))?;
    run::check(on_one_core(&python).arg(script("peers.py")).arg(&pools))?;
    run::check(on_one_core(&python).arg(script("folder.py")))?;
    println!("== Node");
    node::published()?;
    let modules = others()?;
    run::check(on_one_core(Path::new("node")).arg(script("node.mjs")).arg(&pools).arg(&modules))?;
    run::check(on_one_core(Path::new("node")).arg(script("chains.mjs")).arg(&pools))?;
    println!("== Node, a batch on all cores");
    let mut node = Command::new("node");
    run::check(node.current_dir(run::root()).arg(script("batch.mjs")).arg(&modules))?;
    println!("== The first verdict");
    run::check(
        Command::new("node").current_dir(run::root()).arg(script("first.mjs")).arg(&pools).arg(&modules),
    )?;
    println!("== WebAssembly");
    run::check(on_one_core(Path::new("node")).arg(script("wasm.mjs")))
}

/// Runs all vectors, and prints the slowest and those that take most memory.
pub fn hostile() -> Result<(), Failure> {
    run::check(&mut on_one_core(&build("hostile", &[])?))
}

fn build(program: &str, features: &[&str]) -> Result<PathBuf, Failure> {
    let target = run::root().join("target/bench");
    let mut cargo = run::cargo();
    cargo
        .current_dir(run::root().join("tests/bench"))
        .args(["build", "--release", "--target-dir"])
        .arg(&target)
        .args(features);
    run::check(&mut cargo)?;
    Ok(target.join("release").join(program))
}

/// The last core: the first one has the interrupts.
fn on_one_core(program: &Path) -> Command {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut command = Command::new("taskset");
    command.current_dir(run::root()).args(["-c", &(cores - 1).to_string()]).arg(program);
    command
}

fn script(name: &str) -> PathBuf {
    run::root().join("tests/bench/hosts").join(name)
}

/// The folder with the pools, which are made once.
pub fn pools() -> Result<PathBuf, Failure> {
    let folder = run::root().join("target/bench/pools");
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    for (file, key, names) in POOLS {
        let path = folder.join(file);
        if path.exists() {
            continue;
        }
        println!("making {REQUESTS} requests for {file}");
        let mut pool = Vec::new();
        for number in 0..REQUESTS {
            let request = request(key, number, names)?;
            let length = u32::try_from(request.len()).map_err(|_| Failure::new("a request is too long"))?;
            pool.extend(length.to_be_bytes());
            pool.extend(request);
        }
        fs::write(&path, pool).map_err(|error| failed(&path, &error))?;
    }
    Ok(folder)
}

fn request(key: &[&str], number: usize, names: usize) -> Result<Vec<u8>, Failure> {
    let names: Vec<String> =
        (0..names).map(|name| format!("DNS:host-{number}-{name}.bench.example.com")).collect();
    let output = Command::new("openssl")
        .args(["req", "-new", "-nodes", "-keyout", "/dev/null", "-subj", "/", "-outform", "DER"])
        .args(["-addext", &format!("subjectAltName={}", names.join(","))])
        .args(key)
        .stderr(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("cannot run openssl: {error}")))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(Failure::new(format!("openssl failed ({})", output.status)))
    }
}

/// Installs the other libraries below `target`; returns the folder.
fn others() -> Result<PathBuf, Failure> {
    let folder = run::root().join("target/bench/node");
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    if !OTHERS.iter().all(|name| folder.join("node_modules").join(bare(name)).exists()) {
        let manifest = folder.join("package.json");
        fs::write(&manifest, "{ \"private\": true }\n").map_err(|error| failed(&manifest, &error))?;
        let mut npm = Command::new("npm");
        npm.current_dir(&folder).args(["install", "--silent", "--no-audit", "--no-fund"]);
        run::check(npm.args(OTHERS))?;
    }
    Ok(folder)
}

/// The name of a package without its version.
fn bare(name: &str) -> &str {
    name.rsplit_once('@').map_or(name, |(bare, _)| bare)
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}
