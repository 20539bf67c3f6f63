//! What should be looked at in a policy that can be loaded: rules that say more or less than they seem to.

use super::Policy;
use super::analysis::language::{self, Lists, Pattern};
use super::analysis::pattern::{self, DnsSet};
use super::analysis::syntax::{Labels, Syntax, Underscore};
use super::document::{DnsPattern, DnsRules, IpRules, PolicyDocument, TextPattern, UsageRule};
use crate::diagnostic::{Diagnostic, Path, codes, path::steps, quote};
use crate::name::IpPrefix;
use crate::oid::{self, Oid, OidKind};
use crate::time::{Duration, Timestamp};

/// Lists longer than this are not compared item by item.
const LONGEST_LIST: usize = 400;
/// Shorter prefixes than these hold more than any one network: the private blocks of RFC 1918 have 8 bits, a registry's
/// allocation to a provider 20 or more (RFC 7020 has them from /12 to /32).
const WIDEST: [(u32, u32); 2] = [(32, 8), (128, 20)];
/// The longest lifetime of public certificates until March 2026 (TLS BR 6.3.2).
const LONGEST_DAYS: i64 = 398;

impl Policy {
    /// All that should be looked at in the document, sorted by path and code: [`Policy::warnings`], and what is true of rules
    /// taken together. `at` is the time at which exceptions are looked at.
    pub fn lint(&self, at: Option<Timestamp>) -> Vec<Diagnostic> {
        let mut linter = Linter { findings: self.warnings().to_vec() };
        linter.document(self.document(), at);
        let mut findings = linter.findings;
        Diagnostic::sort(&mut findings);
        findings.dedup();
        findings
    }
}

struct Linter {
    findings: Vec<Diagnostic>,
}

impl Linter {
    fn add(&mut self, diagnostic: Diagnostic, at: Path) {
        self.findings.push(diagnostic.at(at));
    }

    fn document(&mut self, document: &PolicyDocument, at: Option<Timestamp>) {
        if let Some(dns) = &document.names.dns {
            self.dns(dns, &steps!["names", "dns"]);
        }
        if let Some(ip) = &document.names.ip {
            self.ip(ip, &steps!["names", "ip"]);
        }
        let common = &document.subject.common_name;
        self.texts(&common.allow, &common.deny, &steps!["subject", "commonName"]);
        for (oid, rule) in &document.subject.attributes {
            self.texts(&rule.allow, &rule.deny, &steps!["subject", "attributes", oid.0.label()]);
        }
        for (oid, rule) in &document.names.other_name {
            self.texts(&rule.allow, &rule.deny, &steps!["names", "otherName", oid.0.label()]);
        }
        if let Some(rule) = &document.usages.extended {
            self.purposes(rule);
        }
        if document.ca.is_none() {
            self.validity(document.validity.max.0);
        }
        for (index, exception) in document.exceptions.iter().enumerate() {
            if at.is_some_and(|at| at > exception.until.0) {
                self.add(
                    Diagnostic::new(
                        codes::DOCUMENT_EXCEPTION_EXPIRED,
                        format!("the exception of {} ended at {}", quote(&exception.owner), exception.until),
                    )
                    .with_help("remove it, or agree on a new end with its owner"),
                    steps!["exceptions", index, "until"],
                );
            }
        }
    }

    fn dns(&mut self, rules: &DnsRules, at: &Path) {
        for (index, pattern) in rules.allow.iter().enumerate() {
            if let DnsPattern::Glob(glob) = pattern
                && crosses_dots(glob)
            {
                self.add(
                    Diagnostic::new(
                        codes::DOCUMENT_GLOB_CROSSES_DOTS,
                        format!("the star in {} stands for several labels too", quote(glob)),
                    )
                    .with_help("for one label write `\"*.domain\"`, or {under: domain} if depth is meant"),
                    at.join("allow").join(index),
                );
            }
        }
        let dns_lists = |patterns: &[DnsPattern], set| pattern::dns(patterns, set);
        let sets = if rules.wildcard.is_allowed() {
            vec![(DnsSet::Names, DnsSet::Names), (DnsSet::Covered, DnsSet::Met)]
        } else {
            vec![(DnsSet::Names, DnsSet::Names)]
        };
        let views: Vec<(Vec<Pattern>, Vec<Pattern>)> = sets
            .iter()
            .map(|(allow, deny)| (dns_lists(&rules.allow, *allow), dns_lists(&rules.deny, *deny)))
            .collect();
        self.lists(&views, Syntax::Dns(Underscore::Possibly, Labels::Any), at);
    }

    fn texts(&mut self, allow: &[TextPattern], deny: &[TextPattern], at: &Path) {
        self.lists(&[(pattern::texts(allow), pattern::texts(deny))], Syntax::Text, at);
    }

    /// Allowed patterns that others cover, and denied ones that nothing reaches. Each view is one way in which the lists are
    /// read; what is said must hold in all.
    fn lists(&mut self, views: &[(Vec<Pattern>, Vec<Pattern>)], syntax: Syntax, at: &Path) {
        let (allowed, denied) = views.first().map_or((0, 0), |(allow, deny)| (allow.len(), deny.len()));
        if allowed > LONGEST_LIST || denied > LONGEST_LIST {
            return;
        }
        let is_empty =
            |new: &[&Lists], old: Option<&Lists>| language::difference(new, old, syntax, &|_| true).is_empty;
        let only = |pattern: &Pattern| Lists { allow: Some(vec![pattern.clone()]), deny: Vec::new() };
        let mut gone: Vec<usize> = Vec::new();
        // From the end: of two patterns that are the same the first is kept.
        for index in (0..allowed).rev() {
            let covered = views.iter().all(|(allow, _)| {
                let others =
                    allow.iter().enumerate().filter(|(other, _)| *other != index && !gone.contains(other));
                let others =
                    Lists { allow: Some(others.map(|(_, other)| other.clone()).collect()), deny: Vec::new() };
                allow.get(index).is_some_and(|own| is_empty(&[&only(own)], Some(&others)))
            });
            if covered {
                gone.push(index);
                self.add(
                    Diagnostic::new(
                        codes::DOCUMENT_SHADOWED,
                        "the other patterns of the list allow all that this one allows",
                    )
                    .with_help("remove it"),
                    at.join("allow").join(index),
                );
            }
        }
        for index in 0..denied {
            let unreached = views.iter().all(|(allow, deny)| {
                let all = Lists { allow: Some(allow.clone()), deny: Vec::new() };
                deny.get(index).is_some_and(|own| is_empty(&[&only(own), &all], None))
            });
            // A common name is denied too, whatever the lists allow.
            if unreached && allowed > 0 {
                self.add(
                    Diagnostic::new(
                        codes::DOCUMENT_UNREACHED_DENY,
                        "nothing that is allowed is denied by this pattern",
                    )
                    .with_help("remove it, or look whether it says what it is meant to say"),
                    at.join("deny").join(index),
                );
            }
        }
    }

    fn ip(&mut self, rules: &IpRules, at: &Path) {
        let blocks = |list: &[String]| -> Vec<Option<IpPrefix>> {
            list.iter().map(|text| IpPrefix::parse(text).ok()).collect()
        };
        let (allow, deny) = (blocks(&rules.allow), blocks(&rules.deny));
        for (index, block) in allow.iter().enumerate() {
            let Some(block) = block else { continue };
            let (network, length) = block.parts();
            let width = network.bits().1;
            if length > 0 && WIDEST.iter().any(|(own, widest)| *own == width && length < *widest) {
                self.add(
                    Diagnostic::new(
                        codes::DOCUMENT_WIDE_PREFIX,
                        format!("the block {block} is wider than any one network"),
                    )
                    .with_help("name the networks that are yours"),
                    at.join("allow").join(index),
                );
            }
            let earlier = |other: usize, own: &IpPrefix| *own != *block || other < index;
            let covered = allow.iter().enumerate().any(|(other, own)| {
                other != index && own.is_some_and(|own| own.contains_prefix(block) && earlier(other, &own))
            });
            if covered {
                self.add(
                    Diagnostic::new(
                        codes::DOCUMENT_SHADOWED,
                        "another block of the list holds all of this one",
                    )
                    .with_help("remove it"),
                    at.join("allow").join(index),
                );
            }
        }
        let all_known = allow.iter().all(Option::is_some);
        for (index, block) in deny.iter().enumerate() {
            let Some(block) = block else { continue };
            let meets = |own: &IpPrefix| own.contains_prefix(block) || block.contains_prefix(own);
            if all_known && !allow.is_empty() && !allow.iter().flatten().any(meets) {
                self.add(
                    Diagnostic::new(
                        codes::DOCUMENT_UNREACHED_DENY,
                        "nothing that is allowed is denied by this block",
                    )
                    .with_help("remove it, or look whether it says what it is meant to say"),
                    at.join("deny").join(index),
                );
            }
        }
    }

    fn purposes(&mut self, rule: &UsageRule) {
        let is = |word: &String, wanted: &Oid| {
            Oid::from_label(word, OidKind::ExtendedKeyUsage).as_ref() == Some(wanted)
                || super::rule::usage_label(word).as_deref() == wanted.name()
        };
        let both = |words: &[String]| {
            [oid::SERVER_AUTH, oid::CLIENT_AUTH]
                .iter()
                .all(|wanted| words.iter().any(|word| is(word, wanted)))
        };
        let together: Vec<String> = rule.allow.iter().chain(&rule.require).cloned().collect();
        let one_of = rule.one_of.iter().any(|set| both(set));
        if both(&together) || one_of || rule.force.as_deref().is_some_and(both) {
            self.add(
                Diagnostic::new(
                    codes::DOCUMENT_CLIENT_AND_SERVER,
                    "one certificate may be for servers and for clients",
                )
                .with_help("use two policies, or oneOf with a set for each"),
                steps!["usages", "extended"],
            );
        }
    }

    fn validity(&mut self, max: Duration) {
        let longest = LONGEST_DAYS.saturating_mul(86_400);
        if max.as_seconds() > longest {
            self.add(
                Diagnostic::new(
                    codes::DOCUMENT_LONG_VALIDITY,
                    format!("certificates may live {max}, longer than {LONGEST_DAYS} days"),
                )
                .with_help("issue for a shorter time and renew"),
                steps!["validity", "max"],
            );
        }
    }
}

/// Whether a star stands where more than one label may be meant: it does, unless a pattern is nothing but one.
fn crosses_dots(glob: &str) -> bool {
    glob.contains('*')
}
