//! Revocation lists: read, and made.

use std::collections::HashMap;
use std::sync::Arc;

use certgate::certificate::SerialNumber;
use certgate::crl::CertificateList;
use certgate::diagnostic::{Diagnostic, codes, quote};
use certgate::extension::{Extension, ExtensionValue, ReasonCode};
use certgate::issue::{NewRevocationList, PreparedRevocationList, Revocation};
use certgate::oid;
use certgate::pem;
use certgate::policy::document::{DurationText, TimeText};
use certgate::signature::SignatureScheme;
use certgate::time::{Duration, Timestamp};
use serde::{Deserialize, Serialize};

use super::inputs::serial_number;
use super::issuer::Issuer;
use super::once::Once;
use super::{PrivateKey, issuance};
use crate::document::{CodeFamily, read_value};
use crate::error::{Error, ErrorKind};
use crate::view::RevocationListView;

/// How long a list holds if nothing is said: a week, as `certgate crl new`.
const LIFETIME: Duration = Duration::from_days(7);

/// A parsed revocation list. Cheap to clone and to share between threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationList {
    list: Arc<CertificateList>,
}

impl RevocationList {
    /// Reads one revocation list in DER, PEM or base64.
    ///
    /// # Errors
    /// Anything that is not exactly one list, with code and place.
    pub fn parse(input: &[u8]) -> Result<Self, Error> {
        CertificateList::from_bytes(input)
            .map(|list| Self { list: Arc::new(list) })
            .map_err(|error| Error::new(ErrorKind::Parse, &error))
    }

    /// The engine's list.
    pub fn as_core(&self) -> &Arc<CertificateList> {
        &self.list
    }

    /// The DER encoding.
    pub fn der(&self) -> &[u8] {
        self.list.der()
    }

    /// The list in PEM.
    pub fn pem(&self) -> String {
        pem::encode("X509 CRL", self.list.der())
    }

    /// Every field as plain data.
    pub fn view(&self) -> RevocationListView {
        RevocationListView::new(&self.list)
    }
}

impl From<Arc<CertificateList>> for RevocationList {
    fn from(list: Arc<CertificateList>) -> Self {
        Self { list }
    }
}

/// A revocation list to be made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a revocation list")]
pub struct RevocationListDocument {
    /// The number in hexadecimal: larger than that of every list before. Left out: the one after the previous list's, or 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// When the next list is due. Left out: after `lifetime`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_update: Option<TimeText>,
    /// How long the list holds. Left out: 7d.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<DurationText>,
    /// What was revoked, besides the entries of the previous list.
    #[serde(default)]
    pub revocations: Vec<RevocationEntryDocument>,
}

/// A certificate that was revoked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a revocation")]
pub struct RevocationEntryDocument {
    /// Its serial number in hexadecimal.
    pub serial_number: String,
    /// When it was revoked. Left out: when the list is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<TimeText>,
    /// Why, by the name of RFC 5280 5.3.1, such as `keyCompromise`. Left out: unspecified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl RevocationListDocument {
    /// Reads a list from a value that a host has converted.
    ///
    /// # Errors
    /// Unknown keys, and values of the wrong form.
    pub fn from_value(value: serde_json::Value) -> Result<Self, Error> {
        read_value(value, &CodeFamily::CONTEXT).map_err(|error| Error::new(ErrorKind::Argument, &error))
    }

    fn to_core(
        &self,
        issuer: &Issuer,
        at: Timestamp,
        previous: Option<&RevocationList>,
    ) -> Result<NewRevocationList, Error> {
        let mut number = SerialNumber::from_octets(&[1]);
        let mut revocations = Revocations::default();
        if let Some(previous) = previous.map(|previous| &previous.list) {
            check_previous(previous, issuer)?;
            number = SerialNumber::from_octets(previous.number().unwrap_or(&[0])).next();
            revocations.all.extend(previous.entries().iter().map(|entry| Revocation {
                serial_number: entry.serial_number().clone(),
                at: entry.revocation_date(),
                reason: entry.reason(),
            }));
            // A number that comes twice is refused by the engine.
            let numbered = revocations.all.iter().enumerate();
            revocations.places = numbered.map(|(place, one)| (one.serial_number.clone(), place)).collect();
        }
        if let Some(text) = &self.number {
            number = serial_number(text, "number")?;
        }
        for entry in &self.revocations {
            revocations.add(entry.to_core(at)?);
        }
        let revocations = revocations.all;
        let next_update = match (&self.next_update, &self.lifetime) {
            (Some(next), _) => Some(next.0),
            (None, Some(lifetime)) => at.checked_add(lifetime.0),
            (None, None) => at.checked_add(LIFETIME),
        };
        let next_update = next_update.ok_or_else(|| {
            let message = "the list would hold beyond the year 9999";
            Error::from(Diagnostic::new(codes::CONTEXT_VALUE, message).at(["lifetime"]))
        })?;
        Ok(NewRevocationList { number, this_update: at, next_update, revocations })
    }

    /// Encodes the list of an issuer. Nothing is signed. The entries of the previous list stay, and the graver reason does.
    ///
    /// # Errors
    /// A number, time or reason of another form, a previous list that is not signed by this CA or does not tell of all its
    /// certificates; whatever the engine refuses.
    pub fn prepare(
        &self,
        issuer: &Issuer,
        at: Timestamp,
        previous: Option<&RevocationList>,
        scheme: Option<SignatureScheme>,
    ) -> Result<PreparedList, Error> {
        let scheme = issuer.scheme(scheme)?;
        let prepared =
            self.to_core(issuer, at, previous)?.prepare(issuer.as_core(), scheme).map_err(issuance)?;
        Ok(PreparedList { scheme: scheme.as_str(), prepared: Once::new("the prepared list", prepared) })
    }
}

/// The list before must be this CA's, and tell of everything that it has revoked: what it leaves out would be good again.
fn check_previous(previous: &CertificateList, issuer: &Issuer) -> Result<(), Error> {
    let certificate = issuer.as_core().certificate();
    let refused = |code, message: &str, help: &str| -> Result<(), Error> {
        Err(Diagnostic::new(code, message).at(["previous"]).with_help(help).into())
    };
    let help = "give the last full list that this CA has signed";
    if !previous.issuer().matches(certificate.subject()) {
        return refused(codes::CONTEXT_VALUE, "the previous list is that of another CA", help);
    }
    let (signed, signature) = (previous.signed_der(), previous.signature());
    let status =
        previous.signature_algorithm().verify(certificate.public_key(), signed, signature, crate::crypto());
    if !status.is_valid() {
        let message = "the previous list is not signed by the key of the issuer";
        return refused(codes::CRL_ISSUER_UNKNOWN, message, help);
    }
    // RFC 5280 5.2.4 and 5.2.5. By their object identifiers: they count also where their values are odd.
    if previous.extension(&oid::DELTA_CRL_INDICATOR).is_some() {
        return refused(codes::CONTEXT_VALUE, "the previous list is a delta list", help);
    }
    if previous.extension(&oid::ISSUING_DISTRIBUTION_POINT).is_some() {
        return refused(codes::CONTEXT_VALUE, "the previous list tells of some certificates only", help);
    }
    let unknown = |one: &Extension| one.is_critical() && matches!(one.value(), ExtensionValue::Other);
    if previous.extensions().iter().any(unknown) {
        return refused(
            codes::CONTEXT_VALUE,
            "the previous list has a critical extension that is not known",
            help,
        );
    }
    if previous.entries().iter().any(|entry| entry.certificate_issuer().is_some()) {
        return refused(codes::CONTEXT_VALUE, "the previous list tells of certificates of another CA", help);
    }
    Ok(())
}

/// What was revoked, each serial number once.
#[derive(Default)]
struct Revocations {
    all: Vec<Revocation>,
    places: HashMap<SerialNumber, usize>,
}

impl Revocations {
    /// Adds one. Of two for the same certificate the graver reason holds, and the earlier time.
    fn add(&mut self, new: Revocation) {
        let known = self.places.get(&new.serial_number).and_then(|place| self.all.get_mut(*place));
        match known {
            Some(known) if gravity(new.reason) > gravity(known.reason) => {
                known.at = known.at.min(new.at);
                known.reason = new.reason;
            }
            Some(_) => {}
            None => {
                self.places.insert(new.serial_number.clone(), self.all.len());
                self.all.push(new);
            }
        }
    }
}

/// How much a reason says: a hold may end (RFC 5280 5.3.1), no other revocation does; nobody trusts a key that is known to others.
fn gravity(reason: ReasonCode) -> u8 {
    match reason {
        ReasonCode::RemoveFromCrl => 0,
        ReasonCode::CertificateHold => 1,
        ReasonCode::KeyCompromise | ReasonCode::CaCompromise | ReasonCode::AaCompromise => 3,
        _ => 2,
    }
}

impl RevocationEntryDocument {
    fn to_core(&self, at: Timestamp) -> Result<Revocation, Error> {
        let reason = match self.reason.as_deref() {
            None => ReasonCode::Unspecified,
            Some(name) => ReasonCode::from_name(name)
                .filter(|reason| *reason != ReasonCode::RemoveFromCrl)
                .ok_or_else(|| {
                let message = format!("{} is no reason to revoke", quote(name));
                Error::from(Diagnostic::new(codes::CONTEXT_VALUE, message).at(["reason"]).with_found(name))
            })?,
        };
        Ok(Revocation {
            serial_number: serial_number(&self.serial_number, "serialNumber")?,
            at: self.at.as_ref().map_or(at, |time| time.0),
            reason,
        })
    }
}

/// A revocation list that was encoded, not yet signed. It is used up by signing.
#[derive(Clone, Debug)]
pub struct PreparedList {
    prepared: Once<PreparedRevocationList>,
    scheme: &'static str,
}

impl PreparedList {
    /// The bytes to be signed.
    ///
    /// # Errors
    /// `issue/used`.
    pub fn tbs_der(&self) -> Result<Vec<u8>, Error> {
        self.prepared.with(|prepared| prepared.tbs_der().to_vec())
    }

    /// How they are to be signed: a word such as `ecdsa-with-SHA256`.
    pub fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// Whether it was used.
    pub fn is_used(&self) -> bool {
        self.prepared.is_used()
    }

    /// Signs with a key that is at hand.
    ///
    /// # Errors
    /// `issue/used`; `issue/not-verified` if the key is not the issuer's.
    pub fn sign(&self, key: &PrivateKey) -> Result<RevocationList, Error> {
        self.prepared.take()?.sign(key.as_core()).map(Into::into).map_err(issuance)
    }

    /// The list, from a signature over [`PreparedList::tbs_der`]; it is verified under the issuer's key.
    ///
    /// # Errors
    /// `issue/used`; `issue/not-verified`.
    pub fn assemble(&self, signature: &[u8]) -> Result<RevocationList, Error> {
        self.prepared.take()?.assemble(signature).map(Into::into).map_err(issuance)
    }
}
