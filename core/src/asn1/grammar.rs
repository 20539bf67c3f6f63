//! The names of fields: what the standards call the parts of certificates, requests and revocation lists.

use crate::content::ContentKind;
use crate::der::tag;
use crate::oid::{self, Oid};

/// What is known of the contents of an element.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// Nothing.
    Unknown,
    /// A SEQUENCE of these fields.
    Fields(&'static [Field]),
    /// Any number of one thing.
    Each(&'static Field),
    /// Values of an attribute of a request, or the value of an extension: by the object identifier beside it.
    ByOid(fn(&Oid) -> Shape),
    /// A GeneralName: by its tag.
    GeneralNames,
    /// A value that is not shown.
    Withheld,
}

/// A field of a SEQUENCE.
#[derive(Debug)]
pub(super) struct Field {
    name: &'static str,
    /// The only identifier, for optional fields.
    tag: Option<u8>,
    shape: Shape,
}

const fn field(name: &'static str, shape: Shape) -> Field {
    Field { name, tag: None, shape }
}

const fn optional(name: &'static str, tag: u8, shape: Shape) -> Field {
    Field { name, tag: Some(tag), shape }
}

impl Shape {
    /// The name and the shape of the next element in contents of this shape. `position` counts the fields that have passed;
    /// `oid` is the last object identifier among them.
    pub(super) fn step(
        self,
        position: &mut usize,
        tag: u8,
        oid: Option<&Oid>,
    ) -> (Option<&'static str>, Self) {
        match self {
            // Also where an encoding breaks off and nothing else is known of it.
            Self::Unknown if oid == Some(&oid::CHALLENGE_PASSWORD) => (None, Self::Withheld),
            Self::Unknown => (None, Self::Unknown),
            Self::Withheld => (None, Self::Withheld),
            Self::Each(field) => (Some(field.name), field.shape.resolve(oid)),
            Self::GeneralNames => general_name(tag),
            Self::ByOid(of) => oid.map_or((None, Self::Unknown), |oid| (None, of(oid))),
            Self::Fields(fields) => {
                let rest = fields.iter().enumerate().skip(*position);
                let found = rest.into_iter().find(|(_, field)| field.tag.is_none_or(|wanted| wanted == tag));
                match found {
                    Some((index, field)) => {
                        *position = index.saturating_add(1);
                        (Some(field.name), field.shape.resolve(oid))
                    }
                    None => (None, Self::Unknown),
                }
            }
        }
    }

    fn resolve(self, oid: Option<&Oid>) -> Self {
        match (self, oid) {
            (Self::ByOid(of), Some(oid)) => of(oid),
            (Self::ByOid(_), None) => Self::Unknown,
            (other, _) => other,
        }
    }
}

/// The outermost field of each kind of content.
pub(super) fn of_content(kind: ContentKind) -> &'static [Field] {
    match kind {
        ContentKind::Certificate => CERTIFICATE,
        ContentKind::CertificationRequest => REQUEST,
        ContentKind::CertificateList => LIST,
        _ => &[],
    }
}

fn general_name(tag: u8) -> (Option<&'static str>, Shape) {
    match tag {
        0xa0 => (Some("otherName"), Shape::Fields(OTHER_NAME)),
        0x81 => (Some("rfc822Name"), Shape::Unknown),
        0x82 => (Some("dNSName"), Shape::Unknown),
        0xa3 => (Some("x400Address"), Shape::Unknown),
        0xa4 => (Some("directoryName"), const { Shape::Each(&field("name", NAME)) }),
        0xa5 => (Some("ediPartyName"), Shape::Unknown),
        0x86 => (Some("uniformResourceIdentifier"), Shape::Unknown),
        0x87 => (Some("iPAddress"), Shape::Unknown),
        0x88 => (Some("registeredID"), Shape::Unknown),
        _ => (None, Shape::Unknown),
    }
}

/// What the values of a request's attribute are (RFC 2985 5.4).
fn attribute_values(oid: &Oid) -> Shape {
    if [oid::EXTENSION_REQUEST, oid::MS_EXTENSION_REQUEST].contains(oid) {
        const { Shape::Each(&field("extensions", Shape::Each(&EXTENSION))) }
    } else if *oid == oid::CHALLENGE_PASSWORD {
        Shape::Withheld
    } else {
        Shape::Unknown
    }
}

/// What the contents of extnValue are (RFC 5280 4.2).
fn extension_value(oid: &Oid) -> Shape {
    match oid.name() {
        Some("subjectAltName" | "issuerAltName") => only(&ALT_NAME),
        Some("basicConstraints") => only(&BASIC_CONSTRAINTS),
        Some("keyUsage") => only(&KEY_USAGE),
        Some("extendedKeyUsage") => only(&EXTENDED_KEY_USAGE),
        Some("subjectKeyIdentifier") => only(&SUBJECT_KEY_IDENTIFIER),
        Some("authorityKeyIdentifier") => only(&AUTHORITY_KEY_IDENTIFIER),
        Some("certificatePolicies") => only(&POLICIES),
        Some("cRLDistributionPoints") => only(&DISTRIBUTION_POINTS),
        Some("authorityInfoAccess" | "subjectInfoAccess") => only(&ACCESS),
        Some("nameConstraints") => only(&NAME_CONSTRAINTS),
        _ => Shape::Unknown,
    }
}

/// Contents that are one value.
const fn only(field: &'static Field) -> Shape {
    Shape::Each(field)
}

const CERTIFICATE: &[Field] = &[field(
    "Certificate",
    Shape::Fields(&[
        field(
            "tbsCertificate",
            Shape::Fields(&[
                optional("version", tag::context_constructed(0), Shape::Unknown),
                field("serialNumber", Shape::Unknown),
                field("signature", ALGORITHM),
                field("issuer", NAME),
                field("validity", Shape::Fields(VALIDITY)),
                field("subject", NAME),
                field("subjectPublicKeyInfo", KEY),
                optional("issuerUniqueID", tag::context(1), Shape::Unknown),
                optional("subjectUniqueID", tag::context(2), Shape::Unknown),
                optional("extensions", tag::context_constructed(3), EXTENSIONS),
            ]),
        ),
        field("signatureAlgorithm", ALGORITHM),
        field("signatureValue", Shape::Unknown),
    ]),
)];

const REQUEST: &[Field] = &[field(
    "CertificationRequest",
    Shape::Fields(&[
        field(
            "certificationRequestInfo",
            Shape::Fields(&[
                field("version", Shape::Unknown),
                field("subject", NAME),
                field("subjectPKInfo", KEY),
                optional(
                    "attributes",
                    tag::context_constructed(0),
                    Shape::Each(&field("Attribute", ATTRIBUTE)),
                ),
            ]),
        ),
        field("signatureAlgorithm", ALGORITHM),
        field("signature", Shape::Unknown),
    ]),
)];

const LIST: &[Field] = &[field(
    "CertificateList",
    Shape::Fields(&[
        field(
            "tbsCertList",
            Shape::Fields(&[
                optional("version", tag::INTEGER, Shape::Unknown),
                field("signature", ALGORITHM),
                field("issuer", NAME),
                field("thisUpdate", Shape::Unknown),
                optional("nextUpdate", tag::UTC_TIME, Shape::Unknown),
                optional("nextUpdate", tag::GENERALIZED_TIME, Shape::Unknown),
                optional(
                    "revokedCertificates",
                    tag::SEQUENCE,
                    Shape::Each(&field(
                        "revoked",
                        Shape::Fields(&[
                            field("userCertificate", Shape::Unknown),
                            field("revocationDate", Shape::Unknown),
                            field("crlEntryExtensions", Shape::Each(&EXTENSION)),
                        ]),
                    )),
                ),
                optional("crlExtensions", tag::context_constructed(0), EXTENSIONS),
            ]),
        ),
        field("signatureAlgorithm", ALGORITHM),
        field("signatureValue", Shape::Unknown),
    ]),
)];

const ALGORITHM: Shape =
    Shape::Fields(&[field("algorithm", Shape::Unknown), field("parameters", Shape::Unknown)]);
const NAME: Shape = Shape::Each(&field(
    "relativeDistinguishedName",
    Shape::Each(&field(
        "attribute",
        Shape::Fields(&[field("type", Shape::Unknown), field("value", Shape::Unknown)]),
    )),
));
const VALIDITY: &[Field] = &[field("notBefore", Shape::Unknown), field("notAfter", Shape::Unknown)];
const KEY: Shape = Shape::Fields(&[field("algorithm", ALGORITHM), field("subjectPublicKey", Shape::Unknown)]);
const ATTRIBUTE: Shape =
    Shape::Fields(&[field("type", Shape::Unknown), field("values", Shape::ByOid(attribute_values))]);
const EXTENSION: Field = field(
    "Extension",
    Shape::Fields(&[
        field("extnID", Shape::Unknown),
        optional("critical", tag::BOOLEAN, Shape::Unknown),
        field("extnValue", Shape::ByOid(extension_value)),
    ]),
);
const EXTENSIONS: Shape = Shape::Each(&field("extensions", Shape::Each(&EXTENSION)));
const OTHER_NAME: &[Field] = &[field("type-id", Shape::Unknown), field("value", Shape::Unknown)];
const ALT_NAME: Field = field("GeneralNames", Shape::GeneralNames);
const BASIC_CONSTRAINTS: Field = field(
    "BasicConstraints",
    Shape::Fields(&[
        optional("cA", tag::BOOLEAN, Shape::Unknown),
        optional("pathLenConstraint", tag::INTEGER, Shape::Unknown),
    ]),
);
const KEY_USAGE: Field = field("KeyUsage", Shape::Unknown);
const EXTENDED_KEY_USAGE: Field =
    field("ExtKeyUsageSyntax", Shape::Each(&field("KeyPurposeId", Shape::Unknown)));
const SUBJECT_KEY_IDENTIFIER: Field = field("SubjectKeyIdentifier", Shape::Unknown);
const AUTHORITY_KEY_IDENTIFIER: Field = field(
    "AuthorityKeyIdentifier",
    Shape::Fields(&[
        optional("keyIdentifier", tag::context(0), Shape::Unknown),
        optional("authorityCertIssuer", tag::context_constructed(1), Shape::GeneralNames),
        optional("authorityCertSerialNumber", tag::context(2), Shape::Unknown),
    ]),
);
const POLICIES: Field = field(
    "certificatePolicies",
    Shape::Each(&field(
        "PolicyInformation",
        Shape::Fields(&[
            field("policyIdentifier", Shape::Unknown),
            field("policyQualifiers", Shape::Unknown),
        ]),
    )),
);
const DISTRIBUTION_POINTS: Field = field(
    "CRLDistributionPoints",
    Shape::Each(&field(
        "DistributionPoint",
        Shape::Fields(&[
            optional(
                "distributionPoint",
                tag::context_constructed(0),
                Shape::Fields(&[optional("fullName", tag::context_constructed(0), Shape::GeneralNames)]),
            ),
            optional("reasons", tag::context(1), Shape::Unknown),
            optional("cRLIssuer", tag::context_constructed(2), Shape::GeneralNames),
        ]),
    )),
);
const ACCESS: Field = field(
    "accessDescriptions",
    Shape::Each(&field(
        "AccessDescription",
        Shape::Fields(&[field("accessMethod", Shape::Unknown), field("accessLocation", Shape::Unknown)]),
    )),
);
const NAME_CONSTRAINTS: Field = field(
    "NameConstraints",
    Shape::Fields(&[
        optional("permittedSubtrees", tag::context_constructed(0), SUBTREES),
        optional("excludedSubtrees", tag::context_constructed(1), SUBTREES),
    ]),
);
const SUBTREES: Shape = Shape::Each(&field("GeneralSubtree", Shape::GeneralNames));
