//! Ed25519 keys and the points of their signatures.

use ed25519_dalek::VerifyingKey;

use crate::der::Element;
use crate::diagnostic::{Error, codes};

/// Decodes the 32 octets of an Ed25519 key (RFC 8410 4), which must be a point on the curve in its one form.
pub(super) fn decode(bits: &Element<'_>) -> Result<[u8; 32], Error> {
    let octets = bits.bit_string_octets()?;
    let Ok(point) = <[u8; 32]>::try_from(octets) else {
        return Err(bits.error(codes::KEY_POINT_FORM, "an Ed25519 key must have 32 octets"));
    };
    if is_canonical_point(&point) {
        Ok(point)
    } else {
        Err(bits.error(codes::KEY_POINT_OFF_CURVE, "the Ed25519 key is not the encoding of a point"))
    }
}

/// Whether the octets are a point, encoded as RFC 8032 5.1.2 does.
pub(crate) fn is_canonical_point(point: &[u8; 32]) -> bool {
    // RFC 8032 5.1.3 step 1: y below 2^255 - 19, that is not ffff…ed to ffff…ff with the sign bit aside.
    let non_canonical = matches!(point, [0xed..=0xff, middle @ .., last]
        if middle.iter().all(|byte| *byte == 0xff) && last & 0x7f == 0x7f);
    !non_canonical && VerifyingKey::from_bytes(point).is_ok()
}

/// Whether the point generates a subgroup of at most eight points.
pub(crate) fn is_small_order(point: &[u8; 32]) -> bool {
    VerifyingKey::from_bytes(point).is_ok_and(|key| key.is_weak())
}
