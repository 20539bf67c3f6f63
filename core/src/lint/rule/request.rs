//! Requests: RFC 2986 3, RFC 2985 5.4.

use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use crate::diagnostic::path::steps;
use crate::oid::{self, Oid};
use crate::request::AttributeValue;
use crate::signature::SignatureStatus;

/// The signature proves that the sender holds the key. Algorithms and sizes that are refused have rules of their own.
pub(super) fn signature(subject: &Subject<'_>) -> Vec<Finding> {
    let status = subject.request().map(|request| request.signature_status(subject.crypto));
    match status {
        Some(SignatureStatus::Invalid(why)) => {
            vec![Finding::new(steps!["signature"], why.message())]
        }
        _ => Vec::new(),
    }
}

pub(super) fn challenge_password(subject: &Subject<'_>) -> Vec<Finding> {
    let attributes = subject.request().map(|request| request.attributes()).unwrap_or_default();
    let index = attributes
        .iter()
        .position(|attribute| matches!(attribute.value(), AttributeValue::ChallengePassword(..)));
    when(index.is_some(), || {
        let at = steps!["attributes", index.unwrap_or_default(), "challengePassword"];
        Finding::new(
            at,
            "the request carries a challenge password, which anyone who sees the request can read",
        )
    })
}

/// What only an issuer can know.
pub(super) fn issuer_extension(subject: &Subject<'_>) -> Vec<Finding> {
    const ISSUERS: [Oid; 7] = [
        oid::AUTHORITY_INFO_ACCESS,
        oid::AUTHORITY_KEY_IDENTIFIER,
        oid::CERTIFICATE_POLICIES,
        oid::CRL_DISTRIBUTION_POINTS,
        oid::FRESHEST_CRL,
        oid::ISSUER_ALT_NAME,
        oid::SUBJECT_KEY_IDENTIFIER,
    ];
    let asked = subject.extensions().iter().filter(|extension| ISSUERS.contains(extension.oid()));
    asked
        .map(|extension| {
            let label = extension.oid().label();
            let message = format!("the request asks for {label}, which the issuer sets");
            Finding::new(subject.at(extension.oid()), message)
        })
        .collect()
}
