//! Ending the real program with SIGKILL at its named fail points.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::command::{certgate, run_with};

/// The variable that names a fail point.
const FAIL_POINT: &str = "CERTGATE_FAIL_POINT";

/// How often each fail point is tried: 5 times in the heavy run, else once.
pub fn rounds() -> u32 {
    if heavy() { 5 } else { 1 }
}

/// Whether this is the run with full counts.
pub fn heavy() -> bool {
    std::env::var_os("CERTGATE_HEAVY").is_some_and(|value| !value.is_empty() && value != "0")
}

/// The fail points that a command passes, each with how often. The command must succeed.
pub fn points(folder: &Path, arguments: &[&str]) -> BTreeMap<String, u32> {
    let said = run_with(folder, arguments, b"", &[(FAIL_POINT, "list")]);
    assert_eq!(said.exit, 0, "{arguments:?}: {said:?}");
    let mut points = BTreeMap::new();
    for line in said.stderr.lines() {
        if let Some(name) = line.strip_prefix("fail point ") {
            *points.entry(name.to_owned()).or_default() += 1;
        }
    }
    points
}

/// Runs a command until it comes by a fail point for the `count`th time, and kills it there.
pub fn kill_at(folder: &Path, arguments: &[&str], point: &str, count: u32) {
    let mut child = Command::new(certgate())
        .args(arguments)
        .current_dir(folder)
        .env(FAIL_POINT, format!("{point}#{count}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let errors = BufReader::new(child.stderr.take().expect("its standard error"));
    let wanted = format!("fail point {point}");
    let reached = errors.lines().map_while(Result::ok).any(|line| line == wanted);
    assert!(reached, "{arguments:?} does not come by {point} for the {count}. time");
    // On Unix this is SIGKILL: nothing of the program runs after that.
    child.kill().expect("it is there");
    let status = child.wait().expect("its end");
    assert!(!status.success());
}

/// Which of `hits` times a point is tried in a round, so that rounds spread over them.
pub fn occurrence(round: u32, rounds: u32, hits: u32) -> u32 {
    if rounds <= 1 { hits.div_ceil(2) } else { 1 + round * (hits - 1) / (rounds - 1) }
}

/// Copies a folder with all that is in it, links as links.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the folder");
    for entry in std::fs::read_dir(from).expect("the folder").flatten() {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().expect("its type");
        if kind.is_symlink() {
            #[cfg(unix)]
            std::os::unix::fs::symlink(std::fs::read_link(&source).expect("the link"), &target)
                .expect("a link");
        } else if kind.is_dir() {
            copy(&source, &target);
        } else {
            std::fs::copy(&source, &target).expect("a copy");
        }
    }
}

/// Files that only an interrupted run leaves: `.NAME.NUMBER.new`.
pub fn leftovers(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(leftovers(&entry.path()));
        } else if name.starts_with('.') && name.ends_with(".new") {
            found.push(name);
        }
    }
    found
}

/// Says something that the summary of a whole run shows, past what the test runner keeps to itself.
pub fn tell(text: &str) {
    use std::io::Write;
    writeln!(std::io::stdout(), "{text}").expect("standard output");
}
