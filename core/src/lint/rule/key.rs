//! Public keys: RFC 3279, RFC 5480, TLS BR 6.1.1.3, 6.1.5, 6.1.6 and 7.1.3.1, Mozilla 5.1.

use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use crate::diagnostic::{Path, codes, path::steps};
use crate::key::{Curve, KeyAlgorithm, KeyMaterial, MIN_MODULUS_BITS, RsaKey};

fn rsa<'a>(subject: &Subject<'a>) -> Option<&'a RsaKey> {
    match subject.key()?.material() {
        KeyMaterial::Rsa { key, .. } => Some(key),
        _ => None,
    }
}

fn modulus() -> Path {
    steps!["subjectPublicKeyInfo", "subjectPublicKey", "modulus"]
}

/// RSA and ECDSA on the three curves; nothing else.
pub(super) fn algorithm(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(key) = subject.key() else { return Vec::new() };
    let allowed = matches!(key.algorithm(), Some(KeyAlgorithm::Rsa | KeyAlgorithm::Ec));
    when(!allowed, || {
        Finding::new(
            steps!["subjectPublicKeyInfo", "algorithm"],
            format!("a key of the kind {} is not one that the profile has", key.name()),
        )
        .found(key.name())
        .expected(vec!["RSA", "P-256", "P-384", "P-521"])
    })
}

pub(super) fn curve(subject: &Subject<'_>) -> Vec<Finding> {
    let p521 =
        subject.key().is_some_and(|key| matches!(key.material(), KeyMaterial::Ec { curve: Curve::P521, .. }));
    when(p521, || {
        Finding::new(steps!["subjectPublicKeyInfo", "algorithm", "parameters"], "the key is on P-521")
            .found("P-521")
            .expected(vec!["P-256", "P-384"])
    })
}

pub(super) fn compressed(subject: &Subject<'_>) -> Vec<Finding> {
    let found =
        subject.key().is_some_and(|key| matches!(key.material(), KeyMaterial::Ec { compressed: true, .. }));
    when(found, || {
        Finding::new(
            steps!["subjectPublicKeyInfo", "subjectPublicKey"],
            "the EC point is in compressed form, which many programs do not read",
        )
    })
}

/// From 2^16 + 1 to 2^256 - 1, and odd.
pub(super) fn exponent(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(key) = rsa(subject) else { return Vec::new() };
    let odd = key.exponent().last().is_some_and(|last| last & 1 == 1);
    let large = key.exponent_u32().is_none_or(|exponent| exponent > 0xffff);
    when(!odd || !large || key.exponent().len() > 32, || {
        let found =
            key.exponent_u32().map_or_else(|| "more than 2^32".to_owned(), |number| number.to_string());
        Finding::new(
            steps!["subjectPublicKeyInfo", "subjectPublicKey", "publicExponent"],
            format!("the RSA exponent is {found}"),
        )
        .found(found)
        .expected(65_537u32)
    })
}

/// RFC 3279 2.3.1: NULL, not absent.
pub(super) fn parameters(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(key) = subject.key() else { return Vec::new() };
    let plain = matches!(key.material(), KeyMaterial::Rsa { pss: None, .. });
    when(plain && key.algorithm_identifier().parameters().is_none(), || {
        Finding::new(
            steps!["subjectPublicKeyInfo", "algorithm", "parameters"],
            "the parameters of rsaEncryption are absent, not NULL",
        )
    })
}

pub(super) fn pss(subject: &Subject<'_>) -> Vec<Finding> {
    let bound =
        subject.key().is_some_and(|key| matches!(key.material(), KeyMaterial::Rsa { pss: Some(_), .. }));
    when(bound, || {
        Finding::new(
            steps!["subjectPublicKeyInfo", "algorithm"],
            "the RSA key is of the algorithm id-RSASSA-PSS, not rsaEncryption",
        )
    })
}

pub(super) fn size(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(bits) = rsa(subject).map(RsaKey::bits) else { return Vec::new() };
    when(bits < MIN_MODULUS_BITS, || {
        Finding::new(modulus(), format!("the RSA modulus has {bits} bits, fewer than {MIN_MODULUS_BITS}"))
            .found(bits)
            .expected(MIN_MODULUS_BITS)
    })
}

pub(super) fn octets(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(bits) = rsa(subject).map(RsaKey::bits) else { return Vec::new() };
    when(bits.checked_rem(8) != Some(0), || {
        Finding::new(modulus(), format!("the RSA modulus has {bits} bits, which is no multiple of 8"))
            .found(bits)
    })
}

/// What makes a key easy to break, each with its own message; sizes and exponents have rules of their own.
pub(super) fn weak(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(key) = subject.key() else { return Vec::new() };
    let elsewhere = [
        codes::KEY_DSA,
        codes::KEY_RSA_EXPONENT,
        codes::KEY_RSA_MODULUS_SIZE,
        codes::KEY_RSA_MODULUS_TOO_SMALL,
        codes::KEY_UNSUPPORTED,
    ];
    key.check(None)
        .into_iter()
        .filter(|weakness| !elsewhere.contains(&weakness.code()))
        .map(|weakness| {
            let message = weakness.message().to_owned();
            let at = weakness.within("subjectPublicKeyInfo").path().clone();
            Finding::new(at, message)
        })
        .collect()
}
