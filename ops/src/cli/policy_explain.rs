//! `certgate policy explain`: why this verdict, and what would have to change.

use certgate_bindings::Request;
use certgate_bindings::certgate::diagnostic::codes;
use certgate_bindings::view::{ChangeView, DataView, ExplanationView, StepView};

use super::args::{ExplainPolicyArguments, Format};
use super::{Terminal, exit, load, worst};
use crate::input::{self, InputError};
use crate::render::escape::escape;
use crate::render::report;

pub(super) fn run(arguments: &ExplainPolicyArguments, terminal: &mut Terminal<'_>) -> u8 {
    if !matches!(arguments.format, Format::Text | Format::Json | Format::Ndjson) {
        terminal.fail("an explanation is printed as text, json or ndjson");
        return exit::USAGE;
    }
    let loaded = load::time(arguments.at.as_deref(), terminal).and_then(|at| {
        let policy = load::policy(&arguments.policy, terminal)?;
        Ok((at, policy, load::context(arguments.context.as_deref(), &arguments.facts, terminal)?))
    });
    let (at, policy, given) = match loaded {
        Ok(loaded) => loaded,
        Err(error) => return error.report(terminal),
    };
    let names = if arguments.requests.is_empty() { vec!["-".to_owned()] } else { arguments.requests.clone() };
    let mut exits = Vec::new();
    let mut lines = Vec::new();
    for name in &names {
        for input in input::requests(name, terminal.stdin) {
            let bytes = match &input.request {
                Ok(bytes) => bytes,
                Err(InputError::Io(message)) => {
                    terminal.fail(&format!("{message} [{}]", codes::INPUT_FILE));
                    exits.push(exit::UNREADABLE);
                    continue;
                }
                Err(InputError::Object(error)) => {
                    terminal.fail(&format!("{}: cannot be read: {error}", input.name));
                    exits.push(exit::UNREADABLE);
                    continue;
                }
            };
            let explained = Request::parse(bytes).and_then(|request| {
                let context = load::merge(input.context.as_ref(), &given).to_context(at)?;
                Ok(policy.policy.explain(&request, &context))
            });
            match explained {
                Err(error) => {
                    terminal.fail(&format!("{}: cannot be read: {error}", input.name));
                    exits.push(exit::UNREADABLE);
                }
                Ok(view) => {
                    exits.push(if view.decision.outcome == "allowed" { exit::OK } else { exit::DENIED });
                    match arguments.format {
                        Format::Text => print_text(&input.name, &view, terminal),
                        // Plain data: serialising it cannot fail.
                        _ => lines.push(serde_json::to_string(&view).unwrap_or_default()),
                    }
                }
            }
        }
    }
    match arguments.format {
        Format::Json if lines.len() == 1 => lines.iter().for_each(|line| terminal.print(line)),
        Format::Json => terminal.print(&format!("[{}]", lines.join(","))),
        _ => lines.iter().for_each(|line| terminal.print(line)),
    }
    worst(exits)
}

fn print_text(name: &str, view: &ExplanationView, terminal: &mut Terminal<'_>) {
    let outcome = match view.decision.outcome.as_str() {
        "notApplicable" => "not applicable",
        outcome => outcome,
    };
    terminal.print(&format!("{}: {outcome} by policy {}", escape(name), view.decision.policy.id));
    for field in &view.fields {
        let word = if field.allowed { "allowed" } else { "denied" };
        let place = if field.path.is_empty() { "request".to_owned() } else { report::path(&field.path) };
        let rules = match field.rules.as_slice() {
            [] => "no policy decides this".to_owned(),
            rules => paths(rules),
        };
        terminal.print(&format!("  {word:<8} {}  ({rules})", escape(&place)));
        if !field.would_allow.is_empty() {
            terminal.print(&format!("           would be allowed by {}", paths(&field.would_allow)));
        }
    }
    for reason in view.reasons() {
        terminal.print(&format!("  {}", escape(&reason.to_string())));
    }
    if view.decision.outcome == "allowed" {
        return;
    }
    match &view.request_change {
        Some(change) => print_changes("the request would be allowed with", &change.changes, terminal),
        None => terminal.print("  no change to the request was found with which it would be allowed"),
    }
    match &view.policy_change {
        Some(change) => print_changes("the policy would allow it with", &change.changes, terminal),
        None => terminal.print("  no change to the policy was found with which it would be allowed"),
    }
}

fn print_changes(title: &str, changes: &[ChangeView], terminal: &mut Terminal<'_>) {
    terminal.print(&format!("  {title}:"));
    for change in changes {
        let value = data(&change.value);
        let place = escape(&report::path(&change.path));
        terminal.print(&format!("    {} {place}: {}", change.action, escape(&value)));
        if let Some(note) = &change.note {
            terminal.print(&format!("      {}: {}", note.severity, escape(&note.message)));
        }
    }
}

fn paths(rules: &[Vec<StepView>]) -> String {
    let rules: Vec<String> = rules.iter().map(|rule| report::path(rule)).collect();
    rules.join(", ")
}

fn data(value: &DataView) -> String {
    match value {
        DataView::Boolean(value) => value.to_string(),
        DataView::Integer(number) => number.to_string(),
        DataView::Text(text) => text.clone(),
        DataView::List(items) => format!("[{}]", items.iter().map(data).collect::<Vec<_>>().join(", ")),
    }
}
