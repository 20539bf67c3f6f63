//! The smallest change to a request with which a policy allows it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::{Action, Change, RequestChange, index_of, number_of, smallest, text_of};
use crate::crypto::{PrivateKey, Signer};
use crate::diagnostic::{Code, Diagnostic, Path, Step, codes, path::steps};
use crate::extension::{BasicConstraints, ExtensionValue, KeyUsage, NewExtension};
use crate::key::KeyMaterial;
use crate::name::GeneralName;
use crate::oid::{self, Oid};
use crate::policy::analysis::names::Names;
use crate::policy::analysis::sketch::{ExampleKey, ExampleKeys, Sketch};
use crate::policy::analysis::{conditions, keys, subject, usages, validity};
use crate::policy::compile::Compiled;
use crate::policy::context::Context;
use crate::policy::decision::Decision;
use crate::policy::document::PolicyDocument;
use crate::policy::evaluate;
use crate::request::{AttributeValue, CertificationRequest, NewRequest};
use crate::time::Duration;

/// Most changes of one proposal.
const MOST_CHANGES: usize = 40;

/// One change to a request.
#[derive(Clone, Debug)]
enum Edit {
    RemoveName(GeneralName),
    AddName(GeneralName),
    ReplaceName(GeneralName, GeneralName),
    RemoveAttribute(Oid, String),
    SetAttribute(Oid, Vec<String>),
    Key(ExampleKey),
    /// Purposes and key usage as another sketch asks for them.
    Usages(Box<Sketch>),
    RemoveUsage(String),
    Lifetime(Box<Sketch>),
    Duration(Duration),
    Constraints(Option<BasicConstraints>),
    RemoveExtension(Oid),
    RemoveRequestAttribute(Oid),
    /// One field of the context as another sketch has it.
    Context(Path, Box<Sketch>),
}

/// A change with which the policy allows the request.
pub(super) fn find(
    policy: &Compiled,
    request: &CertificationRequest,
    context: &Context,
    decision: &Decision,
    keys: &dyn ExampleKeys,
) -> Option<RequestChange> {
    let finder = Finder { policy, keys, made: RefCell::default() };
    let (start, mut first) = finder.sketch(request, context, decision)?;
    let mut edits: Vec<Edit> = Vec::new();
    let mut current = start.clone();
    while edits.len() < MOST_CHANGES {
        let judged = finder.judge(&current)?.2;
        if judged.is_allowed() {
            let is_enough =
                |edits: &[Edit]| finder.judge(&applied(&start, edits)).is_some_and(|(.., d)| d.is_allowed());
            let edits = smallest(edits, is_enough);
            let (request, context, _) = finder.judge(&applied(&start, &edits))?;
            first.extend(edits.iter().map(|edit| edit.describe(&start)));
            if first.is_empty() {
                let at = decision.reasons().first().map(|reason| reason.path().clone()).unwrap_or_default();
                first.push(Change::new(Action::Replace, at, "the same request, made again"));
            }
            return Some(RequestChange { changes: first, request, context });
        }
        let edit = judged
            .reasons()
            .iter()
            .find_map(|reason| finder.mend(&current, reason, judged.reasons().len()))?;
        edit.apply(&mut current);
        edits.push(edit);
    }
    None
}

fn applied(start: &Sketch, edits: &[Edit]) -> Sketch {
    let mut sketch = start.clone();
    for edit in edits {
        edit.apply(&mut sketch);
    }
    sketch
}

struct Finder<'a> {
    policy: &'a Compiled,
    keys: &'a dyn ExampleKeys,
    /// Keys that have been asked for: some take long to make.
    made: RefCell<HashMap<ExampleKey, Option<Rc<PrivateKey>>>>,
}

impl Finder<'_> {
    fn key(&self, kind: ExampleKey) -> Option<Rc<PrivateKey>> {
        self.made.borrow_mut().entry(kind).or_insert_with(|| self.keys.key(kind).map(Rc::new)).clone()
    }

    fn document(&self) -> &PolicyDocument {
        &self.policy.document
    }

    /// The request as a sketch, and what had to change to have one: faults of its encoding and signature are gone.
    fn sketch(
        &self,
        request: &CertificationRequest,
        context: &Context,
        decision: &Decision,
    ) -> Option<(Sketch, Vec<Change>)> {
        let key = match request.public_key().material() {
            KeyMaterial::Ec { curve, .. } => Some(ExampleKey::Ec(*curve)),
            KeyMaterial::Ed25519(_) => Some(ExampleKey::Ed25519),
            KeyMaterial::Rsa { key, .. } => Some(ExampleKey::Rsa(key.bits())),
            KeyMaterial::Unsupported { .. } => None,
        };
        let usable =
            key.filter(|key| self.key(*key).is_some_and(|key| key.public_key().check(None).is_empty()));
        let about_key = |reason: &Diagnostic| {
            let at_key = reason.path().steps().first() == Some(&Step::from("subjectPublicKeyInfo"));
            at_key && !reason.code().as_str().starts_with("policy/")
        };
        let mut changes = Vec::new();
        let key = match usable {
            Some(key) => key,
            None => keys::allowed(&self.policy.keys).into_iter().next()?,
        };
        if usable.is_none() || decision.reasons().iter().any(about_key) {
            let value = format!("a new key {}", key.name());
            changes.push(Change::new(Action::Replace, steps!["subjectPublicKeyInfo"], value));
        }
        let of_signature = |reason: &&Diagnostic| reason.code().as_str().starts_with("signature/");
        if let Some(reason) = decision.reasons().iter().find(of_signature) {
            changes.push(Change::new(
                Action::Replace,
                reason.path().clone(),
                "a signature by the key of the request",
            ));
        }
        // What is said twice, or in an odd form, is said once and plainly.
        let of_form = |reason: &&Diagnostic| reason.code().as_str().starts_with("request/");
        for reason in decision.reasons().iter().filter(of_form) {
            changes.push(Change::new(Action::Replace, reason.path().clone(), "the same, made again"));
        }
        let mut sketch = Sketch::new(key, context.at());
        sketch.take_context(context);
        sketch.request = new_request(request);
        Some((sketch, changes))
    }

    fn judge(&self, sketch: &Sketch) -> Option<(CertificationRequest, Context, Decision)> {
        let request = sketch.request.sign(&*self.key(sketch.key)?).ok()?;
        let context = sketch.context();
        let decision = evaluate::evaluate(self.policy, &request, &context, None);
        Some((request, context, decision))
    }

    /// The first change that answers a reason: there are fewer reasons with it.
    fn mend(&self, sketch: &Sketch, reason: &Diagnostic, reasons: usize) -> Option<Edit> {
        self.edits(sketch, reason).into_iter().find(|edit| {
            let judged = self.judge(&applied(sketch, std::slice::from_ref(edit)));
            judged.is_some_and(|(.., decision)| decision.is_allowed() || decision.reasons().len() < reasons)
        })
    }

    /// Changes that could answer a reason, small ones first.
    fn edits(&self, sketch: &Sketch, reason: &Diagnostic) -> Vec<Edit> {
        let path = reason.path();
        let field = |index: usize| match path.steps().get(index) {
            Some(Step::Field(field)) => field.as_ref(),
            _ => "",
        };
        match (field(0), field(1)) {
            ("extensions", "subjectAltName") => self.name_edits(sketch, reason),
            ("subject", _) => self.subject_edits(sketch, reason),
            ("subjectPublicKeyInfo", _) => {
                keys::allowed(&self.policy.keys).into_iter().map(Edit::Key).collect()
            }
            ("extensions", "keyUsage" | "extendedKeyUsage") | ("context", "usages") => {
                let mut other = sketch.clone();
                usages::satisfy(&self.policy.usages, &mut other);
                let removed = text_of(reason).map(|text| Edit::RemoveUsage(text.to_owned()));
                removed.into_iter().chain([Edit::Usages(Box::new(other))]).collect()
            }
            ("context", "duration" | "notAfter" | "at") => {
                let mut other = sketch.clone();
                validity::satisfy(&self.policy.validity, &mut other);
                other.at = sketch.at; // nobody changes the time
                let expected = number_of(reason.expected()).and_then(Duration::from_seconds);
                let longest = Some(self.document().validity.max.0);
                let durations = expected.into_iter().chain(longest).map(Edit::Duration);
                durations.chain([Edit::Lifetime(Box::new(other))]).collect()
            }
            ("extensions", "basicConstraints") => {
                let ca = self.document().ca.is_some();
                let wanted = ca.then_some(BasicConstraints { ca: true, path_length: None });
                vec![Edit::Constraints(wanted)]
            }
            ("extensions", label) => {
                let extensions =
                    sketch.request.extensions.iter().filter(|extension| extension.oid.label() == label);
                extensions.map(|extension| Edit::RemoveExtension(extension.oid.clone())).collect()
            }
            ("attributes", _) => {
                let attributes = sketch.request.attributes.iter();
                attributes.map(|(oid, _)| Edit::RemoveRequestAttribute(oid.clone())).collect()
            }
            ("context", _) => {
                let mut other = sketch.clone();
                conditions::satisfy(self.document(), &mut other);
                vec![Edit::Context(path.clone(), Box::new(other))]
            }
            _ => Vec::new(),
        }
    }

    fn name_edits(&self, sketch: &Sketch, reason: &Diagnostic) -> Vec<Edit> {
        let names = &sketch.request.names;
        if let Some(name) = index_of(reason.path(), 2).and_then(|index| names.get(index)) {
            let other = self.allowed_names(sketch).into_iter();
            let replaced = other.map(|other| Edit::ReplaceName(name.clone(), other));
            return std::iter::once(Edit::RemoveName(name.clone())).chain(replaced).collect();
        }
        let fewer =
            [codes::POLICY_TOO_MANY_NAMES, codes::POLICY_NAMES_FORBIDDEN, codes::POLICY_NAME_KIND_FORBIDDEN];
        if fewer.contains(&reason.code()) {
            return names.iter().rev().cloned().map(Edit::RemoveName).collect();
        }
        self.allowed_names(sketch).into_iter().map(Edit::AddName).collect()
    }

    /// Examples of names that the policy allows.
    fn allowed_names(&self, sketch: &Sketch) -> Vec<GeneralName> {
        let mut allowed = Names::new(&self.document().names);
        allowed.fill(&mut sketch.clone());
        allowed.examples()
    }

    fn subject_edits(&self, sketch: &Sketch, reason: &Diagnostic) -> Vec<Edit> {
        let attributes = &sketch.request.subject;
        let rules = &self.document().subject;
        if let Some((oid, text)) = index_of(reason.path(), 1).and_then(|index| attributes.get(index)) {
            let remove = Edit::RemoveAttribute(oid.clone(), text.clone());
            let add = subject::as_name(text).filter(|_| is(reason, codes::POLICY_COMMON_NAME_NOT_IN_NAMES));
            let mut edits: Vec<Edit> = add.map(Edit::AddName).into_iter().chain([remove]).collect();
            if *oid == oid::COMMON_NAME {
                let names = sketch.request.names.iter().map(GeneralName::display);
                edits.extend(names.map(|name| Edit::SetAttribute(oid.clone(), vec![name])));
            }
            edits.extend(subject::example(rules, oid).map(|values| Edit::SetAttribute(oid.clone(), values)));
            return edits;
        }
        let names = sketch.request.names.iter().map(GeneralName::display);
        let common = names.map(|name| Edit::SetAttribute(oid::COMMON_NAME, vec![name]));
        let typed = rules
            .attributes
            .keys()
            .filter_map(|oid| Some(Edit::SetAttribute(oid.0.clone(), subject::example(rules, &oid.0)?)));
        let removed = rules.attributes.keys().map(|oid| Edit::SetAttribute(oid.0.clone(), Vec::new()));
        let examples = subject::common_name_examples(rules).into_iter();
        let examples = examples.map(|text| Edit::SetAttribute(oid::COMMON_NAME, vec![text]));
        typed.chain(removed).chain(common).chain(examples).collect()
    }
}

fn is(reason: &Diagnostic, code: Code) -> bool {
    reason.code() == code
}

/// What the request says, to be said again.
fn new_request(request: &CertificationRequest) -> NewRequest {
    let attributes = request.subject().attributes().iter();
    let mut new = NewRequest {
        subject: attributes.filter_map(|a| Some((a.oid().clone(), a.text()?.to_owned()))).collect(),
        names: request.subject_alt_names().to_vec(),
        ..NewRequest::default()
    };
    for extension in request.extensions() {
        match extension.value() {
            ExtensionValue::SubjectAltName(_) => {}
            ExtensionValue::KeyUsage(usage) => new.key_usage = Some(*usage),
            ExtensionValue::ExtendedKeyUsage(purposes) => new.extended_key_usage.clone_from(purposes),
            ExtensionValue::BasicConstraints(constraints) => new.basic_constraints = Some(*constraints),
            _ => new.extensions.push(NewExtension {
                oid: extension.oid().clone(),
                critical: extension.is_critical(),
                value: extension.value_der().to_vec(),
            }),
        }
    }
    let others =
        request.attributes().iter().filter(|attribute| *attribute.value() == AttributeValue::Unknown);
    new.attributes =
        others.map(|attribute| (attribute.oid().clone(), attribute.values_der().to_vec())).collect();
    new
}

impl Edit {
    fn apply(&self, sketch: &mut Sketch) {
        let request = &mut sketch.request;
        match self {
            Self::RemoveName(name) => {
                if let Some(index) = request.names.iter().position(|own| own == name) {
                    request.names.remove(index);
                }
            }
            Self::AddName(name) => request.names.push(name.clone()),
            Self::ReplaceName(name, other) => {
                if let Some(own) = request.names.iter_mut().find(|own| *own == name) {
                    own.clone_from(other);
                }
            }
            Self::RemoveAttribute(oid, text) => {
                let own = |(own, value): &(Oid, String)| own == oid && value == text;
                if let Some(index) = request.subject.iter().position(own) {
                    request.subject.remove(index);
                }
            }
            Self::SetAttribute(oid, values) => *sketch = sketch.with_attribute(oid, values),
            Self::Key(key) => sketch.key = *key,
            Self::Usages(other) => {
                request.key_usage = other.request.key_usage;
                request.extended_key_usage.clone_from(&other.request.extended_key_usage);
                sketch.usages.clone_from(&other.usages);
            }
            Self::RemoveUsage(word) => {
                let bits = request.key_usage.map(|usage| usage.iter().filter(|bit| bit.as_str() != word));
                request.key_usage = bits.map(Iterator::collect::<KeyUsage>).filter(|usage| !usage.is_empty());
                request.extended_key_usage.retain(|oid| oid.label() != *word);
                if let Some(words) = &mut sketch.usages {
                    words.retain(|own| {
                        crate::policy::rule::usage_label(own).as_deref() != Some(word.as_str())
                    });
                }
            }
            Self::Lifetime(other) => {
                sketch.duration = other.duration;
                sketch.not_after = other.not_after;
            }
            Self::Duration(duration) => {
                sketch.duration = Some(*duration);
                sketch.not_after = None;
            }
            Self::Constraints(constraints) => {
                request.basic_constraints = *constraints;
                sketch.ca = None;
            }
            Self::RemoveExtension(oid) => request.extensions.retain(|extension| extension.oid != *oid),
            Self::RemoveRequestAttribute(oid) => request.attributes.retain(|(own, _)| own != oid),
            Self::Context(path, other) => sketch.take_field(path, other),
        }
    }

    fn describe(&self, start: &Sketch) -> Change {
        let names = steps!["extensions", "subjectAltName"];
        match self {
            Self::RemoveName(name) => Change::new(Action::Remove, names, name.display()),
            Self::AddName(name) => {
                Change::new(Action::Add, names, format!("{}:{}", name.kind().as_str(), name.display()))
            }
            Self::ReplaceName(name, other) => {
                let value = format!("{}:{}", other.kind().as_str(), other.display());
                let at = start.request.names.iter().position(|own| own == name);
                Change::new(
                    Action::Replace,
                    at.map_or(names, |at| steps!["extensions", "subjectAltName", at]),
                    value,
                )
            }
            Self::RemoveAttribute(oid, text) => {
                Change::new(Action::Remove, steps!["subject"], format!("{}={text}", oid.label()))
            }
            Self::SetAttribute(oid, values) if values.is_empty() => {
                Change::new(Action::Remove, steps!["subject"], oid.label())
            }
            Self::SetAttribute(oid, values) => {
                let values: Vec<String> =
                    values.iter().map(|value| format!("{}={value}", oid.label())).collect();
                Change::new(Action::Replace, steps!["subject"], values)
            }
            Self::Key(key) => Change::new(Action::Replace, steps!["subjectPublicKeyInfo"], key.name()),
            Self::Usages(other) => {
                let bits = other.request.key_usage.iter().flat_map(|usage| usage.iter());
                let bits = bits.map(|bit| bit.as_str().to_owned());
                let purposes = other.request.extended_key_usage.iter().map(Oid::label);
                let words: Vec<String> =
                    bits.chain(purposes).chain(other.usages.iter().flatten().cloned()).collect();
                Change::new(Action::Replace, steps!["extensions", "extendedKeyUsage"], words)
            }
            Self::RemoveUsage(word) => Change::new(Action::Remove, steps!["extensions"], word.as_str()),
            Self::Lifetime(other) => match (other.duration, other.not_after) {
                (Some(duration), _) => {
                    Change::new(Action::Replace, steps!["context", "duration"], duration.to_string())
                }
                (None, Some(end)) => {
                    Change::new(Action::Replace, steps!["context", "notAfter"], end.to_string())
                }
                (None, None) => Change::new(Action::Remove, steps!["context", "duration"], "any"),
            },
            Self::Duration(duration) => {
                Change::new(Action::Replace, steps!["context", "duration"], duration.to_string())
            }
            Self::Constraints(constraints) => {
                let ca = constraints.is_some_and(|constraints| constraints.ca);
                Change::new(Action::Replace, steps!["extensions", "basicConstraints", "cA"], ca)
            }
            Self::RemoveExtension(oid) => {
                Change::new(Action::Remove, steps!["extensions"].join(oid.label()), oid.label())
            }
            Self::RemoveRequestAttribute(oid) => {
                Change::new(Action::Remove, steps!["attributes"], oid.label())
            }
            Self::Context(path, other) => {
                let values = other.field(path);
                let action = if start.field(path).is_empty() { Action::Add } else { Action::Replace };
                Change::new(action, path.clone(), values)
            }
        }
    }
}
