//! Extensions of certificates and requests: typed where certgate reads them, else raw with type and criticality.

use crate::der::{self, Decoder, Element, tag};
use crate::diagnostic::{Diagnostic, Error, Path, codes};
use crate::limits::Limits;
use crate::name::{GeneralName, decode_general_names};
use crate::oid::{self, Oid};

mod basic_constraints;
pub(crate) mod encode;
mod key_usage;

pub use basic_constraints::BasicConstraints;
pub use encode::{NewExtension, utf8_string};
pub use key_usage::{KeyUsage, KeyUsageBit};

/// One extension.
///
/// ```text
/// Extension ::= SEQUENCE {
///     extnID      OBJECT IDENTIFIER,
///     critical    BOOLEAN DEFAULT FALSE,
///     extnValue   OCTET STRING }
/// ```
///
/// RFC 5280 4.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    oid: Oid,
    critical: bool,
    der: Vec<u8>,
    value: ExtensionValue,
}

/// What an extension says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExtensionValue {
    /// basicConstraints (RFC 5280 4.2.1.9).
    BasicConstraints(BasicConstraints),
    /// extendedKeyUsage (RFC 5280 4.2.1.12).
    ExtendedKeyUsage(Vec<Oid>),
    /// keyUsage (RFC 5280 4.2.1.3).
    KeyUsage(KeyUsage),
    /// subjectAltName (RFC 5280 4.2.1.6).
    SubjectAltName(Vec<GeneralName>),
    /// subjectKeyIdentifier (RFC 5280 4.2.1.2).
    SubjectKeyIdentifier(Vec<u8>),
    /// Anything else; the DER encoding is [`Extension::value_der`].
    Other,
}

impl Extension {
    fn decode(element: &Element<'_>, limits: &Limits, findings: &mut Vec<Diagnostic>) -> Result<Self, Error> {
        element.expect(tag::SEQUENCE, "Extension")?;
        let mut fields = element.contents()?;
        let oid = Oid::from_element(&fields.element()?)?;
        Self::decode_fields(&oid, fields, limits, findings).map_err(|error| error.within(oid.label()))
    }

    fn decode_fields(
        oid: &Oid,
        mut fields: Decoder<'_>,
        limits: &Limits,
        findings: &mut Vec<Diagnostic>,
    ) -> Result<Self, Error> {
        let critical = match fields.optional(tag::BOOLEAN)? {
            None => false,
            Some(element) => {
                let critical = element.boolean()?;
                if !critical {
                    findings.push(
                        explicit_default("critical FALSE")
                            .with_span(element.span)
                            .at(Path::default().join(oid.label()).join("critical")),
                    );
                }
                critical
            }
        };
        let octets = fields.expect(tag::OCTET_STRING, "extnValue")?;
        fields.finish()?;
        let value = ExtensionValue::decode(oid, &octets, limits, findings)?;
        Ok(Self { oid: oid.clone(), critical, der: octets.value.to_vec(), value })
    }

    /// The extension's type.
    pub fn oid(&self) -> &Oid {
        &self.oid
    }

    /// Whether it is marked critical.
    pub fn is_critical(&self) -> bool {
        self.critical
    }

    /// The contents of extnValue.
    pub fn value_der(&self) -> &[u8] {
        &self.der
    }

    /// What it says.
    pub fn value(&self) -> &ExtensionValue {
        &self.value
    }
}

/// Extensions that are copied as they are and whose syntax is a SEQUENCE of at least one (RFC 5280 4.2.1, 4.2.2), or one
/// that may not be empty (nameConstraints 4.2.1.10, policyConstraints 4.2.1.11).
const NEVER_EMPTY: [Oid; 9] = [
    oid::AUTHORITY_INFO_ACCESS,
    oid::CERTIFICATE_POLICIES,
    oid::CRL_DISTRIBUTION_POINTS,
    oid::FRESHEST_CRL,
    oid::NAME_CONSTRAINTS,
    oid::POLICY_CONSTRAINTS,
    oid::POLICY_MAPPINGS,
    oid::SUBJECT_DIRECTORY_ATTRIBUTES,
    oid::SUBJECT_INFO_ACCESS,
];

const EMPTY_SEQUENCE: [u8; 2] = [tag::SEQUENCE, 0];

impl ExtensionValue {
    fn decode(
        oid: &Oid,
        octets: &Element<'_>,
        limits: &Limits,
        findings: &mut Vec<Diagnostic>,
    ) -> Result<Self, Error> {
        let known = [
            oid::BASIC_CONSTRAINTS,
            oid::EXTENDED_KEY_USAGE,
            oid::KEY_USAGE,
            oid::SUBJECT_ALT_NAME,
            oid::SUBJECT_KEY_IDENTIFIER,
        ];
        if octets.value == EMPTY_SEQUENCE && NEVER_EMPTY.contains(oid) {
            return Err(octets.error(codes::EXTENSION_EMPTY, format!("{} is empty", oid.label())));
        }
        if !known.contains(oid) {
            return Ok(Self::Other);
        }
        der::check(octets.value, octets.value_start, limits)?;
        let element = octets.contents()?.element()?;
        if *oid == oid::BASIC_CONSTRAINTS {
            return BasicConstraints::decode(&element, oid, findings).map(Self::BasicConstraints);
        }
        if *oid == oid::KEY_USAGE {
            return KeyUsage::decode(&element).map(Self::KeyUsage);
        }
        if *oid == oid::SUBJECT_KEY_IDENTIFIER {
            return Ok(Self::SubjectKeyIdentifier(
                element.expect(tag::OCTET_STRING, "KeyIdentifier")?.value.to_vec(),
            ));
        }
        let contents = element.expect(tag::SEQUENCE, "SEQUENCE")?.contents()?;
        if *oid == oid::SUBJECT_ALT_NAME {
            return decode_general_names(contents, limits).map(Self::SubjectAltName);
        }
        decode_purposes(contents, &element).map(Self::ExtendedKeyUsage)
    }
}

/// `ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId`
fn decode_purposes(mut contents: Decoder<'_>, element: &Element<'_>) -> Result<Vec<Oid>, Error> {
    let mut purposes = Vec::new();
    while !contents.is_finished() {
        purposes.push(Oid::from_element(&contents.element()?).map_err(|error| error.within(purposes.len()))?);
    }
    if purposes.is_empty() {
        return Err(element.error(codes::EXTENSION_EMPTY, "extendedKeyUsage names no purpose"));
    }
    Ok(purposes)
}

/// Decodes `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension`. An extension type that comes twice is kept twice:
/// whoever judges decides.
pub(crate) fn decode_extensions(
    element: &Element<'_>,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
) -> Result<Vec<Extension>, Error> {
    let mut contents = element.expect(tag::SEQUENCE, "Extensions")?.contents()?;
    let mut extensions = Vec::new();
    if contents.is_finished() {
        return Err(element.error(codes::EXTENSION_EMPTY, "the list of extensions is empty"));
    }
    while !contents.is_finished() {
        if extensions.len() >= limits.extensions {
            return Err(element.error(
                codes::LIMIT_EXTENSIONS,
                format!("there are more than {} extensions", limits.extensions),
            ));
        }
        extensions.push(Extension::decode(&contents.element()?, limits, findings)?);
    }
    Ok(extensions)
}

/// The notice about a DEFAULT value that is encoded (X.690 11.5).
pub(crate) fn explicit_default(what: &str) -> Diagnostic {
    Diagnostic::new(
        codes::DER_EXPLICIT_DEFAULT,
        format!("the default value {what} is encoded, which DER forbids"),
    )
}
