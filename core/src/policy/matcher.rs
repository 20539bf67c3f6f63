//! Compiled patterns. Exact names, suffixes and address blocks are looked up by hash, so that their number does not
//! matter; globs and regular expressions are tried one by one. Patterns with facts are worked out once for each evaluation.

pub(super) mod dns;
pub(super) mod email;
pub(super) mod glob;
mod in_context;
pub(super) mod ip;
pub(super) mod regex;
pub(super) mod template;
pub(super) mod text;
pub(super) mod uri;

use crate::diagnostic::{Diagnostic, Path};

pub(super) use in_context::{InContext, PatternList};

/// What a list of patterns says of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The pattern with this index matches: for a wildcard, all names that it stands for.
    Match(usize),
    /// For a wildcard and a deny list: some name that it stands for matches.
    Overlap(usize),
    /// No pattern matches.
    NoMatch,
}

impl Verdict {
    /// What two parts of one list say together: a match before an overlap, and the first pattern of each.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Match(a), Self::Match(b)) => Self::Match(a.min(b)),
            (found @ Self::Match(_), _) | (_, found @ Self::Match(_)) => found,
            (Self::Overlap(a), Self::Overlap(b)) => Self::Overlap(a.min(b)),
            (found @ Self::Overlap(_), _) | (_, found @ Self::Overlap(_)) => found,
            (Self::NoMatch, Self::NoMatch) => Self::NoMatch,
        }
    }
}

/// Collects the faults of a document while it is compiled.
#[derive(Default)]
pub(super) struct Faults {
    pub(super) errors: Vec<Diagnostic>,
    pub(super) warnings: Vec<Diagnostic>,
}

impl Faults {
    pub(super) fn error(&mut self, diagnostic: Diagnostic, at: &Path) {
        self.errors.push(diagnostic.at(at.clone()));
    }

    pub(super) fn warning(&mut self, diagnostic: Diagnostic, at: &Path) {
        self.warnings.push(diagnostic.at(at.clone()));
    }
}
