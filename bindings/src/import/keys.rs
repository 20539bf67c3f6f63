//! Keys.

use certgate::key::{Curve, MAX_MODULUS_BITS, MIN_MODULUS_BITS};
use certgate::policy::document::{EcKeys, Ed25519Keys, Permission, RsaIdentifier, RsaKeys};

/// RSA keys of these sizes, as far as any policy allows them. Programs in Go know no keys that are bound to RSASSA-PSS.
pub(super) fn rsa(min: u32, max: u32) -> Option<RsaKeys> {
    let (min, max) = (min.max(MIN_MODULUS_BITS), max.min(MAX_MODULUS_BITS));
    (min <= max).then(|| RsaKeys {
        min: Some(min),
        max: Some(max),
        sizes: Vec::new(),
        identifiers: vec![RsaIdentifier::RsaEncryption],
    })
}

/// Curves of these sizes.
pub(super) fn ec(min: u32, max: u32) -> Option<EcKeys> {
    let curves = Curve::ALL.into_iter().filter(|curve| (min..=max).contains(&curve.bits()));
    let curves: Vec<String> = curves.map(|curve| curve.as_str().to_owned()).collect();
    (!curves.is_empty()).then_some(EcKeys { curves, compressed: Permission::Deny })
}

pub(super) fn ed25519() -> Option<Ed25519Keys> {
    Some(Ed25519Keys {})
}
