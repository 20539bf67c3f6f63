//! The extensions of certificates that are not those of CAs.

use super::{
    ACCESS, CLIENT_AUTH, LintVector, NO_CHECK, access, client, points, purposes, responder, server, subject,
    vector,
};
use crate::certificate::*;
use crate::der::*;
use crate::request::{dns, uri};

const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";

pub(super) fn vectors() -> Vec<LintVector> {
    [information(), key_usage(), extended(), policies_and_others()].concat()
}

fn information() -> Vec<LintVector> {
    let reasons_only = seq(&[seq(&[context(1, &[6, 0x40])])]);
    vec![
        vector(
            "server",
            "lint/access-critical",
            "extensions.authorityInfoAccess.critical",
            &server().with(ACCESS, true, &access("http://ocsp.example.com/")),
        ),
        vector("server", "lint/access-missing", "extensions.authorityInfoAccess", &server().without(ACCESS)),
        vector(
            "https",
            "lint/access-scheme",
            "extensions.authorityInfoAccess[0]",
            &server().with(ACCESS, false, &access("https://ocsp.example.com/")),
        ),
        vector(
            "server",
            "lint/distribution-points-critical",
            "extensions.cRLDistributionPoints.critical",
            &server().with(DISTRIBUTION_POINTS, true, &points("http://crl.example.com/ca.crl")),
        ),
        vector(
            "ldap",
            "lint/distribution-points-form",
            "extensions.cRLDistributionPoints[0]",
            &server().with(DISTRIBUTION_POINTS, false, &points("ldap://ldap.example.com/cn=ca")),
        ),
        vector(
            "reasons-only",
            "lint/distribution-points-nameless",
            "extensions.cRLDistributionPoints[0]",
            &server().with(DISTRIBUTION_POINTS, false, &reasons_only),
        )
        .also(&["lint/distribution-points-form"]),
        vector(
            "server",
            "lint/freshest-crl-critical",
            "extensions.freshestCRL.critical",
            &server().with("2.5.29.46", true, &points("http://crl.example.com/delta.crl")),
        ),
        vector(
            "server",
            "lint/issuer-alt-name-critical",
            "extensions.issuerAltName.critical",
            &server().with("2.5.29.18", true, &seq(&[uri("http://ca.example.com/")])),
        ),
        vector(
            "server",
            "lint/subject-info-access-critical",
            "extensions.subjectInfoAccess.critical",
            &server().with("1.3.6.1.5.5.7.1.11", true, &access("http://ocsp.example.com/")),
        ),
        vector(
            "server",
            "lint/subject-attributes-critical",
            "extensions.subjectDirectoryAttributes.critical",
            &server().with("2.5.29.9", true, &seq(&[seq(&[oid("2.5.4.4"), set(&[utf8("Doe")])])])),
        ),
    ]
}

fn key_usage() -> Vec<LintVector> {
    let usage = |bits: &[u8]| server().with(KEY_USAGE, true, &tlv(0x03, bits));
    let at = "extensions.keyUsage";
    vec![
        vector("non-repudiation", "lint/key-usage-bits", at, &usage(&[6, 0xc0])),
        vector("row104-server", "lint/key-usage-cert-sign", at, &usage(&[2, 0x84])),
        vector("server", "lint/key-usage-empty", at, &usage(&[0])).also(&["lint/key-usage-purpose"]),
        vector("server", "lint/key-usage-encipher-only", at, &usage(&[0, 0x81]))
            .also(&["lint/key-usage-bits"]),
        vector("trailing-zeros", "lint/key-usage-encoding", at, &usage(&[0, 0x80])),
        vector("ec-enciphers", "lint/key-usage-key-type", at, &usage(&[5, 0xa0]))
            .also(&["lint/key-usage-bits"]),
        vector("server", "lint/key-usage-missing", at, &server().without(KEY_USAGE)),
        vector(
            "server",
            "lint/key-usage-not-critical",
            "extensions.keyUsage.critical",
            &server().with(KEY_USAGE, false, &tlv(0x03, &DIGITAL_SIGNATURE)),
        ),
        vector(
            "client",
            "lint/key-usage-purpose",
            "extensions.extendedKeyUsage[0]",
            &client().with(KEY_USAGE, true, &tlv(0x03, &[6, 0x40])),
        ),
    ]
}

fn extended() -> Vec<LintVector> {
    let with = |list: &[&str]| server().with(EXTENDED_KEY_USAGE, false, &purposes(list));
    let at = "extensions.extendedKeyUsage";
    vec![
        vector("server", "lint/extended-key-usage-any", at, &with(&["2.5.29.37.0"])),
        vector(
            "server",
            "lint/extended-key-usage-critical",
            "extensions.extendedKeyUsage.critical",
            &server().with(EXTENDED_KEY_USAGE, true, &purposes(&[SERVER_AUTH])),
        ),
        vector(
            "server",
            "lint/extended-key-usage-duplicate",
            "extensions.extendedKeyUsage[1]",
            &with(&[SERVER_AUTH, SERVER_AUTH]),
        ),
        vector("server", "lint/extended-key-usage-missing", at, &server().without(EXTENDED_KEY_USAGE)),
        vector("server", "lint/extended-key-usage-mixed", at, &with(&[SERVER_AUTH, CLIENT_AUTH])),
        vector("code", "lint/extended-key-usage-not-tls", at, &with(&[SERVER_AUTH, CODE_SIGNING])),
    ]
}

fn policies_and_others() -> Vec<LintVector> {
    let notice = seq(&[seq(&[oid("1.3.6.1.5.5.7.2.2"), seq(&[utf8("read this")])])]);
    let qualified = seq(&[seq(&[oid("2.23.140.1.2.1"), notice])]);
    let own_and_foreign =
        seq(&[context(0, &identifier("ca")), explicit(1, &directory(&name("root"))), context(2, &[1])]);
    let serial_only = seq(&[context(0, &identifier("ca")), context(2, &[1])]);
    vec![
        vector(
            "server",
            "lint/policies-any-in-leaf",
            "extensions.certificatePolicies",
            &server().with(POLICIES, false, &policies(&["2.23.140.1.2.1", ANY_POLICY])),
        ),
        vector(
            "server",
            "lint/policies-critical",
            "extensions.certificatePolicies.critical",
            &server().with(POLICIES, true, &policies(&["2.23.140.1.2.1"])),
        ),
        vector(
            "server",
            "lint/policies-missing",
            "extensions.certificatePolicies",
            &server().without(POLICIES),
        ),
        vector(
            "user-notice",
            "lint/policies-qualifier",
            "extensions.certificatePolicies[0]",
            &server().with(POLICIES, false, &qualified),
        ),
        vector(
            "server",
            "lint/policies-reserved",
            "extensions.certificatePolicies",
            &server().with(POLICIES, false, &policies(&["1.2.3.4"])),
        ),
        vector(
            "server",
            "lint/authority-key-critical",
            "extensions.authorityKeyIdentifier.critical",
            &server().with(AUTHORITY_KEY, true, &seq(&[context(0, &identifier("ca"))])),
        ),
        vector(
            "server",
            "lint/authority-key-form",
            "extensions.authorityKeyIdentifier",
            &server().with(AUTHORITY_KEY, false, &own_and_foreign),
        ),
        vector(
            "serial-only",
            "lint/authority-key-incomplete",
            "extensions.authorityKeyIdentifier",
            &server().with(AUTHORITY_KEY, false, &serial_only),
        )
        .also(&["lint/authority-key-form"]),
        vector(
            "server",
            "lint/authority-key-missing",
            "extensions.authorityKeyIdentifier",
            &server().without(AUTHORITY_KEY),
        ),
        vector(
            "server",
            "lint/subject-key-critical",
            "extensions.subjectKeyIdentifier.critical",
            &server().with(SUBJECT_KEY, true, &octets(&identifier("www.example.com"))),
        ),
        vector(
            "server",
            "lint/subject-key-missing",
            "extensions.subjectKeyIdentifier",
            &server().without(SUBJECT_KEY),
        ),
        vector(
            "server",
            "lint/basic-constraints-not-critical",
            "extensions.basicConstraints.critical",
            &server().with(BASIC_CONSTRAINTS, false, &seq(&[])),
        ),
        vector(
            "server",
            "lint/path-length-without-ca",
            "extensions.basicConstraints.pathLenConstraint",
            &server().with(BASIC_CONSTRAINTS, true, &seq(&[int(&[0])])),
        ),
        vector(
            "server",
            "lint/name-constraints-in-leaf",
            "extensions.nameConstraints",
            &server().with(NAME_CONSTRAINTS, true, &constraints(&[dns("example.com")], &[])),
        ),
        vector(
            "comment",
            "lint/extension-deprecated",
            "extensions.netscapeComment",
            &server().with("2.16.840.1.113730.1.13", false, &ia5("made by hand")),
        ),
        vector(
            "server",
            "lint/extension-unknown-critical",
            "extensions.\"1.2.3.4\"",
            &server().with("1.2.3.4", true, &null()),
        ),
        vector(
            "ocsp",
            "lint/responder-no-check-missing",
            "extensions.ocspNoCheck",
            &responder().without(NO_CHECK),
        ),
        vector(
            "row92-server",
            "lint/issuer-empty",
            "issuer",
            &server().set(|cert| cert.issuer = subject(&[])),
        ),
    ]
}
