//! RustCrypto: portable Rust for every CPU.

use ed25519_dalek::VerifyingKey;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::{BoxedUint, Pkcs1v15Sign, Pss, RsaPublicKey};
use sha2::{Sha256, Sha384, Sha512};

use super::{SignatureVerifier, Verification};
use crate::key::{KeyMaterial, MAX_MODULUS_BITS, MIN_MODULUS_BITS, RsaKey};
use crate::signature::{HashFunction, SignatureScheme};

/// Declares a back end for ECDSA on one curve.
macro_rules! ecdsa {
    ($name:ident, $krate:ident, $label:literal) => {
        pub(super) struct $name;

        impl SignatureVerifier for $name {
            fn name(&self) -> &'static str {
                $label
            }

            fn verify(&self, verification: &Verification<'_>) -> bool {
                let (SignatureScheme::Ecdsa(hash), KeyMaterial::Ec { point, .. }) =
                    (verification.scheme, verification.key.material())
                else {
                    return false;
                };
                let Ok(key) = $krate::ecdsa::VerifyingKey::from_sec1_bytes(point) else { return false };
                let Ok(signature) = $krate::ecdsa::Signature::from_slice(verification.signature) else {
                    return false;
                };
                key.verify_prehash(&hash.digest(verification.message), &signature).is_ok()
            }
        }
    };
}

ecdsa!(P256, p256, "p256");
ecdsa!(P384, p384, "p384");
ecdsa!(P521, p521, "p521");

pub(super) struct Rsa;

impl SignatureVerifier for Rsa {
    fn name(&self) -> &'static str {
        "rsa"
    }

    fn verify(&self, verification: &Verification<'_>) -> bool {
        let KeyMaterial::Rsa { key, .. } = verification.key.material() else { return false };
        let Some(key) = rsa_public_key(key) else { return false };
        let signature = verification.signature;
        match verification.scheme {
            SignatureScheme::RsaPkcs1(hash) => {
                let scheme = match hash {
                    HashFunction::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
                    HashFunction::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
                    HashFunction::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
                };
                key.verify(scheme, &hash.digest(verification.message), signature).is_ok()
            }
            SignatureScheme::RsaPss(parameters) => {
                let digest = parameters.hash.digest(verification.message);
                let salt = parameters.hash.output_len();
                match parameters.hash {
                    HashFunction::Sha256 => {
                        key.verify(Pss::<Sha256>::new_with_salt(salt), &digest, signature)
                    }
                    HashFunction::Sha384 => {
                        key.verify(Pss::<Sha384>::new_with_salt(salt), &digest, signature)
                    }
                    HashFunction::Sha512 => {
                        key.verify(Pss::<Sha512>::new_with_salt(salt), &digest, signature)
                    }
                }
                .is_ok()
            }
            _ => false,
        }
    }
}

/// The key for the `rsa` crate; size and exponent have been judged.
pub(crate) fn rsa_public_key(key: &RsaKey) -> Option<RsaPublicKey> {
    let width = u32::try_from(key.modulus().len().checked_mul(8)?).ok()?;
    let modulus = BoxedUint::from_be_slice(key.modulus(), width).ok()?;
    let exponent = BoxedUint::from(key.exponent_u32()?);
    let sizes = usize::try_from(MIN_MODULUS_BITS).ok()?..=usize::try_from(MAX_MODULUS_BITS).ok()?;
    RsaPublicKey::new_with_size_limits(modulus, exponent, sizes).ok()
}

pub(super) struct Ed25519;

impl SignatureVerifier for Ed25519 {
    fn name(&self) -> &'static str {
        "ed25519-dalek"
    }

    fn verify(&self, verification: &Verification<'_>) -> bool {
        let KeyMaterial::Ed25519(point) = verification.key.material() else { return false };
        let Ok(key) = VerifyingKey::from_bytes(point) else { return false };
        let Ok(signature) = ed25519_dalek::Signature::from_slice(verification.signature) else {
            return false;
        };
        key.verify_strict(verification.message, &signature).is_ok()
    }
}
