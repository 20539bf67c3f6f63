use certgate_bindings::view::{DiagnosticView, RequestView};

use super::args::{Format, InspectArguments};
use super::{Terminal, answer, exit, worst};
use crate::input;
use crate::render::escape::escape;
use crate::render::report::{self, Source};
use crate::render::request_text::RequestText;

type Answer = answer::Answer<RequestView>;

pub(super) fn run(arguments: &InspectArguments, terminal: &mut Terminal<'_>) -> u8 {
    let names = if arguments.files.is_empty() { vec!["-".to_owned()] } else { arguments.files.clone() };
    let mut answers = Vec::new();
    for name in &names {
        for input in input::requests(name, terminal.stdin) {
            let answer = match &input.request {
                Ok(bytes) => Answer::new(certgate_bindings::inspect(bytes)),
                Err(error) => Answer::unreadable(error),
            };
            answers.push((input.name, answer));
        }
    }
    match arguments.format {
        Format::Text => answers.iter().for_each(|(name, answer)| print_text(name, answer, terminal)),
        Format::Json => answer::print_json(&answers, terminal),
        Format::Ndjson => {
            answers.iter().for_each(|(name, answer)| terminal.print(&answer.to_named_json(name)));
        }
        Format::Sarif => {
            let mut findings = Vec::new();
            for (name, answer) in &answers {
                findings.extend(answer::findings(name, answer, diagnostics(answer), terminal));
            }
            answer::print_sarif(&findings, terminal);
        }
        Format::Github => {
            for (name, answer) in &answers {
                answer::print_github(name, answer, diagnostics(answer), terminal);
            }
        }
    }
    worst(answers.iter().map(|(_, answer)| exit_code(answer)))
}

fn exit_code(answer: &Answer) -> u8 {
    match answer {
        Answer::View(view) if view.findings.iter().any(|finding| finding.severity == "error") => exit::DENIED,
        Answer::View(_) => exit::OK,
        Answer::Error(_) | Answer::Io(_) => exit::UNREADABLE,
    }
}

fn diagnostics(answer: &Answer) -> &[DiagnosticView] {
    match answer {
        Answer::View(view) => &view.findings,
        Answer::Error(diagnostics) => diagnostics,
        Answer::Io(_) => &[],
    }
}

fn print_text(name: &str, answer: &Answer, terminal: &mut Terminal<'_>) {
    let Answer::View(view) = answer else {
        return answer::print_unreadable(name, answer, terminal);
    };
    let shown = escape(name);
    let renderer = terminal.renderer();
    let text = RequestText::new(view);
    terminal.print(&format!("{shown}: certification request"));
    for line in text.as_str().lines() {
        terminal.print(&format!("  {line}"));
    }
    terminal.print(&format!("  SHA-256: {}", view.fingerprints.sha256));
    terminal.print(&format!("  SHA-256 of the key: {}", view.fingerprints.public_key_sha256));
    let source = Source { name: &shown, text: &text };
    for finding in &view.findings {
        terminal.print(&report::diagnostic(finding, Some(&source), None, &renderer));
    }
}
