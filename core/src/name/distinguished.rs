use std::fmt;

use crate::der::{Decoder, Element, StringType, decode_string, tag};
use crate::diagnostic::{Error, codes};
use crate::limits::Limits;
use crate::oid::{self, Oid};

/// A distinguished name with every attribute in order.
///
/// ```text
/// Name ::= CHOICE { rdnSequence  RDNSequence }
/// RDNSequence ::= SEQUENCE OF RelativeDistinguishedName
/// RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
/// ```
///
/// RFC 5280 4.1.2.4.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DistinguishedName {
    attributes: Vec<NameAttribute>,
    der: Vec<u8>,
}

/// One AttributeTypeAndValue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NameAttribute {
    oid: Oid,
    rdn: usize,
    string: Option<(StringType, String)>,
    value: Vec<u8>,
}

impl DistinguishedName {
    /// Reads a Name in DER.
    pub fn from_der(input: &[u8]) -> Result<Self, Error> {
        let limits = Limits::default();
        crate::der::check(input, 0, &limits)?;
        Self::from_element(&Decoder::new(input, 0)?.element()?, &limits)
    }

    /// Decodes a Name that [`crate::der::check`] has accepted.
    pub(crate) fn from_element(element: &Element<'_>, limits: &Limits) -> Result<Self, Error> {
        element.expect(tag::SEQUENCE, "Name")?;
        let mut attributes = Vec::new();
        let mut rdns = element.contents()?;
        let mut rdn: usize = 0;
        while !rdns.is_finished() {
            let set =
                rdns.expect(tag::SET, "RelativeDistinguishedName").map_err(|error| error.within(rdn))?;
            if set.value.is_empty() {
                return Err(set
                    .error(codes::NAME_EMPTY_RDN, "a relative distinguished name has no attribute")
                    .within(rdn));
            }
            let mut members = set.contents()?;
            while !members.is_finished() {
                if attributes.len() >= limits.name_attributes {
                    return Err(set.error(
                        codes::LIMIT_NAME_ATTRIBUTES,
                        format!("the name has more than {} attributes", limits.name_attributes),
                    ));
                }
                let attribute = NameAttribute::decode(&mut members, rdn)
                    .map_err(|error| error.within(attributes.len()))?;
                attributes.push(attribute);
            }
            rdn = rdn.saturating_add(1);
        }
        Ok(Self { attributes, der: element.encoding.to_vec() })
    }

    /// All attributes in order, those of a multi-valued RDN one after another.
    pub fn attributes(&self) -> &[NameAttribute] {
        &self.attributes
    }

    /// Whether there is no attribute.
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// The texts of all common names.
    pub fn common_names(&self) -> impl Iterator<Item = &str> {
        self.attributes
            .iter()
            .filter(|attribute| attribute.oid == oid::COMMON_NAME)
            .filter_map(NameAttribute::text)
    }

    /// The DER encoding as it was read.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether two names are equal under RFC 5280 7.1: string types, case and runs of spaces make no difference.
    pub fn matches(&self, other: &Self) -> bool {
        self.der == other.der || self.normal_form() == other.normal_form()
    }

    /// A form that is equal for names that match, and the beginning of the form of every name below.
    pub(crate) fn normal_form(&self) -> Vec<u8> {
        super::normal::form(&self.attributes)
    }

    /// The form in which it is held against subtrees of names.
    pub(crate) fn comparable(&self) -> super::normal::ComparableName {
        super::normal::ComparableName::new(&self.attributes)
    }

    /// This name with one more RDN, given as the contents of its SET; `None` if that is no RDN.
    pub(crate) fn with_rdn(&self, rdn: &[u8]) -> Option<Self> {
        use crate::der::encode::{any, encode};
        let mut contents = self.contents()?.to_vec();
        contents.extend(encode(&any(::der::Tag::Set, rdn).ok()?).ok()?);
        Self::from_der(&encode(&any(::der::Tag::Sequence, &contents).ok()?).ok()?).ok()
    }

    fn contents(&self) -> Option<&[u8]> {
        Some(Decoder::new(&self.der, 0).ok()?.element().ok()?.value)
    }

    /// Number of attributes in the RDN with this index.
    pub fn rdn_len(&self, rdn: usize) -> usize {
        self.attributes.iter().filter(|attribute| attribute.rdn == rdn).count()
    }
}

impl NameAttribute {
    fn decode(members: &mut Decoder<'_>, rdn: usize) -> Result<Self, Error> {
        let mut fields = members.sequence()?;
        let oid = Oid::from_element(&fields.element()?)?;
        let value = fields.element().map_err(|error| error.within(oid.label()))?;
        fields.finish()?;
        Ok(Self { oid, rdn, string: decode_string(&value), value: value.encoding.to_vec() })
    }

    /// The attribute's type.
    pub fn oid(&self) -> &Oid {
        &self.oid
    }

    /// Index of the RDN that it belongs to.
    pub fn rdn(&self) -> usize {
        self.rdn
    }

    /// The string type of the value; `None` if it is no string.
    pub fn string_type(&self) -> Option<StringType> {
        self.string.as_ref().map(|(string_type, _)| *string_type)
    }

    /// The text of the value; `None` if it is no string.
    pub fn text(&self) -> Option<&str> {
        self.string.as_ref().map(|(_, text)| text.as_str())
    }

    /// The DER encoding of the value.
    pub fn value_der(&self) -> &[u8] {
        &self.value
    }
}

impl fmt::Display for DistinguishedName {
    /// RFC 4514: the last RDN first, `CN=…,O=…`. Types without a short name there are written by the name that the
    /// standards give them, others as dotted decimal with the value in hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rdns: Vec<usize> = self.attributes.iter().map(|attribute| attribute.rdn).collect();
        rdns.dedup();
        for (position, rdn) in rdns.into_iter().rev().enumerate() {
            if position > 0 {
                f.write_str(",")?;
            }
            for (index, attribute) in
                self.attributes.iter().filter(|attribute| attribute.rdn == rdn).enumerate()
            {
                if index > 0 {
                    f.write_str("+")?;
                }
                write!(f, "{attribute}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for NameAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (short_name(&self.oid).or_else(|| self.oid.name()), self.text()) {
            (Some(name), Some(text)) => {
                write!(f, "{name}=")?;
                write_escaped(f, text)
            }
            _ => {
                write!(f, "{}=#", self.oid)?;
                self.value.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}

/// The short names of RFC 4514 3.
pub(crate) fn short_name(oid: &Oid) -> Option<&'static str> {
    Some(match oid.name()? {
        "commonName" => "CN",
        "countryName" => "C",
        "domainComponent" => "DC",
        "localityName" => "L",
        "organizationName" => "O",
        "organizationalUnitName" => "OU",
        "stateOrProvinceName" => "ST",
        "streetAddress" => "STREET",
        "userId" => "UID",
        _ => return None,
    })
}

/// RFC 4514 2.4.
fn write_escaped(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let last = text.chars().count().saturating_sub(1);
    for (index, c) in text.chars().enumerate() {
        match c {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => write!(f, "\\{c}")?,
            ' ' if index == 0 || index == last => f.write_str("\\ ")?,
            '#' if index == 0 => f.write_str("\\#")?,
            c if c.is_control() => {
                let mut buffer = [0; 4];
                c.encode_utf8(&mut buffer).bytes().try_for_each(|byte| write!(f, "\\{byte:02x}"))?;
            }
            c => write!(f, "{c}")?,
        }
    }
    Ok(())
}
