//! AWS-LC, through `aws-lc-rs`: with the feature of that name it verifies ECDSA and RSA, and signs with RSA keys in memory.
//!
//! Ed25519 stays with the back end that has it without the feature.

use std::sync::{LazyLock, OnceLock};

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1,
    ECDSA_P521_SHA512_ASN1, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    UnparsedPublicKey, VerificationAlgorithm,
};

use super::{CryptoProvider, PreparedKey, SignatureVerifier, Verification, ecdsa_signature};
use crate::key::{Curve, KeyMaterial, PublicKey};
use crate::signature::{HashFunction, SignatureScheme};

mod signing;

pub(super) use signing::signing_key;

const NAME: &str = "aws-lc-rs";

/// AWS-LC for ECDSA and RSA, and the best in Rust for Ed25519.
pub(super) static PROVIDER: LazyLock<CryptoProvider> = LazyLock::new(|| CryptoProvider {
    p256: &AwsLc,
    p384: &AwsLc,
    p521: &AwsLc,
    rsa: &AwsLc,
    ..*CryptoProvider::best_in_rust()
});

struct AwsLc;

impl SignatureVerifier for AwsLc {
    fn name(&self) -> &'static str {
        NAME
    }

    fn verify(&self, verification: &Verification<'_>) -> bool {
        let Verification { scheme, key, message, signature } = *verification;
        let Some(key) = Key::new(key) else { return false };
        let Some(algorithm) = key.algorithm(scheme) else { return false };
        key.with_encoded(signature, |signature| {
            UnparsedPublicKey::new(algorithm, key.octets).verify(message, signature).is_ok()
        })
    }

    fn prepare(&self, key: &PublicKey) -> Option<Box<dyn PreparedKey>> {
        let Key { curve, octets } = Key::new(key)?;
        Some(Box::new(Prepared { curve, octets: octets.into(), parsed: OnceLock::new() }))
    }
}

/// A public key as AWS-LC takes it: the point in uncompressed form, or the RSAPublicKey in DER.
#[derive(Clone, Copy)]
struct Key<'a> {
    /// The curve; without one it is an RSA key.
    curve: Option<Curve>,
    octets: &'a [u8],
}

impl<'a> Key<'a> {
    fn new(key: &'a PublicKey) -> Option<Self> {
        match key.material() {
            KeyMaterial::Ec { curve, point, .. } => Some(Self { curve: Some(*curve), octets: point }),
            KeyMaterial::Rsa { key, .. } => Some(Self { curve: None, octets: key.pkcs1_der() }),
            _ => None,
        }
    }

    fn algorithm(&self, scheme: SignatureScheme) -> Option<&'static dyn VerificationAlgorithm> {
        use HashFunction::{Sha256, Sha384, Sha512};
        Some(match (self.curve, scheme) {
            (Some(curve), SignatureScheme::Ecdsa(hash)) => match (curve, hash) {
                (Curve::P256, Sha256) => &ECDSA_P256_SHA256_ASN1,
                (Curve::P256, Sha384) => &ECDSA_P256_SHA384_ASN1,
                (Curve::P256, Sha512) => &ECDSA_P256_SHA512_ASN1,
                (Curve::P384, Sha256) => &ECDSA_P384_SHA256_ASN1,
                (Curve::P384, Sha384) => &ECDSA_P384_SHA384_ASN1,
                (Curve::P384, Sha512) => &ECDSA_P384_SHA512_ASN1,
                (Curve::P521, Sha256) => &ECDSA_P521_SHA256_ASN1,
                (Curve::P521, Sha384) => &ECDSA_P521_SHA384_ASN1,
                (Curve::P521, Sha512) => &ECDSA_P521_SHA512_ASN1,
            },
            (None, SignatureScheme::RsaPkcs1(hash)) => match hash {
                Sha256 => &RSA_PKCS1_2048_8192_SHA256,
                Sha384 => &RSA_PKCS1_2048_8192_SHA384,
                Sha512 => &RSA_PKCS1_2048_8192_SHA512,
            },
            // The salt is as long as the digest, as in the three standard parameter sets.
            (None, SignatureScheme::RsaPss(parameters)) => match parameters.hash {
                Sha256 => &RSA_PSS_2048_8192_SHA256,
                Sha384 => &RSA_PSS_2048_8192_SHA384,
                Sha512 => &RSA_PSS_2048_8192_SHA512,
            },
            _ => return None,
        })
    }

    /// AWS-LC takes r and s of ECDSA in DER for every pair of curve and hash function.
    fn with_encoded(&self, signature: &[u8], verify: impl FnOnce(&[u8]) -> bool) -> bool {
        match self.curve {
            Some(curve) => ecdsa_signature(curve, signature).is_ok_and(|der| verify(&der)),
            None => verify(signature),
        }
    }
}

/// A key that is read once. A CA signs in one scheme: the first that it is asked for is kept ready.
struct Prepared {
    curve: Option<Curve>,
    octets: Box<[u8]>,
    parsed: OnceLock<Option<(SignatureScheme, ParsedPublicKey)>>,
}

impl PreparedKey for Prepared {
    fn verify(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> bool {
        let key = Key { curve: self.curve, octets: &self.octets };
        let Some(algorithm) = key.algorithm(scheme) else { return false };
        let parsed = self
            .parsed
            .get_or_init(|| ParsedPublicKey::new(algorithm, key.octets).ok().map(|parsed| (scheme, parsed)));
        key.with_encoded(signature, |signature| match parsed {
            Some((known, parsed)) if *known == scheme => parsed.verify_sig(message, signature).is_ok(),
            _ => UnparsedPublicKey::new(algorithm, key.octets).verify(message, signature).is_ok(),
        })
    }
}
