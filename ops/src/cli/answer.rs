//! What a command answers about each input, in the forms that do not depend on the command.

use certgate_bindings::Error;
use certgate_bindings::certgate::diagnostic::{Code, Diagnostic, codes};
use certgate_bindings::sarif::{self, Finding};
use certgate_bindings::view::{DiagnosticView, SCHEMA_VERSION};
use serde::Serialize;

use super::Terminal;
use crate::input::InputError;
use crate::render::escape::escape;
use crate::render::{github, report};

/// What became of one input.
pub(super) enum Answer<V> {
    View(Box<V>),
    Error(Vec<DiagnosticView>),
}

/// An answer in JSON with the name of its input.
#[derive(Serialize)]
struct Named<'a, V> {
    input: &'a str,
    #[serde(flatten)]
    answer: Shown<'a, V>,
}

/// An answer in JSON: the view as every host writes it, or why there is none.
#[derive(Serialize)]
#[serde(untagged)]
enum Shown<'a, V> {
    View(&'a V),
    Failure(Failure<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure<'a> {
    schema_version: u32,
    outcome: &'static str,
    reasons: &'a [DiagnosticView],
}

impl<V: Serialize> Answer<V> {
    pub(super) fn new(result: Result<V, Error>) -> Self {
        match result {
            Ok(view) => Self::View(Box::new(view)),
            Err(error) => Self::Error(error.diagnostics().to_vec()),
        }
    }

    /// An input that could not be read.
    pub(super) fn unreadable(error: &InputError) -> Self {
        match error {
            InputError::Io(message) => Self::unread(message),
            InputError::Object(error) => Self::Error(error.diagnostics().to_vec()),
        }
    }

    /// A file that could not be read.
    pub(super) fn unread(message: &str) -> Self {
        Self::failed(codes::INPUT_FILE, message)
    }

    /// A server that presented nothing.
    pub(super) fn unreached(message: &str) -> Self {
        Self::failed(codes::INPUT_SERVER, message)
    }

    fn failed(code: Code, message: &str) -> Self {
        Self::new(Err(Diagnostic::new(code, message).into()))
    }

    /// The answer alone, as the other hosts write it.
    pub(super) fn to_json(&self) -> String {
        to_json(&self.shown())
    }

    /// The answer with the name of its input, on one line.
    pub(super) fn to_named_json(&self, input: &str) -> String {
        to_json(&Named { input, answer: self.shown() })
    }

    fn shown(&self) -> Shown<'_, V> {
        match self {
            Self::View(view) => Shown::View(view),
            Self::Error(reasons) => {
                Shown::Failure(Failure { schema_version: SCHEMA_VERSION, outcome: "error", reasons })
            }
        }
    }
}

fn to_json<T: Serialize>(value: &T) -> String {
    // Plain data with text keys: serialising it cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}

/// One input: its object as the other hosts write it. Several: a list, each with the name of its input.
pub(super) fn print_json<V: Serialize>(answers: &[(String, Answer<V>)], terminal: &mut Terminal<'_>) {
    let text = match answers {
        [(_, answer)] => answer.to_json(),
        several => {
            let list: Vec<String> = several.iter().map(|(name, answer)| answer.to_named_json(name)).collect();
            format!("[{}]", list.join(","))
        }
    };
    terminal.print(&text);
}

/// Prints annotations of GitHub Actions for one input.
pub(super) fn print_github<'a>(
    name: &str,
    diagnostics: impl IntoIterator<Item = &'a DiagnosticView>,
    terminal: &mut Terminal<'_>,
) {
    for diagnostic in diagnostics {
        terminal.print(&github::annotation(name, diagnostic));
    }
}

/// What SARIF says of one input.
pub(super) fn findings<'a>(
    name: &str,
    diagnostics: impl IntoIterator<Item = &'a DiagnosticView>,
) -> Vec<Finding> {
    let finding =
        |diagnostic: &DiagnosticView| Finding { uri: name.to_owned(), diagnostic: diagnostic.clone() };
    diagnostics.into_iter().map(finding).collect()
}

/// Prints one SARIF log of all that was found.
pub(super) fn print_sarif(findings: &[Finding], terminal: &mut Terminal<'_>) {
    terminal.print(&serde_json::to_string_pretty(&sarif::log(findings)).unwrap_or_default());
}

/// Says why an input cannot be read; nothing if it was read.
pub(super) fn print_unreadable<V>(name: &str, answer: &Answer<V>, terminal: &mut Terminal<'_>) {
    let Answer::Error(diagnostics) = answer else { return };
    let renderer = terminal.renderer();
    for diagnostic in diagnostics {
        if [codes::INPUT_FILE, codes::INPUT_SERVER].iter().any(|code| code.as_str() == diagnostic.code) {
            // The message names it.
            terminal.fail(&format!("{} [{}]", diagnostic.message, diagnostic.code));
        } else {
            let text = report::diagnostic(diagnostic, None, None, &renderer);
            terminal.print_error(&format!("{}: cannot be read\n{text}", escape(name)));
        }
    }
}
