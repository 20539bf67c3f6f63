use std::sync::Arc;

use certgate_bindings::Error;
use certgate_bindings::certgate::certificate::{Certificate, SerialNumber};
use certgate_bindings::certgate::issue::IssueInputs;
use certgate_bindings::certgate::time::Timestamp;
use sha2::{Digest, Sha256};

use super::certificates::{IssueError, NewRecord, Recorded, identity, record_in, reserve};
use super::entry::State;
use super::{Inventory, serial_text};
use crate::audit::Event;
use crate::durable::point;
use crate::hex;

impl Inventory {
    /// As [`Inventory::issue`], with a serial number that was chosen before, on another machine or in a run that was interrupted.
    /// What was recorded for it, by the same policy and for the same request, comes out again, and nothing is signed twice.
    ///
    /// # Errors
    /// As there; a serial number that the issuer gave to something else, or that is revoked.
    pub fn issue_as(
        &mut self,
        record: &NewRecord<'_>,
        serial: &SerialNumber,
        at: Timestamp,
        sign: impl FnOnce() -> Result<Arc<Certificate>, Error>,
    ) -> Result<Recorded, IssueError> {
        let id = match self.taken(record, serial).map_err(IssueError::Inventory)? {
            Taken::Issued(recorded) => return Ok(recorded),
            Taken::Reserved(id) => id,
            Taken::Free => {
                let inputs = IssueInputs { serial_number: serial.clone(), at };
                self.change("reserve", at, |transaction| {
                    Ok((reserve(transaction, record, &inputs)?, None::<Event>))
                })
                .map_err(IssueError::Inventory)?
            }
        };
        let certificate = sign().map_err(|error| IssueError::Refused(Box::new(error)))?;
        point("signed", "not-recorded");
        let recorded = Recorded::new(id, certificate);
        self.change("record", at, |transaction| Ok(((), Some(record_in(transaction, record, &recorded)?))))
            .map_err(IssueError::Inventory)?;
        Ok(recorded)
    }

    /// What a serial number of an issuer stands for.
    fn taken(&self, record: &NewRecord<'_>, serial: &SerialNumber) -> Result<Taken, String> {
        let number = serial_text(serial);
        let issuer = record.issuer.map(identity);
        let found =
            self.select("WHERE issuer.identity = ?1 AND certificate.serial = ?2", (issuer, number.as_str()))?;
        let Some(entry) = found.into_iter().next() else { return Ok(Taken::Free) };
        let request = record.request.map(|request| hex::encode(&Sha256::digest(request)));
        let policy = record.policy.map(|policy| policy.digest.to_string());
        if entry.request_sha256 != request || entry.policy_digest != policy {
            return Err(format!("the serial number {number} is that of another certificate"));
        }
        if let Some(revoked) = &entry.revoked {
            return Err(format!("the serial number {number} is revoked ({})", revoked.reason));
        }
        match (entry.state, entry.certificate()) {
            (State::Reserved, _) => Ok(Taken::Reserved(entry.id)),
            (_, Some(certificate)) => Ok(Taken::Issued(Recorded::new(entry.id, Arc::new(certificate)))),
            (_, None) => Err(format!("the certificate with the serial number {number} cannot be read")),
        }
    }
}

enum Taken {
    Free,
    Reserved(i64),
    Issued(Recorded),
}
