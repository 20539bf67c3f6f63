use chacha20::ChaCha20Rng;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use pkcs8::{DecodePrivateKey, EncodePublicKey};
use rand_core::SeedableRng;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, Pss, RsaPrivateKey};
use sha2::{Sha256, Sha384, Sha512};

use super::signer::Signer;
use crate::diagnostic::{Diagnostic, Error, codes};
use crate::key::{Curve, PublicKey};
use crate::signature::{HashFunction, SignatureScheme};

mod encrypted;
mod generate;

pub use encrypted::{DerivationLimits, KeyDerivation};
pub use generate::{KeyKind, RsaBits};

/// A private key in memory. It is wiped when dropped, and nothing prints it.
///
/// It signs by the back end that is best for the CPU at hand. On x86_64 and aarch64 signatures by ECDSA are then
/// randomised (RFC 6979 3.6); [`PrivateKey::portable`] makes them follow from key and message alone.
pub struct PrivateKey {
    pub(super) material: Material,
    /// The key as an accelerated back end has it.
    accelerated: Option<Box<dyn SigningMaterial>>,
    public_key: PublicKey,
    scheme: SignatureScheme,
}

/// A private key that a back end holds.
pub(super) trait SigningMaterial: Send + Sync {
    /// The name of the back end.
    fn name(&self) -> &'static str;

    /// `None` if the scheme is not one of the key, or the back end fails.
    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Option<Vec<u8>>;
}

pub(super) enum Material {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Rsa(Box<RsaPrivateKey>),
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

impl PrivateKey {
    /// Reads a private key in DER: PKCS #8 (RFC 5958), SEC 1 (RFC 5915) or PKCS #1 (RFC 8017).
    ///
    /// # Errors
    /// `key/private-key` for anything else, and for key types that certgate does not sign with; `key/encrypted` for a key
    /// that wants [`PrivateKey::from_encrypted_der`].
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        if Self::is_encrypted_der(der) {
            return Err(Error::new(
                codes::KEY_ENCRYPTED,
                "the private key is encrypted, and no passphrase was given",
            ));
        }
        let material = Material::from_pkcs8(der)
            .or_else(|| Material::from_sec1(der))
            .or_else(|| Material::from_pkcs1(der))
            .ok_or_else(|| {
                Error::from(
                    Diagnostic::new(
                        codes::KEY_PRIVATE_KEY,
                        "the input is no private key that certgate signs with",
                    )
                    .with_help("give RSA, P-256, P-384, P-521 or Ed25519 in PKCS #8, SEC 1 or PKCS #1"),
                )
            })?;
        Self::new(material)
    }

    fn new(material: Material) -> Result<Self, Error> {
        let public_key = PublicKey::from_der(&material.public_der()?)?;
        let scheme = material.default_scheme();
        let accelerated = super::signing_key(&material);
        Ok(Self { material, accelerated, public_key, scheme })
    }

    /// The same key, signing by the portable back ends whatever the CPU: ECDSA is then deterministic (RFC 6979), so that the
    /// same bytes are signed alike on every machine.
    #[must_use]
    pub fn portable(self) -> Self {
        Self { accelerated: None, ..self }
    }

    /// The name of the back end that signs: `aws-lc-rs`, `graviola`, or the crate of portable Rust.
    pub fn back_end(&self) -> &'static str {
        match (&self.accelerated, &self.material) {
            (Some(key), _) => key.name(),
            (None, Material::P256(_)) => "p256",
            (None, Material::P384(_)) => "p384",
            (None, Material::P521(_)) => "p521",
            (None, Material::Rsa(_)) => "rsa",
            (None, Material::Ed25519(_)) => "ed25519-dalek",
        }
    }

    /// Whether the octets are an encrypted private key: an algorithm stands where keys in the clear have their version.
    pub fn is_encrypted_der(der: &[u8]) -> bool {
        encrypted::looks_encrypted(der)
    }

    /// Replaces the scheme, which is otherwise ECDSA with the hash of the curve's size, RSASSA-PKCS1-v1_5 with SHA-256,
    /// or Ed25519.
    ///
    /// # Errors
    /// `signature/algorithm-mismatch` if the scheme does not fit the key.
    pub fn with_scheme(self, scheme: SignatureScheme) -> Result<Self, Error> {
        if self.public_key.algorithm() != Some(scheme.key_algorithm()) {
            return Err(Error::new(
                codes::SIGNATURE_ALGORITHM_MISMATCH,
                format!("the signature scheme does not fit the key {}", self.public_key.name()),
            ));
        }
        Ok(Self { scheme, ..self })
    }
}

impl Signer for PrivateKey {
    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let accelerated = self.accelerated.as_ref().and_then(|key| key.sign(self.scheme, message));
        // A back end that found its own result wrong has given none.
        let signature = accelerated.or_else(|| self.material.sign(self.scheme, message));
        signature.ok_or_else(|| Error::new(codes::KEY_SIGNING, "the private key did not sign"))
    }
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PrivateKey({})", self.public_key.name())
    }
}

impl Material {
    fn from_pkcs8(der: &[u8]) -> Option<Self> {
        if let Ok(key) = p256::SecretKey::from_pkcs8_der(der) {
            return Some(Self::P256(key.into()));
        }
        if let Ok(key) = p384::SecretKey::from_pkcs8_der(der) {
            return Some(Self::P384(key.into()));
        }
        if let Ok(key) = p521::SecretKey::from_pkcs8_der(der) {
            return Some(Self::P521(key.into()));
        }
        if let Ok(key) = ed25519_dalek::SigningKey::from_pkcs8_der(der) {
            return Some(Self::Ed25519(Box::new(key)));
        }
        RsaPrivateKey::from_pkcs8_der(der).ok().map(|key| Self::Rsa(Box::new(key)))
    }

    fn from_sec1(der: &[u8]) -> Option<Self> {
        if let Ok(key) = p256::SecretKey::from_sec1_der(der) {
            return Some(Self::P256(key.into()));
        }
        if let Ok(key) = p384::SecretKey::from_sec1_der(der) {
            return Some(Self::P384(key.into()));
        }
        p521::SecretKey::from_sec1_der(der).ok().map(|key| Self::P521(key.into()))
    }

    fn from_pkcs1(der: &[u8]) -> Option<Self> {
        use rsa::pkcs1::DecodeRsaPrivateKey;
        RsaPrivateKey::from_pkcs1_der(der).ok().map(|key| Self::Rsa(Box::new(key)))
    }

    fn public_der(&self) -> Result<Vec<u8>, Error> {
        let document = match self {
            Self::P256(key) => p256::PublicKey::from(key.verifying_key()).to_public_key_der(),
            Self::P384(key) => p384::PublicKey::from(key.verifying_key()).to_public_key_der(),
            Self::P521(key) => p521::PublicKey::from(key.verifying_key()).to_public_key_der(),
            Self::Rsa(key) => key.as_public_key().to_public_key_der(),
            Self::Ed25519(key) => key.verifying_key().to_public_key_der(),
        };
        document.map(|document| document.as_bytes().to_vec()).map_err(|_| {
            Error::new(codes::KEY_PRIVATE_KEY, "the public key of the private key cannot be encoded")
        })
    }

    fn default_scheme(&self) -> SignatureScheme {
        match self {
            Self::P256(_) => SignatureScheme::Ecdsa(HashFunction::Sha256),
            Self::P384(_) => SignatureScheme::Ecdsa(HashFunction::Sha384),
            Self::P521(_) => SignatureScheme::Ecdsa(HashFunction::Sha512),
            Self::Rsa(_) => SignatureScheme::RsaPkcs1(HashFunction::Sha256),
            Self::Ed25519(_) => SignatureScheme::Ed25519,
        }
    }

    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Option<Vec<u8>> {
        match (self, scheme) {
            (Self::P256(key), SignatureScheme::Ecdsa(hash)) => {
                let signature: p256::ecdsa::Signature = key.sign_prehash(&hash.digest(message)).ok()?;
                encode_ecdsa(Curve::P256, &signature.to_bytes())
            }
            (Self::P384(key), SignatureScheme::Ecdsa(hash)) => {
                let signature: p384::ecdsa::Signature = key.sign_prehash(&hash.digest(message)).ok()?;
                encode_ecdsa(Curve::P384, &signature.to_bytes())
            }
            (Self::P521(key), SignatureScheme::Ecdsa(hash)) => {
                let signature: p521::ecdsa::Signature = key.sign_prehash(&hash.digest(message)).ok()?;
                encode_ecdsa(Curve::P521, &signature.to_bytes())
            }
            (Self::Ed25519(key), SignatureScheme::Ed25519) => {
                use ed25519_dalek::Signer as _;
                Some(key.try_sign(message).ok()?.to_bytes().to_vec())
            }
            (Self::Rsa(key), SignatureScheme::RsaPkcs1(hash)) => {
                let scheme = match hash {
                    HashFunction::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
                    HashFunction::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
                    HashFunction::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
                };
                key.sign_with_rng(&mut random()?, scheme, &hash.digest(message)).ok()
            }
            (Self::Rsa(key), SignatureScheme::RsaPss(parameters)) => {
                let salt = parameters.hash.output_len();
                if key.size() < parameters.hash.output_len().checked_mul(2)?.checked_add(2)? {
                    return None;
                }
                let digest = parameters.hash.digest(message);
                let mut random = random()?;
                match parameters.hash {
                    HashFunction::Sha256 => {
                        key.sign_with_rng(&mut random, Pss::<Sha256>::new_with_salt(salt), &digest)
                    }
                    HashFunction::Sha384 => {
                        key.sign_with_rng(&mut random, Pss::<Sha384>::new_with_salt(salt), &digest)
                    }
                    HashFunction::Sha512 => {
                        key.sign_with_rng(&mut random, Pss::<Sha512>::new_with_salt(salt), &digest)
                    }
                }
                .ok()
            }
            _ => None,
        }
    }
}

/// Randomness for blinding and salts, seeded by the system; `None` if the system has none.
fn random() -> Option<ChaCha20Rng> {
    let mut seed = [0u8; 32];
    getrandom::fill(&mut seed).ok()?;
    Some(ChaCha20Rng::from_seed(seed))
}

/// `Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }` (RFC 5480 appendix A) from r and s of fixed length.
pub(crate) fn encode_ecdsa(curve: Curve, fixed: &[u8]) -> Option<Vec<u8>> {
    use ::der::Encode;
    use ::der::asn1::UintRef;
    let (r, s) = fixed.split_at_checked(curve.coordinate_len())?;
    let numbers = [UintRef::new(r).ok()?, UintRef::new(s).ok()?];
    numbers.to_der().ok()
}

#[cfg(all(test, any(target_arch = "x86_64", target_arch = "aarch64")))]
mod tests {
    use super::*;

    /// Where the CPU has what it needs, the fast back end signs, and does not leave it to the portable one without a word.
    #[test]
    fn the_fast_back_end_signs_with_every_key_that_it_takes() {
        let is_there = graviola::util::is_cpu_supported();
        for seed in 1..=4 {
            for kind in [KeyKind::P256, KeyKind::P384, KeyKind::Ed25519, KeyKind::Rsa(RsaBits::B2048)] {
                let key = PrivateKey::generate(kind, [seed; 32]).expect("a key");
                let signature = key.accelerated.as_ref().map(|fast| fast.sign(key.scheme, b"message"));
                let by_aws_lc = cfg!(feature = "aws-lc-rs") && matches!(kind, KeyKind::Rsa(_));
                assert_eq!(
                    signature.map(|signature| signature.is_some()),
                    (is_there || by_aws_lc).then_some(true),
                    "{kind:?} {seed}"
                );
            }
        }
        let p521 = PrivateKey::generate(KeyKind::P521, [1; 32]).expect("a key");
        assert!(p521.accelerated.is_none());
    }
}
