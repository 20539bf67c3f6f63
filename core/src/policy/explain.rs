//! Why a policy decides as it does, and what would have to change.
//!
//! Nothing here decides: the decision is that of the engine, and each change that is proposed is applied and judged by it
//! again before it is shown.

use std::collections::BTreeSet;

use super::analysis::ExampleKeys;
use super::context::Context;
use super::decision::{Decision, Outcome};
use super::document::PolicyDocument;
use super::{Policy, PolicyDigest};
use crate::diagnostic::{Data, Diagnostic, Path, Severity, Step, path::steps};
use crate::oid;
use crate::request::CertificationRequest;

mod document;
mod request;

/// Why a policy decides as it does.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The decision.
    pub decision: Decision,
    /// Each field of the request that a rule decided, in the order of the paths.
    pub fields: Vec<FieldExplanation>,
    /// A smallest change to the request with which the policy allows it: none of its parts can be left out. `None` if it is
    /// allowed as it is, or no change was found.
    pub request_change: Option<RequestChange>,
    /// A narrowest change to the policy with which it allows the request: what it says more is what this request asks for,
    /// or stands in the note of a change. `None` if it allows it as it is, or no change was found.
    pub policy_change: Option<PolicyChange>,
}

/// Which rules decided one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldExplanation {
    /// The field of the request or of its context.
    pub path: Path,
    /// Whether the field may be as it is.
    pub allowed: bool,
    /// The rules that decided: paths into the policy document. Empty for what no policy decides.
    pub rules: Vec<Path>,
    /// For a field that may not be: rules that would have allowed it if no other denied it.
    pub would_allow: Vec<Path>,
}

/// What happens to one place of a request or of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What is done.
    pub action: Action,
    /// Where: a path into the request, its context, or the policy document.
    pub path: Path,
    /// The value that is added, put there or removed. An entry of a policy's list that is a mapping is text in JSON.
    pub value: Data,
    /// What else follows from a change to a policy.
    pub note: Option<Note>,
}

/// What follows from a change besides that the request is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// `Warning` if a denial is taken away or something else is denied; `Notice` if more is allowed of what was.
    pub severity: Severity,
    /// One lower-case sentence.
    pub message: String,
}

/// Kinds of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// A value is added.
    Add,
    /// A value is removed.
    Remove,
    /// A value takes the place of another.
    Replace,
}

impl Action {
    /// The word of the interface: `add`, `remove` or `replace`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
        }
    }
}

impl Change {
    fn new(action: Action, path: Path, value: impl Into<Data>) -> Self {
        Self { action, path, value: value.into().without_keys(), note: None }
    }
}

/// A request that the policy allows instead.
#[derive(Clone, Debug)]
pub struct RequestChange {
    /// What changes.
    pub changes: Vec<Change>,
    /// The changed request, signed with a key for examples.
    pub request: CertificationRequest,
    /// Its context.
    pub context: Context,
}

/// A policy that allows the request.
#[derive(Clone, Debug)]
pub struct PolicyChange {
    /// What changes.
    pub changes: Vec<Change>,
    /// The changed document.
    pub document: PolicyDocument,
}

impl Policy {
    /// Judges a request and says why, and what would have to change. `keys` signs the changed request.
    pub fn explain(
        &self,
        request: &CertificationRequest,
        context: &Context,
        keys: &dyn ExampleKeys,
    ) -> Explanation {
        let (decision, passed) = self.evaluate_traced(request, context);
        let fields = self.explain_fields(request, context, &decision, &passed);
        let (request_change, policy_change) = match decision.outcome() {
            Outcome::Allowed => (None, None),
            _ => (
                request::find(&self.compiled, request, context, &decision, keys),
                document::find(self.document(), request, context, &decision),
            ),
        };
        Explanation { decision, fields, request_change, policy_change }
    }

    fn explain_fields(
        &self,
        request: &CertificationRequest,
        context: &Context,
        decision: &Decision,
        passed: &BTreeSet<Path>,
    ) -> Vec<FieldExplanation> {
        let mut fields: Vec<FieldExplanation> = Vec::new();
        let mut passed_by_place: Vec<(Path, Vec<Path>)> = Vec::new();
        if decision.outcome() != Outcome::NotApplicable {
            for (path, rules) in self.compiled.names.explain(request, context) {
                passed_by_place.push((path, rules));
            }
        }
        for rule in passed {
            if let Some(place) = place_of(rule, request) {
                match passed_by_place.iter_mut().find(|(path, _)| *path == place) {
                    Some((_, rules)) => rules.push(rule.clone()),
                    None => passed_by_place.push((place, vec![rule.clone()])),
                }
            }
        }
        for reason in decision.reasons() {
            let place = reason.path().clone();
            let index = fields.iter().position(|field| field.path == place);
            let rule = reason.rule().cloned();
            match index.and_then(|index| fields.get_mut(index)) {
                Some(field) => field.rules.extend(rule),
                None => fields.push(FieldExplanation {
                    path: place,
                    allowed: false,
                    rules: rule.into_iter().collect(),
                    would_allow: Vec::new(),
                }),
            }
        }
        for (path, rules) in passed_by_place {
            let rules = decisive(rules);
            let denied = fields.iter_mut().filter(|field| !field.allowed);
            let mut of_place = denied.filter(|field| field.path.steps().starts_with(path.steps())).peekable();
            if of_place.peek().is_none() {
                fields.push(FieldExplanation { path, allowed: true, rules, would_allow: Vec::new() });
                continue;
            }
            for field in of_place {
                let allows =
                    rules.iter().filter(|rule| rule.steps().iter().any(|step| *step == Step::from("allow")));
                field.would_allow.extend(allows.cloned());
            }
        }
        for field in &mut fields {
            field.rules.sort();
            field.rules.dedup();
            field.would_allow.sort();
            field.would_allow.dedup();
        }
        fields.sort_by(|a, b| a.path.cmp(&b.path));
        fields
    }
}

/// The field of a request that a rule decides, names aside, which are looked at one by one.
fn place_of(rule: &Path, request: &CertificationRequest) -> Option<Path> {
    let field = |index: usize| match rule.steps().get(index) {
        Some(Step::Field(field)) => field.as_ref(),
        _ => "",
    };
    let key = |index: usize| rule.steps().get(index).cloned().unwrap_or_else(|| Step::from(""));
    let attribute = |is_type: &dyn Fn(&oid::Oid) -> bool| {
        let mut attributes = request.subject().attributes().iter().enumerate();
        let (index, attribute) = attributes.find(|(_, attribute)| is_type(attribute.oid()))?;
        Some(steps!["subject", index, attribute.oid().label()])
    };
    match (field(0), field(1), field(2)) {
        ("names", "presence" | "count", _) => Some(steps!["extensions", "subjectAltName"]),
        ("keys", ..) => Some(steps!["subjectPublicKeyInfo"]),
        ("usages", "key", _) => Some(steps!["extensions", "keyUsage"]),
        ("usages", "extended", _) => Some(steps!["extensions", "extendedKeyUsage"]),
        ("validity", ..) => Some(steps!["context", "duration"]),
        ("ca", ..) => Some(steps!["extensions", "basicConstraints"]),
        ("subject", "commonName", _) => attribute(&|oid| *oid == oid::COMMON_NAME),
        ("subject", "attributes", label) => attribute(&|oid| oid.label() == label),
        ("select" | "require", "username" | "groups", _) => Some(steps!["context", "requester", key(1)]),
        ("select" | "require", "issuer" | "facts", _) => Some(steps!["context", key(1), key(2)]),
        ("select" | "require", ..) => Some(steps!["context", key(1)]),
        ("rules", ..) => Some(steps![]),
        _ => None,
    }
}

/// Of the rules that let a field pass, those that say something of it: items of lists where there are any.
fn decisive(rules: Vec<Path>) -> Vec<Path> {
    let is_item = |rule: &Path| matches!(rule.steps().last(), Some(Step::Index(_)));
    if rules.iter().any(is_item) { rules.into_iter().filter(is_item).collect() } else { rules }
}

/// Leaves out one change after the other for as long as the rest is enough.
fn smallest<T: Clone>(changes: Vec<T>, is_enough: impl Fn(&[T]) -> bool) -> Vec<T> {
    let mut kept = changes;
    let mut index = 0;
    while index < kept.len() {
        let mut fewer = kept.clone();
        fewer.remove(index);
        if is_enough(&fewer) {
            kept = fewer;
        } else {
            index = index.saturating_add(1);
        }
    }
    kept
}

/// The identity of a policy that is only tried out.
const TRIED: PolicyDigest = PolicyDigest::new([0; 32]);

/// Compiles a document to try it out.
fn try_out(document: &PolicyDocument) -> Option<Policy> {
    Policy::compile(document.clone(), TRIED).ok()
}

fn index_of(path: &Path, place: usize) -> Option<usize> {
    match path.steps().get(place) {
        Some(Step::Index(index)) => Some(*index),
        _ => None,
    }
}

fn text_of(diagnostic: &Diagnostic) -> Option<&str> {
    match diagnostic.found() {
        Some(Data::Text(text)) => Some(text),
        _ => None,
    }
}

fn number_of(data: Option<&Data>) -> Option<i64> {
    match data {
        Some(Data::Integer(number)) => Some(*number),
        _ => None,
    }
}
