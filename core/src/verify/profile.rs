//! Profiles: which rules a verification holds certificates to. The table in [`super::rule`] is the only place that says so.

use super::rule::{RULES, Rule, Side};
use crate::diagnostic::Code;

/// The rule books that ship.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// RFC 5280 to the letter, with what it asks of conforming CAs.
    #[default]
    Rfc5280,
    /// The CA/Browser Forum's TLS Baseline Requirements on top of RFC 5280.
    WebPki,
    /// In-house PKI: what RFC 5280 6.1 asks of verifiers, and nothing that only public CAs do. No EKU or SAN where neither
    /// is used, roots without key identifiers, roots of version 1.
    Private,
}

impl Profile {
    /// All profiles.
    pub const ALL: [Self; 3] = [Self::Rfc5280, Self::WebPki, Self::Private];

    /// The name: `rfc5280`, `webpki` or `private`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rfc5280 => "rfc5280",
            Self::WebPki => "webpki",
            Self::Private => "private",
        }
    }

    /// Finds a profile by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == name)
    }

    /// What it is for, in one sentence.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Rfc5280 => "RFC 5280 with what it asks of conforming CAs",
            Self::WebPki => "RFC 5280 and the CA/Browser Forum's requirements for TLS",
            Self::Private => "in-house PKI: what RFC 5280 6.1 asks of verifiers",
        }
    }

    /// Its rules, sorted by code.
    pub fn rules(self) -> impl Iterator<Item = &'static Rule> {
        RULES.iter().filter(move |rule| rule.is_in(self))
    }
}

/// Whether rules that bind issuers, and not verifiers, are enforced: criticality, serial numbers, key identifiers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum IssuerRules {
    /// They are, where the profile has them.
    #[default]
    Enforce,
    /// They are not: for certificates of CAs that do not conform.
    Ignore,
}

/// The rules of one verifier.
#[derive(Clone, Debug)]
pub(super) struct ActiveRules {
    rules: Vec<&'static Rule>,
}

impl ActiveRules {
    pub(super) fn new(profile: Profile, issuer_rules: IssuerRules) -> Self {
        let enforced =
            |rule: &&'static Rule| issuer_rules == IssuerRules::Enforce || rule.side() == Side::Verifier;
        Self { rules: profile.rules().filter(enforced).collect() }
    }

    /// Whether a rule is among them that the search itself holds.
    pub(super) fn has(&self, code: Code) -> bool {
        self.rules.iter().any(|rule| rule.code() == code)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'static Rule> {
        self.rules.iter().copied()
    }
}
