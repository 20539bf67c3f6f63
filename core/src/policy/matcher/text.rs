use std::collections::HashMap;

use super::glob::{Glob, MAX_STARS};
use super::in_context::Expanded;
use super::regex::AnchoredRegex;
use super::template::{Expansion, Template, glob_of, text_of};
use super::{Faults, InContext, PatternList, Verdict};
use crate::diagnostic::{Diagnostic, Path, codes};
use crate::policy::context::Context;
use crate::policy::document::{TextPattern, TextPatternKind, TextRule};

/// A compiled list of text patterns.
#[derive(Clone, Debug, Default)]
pub(in crate::policy) struct TextMatcher {
    exact: HashMap<String, usize>,
    exact_ignoring_case: HashMap<String, usize>,
    others: Vec<(usize, Other)>,
    templates: Vec<(usize, Template, TextForm)>,
    len: usize,
}

#[derive(Clone, Debug)]
enum Other {
    Glob { glob: Glob, ignore_case: bool },
    Regex(AnchoredRegex),
}

/// How the text of a template is compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextForm {
    /// Whether stars of the policy stand for any characters.
    pub(super) glob: bool,
    pub(super) ignore_case: bool,
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
                    self.templates.push((index, template, TextForm { glob, ignore_case }));
                }
            }
            TextPatternKind::Exact(text) => self.insert_exact(index, text, ignore_case),
            TextPatternKind::Glob(text) => {
                let glob = Glob::parse(text);
                check_stars(&glob, at, faults);
                self.insert_glob(index, glob, ignore_case);
            }
            TextPatternKind::Regex(text) => match compile_regex(text, ignore_case) {
                Ok(regex) => self.others.push((index, Other::Regex(regex))),
                Err(fault) => faults.error(*fault, at),
            },
        }
    }

    fn insert_exact(&mut self, index: usize, text: &str, ignore_case: bool) {
        if ignore_case {
            self.exact_ignoring_case.entry(text.to_ascii_lowercase()).or_insert(index);
        } else {
            self.exact.entry(text.to_owned()).or_insert(index);
        }
    }

    fn insert_glob(&mut self, index: usize, glob: Glob, ignore_case: bool) {
        let glob = if ignore_case { glob.to_ascii_lowercase() } else { glob };
        self.others.push((index, Other::Glob { glob, ignore_case }));
    }

    /// Whether some patterns refer to the context.
    pub(super) fn has_templates(&self) -> bool {
        !self.templates.is_empty()
    }

    pub(in crate::policy) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What the patterns with references stand for, of texts of which not each fits.
    pub(super) fn expand_as(
        &self,
        context: &Context,
        fits: impl Fn(&Expansion, TextForm) -> bool,
    ) -> Expanded<Self> {
        let mut expanded: Expanded<Self> = Expanded::default();
        for (index, template, form) in &self.templates {
            let expansions = template.expand(context);
            expanded.note(template, context, &expansions, |parts| fits(parts, *form));
            for parts in &expansions {
                if form.glob {
                    expanded.patterns.insert_glob(*index, glob_of(parts), form.ignore_case);
                } else {
                    expanded.patterns.insert_exact(*index, &text_of(parts), form.ignore_case);
                }
            }
        }
        expanded
    }

    /// Of the patterns without references.
    pub(super) fn find_fixed(&self, text: &str) -> Verdict {
        let exact = self.exact.get(text).copied();
        let lower = text.to_ascii_lowercase();
        let ignoring_case = self.exact_ignoring_case.get(&lower).copied();
        let other =
            self.others.iter().find(|(_, other)| other.matches(text, &lower)).map(|(index, _)| *index);
        match [exact, ignoring_case, other].into_iter().flatten().min() {
            Some(index) => Verdict::Match(index),
            None => Verdict::NoMatch,
        }
    }
}

impl PatternList for TextMatcher {
    fn expand(&self, context: &Context) -> Expanded<Self> {
        self.expand_as(context, |_, _| true)
    }
}

impl InContext<'_, TextMatcher> {
    /// The first pattern that matches.
    pub(in crate::policy) fn find(&self, text: &str) -> Verdict {
        self.ask(|patterns| patterns.find_fixed(text))
    }

    /// Whether the list has no patterns.
    pub(in crate::policy) fn is_empty(&self) -> bool {
        self.fixed.is_empty()
    }
}

impl Other {
    fn matches(&self, text: &str, lower: &str) -> bool {
        match self {
            Self::Glob { glob, ignore_case } => glob.matches(if *ignore_case { lower } else { text }),
            Self::Regex(regex) => regex.matches(text),
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

    /// The rule in one context.
    pub(in crate::policy) fn in_context<'m>(&'m self, context: &'m Context) -> TextRuleInContext<'m> {
        TextRuleInContext { allow: self.allow.in_context(context), deny: self.deny.in_context(context) }
    }
}

/// An allow and deny list in one context.
#[derive(Debug)]
pub(in crate::policy) struct TextRuleInContext<'m> {
    allow: InContext<'m, TextMatcher>,
    pub(in crate::policy) deny: InContext<'m, TextMatcher>,
}

impl TextRuleInContext<'_> {
    /// Deny beats allow; a rule without an allow list allows what it does not deny.
    pub(in crate::policy) fn judge(&self, text: &str) -> RuleVerdict {
        match self.deny.find(text) {
            Verdict::Match(index) | Verdict::Overlap(index) => RuleVerdict::Denied(index),
            Verdict::NoMatch if self.allow.is_empty() && !self.deny.is_empty() => RuleVerdict::Allowed,
            Verdict::NoMatch => match self.allow.find(text) {
                Verdict::Match(_) => RuleVerdict::Allowed,
                _ => RuleVerdict::NotAllowed,
            },
        }
    }
}
