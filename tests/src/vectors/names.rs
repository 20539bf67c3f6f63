//! Section 2d: names and policy, rows 60 to 85.

use serde_json::json;

use crate::der::*;
use crate::request::*;
use crate::vector::{Expect, OPEN, Vector};

pub(super) fn vectors() -> Vec<Vector> {
    [kind_rows(), common_name_rows(), dns_rows(), other_rows(), extension_rows(), kubernetes_rows()].concat()
}

const SAN0: &str = "extensions.subjectAltName[0].dNSName";

/// Beside one good name, so that the name in question has index 1.
fn beside(name: Vec<u8>) -> Vec<u8> {
    Csr::names(&[dns("a.example.com"), name]).der()
}

fn kind_rows() -> Vec<Vector> {
    let upn = "1.3.6.1.4.1.311.20.2.3";
    let kind = |id: &str, name: Vec<u8>, path: &'static str| {
        Vector::denied(id, beside(name), "policy/name-kind-not-allowed", path)
    };
    vec![
        Vector::allowed("row60-upn-allowed", beside(other_name(upn, &utf8("jane@example.com")))),
        Vector::denied(
            "row60-upn",
            beside(other_name(upn, &utf8("jane@evil.test"))),
            "policy/other-name-not-allowed",
            "extensions.subjectAltName[1].otherName",
        ),
        Vector::denied(
            "row60-upn-not-a-string",
            beside(other_name(upn, &int(&[1]))),
            "name/other-name-value",
            "extensions.subjectAltName[1].otherName",
        ),
        kind("row60-other-name", other_name("1.2.3", &utf8("x")), "extensions.subjectAltName[1].otherName"),
        kind(
            "row60-directory-name",
            explicit(4, &seq(&[set(&[cn("x")])])),
            "extensions.subjectAltName[1].directoryName",
        ),
        kind("row60-x400", explicit(3, &seq(&[])), "extensions.subjectAltName[1].x400Address"),
        kind(
            "row60-edi-party",
            explicit(5, &explicit(1, &utf8("x"))),
            "extensions.subjectAltName[1].ediPartyName",
        ),
        kind("row60-registered-id", context(8, &[0x2a, 0x03]), "extensions.subjectAltName[1].registeredID"),
        Vector::error(
            "row60-unknown-tag",
            beside(context(9, b"x")),
            "der/unexpected-type",
            "extensions.subjectAltName[1]",
        ),
        Vector::error(
            "row60-registered-id-malformed",
            beside(context(8, &[0x80, 0x01])),
            "der/oid",
            "extensions.subjectAltName[1].registeredID",
        ),
    ]
}

fn common_name_rows() -> Vec<Vector> {
    let subject = |attributes: &[Vec<u8>], names: &[Vec<u8>]| {
        Csr { subject: Csr::subject(attributes).subject, ..Csr::names(names) }.der()
    };
    let a = dns("a.example.com");
    let denied = |id: &str, text: &str, code: &'static str| {
        Vector::denied(
            id,
            subject(&[cn(text)], &[dns("a.example.com"), ip(&[10, 0, 0, 1])]),
            code,
            "subject[0].commonName",
        )
    };
    let mut out = vec![
        Vector::new(
            "row61-two-common-names",
            subject(&[cn("evil.test"), cn("a.example.com")], std::slice::from_ref(&a)),
            Expect::Denied(vec![
                ("policy/common-name-duplicate", "subject[1].commonName"),
                ("policy/common-name-not-in-names", "subject[0].commonName"),
            ]),
        ),
        Vector::denied(
            "row61-email-attribute",
            subject(&[atv("1.2.840.113549.1.9.1", ia5("a@example.com"))], std::slice::from_ref(&a)),
            "policy/subject-not-allowed",
            "subject[0].emailAddress",
        ),
        Vector::denied(
            "row61-domain-component",
            subject(&[atv("0.9.2342.19200300.100.1.25", ia5("com"))], std::slice::from_ref(&a)),
            "policy/subject-not-allowed",
            "subject[0].domainComponent",
        ),
        Vector::denied(
            "row61-uid",
            subject(&[atv("0.9.2342.19200300.100.1.1", utf8("root"))], std::slice::from_ref(&a)),
            "policy/subject-not-allowed",
            "subject[0].userId",
        ),
        Vector::denied(
            "row61-serial-number",
            subject(&[atv("2.5.4.5", printable("1"))], std::slice::from_ref(&a)),
            "policy/subject-not-allowed",
            "subject[0].serialNumber",
        ),
        Vector::denied(
            "row61-unknown-attribute",
            subject(&[atv("1.2.3.4", utf8("x"))], std::slice::from_ref(&a)),
            "policy/subject-not-allowed",
            "subject[0].1.2.3.4",
        ),
        Vector::allowed("row62-cn-is-san", subject(&[cn("a.example.com")], std::slice::from_ref(&a))),
        Vector::allowed(
            "row62-cn-is-san-but-case",
            subject(&[cn("A.Example.COM")], std::slice::from_ref(&a)),
        ),
        denied("row62-cn-not-in-sans", "b.example.com", "policy/common-name-not-in-names"),
        Vector::new(
            "row62-cn-only",
            Csr { attributes: Some(attributes(&[])), ..Csr::subject(&[cn("a.example.com")]) }.der(),
            Expect::Denied(vec![
                ("policy/common-name-not-in-names", "subject[0].commonName"),
                ("policy/names-missing", "extensions.subjectAltName"),
            ]),
        ),
        Vector::denied(
            "row62-no-name-at-all",
            Csr { attributes: Some(attributes(&[])), ..Csr::default() }.der(),
            "policy/names-missing",
            "extensions.subjectAltName",
        ),
        Vector::new(
            "row63-cn-65-characters",
            subject(
                &[cn(&format!("{}.example.com", "a".repeat(53)))],
                &[dns(&format!("{}.example.com", "a".repeat(53)))],
            ),
            Expect::Denied(vec![("name/value-length", "subject[0].commonName")]),
        ),
        Vector::allowed(
            "row63-cn-64-characters",
            subject(
                &[cn(&format!("{}.example.com", "a".repeat(52)))],
                &[dns(&format!("{}.example.com", "a".repeat(52)))],
            ),
        ),
        denied("row64-cn-is-ip", "10.0.0.1", "policy/common-name-ip"),
    ];
    for (index, text) in
        ["0xa0000001", "010.0.0.1", "10.0.0.01", "10.1", "::ffff:10.0.0.1"].into_iter().enumerate()
    {
        out.push(denied(&format!("row64-cn-ip-form-{index}"), text, "policy/common-name-not-in-names"));
    }
    out.push(Vector::new(
        "row64-cn-ipv6-form",
        subject(&[cn("2001:DB8:0::1")], &[ip(&[0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])]),
        Expect::Denied(vec![("policy/common-name-ip", "subject[0].commonName")]),
    ));
    out
}

fn dns_rows() -> Vec<Vector> {
    let fault = |id: &str, name: &str, code: &'static str| {
        Vector::denied(id, Csr::names(&[dns(name)]).der(), code, SAN0)
    };
    let exact = OPEN.replace("allow: [example.com, { under: example.com }]", "allow: [a.example.com]");
    let one = OPEN.replace("allow: [example.com, { under: example.com }]", "allow: [\"*.example.com\"]");
    let suffix = OPEN.replace(
        "allow: [example.com, { under: example.com }]",
        "allow: [{ under: com }, { under: co.uk }, { under: io }, com]",
    );
    let reserved = OPEN.replace(
        "allow: [example.com, { under: example.com }]",
        "allow: [localhost, { under: local }, { under: internal }]",
    );
    let fact = OPEN.replace(
        "allow: [example.com, { under: example.com }]",
        "allow: [\"${facts.host}\", { glob: \"${facts.host}-*\" }]",
    );
    let deny_fact = OPEN.replace("deny: [secret.example.com]", "deny: [\"${facts.secret}\"]");
    vec![
        fault("row65-ip-in-dns", "10.0.0.1", "name/dns-ip-address"),
        fault("row65-ipv6-in-dns", "2001:db8::1", "name/dns-ip-address"),
        Vector::new(
            "row68-star",
            Csr::names(&[dns("*")]).der(),
            Expect::Denied(vec![("name/dns-wildcard-alone", SAN0)]),
        ),
        Vector::denied(
            "row68-star-com",
            Csr::names(&[dns("*.com")]).der(),
            "policy/public-suffix-wildcard",
            SAN0,
        )
        .by(&suffix),
        Vector::denied(
            "row68-star-co-uk",
            Csr::names(&[dns("*.co.uk")]).der(),
            "policy/public-suffix-wildcard",
            SAN0,
        )
        .by(&suffix),
        Vector::denied(
            "row68-star-github-io",
            Csr::names(&[dns("*.github.io")]).der(),
            "policy/public-suffix-wildcard",
            SAN0,
        )
        .by(&suffix),
        Vector::allowed("row68-star-owned", Csr::names(&[dns("*.example.co.uk")]).der()).by(&suffix),
        fault("row69-inner-star", "foo.*.example.com", "name/dns-wildcard-position"),
        fault("row69-partial-star", "f*o.example.com", "name/dns-partial-wildcard"),
        fault("row69-two-stars", "**.example.com", "name/dns-partial-wildcard"),
        fault("row69-star-a", "*a.example.com", "name/dns-partial-wildcard"),
        fault("row69-star-star", "*.*.example.com", "name/dns-wildcard-position"),
        fault("row69-star-in-a-label", "xn--*.example.com", "name/dns-partial-wildcard"),
        Vector::denied(
            "row69-star-over-a-label",
            Csr::names(&[dns("*.xn--mnchen-3ya.example.com")]).der(),
            "policy/wildcard-not-allowed",
            SAN0,
        )
        .by(&OPEN.replace("wildcard: allow", "wildcard: deny")),
        Vector::denied(
            "row70-wildcard-vs-exact-allow",
            Csr::names(&[dns("*.example.com")]).der(),
            "policy/dns-not-allowed",
            SAN0,
        )
        .by(&exact.replace("deny: [secret.example.com], ", "")),
        Vector::denied(
            "row70-wildcard-vs-deny",
            Csr::names(&[dns("*.example.com")]).der(),
            "policy/dns-denied",
            SAN0,
        ),
        Vector::allowed("row70-wildcard-vs-pattern", Csr::names(&[dns("*.example.com")]).der())
            .by(&one.replace("deny: [secret.example.com], ", "")),
        Vector::allowed("row70-wildcard-below", Csr::names(&[dns("*.b.example.com")]).der()),
        Vector::denied(
            "row71-case-deny",
            Csr::names(&[dns("SECRET.Example.COM")]).der(),
            "policy/dns-denied",
            SAN0,
        ),
        Vector::allowed("row71-case-allow", Csr::names(&[dns("A.EXAMPLE.COM")]).der()),
        fault("row72-trailing-dot", "a.example.com.", "name/dns-trailing-dot"),
        fault("row72-leading-dot", ".example.com", "name/dns-leading-dot"),
        fault("row72-empty", "", "name/dns-empty"),
        fault("row72-empty-label", "a..example.com", "name/dns-empty-label"),
        fault("row72-long-label", &format!("{}.example.com", "a".repeat(64)), "name/dns-label-length"),
        fault("row72-long-name", &format!("{}example.com", "a.".repeat(130)), "name/dns-length"),
        fault("row72-hyphen", "-a.example.com", "name/dns-hyphen"),
        fault("row72-two-hyphens", "ab--c.example.com", "name/dns-hyphen"),
        fault("row72-numeric-top-level", "a.example.1", "name/dns-numeric-top-level"),
        fault("row72-hexadecimal-address", "0x7f000001", "name/dns-numeric-top-level"),
        fault("row72-hexadecimal-top-level", "a.example.0X1F", "name/dns-numeric-top-level"),
        fault("row72-short-address", "127.1", "name/dns-numeric-top-level"),
        fault("row72-octal-address", "0177.0.0.1", "name/dns-numeric-top-level"),
        fault("row72-decimal-address", "2130706433", "name/dns-numeric-top-level"),
        fault("row72-underscore", "a_b.example.com", "policy/underscore-not-allowed"),
        Vector::allowed("row72-underscore-allowed", Csr::names(&[dns("a_b.example.com")]).der())
            .by(&OPEN.replace("wildcard: allow }", "wildcard: allow, underscore: allow }")),
        fault("row73-bad-punycode", "xn--a.example.com", "name/dns-idna"),
        fault("row73-decodes-to-ascii", "xn--example-.example.com", "name/dns-hyphen"),
        Vector::allowed("row73-upper-case-a-label", Csr::names(&[dns("XN--Mnchen-3ya.example.com")]).der()),
        fault("row73-emoji", "xn--n3h.example.com", "name/dns-idna"),
        Vector::warned(
            "row74-homograph",
            Csr::names(&[dns("xn--pypal-4ve.example.com")]).der(),
            "name/mixed-script",
        ),
        Vector::allowed(
            "row75-localhost-listed",
            Csr::names(&[dns("localhost"), dns("a.local"), dns("b.internal")]).der(),
        )
        .by(&reserved),
        Vector::denied(
            "row75-localhost",
            Csr::names(&[dns("localhost")]).der(),
            "policy/dns-not-allowed",
            SAN0,
        ),
        Vector::denied("row75-single-label", Csr::names(&[dns("www")]).der(), "policy/dns-not-allowed", SAN0),
        Vector::denied(
            "row85-prefix",
            Csr::names(&[dns("a.example.com.evil.test")]).der(),
            "policy/dns-not-allowed",
            SAN0,
        ),
        Vector::allowed("row85-fact", Csr::names(&[dns("auth")]).der())
            .by(&fact)
            .with(json!({"facts": {"host": "auth"}})),
        Vector::denied(
            "row85-fact-is-no-prefix",
            Csr::names(&[dns("auth.company.ch")]).der(),
            "policy/dns-not-allowed",
            SAN0,
        )
        .by(&fact)
        .with(json!({"facts": {"host": "auth"}})),
        Vector::denied(
            "row85-star-in-fact",
            Csr::names(&[dns("anything")]).der(),
            "policy/dns-not-allowed",
            SAN0,
        )
        .by(&fact)
        .with(json!({"facts": {"host": "*"}})),
        Vector::denied(
            "row85-missing-fact",
            Csr::names(&[dns("auth")]).der(),
            "policy/dns-not-allowed",
            SAN0,
        )
        .by(&fact),
        Vector::denied(
            "row85-missing-fact-of-deny",
            Csr::names(&[dns("b.example.com")]).der(),
            "policy/fact-missing",
            SAN0,
        )
        .by(&deny_fact),
        Vector::warned(
            "row78-duplicate-name",
            Csr::names(&[dns("b.example.com"), dns("b.example.com")]).der(),
            "name/duplicate",
        ),
    ]
}

fn other_rows() -> Vec<Vector> {
    let mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1];
    let address = |id: &str, octets: &[u8], code: &'static str| {
        Vector::denied(id, beside(ip(octets)), code, "extensions.subjectAltName[1].iPAddress")
    };
    let bad_uri = |id: &str, text: &str, code: &'static str| {
        Vector::denied(id, beside(uri(text)), code, "extensions.subjectAltName[1].uniformResourceIdentifier")
    };
    let by_parts = OPEN.replace(
        "uri: { allow: [{ scheme: spiffe, host: example.com }, \"https://example.com/*\"] }",
        "uri: { allow: [\"https://*\"], deny: [{ scheme: https, host: secret.example.com }, \
         { scheme: https, host: root.example.com, path: / }] }",
    );
    let denied_by_parts = |id: &str, text: &str| bad_uri(id, text, "policy/uri-denied").by(&by_parts);
    let mail = |id: &str, text: &str, code: &'static str| {
        Vector::denied(id, beside(email(text)), code, "extensions.subjectAltName[1].rfc822Name")
    };
    let many = |count: usize| (0..count).map(|n| dns(&format!("h{n}.example.com"))).collect::<Vec<_>>();
    vec![
        Vector::allowed("row66-ipv4", beside(ip(&[10, 1, 2, 3]))),
        address("row66-3-octets", &[10, 0, 0], "name/ip-length"),
        address("row66-5-octets", &[10, 0, 0, 0, 1], "name/ip-length"),
        address("row66-8-octets", &[10, 0, 0, 0, 255, 0, 0, 0], "name/ip-length"),
        address("row66-32-octets", &[0; 32], "name/ip-length"),
        address("row66-mapped", &mapped, "policy/mapped-ip"),
        Vector::allowed("row66-mapped-allowed", beside(ip(&mapped)))
            .by(&OPEN.replace("\"2001:db8::/32\"] }", "\"2001:db8::/32\"], mapped: allow }")),
        address("row66-not-in-block", &[11, 0, 0, 1], "policy/ip-not-allowed"),
        Vector::denied(
            "row66-denied-block",
            beside(ip(&[10, 9, 1, 1])),
            "policy/ip-denied",
            "extensions.subjectAltName[1].iPAddress",
        )
        .by(&OPEN.replace("\"2001:db8::/32\"] }", "\"2001:db8::/32\"], deny: [10.9.0.0/16] }")),
        address(
            "row66-nat64",
            &[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1],
            "policy/ip-not-allowed",
        ),
        Vector::allowed("row76-https", beside(uri("https://example.com/x"))),
        Vector::allowed("row76-spiffe", beside(uri("spiffe://example.com/ns/a/sa/b"))),
        bad_uri("row76-userinfo", "https://example.com@evil.test/", "name/uri-form"),
        bad_uri("row76-encoded-dots", "https://example.com/%2e%2e/", "name/uri-form"),
        bad_uri("row76-dot-segments", "https://example.com/a/../b", "name/uri-form"),
        bad_uri("row76-double-slash", "https://example.com//x", "name/uri-form"),
        bad_uri("row76-upper-case-scheme", "HTTPS://example.com/", "name/uri-form"),
        bad_uri("row76-zone", "https://[fe80::1%25eth0]/", "name/uri-form"),
        bad_uri("row76-fragment", "https://example.com/#x", "name/uri-form"),
        bad_uri("row76-port", "https://example.com:8443/", "policy/uri-not-allowed"),
        bad_uri("row76-no-host", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "policy/uri-not-allowed"),
        bad_uri("row76-spiffe-trailing-slash", "spiffe://example.com/x/", "name/spiffe-id"),
        bad_uri("row76-spiffe-port", "spiffe://example.com:80/x", "name/spiffe-id"),
        denied_by_parts("row76-denied-host-with-port", "https://secret.example.com:8443/x"),
        denied_by_parts("row76-denied-host-with-query", "https://secret.example.com/x?y"),
        denied_by_parts("row76-denied-path-left-out", "https://root.example.com"),
        Vector::denied(
            "row76-uri-denied",
            beside(uri("https://example.com/secret")),
            "policy/uri-denied",
            "extensions.subjectAltName[1].uniformResourceIdentifier",
        )
        .by(&OPEN.replace(
            "\"https://example.com/*\"] }",
            "\"https://example.com/*\"], deny: [\"https://example.com/secret\"] }",
        )),
        Vector::allowed("row77-mail", beside(email("Jane.Doe@EXAMPLE.com"))),
        mail("row77-quoted", "\"jane doe\"@example.com", "name/email-form"),
        mail("row77-two-ats", "a@b@example.com", "name/email-form"),
        mail("row77-comment", "a(b)@example.com", "name/email-form"),
        mail("row77-star", "*@example.com", "name/email-form"),
        mail("row77-domain-literal", "a@[10.0.0.1]", "name/email-form"),
        mail("row77-no-at", "example.com", "name/email-form"),
        mail("row77-subdomain", "a@mail.example.com", "policy/email-not-allowed"),
        Vector::denied(
            "row77-denied",
            beside(email("root@example.com")),
            "policy/email-denied",
            "extensions.subjectAltName[1].rfc822Name",
        )
        .by(&OPEN.replace(
            "email: { allow: [\"*@example.com\"] }",
            "email: { allow: [\"*@example.com\"], deny: [root@example.com] }",
        )),
        Vector::error(
            "row77-utf8-local",
            beside(context(1, "jané@example.com".as_bytes())),
            "der/string",
            "extensions.subjectAltName[1].rfc822Name",
        ),
        Vector::denied(
            "row77-other-name-denied",
            beside(other_name("1.3.6.1.4.1.311.20.2.3", &utf8("root@example.com"))),
            "policy/other-name-denied",
            "extensions.subjectAltName[1].otherName",
        )
        .by(&OPEN.replace(
            "userPrincipalName: { allow: [\"*@example.com\"] }",
            "userPrincipalName: { allow: [\"*@example.com\"], deny: [\"root@*\"] }",
        )),
        Vector::allowed("row78-100-names", Csr::names(&many(100)).der()),
        Vector::denied(
            "row78-101-names",
            Csr::names(&many(101)).der(),
            "policy/too-many-names",
            "extensions.subjectAltName",
        ),
        Vector::error(
            "row78-10000-names",
            Csr::names(&many(10_000)).der(),
            "limit/general-names",
            "extensions.subjectAltName",
        ),
        Vector::denied(
            "row78-huge-name",
            Csr::names(&[dns(&"a".repeat(900_000))]).der(),
            "name/dns-length",
            SAN0,
        ),
    ]
}

fn extension_rows() -> Vec<Vector> {
    let usage = |bits: &[u8]| tlv(0x03, bits);
    let ignore =
        OPEN.to_owned() + "extensions: { ignore: [subjectKeyIdentifier, 1.2.3.4], copy: [tlsFeature] }\n";
    let denied = |id: &str, extensions: &[Vec<u8>], code: &'static str, path: &'static str| {
        Vector::denied(id, Csr::more(extensions).der(), code, path)
    };
    let eku = |purposes: &[&str]| {
        extension("2.5.29.37", false, &seq(&purposes.iter().map(|purpose| oid(purpose)).collect::<Vec<_>>()))
    };
    vec![
        denied(
            "row79-ca",
            &[extension("2.5.29.19", true, &seq(&[boolean(0xff)]))],
            "policy/ca-not-allowed",
            "extensions.basicConstraints.cA",
        ),
        denied(
            "row79-path-length",
            &[extension("2.5.29.19", true, &seq(&[int(&[0])]))],
            "policy/path-length",
            "extensions.basicConstraints.pathLenConstraint",
        ),
        Vector::new(
            "row79-cert-sign",
            Csr::more(&[extension("2.5.29.15", true, &usage(&[1, 0x06]))]).der(),
            Expect::Denied(vec![
                ("policy/key-usage-not-allowed", "extensions.keyUsage.cRLSign"),
                ("policy/key-usage-not-allowed", "extensions.keyUsage.keyCertSign"),
            ]),
        ),
        denied(
            "row79-name-constraints",
            &[extension("2.5.29.30", true, &seq(&[explicit(0, &seq(&[dns("example.com")]))]))],
            "policy/extension-not-allowed",
            "extensions.nameConstraints",
        ),
        denied(
            "row79-inhibit-any",
            &[extension("2.5.29.54", true, &int(&[0]))],
            "policy/extension-not-allowed",
            "extensions.inhibitAnyPolicy",
        ),
        denied(
            "row80-any-purpose",
            &[eku(&["2.5.29.37.0"])],
            "policy/extended-key-usage-not-allowed",
            "extensions.extendedKeyUsage[0]",
        ),
        denied(
            "row80-mixed",
            &[eku(&["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.3"])],
            "policy/extended-key-usage-not-allowed",
            "extensions.extendedKeyUsage[1]",
        ),
        denied(
            "row80-unknown-purpose",
            &[eku(&["1.2.3.4"])],
            "policy/extended-key-usage-not-allowed",
            "extensions.extendedKeyUsage[0]",
        ),
        Vector::allowed(
            "row80-server",
            Csr::more(&[eku(&["1.3.6.1.5.5.7.3.1"]), extension("2.5.29.15", true, &usage(&[7, 0x80]))]).der(),
        ),
        denied(
            "row80-conflict",
            &[extension("2.5.29.15", true, &usage(&[3, 0x08]))],
            "policy/key-usage-not-allowed",
            "extensions.keyUsage.keyAgreement",
        ),
        denied(
            "row81-aki",
            &[extension("2.5.29.35", false, &seq(&[]))],
            "policy/extension-not-allowed",
            "extensions.authorityKeyIdentifier",
        ),
        denied(
            "row81-ski",
            &[extension("2.5.29.14", false, &octets(&[1; 20]))],
            "policy/extension-not-allowed",
            "extensions.subjectKeyIdentifier",
        ),
        Vector::warned(
            "row81-ski-ignored",
            Csr::more(&[extension("2.5.29.14", false, &octets(&[1; 20]))]).der(),
            "policy/extension-ignored",
        )
        .by(&ignore),
        Vector::denied(
            "row81-ski-critical",
            Csr::more(&[extension("2.5.29.14", true, &octets(&[1; 20]))]).der(),
            "policy/extension-not-allowed",
            "extensions.subjectKeyIdentifier",
        )
        .by(&ignore),
        denied(
            "row81-crl-points",
            &[extension(
                "2.5.29.31",
                false,
                &seq(&[seq(&[explicit(0, &explicit(0, &uri("http://crl.test/")))])]),
            )],
            "policy/extension-not-allowed",
            "extensions.cRLDistributionPoints",
        ),
        denied(
            "row81-aia",
            &[extension(
                "1.3.6.1.5.5.7.1.1",
                false,
                &seq(&[seq(&[oid("1.3.6.1.5.5.7.48.1"), uri("http://ocsp.test/")])]),
            )],
            "policy/extension-not-allowed",
            "extensions.authorityInfoAccess",
        ),
        denied(
            "row81-policies",
            &[extension("2.5.29.32", false, &seq(&[seq(&[oid("2.5.29.32.0")])]))],
            "policy/extension-not-allowed",
            "extensions.certificatePolicies",
        ),
        denied(
            "row81-no-check",
            &[extension("1.3.6.1.5.5.7.48.1.5", false, &null())],
            "policy/extension-not-allowed",
            "extensions.ocspNoCheck",
        ),
        denied(
            "row81-scts",
            &[extension("1.3.6.1.4.1.11129.2.4.2", false, &octets(&[]))],
            "policy/extension-not-allowed",
            "extensions.signedCertificateTimestampList",
        ),
        denied(
            "row81-template",
            &[extension("1.3.6.1.4.1.311.20.2", false, &tlv(0x1e, &[0, 0x41]))],
            "policy/extension-not-allowed",
            "extensions.msCertificateTemplateName",
        ),
        Vector::allowed(
            "row81-must-staple-copied",
            Csr::more(&[extension("1.3.6.1.5.5.7.1.24", false, &seq(&[int(&[5])]))]).der(),
        )
        .by(&ignore),
        denied(
            "row82-unknown-critical",
            &[extension("1.2.3.4", true, &null())],
            "policy/extension-not-allowed",
            "extensions.1.2.3.4",
        ),
        Vector::denied(
            "row82-unknown-critical-ignored",
            Csr::more(&[extension("1.2.3.4", true, &null())]).der(),
            "policy/extension-not-allowed",
            "extensions.1.2.3.4",
        )
        .by(&ignore),
        Vector::warned(
            "row83-challenge-password",
            Csr::attributes(&[
                extension_request(&[san(&[dns("a.example.com")])]),
                attribute("1.2.840.113549.1.9.7", &[utf8("secret")]),
            ])
            .der(),
            "request/challenge-password",
        ),
        Vector::denied(
            "row83-challenge-password-integer",
            Csr::attributes(&[
                extension_request(&[san(&[dns("a.example.com")])]),
                attribute("1.2.840.113549.1.9.7", &[int(&[1])]),
            ])
            .der(),
            "request/attribute-malformed",
            "attributes[0].challengePassword",
        ),
        Vector::denied(
            "row83-unknown-attribute",
            Csr::attributes(&[
                extension_request(&[san(&[dns("a.example.com")])]),
                attribute("1.2.840.113549.1.9.2", &[utf8("x")]),
            ])
            .der(),
            "policy/attribute-not-allowed",
            "attributes[0].unstructuredName",
        ),
        Vector::warned(
            "row83-unknown-attribute-ignored",
            Csr::attributes(&[
                extension_request(&[san(&[dns("a.example.com")])]),
                attribute("1.2.840.113549.1.9.2", &[utf8("x")]),
            ])
            .der(),
            "policy/attribute-ignored",
        )
        .by(&(OPEN.to_owned() + "attributes: { ignore: [unstructuredName] }\n")),
    ]
}

fn kubernetes_rows() -> Vec<Vector> {
    let serving = certgate_policies::find("kubelet-serving").expect("a policy").text;
    let client = certgate_policies::find("kube-apiserver-client").expect("a policy").text;
    let node = |group: &str, name: &str| {
        Csr {
            subject: Csr::subject(&[atv("2.5.4.10", utf8(group)), cn(name)]).subject,
            ..Csr::names(&[dns("n1")])
        }
        .der()
    };
    let context = |username: &str, usages: &[&str]| {
        json!({
            "requester": { "username": username, "groups": ["system:nodes"] },
            "signerName": "kubernetes.io/kubelet-serving",
            "usages": usages,
        })
    };
    let usages = ["digital signature", "server auth"];
    let with_usage = Csr {
        subject: Csr::subject(&[atv("2.5.4.10", utf8("system:nodes")), cn("system:node:n1")]).subject,
        ..Csr::extensions(&[
            san(&[dns("n1")]),
            extension("2.5.29.37", false, &seq(&[oid("1.3.6.1.5.5.7.3.2")])),
        ])
    };
    let user = |group: &str| {
        Csr {
            subject: Csr::subject(&[atv("2.5.4.10", utf8(group)), cn("jane")]).subject,
            ..Csr::attributes(&[])
        }
        .der()
    };
    let client_context = |duration: &str| json!({ "signerName": "kubernetes.io/kube-apiserver-client", "usages": ["client auth"], "duration": duration });
    vec![
        Vector::allowed("row84-node", node("system:nodes", "system:node:n1"))
            .by(serving)
            .with(context("system:node:n1", &usages)),
        Vector::denied(
            "row84-usages-differ",
            with_usage.der(),
            "policy/usages-conflict",
            "extensions.extendedKeyUsage",
        )
        .by(serving)
        .with(context("system:node:n1", &usages)),
        Vector::denied(
            "row84-other-node",
            node("system:nodes", "system:node:n1"),
            "policy/common-name-not-allowed",
            "subject[1].commonName",
        )
        .by(&serving.replace("\"${requester.nodeName}\", ", "n1, "))
        .with(context("system:node:n2", &usages)),
        Vector::denied(
            "row84-usage-unknown",
            node("system:nodes", "system:node:n1"),
            "policy/usage-unknown",
            "context.usages[2]",
        )
        .by(serving)
        .with(context("system:node:n1", &["digital signature", "server auth", "world domination"])),
        Vector::denied(
            "row84-masters",
            user("system:masters"),
            "policy/subject-denied",
            "subject[0].organizationName",
        )
        .by(client)
        .with(client_context("24h")),
        Vector::denied("row84-tiny", user("dev"), "policy/validity-too-short", "context.duration")
            .by(client)
            .with(client_context("1s")),
        Vector::denied("row84-huge", user("dev"), "policy/validity-too-long", "context.duration")
            .by(client)
            .with(client_context("36500d")),
        Vector::new("row84-other-signer", user("dev"), Expect::NotApplicable)
            .by(serving)
            .with(client_context("24h")),
        Vector::new(
            "row84-not-a-node",
            node("system:nodes", "system:node:n1"),
            Expect::Denied(vec![
                ("policy/common-name-not-allowed", "subject[1].commonName"),
                ("policy/dns-not-allowed", SAN0),
                ("policy/requirement", "context.requester.username"),
            ]),
        )
        .by(serving)
        .with(context("jane", &usages)),
    ]
}
