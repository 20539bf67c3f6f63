//! What a role says of keys, usages and lifetimes, and what is for the issuer.

use certgate::diagnostic::{codes, quote};
use certgate::policy::PolicyDocument;
use certgate::policy::document::{OverMax, TimeText, UsageRule};
use certgate::time::Timestamp;

use super::{Flavour, Reader};
use crate::import::value::{TextList, Time, dotted};
use crate::import::{keys, validity};

/// The longest lifetime of a mount that sets none, and that of its certificates if nothing is asked for.
const MOUNT_TTL: i64 = 768 * validity::HOUR;
/// How far before now lifetimes begin.
const BACKDATE: i64 = 30;

/// Words for keyUsage, in lower case, and the bits.
const KEY_USAGES: [(&str, &str); 9] = [
    ("digitalsignature", "digitalSignature"),
    ("contentcommitment", "contentCommitment"),
    ("keyencipherment", "keyEncipherment"),
    ("dataencipherment", "dataEncipherment"),
    ("keyagreement", "keyAgreement"),
    ("certsign", "keyCertSign"),
    ("crlsign", "cRLSign"),
    ("encipheronly", "encipherOnly"),
    ("decipheronly", "decipherOnly"),
];

/// Words for extendedKeyUsage, in lower case, and the purposes.
const EXTENDED_KEY_USAGES: [(&str, &str); 12] = [
    ("any", "any"),
    ("serverauth", "serverAuth"),
    ("clientauth", "clientAuth"),
    ("codesigning", "codeSigning"),
    ("emailprotection", "emailProtection"),
    ("ipsecendsystem", "ipsec end system"),
    ("ipsectunnel", "ipsec tunnel"),
    ("ipsecuser", "ipsec user"),
    ("timestamping", "timeStamping"),
    ("ocspsigning", "OCSPSigning"),
    ("microsoftservergatedcrypto", "microsoft sgc"),
    ("netscapeservergatedcrypto", "netscape sgc"),
];

pub(super) fn keys(reader: &mut Reader<'_>, document: &mut PolicyDocument) {
    let kind = reader.role.key_type.clone().unwrap_or_else(|| "rsa".to_owned());
    let bits = reader.role.key_bits.unwrap_or(0);
    let sizes: &[u32] = match kind.as_str() {
        "rsa" => &[0, 2048, 3072, 4096, 8192],
        "ec" => &[0, 224, 256, 384, 521],
        "ed25519" | "any" => &[bits],
        _ => {
            let message = format!("{} is no key type", quote(&kind));
            reader.notes.error(codes::IMPORT_REFUSED, &reader.path("key_type"), message);
            return;
        }
    };
    if !sizes.contains(&bits) {
        let message = format!("key_bits {bits} is no size for the key type {kind}");
        reader.notes.error(codes::IMPORT_REFUSED, &reader.path("key_bits"), message);
    }
    let hash = reader.role.signature_bits.unwrap_or(0);
    if kind == "rsa" && ![0, 256, 384, 512].contains(&hash) {
        let message = format!("signature_bits {hash} is no size of a hash");
        reader.notes.error(codes::IMPORT_REFUSED, &reader.path("signature_bits"), message);
    }
    match kind.as_str() {
        "rsa" => document.keys.rsa = keys::rsa(bits, u32::MAX),
        "ec" => document.keys.ec = keys::ec(bits.max(if bits == 0 { 256 } else { bits }), u32::MAX),
        "ed25519" => document.keys.ed25519 = keys::ed25519(),
        _ => {
            document.keys.rsa = keys::rsa(0, u32::MAX);
            document.keys.ec = keys::ec(0, u32::MAX);
            document.keys.ed25519 = keys::ed25519();
        }
    }
    if kind == "any" || (kind == "ec" && bits == 224) {
        reader.notes.not_kept(&reader.path("key_type"), "keys on P-224 are denied");
    }
}

pub(super) fn usages(reader: &mut Reader<'_>, document: &mut PolicyDocument) {
    let given = reader.role.key_usage.clone().map(TextList::into_list);
    let defaults = ["DigitalSignature", "KeyAgreement", "KeyEncipherment"];
    let given = given.unwrap_or_else(|| defaults.map(str::to_owned).to_vec());
    let mut key = words(reader, "key_usage", &given, &KEY_USAGES);
    if key.iter().any(|word| ["keyCertSign", "cRLSign"].contains(&word.as_str())) {
        key.retain(|word| !["keyCertSign", "cRLSign"].contains(&word.as_str()));
        reader
            .notes
            .not_kept(&reader.path("key_usage"), "keyCertSign and cRLSign are for CAs only and are left out");
    }
    let unfit: &[&str] = match reader.role.key_type.as_deref() {
        None | Some("rsa") => &["keyAgreement", "encipherOnly", "decipherOnly"],
        Some("ec") => &["keyEncipherment", "dataEncipherment"],
        Some("ed25519") => {
            &["keyEncipherment", "dataEncipherment", "keyAgreement", "encipherOnly", "decipherOnly"]
        }
        _ => &[],
    };
    let is_unfit = |word: &String| unfit.contains(&word.as_str());
    if !key.is_empty() && key.iter().all(is_unfit) {
        // Without keyUsage a certificate may be used for all that its key can do (RFC 5280 4.2.1.3).
        let message = format!("every request is denied: the keys of the role cannot do {}", key.join(", "));
        reader.notes.not_kept(&reader.path("key_usage"), message);
    } else if key.iter().any(is_unfit) {
        key.retain(|word| !unfit.contains(&word.as_str()));
        let message = format!("{} is left out: the keys of the role cannot do that", unfit.join(", "));
        reader.notes.not_kept(&reader.path("key_usage"), message);
    }
    // What fits depends on the key: the usages that fit are issued if the request asks for none.
    let rule = if reader.role.key_type.as_deref() == Some("any") {
        reader.notes.not_kept(
            &reader.path("key_usage"),
            "a request gets the usages that its key can have; one that asks for others is denied",
        );
        UsageRule { allow: key, ..UsageRule::default() }
    } else {
        UsageRule { force: Some(key), ..UsageRule::default() }
    };
    document.usages.key = Some(rule);

    let role = &reader.role;
    let flags = [
        (role.server_flag.unwrap_or(true), "serverAuth"),
        (role.client_flag.unwrap_or(true), "clientAuth"),
        (role.code_signing_flag.unwrap_or(false), "codeSigning"),
        (role.email_protection_flag.unwrap_or(false), "emailProtection"),
    ];
    let mut extended: Vec<String> =
        flags.iter().filter(|(set, _)| *set).map(|(_, word)| (*word).to_owned()).collect();
    let given = role.ext_key_usage.clone().map(TextList::into_list).unwrap_or_default();
    let oids = role.ext_key_usage_oids.clone().map(TextList::into_list).unwrap_or_default();
    extended.extend(words(reader, "ext_key_usage", &given, &EXTENDED_KEY_USAGES));
    for (index, text) in oids.iter().enumerate() {
        match dotted(text) {
            Some(_) => extended.push(text.clone()),
            None => reader.notes.error(
                codes::IMPORT_REFUSED,
                &reader.path("ext_key_usage_oids").join(index),
                format!("{} is no object identifier", quote(text)),
            ),
        }
    }
    let mut unique: Vec<String> = Vec::new();
    extended.into_iter().for_each(|word| {
        if !unique.contains(&word) {
            unique.push(word);
        }
    });
    document.usages.extended = Some(UsageRule { force: Some(unique), ..UsageRule::default() });
}

/// The usages that words stand for. One that is not known is a fault: the programs leave it out without a word.
fn words(
    reader: &mut Reader<'_>,
    field: &'static str,
    given: &[String],
    known: &[(&str, &str)],
) -> Vec<String> {
    let mut out = Vec::new();
    for (index, word) in given.iter().enumerate() {
        let lower = word.trim().to_ascii_lowercase();
        match known.iter().find(|(own, _)| *own == lower) {
            Some((_, usage)) => out.push((*usage).to_owned()),
            None => reader.notes.error(
                codes::IMPORT_VALUE,
                &reader.path(field).join(index),
                format!("{} is no usage", quote(word)),
            ),
        }
    }
    out
}

pub(super) fn validity(reader: &mut Reader<'_>, flavour: Flavour, document: &mut PolicyDocument) {
    let ttl = seconds(reader, "ttl", reader.role.ttl.clone(), 0);
    let max_ttl = seconds(reader, "max_ttl", reader.role.max_ttl.clone(), 0);
    let backdate = seconds(reader, "not_before_duration", reader.role.not_before_duration.clone(), BACKDATE);
    if max_ttl > 0 && ttl > max_ttl {
        reader.notes.error(codes::IMPORT_REFUSED, &reader.path("ttl"), "ttl is above max_ttl");
    }
    let or_mount = |seconds: i64| if seconds > 0 { seconds } else { MOUNT_TTL };
    let max = or_mount(max_ttl);
    document.validity = validity::up_to(max, Some(or_mount(ttl).min(max)));
    document.validity.over_max = OverMax::Clamp;
    document.validity.backdate = Some(validity::duration(backdate));
    if max_ttl == 0 || ttl == 0 {
        reader.notes.outside(
            &reader.path(if max_ttl == 0 { "max_ttl" } else { "ttl" }),
            "the lifetimes of the mount are taken to be 768h: put in its own if it has others",
        );
    }
    reader.notes.not_kept(
        &reader.path("not_before_duration"),
        "the time before now at which a lifetime begins counts as a part of it",
    );
    for field in ["not_after", "not_before"] {
        let given = if field == "not_after" { &reader.role.not_after } else { &reader.role.not_before };
        if given.as_ref().is_some_and(|text| !text.is_empty()) {
            let message = format!("a fixed {field} for all certificates cannot be said");
            reader.notes.error(codes::IMPORT_UNSUPPORTED, &reader.path(field), message);
        }
    }
    let bound = reader.role.not_after_bound.clone().unwrap_or_else(|| "permit".to_owned());
    let (longest, end) = match bound.as_str() {
        "permit" | "" => {
            let message = match flavour {
                Flavour::OpenBao => "an end of life beyond max_ttl is denied",
                Flavour::Vault => "an end of life beyond max_ttl is denied and not shortened",
            };
            reader.notes.not_kept(&reader.path("not_after_bound"), message);
            (max, None)
        }
        "ttl-limited" => (or_mount(ttl).min(max), None),
        "forbid" => (0, None),
        time => match Timestamp::from_rfc3339(time) {
            Some(end) => (max, Some(TimeText(end))),
            None => {
                let message = format!("{} is no bound: permit, ttl-limited, forbid or a time", quote(time));
                reader.notes.error(codes::IMPORT_REFUSED, &reader.path("not_after_bound"), message);
                (0, None)
            }
        },
    };
    document.validity.max_requested_end = Some(validity::duration(longest));
    document.validity.not_after = end;
    match reader.role.not_before_bound.as_deref() {
        None | Some("permit" | "duration" | "forbid" | "") => {}
        Some(other) => {
            let message = format!("{} is no bound: permit, duration or forbid", quote(other));
            reader.notes.error(codes::IMPORT_REFUSED, &reader.path("not_before_bound"), message);
        }
    }
}

fn seconds(reader: &mut Reader<'_>, field: &'static str, given: Option<Time>, default: i64) -> i64 {
    match given.as_ref().map(Time::seconds) {
        None => default,
        Some(Ok(seconds)) => seconds,
        Some(Err(shown)) => {
            let message = format!("{shown} is no length of time such as 72h");
            reader.notes.error(codes::IMPORT_VALUE, &reader.path(field), message);
            default
        }
    }
}

/// Settings that say nothing of which certificates may exist.
pub(super) fn outside(reader: &mut Reader<'_>) {
    let role = &reader.role;
    let given = [
        ("basic_constraints_valid_for_non_ca", role.basic_constraints_valid_for_non_ca == Some(true)),
        ("generate_lease", role.generate_lease == Some(true)),
        ("issuer_ref", role.issuer_ref.as_deref().is_some_and(|issuer| !["", "default"].contains(&issuer))),
        ("no_store", role.no_store == Some(true)),
        ("no_store_metadata", role.no_store_metadata == Some(true)),
        ("policy_identifiers", role.policy_identifiers.as_ref().is_some_and(is_something)),
        ("serial_number_source", role.serial_number_source.as_deref().is_some_and(|source| source == "json")),
        ("signature_bits", role.signature_bits.is_some_and(|bits| bits != 0)),
        ("use_pss", role.use_pss == Some(true)),
    ];
    for (field, _) in given.iter().filter(|(_, given)| *given) {
        let at = reader.path(field);
        reader.notes.outside(&at, format!("{field} is a matter of the issuer"));
    }
    if role_allows_globs(reader) {
        let at = reader.path("allow_globs_in_identity_templates");
        reader.notes.not_kept(&at, "stars in facts are literal");
    }
}

fn role_allows_globs(reader: &Reader<'_>) -> bool {
    reader.role.allow_globs_in_identity_templates == Some(true)
}

fn is_something(value: &serde_json::Value) -> bool {
    value.as_array().map_or(!value.is_null(), |list| !list.is_empty())
}
