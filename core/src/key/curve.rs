use crate::der::Element;
use crate::diagnostic::{Code, Error, codes};
use crate::oid::{self, Oid};

/// The named curves whose keys certgate verifies (FIPS 186-5, RFC 5480).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Curve {
    /// secp256r1
    P256,
    /// secp384r1
    P384,
    /// secp521r1
    P521,
}

impl Curve {
    /// All curves.
    pub const ALL: [Self; 3] = [Self::P256, Self::P384, Self::P521];

    /// The name in policies and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    /// Finds a curve by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.as_str() == name)
    }

    /// Size in bits.
    pub fn bits(self) -> u32 {
        match self {
            Self::P256 => 256,
            Self::P384 => 384,
            Self::P521 => 521,
        }
    }

    /// Octets of one coordinate.
    pub fn coordinate_len(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// The object identifier of namedCurve.
    pub fn oid(self) -> Oid {
        match self {
            Self::P256 => oid::P256,
            Self::P384 => oid::P384,
            Self::P521 => oid::P521,
        }
    }

    pub(super) fn from_oid(oid: &Oid) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.oid() == *oid)
    }

    /// Checks a point and brings it into uncompressed form (SEC 1 2.3.4): no infinity, no hybrid form, coordinates below
    /// the prime, on the curve. The second value says whether it was compressed.
    pub(super) fn decode_point(self, bits: &Element<'_>) -> Result<(Vec<u8>, bool), Error> {
        let point = bits.bit_string_octets()?;
        let fault = |code: Code, message: &str| Err(bits.error(code, message));
        let coordinates = match point.split_first() {
            None => return fault(codes::KEY_POINT_FORM, "the EC point is empty"),
            Some((0x00, _)) => return fault(codes::KEY_POINT_FORM, "the EC point is the point at infinity"),
            Some((0x06 | 0x07, _)) => return fault(codes::KEY_POINT_FORM, "the EC point is in hybrid form"),
            Some((0x04, _)) => 2,
            Some((0x02 | 0x03, _)) => 1,
            Some(_) => return fault(codes::KEY_POINT_FORM, "the EC point has an unknown form"),
        };
        let expected = self.coordinate_len().saturating_mul(coordinates).saturating_add(1);
        if point.len() != expected {
            return fault(codes::KEY_POINT_FORM, "the EC point has the wrong length for its curve");
        }
        let uncompressed = match self {
            Self::P256 => p256::PublicKey::from_sec1_bytes(point).ok().map(|key| uncompressed(point, &key)),
            Self::P384 => p384::PublicKey::from_sec1_bytes(point).ok().map(|key| uncompressed(point, &key)),
            Self::P521 => p521::PublicKey::from_sec1_bytes(point).ok().map(|key| uncompressed(point, &key)),
        };
        match uncompressed {
            Some(uncompressed) => Ok((uncompressed, coordinates == 1)),
            None => fault(codes::KEY_POINT_OFF_CURVE, "the EC point is not on its curve"),
        }
    }
}

/// The uncompressed form of a point: as it came, if it came so.
fn uncompressed<C>(point: &[u8], key: &p256::elliptic_curve::PublicKey<C>) -> Vec<u8>
where
    C: p256::elliptic_curve::CurveArithmetic,
    p256::elliptic_curve::AffinePoint<C>:
        p256::elliptic_curve::sec1::FromSec1Point<C> + p256::elliptic_curve::sec1::ToSec1Point<C>,
    p256::elliptic_curve::FieldBytesSize<C>: p256::elliptic_curve::sec1::ModulusSize,
{
    use p256::elliptic_curve::sec1::ToSec1Point;
    if point.first() == Some(&0x04) { point.to_vec() } else { key.to_sec1_point(false).as_bytes().to_vec() }
}
