//! Requests and revocation lists.

use super::{LintVector, server};
use crate::certificate::AUTHORITY_KEY;
use crate::certificate::{SUBJECT_KEY, identifier, time};
use crate::der::*;
use crate::keys;
use crate::request::{Csr, attribute, dns, extension, extension_request, san};
use crate::revocation::{CRL_NUMBER, Crl, SCOPE, reason};

pub(super) fn vectors() -> Vec<LintVector> {
    [requests(), lists()].concat()
}

fn requests() -> Vec<LintVector> {
    use certgate::crypto::Signer;
    let password = attribute("1.2.840.113549.1.9.7", &[utf8("secret")]);
    let names = extension_request(&[san(&[dns("a.example.com")])]);
    let key = extension(SUBJECT_KEY, false, &octets(&identifier("a")));
    let other = Csr { spki: keys::p256("other").public_key().der().to_vec(), ..Csr::default() };
    vec![
        LintVector::new(
            "request",
            "lint/request-challenge-password",
            "attributes[0].challengePassword",
            Csr::attributes(&[password, names]).der(),
        ),
        LintVector::new(
            "subject-key",
            "lint/request-issuer-extension",
            "extensions.subjectKeyIdentifier",
            Csr::more(&[key]).der(),
        ),
        LintVector::new("other-key", "lint/request-signature", "signature", other.der()),
    ]
}

fn lists() -> Vec<LintVector> {
    let list = || Crl::new("ca");
    let because = |number: u8| list().entry(&server(), &[reason(number)]);
    let vector = |what: &str, code, path, list: Crl| LintVector::new(what, code, path, list.der());
    vec![
        vector(
            "list",
            "lint/crl-authority-key-missing",
            "crlExtensions.authorityKeyIdentifier",
            list().without(AUTHORITY_KEY),
        ),
        vector("list", "lint/crl-entry-hold", "revokedCertificates[0].reasonCode", because(6)),
        vector("list", "lint/crl-entry-unspecified", "revokedCertificates[0].reasonCode", because(0)),
        vector(
            "18-months",
            "lint/crl-lifetime",
            "nextUpdate",
            list().set(|list| list.next_update = time("270601000000Z")),
        ),
        vector(
            "two-weeks-of-subscribers",
            "lint/crl-lifetime",
            "nextUpdate",
            list().with(SCOPE, true, &seq(&[context(1, &[0xff])])),
        ),
        vector(
            "row105-list",
            "lint/crl-next-update-missing",
            "nextUpdate",
            list().set(|list| list.next_update = Vec::new()),
        ),
        vector(
            "21-octets",
            "lint/crl-number-length",
            "crlExtensions.cRLNumber",
            list().with(CRL_NUMBER, false, &int(&[0x40; 21])),
        ),
        vector(
            "row105-list",
            "lint/crl-number-missing",
            "crlExtensions.cRLNumber",
            list().without(CRL_NUMBER),
        ),
        vector(
            "cas-only",
            "lint/crl-point-not-critical",
            "crlExtensions.issuingDistributionPoint.critical",
            list().with(SCOPE, false, &seq(&[context(2, &[0xff])])),
        ),
    ]
}
