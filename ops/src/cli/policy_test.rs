use std::path::Path;

use certgate_bindings::Policy;
use certgate_bindings::cases::{CaseFile, CaseReport};
use certgate_bindings::certgate::diagnostic::codes;

use super::args::CaseFormat;
use super::case_output;
use super::load::LoadError;
use super::{Terminal, exit, worst};
use crate::input;
use crate::render::escape::escape;

/// The ending of files of cases.
const ENDING: &str = ".cases.yaml";

pub(super) fn run(
    format: CaseFormat,
    coverage: Option<u8>,
    files: &[String],
    terminal: &mut Terminal<'_>,
) -> u8 {
    let files = match find(files) {
        Ok(files) => files,
        Err(message) => {
            terminal.fail(&message);
            return exit::USAGE;
        }
    };
    let mut exits = Vec::new();
    let mut reports = Vec::new();
    for file in &files {
        match run_file(file, terminal) {
            Err(error) => exits.push(error.report(terminal)),
            Ok(report) => {
                let covered = coverage.is_none_or(|wanted| percent(&report) >= u64::from(wanted));
                // Nothing has been shown where nothing was asked.
                if report.cases.is_empty() {
                    terminal.fail(&format!("{file} has no case: write at least one under `cases`"));
                }
                let passed = !report.cases.is_empty() && report.cases.iter().all(|case| case.passed);
                exits.push(if passed && covered { exit::OK } else { exit::DENIED });
                if format == CaseFormat::Text {
                    print_text(file, &report, terminal);
                }
                reports.push((file.clone(), report));
            }
        }
    }
    let plain = || reports.iter().map(|(_, report)| report).collect::<Vec<_>>();
    match format {
        CaseFormat::Text => print_summary(&plain(), terminal),
        // Plain data: serialising it cannot fail.
        CaseFormat::Json => terminal.print(&serde_json::to_string(&plain()).unwrap_or_default()),
        CaseFormat::Junit => terminal.print(&case_output::junit(&reports)),
        CaseFormat::Tap => terminal.print(&case_output::tap(&reports)),
    }
    worst(exits)
}

/// The files of cases that the arguments name: folders are searched, not those below them.
fn find(files: &[String]) -> Result<Vec<String>, String> {
    let names = if files.is_empty() { vec![".".to_owned()] } else { files.to_vec() };
    let mut found = Vec::new();
    for name in &names {
        if !Path::new(name).is_dir() {
            found.push(name.clone());
            continue;
        }
        let entries = std::fs::read_dir(name)
            .map_err(|error| format!("cannot read {name}: {}", input::describe(&error)))?;
        let mut cases: Vec<String> = entries
            .filter_map(|entry| entry.ok())
            .map(|entry| entry.path().to_string_lossy().into_owned())
            .filter(|path| path.ends_with(ENDING))
            .collect();
        cases.sort();
        if cases.is_empty() {
            return Err(format!("{name} has no files named *{ENDING}"));
        }
        found.append(&mut cases);
    }
    Ok(found)
}

fn run_file(file: &str, terminal: &mut Terminal<'_>) -> Result<CaseReport, LoadError> {
    let text = input::read_text(file, terminal.stdin)?;
    let document = |error| LoadError::Document {
        name: file.to_owned(),
        text: text.clone(),
        error,
        exit: exit::UNREADABLE,
    };
    let cases = CaseFile::from_text(&text).map_err(document)?;
    let policy_file = match &cases.policy {
        Some(name) => input::beside(file, name),
        None => file.replace(ENDING, ".yaml"),
    };
    let policy_text = input::read_text(&policy_file, terminal.stdin)
        .map_err(|fault| LoadError::of_file(fault, exit::POLICY))?;
    let policy = Policy::load(&policy_text).map_err(|error| LoadError::Document {
        name: policy_file.clone(),
        text: policy_text.clone(),
        error,
        exit: exit::POLICY,
    })?;
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    cases.run(&policy, &|name| input::read_beside(folder, name)).map_err(document)
}

fn percent(report: &CaseReport) -> u64 {
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let (shown, total) = (number(report.coverage.shown), number(report.coverage.total));
    shown.saturating_mul(100).checked_div(total).unwrap_or(100)
}

fn print_text(file: &str, report: &CaseReport, terminal: &mut Terminal<'_>) {
    for case in &report.cases {
        if case.passed {
            continue;
        }
        let code = codes::CASE_MISMATCH;
        terminal.print(&format!("{file}: error[{code}]: case {} failed", escape(&case.name)));
        for difference in &case.differences {
            terminal.print(&format!("  {}", escape(difference)));
        }
        for reason in &case.reasons {
            terminal.print(&format!("  got {}", escape(&reason.to_string())));
        }
    }
    let passed = report.cases.iter().filter(|case| case.passed).count();
    terminal.print(&format!(
        "{file}: policy {}: {passed} of {} cases passed; {} of {} rule effects shown ({} %)",
        report.policy,
        report.cases.len(),
        report.coverage.shown,
        report.coverage.total,
        percent(report),
    ));
    for missing in &report.coverage.missing {
        terminal.print(&format!("  no case shows that {} can {}", missing.rule, missing.effect));
    }
}

fn print_summary(reports: &[&CaseReport], terminal: &mut Terminal<'_>) {
    if reports.len() > 1 {
        let cases = reports.iter().map(|report| report.cases.len()).fold(0, usize::saturating_add);
        let failed = reports.iter().flat_map(|report| &report.cases).filter(|case| !case.passed).count();
        terminal.print(&format!("{} policies, {cases} cases, {failed} failed", reports.len()));
    }
}
