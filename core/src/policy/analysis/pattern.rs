//! The patterns of a policy as sets of texts.

use std::collections::BTreeSet;

use super::language::Lists;
use super::language::{Class, Pattern, Unit, Word, literal};
use crate::name::{DnsName, EmailAddress};
use crate::policy::document::{DnsPattern, EmailPattern, TextPattern, TextPatternKind, TextRule, UriPattern};

/// A name has fewer labels than this, so that a larger depth is none.
const DEEPEST: u32 = 127;

/// One character, then any number of others of the same kind.
fn some(class: Class) -> [Unit; 2] {
    [Unit::One(class), Unit::Many(class)]
}

fn opaque(kind: &str, text: &str) -> Pattern {
    Pattern::Opaque(format!("{kind} {text}"))
}

fn has_reference(text: &str) -> bool {
    text.contains("${")
}

fn glob(text: &str) -> Word {
    text.chars().map(|c| if c == '*' { Unit::Many(Class::Any) } else { Unit::One(Class::Char(c)) }).collect()
}

pub(in crate::policy) fn texts(patterns: &[TextPattern]) -> Vec<Pattern> {
    patterns.iter().map(text).collect()
}

fn text(pattern: &TextPattern) -> Pattern {
    let fold = |word: Word| -> Word {
        if !pattern.ignore_case {
            return word;
        }
        let fold = |unit: Unit| match unit {
            Unit::One(Class::Char(c)) if c.is_ascii_alphabetic() => Unit::One(Class::EitherCase(c)),
            other => other,
        };
        word.into_iter().map(fold).collect()
    };
    let case = if pattern.ignore_case { "either" } else { "same" };
    match &pattern.kind {
        TextPatternKind::Regex(text) => opaque(&format!("regex {case}"), text),
        TextPatternKind::Exact(text) if has_reference(text) => opaque(&format!("exact {case}"), text),
        TextPatternKind::Glob(text) if has_reference(text) => opaque(&format!("glob {case}"), text),
        TextPatternKind::Exact(text) => Pattern::Words(vec![fold(literal(text))]),
        TextPatternKind::Glob(text) => Pattern::Words(vec![fold(glob(text))]),
    }
}

/// The lists of a condition: without an allow list it allows what it does not deny.
pub(in crate::policy) fn text_rule(rule: &TextRule) -> Lists {
    let allow = (!rule.allow.is_empty() || rule.deny.is_empty()).then(|| texts(&rule.allow));
    Lists { allow, deny: texts(&rule.deny) }
}

pub(in crate::policy) fn emails(patterns: &[EmailPattern]) -> Vec<Pattern> {
    let host = |text: &str| {
        DnsName::parse_unicode(text).map_or_else(|_| text.to_owned(), |name| name.base().to_owned())
    };
    let local = || some(Class::Not('@')).into_iter().chain([Unit::One(Class::Char('@'))]);
    let email = |pattern: &EmailPattern| match pattern {
        EmailPattern::Regex(text) => opaque("regex", text),
        EmailPattern::Exact(text) if has_reference(text) => opaque("exact", text),
        EmailPattern::Host(text) if has_reference(text) => opaque("host", text),
        EmailPattern::Under(text) if has_reference(text) => opaque("under", text),
        EmailPattern::Exact(text) => {
            let address =
                EmailAddress::parse(text).map_or_else(|_| text.clone(), |address| address.to_string());
            Pattern::Words(vec![literal(&address)])
        }
        EmailPattern::Host(text) => Pattern::Words(vec![local().chain(literal(&host(text))).collect()]),
        EmailPattern::Under(text) => {
            let below = some(Class::Not('@')).into_iter().chain([Unit::One(Class::Char('.'))]);
            Pattern::Words(vec![local().chain(below).chain(literal(&host(text))).collect()])
        }
    };
    patterns.iter().map(email).collect()
}

pub(in crate::policy) fn uris(patterns: &[UriPattern]) -> Vec<Pattern> {
    let uri = |pattern: &UriPattern| match pattern {
        UriPattern::Text(pattern) => text(pattern),
        UriPattern::Parts { .. } => opaque("parts", &format!("{pattern:?}")),
    };
    patterns.iter().map(uri).collect()
}

/// What a pattern for DNS names says of single names, or of wildcards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum DnsSet {
    /// The names that it matches.
    Names,
    /// The names behind `*.` for which it matches every name that the wildcard stands for.
    Covered,
    /// The names behind `*.` for which it matches some name that the wildcard stands for.
    Met,
}

pub(in crate::policy) fn dns(patterns: &[DnsPattern], set: DnsSet) -> Vec<Pattern> {
    patterns.iter().map(|pattern| dns_pattern(pattern, set)).collect()
}

fn dns_pattern(pattern: &DnsPattern, set: DnsSet) -> Pattern {
    let name = |text: &str| {
        DnsName::parse_unicode(text).map_or_else(|_| text.to_owned(), |name| name.base().to_owned())
    };
    let label = || some(Class::Not('.')).into_iter().chain([Unit::One(Class::Char('.'))]);
    let words = |words: Vec<Word>| Pattern::Words(words);
    match (pattern, set) {
        (DnsPattern::Regex(_), DnsSet::Covered) => words(Vec::new()),
        (DnsPattern::Regex(_), DnsSet::Met) => words(vec![vec![Unit::Many(Class::Any)]]),
        (DnsPattern::Regex(text), DnsSet::Names) => opaque("regex", text),
        (DnsPattern::Exact(text), _) if has_reference(text) => opaque("exact", text),
        (DnsPattern::OneLabel(text), _) if has_reference(text) => opaque("one label", text),
        (DnsPattern::Under { domain, depth }, _) if has_reference(domain) => {
            opaque(&format!("under {depth:?}"), domain)
        }
        (DnsPattern::Glob(text), _) if has_reference(text) => opaque("glob", text),
        (DnsPattern::Exact(text), DnsSet::Names) => words(vec![literal(&name(text))]),
        (DnsPattern::Exact(_), DnsSet::Covered) => words(Vec::new()),
        (DnsPattern::Exact(text), DnsSet::Met) => {
            words(name(text).split_once('.').map(|(_, parent)| literal(parent)).into_iter().collect())
        }
        (DnsPattern::OneLabel(text), DnsSet::Names) => {
            words(vec![label().chain(literal(&name(text))).collect()])
        }
        (DnsPattern::OneLabel(text), _) => words(vec![literal(&name(text))]),
        (DnsPattern::Under { domain, depth }, _) => {
            let domain = literal(&name(domain));
            // In front of the domain of a wildcard stands one label more: its `*`.
            let (least, used) = if set == DnsSet::Names { (1, 0) } else { (0, 1) };
            let mut out = Vec::new();
            match depth.filter(|depth| *depth < DEEPEST) {
                None => {
                    let any = some(Class::Any).into_iter().chain([Unit::One(Class::Char('.'))]);
                    out.push(any.chain(domain.clone()).collect());
                    if least == 0 {
                        out.push(domain);
                    }
                }
                Some(depth) => {
                    for labels in least..=depth.saturating_sub(used) {
                        out.push((0..labels).flat_map(|_| label()).chain(domain.clone()).collect());
                    }
                }
            }
            words(out)
        }
        (DnsPattern::Glob(text), DnsSet::Names) => words(vec![glob(&text.to_ascii_lowercase())]),
        (DnsPattern::Glob(text), _) => match after_label(&glob(&text.to_ascii_lowercase()), set) {
            Some(out) => words(out),
            None => opaque("glob", text),
        },
    }
}

/// Characters of labels, as the matcher of globs takes them.
const LABEL: &str = "abcdefghijklmnopqrstuvwxyz0123456789-_";

/// What of a glob may follow behind one label and its dot: behind any label, or behind some. `None` if that is no set of
/// words.
fn after_label(glob: &Word, set: DnsSet) -> Option<Vec<Word>> {
    let start = close(glob, [0].into());
    let mut seen: BTreeSet<BTreeSet<usize>> = BTreeSet::new();
    let mut queue = vec![start];
    while let Some(places) = queue.pop() {
        for c in LABEL.chars() {
            let next = step(glob, &places, c);
            if seen.insert(next.clone()) {
                queue.push(next);
            }
        }
    }
    let behind: BTreeSet<BTreeSet<usize>> = seen.iter().map(|places| step(glob, places, '.')).collect();
    let rest = |places: &BTreeSet<usize>| -> Vec<Word> {
        places.iter().filter_map(|place| glob.get(*place..)).map(<[Unit]>::to_vec).collect()
    };
    match set {
        DnsSet::Met => Some(rest(&behind.into_iter().flatten().collect())),
        _ => behind.iter().find(|places| behind.iter().all(|other| places.is_subset(other))).map(rest),
    }
}

fn close(glob: &Word, mut places: BTreeSet<usize>) -> BTreeSet<usize> {
    for (place, unit) in glob.iter().enumerate() {
        if places.contains(&place) && matches!(unit, Unit::Many(_)) {
            places.insert(place.saturating_add(1));
        }
    }
    places
}

fn step(glob: &Word, places: &BTreeSet<usize>, c: char) -> BTreeSet<usize> {
    let next = places.iter().filter_map(|place| match glob.get(*place)? {
        Unit::One(Class::Char(own)) => (*own == c).then(|| place.saturating_add(1)),
        Unit::Many(_) => Some(*place),
        Unit::One(_) => None,
    });
    close(glob, next.collect())
}
