//! Where revocation lists are, and what they cover.

use std::fmt;

use crate::der::{Decoder, Element, tag};
use crate::diagnostic::{Error, codes};
use crate::limits::Limits;
use crate::name::{DistinguishedName, GeneralName, decode_general_names};

/// Why a certificate was revoked.
///
/// RFC 5280 5.3.1. `removeFromCRL` occurs in delta lists only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are those of RFC 5280 5.3.1")]
pub enum ReasonCode {
    Unspecified,
    KeyCompromise,
    CaCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    CertificateHold,
    RemoveFromCrl,
    PrivilegeWithdrawn,
    AaCompromise,
}

impl ReasonCode {
    /// All reasons in the order of their numbers; 7 is not used.
    pub const ALL: [(u8, Self); 10] = [
        (0, Self::Unspecified),
        (1, Self::KeyCompromise),
        (2, Self::CaCompromise),
        (3, Self::AffiliationChanged),
        (4, Self::Superseded),
        (5, Self::CessationOfOperation),
        (6, Self::CertificateHold),
        (8, Self::RemoveFromCrl),
        (9, Self::PrivilegeWithdrawn),
        (10, Self::AaCompromise),
    ];

    /// From the number of the ENUMERATED.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == number).map(|(_, reason)| reason)
    }

    /// From the contents octets of the ENUMERATED.
    pub(crate) fn from_octets(octets: &[u8]) -> Option<Self> {
        match octets {
            [number] => Self::from_number(*number),
            _ => None,
        }
    }

    /// The number of the ENUMERATED.
    pub fn number(self) -> u8 {
        Self::ALL.into_iter().find(|(_, reason)| *reason == self).map_or(0, |(number, _)| number)
    }

    /// The name in ASN.1.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::RemoveFromCrl => "removeFromCRL",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AaCompromise => "aACompromise",
        }
    }

    /// Finds a reason by its name in ASN.1.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().map(|(_, reason)| reason).find(|reason| reason.as_str() == name)
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The set of reasons that a list covers: `ReasonFlags` (RFC 5280 4.2.1.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReasonFlags(u16);

impl ReasonFlags {
    /// No reason.
    pub const NONE: Self = Self(0);
    /// All reasons that ReasonFlags has a bit for, 1 to 8.
    pub const ALL: Self = Self(0x1fe);

    fn decode(element: &Element<'_>) -> Result<Self, Error> {
        let Some((unused, octets)) = element.value.split_first() else {
            return Err(element.error(codes::DER_BIT_STRING, "a BIT STRING is empty"));
        };
        if *unused > 7 || (octets.is_empty() && *unused != 0) {
            return Err(
                element.error(codes::DER_BIT_STRING, "a BIT STRING claims unused bits that it has not")
            );
        }
        let mut flags: u16 = 0;
        for position in 0u16..=8 {
            let octet = octets.get(usize::from(position.div_euclid(8))).copied().unwrap_or_default();
            let shift = 7u32.saturating_sub(u32::from(position.rem_euclid(8)));
            if octet.checked_shr(shift).unwrap_or_default() & 1 == 1 {
                flags |= 1u16.checked_shl(u32::from(position)).unwrap_or_default();
            }
        }
        Ok(Self(flags))
    }

    /// The reasons of both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The reasons of either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether every reason of `self` is in `other`.
    pub fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether all eight reasons are there.
    pub fn is_all(self) -> bool {
        Self::ALL.is_subset(self)
    }
}

/// The name of a distribution point.
///
/// ```text
/// DistributionPointName ::= CHOICE {
///     fullName                [0] GeneralNames,
///     nameRelativeToCRLIssuer [1] RelativeDistinguishedName }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DistributionPointName {
    /// All names of the point.
    Full(Vec<GeneralName>),
    /// The DER of an RDN that follows the name of the CRL's issuer: the SET's contents.
    Relative(Vec<u8>),
}

impl DistributionPointName {
    /// Decodes `distributionPoint [0] DistributionPointName`, which is tagged explicitly because it is a CHOICE.
    fn decode(field: &Element<'_>, limits: &Limits) -> Result<Self, Error> {
        const FULL: u8 = tag::context_constructed(0);
        const RELATIVE: u8 = tag::context_constructed(1);
        let mut contents = field.contents()?;
        let choice = contents.element()?;
        contents.finish()?;
        match choice.tag {
            FULL => decode_general_names(choice.contents()?, limits).map(Self::Full),
            RELATIVE => Ok(Self::Relative(choice.value.to_vec())),
            _ => Err(choice.error(codes::DER_UNEXPECTED_TYPE, "expected a DistributionPointName")),
        }
    }

    /// All names that the point has; a relative one is completed with the issuer's name.
    pub(crate) fn names(&self, issuer: &DistinguishedName) -> Vec<GeneralName> {
        match self {
            Self::Full(names) => names.clone(),
            Self::Relative(rdn) => issuer.with_rdn(rdn).map(GeneralName::DirectoryName).into_iter().collect(),
        }
    }
}

/// Where a certificate's revocation list is.
///
/// ```text
/// DistributionPoint ::= SEQUENCE {
///     distributionPoint  [0] DistributionPointName OPTIONAL,
///     reasons            [1] ReasonFlags           OPTIONAL,
///     cRLIssuer          [2] GeneralNames          OPTIONAL }
/// ```
///
/// RFC 5280 4.2.1.13.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistributionPoint {
    /// Its name.
    pub name: Option<DistributionPointName>,
    /// The reasons that its list covers; `None` for all.
    pub reasons: Option<ReasonFlags>,
    /// Who issues the list, if not the certificate's issuer; empty if absent.
    pub crl_issuer: Vec<GeneralName>,
}

impl DistributionPoint {
    pub(super) fn decode_all(element: &Element<'_>, limits: &Limits) -> Result<Vec<Self>, Error> {
        let mut contents = element.expect(tag::SEQUENCE, "CRLDistributionPoints")?.contents()?;
        let mut points: Vec<Self> = Vec::new();
        while !contents.is_finished() {
            let fields = contents.sequence()?;
            points.push(Self::decode(fields, limits).map_err(|error| error.within(points.len()))?);
        }
        if points.is_empty() {
            return Err(element.error(codes::EXTENSION_EMPTY, "there is no distribution point"));
        }
        Ok(points)
    }

    fn decode(mut fields: Decoder<'_>, limits: &Limits) -> Result<Self, Error> {
        let name = match fields.optional(tag::context_constructed(0))? {
            Some(field) => Some(DistributionPointName::decode(&field, limits)?),
            None => None,
        };
        let reasons =
            fields.optional(tag::context(1))?.map(|field| ReasonFlags::decode(&field)).transpose()?;
        let crl_issuer = match fields.optional(tag::context_constructed(2))? {
            Some(field) => decode_general_names(field.contents()?, limits)?,
            None => Vec::new(),
        };
        fields.finish()?;
        Ok(Self { name, reasons, crl_issuer })
    }
}

/// What a revocation list covers.
///
/// ```text
/// IssuingDistributionPoint ::= SEQUENCE {
///     distributionPoint          [0] DistributionPointName OPTIONAL,
///     onlyContainsUserCerts      [1] BOOLEAN DEFAULT FALSE,
///     onlyContainsCACerts        [2] BOOLEAN DEFAULT FALSE,
///     onlySomeReasons            [3] ReasonFlags OPTIONAL,
///     indirectCRL                [4] BOOLEAN DEFAULT FALSE,
///     onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
/// ```
///
/// RFC 5280 5.2.5.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssuingDistributionPoint {
    /// The name of the point that the list is fetched from.
    pub name: Option<DistributionPointName>,
    /// Only end-entity certificates are covered.
    pub only_user: bool,
    /// Only CA certificates are covered.
    pub only_ca: bool,
    /// Only these reasons are covered.
    pub only_reasons: Option<ReasonFlags>,
    /// The list has entries of other issuers.
    pub indirect: bool,
    /// Only attribute certificates are covered.
    pub only_attribute: bool,
}

impl IssuingDistributionPoint {
    pub(super) fn decode(element: &Element<'_>, limits: &Limits) -> Result<Self, Error> {
        let mut fields = element.expect(tag::SEQUENCE, "IssuingDistributionPoint")?.contents()?;
        let name = match fields.optional(tag::context_constructed(0))? {
            Some(field) => Some(DistributionPointName::decode(&field, limits)?),
            None => None,
        };
        let only_user = decode_flag(&mut fields, 1)?;
        let only_ca = decode_flag(&mut fields, 2)?;
        let only_reasons =
            fields.optional(tag::context(3))?.map(|field| ReasonFlags::decode(&field)).transpose()?;
        let indirect = decode_flag(&mut fields, 4)?;
        let only_attribute = decode_flag(&mut fields, 5)?;
        fields.finish()?;
        Ok(Self { name, only_user, only_ca, only_reasons, indirect, only_attribute })
    }
}

/// A BOOLEAN with an implicit tag. FALSE is tolerated: it is the default that DER leaves out.
fn decode_flag(fields: &mut Decoder<'_>, number: u8) -> Result<bool, Error> {
    match fields.optional(tag::context(number))? {
        None => Ok(false),
        Some(field) => match field.value {
            [0x00] => Ok(false),
            [0xff] => Ok(true),
            _ => Err(field.error(codes::DER_BOOLEAN, "a BOOLEAN is neither 00 nor ff")),
        },
    }
}
