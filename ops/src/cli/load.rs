//! Loading what several commands need: a policy, a time, a context.

use certgate_bindings::certgate::diagnostic::{Code, Diagnostic, codes};
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::view::DiagnosticView;
use certgate_bindings::{ContextDocument, Error, Policy};

use super::{Terminal, exit};
use crate::input::{self, FileFault};
use crate::render::escape::escape;
use crate::render::report;

/// A policy and how messages call it.
pub(super) struct LoadedPolicy {
    pub(super) name: String,
    pub(super) policy: Policy,
}

/// Why something could not be loaded.
pub(super) enum LoadError {
    /// A file or an argument; the message and the exit code.
    Message(String, u8),
    /// A document: name, text and diagnostics.
    Document { name: String, text: String, error: Error, exit: u8 },
    /// What is wrong with the contents of a file that was read.
    InFile(String, Box<Error>, u8),
    /// What the engine or a command refuses, with its codes.
    Refused(Box<Error>, u8),
}

impl From<FileFault> for LoadError {
    fn from(fault: FileFault) -> Self {
        Self::of_file(fault, exit::UNREADABLE)
    }
}

/// What a command refuses, with a code.
pub(super) fn refusal(code: Code, message: String, help: &str, exit: u8) -> LoadError {
    LoadError::Refused(Box::new(Diagnostic::new(code, message).with_help(help.to_owned()).into()), exit)
}

impl LoadError {
    /// A file that cannot be read or written, and the exit code.
    pub(super) fn of_file(fault: FileFault, exit: u8) -> Self {
        Self::Refused(Box::new(Diagnostic::new(codes::INPUT_FILE, String::from(fault)).into()), exit)
    }

    /// What is wrong, in one line.
    pub(super) fn summary(&self) -> String {
        match self {
            Self::Message(message, _) => message.clone(),
            Self::Document { name, error, .. } => format!("{name}: {error}"),
            Self::InFile(name, error, _) => format!("{name}: {error}"),
            Self::Refused(error, _) => error.to_string(),
        }
    }

    /// Says what is wrong and gives the exit code.
    pub(super) fn report(self, terminal: &mut Terminal<'_>) -> u8 {
        match self {
            Self::Message(message, exit) => {
                terminal.fail(&message);
                exit
            }
            Self::Document { name, text, error, exit } => {
                let renderer = terminal.renderer();
                for diagnostic in error.diagnostics() {
                    terminal.print_error(&report::in_document(diagnostic, &name, &text, &renderer));
                }
                exit
            }
            Self::InFile(name, error, exit) => {
                for diagnostic in error.diagnostics() {
                    terminal.fail(&format!("{name}: {} [{}]", diagnostic.message, diagnostic.code));
                    print_help(diagnostic, terminal);
                }
                exit
            }
            Self::Refused(error, exit) => {
                for diagnostic in error.diagnostics() {
                    terminal.fail(&format!("{} [{}]", diagnostic.message, diagnostic.code));
                    print_help(diagnostic, terminal);
                }
                exit
            }
        }
    }

    /// What cannot be read in a file that is there.
    pub(super) fn unreadable_in(name: &str, error: Error) -> Self {
        Self::InFile(input::display_name(name), Box::new(error), exit::UNREADABLE)
    }
}

fn print_help(diagnostic: &DiagnosticView, terminal: &mut Terminal<'_>) {
    if let Some(help) = &diagnostic.help {
        terminal.print_error(&format!("  help: {}", escape(help)));
    }
}

/// Refuses what cannot be written as a URI (RFC 5280 4.2.1.6): before a number is taken for what would name it.
pub(super) fn check_uris<'a>(
    option: &str,
    uris: impl IntoIterator<Item = &'a String>,
) -> Result<(), LoadError> {
    let has_scheme = |uri: &str| {
        uri.split_once(':').is_some_and(|(scheme, rest)| {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
                && !rest.is_empty()
        })
    };
    for uri in uris {
        if !has_scheme(uri) || !uri.chars().all(|c| c.is_ascii_graphic()) {
            let message = format!("{option} `{uri}` is no URI in ASCII");
            let help = "give a URI such as http://crl.example/ca.crl; write other characters as %XX, and hosts as xn--…";
            return Err(refusal(codes::NAME_URI_FORM, message, help, exit::USAGE));
        }
    }
    Ok(())
}

/// The text of a policy: a file, or a ready-made policy if there is no such file.
pub(super) fn policy_text(name: &str, terminal: &mut Terminal<'_>) -> Result<String, FileFault> {
    let ready_made = certgate_policies::find(name);
    match (input::read_text(name, terminal.stdin), ready_made) {
        (Ok(text), _) => Ok(text),
        (Err(_), Some(policy)) if !std::path::Path::new(name).exists() => Ok(policy.text.to_owned()),
        (Err(fault), _) => Err(fault),
    }
}

pub(super) fn policy(name: &str, terminal: &mut Terminal<'_>) -> Result<LoadedPolicy, LoadError> {
    let text = policy_text(name, terminal).map_err(|fault| LoadError::of_file(fault, exit::POLICY))?;
    let shown = input::display_name(name);
    match Policy::load(&text) {
        Ok(policy) => Ok(LoadedPolicy { name: shown, policy }),
        Err(error) => Err(LoadError::Document { name: shown, text, error, exit: exit::POLICY }),
    }
}

/// The time of the evaluation.
pub(super) fn time(at: Option<&str>, terminal: &Terminal<'_>) -> Result<Timestamp, LoadError> {
    let usage = |message: &str| LoadError::Message(message.to_owned(), exit::USAGE);
    match at {
        Some(text) => Timestamp::from_rfc3339(text)
            .ok_or_else(|| usage("--at is no time in RFC 3339 such as 2027-01-01T00:00:00Z")),
        None => terminal.now.ok_or_else(|| usage("the clock of this machine is not set: give --at")),
    }
}

/// The context of a file and of `--fact`.
pub(super) fn context(
    file: Option<&str>,
    facts: &[String],
    terminal: &mut Terminal<'_>,
) -> Result<ContextDocument, LoadError> {
    let mut context = ContextDocument::default();
    if let Some(file) = file {
        let text = input::read_text(file, terminal.stdin)?;
        context = ContextDocument::from_text(&text).map_err(|error| LoadError::Document {
            name: input::display_name(file),
            text,
            error,
            exit: exit::UNREADABLE,
        })?;
    }
    for fact in facts {
        let Some((name, value)) = fact.split_once('=') else {
            return Err(LoadError::Message(
                format!("--fact {fact} is not of the form NAME=VALUE"),
                exit::USAGE,
            ));
        };
        let value = serde_json::Value::String(value.to_owned());
        match context.facts.get_mut(name) {
            Some(serde_json::Value::Array(values)) => values.push(value),
            Some(other) => *other = serde_json::Value::Array(vec![other.take(), value]),
            None => {
                context.facts.insert(name.to_owned(), value);
            }
        }
    }
    Ok(context)
}

/// What an object says, and above it what the command line says.
pub(super) fn merge(object: Option<&ContextDocument>, given: &ContextDocument) -> ContextDocument {
    object.map_or_else(|| given.clone(), |object| object.clone().overruled_by(given))
}

/// The same for a certificate that certgate issues: the template, whoever is asked by the object.
pub(super) fn merge_for_issuing(
    object: Option<&ContextDocument>,
    given: &ContextDocument,
) -> ContextDocument {
    merge(object.cloned().map(ContextDocument::issued_by_template).as_ref(), given)
}
