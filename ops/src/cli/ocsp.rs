use std::path::{Path, PathBuf};
use std::sync::Arc;

use certgate_bindings::Certificate;
use certgate_bindings::certgate::certificate::Certificate as CoreCertificate;
use certgate_bindings::certgate::diagnostic::codes;
use certgate_bindings::certgate::issue::Responder;
use certgate_bindings::certgate::ocsp::IssuerHash;
use certgate_bindings::certgate::time::{Duration, Timestamp};

use super::args::{HashName, LayoutName, OcspArguments, OcspCommand};
use super::issue::{read_ca, signing_key};
use super::load::{self, LoadError};
use super::{Terminal, books, exit};
use crate::input;
use crate::inventory::{self, Inventory};
use crate::render::escape::escape;
use crate::revocation::{Layout, ResponseOrder, sign_responses};

pub(super) fn run(command: &OcspCommand, terminal: &mut Terminal<'_>) -> u8 {
    let OcspCommand::Sign(arguments) = command;
    sign(arguments, terminal).unwrap_or_else(|error| error.report(terminal))
}

fn sign(arguments: &OcspArguments, terminal: &mut Terminal<'_>) -> Result<u8, LoadError> {
    let unreadable = |message: String| LoadError::Message(message, exit::UNREADABLE);
    let refused = |message: String| LoadError::Message(message, exit::DENIED);
    let usage = |message: String| LoadError::Message(message, exit::USAGE);
    let at = load::time(None, terminal)?;
    let lifetime = Duration::parse(&arguments.lifetime)
        .filter(|lifetime| !lifetime.is_zero())
        .ok_or_else(|| usage(format!("--lifetime {} is no duration such as 1d", arguments.lifetime)))?;
    let issuer = read_ca(&arguments.ca, terminal)?;
    let (responder, key_name, signer_name, signer) =
        match (&arguments.responder, &arguments.responder_key, &arguments.ca_key) {
            (Some(file), Some(key), _) => {
                let bytes = input::read(file, terminal.stdin)?;
                let certificate =
                    Certificate::parse(&bytes).map_err(|error| unreadable(format!("{file}: {error}")))?;
                let responder = Responder::delegate(issuer, Arc::clone(certificate.as_core()), at)
                    .map_err(|error| refused(format!("{file}: {error}")))?;
                (responder, key, file, Arc::clone(certificate.as_core()))
            }
            (None, _, Some(key)) => {
                let certificate = Arc::clone(issuer.certificate());
                (Responder::authority(issuer), key, &arguments.ca, certificate)
            }
            _ => return Err(usage("give --ca-key, or --responder with --responder-key".to_owned())),
        };
    let lifetime = within(&signer, signer_name, lifetime, at, terminal)?;
    let key = signing_key(key_name, &arguments.passphrase)?;
    books::check_key(&*key, &signer, key_name, signer_name, exit::DENIED)?;
    let path = arguments
        .inventory
        .as_ref()
        .map_or_else(|| inventory::beside(Path::new(&arguments.ca)), PathBuf::from);
    let mut inventory = Inventory::open_to_change(&path).map_err(unreadable)?;
    if arguments.responder.is_some() {
        let reason = inventory.revocation_of(&signer, Some(responder.issuer().certificate()));
        if let Some(reason) = reason.map_err(unreadable)? {
            let message =
                format!("{signer_name} is revoked ({reason}): nobody may believe what its key signs");
            let help = "issue a certificate to the responder for a new key, or sign with the key of the CA";
            return Err(load::refusal(codes::VERIFY_REVOKED, message, help, exit::DENIED));
        }
    }
    let order = ResponseOrder {
        hash: match arguments.hash {
            HashName::Sha1 => IssuerHash::Sha1,
            HashName::Sha256 => IssuerHash::Sha256,
        },
        lifetime,
        layout: match arguments.layout {
            LayoutName::Encoded => Layout::Encoded,
            LayoutName::Decoded => Layout::Decoded,
            LayoutName::Serial => Layout::Serial,
        },
    };
    let files = sign_responses(&mut inventory, &responder, &*key, &order, Path::new(&arguments.output), at)
        .map_err(refused)?;
    terminal.print(&format!("{}: {} responses", escape(&arguments.output), files.len()));
    Ok(exit::OK)
}

/// How long responses hold: no longer than the certificate of who signs them, for after that nobody believes them.
fn within(
    signer: &CoreCertificate,
    name: &str,
    lifetime: Duration,
    at: Timestamp,
    terminal: &mut Terminal<'_>,
) -> Result<Duration, LoadError> {
    let end = signer.validity().not_after;
    let left = Duration::from_seconds(end.seconds_since(at)).filter(|left| !left.is_zero());
    match left {
        Some(left) if left < lifetime => {
            terminal.fail(&format!(
                "{name} ends at {end}, and the responses hold until then, not for {lifetime}"
            ));
            Ok(left)
        }
        Some(_) => Ok(lifetime),
        None => {
            let message = format!("{name} ended at {end}: nobody believes what its key signs");
            let help = "sign with a certificate that is in force";
            Err(load::refusal(codes::ISSUE_VALIDITY, message, help, exit::DENIED))
        }
    }
}
