//! SHA-1 signatures are refused whatever they say. Where one does not even verify, that is the better answer.

use sha1::{Digest, Sha1};

use super::decode_ecdsa;
use crate::key::{Curve, KeyMaterial, PublicKey};
use crate::oid::{self, Oid};

/// Whether a signature with SHA-1 is wrong. Anything that cannot be decided here is not called wrong.
pub(super) fn is_wrong(algorithm: &Oid, key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
    let verdict = match key.material() {
        KeyMaterial::Rsa { key, .. } if [oid::SHA1_WITH_RSA, oid::SHA1_WITH_RSA_OIW].contains(algorithm) => {
            crate::crypto::rsa_public_key(key).map(|key| {
                key.verify(rsa::Pkcs1v15Sign::new::<Sha1>(), &Sha1::digest(message), signature).is_ok()
            })
        }
        KeyMaterial::Ec { curve: Curve::P256, point, .. } if *algorithm == oid::ECDSA_WITH_SHA1 => {
            verify_p256(point, &Sha1::digest(message), signature)
        }
        _ => None,
    };
    verdict == Some(false)
}

fn verify_p256(point: &[u8], digest: &[u8], signature: &[u8]) -> Option<bool> {
    use p256::ecdsa::signature::hazmat::PrehashVerifier;
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
    let Some(fixed) = decode_ecdsa(Curve::P256, signature) else { return Some(false) };
    let Ok(signature) = p256::ecdsa::Signature::from_slice(&fixed) else { return Some(false) };
    Some(key.verify_prehash(digest, &signature).is_ok())
}
