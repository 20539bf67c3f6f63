use std::collections::{BTreeSet, HashMap};

use super::glob::Glob;
use super::in_context::Expanded;
use super::regex::AnchoredRegex;
use super::template::{Expansion, Template, glob_of, text_of};
use super::text::{check_stars, compile_regex};
use super::{Faults, InContext, PatternList, Verdict};
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
    templates: Vec<(usize, Template, TemplateKind)>,
    /// For a deny list: the parents of the exact names, which a wildcard would cover.
    exact_parents: HashMap<String, usize>,
}

#[derive(Clone, Debug)]
enum Other {
    Glob(Glob),
    Regex(AnchoredRegex),
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
            self.templates.push((index, template, kind));
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

    /// Whether some patterns refer to the context.
    pub(super) fn has_templates(&self) -> bool {
        !self.templates.is_empty()
    }

    fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.one_label.is_empty() && self.under.is_empty() && self.others.is_empty()
    }

    /// Of the patterns without references.
    pub(super) fn covers_fixed(&self, name: &DnsName) -> Verdict {
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
        // They are in the order of the list: one behind the best so far says nothing new.
        let mut earlier = self.others.iter().take_while(|(index, _)| best.is_none_or(|best| *index < best));
        let other = earlier.find(|(_, other)| other.covers(name)).map(|(index, _)| *index);
        match [best, other].into_iter().flatten().min() {
            Some(index) => Verdict::Match(index),
            None => Verdict::NoMatch,
        }
    }

    /// Of the patterns without references.
    pub(super) fn meets_fixed(&self, name: &DnsName) -> Verdict {
        let covered = self.covers_fixed(name);
        if !name.is_wildcard() || covered != Verdict::NoMatch {
            return covered;
        }
        let exact = self.exact_parents.get(name.base()).copied();
        let other = self.others.iter().find(|(_, other)| other.meets(name)).map(|(index, _)| *index);
        match [exact, other].into_iter().flatten().min() {
            Some(index) => Verdict::Overlap(index),
            None => Verdict::NoMatch,
        }
    }

    /// Adds what a template stands for. What is no name after expansion, such as a fact with a star, matches nothing here; deny
    /// lists ask for it besides.
    fn insert_expansion(&mut self, index: usize, parts: &Expansion, kind: TemplateKind) {
        if let TemplateKind::Glob = kind {
            self.others.push((index, Other::Glob(glob_of(parts).to_ascii_lowercase())));
            return;
        }
        if let Some(name) = plain_name(parts) {
            self.insert(index, name.base(), kind);
        }
    }
}

impl PatternList for DnsMatcher {
    fn expand(&self, context: &Context) -> Expanded<Self> {
        let mut expanded: Expanded<Self> = Expanded::default();
        for (index, template, kind) in &self.templates {
            let expansions = template.expand(context);
            let fits = |parts: &Expansion| is_pattern(parts, *kind);
            expanded.note(template, context, &expansions, fits);
            for parts in &expansions {
                expanded.patterns.insert_expansion(*index, parts, *kind);
            }
        }
        expanded
    }
}

impl InContext<'_, DnsMatcher> {
    /// The first pattern that matches the name, or for a wildcard all names that it stands for.
    pub(in crate::policy) fn covers(&self, name: &DnsName) -> Verdict {
        self.ask(|patterns| patterns.covers_fixed(name))
    }

    /// The first pattern that matches the name, or for a wildcard any of the names that it stands for. A regular
    /// expression cannot be asked for a set and counts as meeting it.
    pub(in crate::policy) fn meets(&self, name: &DnsName) -> Verdict {
        self.ask(|patterns| patterns.meets_fixed(name))
    }
}

fn at_depth(rules: &[(usize, Option<u32>)], labels: u32) -> Option<usize> {
    rules.iter().find(|(_, depth)| depth.is_none_or(|depth| labels <= depth)).map(|(index, _)| *index)
}

impl Other {
    fn covers(&self, name: &DnsName) -> bool {
        match self {
            Self::Glob(glob) if name.is_wildcard() => glob.covers_labels(name.base()),
            Self::Glob(glob) => glob.matches(name.base()),
            Self::Regex(regex) => !name.is_wildcard() && regex.matches(name.base()),
        }
    }

    fn meets(&self, name: &DnsName) -> bool {
        match self {
            Self::Glob(glob) => glob.meets_labels(name.base()),
            Self::Regex(_) => true,
        }
    }
}

/// Whether an expansion is a pattern of its kind, and not one that could never match.
fn is_pattern(parts: &Expansion, kind: TemplateKind) -> bool {
    match kind {
        TemplateKind::Glob => {
            is_glob(&text_of(parts)) && parts.iter().all(|(literal, text)| *literal || !text.contains('*'))
        }
        _ => plain_name(parts).is_some(),
    }
}

fn plain_name(parts: &Expansion) -> Option<DnsName> {
    DnsName::parse_unicode(&text_of(parts)).ok().filter(|name| !name.is_wildcard())
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
        assert_eq!(exact.in_context(&context).covers(&name("*.example.com")), Verdict::NoMatch);
        assert_eq!(exact.in_context(&context).meets(&name("*.example.com")), Verdict::Overlap(0));
        assert_eq!(exact.in_context(&context).meets(&name("*.b.example.com")), Verdict::NoMatch);
        let below = compile(&[under("example.com", Some(1))]);
        assert_eq!(below.in_context(&context).covers(&name("*.example.com")), Verdict::Match(0));
        assert_eq!(below.in_context(&context).covers(&name("*.a.example.com")), Verdict::NoMatch);
        assert_eq!(below.in_context(&context).covers(&name("a.b.example.com")), Verdict::NoMatch);
        let glob = compile(&[DnsPattern::Glob("web-*.example.com".into())]);
        assert_eq!(glob.in_context(&context).covers(&name("*.example.com")), Verdict::NoMatch);
        assert_eq!(glob.in_context(&context).meets(&name("*.example.com")), Verdict::Overlap(0));
        let regex = compile(&[DnsPattern::Regex("^.*$".into())]);
        assert_eq!(regex.in_context(&context).covers(&name("*.example.com")), Verdict::NoMatch);
        assert_eq!(regex.in_context(&context).meets(&name("*.example.com")), Verdict::Overlap(0));
    }

    #[test]
    fn facts_are_literal() {
        let matcher = compile(&[
            DnsPattern::OneLabel("${facts.team}.example.com".into()),
            DnsPattern::Glob("*.${facts.team}".into()),
        ]);
        let mut context = Context::new(Timestamp::from_unix(0).unwrap());
        let name = DnsName::parse("a.web.example.com").unwrap();
        assert_eq!(matcher.in_context(&context).covers(&name), Verdict::NoMatch);
        assert_eq!(matcher.in_context(&context).missing(), ["facts.team"]);
        context = context.with_fact("team", vec!["*".into()]);
        assert_eq!(matcher.in_context(&context).covers(&name), Verdict::NoMatch);
        context = context.with_fact("team", vec!["api".into(), "web".into()]);
        assert_eq!(matcher.in_context(&context).covers(&name), Verdict::Match(0));
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
            assert_eq!(exact.in_context(&context).undecided(), [expected]);
            assert_eq!(glob.in_context(&context).undecided(), [expected]);
        }
        let context = context.with_fact("bad", many.into_iter().skip(1).collect());
        assert_eq!(exact.in_context(&context).undecided(), Vec::<String>::new());
        assert_eq!(glob.in_context(&context).undecided(), Vec::<String>::new());
    }
}
