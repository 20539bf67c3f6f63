use std::sync::Arc;

use certgate_bindings::certgate::certificate::{Certificate, SerialNumber};
use certgate_bindings::certgate::extension::ReasonCode;
use certgate_bindings::certgate::issue::Issuer;
use certgate_bindings::certgate::key::PublicKey;
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
    /// The certificate, if the inventory has it, or it was given when it was revoked.
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
    /// The certificate, if it is at hand and the issuer's signature on it holds: lists about some certificates look at it.
    pub certificate: Option<&'a Certificate>,
}

/// The issuer's name and the serial number, and the word of the reason.
pub(crate) type RevokedRow = ((String, String), String);

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
            write(transaction, issuer, &entry.serial_number, reason, at, (entry.end, None))
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
        let text = serial_text(order.serial);
        let der = order.certificate.map(Certificate::der);
        self.change("revoke", at, |transaction| {
            let issuer = issuer_id(transaction, issuer)?;
            write(transaction, issuer, &text, order.reason, order.revoked_at, (order.end, der))
        })
    }

    /// Everything that was revoked.
    ///
    /// # Errors
    /// An inventory that cannot be read.
    pub(crate) fn all_revocations(&self) -> Result<Vec<RevokedRow>, String> {
        let run = || -> Result<Vec<RevokedRow>, Fault> {
            let mut statement = self.connection.prepare(
                "SELECT subject, serial, reason FROM revocation \
                 JOIN issuer ON issuer.id = revocation.issuer ORDER BY revocation.issuer, serial",
            )?;
            let rows = statement.query_map([], |row| {
                let reason: u8 = row.get(2)?;
                let word =
                    ReasonCode::from_number(reason).map_or_else(|| reason.to_string(), |r| r.to_string());
                Ok(((row.get(0)?, row.get(1)?), word))
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        };
        run().map_err(|fault| fault.at(&self.path))
    }

    /// Why a certificate was revoked; `None` if it was not. Below an issuer that is given the inventory need not have the
    /// certificate itself.
    ///
    /// # Errors
    /// An inventory that cannot be read.
    pub fn revocation_of(
        &self,
        certificate: &Certificate,
        issuer: Option<&Certificate>,
    ) -> Result<Option<ReasonCode>, String> {
        let found = optional(self.connection.query_row(
            "SELECT reason FROM revocation WHERE serial = ?1 AND issuer IN ( \
             SELECT issuer FROM certificate WHERE sha256 = ?2 \
             UNION SELECT id FROM issuer WHERE identity = ?3)",
            (
                serial_text(certificate.serial_number()),
                hex::encode(certificate.digest()),
                issuer.map(super::certificates::identity),
            ),
            |row| row.get::<_, u8>(0),
        ));
        let reason = found.map_err(|fault| fault.at(&self.path))?;
        Ok(reason.map(|reason| ReasonCode::from_number(reason).unwrap_or(ReasonCode::Unspecified)))
    }

    /// Whether an issuer and those above it may go on: none of them is known as revoked.
    ///
    /// # Errors
    /// One that is, in one sentence; an inventory that cannot be read.
    pub fn check_issuer(&self, issuer: &Issuer) -> Result<(), String> {
        let chain: Vec<&Arc<Certificate>> = issuer.chain().collect();
        for (index, certificate) in chain.iter().enumerate() {
            let above = chain.get(index.saturating_add(1)).map(|above| &***above);
            if let Some(reason) = self.revocation_of(certificate, above)? {
                return Err(format!(
                    "the issuer {} with the serial number {} is revoked ({reason})",
                    certificate.subject(),
                    certificate.serial_number()
                ));
            }
        }
        Ok(())
    }

    /// The serial number of a certificate for this key that was revoked because the key is in other hands (keyCompromise,
    /// cACompromise and aACompromise, RFC 5280 5.3.1); `None` if there is none.
    ///
    /// # Errors
    /// An inventory that cannot be read.
    pub fn lost_key(&self, key: &PublicKey) -> Result<Option<String>, String> {
        let run = || -> Result<Option<String>, Fault> {
            let mut statement = self.connection.prepare(
                "SELECT revocation.serial, certificate.spki_sha256, revocation.der FROM revocation \
                 LEFT JOIN certificate ON certificate.issuer = revocation.issuer \
                 AND certificate.serial = revocation.serial WHERE reason IN (1, 2, 10)",
            )?;
            let digest = super::certificates::spki_digest(key);
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (serial, known, der): (String, Option<String>, Option<Vec<u8>>) =
                    (row.get(0)?, row.get(1)?, row.get(2)?);
                let given = || der.and_then(|der| Certificate::from_der(&der).ok());
                let is_it = known.as_ref().map_or_else(
                    || given().is_some_and(|given| given.public_key().der() == key.der()),
                    |known| *known == digest,
                );
                if is_it {
                    return Ok(Some(serial));
                }
            }
            Ok(None)
        };
        run().map_err(|fault| fault.at(&self.path))
    }

    /// When the hold of a certificate ended last; `None` if none has.
    ///
    /// # Errors
    /// An inventory that cannot be read.
    pub fn released_at(
        &self,
        issuer: &Certificate,
        serial: &SerialNumber,
    ) -> Result<Option<Timestamp>, String> {
        let found = optional(self.connection.query_row(
            "SELECT at FROM released JOIN issuer ON issuer.id = released.issuer \
             WHERE identity = ?1 AND serial = ?2",
            (super::certificates::identity(issuer), serial_text(serial)),
            |row| row.get::<_, i64>(0),
        ));
        Ok(found.map_err(|fault| fault.at(&self.path))?.and_then(Timestamp::from_unix))
    }

    /// What an issuer revoked, by serial number.
    ///
    /// # Errors
    /// An inventory that cannot be read.
    pub fn revocations(&self, issuer: &Certificate) -> Result<Vec<RevokedSerial>, String> {
        let run = || -> Result<Vec<RevokedSerial>, Fault> {
            let mut statement = self.connection.prepare(
                "SELECT revocation.serial, revocation.at, revocation.reason, \
                 coalesce(certificate.not_after, revocation.not_after), coalesce(certificate.der, revocation.der) \
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
    (end, der): (Option<Timestamp>, Option<&[u8]>),
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
            transaction.execute(
                "INSERT INTO released (issuer, serial, at) VALUES (?1, ?2, ?3) \
                 ON CONFLICT DO UPDATE SET at = ?3",
                (issuer, serial, at.as_unix()),
            )?;
            Ok((RevokeOutcome::Released, Some(event("released"))))
        }
        (_, ReasonCode::RemoveFromCrl) => {
            Err(Fault::Message(format!("the certificate {serial} is not on hold")))
        }
        (None | Some(ReasonCode::CertificateHold), _) if before != Some(reason) => {
            transaction.execute(
                "INSERT INTO revocation (issuer, serial, at, reason, not_after, der) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
                 ON CONFLICT DO UPDATE SET at = ?3, reason = ?4, der = coalesce(der, ?6)",
                (issuer, serial, at.as_unix(), reason.number(), end.map(Timestamp::as_unix), der),
            )?;
            Ok((RevokeOutcome::Revoked, Some(event("revoked"))))
        }
        _ => Ok((RevokeOutcome::Unchanged, None)),
    }
}

/// How the inventory writes a serial number: in hexadecimal as it is shown. A negative one, which others have issued, has a
/// minus sign before its octets, so that it is no positive one.
pub fn serial_text(serial: &SerialNumber) -> String {
    if serial.is_negative() { format!("-{serial}") } else { serial.to_string() }
}

/// A serial number from the text of [`serial_text`].
pub fn serial_number(text: &str) -> Option<SerialNumber> {
    if let Some(digits) = text.strip_prefix('-') {
        return Some(SerialNumber::from_octets(&hex::decode(digits)?)).filter(SerialNumber::is_negative);
    }
    let mut octets = hex::decode(text)?;
    // A leading zero octet is not shown.
    if octets.first().is_some_and(|first| first & 0x80 != 0) {
        octets.insert(0, 0);
    }
    Some(SerialNumber::from_octets(&octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_come_back_from_their_text() {
        for octets in [&[5][..], &[0], &[0, 0xfb], &[0xfb], &[0xff, 0x01], &[0x7f, 0xff]] {
            let serial = SerialNumber::from_octets(octets);
            assert_eq!(serial_number(&serial_text(&serial)), Some(serial));
        }
        assert_eq!(serial_number("-05"), None);
    }
}
