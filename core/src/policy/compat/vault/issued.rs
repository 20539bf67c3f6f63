//! Keys that a role takes, and the usages that it writes.

use super::{Call, Rule, fault, list, parameter};
use crate::diagnostic::{Path, codes, path::steps, quote};
use crate::extension::{KeyUsage, KeyUsageBit};
use crate::key::KeyMaterial;
use crate::oid::{self, Oid};
use crate::policy::compat::{Case, Stop, denied, planted};
use crate::policy::document::VaultRole;
use crate::policy::matcher::Faults;

/// Words for keyUsage, in lower case.
const KEY_USAGES: [(&str, KeyUsageBit); 9] = [
    ("digitalsignature", KeyUsageBit::DigitalSignature),
    ("contentcommitment", KeyUsageBit::ContentCommitment),
    ("keyencipherment", KeyUsageBit::KeyEncipherment),
    ("dataencipherment", KeyUsageBit::DataEncipherment),
    ("keyagreement", KeyUsageBit::KeyAgreement),
    ("certsign", KeyUsageBit::KeyCertSign),
    ("crlsign", KeyUsageBit::CrlSign),
    ("encipheronly", KeyUsageBit::EncipherOnly),
    ("decipheronly", KeyUsageBit::DecipherOnly),
];

/// Words for extendedKeyUsage, in lower case.
const EXTENDED_KEY_USAGES: [(&str, Oid); 12] = [
    ("any", oid::ANY_EXTENDED_KEY_USAGE),
    ("serverauth", oid::SERVER_AUTH),
    ("clientauth", oid::CLIENT_AUTH),
    ("codesigning", oid::CODE_SIGNING),
    ("emailprotection", oid::EMAIL_PROTECTION),
    ("ipsecendsystem", oid::IPSEC_END_SYSTEM),
    ("ipsectunnel", oid::IPSEC_TUNNEL),
    ("ipsecuser", oid::IPSEC_USER),
    ("timestamping", oid::TIME_STAMPING),
    ("ocspsigning", oid::OCSP_SIGNING),
    ("microsoftservergatedcrypto", oid::MICROSOFT_SGC),
    ("netscapeservergatedcrypto", oid::NETSCAPE_SGC),
];

/// Smallest RSA key and curve, whatever a role says.
const SMALLEST_RSA: u32 = 2048;
const SMALLEST_CURVE: u32 = 224;
/// Curve of a role that names none.
const DEFAULT_CURVE: u32 = 256;

pub(super) fn key_usage(role: &VaultRole, ignored: bool, at: &Path, faults: &mut Faults) -> KeyUsage {
    let Some(given) = &role.key_usage else {
        return [KeyUsageBit::DigitalSignature, KeyUsageBit::KeyAgreement, KeyUsageBit::KeyEncipherment]
            .into_iter()
            .collect();
    };
    words(given.as_slice(), &KEY_USAGES, ignored, &at.join("key_usage"), faults).into_iter().collect()
}

pub(super) fn extended_key_usage(
    role: &VaultRole,
    ignored: bool,
    at: &Path,
    faults: &mut Faults,
) -> Vec<Oid> {
    let flags = [
        (role.server_flag.unwrap_or(true), oid::SERVER_AUTH),
        (role.client_flag.unwrap_or(true), oid::CLIENT_AUTH),
        (role.code_signing_flag.unwrap_or(false), oid::CODE_SIGNING),
        (role.email_protection_flag.unwrap_or(false), oid::EMAIL_PROTECTION),
    ];
    let mut all: Vec<Oid> = flags.into_iter().filter_map(|(set, oid)| set.then_some(oid)).collect();
    let given = list(role.ext_key_usage.as_ref());
    all.extend(words(given, &EXTENDED_KEY_USAGES, ignored, &at.join("ext_key_usage"), faults));
    let at = at.join("ext_key_usage_oids");
    for (index, text) in list(role.ext_key_usage_oids.as_ref()).iter().enumerate() {
        match Oid::parse(text) {
            Some(oid) => all.push(oid),
            None => fault(faults, &at.join(index), format!("{} is no object identifier", quote(text))),
        }
    }
    let mut unique = Vec::new();
    all.into_iter().for_each(|oid| {
        if !unique.contains(&oid) {
            unique.push(oid);
        }
    });
    unique
}

fn words<T: Clone>(
    given: &[String],
    known: &[(&str, T)],
    ignored: bool,
    at: &Path,
    faults: &mut Faults,
) -> Vec<T> {
    let mut out = Vec::new();
    for (index, word) in given.iter().enumerate() {
        let lower = word.trim().to_ascii_lowercase();
        match known.iter().find(|(own, _)| *own == lower) {
            Some((_, usage)) => out.push(usage.clone()),
            None if ignored => {}
            None => fault(faults, &at.join(index), format!("{} is no usage", quote(word))),
        }
    }
    out
}

impl Rule {
    /// The type of the key and its size; on `issue` the program makes the key.
    pub(super) fn judge_key(&self, call: Call, case: &Case<'_>) -> Result<(), Stop> {
        let kind = self.role.key_type.as_deref().unwrap_or("rsa");
        if call == Call::Issue {
            if kind == "any" && case.parameter("keyType").is_none() {
                let message = "the role takes keys of any type, and the call names none";
                return Err(denied(codes::COMPAT_KEY, message, parameter("keyType"), self.rule("key_type")));
            }
            return Ok(());
        }
        let key = case.request.public_key();
        let asked = self.role.key_bits.unwrap_or(0);
        let at = steps!["subjectPublicKeyInfo"];
        let wrong_type = || {
            let message = format!("the role takes keys of the type {kind}, and this is {}", key.name());
            denied(codes::COMPAT_KEY, message, at.clone(), self.rule("key_type"))
        };
        let (own, bits, smallest) = match key.material() {
            KeyMaterial::Rsa { key, pss: None } => {
                let asked = if kind == "rsa" { asked } else { 0 };
                ("rsa", key.bits(), asked.max(SMALLEST_RSA))
            }
            KeyMaterial::Ec { curve, .. } => ("ec", curve.bits(), smallest_curve(kind, asked)),
            KeyMaterial::Ed25519(_) => ("ed25519", 0, 0),
            KeyMaterial::Unsupported { name } if name.ends_with("P-224") => {
                ("ec", SMALLEST_CURVE, smallest_curve(kind, asked))
            }
            _ => return Err(wrong_type()),
        };
        if kind != "any" && kind != own && !planted::is_planted(3) {
            return Err(wrong_type());
        }
        if bits < smallest {
            let message = format!("the role takes keys of {smallest} bits and more, and this has {bits}");
            return Err(denied(codes::COMPAT_KEY, message, at, self.rule("key_bits")));
        }
        Ok(())
    }
}

fn smallest_curve(kind: &str, asked: u32) -> u32 {
    match (kind, asked) {
        ("ec", 0) => DEFAULT_CURVE,
        ("ec", asked) => asked.max(SMALLEST_CURVE),
        _ => SMALLEST_CURVE,
    }
}
