use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An IP address of iPAddress: 4 or 16 octets (RFC 5280 4.2.1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpAddress(IpAddr);

impl IpAddress {
    /// From the octets of an iPAddress; `None` unless there are 4 or 16.
    pub fn from_octets(octets: &[u8]) -> Option<Self> {
        if let Ok(octets) = <[u8; 4]>::try_from(octets) {
            return Some(Self(Ipv4Addr::from(octets).into()));
        }
        <[u8; 16]>::try_from(octets).ok().map(|octets| Self(Ipv6Addr::from(octets).into()))
    }

    /// Reads the text form: four decimal numbers without leading zeros, or IPv6 (RFC 4291 2.2) without a zone.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    pub(crate) fn from_std(address: IpAddr) -> Self {
        Self(address)
    }

    /// The address.
    pub fn as_std(self) -> IpAddr {
        self.0
    }

    /// The octets, 4 or 16.
    pub fn octets(self) -> Vec<u8> {
        match self.0 {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        }
    }

    /// Whether it is an IPv4 address in IPv6 clothes: `::ffff:0:0/96` (RFC 4291 2.5.5.2).
    pub fn is_mapped(self) -> bool {
        matches!(self.0, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some())
    }

    /// The IPv4 address that a mapped one stands for, else the address itself.
    #[must_use]
    pub fn unmapped(self) -> Self {
        Self(self.0.to_canonical())
    }

    /// The octets of the unmapped address as a number, and its width in bits.
    pub(crate) fn bits(self) -> (u128, u32) {
        match self.unmapped().0 {
            IpAddr::V4(v4) => (u128::from(v4.to_bits()), 32),
            IpAddr::V6(v6) => (v6.to_bits(), 128),
        }
    }
}

impl fmt::Display for IpAddress {
    /// The canonical text (RFC 5952).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// An address block such as `10.0.0.0/8`; a single address is a block of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpPrefix {
    network: IpAddress,
    length: u32,
}

/// Why a text is no address block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PrefixFault {
    /// The address is not one.
    Address,
    /// The address has bits set behind the prefix.
    HostBits,
    /// The prefix length is not a number, or too large.
    Length,
}

impl IpPrefix {
    /// Reads `10.0.0.0/8`, `2001:db8::/32` or a single address.
    pub fn parse(text: &str) -> Result<Self, PrefixFault> {
        let (address, length) = match text.split_once('/') {
            None => (text, None),
            Some((address, length)) => (address, Some(length)),
        };
        let address = IpAddress::parse(address).ok_or(PrefixFault::Address)?;
        if address.is_mapped() {
            return Err(PrefixFault::Address);
        }
        let (bits, width) = address.bits();
        let length = match length {
            None => width,
            Some(text) if text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse().ok().filter(|length| *length <= width).ok_or(PrefixFault::Length)?
            }
            Some(_) => return Err(PrefixFault::Length),
        };
        let host_bits = width.saturating_sub(length);
        if host_bits > 0 && bits & low_mask(host_bits) != 0 {
            return Err(PrefixFault::HostBits);
        }
        Ok(Self { network: address, length })
    }

    /// The block that `text` most likely meant: the same with host bits cleared. The length of an IPv4-mapped block counts the
    /// bits of IPv6, as Go's `ParseCIDR` reads it: `::ffff:10.0.0.0/104` is `10.0.0.0/8`, and with `/8` it is `::/8`.
    pub fn cleared(text: &str) -> Option<String> {
        let (address, length) = text.split_once('/')?;
        let length: u32 = length.parse().ok()?;
        match IpAddress::parse(address)?.0 {
            IpAddr::V4(address) => {
                let host_bits = 32_u32.checked_sub(length)?;
                let network = u128::from(address.to_bits()) & !low_mask(host_bits);
                Some(format!("{}/{length}", Ipv4Addr::from(u32::try_from(network).ok()?)))
            }
            IpAddr::V6(address) => {
                let host_bits = 128_u32.checked_sub(length)?;
                let network = Ipv6Addr::from(address.to_bits() & !low_mask(host_bits));
                match (network.to_ipv4_mapped(), length.checked_sub(96)) {
                    (Some(mapped), Some(length)) => Some(format!("{mapped}/{length}")),
                    _ => Some(format!("{network}/{length}")),
                }
            }
        }
    }

    /// Whether the address lies in the block. An IPv4-mapped address is compared as the IPv4 address it stands for.
    pub fn contains(&self, address: IpAddress) -> bool {
        let (bits, width) = address.bits();
        let (network, own_width) = self.network.bits();
        width == own_width && bits & !low_mask(width.saturating_sub(self.length)) == network
    }

    /// Whether every address of `other` lies in the block.
    pub fn contains_prefix(&self, other: &Self) -> bool {
        self.length <= other.length && self.contains(other.network)
    }

    /// The first address and the length of the prefix in bits.
    pub fn parts(&self) -> (IpAddress, u32) {
        (self.network, self.length)
    }
}

fn low_mask(bits: u32) -> u128 {
    1u128.checked_shl(bits).map_or(u128::MAX, |power| power.saturating_sub(1))
}

impl fmt::Display for IpPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_4_or_16_octets_and_strict_text() {
        for len in [0, 1, 3, 5, 8, 15, 17, 32] {
            assert_eq!(IpAddress::from_octets(&vec![0; len]), None);
        }
        for text in ["010.0.0.1", "0xa000001", "10.0.0", "fe80::1%eth0", "1.2.3.4.5", "", "[::1]"] {
            assert_eq!(IpAddress::parse(text), None, "{text}");
        }
        assert_eq!(IpAddress::parse("2001:DB8:0::1").unwrap().to_string(), "2001:db8::1");
        let mapped = IpAddress::parse("::ffff:10.0.0.1").unwrap();
        assert!(mapped.is_mapped());
        assert_eq!(mapped.unmapped().to_string(), "10.0.0.1");
    }

    #[test]
    fn blocks_are_exact() {
        for (text, fault) in [
            ("10.0.0.1/8", PrefixFault::HostBits),
            ("2001:db8::1/32", PrefixFault::HostBits),
            ("10.0.0.0/33", PrefixFault::Length),
            ("10.0.0.0/", PrefixFault::Length),
            ("10.0.0.0/+8", PrefixFault::Length),
            ("::ffff:10.0.0.0/104", PrefixFault::Address),
            ("10.0.0/8", PrefixFault::Address),
        ] {
            assert_eq!(IpPrefix::parse(text), Err(fault), "{text}");
        }
        for (text, cleared) in [
            ("10.1.2.3/8", Some("10.0.0.0/8")),
            ("2001:db8::1/32", Some("2001:db8::/32")),
            ("::ffff:10.0.0.0/8", Some("::/8")),
            ("::ffff:10.1.2.3/104", Some("10.0.0.0/8")),
            ("::ffff:10.1.2.3/128", Some("10.1.2.3/32")),
            ("10.0.0.0/33", None),
            ("::/129", None),
        ] {
            assert_eq!(IpPrefix::cleared(text).as_deref(), cleared, "{text}");
        }
        let block = IpPrefix::parse("10.0.0.0/8").unwrap();
        assert!(block.contains(IpAddress::parse("10.255.255.255").unwrap()));
        assert!(block.contains(IpAddress::parse("::ffff:10.0.0.1").unwrap()));
        assert!(!block.contains(IpAddress::parse("11.0.0.0").unwrap()));
        assert!(!IpPrefix::parse("::/0").unwrap().contains(IpAddress::parse("10.0.0.1").unwrap()));
        assert!(IpPrefix::parse("0.0.0.0/0").unwrap().contains_prefix(&block));
    }
}
