use std::path::Path;
use std::sync::Arc;

use certgate_bindings::certgate::certificate::SerialNumber;
use certgate_bindings::certgate::crl::CertificateList;
use certgate_bindings::certgate::extension::ReasonCode;
use certgate_bindings::certgate::issue::{Issuer, ListContents, ListScope, NewRevocationList, Revocation};
use certgate_bindings::certgate::pem;
use certgate_bindings::certgate::time::{Duration, Timestamp};
use certgate_bindings::{Certificate, issue};

use super::args::{ContentsName, CrlCommand, NewCrlArguments};
use super::issue::{read_ca, signing_key};
use super::load::{self, LoadError};
use super::{Terminal, books, exit};
use crate::input;
use crate::inventory::{Inventory, RevokeOrder, number_octets, number_of};
use crate::pki;
use crate::render::escape::escape;
use crate::revocation::{Delta, ListOrder, sign_list};

pub(super) fn run(command: &CrlCommand, terminal: &mut Terminal<'_>) -> u8 {
    let CrlCommand::New(arguments) = command;
    match new(arguments, terminal) {
        Ok(code) => code,
        Err(error) => error.report(terminal),
    }
}

/// What the command line adds to what was revoked before.
struct Given {
    /// The number of the list that was given; 0 for none.
    number: i64,
    revocations: Vec<(Revocation, Option<Timestamp>)>,
}

fn new(arguments: &NewCrlArguments, terminal: &mut Terminal<'_>) -> Result<u8, LoadError> {
    let usage = |message: String| LoadError::Message(message, exit::USAGE);
    let unreadable = |message: String| LoadError::Message(message, exit::UNREADABLE);
    let at = load::time(None, terminal)?;
    let lifetime = Duration::parse(&arguments.lifetime)
        .ok_or_else(|| usage(format!("--lifetime {} is no duration such as 7d", arguments.lifetime)))?;
    let next_update = at
        .checked_add(lifetime)
        .ok_or_else(|| usage(format!("--lifetime {} reaches beyond the year 9999", arguments.lifetime)))?;
    let issuer = read_ca(&arguments.ca, terminal)?;
    let key = signing_key(&arguments.ca_key, &arguments.passphrase)?;
    let given = given(arguments, &issuer, at, terminal)?;
    let contents = match arguments.only {
        ContentsName::All => ListContents::All,
        ContentsName::Users => ListContents::UserCertificates,
        ContentsName::Cas => ListContents::CaCertificates,
    };
    let (number, list) = match books::open(&arguments.inventory, &arguments.ca)? {
        Some(mut inventory) => {
            note(&mut inventory, &issuer, &given, at).map_err(unreadable)?;
            let order = ListOrder {
                delta: if arguments.delta { Delta::SinceLast } else { Delta::No },
                distribution_point: arguments.distribution_point.clone(),
                contents,
                freshest: arguments.freshest_uris.clone(),
                lifetime,
                beyond: given.number,
            };
            let signed = sign_list(&mut inventory, &issuer, &*key, &order, at)
                .map_err(|message| LoadError::Message(message, exit::DENIED))?;
            (number_octets(signed.number), signed.list)
        }
        None => {
            let number = number_octets(given.number.saturating_add(1));
            let revocations = given.revocations.into_iter().map(|(revocation, _)| revocation).collect();
            let list =
                NewRevocationList { number: number.clone(), this_update: at, next_update, revocations };
            let scope =
                ListScope { contents, freshest: arguments.freshest_uris.clone(), ..ListScope::default() };
            let list = issue::new_list_within(&list, &scope, &issuer, &*key)
                .map_err(|error| unreadable(error.to_string()))?;
            (number, list)
        }
    };
    write(&arguments.output, &number, &list, next_update, terminal)
}

fn write(
    output: &str,
    number: &SerialNumber,
    list: &Arc<CertificateList>,
    next_update: Timestamp,
    terminal: &mut Terminal<'_>,
) -> Result<u8, LoadError> {
    pki::write_public(Path::new(output), pem::encode("X509 CRL", list.der()).as_bytes())
        .map_err(|message| LoadError::Message(message, exit::UNREADABLE))?;
    let count = list.entries().len();
    terminal.print(&format!("{}: number {number}, {count} entries, until {next_update}", escape(output)));
    Ok(exit::OK)
}

/// What `--previous` and `--revoke` say.
fn given(
    arguments: &NewCrlArguments,
    issuer: &Issuer,
    at: Timestamp,
    terminal: &mut Terminal<'_>,
) -> Result<Given, LoadError> {
    let unreadable = |message: String| LoadError::Message(message, exit::UNREADABLE);
    let reason = ReasonCode::from_name(&arguments.reason)
        .filter(|reason| *reason != ReasonCode::RemoveFromCrl)
        .ok_or_else(|| LoadError::Message(format!("{} is no reason", arguments.reason), exit::USAGE))?;
    let mut given = Given { number: 0, revocations: Vec::new() };
    if let Some(file) = &arguments.previous {
        let bytes = input::read(file, terminal.stdin).map_err(unreadable)?;
        let previous =
            CertificateList::from_bytes(&bytes).map_err(|error| unreadable(format!("{file}: {error}")))?;
        if !previous.issuer().matches(issuer.certificate().subject()) {
            return Err(unreadable(format!("{file} is the list of another CA")));
        }
        given.number = number_of(previous.number().unwrap_or_default())
            .ok_or_else(|| unreadable(format!("the number of {file} has more than 63 bits")))?;
        given.revocations.extend(previous.entries().iter().map(|entry| {
            let revocation = Revocation {
                serial_number: entry.serial_number().clone(),
                at: entry.revocation_date(),
                reason: entry.reason(),
            };
            (revocation, None)
        }));
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
        if given.revocations.iter().all(|(known, _)| known.serial_number != serial_number) {
            let end = certificate.validity().not_after;
            given.revocations.push((Revocation { serial_number, at, reason }, Some(end)));
        }
    }
    Ok(given)
}

/// Puts into the inventory what the command line says; what is known there stays as it is.
fn note(inventory: &mut Inventory, issuer: &Issuer, given: &Given, at: Timestamp) -> Result<(), String> {
    for (revocation, end) in &given.revocations {
        let order = RevokeOrder {
            serial: &revocation.serial_number,
            reason: revocation.reason,
            revoked_at: revocation.at,
            end: *end,
        };
        if revocation.reason != ReasonCode::RemoveFromCrl {
            inventory.revoke_of(issuer.certificate(), &order, at)?;
        }
    }
    Ok(())
}
