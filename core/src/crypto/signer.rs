use crate::diagnostic::Error;
use crate::key::PublicKey;
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
