//! Serial numbers, times and schemes as hosts give them.

use certgate::certificate::SerialNumber;
use certgate::diagnostic::{Diagnostic, codes, quote};
use certgate::issue::IssueInputs;
use certgate::signature::SignatureScheme;
use certgate::time::Timestamp;

use crate::error::Error;

/// What issuing needs besides an approval: the time, and a serial number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// The time.
    pub at: Timestamp,
    /// The serial number.
    pub serial: Serial,
}

/// A serial number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Serial {
    /// 20 octets of the system's randomness, made positive.
    Random([u8; 20]),
    /// A number in hexadecimal.
    Given(String),
}

impl Inputs {
    /// The engine's inputs.
    ///
    /// # Errors
    /// A serial number that is not hexadecimal. Whether one may be issued is judged later.
    pub fn to_core(&self) -> Result<IssueInputs, Error> {
        match &self.serial {
            Serial::Random(octets) => Ok(IssueInputs::new(self.at, *octets)),
            Serial::Given(text) => {
                let serial_number = serial_number(text, "serialNumber")?;
                Ok(IssueInputs { serial_number, at: self.at })
            }
        }
    }
}

/// Reads a serial number, or the number of a list, in hexadecimal.
pub(super) fn serial_number(text: &str, field: &'static str) -> Result<SerialNumber, Error> {
    SerialNumber::from_hex(text).ok_or_else(|| {
        let message = format!("{} is no number in hexadecimal", quote(text));
        Diagnostic::new(codes::CONTEXT_VALUE, message).at([field]).with_found(text).into()
    })
}

/// Reads the word of a signature scheme.
///
/// # Errors
/// A word that is not known.
pub fn parse_scheme(text: &str) -> Result<SignatureScheme, Error> {
    SignatureScheme::from_name(text).ok_or_else(|| {
        let known: Vec<&str> = SignatureScheme::ALL.iter().map(|scheme| scheme.as_str()).collect();
        Diagnostic::new(codes::CONTEXT_VALUE, format!("{} is no signature scheme", quote(text)))
            .at(["scheme"])
            .with_found(text)
            .with_help(format!("give one of {}", known.join(", ")))
            .into()
    })
}
