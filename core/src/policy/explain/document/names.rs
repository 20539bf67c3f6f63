//! Subject alternative names: those of the request, one by one.

use super::entry::{Entry, exact, exact_email};
use super::{Case, Edit, Proposal, alone, field, is_sayable};
use crate::diagnostic::{Diagnostic, Path, Severity, codes, path::steps};
use crate::name::{GeneralName, Named};
use crate::policy::document::{
    Count, DnsPattern, DnsRules, EmailPattern, NameRules, OidText, Permission, PolicyDocument, Presence,
    TextPattern, UriPattern,
};
use crate::policy::explain::{Action, index_of, number_of, text_of};
use crate::request::CertificationRequest;

/// A kind of name that the document has rules for.
#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Dns,
    Ip,
    Email,
    Uri,
    OtherName(OidText),
}

/// A name as an entry of the list of its kind.
enum Pattern {
    Dns(DnsPattern),
    Ip(String),
    Email(EmailPattern),
    Uri(UriPattern),
    OtherName(OidText, TextPattern),
}

pub(super) fn proposals(case: &Case<'_>, reason: &Diagnostic, rule: &Path) -> Vec<Proposal> {
    match field(rule, 1) {
        "" => allowed(case, reason),
        "presence" => alone(Some(presence(reason, rule))),
        "count" => alone(count(reason, rule, |document| Some(&mut document.names.count))),
        _ => match Kind::of(&case.document, rule) {
            Some((kind, at)) => kind.proposals(case, reason, rule, at),
            None => Vec::new(),
        },
    }
}

/// The name that a reason is about, in the list of its kind.
fn allowed(case: &Case<'_>, reason: &Diagnostic) -> Vec<Proposal> {
    let name = index_of(reason.path(), 2).and_then(|index| case.request.subject_alt_names().get(index));
    let pattern = name.and_then(Pattern::of);
    alone(pattern.map(|pattern| {
        let ipv4 = match (name, &pattern) {
            (Some(GeneralName::IpAddress { address: Some(address), .. }), Pattern::Ip(ipv4)) => {
                address.is_mapped().then(|| ipv4.clone())
            }
            _ => None,
        };
        let add = pattern.add();
        match ipv4 {
            // No list has the mapped form of an address alone.
            Some(ipv4) => add.noted(Severity::Notice, format!("{ipv4} itself is allowed")),
            None => add,
        }
    }))
}

fn presence(reason: &Diagnostic, rule: &Path) -> Edit {
    let edit = Edit::new(Action::Replace, rule.clone(), "optional", |document| {
        document.names.presence = Some(Presence::Optional);
    });
    if reason.code() == codes::POLICY_NAMES_FORBIDDEN {
        edit.noted(Severity::Warning, "the policy no longer forbids subject alternative names")
    } else {
        edit.noted(Severity::Warning, "no request has to have a subject alternative name any more")
    }
}

/// The fewest or the most.
fn count(
    reason: &Diagnostic,
    rule: &Path,
    count: impl for<'d> Fn(&'d mut PolicyDocument) -> Option<&'d mut Count> + 'static,
) -> Option<Edit> {
    let found = number_of(reason.found()).and_then(|number| u32::try_from(number).ok())?;
    let is_most = reason.code() == codes::POLICY_TOO_MANY_NAMES;
    Some(Edit::new(Action::Replace, rule.clone(), found, move |document| {
        if let Some(count) = count(document) {
            if is_most { count.max = Some(found) } else { count.min = Some(found) }
        }
    }))
}

impl Kind {
    /// The kind that a rule is of, and the place of its field in the path.
    fn of(document: &PolicyDocument, rule: &Path) -> Option<(Self, usize)> {
        Some(match field(rule, 1) {
            "dns" => (Self::Dns, 2),
            "ip" => (Self::Ip, 2),
            "email" => (Self::Email, 2),
            "uri" => (Self::Uri, 2),
            "otherName" => {
                let mut types = document.names.other_name.keys();
                (Self::OtherName(types.find(|oid| oid.0.label() == field(rule, 2))?.clone()), 3)
            }
            _ => return None,
        })
    }

    fn proposals(&self, case: &Case<'_>, reason: &Diagnostic, rule: &Path, at: usize) -> Vec<Proposal> {
        match field(rule, at) {
            "allow" => allowed(case, reason),
            "deny" => alone(self.denial_removed(case, rule)),
            "presence" => vec![self.presence(case, reason, rule)],
            "count" => {
                let kind = self.clone();
                alone(count(reason, rule, move |document| Some(kind.bounds(&mut document.names)?.1)))
            }
            "stringTypes" => alone(self.string_type(reason, rule)),
            permission => alone(granted(permission, rule)),
        }
    }

    fn bounds<'a>(&self, names: &'a mut NameRules) -> Option<(&'a mut Option<Presence>, &'a mut Count)> {
        match self {
            Self::Dns => names.dns.as_mut().map(|rules| (&mut rules.presence, &mut rules.count)),
            Self::Ip => names.ip.as_mut().map(|rules| (&mut rules.presence, &mut rules.count)),
            Self::Email => names.email.as_mut().map(|rules| (&mut rules.presence, &mut rules.count)),
            Self::Uri => names.uri.as_mut().map(|rules| (&mut rules.presence, &mut rules.count)),
            Self::OtherName(oid) => {
                names.other_name.get_mut(oid).map(|rules| (&mut rules.presence, &mut rules.count))
            }
        }
    }

    fn denial_removed(&self, case: &Case<'_>, rule: &Path) -> Option<Edit> {
        match self {
            Self::Dns => case.denial_removed(rule, |document| Some(&mut document.names.dns.as_mut()?.deny)),
            Self::Ip => case.denial_removed(rule, |document| Some(&mut document.names.ip.as_mut()?.deny)),
            Self::Email => {
                case.denial_removed(rule, |document| Some(&mut document.names.email.as_mut()?.deny))
            }
            Self::Uri => case.denial_removed(rule, |document| Some(&mut document.names.uri.as_mut()?.deny)),
            Self::OtherName(oid) => {
                let oid = oid.clone();
                case.denial_removed(rule, move |document| {
                    Some(&mut document.names.other_name.get_mut(&oid)?.deny)
                })
            }
        }
    }

    /// The kind is optional. If it was forbidden, the names of the request are all that is allowed of it.
    fn presence(&self, case: &Case<'_>, reason: &Diagnostic, rule: &Path) -> Proposal {
        let kind = self.clone();
        let edit = Edit::new(Action::Replace, rule.clone(), "optional", move |document| {
            if let Some((presence, _)) = kind.bounds(&mut document.names) {
                *presence = Some(Presence::Optional);
            }
        });
        if reason.code() != codes::POLICY_NAME_KIND_FORBIDDEN {
            return vec![
                edit.noted(Severity::Warning, "no request has to have a name of this kind any more"),
            ];
        }
        let edit = edit.noted(Severity::Warning, "the policy no longer forbids names of this kind");
        std::iter::once(edit).chain(self.only(case)).collect()
    }

    /// The names of the request as the list of what is allowed, if it is another one.
    fn only(&self, case: &Case<'_>) -> Option<Edit> {
        let names = patterns(case.request);
        let own = &case.document.names;
        match self {
            Self::Dns => {
                let of_kind = names.into_iter().filter_map(|name| match name {
                    Pattern::Dns(pattern) => Some(pattern),
                    _ => None,
                });
                listed(&own.dns.as_ref()?.allow, of_kind, steps!["names", "dns", "allow"], |document| {
                    Some(&mut document.names.dns.as_mut()?.allow)
                })
            }
            Self::Ip => {
                let of_kind = names.into_iter().filter_map(|name| match name {
                    Pattern::Ip(pattern) => Some(pattern),
                    _ => None,
                });
                listed(&own.ip.as_ref()?.allow, of_kind, steps!["names", "ip", "allow"], |document| {
                    Some(&mut document.names.ip.as_mut()?.allow)
                })
            }
            Self::Email => {
                let of_kind = names.into_iter().filter_map(|name| match name {
                    Pattern::Email(pattern) => Some(pattern),
                    _ => None,
                });
                listed(&own.email.as_ref()?.allow, of_kind, steps!["names", "email", "allow"], |document| {
                    Some(&mut document.names.email.as_mut()?.allow)
                })
            }
            Self::Uri => {
                let of_kind = names.into_iter().filter_map(|name| match name {
                    Pattern::Uri(pattern) => Some(pattern),
                    _ => None,
                });
                listed(&own.uri.as_ref()?.allow, of_kind, steps!["names", "uri", "allow"], |document| {
                    Some(&mut document.names.uri.as_mut()?.allow)
                })
            }
            Self::OtherName(oid) => {
                let of_kind = names.into_iter().filter_map(|name| match name {
                    Pattern::OtherName(own, pattern) if own == *oid => Some(pattern),
                    _ => None,
                });
                let at = steps!["names", "otherName", oid.0.label(), "allow"];
                let (rules, oid) = (own.other_name.get(oid)?, oid.clone());
                listed(&rules.allow, of_kind, at, move |document| {
                    Some(&mut document.names.other_name.get_mut(&oid)?.allow)
                })
            }
        }
    }

    fn string_type(&self, reason: &Diagnostic, rule: &Path) -> Option<Edit> {
        let Self::OtherName(oid) = self else { return None };
        let (oid, found) = (oid.clone(), text_of(reason)?.to_owned());
        Some(Edit::new(Action::Add, rule.clone(), found.clone(), move |document| {
            if let Some(rules) = document.names.other_name.get_mut(&oid) {
                rules.string_types.push(found.clone());
            }
        }))
    }
}

/// A list of exactly these entries, if it is another one now.
fn listed<T: Entry>(
    own: &[T],
    wanted: impl Iterator<Item = T>,
    at: Path,
    list: impl for<'d> Fn(&'d mut PolicyDocument) -> Option<&'d mut Vec<T>> + 'static,
) -> Option<Edit> {
    let mut entries: Vec<T> = Vec::new();
    for entry in wanted {
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    if own == entries.as_slice() {
        return None;
    }
    let written: Vec<String> = entries.iter().map(Entry::written).collect();
    Some(Edit::new(Action::Replace, at, written, move |document| {
        if let Some(list) = list(document) {
            list.clone_from(&entries);
        }
    }))
}

/// A permission that the kind lacks, by its key.
fn granted(permission: &str, rule: &Path) -> Option<Edit> {
    let dns = |set: fn(&mut DnsRules), others: &str| {
        let edit = Edit::new(Action::Replace, rule.clone(), "allow", move |document| {
            if let Some(dns) = &mut document.names.dns {
                set(dns);
            }
        });
        Some(edit.noted(Severity::Notice, others))
    };
    match permission {
        "wildcard" => dns(
            |dns| dns.wildcard = Permission::Allow,
            "every wildcard is allowed whose names names.dns.allow holds",
        ),
        "publicSuffixWildcard" => dns(
            |dns| dns.public_suffix_wildcard = Permission::Allow,
            "every wildcard below a public suffix is allowed whose names names.dns.allow holds",
        ),
        "underscore" => dns(
            |dns| dns.underscore = Permission::Allow,
            "every name with an underscore is allowed that names.dns.allow holds",
        ),
        "mapped" => {
            let edit = Edit::new(Action::Replace, rule.clone(), "allow", |document| {
                if let Some(ip) = &mut document.names.ip {
                    ip.mapped = Permission::Allow;
                }
            });
            let others = "every address that names.ip.allow holds is allowed in its mapped form";
            Some(edit.noted(Severity::Notice, others))
        }
        _ => None,
    }
}

fn patterns(request: &CertificationRequest) -> Vec<Pattern> {
    request.subject_alt_names().iter().filter_map(Pattern::of).collect()
}

impl Pattern {
    /// `None` for a name that no policy allows.
    fn of(name: &GeneralName) -> Option<Self> {
        match name {
            GeneralName::DnsName(Named { value: Ok(name), .. }) => {
                let text = name.to_string();
                Some(Self::Dns(match text.strip_prefix("*.") {
                    Some(domain) => DnsPattern::OneLabel(domain.to_owned()),
                    None => DnsPattern::Exact(text),
                }))
            }
            GeneralName::IpAddress { address: Some(address), .. } => {
                Some(Self::Ip(address.unmapped().to_string()))
            }
            GeneralName::Rfc822Name(Named { value: Ok(address), .. }) => {
                Some(Self::Email(exact_email(&address.to_string())))
            }
            GeneralName::Uri(Named { value: Ok(uri), .. }) => {
                Some(Self::Uri(UriPattern::Text(exact(uri.as_str()))))
            }
            GeneralName::OtherName(other) if is_sayable(&other.oid) => {
                let (_, text) = other.string.as_ref()?;
                Some(Self::OtherName(OidText(other.oid.clone()), exact(text)))
            }
            _ => None,
        }
    }

    /// The entry, added to the list of its kind.
    fn add(self) -> Edit {
        match self {
            Self::Dns(pattern) => {
                let at = steps!["names", "dns", "allow"];
                Edit::new(Action::Add, at, pattern.written(), move |document| {
                    document.names.dns.get_or_insert_default().allow.push(pattern.clone());
                })
            }
            Self::Ip(address) => {
                let at = steps!["names", "ip", "allow"];
                Edit::new(Action::Add, at, address.written(), move |document| {
                    document.names.ip.get_or_insert_default().allow.push(address.clone());
                })
            }
            Self::Email(pattern) => {
                let at = steps!["names", "email", "allow"];
                Edit::new(Action::Add, at, pattern.written(), move |document| {
                    document.names.email.get_or_insert_default().allow.push(pattern.clone());
                })
            }
            Self::Uri(pattern) => {
                let at = steps!["names", "uri", "allow"];
                Edit::new(Action::Add, at, pattern.written(), move |document| {
                    document.names.uri.get_or_insert_default().allow.push(pattern.clone());
                })
            }
            Self::OtherName(oid, pattern) => {
                let at = steps!["names", "otherName", oid.0.label(), "allow"];
                Edit::new(Action::Add, at, pattern.written(), move |document| {
                    let rules = document.names.other_name.entry(oid.clone()).or_default();
                    rules.allow.push(pattern.clone());
                })
            }
        }
    }
}
