use super::{HashFunction, PssParameters, SignatureScheme};
use crate::key::{Curve, KeyMaterial, PublicKey};

impl SignatureScheme {
    /// Every scheme, by the words of the interface.
    pub const ALL: [Self; 10] = [
        Self::Ecdsa(HashFunction::Sha256),
        Self::Ecdsa(HashFunction::Sha384),
        Self::Ecdsa(HashFunction::Sha512),
        Self::Ed25519,
        Self::RsaPkcs1(HashFunction::Sha256),
        Self::RsaPkcs1(HashFunction::Sha384),
        Self::RsaPkcs1(HashFunction::Sha512),
        Self::RsaPss(PssParameters { hash: HashFunction::Sha256 }),
        Self::RsaPss(PssParameters { hash: HashFunction::Sha384 }),
        Self::RsaPss(PssParameters { hash: HashFunction::Sha512 }),
    ];

    /// The word of the interface: the names of RFC 5758, RFC 4055 and RFC 8410; for PSS with the hash.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ecdsa(HashFunction::Sha256) => "ecdsa-with-SHA256",
            Self::Ecdsa(HashFunction::Sha384) => "ecdsa-with-SHA384",
            Self::Ecdsa(HashFunction::Sha512) => "ecdsa-with-SHA512",
            Self::Ed25519 => "Ed25519",
            Self::RsaPkcs1(HashFunction::Sha256) => "sha256WithRSAEncryption",
            Self::RsaPkcs1(HashFunction::Sha384) => "sha384WithRSAEncryption",
            Self::RsaPkcs1(HashFunction::Sha512) => "sha512WithRSAEncryption",
            Self::RsaPss(PssParameters { hash: HashFunction::Sha256 }) => "RSASSA-PSS-SHA256",
            Self::RsaPss(PssParameters { hash: HashFunction::Sha384 }) => "RSASSA-PSS-SHA384",
            Self::RsaPss(PssParameters { hash: HashFunction::Sha512 }) => "RSASSA-PSS-SHA512",
        }
    }

    /// From the word of the interface.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.as_str() == name)
    }

    /// The scheme that is used with a key unless another is asked for: ECDSA with the hash of the curve's size, Ed25519,
    /// RSASSA-PKCS1-v1_5 with SHA-256, or the PSS parameters that the key is bound to. `None` for keys that certgate does
    /// not sign with.
    pub fn of_key(key: &PublicKey) -> Option<Self> {
        Some(match key.material() {
            KeyMaterial::Ec { curve: Curve::P256, .. } => Self::Ecdsa(HashFunction::Sha256),
            KeyMaterial::Ec { curve: Curve::P384, .. } => Self::Ecdsa(HashFunction::Sha384),
            KeyMaterial::Ec { curve: Curve::P521, .. } => Self::Ecdsa(HashFunction::Sha512),
            KeyMaterial::Ed25519(_) => Self::Ed25519,
            KeyMaterial::Rsa { pss: None, .. } => Self::RsaPkcs1(HashFunction::Sha256),
            KeyMaterial::Rsa { pss: Some(None), .. } => {
                Self::RsaPss(PssParameters { hash: HashFunction::Sha256 })
            }
            KeyMaterial::Rsa { pss: Some(Some(parameters)), .. } => Self::RsaPss(*parameters),
            KeyMaterial::Unsupported { .. } => return None,
        })
    }
}
