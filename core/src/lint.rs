//! Lint: what a certificate, a request or a revocation list says against the rules that bind those who issue.
//!
//! Each rule is one row of one table, with its clause, the day from which it binds, what it looks at, and the profiles that
//! have it. A rule says what is wrong; whether that stops issuance is the severity that the profile gives it.

mod countries;
mod date;
mod finding;
mod profile;
mod rule;
mod subject;
mod target;

pub use date::Date;
pub use profile::Profile;
pub use rule::Rule;
pub use target::Target;

use crate::certificate::Certificate;
use crate::crl::CertificateList;
use crate::crypto::CryptoProvider;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::name::DistinguishedName;
use crate::request::CertificationRequest;
use crate::time::Timestamp;
use subject::Subject;

/// What can be linted.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Object<'a> {
    /// A certificate, signed or only encoded.
    Certificate(&'a Certificate),
    /// A certification request: the same questions about what it asks for.
    Request(&'a CertificationRequest),
    /// A revocation list.
    List(&'a CertificateList),
}

impl<'a> Object<'a> {
    /// What the rules take it for.
    pub fn target(self) -> Target {
        Target::of(self)
    }

    /// Whose it is: the subject, or the issuer of a revocation list.
    pub fn name(self) -> &'a DistinguishedName {
        match self {
            Self::Certificate(certificate) => certificate.subject(),
            Self::Request(request) => request.subject(),
            Self::List(list) => list.issuer(),
        }
    }

    /// When it was made, as far as it says so: notBefore or thisUpdate. Rules bind from a day on, and it is this day that
    /// counts for what exists already.
    pub fn made_at(self) -> Option<Timestamp> {
        match self {
            Self::Certificate(certificate) => Some(certificate.validity().not_before),
            Self::Request(_) => None,
            Self::List(list) => Some(list.this_update()),
        }
    }
}

impl<'a> From<&'a Certificate> for Object<'a> {
    fn from(certificate: &'a Certificate) -> Self {
        Self::Certificate(certificate)
    }
}

impl<'a> From<&'a CertificationRequest> for Object<'a> {
    fn from(request: &'a CertificationRequest) -> Self {
        Self::Request(request)
    }
}

impl<'a> From<&'a CertificateList> for Object<'a> {
    fn from(list: &'a CertificateList) -> Self {
        Self::List(list)
    }
}

/// All rules, sorted by code. A code may have several rows: for other targets, or from another day.
pub fn rules() -> &'static [Rule] {
    rule::RULES
}

/// Holds `object` against the rules of `profile` that bind at the time `at`; sorted by path and code. The signature of a request is
/// verified by [`CryptoProvider::best`].
pub fn lint<'a>(object: impl Into<Object<'a>>, profile: Profile, at: Timestamp) -> Vec<Diagnostic> {
    lint_by(object, profile, at, CryptoProvider::best())
}

/// As [`lint()`], by other back ends.
pub fn lint_by<'a>(
    object: impl Into<Object<'a>>,
    profile: Profile,
    at: Timestamp,
    crypto: &'static CryptoProvider,
) -> Vec<Diagnostic> {
    run(&Subject::new(object.into(), at, crypto), profile, &[])
}

/// As [`lint`], without the rules that somebody else has looked at.
pub(crate) fn lint_except(
    object: Object<'_>,
    profile: Profile,
    at: Timestamp,
    except: &[Code],
) -> Vec<Diagnostic> {
    run(&Subject::new(object, at, CryptoProvider::best()), profile, except)
}

fn run(subject: &Subject<'_>, profile: Profile, except: &[Code]) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for rule in rule::RULES {
        if !except.contains(&rule.code()) {
            diagnostics.extend(rule.run(subject, profile));
        }
    }
    Diagnostic::sort(&mut diagnostics);
    diagnostics
}

/// Whether a finding is of severity error.
pub fn has_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error)
}
