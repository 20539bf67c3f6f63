//! What a certificate is for.

use super::Subject;
use super::identifiers;
use crate::diagnostic::{Diagnostic, codes, path::steps};
use crate::oid;

/// TLS BR 7.1.2.7.10.
pub(super) fn missing(subject: &Subject<'_>) -> Option<Diagnostic> {
    subject.certificate.extended_key_usage().is_none().then(|| {
        Diagnostic::new(codes::VERIFY_EXTENDED_KEY_USAGE_MISSING, "the certificate has no extendedKeyUsage")
            .at(steps!["extensions", "extendedKeyUsage"])
    })
}

/// TLS BR 7.1.2.7.10.
pub(super) fn any(subject: &Subject<'_>) -> Option<Diagnostic> {
    subject.certificate.extended_key_usage()?.contains(&oid::ANY_EXTENDED_KEY_USAGE).then(|| {
        Diagnostic::new(codes::VERIFY_EXTENDED_KEY_USAGE_ANY, "the certificate allows any purpose")
            .at(steps!["extensions", "extendedKeyUsage"])
    })
}

/// TLS BR 7.1.2.7.6.
pub(super) fn critical(subject: &Subject<'_>) -> Option<Diagnostic> {
    identifiers::critical(subject, &oid::EXTENDED_KEY_USAGE, codes::VERIFY_EXTENDED_KEY_USAGE_CRITICAL)
}

/// TLS BR 7.1.2.1.2.
pub(super) fn in_root(subject: &Subject<'_>) -> Option<Diagnostic> {
    subject.certificate.extended_key_usage().map(|_| {
        Diagnostic::new(codes::VERIFY_EXTENDED_KEY_USAGE_IN_ROOT, "the root has extendedKeyUsage")
            .at(steps!["extensions", "extendedKeyUsage"])
    })
}
