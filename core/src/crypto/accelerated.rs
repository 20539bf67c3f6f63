//! `graviola`: verified assembly for x86_64 and aarch64, used only where `is_cpu_supported` says so.

use graviola::hashing::{Sha256, Sha384, Sha512};
use graviola::signing::ecdsa::{Curve, P256, P384, VerifyingKey};
use graviola::signing::eddsa::Ed25519VerifyingKey;
use graviola::signing::rsa;

use super::{CryptoProvider, SignatureVerifier, Verification};
use crate::key::KeyMaterial;
use crate::signature::{HashFunction, SignatureScheme};

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
        verify_ecdsa::<P256>(verification)
    }
}

impl SignatureVerifier for Ecdsa384 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn verify(&self, verification: &Verification<'_>) -> bool {
        verify_ecdsa::<P384>(verification)
    }
}

fn verify_ecdsa<C: Curve>(verification: &Verification<'_>) -> bool {
    let (SignatureScheme::Ecdsa(hash), KeyMaterial::Ec { point, .. }) =
        (verification.scheme, verification.key.material())
    else {
        return false;
    };
    let Ok(key) = VerifyingKey::<C>::from_x962_uncompressed(point) else { return false };
    let message = &[verification.message];
    match hash {
        HashFunction::Sha256 => key.verify::<Sha256>(message, verification.signature),
        HashFunction::Sha384 => key.verify::<Sha384>(message, verification.signature),
        HashFunction::Sha512 => key.verify::<Sha512>(message, verification.signature),
    }
    .is_ok()
}

impl SignatureVerifier for Rsa {
    fn name(&self) -> &'static str {
        NAME
    }

    fn verify(&self, verification: &Verification<'_>) -> bool {
        let KeyMaterial::Rsa { key, .. } = verification.key.material() else { return false };
        let Ok(key) = rsa::VerifyingKey::from_pkcs1_der(key.pkcs1_der()) else { return false };
        let (signature, message) = (verification.signature, verification.message);
        match verification.scheme {
            SignatureScheme::RsaPkcs1(hash) => match hash {
                HashFunction::Sha256 => key.verify_pkcs1_sha256(signature, message),
                HashFunction::Sha384 => key.verify_pkcs1_sha384(signature, message),
                HashFunction::Sha512 => key.verify_pkcs1_sha512(signature, message),
            },
            SignatureScheme::RsaPss(parameters) => match parameters.hash {
                HashFunction::Sha256 => key.verify_pss_sha256(signature, message),
                HashFunction::Sha384 => key.verify_pss_sha384(signature, message),
                HashFunction::Sha512 => key.verify_pss_sha512(signature, message),
            },
            _ => return false,
        }
        .is_ok()
    }
}

impl SignatureVerifier for Ed25519 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn verify(&self, verification: &Verification<'_>) -> bool {
        let KeyMaterial::Ed25519(point) = verification.key.material() else { return false };
        Ed25519VerifyingKey::from_bytes(point)
            .is_ok_and(|key| key.verify(verification.signature, verification.message).is_ok())
    }
}
