use std::cmp::Ordering;
use std::fmt;

use crate::der::{Element, integer};

/// The serial number of a certificate: an INTEGER of any size (RFC 5280 4.1.2.2). Ordered as numbers are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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

    /// A positive number from its octets, most significant first, with or without leading zeros.
    pub fn from_unsigned(octets: &[u8]) -> Self {
        let significant = octets.iter().position(|octet| *octet != 0).and_then(|at| octets.get(at..));
        let mut contents = significant.unwrap_or(&[0]).to_vec();
        if contents.first().is_some_and(|first| first & 0x80 != 0) {
            contents.insert(0, 0);
        }
        Self { octets: contents.into() }
    }

    /// A number in hexadecimal, as it is shown; `None` for a text of another form.
    pub fn from_hex(text: &str) -> Option<Self> {
        /// Far more than any list or certificate has.
        const LONGEST: usize = 1_024;
        if text.is_empty() || text.len() > LONGEST || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let even = if text.len().is_multiple_of(2) { text.to_owned() } else { format!("0{text}") };
        let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let octets: Option<Vec<u8>> = even.as_bytes().chunks(2).map(octet).collect();
        octets.map(|octets| Self::from_unsigned(&octets))
    }

    /// The number that follows a positive one.
    #[must_use]
    pub fn next(&self) -> Self {
        let mut octets = self.octets.to_vec();
        for octet in octets.iter_mut().rev() {
            let (sum, carry) = octet.overflowing_add(1);
            *octet = sum;
            if !carry {
                return Self::from_unsigned(&octets);
            }
        }
        octets.insert(0, 1);
        Self::from_unsigned(&octets)
    }

    /// Contents octets of the INTEGER.
    pub fn as_octets(&self) -> &[u8] {
        &self.octets
    }

    /// Whether the number is below zero.
    pub fn is_negative(&self) -> bool {
        integer::is_negative(&self.octets)
    }

    /// Whether the number is zero.
    pub fn is_zero(&self) -> bool {
        self.octets.iter().all(|octet| *octet == 0)
    }
}

impl Ord for SerialNumber {
    /// As numbers; two forms of one number, of which DER has one alone, by their octets.
    fn cmp(&self, other: &Self) -> Ordering {
        integer::compare(&self.octets, &other.octets).then_with(|| self.octets.cmp(&other.octets))
    }
}

impl PartialOrd for SerialNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_ordered_as_numbers() {
        let ascending: [&[u8]; 12] = [
            &[0x80, 0, 0],
            &[0xff, 0x7f],
            &[0x80],
            &[0xff],
            &[0],
            &[1],
            &[2],
            &[0x7f],
            &[0, 0x80],
            &[0, 0xff],
            &[1, 0],
            &[0, 0, 1, 1],
        ];
        let numbers = ascending.map(SerialNumber::from_octets);
        assert!(numbers.iter().zip(numbers.iter().skip(1)).all(|(a, b)| a < b));
    }
}
