//! New keys and their encoding.

use chacha20::ChaCha20Rng;
use p256::elliptic_curve::Generate;
use pkcs8::EncodePrivateKey;
use rand_core::SeedableRng;
use rsa::RsaPrivateKey;
use zeroize::Zeroizing;

use super::{Material, PrivateKey};
use crate::diagnostic::{Error, codes};

/// The keys that certgate makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// EC on P-256.
    #[default]
    P256,
    /// EC on P-384.
    P384,
    /// EC on P-521.
    P521,
    /// RSA with the exponent 65537 and a modulus of 2048, 3072 or 4096 bits.
    Rsa(RsaBits),
    /// Ed25519.
    Ed25519,
}

/// The sizes of new RSA keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RsaBits {
    /// 2048 bits.
    B2048,
    /// 3072 bits.
    B3072,
    /// 4096 bits.
    B4096,
}

impl KeyKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::P256,
        Self::P384,
        Self::P521,
        Self::Rsa(RsaBits::B2048),
        Self::Rsa(RsaBits::B3072),
        Self::Rsa(RsaBits::B4096),
        Self::Ed25519,
    ];

    /// The name in reports and on command lines: `P-256`, `RSA-2048`, `Ed25519`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Rsa(RsaBits::B2048) => "RSA-2048",
            Self::Rsa(RsaBits::B3072) => "RSA-3072",
            Self::Rsa(RsaBits::B4096) => "RSA-4096",
            Self::Ed25519 => "Ed25519",
        }
    }

    /// Finds a kind by its name, whatever the case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(name))
    }
}

impl PrivateKey {
    /// A new key. All randomness comes from `seed`, which must come from the system and be used once; it is expanded by
    /// ChaCha20.
    ///
    /// # Errors
    /// `key/signing` if no key can be made.
    pub fn generate(kind: KeyKind, seed: [u8; 32]) -> Result<Self, Error> {
        let mut random = ChaCha20Rng::from_seed(seed);
        let failed = || Error::new(codes::KEY_SIGNING, "no key can be made");
        let material = match kind {
            KeyKind::P256 => Material::P256(p256::SecretKey::generate_from_rng(&mut random).into()),
            KeyKind::P384 => Material::P384(p384::SecretKey::generate_from_rng(&mut random).into()),
            KeyKind::P521 => Material::P521(p521::SecretKey::generate_from_rng(&mut random).into()),
            KeyKind::Ed25519 => {
                use rand_core::Rng;
                let mut secret = Zeroizing::new([0u8; 32]);
                random.fill_bytes(secret.as_mut_slice());
                Material::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&secret)))
            }
            KeyKind::Rsa(bits) => {
                let bits = match bits {
                    RsaBits::B2048 => 2048,
                    RsaBits::B3072 => 3072,
                    RsaBits::B4096 => 4096,
                };
                Material::Rsa(Box::new(RsaPrivateKey::new(&mut random, bits).map_err(|_| failed())?))
            }
        };
        Self::new(material)
    }

    /// A new RSA key of a size that [`RsaBits`] does not name; randomness as in [`PrivateKey::generate`].
    ///
    /// # Errors
    /// `key/signing` for a size that no policy allows, or if no key can be made.
    pub fn generate_rsa(bits: u32, seed: [u8; 32]) -> Result<Self, Error> {
        let failed = || Error::new(codes::KEY_SIGNING, "no key can be made");
        let fits = (crate::key::MIN_MODULUS_BITS..=crate::key::MAX_MODULUS_BITS).contains(&bits);
        let bits = usize::try_from(bits).ok().filter(|_| fits).ok_or_else(failed)?;
        let mut random = ChaCha20Rng::from_seed(seed);
        let key = RsaPrivateKey::new(&mut random, bits).map_err(|_| failed())?;
        let material = Material::Rsa(Box::new(key));
        Self::new(material)
    }

    /// The key in PKCS #8 (RFC 5958), not encrypted. The buffer is wiped when it is dropped.
    ///
    /// # Errors
    /// `key/private-key` if the key has no encoding.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.material
            .to_pkcs8_der()
            .ok_or_else(|| Error::new(codes::KEY_PRIVATE_KEY, "the private key cannot be encoded"))
    }
}

impl Material {
    pub(in crate::crypto) fn to_pkcs8_der(&self) -> Option<Zeroizing<Vec<u8>>> {
        let document = match self {
            Self::P256(key) => key.to_pkcs8_der(),
            Self::P384(key) => key.to_pkcs8_der(),
            Self::P521(key) => key.to_pkcs8_der(),
            Self::Rsa(key) => key.to_pkcs8_der(),
            // RFC 8410 7: without the public key it is version 1, which older readers know too.
            Self::Ed25519(key) => {
                ed25519_dalek::pkcs8::KeypairBytes { secret_key: key.to_bytes(), public_key: None }
                    .to_pkcs8_der()
            }
        };
        document.ok().map(|document| document.to_bytes())
    }
}
