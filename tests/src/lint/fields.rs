//! Version, serial number, times, signature algorithm and key.

use num_bigint::BigUint;

use super::{LintVector, intermediate, root, server, vector};
use crate::certificate::*;
use crate::der::*;
use crate::keys::{self, rsa_spki, stream};
use crate::request::{Csr, SHA256_RSA};

pub(super) fn vectors() -> Vec<LintVector> {
    [outer(), validity(), signature(), key()].concat()
}

fn outer() -> Vec<LintVector> {
    let default = seq(&[oid(SUBJECT_KEY), boolean(0), octets(&octets(&identifier("www.example.com")))]);
    let v1 = server().set(|cert| {
        cert.version = Vec::new();
        cert.extensions = Vec::new();
    });
    vec![
        vector(
            "explicit-false",
            "lint/encoded-default",
            "extensions.subjectKeyIdentifier.critical",
            &server().without(SUBJECT_KEY).push(SUBJECT_KEY, default),
        ),
        vector("row86-zero", "lint/serial-not-positive", "serialNumber", &server().serial(&[0])),
        vector("row86-negative", "lint/serial-not-positive", "serialNumber", &server().serial(&[0x80; 9])),
        vector("row86-two-octets", "lint/serial-short", "serialNumber", &server().serial(&[0x40, 1])),
        vector("row86-21-octets", "lint/serial-too-long", "serialNumber", &server().serial(&[0x40; 21])),
        vector(
            "issuer",
            "lint/unique-identifier",
            "issuerUniqueID",
            &server().set(|cert| cert.identifiers = context(1, &[0, 1])),
        ),
        vector("v1", "lint/version", "version", &v1).also(&[
            "lint/access-missing",
            "lint/authority-key-missing",
            "lint/distribution-points-missing",
            "lint/extended-key-usage-missing",
            "lint/key-usage-missing",
            "lint/names-missing",
            "lint/policies-missing",
            "lint/subject-key-missing",
        ]),
    ]
}

fn validity() -> Vec<LintVector> {
    let valid = |not_before, not_after| server().valid(not_before, not_after);
    vec![
        vector(
            "three-years",
            "lint/validity-beyond-clients",
            "validity",
            &valid("251201000000Z", "281130235959Z"),
        )
        .also(&["lint/validity-too-long"]),
        vector(
            "row89-generalized-time",
            "lint/validity-encoding",
            "validity.notBefore",
            &valid("20251201000000Z", "260228235959Z"),
        ),
        vector(
            "row88-90-days-and-a-second",
            "lint/validity-extra-second",
            "validity",
            &valid("251201000000Z", "260301000000Z"),
        ),
        vector(
            "row89-year-9999",
            "lint/validity-no-end",
            "validity.notAfter",
            &root().valid("251201000000Z", "99991231235959Z"),
        )
        .also(&["lint/root-lifetime"]),
        vector("end-first", "lint/validity-reversed", "validity", &valid("260101000000Z", "251201000000Z")),
        vector(
            "row88-400-days",
            "lint/validity-too-long",
            "validity",
            &valid("251201000000Z", "270104235959Z"),
        ),
        vector("one-year", "lint/root-lifetime", "validity", &root().valid("251201000000Z", "261130235959Z")),
    ]
}

fn signature() -> Vec<LintVector> {
    let by = |algorithm: Vec<u8>| server().set(|cert| cert.algorithm = algorithm);
    let p256_with_sha384 = Csr { signature_algorithm: seq(&[oid("1.2.840.10045.4.3.3")]), ..Csr::default() };
    vec![
        LintVector::new("p256", "lint/signature-curve-hash", "signatureAlgorithm", p256_with_sha384.der())
            .also(&["lint/request-signature"]),
        LintVector::new(
            "ed25519",
            "lint/signature-not-allowed",
            "signatureAlgorithm",
            Csr::key("Ed25519").der(),
        )
        .also(&["lint/key-algorithm"]),
        vector(
            "rsa",
            "lint/signature-parameters",
            "signatureAlgorithm.parameters",
            &by(seq(&[oid(SHA256_RSA)])),
        ),
        vector(
            "absent",
            "lint/signature-pss-parameters",
            "signatureAlgorithm.parameters",
            &by(seq(&[oid("1.2.840.113549.1.1.10")])),
        ),
        vector(
            "sha1",
            "lint/signature-weak",
            "signatureAlgorithm",
            &by(seq(&[oid("1.2.840.113549.1.1.5"), null()])),
        ),
        vector(
            "sha1-intermediate",
            "lint/signature-weak",
            "signatureAlgorithm",
            &intermediate().set(|cert| cert.algorithm = seq(&[oid("1.2.840.10045.4.1")])),
        ),
    ]
}

/// A number with this many bits, odd.
fn number(bits: usize) -> Vec<u8> {
    let mut octets = stream("a modulus", bits.div_ceil(8));
    octets[0] = match bits % 8 {
        0 => octets[0] | 0x80,
        rest => 1 << (rest - 1),
    };
    let last = octets.len() - 1;
    octets[last] |= 1;
    octets
}

fn modulus() -> Vec<u8> {
    use certgate::crypto::Signer;
    match keys::fixed("RSA-2048").public_key().material() {
        certgate::key::KeyMaterial::Rsa { key, .. } => key.modulus().to_vec(),
        _ => panic!("an RSA key"),
    }
}

/// A P-256 key whose point is in compressed form.
fn compressed(name: &str) -> Vec<u8> {
    use certgate::crypto::Signer;
    let point = match key_of(name).public_key().material() {
        certgate::key::KeyMaterial::Ec { point, .. } => point.clone(),
        _ => panic!("an EC key"),
    };
    let short = [&[2 | (point[64] & 1)], &point[1..33]].concat();
    seq(&[seq(&[oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")]), bits(&short)])
}

fn key_of(name: &str) -> std::sync::Arc<certgate::crypto::PrivateKey> {
    crate::certificate::key(name)
}

fn key() -> Vec<LintVector> {
    let with = |spki: Vec<u8>| server().set(|cert| cert.spki = spki);
    let rsa = seq(&[uint(&modulus()), uint(&[1, 0, 1])]);
    let three = BigUint::from_bytes_be(&number(2048)) / 3u8 * 3u8;
    vec![
        LintVector::new(
            "ed25519",
            "lint/key-algorithm",
            "subjectPublicKeyInfo.algorithm",
            Csr::key("Ed25519").der(),
        )
        .also(&["lint/signature-not-allowed"]),
        vector(
            "p256",
            "lint/key-compressed",
            "subjectPublicKeyInfo.subjectPublicKey",
            &with(compressed("www.example.com")),
        ),
        LintVector::new(
            "p521",
            "lint/key-curve",
            "subjectPublicKeyInfo.algorithm.parameters",
            Csr::key("P-521").der(),
        ),
        vector(
            "three",
            "lint/key-rsa-exponent",
            "subjectPublicKeyInfo.subjectPublicKey.publicExponent",
            &with(rsa_spki(&modulus(), &[3])),
        ),
        vector(
            "absent",
            "lint/key-rsa-parameters",
            "subjectPublicKeyInfo.algorithm.parameters",
            &with(seq(&[seq(&[oid("1.2.840.113549.1.1.1")]), bits(&rsa)])),
        ),
        vector(
            "pss",
            "lint/key-rsa-pss",
            "subjectPublicKeyInfo.algorithm",
            &with(seq(&[seq(&[oid("1.2.840.113549.1.1.10")]), bits(&rsa)])),
        ),
        vector(
            "1024",
            "lint/key-rsa-size",
            "subjectPublicKeyInfo.subjectPublicKey.modulus",
            &with(rsa_spki(&number(1024), &[1, 0, 1])),
        ),
        vector(
            "2049",
            "lint/key-rsa-size-octets",
            "subjectPublicKeyInfo.subjectPublicKey.modulus",
            &with(rsa_spki(&number(2049), &[1, 0, 1])),
        ),
        vector(
            "small-factor",
            "lint/key-weak",
            "subjectPublicKeyInfo.subjectPublicKey.modulus",
            &with(rsa_spki(&three.to_bytes_be(), &[1, 0, 1])),
        ),
    ]
}
