use certgate_bindings::certgate::certificate::{Certificate, SerialNumber};
use certgate_bindings::certgate::extension::ReasonCode;
use certgate_bindings::certgate::time::Timestamp;

use super::certificates::issuer_id;
use super::{Entry, Fault, Inventory, optional};
use crate::audit::Event;
use crate::hex;

/// What became of a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevokeOutcome {
    /// It is revoked now.
    Revoked,
    /// It was on hold, and is not any more.
    Released,
    /// It was revoked before; nothing changed.
    Unchanged,
}

/// A certificate that was revoked, as a list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedSerial {
    /// Its serial number.
    pub serial_number: SerialNumber,
    /// When it was revoked.
    pub at: Timestamp,
    /// Why.
    pub reason: ReasonCode,
    /// The end of its life, if the inventory knows it.
    pub not_after: Option<Timestamp>,
    /// The certificate, if the inventory has it.
    pub der: Option<Vec<u8>>,
}

/// A certificate that the inventory need not have, and why it is revoked.
#[derive(Clone, Copy, Debug)]
pub struct RevokeOrder<'a> {
    /// Its serial number.
    pub serial: &'a SerialNumber,
    /// Why.
    pub reason: ReasonCode,
    /// When it was revoked.
    pub revoked_at: Timestamp,
    /// The end of its life, if it is known.
    pub end: Option<Timestamp>,
}

impl Inventory {
    /// Revokes a certificate of the inventory. `removeFromCRL` ends a hold, and nothing else.
    ///
    /// # Errors
    /// In one sentence: a certificate that was never signed, a hold that is none, an inventory that cannot be written.
    pub fn revoke(
        &mut self,
        entry: &Entry,
        reason: ReasonCode,
        at: Timestamp,
    ) -> Result<RevokeOutcome, String> {
        self.change("revoke", at, |transaction| {
            let issuer: Option<i64> =
                transaction.query_row("SELECT issuer FROM certificate WHERE id = ?1", [entry.id], |row| {
                    row.get(0)
                })?;
            let Some(issuer) = issuer else {
                return Err(Fault::Message(format!("{} is not issued", entry.serial_number)));
            };
            write(transaction, issuer, &entry.serial_number, reason, at, entry.end)
        })
    }

    /// Revokes a certificate that need not be in the inventory, such as one that was issued before there was one.
    ///
    /// # Errors
    /// As [`Inventory::revoke`].
    pub fn revoke_of(
        &mut self,
        issuer: &Certificate,
        order: &RevokeOrder<'_>,
        at: Timestamp,
    ) -> Result<RevokeOutcome, String> {
        let text = order.serial.to_string();
        self.change("revoke", at, |transaction| {
            let issuer = issuer_id(transaction, issuer)?;
            write(transaction, issuer, &text, order.reason, order.revoked_at, order.end)
        })
    }

    /// What an issuer revoked, by serial number.
    ///
    /// # Errors
    /// An inventory that cannot be read.
    pub fn revocations(&self, issuer: &Certificate) -> Result<Vec<RevokedSerial>, String> {
        let run = || -> Result<Vec<RevokedSerial>, Fault> {
            let mut statement = self.connection.prepare(
                "SELECT revocation.serial, revocation.at, revocation.reason, \
                 coalesce(certificate.not_after, revocation.not_after), certificate.der \
                 FROM revocation JOIN issuer ON issuer.id = revocation.issuer \
                 LEFT JOIN certificate ON certificate.issuer = revocation.issuer \
                 AND certificate.serial = revocation.serial \
                 WHERE issuer.identity = ?1 ORDER BY revocation.serial",
            )?;
            let mut rows = statement.query([super::certificates::identity(issuer)])?;
            let mut list = Vec::new();
            while let Some(row) = rows.next()? {
                let (serial, at, reason): (String, i64, u8) = (row.get(0)?, row.get(1)?, row.get(2)?);
                let end: Option<i64> = row.get(3)?;
                let read =
                    serial_number(&serial).zip(Timestamp::from_unix(at)).zip(ReasonCode::from_number(reason));
                let Some(((serial_number, at), reason)) = read else {
                    return Err(Fault::Message(format!("the revocation of {serial} cannot be read")));
                };
                let not_after = end.and_then(Timestamp::from_unix);
                list.push(RevokedSerial { serial_number, at, reason, not_after, der: row.get(4)? });
            }
            Ok(list)
        };
        run().map_err(|fault| fault.at(&self.path))
    }
}

/// RFC 5280 5.3.1: only a hold ends again; another reason stays what it was first.
fn write(
    transaction: &rusqlite::Transaction<'_>,
    issuer: i64,
    serial: &str,
    reason: ReasonCode,
    at: Timestamp,
    end: Option<Timestamp>,
) -> Result<(RevokeOutcome, Option<Event>), Fault> {
    let before: Option<u8> = optional(transaction.query_row(
        "SELECT reason FROM revocation WHERE issuer = ?1 AND serial = ?2",
        (issuer, serial),
        |row| row.get(0),
    ))?;
    let name: String =
        transaction.query_row("SELECT subject FROM issuer WHERE id = ?1", [issuer], |row| row.get(0))?;
    let before = before.and_then(ReasonCode::from_number);
    let event = |event: &str| Event {
        issuer: Some(name.clone()),
        serial_number: Some(serial.to_owned()),
        reason: Some(reason.to_string()),
        ..Event::new(event)
    };
    match (before, reason) {
        (Some(ReasonCode::CertificateHold), ReasonCode::RemoveFromCrl) => {
            transaction
                .execute("DELETE FROM revocation WHERE issuer = ?1 AND serial = ?2", (issuer, serial))?;
            Ok((RevokeOutcome::Released, Some(event("released"))))
        }
        (_, ReasonCode::RemoveFromCrl) => {
            Err(Fault::Message(format!("the certificate {serial} is not on hold")))
        }
        (None | Some(ReasonCode::CertificateHold), _) if before != Some(reason) => {
            transaction.execute(
                "INSERT INTO revocation (issuer, serial, at, reason, not_after) VALUES (?1, ?2, ?3, ?4, ?5) \
                 ON CONFLICT DO UPDATE SET at = ?3, reason = ?4",
                (issuer, serial, at.as_unix(), reason.number(), end.map(Timestamp::as_unix)),
            )?;
            Ok((RevokeOutcome::Revoked, Some(event("revoked"))))
        }
        _ => Ok((RevokeOutcome::Unchanged, None)),
    }
}

/// A serial number from the hexadecimal digits in which it is shown.
pub fn serial_number(text: &str) -> Option<SerialNumber> {
    let mut octets = hex::decode(text)?;
    // Those that certgate issues are positive; a leading zero octet is not shown.
    if octets.first().is_some_and(|first| first & 0x80 != 0) {
        octets.insert(0, 0);
    }
    Some(SerialNumber::from_octets(&octets))
}
