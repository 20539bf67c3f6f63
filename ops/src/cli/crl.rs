use std::path::Path;

use certgate_bindings::certgate::certificate::SerialNumber;
use certgate_bindings::certgate::crl::CertificateList;
use certgate_bindings::certgate::extension::ReasonCode;
use certgate_bindings::certgate::issue::{NewRevocationList, Revocation};
use certgate_bindings::certgate::pem;
use certgate_bindings::certgate::time::Duration;
use certgate_bindings::{Certificate, issue};

use super::args::{CrlCommand, NewCrlArguments};
use super::issue::{read_ca, signing_key};
use super::load::{self, LoadError};
use super::{Terminal, exit};
use crate::input;
use crate::pki;
use crate::render::escape::escape;

pub(super) fn run(command: &CrlCommand, terminal: &mut Terminal<'_>) -> u8 {
    let CrlCommand::New(arguments) = command;
    match new(arguments, terminal) {
        Ok(code) => code,
        Err(error) => error.report(terminal),
    }
}

fn new(arguments: &NewCrlArguments, terminal: &mut Terminal<'_>) -> Result<u8, LoadError> {
    let usage = |message: String| LoadError::Message(message, exit::USAGE);
    let unreadable = |message: String| LoadError::Message(message, exit::UNREADABLE);
    let at = load::time(None, terminal)?;
    let reason = ReasonCode::from_name(&arguments.reason)
        .filter(|reason| *reason != ReasonCode::RemoveFromCrl)
        .ok_or_else(|| usage(format!("{} is no reason", arguments.reason)))?;
    let next_update = Duration::parse(&arguments.lifetime)
        .and_then(|lifetime| at.checked_add(lifetime))
        .ok_or_else(|| usage(format!("--lifetime {} is no duration such as 7d", arguments.lifetime)))?;
    let issuer = read_ca(&arguments.ca, terminal)?;
    let key = signing_key(&arguments.ca_key, &arguments.passphrase)?;
    let mut list = NewRevocationList {
        number: SerialNumber::from_octets(&[1]),
        this_update: at,
        next_update,
        revocations: Vec::new(),
    };
    if let Some(file) = &arguments.previous {
        let bytes = input::read(file, terminal.stdin).map_err(unreadable)?;
        let previous =
            CertificateList::from_bytes(&bytes).map_err(|error| unreadable(format!("{file}: {error}")))?;
        if !previous.issuer().matches(issuer.certificate().subject()) {
            return Err(unreadable(format!("{file} is the list of another CA")));
        }
        list.number = SerialNumber::from_octets(&after(previous.number().unwrap_or_default()));
        list.revocations = previous
            .entries()
            .iter()
            .map(|entry| Revocation {
                serial_number: entry.serial_number().clone(),
                at: entry.revocation_date(),
                reason: entry.reason(),
            })
            .collect();
    }
    for file in &arguments.revoke {
        let bytes = input::read(file, terminal.stdin).map_err(unreadable)?;
        let certificate =
            Certificate::parse(&bytes).map_err(|error| unreadable(format!("{file}: {error}")))?;
        let certificate = certificate.as_core();
        if !certificate.issuer().matches(issuer.certificate().subject()) {
            return Err(unreadable(format!("{file} was issued by another CA")));
        }
        let serial_number = certificate.serial_number().clone();
        if list.revocations.iter().all(|known| known.serial_number != serial_number) {
            list.revocations.push(Revocation { serial_number, at, reason });
        }
    }
    let signed = issue::new_list(&list, &issuer, &*key).map_err(|error| unreadable(error.to_string()))?;
    pki::write_public(Path::new(&arguments.output), pem::encode("X509 CRL", signed.der()).as_bytes())
        .map_err(unreadable)?;
    terminal.print(&format!(
        "{}: number {}, {} entries, until {next_update}",
        escape(&arguments.output),
        list.number,
        list.revocations.len()
    ));
    Ok(exit::OK)
}

/// The number that follows: contents octets of a positive INTEGER.
fn after(number: &[u8]) -> Vec<u8> {
    let mut octets = number.to_vec();
    let mut carry = true;
    for octet in octets.iter_mut().rev() {
        let (sum, overflow) = octet.overflowing_add(u8::from(carry));
        *octet = sum;
        carry = overflow;
    }
    if carry {
        octets.insert(0, 1);
    }
    if octets.first().is_some_and(|first| first & 0x80 != 0) {
        octets.insert(0, 0);
    }
    octets
}
