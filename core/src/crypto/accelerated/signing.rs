//! Signing by `graviola`. ECDSA nonces are those of RFC 6979 with added randomness (3.6), so that signatures over the same
//! bytes differ.

use ::rsa::traits::{PrivateKeyParts, PublicKeyParts};
use ::rsa::{BoxedUint, RsaPrivateKey};
use graviola::hashing::{Sha256, Sha384, Sha512};
use graviola::signing::ecdsa::{Curve, P256, P384, SigningKey};
use graviola::signing::eddsa::Ed25519SigningKey;
use graviola::signing::rsa;
use pkcs8::EncodePrivateKey;

use super::super::private_key::{Material, SigningMaterial};
use crate::signature::{HashFunction, SignatureScheme};

/// As long as the longest modulus that this back end takes.
const MAX_SIGNATURE: usize = 1_024;

/// The key for this back end; `None` where it does not take it.
pub(super) fn key(material: &Material) -> Option<Box<dyn SigningMaterial>> {
    let pkcs8 = match material {
        Material::Rsa(key) => larger_prime_first(key)?.to_pkcs8_der().ok()?.to_bytes(),
        _ => material.to_pkcs8_der()?,
    };
    match material {
        Material::P256(_) => Some(Box::new(Ecdsa(SigningKey::<P256>::from_pkcs8_der(&pkcs8).ok()?))),
        Material::P384(_) => Some(Box::new(Ecdsa(SigningKey::<P384>::from_pkcs8_der(&pkcs8).ok()?))),
        Material::Rsa(_) => Some(Box::new(rsa::SigningKey::from_pkcs8_der(&pkcs8).ok()?)),
        Material::Ed25519(key) => Some(Box::new(Ed25519SigningKey::from_bytes(key.as_bytes()).ok()?)),
        Material::P521(_) => None,
    }
}

/// The same key with p > q: this back end takes residues modulo q for residues modulo p.
fn larger_prime_first(key: &RsaPrivateKey) -> Option<RsaPrivateKey> {
    let mut primes: Vec<BoxedUint> = key.primes().iter().map(|prime| prime.as_ref().clone()).collect();
    primes.sort_unstable_by(|first, second| second.cmp(first));
    let modulus = key.n().as_ref().clone();
    RsaPrivateKey::from_components(modulus, key.e().clone(), key.d().clone(), primes).ok()
}

struct Ecdsa<C: Curve>(SigningKey<C>);

impl<C: Curve> SigningMaterial for Ecdsa<C>
where
    C::PrivateKey: Send + Sync,
{
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Option<Vec<u8>> {
        let SignatureScheme::Ecdsa(hash) = scheme else { return None };
        let mut buffer = [0; MAX_SIGNATURE];
        let message = &[message];
        let signature = match hash {
            HashFunction::Sha256 => self.0.sign_asn1::<Sha256>(message, &mut buffer),
            HashFunction::Sha384 => self.0.sign_asn1::<Sha384>(message, &mut buffer),
            HashFunction::Sha512 => self.0.sign_asn1::<Sha512>(message, &mut buffer),
        };
        signature.ok().map(<[u8]>::to_vec)
    }
}

impl SigningMaterial for rsa::SigningKey {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Option<Vec<u8>> {
        let mut buffer = [0; MAX_SIGNATURE];
        let buffer = buffer.get_mut(..self.modulus_len_bytes())?;
        let signature = match scheme {
            SignatureScheme::RsaPkcs1(hash) => match hash {
                HashFunction::Sha256 => self.sign_pkcs1_sha256(buffer, message),
                HashFunction::Sha384 => self.sign_pkcs1_sha384(buffer, message),
                HashFunction::Sha512 => self.sign_pkcs1_sha512(buffer, message),
            },
            SignatureScheme::RsaPss(parameters) => match parameters.hash {
                HashFunction::Sha256 => self.sign_pss_sha256(buffer, message),
                HashFunction::Sha384 => self.sign_pss_sha384(buffer, message),
                HashFunction::Sha512 => self.sign_pss_sha512(buffer, message),
            },
            _ => return None,
        };
        signature.ok().map(<[u8]>::to_vec)
    }
}

impl SigningMaterial for Ed25519SigningKey {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Option<Vec<u8>> {
        (scheme == SignatureScheme::Ed25519).then(|| self.sign(message).to_vec())
    }
}
