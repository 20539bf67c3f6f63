//! What each kind of general name is allowed to be.

use std::cell::RefCell;
use std::fmt::Display;

use crate::der::StringType;
use crate::diagnostic::{Code, Diagnostic, Path, codes, path::steps, quote};
use crate::name::suffix::{is_listed, is_public_suffix};
use crate::name::{
    DnsFault, DnsName, EmailAddress, EmailFault, IpAddress, Named, OtherName, Uri, UriFault, hex,
};
use crate::oid::Oid;
use crate::policy::context::Context;
use crate::policy::document::{DnsRules, EmailRules, IpRules, OtherNameRules, UriRules};
use crate::policy::matcher::dns::DnsMatcher;
use crate::policy::matcher::email::EmailMatcher;
use crate::policy::matcher::ip::IpMatcher;
use crate::policy::matcher::text::TextMatcher;
use crate::policy::matcher::uri::UriMatcher;
use crate::policy::matcher::{Faults, InContext, PatternList, Verdict};

/// The lists of one kind of name.
#[derive(Debug)]
pub(super) struct Lists<M> {
    pub(super) allow: M,
    pub(super) deny: M,
}

impl<M: PatternList> Lists<M> {
    /// The lists in one context.
    pub(super) fn in_context<'m>(&'m self, context: &'m Context) -> ListsInContext<'m, M> {
        ListsInContext { allow: self.allow.in_context(context), deny: self.deny.in_context(context) }
    }
}

/// The lists of one kind of name in one context.
pub(super) struct ListsInContext<'m, M> {
    pub(super) allow: InContext<'m, M>,
    pub(super) deny: InContext<'m, M>,
}

impl<M: PatternList> ListsInContext<'_, M> {
    /// The reasons against a name that follow from what the lists say of it.
    fn judge(&self, name: &dyn Display, deny: Verdict, allow: &Verdict, judge: &Judge<'_>) -> Reasons {
        judge.verdicts(name, deny, self.deny.undecided(), allow, self.allow.missing())
    }
}

/// The result of judging one name: nothing, or the reasons against it.
pub(super) type Reasons = Vec<Diagnostic>;

/// Who judges: names the policy in messages, and the place of the rules in the document.
pub(super) struct Judge<'a> {
    pub(super) policy: &'a str,
    /// Such as `names.dns`.
    pub(super) rules: &'a Path,
    /// How messages call the kind.
    pub(super) label: &'static str,
    /// Codes for a denied and for a name that is not allowed.
    pub(super) denied: Code,
    pub(super) not_allowed: Code,
    /// Rules that let the name pass, if anyone wants to know.
    pub(super) passed: Option<RefCell<Vec<Path>>>,
}

impl Judge<'_> {
    fn pass(&self, rule: impl FnOnce() -> Path) {
        if let Some(passed) = &self.passed {
            passed.borrow_mut().push(rule());
        }
    }

    /// The reasons that follow from the verdicts of the deny list and the allow list.
    fn verdicts(
        &self,
        name: &dyn Display,
        deny: Verdict,
        deny_missing: &[String],
        allow: &Verdict,
        allow_missing: &[String],
    ) -> Reasons {
        if deny == Verdict::NoMatch {
            self.pass(|| self.rules.join("deny"));
        }
        if let Verdict::Match(index) = allow {
            self.pass(|| self.rules.join("allow").join(*index));
            if deny == Verdict::NoMatch && deny_missing.is_empty() {
                return Vec::new();
            }
        }
        let mut reasons = Vec::new();
        let text = name.to_string();
        let (label, policy, quoted) = (self.label, self.policy, quote(&text));
        match deny {
            Verdict::Match(index) => reasons.push(
                Diagnostic::new(self.denied, format!("{label} {quoted} is denied by policy `{policy}`"))
                    .with_rule(self.rules.join("deny").join(index))
                    .with_found(text.as_str())
                    .with_help("leave the name out of the request"),
            ),
            Verdict::Overlap(index) => reasons.push(
                Diagnostic::new(
                    self.denied,
                    format!("{label} {quoted} stands for names that policy `{policy}` denies"),
                )
                .with_rule(self.rules.join("deny").join(index))
                .with_found(text.as_str())
                .with_help("ask for the names one by one"),
            ),
            // A deny rule that cannot be worked out might have matched.
            Verdict::NoMatch if !deny_missing.is_empty() => reasons.push(
                Diagnostic::new(
                    codes::POLICY_FACT_MISSING,
                    format!(
                        "{label} {quoted} cannot be judged: the context has no {}",
                        deny_missing.join(", ")
                    ),
                )
                .with_rule(self.rules.join("deny"))
                .with_help("give the facts that the policy refers to"),
            ),
            Verdict::NoMatch => {}
        }
        if *allow == Verdict::NoMatch {
            let help = if allow_missing.is_empty() {
                format!(
                    "leave the name out of the request, or add {quoted} to {}.allow of the policy",
                    self.rules
                )
            } else {
                format!("give the facts that the policy refers to: {}", allow_missing.join(", "))
            };
            reasons.push(
                Diagnostic::new(
                    self.not_allowed,
                    format!("{label} {quoted} is not allowed by policy `{policy}`"),
                )
                .with_rule(self.rules.join("allow"))
                .with_found(text)
                .with_help(help),
            );
        }
        reasons
    }
}

/// dNSName.
#[derive(Debug)]
pub(super) struct DnsKind {
    pub(super) lists: Lists<DnsMatcher>,
    /// Whether the deny list has patterns.
    denies: bool,
    wildcard: bool,
    public_suffix_wildcard: bool,
    underscore: bool,
}

impl DnsKind {
    pub(super) fn compile(rules: &DnsRules, at: &Path, faults: &mut Faults) -> Self {
        let lists = Lists {
            allow: DnsMatcher::compile(&rules.allow, &at.join("allow"), faults),
            deny: DnsMatcher::compile(&rules.deny, &at.join("deny"), faults),
        };
        warn_public_suffixes(rules, at, faults);
        Self {
            lists,
            denies: !rules.deny.is_empty(),
            wildcard: rules.wildcard.is_allowed(),
            public_suffix_wildcard: rules.public_suffix_wildcard.is_allowed(),
            underscore: rules.underscore.is_allowed(),
        }
    }

    pub(super) fn judge(
        &self,
        named: &Named<DnsName, DnsFault>,
        lists: &ListsInContext<'_, DnsMatcher>,
        judge: &Judge<'_>,
    ) -> Reasons {
        let name = match &named.value {
            Ok(name) => name,
            Err(fault) => {
                let message = format!("dns name {} {}", quote(&named.text), fault.reason());
                return vec![
                    Diagnostic::new(fault.code(), message)
                        .with_found(&*named.text)
                        .with_help(dns_help(*fault)),
                ];
            }
        };
        let mut reasons = lists.judge(name, lists.deny.meets(name), &lists.allow.covers(name), judge);
        let mut report = |code, message: String, field: &'static str, help: String| {
            reasons.push(
                Diagnostic::new(code, message)
                    .with_rule(judge.rules.join(field))
                    .with_found(name.to_string())
                    .with_help(help),
            );
        };
        if name.is_wildcard() {
            judge.pass(|| judge.rules.join("wildcard"));
            judge.pass(|| judge.rules.join("publicSuffixWildcard"));
        }
        if name.has_underscore() {
            judge.pass(|| judge.rules.join("underscore"));
        }
        let policy = judge.policy;
        for (code, key) in self.lacking(name) {
            let (message, help) = if code == codes::POLICY_WILDCARD_NOT_ALLOWED {
                (
                    format!("dns name `{name}` is a wildcard, which policy `{policy}` does not allow"),
                    "ask for the names one by one, or set names.dns.wildcard to allow",
                )
            } else {
                let base = name.base();
                (
                    format!("dns name `{name}` is a wildcard for everyone below the public suffix `{base}`"),
                    "ask for a wildcard below a domain of your own",
                )
            };
            report(code, message, key, help.to_owned());
        }
        if name.has_underscore() && !self.underscore {
            report(
                codes::POLICY_UNDERSCORE_NOT_ALLOWED,
                format!("dns name `{name}` has an underscore, which policy `{policy}` does not allow"),
                "underscore",
                "use a name of letters, digits and hyphens, or set names.dns.underscore to allow".to_owned(),
            );
        }
        reasons
    }

    /// The permissions that a name lacks as a wildcard, with their keys.
    pub(super) fn lacking(&self, name: &DnsName) -> Vec<(Code, &'static str)> {
        let mut lacking = Vec::new();
        if name.is_wildcard() && !self.wildcard {
            lacking.push((codes::POLICY_WILDCARD_NOT_ALLOWED, "wildcard"));
        }
        if name.is_wildcard() && !self.public_suffix_wildcard && is_public_suffix(name.base()) {
            lacking.push((codes::POLICY_PUBLIC_SUFFIX_WILDCARD, "publicSuffixWildcard"));
        }
        lacking
    }

    /// The permissions that a common name with `*` lacks that may stand for any names.
    pub(super) fn lacking_for_any(&self, is_like_name: bool) -> Vec<(Code, &'static str)> {
        if !self.wildcard {
            return vec![(codes::POLICY_WILDCARD_NOT_ALLOWED, "wildcard")];
        }
        let mut lacking = Vec::new();
        if is_like_name && self.denies {
            lacking.push((codes::POLICY_COMMON_NAME_DENIED, "deny"));
        }
        if is_like_name && !self.public_suffix_wildcard {
            lacking.push((codes::POLICY_PUBLIC_SUFFIX_WILDCARD, "publicSuffixWildcard"));
        }
        lacking
    }
}

fn dns_help(fault: DnsFault) -> &'static str {
    match fault {
        DnsFault::IpAddress => "ask for it as an IP address: `subjectAltName=IP:…`",
        DnsFault::NumericTopLevel => {
            "ask for an IP address as `subjectAltName=IP:…`: no top-level domain is a number"
        }
        DnsFault::Idna => "write the name as an A-label, such as by `idn2 NAME`",
        DnsFault::TrailingDot => "leave the dot at the end out",
        DnsFault::PartialWildcard | DnsFault::WildcardPosition | DnsFault::WildcardAlone => {
            "a wildcard is `*.` followed by a domain"
        }
        _ => "mend the name in the request",
    }
}

/// `*.com` in an allow list stands for names of different owners.
fn warn_public_suffixes(rules: &DnsRules, at: &Path, faults: &mut Faults) {
    use crate::policy::document::DnsPattern;
    for (index, pattern) in rules.allow.iter().enumerate() {
        let domain = match pattern {
            DnsPattern::OneLabel(domain) | DnsPattern::Under { domain, .. } => domain,
            _ => continue,
        };
        // A single label that the list does not know, such as `internal`, is covered by its default rule only.
        let is_suffix = |name: &DnsName| {
            is_public_suffix(name.base()) && (name.base().contains('.') || is_listed(name.base()))
        };
        if DnsName::parse_unicode(domain).is_ok_and(|name| is_suffix(&name)) {
            faults.warning(
                Diagnostic::new(
                    codes::DOCUMENT_PUBLIC_SUFFIX,
                    format!(
                        "{} is a public suffix: names below it belong to different owners",
                        quote(domain)
                    ),
                )
                .with_help("name the domains that are yours"),
                &at.join("allow").join(index),
            );
        }
    }
}

/// iPAddress.
#[derive(Debug)]
pub(super) struct IpKind {
    pub(super) lists: Lists<IpMatcher>,
    mapped: bool,
}

impl IpKind {
    pub(super) fn compile(rules: &IpRules, at: &Path, faults: &mut Faults) -> Self {
        let lists = Lists {
            allow: IpMatcher::compile(&rules.allow, &at.join("allow"), faults),
            deny: IpMatcher::compile(&rules.deny, &at.join("deny"), faults),
        };
        Self { lists, mapped: rules.mapped.is_allowed() }
    }

    pub(super) fn judge(
        &self,
        octets: &[u8],
        address: Option<IpAddress>,
        lists: &ListsInContext<'_, IpMatcher>,
        judge: &Judge<'_>,
    ) -> Reasons {
        let Some(address) = address else {
            let message = format!("an IP address has {} octets, not 4 or 16", octets.len());
            return vec![Diagnostic::new(codes::NAME_IP_LENGTH, message).with_found(hex(octets))];
        };
        let mut reasons =
            lists.judge(&address, lists.deny.meets(address), &lists.allow.covers(address), judge);
        if address.is_mapped() {
            judge.pass(|| judge.rules.join("mapped"));
        }
        if address.is_mapped() && !self.mapped {
            let message = format!(
                "ip address `{address}` is an IPv4-mapped IPv6 address, which policy `{}` does not allow",
                judge.policy
            );
            reasons.push(
                Diagnostic::new(codes::POLICY_MAPPED_IP, message)
                    .with_rule(judge.rules.join("mapped"))
                    .with_found(address.to_string())
                    .with_help(format!("ask for {}", address.unmapped())),
            );
        }
        reasons
    }
}

/// rfc822Name.
#[derive(Debug)]
pub(super) struct EmailKind {
    pub(super) lists: Lists<EmailMatcher>,
}

impl EmailKind {
    pub(super) fn compile(rules: &EmailRules, at: &Path, faults: &mut Faults) -> Self {
        let lists = Lists {
            allow: EmailMatcher::compile(&rules.allow, &at.join("allow"), faults),
            deny: EmailMatcher::compile(&rules.deny, &at.join("deny"), faults),
        };
        Self { lists }
    }

    pub(super) fn judge(
        named: &Named<EmailAddress, EmailFault>,
        lists: &ListsInContext<'_, EmailMatcher>,
        judge: &Judge<'_>,
    ) -> Reasons {
        match &named.value {
            Ok(address) => lists.judge(address, lists.deny.find(address), &lists.allow.find(address), judge),
            Err(fault) => {
                let message = format!("mail address {} {}", quote(&named.text), fault.reason());
                vec![Diagnostic::new(codes::NAME_EMAIL_FORM, message).with_found(&*named.text)]
            }
        }
    }
}

/// uniformResourceIdentifier.
#[derive(Debug)]
pub(super) struct UriKind {
    pub(super) lists: Lists<UriMatcher>,
}

impl UriKind {
    pub(super) fn compile(rules: &UriRules, at: &Path, faults: &mut Faults) -> Self {
        let lists = Lists {
            allow: UriMatcher::compile(&rules.allow, &at.join("allow"), faults),
            deny: UriMatcher::compile(&rules.deny, &at.join("deny"), faults),
        };
        Self { lists }
    }

    pub(super) fn judge(
        named: &Named<Uri, UriFault>,
        lists: &ListsInContext<'_, UriMatcher>,
        judge: &Judge<'_>,
    ) -> Reasons {
        match &named.value {
            Ok(uri) => lists.judge(&uri.as_str(), lists.deny.meets(uri), &lists.allow.covers(uri), judge),
            Err(fault) => {
                let code =
                    if *fault == UriFault::Spiffe { codes::NAME_SPIFFE_ID } else { codes::NAME_URI_FORM };
                let message = format!("uri {} {}", quote(&named.text), fault.reason());
                vec![Diagnostic::new(code, message).with_found(&*named.text)]
            }
        }
    }
}

/// otherName of one type.
#[derive(Debug)]
pub(super) struct OtherNameKind {
    pub(super) lists: Lists<TextMatcher>,
    string_types: Vec<StringType>,
}

impl OtherNameKind {
    pub(super) fn compile(rules: &OtherNameRules, at: &Path, faults: &mut Faults) -> Self {
        let lists = Lists {
            allow: TextMatcher::compile(&rules.allow, &at.join("allow"), faults),
            deny: TextMatcher::compile(&rules.deny, &at.join("deny"), faults),
        };
        let string_types = string_types(&rules.string_types, &at.join("stringTypes"), faults);
        Self { lists, string_types }
    }

    pub(super) fn judge(
        &self,
        other: &OtherName,
        lists: &ListsInContext<'_, TextMatcher>,
        judge: &Judge<'_>,
    ) -> Reasons {
        let Some((string_type, text)) = &other.string else {
            let message = format!("the value of the otherName {} is no string", other.oid.label());
            return vec![
                Diagnostic::new(codes::NAME_OTHER_NAME_VALUE, message).with_found(hex(&other.value)),
            ];
        };
        if let Some(fault) = text_fault(&other.oid, text) {
            return vec![fault];
        }
        let mut reasons = lists.judge(text, lists.deny.find(text), &lists.allow.find(text), judge);
        judge.pass(|| judge.rules.join("stringTypes"));
        if !self.string_types.is_empty() && !self.string_types.contains(string_type) {
            let message = format!(
                "the otherName {} is a {}, which policy `{}` does not allow",
                other.oid.label(),
                string_type.as_str(),
                judge.policy
            );
            reasons.push(
                Diagnostic::new(codes::POLICY_STRING_TYPE, message)
                    .with_rule(judge.rules.join("stringTypes"))
                    .with_found(string_type.as_str()),
            );
        }
        reasons
    }
}

/// Why a text is no value of an otherName: it says nothing, or something else to who stops reading at a control character.
pub(in crate::policy) fn text_fault(oid: &Oid, text: &str) -> Option<Diagnostic> {
    let label = oid.label();
    let fault = if text.is_empty() {
        Diagnostic::new(codes::NAME_EMPTY_VALUE, format!("the otherName {label} is empty"))
    } else if text.chars().any(char::is_control) {
        let message = format!("the value {} of the otherName {label} has control characters", quote(text));
        Diagnostic::new(codes::NAME_CONTROL_CHARACTER, message)
    } else {
        return None;
    };
    Some(fault.with_found(text).with_help("leave the name out of the request, or mend its text"))
}

/// The path of a name in the request.
pub(super) fn name_path(index: usize, kind: &'static str) -> Path {
    steps!["extensions", "subjectAltName", index, kind]
}

/// The string types of a list.
pub(super) fn string_types(names: &[String], at: &Path, faults: &mut Faults) -> Vec<StringType> {
    let mut types = Vec::new();
    for (index, name) in names.iter().enumerate() {
        match StringType::from_name(name) {
            Some(string_type) => types.push(string_type),
            None => faults.error(
                Diagnostic::new(codes::DOCUMENT_STRING_TYPE, format!("{} is no string type", quote(name)))
                    .with_help("use a type of ASN.1 such as BMPString or TeletexString"),
                &at.join(index),
            ),
        }
    }
    types
}
