//! Policies of step-ca.

use certgate_bindings::import::Peer;
use serde_json::{Map, Value, json};

use super::{Exception, Row, Verdict, Why, request};
use Why::Stricter;

/// A policy for names in the words of the table: `allow.dns[*.example.com] deny.ip[10.0.0.0/8] wild`.
fn policy(words: &str) -> Value {
    let (mut allow, mut deny, mut out) = (Map::new(), Map::new(), Map::new());
    for word in words.split_whitespace() {
        if word == "wild" {
            out.insert("allowWildcardNames".into(), json!(true));
            continue;
        }
        let (name, list) = word.strip_suffix(']').and_then(|word| word.split_once('[')).expect("a list");
        let list: Vec<&str> = list.split(',').collect();
        match name.split_once('.').expect("allow or deny, and a kind") {
            ("allow", kind) => allow.insert(kind.into(), json!(list)),
            ("deny", kind) => deny.insert(kind.into(), json!(list)),
            other => panic!("no list {other:?}"),
        };
    }
    for (key, names) in [("allow", allow), ("deny", deny)] {
        if !names.is_empty() {
            out.insert(key.into(), names.into());
        }
    }
    out.into()
}

pub(super) fn row(
    id: &'static str,
    policy: Value,
    parts: &[(&str, &str)],
    context: Value,
    theirs: Verdict,
) -> Row {
    Row { id, peer: Peer::StepCa, policy, request: request(parts).der(), context, theirs }
}

fn names(id: &'static str, words: &str, parts: &[(&str, &str)], theirs: Verdict) -> Row {
    row(id, policy(words), parts, json!({}), theirs)
}

/// A configuration with these claims.
pub(super) fn authority(part: Value) -> Value {
    json!({ "authority": part })
}

pub fn rows() -> Vec<Row> {
    let any = || Verdict::Allow(None);
    let deny = || Verdict::Deny;
    let dns = |name: &'static str| [("dns", name)];
    let star = "allow.dns[*.example.com]";
    let refused = |id: &'static str, words: &str| names(id, words, &[], Verdict::Refused);
    let a = [("dns", "a.example.com")];
    let hours = |hours: u32| json!({ "duration": format!("{hours}h") });
    vec![
        names("S02", star, &dns("a.b.example.com"), deny()),
        names("S03", star, &dns("example.com"), deny()),
        names(
            "S05",
            "allow.dns[*.example.com] wild",
            &dns("*.example.com"),
            Verdict::names(&["dns *.example.com"]),
        ),
        names("S06", "allow.dns[*.example.com] wild", &dns("*.sub.example.com"), deny()),
        names("S08", "allow.dns[example.com]", &dns("example.com."), deny()),
        names("S09", star, &dns("foo_bar.example.com"), deny()),
        names("S10", star, &[("dns", "foo.example.com"), ("ip", "10.0.0.1")], deny()),
        names("S13", "deny.dns[*.evil.com]", &dns("a.good.com"), Verdict::names(&["dns a.good.com"])),
        names("S14", "deny.dns[*.evil.com]", &dns("a.evil.com"), deny()),
        names("S15", "deny.dns[*.evil.com]", &dns("*.evil.com"), Verdict::names(&["dns *.evil.com"])),
        names("S18", "allow.dns[*.example.com] deny.dns[bad.example.com]", &dns("bad.example.com"), deny()),
        names("S19", "allow.email[@example.com] deny.dns[bad.example.com]", &dns("anything.net"), any()),
        names("S25", "deny.cn[evil.example.com]", &[("cn", "evil.example.com")], Verdict::names(&[])),
        names(
            "S26",
            "allow.dns[*.example.com] deny.cn[evil.example.com]",
            &[("cn", "evil.example.com"), ("dns", "ok.example.com")],
            Verdict::names(&["dns ok.example.com"]),
        ),
        names(
            "S28",
            "allow.email[@example.com]",
            &[("email", "jane@example.com")],
            Verdict::names(&["email jane@example.com"]),
        ),
        names("S29", "allow.email[@example.com]", &[("email", "jane@sub.example.com")], deny()),
        names("S30", "allow.email[Jane@example.com]", &[("email", "Jane@example.com")], deny()),
        names("S31", "allow.email[jane@example.com]", &[("email", "jane@EXAMPLE.com")], any()),
        names(
            "S32",
            "allow.uri[*.example.com]",
            &[("uri", "https://www.example.com/x")],
            Verdict::names(&["uri https://www.example.com/x"]),
        ),
        names(
            "S34",
            "allow.uri[trust.example.com]",
            &[("uri", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6")],
            deny(),
        ),
        refused("S37", "allow.dns[*]"),
        refused("S38", "allow.dns[foo*.example.com]"),
        refused("S39", "allow.dns[.example.com]"),
        names(
            "S40",
            "allow.dns[*.münchen.de]",
            &dns("www.xn--mnchen-3ya.de"),
            Verdict::names(&["dns www.xn--mnchen-3ya.de"]),
        ),
        names("S41", star, &[], Verdict::names(&[])),
        names("S42", star, &[("cn", "10.0.0.1"), ("dns", "foo.example.com")], deny()),
        names("S43", "allow.dns[*.local] allow.ip[127.0.0.1/32]", &[("cn", "127.0.0.1")], any()),
        names("S44", star, &[("cn", "spiffe://a/b"), ("dns", "foo.example.com")], deny()),
        names("S45", "allow.dns[localhost]", &dns("localhost"), Verdict::names(&["dns localhost"])),
        refused("S47", "allow.cn[*]"),
        names(
            "S48",
            "allow.ip[2001:db8::/32]",
            &[("ip", "2001:db8:1::1")],
            Verdict::names(&["ip 2001:db8:1::1"]),
        ),
        names("S49", "deny.dns[evil.com]", &dns("foo_bar.ok.com"), deny()),
        names("S50", "allow.ip[10.0.0.0/8] deny.ip[10.9.0.0/16]", &[("ip", "10.9.1.1")], deny()),
        names("S51", "allow.dns[*.com] wild", &dns("*.com"), Verdict::names(&["dns *.com"])),
        names("S52", "allow.dns[*.example.com] wild", &dns("f*.example.com"), deny()),
        refused("S53", "allow.email[*@example.com]"),
        refused("S54", "allow.uri[https://example.com]"),
        row("V02", authority(json!({})), &a, json!({ "notAfter": "2026-01-02T01:00:00Z" }), deny()),
        row(
            "V06",
            authority(json!({ "provisioners": [{
                "type": "JWK", "name": "p",
                "claims": { "maxTLSCertDuration": "1h", "defaultTLSCertDuration": "24h" }
            }] })),
            &a,
            json!({}),
            Verdict::Refused,
        ),
        row("V09", authority(json!({})), &[a[0], ("key", "RSA-1024")], json!({}), deny()),
        row(
            "V15",
            authority(json!({
                "policy": { "x509": { "allow": { "dns": ["*.example.com"] } } },
                "provisioners": [{
                    "type": "JWK", "name": "p", "policy": { "x509": { "deny": { "dns": ["a.example.com"] } } }
                }]
            })),
            &a,
            hours(1),
            deny(),
        ),
    ]
}

pub const EXCEPTIONS: &[Exception] = &[
    Exception { id: "S15", ours: Verdict::Deny, why: Stricter("a wildcard that stands for denied names") },
    Exception { id: "S19", ours: Verdict::Deny, why: Stricter("what no entry allows is denied") },
    Exception { id: "S25", ours: Verdict::Deny, why: Stricter("a denied common name is denied") },
    Exception { id: "S26", ours: Verdict::Deny, why: Stricter("a denied common name is denied") },
    Exception { id: "S43", ours: Verdict::Deny, why: Stricter("an address is no common name") },
];

pub const ELSEWHERE: &[(&str, &str)] = &[
    ("V03", "the context has no notBefore: lifetimes begin when the policy says"),
    ("V07", "the end of a credential is for the host"),
    ("V14", "whether a token names what is asked for is for the host"),
    ("V16", "the issuer's name constraints are a matter of issuance"),
    ("V17", "templates of one's own are for the host"),
];
