//! The signatures of a search: each is counted, verified once, and remembered if it holds.

use std::sync::Arc;

use super::path::Search;
use crate::certificate::Certificate;
use crate::crl::CertificateList;
use crate::diagnostic::{Diagnostic, codes, quote};
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
        // The place in the path is that of this path, not of the one in which the signature was met first.
        let below = self.path.len().saturating_sub(2);
        let placed = |fault: Diagnostic| fault.within(below).within("below");
        if let Some(known) = self.signatures.get(&key) {
            return known.clone().map_err(placed);
        }
        let algorithm = child.signature_algorithm();
        let status =
            self.verify_signed(child.digest(), algorithm, child.signed_der(), child.signature(), issuer)?;
        let result = match status {
            SignatureStatus::Valid => Ok(()),
            // What no back end can verify has not been found false.
            SignatureStatus::Invalid(why) if why.code() == codes::SIGNATURE_UNSUPPORTED => {
                Err(not_accepted(&why))
            }
            SignatureStatus::Invalid(_) => {
                let name = quote(&issuer.subject().to_string());
                let message = format!("the signature does not verify under the key of {name}");
                Err(Diagnostic::new(codes::VERIFY_SIGNATURE, message).at(["signatureValue"]))
            }
            SignatureStatus::Refused(why) | SignatureStatus::NotChecked(why) => Err(not_accepted(&why)),
        };
        self.signatures.insert(key, result.clone());
        result.map_err(placed)
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
            self.work.remember(&edge)?;
            return Ok(SignatureStatus::Valid);
        }
        self.work.sign()?;
        let verifier = self.verifier;
        let status = algorithm.verify_by(issuer.public_key(), message, signature, &|verification| {
            verifier.keys.verify(issuer, verification, verifier.crypto)
        });
        if status == SignatureStatus::Valid {
            verifier.edges.insert(edge, ());
            self.work.verified(&edge);
        }
        Ok(status)
    }
}

/// The algorithm or the key cannot be accepted, whether the signature is right or not.
fn not_accepted(why: &Diagnostic) -> Diagnostic {
    Diagnostic::new(codes::VERIFY_SIGNATURE_NOT_ACCEPTED, why.message())
        .at(["signatureAlgorithm"])
        .with_found(why.code().as_str())
}
