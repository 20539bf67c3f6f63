//! extendedKeyUsage: RFC 5280 4.2.1.12, TLS BR 7.1.2.7.10 and 7.1.2.10.6, Mozilla 5.3.

use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use crate::oid::{self, Oid};

pub(super) fn any(subject: &Subject<'_>) -> Vec<Finding> {
    when(subject.has_purpose(&oid::ANY_EXTENDED_KEY_USAGE), || {
        Finding::new(subject.at(&oid::EXTENDED_KEY_USAGE), "the certificate allows any purpose")
    })
}

pub(super) fn duplicate(subject: &Subject<'_>) -> Vec<Finding> {
    let purposes = subject.purposes().unwrap_or_default();
    let twice = purposes
        .iter()
        .enumerate()
        .find(|(index, purpose)| purposes.iter().take(*index).any(|earlier| earlier == *purpose));
    twice
        .map(|(index, purpose)| {
            let at = subject.at(&oid::EXTENDED_KEY_USAGE).join(index);
            Finding::new(at, format!("the purpose {} comes more than once", purpose.label()))
        })
        .into_iter()
        .collect()
}

pub(super) fn present(subject: &Subject<'_>) -> Vec<Finding> {
    when(subject.purposes().is_some(), || {
        Finding::new(
            subject.at(&oid::EXTENDED_KEY_USAGE),
            "the root has extendedKeyUsage, which many verifiers do not look at in a trust anchor",
        )
    })
}

pub(super) fn missing(subject: &Subject<'_>) -> Vec<Finding> {
    when(subject.purposes().is_none(), || {
        Finding::new(subject.at(&oid::EXTENDED_KEY_USAGE), "the certificate does not say what it is for")
    })
}

/// One certificate for both ends of TLS.
pub(super) fn mixed(subject: &Subject<'_>) -> Vec<Finding> {
    when(subject.has_purpose(&oid::SERVER_AUTH) && subject.has_purpose(&oid::CLIENT_AUTH), || {
        Finding::new(
            subject.at(&oid::EXTENDED_KEY_USAGE),
            "the certificate is for servers and for clients at once",
        )
    })
}

/// Purposes that do not go together with serverAuth.
const FOREIGN: [Oid; 4] = [oid::CODE_SIGNING, oid::EMAIL_PROTECTION, oid::TIME_STAMPING, oid::OCSP_SIGNING];

pub(super) fn mixed_in_ca(subject: &Subject<'_>) -> Vec<Finding> {
    if !subject.has_purpose(&oid::SERVER_AUTH) {
        return Vec::new();
    }
    foreign(subject, "the CA is for TLS servers and also for")
}

pub(super) fn not_tls(subject: &Subject<'_>) -> Vec<Finding> {
    foreign(subject, "the certificate of a TLS server is also for")
}

fn foreign(subject: &Subject<'_>, what: &str) -> Vec<Finding> {
    let purposes = subject.purposes().unwrap_or_default();
    let found: Vec<String> = purposes.iter().filter(|oid| FOREIGN.contains(oid)).map(Oid::label).collect();
    when(!found.is_empty(), || {
        Finding::new(subject.at(&oid::EXTENDED_KEY_USAGE), format!("{what} {}", found.join(", ")))
            .found(found.clone())
    })
}
