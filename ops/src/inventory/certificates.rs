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
use super::{Fault, Inventory, optional, serial_text};
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
    pub(super) fn new(id: i64, certificate: Arc<Certificate>) -> Self {
        Self { id, certificate }
    }

    /// The certificate.
    pub fn certificate(&self) -> &Arc<Certificate> {
        &self.certificate
    }

    /// The number of its row.
    pub(crate) fn id(&self) -> i64 {
        self.id
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
        let mut sign = Some(sign);
        let mut issued = self
            .issue_all(std::slice::from_ref(record), at, |inputs| {
                inputs.iter().filter_map(|inputs| sign.take().map(|sign| sign(inputs))).collect()
            })
            .map_err(IssueError::Inventory)?;
        let issued = issued.pop().ok_or_else(|| IssueError::Inventory("nothing was signed".to_owned()))?;
        issued.map_err(|error| IssueError::Refused(Box::new(error)))
    }

    /// Issues many in three changes instead of three for each: takes a serial number for every record, lets `sign` make the
    /// certificates with them in the same order, and records those that were made. Only what was recorded comes out, in the
    /// order of the records.
    ///
    /// # Errors
    /// An inventory that cannot be written. A record that `sign` refuses has its own error; its serial number stays taken.
    pub fn issue_all(
        &mut self,
        records: &[NewRecord<'_>],
        at: Timestamp,
        sign: impl FnOnce(&[IssueInputs]) -> Vec<Result<Arc<Certificate>, Error>>,
    ) -> Result<Vec<Result<Recorded, Error>>, String> {
        let inputs = records.iter().map(|_| crate::pki::inputs(at)).collect::<Result<Vec<_>, _>>()?;
        let ids = self.change("reserve", at, |transaction| {
            let pairs = records.iter().zip(&inputs);
            let ids = pairs.map(|(record, inputs)| reserve(transaction, record, inputs));
            Ok((ids.collect::<Result<Vec<_>, _>>()?, None::<Event>))
        })?;
        let signed = sign(&inputs);
        if signed.len() != records.len() {
            return Err(format!(
                "{} certificates were asked for, and {} signed",
                records.len(),
                signed.len()
            ));
        }
        point("signed", "not-recorded");
        let mut outcomes = Vec::with_capacity(records.len());
        for ((record, id), signed) in records.iter().zip(ids).zip(signed) {
            outcomes.push(signed.map(|certificate| (record, Recorded { id, certificate })));
        }
        if outcomes.iter().any(Result::is_ok) {
            self.change("record", at, |transaction| {
                let made = outcomes.iter().flatten();
                let events = made.map(|(record, recorded)| record_in(transaction, record, recorded));
                Ok(((), events.collect::<Result<Vec<_>, _>>()?))
            })?;
        }
        Ok(outcomes.into_iter().map(|outcome| outcome.map(|(_, recorded)| recorded)).collect())
    }

    /// Notes that a certificate reached its place.
    ///
    /// # Errors
    /// An inventory that cannot be written.
    pub fn deliver(&mut self, recorded: &Recorded, at: Timestamp) -> Result<(), String> {
        self.deliver_all(std::slice::from_ref(recorded), at)
    }

    /// Notes that certificates reached their places, in one change.
    ///
    /// # Errors
    /// An inventory that cannot be written.
    pub fn deliver_all(&mut self, recorded: &[Recorded], at: Timestamp) -> Result<(), String> {
        self.change("deliver", at, |transaction| {
            let mut update =
                transaction.prepare("UPDATE certificate SET state = 'delivered' WHERE id = ?1")?;
            for recorded in recorded {
                update.execute([recorded.id])?;
            }
            Ok(((), None::<Event>))
        })
    }

    /// The certificates for this key that were recorded, and of which it is not known that they reached their places, the newest
    /// first: what an interrupted run left. `issuer` is `None` for a root; `policy` is the digest of the policy that must have allowed
    /// them; `request` the request in DER that they must have been issued for, if it matters which.
    ///
    /// # Errors
    /// An inventory that cannot be read.
    pub fn all_undelivered(
        &self,
        issuer: Option<&Certificate>,
        policy: Option<&str>,
        request: Option<&[u8]>,
        public_key: &PublicKey,
        at: Timestamp,
    ) -> Result<Vec<Recorded>, String> {
        let find = || -> Result<Vec<Recorded>, Fault> {
            let mut found = Vec::new();
            let mut statement = self.connection.prepare(
                "SELECT certificate.id, der FROM certificate JOIN issuer ON issuer.id = certificate.issuer \
                 WHERE state = 'issued' AND spki_sha256 = ?1 AND policy_digest IS ?2 \
                 AND not_before <= ?3 AND not_after >= ?3 AND (?4 IS NULL OR identity = ?4) \
                 AND (?5 IS NULL OR request_sha256 = ?5) \
                 AND NOT EXISTS (SELECT 1 FROM revocation WHERE revocation.issuer = certificate.issuer \
                 AND revocation.serial = certificate.serial) ORDER BY certificate.id DESC",
            )?;
            let request = request.map(|request| hex::encode(&Sha256::digest(request)));
            let parameters = (spki_digest(public_key), policy, at.as_unix(), issuer.map(identity), request);
            let mut rows = statement.query(parameters)?;
            while let Some(row) = rows.next()? {
                let der: Vec<u8> = row.get(1)?;
                let Ok(certificate) = Certificate::from_der(&der) else { continue };
                if issuer.is_some() || certificate.is_self_issued() {
                    found.push(Recorded { id: row.get(0)?, certificate: Arc::new(certificate) });
                }
            }
            Ok(found)
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
        self.select("WHERE certificate.serial = ?1 ORDER BY certificate.id", [serial_text(serial)])
    }

    /// The certificates of an issuer that were signed, in order.
    ///
    /// # Errors
    /// As [`Inventory::list`].
    pub fn of_issuer(&self, issuer: &Issuer) -> Result<Vec<Entry>, String> {
        self.select(
            "WHERE issuer.identity = ?1 AND certificate.der IS NOT NULL ORDER BY certificate.id",
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

    /// The entry of exactly this certificate.
    ///
    /// # Errors
    /// As [`Inventory::list`].
    pub fn entry_of(&self, certificate: &Certificate) -> Result<Option<Entry>, String> {
        let found = self.select("WHERE certificate.sha256 = ?1", [hex::encode(certificate.digest())])?;
        Ok(found.into_iter().next())
    }

    pub(super) fn select(&self, rest: &str, parameters: impl rusqlite::Params) -> Result<Vec<Entry>, String> {
        let query = format!("SELECT {} FROM {} {rest}", entry::COLUMNS, entry::TABLES);
        let run = || -> Result<Vec<Entry>, Fault> {
            let mut statement = self.connection.prepare(&query)?;
            let rows = statement.query_map(parameters, Entry::of_row)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        };
        run().map_err(|fault| fault.at(&self.path))
    }
}

/// Takes a serial number; gives the number of its row.
pub(super) fn reserve(
    connection: &Connection,
    record: &NewRecord<'_>,
    inputs: &IssueInputs,
) -> Result<i64, Fault> {
    let issuer = record.issuer.map(|issuer| issuer_id(connection, issuer)).transpose()?;
    let mut insert = connection.prepare(
        "INSERT INTO certificate (issuer, serial, state, reserved_at, policy, policy_digest, \
         request_sha256, spki_sha256) VALUES (?1, ?2, 'reserved', ?3, ?4, ?5, ?6, ?7)",
    )?;
    insert.execute((
        issuer,
        inputs.serial_number.to_string(),
        inputs.at.as_unix(),
        record.policy.map(|policy| policy.id.as_ref()),
        record.policy.map(|policy| policy.digest.as_ref()),
        record.request.map(|request| hex::encode(&Sha256::digest(request))),
        spki_digest(record.public_key),
    ))?;
    Ok(connection.last_insert_rowid())
}

/// Puts a certificate into the row of its serial number; gives the entry of the audit log.
pub(super) fn record_in(
    connection: &Connection,
    record: &NewRecord<'_>,
    recorded: &Recorded,
) -> Result<Event, Fault> {
    let certificate = recorded.certificate.as_ref();
    let sha256 = hex::encode(certificate.digest());
    let issuer = issuer_id(connection, record.issuer.unwrap_or(certificate))?;
    let validity = certificate.validity();
    let mut update = connection.prepare(
        "UPDATE certificate SET issuer = ?2, state = 'issued', sha256 = ?3, not_before = ?4, \
         not_after = ?5, der = ?6 WHERE id = ?1 AND state = 'reserved' AND serial = ?7",
    )?;
    let changed = update.execute((
        recorded.id,
        issuer,
        &sha256,
        validity.not_before.as_unix(),
        validity.not_after.as_unix(),
        certificate.der(),
        certificate.serial_number().to_string(),
    ))?;
    if changed != 1 {
        return Err(Fault::Message("the certificate has another serial number than was taken".to_owned()));
    }
    Ok(Event {
        issuer: Some(certificate.issuer().to_string()),
        serial_number: Some(certificate.serial_number().to_string()),
        subject: Some(certificate.subject().to_string()),
        sha256: Some(sha256),
        policy: record.policy.map(|policy| policy.id.to_string()),
        policy_digest: record.policy.map(|policy| policy.digest.to_string()),
        request_sha256: record.request.map(|request| hex::encode(&Sha256::digest(request))),
        ..Event::new("issued")
    })
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

pub(super) fn spki_digest(key: &PublicKey) -> String {
    hex::encode(&Sha256::digest(key.der()))
}
