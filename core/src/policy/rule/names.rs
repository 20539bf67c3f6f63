use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Display;

use super::name_kinds::{DnsKind, EmailKind, IpKind, Judge, OtherNameKind, Reasons, UriKind, name_path};
use crate::diagnostic::{Code, Diagnostic, Path, codes, path::steps};
use crate::name::{DnsName, GeneralName, GeneralNameKind, Named};
use crate::oid::Oid;
use crate::policy::context::Context;
use crate::policy::document::{Count, NameRules, PolicyDocument, Presence};
use crate::policy::evaluate::Judgement;
use crate::policy::matcher::{Faults, Verdict};
use crate::request::CertificationRequest;

/// The subject alternative names.
#[derive(Debug)]
pub(in crate::policy) struct NamesRule {
    presence: Presence,
    max: u32,
    min: u32,
    dns: Option<Kind<DnsKind>>,
    ip: Option<Kind<IpKind>>,
    email: Option<Kind<EmailKind>>,
    uri: Option<Kind<UriKind>>,
    other_names: BTreeMap<Oid, Kind<OtherNameKind>>,
}

/// A kind of name with its presence and number.
#[derive(Debug)]
struct Kind<K> {
    rule: K,
    presence: Presence,
    count: Count,
    at: Path,
}

/// Names in one certificate unless the policy says otherwise (hostile input 78).
const DEFAULT_MAX: u32 = 100;

impl NamesRule {
    pub(in crate::policy) fn compile(document: &PolicyDocument, faults: &mut Faults) -> Self {
        let rules = &document.names;
        let at = steps!["names"];
        check_count(&rules.count, &at.join("count"), faults);
        let dns = rules.dns.as_ref().map(|dns| {
            let at = at.join("dns");
            Kind::new(
                DnsKind::compile(dns, &at, faults),
                dns.presence,
                dns.count,
                dns.allow.is_empty(),
                at,
                faults,
            )
        });
        let ip = rules.ip.as_ref().map(|ip| {
            let at = at.join("ip");
            Kind::new(
                IpKind::compile(ip, &at, faults),
                ip.presence,
                ip.count,
                ip.allow.is_empty(),
                at,
                faults,
            )
        });
        let email = rules.email.as_ref().map(|email| {
            let at = at.join("email");
            let rule = EmailKind::compile(email, &at, faults);
            Kind::new(rule, email.presence, email.count, email.allow.is_empty(), at, faults)
        });
        let uri = rules.uri.as_ref().map(|uri| {
            let at = at.join("uri");
            Kind::new(
                UriKind::compile(uri, &at, faults),
                uri.presence,
                uri.count,
                uri.allow.is_empty(),
                at,
                faults,
            )
        });
        let mut other_names = BTreeMap::new();
        for (oid, rules) in &rules.other_name {
            let at = at.join("otherName").join(oid.0.label());
            let rule = OtherNameKind::compile(rules, &at, faults);
            let kind = Kind::new(rule, rules.presence, rules.count, rules.allow.is_empty(), at, faults);
            other_names.insert(oid.0.clone(), kind);
        }
        let rule = Self {
            presence: rules.presence.unwrap_or(Presence::Required),
            max: rules.count.max.unwrap_or(DEFAULT_MAX),
            min: rules.count.min.unwrap_or(0),
            dns,
            ip,
            email,
            uri,
            other_names,
        };
        rule.check_reachable(rules, document.ca.is_some(), faults);
        rule
    }

    /// A policy that asks for names and allows none denies everything.
    fn check_reachable(&self, rules: &NameRules, is_ca: bool, faults: &mut Faults) {
        let none = self.dns.is_none()
            && self.ip.is_none()
            && self.email.is_none()
            && self.uri.is_none()
            && self.other_names.is_empty();
        if none && self.presence == Presence::Required && rules.presence.is_none() && is_ca {
            faults.error(
                Diagnostic::new(
                    codes::DOCUMENT_NEVER_MATCHES,
                    "a policy for CAs must say that names are optional or forbidden, or allow some",
                )
                .with_help("set names.presence to forbidden"),
                &steps!["names"],
            );
        } else if none && self.presence == Presence::Required {
            faults.error(
                Diagnostic::new(
                    codes::DOCUMENT_NEVER_MATCHES,
                    "a subject alternative name is required and none is allowed, so that every request is denied",
                )
                .with_help("allow some under names.dns, ip, email, uri or otherName, or set names.presence to optional"),
                &steps!["names"],
            );
        }
        if !none && self.presence == Presence::Forbidden {
            faults.error(
                Diagnostic::new(codes::DOCUMENT_CONTRADICTION, "names are both forbidden and allowed"),
                &steps!["names", "presence"],
            );
        }
    }

    /// Judges the names of the request, and one that the common name adds, with its place.
    pub(in crate::policy) fn judge(&self, added: Option<(GeneralName, Path)>, judgement: &mut Judgement<'_>) {
        let request = judgement.request;
        let in_request = request.subject_alt_names();
        let (added, place) = added.unzip();
        let names: Cow<'_, [GeneralName]> = match added {
            Some(added) => in_request.iter().cloned().chain([added]).collect::<Vec<_>>().into(),
            None => in_request.into(),
        };
        let names = names.as_ref();
        let at = || steps!["extensions", "subjectAltName"];
        let policy = judgement.policy;
        match self.presence {
            Presence::Required if names.is_empty() => judgement.deny(
                Diagnostic::new(
                    codes::POLICY_NAMES_MISSING,
                    format!(
                        "the request has no subject alternative name, and policy `{policy}` asks for one"
                    ),
                )
                .at(at())
                .with_rule(steps!["names", "presence"])
                .with_help("make the request with names: `openssl req … -addext subjectAltName=DNS:…`"),
            ),
            Presence::Forbidden if !names.is_empty() => judgement.deny(
                Diagnostic::new(
                    codes::POLICY_NAMES_FORBIDDEN,
                    format!("the request has subject alternative names, and policy `{policy}` allows none"),
                )
                .at(at())
                .with_rule(steps!["names", "presence"])
                .with_help("make the request without subjectAltName"),
            ),
            _ => {}
        }
        judgement.pass(|| steps!["names", "presence"]);
        let rule = || steps!["names", "count"];
        judge_count(judgement, "subject alternative names", names.len(), self.min, self.max, at, rule);
        self.judge_kinds(judgement, names, at);
        let mut seen: HashSet<GeneralName> = HashSet::with_capacity(names.len());
        judgement.names.reserve(names.len());
        for (index, name) in names.iter().enumerate() {
            let traced = judgement.is_traced().then(RefCell::default);
            let (kind, reasons, passed) = self.judge_name(name, judgement.context, policy, traced);
            for rule in passed {
                judgement.pass(|| rule);
            }
            let at = || {
                let own = place.as_ref().filter(|_| index == in_request.len());
                own.cloned().unwrap_or_else(|| name_path(index, kind.as_str()))
            };
            for reason in reasons {
                judgement.deny(reason.at(at()));
            }
            // What is issued is the canonical form, so that is what is told apart and what rules in CEL are told.
            let canonical = name.canonical();
            if seen.insert(canonical.clone()) {
                judgement.names.push(canonical);
            } else {
                judgement.warn(
                    Diagnostic::new(
                        codes::NAME_DUPLICATE,
                        "the name comes more than once and is issued once",
                    )
                    .at(at()),
                );
            }
        }
    }

    /// For each name of the request, its place and the rules that let it pass.
    pub(in crate::policy) fn explain(
        &self,
        request: &CertificationRequest,
        context: &Context,
    ) -> Vec<(Path, Vec<Path>)> {
        let names = request.subject_alt_names().iter().enumerate();
        names
            .map(|(index, name)| {
                let (kind, _, passed) = self.judge_name(name, context, "", Some(RefCell::default()));
                (name_path(index, kind.as_str()), passed)
            })
            .collect()
    }

    fn judge_name(
        &self,
        name: &GeneralName,
        context: &Context,
        policy: &str,
        traced: Option<RefCell<Vec<Path>>>,
    ) -> (GeneralNameKind, Reasons, Vec<Path>) {
        let kind = name.kind();
        let mut passed = Vec::new();
        let mut judged = |rules: &Path, judge: &dyn Fn(&Judge<'_>) -> Reasons| {
            let (label, denied, not_allowed) = match kind {
                GeneralNameKind::DnsName => {
                    ("dns name", codes::POLICY_DNS_DENIED, codes::POLICY_DNS_NOT_ALLOWED)
                }
                GeneralNameKind::IpAddress => {
                    ("ip address", codes::POLICY_IP_DENIED, codes::POLICY_IP_NOT_ALLOWED)
                }
                GeneralNameKind::Rfc822Name => {
                    ("mail address", codes::POLICY_EMAIL_DENIED, codes::POLICY_EMAIL_NOT_ALLOWED)
                }
                GeneralNameKind::Uri => ("uri", codes::POLICY_URI_DENIED, codes::POLICY_URI_NOT_ALLOWED),
                _ => ("other name", codes::POLICY_OTHER_NAME_DENIED, codes::POLICY_OTHER_NAME_NOT_ALLOWED),
            };
            let traced = traced.clone();
            let name = Judge { policy, context, rules, label, denied, not_allowed, passed: traced };
            let reasons = judge(&name);
            passed = name.passed.map(RefCell::into_inner).unwrap_or_default();
            reasons
        };
        let reasons = match (name, &self.dns, &self.ip, &self.email, &self.uri) {
            (GeneralName::DnsName(named), Some(kind), ..) => {
                judged(&kind.at, &|judge| kind.rule.judge(named, judge))
            }
            (GeneralName::IpAddress { octets, address }, _, Some(kind), ..) => {
                judged(&kind.at, &|judge| kind.rule.judge(octets, *address, judge))
            }
            (GeneralName::Rfc822Name(named), _, _, Some(kind), _) => {
                judged(&kind.at, &|judge| kind.rule.judge(named, judge))
            }
            (GeneralName::Uri(named), .., Some(kind)) => {
                judged(&kind.at, &|judge| kind.rule.judge(named, judge))
            }
            (GeneralName::OtherName(other), ..) => match self.other_names.get(&other.oid) {
                Some(kind) => judged(&kind.at, &|judge| kind.rule.judge(other, judge)),
                None => vec![kind_not_allowed(name, policy)],
            },
            _ => vec![kind_not_allowed(name, policy)],
        };
        (kind, reasons, passed)
    }

    /// Presence and number of each kind.
    fn judge_kinds(
        &self,
        judgement: &mut Judgement<'_>,
        names: &[GeneralName],
        at: impl Fn() -> Path + Copy,
    ) {
        let number = |kind: GeneralNameKind| names.iter().filter(|name| name.kind() == kind).count();
        if let Some(kind) = &self.dns {
            kind.judge_presence(judgement, "dns name", number(GeneralNameKind::DnsName), at);
        }
        if let Some(kind) = &self.ip {
            kind.judge_presence(judgement, "ip address", number(GeneralNameKind::IpAddress), at);
        }
        if let Some(kind) = &self.email {
            kind.judge_presence(judgement, "mail address", number(GeneralNameKind::Rfc822Name), at);
        }
        if let Some(kind) = &self.uri {
            kind.judge_presence(judgement, "uri", number(GeneralNameKind::Uri), at);
        }
        for (oid, kind) in &self.other_names {
            let is_type =
                |name: &&GeneralName| matches!(name, GeneralName::OtherName(other) if other.oid == *oid);
            kind.judge_presence(
                judgement,
                format_args!("otherName {}", oid.label()),
                names.iter().filter(is_type).count(),
                at,
            );
        }
    }

    /// What the deny list of its kind says against a common name that is read as this name.
    pub(super) fn objection(&self, name: &GeneralName, context: &Context) -> Option<Objection> {
        let (at, verdict, undecided) = match (name, &self.dns, &self.ip, &self.email) {
            (GeneralName::DnsName(Named { value: Ok(name), .. }), Some(kind), ..) => {
                let deny = &kind.rule.lists.deny;
                (&kind.at, deny.meets(name, context), deny.undecided(context))
            }
            (GeneralName::IpAddress { address: Some(address), .. }, _, Some(kind), _) => {
                let deny = &kind.rule.lists.deny;
                (&kind.at, deny.meets(*address, context), deny.undecided(context))
            }
            (GeneralName::Rfc822Name(Named { value: Ok(address), .. }), .., Some(kind)) => {
                let deny = &kind.rule.lists.deny;
                (&kind.at, deny.find(address, context), deny.undecided(context))
            }
            _ => return None,
        };
        match verdict {
            Verdict::Match(index) | Verdict::Overlap(index) => {
                Some(Objection::Denied(at.join("deny").join(index)))
            }
            Verdict::NoMatch if !undecided.is_empty() => {
                Some(Objection::Undecided(at.join("deny"), undecided))
            }
            Verdict::NoMatch => None,
        }
    }

    /// The permissions that a DNS name lacks as a wildcard, for a common name that is read as it, with their keys.
    pub(super) fn lacking(&self, name: &DnsName) -> Vec<(Code, &'static str)> {
        match &self.dns {
            Some(kind) => kind.rule.lacking(name),
            None if name.is_wildcard() => vec![(codes::POLICY_WILDCARD_NOT_ALLOWED, "wildcard")],
            None => Vec::new(),
        }
    }
}

/// What stands against a common name that is read as a name.
pub(super) enum Objection {
    /// A pattern of a deny list, by its place.
    Denied(Path),
    /// The deny list at this place cannot be worked out without these references.
    Undecided(Path, Vec<String>),
}

impl<K> Kind<K> {
    fn new(
        rule: K,
        presence: Option<Presence>,
        count: Count,
        empty: bool,
        at: Path,
        faults: &mut Faults,
    ) -> Self {
        check_count(&count, &at.join("count"), faults);
        let presence = presence.unwrap_or(Presence::Optional);
        if empty && presence == Presence::Required {
            faults.error(
                Diagnostic::new(
                    codes::DOCUMENT_NEVER_MATCHES,
                    "a name of this kind is required, and none is allowed",
                ),
                &at.join("presence"),
            );
        }
        Self { rule, presence, count, at }
    }

    fn judge_presence(
        &self,
        judgement: &mut Judgement<'_>,
        label: impl Display,
        number: usize,
        at: impl Fn() -> Path,
    ) {
        let policy = judgement.policy;
        match self.presence {
            Presence::Required if number == 0 => judgement.deny(
                Diagnostic::new(
                    codes::POLICY_NAME_KIND_MISSING,
                    format!("the request has no {label}, and policy `{policy}` asks for one"),
                )
                .at(at())
                .with_rule(self.at.join("presence"))
                .with_help(format!("add a {label} to the subjectAltName of the request")),
            ),
            Presence::Forbidden if number > 0 => judgement.deny(
                Diagnostic::new(
                    codes::POLICY_NAME_KIND_FORBIDDEN,
                    format!("the request has a {label}, and policy `{policy}` forbids it"),
                )
                .at(at())
                .with_rule(self.at.join("presence")),
            ),
            _ => {}
        }
        judgement.pass(|| self.at.join("presence"));
        let (min, max) = (self.count.min.unwrap_or(0), self.count.max.unwrap_or(u32::MAX));
        judge_count(judgement, format_args!("names of the kind {label}"), number, min, max, at, || {
            self.at.join("count")
        });
    }
}

fn kind_not_allowed(name: &GeneralName, policy: &str) -> Diagnostic {
    let kind = match name {
        GeneralName::OtherName(other) => format!("otherName {}", other.oid.label()),
        _ => name.kind().as_str().to_owned(),
    };
    let possible = match name.kind() {
        GeneralNameKind::DnsName => Some("names.dns"),
        GeneralNameKind::IpAddress => Some("names.ip"),
        GeneralNameKind::Rfc822Name => Some("names.email"),
        GeneralNameKind::Uri => Some("names.uri"),
        GeneralNameKind::OtherName => Some("names.otherName"),
        _ => None,
    };
    let help = match possible {
        Some(key) => format!("leave the name out of the request, or add {key} to the policy"),
        None => "leave the name out of the request: no policy allows this kind".to_owned(),
    };
    Diagnostic::new(
        codes::POLICY_NAME_KIND_NOT_ALLOWED,
        format!("a name of the kind {kind} is not allowed by policy `{policy}`"),
    )
    .with_rule(steps!["names"])
    .with_found(name.display())
    .with_help(help)
}

fn judge_count(
    judgement: &mut Judgement<'_>,
    what: impl Display,
    number: usize,
    min: u32,
    max: u32,
    at: impl Fn() -> Path,
    rule: impl Fn() -> Path,
) {
    let policy = judgement.policy;
    let found = u32::try_from(number).unwrap_or(u32::MAX);
    judgement.pass(|| rule().join("min"));
    judgement.pass(|| rule().join("max"));
    if found > max {
        judgement.deny(
            Diagnostic::new(
                codes::POLICY_TOO_MANY_NAMES,
                format!("the request has {found} {what}, more than the {max} that policy `{policy}` allows"),
            )
            .at(at())
            .with_rule(rule().join("max"))
            .with_found(found)
            .with_expected(max)
            .with_help("split the names over several requests"),
        );
    }
    if found < min {
        judgement.deny(
            Diagnostic::new(
                codes::POLICY_TOO_FEW_NAMES,
                format!(
                    "the request has {found} {what}, fewer than the {min} that policy `{policy}` asks for"
                ),
            )
            .at(at())
            .with_rule(rule().join("min"))
            .with_found(found)
            .with_expected(min),
        );
    }
}

fn check_count(count: &Count, at: &Path, faults: &mut Faults) {
    if let (Some(min), Some(max)) = (count.min, count.max)
        && min > max
    {
        faults.error(
            Diagnostic::new(
                codes::DOCUMENT_NEVER_MATCHES,
                format!("the fewest, {min}, are more than the most, {max}"),
            ),
            &at.join("min"),
        );
    }
}
