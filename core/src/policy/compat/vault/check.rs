//! What the programs refuse when a role is made.

use super::{Flavour, fault, list};
use crate::diagnostic::{Path, quote};
use crate::name::IpPrefix;
use crate::oid::Oid;
use crate::policy::document::VaultRole;
use crate::policy::matcher::Faults;
use crate::time::Timestamp;

pub(super) fn role(role: &VaultRole, flavour: Flavour, at: &Path, faults: &mut Faults) {
    keys(role, at, faults);
    let (ttl, max_ttl) = (role.ttl.map_or(0, |ttl| ttl.0), role.max_ttl.map_or(0, |ttl| ttl.0));
    if max_ttl > 0 && ttl > max_ttl {
        fault(faults, &at.join("ttl"), "ttl is above max_ttl");
    }
    let words: Vec<&str> = list(role.cn_validations.as_ref()).iter().map(String::as_str).collect();
    let known = |word: &&str| ["email", "hostname", "disabled"].contains(word);
    let repeated = words.iter().enumerate().any(|(index, word)| words.iter().take(index).any(|w| w == word));
    if !words.iter().all(known) || repeated || (words.contains(&"disabled") && words.len() > 1) {
        fault(
            faults,
            &at.join("cn_validations"),
            "cn_validations is email, hostname, both, or disabled alone",
        );
    }
    bound(role.not_after_bound.as_deref(), &["permit", "ttl-limited", "forbid"], true)
        .map_or_else(|| fault(faults, &at.join("not_after_bound"), "it is no bound"), |()| ());
    bound(role.not_before_bound.as_deref(), &["permit", "duration", "forbid"], false)
        .map_or_else(|| fault(faults, &at.join("not_before_bound"), "it is no bound"), |()| ());
    for (field, given) in [("not_after", &role.not_after), ("not_before", &role.not_before)] {
        if given.as_deref().is_some_and(|text| !text.is_empty() && Timestamp::from_rfc3339(text).is_none()) {
            fault(faults, &at.join(field), "it is no time in RFC 3339");
        }
    }
    flavoured(role, flavour, at, faults);
}

fn bound(given: Option<&str>, words: &[&str], or_time: bool) -> Option<()> {
    let Some(given) = given.filter(|given| !given.is_empty()) else { return Some(()) };
    (words.contains(&given) || (or_time && Timestamp::from_rfc3339(given).is_some())).then_some(())
}

fn keys(role: &VaultRole, at: &Path, faults: &mut Faults) {
    let kind = role.key_type.as_deref().unwrap_or("rsa");
    let bits = role.key_bits.unwrap_or(0);
    let sizes: &[u32] = match kind {
        "rsa" => &[0, 2048, 3072, 4096, 8192],
        "ec" => &[0, 224, 256, 384, 521],
        "ed25519" | "any" => &[bits],
        _ => return fault(faults, &at.join("key_type"), format!("{} is no key type", quote(kind))),
    };
    if !sizes.contains(&bits) {
        let message = format!("key_bits {bits} is no size for the key type {kind}");
        fault(faults, &at.join("key_bits"), message);
    }
    let hash = role.signature_bits.unwrap_or(0);
    if kind == "rsa" && ![0, 256, 384, 512].contains(&hash) {
        fault(faults, &at.join("signature_bits"), format!("signature_bits {hash} is no size of a hash"));
    }
}

/// Keys that only one of the programs knows.
fn flavoured(role: &VaultRole, flavour: Flavour, at: &Path, faults: &mut Faults) {
    let (program, fields) = match flavour {
        Flavour::Vault => (
            "OpenBao",
            [
                ("allow_globs_in_identity_templates", role.allow_globs_in_identity_templates.is_some()),
                ("allowed_ip_sans_cidr", role.allowed_ip_sans_cidr.is_some()),
                ("not_after_bound", role.not_after_bound.is_some()),
                ("not_before", role.not_before.is_some()),
                ("not_before_bound", role.not_before_bound.is_some()),
            ]
            .to_vec(),
        ),
        Flavour::OpenBao => (
            "Vault",
            [
                ("no_store_metadata", role.no_store_metadata.is_some()),
                ("serial_number_source", role.serial_number_source.is_some()),
            ]
            .to_vec(),
        ),
    };
    for (field, _) in fields.into_iter().filter(|(_, given)| *given) {
        let message = format!("the key {} is known to roles of {program} only", quote(field));
        fault(faults, &at.join(field), message);
    }
}

pub(super) fn blocks(role: &VaultRole, at: &Path, faults: &mut Faults) -> Vec<IpPrefix> {
    let at = at.join("allowed_ip_sans_cidr");
    let mut blocks = Vec::new();
    for (index, text) in list(role.allowed_ip_sans_cidr.as_ref()).iter().enumerate() {
        let cleared = || IpPrefix::cleared(text).and_then(|text| IpPrefix::parse(&text).ok());
        match text.contains('/').then(|| IpPrefix::parse(text).ok().or_else(cleared)).flatten() {
            Some(block) => blocks.push(block),
            None => fault(faults, &at.join(index), format!("{} is no block of addresses", quote(text))),
        }
    }
    blocks
}

/// `OID;UTF8:text`: the type and the text.
pub(super) fn other(text: &str) -> Option<(Oid, &str)> {
    let (oid, rest) = text.split_once(';')?;
    let (word, value) = rest.split_once(':')?;
    let utf8 = ["utf8", "utf-8"].contains(&word.to_ascii_lowercase().as_str());
    Oid::parse(oid).filter(|_| utf8).map(|oid| (oid, value))
}

pub(super) fn other_names(role: &VaultRole, at: &Path, faults: &mut Faults) -> Vec<(Oid, String)> {
    let at = at.join("allowed_other_sans");
    let mut names = Vec::new();
    let entries = list(role.allowed_other_sans.as_ref());
    for (index, entry) in entries.iter().enumerate() {
        match other(entry) {
            Some((oid, glob)) => names.push((oid, glob.to_owned())),
            None if entry == "*" && entries.len() == 1 => {}
            None => {
                let message = format!("{} is not of the form OID;UTF8:PATTERN", quote(entry));
                fault(faults, &at.join(index), message);
            }
        }
    }
    names
}
