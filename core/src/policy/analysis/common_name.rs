//! A common name that is none of the names: it is judged as every name that it may be read as.

use super::Analysis;
use super::sketch::Sketch;
use crate::diagnostic::path::steps;
use crate::name::DnsName;
use crate::oid;
use crate::policy::document::{
    CommonNameRule, DnsRules, EmailPattern, NameRules, TextPattern, TextPatternKind,
};
use crate::policy::rule::readings;

impl Analysis<'_> {
    /// Deny lists of the common name hold for every reading of it, where allow lists hold for its text. What is shown of texts
    /// is shown of readings if these are among the texts that are allowed.
    pub(super) fn compare_readings(&mut self, new: &CommonNameRule, old: &CommonNameRule) {
        let is_denied_too = old.deny.iter().all(|pattern| new.deny.contains(pattern));
        if is_denied_too || new.allow.iter().all(is_closed) {
            return;
        }
        let texts = new.allow.iter().filter_map(|pattern| match &pattern.kind {
            TextPatternKind::Exact(text) => Some(text.clone()),
            _ => None,
        });
        let sketches = texts.flat_map(|text| self.with_plain_common_name(&text)).collect();
        self.suspect(steps!["subject", "commonName", "deny"], sketches);
    }

    /// What the old policy says of addresses, mail addresses and wildcards, as far as a common name that need not be one of the
    /// names may be one.
    pub(super) fn compare_kinds_of_common_names(&mut self, new: &CommonNameRule, may_be_address: bool) {
        let (own, old) = (&self.new.document.names, &self.old.document.names);
        let of_ip = |names: &NameRules| names.ip.as_ref().map(|ip| ip.deny.clone()).unwrap_or_default();
        let (own_ip, old_ip) = (of_ip(own), of_ip(old));
        let of_email =
            |names: &NameRules| names.email.as_ref().map(|email| email.deny.clone()).unwrap_or_default();
        let (own_email, old_email) = (of_email(own), of_email(old));
        let wildcard = |dns: Option<&DnsRules>| dns.is_some_and(|dns| dns.wildcard.is_allowed());
        let suffix = |dns: Option<&DnsRules>| {
            dns.is_none_or(|dns| !dns.wildcard.is_allowed() || dns.public_suffix_wildcard.is_allowed())
        };
        let (own_dns, old_dns) = (own.dns.as_ref(), old.dns.as_ref());
        let more_wildcards = wildcard(own_dns) && !wildcard(old_dns);
        let more_suffixes = wildcard(own_dns) && suffix(own_dns) && !suffix(old_dns);

        let denied: Vec<&String> = old_ip.iter().filter(|block| !own_ip.contains(block)).collect();
        if !denied.is_empty() && may_be_address {
            let texts = denied.iter().filter_map(|block| block.split('/').next());
            let sketches = texts.flat_map(|text| self.with_plain_common_name(text)).collect();
            self.suspect(steps!["names", "ip", "deny"], sketches);
        }
        let denied: Vec<&EmailPattern> =
            old_email.iter().filter(|pattern| !own_email.contains(pattern)).collect();
        if !denied.is_empty() && new.allow.iter().any(|pattern| may_have(pattern, "@")) {
            let texts = denied.iter().filter_map(|pattern| match pattern {
                EmailPattern::Exact(address) => Some(address.clone()),
                EmailPattern::Host(host) => Some(format!("a@{host}")),
                EmailPattern::Under(domain) => Some(format!("a@a.{domain}")),
                EmailPattern::Regex(_) => None,
            });
            let sketches = texts.flat_map(|text| self.with_plain_common_name(&text)).collect();
            self.suspect(steps!["names", "email", "deny"], sketches);
        }
        if !new.allow.iter().any(may_be_wildcard) {
            return;
        }
        for (is_more, field, text) in
            [(more_wildcards, "wildcard", "*.a.example"), (more_suffixes, "publicSuffixWildcard", "*.com")]
        {
            if is_more {
                let sketches = self.with_plain_common_name(text);
                self.suspect(steps!["names", "dns", field], sketches);
            }
        }
    }

    fn with_plain_common_name(&self, text: &str) -> Vec<Sketch> {
        self.sketch(|sketch| *sketch = sketch.with_attribute(&oid::COMMON_NAME, &[text.to_owned()]))
    }
}

/// The DNS name as which a common name is read.
pub(super) fn read_dns(text: &str) -> Option<DnsName> {
    readings(text).iter().rev().find_map(|reading| DnsName::parse(reading).ok())
}

/// Whether a text that the pattern matches may have this part.
fn may_have(pattern: &TextPattern, part: &str) -> bool {
    match &pattern.kind {
        TextPatternKind::Exact(text) if !text.contains("${") => text.contains(part),
        TextPatternKind::Glob(text) if !text.contains("${") => text.contains('*') || text.contains(part),
        _ => true,
    }
}

/// Whether the pattern may match the text of a wildcard.
fn may_be_wildcard(pattern: &TextPattern) -> bool {
    match &pattern.kind {
        TextPatternKind::Exact(text) | TextPatternKind::Glob(text) if !text.contains("${") => {
            text.contains('*')
        }
        _ => true,
    }
}

/// Whether the pattern matches every reading of a text that it matches.
fn is_closed(pattern: &TextPattern) -> bool {
    match &pattern.kind {
        TextPatternKind::Exact(text) if !text.contains("${") && !pattern.ignore_case => {
            readings(text).iter().all(|reading| reading == text)
        }
        TextPatternKind::Glob(text) if !text.contains("${") => {
            let lower = pattern.ignore_case || !text.bytes().any(|byte| byte.is_ascii_uppercase());
            // A label that stands in for one of another script begins in its own way.
            let whole = |part: Option<&str>, is_end: fn(&str) -> bool| {
                part.is_none_or(|part| part.is_empty() || is_end(part))
            };
            let mut parts = text.split('*');
            let (first, last) = (parts.next(), parts.next_back());
            lower
                && text.is_ascii()
                && last.is_some()
                && parts.next().is_none()
                && whole(first, |part| part.ends_with('.'))
                && whole(last, |part| part.starts_with('.') && !part.ends_with('.'))
        }
        _ => false,
    }
}
