use certgate_bindings::certgate::certificate::{Certificate, SerialNumber};
use certgate_bindings::certgate::crl::CertificateList;
use certgate_bindings::certgate::time::Timestamp;

use super::certificates::{identity, issuer_id};
use super::{Fault, Inventory, optional};
use crate::audit::Event;
use crate::hex;

/// Whether a list stands alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// A full list.
    Full,
    /// A delta list, with the number of the list that it adds to.
    Delta(i64),
}

/// A list that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListEntry {
    /// Its number.
    pub number: i64,
    /// When it was issued.
    pub this_update: Timestamp,
    /// The list in DER.
    pub der: Vec<u8>,
}

/// The last list of an issuer within a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastList {
    /// The issuer's name.
    pub issuer: String,
    /// What the list is about.
    pub scope: String,
    /// Its number.
    pub number: i64,
    /// When the next one is due, in seconds since 1970.
    pub next_update: i64,
}

impl Inventory {
    /// Takes the next number for a list of an issuer: it is larger than every number before, and than `previous`.
    ///
    /// # Errors
    /// An inventory that cannot be written.
    pub fn reserve_list(
        &mut self,
        issuer: &Certificate,
        kind: ListKind,
        scope: &str,
        previous: i64,
        (this_update, next_update): (Timestamp, Timestamp),
    ) -> Result<i64, String> {
        self.change("reserve-list", this_update, |transaction| {
            let issuer = issuer_id(transaction, issuer)?;
            let last: i64 = transaction.query_row(
                "SELECT last_list_number FROM issuer WHERE id = ?1",
                [issuer],
                |row| row.get(0),
            )?;
            let number = last
                .max(previous)
                .checked_add(1)
                .ok_or_else(|| Fault::Message("there is no larger number for a list".to_owned()))?;
            transaction.execute("UPDATE issuer SET last_list_number = ?2 WHERE id = ?1", (issuer, number))?;
            let base = match kind {
                ListKind::Full => None,
                ListKind::Delta(base) => Some(base),
            };
            transaction.execute(
                "INSERT INTO list (issuer, number, base, scope, this_update, next_update) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (issuer, number, base, scope, this_update.as_unix(), next_update.as_unix()),
            )?;
            Ok((number, None::<Event>))
        })
    }

    /// Records a list that was signed, before it is handed out.
    ///
    /// # Errors
    /// An inventory that cannot be written, a number that was not taken.
    pub fn record_list(
        &mut self,
        issuer: &Certificate,
        number: i64,
        list: &CertificateList,
    ) -> Result<(), String> {
        let event = Event {
            issuer: Some(issuer.subject().to_string()),
            sha256: Some(hex::encode(list.digest())),
            number: Some(number),
            count: i64::try_from(list.entries().len()).ok(),
            ..Event::new("listSigned")
        };
        let identity = identity(issuer);
        self.change("record-list", list.this_update(), |transaction| {
            let changed = transaction.execute(
                "UPDATE list SET der = ?3 WHERE number = ?2 AND der IS NULL \
                 AND issuer = (SELECT id FROM issuer WHERE identity = ?1)",
                (identity, number, list.der()),
            )?;
            match changed {
                1 => Ok(((), Some(event))),
                _ => Err(Fault::Message(format!("the number {number} was not taken for a list"))),
            }
        })
    }

    /// The last full list of an issuer within a scope.
    ///
    /// # Errors
    /// An inventory that cannot be read.
    pub fn last_full_list(&self, issuer: &Certificate, scope: &str) -> Result<Option<ListEntry>, String> {
        let run = || {
            optional(self.connection.query_row(
                "SELECT number, this_update, der FROM list JOIN issuer ON issuer.id = list.issuer \
                 WHERE identity = ?1 AND scope = ?2 AND base IS NULL AND der IS NOT NULL \
                 ORDER BY number DESC LIMIT 1",
                (identity(issuer), scope),
                |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, Vec<u8>>(2)?)),
            ))
        };
        let found = run().map_err(|fault| fault.at(&self.path))?;
        Ok(found.and_then(|(number, this_update, der)| {
            Some(ListEntry { number, this_update: Timestamp::from_unix(this_update)?, der })
        }))
    }

    /// The last lists of every issuer and scope.
    ///
    /// # Errors
    /// An inventory that cannot be read.
    pub fn last_lists(&self) -> Result<Vec<LastList>, String> {
        let run = || -> Result<Vec<LastList>, Fault> {
            let mut statement = self.connection.prepare(
                "SELECT subject, scope || CASE WHEN base IS NULL THEN '' ELSE ' delta' END AS kind, \
                 max(number), next_update FROM list JOIN issuer ON issuer.id = list.issuer \
                 WHERE der IS NOT NULL GROUP BY issuer.id, kind ORDER BY subject, kind",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(LastList {
                    issuer: row.get(0)?,
                    scope: row.get(1)?,
                    number: row.get(2)?,
                    next_update: row.get(3)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        };
        run().map_err(|fault| fault.at(&self.path))
    }

    /// Notes that OCSP responses were signed.
    ///
    /// # Errors
    /// An inventory that cannot be written.
    pub fn note_responses(
        &mut self,
        issuer: &Certificate,
        count: usize,
        at: Timestamp,
    ) -> Result<(), String> {
        let event = Event {
            issuer: Some(issuer.subject().to_string()),
            count: i64::try_from(count).ok(),
            ..Event::new("ocspSigned")
        };
        self.change("ocsp", at, |_| Ok(((), Some(event))))
    }
}

/// The number of a list as the contents octets of a positive INTEGER.
pub fn number_octets(number: i64) -> SerialNumber {
    let all = number.to_be_bytes();
    let mut octets: Vec<u8> = all.iter().copied().skip_while(|octet| *octet == 0).collect();
    if octets.first().is_none_or(|first| first & 0x80 != 0) {
        octets.insert(0, 0);
    }
    SerialNumber::from_octets(&octets)
}

/// The number that octets stand for; `None` beyond 63 bits.
pub fn number_of(octets: &[u8]) -> Option<i64> {
    octets.iter().try_fold(0i64, |number, octet| number.checked_mul(256)?.checked_add(i64::from(*octet)))
}
