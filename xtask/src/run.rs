//! Running programs and timing steps.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Why a task ended.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The project's folder.
pub fn root() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map_or(manifest.clone(), PathBuf::from)
}

/// Runs a program and fails unless it succeeds.
pub fn check(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| missing(command, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("failed ({status}): {}", shown(command))))
    }
}

/// Runs a program and returns its standard output.
pub fn output(command: &mut Command) -> Result<String, Failure> {
    let output = command.output().map_err(|error| missing(command, &error))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!("failed ({}): {}\n{stderr}", output.status, shown(command))));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a program, passes its output on line by line, and shows each line to `see`.
pub fn follow(command: &mut Command, mut see: impl FnMut(&str)) -> Result<(), Failure> {
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| missing(command, &error))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.map_err(|error| missing(command, &error))?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            see(&line);
        }
    }
    let status = child.wait().map_err(|error| missing(command, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("failed ({status}): {}", shown(command))))
    }
}

/// The cargo that runs this program, in the project's folder.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    outside(&mut cargo);
    cargo
}

/// Takes out of a command's environment what `cargo xtask` has put there and build scripts look at: they would run again,
/// and much be compiled again, after each change between `cargo` and `cargo xtask`.
pub fn outside(command: &mut Command) {
    command.env_remove("CARGO_MANIFEST_DIR");
}

/// The build of all that the tests run, in one set of features, so that each crate compiles once: the tests themselves, the
/// command line, the webhook and the addon.
pub fn workspace() -> Command {
    let mut cargo = cargo();
    cargo.args(["build", "--profile", "ci", "--workspace", "--exclude", "xtask", "--all-targets"]);
    cargo
}

/// The command line that [`workspace`] has built.
pub fn certgate() -> PathBuf {
    program("certgate")
}

/// A program that [`workspace`] has built.
pub fn program(name: &str) -> PathBuf {
    root().join("target/ci").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Whether a program of this name can be found.
pub fn has(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

/// Runs one step, and prints its name before and its time after it.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    println!("== {name}");
    let start = Instant::now();
    let result = work();
    let word = if result.is_ok() { "done" } else { "FAILED" };
    println!("== {name}: {word} in {:.1} s", start.elapsed().as_secs_f64());
    result
}

fn missing(command: &Command, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot run {}: {error}", shown(command)))
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
