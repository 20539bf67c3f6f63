use std::collections::HashMap;

use super::in_context::Expanded;
use super::regex::AnchoredRegex;
use super::template::{Expansion, Template, text_of};
use super::text::compile_regex;
use super::{Faults, InContext, PatternList, Verdict};
use crate::diagnostic::{Diagnostic, Path, codes, quote};
use crate::name::{DnsName, EmailAddress};
use crate::policy::context::Context;
use crate::policy::document::EmailPattern;

/// A compiled list of patterns for mail addresses.
#[derive(Clone, Debug, Default)]
pub(in crate::policy) struct EmailMatcher {
    exact: HashMap<EmailAddress, usize>,
    host: HashMap<String, usize>,
    under: HashMap<String, usize>,
    regexes: Vec<(usize, AnchoredRegex)>,
    templates: Vec<(usize, Template, Kind)>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Exact,
    Host,
    Under,
}

impl EmailMatcher {
    pub(in crate::policy) fn compile(patterns: &[EmailPattern], at: &Path, faults: &mut Faults) -> Self {
        let mut matcher = Self::default();
        for (index, pattern) in patterns.iter().enumerate() {
            matcher.add(index, pattern, &at.join(index), faults);
        }
        matcher
    }

    fn add(&mut self, index: usize, pattern: &EmailPattern, at: &Path, faults: &mut Faults) {
        let (text, kind) = match pattern {
            EmailPattern::Exact(address) => (address, Kind::Exact),
            EmailPattern::Host(host) => (host, Kind::Host),
            EmailPattern::Under(domain) => (domain, Kind::Under),
            EmailPattern::Regex(regex) => {
                match compile_regex(regex, false) {
                    Ok(regex) => self.regexes.push((index, regex)),
                    Err(fault) => faults.error(*fault, at),
                }
                return;
            }
        };
        if let Some(template) = Template::parse(text, at, faults) {
            self.templates.push((index, template, kind));
        } else if !self.insert(index, text, kind) {
            faults.error(
                Diagnostic::new(
                    codes::DOCUMENT_PATTERN,
                    format!("{} is no mail address or host", quote(text)),
                )
                .with_help("write an address, `*@example.com`, {host: …}, {under: …} or {regex: …}"),
                at,
            );
        }
    }

    /// Whether the text is a pattern of its kind.
    fn insert(&mut self, index: usize, text: &str, kind: Kind) -> bool {
        let host = || DnsName::parse_unicode(text).ok().filter(|host| !host.is_wildcard());
        match kind {
            Kind::Exact => {
                EmailAddress::parse(text).map(|address| self.exact.entry(address).or_insert(index)).is_ok()
            }
            Kind::Host => {
                host().map(|host| self.host.entry(host.base().to_owned()).or_insert(index)).is_some()
            }
            Kind::Under => {
                host().map(|host| self.under.entry(host.base().to_owned()).or_insert(index)).is_some()
            }
        }
    }

    fn find_fixed(&self, address: &EmailAddress) -> Verdict {
        let host = address.host().base();
        let exact = self.exact.get(address).copied();
        let at_host = self.host.get(host).copied();
        let mut below: Option<usize> = None;
        let mut rest = host;
        while let Some((_, parent)) = rest.split_once('.') {
            below = [below, self.under.get(parent).copied()].into_iter().flatten().min();
            rest = parent;
        }
        let text = address.to_string();
        let regex = self.regexes.iter().find(|(_, regex)| regex.matches(&text)).map(|(index, _)| *index);
        match [exact, at_host, below, regex].into_iter().flatten().min() {
            Some(index) => Verdict::Match(index),
            None => Verdict::NoMatch,
        }
    }
}

impl PatternList for EmailMatcher {
    fn expand(&self, context: &Context) -> Expanded<Self> {
        let mut expanded: Expanded<Self> = Expanded::default();
        for (index, template, kind) in &self.templates {
            let expansions = template.expand(context);
            let fits = |parts: &Expansion| Self::default().insert(0, &text_of(parts), *kind);
            expanded.note(template, context, &expansions, fits);
            for parts in &expansions {
                expanded.patterns.insert(*index, &text_of(parts), *kind);
            }
        }
        expanded
    }
}

impl InContext<'_, EmailMatcher> {
    /// The first pattern that matches.
    pub(in crate::policy) fn find(&self, address: &EmailAddress) -> Verdict {
        self.ask(|patterns| patterns.find_fixed(address))
    }
}
