//! OCSP responses (RFC 6960, RFC 9654): parsed when they are handed in, never fetched.

use std::fmt;
use std::sync::Arc;

use crate::algorithm::AlgorithmIdentifier;
use crate::certificate::{Certificate, SerialNumber, decode_algorithm, within_findings};
use crate::content::{self, ContentKind};
use crate::der::{self, Decoder, Element, tag};
use crate::diagnostic::{Diagnostic, Error, codes};
use crate::extension::{Extension, ReasonCode, Scope, decode_extensions};
use crate::limits::Limits;
use crate::name::DistinguishedName;
use crate::oid::{self, Oid};
use crate::signature::{HashFunction, SignatureAlgorithm};
use crate::time::Timestamp;

mod identifier;

pub(crate) use identifier::key_hash;
pub use identifier::{CertificateId, IssuerHash};

/// A basic OCSP response.
///
/// ```text
/// BasicOCSPResponse ::= SEQUENCE {
///     tbsResponseData     ResponseData,
///     signatureAlgorithm  AlgorithmIdentifier,
///     signature           BIT STRING,
///     certs           [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
///
/// ResponseData ::= SEQUENCE {
///     version             [0] EXPLICIT Version DEFAULT v1,
///     responderID             ResponderID,
///     producedAt              GeneralizedTime,
///     responses               SEQUENCE OF SingleResponse,
///     responseExtensions  [1] EXPLICIT Extensions OPTIONAL }
/// ```
///
/// RFC 6960 4.2.1.
#[derive(Clone, Debug)]
pub struct OcspResponse {
    signed: Box<[u8]>,
    digest: [u8; 32],
    responder: ResponderId,
    produced_at: Timestamp,
    responses: Vec<SingleResponse>,
    extensions: Vec<Extension>,
    signature_algorithm: SignatureAlgorithm,
    signature: Box<[u8]>,
    certificates: Vec<Arc<Certificate>>,
    findings: Vec<Diagnostic>,
}

/// Who signed a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponderId {
    /// The subject of the responder's certificate.
    Name(DistinguishedName),
    /// The SHA-1 hash of the responder's public key: the octets of the BIT STRING.
    Key(Vec<u8>),
}

/// What a response says of one certificate (RFC 6960 4.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleResponse {
    /// Which certificate is meant.
    pub id: CertificateId,
    /// Whether it was revoked.
    pub status: CertificateStatus,
    /// Since when the answer is known to be right.
    pub this_update: Timestamp,
    /// When a newer answer will be there.
    pub next_update: Option<Timestamp>,
    /// Extensions of this answer.
    pub extensions: Vec<Extension>,
}

/// Whether a certificate was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateStatus {
    /// Not revoked.
    Good,
    /// Revoked, when and why.
    Revoked {
        /// When.
        at: Timestamp,
        /// Why; `unspecified` if the response does not say.
        reason: ReasonCode,
    },
    /// The responder does not know the certificate.
    Unknown,
}

impl OcspResponse {
    /// Reads one response in DER or base64.
    ///
    /// # Errors
    /// Anything that is not exactly one OCSP response in DER; a response whose status is not `successful`; another type than
    /// the basic one.
    pub fn from_bytes(input: &[u8]) -> Result<Self, Error> {
        let limits = Limits::default();
        let single = content::read_single(input, ContentKind::OcspResponse, &limits)?;
        let mut response = Self::from_der(&single.der)?;
        response.findings.extend(single.findings);
        Ok(response)
    }

    /// Reads one response in DER. As [`OcspResponse::from_bytes`].
    pub fn from_der(input: &[u8]) -> Result<Self, Error> {
        let limits = Limits::default();
        der::check(input, 0, &limits)?;
        let mut outer = Decoder::new(input, 0)?.sequence()?;
        let status = outer.expect(tag::ENUMERATED, "responseStatus")?;
        if status.value != [0] {
            let word = status_word(status.value);
            return Err(status
                .error(codes::OCSP_STATUS, format!("the responder answers {word}"))
                .within("responseStatus"));
        }
        let mut explicit = outer.expect(tag::context_constructed(0), "responseBytes")?.contents()?;
        outer.finish()?;
        let mut bytes = explicit.sequence()?;
        explicit.finish()?;
        let response_type = bytes.expect(tag::OBJECT_IDENTIFIER, "responseType")?;
        if Oid::from_element(&response_type)? != oid::OCSP_BASIC {
            return Err(response_type
                .error(codes::OCSP_RESPONSE_TYPE, "the response is not of the basic type")
                .within("responseType"));
        }
        let octets = bytes.expect(tag::OCTET_STRING, "response")?;
        bytes.finish()?;
        Self::decode_basic(&octets, &limits).map_err(|error| error.within("response"))
    }

    fn decode_basic(octets: &Element<'_>, limits: &Limits) -> Result<Self, Error> {
        der::check(octets.value, octets.value_start(), limits)?;
        let mut findings = Vec::new();
        let mut outer = octets.contents()?.sequence()?;
        let signed = outer.expect(tag::SEQUENCE, "tbsResponseData")?;
        let signature_algorithm = decode_algorithm(&outer.element()?, &mut findings)
            .map_err(|error| error.within("signatureAlgorithm"))?;
        let signature = outer.expect(tag::BIT_STRING, "signature")?.bit_string_octets()?;
        let mut certificates = Vec::new();
        if let Some(explicit) = outer.optional(tag::context_constructed(0))? {
            let mut list = explicit.contents()?.sequence()?;
            while !list.is_finished() {
                let element = list.expect(tag::SEQUENCE, "Certificate")?;
                // One bad certificate is no reason not to look at the others.
                match Certificate::from_der(element.encoding) {
                    Ok(certificate) => certificates.push(Arc::new(certificate)),
                    Err(error) => {
                        findings.extend(
                            error.within(certificates.len()).within("certs").diagnostics().iter().map(
                                |fault| fault.clone().with_severity(crate::diagnostic::Severity::Warning),
                            ),
                        )
                    }
                }
            }
        }
        outer.finish()?;
        let mut fields = signed.contents()?;
        if let Some(version) = fields.optional(tag::context_constructed(0))? {
            let number = version.contents()?.element()?;
            if number.value != [0] {
                return Err(number
                    .error(codes::OCSP_VERSION, "the version of the response is not v1")
                    .within("version"));
            }
        }
        let responder = decode_responder(&fields.element()?, limits)?;
        let produced_at =
            Timestamp::from_element(&fields.element()?).map_err(|error| error.within("producedAt"))?;
        let mut list = fields.sequence()?;
        let mut responses = Vec::new();
        while !list.is_finished() {
            let single = list.sequence()?;
            let place = responses.len();
            let single = decode_single(single, limits, &mut findings)
                .map_err(|error| error.within(place).within("responses"))?;
            if let Err(fault) = single.id.check_hash() {
                findings.push(fault.within(place).within("responses"));
            }
            responses.push(single);
        }
        let extensions = decode_explicit_extensions(&mut fields, limits, &mut findings)?;
        fields.finish()?;
        Ok(Self {
            signed: signed.encoding.into(),
            digest: <[u8; 32]>::try_from(HashFunction::Sha256.digest(octets.value)).unwrap_or([0; 32]),
            responder,
            produced_at,
            responses,
            extensions,
            signature_algorithm,
            signature: signature.into(),
            certificates,
            findings,
        })
    }

    /// The DER encoding of tbsResponseData: what is signed.
    pub fn signed_der(&self) -> &[u8] {
        &self.signed
    }

    /// The SHA-256 digest of the basic response.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Who signed.
    pub fn responder(&self) -> &ResponderId {
        &self.responder
    }

    /// When the response was signed.
    pub fn produced_at(&self) -> Timestamp {
        self.produced_at
    }

    /// What it says of each certificate.
    pub fn responses(&self) -> &[SingleResponse] {
        &self.responses
    }

    /// Extensions of the whole response.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The nonce (RFC 9654): the octets within the OCTET STRING, if there.
    pub fn nonce(&self) -> Option<&[u8]> {
        let extension = self.extensions.iter().find(|extension| *extension.oid() == oid::OCSP_NONCE)?;
        let element = Decoder::new(extension.value_der(), 0).ok()?.element().ok()?;
        (element.tag == tag::OCTET_STRING).then_some(element.value)
    }

    /// The signature algorithm.
    pub fn signature_algorithm(&self) -> &SignatureAlgorithm {
        &self.signature_algorithm
    }

    /// The octets of the signature.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The certificates that came with the response.
    pub fn certificates(&self) -> &[Arc<Certificate>] {
        &self.certificates
    }

    /// What is odd about the response and stops nothing.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }
}

impl ResponderId {
    /// Whether this is the responder with that certificate.
    pub fn is(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Name(name) => name.matches(certificate.subject()),
            Self::Key(hash) => key_hash(IssuerHash::Sha1, certificate).as_deref() == Some(hash),
        }
    }
}

impl fmt::Display for CertificateStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Good => f.write_str("good"),
            Self::Revoked { at, reason } => write!(f, "revoked at {at} ({reason})"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

fn status_word(value: &[u8]) -> &'static str {
    match value {
        [1] => "malformedRequest",
        [2] => "internalError",
        [3] => "tryLater",
        [5] => "sigRequired",
        [6] => "unauthorized",
        _ => "with a status that is not known",
    }
}

fn decode_responder(element: &Element<'_>, limits: &Limits) -> Result<ResponderId, Error> {
    const NAME: u8 = tag::context_constructed(1);
    const KEY: u8 = tag::context_constructed(2);
    let mut contents = element.contents()?;
    let inner = contents.element()?;
    contents.finish()?;
    match element.tag {
        NAME => DistinguishedName::from_element(&inner, limits).map(ResponderId::Name),
        KEY => Ok(ResponderId::Key(inner.expect(tag::OCTET_STRING, "KeyHash")?.value.to_vec())),
        _ => Err(element.error(codes::DER_UNEXPECTED_TYPE, "expected a ResponderID")),
    }
    .map_err(|error| error.within("responderID"))
}

fn decode_single(
    mut fields: Decoder<'_>,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
) -> Result<SingleResponse, Error> {
    let mut id = fields.sequence()?;
    let hash = AlgorithmIdentifier::from_element(&id.element()?)?.oid().clone();
    let issuer_name_hash = id.expect(tag::OCTET_STRING, "issuerNameHash")?.value.to_vec();
    let issuer_key_hash = id.expect(tag::OCTET_STRING, "issuerKeyHash")?.value.to_vec();
    let serial_number = SerialNumber::from_element(&id.expect(tag::INTEGER, "serialNumber")?);
    id.finish()?;
    let status = decode_status(&fields.element()?).map_err(|error| error.within("certStatus"))?;
    let this_update =
        Timestamp::from_element(&fields.element()?).map_err(|error| error.within("thisUpdate"))?;
    let next_update = match fields.optional(tag::context_constructed(0))? {
        None => None,
        Some(explicit) => Some(
            Timestamp::from_element(&explicit.contents()?.element()?)
                .map_err(|error| error.within("nextUpdate"))?,
        ),
    };
    let extensions = decode_explicit_extensions(&mut fields, limits, findings)?;
    fields.finish()?;
    let id = CertificateId { hash, issuer_name_hash, issuer_key_hash, serial_number };
    Ok(SingleResponse { id, status, this_update, next_update, extensions })
}

fn decode_status(element: &Element<'_>) -> Result<CertificateStatus, Error> {
    const GOOD: u8 = tag::context(0);
    const REVOKED: u8 = tag::context_constructed(1);
    const UNKNOWN: u8 = tag::context(2);
    match element.tag {
        GOOD => Ok(CertificateStatus::Good),
        UNKNOWN => Ok(CertificateStatus::Unknown),
        REVOKED => {
            let mut fields = element.contents()?;
            let at = Timestamp::from_element(&fields.element()?)?;
            let reason = match fields.optional(tag::context_constructed(0))? {
                None => ReasonCode::Unspecified,
                Some(explicit) => {
                    let number = explicit.contents()?.expect(tag::ENUMERATED, "CRLReason")?;
                    // Revoked for whatever reason is revoked.
                    ReasonCode::from_octets(number.value).unwrap_or(ReasonCode::Unspecified)
                }
            };
            fields.finish()?;
            Ok(CertificateStatus::Revoked { at, reason })
        }
        _ => Err(element.error(codes::DER_UNEXPECTED_TYPE, "expected a CertStatus")),
    }
}

/// `[1] EXPLICIT Extensions OPTIONAL`
fn decode_explicit_extensions(
    fields: &mut Decoder<'_>,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
) -> Result<Vec<Extension>, Error> {
    let Some(explicit) = fields.optional(tag::context_constructed(1))? else { return Ok(Vec::new()) };
    let list = explicit.contents()?.element()?;
    within_findings(findings, "responseExtensions", |findings| {
        decode_extensions(&list, Scope::RevocationList, limits, findings)
    })
}
