//! Serial numbers, key identifiers and criticality.

use super::{Role, Subject};
use crate::certificate::SerialNumber;
use crate::diagnostic::{Code, Diagnostic, codes, path::steps};
use crate::extension::{Extension, ExtensionValue, has_unknown_qualifier};
use crate::oid::{self, Oid};

/// RFC 5280 4.2 and 6.1.4 (o): extensions that the search processes; any other critical one refuses the path.
pub(super) fn critical_extension(subject: &Subject<'_>) -> Option<Diagnostic> {
    let critical = |extension: &&Extension| extension.is_critical();
    let extensions = || subject.certificate.extensions().iter().filter(critical);
    let (extension, fault) = if let Some(unknown) =
        extensions().find(|extension| matches!(extension.value(), ExtensionValue::Other))
    {
        (unknown, "is not understood")
    } else {
        // RFC 5280 4.2.1.4: a critical one must be understood with its qualifiers.
        let is_odd = |extension: &&Extension| {
            *extension.oid() == oid::CERTIFICATE_POLICIES && has_unknown_qualifier(extension.value_der())
        };
        (extensions().find(is_odd)?, "has a qualifier that is not understood")
    };
    let label = extension.oid().label();
    Some(
        Diagnostic::new(codes::VERIFY_CRITICAL_EXTENSION, format!("the critical extension {label} {fault}"))
            .at(steps!["extensions", label]),
    )
}

/// RFC 5280 4.1.2.2. A trust anchor's serial number is not used for anything.
pub(super) fn serial_number(subject: &Subject<'_>) -> Option<Diagnostic> {
    let serial = subject.certificate.serial_number();
    let what = if serial.is_negative() {
        "negative"
    } else if serial.is_zero() {
        "zero"
    } else if serial.as_octets().len() > SerialNumber::MAX_OCTETS {
        "longer than 20 octets"
    } else {
        return None;
    };
    Some(
        Diagnostic::new(codes::VERIFY_SERIAL_NUMBER, format!("the serial number is {what}"))
            .at(steps!["serialNumber"])
            .with_found(serial.to_string()),
    )
}

/// RFC 5280 4.2.1.1: all but self-signed certificates have it, for a path is built by it.
pub(super) fn authority_key_missing(subject: &Subject<'_>) -> Option<Diagnostic> {
    let certificate = subject.certificate;
    let has = certificate.authority_key_identifier().is_some_and(|aki| aki.key_identifier.is_some());
    // A root that another root cross-signed is not self-signed. What an anchor of version 1 cannot have is not missing.
    let exempt = subject.role == Role::Anchor
        && (certificate.is_self_issued() || subject.self_signed || certificate.extensions().is_empty());
    (!has && !exempt).then(|| {
        Diagnostic::new(
            codes::VERIFY_AUTHORITY_KEY_MISSING,
            "the certificate has no key identifier of its issuer",
        )
        .at(steps!["extensions", "authorityKeyIdentifier"])
    })
}

/// TLS BR 7.1.2.1.3.
pub(super) fn authority_key_form(subject: &Subject<'_>) -> Option<Diagnostic> {
    let certificate = subject.certificate;
    if !certificate.is_self_issued() {
        return None;
    }
    let identifier = certificate.authority_key_identifier()?;
    let fits = identifier.key_identifier.as_deref() == certificate.subject_key_identifier()
        && identifier.key_identifier.is_some()
        && identifier.issuer.is_empty()
        && identifier.serial_number.is_none();
    (!fits).then(|| {
        Diagnostic::new(
            codes::VERIFY_AUTHORITY_KEY_FORM,
            "the authorityKeyIdentifier of the root is not its own key identifier alone",
        )
        .at(steps!["extensions", "authorityKeyIdentifier"])
    })
}

/// RFC 5280 4.2.1.2.
pub(super) fn subject_key_missing(subject: &Subject<'_>) -> Option<Diagnostic> {
    subject.certificate.subject_key_identifier().is_none().then(|| {
        Diagnostic::new(codes::VERIFY_SUBJECT_KEY_MISSING, "the CA certificate has no subjectKeyIdentifier")
            .at(steps!["extensions", "subjectKeyIdentifier"])
    })
}

/// RFC 5280 4.2.1.2.
pub(super) fn subject_key_critical(subject: &Subject<'_>) -> Option<Diagnostic> {
    critical(subject, &oid::SUBJECT_KEY_IDENTIFIER, codes::VERIFY_SUBJECT_KEY_CRITICAL)
}

/// RFC 5280 4.2.1.1.
pub(super) fn authority_key_critical(subject: &Subject<'_>) -> Option<Diagnostic> {
    critical(subject, &oid::AUTHORITY_KEY_IDENTIFIER, codes::VERIFY_AUTHORITY_KEY_CRITICAL)
}

/// RFC 5280 4.2.2.1.
pub(super) fn access_critical(subject: &Subject<'_>) -> Option<Diagnostic> {
    critical(subject, &oid::AUTHORITY_INFO_ACCESS, codes::VERIFY_ACCESS_CRITICAL)
}

/// An extension that must not be critical.
pub(super) fn critical(subject: &Subject<'_>, oid: &Oid, code: Code) -> Option<Diagnostic> {
    let extension = subject.certificate.extension(oid)?;
    let label = oid.label();
    extension.is_critical().then(|| {
        Diagnostic::new(code, format!("{label} is marked critical")).at(steps![
            "extensions",
            label,
            "critical"
        ])
    })
}
