//! Revocation lists: RFC 5280 5, TLS BR 4.9.7 and 7.2.

use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use crate::certificate::SerialNumber;
use crate::crl::CertificateList;
use crate::diagnostic::path::steps;
use crate::extension::{ExtensionValue, ReasonCode};
use crate::oid;

const DAY: i64 = 86_400;

pub(super) fn authority_key_missing(subject: &Subject<'_>) -> Vec<Finding> {
    let identifier = subject.list().and_then(CertificateList::authority_key_identifier);
    let absent = identifier.is_none_or(|identifier| identifier.key_identifier.is_none());
    when(absent, || {
        Finding::new(
            subject.at(&oid::AUTHORITY_KEY_IDENTIFIER),
            "the revocation list has no key identifier of its issuer",
        )
    })
}

pub(super) fn number_missing(subject: &Subject<'_>) -> Vec<Finding> {
    when(subject.extension(&oid::CRL_NUMBER).is_none(), || {
        Finding::new(subject.at(&oid::CRL_NUMBER), "the revocation list has no number")
    })
}

pub(super) fn number_length(subject: &Subject<'_>) -> Vec<Finding> {
    let length = subject.list().and_then(CertificateList::number).map_or(0, <[u8]>::len);
    when(length > SerialNumber::MAX_OCTETS, || {
        Finding::new(subject.at(&oid::CRL_NUMBER), format!("the number of the list has {length} octets"))
            .found(length)
            .expected(SerialNumber::MAX_OCTETS)
    })
}

pub(super) fn next_update_missing(subject: &Subject<'_>) -> Vec<Finding> {
    let absent = subject.list().is_some_and(|list| list.next_update().is_none());
    when(absent, || {
        Finding::new(steps!["nextUpdate"], "the revocation list does not say when the next one comes")
    })
}

/// TLS BR 4.9.7: ten days for lists of subscribers' certificates, twelve months for those of CAs.
pub(super) fn lifetime(subject: &Subject<'_>) -> Vec<Finding> {
    let Some((list, next)) = subject.list().and_then(|list| Some((list, list.next_update()?))) else {
        return Vec::new();
    };
    let only_user = list.issuing_distribution_point().is_some_and(|point| point.only_user);
    let (longest, what) = if only_user { (10_i64, "ten days") } else { (366, "twelve months") };
    let seconds = next.seconds_since(list.this_update());
    when(seconds > longest.saturating_mul(DAY), || {
        Finding::new(steps!["nextUpdate"], format!("the revocation list holds for more than {what}"))
            .found(next.to_string())
    })
}

/// The reason that each entry gives, where it gives one.
fn reasons<'a>(subject: &Subject<'a>) -> impl Iterator<Item = (usize, ReasonCode)> + use<'a> {
    let entries = subject.list().map(CertificateList::entries).unwrap_or_default();
    entries.iter().enumerate().filter_map(|(index, entry)| {
        let reason = entry.extensions().iter().find(|extension| *extension.oid() == oid::REASON_CODE)?;
        match reason.value() {
            ExtensionValue::ReasonCode(reason) => Some((index, *reason)),
            _ => None,
        }
    })
}

fn at(index: usize) -> crate::diagnostic::Path {
    steps!["revokedCertificates", index, "reasonCode"]
}

/// RFC 5280 5.3.1: absent rather than unspecified.
pub(super) fn unspecified(subject: &Subject<'_>) -> Vec<Finding> {
    let found = reasons(subject).filter(|(_, reason)| *reason == ReasonCode::Unspecified);
    found.map(|(index, _)| Finding::new(at(index), "an entry gives the reason unspecified")).collect()
}

/// TLS BR 4.9.13: suspension does not exist.
pub(super) fn hold(subject: &Subject<'_>) -> Vec<Finding> {
    let found = reasons(subject).filter(|(_, reason)| *reason == ReasonCode::CertificateHold);
    found.map(|(index, _)| Finding::new(at(index), "an entry gives the reason certificateHold")).collect()
}
