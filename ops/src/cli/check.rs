use std::sync::Arc;

use certgate_bindings::certgate::key::Blocklist;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::sarif::{self, Finding};
use certgate_bindings::view::{DecisionView, DiagnosticView};
use certgate_bindings::{ContextDocument, Error, Request};
use serde_json::{Value, json};

use super::args::{CheckArguments, Format};
use super::load::{self, LoadError, LoadedPolicy};
use super::{Terminal, exit, worst};
use crate::input::{self, Input, InputError};
use crate::render::escape::escape;
use crate::render::github;
use crate::render::report::{self, Rules, Source};
use crate::render::request_text::RequestText;

/// What one run judges by.
struct Checker {
    policy: LoadedPolicy,
    context: ContextDocument,
    at: Timestamp,
    blocklist: Option<Arc<Blocklist>>,
}

/// What became of one input.
enum Answer {
    Decision(Box<DecisionView>),
    Error(Vec<DiagnosticView>),
    Io(String),
}

pub(super) fn run(arguments: &CheckArguments, terminal: &mut Terminal<'_>) -> u8 {
    let checker = match Checker::load(arguments, terminal) {
        Ok(checker) => checker,
        Err(error) => return error.report(terminal),
    };
    let format = arguments.format.unwrap_or_else(default_format);
    let names = if arguments.requests.is_empty() { vec!["-".to_owned()] } else { arguments.requests.clone() };
    let mut answers = Vec::new();
    for name in &names {
        for input in input::requests(name, terminal.stdin) {
            let answer = checker.check(&input);
            // Text and lines are printed as they come; the others are one document.
            match format {
                Format::Text => checker.print_text(&input.name, &answer, arguments.quiet, terminal),
                Format::Ndjson => terminal.print(&answer.to_json(&input.name, Shape::Named).to_string()),
                Format::Github => print_github(&input.name, &answer, terminal),
                Format::Json | Format::Sarif => {}
            }
            answers.push((input.name, answer));
        }
    }
    match format {
        Format::Json => print_json(&answers, terminal),
        Format::Sarif => print_sarif(&answers, terminal),
        _ => {}
    }
    worst(answers.iter().map(|(_, answer)| answer.exit()))
}

/// Within GitHub Actions annotations are what people see.
fn default_format() -> Format {
    match std::env::var_os("GITHUB_ACTIONS") {
        Some(value) if value == "true" => Format::Github,
        _ => Format::Text,
    }
}

impl Checker {
    fn load(arguments: &CheckArguments, terminal: &mut Terminal<'_>) -> Result<Self, LoadError> {
        let at = load::time(arguments.at.as_deref(), terminal)?;
        let policy = load::policy(&arguments.policy, terminal)?;
        let context = load::context(arguments.context.as_deref(), &arguments.facts, terminal)?;
        let blocklist = match &arguments.blocklist {
            None => None,
            Some(file) => Some(Arc::new(read_blocklist(file, terminal)?)),
        };
        Ok(Self { policy, context, at, blocklist })
    }

    fn check(&self, input: &Input) -> Answer {
        let bytes = match &input.request {
            Ok(bytes) => bytes,
            Err(InputError::Io(message)) => return Answer::Io(message.clone()),
            Err(InputError::Object(error)) => return Answer::Error(error.diagnostics().to_vec()),
        };
        match self.evaluate(bytes, input.context.as_ref()) {
            Ok(view) => Answer::Decision(Box::new(view)),
            Err(error) => Answer::Error(error.diagnostics().to_vec()),
        }
    }

    fn evaluate(&self, bytes: &[u8], object: Option<&ContextDocument>) -> Result<DecisionView, Error> {
        let request = Request::parse(bytes)?;
        let mut context = load::merge(object, &self.context).to_context(self.at)?;
        if let Some(blocklist) = &self.blocklist {
            context = context.with_blocklist(Arc::clone(blocklist));
        }
        Ok(self.policy.policy.evaluate(&request, &context).view())
    }

    fn print_text(&self, name: &str, answer: &Answer, quiet: bool, terminal: &mut Terminal<'_>) {
        let renderer = terminal.renderer();
        let shown = escape(name);
        let decision = match answer {
            Answer::Io(message) => return terminal.fail(message),
            Answer::Error(diagnostics) => {
                for diagnostic in diagnostics {
                    let text = report::diagnostic(diagnostic, None, None, &renderer);
                    terminal.print_error(&format!("{shown}: cannot be read\n{text}"));
                }
                return;
            }
            Answer::Decision(decision) => decision,
        };
        if quiet && decision.outcome == "allowed" {
            return;
        }
        let outcome =
            if decision.outcome == "notApplicable" { "not applicable" } else { decision.outcome.as_str() };
        terminal.print(&format!("{shown}: {outcome} by policy {}", decision.policy.id));
        let text = RequestText::new(&decision.request);
        let source = Source { name: &shown, text: &text };
        let rules = Rules { name: &self.policy.name, source: self.policy.policy.source() };
        for diagnostic in decision.reasons.iter().chain(&decision.warnings) {
            terminal.print(&report::diagnostic(diagnostic, Some(&source), Some(&rules), &renderer));
        }
        if let Some(template) = &decision.template {
            let subject: Vec<String> = template
                .subject
                .iter()
                .map(|attribute| format!("{}={}", attribute.kind, attribute.value))
                .collect();
            let names: Vec<String> = template
                .subject_alt_names
                .iter()
                .map(|name| format!("{}:{}", name.kind, name.value))
                .collect();
            let lines = [
                ("subject", if subject.is_empty() { "empty".to_owned() } else { subject.join(", ") }),
                ("names", if names.is_empty() { "none".to_owned() } else { names.join(", ") }),
                ("key usage", template.key_usage.join(", ")),
                ("purpose", template.extended_key_usage.join(", ")),
                ("valid", format!("{} to {}", template.not_before, template.not_after)),
            ];
            for (label, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
                terminal.print(&format!("  {label}: {}", escape(value)));
            }
            if template.basic_constraints.ca {
                terminal.print("  CA: yes");
            }
        }
    }
}

fn read_blocklist(file: &str, terminal: &mut Terminal<'_>) -> Result<Blocklist, LoadError> {
    let unreadable = |message: String| LoadError::Message(message, exit::UNREADABLE);
    let bytes = input::read(file, terminal.stdin).map_err(unreadable)?;
    Blocklist::from_bytes(&bytes).map_err(|error| unreadable(format!("{file}: {error}")))
}

/// Whether an object says which input it is about.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Bare,
    Named,
}

impl Answer {
    fn exit(&self) -> u8 {
        match self {
            Self::Decision(decision) if decision.outcome == "allowed" => exit::OK,
            Self::Decision(_) => exit::DENIED,
            Self::Error(_) | Self::Io(_) => exit::UNREADABLE,
        }
    }

    fn to_json(&self, name: &str, shape: Shape) -> Value {
        let mut value = match self {
            Self::Decision(decision) => serde_json::to_value(decision).unwrap_or_default(),
            Self::Error(diagnostics) => {
                json!({ "schemaVersion": 1, "outcome": "error", "reasons": diagnostics })
            }
            Self::Io(message) => json!({ "schemaVersion": 1, "outcome": "error", "message": message }),
        };
        if let (Shape::Named, Some(object)) = (shape, value.as_object_mut()) {
            object.insert("input".to_owned(), Value::from(name));
        }
        value
    }

    fn diagnostics(&self) -> Vec<&DiagnosticView> {
        match self {
            Self::Decision(decision) => decision.reasons.iter().chain(&decision.warnings).collect(),
            Self::Error(diagnostics) => diagnostics.iter().collect(),
            Self::Io(_) => Vec::new(),
        }
    }
}

/// One input: its object as the other hosts write it. Several: a list, each with the name of its input.
fn print_json(answers: &[(String, Answer)], terminal: &mut Terminal<'_>) {
    let text = match answers {
        [(_, Answer::Decision(decision))] => serde_json::to_string(decision).unwrap_or_default(),
        [(name, answer)] => answer.to_json(name, Shape::Bare).to_string(),
        _ => {
            let list: Vec<Value> =
                answers.iter().map(|(name, answer)| answer.to_json(name, Shape::Named)).collect();
            Value::Array(list).to_string()
        }
    };
    terminal.print(&text);
}

fn print_github(name: &str, answer: &Answer, terminal: &mut Terminal<'_>) {
    if let Answer::Io(message) = answer {
        terminal.fail(message);
    }
    for diagnostic in answer.diagnostics() {
        terminal.print(&github::annotation(name, diagnostic));
    }
}

fn print_sarif(answers: &[(String, Answer)], terminal: &mut Terminal<'_>) {
    let mut findings = Vec::new();
    for (name, answer) in answers {
        if let Answer::Io(message) = answer {
            terminal.fail(message);
        }
        findings.extend(
            answer
                .diagnostics()
                .into_iter()
                .map(|diagnostic| Finding { uri: name.clone(), diagnostic: diagnostic.clone() }),
        );
    }
    terminal.print(&serde_json::to_string_pretty(&sarif::log(&findings)).unwrap_or_default());
}
