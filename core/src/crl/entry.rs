use crate::certificate::{SerialNumber, check_unique};
use crate::der::{Element, tag};
use crate::diagnostic::{Diagnostic, Error, codes};
use crate::extension::{Extension, ExtensionValue, ReasonCode, Scope, decode_extensions};
use crate::limits::Limits;
use crate::name::GeneralName;
use crate::oid::{self, Oid};
use crate::time::Timestamp;

/// One entry of a revocation list.
///
/// ```text
/// SEQUENCE {
///     userCertificate     CertificateSerialNumber,
///     revocationDate      Time,
///     crlEntryExtensions  Extensions OPTIONAL }
/// ```
///
/// RFC 5280 5.1.2.6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedCertificate {
    serial_number: SerialNumber,
    revocation_date: Timestamp,
    extensions: Vec<Extension>,
    /// Index of the entry whose certificateIssuer holds for this one (RFC 5280 5.3.3); its names.
    issuer: Option<std::sync::Arc<[GeneralName]>>,
}

impl RevokedCertificate {
    /// The serial number of the certificate.
    pub fn serial_number(&self) -> &SerialNumber {
        &self.serial_number
    }

    /// When it was revoked.
    pub fn revocation_date(&self) -> Timestamp {
        self.revocation_date
    }

    /// Every extension of the entry.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// Why it was revoked; `unspecified` if the entry does not say (RFC 5280 5.3.1).
    pub fn reason(&self) -> ReasonCode {
        match self.extension(&oid::REASON_CODE).map(Extension::value) {
            Some(ExtensionValue::ReasonCode(reason)) => *reason,
            _ => ReasonCode::Unspecified,
        }
    }

    /// Since when the key may be compromised, if the entry says so (RFC 5280 5.3.2).
    pub fn invalidity_date(&self) -> Option<Timestamp> {
        match self.extension(&oid::INVALIDITY_DATE)?.value() {
            ExtensionValue::InvalidityDate(date) => Some(*date),
            _ => None,
        }
    }

    /// The names of the certificate's issuer in an indirect list; `None` for the issuer of the list.
    pub fn certificate_issuer(&self) -> Option<&[GeneralName]> {
        self.issuer.as_deref()
    }

    fn extension(&self, oid: &Oid) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.oid() == oid)
    }
}

pub(super) fn decode_entries(
    list: &Element<'_>,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
) -> Result<Vec<RevokedCertificate>, Error> {
    let mut contents = list.contents()?;
    let mut entries = Vec::new();
    let mut issuer = None;
    while !contents.is_finished() {
        let element = contents.expect(tag::SEQUENCE, "revokedCertificate")?;
        let mut inner = Vec::new();
        let entry = decode_entry(&element, limits, &mut inner, &mut issuer)
            .map_err(|error| error.within(entries.len()))?;
        let place = |finding: Diagnostic| finding.within(entries.len()).within("revokedCertificates");
        findings.extend(inner.into_iter().map(place));
        entries.push(entry);
    }
    Ok(entries)
}

fn decode_entry(
    element: &Element<'_>,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
    issuer: &mut Option<std::sync::Arc<[GeneralName]>>,
) -> Result<RevokedCertificate, Error> {
    let mut fields = element.contents()?;
    let serial_number = SerialNumber::from_element(&fields.expect(tag::INTEGER, "userCertificate")?);
    let revocation_date =
        Timestamp::from_element(&fields.element()?).map_err(|error| error.within("revocationDate"))?;
    let extensions = match fields.optional(tag::SEQUENCE)? {
        None => Vec::new(),
        Some(list) => {
            let extensions = decode_extensions(&list, Scope::RevocationList, limits, findings)?;
            check_unique(&extensions, &list, codes::CRL_DUPLICATE_EXTENSION)?;
            extensions
        }
    };
    fields.finish()?;
    // RFC 5280 5.3.3: without the extension the issuer is that of the entry before.
    let named = extensions.iter().find_map(|extension| match extension.value() {
        ExtensionValue::CertificateIssuer(names) => Some(names.as_slice().into()),
        _ => None,
    });
    if named.is_some() {
        *issuer = named;
    }
    Ok(RevokedCertificate { serial_number, revocation_date, extensions, issuer: issuer.clone() })
}
