//! Certificates: every field typed, the encoding kept.

use std::fmt;
use std::sync::OnceLock;

use crate::algorithm::AlgorithmIdentifier;
use crate::content::{self, ContentKind};
use crate::der::{self, Decoder, Element, tag};
use crate::diagnostic::{Code, Diagnostic, Error, Path, Span, codes};
use crate::extension::{
    AuthorityKeyIdentifier, BasicConstraints, Extension, ExtensionValue, KeyUsage, NameConstraints, Scope,
    decode_extensions,
};
use crate::key::PublicKey;
use crate::limits::Limits;
use crate::name::{DistinguishedName, GeneralName};
use crate::oid::{self, Oid};
use crate::signature::{HashFunction, SignatureAlgorithm};
use crate::time::Timestamp;

mod locate;
mod serial;

pub use serial::SerialNumber;

/// The version of a certificate (RFC 5280 4.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// 1: no extensions.
    V1,
    /// 2: unique identifiers.
    V2,
    /// 3: extensions.
    V3,
}

impl Version {
    /// 1, 2 or 3.
    pub fn number(self) -> u32 {
        match self {
            Self::V1 => 1,
            Self::V2 => 2,
            Self::V3 => 3,
        }
    }
}

/// From when to when a certificate is valid, both ends included (RFC 5280 4.1.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Validity {
    /// The first second.
    pub not_before: Timestamp,
    /// The last second.
    pub not_after: Timestamp,
}

impl Validity {
    /// Whether `at` lies within.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.not_before <= at && at <= self.not_after
    }
}

/// A certificate.
///
/// ```text
/// Certificate ::= SEQUENCE {
///     tbsCertificate      TBSCertificate,
///     signatureAlgorithm  AlgorithmIdentifier,
///     signatureValue      BIT STRING }
///
/// TBSCertificate ::= SEQUENCE {
///     version         [0] EXPLICIT Version DEFAULT v1,
///     serialNumber        CertificateSerialNumber,
///     signature           AlgorithmIdentifier,
///     issuer              Name,
///     validity            Validity,
///     subject             Name,
///     subjectPublicKeyInfo SubjectPublicKeyInfo,
///     issuerUniqueID  [1] IMPLICIT UniqueIdentifier OPTIONAL,
///     subjectUniqueID [2] IMPLICIT UniqueIdentifier OPTIONAL,
///     extensions      [3] EXPLICIT Extensions OPTIONAL }
/// ```
///
/// RFC 5280 4.1. Two certificates are equal if their encodings are.
#[derive(Clone)]
pub struct Certificate {
    der: Box<[u8]>,
    signed: Span,
    version: Version,
    serial_number: SerialNumber,
    issuer: DistinguishedName,
    validity: Validity,
    subject: DistinguishedName,
    public_key: PublicKey,
    extensions: Vec<Extension>,
    signature_algorithm: SignatureAlgorithm,
    signature: Box<[u8]>,
    findings: Vec<Diagnostic>,
    /// Comparable forms of issuer and subject: every step of a path compares them.
    issuer_form: Box<[u8]>,
    subject_form: Box<[u8]>,
    digest: OnceLock<[u8; 32]>,
    key_digest: OnceLock<[u8; 32]>,
}

impl Certificate {
    /// Reads one certificate in DER.
    ///
    /// # Errors
    /// Anything that is not exactly one certificate in DER, with the place of the fault.
    pub fn from_der(input: &[u8]) -> Result<Self, Error> {
        Self::from_der_within(input, &Limits::default())
    }

    /// As [`Certificate::from_der`], within other limits.
    pub fn from_der_within(input: &[u8], limits: &Limits) -> Result<Self, Error> {
        der::check(input, 0, limits)?;
        let mut outer = Decoder::new(input, 0)?.sequence()?;
        let signed = outer.expect(tag::SEQUENCE, "TBSCertificate")?;
        let algorithm_element = outer.element()?;
        let mut findings = Vec::new();
        let signature_algorithm = decode_algorithm(&algorithm_element, &mut findings)
            .map_err(|error| error.within("signatureAlgorithm"))?;
        let signature = outer
            .expect(tag::BIT_STRING, "signatureValue")
            .and_then(|bits| bits.bit_string_octets())
            .map_err(|error| error.within("signatureValue"))?;
        outer.finish()?;
        let mut fields = signed.contents()?;
        let version = decode_version(&mut fields, &mut findings).map_err(|error| error.within("version"))?;
        let serial_number = SerialNumber::from_element(&fields.expect(tag::INTEGER, "serialNumber")?);
        let inner = fields.expect(tag::SEQUENCE, "signature")?;
        if inner.encoding != algorithm_element.encoding {
            return Err(inner
                .error(
                    codes::CERTIFICATE_ALGORITHM_DIFFERS,
                    "the two fields that name the signature algorithm differ",
                )
                .within("signature"));
        }
        let issuer = DistinguishedName::from_element(&fields.element()?, limits)
            .map_err(|error| error.within("issuer"))?;
        let validity = decode_validity(&fields.element()?).map_err(|error| error.within("validity"))?;
        let subject = DistinguishedName::from_element(&fields.element()?, limits)
            .map_err(|error| error.within("subject"))?;
        let public_key = within_findings(&mut findings, "subjectPublicKeyInfo", |findings| {
            PublicKey::from_element(&fields.element()?, limits, findings)
        })?;
        let extensions = decode_rest(&mut fields, version, limits, &mut findings)?;
        fields.finish()?;
        Diagnostic::sort(&mut findings);
        Ok(Self {
            der: input.into(),
            signed: signed.span(),
            version,
            serial_number,
            issuer_form: issuer.normal_form().into(),
            issuer,
            validity,
            subject_form: subject.normal_form().into(),
            subject,
            public_key,
            extensions,
            signature_algorithm,
            signature: signature.into(),
            findings,
            digest: OnceLock::new(),
            key_digest: OnceLock::new(),
        })
    }

    /// Reads a certificate that says what this one does, byte for byte, and has another signature. What has been read once is
    /// not read again.
    pub(crate) fn with_signature_of(self, input: &[u8]) -> Result<Self, Error> {
        let mut outer = Decoder::new(input, 0)?.sequence()?;
        let signed = outer.expect(tag::SEQUENCE, "TBSCertificate")?;
        let algorithm = outer.element()?;
        let signature = outer
            .expect(tag::BIT_STRING, "signatureValue")
            .and_then(|bits| bits.bit_string_octets())
            .map_err(|error| error.within("signatureValue"))?;
        outer.finish()?;
        // The outer length may take more octets than before, which moves the place of everything.
        let same = signed.span() == self.signed
            && input.get(self.signed.start..algorithm.span().end)
                == self.der.get(self.signed.start..algorithm.span().end);
        if !same {
            return Self::from_der(input);
        }
        let (digest, signature) = (OnceLock::new(), signature.into());
        Ok(Self { der: input.into(), signature, digest, ..self })
    }

    /// Reads one certificate in DER, PEM (`CERTIFICATE`) or bare base64.
    ///
    /// # Errors
    /// As [`Certificate::from_der`]; several blocks, another kind of content, and a private key by its own code.
    pub fn from_bytes(input: &[u8]) -> Result<Self, Error> {
        let limits = Limits::default();
        let single = content::read_single(input, ContentKind::Certificate, &limits)?;
        let mut certificate = Self::from_der_within(&single.der, &limits)?;
        certificate.findings.extend(single.findings);
        Diagnostic::sort(&mut certificate.findings);
        Ok(certificate)
    }

    /// The DER encoding.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The DER encoding of tbsCertificate: what is signed.
    pub fn signed_der(&self) -> &[u8] {
        self.der.get(self.signed.start..self.signed.end).unwrap_or_default()
    }

    /// The SHA-256 digest of the encoding, the fingerprint. Calculated once.
    pub fn digest(&self) -> &[u8; 32] {
        self.digest
            .get_or_init(|| <[u8; 32]>::try_from(HashFunction::Sha256.digest(&self.der)).unwrap_or([0; 32]))
    }

    /// The SHA-256 digest of the SubjectPublicKeyInfo. Calculated once.
    pub fn key_digest(&self) -> &[u8; 32] {
        self.key_digest.get_or_init(|| {
            <[u8; 32]>::try_from(HashFunction::Sha256.digest(self.public_key.der())).unwrap_or([0; 32])
        })
    }

    /// The version.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The serial number.
    pub fn serial_number(&self) -> &SerialNumber {
        &self.serial_number
    }

    /// The issuer's name.
    pub fn issuer(&self) -> &DistinguishedName {
        &self.issuer
    }

    /// From when to when it is valid.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The subject's name.
    pub fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    /// The subject's public key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Every extension in order.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The extension of a type; there is at most one.
    pub fn extension(&self, oid: &Oid) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.oid() == oid)
    }

    /// The signature algorithm.
    pub fn signature_algorithm(&self) -> &SignatureAlgorithm {
        &self.signature_algorithm
    }

    /// The octets of the signature.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// What is odd about the certificate and stops nothing, sorted by path and code.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// Whether issuer and subject are the same name (RFC 5280 3.2), whoever signed.
    pub fn is_self_issued(&self) -> bool {
        self.issuer_form == self.subject_form
    }

    /// basicConstraints, if there.
    pub fn basic_constraints(&self) -> Option<BasicConstraints> {
        match self.extension(&oid::BASIC_CONSTRAINTS)?.value() {
            ExtensionValue::BasicConstraints(constraints) => Some(*constraints),
            _ => None,
        }
    }

    /// Whether basicConstraints says that the subject is a CA.
    pub fn is_ca(&self) -> bool {
        self.basic_constraints().is_some_and(|constraints| constraints.ca)
    }

    /// keyUsage, if there.
    pub fn key_usage(&self) -> Option<KeyUsage> {
        match self.extension(&oid::KEY_USAGE)?.value() {
            ExtensionValue::KeyUsage(usage) => Some(*usage),
            _ => None,
        }
    }

    /// The purposes of extendedKeyUsage, if there.
    pub fn extended_key_usage(&self) -> Option<&[Oid]> {
        match self.extension(&oid::EXTENDED_KEY_USAGE)?.value() {
            ExtensionValue::ExtendedKeyUsage(purposes) => Some(purposes),
            _ => None,
        }
    }

    /// The subject alternative names; empty if there are none.
    pub fn subject_alt_names(&self) -> &[GeneralName] {
        match self.extension(&oid::SUBJECT_ALT_NAME).map(Extension::value) {
            Some(ExtensionValue::SubjectAltName(names)) => names,
            _ => &[],
        }
    }

    /// subjectKeyIdentifier, if there.
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        match self.extension(&oid::SUBJECT_KEY_IDENTIFIER)?.value() {
            ExtensionValue::SubjectKeyIdentifier(identifier) => Some(identifier),
            _ => None,
        }
    }

    /// authorityKeyIdentifier, if there.
    pub fn authority_key_identifier(&self) -> Option<&AuthorityKeyIdentifier> {
        match self.extension(&oid::AUTHORITY_KEY_IDENTIFIER)?.value() {
            ExtensionValue::AuthorityKeyIdentifier(identifier) => Some(identifier),
            _ => None,
        }
    }

    /// nameConstraints, if there.
    pub fn name_constraints(&self) -> Option<&NameConstraints> {
        match self.extension(&oid::NAME_CONSTRAINTS)?.value() {
            ExtensionValue::NameConstraints(constraints) => Some(constraints),
            _ => None,
        }
    }

    /// The bytes of the field that `path` names, where it names one.
    pub fn span(&self, path: &Path) -> Option<Span> {
        locate::span(&self.der, path)
    }

    pub(crate) fn issuer_form(&self) -> &[u8] {
        &self.issuer_form
    }

    pub(crate) fn subject_form(&self) -> &[u8] {
        &self.subject_form
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject.to_string())
            .field("issuer", &self.issuer.to_string())
            .field("serial_number", &self.serial_number.to_string())
            .finish_non_exhaustive()
    }
}

/// Reads an AlgorithmIdentifier; its findings are put below `signatureAlgorithm`.
pub(crate) fn decode_algorithm(
    element: &Element<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Result<SignatureAlgorithm, Error> {
    let mut inner = Vec::new();
    let algorithm = AlgorithmIdentifier::from_element(element)
        .and_then(|identifier| SignatureAlgorithm::decode(identifier, &mut inner))?;
    findings.extend(inner.into_iter().map(|finding| finding.within("signatureAlgorithm")));
    Ok(algorithm)
}

/// RFC 5280 4.1.2.1. The default v1 is tolerated where it is encoded, with a notice.
fn decode_version(fields: &mut Decoder<'_>, findings: &mut Vec<Diagnostic>) -> Result<Version, Error> {
    let Some(explicit) = fields.optional(tag::context_constructed(0))? else { return Ok(Version::V1) };
    let mut contents = explicit.contents()?;
    let number = contents.expect(tag::INTEGER, "version")?;
    contents.finish()?;
    match number.value {
        [0] => {
            let finding = crate::extension::explicit_default("version v1");
            findings.push(finding.with_span(number.span()).at(["version"]));
            Ok(Version::V1)
        }
        [1] => Ok(Version::V2),
        [2] => Ok(Version::V3),
        _ => Err(number.error(codes::CERTIFICATE_VERSION, "the version is none of v1, v2 and v3")),
    }
}

fn decode_validity(element: &Element<'_>) -> Result<Validity, Error> {
    let mut fields = element.expect(tag::SEQUENCE, "Validity")?.contents()?;
    let not_before =
        Timestamp::from_element(&fields.element()?).map_err(|error| error.within("notBefore"))?;
    let not_after = Timestamp::from_element(&fields.element()?).map_err(|error| error.within("notAfter"))?;
    fields.finish()?;
    Ok(Validity { not_before, not_after })
}

/// Unique identifiers and extensions, each only in the versions that have them.
fn decode_rest(
    fields: &mut Decoder<'_>,
    version: Version,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
) -> Result<Vec<Extension>, Error> {
    for (number, name) in [(1, "issuerUniqueID"), (2, "subjectUniqueID")] {
        if let Some(identifier) = fields.optional(tag::context(number))?
            && version == Version::V1
        {
            return Err(identifier
                .error(codes::CERTIFICATE_VERSION, "a unique identifier needs version v2 or v3")
                .within(name));
        }
    }
    let Some(explicit) = fields.optional(tag::context_constructed(3))? else { return Ok(Vec::new()) };
    if version != Version::V3 {
        return Err(explicit
            .error(codes::CERTIFICATE_VERSION, "extensions need version v3")
            .within("extensions"));
    }
    let mut contents = explicit.contents()?;
    let list = contents.element()?;
    contents.finish()?;
    let extensions = within_findings(findings, "extensions", |findings| {
        decode_extensions(&list, Scope::Certificate, limits, findings)
    })?;
    check_unique(&extensions, &list, codes::CERTIFICATE_DUPLICATE_EXTENSION)
        .map_err(|error| error.within("extensions"))?;
    Ok(extensions)
}

/// RFC 5280 4.2: not more than one extension of a type.
pub(crate) fn check_unique(extensions: &[Extension], list: &Element<'_>, code: Code) -> Result<(), Error> {
    for (index, extension) in extensions.iter().enumerate() {
        if extensions.iter().take(index).any(|earlier| earlier.oid() == extension.oid()) {
            let message = format!("the extension {} comes more than once", extension.oid().label());
            return Err(list.error(code, message).within(extension.oid().label()));
        }
    }
    Ok(())
}

/// Runs `decode` and puts its findings and its error below `field`.
pub(crate) fn within_findings<T>(
    findings: &mut Vec<Diagnostic>,
    field: &'static str,
    decode: impl FnOnce(&mut Vec<Diagnostic>) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut inner = Vec::new();
    let value = decode(&mut inner).map_err(|error| error.within(field))?;
    findings.extend(inner.into_iter().map(|finding| finding.within(field)));
    Ok(value)
}
