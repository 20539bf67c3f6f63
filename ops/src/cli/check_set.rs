//! `certgate check` by several policies.

use certgate_bindings::certgate::policy::Combination;
use certgate_bindings::set::{PolicySet, PolicySetDocument, SetDecisionView};
use certgate_bindings::view::{DecisionView, DiagnosticView};

use super::args::{CheckArguments, CombineName};
use super::load::{self, LoadError};
use super::{Terminal, exit};
use crate::input;
use crate::render::escape::escape;

/// The set that the command line names; `None` if it names one policy.
pub(super) fn load(
    arguments: &CheckArguments,
    terminal: &mut Terminal<'_>,
) -> Result<Option<PolicySet>, LoadError> {
    let (names, combination) = match &arguments.policy_set {
        Some(file) => {
            let text = input::read_text(file, terminal.stdin)
                .map_err(|fault| LoadError::of_file(fault, exit::POLICY))?;
            let document = PolicySetDocument::from_text(&text).map_err(|error| LoadError::Document {
                name: input::display_name(file),
                text: text.clone(),
                error,
                exit: exit::POLICY,
            })?;
            let beside = |name: &String| match input::beside(file, name) {
                path if std::path::Path::new(&path).exists() => path,
                _ => name.clone(),
            };
            (document.policies.iter().map(beside).collect(), document.combination())
        }
        None => {
            let combination = match (&arguments.policy_name, arguments.combine) {
                (Some(name), _) => Combination::Named(name.clone()),
                (None, Some(CombineName::All)) => Combination::All,
                (None, Some(CombineName::Any)) => Combination::Any,
                (None, None) if arguments.policies.len() == 1 => return Ok(None),
                (None, None) => Combination::Any,
            };
            (arguments.policies.clone(), combination)
        }
    };
    let mut policies = Vec::new();
    for name in &names {
        policies.push(load::policy(name, terminal)?.policy);
    }
    Ok(Some(PolicySet::new(policies, combination)))
}

pub(super) fn print_text(name: &str, view: &SetDecisionView, quiet: bool, terminal: &mut Terminal<'_>) {
    if quiet && view.outcome == "allowed" {
        return;
    }
    let by = match &view.decided_by {
        Some(policy) => format!(" by policy {}", policy.id),
        None => String::new(),
    };
    terminal.print(&format!(
        "{}: {}{by} ({} of {} policies)",
        escape(name),
        word(&view.outcome),
        view.combination,
        view.decisions.len()
    ));
    for reason in &view.reasons {
        terminal.print(&format!("  {}", escape(&reason.to_string())));
    }
    for decision in &view.decisions {
        terminal.print(&format!(
            "  {}: {}{}",
            decision.policy.id,
            word(&decision.outcome),
            tried_out(decision)
        ));
        for reason in &decision.reasons {
            terminal.print(&format!("    {}", escape(&reason.to_string())));
        }
    }
}

/// What follows from a denial, if it is not enforced.
pub(super) fn tried_out(decision: &DecisionView) -> String {
    match (&decision.enforcement, decision.outcome.as_str()) {
        (Some(enforcement), "denied" | "notApplicable") => format!(" (not enforced: {enforcement})"),
        _ => String::new(),
    }
}

fn word(outcome: &str) -> &str {
    if outcome == "notApplicable" { "not applicable" } else { outcome }
}

pub(super) fn exit_code(view: &SetDecisionView) -> u8 {
    if view.outcome == "allowed" || !view.blocked { exit::OK } else { exit::DENIED }
}

pub(super) fn diagnostics(view: &SetDecisionView) -> Vec<&DiagnosticView> {
    let each = view.decisions.iter().flat_map(|decision| decision.reasons.iter().chain(&decision.warnings));
    view.reasons.iter().chain(each).collect()
}
