//! The inventory and the audit log on the command line.

use std::path::{Path, PathBuf};

use certgate_bindings::Certificate;
use certgate_bindings::certgate::certificate::{Certificate as CoreCertificate, SerialNumber};
use certgate_bindings::certgate::crypto::Signer;
use certgate_bindings::certgate::diagnostic::codes;
use certgate_bindings::certgate::extension::ReasonCode;
use certgate_bindings::certgate::issue::Issuer;
use certgate_bindings::certgate::time::Duration;
use certgate_bindings::issue;

use super::args::{AuditCommand, InventoryArguments, InventoryCommand, InventoryFormat, RevokeArguments};
use super::load::{self, LoadError};
use super::{Terminal, exit};
use crate::audit;
use crate::input;
use crate::inventory::{self, Entry, Inventory, RevokeOrder, RevokeOutcome, export, serial_number};
use crate::leaf::{Leaf, is_signed_by};
use crate::pki;
use crate::render::escape::escape;

/// The inventory that goes with the certificate of a CA; `None` if none is wanted.
pub(super) fn open(arguments: &InventoryArguments, ca: &str) -> Result<Option<Inventory>, LoadError> {
    let path = match (&arguments.inventory, arguments.no_inventory) {
        (_, true) => return Ok(None),
        (Some(file), false) => PathBuf::from(file),
        (None, false) if ca == "-" => {
            let message = "the CA comes from standard input: give --inventory, or --no-inventory";
            return Err(LoadError::Message(message.to_owned(), exit::USAGE));
        }
        (None, false) => inventory::beside(Path::new(ca)),
    };
    Inventory::open(&path).map(Some).map_err(unopened)
}

fn unreadable(message: String) -> LoadError {
    LoadError::Message(message, exit::UNREADABLE)
}

/// An inventory or its log that cannot be read or written.
fn unopened(message: String) -> LoadError {
    input::FileFault::new(message).into()
}

fn usage(message: String) -> LoadError {
    LoadError::Message(message, exit::USAGE)
}

pub(super) fn run(command: &InventoryCommand, terminal: &mut Terminal<'_>) -> u8 {
    let result = match command {
        InventoryCommand::List { inventory, format } => list(inventory, *format, terminal),
        InventoryCommand::Expiring { inventory, format, within } => {
            expiring(inventory, *format, within, terminal)
        }
        InventoryCommand::Show { inventory, pem, serial } => show(inventory, *pem, serial, terminal),
        InventoryCommand::Export { inventory, format, output } => {
            export_to(inventory, *format, output.as_deref(), terminal)
        }
    };
    result.unwrap_or_else(|error| error.report(terminal))
}

fn list(file: &str, format: InventoryFormat, terminal: &mut Terminal<'_>) -> Result<u8, LoadError> {
    let inventory = Inventory::open_existing(Path::new(file)).map_err(unopened)?;
    let text = render(&inventory, &inventory.list().map_err(unopened)?, format, terminal)?;
    terminal.print(text.trim_end());
    Ok(exit::OK)
}

fn expiring(
    file: &str,
    format: InventoryFormat,
    within: &str,
    terminal: &mut Terminal<'_>,
) -> Result<u8, LoadError> {
    let at = load::time(None, terminal)?;
    let before = Duration::parse(within)
        .and_then(|within| at.checked_add(within))
        .ok_or_else(|| usage(format!("--within {within} is no duration such as 30d")))?;
    let inventory = Inventory::open_existing(Path::new(file)).map_err(unopened)?;
    let entries = inventory.expiring(before).map_err(unopened)?;
    let text = render(&inventory, &entries, format, terminal)?;
    terminal.print(text.trim_end());
    Ok(if entries.is_empty() { exit::OK } else { exit::DENIED })
}

fn show(file: &str, pem: bool, serial: &str, terminal: &mut Terminal<'_>) -> Result<u8, LoadError> {
    let inventory = Inventory::open_existing(Path::new(file)).map_err(unopened)?;
    let number = which(serial, terminal)?.0;
    let entries = inventory.find(&number).map_err(unopened)?;
    if entries.is_empty() {
        return Err(LoadError::Message(
            format!("the inventory does not know the serial number {number}"),
            exit::DENIED,
        ));
    }
    for entry in &entries {
        let certificate = entry.certificate();
        match (pem, certificate) {
            (true, Some(certificate)) => terminal.print(issue::certificate_pem(&certificate).trim_end()),
            (true, None) => return Err(LoadError::Message(format!("{number} is not issued"), exit::DENIED)),
            (false, _) => {
                let text =
                    serde_json::to_string_pretty(entry).map_err(|error| unreadable(error.to_string()))?;
                terminal.print(&text);
            }
        }
    }
    Ok(exit::OK)
}

fn export_to(
    file: &str,
    format: InventoryFormat,
    output: Option<&str>,
    terminal: &mut Terminal<'_>,
) -> Result<u8, LoadError> {
    let inventory = Inventory::open_existing(Path::new(file)).map_err(unopened)?;
    let text = render(&inventory, &inventory.list().map_err(unopened)?, format, terminal)?;
    match output {
        None | Some("-") => terminal.print(text.trim_end()),
        Some(output) => {
            pki::write_public(Path::new(output), text.as_bytes())?;
        }
    }
    Ok(exit::OK)
}

fn render(
    inventory: &Inventory,
    entries: &[Entry],
    format: InventoryFormat,
    terminal: &Terminal<'_>,
) -> Result<String, LoadError> {
    let format = match format {
        InventoryFormat::Text => return Ok(table(entries)),
        InventoryFormat::Json => export::Format::Json,
        InventoryFormat::Ndjson => export::Format::Ndjson,
        InventoryFormat::Csv => export::Format::Csv,
        InventoryFormat::Prometheus => export::Format::Prometheus,
    };
    export::write(inventory, entries, format, load::time(None, terminal)?).map_err(unreadable)
}

/// A table for people.
fn table(entries: &[Entry]) -> String {
    let mut rows =
        vec![["SERIAL NUMBER", "STATE", "NOT AFTER", "POLICY", "SUBJECT, NAMES"].map(str::to_owned)];
    for entry in entries {
        let state = entry.revoked.as_ref().map_or_else(
            || entry.state.as_str().to_owned(),
            |revoked| format!("revoked ({})", revoked.reason),
        );
        let mut who: Vec<String> =
            entry.subject.iter().filter(|subject| !subject.is_empty()).cloned().collect();
        who.extend(entry.names.iter().cloned());
        rows.push(
            [
                entry.serial_number.clone(),
                state,
                entry.not_after.clone().unwrap_or_else(|| "-".to_owned()),
                entry.policy.clone().unwrap_or_else(|| "-".to_owned()),
                who.join(", "),
            ]
            .map(|cell| escape(&cell)),
        );
    }
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..5).map(width).collect();
    let line = |row: &[String; 5]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A serial number in hexadecimal, or the certificate of a file: of a bundle, the leaf.
fn which(text: &str, terminal: &mut Terminal<'_>) -> Result<(SerialNumber, Option<Certificate>), LoadError> {
    if text == "-" || Path::new(text).is_file() {
        let bytes = input::read(text, terminal.stdin)?;
        let leaf = Leaf::parse(&bytes).map_err(|error| LoadError::unreadable_in(text, error))?;
        if let Some(note) = leaf.note(&input::display_name(text)) {
            terminal.fail(&note);
        }
        let certificate = leaf.certificate;
        return Ok((certificate.as_core().serial_number().clone(), Some(certificate)));
    }
    let digits = text.strip_prefix("0x").unwrap_or(text);
    serial_number(digits)
        .map(|number| (number, None))
        .ok_or_else(|| usage(format!("{text} is neither a file nor a serial number in hexadecimal")))
}

pub(super) fn revoke(arguments: &RevokeArguments, terminal: &mut Terminal<'_>) -> u8 {
    revoke_one(arguments, terminal).unwrap_or_else(|error| error.report(terminal))
}

fn revoke_one(arguments: &RevokeArguments, terminal: &mut Terminal<'_>) -> Result<u8, LoadError> {
    let refused = |message: String| LoadError::Message(message, exit::DENIED);
    let at = load::time(None, terminal)?;
    let reason = ReasonCode::from_name(&arguments.reason)
        .ok_or_else(|| usage(format!("{} is no reason", arguments.reason)))?;
    let (serial, certificate) = which(&arguments.certificate, terminal)?;
    let issuer = match (&arguments.ca, &certificate) {
        (None, _) => None,
        (Some(ca), Some(certificate)) => Some(issuer_of(ca, certificate, terminal)?),
        (Some(_), None) => {
            return Err(usage("--ca goes with a certificate, and not with a serial number".to_owned()));
        }
    };
    let path = match &arguments.ca {
        Some(ca) if arguments.inventory == inventory::FILE_NAME => inventory::beside(Path::new(ca)),
        _ => PathBuf::from(&arguments.inventory),
    };
    let mut inventory = match issuer {
        Some(_) => Inventory::open(&path),
        None => Inventory::open_to_change(&path),
    }
    .map_err(unopened)?;
    let mut known = inventory.find(&serial).map_err(unopened)?;
    if let Some(certificate) = &certificate {
        // The same number of another issuer is another certificate.
        let sha256 = crate::hex::encode(certificate.as_core().digest());
        known.retain(|entry| entry.sha256.as_ref() == Some(&sha256));
    }
    let outcome = match (known.as_slice(), &issuer, &certificate) {
        ([entry], _, _) => inventory.revoke(entry, reason, at).map_err(refused)?,
        ([], Some(issuer), Some(certificate)) => {
            let end = certificate.as_core().validity().not_after;
            let certificate = Some(&**certificate.as_core()).filter(|known| is_signed_by(known, issuer));
            let order = RevokeOrder { serial: &serial, reason, revoked_at: at, end: Some(end), certificate };
            inventory.revoke_of(issuer, &order, at).map_err(refused)?
        }
        ([], _, _) => {
            let message =
                format!("the inventory does not know {serial}: give the certificate, and its CA with --ca");
            return Err(refused(message));
        }
        _ => {
            return Err(refused(format!(
                "several issuers gave the serial number {serial}: give the certificate"
            )));
        }
    };
    let word = match outcome {
        RevokeOutcome::Revoked => "revoked",
        RevokeOutcome::Released => "released",
        RevokeOutcome::Unchanged => "unchanged",
    };
    terminal.print(&format!("{word:<9} {serial}"));
    if outcome != RevokeOutcome::Unchanged {
        terminal.print_error(
            "nobody knows until lists or responses are signed: certgate crl new, certgate ocsp sign",
        );
    }
    Ok(exit::OK)
}

/// Whether a key is that of who signs: to be known before a serial number or the number of a list is taken. `exit` is the code with
/// which the command ends if it is not.
pub(super) fn check_key(
    key: &dyn Signer,
    certificate: &CoreCertificate,
    key_name: &str,
    certificate_name: &str,
    exit: u8,
) -> Result<(), LoadError> {
    if key.public_key().der() == certificate.public_key().der() {
        return Ok(());
    }
    let message = format!("{key_name} is not the key of {certificate_name}");
    let help = "give the private key that belongs to the certificate";
    Err(load::refusal(codes::ISSUE_NOT_VERIFIED, message, help, exit))
}

/// Refuses an issuer that its inventory knows as revoked.
pub(super) fn check_issuer(inventory: Option<&Inventory>, issuer: &Issuer) -> Result<(), LoadError> {
    let Some(inventory) = inventory else { return Ok(()) };
    inventory.check_issuer(issuer).map_err(|message| {
        let help = "issue with a CA that is not revoked: for one of a plan, move the certificate and its key away, and `certgate pki \
                    init` makes a new pair";
        load::refusal(codes::ISSUE_ISSUER, message, help, exit::DENIED)
    })
}

/// The CA of a file, which must be the issuer of a certificate.
fn issuer_of(
    ca: &str,
    certificate: &Certificate,
    terminal: &mut Terminal<'_>,
) -> Result<std::sync::Arc<CoreCertificate>, LoadError> {
    let issuer = super::issue::read_ca(ca, terminal)?;
    if !certificate.as_core().issuer().matches(issuer.certificate().subject()) {
        return Err(unreadable(format!("the certificate was not issued by {ca}")));
    }
    Ok(std::sync::Arc::clone(issuer.certificate()))
}

pub(super) fn audit(command: &AuditCommand, terminal: &mut Terminal<'_>) -> u8 {
    let result = match command {
        AuditCommand::Verify { inventory, head } => verify(inventory, head.as_deref(), terminal),
        AuditCommand::Show { inventory } => show_log(inventory, terminal),
    };
    result.unwrap_or_else(|error| error.report(terminal))
}

fn verify(file: &str, noted: Option<&str>, terminal: &mut Terminal<'_>) -> Result<u8, LoadError> {
    let inventory = Inventory::open_existing(Path::new(file)).map_err(unopened)?;
    let report = audit::verify(&inventory, noted).map_err(unopened)?;
    let log = inventory.log_path().display().to_string();
    for fault in &report.faults {
        let place = if fault.line == 0 { log.clone() } else { format!("{log}:{}", fault.line) };
        terminal.print(&format!("{}: {}", escape(&place), escape(&fault.message)));
    }
    if report.pending > 0 {
        let message = format!("{} entries wait for the next change: a run was interrupted", report.pending);
        terminal.print_error(&message);
    }
    if report.faults.is_empty() {
        terminal.print(&format!("{}: {} entries, head {}", escape(&log), report.entries, report.head));
        return Ok(exit::OK);
    }
    Ok(exit::DENIED)
}

fn show_log(file: &str, terminal: &mut Terminal<'_>) -> Result<u8, LoadError> {
    let inventory = Inventory::open_existing(Path::new(file)).map_err(unopened)?;
    let path = inventory.log_path().display().to_string();
    let text = input::read_text(&path, terminal.stdin)?;
    for line in text.lines() {
        match serde_json::from_str::<audit::Line>(line) {
            Err(_) => terminal.print(&format!("?      {}", escape(line))),
            Ok(entry) => {
                let event = entry.event;
                let number = event.number.map(|number| format!("list {number}"));
                let count = event.count.map(|count| format!("{count} certificates"));
                let parts = [event.serial_number, event.subject, event.reason, number, count, event.policy];
                let rest: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
                let shown =
                    format!("{:<6} {} {:<10} {}", entry.sequence, entry.at, event.event, rest.join("  "));
                terminal.print(&escape(shown.trim_end()));
            }
        }
    }
    Ok(exit::OK)
}
