//! Whether what stands is renewed: a decision like any other, without files and clock.

use std::collections::BTreeSet;

use super::{Decision, Outcome};
use crate::certificate::Certificate;
use crate::diagnostic::{Diagnostic, codes, path::steps};
use crate::key::PublicKey;
use crate::name::GeneralName;
use crate::time::{Duration, Timestamp};

/// From when on a certificate is renewed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RenewAt {
    /// When two thirds of its life are over.
    #[default]
    TwoThirds,
    /// So long before its end.
    Before(Duration),
}

/// A certificate that is in use, and what was found out about it.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// The public key of the private key beside it; `None` if there is none.
    pub key: Option<&'a PublicKey>,
    /// The names that it should have; `None` if any will do.
    pub names: Option<&'a [GeneralName]>,
    /// What the policy says of a request for the same as the certificate says, with the same lifetime.
    pub decision: Option<&'a Decision>,
    /// Why it does not verify to the trust anchors; empty if it does, or if nobody asked.
    pub not_verified: &'a [Diagnostic],
}

/// Whether a certificate is renewed now, and when at the latest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    reasons: Vec<Diagnostic>,
    at: Option<Timestamp>,
}

impl Renewal {
    /// The decision about what stands; `None` stands for nothing, or nothing that can be read.
    pub fn decide(standing: Option<Standing<'_>>, rule: RenewAt, now: Timestamp) -> Self {
        let Some(standing) = standing else {
            let message = "there is no certificate";
            return Self { reasons: vec![Diagnostic::new(codes::RENEWAL_MISSING, message)], at: None };
        };
        let at = rule.of(standing.certificate);
        let reasons = [
            key_reason(&standing),
            time_reason(standing.certificate, at, now),
            names_reason(&standing),
            policy_reason(&standing),
            trust_reason(&standing),
        ];
        Self { reasons: reasons.into_iter().flatten().collect(), at: Some(at) }
    }

    /// Whether it is renewed now.
    pub fn is_due(&self) -> bool {
        !self.reasons.is_empty()
    }

    /// Why.
    pub fn reasons(&self) -> &[Diagnostic] {
        &self.reasons
    }

    /// When time alone makes it due; `None` if there is no certificate.
    pub fn at(&self) -> Option<Timestamp> {
        self.at
    }
}

impl RenewAt {
    /// When a certificate becomes due.
    pub fn of(self, certificate: &Certificate) -> Timestamp {
        let validity = certificate.validity();
        let life = validity.not_after.seconds_since(validity.not_before);
        let before = match self {
            Self::TwoThirds => Duration::from_seconds(life.div_euclid(3)),
            Self::Before(before) => Some(before),
        };
        before.and_then(|before| validity.not_after.checked_sub(before)).unwrap_or(validity.not_before)
    }
}

fn key_reason(standing: &Standing<'_>) -> Option<Diagnostic> {
    let message = match standing.key {
        None => "there is no private key beside the certificate",
        Some(key) if key.der() == standing.certificate.public_key().der() => return None,
        Some(_) => "the private key is not that of the certificate",
    };
    Some(Diagnostic::new(codes::RENEWAL_KEY_DIFFERS, message).at(steps!["subjectPublicKeyInfo"]))
}

fn time_reason(certificate: &Certificate, at: Timestamp, now: Timestamp) -> Option<Diagnostic> {
    let validity = certificate.validity();
    if !validity.contains(now) {
        let message = format!("the certificate holds from {} to {}", validity.not_before, validity.not_after);
        let found = validity.not_after.to_string();
        return Some(
            Diagnostic::new(codes::RENEWAL_EXPIRED, message).at(steps!["validity"]).with_found(found),
        );
    }
    (at <= now).then(|| {
        let message = format!("the certificate is due since {at}, and holds until {}", validity.not_after);
        Diagnostic::new(codes::RENEWAL_DUE, message).at(steps!["validity"]).with_found(at.to_string())
    })
}

fn names_reason(standing: &Standing<'_>) -> Option<Diagnostic> {
    let wanted = canonical(standing.names?);
    let found = canonical(standing.certificate.subject_alt_names());
    (wanted != found).then(|| {
        let list = |names: BTreeSet<(&'static str, String)>| -> Vec<String> {
            names.into_iter().map(|(_, name)| name).collect()
        };
        Diagnostic::new(codes::RENEWAL_DIFFERS, "the certificate is not for the names that are wanted")
            .at(steps!["extensions", "subjectAltName"])
            .with_found(list(found).join(", "))
            .with_expected(list(wanted).join(", "))
    })
}

fn policy_reason(standing: &Standing<'_>) -> Option<Diagnostic> {
    let decision = standing.decision?;
    let message = match decision.outcome() {
        Outcome::Allowed => return None,
        Outcome::Denied => "the policy does not allow the certificate any more",
        Outcome::NotApplicable => "the policy does not apply to the certificate any more",
    };
    Some(Diagnostic::new(codes::RENEWAL_NOT_ALLOWED, message).with_related(decision.reasons().to_vec()))
}

fn trust_reason(standing: &Standing<'_>) -> Option<Diagnostic> {
    (!standing.not_verified.is_empty()).then(|| {
        Diagnostic::new(codes::RENEWAL_NOT_TRUSTED, "the certificate does not verify to the trust anchors")
            .with_related(standing.not_verified.to_vec())
    })
}

/// Names as a set, in the form in which they are compared.
fn canonical(names: &[GeneralName]) -> BTreeSet<(&'static str, String)> {
    names.iter().map(|name| (name.kind().as_str(), name.canonical().display())).collect()
}
