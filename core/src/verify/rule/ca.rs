//! Who may issue, and with which keys.

use super::{Role, Subject};
use crate::certificate::Version;
use crate::diagnostic::{Diagnostic, codes, path::steps};
use crate::extension::KeyUsageBit;
use crate::key::KeyAlgorithm;
use crate::oid;

/// RFC 5280 6.1.4 (k). A trust anchor of version 1 is what the verifier chose to trust, and has no extensions to look at;
/// profiles that hold roots to their own rules have [`version`] or the criticality of extensions for it.
pub(super) fn basic_constraints_missing(subject: &Subject<'_>) -> Option<Diagnostic> {
    let certificate = subject.certificate;
    let old_anchor = subject.role == Role::Anchor && certificate.version() == Version::V1;
    (certificate.basic_constraints().is_none() && !old_anchor).then(|| {
        Diagnostic::new(
            codes::VERIFY_BASIC_CONSTRAINTS_MISSING,
            "the certificate issued another one and has no basicConstraints",
        )
        .at(steps!["extensions", "basicConstraints"])
    })
}

/// RFC 5280 4.2.1.9.
pub(super) fn basic_constraints_not_critical(subject: &Subject<'_>) -> Option<Diagnostic> {
    let extension = subject.certificate.extension(&oid::BASIC_CONSTRAINTS)?;
    (!extension.is_critical()).then(|| {
        Diagnostic::new(
            codes::VERIFY_BASIC_CONSTRAINTS_NOT_CRITICAL,
            "the basicConstraints of the CA certificate are not critical",
        )
        .at(steps!["extensions", "basicConstraints", "critical"])
    })
}

/// RFC 5280 6.1.4 (k).
pub(super) fn not_a_ca(subject: &Subject<'_>) -> Option<Diagnostic> {
    let constraints = subject.certificate.basic_constraints()?;
    (!constraints.ca).then(|| {
        Diagnostic::new(codes::VERIFY_NOT_A_CA, "the certificate issued another one and is not that of a CA")
            .at(steps!["extensions", "basicConstraints", "cA"])
    })
}

/// RFC 5280 6.1.4 (n).
pub(super) fn no_cert_sign(subject: &Subject<'_>) -> Option<Diagnostic> {
    let usage = subject.certificate.key_usage()?;
    (!usage.contains(KeyUsageBit::KeyCertSign)).then(|| {
        Diagnostic::new(
            codes::VERIFY_KEY_USAGE_NO_CERT_SIGN,
            "the certificate issued another one, and its key usage lacks keyCertSign",
        )
        .at(steps!["extensions", "keyUsage"])
        .with_found(usage.iter().map(KeyUsageBit::as_str).collect::<Vec<_>>())
    })
}

/// TLS BR 7.1.2.7.8.
pub(super) fn ca_as_leaf(subject: &Subject<'_>) -> Option<Diagnostic> {
    subject.certificate.is_ca().then(|| {
        Diagnostic::new(codes::VERIFY_CA_AS_LEAF, "the certificate is that of a CA").at(steps![
            "extensions",
            "basicConstraints",
            "cA"
        ])
    })
}

/// RFC 5280 4.2.1.3: if keyCertSign is asserted, cA must be too.
pub(super) fn key_cert_sign_in_leaf(subject: &Subject<'_>) -> Option<Diagnostic> {
    let usage = subject.certificate.key_usage()?;
    (usage.contains(KeyUsageBit::KeyCertSign) && !subject.certificate.is_ca()).then(|| {
        Diagnostic::new(
            codes::VERIFY_KEY_CERT_SIGN_IN_LEAF,
            "the key usage has keyCertSign, and the certificate is not that of a CA",
        )
        .at(steps!["extensions", "keyUsage"])
    })
}

/// TLS BR 6.1.5: RSA of 2048 bits or more in whole octets, P-256, P-384 or P-521.
pub(super) fn key_not_accepted(subject: &Subject<'_>) -> Option<Diagnostic> {
    let key = subject.certificate.public_key();
    let accepted = matches!(key.algorithm(), Some(KeyAlgorithm::Rsa | KeyAlgorithm::Ec));
    (!accepted || !key.check_size().is_empty()).then(|| {
        Diagnostic::new(codes::VERIFY_KEY_NOT_ACCEPTED, format!("the key {} is not accepted", key.name()))
            .at(steps!["subjectPublicKeyInfo"])
            .with_found(key.name())
    })
}

/// RFC 5280 4.2.1.11.
pub(super) fn policy_constraints_not_critical(subject: &Subject<'_>) -> Option<Diagnostic> {
    let extension = subject.certificate.extension(&oid::POLICY_CONSTRAINTS)?;
    (!extension.is_critical()).then(|| {
        Diagnostic::new(
            codes::VERIFY_POLICY_CONSTRAINTS_NOT_CRITICAL,
            "the policy constraints of the CA certificate are not critical",
        )
        .at(steps!["extensions", "policyConstraints", "critical"])
    })
}

/// TLS BR 7.1.1.
pub(super) fn version(subject: &Subject<'_>) -> Option<Diagnostic> {
    let version = subject.certificate.version();
    (version != Version::V3).then(|| {
        Diagnostic::new(codes::VERIFY_VERSION, format!("the certificate is of version {}", version.number()))
            .at(steps!["version"])
            .with_found(version.number())
            .with_expected(3u32)
    })
}
