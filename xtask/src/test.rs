//! `cargo xtask test`: every test of the project, step by step, and the runners' own summaries at the end.

use std::fs;
use std::process::Command;
use std::time::Instant;

use crate::packages;
use crate::run::{self, Failure};

/// How much is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All vectors on all hosts, property tests with reduced counts.
    Usual,
    /// Full counts; the summary is kept in `docs/heavy.md`.
    Heavy,
}

/// Cases of each property test (read by `proptest`).
const PROPERTY_CASES: [(Scope, &str); 2] = [(Scope::Usual, "512"), (Scope::Heavy, "50000")];

struct Report {
    name: &'static str,
    seconds: f64,
    passed: bool,
    summary: Vec<String>,
}

/// Runs all steps, also after a failed one, and fails if any did. With names only those steps, which what they stand on
/// must have built.
pub fn run(scope: Scope, names: &[&str]) -> Result<(), Failure> {
    let start = Instant::now();
    let commit = commit()?;
    let mut chosen = steps(scope);
    if let Some(unknown) = names.iter().find(|name| !chosen.iter().any(|(known, _)| known == *name)) {
        let known: Vec<&str> = chosen.iter().map(|(name, _)| *name).collect();
        return Err(Failure::new(format!("no step `{unknown}`; there are: {}", known.join(", "))));
    }
    chosen.retain(|(name, _)| names.is_empty() || names.contains(name));
    run::step("Debian packages", packages::ensure)?;
    let reports: Vec<Report> = chosen.into_iter().map(|step| report(step, scope)).collect();
    let text = summary(&reports, start.elapsed().as_secs_f64());
    println!("\n{text}");
    if scope == Scope::Heavy {
        keep(&reports, &commit)?;
    }
    let failed: Vec<&str> =
        reports.iter().filter(|report| !report.passed).map(|report| report.name).collect();
    if failed.is_empty() { Ok(()) } else { Err(Failure::new(format!("failed: {}", failed.join(", ")))) }
}

/// The steps in order: what builds first is used by what follows.
fn steps(scope: Scope) -> Vec<(&'static str, Command)> {
    // The usual run has its Chromium pass with the npm package; the page is built there, and walked through in the heavy run.
    let checker: &[&str] = if scope == Scope::Heavy { &["checker"] } else { &["checker", "build"] };
    // Clippy checks all that it sees anew: what must not panic in the usual run, everything in the heavy one.
    let linted: &[&str] = if scope == Scope::Heavy {
        &["--workspace", "--all-targets", "--features", "certgate-kubewarden/wapc"]
    } else {
        &["-p", "certgate", "-p", "certgate-bindings", "-p", "certgate-ops"]
    };
    // The usual run has the native program of the same command line among its tests.
    let more = (scope == Scope::Heavy).then(|| {
        [
            // The engine as it is without the features of the hosts: in Rust alone.
            ("Rust alone", cargo(&["test", "--profile", "ci", "-p", "certgate", "--lib"])),
            ("kubewarden", xtask(&["kubewarden"])),
            ("kubernetes", xtask(&["kubernetes"])),
        ]
    });
    let steps = vec![
        ("format", cargo(&["fmt", "--all", "--check"])),
        ("clippy", cargo(&[&["clippy", "--profile", "ci"], linted, &["--", "-D", "warnings"]].concat())),
        ("build", run::workspace()),
        (
            "cargo test",
            // What a test did not find is said also where it passes.
            cargo(&[
                "test",
                "--profile",
                "ci",
                "--workspace",
                "--exclude",
                "xtask",
                "--no-fail-fast",
                "--",
                "--show-output",
            ]),
        ),
        ("policies", certgate(&["policy", "test", "--coverage", "100", "policies"])),
        ("node and wasm", xtask(&["node"])),
        ("checker", xtask(checker)),
        ("python", xtask(&["python"])),
        ("parity", xtask(&["parity"])),
    ];
    steps.into_iter().chain(more.into_iter().flatten()).collect()
}

fn report((name, mut command): (&'static str, Command), scope: Scope) -> Report {
    let start = Instant::now();
    if let Some((_, cases)) = PROPERTY_CASES.iter().find(|(of, _)| *of == scope) {
        command.env("PROPTEST_CASES", cases);
    }
    // What the step `build` has made is what the tests run.
    command.env("CERTGATE_PROGRAM", run::certgate());
    if name == "cargo test" {
        // The back end of the native hosts, which Wycheproof must have gone through.
        command.env("CERTGATE_BACK_END", "aws-lc-rs");
    }
    if scope == Scope::Usual {
        // Modules that compile fast; the heavy run holds the size of those that are published.
        command.env("CERTGATE_WASM", "quick");
    }
    if scope == Scope::Heavy {
        // Every fail point five times, 1,000 requests under renewals; other bundlers and runtimes for the npm package,
        // every look of the checker.
        command.env("CERTGATE_HEAVY", "1");
    }
    let mut summary = Vec::new();
    let result = run::step(name, || run::follow(&mut command, |line| summary.extend(summary_line(line))));
    if let Err(failure) = &result {
        println!("{failure}");
    }
    Report { name, seconds: start.elapsed().as_secs_f64(), passed: result.is_ok(), summary }
}

/// The lines by which cargo, node's test runner, pytest and our own programs sum up a run.
fn summary_line(line: &str) -> Option<String> {
    let line = line.trim();
    let cargo = line.starts_with("test result:") && !line.contains(" 0 passed; 0 failed");
    let node =
        ["# tests ", "# pass ", "# fail ", "# skipped ", "ℹ tests ", "ℹ pass ", "ℹ fail ", "ℹ skipped "]
            .iter()
            .any(|prefix| line.starts_with(prefix));
    let pytest = line.contains(" passed") && line.contains(" in ") && !line.starts_with("test result:");
    let ours = line.contains(" cases, ")
        || line.ends_with(" kills")
        || line.ends_with(" 0 failures")
        || line.starts_with("parity: ")
        || line.starts_with("checker: ")
        || line.starts_with("python: ")
        || line.contains("typing to verdict")
        || line.contains("longest task of the main thread")
        || line.contains("absent, so not tested");
    (cargo || node || pytest || ours).then(|| line.trim_matches('=').trim().to_owned())
}

fn summary(reports: &[Report], seconds: f64) -> String {
    let mut text = String::from("Summary\n");
    for report in reports {
        text.push_str(&report.to_text());
    }
    text.push_str(&format!("{:<14} {:>14.1} s\n", "all steps", seconds));
    text
}

impl Report {
    fn to_text(&self) -> String {
        let word = if self.passed { "passed" } else { "FAILED" };
        let mut text = format!("{:<14} {word} {:>7.1} s\n", self.name, self.seconds);
        for line in &self.summary {
            text.push_str(&format!("    {line}\n"));
        }
        text
    }
}

/// The commit that is checked out; marked where the files differ from it.
fn commit() -> Result<String, Failure> {
    let git = |arguments: &[&str]| run::output(Command::new("git").current_dir(run::root()).args(arguments));
    let dirty = if git(&["status", "--porcelain"])?.trim().is_empty() { "" } else { "-dirty" };
    Ok(format!("{}{dirty}", git(&["rev-parse", "HEAD"])?.trim()))
}

const HEAVY: &str = "\
# The last heavy run

`cargo xtask test heavy` runs all steps with full counts; `cargo xtask test heavy STEP …` runs some. Each step is kept here with the
commit that it ran at.
";

/// Writes the summary of each step of a heavy run with the commit that it is of; the other steps stay.
fn keep(reports: &[Report], commit: &str) -> Result<(), Failure> {
    let path = run::root().join("docs/heavy.md");
    let before = fs::read_to_string(&path).unwrap_or_default();
    let mut page = HEAVY.to_owned();
    for (name, _) in steps(Scope::Heavy) {
        let title = format!("\n## {name}\n");
        if let Some(report) = reports.iter().find(|report| report.name == name) {
            let text = report.to_text();
            page.push_str(&format!("{title}\nAt commit `{commit}`:\n\n```text\n{text}```\n"));
        } else if let Some((_, kept)) = before.split_once(&title) {
            let kept = kept.split_once("\n## ").map_or(kept, |(kept, _)| kept).trim_end();
            page.push_str(&format!("{title}{kept}\n"));
        } else {
            page.push_str(&format!("{title}\nNot run yet.\n"));
        }
    }
    fs::write(&path, page).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = run::cargo();
    cargo.args(arguments);
    cargo
}

fn certgate(arguments: &[&str]) -> Command {
    let mut command = Command::new(run::certgate());
    command.current_dir(run::root()).args(arguments);
    command
}

/// Another task of this program, as a process of its own, so that its output can be followed.
fn xtask(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap_or_else(|_| "xtask".into()));
    command.current_dir(run::root()).args(arguments);
    command
}
