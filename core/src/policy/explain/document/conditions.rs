//! Conditions on who asks, where and of whom: what the context says is added to a list, and what it does not say is asked for
//! no longer.

use super::entry::{self, Entry, exact};
use super::{Case, Edit, Proposal, alone, field};
use crate::diagnostic::{Data, Diagnostic, Path, Severity, Step, quote};
use crate::policy::document::{
    Conditions, GroupRule, IssuerConditions, PolicyDocument, TextPattern, TextPatternKind, TextRule,
};
use crate::policy::explain::{Action, text_of};
use crate::policy::matcher::text::TextMatcher;
use crate::policy::matcher::{Faults, PatternList, Verdict};

/// Groups that everyone, or nearly everyone, is in.
const OF_EVERYONE: [&str; 3] = ["system:authenticated", "system:serviceaccounts", "system:unauthenticated"];

pub(super) fn proposals(case: &Case<'_>, reason: &Diagnostic, rule: &Path) -> Vec<Proposal> {
    if field(rule, 1) == "groups" {
        return groups(case, reason, rule);
    }
    let Some((place, list)) = Place::of(rule) else { return Vec::new() };
    let Some(own) = place.rule(&mut case.document.clone()).map(|own| own.clone()) else { return Vec::new() };
    match (list.as_slice(), text_of(reason)) {
        ([], Some(found)) => {
            let (pattern, at) = (exact(found), place.at().join("allow"));
            alone(Some(Edit::new(Action::Add, at, pattern.written(), move |document| {
                if let Some(rule) = place.rule(document) {
                    rule.allow.push(pattern.clone());
                }
            })))
        }
        ([], None) => alone(Some(place.removed(&own))),
        ([_, Step::Index(_)], _) => denied(case, rule, place, &own),
        // A reference of the list has no value: that is for the context to say.
        _ => Vec::new(),
    }
}

/// The entry of a list that denies. A list with nothing else in it let any other value pass, and still does.
fn denied(case: &Case<'_>, rule: &Path, place: Place, own: &TextRule) -> Vec<Proposal> {
    let of_place = place.clone();
    let removed = case.denial_removed(rule, move |document| Some(&mut of_place.rule(document)?.deny));
    let Some(remove) = removed else { return Vec::new() };
    let any = (own.allow.is_empty() && own.deny.len() == 1).then(|| {
        let pattern = TextPattern { kind: TextPatternKind::Glob("*".to_owned()), ignore_case: false };
        let edit = Edit::new(Action::Add, place.at().join("allow"), "*", move |document| {
            if let Some(rule) = place.rule(document) {
                rule.allow.push(pattern.clone());
            }
        });
        edit.noted(Severity::Notice, "as before, any other value is allowed, and there has to be one")
    });
    vec![std::iter::once(remove).chain(any).collect()]
}

/// A condition on a text, by its place in the document.
#[derive(Clone)]
struct Place {
    steps: Vec<Step>,
}

impl Place {
    /// The place, and what follows it in the path of a rule.
    fn of(rule: &Path) -> Option<(Self, Vec<Step>)> {
        let length = if matches!(field(rule, 1), "issuer" | "facts") { 3 } else { 2 };
        let (steps, rest) = rule.steps().split_at_checked(length)?;
        Some((Self { steps: steps.to_vec() }, rest.to_vec()))
    }

    fn at(&self) -> Path {
        Path::from(self.steps.clone())
    }

    fn name(&self, index: usize) -> &str {
        match self.steps.get(index) {
            Some(Step::Field(name)) => name,
            _ => "",
        }
    }

    fn rule<'a>(&self, document: &'a mut PolicyDocument) -> Option<&'a mut TextRule> {
        let conditions = conditions(document, self.name(0))?;
        match (self.name(1), self.name(2)) {
            ("username", _) => conditions.username.as_mut(),
            ("namespace", _) => conditions.namespace.as_mut(),
            ("signerName", _) => conditions.signer_name.as_mut(),
            ("issuer", "name") => conditions.issuer.as_mut()?.name.as_mut(),
            ("issuer", "kind") => conditions.issuer.as_mut()?.kind.as_mut(),
            ("issuer", _) => conditions.issuer.as_mut()?.group.as_mut(),
            ("facts", fact) => conditions.facts.get_mut(fact),
            _ => None,
        }
    }

    /// Takes the condition out: no list has a value that is not known.
    fn removed(self, own: &TextRule) -> Edit {
        let message = format!("the policy no longer asks for {}: any value will do, and none", self.at());
        let edit = Edit::new(Action::Remove, self.at(), entry::text_rule(own), move |document| {
            if let Some(conditions) = conditions(document, self.name(0)) {
                self.take_out(conditions);
            }
            leave_out_empty(document);
        });
        edit.noted(Severity::Warning, message)
    }

    fn take_out(&self, conditions: &mut Conditions) {
        match (self.name(1), self.name(2)) {
            ("username", _) => conditions.username = None,
            ("namespace", _) => conditions.namespace = None,
            ("signerName", _) => conditions.signer_name = None,
            ("issuer", part) => {
                let Some(issuer) = &mut conditions.issuer else { return };
                match part {
                    "name" => issuer.name = None,
                    "kind" => issuer.kind = None,
                    _ => issuer.group = None,
                }
            }
            ("facts", fact) => {
                conditions.facts.remove(fact);
            }
            _ => {}
        }
    }
}

fn groups(case: &Case<'_>, reason: &Diagnostic, rule: &Path) -> Vec<Proposal> {
    let section = field(rule, 0).to_owned();
    let Some(own) = group_rule(&mut case.document.clone(), &section).map(|own| own.clone()) else {
        return Vec::new();
    };
    let found: Vec<&str> = match reason.found() {
        Some(Data::List(groups)) => groups.iter().filter_map(text).collect(),
        _ => Vec::new(),
    };
    match field(rule, 2) {
        "anyOf" => {
            let narrow = found.iter().find(|group| !OF_EVERYONE.contains(group));
            match narrow.or(found.first()) {
                Some(group) => alone(Some(group_added(section, rule.clone(), group))),
                None => {
                    let message = "the policy asks for no group any more";
                    vec![emptied(section, rule, &own.any_of, message, |groups| groups.any_of.clear())]
                }
            }
        }
        "allOf" => {
            let removed =
                case.entry_removed(rule, move |document| Some(&mut group_rule(document, &section)?.all_of));
            alone(removed.map(|(pattern, edit)| {
                let edit = without_empty(edit);
                edit.noted(
                    Severity::Warning,
                    format!("nobody has to be in the group {} any more", pattern.scope()),
                )
            }))
        }
        _ if case.context.requester().is_none() => {
            let message = "the policy no longer denies these groups";
            vec![emptied(section, rule, &own.none_of, message, |groups| groups.none_of.clear())]
        }
        _ => {
            // The rule names the list, and not the entries that hit.
            let hits = |pattern: &TextPattern| {
                let mut faults = Faults::default();
                let matcher = TextMatcher::compile(std::slice::from_ref(pattern), rule, &mut faults);
                let matcher = matcher.in_context(case.context);
                found.iter().any(|group| matcher.find(group) != Verdict::NoMatch)
            };
            let places = own.none_of.iter().enumerate().filter(|(_, pattern)| hits(pattern));
            let edits = places.filter_map(|(place, _)| {
                let section = section.clone();
                case.denial_removed(&rule.join(place), move |document| {
                    Some(&mut group_rule(document, &section)?.none_of)
                })
            });
            let edits: Proposal = edits.map(without_empty).collect();
            if edits.is_empty() { Vec::new() } else { vec![edits] }
        }
    }
}

fn text(data: &Data) -> Option<&str> {
    match data {
        Data::Text(text) => Some(text),
        _ => None,
    }
}

fn group_added(section: String, at: Path, group: &str) -> Edit {
    let pattern = exact(group);
    let message = format!("everyone in the group {} may ask", quote(group));
    Edit::new(Action::Add, at, pattern.written(), move |document| {
        if let Some(groups) = group_rule(document, &section) {
            groups.any_of.push(pattern.clone());
        }
    })
    .noted(Severity::Notice, message)
}

/// A list without its entries, each shown: none of them can be met.
fn emptied(
    section: String,
    rule: &Path,
    list: &[TextPattern],
    message: &str,
    clear: fn(&mut GroupRule),
) -> Proposal {
    let written: Vec<String> = list.iter().map(Entry::written).collect();
    let edit = Edit::new(Action::Remove, rule.clone(), written, move |document| {
        if let Some(groups) = group_rule(document, &section) {
            clear(groups);
        }
        leave_out_empty(document);
    });
    vec![edit.noted(Severity::Warning, message)]
}

/// The edit, and conditions that have become empty left out.
fn without_empty(edit: Edit) -> Edit {
    let Edit { change, apply } = edit;
    let apply = move |document: &mut PolicyDocument| {
        apply(document);
        leave_out_empty(document);
    };
    Edit { change, apply: std::rc::Rc::new(apply) }
}

/// No policy has conditions without any in them.
fn leave_out_empty(document: &mut PolicyDocument) {
    for place in [&mut document.select, &mut document.require] {
        if let Some(conditions) = place {
            conditions.groups.take_if(|groups| *groups == GroupRule::default());
            conditions.issuer.take_if(|issuer| *issuer == IssuerConditions::default());
        }
        place.take_if(|conditions| *conditions == Conditions::default());
    }
}

fn conditions<'a>(document: &'a mut PolicyDocument, section: &str) -> Option<&'a mut Conditions> {
    match section {
        "select" => document.select.as_mut(),
        "require" => document.require.as_mut(),
        _ => None,
    }
}

fn group_rule<'a>(document: &'a mut PolicyDocument, section: &str) -> Option<&'a mut GroupRule> {
    conditions(document, section)?.groups.as_mut()
}
