use std::sync::Arc;

use certgate_bindings::certgate::key::Blocklist;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::set::{PolicySet, SetDecisionView};
use certgate_bindings::view::{DecisionView, DiagnosticView};
use certgate_bindings::{ContextDocument, Error, Request};
use serde::Serialize;

use super::args::{CheckArguments, Format};
use super::load::{self, LoadError, LoadedPolicy};
use super::many::{self, Progress};
use super::{Terminal, answer, check_set, exit, worst};
use crate::input::{self, Input, Sources};
use crate::render::escape::escape;
use crate::render::field_text::FieldText;
use crate::render::report::{self, Rules, Source};

/// What one run judges by.
struct Checker {
    rules: Judges,
    context: ContextDocument,
    at: Timestamp,
    blocklist: Option<Arc<Blocklist>>,
}

/// One policy, or several.
enum Judges {
    One(Box<LoadedPolicy>),
    Several(PolicySet),
}

/// What one policy says, or several.
#[derive(Serialize)]
#[serde(untagged)]
enum Judged {
    One(Box<DecisionView>),
    Several(Box<SetDecisionView>),
}

type Answer = answer::Answer<Judged>;

pub(super) fn run(arguments: &CheckArguments, terminal: &mut Terminal<'_>) -> u8 {
    let checker = match Checker::load(arguments, terminal) {
        Ok(checker) => checker,
        Err(error) => return error.report(terminal),
    };
    let format = arguments.format.unwrap_or_else(default_format);
    let names = if arguments.requests.is_empty() { vec!["-".to_owned()] } else { arguments.requests.clone() };
    let sources = Sources::new(&names, terminal.stdin);
    let progress = Progress::new(sources.list.len(), terminal);
    let is_one_document = matches!(format, Format::Json | Format::Sarif);
    let mut answers = Vec::new();
    let mut exit = exit::OK;
    for block in sources.list.chunks(many::BLOCK) {
        let of_sources: Vec<Vec<Input>> = many::map(block, |source| sources.requests(source));
        for (source, _) in block.iter().zip(&of_sources).filter(|(_, inputs)| inputs.is_empty()) {
            let name = input::display_name(&source.name);
            progress
                .beside(|| terminal.fail(&format!("{name}: the List has no items, so nothing was judged")));
        }
        let inputs: Vec<Input> = of_sources.into_iter().flatten().collect();
        for inputs in inputs.chunks(many::BLOCK) {
            for (answer, input) in many::map(inputs, |input| checker.check(input)).into_iter().zip(inputs) {
                progress.beside(|| checker.print(&input.name, &answer, format, arguments.quiet, terminal));
                exit = worst([exit, exit_code(&answer)]);
                // What was printed is not needed any more.
                if is_one_document {
                    answers.push((input.name.clone(), answer));
                }
            }
        }
        progress.advance(block.len());
    }
    drop(progress);
    match format {
        Format::Json => answer::print_json(&answers, terminal),
        Format::Sarif => {
            let mut findings = Vec::new();
            for (name, answer) in &answers {
                findings.extend(answer::findings(name, diagnostics(answer)));
            }
            answer::print_sarif(&findings, terminal);
        }
        _ => {}
    }
    exit
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
        let rules = match (check_set::load(arguments, terminal)?, arguments.policies.first()) {
            (Some(set), _) => Judges::Several(set),
            (None, Some(name)) => Judges::One(Box::new(load::policy(name, terminal)?)),
            (None, None) => return Err(LoadError::Message("no policy is given".to_owned(), exit::USAGE)),
        };
        let context = load::context(arguments.context.as_deref(), &arguments.facts, terminal)?;
        let blocklist = match &arguments.blocklist {
            None => None,
            Some(file) => Some(Arc::new(read_blocklist(file, terminal)?)),
        };
        Ok(Self { rules, context, at, blocklist })
    }

    fn check(&self, input: &Input) -> Answer {
        match &input.request {
            Ok(bytes) => Answer::new(self.evaluate(bytes, input.context.as_ref())),
            Err(error) => Answer::unreadable(error),
        }
    }

    fn evaluate(&self, bytes: &[u8], object: Option<&ContextDocument>) -> Result<Judged, Error> {
        let request = Request::parse(bytes)?;
        let mut context = load::merge(object, &self.context).to_context(self.at)?;
        if let Some(blocklist) = &self.blocklist {
            context = context.with_blocklist(Arc::clone(blocklist));
        }
        Ok(match &self.rules {
            Judges::One(policy) => Judged::One(Box::new(policy.policy.evaluate(&request, &context).view())),
            Judges::Several(set) => Judged::Several(Box::new(set.evaluate(&request, &context))),
        })
    }

    /// Text and lines are printed as they come; the others are one document.
    fn print(&self, name: &str, answer: &Answer, format: Format, quiet: bool, terminal: &mut Terminal<'_>) {
        match format {
            Format::Text => self.print_text(name, answer, quiet, terminal),
            Format::Ndjson => terminal.print(&answer.to_named_json(name)),
            Format::Github => answer::print_github(name, diagnostics(answer), terminal),
            Format::Json | Format::Sarif => {}
        }
    }

    fn print_text(&self, name: &str, answer: &Answer, quiet: bool, terminal: &mut Terminal<'_>) {
        let renderer = terminal.renderer();
        let shown = escape(name);
        let Answer::View(judged) = answer else {
            return answer::print_unreadable(name, answer, terminal);
        };
        let (decision, policy) = match (judged.as_ref(), &self.rules) {
            (Judged::One(decision), Judges::One(policy)) => (decision, policy),
            (Judged::Several(view), _) => return check_set::print_text(name, view, quiet, terminal),
            (Judged::One(_), Judges::Several(_)) => return,
        };
        if quiet && decision.outcome == "allowed" {
            return;
        }
        let outcome =
            if decision.outcome == "notApplicable" { "not applicable" } else { decision.outcome.as_str() };
        let tried_out = check_set::tried_out(decision);
        terminal.print(&format!("{shown}: {outcome} by policy {}{tried_out}", decision.policy.id));
        let text = FieldText::new(&decision.request);
        let source = Source { name: &shown, text: &text };
        let rules = Rules { name: &policy.name, source: policy.policy.source() };
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
    let bytes = input::read(file, terminal.stdin)?;
    Blocklist::from_bytes(&bytes).map_err(|error| unreadable(format!("{file}: {error}")))
}

fn exit_code(answer: &Answer) -> u8 {
    match answer {
        Answer::View(judged) => match judged.as_ref() {
            // A policy that is not enforced stops nothing.
            Judged::One(decision) if decision.outcome == "allowed" || decision.enforcement.is_some() => {
                exit::OK
            }
            Judged::One(_) => exit::DENIED,
            Judged::Several(view) => check_set::exit_code(view),
        },
        Answer::Error(_) => exit::UNREADABLE,
    }
}

fn diagnostics(answer: &Answer) -> Vec<&DiagnosticView> {
    match answer {
        Answer::View(judged) => match judged.as_ref() {
            Judged::One(decision) => decision.reasons.iter().chain(&decision.warnings).collect(),
            Judged::Several(view) => check_set::diagnostics(view),
        },
        Answer::Error(diagnostics) => diagnostics.iter().collect(),
    }
}
