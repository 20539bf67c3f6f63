//! That a changed policy allows no more than the old one and what the request asks for.

use certgate::crypto::PrivateKey;
use certgate::diagnostic::{Data, Diagnostic, Step};
use certgate::policy::{AtMost, Example, ExampleKey};
use certgate_bindings::Policy;
use certgate_bindings::compare::example_key;
use certgate_bindings::view::{ChangeView, DataView, StepView};

/// How far the analysis of `policy diff` reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Nothing more is allowed.
    NoMore,
    /// What more is allowed is what is printed.
    AsPrinted,
    /// The analysis does not reach so far.
    Open,
}

/// Keys for examples that do not take long to make.
fn quick_key(kind: ExampleKey) -> Option<PrivateKey> {
    match kind {
        ExampleKey::Rsa(bits) if ![2048, 3072, 4096].contains(&bits) => None,
        kind => example_key(kind),
    }
}

/// Asks the analysis for a request that only the changed policy allows. Every reason of the old policy against it must be
/// answered by a change that is printed, and a value that is added to a list must be the one that was found.
pub fn assert_bounded(id: &str, old: &Policy, new: &Policy, changes: &[ChangeView]) -> Reach {
    match new.as_core().at_most(old.as_core(), &quick_key) {
        AtMost::Yes => Reach::NoMore,
        AtMost::Undecided(_) => Reach::Open,
        AtMost::No(example) => {
            assert_explained(id, &example, changes);
            Reach::AsPrinted
        }
    }
}

fn assert_explained(id: &str, example: &Example, changes: &[ChangeView]) {
    if example.old.is_allowed() {
        // Another certificate for a request that was allowed: somebody has to be told.
        let is_told = changes.iter().any(|change| change.note.is_some());
        assert!(is_told, "{id}: {:?} is issued otherwise, unsaid in {changes:?}", example.new.template());
        return;
    }
    for reason in example.old.reasons() {
        let is_answered = changes.iter().any(|change| answers(change, reason));
        assert!(is_answered, "{id}: no change that is printed says {reason:?}: {changes:?}");
    }
}

fn answers(change: &ChangeView, reason: &Diagnostic) -> bool {
    let Some(rule) = reason.rule() else { return false };
    let rule: Vec<StepView> = rule
        .steps()
        .iter()
        .map(|step| match step {
            Step::Field(field) => StepView::Field(field.to_string()),
            Step::Index(index) => StepView::Index(*index),
        })
        .collect();
    let field = |path: &[StepView], place: usize| match path.get(place) {
        Some(StepView::Field(field)) => field.clone(),
        _ => String::new(),
    };
    // Rules that one field of the document decides together.
    let shared = match field(&rule, 0).as_str() {
        "validity" => 1,
        "usages" => 2,
        "subject" if field(&rule, 1) == "commonName" => 2,
        _ => usize::MAX,
    };
    let length = rule.len().min(change.path.len()).min(shared);
    let of_ca = field(&change.path, 0) == "ca" && field(&rule, 0) == "usages";
    (of_ca || rule[..length] == change.path[..length]) && is_value(change, reason)
}

/// Whether what was found is what is added, where that is an entry of a list.
fn is_value(change: &ChangeView, reason: &Diagnostic) -> bool {
    let is_list = matches!(change.path.last(), Some(StepView::Field(field)) if field == "allow");
    let (Some(Data::Text(found)), DataView::Text(added)) = (reason.found(), &change.value) else {
        return true;
    };
    let is_name =
        matches!(change.path.first(), Some(StepView::Field(field)) if field == "names" || field == "subject");
    if !is_list || !is_name || change.action != "add" || added.starts_with('{') {
        return true;
    }
    match added.strip_prefix('*') {
        // A wildcard stands for its names.
        Some(domain) => found.ends_with(domain),
        // Addresses have more than one form, and names more than one case.
        None => found.eq_ignore_ascii_case(added) || found.ends_with(&format!(":{added}")),
    }
}
