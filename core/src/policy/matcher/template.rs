//! `${…}` in patterns: what the context says, put in literally. A star in a fact is a star, never a wildcard, and an empty
//! text is as good as none.
//!
//! A pattern that cannot be worked out is not there. In an allow list that allows nothing; a deny list asks
//! [`Template::undecided`] besides, for there it would deny nothing.

use super::Faults;
use super::glob::{Glob, Token};
use crate::diagnostic::{Diagnostic, Path, codes, quote};
use crate::policy::context::Context;

/// The longest value of a fact that is put into a pattern.
const LONGEST_VALUE: usize = 1_024;
/// The most values that one pattern expands to.
const MAX_EXPANSIONS: usize = 1_024;

/// A text with references to the context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::policy) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Reference(Reference),
}

/// What a reference names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Reference {
    /// `facts.NAME`
    Fact(String),
    /// `namespace`
    Namespace,
    /// `requester.nodeName`: the user name without `system:node:`.
    NodeName,
    /// `signerName`
    SignerName,
    /// `requester.username`
    Username,
}

impl Reference {
    fn parse(text: &str) -> Option<Self> {
        let is_name = |name: &str| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        };
        match text {
            "namespace" => Some(Self::Namespace),
            "requester.nodeName" => Some(Self::NodeName),
            "requester.username" => Some(Self::Username),
            "signerName" => Some(Self::SignerName),
            _ => text
                .strip_prefix("facts.")
                .filter(|name| is_name(name))
                .map(|name| Self::Fact(name.to_owned())),
        }
    }

    /// The values that can be put into a pattern.
    fn values(&self, context: &Context) -> Vec<String> {
        self.given(context).into_iter().filter(|value| is_usable(value)).collect()
    }

    /// The values that the context has.
    fn given(&self, context: &Context) -> Vec<String> {
        match self {
            Self::Fact(name) => context.fact(name).map(<[String]>::to_vec).unwrap_or_default(),
            Self::Namespace => context.namespace().map(str::to_owned).into_iter().collect(),
            Self::NodeName => {
                let node = context.username().and_then(|name| name.strip_prefix("system:node:"));
                node.filter(|node| !node.is_empty()).map(str::to_owned).into_iter().collect()
            }
            Self::SignerName => context.signer_name().map(str::to_owned).into_iter().collect(),
            Self::Username => context.username().map(str::to_owned).into_iter().collect(),
        }
    }

    /// How the policy writes it.
    pub(in crate::policy) fn label(&self) -> String {
        match self {
            Self::Fact(name) => format!("facts.{name}"),
            Self::Namespace => "namespace".to_owned(),
            Self::NodeName => "requester.nodeName".to_owned(),
            Self::SignerName => "signerName".to_owned(),
            Self::Username => "requester.username".to_owned(),
        }
    }
}

fn is_usable(value: &str) -> bool {
    !value.is_empty() && value.len() <= LONGEST_VALUE
}

/// One expansion of a template: literal text from the policy, and text from the context.
pub(in crate::policy) type Expansion = Vec<(bool, String)>;

impl Template {
    /// The template in `text`; `None` if it has no reference. Malformed references are faults.
    pub(in crate::policy) fn parse(text: &str, at: &Path, faults: &mut Faults) -> Option<Self> {
        if !text.contains("${") {
            return None;
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            if !before.is_empty() {
                parts.push(Part::Literal(before.to_owned()));
            }
            let (name, tail) = after.split_once('}').unwrap_or((after, ""));
            match Reference::parse(name) {
                Some(reference) => parts.push(Part::Reference(reference)),
                None => faults.error(
                    Diagnostic::new(
                        codes::DOCUMENT_REFERENCE,
                        format!("{} is no reference", quote(&format!("${{{name}}}"))),
                    )
                    .with_help(
                        "write ${facts.NAME}, ${namespace}, ${signerName}, ${requester.username} or \
                             ${requester.nodeName}",
                    ),
                    at,
                ),
            }
            rest = tail;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Some(Self { parts })
    }

    fn references(&self) -> impl Iterator<Item = &Reference> {
        self.parts.iter().filter_map(|part| match part {
            Part::Reference(reference) => Some(reference),
            Part::Literal(_) => None,
        })
    }

    /// The references that the context has no value for.
    pub(in crate::policy) fn missing(&self, context: &Context) -> Vec<String> {
        let missing = self.references().filter(|reference| reference.values(context).is_empty());
        missing.map(Reference::label).collect()
    }

    /// For a deny list: the references without which it cannot be said what the template stands for, because there is no
    /// value, or one that is empty, too long, or one of too many, or what is put together does not fit its kind: of
    /// [`Template::expand`].
    pub(in crate::policy) fn undecided(
        &self,
        context: &Context,
        expansions: &[Expansion],
        fits: impl Fn(&Expansion) -> bool,
    ) -> Vec<String> {
        let mut undecided = Vec::new();
        let mut number: usize = 1;
        for reference in self.references() {
            let given = reference.given(context);
            number = number.saturating_mul(given.len());
            if given.is_empty() {
                undecided.push(reference.label());
            } else if !given.iter().all(|value| is_usable(value)) {
                undecided.push(format!("usable {}", reference.label()));
            }
        }
        if undecided.is_empty() && (number > MAX_EXPANSIONS || !expansions.iter().all(fits)) {
            undecided.extend(self.references().map(|reference| format!("usable {}", reference.label())));
        }
        undecided
    }

    /// All texts that the template stands for: one for each combination of values. Values that are empty or too long are
    /// left out, and expansions beyond the limit too.
    pub(in crate::policy) fn expand(&self, context: &Context) -> Vec<Expansion> {
        #[cfg(test)]
        count::EXPANDED.set(count::EXPANDED.get().saturating_add(1));
        let mut expansions: Vec<Expansion> = vec![Vec::new()];
        for part in &self.parts {
            let choices: Vec<(bool, String)> = match part {
                Part::Literal(text) => vec![(true, text.clone())],
                Part::Reference(reference) => {
                    reference.values(context).into_iter().map(|value| (false, value)).collect()
                }
            };
            expansions = expansions
                .into_iter()
                .flat_map(|before| {
                    choices
                        .iter()
                        .map(move |choice| before.iter().chain([choice]).cloned().collect::<Expansion>())
                })
                .take(MAX_EXPANSIONS)
                .collect();
        }
        expansions
    }
}

/// The text of an expansion.
pub(in crate::policy) fn text_of(parts: &Expansion) -> String {
    parts.iter().map(|(_, text)| text.as_str()).collect()
}

/// The glob of an expansion: stars of the policy are wildcards, stars of the context are not.
pub(in crate::policy) fn glob_of(parts: &Expansion) -> Glob {
    let tokens = parts.iter().flat_map(|(literal, text)| {
        text.chars().map(move |c| if *literal && c == '*' { Token::Any } else { Token::Literal(c) })
    });
    Glob::from_tokens(tokens.collect())
}

/// How often templates were expanded on this thread.
#[cfg(test)]
pub(in crate::policy) mod count {
    use std::cell::Cell;

    thread_local! {
        pub(in crate::policy) static EXPANDED: Cell<usize> = const { Cell::new(0) };
    }
}
