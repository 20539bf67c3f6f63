use std::path::Path;
use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate as CoreCertificate;
use certgate_bindings::certgate::diagnostic::codes;
use certgate_bindings::{Bundle, Request};
use sha2::{Digest, Sha256};

use super::{Run, unreadable};
use crate::cli::load::LoadError;
use crate::cli::{Terminal, exit};
use crate::input;
use crate::leaf::Leaf;

impl Run<'_> {
    /// Counts a file that is there as the certificate of the request, or says that it is something else.
    pub(super) fn stand(
        &mut self,
        name: &str,
        file: &Path,
        request: &Request,
        terminal: &mut Terminal<'_>,
    ) -> Result<(), LoadError> {
        match self.standing(file, request)? {
            Ok(certificate) => {
                self.count.standing = self.count.standing.saturating_add(1);
                if let Some(inventory) = &mut self.inventory {
                    inventory.deliver_certificate(&certificate, self.at).map_err(unreadable)?;
                }
            }
            Err(message) => self.fail(&format!("{name}: {message}"), exit::UNREADABLE, terminal),
        }
        Ok(())
    }

    /// The certificate that a file holds, if this CA signed it for the key of the request, and it is in force. With an inventory it
    /// must be known there, for exactly this request, and not be revoked.
    fn standing(
        &self,
        file: &Path,
        request: &Request,
    ) -> Result<Result<Arc<CoreCertificate>, String>, LoadError> {
        let other = |what: &str| Ok(Err(format!("{} is there, and {what}: move it away", file.display())));
        let bytes = match input::read_file(file) {
            Ok(bytes) => bytes,
            Err(fault) => return Ok(Err(fault.into())),
        };
        let Ok(bundle) = Bundle::parse(&bytes) else { return other("is no certificate") };
        let certificate = match Leaf::of_bundle(&bundle) {
            Ok(leaf) => leaf,
            Err(error) if error.code() == codes::INPUT_SEVERAL_BLOCKS.as_str() => {
                return other("holds certificates of several chains");
            }
            Err(_) => return other("is no certificate"),
        };
        if bundle.certificates().first() != Some(&certificate) {
            return other("its certificates do not come in the order of the chain, the leaf first");
        }
        let issuer = self.authority.issuer.certificate();
        let status = certificate.signature_algorithm().verify(
            issuer.public_key(),
            certificate.signed_der(),
            certificate.signature(),
            certgate_bindings::crypto(),
        );
        if certificate.issuer().der() != issuer.subject().der() || !status.is_valid() {
            return other("is no certificate of this CA");
        }
        if certificate.public_key().der() != request.as_core().public_key().der() {
            return other("is a certificate for another key");
        }
        if !certificate.validity().contains(self.at) {
            return other("is a certificate that is not in force");
        }
        if let Some(inventory) = &self.inventory {
            let digest = crate::hex::encode(&Sha256::digest(request.der()));
            match inventory.entry_of(&certificate).map_err(unreadable)? {
                None => return other("is a certificate that the inventory does not know"),
                Some(entry) if entry.revoked.is_some() => return other("is a certificate that was revoked"),
                Some(entry) if entry.request_sha256.as_ref() != Some(&digest) => {
                    return other("is a certificate for another request");
                }
                Some(_) => {}
            }
        }
        Ok(Ok(certificate))
    }
}
