use std::path::Path;
use std::sync::Arc;

use certgate_bindings::certgate::certificate::{Certificate as CoreCertificate, SerialNumber};
use certgate_bindings::certgate::crl::CertificateList;
use certgate_bindings::certgate::diagnostic::codes;
use certgate_bindings::certgate::extension::ReasonCode;
use certgate_bindings::certgate::issue::{Issuer, ListContents, ListScope, NewRevocationList, Revocation};
use certgate_bindings::certgate::pem;
use certgate_bindings::certgate::time::{Duration, Timestamp};
use certgate_bindings::issue;

use super::args::{ContentsName, CrlCommand, NewCrlArguments};
use super::issue::{put, read_ca, signing_key};
use super::load::{self, LoadError};
use super::{Terminal, books, exit};
use crate::input;
use crate::inventory::{Inventory, RevokeOrder, number_octets, number_of};
use crate::leaf::{Leaf, is_signed_by};
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
    number: SerialNumber,
    revocations: Vec<GivenRevocation>,
}

/// An entry of the list that was given, or a certificate that is to be revoked.
struct GivenRevocation {
    revocation: Revocation,
    end: Option<Timestamp>,
    /// The certificate, if the CA's signature on it holds.
    certificate: Option<Arc<CoreCertificate>>,
    /// Whether it is an entry of the list.
    is_previous: bool,
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
    load::check_uris("--distribution-point", &arguments.distribution_point)?;
    load::check_uris("--freshest-uri", &arguments.freshest_uris)?;
    let issuer = read_ca(&arguments.ca, terminal)?;
    let key = signing_key(&arguments.ca_key, &arguments.passphrase)?;
    let given = given(arguments, &issuer, at, terminal)?;
    let contents = match arguments.only {
        ContentsName::All => ListContents::All,
        ContentsName::Users => ListContents::UserCertificates,
        ContentsName::Cas => ListContents::CaCertificates,
    };
    books::check_key(&*key, issuer.certificate(), &arguments.ca_key, &arguments.ca, exit::DENIED)?;
    let (number, list) = match books::open(&arguments.inventory, &arguments.ca)? {
        Some(mut inventory) => {
            let beyond = number_of(given.number.as_octets()).ok_or_else(|| {
                unreadable("the number of the list before has more than 63 bits".to_owned())
            })?;
            note(&mut inventory, &issuer, &given, at).map_err(unreadable)?;
            let order = ListOrder {
                delta: if arguments.delta { Delta::SinceLast } else { Delta::No },
                distribution_point: arguments.distribution_point.clone(),
                contents,
                freshest: arguments.freshest_uris.clone(),
                lifetime,
                beyond,
            };
            let signed = sign_list(&mut inventory, &issuer, &*key, &order, at)
                .map_err(|message| LoadError::Message(message, exit::DENIED))?;
            if let Some(last) = signed.earlier_than {
                terminal.fail(&format!(
                    "the last list is of {last}, and this one of {at}: a clock was ahead then, or is behind now; who has the last \
                     list may not take this one before {last}"
                ));
            }
            (number_octets(signed.number), signed.list)
        }
        None => {
            // RFC 5280 5.2.3: up to 20 octets; signing refuses more.
            let number = given.number.next();
            let revocations = given.revocations.into_iter().map(|given| given.revocation).collect();
            let list =
                NewRevocationList { number: number.clone(), this_update: at, next_update, revocations };
            let scope =
                ListScope { contents, freshest: arguments.freshest_uris.clone(), ..ListScope::default() };
            let list = issue::new_list_within(&list, &scope, &issuer, &*key)
                .map_err(|error| LoadError::Refused(Box::new(error), exit::DENIED))?;
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
    let (text, count) = (pem::encode("X509 CRL", list.der()), list.entries().len());
    let summary = format!("number {number}, {count} entries, until {next_update}");
    if output == "-" {
        terminal.print_error(&summary);
        return put(Some(output), &text, terminal);
    }
    pki::write_public(Path::new(output), text.as_bytes())?;
    terminal.print(&format!("{}: {summary}", escape(output)));
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
    let mut given = Given { number: SerialNumber::from_unsigned(&[]), revocations: Vec::new() };
    if let Some(file) = &arguments.previous {
        let bytes = input::read(file, terminal.stdin)?;
        let previous =
            CertificateList::from_bytes(&bytes).map_err(|error| unreadable(format!("{file}: {error}")))?;
        if !previous.issuer().matches(issuer.certificate().subject()) {
            return Err(unreadable(format!("{file} is the list of another CA")));
        }
        let key = issuer.certificate().public_key();
        let (signed, signature) = (previous.signed_der(), previous.signature());
        if !previous
            .signature_algorithm()
            .verify(key, signed, signature, certgate_bindings::crypto())
            .is_valid()
        {
            let message = format!("{file} is not signed by the key of {}", arguments.ca);
            let help = "give a list that this CA has signed";
            return Err(load::refusal(codes::CRL_ISSUER_UNKNOWN, message, help, exit::UNREADABLE));
        }
        let number = SerialNumber::from_octets(previous.number().unwrap_or(&[0]));
        if number.is_negative() {
            return Err(unreadable(format!("the number of {file} is negative")));
        }
        given.number = number;
        given.revocations.extend(previous.entries().iter().map(|entry| GivenRevocation {
            revocation: Revocation {
                serial_number: entry.serial_number().clone(),
                at: entry.revocation_date(),
                reason: entry.reason(),
            },
            end: None,
            certificate: None,
            is_previous: true,
        }));
    }
    for file in &arguments.revoke {
        let bytes = input::read(file, terminal.stdin)?;
        let leaf = Leaf::parse(&bytes).map_err(|error| LoadError::unreadable_in(file, error))?;
        if let Some(note) = leaf.note(&input::display_name(file)) {
            terminal.fail(&note);
        }
        let certificate = leaf.certificate.as_core();
        if !certificate.issuer().matches(issuer.certificate().subject()) {
            return Err(unreadable(format!("{file} was issued by another CA")));
        }
        let serial_number = certificate.serial_number().clone();
        let known =
            given.revocations.iter().position(|known| known.revocation.serial_number == serial_number);
        let new = GivenRevocation {
            revocation: Revocation { serial_number, at, reason },
            end: Some(certificate.validity().not_after),
            certificate: is_signed_by(certificate, issuer.certificate()).then(|| Arc::clone(certificate)),
            is_previous: false,
        };
        match known.and_then(|known| given.revocations.get_mut(known)) {
            None => given.revocations.push(new),
            // RFC 5280 5.3.1: only a hold becomes something else.
            Some(known) if known.revocation.reason == ReasonCode::CertificateHold => *known = new,
            Some(_) => {}
        }
    }
    Ok(given)
}

/// Puts into the inventory what the command line says; what is known there stays as it is, and a hold of the list before
/// that ended since is none any more.
fn note(inventory: &mut Inventory, issuer: &Issuer, given: &Given, at: Timestamp) -> Result<(), String> {
    for GivenRevocation { revocation, end, certificate, is_previous } in &given.revocations {
        if *is_previous && revocation.reason == ReasonCode::CertificateHold {
            let released = inventory.released_at(issuer.certificate(), &revocation.serial_number)?;
            if released.is_some_and(|released| revocation.at <= released) {
                continue;
            }
        }
        let order = RevokeOrder {
            serial: &revocation.serial_number,
            reason: revocation.reason,
            revoked_at: revocation.at,
            end: *end,
            certificate: certificate.as_deref(),
        };
        if revocation.reason != ReasonCode::RemoveFromCrl {
            inventory.revoke_of(issuer.certificate(), &order, at)?;
        }
    }
    Ok(())
}
