//! The rules of a policy in CEL.

use std::collections::{BTreeSet, HashMap};

use super::datum::Datum;
use super::variables::{self, SELF};
use super::{Expression, Failure, Variables};
use crate::diagnostic::{Code, Diagnostic, Path, codes, path::steps, quote};
use crate::limits::CelLimits;
use crate::name::GeneralName;
use crate::oid::{self, Oid};
use crate::policy::document::{CelEach, CelRule, PolicyDocument};
use crate::policy::evaluate::Judgement;
use crate::policy::matcher::Faults;

/// Names that are assumed where a policy does not say how many there may be: its default.
const DEFAULT_NAMES: u32 = 100;
/// Bytes of a rule's code.
const LONGEST_CODE: usize = 64;
/// Bytes of a rule's message.
const LONGEST_MESSAGE: usize = 512;

/// Compiled rules.
#[derive(Debug, Default)]
pub(in crate::policy) struct CelRules {
    limits: CelLimits,
    rules: Vec<(CelRule, Option<Expression>)>,
    plain: Variables,
    with_self: Variables,
}

impl CelRules {
    /// Checks the rules of a document. Nothing is compiled when a request is judged.
    pub(in crate::policy) fn compile(document: &PolicyDocument, faults: &mut Faults) -> Self {
        let limits = CelLimits::default();
        let rules = &document.rules;
        if rules.is_empty() {
            return Self::default();
        }
        let at = steps!["rules"];
        if rules.len() > limits.rules {
            let message =
                format!("the policy has {} rules, and at most {} are allowed", rules.len(), limits.rules);
            faults.error(Diagnostic::new(codes::DOCUMENT_CEL_BUDGET, message), &at);
            return Self::default();
        }
        let names = u64::from(document.names.count.max.unwrap_or(DEFAULT_NAMES));
        let plain = variables::declare_native(&limits, names);
        let with_self = variables::declare_self(&limits, plain.clone());
        let mut seen = BTreeSet::new();
        let mut worst: u64 = 0;
        let mut compiled = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            let at = at.join(index);
            check_words(rule, &mut seen, &at, faults);
            let declared = if rule.each.is_some() { &with_self } else { &plain };
            let expression = match Expression::compile(&rule.cel, declared, &limits) {
                Ok(expression) => {
                    for pattern in expression.patterns.unanchored() {
                        let message = format!("the pattern {} may match a part of a text", quote(pattern));
                        let warning = Diagnostic::new(codes::DOCUMENT_CEL_UNANCHORED, message).with_help(
                            "write `^` at its beginning and `$` at its end if the whole text is meant",
                        );
                        faults.warning(warning, &at.join("cel"));
                    }
                    let runs = if rule.each.is_some() { names } else { 1 };
                    worst = worst.saturating_add(expression.worst.saturating_mul(runs));
                    Some(expression)
                }
                Err(fault) => {
                    faults.error(*fault, &at.join("cel"));
                    None
                }
            };
            compiled.push((rule.clone(), expression));
        }
        if worst > limits.steps {
            let message = format!(
                "the rules take up to {worst} steps together, and at most {} are allowed",
                limits.steps
            );
            faults.error(Diagnostic::new(codes::DOCUMENT_CEL_BUDGET, message), &at);
        }
        Self { limits, rules: compiled, plain, with_self }
    }

    /// Runs every rule over the certificate that the other rules have resolved. A rule can deny, and allows nothing that
    /// another rule denies.
    pub(in crate::policy) fn judge(&self, judgement: &mut Judgement<'_>) {
        if self.rules.is_empty() {
            return;
        }
        let mut plain = variables::bind_native(&self.plain, judgement);
        let mut left = self.limits.steps;
        for (index, (rule, expression)) in self.rules.iter().enumerate() {
            let Some(expression) = expression else { continue };
            let place = steps!["rules", index];
            let values = match &rule.each {
                None => vec![(None, steps![])],
                Some(each) => values(each, judgement),
            };
            let mut holds = !values.is_empty();
            for (value, at) in values {
                let result = match &value {
                    None => expression.run(&plain, &self.limits, &mut left),
                    Some(text) => {
                        plain.set(&self.with_self, SELF, &Datum::text(text.as_str()));
                        expression.run(&plain, &self.limits, &mut left)
                    }
                };
                // One such reason tells it for all values.
                let is_over = matches!(result, Err(Failure::Budget(_)));
                if let Some(reason) = reason(rule, value.as_deref(), result, judgement.policy) {
                    holds = false;
                    judgement.deny(reason.at(at).with_rule(place.clone()));
                }
                if is_over {
                    break;
                }
            }
            if holds {
                judgement.pass(|| place);
            }
        }
    }
}

/// The denial that follows from a run; `None` if the rule holds.
fn reason(
    rule: &CelRule,
    value: Option<&str>,
    result: Result<bool, Failure>,
    policy: &str,
) -> Option<Diagnostic> {
    let name = quote(&rule.code);
    let (code, message): (Code, String) = match result {
        Ok(true) => return None,
        Ok(false) => (codes::POLICY_CEL_RULE, rule.message.clone()),
        Err(Failure::Budget(why)) => (
            codes::POLICY_CEL_BUDGET,
            format!("the rule {name} of policy {} is not run: {why}", quote(policy)),
        ),
        Err(Failure::Values(why)) => (
            codes::POLICY_CEL_FAILED,
            format!("the rule {name} of policy {} cannot be calculated: {why}", quote(policy)),
        ),
    };
    let diagnostic = Diagnostic::new(code, message)
        .with_expected(rule.code.as_str())
        .with_help(format!("the rule {name} asks for {}", quote(&rule.cel)));
    Some(match value {
        Some(value) => diagnostic.with_found(value),
        None => diagnostic,
    })
}

/// Code and message of a rule, which decisions carry.
fn check_words(rule: &CelRule, seen: &mut BTreeSet<String>, at: &Path, faults: &mut Faults) {
    let mut fault = |field: &'static str, message: String| {
        faults.error(Diagnostic::new(codes::DOCUMENT_CEL, message), &at.join(field));
    };
    let code = &rule.code;
    let plain = code.starts_with(|c: char| c.is_ascii_lowercase())
        && code.len() <= LONGEST_CODE
        && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !plain {
        fault("code", format!("the code {} is not lower-case letters, digits and `_`", quote(code)));
    } else if !seen.insert(code.clone()) {
        fault("code", format!("the code {} is that of another rule", quote(code)));
    }
    let message = &rule.message;
    if message.trim().is_empty() || message.len() > LONGEST_MESSAGE || message.chars().any(char::is_control) {
        fault("message", format!("the message is not one line of at most {LONGEST_MESSAGE} bytes"));
    }
}

/// The values of the certificate that a rule is run for, each with its place in the request.
fn values(each: &CelEach, judgement: &Judgement<'_>) -> Vec<(Option<String>, Path)> {
    // Of a name that is there twice, the first place.
    let mut places: HashMap<GeneralName, usize> = HashMap::new();
    if !matches!(each, CelEach::Subject(_)) {
        for (index, own) in judgement.request.subject_alt_names().iter().enumerate() {
            places.entry(own.canonical()).or_insert(index);
        }
    }
    let names = judgement.names.iter().filter(|name| is_kind(name, each)).map(|name: &GeneralName| {
        let place = places.get(name).copied();
        let at = steps!["extensions", "subjectAltName"];
        let at = match place {
            Some(index) => at.join(index).join(name.kind().as_str()),
            None => at,
        };
        (Some(name.display()), at)
    });
    let CelEach::Subject(wanted) = each else { return names.collect() };
    let subject = judgement.subject.iter().filter(|attribute| attribute.oid == wanted.0);
    subject
        .map(|attribute| {
            (Some(attribute.value.clone()), place_of(&attribute.oid, &attribute.value, judgement))
        })
        .collect()
}

fn place_of(wanted: &Oid, value: &str, judgement: &Judgement<'_>) -> Path {
    let mut attributes = judgement.request.subject().attributes().iter();
    // A common name that is one of the names is issued as that is.
    let is_value =
        |text: &str| text == value || (*wanted == oid::COMMON_NAME && text.eq_ignore_ascii_case(value));
    let place = attributes.position(|own| own.oid() == wanted && own.text().is_some_and(is_value));
    match place {
        Some(index) => steps!["subject", index, wanted.label()],
        None if *wanted == oid::COMMON_NAME => steps!["subject"],
        None => steps!["subject", wanted.label()],
    }
}

fn is_kind(name: &GeneralName, each: &CelEach) -> bool {
    match (name, each) {
        (GeneralName::DnsName(_), CelEach::Dns)
        | (GeneralName::IpAddress { .. }, CelEach::Ip)
        | (GeneralName::Rfc822Name(_), CelEach::Email)
        | (GeneralName::Uri(_), CelEach::Uri) => true,
        (GeneralName::OtherName(other), CelEach::OtherName(oid)) => other.oid == oid.0,
        _ => false,
    }
}
