//! The signatures of a search: each is counted, verified once, and remembered if it holds.

use std::sync::Arc;

use super::path::Search;
use crate::certificate::Certificate;
use crate::crl::CertificateList;
use crate::diagnostic::{Diagnostic, codes, path::steps, quote};
use crate::ocsp::OcspResponse;
use crate::signature::{SignatureAlgorithm, SignatureStatus};

impl Search<'_> {
    /// Whether `issuer`'s key signed `child`, the last but one of the path.
    pub(super) fn check_signature(
        &mut self,
        child: &Arc<Certificate>,
        issuer: &Arc<Certificate>,
    ) -> Result<(), Diagnostic> {
        let key = (Arc::as_ptr(child).addr(), Arc::as_ptr(issuer).addr());
        if let Some(known) = self.signatures.get(&key) {
            return known.clone();
        }
        let algorithm = child.signature_algorithm();
        let status =
            self.verify_signed(child.digest(), algorithm, child.signed_der(), child.signature(), issuer)?;
        let below = self.path.len().saturating_sub(2);
        let result = match status {
            SignatureStatus::Valid => Ok(()),
            // What no back end can verify has not been found false.
            SignatureStatus::Invalid(why) if why.code() == codes::SIGNATURE_UNSUPPORTED => {
                Err(not_accepted(below, &why))
            }
            SignatureStatus::Invalid(_) => {
                let name = quote(&issuer.subject().to_string());
                let message = format!("the signature does not verify under the key of {name}");
                Err(Diagnostic::new(codes::VERIFY_SIGNATURE, message).at(steps![
                    "below",
                    below,
                    "signatureValue"
                ]))
            }
            SignatureStatus::Refused(why) | SignatureStatus::NotChecked(why) => {
                Err(not_accepted(below, &why))
            }
        };
        self.signatures.insert(key, result.clone());
        result
    }

    /// Whether `issuer`'s key signed `child`, wherever they stand.
    pub(super) fn verify_edge(
        &mut self,
        child: &Arc<Certificate>,
        issuer: &Arc<Certificate>,
    ) -> Result<bool, Diagnostic> {
        let algorithm = child.signature_algorithm();
        let status =
            self.verify_signed(child.digest(), algorithm, child.signed_der(), child.signature(), issuer)?;
        Ok(status == SignatureStatus::Valid)
    }

    /// Whether `issuer`'s key signed the list.
    pub(super) fn verify_list(
        &mut self,
        list: &CertificateList,
        issuer: &Arc<Certificate>,
    ) -> Result<bool, Diagnostic> {
        let algorithm = list.signature_algorithm();
        let status =
            self.verify_signed(list.digest(), algorithm, list.signed_der(), list.signature(), issuer)?;
        Ok(status == SignatureStatus::Valid)
    }

    /// Whether `responder`'s key signed the response.
    pub(super) fn verify_response(
        &mut self,
        response: &OcspResponse,
        responder: &Arc<Certificate>,
    ) -> Result<bool, Diagnostic> {
        let algorithm = response.signature_algorithm();
        let (message, signature) = (response.signed_der(), response.signature());
        let status = self.verify_signed(response.digest(), algorithm, message, signature, responder)?;
        Ok(status == SignatureStatus::Valid)
    }

    fn verify_signed(
        &mut self,
        digest: &[u8; 32],
        algorithm: &SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
        issuer: &Certificate,
    ) -> Result<SignatureStatus, Diagnostic> {
        let edge = (*digest, *issuer.key_digest());
        if self.verifier.edges.get(&edge).is_some() {
            self.work.done.remembered = self.work.done.remembered.saturating_add(1);
            return Ok(SignatureStatus::Valid);
        }
        self.work.sign()?;
        let verifier = self.verifier;
        let status = algorithm.verify_by(issuer.public_key(), message, signature, &|verification| {
            verifier.keys.verify(issuer, verification, verifier.crypto)
        });
        if status == SignatureStatus::Valid {
            verifier.edges.insert(edge, ());
        }
        Ok(status)
    }
}

/// The algorithm or the key cannot be accepted, whether the signature is right or not.
fn not_accepted(below: usize, why: &Diagnostic) -> Diagnostic {
    Diagnostic::new(codes::VERIFY_SIGNATURE_NOT_ACCEPTED, why.message())
        .at(steps!["below", below, "signatureAlgorithm"])
        .with_found(why.code().as_str())
}
