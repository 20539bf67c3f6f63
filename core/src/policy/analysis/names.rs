//! Subject alternative names: which, how many of each kind, and how many in all.

use super::language::{Difference, Lists, Pattern, difference, literal};
use super::pattern::{self, DnsSet};
use super::sketch::{Sketch, dns_name, email_name, ip_name, other_name, uri_name};
use super::syntax::{Labels, Syntax, Underscore};
use super::{Analysis, ip};
use crate::diagnostic::{Path, path::steps};
use crate::limits::Limits;
use crate::name::suffix::{is_public_suffix, public_suffixes};
use crate::name::{DnsName, EmailAddress, GeneralName, IpAddress, Uri};
use crate::oid::Oid;
use crate::policy::document::{
    Count, DnsPattern, DnsRules, EmailPattern, EmailRules, IpRules, NameRules, OtherNameRules, Presence,
    TextPattern, TextPatternKind, UriPattern, UriRules,
};

/// Names in one certificate unless the policy says otherwise.
const DEFAULT_MOST: u32 = 100;

/// From the fewest to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) least: u32,
    pub(super) most: u32,
}

impl Range {
    fn new(presence: Presence, count: Count, default_most: u32, cap: u32) -> Self {
        let least = count.min.unwrap_or(0).max(u32::from(presence == Presence::Required));
        let most = match presence {
            Presence::Forbidden => 0,
            _ => count.max.unwrap_or(default_most).min(cap),
        };
        Self { least, most }
    }

    fn is_empty(self) -> bool {
        self.least > self.most
    }
}

/// One kind of name, and otherNames by type.
#[derive(Clone, Copy, Debug)]
enum Rules<'a> {
    Dns(&'a DnsRules),
    Ip(&'a IpRules),
    Email(&'a EmailRules),
    Uri(&'a UriRules),
    Other(&'a Oid, &'a OtherNameRules),
}

impl<'a> Rules<'a> {
    fn all(names: &'a NameRules) -> Vec<Self> {
        let NameRules { presence: _, count: _, dns, ip, email, uri, other_name } = names;
        let mut all = Vec::new();
        all.extend(dns.iter().map(Self::Dns));
        all.extend(ip.iter().map(Self::Ip));
        all.extend(email.iter().map(Self::Email));
        all.extend(uri.iter().map(Self::Uri));
        all.extend(other_name.iter().map(|(oid, rules)| Self::Other(&oid.0, rules)));
        all
    }

    fn at(&self) -> Path {
        match self {
            Self::Dns(_) => steps!["names", "dns"],
            Self::Ip(_) => steps!["names", "ip"],
            Self::Email(_) => steps!["names", "email"],
            Self::Uri(_) => steps!["names", "uri"],
            Self::Other(oid, _) => steps!["names", "otherName", oid.label()],
        }
    }

    fn is_same_kind(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Other(a, _), Self::Other(b, _)) => a == b,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    fn range(&self, cap: u32) -> Range {
        let (presence, count) = match self {
            Self::Dns(rules) => (rules.presence, rules.count),
            Self::Ip(rules) => (rules.presence, rules.count),
            Self::Email(rules) => (rules.presence, rules.count),
            Self::Uri(rules) => (rules.presence, rules.count),
            Self::Other(_, rules) => (rules.presence, rules.count),
        };
        Range::new(presence.unwrap_or(Presence::Optional), count, cap, cap)
    }

    /// The names that these rules allow and `old` does not; without `old` all that they allow.
    fn minus(&self, old: Option<&Self>) -> Found {
        match (self, old) {
            (Self::Dns(new), None) => dns_difference(new, None),
            (Self::Dns(new), Some(Self::Dns(old))) => dns_difference(new, Some(old)),
            (Self::Ip(new), None) => ip_difference(new, None),
            (Self::Ip(new), Some(Self::Ip(old))) => ip_difference(new, Some(old)),
            (Self::Email(new), old) => {
                let lists = |rules: &EmailRules| Lists {
                    allow: Some(pattern::emails(&rules.allow)),
                    deny: pattern::emails(&rules.deny),
                };
                let old = match old {
                    Some(Self::Email(old)) => Some(lists(old)),
                    _ => None,
                };
                let fits =
                    |text: &str| EmailAddress::parse(text).is_ok_and(|address| address.to_string() == text);
                let found = difference(&[&lists(new)], old.as_ref(), Syntax::Value, &fits);
                Found::new(found, |text| Some(email_name(text)))
            }
            (Self::Uri(new), old) => {
                let lists = |rules: &UriRules| Lists {
                    allow: Some(pattern::uris(&rules.allow)),
                    deny: pattern::uris(&rules.deny),
                };
                let old = match old {
                    Some(Self::Uri(old)) => Some(lists(old)),
                    _ => None,
                };
                let fits = |text: &str| Uri::parse(text).is_ok();
                let mut found = difference(&[&lists(new)], old.as_ref(), Syntax::Value, &fits);
                // Parts are not compared, but what they allow can be tried.
                found.examples.extend(new.allow.iter().filter_map(example_of_parts));
                Found::new(found, |text| Some(uri_name(text)))
            }
            (Self::Other(oid, new), old) => other_difference(oid, new, old),
            _ => Found { is_empty: false, names: Vec::new() },
        }
    }

    /// Texts of allowed patterns with references to the context.
    fn templates(&self) -> Vec<(String, &'static str)> {
        let text = |pattern: &TextPattern| match &pattern.kind {
            TextPatternKind::Exact(text) => Some(text.clone()),
            TextPatternKind::Glob(text) => Some(text.replace('*', "a")),
            TextPatternKind::Regex(_) => None,
        };
        let texts: Vec<Option<String>> = match self {
            Self::Dns(rules) => rules
                .allow
                .iter()
                .map(|pattern| match pattern {
                    DnsPattern::Exact(text) => Some(text.clone()),
                    DnsPattern::OneLabel(domain) | DnsPattern::Under { domain, .. } => {
                        Some(format!("a.{domain}"))
                    }
                    DnsPattern::Glob(text) => Some(text.replace('*', "a")),
                    DnsPattern::Regex(_) => None,
                })
                .collect(),
            Self::Ip(rules) => {
                rules.allow.iter().map(|text| text.split('/').next().map(str::to_owned)).collect()
            }
            Self::Email(rules) => rules
                .allow
                .iter()
                .map(|pattern| match pattern {
                    EmailPattern::Exact(text) => Some(text.clone()),
                    EmailPattern::Host(host) => Some(format!("a@{host}")),
                    EmailPattern::Under(domain) => Some(format!("a@a.{domain}")),
                    EmailPattern::Regex(_) => None,
                })
                .collect(),
            Self::Uri(rules) => rules
                .allow
                .iter()
                .map(|pattern| match pattern {
                    UriPattern::Text(pattern) => text(pattern),
                    UriPattern::Parts { .. } => example_of_parts(pattern),
                })
                .collect(),
            Self::Other(_, rules) => rules.allow.iter().map(text).collect(),
        };
        let default = match self {
            Self::Ip(_) => "192.0.2.1",
            _ => "fact",
        };
        texts.into_iter().flatten().filter(|text| text.contains("${")).map(|text| (text, default)).collect()
    }

    fn name(&self, text: &str) -> Option<GeneralName> {
        match self {
            Self::Dns(_) => Some(dns_name(text)),
            Self::Ip(_) => IpAddress::parse(text).map(ip_name),
            Self::Email(_) => Some(email_name(text)),
            Self::Uri(_) => Some(uri_name(text)),
            Self::Other(oid, _) => other_name(oid, text),
        }
    }
}

/// A URI that parts stand for.
fn example_of_parts(pattern: &UriPattern) -> Option<String> {
    let UriPattern::Parts { scheme, host, path } = pattern else { return None };
    let host = match host {
        None => "a.example".to_owned(),
        Some(DnsPattern::Exact(host)) => host.clone(),
        Some(DnsPattern::OneLabel(domain) | DnsPattern::Under { domain, .. }) => format!("a.{domain}"),
        Some(DnsPattern::Glob(glob)) => glob.replace('*', "a"),
        Some(DnsPattern::Regex(_)) => return None,
    };
    let path = path.as_deref().unwrap_or("/a").replace("**", "a").replace('*', "a");
    Some(format!("{scheme}://{host}{path}"))
}

/// Names that some rules allow and others do not.
struct Found {
    /// Whether it is shown that there are none.
    is_empty: bool,
    names: Vec<GeneralName>,
}

impl Found {
    fn new(found: Difference, name: impl Fn(&str) -> Option<GeneralName>) -> Self {
        let names = found.examples.iter().filter_map(|text| name(text)).collect();
        Self { is_empty: found.is_empty, names }
    }
}

fn dns_difference(new: &DnsRules, old: Option<&DnsRules>) -> Found {
    // What the rules say besides their lists is listed here, so that nothing new is overlooked.
    let DnsRules { allow, deny, presence: _, count: _, wildcard, public_suffix_wildcard, underscore } = new;
    let lists = |rules: &DnsRules, allow_set, deny_set| Lists {
        allow: Some(pattern::dns(&rules.allow, allow_set)),
        deny: pattern::dns(&rules.deny, deny_set),
    };
    let mut found = Found { is_empty: true, names: Vec::new() };
    let mut add = |difference: Difference, prefix: &str| {
        found.is_empty &= difference.is_empty;
        found.names.extend(difference.examples.iter().map(|text| dns_name(&format!("{prefix}{text}"))));
    };
    let with = if underscore.is_allowed() { Underscore::Possibly } else { Underscore::Without };
    let is_name = |text: &str| DnsName::parse(text).is_ok();
    let names =
        Lists { allow: Some(pattern::dns(allow, DnsSet::Names)), deny: pattern::dns(deny, DnsSet::Names) };
    let old_names = old.map(|old| lists(old, DnsSet::Names, DnsSet::Names));
    add(difference(&[&names], old_names.as_ref(), Syntax::Dns(with, Labels::Any), &is_name), "");
    let old_underscore = old.is_none_or(|old| old.underscore.is_allowed());
    if underscore.is_allowed() && !old_underscore {
        add(difference(&[&names], None, Syntax::Dns(Underscore::With, Labels::Any), &is_name), "");
    }
    if !wildcard.is_allowed() {
        return found;
    }
    let mut covered = lists(new, DnsSet::Covered, DnsSet::Met);
    // Every single label is a public suffix, by the list or by its default rule.
    let labels = if public_suffix_wildcard.is_allowed() { Labels::Any } else { Labels::Several };
    if !public_suffix_wildcard.is_allowed() {
        covered.deny.extend(
            domains(new).into_iter().filter(|domain| is_public_suffix(domain)).map(|domain| only(&domain)),
        );
    }
    let mine = |text: &str| is_name(text) && (public_suffix_wildcard.is_allowed() || !is_public_suffix(text));
    let old_covered =
        old.filter(|old| old.wildcard.is_allowed()).map(|old| lists(old, DnsSet::Covered, DnsSet::Met));
    let nothing = old.is_some().then(Lists::nothing);
    let wildcards =
        |with, against: Option<&Lists>| difference(&[&covered], against, Syntax::Dns(with, labels), &mine);
    add(wildcards(with, old_covered.as_ref().or(nothing.as_ref())), "*.");
    if underscore.is_allowed() && !old_underscore {
        add(wildcards(Underscore::With, None), "*.");
    }
    if public_suffix_wildcard.is_allowed() && old.is_some_and(|old| !old.public_suffix_wildcard.is_allowed())
    {
        add(public_wildcards(new, &covered, with), "*.");
    }
    found
}

/// The domains of patterns that have one.
fn domains(rules: &DnsRules) -> Vec<String> {
    let domains = rules.allow.iter().filter_map(|pattern| match pattern {
        DnsPattern::OneLabel(domain) | DnsPattern::Under { domain, .. } => {
            DnsName::parse_unicode(domain).ok()
        }
        _ => None,
    });
    domains.map(|name| name.base().to_owned()).collect()
}

/// A pattern for one text.
fn only(text: &str) -> Pattern {
    Pattern::Words(vec![literal(text)])
}

/// Wildcards below public suffixes that the rules allow: single labels, and the list's suffixes one by one.
fn public_wildcards(rules: &DnsRules, covered: &Lists, with: Underscore) -> Difference {
    let search = |lists: &[&Lists], labels| difference(lists, None, Syntax::Dns(with, labels), &|_| true);
    if search(&[covered], Labels::Any).is_empty {
        return Difference { is_empty: true, examples: Vec::new() };
    }
    let single = search(&[covered], Labels::One);
    if !single.examples.is_empty() {
        return single;
    }
    let domains = domains(rules);
    let any = rules.allow.iter().any(|pattern| matches!(pattern, DnsPattern::Glob(_)));
    let unknown = covered.allow.iter().flatten().any(|pattern| matches!(pattern, Pattern::Opaque(_)));
    let below = |suffix: &str| {
        any || domains.iter().any(|domain| suffix == domain || crate::name::strictly_below(suffix, domain))
    };
    let candidates = public_suffixes().chain(domains.clone()).filter(|suffix| below(suffix));
    let mut found = Difference { is_empty: !unknown && single.is_empty, examples: Vec::new() };
    for suffix in candidates.filter(|suffix| is_public_suffix(suffix)) {
        let one = Lists { allow: Some(vec![only(&suffix)]), deny: Vec::new() };
        if !search(&[covered, &one], Labels::Any).is_empty {
            found.is_empty = false;
            found.examples.push(suffix);
        }
        if found.examples.len() >= 2 {
            break;
        }
    }
    found
}

fn ip_difference(new: &IpRules, old: Option<&IpRules>) -> Found {
    let IpRules { allow: _, deny: _, presence: _, count: _, mapped } = new;
    let (mut is_empty, addresses) = ip::difference(new, old);
    let mut names: Vec<GeneralName> = addresses.iter().copied().map(ip_name).collect();
    if mapped.is_allowed() && old.is_some_and(|old| !old.mapped.is_allowed()) {
        let (_, all) = ip::difference(new, None);
        let unknown = new.allow.iter().any(|text| text.contains("${"));
        let examples: Vec<IpAddress> = all.into_iter().filter_map(ip::mapped).collect();
        is_empty &= examples.is_empty() && !unknown;
        names.extend(examples.into_iter().map(ip_name));
    }
    Found { is_empty, names }
}

fn other_difference(oid: &Oid, new: &OtherNameRules, old: Option<&Rules<'_>>) -> Found {
    let OtherNameRules { allow: _, deny: _, string_types, presence: _, count: _ } = new;
    let lists = |rules: &OtherNameRules| Lists {
        allow: Some(pattern::texts(&rules.allow)),
        deny: pattern::texts(&rules.deny),
    };
    let old = match old {
        Some(Rules::Other(_, old)) => Some(*old),
        _ => None,
    };
    let found = difference(&[&lists(new)], old.map(lists).as_ref(), Syntax::Value, &|_| true);
    let mut found = Found::new(found, |text| other_name(oid, text));
    if let Some(old) = old {
        let all_types = old.string_types.is_empty()
            || (!string_types.is_empty() && string_types.iter().all(|kind| old.string_types.contains(kind)));
        if !all_types {
            let all = difference(&[&lists(new)], None, Syntax::Value, &|_| true);
            found.is_empty &= all.is_empty;
            found.names.extend(all.examples.iter().filter_map(|text| other_name(oid, text)));
        }
    }
    found
}

/// The names of one policy, with what is known of each kind.
pub(in crate::policy) struct Names<'a> {
    total: Range,
    kinds: Vec<Kind<'a>>,
}

struct Kind<'a> {
    rules: Rules<'a>,
    range: Range,
    examples: Vec<GeneralName>,
}

impl<'a> Names<'a> {
    pub(in crate::policy) fn new(names: &'a NameRules) -> Self {
        let cap = u32::try_from(Limits::default().general_names).unwrap_or(u32::MAX);
        let presence = names.presence.unwrap_or(Presence::Required);
        let kinds = Rules::all(names).into_iter().map(|rules| {
            let found = rules.minus(None);
            let mut range = rules.range(cap);
            if found.is_empty {
                range.most = 0;
            }
            Kind { rules, range, examples: found.names }
        });
        Self { total: Range::new(presence, names.count, DEFAULT_MOST, cap), kinds: kinds.collect() }
    }

    /// Whether no names satisfy the rules.
    pub(super) fn is_impossible(&self) -> bool {
        self.kinds.iter().any(|kind| kind.range.is_empty()) || self.possible_total().is_empty()
    }

    /// Examples of kinds whose patterns have references: the context gets what they refer to.
    pub(in crate::policy) fn fill(&mut self, sketch: &mut Sketch) {
        for kind in &mut self.kinds {
            if kind.examples.is_empty() {
                let texts = kind.rules.templates();
                let names = texts.iter().filter_map(|(text, default)| {
                    let text = sketch.fill(text, default);
                    kind.rules.name(&text)
                });
                kind.examples = names.collect();
            }
        }
    }

    /// Names that are allowed, a few of each kind.
    pub(in crate::policy) fn examples(&self) -> Vec<GeneralName> {
        self.kinds.iter().flat_map(|kind| kind.examples.iter().cloned()).collect()
    }

    fn possible_total(&self) -> Range {
        let sum =
            |of: fn(Range) -> u32| self.kinds.iter().map(|kind| of(kind.range)).fold(0, u32::saturating_add);
        Range {
            least: self.total.least.max(sum(|range| range.least)),
            most: self.total.most.min(sum(|range| range.most)),
        }
    }

    /// How many names of one kind there can be.
    fn possible(&self, index: usize) -> Range {
        let others = |of: fn(Range) -> u32| {
            let others = self.kinds.iter().enumerate().filter(|(other, _)| *other != index);
            others.map(|(_, kind)| of(kind.range)).fold(0, u32::saturating_add)
        };
        let own = self.kinds.get(index).map_or(Range { least: 0, most: 0 }, |kind| kind.range);
        Range {
            least: own.least.max(self.total.least.saturating_sub(others(|range| range.most))),
            most: own.most.min(self.total.most.saturating_sub(others(|range| range.least))),
        }
    }

    /// Names of which at least `total` are allowed in number, `forced` among them; those of `without` as few as can be.
    fn compose(
        &self,
        forced: &[(usize, GeneralName)],
        total: u32,
        without: Option<usize>,
    ) -> Option<Vec<GeneralName>> {
        let mut by_kind: Vec<Vec<GeneralName>> = Vec::new();
        for (index, kind) in self.kinds.iter().enumerate() {
            let mut names: Vec<GeneralName> =
                forced.iter().filter(|(own, _)| *own == index).map(|(_, name)| name.clone()).collect();
            while number(&names) < kind.range.least {
                names.push(kind.examples.first()?.clone());
            }
            by_kind.push(names);
        }
        let wanted = total.max(self.total.least);
        let mut count = by_kind.iter().map(|names| number(names)).fold(0, u32::saturating_add);
        let order = (0..self.kinds.len()).filter(|index| Some(*index) != without).chain(without);
        for index in order {
            let (Some(names), Some(kind)) = (by_kind.get_mut(index), self.kinds.get(index)) else { continue };
            let Some(example) = kind.examples.first() else { continue };
            while count < wanted && number(names) < kind.range.most {
                names.push(example.clone());
                count = count.saturating_add(1);
            }
        }
        let names: Vec<GeneralName> = by_kind.into_iter().flatten().collect();
        (number(&names) >= wanted && number(&names) <= self.total.most).then_some(names)
    }

    /// Names that satisfy the rules, as few as can be; one unless the rules forbid it.
    pub(super) fn base(&self) -> Option<Vec<GeneralName>> {
        self.compose(&[], 1.min(self.possible_total().most), None)
    }
}

fn number(names: &[GeneralName]) -> u32 {
    u32::try_from(names.len()).unwrap_or(u32::MAX)
}

impl Analysis<'_> {
    /// Whether every list of names that `new` allows is one that `old` allows.
    pub(super) fn compare_names(&mut self, new: &Names<'_>, old: &NameRules) {
        let cap = u32::try_from(Limits::default().general_names).unwrap_or(u32::MAX);
        let old_total = Range::new(old.presence.unwrap_or(Presence::Required), old.count, DEFAULT_MOST, cap);
        let base = self.base.clone();
        let with = |names: Option<Vec<GeneralName>>| -> Vec<Sketch> {
            let both = |(base, names): (&Sketch, Vec<GeneralName>)| {
                [base.with_names(names.clone()), base.with_names_and_common_name(names)]
            };
            base.iter().zip(names).flat_map(both).collect()
        };
        let total = new.possible_total();
        if total.most > old_total.most {
            let names = new.compose(&[], old_total.most.saturating_add(1), None);
            self.suspect(steps!["names", "count", "max"], with(names));
        }
        if total.least < old_total.least {
            let rule = if old.count.min.is_some() {
                steps!["names", "count", "min"]
            } else {
                steps!["names", "presence"]
            };
            self.suspect(rule, with(new.compose(&[], total.least, None)));
        }
        let old_kinds = Rules::all(old);
        for (index, kind) in new.kinds.iter().enumerate() {
            let possible = new.possible(index);
            if possible.most == 0 {
                continue;
            }
            let at = kind.rules.at();
            let Some(old_rules) = old_kinds.iter().find(|old| old.is_same_kind(&kind.rules)) else {
                let name = kind.examples.first().map(|name| [(index, name.clone())]);
                let names = name.and_then(|name| new.compose(&name, 1, None));
                self.suspect(at, with(names));
                continue;
            };
            let range = old_rules.range(cap);
            if possible.most > range.most {
                let wanted = usize::try_from(range.most.saturating_add(1)).unwrap_or(usize::MAX);
                let names: Vec<(usize, GeneralName)> =
                    kind.examples.iter().cycle().take(wanted).map(|name| (index, name.clone())).collect();
                let rule = if range.most == 0 { at.join("presence") } else { at.join("count").join("max") };
                self.suspect(rule, with(new.compose(&names, 1, None)));
            }
            if possible.least < range.least {
                let rule = if range.least == 1 { at.join("presence") } else { at.join("count").join("min") };
                self.suspect(rule, with(new.compose(&[], 1.min(total.most), Some(index))));
            }
            let found = kind.rules.minus(Some(old_rules));
            if !found.is_empty {
                let sketches = found
                    .names
                    .iter()
                    .chain(&kind.examples)
                    .flat_map(|name| with(new.compose(&[(index, name.clone())], 1, None)))
                    .collect();
                self.suspect(at, sketches);
            }
        }
        for old_rules in &old_kinds {
            let known = new
                .kinds
                .iter()
                .enumerate()
                .any(|(index, kind)| kind.rules.is_same_kind(old_rules) && new.possible(index).most > 0);
            if !known && old_rules.range(cap).least > 0 {
                self.suspect(old_rules.at().join("presence"), with(new.base()));
            }
        }
    }
}

impl Names<'_> {
    fn texts(&self, of: impl Fn(&Rules<'_>) -> bool) -> Vec<String> {
        let kinds = self.kinds.iter().filter(|kind| of(&kind.rules));
        kinds.flat_map(|kind| kind.examples.iter().map(GeneralName::display)).collect()
    }

    /// The DNS name that every certificate has, if there is no other name.
    pub(super) fn only_dns_name(&self) -> Option<String> {
        let [kind] = self.kinds.as_slice() else { return None };
        let Rules::Dns(rules) = kind.rules else { return None };
        let name = kind.examples.first()?.display();
        let one = DnsRules { allow: vec![DnsPattern::Exact(name.clone())], ..rules.clone() };
        let others = kind.rules.minus(Some(&Rules::Dns(&one)));
        (self.possible_total().least > 0 && others.is_empty).then_some(name)
    }

    /// DNS names that are allowed.
    pub(super) fn dns_texts(&self) -> Vec<String> {
        self.texts(|rules| matches!(rules, Rules::Dns(_)))
    }

    /// Addresses that are allowed.
    pub(super) fn addresses(&self) -> Vec<String> {
        self.texts(|rules| matches!(rules, Rules::Ip(_)))
    }

    /// URIs that are allowed.
    pub(super) fn uri_texts(&self) -> Vec<String> {
        self.texts(|rules| matches!(rules, Rules::Uri(_)))
    }

    /// Whether there are names that are neither DNS names nor mail addresses.
    pub(super) fn has_uris_or_addresses(&self) -> bool {
        self.kinds
            .iter()
            .any(|kind| matches!(kind.rules, Rules::Uri(_) | Rules::Ip(_)) && kind.range.most > 0)
    }
}
