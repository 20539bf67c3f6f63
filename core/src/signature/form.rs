use super::{SignatureScheme, decode_ecdsa};
use crate::key::{Curve, KeyMaterial, PublicKey};

/// Judges the form of a signature before any back end does, and brings ECDSA into fixed length: r and s from 1 to n - 1,
/// RSA exactly as long as the modulus, Ed25519 with S below the order and no point of small order.
pub(super) fn check(scheme: SignatureScheme, key: &PublicKey, signature: &[u8]) -> Option<Vec<u8>> {
    match (scheme, key.material()) {
        (SignatureScheme::Ecdsa(_), KeyMaterial::Ec { curve, .. }) => {
            let fixed = decode_ecdsa(*curve, signature)?;
            let (r, s) = fixed.split_at_checked(curve.coordinate_len())?;
            let in_range = |number: &[u8]| number.iter().any(|byte| *byte != 0) && number < order(*curve);
            (in_range(r) && in_range(s)).then_some(fixed)
        }
        (SignatureScheme::Ed25519, KeyMaterial::Ed25519(point)) => {
            let (r, s) = signature.split_first_chunk::<32>()?;
            let s = <[u8; 32]>::try_from(s).ok()?;
            let scalar_fits = s.iter().rev().lt(ED25519_ORDER.iter().rev());
            let points_fit = crate::key::is_canonical_point(r)
                && !crate::key::is_small_order(r)
                && !crate::key::is_small_order(point);
            (scalar_fits && points_fit).then(|| signature.to_vec())
        }
        (SignatureScheme::RsaPkcs1(_) | SignatureScheme::RsaPss(_), KeyMaterial::Rsa { key, .. }) => {
            let fits = signature.len() == key.modulus().len() && signature < key.modulus();
            fits.then(|| signature.to_vec())
        }
        _ => None,
    }
}

/// The order of the group that each curve's base point generates (FIPS 186-5, SP 800-186 3.2.1), big-endian.
fn order(curve: Curve) -> &'static [u8] {
    match curve {
        Curve::P256 => &P256_ORDER,
        Curve::P384 => &P384_ORDER,
        Curve::P521 => &P521_ORDER,
    }
}

const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
    0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

const P384_ORDER: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a,
    0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
];

const P521_ORDER: [u8; 66] = [
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfa,
    0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0, 0x3b,
    0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09,
];

/// L = 2^252 + 27742317777372353535851937790883648493 (RFC 8032 5.1), little-endian.
const ED25519_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_those_of_the_curves() {
        use p256::elliptic_curve::Curve as _;
        assert_eq!(P256_ORDER[..], p256::NistP256::ORDER.to_be_bytes()[..]);
        assert_eq!(P384_ORDER[..], p384::NistP384::ORDER.to_be_bytes()[..]);
        assert!(p521::NistP521::ORDER.to_be_bytes().ends_with(&P521_ORDER));
    }
}
