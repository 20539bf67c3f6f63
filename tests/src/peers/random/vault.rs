use serde_json::json;

use super::{Case, Change};

pub(super) fn base() -> Case {
    Case {
        policy: json!({ "allowed_domains": ["example.com"], "allow_subdomains": true, "key_type": "any" }),
        parts: vec![("cn", "a.example.com")],
        context: json!({}),
    }
}

pub(super) const FIELDS: &[&str] = &[
    "/allowed_domains",
    "/allow_subdomains",
    "/allow_bare_domains",
    "/allow_glob_domains",
    "/allow_any_name",
    "/allow_localhost",
    "/allow_wildcard_certificates",
    "/enforce_hostnames",
    "/require_cn",
    "/allow_ip_sans",
    "/allowed_ip_sans_cidr",
    "/allowed_uri_sans",
    "/allowed_serial_numbers",
    "/cn_validations",
    "/key_type",
    "/not_after_bound",
    "/max_ttl",
    "/ttl",
    "/allow_token_displayname",
];

const HOSTS: [&str; 12] = [
    "a.example.com",
    "a.b.example.com",
    "a.EXAMPLE.com",
    "example.com",
    "EXAMPLE.com",
    "*.example.com",
    "*.EXAMPLE.com",
    "w*.example.com",
    "a.other.test",
    "a_b.example.com",
    "example.com.",
    "localhost",
];

pub(super) const CHANGES: &[Change] = &[
    |n, c| {
        let lists: [&[&str]; 5] =
            [&["other.test"], &["Example.com"], &["example.com", "other.test"], &["*.example.com"], &["com"]];
        c.policy["allowed_domains"] = json!(n.pick(&lists));
        c.set("cn", n.pick(&HOSTS));
    },
    |n, c| {
        c.policy["allow_subdomains"] = json!(n.one_in(2));
        c.set("cn", n.pick(&HOSTS));
    },
    |n, c| {
        c.policy["allow_bare_domains"] = json!(!n.one_in(4));
        c.set(
            "cn",
            n.pick(&["example.com", "EXAMPLE.com", "a@example.com", "a@EXAMPLE.COM", "b.example.com"]),
        );
    },
    |n, c| {
        c.policy["allow_subdomains"] = json!(false);
        c.policy["allow_glob_domains"] = json!(!n.one_in(5));
        c.policy["allowed_domains"] = json!([n.pick(&["*.example.com", "*.example.com", "a*m"])]);
        c.set("cn", n.pick(&["a.example.com", "ftp.x.y.example.com", "a.Example.com", "*.example.com"]));
    },
    |n, c| {
        c.policy["allow_any_name"] = json!(!n.one_in(5));
        c.set(
            "cn",
            n.pick(&["evil.test", "*", "a@evil.test", "foo_bar.test", "10.0.0.1", "*.*.test", "a.*.test"]),
        );
    },
    |n, c| {
        c.policy["allow_localhost"] = json!(n.one_in(3));
        c.set("cn", n.pick(&["localhost", "a@localhost", "*.localhost", "b.localdomain", "localdomain"]));
    },
    |n, c| {
        c.policy["allow_wildcard_certificates"] = json!(n.one_in(4));
        c.set("cn", n.pick(&["*.example.com", "w*.example.com", "a.example.com", "*.b.example.com"]));
    },
    |n, c| {
        c.policy["enforce_hostnames"] = json!(n.one_in(4));
        c.set("dns", n.pick(&["x_y.example.com", "-x.example.com", "b.example.com", "x y.example.com"]));
    },
    |n, c| {
        c.policy["require_cn"] = json!(n.one_in(4));
        c.drop("cn");
        c.set("dns", n.pick(&["b.example.com", "*.example.com"]));
    },
    |n, c| {
        c.policy["allow_ip_sans"] = json!(n.one_in(3));
        c.set("ip", n.pick(&["10.0.0.1", "2001:db8::1"]));
    },
    |n, c| {
        c.policy["allowed_ip_sans_cidr"] =
            json!([n.pick(&["10.0.0.0/8", "192.168.0.0/16", "2001:db8::/32"])]);
        c.set("ip", n.pick(&["10.0.0.1", "::ffff:10.0.0.1", "2001:db8::1", "192.168.1.1"]));
    },
    |n, c| {
        c.policy["allowed_uri_sans"] = json!([n.pick(&["spiffe://td/*", "spiffe://td/a", "*"])]);
        c.set("uri", n.pick(&["spiffe://td/a", "spiffe://TD/a", "https://x.test/"]));
    },
    |n, c| {
        c.policy["allowed_serial_numbers"] = json!([n.pick(&["12*", "1*", "a*", "1234"])]);
        c.set("serial", n.pick(&["123", "12", "1234", "abc"]));
    },
    |n, c| {
        c.policy["allow_bare_domains"] = json!(true);
        c.policy["cn_validations"] = json!([n.pick(&["email", "hostname", "hostname"])]);
        c.set("cn", n.pick(&["a@example.com", "a.example.com", "b@a.example.com"]));
        if n.one_in(5) {
            c.policy["cn_validations"] = json!(["disabled"]);
            c.set("cn", n.pick(&["evil.test", "a.example.com"]));
            c.tell("parameters", "excludeCnFromSans", json!(true));
        }
    },
    |n, c| {
        c.policy["key_type"] = json!(n.pick(&["rsa", "ec", "ed25519", "any"]));
        c.set("key", n.pick(&["RSA-2048", "P-256", "P-384", "Ed25519", "RSA-1024"]));
    },
    |n, c| {
        c.policy["not_after_bound"] =
            json!(n.pick(&["permit", "ttl-limited", "forbid", "2026-01-10T00:00:00Z"]));
        c.policy["ttl"] = json!("24h");
        let end = n.pick(&["2026-01-01T12:00:00Z", "2026-01-05T00:00:00Z", "2026-07-01T00:00:00Z"]);
        c.tell("", "notAfter", json!(end));
        c.context.as_object_mut().expect("a map").remove("duration");
    },
    |n, c| {
        c.policy["max_ttl"] = json!(n.pick(&["24h", "48h", "2000h"]));
        if c.context.get("notAfter").is_none() {
            c.tell("", "duration", json!(n.pick(&["12h", "100h", "900h"])));
        }
    },
    |n, c| {
        c.policy["ttl"] = json!(n.pick(&["1h", "24h", "100h"]));
        c.policy.as_object_mut().expect("a map").remove("max_ttl");
    },
    |n, c| {
        c.policy["allow_token_displayname"] = json!(!n.one_in(4));
        c.tell("facts", "tokenDisplayName", json!(n.pick(&["token.test", "me@token.test"])));
        c.set("cn", n.pick(&["token.test", "a.token.test", "*.token.test", "b@a.token.test"]));
    },
];
