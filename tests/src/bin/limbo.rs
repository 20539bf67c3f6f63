//! `limbo FILE.json[.gz] [--json] [--peer=NAME=VERDICTS]`: puts x509-limbo to the verifier, and prints what is right and
//! wrong by namespace, beside the verdicts of peers on the same file.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use certgate_tests::limbo::{Limbo, Outcome};
use serde::Serialize;

#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tally {
    cases: usize,
    right: usize,
    false_accepts: usize,
    false_rejects: usize,
    skipped: usize,
}

impl Tally {
    fn add(&mut self, outcome: &Outcome) {
        self.cases += 1;
        *match outcome {
            Outcome::Right => &mut self.right,
            Outcome::FalseAccept => &mut self.false_accepts,
            Outcome::FalseReject(_) => &mut self.false_rejects,
            Outcome::Skipped(_) => &mut self.skipped,
        } += 1;
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    profiles: &'static str,
    namespaces: BTreeMap<String, Tally>,
    all: Tally,
    all_but_bettertls: Tally,
    slowest: (String, f64),
    wrong: BTreeMap<String, String>,
    peers: BTreeMap<String, BTreeMap<String, Tally>>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    let explain = arguments.iter().find_map(|argument| argument.strip_prefix("--explain="));
    let Some(file) = arguments.iter().find(|argument| !argument.starts_with("--")) else {
        eprintln!("limbo FILE.json[.gz] [--json] [--peer=NAME=VERDICTS] [--explain=ID]");
        return ExitCode::from(2);
    };
    let limbo = match Limbo::read(std::path::Path::new(file)) {
        Ok(limbo) => limbo,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(3);
        }
    };
    let now = certgate_ops::now().expect("a clock");
    if let Some(id) = explain {
        for case in limbo.testcases.iter().filter(|case| case.id.contains(id)) {
            println!("{}: {:?}", case.id, case.refusal(now));
        }
        return ExitCode::SUCCESS;
    }
    let mut report = Report {
        profiles: "ids of webpki:: by profile webpki, all others by rfc5280",
        namespaces: BTreeMap::new(),
        all: Tally::default(),
        all_but_bettertls: Tally::default(),
        slowest: (String::new(), 0.0),
        wrong: BTreeMap::new(),
        peers: BTreeMap::new(),
    };
    let mut total = Duration::ZERO;
    for case in &limbo.testcases {
        let (outcome, elapsed) = case.run(now);
        total += elapsed;
        report.namespaces.entry(case.namespace().to_owned()).or_default().add(&outcome);
        report.all.add(&outcome);
        if !case.id.starts_with("bettertls::") {
            report.all_but_bettertls.add(&outcome);
        }
        let milliseconds = elapsed.as_secs_f64() * 1e3;
        if milliseconds > report.slowest.1 {
            report.slowest = (case.id.clone(), milliseconds);
        }
        let what = match outcome {
            Outcome::Right => continue,
            Outcome::FalseAccept => "false accept".to_owned(),
            Outcome::FalseReject(why) => format!("false reject: {why}"),
            Outcome::Skipped(why) => format!("skipped: {why}"),
        };
        report.wrong.insert(case.id.clone(), what);
    }
    for (name, verdicts) in arguments
        .iter()
        .filter_map(|argument| argument.strip_prefix("--peer="))
        .filter_map(|peer| peer.split_once('='))
    {
        match peer(&limbo, verdicts) {
            Ok(tallies) => {
                report.peers.insert(name.to_owned(), tallies);
            }
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::from(3);
            }
        }
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&report).expect("plain data"));
    } else {
        print(&report, total);
    }
    ExitCode::SUCCESS
}

/// What the verdicts of a peer, one line a case, are worth by namespace.
fn peer(limbo: &Limbo, file: &str) -> Result<BTreeMap<String, Tally>, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let verdicts: BTreeMap<&str, &str> = text.lines().filter_map(|line| line.split_once('\t')).collect();
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for case in &limbo.testcases {
        let verdict = *verdicts.get(case.id.as_str()).ok_or_else(|| format!("{file}: no {}", case.id))?;
        let outcome = if verdict.starts_with("skip") {
            Outcome::Skipped(verdict.to_owned())
        } else {
            case.judge(verdict == "accept", verdict)
        };
        let names = [case.namespace(), "all"];
        let beside = (!case.id.starts_with("bettertls::")).then_some("all but bettertls");
        for name in names.into_iter().chain(beside) {
            tallies.entry(name.to_owned()).or_default().add(&outcome);
        }
    }
    Ok(tallies)
}

fn print(report: &Report, total: Duration) {
    println!("profiles: {}", report.profiles);
    println!(
        "{:<32} {:>6} {:>6} {:>13} {:>13} {:>8}",
        "namespace", "cases", "right", "false accept", "false reject", "skipped"
    );
    let row = |name: &str, tally: &Tally| {
        println!(
            "{name:<32} {:>6} {:>6} {:>13} {:>13} {:>8}",
            tally.cases, tally.right, tally.false_accepts, tally.false_rejects, tally.skipped
        );
    };
    for (name, tally) in &report.namespaces {
        row(name, tally);
    }
    row("all but bettertls", &report.all_but_bettertls);
    row("all", &report.all);
    for (id, what) in &report.wrong {
        println!("{id}: {what}");
    }
    for (name, tallies) in &report.peers {
        println!("\n{name} on the same file; what it has no parameter for is skipped");
        let (totals, namespaces): (Vec<_>, Vec<_>) =
            tallies.iter().partition(|(name, _)| name.starts_with("all"));
        for (name, tally) in namespaces.into_iter().chain(totals.into_iter().rev()) {
            row(name, tally);
        }
    }
    println!(
        "slowest: {} in {:.1} ms; all in {:.2} s",
        report.slowest.0,
        report.slowest.1,
        total.as_secs_f64()
    );
}
