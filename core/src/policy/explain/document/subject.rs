//! The subject: the values of the request, one by one.

use super::entry::{Entry, exact};
use super::{Case, Edit, Proposal, alone, field, is_sayable};
use crate::diagnostic::{Diagnostic, Path, Severity, codes, path::steps};
use crate::oid::{Oid, OidKind};
use crate::policy::document::{
    AttributeRule, InNames, OidText, Permission, PolicyDocument, Presence, TextPattern,
};
use crate::policy::explain::{Action, index_of, text_of};
use crate::policy::rule::readings;

pub(super) fn common_name(case: &Case<'_>, reason: &Diagnostic, rule: &Path) -> Vec<Proposal> {
    match field(rule, 2) {
        "presence" if reason.code() == codes::POLICY_COMMON_NAME_MISSING => {
            let message = "no request has to have a common name any more";
            vec![vec![common_name_optional().noted(Severity::Warning, message)]]
        }
        "presence" => {
            let attributes = case.request.subject().attributes();
            let attribute = index_of(reason.path(), 1).and_then(|index| attributes.get(index));
            attribute
                .and_then(|attribute| attribute.text())
                .map(|text| forbidden(case, text))
                .unwrap_or_default()
        }
        "deny" => alone(case.denial_removed(rule, |document| Some(&mut document.subject.common_name.deny))),
        "allow" | "inNames" => text_of(reason).map(|text| allowed(case, reason, text)).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn common_name_optional() -> Edit {
    Edit::new(Action::Replace, steps!["subject", "commonName", "presence"], "optional", |document| {
        document.subject.common_name.presence = Some(Presence::Optional);
    })
}

fn in_names(choice: InNames) -> Edit {
    let word = match choice {
        InNames::Optional => "optional",
        InNames::Required => "required",
        InNames::Add => "add",
    };
    Edit::new(Action::Replace, steps!["subject", "commonName", "inNames"], word, move |document| {
        document.subject.common_name.in_names = Some(choice);
    })
}

/// A common name where none was allowed: this one alone, and among the names if it is.
fn forbidden(case: &Case<'_>, text: &str) -> Vec<Proposal> {
    let own = &case.document.subject.common_name;
    let was_in_names = own.allow.is_empty() && own.in_names.is_none();
    let mut proposals = Vec::new();
    for patterns in [vec![exact(text)], readings(text).iter().map(|reading| exact(reading)).collect()] {
        let only = (own.allow != patterns).then(|| listed(&patterns));
        let presence = common_name_optional().noted(
            Severity::Warning,
            "the policy no longer forbids a common name; it has to be one of subject.commonName.allow",
        );
        let edits: Proposal = std::iter::once(presence).chain(only).collect();
        if was_in_names {
            proposals.push(edits.iter().cloned().chain([in_names(InNames::Required)]).collect());
        }
        proposals.push(edits);
    }
    proposals
}

/// These as the list of what is allowed.
fn listed(patterns: &[TextPattern]) -> Edit {
    let written: Vec<String> = patterns.iter().map(Entry::written).collect();
    let patterns = patterns.to_vec();
    Edit::new(Action::Replace, steps!["subject", "commonName", "allow"], written, move |document| {
        document.subject.common_name.allow.clone_from(&patterns);
    })
}

/// The common name in the list, as it stands or in the form in which it is issued too, and among the names where it has to
/// be.
fn allowed(case: &Case<'_>, reason: &Diagnostic, text: &str) -> Vec<Proposal> {
    let own = &case.document.subject.common_name;
    let choice = if reason.code() == codes::POLICY_COMMON_NAME_NOT_IN_NAMES {
        own.in_names.map(|_| InNames::Optional)
    } else {
        // A list makes the names optional, unless it is said that they are not.
        (own.allow.is_empty() && own.in_names.is_none()).then_some(InNames::Required)
    };
    let forms: Vec<String> = readings(text);
    let lists = [Vec::new(), vec![text.to_owned()], forms];
    let mut proposals = Vec::new();
    for list in lists {
        let missing = list.iter().map(|form| exact(form)).filter(|pattern| !own.allow.contains(pattern));
        let mut edits: Proposal = missing.map(common_name_added).collect();
        if own.allow.is_empty()
            && let Some(first) = edits.first_mut()
        {
            *first = first.clone().noted(
                Severity::Warning,
                "a common name that is not in the list is denied, also one that is among the names",
            );
        }
        edits.extend(choice.map(|choice| match (choice, own.in_names) {
            (InNames::Optional, Some(InNames::Add)) => in_names(choice).noted(
                Severity::Warning,
                "a common name is no longer made one of the names; all of subject.commonName.allow are allowed without",
            ),
            (InNames::Optional, _) if !own.allow.is_empty() => in_names(choice).noted(
                Severity::Warning,
                "all common names of subject.commonName.allow are allowed without being among the names",
            ),
            _ => in_names(choice),
        }));
        if !edits.is_empty() {
            proposals.push(edits);
        }
    }
    proposals
}

fn common_name_added(pattern: TextPattern) -> Edit {
    let at = steps!["subject", "commonName", "allow"];
    Edit::new(Action::Add, at, pattern.written(), move |document| {
        document.subject.common_name.allow.push(pattern.clone());
    })
}

pub(super) fn attributes(case: &Case<'_>, reason: &Diagnostic, rule: &Path) -> Vec<Proposal> {
    match field(rule, 1) {
        "multiValued" => {
            let edit = Edit::new(Action::Replace, rule.clone(), "allow", |document| {
                document.subject.multi_valued = Permission::Allow;
            });
            alone(Some(edit.noted(Severity::Notice, "every RDN may have several attributes")))
        }
        "stringTypes" => alone(text_of(reason).map(|found| {
            let found = found.to_owned();
            let others = format!("every attribute that is allowed may be a {found}");
            let edit = Edit::new(Action::Add, rule.clone(), found.clone(), move |document| {
                document.subject.string_types.push(found.clone());
            });
            edit.noted(Severity::Notice, others)
        })),
        "attributes" => match attribute_type(case, reason, field(rule, 2)) {
            Some(oid) => attribute(case, reason, rule, oid),
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The type that a rule or a reason is of, if a policy can say it.
fn attribute_type(case: &Case<'_>, reason: &Diagnostic, label: &str) -> Option<OidText> {
    let attributes = case.request.subject().attributes();
    let labelled = attributes.iter().find(|attribute| attribute.oid().label() == label);
    let indexed = index_of(reason.path(), 1).and_then(|index| attributes.get(index));
    let oid = match labelled.or(indexed) {
        Some(attribute) => attribute.oid().clone(),
        None => Oid::from_label(label, OidKind::Attribute)?,
    };
    is_sayable(&oid).then_some(OidText(oid))
}

fn attribute(case: &Case<'_>, reason: &Diagnostic, rule: &Path, oid: OidText) -> Vec<Proposal> {
    let own = case.document.subject.attributes.get(&oid);
    match (field(rule, 3), own) {
        ("presence", Some(own)) => vec![presence(case, own, &oid)],
        ("exactly", Some(own)) => {
            let before = own.exactly.clone().unwrap_or_default().join(", ");
            let edit = exactly(&oid, values(case, &oid));
            alone(Some(edit.noted(Severity::Warning, format!("the values {before} are denied"))))
        }
        ("deny", Some(_)) => alone(case.denial_removed(rule, move |document| {
            Some(&mut document.subject.attributes.get_mut(&oid)?.deny)
        })),
        ("allow", _) | ("", None) => alone(text_of(reason).map(|found| {
            let pattern = exact(found);
            Edit::new(Action::Add, at(&oid, "allow"), pattern.written(), move |document| {
                let rule = document.subject.attributes.entry(oid.clone()).or_default();
                rule.allow.push(pattern.clone());
            })
        })),
        _ => Vec::new(),
    }
}

fn at(oid: &OidText, field: &'static str) -> Path {
    steps!["subject", "attributes", oid.0.label(), field]
}

/// The values of a type that the request has.
fn values(case: &Case<'_>, oid: &OidText) -> Vec<String> {
    let attributes = case.request.subject().attributes().iter();
    let of_type = attributes.filter(|attribute| *attribute.oid() == oid.0);
    of_type.filter_map(|attribute| attribute.text().map(str::to_owned)).collect()
}

fn exactly(oid: &OidText, values: Vec<String>) -> Edit {
    let (at, oid) = (at(oid, "exactly"), oid.clone());
    Edit::new(Action::Replace, at, values.clone(), move |document| {
        change(document, &oid, |rule| rule.exactly = Some(values.clone()));
    })
}

/// The type is optional. If it was forbidden, the values of the request are all that is allowed of it.
fn presence(case: &Case<'_>, own: &AttributeRule, oid: &OidText) -> Proposal {
    let label = oid.0.label();
    let type_of = oid.clone();
    let edit = Edit::new(Action::Replace, at(oid, "presence"), "optional", move |document| {
        change(document, &type_of, |rule| rule.presence = Some(Presence::Optional));
    });
    if own.presence != Some(Presence::Forbidden) {
        return vec![edit.noted(Severity::Warning, format!("no request has to have {label} any more"))];
    }
    let edit = edit.noted(Severity::Warning, format!("the policy no longer forbids {label}"));
    let mut found: Vec<String> = Vec::new();
    for value in values(case, oid) {
        if own.exactly.is_some() || !found.contains(&value) {
            found.push(value);
        }
    }
    let patterns: Vec<TextPattern> = found.iter().map(|value| exact(value)).collect();
    let only = match &own.exactly {
        Some(own) => (*own != found).then(|| exactly(oid, found)),
        None => (own.allow != patterns).then(|| {
            let written: Vec<String> = patterns.iter().map(Entry::written).collect();
            let type_of = oid.clone();
            Edit::new(Action::Replace, at(oid, "allow"), written, move |document| {
                change(document, &type_of, |rule| rule.allow.clone_from(&patterns));
            })
        }),
    };
    std::iter::once(edit).chain(only).collect()
}

fn change(document: &mut PolicyDocument, oid: &OidText, change: impl Fn(&mut AttributeRule)) {
    if let Some(rule) = document.subject.attributes.get_mut(oid) {
        change(rule);
    }
}
