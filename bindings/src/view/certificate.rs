use certgate::certificate::Certificate;
use certgate::diagnostic::Diagnostic;
use serde::Serialize;

use super::diagnostic::DiagnosticView;
use super::request::{ExtensionView, FingerprintsView, NameView, PublicKeyView, SubjectView};
use super::{SCHEMA_VERSION, hex};

/// A certificate, every field.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CertificateView {
    /// Version of this form: 1.
    pub schema_version: u32,
    /// Version of the certificate: 1, 2 or 3.
    pub version: u32,
    /// The serial number in lower-case hexadecimal.
    pub serial_number: String,
    /// The issuer.
    pub issuer: SubjectView,
    /// The first second of its life, RFC 3339 in UTC.
    pub not_before: String,
    /// The last second of its life, RFC 3339 in UTC.
    pub not_after: String,
    /// The subject.
    pub subject: SubjectView,
    /// The subject alternative names in order.
    pub subject_alt_names: Vec<NameView>,
    /// The public key.
    pub public_key: PublicKeyView,
    /// The algorithm of the issuer's signature.
    pub signature_algorithm: AlgorithmView,
    /// Whether basicConstraints says that the subject is a CA.
    pub ca: bool,
    /// Every extension in order.
    pub extensions: Vec<ExtensionView>,
    /// Digests.
    pub fingerprints: FingerprintsView,
    /// What is wrong or odd, sorted by path and code.
    pub findings: Vec<DiagnosticView>,
}

/// An algorithm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AlgorithmView {
    /// Name or dotted decimal.
    pub name: String,
    /// Dotted decimal.
    pub oid: String,
}

impl CertificateView {
    pub(crate) fn new(certificate: &Certificate) -> Self {
        let algorithm = certificate.signature_algorithm();
        Self {
            schema_version: SCHEMA_VERSION,
            version: certificate.version().number(),
            serial_number: certificate.serial_number().to_string(),
            issuer: SubjectView::new(certificate.issuer()),
            not_before: certificate.validity().not_before.to_string(),
            not_after: certificate.validity().not_after.to_string(),
            subject: SubjectView::new(certificate.subject()),
            subject_alt_names: certificate.subject_alt_names().iter().map(NameView::new).collect(),
            public_key: PublicKeyView::new(certificate.public_key()),
            signature_algorithm: AlgorithmView {
                name: algorithm.name().to_owned(),
                oid: algorithm.identifier().oid().to_string(),
            },
            ca: certificate.is_ca(),
            extensions: certificate.extensions().iter().map(ExtensionView::new).collect(),
            fingerprints: fingerprints(certificate),
            findings: findings(certificate),
        }
    }
}

/// Digests of a certificate and of its key.
pub(crate) fn fingerprints(certificate: &Certificate) -> FingerprintsView {
    FingerprintsView { sha256: hex(certificate.digest()), public_key_sha256: hex(certificate.key_digest()) }
}

/// What is wrong or odd about a certificate, its key included, sorted by path and code.
pub(crate) fn findings(certificate: &Certificate) -> Vec<DiagnosticView> {
    let mut findings = certificate.findings().to_vec();
    let key_findings = certificate.public_key().check(None);
    findings.extend(key_findings.into_iter().map(|finding| finding.within("subjectPublicKeyInfo")));
    Diagnostic::sort(&mut findings);
    findings.iter().map(|finding| DiagnosticView::with_span(finding, |path| certificate.span(path))).collect()
}
