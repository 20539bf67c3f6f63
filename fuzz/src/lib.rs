//! Fuzz targets, each with an oracle that does not ask the engine whether it is right.
//!
//! With the feature `planted` every target has one fault between the engine and the oracle, of a kind that engines have had;
//! `cargo xtask fuzz --planted` shows that each is found.

pub mod certificate;
pub mod evaluate;
pub mod model;
pub mod name_constraints;
pub mod names;
pub mod p256;
pub mod path_graph;
pub mod pem;
pub mod policy;
pub mod policy_graph;
pub mod request;
pub mod round_trip;

use std::sync::OnceLock;

use arbitrary::{Result, Unstructured};
use certgate::crypto::{CryptoProvider, SignatureVerifier, Verification};

/// Whether faults are planted.
const PLANTED: bool = cfg!(feature = "planted");

/// A back end that takes every signature for valid: so that what comes after the signature is reached.
struct Lenient;

impl SignatureVerifier for Lenient {
    fn name(&self) -> &'static str {
        "lenient"
    }

    fn verify(&self, _: &Verification<'_>) -> bool {
        true
    }
}

/// Back ends that take every signature of good form for valid.
pub(crate) fn lenient() -> &'static CryptoProvider {
    static PROVIDER: OnceLock<CryptoProvider> = OnceLock::new();
    PROVIDER.get_or_init(|| CryptoProvider {
        p256: &Lenient,
        p384: &Lenient,
        p521: &Lenient,
        rsa: &Lenient,
        ed25519: &Lenient,
    })
}

/// The parts of an input that are set apart by lines of `%%`.
pub(crate) fn parts(input: &[u8]) -> Vec<&[u8]> {
    const MARK: &[u8] = b"\n%%\n";
    let mut parts = Vec::new();
    let mut rest = input;
    while let Some(at) = rest.windows(MARK.len()).position(|window| window == MARK) {
        parts.push(&rest[..at]);
        rest = &rest[at + MARK.len()..];
    }
    parts.push(rest);
    parts
}

/// Up to `most` items.
pub(crate) fn list<T>(
    u: &mut Unstructured<'_>,
    most: usize,
    mut item: impl FnMut(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let count = u.int_in_range(0..=most)?;
    (0..count).map(|_| item(u)).collect()
}
