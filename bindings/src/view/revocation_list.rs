use certgate::crl::CertificateList;
use serde::Serialize;

use super::diagnostic::DiagnosticView;
use super::request::{ExtensionView, SubjectView};
use super::{SCHEMA_VERSION, hex};

/// A revocation list, every field.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RevocationListView {
    /// Version of this form: 1.
    pub schema_version: u32,
    /// Who issued the list.
    pub issuer: SubjectView,
    /// When it was issued, RFC 3339 in UTC.
    pub this_update: String,
    /// When the next one is due, RFC 3339 in UTC; null if the list does not say.
    pub next_update: Option<String>,
    /// Its number in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// For a delta list: the number of the list that it adds to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_number: Option<String>,
    /// The entries in order.
    pub entries: Vec<RevokedCertificateView>,
    /// Every extension in order.
    pub extensions: Vec<ExtensionView>,
    /// SHA-256 of the encoding.
    pub sha256: String,
    /// What is odd.
    pub findings: Vec<DiagnosticView>,
}

/// One entry of a revocation list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RevokedCertificateView {
    /// The serial number in lower-case hexadecimal.
    pub serial_number: String,
    /// When it was revoked, RFC 3339 in UTC.
    pub revocation_date: String,
    /// Why, by the name of RFC 5280 5.3.1.
    pub reason: String,
}

impl RevocationListView {
    /// Every field of a list.
    pub fn new(list: &CertificateList) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            issuer: SubjectView::new(list.issuer()),
            this_update: list.this_update().to_string(),
            next_update: list.next_update().map(|next| next.to_string()),
            number: list.number().map(hex),
            base_number: list.base_number().map(hex),
            entries: list
                .entries()
                .iter()
                .map(|entry| RevokedCertificateView {
                    serial_number: entry.serial_number().to_string(),
                    revocation_date: entry.revocation_date().to_string(),
                    reason: entry.reason().as_str().to_owned(),
                })
                .collect(),
            extensions: list.extensions().iter().map(ExtensionView::new).collect(),
            sha256: hex(list.digest()),
            findings: list.findings().iter().map(DiagnosticView::new).collect(),
        }
    }
}
