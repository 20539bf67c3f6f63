use std::fmt;

use crate::der::{Element, tag};
use crate::diagnostic::Error;

/// One bit of keyUsage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are those of RFC 5280 4.2.1.3")]
pub enum KeyUsageBit {
    DigitalSignature,
    ContentCommitment,
    KeyEncipherment,
    DataEncipherment,
    KeyAgreement,
    KeyCertSign,
    CrlSign,
    EncipherOnly,
    DecipherOnly,
}

impl KeyUsageBit {
    /// All bits in the order of the BIT STRING.
    pub const ALL: [Self; 9] = [
        Self::DigitalSignature,
        Self::ContentCommitment,
        Self::KeyEncipherment,
        Self::DataEncipherment,
        Self::KeyAgreement,
        Self::KeyCertSign,
        Self::CrlSign,
        Self::EncipherOnly,
        Self::DecipherOnly,
    ];

    /// The name in ASN.1.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DigitalSignature => "digitalSignature",
            Self::ContentCommitment => "contentCommitment",
            Self::KeyEncipherment => "keyEncipherment",
            Self::DataEncipherment => "dataEncipherment",
            Self::KeyAgreement => "keyAgreement",
            Self::KeyCertSign => "keyCertSign",
            Self::CrlSign => "cRLSign",
            Self::EncipherOnly => "encipherOnly",
            Self::DecipherOnly => "decipherOnly",
        }
    }

    /// Finds a bit by its name in ASN.1; `nonRepudiation` is the older name of contentCommitment.
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "nonRepudiation" {
            return Some(Self::ContentCommitment);
        }
        Self::ALL.into_iter().find(|bit| bit.as_str() == name)
    }

    fn mask(self) -> u16 {
        match self {
            Self::DigitalSignature => 1 << 0,
            Self::ContentCommitment => 1 << 1,
            Self::KeyEncipherment => 1 << 2,
            Self::DataEncipherment => 1 << 3,
            Self::KeyAgreement => 1 << 4,
            Self::KeyCertSign => 1 << 5,
            Self::CrlSign => 1 << 6,
            Self::EncipherOnly => 1 << 7,
            Self::DecipherOnly => 1 << 8,
        }
    }
}

impl fmt::Display for KeyUsageBit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The set of keyUsage bits.
///
/// ```text
/// KeyUsage ::= BIT STRING { digitalSignature (0), nonRepudiation (1), … decipherOnly (8) }
/// ```
///
/// RFC 5280 4.2.1.3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct KeyUsage(u16);

impl KeyUsage {
    /// No bit at all.
    pub const EMPTY: Self = Self(0);

    pub(super) fn decode(element: &Element<'_>) -> Result<Self, Error> {
        element.expect(tag::BIT_STRING, "KeyUsage")?;
        // Octets behind the ninth bit belong to no usage that is defined; they count as other bits and as none of these.
        let octets = element.value.get(1..).unwrap_or_default();
        let set = KeyUsageBit::ALL.into_iter().enumerate().filter(|(position, _)| {
            let octet = octets.get(position.div_euclid(8)).copied().unwrap_or_default();
            let shift = 7u32.saturating_sub(u32::try_from(position.rem_euclid(8)).unwrap_or_default());
            octet.checked_shr(shift).unwrap_or_default() & 1 == 1
        });
        Ok(set.map(|(_, bit)| bit).collect())
    }

    /// Whether the bit is set.
    pub fn contains(self, bit: KeyUsageBit) -> bool {
        self.0 & bit.mask() != 0
    }

    /// Whether no bit is set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all bits of `self` are in `other`.
    pub fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// The bits of either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The bits of `self` that are not in `other`.
    #[must_use]
    pub fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The bits in their order.
    pub fn iter(self) -> impl Iterator<Item = KeyUsageBit> {
        KeyUsageBit::ALL.into_iter().filter(move |bit| self.contains(*bit))
    }
}

impl FromIterator<KeyUsageBit> for KeyUsage {
    fn from_iter<I: IntoIterator<Item = KeyUsageBit>>(bits: I) -> Self {
        Self(bits.into_iter().fold(0, |set, bit| set | bit.mask()))
    }
}
