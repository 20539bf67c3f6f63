//! `parity`: the jobs for the runners of the hosts, and the judge of their answers.

use std::io::Read;
use std::process::ExitCode;

use certgate_tests::parity::{self, Job};

const USAGE: &str = "\
parity jobs [--wycheproof]                     prints the jobs, one a line
parity expected [--wycheproof] [--crypto NAME] prints the answers, each as ID TAB JSON
parity compare [--wycheproof] FILE             compares a host's lines (`-`: standard input)";

/// Differences that are shown.
const SHOWN: usize = 10;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let wycheproof = take(&mut words, "--wycheproof");
    if let Some(at) = words.iter().position(|word| *word == "--crypto") {
        let name = words.get(at + 1).copied().unwrap_or_default();
        if !certgate_bindings::select_crypto(name) {
            eprintln!("parity: there are no back ends `{name}` here");
            return ExitCode::from(2);
        }
        words.drain(at..=at + 1);
    }
    let jobs = || {
        let mut jobs = parity::jobs();
        jobs.extend(parity::tool_jobs());
        if wycheproof {
            jobs.extend(parity::signature_jobs());
        }
        jobs
    };
    match words.as_slice() {
        ["jobs"] => jobs().iter().for_each(|job| println!("{}", job.to_json())),
        ["expected"] => jobs().iter().for_each(|job| println!("{}\t{}", job.id(), job.answer())),
        ["compare", file] => return compare(&jobs(), file),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn take(words: &mut Vec<&str>, flag: &str) -> bool {
    let before = words.len();
    words.retain(|word| *word != flag);
    words.len() < before
}

fn compare(jobs: &[Job], file: &str) -> ExitCode {
    let lines = if file == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let lines = match lines {
        Ok(lines) => lines,
        Err(error) => {
            eprintln!("parity: cannot read {file}: {error}");
            return ExitCode::from(2);
        }
    };
    let differences = parity::differences(jobs, &lines);
    for difference in differences.iter().take(SHOWN) {
        println!("{difference}");
    }
    println!("{} jobs, {} differences", jobs.len(), differences.len());
    if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
