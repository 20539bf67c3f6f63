use crate::der::{self, Decoder, Element, tag};
use crate::diagnostic::{Diagnostic, Error, codes, path::steps};
use crate::limits::Limits;

/// Smallest modulus that is verified or allowed (CA/Browser Forum TLS BR 6.1.5, NIST SP 800-57).
pub const MIN_MODULUS_BITS: u32 = 2048;
/// Largest modulus that is read: verification grows with its square (hostile input 35, CVE-2023-29409).
pub const MAX_MODULUS_BITS: u32 = 8192;

/// ```text
/// RSAPublicKey ::= SEQUENCE {
///     modulus           INTEGER,
///     publicExponent    INTEGER }
/// ```
///
/// RFC 8017 appendix A.1.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaKey {
    der: Vec<u8>,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl RsaKey {
    /// Decodes the contents of subjectPublicKey. Sizes are bounded before anything is calculated.
    pub(super) fn decode(bits: &Element<'_>, limits: &Limits) -> Result<Self, Error> {
        let octets = bits.bit_string_octets()?;
        let base = bits.value_start().saturating_add(1);
        der::check(octets, base, limits)?;
        let mut fields = Decoder::new(octets, base)?.sequence()?;
        let modulus = positive(&fields.expect(tag::INTEGER, "modulus")?, "modulus")?;
        let exponent = positive(&fields.expect(tag::INTEGER, "publicExponent")?, "publicExponent")?;
        fields.finish()?;
        let key = Self { der: octets.to_vec(), modulus, exponent };
        if key.bits() > MAX_MODULUS_BITS {
            let message = format!("the RSA modulus has {} bits, more than {MAX_MODULUS_BITS}", key.bits());
            return Err(bits.error(codes::KEY_RSA_MODULUS_TOO_LARGE, message).within("modulus"));
        }
        Ok(key)
    }

    /// The DER encoding of the RSAPublicKey.
    pub fn pkcs1_der(&self) -> &[u8] {
        &self.der
    }

    /// The modulus, big-endian without leading zeros.
    pub fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// The public exponent, big-endian without leading zeros.
    pub fn exponent(&self) -> &[u8] {
        &self.exponent
    }

    /// Size of the modulus in bits.
    pub fn bits(&self) -> u32 {
        let leading = self.modulus.first().map_or(0, |first| first.leading_zeros());
        u32::try_from(self.modulus.len().saturating_mul(8)).unwrap_or(u32::MAX).saturating_sub(leading)
    }

    /// The exponent as a number; `None` from 2^32 on.
    pub fn exponent_u32(&self) -> Option<u32> {
        if self.exponent.len() > 4 {
            return None;
        }
        Some(self.exponent.iter().fold(0u32, |sum, byte| (sum << 8) | u32::from(*byte)))
    }

    /// Size, divisibility by eight, parity and exponent.
    pub(super) fn check_size(&self) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let bits = self.bits();
        let modulus = || steps!["subjectPublicKey", "modulus"];
        if bits < MIN_MODULUS_BITS {
            diagnostics.push(
                Diagnostic::new(
                    codes::KEY_RSA_MODULUS_TOO_SMALL,
                    format!("the RSA modulus has {bits} bits, fewer than {MIN_MODULUS_BITS}"),
                )
                .at(modulus())
                .with_found(bits)
                .with_expected(MIN_MODULUS_BITS)
                .with_help("make an RSA key of 2048 bits or more, or a P-256 key"),
            );
        } else if bits.checked_rem(8) != Some(0) {
            diagnostics.push(
                Diagnostic::new(
                    codes::KEY_RSA_MODULUS_SIZE,
                    format!("the RSA modulus has {bits} bits, which is no multiple of 8"),
                )
                .at(modulus())
                .with_found(bits)
                .with_help("make a new key of 2048, 3072 or 4096 bits"),
            );
        }
        if self.modulus.last().is_some_and(|last| last & 1 == 0) {
            diagnostics.push(
                Diagnostic::new(codes::KEY_RSA_SMALL_FACTOR, "the RSA modulus is even")
                    .at(modulus())
                    .with_found(2u32)
                    .with_help("make a new key"),
            );
        }
        if !self.exponent_u32().is_some_and(|exponent| exponent >= 65_537 && exponent & 1 == 1) {
            diagnostics.push(
                Diagnostic::new(
                    codes::KEY_RSA_EXPONENT,
                    "the RSA exponent is not an odd number from 65537 to 4294967295",
                )
                .at(steps!["subjectPublicKey", "publicExponent"])
                .with_help("make a new key with the exponent 65537"),
            );
        }
        diagnostics
    }
}

/// The octets of a positive INTEGER without the zero byte of its sign.
fn positive(element: &Element<'_>, field: &'static str) -> Result<Vec<u8>, Error> {
    match element.value {
        [first, ..] if first & 0x80 != 0 => {
            Err(element.error(codes::KEY_RSA_NEGATIVE, format!("the {field} is negative")).within(field))
        }
        [0, rest @ ..] => Ok(rest.to_vec()),
        all => Ok(all.to_vec()),
    }
}
