//! Whether one policy is at most as permissive as another, shown and not tried out.
//!
//! Each field of a certificate is a set of values. What a new policy allows lies within what an old one allows if it does so
//! field by field, and whatever does not is sought for an example: a request that is made, signed and judged by both policies. So
//! a *no* always has an example that holds; a *yes* rests on searches that left nothing out; and where neither is reached,
//! the rule is named that could not be compared.

use crate::diagnostic::{Diagnostic, Path, codes, path::steps};
use crate::policy::compile::Compiled;
use crate::policy::context::Context;
use crate::policy::decision::Decision;
use crate::policy::document::{CaRules, CelRule, PolicyDocument, RequestAttributeRules};
use crate::policy::{Policy, evaluate};
use crate::request::CertificationRequest;
use crate::time::Timestamp;

mod common_name;
pub(super) mod conditions;
mod extensions;
mod ip;
pub(super) mod keys;
pub(super) mod language;
pub(super) mod names;
pub(super) mod pattern;
mod prospects;
pub(super) mod sketch;
pub(super) mod subject;
pub(super) mod syntax;
pub(super) mod usages;
pub(super) mod validity;

pub use sketch::{ExampleKey, ExampleKeys};

use names::Names;
use sketch::Sketch;

/// Whether a policy is at most as permissive as another.
#[derive(Clone, Debug)]
pub enum AtMost {
    /// Every request that the new policy allows is allowed by the old one in the same context, and what is issued is
    /// nothing that the old one would not issue.
    Yes,
    /// There is a request for which this does not hold.
    No(Box<Example>),
    /// Neither could be shown; each diagnostic names a rule of the old policy that could not be compared.
    Undecided(Vec<Diagnostic>),
}

/// A request that shows a difference.
#[derive(Clone, Debug)]
pub struct Example {
    /// The request, signed.
    pub request: CertificationRequest,
    /// Its context.
    pub context: Context,
    /// What the new policy says of it: allowed.
    pub new: Decision,
    /// What the old policy says of it: not allowed, or allowed and another certificate.
    pub old: Decision,
    /// The rule of the old policy that differs.
    pub rule: Path,
}

/// The time at which examples are judged unless the policies name others: 2026-01-01T00:00:00Z.
const TIME: i64 = 1_767_225_600;

impl Policy {
    /// Whether this policy is at most as permissive as `old`: whether every request that it allows is allowed by `old` in
    /// the same context, and what it issues is nothing that `old` would not issue.
    ///
    /// `keys` signs the examples. Complete for lists of exact names, suffixes, globs with one star and address blocks, for
    /// keys, usages, lifetimes and subject values; regular expressions and references to the context are compared by their
    /// text alone.
    pub fn at_most(&self, old: &Self, keys: &dyn ExampleKeys) -> AtMost {
        let anonymous = |policy: &Self| PolicyDocument {
            id: String::new(),
            description: None,
            ..policy.document().clone()
        };
        if anonymous(self) == anonymous(old) {
            return AtMost::Yes;
        }
        Analysis::run(&self.compiled, &old.compiled, keys)
    }
}

/// Something that may differ.
struct Suspect {
    /// The rule of the old policy.
    rule: Path,
    /// Requests that would show it.
    sketches: Vec<Sketch>,
    shows: Shows,
}

/// How a difference shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    /// The old policy does not allow the request.
    Denial,
    /// The old policy may allow the request and then issues something else.
    OtherCertificate,
}

struct Analysis<'a> {
    new: &'a Compiled,
    old: &'a Compiled,
    /// A request that the new policy should allow.
    base: Option<Sketch>,
    suspects: Vec<Suspect>,
}

impl<'a> Analysis<'a> {
    fn run(new: &'a Compiled, old: &'a Compiled, keys: &dyn ExampleKeys) -> AtMost {
        // Every field of a document is named here: one that is added must be compared.
        let PolicyDocument {
            version: _,
            id: _,
            description: _,
            select: _,
            require: _,
            subject,
            names,
            keys: _,
            usages: _,
            validity: _,
            extensions,
            attributes,
            ca,
            rules,
            enforcement,
            exceptions,
            compat,
        } = &new.document;
        if compat.is_some() || old.document.compat.is_some() {
            // Another program's policy is in its own words: nothing here reads them.
            let message = "a policy that decides as another program does is not compared";
            let open = Diagnostic::new(codes::ANALYSIS_UNDECIDED, message).with_rule(steps!["compat"]);
            return AtMost::Undecided(vec![open]);
        }
        let mut names = Names::new(names);
        if names.is_impossible()
            || subject::is_impossible(subject)
            || conditions::is_impossible(&new.document)
        {
            return AtMost::Yes;
        }
        let mut analysis = Analysis { new, old, base: None, suspects: Vec::new() };
        analysis.base = analysis.find_base(&mut names);
        analysis.compare_conditions();
        analysis.compare_names(&names, &old.document.names);
        analysis.compare_subject(subject, &old.document.subject, &names);
        analysis.compare_keys();
        analysis.compare_usages();
        analysis.compare_validity();
        analysis.compare_extensions(extensions, &old.document.extensions);
        analysis.compare_attributes(attributes, &old.document.attributes);
        analysis.compare_ca(ca.as_ref(), old.document.ca.as_ref());
        analysis.compare_cel(rules, &old.document.rules);
        if *enforcement < old.document.enforcement {
            analysis.suspect(steps!["enforcement"], Vec::new());
        }
        if !exceptions.is_empty() {
            analysis.suspect(steps!["exceptions"], Vec::new());
        }
        analysis.conclude(keys)
    }

    /// A request that the new policy allows, as far as its rules can be satisfied one by one.
    fn find_base(&self, names: &mut Names<'_>) -> Option<Sketch> {
        let document = &self.new.document;
        let key = keys::allowed(&self.new.keys).into_iter().next()?;
        let mut sketch = Sketch::new(key, Timestamp::from_unix(TIME)?);
        conditions::satisfy(document, &mut sketch);
        names.fill(&mut sketch);
        sketch.request.names = names.base()?;
        subject::satisfy(&document.subject, &mut sketch);
        if document.ca.is_some() {
            sketch.request.basic_constraints =
                Some(crate::extension::BasicConstraints { ca: true, path_length: None });
        }
        usages::satisfy(&self.new.usages, &mut sketch);
        validity::satisfy(&self.new.validity, &mut sketch);
        Some(sketch)
    }

    /// Notes that a rule of the old policy may deny what the new one allows.
    fn suspect(&mut self, rule: Path, sketches: Vec<Sketch>) {
        self.suspects.push(Suspect { rule, sketches, shows: Shows::Denial });
    }

    /// Notes that the old policy may issue something else.
    fn suspect_certificate(&mut self, rule: Path, sketches: Vec<Sketch>) {
        self.suspects.push(Suspect { rule, sketches, shows: Shows::OtherCertificate });
    }

    /// The base with a change.
    fn sketch(&self, change: impl FnOnce(&mut Sketch)) -> Vec<Sketch> {
        let mut sketches: Vec<Sketch> = self.base.iter().cloned().collect();
        if let Some(sketch) = sketches.first_mut() {
            change(sketch);
        }
        sketches
    }

    fn compare_attributes(&mut self, new: &RequestAttributeRules, old: &RequestAttributeRules) {
        let RequestAttributeRules { ignore } = new;
        for oid in ignore.iter().filter(|oid| !old.ignore.contains(oid)) {
            let value = crate::extension::utf8_string("a").unwrap_or_default();
            let sketches = self.sketch(|sketch| sketch.request.attributes.push((oid.0.clone(), vec![value])));
            self.suspect(steps!["attributes", "ignore"], sketches);
        }
    }

    /// Expressions are compared by what they say, not by what they mean. A rule of the old policy that stands in the new one too
    /// denies there what it denied.
    fn compare_cel(&mut self, new: &[CelRule], old: &[CelRule]) {
        let same = |a: &CelRule, b: &CelRule| a.cel == b.cel && a.each == b.each;
        for (index, rule) in old.iter().enumerate() {
            if !new.iter().any(|other| same(rule, other)) {
                let sketches = self.sketch(|_| {});
                self.suspect(steps!["rules", index], sketches);
            }
        }
    }

    fn compare_ca(&mut self, new: Option<&CaRules>, old: Option<&CaRules>) {
        match (new, old) {
            (None, None) => {}
            (Some(CaRules { max_path_length: new }), Some(CaRules { max_path_length: old })) => {
                if new > old {
                    let constraints =
                        crate::extension::BasicConstraints { ca: true, path_length: Some(*new) };
                    let sketches = self.sketch(|sketch| sketch.request.basic_constraints = Some(constraints));
                    self.suspect(steps!["ca", "maxPathLength"], sketches);
                }
            }
            _ => {
                let sketches = self.sketch(|_| {});
                self.suspect(steps!["ca"], sketches);
            }
        }
    }

    fn conclude(self, keys: &dyn ExampleKeys) -> AtMost {
        for suspect in &self.suspects {
            for sketch in &suspect.sketches {
                if let Some(example) = self.confirm(suspect, sketch, keys) {
                    return AtMost::No(Box::new(example));
                }
            }
        }
        let mut open: Vec<Diagnostic> = self
            .suspects
            .iter()
            .map(|suspect| {
                let message = format!("the rules at {} could not be compared", suspect.rule);
                Diagnostic::new(codes::ANALYSIS_UNDECIDED, message).with_rule(suspect.rule.clone())
            })
            .collect();
        Diagnostic::sort(&mut open);
        open.dedup();
        if open.is_empty() { AtMost::Yes } else { AtMost::Undecided(open) }
    }

    /// Makes the request, and sees whether it shows the difference.
    fn confirm(&self, suspect: &Suspect, sketch: &Sketch, keys: &dyn ExampleKeys) -> Option<Example> {
        let key = keys.key(sketch.key)?;
        let request = sketch.request.sign(&key).ok()?;
        let context = sketch.context();
        let new = evaluate::evaluate(self.new, &request, &context, None);
        let old = evaluate::evaluate(self.old, &request, &context, None);
        let differs = match suspect.shows {
            _ if !old.is_allowed() => true,
            Shows::Denial => false,
            Shows::OtherCertificate => old.template() != new.template(),
        };
        (new.is_allowed() && differs).then(|| Example {
            request,
            context,
            new,
            old,
            rule: suspect.rule.clone(),
        })
    }
}
