//! `graviola`: verified assembly for x86_64 and aarch64, used only where `is_cpu_supported` says so.

use graviola::hashing::{Sha256, Sha384, Sha512};
use graviola::signing::ecdsa::{Curve, P256, P384, VerifyingKey};
use graviola::signing::eddsa::Ed25519VerifyingKey;
use graviola::signing::rsa;

use super::private_key::{Material, SigningMaterial};
use super::{CryptoProvider, PreparedKey, SignatureVerifier, Verification};
use crate::key::{KeyMaterial, PublicKey};
use crate::signature::{HashFunction, SignatureScheme};

mod signing;

/// The private key for this back end; `None` where the CPU or the back end cannot.
pub(super) fn signing_key(material: &Material) -> Option<Box<dyn SigningMaterial>> {
    if graviola::util::is_cpu_supported() { signing::key(material) } else { None }
}

pub(super) const PROVIDER: CryptoProvider = CryptoProvider {
    p256: &Ecdsa256,
    p384: &Ecdsa384,
    rsa: &Rsa,
    ed25519: &Ed25519,
    ..CryptoProvider::PORTABLE
};

const NAME: &str = "graviola";

struct Ecdsa256;
struct Ecdsa384;
struct Rsa;
struct Ed25519;

impl SignatureVerifier for Ecdsa256 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn verify(&self, verification: &Verification<'_>) -> bool {
        verify_once(ecdsa_key::<P256>(verification.key), verification)
    }

    fn prepare(&self, key: &PublicKey) -> Option<Box<dyn PreparedKey>> {
        Some(Box::new(ecdsa_key::<P256>(key)?))
    }
}

impl SignatureVerifier for Ecdsa384 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn verify(&self, verification: &Verification<'_>) -> bool {
        verify_once(ecdsa_key::<P384>(verification.key), verification)
    }

    fn prepare(&self, key: &PublicKey) -> Option<Box<dyn PreparedKey>> {
        Some(Box::new(ecdsa_key::<P384>(key)?))
    }
}

impl SignatureVerifier for Rsa {
    fn name(&self) -> &'static str {
        NAME
    }

    fn verify(&self, verification: &Verification<'_>) -> bool {
        verify_once(rsa_key(verification.key), verification)
    }

    fn prepare(&self, key: &PublicKey) -> Option<Box<dyn PreparedKey>> {
        Some(Box::new(rsa_key(key)?))
    }
}

impl SignatureVerifier for Ed25519 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn verify(&self, verification: &Verification<'_>) -> bool {
        verify_once(ed25519_key(verification.key), verification)
    }

    fn prepare(&self, key: &PublicKey) -> Option<Box<dyn PreparedKey>> {
        Some(Box::new(ed25519_key(key)?))
    }
}

fn verify_once(key: Option<impl PreparedKey>, verification: &Verification<'_>) -> bool {
    key.is_some_and(|key| key.verify(verification.scheme, verification.message, verification.signature))
}

fn ecdsa_key<C: Curve>(key: &PublicKey) -> Option<VerifyingKey<C>> {
    let KeyMaterial::Ec { point, .. } = key.material() else { return None };
    VerifyingKey::from_x962_uncompressed(point).ok()
}

fn rsa_key(key: &PublicKey) -> Option<rsa::VerifyingKey> {
    let KeyMaterial::Rsa { key, .. } = key.material() else { return None };
    rsa::VerifyingKey::from_pkcs1_der(key.pkcs1_der()).ok()
}

fn ed25519_key(key: &PublicKey) -> Option<Ed25519VerifyingKey> {
    let KeyMaterial::Ed25519(point) = key.material() else { return None };
    Ed25519VerifyingKey::from_bytes(point).ok()
}

impl<C: Curve> PreparedKey for VerifyingKey<C>
where
    C::PublicKey: Send + Sync,
{
    fn verify(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> bool {
        let SignatureScheme::Ecdsa(hash) = scheme else { return false };
        let message = &[message];
        match hash {
            HashFunction::Sha256 => self.verify::<Sha256>(message, signature),
            HashFunction::Sha384 => self.verify::<Sha384>(message, signature),
            HashFunction::Sha512 => self.verify::<Sha512>(message, signature),
        }
        .is_ok()
    }
}

impl PreparedKey for rsa::VerifyingKey {
    fn verify(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> bool {
        match scheme {
            SignatureScheme::RsaPkcs1(hash) => match hash {
                HashFunction::Sha256 => self.verify_pkcs1_sha256(signature, message),
                HashFunction::Sha384 => self.verify_pkcs1_sha384(signature, message),
                HashFunction::Sha512 => self.verify_pkcs1_sha512(signature, message),
            },
            SignatureScheme::RsaPss(parameters) => match parameters.hash {
                HashFunction::Sha256 => self.verify_pss_sha256(signature, message),
                HashFunction::Sha384 => self.verify_pss_sha384(signature, message),
                HashFunction::Sha512 => self.verify_pss_sha512(signature, message),
            },
            _ => return false,
        }
        .is_ok()
    }
}

impl PreparedKey for Ed25519VerifyingKey {
    fn verify(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> bool {
        scheme == SignatureScheme::Ed25519 && self.verify(signature, message).is_ok()
    }
}
