//! Encoding extensions, with the types of `x509-cert` where it has them. Object identifiers are put in as their octets:
//! its own type has no room for all of them.

use ::der::Tag;
use ::der::asn1::{Any, Ia5String, OctetString};
use x509_cert::ext::pkix;
use x509_cert::ext::pkix::name::GeneralName as EncodedName;

use super::{BasicConstraints, KeyUsage, KeyUsageBit, NameConstraints};
use crate::der::encode::{any, cannot_encode, concatenate, context, encode, sequence};
use crate::diagnostic::Error;
use crate::name::{DistinguishedName, GeneralName};
use crate::oid::{self, Oid};

/// An extension to be encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewExtension {
    /// The type.
    pub oid: Oid,
    /// Whether it is marked critical.
    pub critical: bool,
    /// The contents of extnValue.
    pub value: Vec<u8>,
}

impl NewExtension {
    /// basicConstraints (RFC 5280 4.2.1.9), critical.
    pub fn basic_constraints(constraints: BasicConstraints) -> Result<Self, Error> {
        let path_len_constraint = match constraints.path_length.map(u8::try_from) {
            None => None,
            Some(Ok(length)) => Some(length),
            Some(Err(_)) => return Err(cannot_encode("a path length above 255")),
        };
        let value = pkix::BasicConstraints { ca: constraints.ca, path_len_constraint };
        Ok(Self { oid: oid::BASIC_CONSTRAINTS, critical: true, value: encode(&value)? })
    }

    /// keyUsage (RFC 5280 4.2.1.3), critical.
    pub fn key_usage(usage: KeyUsage) -> Result<Self, Error> {
        let flags =
            usage.iter().map(flag).fold(pkix::KeyUsage(der::flagset::FlagSet::default()), |mut set, flag| {
                set.0 |= flag;
                set
            });
        Ok(Self { oid: oid::KEY_USAGE, critical: true, value: encode(&flags)? })
    }

    /// extendedKeyUsage (RFC 5280 4.2.1.12), not critical.
    pub fn extended_key_usage(purposes: &[Oid]) -> Result<Self, Error> {
        let purposes: Vec<Any> = purposes.iter().map(Oid::to_any).collect::<Result<_, _>>()?;
        Ok(Self { oid: oid::EXTENDED_KEY_USAGE, critical: false, value: encode(&purposes)? })
    }

    /// subjectAltName (RFC 5280 4.2.1.6).
    pub fn subject_alt_name(names: &[GeneralName], critical: bool) -> Result<Self, Error> {
        let names: Vec<Any> = names.iter().map(encode_name).collect::<Result<_, _>>()?;
        Ok(Self { oid: oid::SUBJECT_ALT_NAME, critical, value: encode(&names)? })
    }

    /// nameConstraints (RFC 5280 4.2.1.10), critical.
    pub fn name_constraints(constraints: &NameConstraints) -> Result<Self, Error> {
        let mut fields = Vec::new();
        for (number, subtrees) in [(0, &constraints.permitted), (1, &constraints.excluded)] {
            let mut encoded = Vec::new();
            for subtree in subtrees {
                encoded.push(sequence(&[encode_name(&subtree.base)?])?);
            }
            if !encoded.is_empty() {
                fields.push(context(number, &concatenate(&encoded)?)?);
            }
        }
        Ok(Self { oid: oid::NAME_CONSTRAINTS, critical: true, value: encode(&sequence(&fields)?)? })
    }

    /// `Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue }` in DER.
    pub(crate) fn to_any(&self) -> Result<Any, Error> {
        let mut fields = vec![self.oid.to_any()?];
        if self.critical {
            fields.push(any(Tag::Boolean, &[0xff])?);
        }
        fields.push(any(Tag::OctetString, &self.value)?);
        sequence(&fields)
    }
}

/// The name in its canonical form: what was judged is what is encoded.
fn encode_name(name: &GeneralName) -> Result<Any, Error> {
    let ia5 = |text: &str| Ia5String::new(text).map_err(|_| cannot_encode("a name"));
    let name = match name {
        GeneralName::DnsName(named) => match &named.value {
            Ok(name) => EncodedName::DnsName(ia5(&name.to_string())?),
            Err(_) => EncodedName::DnsName(ia5(&named.text)?),
        },
        GeneralName::Rfc822Name(named) => match &named.value {
            Ok(address) => EncodedName::Rfc822Name(ia5(&address.to_string())?),
            Err(_) => EncodedName::Rfc822Name(ia5(&named.text)?),
        },
        GeneralName::Uri(named) => EncodedName::UniformResourceIdentifier(ia5(&named.text)?),
        GeneralName::IpAddress { octets, .. } => EncodedName::IpAddress(
            OctetString::new(octets.as_slice()).map_err(|_| cannot_encode("an address"))?,
        ),
        GeneralName::OtherName(other) => {
            let explicit = context(0, &other.value)?;
            let contents = concatenate(&[other.oid.to_any()?, explicit])?;
            return context(0, &contents);
        }
        GeneralName::DirectoryName(name) => return context(4, name.der()),
        GeneralName::RegisteredId(oid) => {
            let number = ::der::TagNumber(8);
            return any(Tag::ContextSpecific { constructed: false, number }, oid.as_octets());
        }
        GeneralName::X400Address(der) | GeneralName::EdiPartyName(der) => {
            use ::der::Decode;
            return Any::from_der(der).map_err(|_| cannot_encode("a name"));
        }
    };
    use ::der::Decode;
    Any::from_der(&encode(&name)?).map_err(|_| cannot_encode("a name"))
}

fn flag(bit: KeyUsageBit) -> pkix::KeyUsages {
    match bit {
        KeyUsageBit::DigitalSignature => pkix::KeyUsages::DigitalSignature,
        KeyUsageBit::ContentCommitment => pkix::KeyUsages::NonRepudiation,
        KeyUsageBit::KeyEncipherment => pkix::KeyUsages::KeyEncipherment,
        KeyUsageBit::DataEncipherment => pkix::KeyUsages::DataEncipherment,
        KeyUsageBit::KeyAgreement => pkix::KeyUsages::KeyAgreement,
        KeyUsageBit::KeyCertSign => pkix::KeyUsages::KeyCertSign,
        KeyUsageBit::CrlSign => pkix::KeyUsages::CRLSign,
        KeyUsageBit::EncipherOnly => pkix::KeyUsages::EncipherOnly,
        KeyUsageBit::DecipherOnly => pkix::KeyUsages::DecipherOnly,
    }
}

/// A UTF8String in DER, such as the value of an otherName or of an attribute.
///
/// # Errors
/// Only for texts of more than 4 GiB.
pub fn utf8_string(text: &str) -> Result<Vec<u8>, Error> {
    encode(&any(Tag::Utf8String, text.as_bytes())?)
}

/// A distinguished name: each attribute in an RDN of its own, with the string type that RFC 5280 appendix A asks for.
pub(crate) fn encode_subject(attributes: &[(Oid, String)]) -> Result<DistinguishedName, Error> {
    let mut rdns = Vec::new();
    for (oid, text) in attributes {
        let tag = match oid.name() {
            Some("countryName" | "serialNumber" | "dnQualifier" | "jurisdictionCountryName") => {
                Tag::PrintableString
            }
            Some("emailAddress" | "domainComponent") => Tag::Ia5String,
            _ => Tag::Utf8String,
        };
        let attribute = sequence(&[oid.to_any()?, any(tag, text.as_bytes())?])?;
        rdns.push(any(Tag::Set, &encode(&attribute)?)?);
    }
    DistinguishedName::from_der(&encode(&sequence(&rdns)?)?)
}
