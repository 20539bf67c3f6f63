use serde_json::{Value, json};

use super::{Case, Change, Numbers};

pub(super) fn base() -> Case {
    Case {
        policy: json!({ "authority": {
            "policy": { "x509": { "allow": { "dns": ["*.example.com"] } } },
            "provisioners": [{ "type": "JWK", "name": "p" }],
        } }),
        parts: vec![("dns", "a.example.com")],
        context: json!({}),
    }
}

pub(super) const FIELDS: &[&str] = &[
    "/authority/policy/x509/allow/dns",
    "/authority/policy/x509/allow/ip",
    "/authority/policy/x509/allow/email",
    "/authority/policy/x509/allow/uri",
    "/authority/policy/x509/allow/cn",
    "/authority/policy/x509/deny/dns",
    "/authority/policy/x509/deny/ip",
    "/authority/policy/x509/deny/email",
    "/authority/policy/x509/deny/uri",
    "/authority/policy/x509/allowWildcardNames",
    "/authority/claims/minTLSCertDuration",
    "/authority/claims/maxTLSCertDuration",
    "/authority/provisioners/0/policy",
];

const HOSTS: [&str; 10] = [
    "a.example.com",
    "a.b.example.com",
    "example.com",
    "A.EXAMPLE.com",
    "*.example.com",
    "foo_bar.example.com",
    "example.com.",
    "a.evil.com",
    "localhost",
    "f*.example.com",
];

fn list<'a>(c: &'a mut Case, side: &str, kind: &str) -> &'a mut Value {
    &mut c.policy["authority"]["policy"]["x509"][side][kind]
}

pub(super) const CHANGES: &[Change] = &[
    |n, c| {
        let lists: [&[&str]; 4] =
            [&["*.example.com"], &["example.com"], &["localhost", "*.evil.com"], &["A.Example.com"]];
        *list(c, "allow", "dns") = json!(n.pick(&lists));
        c.set("dns", n.pick(&HOSTS));
    },
    |n, c| {
        *list(c, "allow", "ip") = json!([n.pick(&["10.0.0.0/8", "10.0.0.1", "2001:db8::/32"])]);
        c.set("ip", n.pick(&["10.0.0.1", "10.9.1.1", "2001:db8::1", "::ffff:10.0.0.1"]));
    },
    |n, c| {
        *list(c, "allow", "email") =
            json!([n.pick(&["@example.com", "jane@example.com", "Jane@example.com"])]);
        c.set(
            "email",
            n.pick(&["jane@example.com", "Jane@example.com", "jane@EXAMPLE.com", "a@sub.example.com"]),
        );
    },
    |n, c| {
        *list(c, "allow", "uri") = json!([n.pick(&["*.example.com", "trust.example.com"])]);
        c.set(
            "uri",
            n.pick(&[
                "https://www.example.com/x",
                "spiffe://trust.example.com/a",
                "urn:x:y",
                "https://10.0.0.1/",
            ]),
        );
    },
    |n, c| {
        *list(c, "allow", "cn") = json!([n.pick(&["jane doe", "evil.test"])]);
        c.set("cn", n.pick(&["jane doe", "Jane Doe", "evil.test", "10.0.0.1"]));
    },
    |n, c| {
        *list(c, "deny", "dns") = json!([n.pick(&["a.example.com", "*.example.com"])]);
        c.set("dns", n.pick(&["a.example.com", "b.example.com"]));
        if n.one_in(4) {
            c.policy["authority"]["policy"]["x509"] = json!({ "deny": { "dns": ["*.evil.com"] } });
            c.set("dns", n.pick(&["a.evil.com", "*.evil.com", "a.good.com"]));
        }
    },
    |n, c| {
        *list(c, "deny", "ip") = json!([n.pick(&["10.9.0.0/16", "10.0.0.1"])]);
        if n.one_in(2) {
            *list(c, "allow", "ip") = json!(["10.0.0.0/8"]);
        }
        c.set("ip", n.pick(&["10.0.0.1", "10.9.1.1", "10.1.1.1"]));
    },
    |n, c| {
        *list(c, "deny", "email") = json!([n.pick(&["@example.com", "jane@example.com"])]);
        c.set("email", n.pick(&["jane@example.com", "joe@example.com", "joe@other.test"]));
    },
    |n, c| {
        *list(c, "deny", "uri") = json!([n.pick(&["*.example.com", "other.test"])]);
        c.set(
            "uri",
            n.pick(&["https://www.example.com/x", "https://other.test:8443/", "https://third.test/"]),
        );
    },
    |n, c| {
        c.policy["authority"]["policy"]["x509"]["allowWildcardNames"] = json!(!n.one_in(5));
        if n.one_in(2) {
            *list(c, "allow", "dns") = json!(["*.example.com"]);
        }
        c.set(
            "dns",
            n.pick(&[
                "*.example.com",
                "*.example.com",
                "*.example.com",
                "*.sub.example.com",
                "a.example.com",
            ]),
        );
    },
    |n, c| {
        c.policy["authority"]["claims"] = json!({ "minTLSCertDuration": n.pick(&["1h", "2h"]) });
        c.tell("", "duration", json!(n.pick(&["30m", "59m", "1h", "3h"])));
    },
    |n, c| {
        let max = n.pick(&["12h", "48h"]);
        c.policy["authority"]["claims"] =
            json!({ "maxTLSCertDuration": max, "defaultTLSCertDuration": "12h" });
        c.tell("", "duration", json!(n.pick(&["12h1m", "24h", "47h"])));
    },
    |n, c| {
        let entry = n.pick(&["a.example.com", "*.example.com", "b.example.com"]);
        let side = if n.one_in(2) { "allow" } else { "deny" };
        c.policy["authority"]["provisioners"][0]["policy"] = json!({ "x509": { side: { "dns": [entry] } } });
        if n.one_in(6) {
            // A level that only denies takes the common name for a host name.
            c.policy["authority"]["policy"]["x509"] = json!({ "deny": { "dns": ["evil.test"] } });
            c.policy["authority"]["provisioners"][0]["policy"] =
                json!({ "x509": { "allow": { "cn": ["evil.test"], "ip": ["10.0.0.0/8"] } } });
            c.parts.retain(|(kind, _)| *kind != "dns");
            c.set("cn", "evil.test");
            c.set("ip", n.pick(&["10.0.0.1", "192.0.2.1"]));
        } else {
            c.set("dns", n.pick(&["a.example.com", "b.example.com"]));
        }
    },
    |n, c| {
        *list(c, "deny", "cn") = json!([n.pick(&["evil.test", "a.example.com"])]);
        c.set("cn", n.pick(&["evil.test", "a.example.com", "b.example.com"]));
    },
    |n, c| c.set("key", n.pick(&["RSA-2048", "RSA-1024", "Ed25519"])),
    |n: &mut Numbers, c| {
        let sans: [&[&str]; 3] = [&["a.example.com"], &["a.example.com", "b.example.com"], &["10.0.0.1"]];
        c.tell("facts", "tokenSans", json!(n.pick(&sans)));
        c.tell("facts", "tokenSubject", json!("a.example.com"));
        c.set("dns", n.pick(&["a.example.com", "b.example.com"]));
        if n.one_in(2) {
            c.set("cn", n.pick(&["a.example.com", "b.example.com"]));
        }
    },
];
