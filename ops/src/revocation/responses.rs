use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certgate_bindings::certgate::crypto::Signer;
use certgate_bindings::certgate::issue::{NewOcspResponse, OcspAnswer, Responder};
use certgate_bindings::certgate::ocsp::{CertificateId, CertificateStatus, IssuerHash};
use certgate_bindings::certgate::time::{Duration, Timestamp};
use certgate_bindings::issue;

use crate::inventory::{Inventory, serial_number, serial_text};
use crate::pki::write_public;

/// How the files of responses are named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// As the last part of the URL of a GET request, percent-encoded as in RFC 6960 A.1: for servers that look a file up by
    /// the path as it was sent.
    #[default]
    Encoded,
    /// As that path decoded; a slash of base64 makes a folder: for servers that decode paths before they look files up.
    Decoded,
    /// By serial number, with the ending `.der`.
    Serial,
}

/// Which responses are wanted.
#[derive(Clone, Copy, Debug)]
pub struct ResponseOrder {
    /// The hash by which clients name the issuer.
    pub hash: IssuerHash,
    /// How long responses hold.
    pub lifetime: Duration,
    /// How the files are named.
    pub layout: Layout,
}

/// Signs a response for every certificate of the CA that has not ended, one file each.
///
/// # Errors
/// In one sentence: whatever signing refuses, a folder or an inventory that cannot be written.
pub fn sign_responses(
    inventory: &mut Inventory,
    responder: &Responder,
    key: &dyn Signer,
    order: &ResponseOrder,
    folder: &Path,
    at: Timestamp,
) -> Result<Vec<PathBuf>, String> {
    let next_update = at
        .checked_add(order.lifetime)
        .ok_or_else(|| "the responses would hold beyond the year 9999".to_owned())?;
    let ca = responder.issuer().certificate();
    let revocations: std::collections::HashMap<String, CertificateStatus> = inventory
        .revocations(ca)?
        .into_iter()
        .map(|revoked| {
            let status = CertificateStatus::Revoked { at: revoked.at, reason: revoked.reason };
            (serial_text(&revoked.serial_number), status)
        })
        .collect();
    let mut files = Vec::new();
    for entry in inventory.of_issuer(responder.issuer())? {
        if entry.end.is_none_or(|end| end < at) {
            continue;
        }
        let Some(serial) = serial_number(&entry.serial_number) else { continue };
        let id = CertificateId::new(order.hash, serial, ca).map_err(|error| error.to_string())?;
        let name = file_name(&id, &entry.serial_number, order.layout)?;
        let status = revocations.get(&entry.serial_number).copied().unwrap_or(CertificateStatus::Good);
        let response = NewOcspResponse {
            produced_at: at,
            this_update: at,
            next_update,
            answers: vec![OcspAnswer { id, status }],
        };
        let signed = issue::new_response(&response, responder, key).map_err(|error| error.to_string())?;
        let path = folder.join(name);
        write_public(&path, signed.der())?;
        files.push(path);
    }
    inventory.note_responses(ca, files.len(), at)?;
    Ok(files)
}

fn file_name(id: &CertificateId, serial: &str, layout: Layout) -> Result<PathBuf, String> {
    if layout == Layout::Serial {
        return Ok(PathBuf::from(format!("{serial}.der")));
    }
    let request = id.to_request_der().map_err(|error| error.to_string())?;
    let text = STANDARD.encode(request);
    Ok(match layout {
        // Servers take several slashes for one.
        Layout::Decoded => text.split('/').filter(|part| !part.is_empty()).collect(),
        _ => PathBuf::from(text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")),
    })
}
