//! `cargo xtask fuzz`: builds the fuzz targets with coverage, runs them, and prints what they reached.
//!
//! The flags are those of `cargo-fuzz` without a sanitizer: core has no unsafe code for one to look at.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::run::{self, Failure};

const TARGETS: [&str; 12] = [
    "pem",
    "request",
    "names",
    "policy",
    "evaluate",
    "round_trip",
    "p256",
    "certificate",
    "crl",
    "name_constraints",
    "path_graph",
    "policy_graph",
];
const TRIPLE: &str = "x86_64-unknown-linux-gnu";
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares";

/// Within this time a planted fault must be found.
const PLANTED_SECONDS: u64 = 60;

/// What one run reached.
#[derive(Default)]
struct Reached {
    executions: u64,
    coverage: u64,
    corpus: u64,
}

/// Runs one target, or all of them, for so many seconds each.
pub fn run(seconds: u64, target: Option<&str>) -> Result<(), Failure> {
    let programs = build(false)?;
    seed(&folder("corpus"))?;
    let mut failed = Vec::new();
    let mut table = format!("{:<16} {:>12} {:>9} {:>8}\n", "target", "executions", "coverage", "corpus");
    for name in chosen(target)? {
        let artifacts = folder("artifacts").join(name);
        create(&artifacts)?;
        println!("== fuzz {name}: {seconds} s");
        let (reached, crashed) =
            fuzz(&programs.join(name), &folder("corpus").join(name), &artifacts, seconds)?;
        let word = if crashed { "  CRASHED" } else { "" };
        table.push_str(&format!(
            "{name:<16} {:>12} {:>9} {:>8}{word}\n",
            reached.executions, reached.coverage, reached.corpus
        ));
        if crashed {
            failed.push(name);
        }
    }
    print!("{table}");
    if failed.is_empty() { Ok(()) } else { Err(Failure::new(format!("crashed: {}", failed.join(", ")))) }
}

/// Shows that every target finds its planted fault.
pub fn run_planted() -> Result<(), Failure> {
    let programs = build(true)?;
    let work = run::root().join("target/fuzz/planted");
    if work.exists() {
        fs::remove_dir_all(&work).map_err(|error| Failure::new(format!("{}: {error}", work.display())))?;
    }
    seed(&work.join("corpus"))?;
    let mut missed = Vec::new();
    let mut table = format!("{:<16} {:>12} {:>9}\n", "target", "executions", "found in");
    for name in TARGETS {
        let artifacts = work.join("artifacts").join(name);
        create(&artifacts)?;
        let start = Instant::now();
        let (reached, crashed) =
            fuzz(&programs.join(name), &work.join("corpus").join(name), &artifacts, PLANTED_SECONDS)?;
        let found =
            if crashed { format!("{:.1} s", start.elapsed().as_secs_f64()) } else { "MISSED".to_owned() };
        table.push_str(&format!("{name:<16} {:>12} {found:>9}\n", reached.executions));
        if !crashed {
            missed.push(name);
        }
    }
    print!("{table}");
    if missed.is_empty() { Ok(()) } else { Err(Failure::new(format!("missed: {}", missed.join(", ")))) }
}

fn chosen(target: Option<&str>) -> Result<Vec<&'static str>, Failure> {
    match target {
        None => Ok(TARGETS.to_vec()),
        Some(wanted) => {
            TARGETS.iter().find(|name| **name == wanted).map(|name| vec![*name]).ok_or_else(|| {
                Failure::new(format!("no target `{wanted}`; there are {}", TARGETS.join(", ")))
            })
        }
    }
}

/// Builds all targets; returns the folder of the programs.
fn build(planted: bool) -> Result<PathBuf, Failure> {
    let target = run::root().join("target/fuzz");
    let mut cargo = run::cargo();
    cargo
        .current_dir(folder(""))
        .args(["build", "--release", "--bins", "--target", TRIPLE, "--target-dir"])
        .arg(&target)
        .env("RUSTFLAGS", FLAGS)
        .env("RUSTC_BOOTSTRAP", "1");
    if planted {
        cargo.args(["--features", "planted"]);
    }
    run::check(&mut cargo)?;
    Ok(target.join(TRIPLE).join("release"))
}

fn seed(corpus: &Path) -> Result<(), Failure> {
    run::check(&mut run::workspace())?;
    run::check(Command::new(run::program("seeds")).arg(corpus))
}

/// Runs one target; returns what it reached, and whether it crashed.
fn fuzz(program: &Path, corpus: &Path, artifacts: &Path, seconds: u64) -> Result<(Reached, bool), Failure> {
    let mut child = Command::new(program)
        .arg(corpus)
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args([
            &format!("-max_total_time={seconds}"),
            "-print_final_stats=1",
            // Of the clock: on a machine that does other work a target waits for its turn.
            "-timeout=60",
            "-rss_limit_mb=4096",
        ])
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Failure::new(format!("{}: {error}", program.display())))?;
    let mut reached = Reached::default();
    let mut last = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            reached.read(&line);
            last.push(line);
            if last.len() > 60 {
                last.remove(0);
            }
        }
    }
    let status = child.wait().map_err(|error| Failure::new(format!("{}: {error}", program.display())))?;
    if !status.success() {
        let fault = last.iter().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        println!("{}", fault.take(20).cloned().collect::<Vec<_>>().join("\n"));
    }
    Ok((reached, !status.success()))
}

impl Reached {
    /// Reads a line of libFuzzer: `#123 NEW cov: 45 ft: 67 corp: 8/90b …` or `stat::number_of_executed_units: 123`.
    fn read(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let Some(count) = line.strip_prefix('#').and_then(|rest| rest.split_whitespace().next()) {
            self.executions = count.parse().unwrap_or(self.executions);
        }
        for pair in words.windows(2) {
            let [name, value] = pair else { continue };
            match *name {
                "cov:" => self.coverage = value.parse().unwrap_or(self.coverage),
                "corp:" => {
                    let count = value.split('/').next().unwrap_or_default();
                    self.corpus = count.parse().unwrap_or(self.corpus);
                }
                "stat::number_of_executed_units:" => {
                    self.executions = value.parse().unwrap_or(self.executions);
                }
                _ => {}
            }
        }
    }
}

fn folder(name: &str) -> PathBuf {
    run::root().join("fuzz").join(name)
}

fn create(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}
