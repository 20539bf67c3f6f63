use std::sync::Arc;

use certgate_bindings::Error;
use certgate_bindings::certgate::certificate::{Certificate, SerialNumber};
use certgate_bindings::certgate::issue::{IssueInputs, Issuer};
use certgate_bindings::certgate::key::PublicKey;
use certgate_bindings::certgate::policy::PolicyIdentity;
use certgate_bindings::certgate::time::Timestamp;
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::entry::{self, Entry};
use super::{Fault, Inventory, optional};
use crate::audit::Event;
use crate::durable::point;
use crate::hex;

/// What is known of a certificate before it is signed.
#[derive(Clone, Copy, Debug)]
pub struct NewRecord<'a> {
    /// The CA; `None` for a root, which is its own.
    pub issuer: Option<&'a Certificate>,
    /// The policy that allowed it; `None` for a root.
    pub policy: Option<&'a PolicyIdentity>,
    /// The request in DER.
    pub request: Option<&'a [u8]>,
    /// The key that it is for.
    pub public_key: &'a PublicKey,
}

/// A certificate that was recorded: it may be handed out.
#[derive(Clone, Debug)]
pub struct Recorded {
    id: i64,
    certificate: Arc<Certificate>,
}

impl Recorded {
    /// The certificate.
    pub fn certificate(&self) -> &Arc<Certificate> {
        &self.certificate
    }
}

/// Why nothing was issued.
#[derive(Debug)]
pub enum IssueError {
    /// The inventory cannot be written, or the system has no randomness.
    Inventory(String),
    /// The engine refuses.
    Refused(Box<Error>),
}

impl std::fmt::Display for IssueError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Inventory(message) => f.write_str(message),
            Self::Refused(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for IssueError {}

impl Inventory {
    /// Issues: takes a serial number, lets `sign` make the certificate with it, and records the certificate. Only what was
    /// recorded comes out.
    ///
    /// # Errors
    /// An inventory that cannot be written, or whatever `sign` refuses. The serial number stays taken.
    pub fn issue(
        &mut self,
        record: &NewRecord<'_>,
        at: Timestamp,
        sign: impl FnOnce(&IssueInputs) -> Result<Arc<Certificate>, Error>,
    ) -> Result<Recorded, IssueError> {
        let inputs = crate::pki::inputs(at).map_err(IssueError::Inventory)?;
        let id = self.reserve(record, &inputs).map_err(IssueError::Inventory)?;
        let certificate = sign(&inputs).map_err(|error| IssueError::Refused(Box::new(error)))?;
        point("signed", "not-recorded");
        self.record(id, record, &certificate, at).map_err(IssueError::Inventory)?;
        Ok(Recorded { id, certificate })
    }

    fn reserve(&mut self, record: &NewRecord<'_>, inputs: &IssueInputs) -> Result<i64, String> {
        self.change("reserve", inputs.at, |transaction| {
            let issuer = record.issuer.map(|issuer| issuer_id(transaction, issuer)).transpose()?;
            transaction.execute(
                "INSERT INTO certificate (issuer, serial, state, reserved_at, policy, policy_digest, \
                 request_sha256, spki_sha256) VALUES (?1, ?2, 'reserved', ?3, ?4, ?5, ?6, ?7)",
                (
                    issuer,
                    inputs.serial_number.to_string(),
                    inputs.at.as_unix(),
                    record.policy.map(|policy| policy.id.as_ref()),
                    record.policy.map(|policy| policy.digest.as_ref()),
                    record.request.map(|request| hex::encode(&Sha256::digest(request))),
                    spki_digest(record.public_key),
                ),
            )?;
            Ok((transaction.last_insert_rowid(), None))
        })
    }

    fn record(
        &mut self,
        id: i64,
        record: &NewRecord<'_>,
        certificate: &Certificate,
        at: Timestamp,
    ) -> Result<(), String> {
        let sha256 = hex::encode(certificate.digest());
        let event = Event {
            issuer: Some(certificate.issuer().to_string()),
            serial_number: Some(certificate.serial_number().to_string()),
            subject: Some(certificate.subject().to_string()),
            sha256: Some(sha256.clone()),
            policy: record.policy.map(|policy| policy.id.to_string()),
            policy_digest: record.policy.map(|policy| policy.digest.to_string()),
            request_sha256: record.request.map(|request| hex::encode(&Sha256::digest(request))),
            ..Event::new("issued")
        };
        self.change("record", at, |transaction| {
            let issuer = issuer_id(transaction, record.issuer.unwrap_or(certificate))?;
            let validity = certificate.validity();
            let changed = transaction.execute(
                "UPDATE certificate SET issuer = ?2, state = 'issued', sha256 = ?3, not_before = ?4, \
                 not_after = ?5, der = ?6 WHERE id = ?1 AND state = 'reserved' AND serial = ?7",
                (
                    id,
                    issuer,
                    sha256,
                    validity.not_before.as_unix(),
                    validity.not_after.as_unix(),
                    certificate.der(),
                    certificate.serial_number().to_string(),
                ),
            )?;
            match changed {
                1 => Ok(((), Some(event))),
                _ => {
                    Err(Fault::Message("the certificate has another serial number than was taken".to_owned()))
                }
            }
        })
    }

    /// Notes that a certificate reached its place.
    ///
    /// # Errors
    /// An inventory that cannot be written.
    pub fn deliver(&mut self, recorded: &Recorded, at: Timestamp) -> Result<(), String> {
        self.change("deliver", at, |transaction| {
            transaction.execute("UPDATE certificate SET state = 'delivered' WHERE id = ?1", [recorded.id])?;
            Ok(((), None))
        })
    }

    /// A certificate for this key that was recorded, and of which it is not known that it reached its place: what an
    /// interrupted run left. `issuer` is `None` for a root; `policy` is the digest of the policy that must have allowed it.
    ///
    /// # Errors
    /// An inventory that cannot be read.
    pub fn undelivered(
        &self,
        issuer: Option<&Certificate>,
        policy: Option<&str>,
        public_key: &PublicKey,
        at: Timestamp,
    ) -> Result<Option<Recorded>, String> {
        let find = || -> Result<Option<Recorded>, Fault> {
            let mut statement = self.connection.prepare(
                "SELECT certificate.id, der FROM certificate JOIN issuer ON issuer.id = certificate.issuer \
                 WHERE state = 'issued' AND spki_sha256 = ?1 AND policy_digest IS ?2 \
                 AND not_before <= ?3 AND not_after >= ?3 AND (?4 IS NULL OR identity = ?4) \
                 AND NOT EXISTS (SELECT 1 FROM revocation WHERE revocation.issuer = certificate.issuer \
                 AND revocation.serial = certificate.serial) ORDER BY certificate.id DESC",
            )?;
            let parameters = (spki_digest(public_key), policy, at.as_unix(), issuer.map(identity));
            let mut rows = statement.query(parameters)?;
            while let Some(row) = rows.next()? {
                let der: Vec<u8> = row.get(1)?;
                let Ok(certificate) = Certificate::from_der(&der) else { continue };
                if issuer.is_some() || certificate.is_self_issued() {
                    return Ok(Some(Recorded { id: row.get(0)?, certificate: Arc::new(certificate) }));
                }
            }
            Ok(None)
        };
        find().map_err(|fault| fault.at(&self.path))
    }

    /// All certificates in the order in which their serial numbers were taken.
    ///
    /// # Errors
    /// An inventory that cannot be read.
    pub fn list(&self) -> Result<Vec<Entry>, String> {
        self.select("ORDER BY certificate.id", [])
    }

    /// The certificates that are not revoked and end before a time, the first to end first.
    ///
    /// # Errors
    /// As [`Inventory::list`].
    pub fn expiring(&self, before: Timestamp) -> Result<Vec<Entry>, String> {
        self.select(
            "WHERE certificate.not_after < ?1 AND revocation.at IS NULL ORDER BY certificate.not_after, certificate.id",
            [before.as_unix()],
        )
    }

    /// The certificates with a serial number; of several issuers, there may be several.
    ///
    /// # Errors
    /// As [`Inventory::list`].
    pub fn find(&self, serial: &SerialNumber) -> Result<Vec<Entry>, String> {
        self.select("WHERE certificate.serial = ?1 ORDER BY certificate.id", [serial.to_string()])
    }

    /// The certificates of an issuer that were signed, in order.
    ///
    /// # Errors
    /// As [`Inventory::list`].
    pub fn of_issuer(&self, issuer: &Issuer) -> Result<Vec<Entry>, String> {
        self.select(
            "WHERE issuer.identity = ?1 AND der IS NOT NULL ORDER BY certificate.id",
            [identity(issuer.certificate())],
        )
    }

    /// Notes that a certificate stands in its place, if that was not known.
    ///
    /// # Errors
    /// An inventory that cannot be written.
    pub fn deliver_certificate(
        &mut self,
        certificate: &Arc<Certificate>,
        at: Timestamp,
    ) -> Result<(), String> {
        let sha256 = hex::encode(certificate.digest());
        let found = self.select("WHERE certificate.sha256 = ?1 AND state = 'issued'", [sha256])?;
        match found.as_slice() {
            [entry] => self.deliver(&Recorded { id: entry.id, certificate: Arc::clone(certificate) }, at),
            _ => Ok(()),
        }
    }

    fn select(&self, rest: &str, parameters: impl rusqlite::Params) -> Result<Vec<Entry>, String> {
        let query = format!("SELECT {} FROM {} {rest}", entry::COLUMNS, entry::TABLES);
        let run = || -> Result<Vec<Entry>, Fault> {
            let mut statement = self.connection.prepare(&query)?;
            let rows = statement.query_map(parameters, Entry::of_row)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        };
        run().map_err(|fault| fault.at(&self.path))
    }
}

/// An issuer is its name and its key.
pub(super) fn identity(certificate: &Certificate) -> String {
    let mut hash = Sha256::new();
    hash.update(certificate.subject().der());
    hash.update(certificate.public_key().der());
    hex::encode(&hash.finalize())
}

/// The row of an issuer; made if it is not there.
pub(super) fn issuer_id(connection: &Connection, certificate: &Certificate) -> Result<i64, Fault> {
    let identity = identity(certificate);
    let found =
        optional(
            connection.query_row("SELECT id FROM issuer WHERE identity = ?1", [&identity], |row| row.get(0)),
        )?;
    if let Some(id) = found {
        return Ok(id);
    }
    let subject = certificate.subject().to_string();
    connection.execute("INSERT INTO issuer (identity, subject) VALUES (?1, ?2)", (identity, subject))?;
    Ok(connection.last_insert_rowid())
}

fn spki_digest(key: &PublicKey) -> String {
    hex::encode(&Sha256::digest(key.der()))
}
