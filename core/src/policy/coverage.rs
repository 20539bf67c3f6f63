//! Which rules of a policy decided something: for tests of policies.

use std::collections::{BTreeMap, BTreeSet};

use super::decision::{Decision, Outcome};
use super::document::{
    Conditions, Count, GroupRule, InNames, OverMax, Permission, PolicyDocument, Presence, TextPattern,
    TextPatternKind, TextRule, UsageRule,
};
use crate::diagnostic::{Diagnostic, Path, path::steps};

/// What a rule can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It lets something pass.
    Allow,
    /// It stops something, or changes it with a warning.
    Deny,
}

/// The rules of one policy, and what cases have shown of them.
#[derive(Clone, Debug)]
pub struct Coverage {
    rules: BTreeMap<(Path, Effect), bool>,
}

impl Coverage {
    /// All rules that are written in the document, each with the effects that it can have.
    pub fn new(document: &PolicyDocument) -> Self {
        let mut rules = Rules::default();
        rules.document(document);
        Self { rules: rules.0.into_iter().map(|rule| (rule, false)).collect() }
    }

    /// Notes what a decision shows: `passed` are the rules that let something pass.
    pub fn note(&mut self, decision: &Decision, passed: &BTreeSet<Path>) {
        if decision.outcome() == Outcome::Allowed {
            for path in passed {
                self.mark(path, Effect::Allow);
            }
        }
        for rule in decision.reasons().iter().chain(decision.warnings()).filter_map(Diagnostic::rule) {
            self.mark(rule, Effect::Deny);
        }
    }

    /// A rule is decided by itself, or by what stands below it.
    fn mark(&mut self, path: &Path, effect: Effect) {
        for ((rule, own), shown) in &mut self.rules {
            if *own == effect && path.steps().starts_with(rule.steps()) {
                *shown = true;
            }
        }
    }

    /// Adds what another run has shown.
    pub fn merge(&mut self, other: &Self) {
        for (rule, shown) in &other.rules {
            if let Some(own) = self.rules.get_mut(rule) {
                *own |= shown;
            }
        }
    }

    /// How many rules and effects there are, and how many of them were shown.
    pub fn totals(&self) -> (usize, usize) {
        (self.rules.len(), self.rules.values().filter(|shown| **shown).count())
    }

    /// The rules and effects that no case has shown.
    pub fn missing(&self) -> impl Iterator<Item = (&Path, Effect)> {
        self.rules.iter().filter(|(_, shown)| !**shown).map(|((path, effect), _)| (path, *effect))
    }
}

#[derive(Default)]
struct Rules(BTreeSet<(Path, Effect)>);

impl Rules {
    fn add(&mut self, path: Path, effects: &[Effect]) {
        self.0.extend(effects.iter().map(|effect| (path.clone(), *effect)));
    }

    fn both(&mut self, path: Path) {
        self.add(path, &[Effect::Allow, Effect::Deny]);
    }

    fn document(&mut self, document: &PolicyDocument) {
        for (field, conditions) in [("select", &document.select), ("require", &document.require)] {
            if let Some(conditions) = conditions {
                self.conditions(conditions, &steps![field]);
            }
        }
        self.subject(document);
        self.names(document);
        self.keys(document);
        for (field, rule) in [("key", &document.usages.key), ("extended", &document.usages.extended)] {
            if let Some(rule) = rule {
                self.usage(rule, steps!["usages", field]);
            }
        }
        self.validity(document);
        for index in 0..document.extensions.ignore.len() {
            self.add(steps!["extensions", "ignore", index], &[Effect::Deny]);
        }
        for index in 0..document.extensions.copy.len() {
            self.add(steps!["extensions", "copy", index], &[Effect::Allow]);
        }
        for index in 0..document.attributes.ignore.len() {
            self.add(steps!["attributes", "ignore", index], &[Effect::Deny]);
        }
        for index in 0..document.rules.len() {
            self.both(steps!["rules", index]);
        }
        for index in 0..document.exceptions.len() {
            self.add(steps!["exceptions", index], &[Effect::Deny]);
        }
        if document.ca.is_some() {
            self.both(steps!["ca"]);
            self.both(steps!["ca", "maxPathLength"]);
        }
    }

    fn conditions(&mut self, conditions: &Conditions, at: &Path) {
        let issuer = conditions.issuer.clone().unwrap_or_default();
        let texts: [(Path, &Option<TextRule>); 6] = [
            (at.join("username"), &conditions.username),
            (at.join("namespace"), &conditions.namespace),
            (at.join("signerName"), &conditions.signer_name),
            (at.join("issuer").join("name"), &issuer.name),
            (at.join("issuer").join("kind"), &issuer.kind),
            (at.join("issuer").join("group"), &issuer.group),
        ];
        for (path, rule) in texts {
            if rule.is_some() {
                self.both(path);
            }
        }
        for name in conditions.facts.keys() {
            self.both(at.join("facts").join(name.clone()));
        }
        if let Some(GroupRule { any_of, all_of, none_of }) = &conditions.groups {
            let at = at.join("groups");
            for (field, list) in [("anyOf", any_of), ("allOf", all_of), ("noneOf", none_of)] {
                if !list.is_empty() {
                    self.both(at.join(field));
                }
            }
        }
    }

    fn presence(&mut self, presence: Option<Presence>, at: &Path) {
        match presence {
            Some(Presence::Optional) | None => {}
            Some(Presence::Required | Presence::Forbidden) => self.both(at.join("presence")),
        }
    }

    fn count(&mut self, count: Count, at: &Path) {
        for (field, bound) in [("min", count.min), ("max", count.max)] {
            if bound.is_some() {
                self.both(at.join("count").join(field));
            }
        }
    }

    /// Each entry of an allow list must let something pass, the list must stop something; each entry of a deny list must
    /// stop something, the list must let something pass.
    fn texts(&mut self, allow: &[TextPattern], deny: &[TextPattern], at: &Path) {
        self.lists(allow.len(), deny.len(), at);
        // A list that allows any text stops nothing.
        if allow.iter().any(|pattern| pattern.kind == TextPatternKind::Glob("*".to_owned())) {
            self.0.remove(&(at.join("allow"), Effect::Deny));
        }
    }

    fn lists(&mut self, allow: usize, deny: usize, at: &Path) {
        let (allow_at, deny_at) = (at.join("allow"), at.join("deny"));
        if allow > 0 {
            self.add(allow_at.clone(), &[Effect::Deny]);
        }
        for index in 0..allow {
            self.add(allow_at.join(index), &[Effect::Allow]);
        }
        if deny > 0 {
            self.add(deny_at.clone(), &[Effect::Allow]);
        }
        for index in 0..deny {
            self.add(deny_at.join(index), &[Effect::Deny]);
        }
    }

    fn subject(&mut self, document: &PolicyDocument) {
        let subject = &document.subject;
        let at = steps!["subject", "commonName"];
        self.presence(subject.common_name.presence, &at);
        self.texts(&subject.common_name.allow, &subject.common_name.deny, &at);
        if matches!(subject.common_name.in_names, Some(InNames::Required | InNames::Add)) {
            self.both(at.join("inNames"));
        }
        for (oid, rule) in &subject.attributes {
            let at = steps!["subject", "attributes", oid.0.label()];
            self.presence(rule.presence, &at);
            self.texts(&rule.allow, &rule.deny, &at);
            if rule.exactly.is_some() {
                self.both(at.join("exactly"));
            }
        }
        for index in 0..subject.ignore.len() {
            self.add(steps!["subject", "ignore", index], &[Effect::Deny]);
        }
        if !subject.string_types.is_empty() {
            self.both(steps!["subject", "stringTypes"]);
        }
        self.permission(subject.multi_valued, steps!["subject", "multiValued"]);
    }

    /// A permission that is given lets something pass; that which is left out or denied counts with its list.
    fn permission(&mut self, permission: Permission, at: Path) {
        if permission.is_allowed() {
            self.add(at, &[Effect::Allow]);
        }
    }

    fn names(&mut self, document: &PolicyDocument) {
        let names = &document.names;
        let at = steps!["names"];
        self.presence(names.presence, &at);
        self.count(names.count, &at);
        if let Some(dns) = &names.dns {
            let at = at.join("dns");
            self.presence(dns.presence, &at);
            self.count(dns.count, &at);
            self.lists(dns.allow.len(), dns.deny.len(), &at);
            self.permission(dns.wildcard, at.join("wildcard"));
            if !dns.wildcard.is_allowed() {
                self.add(at.join("wildcard"), &[Effect::Deny]);
            }
            self.permission(dns.public_suffix_wildcard, at.join("publicSuffixWildcard"));
            self.permission(dns.underscore, at.join("underscore"));
        }
        if let Some(ip) = &names.ip {
            let at = at.join("ip");
            self.presence(ip.presence, &at);
            self.count(ip.count, &at);
            self.lists(ip.allow.len(), ip.deny.len(), &at);
            self.permission(ip.mapped, at.join("mapped"));
        }
        if let Some(email) = &names.email {
            let at = at.join("email");
            self.presence(email.presence, &at);
            self.count(email.count, &at);
            self.lists(email.allow.len(), email.deny.len(), &at);
        }
        if let Some(uri) = &names.uri {
            let at = at.join("uri");
            self.presence(uri.presence, &at);
            self.count(uri.count, &at);
            self.lists(uri.allow.len(), uri.deny.len(), &at);
        }
        for (oid, other) in &names.other_name {
            let at = at.join("otherName").join(oid.0.label());
            self.presence(other.presence, &at);
            self.count(other.count, &at);
            self.texts(&other.allow, &other.deny, &at);
            if !other.string_types.is_empty() {
                self.both(at.join("stringTypes"));
            }
        }
    }

    fn keys(&mut self, document: &PolicyDocument) {
        let keys = &document.keys;
        self.add(steps!["keys"], &[Effect::Deny]);
        if let Some(rsa) = &keys.rsa {
            self.both(steps!["keys", "RSA"]);
            if !rsa.identifiers.is_empty() {
                self.add(steps!["keys", "RSA", "identifiers"], &[Effect::Deny]);
            }
        }
        if let Some(ec) = &keys.ec {
            for index in 0..ec.curves.len() {
                self.add(steps!["keys", "EC", index], &[Effect::Allow]);
            }
            if ec.curves.len() < crate::key::Curve::ALL.len() {
                self.add(steps!["keys", "EC"], &[Effect::Deny]);
            }
            self.permission(ec.compressed, steps!["keys", "EC", "compressed"]);
        }
        if keys.ed25519.is_some() {
            self.add(steps!["keys", "Ed25519"], &[Effect::Allow]);
        }
    }

    fn usage(&mut self, rule: &UsageRule, at: Path) {
        if rule.force.is_some() {
            self.both(at.join("force"));
            return;
        }
        if !rule.require.is_empty() {
            self.both(at.join("require"));
        }
        if !rule.one_of.is_empty() {
            self.add(at.join("oneOf"), &[Effect::Deny]);
            for index in 0..rule.one_of.len() {
                self.add(at.join("oneOf").join(index), &[Effect::Allow]);
            }
        }
        if !rule.allow.is_empty() {
            self.add(at.clone(), &[Effect::Deny]);
            for index in 0..rule.allow.len() {
                self.add(at.join("allow").join(index), &[Effect::Allow]);
            }
        }
        if rule.default.is_some() {
            self.add(at.join("default"), &[Effect::Allow]);
        }
    }

    fn validity(&mut self, document: &PolicyDocument) {
        let validity = &document.validity;
        let at = steps!["validity"];
        if validity.default.is_some() {
            self.add(at.join("default"), &[Effect::Allow]);
        }
        if validity.min.is_some() {
            self.both(at.join("min"));
        }
        self.both(at.join("max"));
        if validity.over_max == OverMax::Clamp {
            self.add(at.join("overMax"), &[Effect::Allow]);
        }
        if validity.max_requested_end.is_some() {
            self.both(at.join("maxRequestedEnd"));
        }
        if validity.not_after.is_some() {
            self.add(at.join("notAfter"), &[Effect::Deny]);
        }
    }
}
