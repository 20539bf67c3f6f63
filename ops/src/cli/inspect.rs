use certgate_bindings::sarif::{self, Finding};
use certgate_bindings::view::{DiagnosticView, RequestView};
use serde_json::{Value, json};

use super::args::{Format, InspectArguments};
use super::{Terminal, exit, worst};
use crate::input::{self, InputError};
use crate::render::escape::escape;
use crate::render::github;
use crate::render::report::{self, Source};
use crate::render::request_text::RequestText;

enum Answer {
    View(Box<RequestView>),
    Error(Vec<DiagnosticView>),
    Io(String),
}

pub(super) fn run(arguments: &InspectArguments, terminal: &mut Terminal<'_>) -> u8 {
    let names = if arguments.files.is_empty() { vec!["-".to_owned()] } else { arguments.files.clone() };
    let mut answers = Vec::new();
    for name in &names {
        for input in input::requests(name, terminal.stdin) {
            let answer = match input.request {
                Err(InputError::Io(message)) => Answer::Io(message),
                Err(InputError::Object(error)) => Answer::Error(error.diagnostics().to_vec()),
                Ok(bytes) => match certgate_bindings::inspect(&bytes) {
                    Ok(view) => Answer::View(Box::new(view)),
                    Err(error) => Answer::Error(error.diagnostics().to_vec()),
                },
            };
            answers.push((input.name, answer));
        }
    }
    match arguments.format {
        Format::Text => answers.iter().for_each(|(name, answer)| print_text(name, answer, terminal)),
        Format::Json => match answers.as_slice() {
            [(_, Answer::View(view))] => terminal.print(&serde_json::to_string(view).unwrap_or_default()),
            several => {
                let list: Vec<Value> = several.iter().map(|(name, answer)| answer.to_json(name)).collect();
                terminal.print(&Value::Array(list).to_string());
            }
        },
        Format::Ndjson => {
            answers.iter().for_each(|(name, answer)| terminal.print(&answer.to_json(name).to_string()));
        }
        Format::Sarif => {
            let findings: Vec<Finding> = answers
                .iter()
                .flat_map(|(name, answer)| {
                    answer
                        .diagnostics()
                        .iter()
                        .map(|diagnostic| Finding { uri: name.clone(), diagnostic: diagnostic.clone() })
                })
                .collect();
            terminal.print(&serde_json::to_string_pretty(&sarif::log(&findings)).unwrap_or_default());
        }
        Format::Github => {
            for (name, answer) in &answers {
                for diagnostic in answer.diagnostics() {
                    terminal.print(&github::annotation(name, diagnostic));
                }
            }
        }
    }
    worst(answers.iter().map(|(_, answer)| answer.exit()))
}

impl Answer {
    fn exit(&self) -> u8 {
        match self {
            Self::View(view) if view.findings.iter().any(|finding| finding.severity == "error") => {
                exit::DENIED
            }
            Self::View(_) => exit::OK,
            Self::Error(_) | Self::Io(_) => exit::UNREADABLE,
        }
    }

    fn diagnostics(&self) -> &[DiagnosticView] {
        match self {
            Self::View(view) => &view.findings,
            Self::Error(diagnostics) => diagnostics,
            Self::Io(_) => &[],
        }
    }

    fn to_json(&self, name: &str) -> Value {
        let mut value = match self {
            Self::View(view) => serde_json::to_value(view).unwrap_or_default(),
            Self::Error(diagnostics) => {
                json!({ "schemaVersion": 1, "outcome": "error", "reasons": diagnostics })
            }
            Self::Io(message) => json!({ "schemaVersion": 1, "outcome": "error", "message": message }),
        };
        if let Some(object) = value.as_object_mut() {
            object.insert("input".to_owned(), Value::from(name));
        }
        value
    }
}

fn print_text(name: &str, answer: &Answer, terminal: &mut Terminal<'_>) {
    let shown = escape(name);
    let renderer = terminal.renderer();
    match answer {
        Answer::Io(message) => terminal.fail(message),
        Answer::Error(diagnostics) => {
            for diagnostic in diagnostics {
                let text = report::diagnostic(diagnostic, None, None, &renderer);
                terminal.print_error(&format!("{shown}: cannot be read\n{text}"));
            }
        }
        Answer::View(view) => {
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
    }
}
