//! `crrl`: the fastest P-256 of WebAssembly.

use super::{SignatureVerifier, Verification};
use crate::key::KeyMaterial;
use crate::signature::SignatureScheme;

pub(super) struct P256;

impl SignatureVerifier for P256 {
    fn name(&self) -> &'static str {
        "crrl"
    }

    fn verify(&self, verification: &Verification<'_>) -> bool {
        let (SignatureScheme::Ecdsa(hash), KeyMaterial::Ec { point, .. }) =
            (verification.scheme, verification.key.material())
        else {
            return false;
        };
        crrl::p256::PublicKey::decode(point)
            .is_some_and(|key| key.verify_hash(verification.signature, &hash.digest(verification.message)))
    }
}
