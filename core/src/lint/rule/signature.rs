//! Signature algorithms: RFC 4055 5, TLS BR 7.1.3.2, Mozilla 5.1.

use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use crate::diagnostic::path::steps;
use crate::key::{Curve, KeyMaterial};
use crate::oid::{self, Oid};
use crate::signature::{HashFunction, SignatureScheme};

/// Broken hash functions.
const WEAK: [Oid; 7] = [
    oid::MD2_WITH_RSA,
    oid::MD4_WITH_RSA,
    oid::MD5_WITH_RSA,
    oid::SHA1_WITH_RSA,
    oid::SHA1_WITH_RSA_OIW,
    oid::ECDSA_WITH_SHA1,
    oid::DSA_WITH_SHA1,
];

fn finding(subject: &Subject<'_>, what: &str) -> Finding {
    let name = subject.signature_algorithm().name();
    Finding::new(steps!["signatureAlgorithm"], format!("the signature algorithm {name} {what}")).found(name)
}

fn is_weak(subject: &Subject<'_>) -> bool {
    WEAK.contains(subject.signature_algorithm().identifier().oid())
}

pub(super) fn weak(subject: &Subject<'_>) -> Vec<Finding> {
    when(is_weak(subject), || finding(subject, "rests on a broken hash function"))
}

/// RSA and ECDSA with SHA-2.
pub(super) fn not_allowed(subject: &Subject<'_>) -> Vec<Finding> {
    let allowed = matches!(
        subject.signature_algorithm().scheme(),
        Some(SignatureScheme::RsaPkcs1(_) | SignatureScheme::RsaPss(_) | SignatureScheme::Ecdsa(_))
    );
    let pss = *subject.signature_algorithm().identifier().oid() == oid::RSASSA_PSS;
    when(!allowed && !pss && !is_weak(subject), || finding(subject, "is not one that the profile has"))
}

/// RFC 4055 5: NULL, not absent.
pub(super) fn parameters(subject: &Subject<'_>) -> Vec<Finding> {
    let algorithm = subject.signature_algorithm();
    let rsa = matches!(algorithm.scheme(), Some(SignatureScheme::RsaPkcs1(_)));
    when(rsa && algorithm.identifier().parameters().is_none(), || {
        Finding::new(
            steps!["signatureAlgorithm", "parameters"],
            format!("the parameters of {} are absent, not NULL", algorithm.name()),
        )
    })
}

/// TLS BR 7.1.3.2.1: three encodings, byte for byte.
pub(super) fn pss_parameters(subject: &Subject<'_>) -> Vec<Finding> {
    let algorithm = subject.signature_algorithm();
    let identifier = algorithm.identifier();
    let fits = algorithm
        .scheme()
        .and_then(|scheme| scheme.to_der().ok())
        .is_some_and(|expected| expected == identifier.der());
    when(*identifier.oid() == oid::RSASSA_PSS && !fits, || {
        Finding::new(
            steps!["signatureAlgorithm", "parameters"],
            "the parameters of RSASSA-PSS are none of the three that the profile has",
        )
    })
}

/// Who signs with the key that is in the object: the hash fits the curve.
pub(super) fn curve_hash(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(KeyMaterial::Ec { curve, .. }) = subject.key().map(|key| key.material()) else {
        return Vec::new();
    };
    let Some(SignatureScheme::Ecdsa(found)) = subject.signature_algorithm().scheme() else {
        return Vec::new();
    };
    let expected = match curve {
        Curve::P256 => HashFunction::Sha256,
        Curve::P384 => HashFunction::Sha384,
        Curve::P521 => HashFunction::Sha512,
    };
    when(found != expected, || {
        finding(subject, &format!("does not fit a key on {}", curve.as_str())).expected(expected.as_str())
    })
}
