//! What a peer presents: its certificate first, then what may lead to a trust anchor.

use std::sync::Arc;

use certgate::certificate::Certificate as CoreCertificate;
use certgate::chain::Contents;
use certgate::diagnostic::{Code, Diagnostic, Severity, codes};
use certgate::time::Timestamp;
use certgate::verify::VerifiedPath;

use super::{Bundle, Certificate, Evidence, Verifier, VerifyDocument};
use crate::error::{Error, ErrorKind};
use crate::view::{NotVerifiedView, RevocationListView};

/// What is no certificate may stand before the leaf: its key, parameters of a key.
const HARMLESS: [Code; 2] = [codes::INPUT_PRIVATE_KEY, codes::INPUT_OTHER_CONTENT];

impl Bundle {
    /// Adds a certificate.
    pub fn push(&mut self, certificate: &Certificate) {
        if self.contents.certificates.is_empty() {
            self.contents.findings_before = self.contents.findings.len();
        }
        self.contents.certificates.push(certificate.as_core().clone());
    }

    /// Every field of the revocation lists in order.
    pub fn list_views(&self) -> Vec<RevocationListView> {
        self.contents.lists.iter().map(|list| RevocationListView::new(list)).collect()
    }

    /// The leaf, which is the first certificate, and the others.
    ///
    /// # Errors
    /// A bundle without certificates. One that could not be read before the first that could: it may have been the leaf,
    /// and another certificate must not be judged in its place.
    pub fn split_leaf(&self) -> Result<(Certificate, &[Arc<CoreCertificate>]), Error> {
        let Contents { certificates, findings, findings_before, .. } = &self.contents;
        let unread = |finding: &&Diagnostic| !HARMLESS.contains(&finding.code());
        match certificates.as_slice() {
            [] => Err(no_certificate(findings)),
            [leaf, presented @ ..] => match findings.iter().take(*findings_before).find(unread) {
                Some(fault) => Err(parse_error(fault)),
                None => Ok((Certificate::from(leaf.clone()), presented)),
            },
        }
    }
}

impl FromIterator<Certificate> for Bundle {
    fn from_iter<I: IntoIterator<Item = Certificate>>(certificates: I) -> Self {
        let mut bundle = Self::default();
        certificates.into_iter().for_each(|certificate| bundle.push(&certificate));
        bundle
    }
}

impl Verifier {
    /// Verifies the first certificate of a bundle; the others are what its owner presents beside it.
    ///
    /// # Errors
    /// As [`Bundle::split_leaf`], and the caller's arguments. That the certificate is not verified is the inner error.
    pub fn verify_presented(
        &self,
        bundle: &Bundle,
        at: Timestamp,
        document: &VerifyDocument,
        evidence: &Evidence,
    ) -> Result<Result<VerifiedPath, NotVerifiedView>, Error> {
        let (leaf, presented) = bundle.split_leaf()?;
        let outcome = self.verify(&leaf, presented, at, document, evidence)?;
        Ok(outcome.map_err(|error| super::view_failure(&error)))
    }
}

fn no_certificate(findings: &[Diagnostic]) -> Error {
    let message = match findings {
        [] => "the input holds no certificate".to_owned(),
        [first, ..] => format!("the input holds no certificate that can be read: {}", first.message()),
    };
    parse_error(&Diagnostic::new(codes::INPUT_OTHER_CONTENT, message))
}

/// A finding about one of several certificates, as the error that it is for the leaf.
fn parse_error(fault: &Diagnostic) -> Error {
    Error::new(ErrorKind::Parse, &fault.clone().with_severity(Severity::Error).into())
}
