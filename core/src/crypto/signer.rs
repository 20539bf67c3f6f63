use super::private_key::encode_ecdsa;
use crate::diagnostic::{Error, codes};
use crate::key::{Curve, PublicKey};
use crate::signature::SignatureScheme;

/// Signs with one private key: a local one, or one in an HSM or a KMS.
pub trait Signer: Send + Sync {
    /// The public key that belongs to it.
    fn public_key(&self) -> &PublicKey;

    /// How it signs.
    fn scheme(&self) -> SignatureScheme;

    /// The signature over `message` in the form of X.509: ECDSA as `Ecdsa-Sig-Value` in DER, others as they are.
    ///
    /// # Errors
    /// `key/signing` if the key's holder fails.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error>;
}

/// The form of X.509 of a signature that a token gives as r and s, each as long as a coordinate of the curve (PKCS #11
/// CKM_ECDSA, IEEE P1363): `Ecdsa-Sig-Value` in DER (RFC 5480 appendix A).
///
/// # Errors
/// `key/signing` if it has another length.
pub fn ecdsa_signature(curve: Curve, fixed: &[u8]) -> Result<Vec<u8>, Error> {
    curve
        .coordinate_len()
        .checked_mul(2)
        .filter(|length| *length == fixed.len())
        .and_then(|_| encode_ecdsa(curve, fixed))
        .ok_or_else(|| Error::new(codes::KEY_SIGNING, "the signature is not r and s of the curve's length"))
}
