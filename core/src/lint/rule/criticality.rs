//! Which extensions are critical, which are not, and which should not be there: RFC 5280 4.2 and 5.2, TLS BR 7.1.2.

use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use crate::extension::ExtensionValue;
use crate::oid::{self, Oid};

/// A finding if the extension is marked critical.
fn critical(subject: &Subject<'_>, oid: &Oid) -> Vec<Finding> {
    let wrong = subject.extension(oid).is_some_and(|extension| extension.is_critical());
    when(wrong, || {
        let message = format!("{} is marked critical", oid.label());
        Finding::new(subject.at(oid).join("critical"), message).found(true).expected(false)
    })
}

/// A finding if the extension is there and not critical.
fn not_critical(subject: &Subject<'_>, oid: &Oid) -> Vec<Finding> {
    let wrong = subject.extension(oid).is_some_and(|extension| !extension.is_critical());
    when(wrong, || {
        let message = format!("{} is not marked critical", oid.label());
        Finding::new(subject.at(oid).join("critical"), message).found(false).expected(true)
    })
}

macro_rules! criticality {
    ($($name:ident, $how:ident, $oid:ident;)*) => {
        $(pub(super) fn $name(subject: &Subject<'_>) -> Vec<Finding> {
            $how(subject, &oid::$oid)
        })*
    };
}

criticality! {
    access, critical, AUTHORITY_INFO_ACCESS;
    authority_key, critical, AUTHORITY_KEY_IDENTIFIER;
    distribution_points, critical, CRL_DISTRIBUTION_POINTS;
    extended_key_usage, critical, EXTENDED_KEY_USAGE;
    freshest_crl, critical, FRESHEST_CRL;
    inhibit_any_policy, not_critical, INHIBIT_ANY_POLICY;
    issuer_alt_name, critical, ISSUER_ALT_NAME;
    issuing_distribution_point, not_critical, ISSUING_DISTRIBUTION_POINT;
    key_usage, not_critical, KEY_USAGE;
    name_constraints, not_critical, NAME_CONSTRAINTS;
    policies, critical, CERTIFICATE_POLICIES;
    policy_constraints, not_critical, POLICY_CONSTRAINTS;
    policy_mappings, not_critical, POLICY_MAPPINGS;
    subject_access, critical, SUBJECT_INFO_ACCESS;
    subject_attributes, critical, SUBJECT_DIRECTORY_ATTRIBUTES;
    subject_key, critical, SUBJECT_KEY_IDENTIFIER;
}

/// RFC 5280 4.2: a critical extension that a peer does not know makes it refuse the certificate.
pub(super) fn unknown(subject: &Subject<'_>) -> Vec<Finding> {
    // RFC 5280 has these two, with rules of their own, and certgate has no type for them.
    const RAW: [Oid; 2] = [oid::SUBJECT_DIRECTORY_ATTRIBUTES, oid::SUBJECT_INFO_ACCESS];
    let unknown = |extension: &&crate::extension::Extension| {
        extension.is_critical()
            && matches!(extension.value(), ExtensionValue::Other)
            && !RAW.contains(extension.oid())
    };
    let finding = |extension: &crate::extension::Extension| {
        let label = extension.oid().label();
        Finding::new(
            subject.at(extension.oid()),
            format!("the critical extension {label} is none that RFC 5280 has"),
        )
    };
    subject.extensions().iter().filter(unknown).map(finding).collect()
}

/// Extensions of earlier times that nothing should rest on.
pub(super) fn deprecated(subject: &Subject<'_>) -> Vec<Finding> {
    const DEPRECATED: [Oid; 3] =
        [oid::NETSCAPE_CERT_TYPE, oid::NETSCAPE_COMMENT, oid::PRIVATE_KEY_USAGE_PERIOD];
    let found = subject.extensions().iter().filter(|extension| DEPRECATED.contains(extension.oid()));
    let finding = |extension: &crate::extension::Extension| {
        let label = extension.oid().label();
        Finding::new(subject.at(extension.oid()), format!("the extension {label} is no longer used"))
    };
    found.map(finding).collect()
}

/// TLS BR 4.9.9: nobody asks whether a responder's own certificate was revoked.
pub(super) fn no_check_missing(subject: &Subject<'_>) -> Vec<Finding> {
    when(subject.extension(&oid::OCSP_NO_CHECK).is_none(), || {
        Finding::new(
            subject.at(&oid::OCSP_NO_CHECK),
            "the certificate of the OCSP responder has no ocspNoCheck",
        )
    })
}
