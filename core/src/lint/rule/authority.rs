//! Key identifiers of issuer and subject: RFC 5280 4.2.1.1 and 4.2.1.2, TLS BR 7.1.2.11.1.

use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use super::super::target::Target;
use crate::extension::{AuthorityKeyIdentifier, ExtensionValue};
use crate::oid;

fn identifier<'a>(subject: &Subject<'a>) -> Option<&'a AuthorityKeyIdentifier> {
    match subject.value(&oid::AUTHORITY_KEY_IDENTIFIER)? {
        ExtensionValue::AuthorityKeyIdentifier(identifier) => Some(identifier),
        _ => None,
    }
}

pub(super) fn missing(subject: &Subject<'_>) -> Vec<Finding> {
    let absent = identifier(subject).is_none_or(|identifier| identifier.key_identifier.is_none());
    when(absent, || {
        Finding::new(
            subject.at(&oid::AUTHORITY_KEY_IDENTIFIER),
            "the certificate has no key identifier of its issuer",
        )
    })
}

/// A root that signs itself names its own key.
pub(super) fn differs(subject: &Subject<'_>) -> Vec<Finding> {
    let named = identifier(subject).and_then(|identifier| identifier.key_identifier.as_deref());
    let own = subject.certificate().and_then(|certificate| certificate.subject_key_identifier());
    when(named.is_some() && own.is_some() && named != own, || {
        Finding::new(
            subject.at(&oid::AUTHORITY_KEY_IDENTIFIER),
            "the self-issued certificate names the key of another as its issuer's",
        )
    })
}

pub(super) fn form(subject: &Subject<'_>) -> Vec<Finding> {
    let carries = identifier(subject)
        .is_some_and(|identifier| !identifier.issuer.is_empty() || identifier.serial_number.is_some());
    when(carries, || {
        Finding::new(
            subject.at(&oid::AUTHORITY_KEY_IDENTIFIER),
            "authorityKeyIdentifier has the issuer's name or serial number beside the key identifier",
        )
    })
}

/// authorityCertIssuer and authorityCertSerialNumber come together (RFC 5280 appendix A.2).
pub(super) fn incomplete(subject: &Subject<'_>) -> Vec<Finding> {
    let half = identifier(subject)
        .is_some_and(|identifier| identifier.issuer.is_empty() == identifier.serial_number.is_some());
    when(half, || {
        Finding::new(
            subject.at(&oid::AUTHORITY_KEY_IDENTIFIER),
            "authorityKeyIdentifier has only one of the issuer's name and serial number",
        )
    })
}

pub(super) fn subject_key_missing(subject: &Subject<'_>) -> Vec<Finding> {
    let what = if matches!(subject.target, Target::Intermediate | Target::Root) {
        "the CA certificate has no subjectKeyIdentifier"
    } else {
        "the certificate has no subjectKeyIdentifier"
    };
    let absent = subject.extension(&oid::SUBJECT_KEY_IDENTIFIER).is_none();
    when(absent, || Finding::new(subject.at(&oid::SUBJECT_KEY_IDENTIFIER), what))
}
