use std::collections::BTreeMap;

use super::common_name::CommonName;
use super::name_kinds::string_types as string_types_of;
use super::names::NamesRule;
use crate::der::StringType;
use crate::diagnostic::{Diagnostic, Path, codes, path::steps, quote, quote_list};
use crate::name::{GeneralName, NameAttribute};
use crate::oid::{self, Oid};
use crate::policy::context::Context;
use crate::policy::decision::SubjectAttribute;
use crate::policy::document::{AttributeRule, Presence, SubjectRules};
use crate::policy::evaluate::Judgement;
use crate::policy::matcher::text::TextMatcher;
use crate::policy::matcher::{Faults, InContext, PatternList, Verdict};
use crate::request::CertificationRequest;

/// The subject's distinguished name: every attribute in order, duplicates included.
#[derive(Debug)]
pub(in crate::policy) struct SubjectRule {
    common_name: CommonName,
    attributes: BTreeMap<Oid, Attribute>,
    ignore: Vec<Oid>,
    string_types: Vec<StringType>,
    multi_valued: bool,
    /// What every certificate has.
    write: Vec<SubjectAttribute>,
}

#[derive(Debug)]
struct Attribute {
    presence: Presence,
    allow: TextMatcher,
    deny: TextMatcher,
    exactly: Option<Vec<String>>,
    at: Path,
}

/// The lists of one type of attribute in one context.
struct AttributeLists<'m> {
    allow: InContext<'m, TextMatcher>,
    deny: InContext<'m, TextMatcher>,
}

impl SubjectRule {
    pub(in crate::policy) fn compile(rules: &SubjectRules, faults: &mut Faults) -> Self {
        let mut attributes = BTreeMap::new();
        for (oid, rule) in &rules.attributes {
            let at = steps!["subject", "attributes", oid.0.label()];
            if oid.0 == oid::COMMON_NAME {
                faults.error(
                    Diagnostic::new(codes::DOCUMENT_CONTRADICTION, "the common name has a rule of its own")
                        .with_help("write it under subject.commonName"),
                    &at,
                );
            }
            attributes.insert(oid.0.clone(), Attribute::compile(rule, at, faults));
        }
        let ignore: Vec<Oid> = rules.ignore.iter().map(|oid| oid.0.clone()).collect();
        for (index, oid) in ignore.iter().enumerate() {
            if attributes.contains_key(oid) {
                let message = format!("the attribute {} is both ignored and allowed", oid.label());
                faults.error(
                    Diagnostic::new(codes::DOCUMENT_CONTRADICTION, message),
                    &steps!["subject", "ignore", index],
                );
            }
        }
        let mut string_types = vec![StringType::Utf8, StringType::Printable, StringType::Ia5];
        let more = string_types_of(&rules.string_types, &steps!["subject", "stringTypes"], faults);
        string_types.extend(more);
        let write = compile_write(rules, faults);
        Self {
            common_name: CommonName::compile(&rules.common_name, faults),
            attributes,
            ignore,
            string_types,
            multi_valued: rules.multi_valued.is_allowed(),
            write,
        }
    }

    /// What every subject begins with.
    pub(in crate::policy) fn written(&self) -> &[SubjectAttribute] {
        &self.write
    }

    pub(in crate::policy) fn judge(&self, names: &NamesRule, judgement: &mut Judgement<'_>) {
        let request = judgement.request;
        let attributes = request.subject().attributes();
        let context = judgement.context;
        let lists: BTreeMap<&Oid, AttributeLists<'_>> =
            self.attributes.iter().map(|(oid, rule)| (oid, rule.in_context(context))).collect();
        let mut common_names = Vec::new();
        judgement.subject.extend(self.write.iter().cloned());
        for (index, attribute) in attributes.iter().enumerate() {
            let label = attribute.oid().label();
            let at = steps!["subject", index, label.clone()];
            if !self.multi_valued && request.subject().rdn_len(attribute.rdn()) > 1 {
                judgement.deny(
                    Diagnostic::new(
                        codes::POLICY_MULTI_VALUED_RDN,
                        format!("the attribute {label} shares its RDN with others, which policy `{}` does not allow", judgement.policy),
                    )
                    .at(at.clone())
                    .with_rule(steps!["subject", "multiValued"])
                    .with_help("make the request with one attribute in each RDN"),
                );
            }
            let Some(text) = self.judge_value(judgement, attribute, &label, &at) else { continue };
            if *attribute.oid() == oid::COMMON_NAME {
                common_names.push((text, at));
            } else if let Some(ignored) = self.ignore.iter().position(|oid| oid == attribute.oid()) {
                judgement.warn(
                    Diagnostic::new(
                        codes::POLICY_SUBJECT_IGNORED,
                        format!("the subject attribute {label} is left out of the certificate"),
                    )
                    .at(at)
                    .with_rule(steps!["subject", "ignore", ignored]),
                );
            } else {
                self.judge_attribute(judgement, &lists, attribute.oid(), &label, text, at);
            }
        }
        self.common_name.judge(names, &common_names, judgement);
        for (oid, rule) in &self.attributes {
            let values: Vec<&str> = attributes
                .iter()
                .filter(|found| found.oid() == oid)
                .filter_map(NameAttribute::text)
                .collect();
            rule.judge_all(judgement, oid, &values);
        }
    }

    /// The common name as a subject alternative name, if the policy adds it and it is not there yet.
    pub(in crate::policy) fn added_name(
        &self,
        request: &CertificationRequest,
    ) -> Option<(GeneralName, Path)> {
        self.common_name.added_name(request)
    }

    /// What holds for every attribute: a string of an accepted type, not empty, not too long, without control characters.
    fn judge_value<'a>(
        &self,
        judgement: &mut Judgement<'_>,
        attribute: &'a NameAttribute,
        label: &str,
        at: &Path,
    ) -> Option<&'a str> {
        let (Some(string_type), Some(text)) = (attribute.string_type(), attribute.text()) else {
            judgement.deny(
                Diagnostic::new(
                    codes::NAME_NOT_A_STRING,
                    format!("the value of the subject attribute {label} is no string"),
                )
                .at(at.clone()),
            );
            return None;
        };
        judgement.pass(|| steps!["subject", "stringTypes"]);
        judgement.pass(|| steps!["subject", "multiValued"]);
        if !self.string_types.contains(&string_type) {
            let message = format!(
                "the subject attribute {label} is a {}, which policy `{}` does not allow",
                string_type.as_str(),
                judgement.policy
            );
            judgement.deny(
                Diagnostic::new(codes::POLICY_STRING_TYPE, message)
                    .at(at.clone())
                    .with_rule(steps!["subject", "stringTypes"])
                    .with_found(string_type.as_str())
                    .with_help("make the request with UTF8String, as `openssl req -utf8` does"),
            );
        }
        if text.chars().any(char::is_control) {
            judgement.deny(
                Diagnostic::new(
                    codes::NAME_CONTROL_CHARACTER,
                    format!(
                        "the value {} of the subject attribute {label} has control characters",
                        quote(text)
                    ),
                )
                .at(at.clone())
                .with_found(text),
            );
        }
        if text.is_empty() {
            judgement.deny(
                Diagnostic::new(codes::NAME_EMPTY_VALUE, format!("the subject attribute {label} is empty"))
                    .at(at.clone())
                    .with_help("leave the attribute out of the request"),
            );
        }
        let longest = upper_bound(attribute.oid());
        if text.chars().count() > longest {
            judgement.deny(
                Diagnostic::new(
                    codes::NAME_VALUE_LENGTH,
                    format!(
                        "the value {} of the subject attribute {label} has more than {longest} characters",
                        quote(text)
                    ),
                )
                .at(at.clone())
                .with_found(text.chars().count())
                .with_expected(longest),
            );
        }
        Some(text)
    }

    fn judge_attribute(
        &self,
        judgement: &mut Judgement<'_>,
        lists: &BTreeMap<&Oid, AttributeLists<'_>>,
        oid: &Oid,
        label: &str,
        text: &str,
        at: Path,
    ) {
        let policy = judgement.policy;
        let Some((rule, lists)) = self.attributes.get(oid).zip(lists.get(oid)) else {
            let message =
                format!("the subject attribute {label}={} is not allowed by policy `{policy}`", quote(text));
            judgement.deny(
                Diagnostic::new(codes::POLICY_SUBJECT_NOT_ALLOWED, message)
                    .at(at)
                    .with_rule(steps!["subject", "attributes"])
                    .with_found(text)
                    .with_help(format!(
                        "make the request without it, or add {label} to subject.attributes or subject.ignore of the policy"
                    )),
            );
            return;
        };
        rule.judge_value(judgement, lists, label, text, &at);
        judgement.subject.push(SubjectAttribute { oid: oid.clone(), value: text.to_owned() });
    }
}

impl Attribute {
    fn compile(rule: &AttributeRule, at: Path, faults: &mut Faults) -> Self {
        let presence = rule.presence.unwrap_or(Presence::Optional);
        let nothing = rule.allow.is_empty() && rule.exactly.is_none() && presence != Presence::Forbidden;
        if nothing || rule.exactly.as_ref().is_some_and(Vec::is_empty) {
            faults.error(
                Diagnostic::new(codes::DOCUMENT_NEVER_MATCHES, "no value is allowed")
                    .with_help("give allow or exactly, or set presence to forbidden"),
                &at,
            );
        }
        if rule.exactly.is_some() && !rule.allow.is_empty() {
            faults.error(
                Diagnostic::new(codes::DOCUMENT_CONTRADICTION, "allow and exactly exclude each other"),
                &at.join("exactly"),
            );
        }
        Self {
            presence,
            allow: TextMatcher::compile(&rule.allow, &at.join("allow"), faults),
            deny: TextMatcher::compile(&rule.deny, &at.join("deny"), faults),
            exactly: rule.exactly.clone(),
            at,
        }
    }

    fn in_context<'m>(&'m self, context: &'m Context) -> AttributeLists<'m> {
        AttributeLists { allow: self.allow.in_context(context), deny: self.deny.in_context(context) }
    }

    fn judge_value(
        &self,
        judgement: &mut Judgement<'_>,
        lists: &AttributeLists<'_>,
        label: &str,
        text: &str,
        at: &Path,
    ) {
        let policy = judgement.policy;
        let mut passed = Vec::new();
        let mut report = |code, message: String, rule: Path, help: String| {
            judgement.deny(
                Diagnostic::new(code, message)
                    .at(at.clone())
                    .with_rule(rule)
                    .with_found(text)
                    .with_help(help),
            );
        };
        let shown = format!("{label}={}", quote(text));
        let deny = &lists.deny;
        let allowed = lists.allow.find(text);
        let denied = deny.find(text);
        if denied == Verdict::NoMatch {
            passed.push(self.at.join("deny"));
        }
        if let Verdict::Match(index) = allowed {
            passed.push(self.at.join("allow").join(index));
        }
        match denied {
            Verdict::Match(index) | Verdict::Overlap(index) => report(
                codes::POLICY_SUBJECT_DENIED,
                format!("the subject attribute {shown} is denied by policy `{policy}`"),
                self.at.join("deny").join(index),
                "make the request without it".to_owned(),
            ),
            Verdict::NoMatch if !deny.undecided().is_empty() => {
                report_missing(deny.undecided(), &shown, &self.at.join("deny"), &mut report);
            }
            Verdict::NoMatch => {}
        }
        if self.exactly.is_none() && allowed == Verdict::NoMatch {
            report(
                codes::POLICY_SUBJECT_NOT_ALLOWED,
                format!("the subject attribute {shown} is not allowed by policy `{policy}`"),
                self.at.join("allow"),
                format!(
                    "make the request without it, or add {} to {}.allow of the policy",
                    quote(text),
                    self.at
                ),
            );
        }
        for rule in passed {
            judgement.pass(|| rule);
        }
    }

    /// What holds for all values of one type together.
    fn judge_all(&self, judgement: &mut Judgement<'_>, oid: &Oid, values: &[&str]) {
        let (policy, label) = (judgement.policy, oid.label());
        match self.presence {
            Presence::Required if values.is_empty() => judgement.deny(
                Diagnostic::new(
                    codes::POLICY_SUBJECT_MISSING,
                    format!("the subject has no {label}, and policy `{policy}` asks for one"),
                )
                .at(steps!["subject"])
                .with_rule(self.at.join("presence"))
                .with_help(format!("make the request with {label} in its subject")),
            ),
            Presence::Forbidden if !values.is_empty() => judgement.deny(
                Diagnostic::new(
                    codes::POLICY_SUBJECT_NOT_ALLOWED,
                    format!("the subject has {label}, and policy `{policy}` forbids it"),
                )
                .at(steps!["subject"])
                .with_rule(self.at.join("presence")),
            ),
            _ => {}
        }
        judgement.pass(|| self.at.join("presence"));
        judgement.pass(|| self.at.join("exactly"));
        let Some(exactly) = &self.exactly else { return };
        if values.is_empty() && self.presence != Presence::Required {
            return;
        }
        let mut wanted: Vec<&str> = exactly.iter().map(String::as_str).collect();
        let mut found = values.to_vec();
        wanted.sort_unstable();
        found.sort_unstable();
        if wanted != found && !values.is_empty() {
            judgement.deny(
                Diagnostic::new(
                    codes::POLICY_SUBJECT_NOT_ALLOWED,
                    format!(
                        "the subject has {label} {} where policy `{policy}` asks for {}",
                        quote_list(values),
                        quote_list(exactly)
                    ),
                )
                .at(steps!["subject"])
                .with_rule(self.at.join("exactly"))
                .with_found(values.to_vec())
                .with_expected(exactly.clone())
                .with_help(format!("make the request with {label} {}", quote_list(exactly))),
            );
        }
    }
}

/// Values that the issuer sets: not empty, not too long, and of types that the request cannot set too.
fn compile_write(rules: &SubjectRules, faults: &mut Faults) -> Vec<SubjectAttribute> {
    let mut write = Vec::new();
    for (oid, values) in &rules.write {
        let at = steps!["subject", "write", oid.0.label()];
        if rules.attributes.contains_key(oid) || oid.0 == oid::COMMON_NAME {
            let message =
                format!("the attribute {} is both written and taken from the request", oid.0.label());
            faults.error(Diagnostic::new(codes::DOCUMENT_CONTRADICTION, message), &at);
        }
        for (index, value) in values.iter().enumerate() {
            let length = value.chars().count();
            if length == 0 || length > upper_bound(&oid.0) || value.chars().any(char::is_control) {
                let message = format!("{} is no value for the attribute {}", quote(value), oid.0.label());
                faults.error(Diagnostic::new(codes::DOCUMENT_VALUE, message), &at.join(index));
            }
            write.push(SubjectAttribute { oid: oid.0.clone(), value: value.clone() });
        }
    }
    write
}

pub(super) fn report_missing(
    missing: &[String],
    shown: &str,
    rule: &Path,
    report: &mut impl FnMut(crate::diagnostic::Code, String, Path, String),
) {
    let missing = missing.join(", ");
    report(
        codes::POLICY_FACT_MISSING,
        format!("{shown} cannot be judged: the context has no {missing}"),
        rule.clone(),
        "give the facts that the policy refers to".to_owned(),
    );
}

/// RFC 5280 appendix A.1, upper bounds in characters.
pub(in crate::policy) fn upper_bound(oid: &Oid) -> usize {
    match oid.name() {
        Some("countryName" | "jurisdictionCountryName") => 2,
        Some("commonName" | "serialNumber" | "organizationName" | "organizationalUnitName" | "title") => 64,
        Some("localityName" | "stateOrProvinceName" | "streetAddress" | "pseudonym") => 128,
        Some("postalCode") => 40,
        Some("givenName" | "initials" | "generationQualifier" | "surname") => 40,
        Some("emailAddress") => 255,
        _ => 32_768,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{KeyKind, PrivateKey};
    use crate::policy::matcher::template::count::EXPANDED;
    use crate::policy::{Context, Policy, PolicyDigest, PolicyDocument};
    use crate::request::NewRequest;
    use crate::time::Timestamp;

    const POLICY: &str = r#"{
        "version": 1,
        "id": "bad",
        "subject": { "attributes": { "O": { "allow": ["*"], "deny": ["${facts.bad}"] } } },
        "names": {
            "email": { "allow": ["*@example.com"], "deny": ["${facts.bad}@example.com"] },
            "uri": {
                "allow": ["https:*"],
                "deny": [
                    "https://${facts.bad}/*",
                    { "scheme": "https", "host": "${facts.bad}", "path": "/${facts.bad}" }
                ]
            }
        },
        "keys": { "EC": ["P-256"] },
        "usages": { "extended": ["serverAuth"] },
        "validity": { "default": "24h", "max": "90d" }
    }"#;

    #[test]
    fn references_are_worked_out_once_for_all_attributes_mail_addresses_and_uris() {
        let document: PolicyDocument = serde_json::from_str(POLICY).expect("a document");
        let policy = Policy::compile(document, PolicyDigest::of(POLICY)).expect("a policy");
        let organization = Oid::parse("2.5.4.10").expect("an identifier");
        let subject = (0..50).map(|n| (organization.clone(), format!("Team {n}"))).collect();
        let mail = (0..50).map(|n| GeneralName::email(format!("a{n}@example.com")));
        let uris = (0..50).map(|n| GeneralName::uri(format!("https://a{n}.example.com/x")));
        let request = NewRequest { subject, names: mail.chain(uris).collect(), ..NewRequest::default() };
        let key = PrivateKey::generate(KeyKind::P256, [3; 32]).expect("a key");
        let request = request.sign(&key).expect("a request");
        let context = Context::new(Timestamp::from_rfc3339("2026-01-01T00:00:00Z").expect("a time"))
            .with_fact("bad", (0..1_000).map(|n| format!("n{n}.example.org")).collect());
        EXPANDED.set(0);
        let decision = policy.evaluate(&request, &context);
        assert!(decision.is_allowed(), "{:?}", decision.reasons());
        // Four patterns with references, of which one has a host and a path, each once.
        assert_eq!(EXPANDED.get(), 5);
    }
}
