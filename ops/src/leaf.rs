//! Which certificate of a file is meant, where people give what a server sends: the leaf with the CAs above it.

use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate as CoreCertificate;
use certgate_bindings::certgate::chain::order;
use certgate_bindings::certgate::diagnostic::{Diagnostic, codes, quote};
use certgate_bindings::{Bundle, Certificate, Error};

/// A certificate, and how many there were to choose from.
pub(crate) struct Leaf {
    pub(crate) certificate: Certificate,
    pub(crate) of: usize,
}

impl Leaf {
    /// The one certificate of a file; of a bundle, in whatever order, the one that issued none of the others.
    ///
    /// # Errors
    /// As [`Certificate::parse`]; `input/several-blocks`: certificates that are not one chain.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        match Certificate::parse(bytes) {
            Ok(certificate) => Ok(Self { certificate, of: 1 }),
            Err(error) if error.code() == codes::INPUT_SEVERAL_BLOCKS.as_str() => {
                let bundle = Bundle::parse(bytes)?;
                let certificate = Self::of_bundle(&bundle)?;
                Ok(Self { certificate: certificate.into(), of: bundle.certificates().len() })
            }
            Err(error) => Err(error),
        }
    }

    /// The certificate of a bundle that issued none of the others.
    ///
    /// # Errors
    /// As [`Bundle::split_leaf`]; `input/several-blocks`: certificates that are not one chain.
    pub(crate) fn of_bundle(bundle: &Bundle) -> Result<Arc<CoreCertificate>, Error> {
        let (first, _) = bundle.split_leaf()?;
        let ordered = order(bundle.certificates(), None);
        if ordered.others.is_empty() {
            return Ok(ordered.chain.first().map_or_else(|| Arc::clone(first.as_core()), Arc::clone));
        }
        let all = bundle.certificates().iter().map(|certificate| describe(certificate));
        let message =
            format!("the input holds certificates of several chains: {}", all.collect::<Vec<_>>().join("; "));
        Err(Diagnostic::new(codes::INPUT_SEVERAL_BLOCKS, message)
            .with_help("give the one that is meant by itself")
            .into())
    }

    /// That the first certificate of a bundle, which is the one that counts, issued others of it; `None` if it did not.
    pub(crate) fn misplaced(bundle: &Bundle) -> Option<String> {
        let first = bundle.certificates().first()?;
        let leaf = Self::of_bundle(bundle).ok().filter(|leaf| leaf != first)?;
        let (first, leaf) = (describe(first), describe(&leaf));
        Some(format!("the first certificate counts, {first}, and the leaf stands behind it: {leaf}"))
    }

    /// What people are told where the file holds others too; `None` if it does not.
    pub(crate) fn note(&self, file: &str) -> Option<String> {
        let leaf = describe(self.certificate.as_core());
        (self.of > 1).then(|| format!("{file} holds {} certificates, and its leaf is meant: {leaf}", self.of))
    }
}

/// Whether a certificate is signed with its own key: a trust anchor, which peers have themselves (RFC 8446 4.4.2). A self-issued
/// certificate for another key, such as leads from a new CA to the old one, is none.
pub(crate) fn is_self_signed(certificate: &CoreCertificate) -> bool {
    certificate.is_self_issued() && is_signed_by(certificate, certificate)
}

/// Whether a CA's signature on a certificate holds.
pub(crate) fn is_signed_by(certificate: &CoreCertificate, issuer: &CoreCertificate) -> bool {
    let (signed, signature) = (certificate.signed_der(), certificate.signature());
    let algorithm = certificate.signature_algorithm();
    algorithm.verify(issuer.public_key(), signed, signature, certgate_bindings::crypto()).is_valid()
}

fn describe(certificate: &CoreCertificate) -> String {
    let subject = certificate.subject().to_string();
    let name = match (subject.is_empty(), certificate.subject_alt_names().first()) {
        (true, Some(name)) => name.display(),
        _ => subject,
    };
    format!("{} with the serial number {}", quote(&name), certificate.serial_number())
}
