//! Extensions of certificates and requests: typed where certgate reads them, else raw with type and criticality.

use crate::der::{self, Decoder, Element, tag};
use crate::diagnostic::{Diagnostic, Error, Path, codes};
use crate::limits::Limits;
use crate::name::{GeneralName, decode_general_names};
use crate::oid::{self, Oid};
use crate::time::Timestamp;

mod access;
mod authority_key_identifier;
mod basic_constraints;
mod distribution_point;
pub(crate) mod encode;
mod key_usage;
mod name_constraints;
mod policies;

pub use access::AccessDescription;
pub use authority_key_identifier::AuthorityKeyIdentifier;
pub use basic_constraints::BasicConstraints;
pub use distribution_point::{
    DistributionPoint, DistributionPointName, IssuingDistributionPoint, ReasonCode, ReasonFlags,
};
pub use encode::{NewExtension, utf8_string};
pub use key_usage::{KeyUsage, KeyUsageBit};
pub use name_constraints::{GeneralSubtree, NameConstraints};
pub(crate) use policies::has_unknown_qualifier;
pub use policies::{PolicyConstraints, PolicyMapping};

/// Where extensions stand. A request's own are typed where policies judge them; the others stay raw there, so that what
/// a request asks for can always be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A certification request.
    Request,
    /// A certificate.
    Certificate,
    /// A revocation list or one of its entries.
    RevocationList,
}

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
    /// authorityInfoAccess (RFC 5280 4.2.2.1).
    AuthorityInfoAccess(Vec<AccessDescription>),
    /// authorityKeyIdentifier (RFC 5280 4.2.1.1, 5.2.1).
    AuthorityKeyIdentifier(AuthorityKeyIdentifier),
    /// basicConstraints (RFC 5280 4.2.1.9).
    BasicConstraints(BasicConstraints),
    /// certificateIssuer of an entry of a revocation list (RFC 5280 5.3.3).
    CertificateIssuer(Vec<GeneralName>),
    /// certificatePolicies (RFC 5280 4.2.1.4), without qualifiers.
    CertificatePolicies(Vec<Oid>),
    /// cRLDistributionPoints or freshestCRL (RFC 5280 4.2.1.13, 4.2.1.15).
    CrlDistributionPoints(Vec<DistributionPoint>),
    /// cRLNumber or deltaCRLIndicator (RFC 5280 5.2.3, 5.2.4): contents octets of the INTEGER.
    CrlNumber(Vec<u8>),
    /// extendedKeyUsage (RFC 5280 4.2.1.12).
    ExtendedKeyUsage(Vec<Oid>),
    /// inhibitAnyPolicy (RFC 5280 4.2.1.14).
    InhibitAnyPolicy(u32),
    /// invalidityDate of an entry of a revocation list (RFC 5280 5.3.2).
    InvalidityDate(Timestamp),
    /// issuerAltName (RFC 5280 4.2.1.7).
    IssuerAltName(Vec<GeneralName>),
    /// issuingDistributionPoint of a revocation list (RFC 5280 5.2.5).
    IssuingDistributionPoint(IssuingDistributionPoint),
    /// keyUsage (RFC 5280 4.2.1.3).
    KeyUsage(KeyUsage),
    /// nameConstraints (RFC 5280 4.2.1.10).
    NameConstraints(NameConstraints),
    /// policyConstraints (RFC 5280 4.2.1.11).
    PolicyConstraints(PolicyConstraints),
    /// policyMappings (RFC 5280 4.2.1.5).
    PolicyMappings(Vec<PolicyMapping>),
    /// reasonCode of an entry of a revocation list (RFC 5280 5.3.1).
    ReasonCode(ReasonCode),
    /// subjectAltName (RFC 5280 4.2.1.6).
    SubjectAltName(Vec<GeneralName>),
    /// subjectKeyIdentifier (RFC 5280 4.2.1.2).
    SubjectKeyIdentifier(Vec<u8>),
    /// Anything else; the DER encoding is [`Extension::value_der`].
    Other,
}

impl Extension {
    fn decode(
        element: &Element<'_>,
        scope: Scope,
        limits: &Limits,
        findings: &mut Vec<Diagnostic>,
    ) -> Result<Self, Error> {
        element.expect(tag::SEQUENCE, "Extension")?;
        let mut fields = element.contents()?;
        let oid = Oid::from_element(&fields.element()?)?;
        Self::decode_fields(&oid, fields, scope, limits, findings).map_err(|error| error.within(oid.label()))
    }

    fn decode_fields(
        oid: &Oid,
        mut fields: Decoder<'_>,
        scope: Scope,
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
                            .with_span(element.span())
                            .at(Path::default().join(oid.label()).join("critical")),
                    );
                }
                critical
            }
        };
        let octets = fields.expect(tag::OCTET_STRING, "extnValue")?;
        fields.finish()?;
        let value = ExtensionValue::decode(oid, &octets, scope, limits, findings)?;
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
        scope: Scope,
        limits: &Limits,
        findings: &mut Vec<Diagnostic>,
    ) -> Result<Self, Error> {
        if octets.value == EMPTY_SEQUENCE && NEVER_EMPTY.contains(oid) {
            return Err(octets.error(codes::EXTENSION_EMPTY, format!("{} is empty", oid.label())));
        }
        if !is_typed(oid, scope) {
            return Ok(Self::Other);
        }
        der::check(octets.value, octets.value_start(), limits)?;
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
        if let Some(value) = Self::decode_constraint(oid, &element, limits) {
            return value;
        }
        if let Some(value) = Self::decode_revocation(oid, &element, limits, findings) {
            return value;
        }
        let contents = element.expect(tag::SEQUENCE, "SEQUENCE")?.contents()?;
        if *oid == oid::EXTENDED_KEY_USAGE {
            return decode_purposes(contents, &element).map(Self::ExtendedKeyUsage);
        }
        let names = decode_general_names(contents, limits)?;
        Ok(if *oid == oid::SUBJECT_ALT_NAME {
            Self::SubjectAltName(names)
        } else {
            Self::IssuerAltName(names)
        })
    }

    /// What constrains a path.
    fn decode_constraint(oid: &Oid, element: &Element<'_>, limits: &Limits) -> Option<Result<Self, Error>> {
        Some(if *oid == oid::AUTHORITY_KEY_IDENTIFIER {
            AuthorityKeyIdentifier::decode(element, limits).map(Self::AuthorityKeyIdentifier)
        } else if *oid == oid::NAME_CONSTRAINTS {
            NameConstraints::decode(element, limits).map(Self::NameConstraints)
        } else if *oid == oid::CERTIFICATE_POLICIES {
            policies::decode_certificate_policies(element).map(Self::CertificatePolicies)
        } else if *oid == oid::POLICY_MAPPINGS {
            policies::decode_policy_mappings(element).map(Self::PolicyMappings)
        } else if *oid == oid::POLICY_CONSTRAINTS {
            PolicyConstraints::decode(element).map(Self::PolicyConstraints)
        } else if *oid == oid::INHIBIT_ANY_POLICY {
            element
                .expect(tag::INTEGER, "SkipCerts")
                .and_then(|element| policies::decode_skip_certs("inhibitAnyPolicy", element.value, &element))
                .map(Self::InhibitAnyPolicy)
        } else {
            return None;
        })
    }

    /// What has to do with revocation.
    fn decode_revocation(
        oid: &Oid,
        element: &Element<'_>,
        limits: &Limits,
        findings: &mut Vec<Diagnostic>,
    ) -> Option<Result<Self, Error>> {
        Some(if *oid == oid::CRL_DISTRIBUTION_POINTS || *oid == oid::FRESHEST_CRL {
            DistributionPoint::decode_all(element, limits).map(Self::CrlDistributionPoints)
        } else if *oid == oid::ISSUING_DISTRIBUTION_POINT {
            IssuingDistributionPoint::decode(element, limits).map(Self::IssuingDistributionPoint)
        } else if *oid == oid::AUTHORITY_INFO_ACCESS {
            AccessDescription::decode_all(element, limits).map(Self::AuthorityInfoAccess)
        } else if *oid == oid::CRL_NUMBER || *oid == oid::DELTA_CRL_INDICATOR {
            element.expect(tag::INTEGER, "CRLNumber").and_then(|number| match number.value {
                [first, ..] if first & 0x80 != 0 => {
                    Err(number.error(codes::DER_INTEGER, "the number of a revocation list is negative"))
                }
                octets => Ok(Self::CrlNumber(octets.to_vec())),
            })
        } else if *oid == oid::REASON_CODE {
            element.expect(tag::ENUMERATED, "CRLReason").map(|number| {
                Self::ReasonCode(ReasonCode::from_octets(number.value).unwrap_or_else(|| {
                    let message = "a reason code is not one of those of RFC 5280 and counts as unspecified";
                    findings.push(
                        Diagnostic::new(codes::CRL_REASON_CODE, message)
                            .with_span(number.span())
                            .at(Path::default().join(oid.label())),
                    );
                    ReasonCode::Unspecified
                }))
            })
        } else if *oid == oid::INVALIDITY_DATE {
            Timestamp::from_element(element).map(Self::InvalidityDate)
        } else if *oid == oid::CERTIFICATE_ISSUER {
            element
                .expect(tag::SEQUENCE, "GeneralNames")
                .and_then(|names| decode_general_names(names.contents()?, limits))
                .map(Self::CertificateIssuer)
        } else {
            return None;
        })
    }
}

/// Whether certgate reads extensions of this type where they stand.
fn is_typed(oid: &Oid, scope: Scope) -> bool {
    let everywhere = [
        oid::BASIC_CONSTRAINTS,
        oid::EXTENDED_KEY_USAGE,
        oid::KEY_USAGE,
        oid::SUBJECT_ALT_NAME,
        oid::SUBJECT_KEY_IDENTIFIER,
    ];
    let certificates = [
        oid::AUTHORITY_INFO_ACCESS,
        oid::AUTHORITY_KEY_IDENTIFIER,
        oid::CERTIFICATE_POLICIES,
        oid::CRL_DISTRIBUTION_POINTS,
        oid::FRESHEST_CRL,
        oid::INHIBIT_ANY_POLICY,
        oid::ISSUER_ALT_NAME,
        oid::NAME_CONSTRAINTS,
        oid::POLICY_CONSTRAINTS,
        oid::POLICY_MAPPINGS,
    ];
    let lists = [
        oid::AUTHORITY_KEY_IDENTIFIER,
        oid::CERTIFICATE_ISSUER,
        oid::CRL_NUMBER,
        oid::DELTA_CRL_INDICATOR,
        oid::FRESHEST_CRL,
        oid::INVALIDITY_DATE,
        oid::ISSUER_ALT_NAME,
        oid::ISSUING_DISTRIBUTION_POINT,
        oid::REASON_CODE,
    ];
    match scope {
        Scope::Request => everywhere.contains(oid),
        Scope::Certificate => everywhere.contains(oid) || certificates.contains(oid),
        Scope::RevocationList => lists.contains(oid),
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
    scope: Scope,
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
        extensions.push(Extension::decode(&contents.element()?, scope, limits, findings)?);
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
