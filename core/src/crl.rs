//! Certificate revocation lists: every field typed, the encoding kept.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use crate::certificate::{SerialNumber, check_unique, decode_algorithm, within_findings};
use crate::content::{self, ContentKind};
use crate::der::{self, Decoder, tag};
use crate::diagnostic::{Diagnostic, Error, Path, Span, codes};
use crate::extension::{
    AuthorityKeyIdentifier, Extension, ExtensionValue, IssuingDistributionPoint, Scope, decode_extensions,
};
use crate::limits::Limits;
use crate::name::DistinguishedName;
use crate::oid::{self, Oid};
use crate::signature::{HashFunction, SignatureAlgorithm};
use crate::time::Timestamp;

mod entry;
mod locate;

pub(crate) use entry::IssuerNames;
pub use entry::RevokedCertificate;

/// A certificate revocation list.
///
/// ```text
/// CertificateList ::= SEQUENCE {
///     tbsCertList         TBSCertList,
///     signatureAlgorithm  AlgorithmIdentifier,
///     signatureValue      BIT STRING }
///
/// TBSCertList ::= SEQUENCE {
///     version              Version OPTIONAL,
///     signature            AlgorithmIdentifier,
///     issuer               Name,
///     thisUpdate           Time,
///     nextUpdate           Time OPTIONAL,
///     revokedCertificates  SEQUENCE OF SEQUENCE { … } OPTIONAL,
///     crlExtensions    [0] EXPLICIT Extensions OPTIONAL }
/// ```
///
/// RFC 5280 5.1.
#[derive(Clone)]
pub struct CertificateList {
    der: Box<[u8]>,
    signed: Span,
    issuer: DistinguishedName,
    issuer_form: Box<[u8]>,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    entries: Vec<RevokedCertificate>,
    /// Indexes of the entries with a serial number.
    by_serial: HashMap<SerialNumber, Vec<usize>>,
    extensions: Vec<Extension>,
    signature_algorithm: SignatureAlgorithm,
    signature: Box<[u8]>,
    findings: Vec<Diagnostic>,
    /// The first critical extension, of the list or of an entry, that certgate does not read.
    unknown_critical: Option<Oid>,
    digest: OnceLock<[u8; 32]>,
}

impl CertificateList {
    /// Reads one list in DER, within [`Limits::revocation_list`].
    ///
    /// # Errors
    /// Anything that is not exactly one revocation list in DER, with the place of the fault.
    pub fn from_der(input: &[u8]) -> Result<Self, Error> {
        Self::from_der_within(input, &Limits::revocation_list())
    }

    /// As [`CertificateList::from_der`], within other limits.
    pub fn from_der_within(input: &[u8], limits: &Limits) -> Result<Self, Error> {
        der::check(input, 0, limits)?;
        let mut outer = Decoder::new(input, 0)?.sequence()?;
        let signed = outer.expect(tag::SEQUENCE, "TBSCertList")?;
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
        let has_version = match fields.optional(tag::INTEGER)? {
            None => false,
            Some(number) if number.value == [1] => true,
            Some(number) => {
                return Err(number
                    .error(codes::CRL_VERSION, "the version of a revocation list is not v2")
                    .within("version"));
            }
        };
        let inner = fields.expect(tag::SEQUENCE, "signature")?;
        if inner.encoding != algorithm_element.encoding {
            let message = "the two fields that name the signature algorithm differ";
            return Err(inner.error(codes::CRL_ALGORITHM_DIFFERS, message).within("signature"));
        }
        let issuer = DistinguishedName::from_element(&fields.element()?, limits)
            .map_err(|error| error.within("issuer"))?;
        let this_update =
            Timestamp::from_element(&fields.element()?).map_err(|error| error.within("thisUpdate"))?;
        let next_update = match fields.peek() {
            Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => Some(
                Timestamp::from_element(&fields.element()?).map_err(|error| error.within("nextUpdate"))?,
            ),
            _ => None,
        };
        let entries = match fields.optional(tag::SEQUENCE)? {
            Some(list) => entry::decode_entries(&list, limits, &mut findings)
                .map_err(|error| error.within("revokedCertificates"))?,
            None => Vec::new(),
        };
        let extensions = match fields.optional(tag::context_constructed(0))? {
            None => Vec::new(),
            Some(explicit) if !has_version => {
                let message = "the extensions of a revocation list need version v2";
                return Err(explicit.error(codes::CRL_VERSION, message).within("crlExtensions"));
            }
            Some(explicit) => {
                let mut contents = explicit.contents()?;
                let list = contents.element()?;
                contents.finish()?;
                let extensions = within_findings(&mut findings, "crlExtensions", |findings| {
                    decode_extensions(&list, Scope::RevocationList, limits, findings)
                })?;
                check_unique(&extensions, &list, codes::CRL_DUPLICATE_EXTENSION)
                    .map_err(|error| error.within("crlExtensions"))?;
                extensions
            }
        };
        fields.finish()?;
        Diagnostic::sort(&mut findings);
        let mut by_serial: HashMap<SerialNumber, Vec<usize>> = HashMap::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            by_serial.entry(entry.serial_number().clone()).or_default().push(index);
        }
        let unknown = |extension: &&Extension| {
            extension.is_critical() && matches!(extension.value(), ExtensionValue::Other)
        };
        let unknown_critical = extensions
            .iter()
            .chain(entries.iter().flat_map(RevokedCertificate::extensions))
            .find(unknown)
            .map(|extension| extension.oid().clone());
        Ok(Self {
            unknown_critical,
            der: input.into(),
            signed: signed.span(),
            issuer_form: issuer.normal_form().into(),
            issuer,
            this_update,
            next_update,
            entries,
            by_serial,
            extensions,
            signature_algorithm,
            signature: signature.into(),
            findings,
            digest: OnceLock::new(),
        })
    }

    /// Reads one list in DER, PEM (`X509 CRL`, or `CRL` for short) or bare base64.
    ///
    /// # Errors
    /// As [`CertificateList::from_der`]; several blocks, another kind of content, and a private key by its own code.
    pub fn from_bytes(input: &[u8]) -> Result<Self, Error> {
        let limits = Limits::revocation_list();
        let single = content::read_single(input, ContentKind::CertificateList, &limits)?;
        let mut list = Self::from_der_within(&single.der, &limits)?;
        list.findings.extend(single.findings);
        Diagnostic::sort(&mut list.findings);
        Ok(list)
    }

    /// The DER encoding.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The DER encoding of tbsCertList: what is signed.
    pub fn signed_der(&self) -> &[u8] {
        self.der.get(self.signed.start..self.signed.end).unwrap_or_default()
    }

    /// The SHA-256 digest of the encoding. Calculated once.
    pub fn digest(&self) -> &[u8; 32] {
        self.digest
            .get_or_init(|| <[u8; 32]>::try_from(HashFunction::Sha256.digest(&self.der)).unwrap_or([0; 32]))
    }

    /// The name of who issued the list.
    pub fn issuer(&self) -> &DistinguishedName {
        &self.issuer
    }

    /// When it was issued.
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// When the next one is due.
    pub fn next_update(&self) -> Option<Timestamp> {
        self.next_update
    }

    /// All entries in order.
    pub fn entries(&self) -> &[RevokedCertificate] {
        &self.entries
    }

    /// The entries with a serial number; in an indirect list they may be of several issuers.
    pub fn entries_of<'a>(&'a self, serial: &SerialNumber) -> impl Iterator<Item = &'a RevokedCertificate> {
        let indexes = self.by_serial.get(serial).map(Vec::as_slice).unwrap_or_default();
        indexes.iter().filter_map(|index| self.entries.get(*index))
    }

    /// Every extension in order.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The extension of a type; there is at most one.
    pub fn extension(&self, oid: &Oid) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.oid() == oid)
    }

    /// cRLNumber (RFC 5280 5.2.3): contents octets of a non-negative INTEGER.
    pub fn number(&self) -> Option<&[u8]> {
        self.number_in(&oid::CRL_NUMBER)
    }

    /// deltaCRLIndicator (RFC 5280 5.2.4): the number of the list that this one adds to.
    pub fn base_number(&self) -> Option<&[u8]> {
        self.number_in(&oid::DELTA_CRL_INDICATOR)
    }

    fn number_in(&self, oid: &Oid) -> Option<&[u8]> {
        match self.extension(oid)?.value() {
            ExtensionValue::CrlNumber(octets) => Some(octets),
            _ => None,
        }
    }

    /// issuingDistributionPoint (RFC 5280 5.2.5), if there.
    pub fn issuing_distribution_point(&self) -> Option<&IssuingDistributionPoint> {
        match self.extension(&oid::ISSUING_DISTRIBUTION_POINT)?.value() {
            ExtensionValue::IssuingDistributionPoint(point) => Some(point),
            _ => None,
        }
    }

    /// authorityKeyIdentifier (RFC 5280 5.2.1), if there.
    pub fn authority_key_identifier(&self) -> Option<&AuthorityKeyIdentifier> {
        match self.extension(&oid::AUTHORITY_KEY_IDENTIFIER)?.value() {
            ExtensionValue::AuthorityKeyIdentifier(identifier) => Some(identifier),
            _ => None,
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

    /// The bytes of the field that `path` names, where it names one.
    pub fn span(&self, path: &Path) -> Option<Span> {
        locate::span(&self.der, path)
    }

    /// What is odd about the list and stops nothing.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// The first critical extension, of the list or of an entry, that certgate does not read.
    pub(crate) fn unknown_critical(&self) -> Option<&Oid> {
        self.unknown_critical.as_ref()
    }

    pub(crate) fn issuer_form(&self) -> &[u8] {
        &self.issuer_form
    }
}

impl PartialEq for CertificateList {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for CertificateList {}

impl fmt::Debug for CertificateList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateList")
            .field("issuer", &self.issuer.to_string())
            .field("this_update", &self.this_update)
            .field("entries", &self.entries.len())
            .finish_non_exhaustive()
    }
}
