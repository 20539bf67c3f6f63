//! keyUsage: RFC 5280 4.2.1.3 and 4.2.1.12, RFC 8813 3, RFC 8410 5, TLS BR 7.1.2.7.11 and 7.1.2.10.7.

use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use crate::der::{Decoder, tag};
use crate::extension::{KeyUsage, KeyUsageBit};
use crate::key::KeyAlgorithm;
use crate::oid::{self, Oid};

use KeyUsageBit::{
    ContentCommitment, CrlSign, DataEncipherment, DecipherOnly, DigitalSignature, EncipherOnly, KeyAgreement,
    KeyCertSign, KeyEncipherment,
};

fn finding(subject: &Subject<'_>, message: impl Into<String>) -> Finding {
    Finding::new(subject.at(&oid::KEY_USAGE), message)
}

fn labels(usage: KeyUsage) -> Vec<&'static str> {
    usage.iter().map(KeyUsageBit::as_str).collect()
}

/// A finding that names the bits that are set and not among `allowed`.
fn beyond(subject: &Subject<'_>, allowed: &[KeyUsageBit], what: &str) -> Vec<Finding> {
    let usage = subject.key_usage().unwrap_or_default();
    let extra = usage.difference(allowed.iter().copied().collect());
    when(!extra.is_empty(), || {
        finding(subject, format!("{what} has {}", labels(extra).join(", "))).found(labels(extra))
    })
}

pub(super) fn missing(subject: &Subject<'_>) -> Vec<Finding> {
    when(subject.key_usage().is_none(), || finding(subject, "the certificate has no keyUsage"))
}

pub(super) fn empty(subject: &Subject<'_>) -> Vec<Finding> {
    let empty = subject.key_usage().is_some_and(KeyUsage::is_empty);
    when(empty, || finding(subject, "keyUsage has no bit that is set"))
}

/// RFC 5280 4.2.1.9: without cA the bit must not be set.
pub(super) fn cert_sign_without_ca(subject: &Subject<'_>) -> Vec<Finding> {
    let set = subject.key_usage().is_some_and(|usage| usage.contains(KeyCertSign));
    when(set, || finding(subject, "keyCertSign is set, and cA is not TRUE"))
}

pub(super) fn cert_sign_missing(subject: &Subject<'_>) -> Vec<Finding> {
    let lacks = subject.key_usage().is_some_and(|usage| !usage.contains(KeyCertSign));
    when(lacks, || finding(subject, "the key usage of the CA lacks keyCertSign"))
}

pub(super) fn crl_sign_missing(subject: &Subject<'_>) -> Vec<Finding> {
    let lacks = subject.key_usage().is_some_and(|usage| !usage.contains(CrlSign));
    when(lacks, || finding(subject, "the key usage of the CA lacks cRLSign"))
}

pub(super) fn ca_bits(subject: &Subject<'_>) -> Vec<Finding> {
    beyond(subject, &[DigitalSignature, KeyCertSign, CrlSign], "the key usage of the CA")
}

pub(super) fn server_bits(subject: &Subject<'_>) -> Vec<Finding> {
    let allowed: &[KeyUsageBit] = match subject.key().and_then(|key| key.algorithm()) {
        Some(KeyAlgorithm::Rsa) => &[DigitalSignature, KeyEncipherment, DataEncipherment],
        _ => &[DigitalSignature, KeyAgreement],
    };
    // keyCertSign has a rule of its own.
    let allowed: Vec<KeyUsageBit> = allowed.iter().copied().chain([KeyCertSign]).collect();
    beyond(subject, &allowed, "the key usage of the server")
}

/// What a key of its kind can do: RSA does not agree on keys, EC keys do not encipher, Ed25519 only signs.
pub(super) fn key_type(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(algorithm) = subject.key().and_then(|key| key.algorithm()) else { return Vec::new() };
    let usage = subject.key_usage().unwrap_or_default();
    let cannot: &[KeyUsageBit] = match algorithm {
        KeyAlgorithm::Rsa => &[KeyAgreement, EncipherOnly, DecipherOnly],
        KeyAlgorithm::Ec => &[KeyEncipherment, DataEncipherment],
        KeyAlgorithm::Ed25519 => {
            &[KeyEncipherment, DataEncipherment, KeyAgreement, EncipherOnly, DecipherOnly]
        }
    };
    let wrong: KeyUsage = cannot.iter().copied().filter(|bit| usage.contains(*bit)).collect();
    when(!wrong.is_empty(), || {
        let message = format!(
            "the key usage has {}, and {} keys cannot do that",
            labels(wrong).join(", "),
            algorithm.as_str()
        );
        finding(subject, message).found(labels(wrong))
    })
}

/// RFC 5280 4.2.1.3: the meaning of the two is not defined without keyAgreement.
pub(super) fn encipher_only(subject: &Subject<'_>) -> Vec<Finding> {
    let usage = subject.key_usage().unwrap_or_default();
    let only = [EncipherOnly, DecipherOnly].into_iter().any(|bit| usage.contains(bit));
    when(only && !usage.contains(KeyAgreement), || {
        finding(subject, "encipherOnly or decipherOnly is set, and keyAgreement is not")
    })
}

/// RFC 5280 4.2.1.12: the bits that are consistent with each purpose.
fn consistent(purpose: &Oid) -> Option<&'static [KeyUsageBit]> {
    const TABLE: [(Oid, &[KeyUsageBit]); 6] = [
        (oid::SERVER_AUTH, &[DigitalSignature, KeyEncipherment, KeyAgreement]),
        (oid::CLIENT_AUTH, &[DigitalSignature, KeyAgreement]),
        (oid::CODE_SIGNING, &[DigitalSignature]),
        (oid::EMAIL_PROTECTION, &[DigitalSignature, ContentCommitment, KeyEncipherment, KeyAgreement]),
        (oid::TIME_STAMPING, &[DigitalSignature, ContentCommitment]),
        (oid::OCSP_SIGNING, &[DigitalSignature, ContentCommitment]),
    ];
    TABLE.iter().find(|(known, _)| known == purpose).map(|(_, bits)| *bits)
}

pub(super) fn purpose(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(usage) = subject.key_usage() else { return Vec::new() };
    let mut findings = Vec::new();
    for (index, purpose) in subject.purposes().unwrap_or_default().iter().enumerate() {
        let Some(bits) = consistent(purpose) else { continue };
        if !bits.iter().any(|bit| usage.contains(*bit)) {
            let label = purpose.label();
            let message = format!("the purpose {label} does not go with the key usage");
            let expected: Vec<&str> = bits.iter().map(|bit| bit.as_str()).collect();
            let at = subject.at(&oid::EXTENDED_KEY_USAGE).join(index);
            findings.push(Finding::new(at, message).found(labels(usage)).expected(expected));
        }
    }
    findings
}

/// X.690 11.2.2: no zero bits at the end of a list of named bits, and none behind the nine that have names.
pub(super) fn encoding(subject: &Subject<'_>) -> Vec<Finding> {
    let wrong = subject.extension(&oid::KEY_USAGE).is_some_and(|extension| {
        let bits = Decoder::new(extension.value_der(), 0).and_then(|mut decoder| decoder.element());
        bits.is_ok_and(|bits| bits.tag == tag::BIT_STRING && !is_shortest(bits.value))
    });
    when(wrong, || {
        finding(subject, "keyUsage is not encoded in its shortest form, or has bits without a name")
    })
}

fn is_shortest(value: &[u8]) -> bool {
    match value {
        [0] => true,
        [unused, octets @ ..] => {
            let used = u32::try_from(octets.len()).unwrap_or(u32::MAX).saturating_mul(8);
            octets.last().is_some_and(|last| {
                *last != 0
                    && last.trailing_zeros() == u32::from(*unused)
                    && used.saturating_sub(last.trailing_zeros()) <= 9
            })
        }
        [] => false,
    }
}
