use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::extension::ReasonCode;
use certgate_bindings::certgate::time::Timestamp;
use rusqlite::Row;
use serde::Serialize;

/// How far a certificate has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// Its serial number is taken; it may have been signed, and was not handed out.
    Reserved,
    /// It was signed and recorded; whether it reached its place is not known.
    Issued,
    /// It was handed out.
    Delivered,
}

impl State {
    /// The word of the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Issued => "issued",
            Self::Delivered => "delivered",
        }
    }
}

/// When and why a certificate was revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Revoked {
    /// When, in RFC 3339.
    pub at: String,
    /// Why: the word of RFC 5280 5.3.1.
    pub reason: String,
}

/// One certificate of the inventory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its number in the inventory.
    #[serde(skip)]
    pub id: i64,
    /// The serial number in lower-case hexadecimal.
    pub serial_number: String,
    /// How far it has come.
    pub state: State,
    /// When the serial number was taken, in RFC 3339.
    pub reserved_at: String,
    /// The issuer's name; `None` while a root's serial number is reserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The subject alternative names.
    pub names: Vec<String>,
    /// First second of the lifetime, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<String>,
    /// Last second of the lifetime, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<String>,
    /// The policy that allowed it; `None` for a root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The digest of the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_digest: Option<String>,
    /// The SHA-256 digest of the request in DER.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_sha256: Option<String>,
    /// The SHA-256 digest of the SubjectPublicKeyInfo.
    pub spki_sha256: String,
    /// The SHA-256 digest of the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// When and why it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Revoked>,
    /// The certificate; `None` while it is reserved.
    #[serde(skip)]
    pub der: Option<Vec<u8>>,
    /// Last second of the lifetime.
    #[serde(skip)]
    pub end: Option<Timestamp>,
}

/// The columns that [`Entry::of_row`] reads.
pub(super) const COLUMNS: &str = "certificate.id, certificate.serial, state, reserved_at, issuer.subject, policy, \
policy_digest, request_sha256, spki_sha256, sha256, certificate.not_after, certificate.der, revocation.at, revocation.reason";

/// The tables that they stand in.
pub(super) const TABLES: &str = "certificate LEFT JOIN issuer ON issuer.id = certificate.issuer \
LEFT JOIN revocation ON revocation.issuer = certificate.issuer AND revocation.serial = certificate.serial";

impl Entry {
    pub(super) fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let state: String = row.get(2)?;
        let der: Option<Vec<u8>> = row.get(11)?;
        let end: Option<i64> = row.get(10)?;
        let revoked_at: Option<i64> = row.get(12)?;
        let reason: Option<u8> = row.get(13)?;
        let certificate = der.as_deref().and_then(|der| Certificate::from_der(der).ok());
        let validity = certificate.as_ref().map(Certificate::validity);
        let names = certificate.as_ref().map(Certificate::subject_alt_names).unwrap_or_default();
        Ok(Self {
            id: row.get(0)?,
            serial_number: row.get(1)?,
            state: match state.as_str() {
                "delivered" => State::Delivered,
                "issued" => State::Issued,
                _ => State::Reserved,
            },
            reserved_at: time(row.get(3)?),
            issuer: row.get(4)?,
            subject: certificate.as_ref().map(|certificate| certificate.subject().to_string()),
            names: names.iter().map(certgate_bindings::certgate::name::GeneralName::display).collect(),
            not_before: validity.map(|validity| validity.not_before.to_string()),
            not_after: validity.map(|validity| validity.not_after.to_string()),
            policy: row.get(5)?,
            policy_digest: row.get(6)?,
            request_sha256: row.get(7)?,
            spki_sha256: row.get(8)?,
            sha256: row.get(9)?,
            revoked: revoked_at.map(|at| Revoked {
                at: time(at),
                reason: reason
                    .and_then(ReasonCode::from_number)
                    .unwrap_or(ReasonCode::Unspecified)
                    .to_string(),
            }),
            der,
            end: end.and_then(Timestamp::from_unix),
        })
    }

    /// The certificate, read; `None` while it is reserved.
    pub fn certificate(&self) -> Option<Certificate> {
        self.der.as_deref().and_then(|der| Certificate::from_der(der).ok())
    }
}

/// Seconds since 1970 in RFC 3339.
pub(super) fn time(seconds: i64) -> String {
    Timestamp::from_unix(seconds).map_or_else(|| seconds.to_string(), |at| at.to_string())
}
