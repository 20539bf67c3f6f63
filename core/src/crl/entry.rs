use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::certificate::{SerialNumber, check_unique};
use crate::der::{Element, tag};
use crate::diagnostic::{Code, Diagnostic, Error, NAMED_ITEMS, codes};
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
    /// The certificateIssuer that holds for this entry, its own or that of an entry before (RFC 5280 5.3.3).
    issuer: Option<Arc<IssuerNames>>,
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
        self.issuer.as_deref().map(|issuer| &*issuer.names)
    }

    pub(crate) fn issuer_names(&self) -> Option<&IssuerNames> {
        self.issuer.as_deref()
    }

    fn extension(&self, oid: &Oid) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.oid() == oid)
    }
}

/// The names of one certificateIssuer, shared by all entries that it holds for.
#[derive(Debug)]
pub(crate) struct IssuerNames {
    names: Box<[GeneralName]>,
    forms: OnceLock<Box<[Box<[u8]>]>>,
}

impl IssuerNames {
    fn new(names: &[GeneralName]) -> Self {
        Self { names: names.into(), forms: OnceLock::new() }
    }

    /// The normal forms of the directory names. Calculated once.
    pub(crate) fn forms(&self) -> &[Box<[u8]>] {
        let form = |name: &GeneralName| match name {
            GeneralName::DirectoryName(name) => Some(name.normal_form().into()),
            _ => None,
        };
        self.forms.get_or_init(|| self.names.iter().filter_map(form).collect())
    }
}

/// By the names, which their forms follow from.
impl PartialEq for IssuerNames {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names
    }
}

impl Eq for IssuerNames {}

/// Findings of entries: of each code the first few, and the number of the others.
#[derive(Default)]
struct EntryFindings {
    counts: HashMap<Code, usize>,
    kept: Vec<Diagnostic>,
}

impl EntryFindings {
    /// Takes those of the entry with this index.
    fn add(&mut self, found: Vec<Diagnostic>, entry: usize) {
        for finding in found {
            let count = self.counts.entry(finding.code()).or_default();
            *count = count.saturating_add(1);
            if *count <= NAMED_ITEMS {
                self.kept.push(finding.within(entry).within("revokedCertificates"));
            }
        }
    }

    fn finish(mut self) -> Vec<Diagnostic> {
        let mut more: Vec<(Code, usize)> = self.counts.into_iter().collect();
        more.sort_unstable();
        for (code, count) in more {
            let others = count.saturating_sub(NAMED_ITEMS);
            let Some(first) = self.kept.iter().find(|kept| kept.code() == code && others > 0) else {
                continue;
            };
            let message = format!("{} (and so {others} more times in the list)", first.message());
            let summary = Diagnostic::new(code, message).with_severity(first.severity());
            self.kept.push(summary.with_found(count).at(["revokedCertificates"]));
        }
        self.kept
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
    let mut found = EntryFindings::default();
    while !contents.is_finished() {
        let element = contents.expect(tag::SEQUENCE, "revokedCertificate")?;
        let mut inner = Vec::new();
        let entry = decode_entry(&element, limits, &mut inner, &mut issuer)
            .map_err(|error| error.within(entries.len()))?;
        found.add(inner, entries.len());
        entries.push(entry);
    }
    findings.extend(found.finish());
    Ok(entries)
}

fn decode_entry(
    element: &Element<'_>,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
    issuer: &mut Option<Arc<IssuerNames>>,
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
        ExtensionValue::CertificateIssuer(names) => Some(Arc::new(IssuerNames::new(names))),
        _ => None,
    });
    if named.is_some() {
        *issuer = named;
    }
    Ok(RevokedCertificate { serial_number, revocation_date, extensions, issuer: issuer.clone() })
}
