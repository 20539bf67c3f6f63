use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Display;

use super::name_kinds::{
    DnsKind, EmailKind, IpKind, Judge, ListsInContext, OtherNameKind, Reasons, UriKind, name_path,
};
use crate::diagnostic::{Code, Diagnostic, Path, codes, path::steps, quote};
use crate::name::{DnsName, GeneralName, GeneralNameKind, Named};
use crate::oid::Oid;
use crate::policy::context::Context;
use crate::policy::document::{Count, NameRules, PolicyDocument, Presence};
use crate::policy::evaluate::Judgement;
use crate::policy::matcher::dns::DnsMatcher;
use crate::policy::matcher::email::EmailMatcher;
use crate::policy::matcher::ip::IpMatcher;
use crate::policy::matcher::text::TextMatcher;
use crate::policy::matcher::uri::UriMatcher;
use crate::policy::matcher::{Faults, Verdict};
use crate::request::CertificationRequest;

/// The subject alternative names.
#[derive(Debug)]
pub(in crate::policy) struct NamesRule {
    presence: Presence,
    max: u32,
    min: u32,
    /// How many names are judged: a request for more than `max` is denied whatever the others are, unless an exception takes that
    /// away.
    judged: usize,
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
        let max = rules.count.max.unwrap_or(DEFAULT_MAX);
        let mut excepted = document.exceptions.iter().flat_map(|exception| &exception.matches.codes);
        let is_excepted = excepted.any(|code| code == codes::POLICY_TOO_MANY_NAMES.as_str());
        let rule = Self {
            presence: rules.presence.unwrap_or(Presence::Required),
            max,
            judged: usize::try_from(max).ok().filter(|_| !is_excepted).unwrap_or(usize::MAX),
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
        let mut seen: HashSet<GeneralName> = HashSet::with_capacity(names.len());
        judgement.names.reserve(names.len());
        let lists = self.in_context(judgement.context);
        for (index, name) in names.iter().enumerate() {
            let at = || {
                let own = place.as_ref().filter(|_| index == in_request.len());
                own.cloned().unwrap_or_else(|| name_path(index, name.kind().as_str()))
            };
            if index < self.judged {
                let traced = judgement.is_traced().then(RefCell::default);
                let (reasons, passed) = self.judge_name(name, &lists, policy, traced);
                for rule in passed {
                    judgement.pass(|| rule);
                }
                for reason in reasons {
                    judgement.deny(reason.at(at()));
                }
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
        let rule = || steps!["names", "count"];
        let number = Number { asked: names.len(), issued: judgement.names.len() };
        judge_count(judgement, "subject alternative names", number, (self.min, self.max), at, rule);
        self.judge_kinds(judgement, names, at);
    }

    /// For each name of the request that is judged, its place and the rules that let it pass.
    pub(in crate::policy) fn explain(
        &self,
        request: &CertificationRequest,
        context: &Context,
    ) -> Vec<(Path, Vec<Path>)> {
        let names = request.subject_alt_names().iter().enumerate().take(self.judged);
        let lists = self.in_context(context);
        names
            .map(|(index, name)| {
                let (_, passed) = self.judge_name(name, &lists, "", Some(RefCell::default()));
                (name_path(index, name.kind().as_str()), passed)
            })
            .collect()
    }

    /// The lists of all kinds in one context.
    pub(super) fn in_context<'m>(&'m self, context: &'m Context) -> NameLists<'m> {
        let other_names = self.other_names.iter();
        NameLists {
            dns: self.dns.as_ref().map(|kind| kind.rule.lists.in_context(context)),
            ip: self.ip.as_ref().map(|kind| kind.rule.lists.in_context(context)),
            email: self.email.as_ref().map(|kind| kind.rule.lists.in_context(context)),
            uri: self.uri.as_ref().map(|kind| kind.rule.lists.in_context(context)),
            other_names: other_names.map(|(oid, kind)| (oid, kind.rule.lists.in_context(context))).collect(),
        }
    }

    fn judge_name(
        &self,
        name: &GeneralName,
        lists: &NameLists<'_>,
        policy: &str,
        traced: Option<RefCell<Vec<Path>>>,
    ) -> (Reasons, Vec<Path>) {
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
            let name = Judge { policy, rules, label, denied, not_allowed, passed: traced };
            let reasons = judge(&name);
            passed = name.passed.map(RefCell::into_inner).unwrap_or_default();
            reasons
        };
        let reasons = match name {
            GeneralName::DnsName(named) => self
                .dns
                .as_ref()
                .zip(lists.dns.as_ref())
                .map(|(kind, lists)| judged(&kind.at, &|judge| kind.rule.judge(named, lists, judge))),
            GeneralName::IpAddress { octets, address } => {
                self.ip.as_ref().zip(lists.ip.as_ref()).map(|(kind, lists)| {
                    judged(&kind.at, &|judge| kind.rule.judge(octets, *address, lists, judge))
                })
            }
            GeneralName::Rfc822Name(named) => self
                .email
                .as_ref()
                .zip(lists.email.as_ref())
                .map(|(kind, lists)| judged(&kind.at, &|judge| EmailKind::judge(named, lists, judge))),
            GeneralName::Uri(named) => self
                .uri
                .as_ref()
                .zip(lists.uri.as_ref())
                .map(|(kind, lists)| judged(&kind.at, &|judge| UriKind::judge(named, lists, judge))),
            GeneralName::OtherName(other) => {
                let lists = lists.other_names.get(&other.oid);
                self.other_names
                    .get(&other.oid)
                    .zip(lists)
                    .map(|(kind, lists)| judged(&kind.at, &|judge| kind.rule.judge(other, lists, judge)))
            }
            _ => None,
        };
        let reasons = reasons.unwrap_or_else(|| vec![kind_not_allowed(name, policy)]);
        (reasons, passed)
    }

    /// Presence and number of each kind.
    fn judge_kinds(
        &self,
        judgement: &mut Judgement<'_>,
        names: &[GeneralName],
        at: impl Fn() -> Path + Copy,
    ) {
        let issued = std::mem::take(&mut judgement.names);
        let counted = |is_counted: &dyn Fn(&GeneralName) -> bool| Number {
            asked: names.iter().filter(|name| is_counted(name)).count(),
            issued: issued.iter().filter(|name| is_counted(name)).count(),
        };
        let number = |kind: GeneralNameKind| counted(&|name| name.kind() == kind);
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
                |name: &GeneralName| matches!(name, GeneralName::OtherName(other) if other.oid == *oid);
            kind.judge_presence(judgement, format_args!("otherName {}", oid.label()), counted(&is_type), at);
        }
        judgement.names = issued;
    }

    /// What the deny list of its kind says against a common name that is read as this name.
    pub(super) fn objection(&self, name: &GeneralName, lists: &NameLists<'_>) -> Option<Objection> {
        let (at, verdict, undecided) = match name {
            GeneralName::DnsName(Named { value: Ok(name), .. }) => {
                let deny = &lists.dns.as_ref()?.deny;
                (&self.dns.as_ref()?.at, deny.meets(name), deny.undecided())
            }
            GeneralName::IpAddress { address: Some(address), .. } => {
                let deny = &lists.ip.as_ref()?.deny;
                (&self.ip.as_ref()?.at, deny.meets(*address), deny.undecided())
            }
            GeneralName::Rfc822Name(Named { value: Ok(address), .. }) => {
                let deny = &lists.email.as_ref()?.deny;
                (&self.email.as_ref()?.at, deny.find(address), deny.undecided())
            }
            _ => return None,
        };
        match verdict {
            Verdict::Match(index) | Verdict::Overlap(index) => {
                Some(Objection::Denied(at.join("deny").join(index)))
            }
            Verdict::NoMatch if !undecided.is_empty() => {
                Some(Objection::Undecided(at.join("deny"), undecided.to_vec()))
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

    /// The same for a common name with `*` that is read as no wildcard, so that it cannot be said which names it stands for.
    /// `is_like_name`: some may read it as one all the same.
    pub(super) fn lacking_for_any(&self, is_like_name: bool) -> Vec<(Code, &'static str)> {
        match &self.dns {
            Some(kind) => kind.rule.lacking_for_any(is_like_name),
            None => vec![(codes::POLICY_WILDCARD_NOT_ALLOWED, "wildcard")],
        }
    }
}

/// The lists of names in one context: what their references stand for is worked out once for each list.
pub(super) struct NameLists<'m> {
    dns: Option<ListsInContext<'m, DnsMatcher>>,
    ip: Option<ListsInContext<'m, IpMatcher>>,
    email: Option<ListsInContext<'m, EmailMatcher>>,
    uri: Option<ListsInContext<'m, UriMatcher>>,
    other_names: BTreeMap<&'m Oid, ListsInContext<'m, TextMatcher>>,
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
        number: Number,
        at: impl Fn() -> Path,
    ) {
        let policy = judgement.policy;
        match self.presence {
            Presence::Required if number.asked == 0 => judgement.deny(
                Diagnostic::new(
                    codes::POLICY_NAME_KIND_MISSING,
                    format!("the request has no {label}, and policy `{policy}` asks for one"),
                )
                .at(at())
                .with_rule(self.at.join("presence"))
                .with_help(format!("add a {label} to the subjectAltName of the request")),
            ),
            Presence::Forbidden if number.asked > 0 => judgement.deny(
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
        let range = (self.count.min.unwrap_or(0), self.count.max.unwrap_or(u32::MAX));
        judge_count(judgement, format_args!("names of the kind {label}"), number, range, at, || {
            self.at.join("count")
        });
    }
}

fn kind_not_allowed(name: &GeneralName, policy: &str) -> Diagnostic {
    let kind = match name {
        GeneralName::OtherName(other) => format!("otherName {}", other.oid.label()),
        _ => name.kind().as_str().to_owned(),
    };
    let possible = match name {
        GeneralName::DnsName(_) => Some("names.dns".to_owned()),
        GeneralName::IpAddress { .. } => Some("names.ip".to_owned()),
        GeneralName::Rfc822Name(_) => Some("names.email".to_owned()),
        GeneralName::Uri(_) => Some("names.uri".to_owned()),
        GeneralName::OtherName(other) => Some(format!("names.otherName.{}", other.oid.label())),
        _ => None,
    };
    let help = match possible {
        Some(key) => format!(
            "leave the name out of the request, or add {} to {key}.allow of the policy",
            quote(&name.display())
        ),
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

/// How many names are asked for, which may be too many, and how many are issued, each once, which may be too few.
#[derive(Clone, Copy)]
struct Number {
    asked: usize,
    issued: usize,
}

fn judge_count(
    judgement: &mut Judgement<'_>,
    what: impl Display,
    number: Number,
    (min, max): (u32, u32),
    at: impl Fn() -> Path,
    rule: impl Fn() -> Path,
) {
    let policy = judgement.policy;
    let found = u32::try_from(number.asked).unwrap_or(u32::MAX);
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
    let issued = u32::try_from(number.issued).unwrap_or(u32::MAX);
    if issued < min {
        let different = if issued < found { "different " } else { "" };
        judgement.deny(
            Diagnostic::new(
                codes::POLICY_TOO_FEW_NAMES,
                format!(
                    "the request has {issued} {different}{what}, fewer than the {min} that policy `{policy}` asks for"
                ),
            )
            .at(at())
            .with_rule(rule().join("min"))
            .with_found(issued)
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
