//! Signing with RSA keys.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512,
    RsaEncoding, RsaKeyPair,
};

use super::super::private_key::{Material, SigningMaterial};
use crate::signature::{HashFunction, SignatureScheme};

/// The key for this back end; `None` where it does not take it, and for every key that is not RSA.
pub(in crate::crypto) fn signing_key(material: &Material) -> Option<Box<dyn SigningMaterial>> {
    let Material::Rsa(_) = material else { return None };
    let pkcs8 = material.to_pkcs8_der()?;
    Some(Box::new(Rsa(RsaKeyPair::from_pkcs8(&pkcs8).ok()?)))
}

struct Rsa(RsaKeyPair);

impl SigningMaterial for Rsa {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Option<Vec<u8>> {
        let encoding: &'static dyn RsaEncoding = match scheme {
            SignatureScheme::RsaPkcs1(hash) => match hash {
                HashFunction::Sha256 => &RSA_PKCS1_SHA256,
                HashFunction::Sha384 => &RSA_PKCS1_SHA384,
                HashFunction::Sha512 => &RSA_PKCS1_SHA512,
            },
            // The salt is as long as the digest, as in the three standard parameter sets.
            SignatureScheme::RsaPss(parameters) => match parameters.hash {
                HashFunction::Sha256 => &RSA_PSS_SHA256,
                HashFunction::Sha384 => &RSA_PSS_SHA384,
                HashFunction::Sha512 => &RSA_PSS_SHA512,
            },
            _ => return None,
        };
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(encoding, &SystemRandom::new(), message, &mut signature).ok()?;
        Some(signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{CryptoProvider, KeyKind, PrivateKey, RsaBits, Signer, Verification};
    use crate::signature::PssParameters;

    /// Every provider that the CPU runs takes what AWS-LC signs, in every scheme, and AWS-LC itself has signed it.
    #[test]
    fn every_provider_verifies_what_aws_lc_signs() {
        let hashes = [HashFunction::Sha256, HashFunction::Sha384, HashFunction::Sha512];
        let pss = |hash| SignatureScheme::RsaPss(PssParameters { hash });
        let schemes = hashes.map(SignatureScheme::RsaPkcs1).into_iter().chain(hashes.map(pss));
        for bits in [RsaBits::B2048, RsaBits::B3072] {
            let key = PrivateKey::generate(KeyKind::Rsa(bits), [7; 32]).expect("a key");
            let der = key.to_pkcs8_der().expect("an encoding");
            for scheme in schemes.clone() {
                let key = PrivateKey::from_der(&der).and_then(|key| key.with_scheme(scheme)).expect("a key");
                assert_eq!(key.back_end(), "aws-lc-rs");
                let fast = signing_key(&key.material).and_then(|fast| fast.sign(scheme, b"message"));
                let signature = fast.expect("a signature by AWS-LC");
                for (name, provider) in CryptoProvider::all() {
                    let verify = |message| {
                        let signature = signature.as_slice();
                        provider.verify(&Verification { scheme, key: key.public_key(), message, signature })
                    };
                    assert!(verify(b"message"), "{name}: {scheme:?}");
                    assert!(!verify(b"another"), "{name}: {scheme:?}");
                }
                if let SignatureScheme::RsaPkcs1(_) = scheme {
                    let portable = PrivateKey::from_der(&der).and_then(|key| key.with_scheme(scheme));
                    let portable = portable.expect("a key").portable();
                    assert_eq!(portable.sign(b"message").expect("a signature"), signature, "{scheme:?}");
                }
            }
        }
    }

    #[test]
    fn keys_of_other_kinds_are_left_to_their_back_ends() {
        let key = PrivateKey::generate(KeyKind::P256, [7; 32]).expect("a key");
        assert_ne!(key.back_end(), "aws-lc-rs");
    }
}
