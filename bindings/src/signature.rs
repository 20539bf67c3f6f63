use certgate::key::PublicKey;
use certgate::signature::SignatureAlgorithm;

use crate::error::{Error, ErrorKind};
use crate::view::{DiagnosticView, SignatureStatusView};

/// Verifies one signature over `message` under a SubjectPublicKeyInfo (DER). `algorithm` is an AlgorithmIdentifier (DER),
/// `signature` the octets of the BIT STRING. For signatures that a device or a service has made.
///
/// # Errors
/// A key or an algorithm that cannot be read. A signature that does not verify is an answer.
pub fn verify_signature(
    public_key: &[u8],
    algorithm: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<SignatureStatusView, Error> {
    let parse = |error| Error::new(ErrorKind::Parse, &error);
    let key = PublicKey::from_der(public_key).map_err(parse)?;
    let algorithm = SignatureAlgorithm::from_der(algorithm).map_err(parse)?;
    let status = algorithm.verify(&key, message, signature, crate::crypto());
    Ok(SignatureStatusView {
        status: status.as_str().to_owned(),
        diagnostic: status.diagnostic().map(DiagnosticView::new),
    })
}
