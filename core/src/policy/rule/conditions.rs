use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic, Path, codes, path::steps, quote, quote_list};
use crate::policy::context::Context;
use crate::policy::document::{Conditions, IssuerConditions, TextRule};
use crate::policy::matcher::text::{RuleVerdict, TextMatcher, TextRuleMatcher};
use crate::policy::matcher::{Faults, PatternList, Verdict};

/// Conditions on who asks, where and of whom.
#[derive(Debug)]
pub(in crate::policy) struct ConditionsRule {
    at: Path,
    texts: Vec<(TextField, TextRuleMatcher)>,
    groups: Option<Groups>,
    facts: BTreeMap<String, TextRuleMatcher>,
}

#[derive(Debug)]
struct Groups {
    any_of: TextMatcher,
    all_of: Vec<TextMatcher>,
    none_of: TextMatcher,
}

/// What follows if conditions do not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Purpose {
    /// The policy is not applicable.
    Select,
    /// The request is denied.
    Require,
}

impl Purpose {
    fn code(self) -> Code {
        match self {
            Self::Select => codes::POLICY_NOT_APPLICABLE,
            Self::Require => codes::POLICY_REQUIREMENT,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextField {
    Username,
    Namespace,
    SignerName,
    IssuerName,
    IssuerKind,
    IssuerGroup,
}

impl TextField {
    fn value(self, context: &Context) -> Option<&str> {
        match self {
            Self::Username => context.username(),
            Self::Namespace => context.namespace(),
            Self::SignerName => context.signer_name(),
            Self::IssuerName => context.issuer().map(|issuer| issuer.name.as_str()),
            Self::IssuerKind => context.issuer().map(|issuer| issuer.kind.as_str()),
            Self::IssuerGroup => context.issuer().map(|issuer| issuer.group.as_str()),
        }
    }

    fn context_path(self) -> Path {
        match self {
            Self::Username => steps!["context", "requester", "username"],
            Self::Namespace => steps!["context", "namespace"],
            Self::SignerName => steps!["context", "signerName"],
            Self::IssuerName => steps!["context", "issuer", "name"],
            Self::IssuerKind => steps!["context", "issuer", "kind"],
            Self::IssuerGroup => steps!["context", "issuer", "group"],
        }
    }

    /// The same field in the document, below `select` or `require`.
    fn rule_path(self, at: &Path) -> Path {
        match self {
            Self::Username => at.join("username"),
            Self::Namespace => at.join("namespace"),
            Self::SignerName => at.join("signerName"),
            Self::IssuerName => at.join("issuer").join("name"),
            Self::IssuerKind => at.join("issuer").join("kind"),
            Self::IssuerGroup => at.join("issuer").join("group"),
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Username => "user name",
            Self::Namespace => "namespace",
            Self::SignerName => "signer name",
            Self::IssuerName => "issuer name",
            Self::IssuerKind => "issuer kind",
            Self::IssuerGroup => "issuer group",
        }
    }
}

impl ConditionsRule {
    pub(in crate::policy) fn compile(conditions: &Conditions, at: &Path, faults: &mut Faults) -> Self {
        let issuer = conditions.issuer.clone().unwrap_or_default();
        let fields = [
            (TextField::Username, &conditions.username),
            (TextField::Namespace, &conditions.namespace),
            (TextField::SignerName, &conditions.signer_name),
            (TextField::IssuerName, &issuer.name),
            (TextField::IssuerKind, &issuer.kind),
            (TextField::IssuerGroup, &issuer.group),
        ];
        let mut texts = Vec::new();
        for (field, rule) in fields {
            if let Some(rule) = rule {
                texts.push((field, compile_rule(rule, &field.rule_path(at), faults)));
            }
        }
        let groups = conditions.groups.as_ref().map(|groups| {
            let at = at.join("groups");
            if groups.any_of.is_empty() && groups.all_of.is_empty() && groups.none_of.is_empty() {
                faults.error(nothing_allowed(), &at);
            }
            let all_of = groups.all_of.iter().enumerate().map(|(index, pattern)| {
                TextMatcher::compile(std::slice::from_ref(pattern), &at.join("allOf").join(index), faults)
            });
            let all_of = all_of.collect();
            Groups {
                any_of: TextMatcher::compile(&groups.any_of, &at.join("anyOf"), faults),
                all_of,
                none_of: TextMatcher::compile(&groups.none_of, &at.join("noneOf"), faults),
            }
        });
        if let Some(issuer) = &conditions.issuer
            && *issuer == IssuerConditions::default()
        {
            faults.error(no_condition(), &at.join("issuer"));
        }
        if *conditions == Conditions::default() {
            faults.error(no_condition(), at);
        }
        let mut facts = BTreeMap::new();
        for (name, rule) in &conditions.facts {
            facts.insert(name.clone(), compile_rule(rule, &at.join("facts").join(name.clone()), faults));
        }
        Self { at: at.clone(), texts, groups, facts }
    }

    /// The conditions that do not hold.
    pub(in crate::policy) fn unmet(
        &self,
        context: &Context,
        purpose: Purpose,
        mut passed: Option<&mut BTreeSet<Path>>,
    ) -> Vec<Diagnostic> {
        let mut unmet = Vec::new();
        let mut note = |before: usize, after: usize, rule: &Path| {
            if let Some(passed) = passed.as_mut().filter(|_| before == after) {
                passed.insert(rule.clone());
            }
        };
        for (field, rule) in &self.texts {
            let values: Vec<&str> = field.value(context).into_iter().collect();
            let (at, rule_at) = (field.context_path(), field.rule_path(&self.at));
            let before = unmet.len();
            judge_values(field.label(), &values, rule, context, purpose, &at, &rule_at, &mut unmet);
            note(before, unmet.len(), &rule_at);
        }
        for (name, rule) in &self.facts {
            let values: Vec<&str> =
                context.fact(name).unwrap_or_default().iter().map(String::as_str).collect();
            let at = steps!["context", "facts", name.clone()];
            let rule_at = self.at.join("facts").join(name.clone());
            let before = unmet.len();
            judge_values(&format!("fact {name}"), &values, rule, context, purpose, &at, &rule_at, &mut unmet);
            note(before, unmet.len(), &rule_at);
        }
        if let Some(groups) = &self.groups {
            let rule_at = self.at.join("groups");
            let before = unmet.len();
            groups.judge(context, purpose, &rule_at, &mut unmet);
            for field in ["anyOf", "allOf", "noneOf"] {
                note(before, unmet.len(), &rule_at.join(field));
            }
        }
        unmet
    }
}

fn compile_rule(rule: &TextRule, at: &Path, faults: &mut Faults) -> TextRuleMatcher {
    if rule.allow.is_empty() && rule.deny.is_empty() {
        faults.error(nothing_allowed(), at);
    }
    TextRuleMatcher::compile(rule, at, faults)
}

fn nothing_allowed() -> Diagnostic {
    Diagnostic::new(codes::DOCUMENT_NEVER_MATCHES, "the list is empty, so that nothing matches it")
}

/// What has no condition in it would hold for everyone, which nobody writes down on purpose.
fn no_condition() -> Diagnostic {
    Diagnostic::new(codes::DOCUMENT_NEVER_MATCHES, "there is no condition in it")
        .with_help("give a condition, or leave the key out")
}

#[expect(
    clippy::too_many_arguments,
    reason = "one condition in one call; a struct would only be taken apart again"
)]
fn judge_values(
    label: &str,
    values: &[&str],
    rule: &TextRuleMatcher,
    context: &Context,
    purpose: Purpose,
    at: &Path,
    rule_at: &Path,
    unmet: &mut Vec<Diagnostic>,
) {
    let mut report = |message: String, rule: Path, found: Option<&str>, help: &str| {
        let mut diagnostic = Diagnostic::new(purpose.code(), message).at(at.clone()).with_rule(rule);
        if let Some(found) = found {
            diagnostic = diagnostic.with_found(found);
        }
        unmet.push(diagnostic.with_help(help));
    };
    let other = match purpose {
        Purpose::Select => "use a policy that is meant for it",
        Purpose::Require => "ask as someone whom the policy lets ask",
    };
    if values.is_empty() {
        let help = format!("give the {label} in the context, or use a policy that does not ask for it");
        report(format!("the {label} is not known"), rule_at.clone(), None, &help);
    }
    // A deny rule that cannot be worked out might have matched.
    let rule = rule.in_context(context);
    let undecided = rule.deny.undecided();
    if !undecided.is_empty() {
        let message = format!("the {label} cannot be judged: the context has no {}", undecided.join(", "));
        report(message, rule_at.join("deny"), None, "give what the policy refers to in the context");
    }
    for value in values {
        match rule.judge(value) {
            RuleVerdict::Allowed => {}
            RuleVerdict::Denied(index) => {
                report(
                    format!("the {label} {} is denied", quote(value)),
                    rule_at.join("deny").join(index),
                    Some(value),
                    other,
                );
            }
            RuleVerdict::NotAllowed => {
                let quoted = quote(value);
                report(
                    format!("the {label} {quoted} is not in the list"),
                    rule_at.clone(),
                    Some(value),
                    &format!("{other}, or add {quoted} to {rule_at} of the policy"),
                );
            }
        }
    }
}

impl Groups {
    fn judge(&self, context: &Context, purpose: Purpose, rule_at: &Path, unmet: &mut Vec<Diagnostic>) {
        let groups: &[String] =
            context.requester().map(|requester| requester.groups.as_slice()).unwrap_or_default();
        let matching = |patterns: &TextMatcher| {
            let patterns = patterns.in_context(context);
            groups.iter().find(|group| patterns.find(group) != Verdict::NoMatch)
        };
        let mut report = |message: String, rule: Path| {
            unmet.push(
                Diagnostic::new(purpose.code(), message)
                    .at(steps!["context", "requester", "groups"])
                    .with_rule(rule)
                    .with_found(groups.to_vec()),
            );
        };
        if !self.any_of.is_empty() && matching(&self.any_of).is_none() {
            let message = if groups.is_empty() {
                "the requester has no group".to_owned()
            } else {
                format!("none of the groups {} is in the list", quote_list(groups))
            };
            report(message, rule_at.join("anyOf"));
        }
        for (index, required) in self.all_of.iter().enumerate() {
            if matching(required).is_none() {
                report("a group that is asked for is missing".to_owned(), rule_at.join("allOf").join(index));
            }
        }
        if !self.none_of.is_empty() && context.requester().is_none() {
            report("the groups of the requester are not known".to_owned(), rule_at.join("noneOf"));
        }
        let none_of = self.none_of.in_context(context);
        let undecided = none_of.undecided();
        if !undecided.is_empty() {
            let message = format!("the groups cannot be judged: the context has no {}", undecided.join(", "));
            report(message, rule_at.join("noneOf"));
        }
        if let Some(group) = groups.iter().find(|group| none_of.find(group) != Verdict::NoMatch) {
            report(format!("the group {} is denied", quote(group)), rule_at.join("noneOf"));
        }
    }
}
