use std::collections::HashMap;

use super::glob::{Glob, MAX_STARS};
use super::regex::AnchoredRegex;
use super::template::{Template, each_once};
use super::{Faults, Verdict};
use crate::diagnostic::{Diagnostic, Path, codes};
use crate::policy::context::Context;
use crate::policy::document::{TextPattern, TextPatternKind, TextRule};

/// A compiled list of text patterns.
#[derive(Clone, Debug, Default)]
pub(in crate::policy) struct TextMatcher {
    exact: HashMap<String, usize>,
    exact_ignoring_case: HashMap<String, usize>,
    others: Vec<(usize, Other)>,
    len: usize,
}

#[derive(Clone, Debug)]
enum Other {
    Glob { glob: Glob, ignore_case: bool },
    Regex(AnchoredRegex),
    Template { template: Template, glob: bool, ignore_case: bool },
}

impl TextMatcher {
    pub(in crate::policy) fn compile(patterns: &[TextPattern], at: &Path, faults: &mut Faults) -> Self {
        let mut matcher = Self { len: patterns.len(), ..Self::default() };
        for (index, pattern) in patterns.iter().enumerate() {
            matcher.add(index, pattern, &at.join(index), faults);
        }
        matcher
    }

    fn add(&mut self, index: usize, pattern: &TextPattern, at: &Path, faults: &mut Faults) {
        let ignore_case = pattern.ignore_case;
        match &pattern.kind {
            TextPatternKind::Exact(text) | TextPatternKind::Glob(text) if text.contains("${") => {
                let glob = matches!(pattern.kind, TextPatternKind::Glob(_));
                if let Some(template) = Template::parse(text, at, faults) {
                    self.others.push((index, Other::Template { template, glob, ignore_case }));
                }
            }
            TextPatternKind::Exact(text) if ignore_case => {
                self.exact_ignoring_case.entry(text.to_ascii_lowercase()).or_insert(index);
            }
            TextPatternKind::Exact(text) => {
                self.exact.entry(text.clone()).or_insert(index);
            }
            TextPatternKind::Glob(text) => {
                let mut glob = Glob::parse(text);
                check_stars(&glob, at, faults);
                if ignore_case {
                    glob = glob.to_ascii_lowercase();
                }
                self.others.push((index, Other::Glob { glob, ignore_case }));
            }
            TextPatternKind::Regex(text) => match compile_regex(text, ignore_case) {
                Ok(regex) => self.others.push((index, Other::Regex(regex))),
                Err(fault) => faults.error(*fault, at),
            },
        }
    }

    pub(in crate::policy) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The first pattern that matches.
    pub(in crate::policy) fn find(&self, text: &str, context: &Context) -> Verdict {
        let exact = self.exact.get(text).copied();
        let lower = text.to_ascii_lowercase();
        let ignoring_case = self.exact_ignoring_case.get(&lower).copied();
        let other = self
            .others
            .iter()
            .find(|(_, other)| other.matches(text, &lower, context))
            .map(|(index, _)| *index);
        match [exact, ignoring_case, other].into_iter().flatten().min() {
            Some(index) => Verdict::Match(index),
            None => Verdict::NoMatch,
        }
    }

    /// The references of the patterns that the context has no value for.
    pub(in crate::policy) fn missing(&self, context: &Context) -> Vec<String> {
        each_once(self.templates().flat_map(|template| template.missing(context)))
    }

    /// For a deny list: the references without which it cannot be said what it denies.
    pub(in crate::policy) fn undecided(&self, context: &Context) -> Vec<String> {
        each_once(self.templates().flat_map(|template| template.undecided(context, |_| true)))
    }

    fn templates(&self) -> impl Iterator<Item = &Template> {
        self.others.iter().filter_map(|(_, other)| match other {
            Other::Template { template, .. } => Some(template),
            _ => None,
        })
    }
}

impl Other {
    fn matches(&self, text: &str, lower: &str, context: &Context) -> bool {
        match self {
            Self::Glob { glob, ignore_case } => glob.matches(if *ignore_case { lower } else { text }),
            Self::Regex(regex) => regex.matches(text),
            Self::Template { template, glob: true, ignore_case } => {
                template.expand_glob(context).iter().any(|glob| {
                    if *ignore_case { glob.to_ascii_lowercase().matches(lower) } else { glob.matches(text) }
                })
            }
            Self::Template { template, glob: false, ignore_case } => {
                template.expand_text(context).iter().any(|expanded| {
                    if *ignore_case { expanded.eq_ignore_ascii_case(text) } else { expanded == text }
                })
            }
        }
    }
}

pub(super) fn check_stars(glob: &Glob, at: &Path, faults: &mut Faults) {
    if glob.stars() > MAX_STARS {
        let message = format!("the pattern has {} stars, more than {MAX_STARS}", glob.stars());
        faults.error(Diagnostic::new(codes::DOCUMENT_PATTERN, message), at);
    }
}

pub(super) fn compile_regex(text: &str, ignore_case: bool) -> Result<AnchoredRegex, Box<Diagnostic>> {
    if text.contains("${") {
        return Err(Box::new(
            Diagnostic::new(
                codes::DOCUMENT_REFERENCE,
                "a regular expression has no references to the context",
            )
            .with_help("use a glob, or write a dollar sign before a brace as `[$]`"),
        ));
    }
    AnchoredRegex::parse(text, ignore_case)
}

/// A compiled allow and deny list.
#[derive(Clone, Debug, Default)]
pub(in crate::policy) struct TextRuleMatcher {
    pub(in crate::policy) allow: TextMatcher,
    pub(in crate::policy) deny: TextMatcher,
}

/// What a rule says of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum RuleVerdict {
    Allowed,
    Denied(usize),
    NotAllowed,
}

impl TextRuleMatcher {
    pub(in crate::policy) fn compile(rule: &TextRule, at: &Path, faults: &mut Faults) -> Self {
        Self {
            allow: TextMatcher::compile(&rule.allow, &at.join("allow"), faults),
            deny: TextMatcher::compile(&rule.deny, &at.join("deny"), faults),
        }
    }

    /// Deny beats allow; a rule without an allow list allows what it does not deny.
    pub(in crate::policy) fn judge(&self, text: &str, context: &Context) -> RuleVerdict {
        match self.deny.find(text, context) {
            Verdict::Match(index) | Verdict::Overlap(index) => RuleVerdict::Denied(index),
            Verdict::NoMatch if self.allow.is_empty() && !self.deny.is_empty() => RuleVerdict::Allowed,
            Verdict::NoMatch => match self.allow.find(text, context) {
                Verdict::Match(_) => RuleVerdict::Allowed,
                _ => RuleVerdict::NotAllowed,
            },
        }
    }
}
