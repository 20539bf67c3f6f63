//! Roles of OpenBao and Vault.

use certgate_bindings::import::Peer;
use serde_json::{Map, Value, json};

use super::{Exception, Row, Verdict, Why, request};
use Why::{Normalised, Stricter};

/// A role in the words of the table: `D sub -wild`, `domains[a,b] bare`, `cidr[10.0.0.0/8]`. Keys are of any type, which
/// the rows on names leave out.
pub(super) fn role(words: &str) -> Value {
    let mut role = Map::new();
    role.insert("key_type".into(), json!("any"));
    for word in words.split_whitespace() {
        let (name, list) = match word.strip_suffix(']').and_then(|word| word.split_once('[')) {
            Some((name, list)) => (name, list.split(',').collect::<Vec<_>>()),
            None => (word, Vec::new()),
        };
        let (key, value) = match name {
            "R0" => continue,
            "D" => ("allowed_domains", json!(["example.com"])),
            "domains" => ("allowed_domains", json!(list)),
            "bare" => ("allow_bare_domains", json!(true)),
            "sub" => ("allow_subdomains", json!(true)),
            "glob" => ("allow_glob_domains", json!(true)),
            "any" => ("allow_any_name", json!(true)),
            "-wild" => ("allow_wildcard_certificates", json!(false)),
            "-host" => ("enforce_hostnames", json!(false)),
            "-cn" => ("require_cn", json!(false)),
            "-ip" => ("allow_ip_sans", json!(false)),
            "cnv" => ("cn_validations", json!(list)),
            "cidr" => ("allowed_ip_sans_cidr", json!(list)),
            "uri" => ("allowed_uri_sans", json!(list)),
            "serial" => ("allowed_serial_numbers", json!(list)),
            "other" => ("allowed_other_sans", json!(list)),
            other => panic!("no word {other}"),
        };
        role.insert(key.into(), value);
    }
    role.into()
}

pub fn rows() -> Vec<Row> {
    let mut rows = names();
    rows.extend(times());
    rows.extend(keys());
    rows
}

fn allow(id: &'static str, words: &str, parts: &[(&str, &str)], names: &[&str]) -> Row {
    row(id, role(words), parts, Verdict::names(names))
}

fn deny(id: &'static str, words: &str, parts: &[(&str, &str)]) -> Row {
    row(id, role(words), parts, Verdict::Deny)
}

fn row(id: &'static str, policy: Value, parts: &[(&str, &str)], theirs: Verdict) -> Row {
    Row { id, peer: Peer::OpenBaoRole, policy, request: request(parts).der(), context: json!({}), theirs }
}

fn names() -> Vec<Row> {
    const LABEL_64: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com";
    vec![
        deny("B01", "R0", &[("cn", "foo.example.com")]),
        allow("B02", "R0", &[("cn", "localhost")], &["dns localhost"]),
        allow("B03", "R0", &[("cn", "*.localhost")], &["dns *.localhost"]),
        deny("B04", "R0", &[("cn", "foo.localhost")]),
        allow("B05", "R0 sub", &[("cn", "foo.localhost")], &["dns foo.localhost"]),
        allow("B06", "R0", &[("cn", "a@localhost")], &["email a@localhost"]),
        allow("B07", "D bare", &[("cn", "example.com")], &["dns example.com"]),
        deny("B09", "D sub", &[("cn", "example.com")]),
        allow("B10", "D sub", &[("cn", "a.b.example.com")], &["dns a.b.example.com"]),
        deny("B11", "D sub", &[("cn", "a.EXAMPLE.com")]),
        deny("B12", "domains[Example.com] sub", &[("cn", "a.example.com")]),
        deny("B14", "D bare", &[("cn", "example.com.")]),
        allow("B15", "D sub", &[("cn", "*.example.com")], &["dns *.example.com"]),
        allow("B16", "D sub", &[("cn", "*.EXAMPLE.COM")], &["dns *.example.com"]),
        deny("B18", "D sub -wild", &[("cn", "*.example.com")]),
        deny("B20", "D sub", &[("cn", "*.*.example.com")]),
        deny("B21", "D sub", &[("cn", "a.*.example.com")]),
        allow("B22", "any", &[("cn", "*")], &[]),
        allow("B24", "domains[*.example.com] glob", &[("cn", "*.example.com")], &["dns *.example.com"]),
        allow(
            "B27",
            "domains[ftp*.example.com] glob",
            &[("cn", "ftp.evil.net.example.com")],
            &["dns ftp.evil.net.example.com"],
        ),
        deny("B28", "domains[*.example.com] glob", &[("cn", "a.Example.com")]),
        deny("B30", "domains[*.example.com] sub", &[("cn", "a.example.com")]),
        deny("B32", "domains[*.example.com] sub", &[("cn", "*.*.example.com")]),
        deny("B33", "any", &[("cn", "foo_bar.example.com")]),
        deny("B35", "any", &[("cn", "My Service")]),
        allow("B36", "any -host", &[("cn", "My Service")], &[]),
        deny("B38", "D cnv[disabled]", &[("cn", "evil.test")]),
        deny("B40", "D bare cnv[hostname]", &[("cn", "a@example.com")]),
        deny("B41", "D sub cnv[email]", &[("cn", "a.example.com")]),
        allow("B42", "D bare", &[("cn", "a@example.com")], &["email a@example.com"]),
        deny("B43", "D sub", &[("cn", "a@example.com")]),
        allow("B44", "D sub", &[("cn", "a@mail.example.com")], &["email a@mail.example.com"]),
        deny("B46", "D bare", &[("cn", "a@b@example.com")]),
        allow("B47", "domains[a@example.com] bare", &[("cn", "a@example.com")], &["email a@example.com"]),
        deny("B50", "domains[xn--mnchen-3ya.de] bare", &[("cn", "münchen.de")]),
        deny("B51", "domains[münchen.de] bare", &[("cn", "münchen.de")]),
        allow(
            "B59",
            "D sub",
            &[("cn", "a.example.com"), ("dns", "w*.example.com")],
            &["dns a.example.com", "dns w*.example.com"],
        ),
        deny("B60", "D sub", &[("cn", "a.example.com"), ("dns", "x_y.example.com")]),
        allow(
            "B61",
            "D sub -host",
            &[("cn", "a.example.com"), ("dns", "x_y.example.com")],
            &["dns a.example.com", "dns x_y.example.com"],
        ),
        deny("B62", "D sub", &[("dns", "a.example.com")]),
        allow(
            "B65",
            "D sub",
            &[("cn", "a.example.com"), ("ip", "10.0.0.1")],
            &["dns a.example.com", "ip 10.0.0.1"],
        ),
        deny("B66", "D sub cidr[192.168.0.0/16]", &[("cn", "a.example.com"), ("ip", "10.0.0.1")]),
        allow(
            "B67",
            "D sub cidr[10.0.0.0/8]",
            &[("cn", "a.example.com"), ("ip", "::ffff:10.0.0.1")],
            &["dns a.example.com", "ip 10.0.0.1"],
        ),
        deny("B68", "D sub -ip", &[("cn", "a.example.com"), ("ip", "10.0.0.1")]),
        allow("B69", "any", &[("cn", "10.0.0.1")], &["dns 10.0.0.1"]),
        deny("B72", "D sub", &[("cn", "a.example.com"), ("uri", "spiffe://td/ns/a")]),
        allow(
            "B76",
            "D sub serial[12*]",
            &[("cn", "a.example.com"), ("serial", "123")],
            &["dns a.example.com"],
        ),
        allow(
            "B78",
            "D bare",
            &[("cn", "example.com"), ("email", "example.com")],
            &["dns example.com", "email example.com"],
        ),
        allow(
            "B79",
            "D bare",
            &[("cn", "example.com"), ("dns", "x@example.com")],
            &["dns example.com", "dns x@example.com"],
        ),
        deny("B80", "D sub", &[("cn", "a.example.com"), ("upn", "u@example.com")]),
        row(
            "B81",
            role("D sub other[1.3.6.1.4.1.311.20.2.3;UTF8:*@example.com]"),
            &[("cn", "a.example.com"), ("upn", "u@example.com")],
            Verdict::Allow(None),
        ),
        deny(
            "B83",
            "D sub other[1.3.6.1.4.1.311.20.2.3;UTF8:*]",
            &[("cn", "a.example.com"), ("upn-ia5", "u@example.com")],
        ),
        deny("B86", "any -host", &[("cn", LABEL_64)]),
        deny("B88", "any -host", &[("cn", "a..example.com")]),
        allow("B91", "domains[com] sub", &[("cn", "anything.com")], &["dns anything.com"]),
        allow("B92", "domains[com] sub", &[("cn", "*.com")], &["dns *.com"]),
        allow("B96", "any -host", &[("cn", "a/b")], &[]),
        deny("B97", "any", &[("cn", "a@foo_bar")]),
        allow(
            "B99",
            "any",
            &[("cn", "a.example.com"), ("dns", "a.example.com.")],
            &["dns a.example.com", "dns a.example.com."],
        ),
    ]
}

/// A role for `a.example.com` with these fields besides.
pub(super) fn with(fields: Value) -> Value {
    let mut role = role("D sub");
    let own = role.as_object_mut().expect("a role");
    own.extend(fields.as_object().expect("fields").clone());
    role
}

fn times() -> Vec<Row> {
    let at = |id: &'static str, fields: Value, context: Value, theirs: Verdict| Row {
        context,
        ..row(id, with(fields), &[("cn", "a.example.com")], theirs)
    };
    let any = || Verdict::Allow(None);
    vec![
        at("T03", json!({"ttl": "24h"}), json!({"duration": "100h"}), any()),
        at("T04", json!({"ttl": 86400, "max_ttl": "48h"}), json!({"duration": "100h"}), any()),
        at("T05", json!({}), json!({"duration": "2000h"}), any()),
        at(
            "T07",
            json!({"ttl": "24h", "max_ttl": "48h", "not_after_bound": "permit"}),
            json!({"notAfter": "2026-07-28T08:00:00Z"}),
            any(),
        ),
        at(
            "T08",
            json!({"ttl": "24h", "max_ttl": "48h", "not_after_bound": "ttl-limited"}),
            json!({"notAfter": "2026-01-02T06:00:00Z"}),
            Verdict::Deny,
        ),
        at("T13", json!({}), json!({"duration": "1h", "notAfter": "2026-01-01T02:00:00Z"}), Verdict::Deny),
        at("T25", json!({"not_after_bound": "permit"}), json!({"notAfter": "2025-12-31T19:00:00Z"}), any()),
        at(
            "T15",
            json!({"not_after": "2026-01-03T02:00:00Z"}),
            json!({"notAfter": "2026-01-04T18:00:00Z"}),
            any(),
        ),
    ]
}

fn keys() -> Vec<Row> {
    let key = |id: &'static str, fields: Value, key: &str, theirs: Verdict| {
        row(id, with(fields), &[("cn", "a.example.com"), ("key", key)], theirs)
    };
    let any = || Verdict::Allow(None);
    let rsa = json!({"key_type": "rsa"});
    let broken = {
        let mut csr = request(&[("cn", "a.example.com")]);
        csr.signing = crate::request::Signing::Octets([&[0][..], &[0x30, 6, 2, 1, 1, 2, 1, 1]].concat());
        Row { request: csr.der(), ..row("K26", with(json!({})), &[("cn", "a.example.com")], Verdict::Deny) }
    };
    let asking = {
        use crate::request::{extension, extension_request};
        let mut csr = request(&[("cn", "a.example.com")]);
        let purpose = crate::der::seq(&[crate::der::oid("1.3.6.1.5.5.7.3.3")]);
        let extensions = [extension("2.5.29.37", false, &purpose)];
        csr.attributes = Some(crate::request::attributes(&[extension_request(&extensions)]));
        // The part of the row that asks for purposes; that for a CA is a row of its own below.
        Row { request: csr.der(), ..row("K21", with(json!({"key_type": "ec"})), &[], any()) }
    };
    vec![
        key("K01", rsa.clone(), "RSA-2048", any()),
        key("K03", rsa.clone(), "P-256", Verdict::Deny),
        key("K04", json!({"key_type": "rsa", "key_bits": 3072}), "RSA-2048", Verdict::Deny),
        key("K08", json!({"key_type": "ec", "key_bits": 224}), "P-521", any()),
        key("K11", json!({"key_type": "ed25519"}), "P-256", Verdict::Deny),
        key("K13", json!({"key_type": "any"}), "RSA-1024", Verdict::Deny),
        key("K16", json!({"key_type": "rsa", "key_bits": 1024}), "RSA-2048", Verdict::Refused),
        key("K17", json!({"key_type": "rsa", "signature_bits": 224}), "RSA-2048", Verdict::Refused),
        key("K18", json!({"key_type": "ec", "signature_bits": 224}), "P-256", any()),
        key("K19", json!({"ext_key_usage": ["serverauth", "bogus"]}), "P-256", any()),
        asking,
        broken,
    ]
}

pub const EXCEPTIONS: &[Exception] = &[
    Exception {
        id: "B03",
        ours: Verdict::Deny,
        why: Stricter("a wildcard stands for names that are denied one by one (B04)"),
    },
    Exception { id: "B11", ours: Verdict::Allow(None), why: Normalised("case") },
    Exception { id: "B12", ours: Verdict::Allow(None), why: Normalised("case") },
    Exception { id: "B22", ours: Verdict::Deny, why: Stricter("`*` alone is no DNS name") },
    Exception { id: "B28", ours: Verdict::Allow(None), why: Normalised("case") },
    Exception {
        id: "B36",
        ours: Verdict::Deny,
        why: Stricter("a common name is issued as a name, and this is none"),
    },
    Exception { id: "B50", ours: Verdict::Allow(None), why: Normalised("A-label") },
    Exception { id: "B51", ours: Verdict::Allow(None), why: Normalised("A-label") },
    Exception { id: "B59", ours: Verdict::Deny, why: Stricter("`*` as a part of a label") },
    Exception {
        id: "B67",
        ours: Verdict::Allow(None),
        why: Normalised("canonical IP: judged as the IPv4 address, issued in the form that was asked for"),
    },
    Exception { id: "B69", ours: Verdict::Deny, why: Stricter("an IP address is no DNS name") },
    Exception { id: "B78", ours: Verdict::Deny, why: Stricter("an rfc822Name has an `@`") },
    Exception { id: "B79", ours: Verdict::Deny, why: Stricter("a dNSName has no `@`") },
    Exception { id: "B92", ours: Verdict::Deny, why: Stricter("a wildcard below a public suffix") },
    Exception {
        id: "B96",
        ours: Verdict::Deny,
        why: Stricter("a common name is issued as a name, and this is none"),
    },
    Exception { id: "B99", ours: Verdict::Deny, why: Stricter("a dot at the end") },
    Exception { id: "T07", ours: Verdict::Deny, why: Stricter("max_ttl bounds every lifetime") },
    Exception { id: "T15", ours: Verdict::Refused, why: Stricter("a fixed end of life cannot be said") },
    Exception { id: "T25", ours: Verdict::Deny, why: Stricter("an end of life in the past") },
    Exception { id: "K19", ours: Verdict::Refused, why: Stricter("a usage that is not known is a fault") },
];

pub const ELSEWHERE: &[(&str, &str)] = &[
    ("B39", "a parameter of the call beside the request, which changes what is issued"),
    ("B52", "a parameter of the call beside the request, which changes what is issued"),
    ("B58", "issue makes the request itself"),
    ("B84", "depends on a version; left out by the table"),
    ("T16", "the issuer's end is a matter of issuance"),
    ("T19", "the issuer's end is a matter of issuance"),
    ("T21", "the context has no notBefore: lifetimes begin when the policy says"),
    ("T22", "the context has no notBefore: lifetimes begin when the policy says"),
    ("T23", "the context has no notBefore: lifetimes begin when the policy says"),
    ("K07", "the engine knows no P-224: K08 shows the curves that it knows"),
    ("K14", "role_keys_bound_to_pss_are_denied, in tests/peer_policies.rs"),
    ("K15", "issue makes the key itself"),
    ("K22", "sign-verbatim is no role"),
    ("K23", "sign-verbatim is no role"),
    ("K27", "the issuer's name constraints are a matter of issuance"),
    ("C01", "roles in CEL; left out by the table"),
    ("C03", "roles in CEL; left out by the table"),
    ("C04", "roles in CEL; left out by the table"),
];
