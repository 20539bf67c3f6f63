//! Certificates, lists and responses that cannot be read.

use super::{Kind, Malformed, hostile, leaf};
use crate::certificate::*;
use crate::der::*;
use crate::request::{ECDSA_SHA256, extension, pem};
use crate::revocation::{CRL_NUMBER, Crl, Ocsp};

const SHA384: &str = "1.2.840.10045.4.3.3";

fn certificate(id: &str, cert: Cert, code: &'static str, path: &'static str) -> Malformed {
    Malformed::new(&format!("certificate-{id}"), Kind::Certificate, cert.der(), code, path)
}

fn list(id: &str, list: Crl, code: &'static str, path: &'static str) -> Malformed {
    Malformed::new(&format!("crl-{id}"), Kind::List, list.der(), code, path)
}

fn response(id: &str, change: impl FnOnce(&mut Ocsp), code: &'static str, path: &'static str) -> Malformed {
    let response = Ocsp::new(&leaf(), "ca").set(change);
    Malformed::new(&format!("ocsp-{id}"), Kind::Response, response.der(), code, path)
}

pub(super) fn vectors() -> Vec<Malformed> {
    [certificates(), lists(), responses()].into_iter().flatten().collect()
}

fn certificates() -> Vec<Malformed> {
    let twice = policies(&["1.2.3.4", "1.2.3.4"]);
    let again = extension("1.2.3.4", false, &null());
    let time = |text: &str| leaf().valid(text, "270101000000Z");
    let request = pem("CERTIFICATE REQUEST", &crate::request::Csr::default().der());
    vec![
        certificate(
            "row24-algorithms-differ",
            leaf().set(|cert| cert.outer_algorithm = Some(seq(&[oid(SHA384)]))),
            "certificate/algorithm-differs",
            "signature",
        ),
        certificate(
            "extension-twice",
            leaf().push("1.2.3.4", again.clone()).push("1.2.3.4", again),
            "certificate/duplicate-extension",
            "extensions.\"1.2.3.4\"",
        ),
        certificate(
            "version-4",
            leaf().set(|cert| cert.version = explicit(0, &int(&[3]))),
            "certificate/version",
            "version",
        ),
        certificate(
            "version-1-with-extensions",
            leaf().set(|cert| cert.version = Vec::new()),
            "certificate/version",
            "extensions",
        ),
        certificate(
            "version-1-with-an-identifier",
            leaf().set(|cert| {
                cert.version = Vec::new();
                cert.identifiers = context(1, &[0, 1]);
                cert.extensions.clear();
            }),
            "certificate/version",
            "issuerUniqueID",
        ),
        certificate(
            "policy-twice",
            leaf().with(POLICIES, false, &twice),
            "extension/duplicate-policy",
            "extensions.certificatePolicies",
        ),
        certificate(
            "ecdsa-with-parameters",
            leaf().set(|cert| cert.algorithm = seq(&[oid(ECDSA_SHA256), null()])),
            "signature/parameters",
            "signatureAlgorithm.parameters",
        ),
        certificate(
            "name-constraints-without-lists",
            leaf().with(NAME_CONSTRAINTS, true, &seq(&[])),
            "extension/empty",
            "extensions.nameConstraints",
        ),
        certificate("row89-zone", time("2501010000+01"), "der/time", "validity.notBefore"),
        certificate("row89-30-february", time("250230000000Z"), "der/time", "validity.notBefore"),
        certificate("row89-second-60", time("250101000060Z"), "der/time", "validity.notBefore"),
        certificate("row89-without-seconds", time("20250101000Z"), "der/time", "validity.notBefore"),
        certificate("row89-year-0000", time("00000101000000Z"), "der/time", "validity.notBefore"),
        certificate("row89-fraction", time("20250101000000.5Z"), "der/time", "validity.notBefore"),
        certificate(
            "5001-subtrees",
            hostile::subtrees(5_001),
            "limit/general-subtrees",
            "extensions.nameConstraints.excludedSubtrees",
        ),
        Malformed::new(
            "certificate-that-is-a-request",
            Kind::Certificate,
            request.into_bytes(),
            "input/other-content",
            "",
        ),
    ]
}

fn lists() -> Vec<Malformed> {
    let number = extension(CRL_NUMBER, false, &int(&[2]));
    vec![
        list(
            "algorithms-differ",
            Crl::new("ca").set(|list| list.outer_algorithm = Some(seq(&[oid(SHA384)]))),
            "crl/algorithm-differs",
            "signature",
        ),
        list(
            "extension-twice",
            Crl::new("ca").push(CRL_NUMBER, number),
            "crl/duplicate-extension",
            "crlExtensions.cRLNumber",
        ),
        list("version-3", Crl::new("ca").set(|list| list.version = int(&[2])), "crl/version", "version"),
        list(
            "version-1-with-extensions",
            Crl::new("ca").set(|list| list.version = Vec::new()),
            "crl/version",
            "crlExtensions",
        ),
    ]
}

fn responses() -> Vec<Malformed> {
    vec![
        response("try-later", |response| response.status = 3, "ocsp/status", "responseStatus"),
        response(
            "other-type",
            |response| response.response_type = "1.2.3.4".to_owned(),
            "ocsp/response-type",
            "responseType",
        ),
        response(
            "version-2",
            |response| response.version = explicit(0, &int(&[1])),
            "ocsp/version",
            "response.version",
        ),
    ]
}
