use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::distinguished::DistinguishedName;
use super::dns::{DnsFault, DnsName};
use super::email::{EmailAddress, EmailFault};
use super::hex;
use super::ip::IpAddress;
use super::uri::{Uri, UriFault};
use crate::der::{Decoder, Element, StringType, check_oid, decode_string, tag};
use crate::diagnostic::{Error, codes};
use crate::limits::Limits;
use crate::oid::Oid;

/// A text and what it means, or why it means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<T, F> {
    /// The text as it stands in the input.
    pub text: Arc<str>,
    /// The typed name, or the fault.
    pub value: Result<T, F>,
}

impl<T: fmt::Display, F> Named<T, F> {
    /// The typed name's text, or the text as it stands if it is none.
    pub fn canonical(&self) -> String {
        self.value.as_ref().map_or_else(|_| self.text.to_string(), ToString::to_string)
    }
}

impl Named<DnsName, DnsFault> {
    /// The name as it is compared, if it is one: RFC 9525 6.3 asks for LDH labels, and not whether they may be registered.
    pub(crate) fn compared(&self) -> Option<Cow<'_, DnsName>> {
        match &self.value {
            Ok(name) => Some(Cow::Borrowed(name)),
            Err(_) => DnsName::parse_ldh(&self.text).ok().map(Cow::Owned),
        }
    }
}

/// By the text, which what it means follows from.
impl<T, F> Hash for Named<T, F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// otherName: a type and a value of any form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OtherName {
    /// The type.
    pub oid: Oid,
    /// String type and text of the value, if it is a string.
    pub string: Option<(StringType, String)>,
    /// DER encoding of the value.
    pub value: Vec<u8>,
}

/// One name of a subjectAltName.
///
/// ```text
/// GeneralName ::= CHOICE {
///     otherName                 [0]  AnotherName,
///     rfc822Name                [1]  IA5String,
///     dNSName                   [2]  IA5String,
///     x400Address               [3]  ORAddress,
///     directoryName             [4]  Name,
///     ediPartyName              [5]  EDIPartyName,
///     uniformResourceIdentifier [6]  IA5String,
///     iPAddress                 [7]  OCTET STRING,
///     registeredID              [8]  OBJECT IDENTIFIER }
/// ```
///
/// RFC 5280 4.2.1.6.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GeneralName {
    /// `[0]`
    OtherName(OtherName),
    /// `[1]`
    Rfc822Name(Named<EmailAddress, EmailFault>),
    /// `[2]`
    DnsName(Named<DnsName, DnsFault>),
    /// `[3]`, as DER.
    X400Address(Vec<u8>),
    /// `[4]`
    DirectoryName(DistinguishedName),
    /// `[5]`, as DER.
    EdiPartyName(Vec<u8>),
    /// `[6]`
    Uri(Named<Uri, UriFault>),
    /// `[7]`: octets, and the address if there are 4 or 16.
    IpAddress {
        /// The octets.
        octets: Vec<u8>,
        /// The address.
        address: Option<IpAddress>,
    },
    /// `[8]`
    RegisteredId(Oid),
}

/// The nine kinds of GeneralName.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are those of RFC 5280 4.2.1.6")]
pub enum GeneralNameKind {
    OtherName,
    Rfc822Name,
    DnsName,
    X400Address,
    DirectoryName,
    EdiPartyName,
    Uri,
    IpAddress,
    RegisteredId,
}

impl GeneralNameKind {
    /// All kinds in the order of their tags.
    pub const ALL: [Self; 9] = [
        Self::OtherName,
        Self::Rfc822Name,
        Self::DnsName,
        Self::X400Address,
        Self::DirectoryName,
        Self::EdiPartyName,
        Self::Uri,
        Self::IpAddress,
        Self::RegisteredId,
    ];

    /// The name in ASN.1.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OtherName => "otherName",
            Self::Rfc822Name => "rfc822Name",
            Self::DnsName => "dNSName",
            Self::X400Address => "x400Address",
            Self::DirectoryName => "directoryName",
            Self::EdiPartyName => "ediPartyName",
            Self::Uri => "uniformResourceIdentifier",
            Self::IpAddress => "iPAddress",
            Self::RegisteredId => "registeredID",
        }
    }
}

impl GeneralName {
    /// A dNSName of this text, which [`DnsName::parse`] reads.
    pub fn dns(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        Self::DnsName(Named { value: DnsName::parse_shared(&text), text })
    }

    /// An rfc822Name of this text, which [`EmailAddress::parse`] reads.
    pub fn email(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        Self::Rfc822Name(Named { value: EmailAddress::parse(&text), text })
    }

    /// A uniformResourceIdentifier of this text, which [`Uri::parse`] reads.
    pub fn uri(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        Self::Uri(Named { value: Uri::parse(&text), text })
    }

    /// The iPAddress of this address.
    pub fn ip(address: IpAddress) -> Self {
        Self::IpAddress { octets: address.octets(), address: Some(address) }
    }

    /// The kind.
    pub fn kind(&self) -> GeneralNameKind {
        match self {
            Self::OtherName(_) => GeneralNameKind::OtherName,
            Self::Rfc822Name(_) => GeneralNameKind::Rfc822Name,
            Self::DnsName(_) => GeneralNameKind::DnsName,
            Self::X400Address(_) => GeneralNameKind::X400Address,
            Self::DirectoryName(_) => GeneralNameKind::DirectoryName,
            Self::EdiPartyName(_) => GeneralNameKind::EdiPartyName,
            Self::Uri(_) => GeneralNameKind::Uri,
            Self::IpAddress { .. } => GeneralNameKind::IpAddress,
            Self::RegisteredId(_) => GeneralNameKind::RegisteredId,
        }
    }

    /// The name in the form in which it is judged, told to rules and issued: DNS names and hosts of mail addresses in lower
    /// case. What means nothing stays as it is.
    #[must_use]
    pub fn canonical(&self) -> Self {
        let has_upper = |text: &str| text.bytes().any(|byte| byte.is_ascii_uppercase());
        match self {
            Self::DnsName(named) if named.value.is_ok() && has_upper(&named.text) => {
                Self::dns(named.canonical())
            }
            Self::Rfc822Name(named) if named.value.is_ok() && has_upper(&named.text) => {
                Self::email(named.canonical())
            }
            _ => self.clone(),
        }
    }

    /// A text for people and reports. It is not parsed again anywhere.
    pub fn display(&self) -> String {
        match self {
            Self::OtherName(other) => match &other.string {
                Some((_, text)) => text.clone(),
                None => hex(&other.value),
            },
            Self::Rfc822Name(named) => named.text.to_string(),
            Self::DnsName(named) => named.text.to_string(),
            Self::Uri(named) => named.text.to_string(),
            Self::X400Address(der) | Self::EdiPartyName(der) => hex(der),
            Self::DirectoryName(name) => name.to_string(),
            Self::IpAddress { octets, address } => {
                address.map_or_else(|| hex(octets), |address| address.to_string())
            }
            Self::RegisteredId(oid) => oid.to_string(),
        }
    }

    fn decode(element: &Element<'_>, limits: &Limits) -> Result<Self, Error> {
        const OTHER_NAME: u8 = tag::context_constructed(0);
        const RFC822_NAME: u8 = tag::context(1);
        const DNS_NAME: u8 = tag::context(2);
        const X400_ADDRESS: u8 = tag::context_constructed(3);
        const DIRECTORY_NAME: u8 = tag::context_constructed(4);
        const EDI_PARTY_NAME: u8 = tag::context_constructed(5);
        const URI: u8 = tag::context(6);
        const IP_ADDRESS: u8 = tag::context(7);
        const REGISTERED_ID: u8 = tag::context(8);
        Ok(match element.tag {
            OTHER_NAME => Self::OtherName(OtherName::decode(element)?),
            RFC822_NAME => Self::email(ia5(element)?),
            DNS_NAME => Self::dns(ia5(element)?),
            X400_ADDRESS => Self::X400Address(element.encoding.to_vec()),
            DIRECTORY_NAME => {
                let mut explicit = element.contents()?;
                let name = DistinguishedName::from_element(&explicit.element()?, limits)?;
                explicit.finish()?;
                Self::DirectoryName(name)
            }
            EDI_PARTY_NAME => Self::EdiPartyName(element.encoding.to_vec()),
            URI => Self::uri(ia5(element)?),
            IP_ADDRESS => Self::IpAddress {
                octets: element.value.to_vec(),
                address: IpAddress::from_octets(element.value),
            },
            REGISTERED_ID => {
                check_oid(element, limits)?;
                Self::RegisteredId(Oid::from_octets(element.value))
            }
            _ => return Err(element.error(codes::DER_UNEXPECTED_TYPE, "expected a GeneralName")),
        })
    }
}

impl OtherName {
    fn decode(element: &Element<'_>) -> Result<Self, Error> {
        let mut fields = element.contents()?;
        let oid = Oid::from_element(&fields.element()?)?;
        let mut explicit = fields.expect(tag::context_constructed(0), "[0] value")?.contents()?;
        let value = explicit.element()?;
        explicit.finish()?;
        fields.finish()?;
        Ok(Self { oid, string: decode_string(&value), value: value.encoding.to_vec() })
    }
}

fn kind_of_tag(tag: u8) -> Option<GeneralNameKind> {
    (tag & 0x80 != 0).then(|| GeneralNameKind::ALL.get(usize::from(tag & 0x1f)).copied()).flatten()
}

fn ia5<'a>(element: &Element<'a>) -> Result<&'a str, Error> {
    match std::str::from_utf8(element.value) {
        Ok(text) if text.is_ascii() => Ok(text),
        _ => {
            Err(element.error(codes::DER_STRING, "an IA5String has characters that its type does not allow"))
        }
    }
}

/// Decodes one GeneralName. Paths begin with its kind.
pub(crate) fn decode_general_name(element: &Element<'_>, limits: &Limits) -> Result<GeneralName, Error> {
    GeneralName::decode(element, limits).map_err(|error| match kind_of_tag(element.tag) {
        Some(kind) => error.within(kind.as_str()),
        None => error,
    })
}

/// Bytes of a name, and names, for which room is made at once.
const USUAL_NAME: usize = 24;
const USUAL_NAMES: usize = 32;

/// Decodes `GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName`; the caller has consumed the SEQUENCE header.
pub(crate) fn decode_general_names(
    mut names: Decoder<'_>,
    limits: &Limits,
) -> Result<Vec<GeneralName>, Error> {
    let mut out = Vec::with_capacity(names.left().div_ceil(USUAL_NAME).min(USUAL_NAMES));
    if names.is_finished() {
        return Err(Error::new(codes::EXTENSION_EMPTY, "GeneralNames is empty"));
    }
    while !names.is_finished() {
        let element = names.element()?;
        let index = out.len();
        if index >= limits.general_names {
            return Err(element.error(
                codes::LIMIT_GENERAL_NAMES,
                format!("there are more than {} names", limits.general_names),
            ));
        }
        out.push(decode_general_name(&element, limits).map_err(|error| error.within(index))?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_one_have_one_form() {
        for text in ["A.Example.COM", "a.EXAMPLE.com", "a.example.com"] {
            assert_eq!(GeneralName::dns(text).canonical(), GeneralName::dns("a.example.com"), "{text}");
        }
        assert_eq!(GeneralName::dns("*.Example.com").canonical().display(), "*.example.com");
        assert_eq!(
            GeneralName::email("Jane@Example.com").canonical(),
            GeneralName::email("Jane@example.com")
        );
        for kept in [GeneralName::dns("A..b"), GeneralName::uri("https://example.com/A")] {
            assert_eq!(kept.canonical(), kept);
        }
    }
}
