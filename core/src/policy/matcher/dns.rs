use std::collections::{BTreeSet, HashMap};

use super::glob::Glob;
use super::regex::AnchoredRegex;
use super::template::{Expansion, Template, each_once, text_of};
use super::text::{check_stars, compile_regex};
use super::{Faults, Verdict};
use crate::diagnostic::{Diagnostic, Path, codes, quote};
use crate::name::DnsName;
use crate::policy::context::Context;
use crate::policy::document::DnsPattern;

/// A compiled list of patterns for DNS names.
#[derive(Clone, Debug, Default)]
pub(in crate::policy) struct DnsMatcher {
    exact: HashMap<String, usize>,
    /// By the domain below which one label may stand.
    one_label: HashMap<String, usize>,
    under: HashMap<String, Vec<(usize, Option<u32>)>>,
    /// Lengths of the domains in `under`: other ends of a name need not be looked up.
    under_lengths: BTreeSet<usize>,
    others: Vec<(usize, Other)>,
    /// For a deny list: the parents of the exact names, which a wildcard would cover.
    exact_parents: HashMap<String, usize>,
}

#[derive(Clone, Debug)]
enum Other {
    Glob(Glob),
    Regex(AnchoredRegex),
    Template(Template, TemplateKind),
}

#[derive(Clone, Copy, Debug)]
enum TemplateKind {
    Exact,
    OneLabel,
    Under(Option<u32>),
    Glob,
}

impl DnsMatcher {
    pub(in crate::policy) fn compile(patterns: &[DnsPattern], at: &Path, faults: &mut Faults) -> Self {
        let mut matcher = Self::default();
        for (index, pattern) in patterns.iter().enumerate() {
            matcher.add(index, pattern, &at.join(index), faults);
        }
        matcher
    }

    fn add(&mut self, index: usize, pattern: &DnsPattern, at: &Path, faults: &mut Faults) {
        let (text, kind) = match pattern {
            DnsPattern::Exact(name) => (name, TemplateKind::Exact),
            DnsPattern::OneLabel(domain) => (domain, TemplateKind::OneLabel),
            DnsPattern::Under { domain, depth } => (domain, TemplateKind::Under(*depth)),
            DnsPattern::Glob(glob) => (glob, TemplateKind::Glob),
            DnsPattern::Regex(regex) => {
                match compile_regex(regex, true) {
                    Ok(regex) => self.others.push((index, Other::Regex(regex))),
                    Err(fault) => faults.error(*fault, at),
                }
                return;
            }
        };
        if let Some(template) = Template::parse(text, at, faults) {
            self.others.push((index, Other::Template(template, kind)));
            return;
        }
        if let TemplateKind::Glob = kind {
            let glob = Glob::parse(&text.to_ascii_lowercase());
            check_glob(&glob, text, at, faults);
            self.others.push((index, Other::Glob(glob)));
            return;
        }
        match DnsName::parse_unicode(text) {
            Ok(name) if !name.is_wildcard() => self.insert(index, name.base(), kind),
            Ok(_) => faults.error(bad_name(text, "has `*` where this pattern has none"), at),
            Err(fault) => faults.error(bad_name(text, fault.reason()), at),
        }
        if let TemplateKind::Under(Some(0)) = kind {
            faults.error(Diagnostic::new(codes::DOCUMENT_NEVER_MATCHES, "a depth of 0 matches nothing"), at);
        }
    }

    fn insert(&mut self, index: usize, name: &str, kind: TemplateKind) {
        match kind {
            TemplateKind::Exact => {
                self.exact.entry(name.to_owned()).or_insert(index);
                if let Some((_, parent)) = name.split_once('.') {
                    self.exact_parents.entry(parent.to_owned()).or_insert(index);
                }
            }
            TemplateKind::OneLabel => {
                self.one_label.entry(name.to_owned()).or_insert(index);
            }
            TemplateKind::Under(depth) => {
                self.under_lengths.insert(name.len());
                self.under.entry(name.to_owned()).or_default().push((index, depth));
            }
            TemplateKind::Glob => {}
        }
    }

    fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.one_label.is_empty() && self.under.is_empty() && self.others.is_empty()
    }

    /// The first pattern that matches the name, or for a wildcard all names that it stands for.
    pub(in crate::policy) fn covers(&self, name: &DnsName, context: &Context) -> Verdict {
        if self.is_empty() {
            return Verdict::NoMatch;
        }
        let base = name.base();
        let mut best: Option<usize> = None;
        let mut take = |index: Option<usize>| best = [best, index].into_iter().flatten().min();
        if name.is_wildcard() {
            take(self.one_label.get(base).copied());
            take(self.under.get(base).and_then(|rules| at_depth(rules, 1)));
        } else {
            take(self.exact.get(base).copied());
            if !self.one_label.is_empty() {
                take(base.split_once('.').and_then(|(_, parent)| self.one_label.get(parent).copied()));
            }
        }
        for length in &self.under_lengths {
            let Some((head, domain)) =
                base.len().checked_sub(*length).and_then(|at| base.split_at_checked(at))
            else {
                break;
            };
            if head.ends_with('.') {
                // Labels in front of the domain: those of the base, and that of the wildcard.
                let dots = head.bytes().filter(|byte| *byte == b'.').count();
                let labels = dots.saturating_add(usize::from(name.is_wildcard()));
                let labels = u32::try_from(labels).unwrap_or(u32::MAX);
                take(self.under.get(domain).and_then(|rules| at_depth(rules, labels)));
            }
        }
        let mut others = self.others.iter();
        take(others.find(|(_, other)| other.covers(name, context)).map(|(index, _)| *index));
        best.map_or(Verdict::NoMatch, Verdict::Match)
    }

    /// The first pattern that matches the name, or for a wildcard any of the names that it stands for. A regular
    /// expression cannot be asked for a set and counts as meeting it.
    pub(in crate::policy) fn meets(&self, name: &DnsName, context: &Context) -> Verdict {
        if !name.is_wildcard() {
            return self.covers(name, context);
        }
        let base = name.base();
        if let covered @ Verdict::Match(_) = self.covers(name, context) {
            return covered;
        }
        let exact = self.exact_parents.get(base).copied();
        let other = self.others.iter().find(|(_, other)| other.meets(name, context)).map(|(index, _)| *index);
        match [exact, other].into_iter().flatten().min() {
            Some(index) => Verdict::Overlap(index),
            None => Verdict::NoMatch,
        }
    }

    /// The references of the patterns that the context has no value for.
    pub(in crate::policy) fn missing(&self, context: &Context) -> Vec<String> {
        if self.others.is_empty() {
            return Vec::new();
        }
        each_once(self.templates().flat_map(|(template, _)| template.missing(context)))
    }

    /// For a deny list: the references without which it cannot be said what it denies.
    pub(in crate::policy) fn undecided(&self, context: &Context) -> Vec<String> {
        if self.others.is_empty() {
            return Vec::new();
        }
        let undecided = |(template, kind): (&Template, TemplateKind)| {
            template.undecided(context, |parts| is_pattern(parts, kind))
        };
        each_once(self.templates().flat_map(undecided))
    }

    fn templates(&self) -> impl Iterator<Item = (&Template, TemplateKind)> {
        self.others.iter().filter_map(|(_, other)| match other {
            Other::Template(template, kind) => Some((template, *kind)),
            _ => None,
        })
    }
}

fn at_depth(rules: &[(usize, Option<u32>)], labels: u32) -> Option<usize> {
    rules.iter().find(|(_, depth)| depth.is_none_or(|depth| labels <= depth)).map(|(index, _)| *index)
}

impl Other {
    fn covers(&self, name: &DnsName, context: &Context) -> bool {
        match self {
            Self::Glob(glob) if name.is_wildcard() => glob.covers_labels(name.base()),
            Self::Glob(glob) => glob.matches(name.base()),
            Self::Regex(regex) => !name.is_wildcard() && regex.matches(name.base()),
            Self::Template(template, kind) => any_expansion(template, *kind, context, |other| match other {
                Expanded::Glob(glob) if name.is_wildcard() => glob.covers_labels(name.base()),
                Expanded::Glob(glob) => glob.matches(name.base()),
                Expanded::Matcher(matcher) => matcher.covers(name, context) != Verdict::NoMatch,
            }),
        }
    }

    fn meets(&self, name: &DnsName, context: &Context) -> bool {
        match self {
            Self::Glob(glob) => glob.meets_labels(name.base()),
            Self::Regex(_) => true,
            Self::Template(template, kind) => any_expansion(template, *kind, context, |other| match other {
                Expanded::Glob(glob) => glob.meets_labels(name.base()),
                Expanded::Matcher(matcher) => matcher.meets(name, context) != Verdict::NoMatch,
            }),
        }
    }
}

enum Expanded {
    Glob(Glob),
    Matcher(Box<DnsMatcher>),
}

/// Whether `test` holds for one of the patterns that the template stands for. What is no name after expansion, such as
/// a fact with a star, matches nothing here; deny lists ask [`DnsMatcher::undecided`] for it.
fn any_expansion(
    template: &Template,
    kind: TemplateKind,
    context: &Context,
    test: impl Fn(&Expanded) -> bool,
) -> bool {
    if let TemplateKind::Glob = kind {
        return template
            .expand_glob(context)
            .into_iter()
            .any(|glob| test(&Expanded::Glob(glob.to_ascii_lowercase())));
    }
    template.expand_text(context).iter().any(|text| match DnsName::parse_unicode(text) {
        Ok(name) if !name.is_wildcard() => {
            let mut matcher = DnsMatcher::default();
            matcher.insert(0, name.base(), kind);
            test(&Expanded::Matcher(Box::new(matcher)))
        }
        _ => false,
    })
}

/// Whether an expansion is a pattern of its kind, and not one that could never match.
fn is_pattern(parts: &Expansion, kind: TemplateKind) -> bool {
    match kind {
        TemplateKind::Glob => {
            is_glob(&text_of(parts)) && parts.iter().all(|(literal, text)| *literal || !text.contains('*'))
        }
        _ => DnsName::parse_unicode(&text_of(parts)).is_ok_and(|name| !name.is_wildcard()),
    }
}

/// Whether a glob has only characters of names.
fn is_glob(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '*');
    !text.is_empty()
        && text.chars().all(fits)
        && !text.starts_with('.')
        && !text.ends_with('.')
        && !text.contains("..")
}

/// A glob must have only characters of names, or it could never match.
fn check_glob(glob: &Glob, text: &str, at: &Path, faults: &mut Faults) {
    check_stars(glob, at, faults);
    if !is_glob(text) {
        faults.error(
            Diagnostic::new(
                codes::DOCUMENT_NEVER_MATCHES,
                format!("the glob {} matches no DNS name", quote(text)),
            )
            .with_help("write A-labels, hyphens and stars, separated by single dots"),
            at,
        );
    }
}

fn bad_name(text: &str, reason: &str) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(codes::DOCUMENT_PATTERN, format!("the pattern {} {reason}", quote(text)));
    if text.contains('*') {
        diagnostic.with_help("`*` stands only for the whole first label; use {glob: …} for other forms")
    } else {
        diagnostic
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn compile(patterns: &[DnsPattern]) -> DnsMatcher {
        let mut faults = Faults::default();
        let matcher = DnsMatcher::compile(patterns, &Path::default(), &mut faults);
        assert_eq!(faults.errors, []);
        matcher
    }

    fn under(domain: &str, depth: Option<u32>) -> DnsPattern {
        DnsPattern::Under { domain: domain.to_owned(), depth }
    }

    #[test]
    fn wildcards_are_allowed_as_sets_and_denied_by_any_member() {
        let context = Context::new(Timestamp::from_unix(0).unwrap());
        let name = |text: &str| DnsName::parse(text).unwrap();
        let exact = compile(&[DnsPattern::Exact("b.example.com".into())]);
        assert_eq!(exact.covers(&name("*.example.com"), &context), Verdict::NoMatch);
        assert_eq!(exact.meets(&name("*.example.com"), &context), Verdict::Overlap(0));
        assert_eq!(exact.meets(&name("*.b.example.com"), &context), Verdict::NoMatch);
        let below = compile(&[under("example.com", Some(1))]);
        assert_eq!(below.covers(&name("*.example.com"), &context), Verdict::Match(0));
        assert_eq!(below.covers(&name("*.a.example.com"), &context), Verdict::NoMatch);
        assert_eq!(below.covers(&name("a.b.example.com"), &context), Verdict::NoMatch);
        let glob = compile(&[DnsPattern::Glob("web-*.example.com".into())]);
        assert_eq!(glob.covers(&name("*.example.com"), &context), Verdict::NoMatch);
        assert_eq!(glob.meets(&name("*.example.com"), &context), Verdict::Overlap(0));
        let regex = compile(&[DnsPattern::Regex("^.*$".into())]);
        assert_eq!(regex.covers(&name("*.example.com"), &context), Verdict::NoMatch);
        assert_eq!(regex.meets(&name("*.example.com"), &context), Verdict::Overlap(0));
    }

    #[test]
    fn facts_are_literal() {
        let matcher = compile(&[
            DnsPattern::OneLabel("${facts.team}.example.com".into()),
            DnsPattern::Glob("*.${facts.team}".into()),
        ]);
        let mut context = Context::new(Timestamp::from_unix(0).unwrap());
        let name = DnsName::parse("a.web.example.com").unwrap();
        assert_eq!(matcher.covers(&name, &context), Verdict::NoMatch);
        assert_eq!(matcher.missing(&context), ["facts.team"]);
        context = context.with_fact("team", vec!["*".into()]);
        assert_eq!(matcher.covers(&name, &context), Verdict::NoMatch);
        context = context.with_fact("team", vec!["api".into(), "web".into()]);
        assert_eq!(matcher.covers(&name, &context), Verdict::Match(0));
    }

    #[test]
    fn facts_that_are_no_names_leave_a_deny_list_undecided() {
        let exact = compile(&[DnsPattern::Exact("${facts.bad}".into())]);
        let glob = compile(&[DnsPattern::Glob("*.${facts.bad}".into())]);
        let context = Context::new(Timestamp::from_unix(0).unwrap());
        let many: Vec<String> = (0..1_025).map(|number| format!("n{number}.example.com")).collect();
        for (values, expected) in [
            (vec![], "facts.bad"),
            (vec![String::new()], "usable facts.bad"),
            (vec!["a.example.com".into(), "evil.example.com.".into()], "usable facts.bad"),
            (vec!["*.bad.example.com".into()], "usable facts.bad"),
            (vec!["x".repeat(1_025)], "usable facts.bad"),
            (many.clone(), "usable facts.bad"),
        ] {
            let context = context.clone().with_fact("bad", values);
            assert_eq!(exact.undecided(&context), [expected]);
            assert_eq!(glob.undecided(&context), [expected]);
        }
        let context = context.with_fact("bad", many.into_iter().skip(1).collect());
        assert_eq!(exact.undecided(&context), Vec::<String>::new());
        assert_eq!(glob.undecided(&context), Vec::<String>::new());
    }
}
