//! Distinguished names and subject alternative names.

use super::{
    LintVector, client, common_name, country, full_name, organization, responder, server, subject, vector,
};
use crate::certificate::*;
use crate::der::*;
use crate::request::{Csr, atv, dns, email, ip, uri};

pub(super) fn vectors() -> Vec<LintVector> {
    [distinguished(), values(), hosts(), alternatives()].concat()
}

fn of(attributes: &[Vec<u8>]) -> Cert {
    responder().set(|cert| cert.subject = subject(attributes))
}

fn distinguished() -> Vec<LintVector> {
    let mut both = [country("CH"), organization("Example")];
    both.sort();
    vec![
        vector(
            "responder",
            "lint/dn-attribute-order",
            "subject[1].organizationName",
            &of(&[common_name("ocsp"), organization("Example"), country("CH")]),
        ),
        vector(
            "responder",
            "lint/dn-duplicate-attribute",
            "subject[2].organizationName",
            &of(&[country("CH"), organization("A"), organization("B"), common_name("ocsp")]),
        ),
        vector(
            "responder",
            "lint/dn-multi-valued",
            "subject[0]",
            &responder().set(|cert| cert.subject = seq(&[set(&both), set(&[common_name("ocsp")])])),
        ),
        vector(
            "server",
            "lint/dn-organizational-unit",
            "subject[1].organizationalUnitName",
            &server().set(|cert| cert.subject = subject(&[country("CH"), atv("2.5.4.11", utf8("Web"))])),
        ),
        vector(
            "client",
            "lint/dn-email",
            "subject[1].emailAddress",
            &client().set(|cert| {
                let address = atv("1.2.840.113549.1.9.1", ia5("jane@example.com"));
                cert.subject = subject(&[common_name("Jane"), address]);
            }),
        ),
        vector(
            "client",
            "lint/subject-empty",
            "subject",
            &client().without(SUBJECT_ALT_NAME).set(|cert| cert.subject = subject(&[])),
        ),
    ]
}

fn values() -> Vec<LintVector> {
    let at = "subject[1].organizationName";
    let named = |value: Vec<u8>| of(&[country("CH"), atv("2.5.4.10", value), common_name("ocsp")]);
    vec![
        vector("control", "lint/dn-control-character", at, &named(utf8("a\u{1}b"))),
        vector("long", "lint/dn-length", at, &named(utf8(&"x".repeat(65)))),
        vector("hyphen", "lint/dn-no-information", at, &named(utf8("-"))),
        vector("teletex", "lint/dn-string-type", at, &named(tlv(0x14, b"Example"))),
        vector("trailing", "lint/dn-white-space", at, &named(utf8("Example "))),
        vector(
            "three-letters",
            "lint/country-code",
            "subject[0].countryName",
            &of(&[country("CHE"), common_name("ocsp")]),
        ),
        vector(
            "uk",
            "lint/country-unknown",
            "subject[0].countryName",
            &of(&[country("UK"), common_name("ocsp")]),
        ),
        vector(
            "country",
            "lint/dn-string-type-fixed",
            "subject[0].countryName",
            &of(&[atv("2.5.4.6", utf8("CH")), common_name("ocsp")]),
        ),
    ]
}

fn hosts() -> Vec<LintVector> {
    let named = |names: &[&str]| server().names(&names.iter().map(|name| dns(name)).collect::<Vec<_>>());
    let at = "extensions.subjectAltName[0].dNSName";
    vec![
        vector("two-dots", "lint/dns-malformed", at, &named(&["bad..example.com"])),
        vector(
            "beside",
            "lint/dns-redundant",
            "extensions.subjectAltName[1].dNSName",
            &named(&["*.example.com", "www.example.com"]),
        ),
        vector("internal", "lint/dns-reserved", at, &named(&["server.internal"])),
        vector("co-uk", "lint/dns-suffix-wildcard", at, &named(&["*.co.uk"])),
        vector("server", "lint/dns-underscore", at, &named(&["a_b.example.com"])),
    ]
}

fn alternatives() -> Vec<LintVector> {
    let with_name =
        |text: &str| server().set(|cert| cert.subject = subject(&[country("CH"), common_name(text)]));
    vec![
        vector(
            "server",
            "lint/common-name-not-in-names",
            "subject[1].commonName",
            &with_name("other.example.com"),
        )
        .also(&["lint/common-name-present"]),
        vector("server", "lint/common-name-present", "subject[1].commonName", &with_name("www.example.com")),
        vector(
            "no-at",
            "lint/email-malformed",
            "extensions.subjectAltName[0].rfc822Name",
            &client().names(&[email("nobody")]),
        ),
        vector(
            "spaces",
            "lint/uri-malformed",
            "extensions.subjectAltName[0].uniformResourceIdentifier",
            &client().names(&[uri("no scheme")]),
        ),
        vector(
            "three-octets",
            "lint/ip-length",
            "extensions.subjectAltName[1].iPAddress",
            &server().names(&[dns("www.example.com"), ip(&[1, 2, 3])]),
        ),
        vector(
            "private",
            "lint/ip-reserved",
            "extensions.subjectAltName[1].iPAddress",
            &server().names(&[dns("www.example.com"), ip(&[10, 0, 0, 1])]),
        ),
        vector(
            "server",
            "lint/names-critical",
            "extensions.subjectAltName.critical",
            &server().with(SUBJECT_ALT_NAME, true, &seq(&[dns("www.example.com")])),
        ),
        vector(
            "server",
            "lint/names-duplicate",
            "extensions.subjectAltName[1].dNSName",
            &server().names(&[dns("www.example.com"), dns("WWW.example.com")]),
        ),
        vector(
            "mail",
            "lint/names-kind",
            "extensions.subjectAltName[1].rfc822Name",
            &server().names(&[dns("www.example.com"), email("a@example.com")]),
        ),
        vector(
            "server",
            "lint/names-missing",
            "extensions.subjectAltName",
            &server().without(SUBJECT_ALT_NAME),
        ),
        LintVector::new(
            "request",
            "lint/names-missing",
            "extensions.subjectAltName",
            Csr { subject: full_name("a"), attributes: Some(explicit(0, &[])), ..Csr::default() }.der(),
        ),
        vector(
            "row92-server",
            "lint/names-not-critical",
            "extensions.subjectAltName.critical",
            &server().set(|cert| cert.subject = subject(&[])),
        ),
    ]
}
