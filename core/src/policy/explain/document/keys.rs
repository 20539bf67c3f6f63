//! Keys: the curve or the size of the request's key, and no other.

use super::{Case, Edit, Proposal, alone, field};
use crate::diagnostic::{Path, Severity, path::steps};
use crate::key::{KeyMaterial, MAX_MODULUS_BITS, MIN_MODULUS_BITS};
use crate::policy::document::{EcKeys, Ed25519Keys, Permission, PolicyDocument, RsaIdentifier, RsaKeys};
use crate::policy::explain::Action;

pub(super) fn proposals(case: &Case<'_>, rule: &Path) -> Vec<Proposal> {
    match case.request.public_key().material() {
        KeyMaterial::Ec { compressed: true, .. } if field(rule, 2) == "compressed" => {
            let at = steps!["keys", "EC", "compressed"];
            let compress = Edit::new(Action::Replace, at, "allow", |document| {
                if let Some(ec) = &mut document.keys.ec {
                    ec.compressed = Permission::Allow;
                }
            });
            alone(Some(compress.noted(Severity::Notice, "points on every curve may be compressed")))
        }
        KeyMaterial::Ec { curve, .. } => {
            let name = curve.as_str();
            alone(Some(Edit::new(Action::Add, steps!["keys", "EC", "curves"], name, move |document| {
                document.keys.ec.get_or_insert_with(EcKeys::default).curves.push(name.to_owned());
            })))
        }
        KeyMaterial::Ed25519(_) => {
            alone(Some(Edit::new(Action::Add, steps!["keys", "Ed25519"], "{}", |document| {
                document.keys.ed25519 = Some(Ed25519Keys {});
            })))
        }
        KeyMaterial::Rsa { key, pss } => {
            let identifier =
                if pss.is_some() { RsaIdentifier::RsassaPss } else { RsaIdentifier::RsaEncryption };
            let bits = key.bits();
            if !(MIN_MODULUS_BITS..=MAX_MODULUS_BITS).contains(&bits) {
                return Vec::new();
            }
            match &case.document.keys.rsa {
                None => vec![vec![add_size(bits), add_identifier(identifier)]],
                Some(_) if field(rule, 2) == "identifiers" => alone(Some(add_identifier(identifier))),
                Some(rsa) => vec![size(rsa, bits)],
            }
        }
        KeyMaterial::Unsupported { .. } => Vec::new(),
    }
}

fn rsa(document: &mut PolicyDocument) -> &mut RsaKeys {
    document.keys.rsa.get_or_insert_with(RsaKeys::default)
}

fn add_size(bits: u32) -> Edit {
    let at = steps!["keys", "RSA", "sizes"];
    Edit::new(Action::Add, at, bits, move |document| rsa(document).sizes.push(bits))
}

fn add_identifier(identifier: RsaIdentifier) -> Edit {
    let word = match identifier {
        RsaIdentifier::RsaEncryption => "rsaEncryption",
        RsaIdentifier::RsassaPss => "RSASSA-PSS",
    };
    let at = steps!["keys", "RSA", "identifiers"];
    Edit::new(Action::Add, at, word, move |document| rsa(document).identifiers.push(identifier))
}

/// A size more, within bounds that hold it. Without a list of sizes, bounds are all that there is.
fn size(own: &RsaKeys, bits: u32) -> Proposal {
    let is_listed = own.sizes.contains(&bits);
    let in_list = !own.sizes.is_empty();
    let mut edits = Vec::new();
    if in_list && !is_listed {
        edits.push(add_size(bits));
    }
    let between = |edit: Edit, from: u32, to: u32| {
        let others = format!("RSA keys of all sizes from {from} to {to} bits are allowed");
        if in_list { edit } else { edit.noted(Severity::Warning, others) }
    };
    if let Some(min) = own.min.filter(|min| bits < *min) {
        let edit = Edit::new(Action::Replace, steps!["keys", "RSA", "min"], bits, move |document| {
            rsa(document).min = Some(bits);
        });
        edits.push(between(edit, bits, min));
    }
    // A list of sizes has no largest one but its own.
    let max = own.max.or((!in_list).then_some(DEFAULT_MAX));
    if let Some(max) = max.filter(|max| bits > *max) {
        let edit = Edit::new(Action::Replace, steps!["keys", "RSA", "max"], bits, move |document| {
            rsa(document).max = Some(bits);
        });
        edits.push(between(edit, max, bits));
    }
    edits
}

/// Largest RSA key of a policy that says nothing of it.
const DEFAULT_MAX: u32 = 4096;
