//! Single fields of a certificate: the parts of [`Certificate::view`] for hosts that show one at a time.

use certgate::time::Timestamp;

use super::Certificate;
use crate::view::certificate::{findings, fingerprints};
use crate::view::{DiagnosticView, ExtensionView, FingerprintsView, NameView, PublicKeyView, SubjectView};

impl Certificate {
    /// The version: 1, 2 or 3.
    pub fn version(&self) -> u32 {
        self.certificate.version().number()
    }

    /// The serial number in lower-case hexadecimal.
    pub fn serial_number(&self) -> String {
        self.certificate.serial_number().to_string()
    }

    /// The issuer.
    pub fn issuer(&self) -> SubjectView {
        SubjectView::new(self.certificate.issuer())
    }

    /// The first second of its life.
    pub fn not_before(&self) -> Timestamp {
        self.certificate.validity().not_before
    }

    /// The last second of its life.
    pub fn not_after(&self) -> Timestamp {
        self.certificate.validity().not_after
    }

    /// The subject.
    pub fn subject(&self) -> SubjectView {
        SubjectView::new(self.certificate.subject())
    }

    /// The subject alternative names in order.
    pub fn subject_alt_names(&self) -> Vec<NameView> {
        self.certificate.subject_alt_names().iter().map(NameView::new).collect()
    }

    /// The public key.
    pub fn public_key(&self) -> PublicKeyView {
        PublicKeyView::new(self.certificate.public_key())
    }

    /// Whether basicConstraints says that the subject is a CA.
    pub fn is_ca(&self) -> bool {
        self.certificate.is_ca()
    }

    /// Every extension in order.
    pub fn extensions(&self) -> Vec<ExtensionView> {
        self.certificate.extensions().iter().map(ExtensionView::new).collect()
    }

    /// Digests of the certificate and of its key.
    pub fn fingerprints(&self) -> FingerprintsView {
        fingerprints(&self.certificate)
    }

    /// What is wrong or odd, sorted by path and code.
    pub fn findings(&self) -> Vec<DiagnosticView> {
        findings(&self.certificate)
    }
}
