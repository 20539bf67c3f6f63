//! PKCS #10 certification requests: every field typed, nothing left unread.

use std::sync::OnceLock;

use crate::algorithm::AlgorithmIdentifier;
use crate::content::{self, ContentKind};
use crate::crypto::CryptoProvider;
use crate::der::{self, Decoder, Element, tag};
use crate::diagnostic::{Diagnostic, Error, Path, Span, codes, path::steps};
use crate::extension::{Extension, ExtensionValue};
use crate::key::PublicKey;
use crate::limits::Limits;
use crate::name::{DistinguishedName, GeneralName};
use crate::oid::{self, Oid};
use crate::signature::{SignatureAlgorithm, SignatureStatus};

mod attribute;
mod build;
mod findings;
mod locate;

pub use attribute::{Attribute, AttributeValue};
pub use build::NewRequest;

/// A certification request.
///
/// ```text
/// CertificationRequest ::= SEQUENCE {
///     certificationRequestInfo  CertificationRequestInfo,
///     signatureAlgorithm        AlgorithmIdentifier,
///     signature                 BIT STRING }
///
/// CertificationRequestInfo ::= SEQUENCE {
///     version        INTEGER { v1(0) },
///     subject        Name,
///     subjectPKInfo  SubjectPublicKeyInfo,
///     attributes     [0] Attributes }
/// ```
///
/// RFC 2986 4.
#[derive(Debug)]
pub struct CertificationRequest {
    der: Vec<u8>,
    signed: Span,
    subject: DistinguishedName,
    public_key: PublicKey,
    attributes: Vec<Attribute>,
    extensions: Vec<Extension>,
    signature_algorithm: SignatureAlgorithm,
    signature: Vec<u8>,
    findings: Vec<Diagnostic>,
    /// The status of the signature, and the provider that was asked first.
    status: OnceLock<(usize, SignatureStatus)>,
}

impl CertificationRequest {
    /// Reads one request in DER.
    ///
    /// # Errors
    /// Anything that is not exactly one request in DER, with the place of the fault.
    pub fn from_der(input: &[u8]) -> Result<Self, Error> {
        Self::read(input, &Limits::default())
    }

    /// Reads one request in DER, PEM (`CERTIFICATE REQUEST` or `NEW CERTIFICATE REQUEST`) or bare base64.
    ///
    /// # Errors
    /// As [`CertificationRequest::from_der`]; several blocks, another kind of content, and a private key by its own code.
    pub fn from_bytes(input: &[u8]) -> Result<Self, Error> {
        Self::from_bytes_within(input, &Limits::default())
    }

    /// As [`CertificationRequest::from_bytes`], within other limits.
    pub fn from_bytes_within(input: &[u8], limits: &Limits) -> Result<Self, Error> {
        let single = content::read_single(input, ContentKind::CertificationRequest, limits)?;
        let mut request = Self::read(&single.der, limits)?;
        request.findings.extend(single.findings);
        Diagnostic::sort(&mut request.findings);
        Ok(request)
    }

    fn read(input: &[u8], limits: &Limits) -> Result<Self, Error> {
        der::check(input, 0, limits)?;
        let mut findings = Vec::new();
        let mut outer = Decoder::new(input, 0)?.sequence()?;
        let info = outer.element()?;
        let signature_algorithm = AlgorithmIdentifier::from_element(&outer.element()?)
            .and_then(|identifier| {
                within_findings(&mut findings, "signatureAlgorithm", |findings| {
                    SignatureAlgorithm::decode(identifier, findings)
                })
            })
            .map_err(|error| error.within("signatureAlgorithm"))?;
        let signature = outer
            .expect(tag::BIT_STRING, "signature")
            .and_then(|bits| bits.bit_string_octets().map(<[u8]>::to_vec))
            .map_err(|error| error.within("signature"))?;
        outer.finish()?;

        let mut fields = info.expect(tag::SEQUENCE, "CertificationRequestInfo")?.contents()?;
        check_version(&fields.expect(tag::INTEGER, "version")?).map_err(|error| error.within("version"))?;
        let subject = DistinguishedName::from_element(&fields.element()?, limits)
            .map_err(|error| error.within("subject"))?;
        let key_element = fields.element()?;
        let public_key = within_findings(&mut findings, "subjectPublicKeyInfo", |findings| {
            PublicKey::from_element(&key_element, limits, findings)
        })
        .map_err(|error| error.within("subjectPublicKeyInfo"))?;
        let (attributes, extensions) = match fields.optional(tag::context_constructed(0))? {
            Some(element) => attribute::decode_attributes(&element, limits, &mut findings)?,
            None => {
                findings.push(
                    Diagnostic::new(
                        codes::REQUEST_ATTRIBUTES_ABSENT,
                        "the field attributes is absent, not empty",
                    )
                    .at(steps!["attributes"]),
                );
                (Vec::new(), Vec::new())
            }
        };
        fields.finish()?;
        signature_algorithm.check_fit(&public_key).map_err(|error| error.within("signatureAlgorithm"))?;
        let mut request = Self {
            der: input.to_vec(),
            signed: info.span(),
            subject,
            public_key,
            attributes,
            extensions,
            signature_algorithm,
            signature,
            findings,
            status: OnceLock::new(),
        };
        findings::add(&mut request);
        Diagnostic::sort(&mut request.findings);
        Ok(request)
    }

    /// The DER encoding.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The DER encoding of certificationRequestInfo: what is signed.
    pub fn signed_der(&self) -> &[u8] {
        self.der.get(self.signed.start..self.signed.end).unwrap_or_default()
    }

    /// The subject, with every attribute.
    pub fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    /// The public key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Every attribute in order.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// Every requested extension in order, those of Microsoft's attribute included.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The first requested extension of a type.
    pub fn extension(&self, oid: &Oid) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.oid() == oid)
    }

    /// The requested subject alternative names; empty if there are none.
    pub fn subject_alt_names(&self) -> &[GeneralName] {
        match self.extension(&oid::SUBJECT_ALT_NAME).map(Extension::value) {
            Some(ExtensionValue::SubjectAltName(names)) => names,
            _ => &[],
        }
    }

    /// The signature algorithm.
    pub fn signature_algorithm(&self) -> &SignatureAlgorithm {
        &self.signature_algorithm
    }

    /// The octets of the signature.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// What is odd about the request and stops nothing, sorted by path and code.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// Whether the sender holds the private key: the request's own signature under its own key (RFC 2986 3). Calculated once for the
    /// provider that is asked first, and each time for another. Providers are told apart by where they are, so that they must stay
    /// there for good:
    ///
    /// ```compile_fail
    /// use certgate::{crypto::CryptoProvider, request::CertificationRequest};
    /// fn ask(request: &CertificationRequest) {
    ///     let provider = CryptoProvider { ..*CryptoProvider::best() };
    ///     request.signature_status(&provider);
    /// }
    /// ```
    pub fn signature_status(&self, crypto: &'static CryptoProvider) -> SignatureStatus {
        let calculate =
            || self.signature_algorithm.verify(&self.public_key, self.signed_der(), &self.signature, crypto);
        // Nothing else will ever have the address of what stays for good.
        let asked = std::ptr::from_ref(crypto).addr();
        let (first, status) = self.status.get_or_init(|| (asked, calculate()));
        if *first == asked { status.clone() } else { calculate() }
    }

    /// The bytes of the field that `path` names, where it names one.
    pub fn span(&self, path: &Path) -> Option<Span> {
        locate::span(&self.der, path)
    }
}

impl Clone for CertificationRequest {
    fn clone(&self) -> Self {
        Self {
            der: self.der.clone(),
            signed: self.signed,
            subject: self.subject.clone(),
            public_key: self.public_key.clone(),
            attributes: self.attributes.clone(),
            extensions: self.extensions.clone(),
            signature_algorithm: self.signature_algorithm.clone(),
            signature: self.signature.clone(),
            findings: self.findings.clone(),
            status: self.status.clone(),
        }
    }
}

impl PartialEq for CertificationRequest {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for CertificationRequest {}

/// RFC 2986 4.1: version is 0.
fn check_version(element: &Element<'_>) -> Result<(), Error> {
    match element.value {
        [0] => Ok(()),
        _ => Err(element.error(codes::REQUEST_VERSION, "the version of the request is not 0")),
    }
}

/// Runs `decode` and puts the findings that it makes below `field`.
fn within_findings<T>(
    findings: &mut Vec<Diagnostic>,
    field: &'static str,
    decode: impl FnOnce(&mut Vec<Diagnostic>) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut inner = Vec::new();
    let value = decode(&mut inner)?;
    findings.extend(inner.into_iter().map(|finding| finding.within(field)));
    Ok(value)
}
