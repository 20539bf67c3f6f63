//! Signature back ends behind small traits, chosen per algorithm and platform.
//!
//! | | native x86_64 and aarch64 | every other CPU | WebAssembly |
//! |---|---|---|---|
//! | P-256 | `graviola` where the CPU has what it needs, else `p256` | `p256` | `crrl` |
//! | P-384, RSA, Ed25519 | `graviola` there, else `p384`, `rsa`, `ed25519-dalek` | `p384`, `rsa`, `ed25519-dalek` | the same |
//! | P-521 | `p521` | `p521` | `p521` |
//!
//! With the feature `aws-lc-rs`, which the native hosts have unless they are built without it, ECDSA and RSA are verified by
//! AWS-LC, and RSA keys in memory sign by it.
//!
//! Back ends get keys and signatures whose form [`crate::signature`] has judged, so that they agree on every input.

use crate::key::{Curve, KeyMaterial, PublicKey};
use crate::signature::SignatureScheme;

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod accelerated;
#[cfg(all(feature = "aws-lc-rs", not(target_arch = "wasm32")))]
mod aws_lc;
#[cfg(any(target_arch = "wasm32", feature = "crrl"))]
mod compact;
mod portable;
mod private_key;
mod signer;

pub use private_key::{DerivationLimits, KeyDerivation, KeyKind, PrivateKey, RsaBits};
pub use signer::{Signer, ecdsa_signature};

pub(crate) use portable::rsa_public_key;

/// One signature to verify.
#[derive(Clone, Copy, Debug)]
pub struct Verification<'a> {
    /// How it was made.
    pub scheme: SignatureScheme,
    /// The key, of the scheme's algorithm.
    pub key: &'a PublicKey,
    /// What was signed.
    pub message: &'a [u8],
    /// The signature: ECDSA as r and s of fixed length, others as they are.
    pub signature: &'a [u8],
}

/// Verifies the signatures of one algorithm.
pub trait SignatureVerifier: Send + Sync {
    /// The name of the back end.
    fn name(&self) -> &'static str;

    /// Whether the signature verifies. Anything that the back end cannot handle does not verify.
    fn verify(&self, verification: &Verification<'_>) -> bool;

    /// Makes a key ready for many signatures; `None` if the back end gains nothing by it, or cannot handle the key.
    fn prepare(&self, key: &PublicKey) -> Option<Box<dyn PreparedKey>> {
        let _ = key;
        None
    }
}

/// A key that a back end has made ready for many signatures, such as that of a CA.
pub trait PreparedKey: Send + Sync {
    /// Whether the signature verifies under this key.
    fn verify(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> bool;
}

/// The back ends by algorithm. Replace one with struct update syntax: `CryptoProvider { p256: &MINE, ..*provider }`.
#[derive(Clone, Copy)]
pub struct CryptoProvider {
    /// ECDSA on P-256.
    pub p256: &'static dyn SignatureVerifier,
    /// ECDSA on P-384.
    pub p384: &'static dyn SignatureVerifier,
    /// ECDSA on P-521.
    pub p521: &'static dyn SignatureVerifier,
    /// RSA, both schemes.
    pub rsa: &'static dyn SignatureVerifier,
    /// Ed25519.
    pub ed25519: &'static dyn SignatureVerifier,
}

impl CryptoProvider {
    /// Portable Rust for every CPU.
    pub const PORTABLE: Self = Self {
        p256: &portable::P256,
        p384: &portable::P384,
        p521: &portable::P521,
        rsa: &portable::Rsa,
        ed25519: &portable::Ed25519,
    };

    /// What WebAssembly uses; on other targets with the feature `crrl`.
    #[cfg(any(target_arch = "wasm32", feature = "crrl"))]
    pub const COMPACT: Self = Self { p256: &compact::P256, ..Self::PORTABLE };

    /// The best that there are for the CPU at hand: those of AWS-LC with the feature `aws-lc-rs`.
    pub fn best() -> &'static Self {
        #[cfg(all(feature = "aws-lc-rs", not(target_arch = "wasm32")))]
        return &aws_lc::PROVIDER;
        #[cfg(not(all(feature = "aws-lc-rs", not(target_arch = "wasm32"))))]
        Self::best_in_rust()
    }

    /// The best in Rust, verified assembly included.
    fn best_in_rust() -> &'static Self {
        #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
        if graviola::util::is_cpu_supported() {
            return &accelerated::PROVIDER;
        }
        #[cfg(target_arch = "wasm32")]
        return &Self::COMPACT;
        #[cfg(not(target_arch = "wasm32"))]
        &Self::PORTABLE
    }

    /// All providers that this CPU runs, by name: for tests that hold them to one another.
    pub fn all() -> Vec<(&'static str, &'static Self)> {
        let mut all: Vec<(&'static str, &'static Self)> = vec![("portable", &Self::PORTABLE)];
        #[cfg(any(target_arch = "wasm32", feature = "crrl"))]
        all.push(("compact", &Self::COMPACT));
        #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
        if graviola::util::is_cpu_supported() {
            all.push(("accelerated", &accelerated::PROVIDER));
        }
        #[cfg(all(feature = "aws-lc-rs", not(target_arch = "wasm32")))]
        all.push(("aws-lc-rs", &aws_lc::PROVIDER));
        all
    }

    /// Verifies with the back end of the key's algorithm.
    pub(crate) fn verify(&self, verification: &Verification<'_>) -> bool {
        self.back_end(verification.key).is_some_and(|back_end| back_end.verify(verification))
    }

    /// The key made ready for many signatures, where its back end gains by it. Its form has been judged.
    pub(crate) fn prepare(&self, key: &PublicKey) -> Option<Box<dyn PreparedKey>> {
        self.back_end(key)?.prepare(key)
    }

    fn back_end(&self, key: &PublicKey) -> Option<&'static dyn SignatureVerifier> {
        match key.material() {
            KeyMaterial::Rsa { .. } => Some(self.rsa),
            KeyMaterial::Ec { curve: Curve::P256, .. } => Some(self.p256),
            KeyMaterial::Ec { curve: Curve::P384, .. } => Some(self.p384),
            KeyMaterial::Ec { curve: Curve::P521, .. } => Some(self.p521),
            KeyMaterial::Ed25519(_) => Some(self.ed25519),
            KeyMaterial::Unsupported { .. } => None,
        }
    }
}

/// The private key as the best back end for the CPU at hand has it; `None` if that is the portable one.
fn signing_key(material: &private_key::Material) -> Option<Box<dyn private_key::SigningMaterial>> {
    #[cfg(all(feature = "aws-lc-rs", not(target_arch = "wasm32")))]
    if let Some(key) = aws_lc::signing_key(material) {
        return Some(key);
    }
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    return accelerated::signing_key(material);
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        let _ = material;
        None
    }
}

impl std::fmt::Debug for CryptoProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CryptoProvider")
            .field("p256", &self.p256.name())
            .field("p384", &self.p384.name())
            .field("p521", &self.p521.name())
            .field("rsa", &self.rsa.name())
            .field("ed25519", &self.ed25519.name())
            .finish()
    }
}
