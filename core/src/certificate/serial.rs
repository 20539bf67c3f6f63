use std::fmt;

use crate::der::Element;

/// The serial number of a certificate: an INTEGER of any size (RFC 5280 4.1.2.2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SerialNumber {
    /// Contents octets of the INTEGER, two's complement.
    octets: Box<[u8]>,
}

impl SerialNumber {
    /// Most octets that RFC 5280 4.1.2.2 allows.
    pub const MAX_OCTETS: usize = 20;

    /// From an INTEGER that [`crate::der::check`] has accepted.
    pub(crate) fn from_element(element: &Element<'_>) -> Self {
        Self { octets: element.value.into() }
    }

    /// From contents octets of an INTEGER in DER.
    pub fn from_octets(octets: &[u8]) -> Self {
        Self { octets: octets.into() }
    }

    /// Contents octets of the INTEGER.
    pub fn as_octets(&self) -> &[u8] {
        &self.octets
    }

    /// Whether the number is below zero.
    pub fn is_negative(&self) -> bool {
        self.octets.first().is_some_and(|first| first & 0x80 != 0)
    }

    /// Whether the number is zero.
    pub fn is_zero(&self) -> bool {
        self.octets.iter().all(|octet| *octet == 0)
    }
}

impl fmt::Display for SerialNumber {
    /// Lower-case hexadecimal without a leading sign octet; a negative number as its two's complement.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let octets = match &*self.octets {
            [0, rest @ ..] if !rest.is_empty() => rest,
            all => all,
        };
        octets.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}
