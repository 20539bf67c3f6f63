use serde_json::json;

use super::{Case, Change};

pub(super) fn base() -> Case {
    Case {
        policy: json!({ "signing": {
            "default": { "expiry": "24h", "usages": ["digital signature", "server auth"] },
            "profiles": { "short": { "expiry": "1h", "usages": ["client auth"], "name_whitelist": "^a" } },
        } }),
        parts: vec![("cn", "a.example.com"), ("dns", "a.example.com")],
        context: json!({}),
    }
}

pub(super) const FIELDS: &[&str] = &[
    "/signing/default/expiry",
    "/signing/default/usages",
    "/signing/default/name_whitelist",
    "/signing/default/backdate",
    "/signing/default/not_after",
    "/signing/default/ca_constraint",
    "/signing/default/CSRWhitelist",
    "/signing/default/copy_extensions",
    "/signing/profiles/short",
];

pub(super) const CHANGES: &[Change] = &[
    |n, c| c.policy["signing"]["default"]["expiry"] = json!(n.pick(&["1h", "48h"])),
    |n, c| {
        let lists: [&[&str]; 4] = [&["bogus"], &["bogus", "server auth"], &[], &["client auth"]];
        c.policy["signing"]["default"]["usages"] = json!(n.pick(&lists));
    },
    |n, c| {
        c.policy["signing"]["default"]["name_whitelist"] =
            json!(n.pick(&["^[a-z]+[.]example[.]com$", "example", "^b", "@"]));
        c.set("dns", n.pick(&["a.example.com", "b.example.com", "evil.test"]));
        if n.one_in(3) {
            c.set("ip", "203.0.113.9");
        }
        if n.one_in(3) {
            c.set("email", n.pick(&["a@example.com", "b@evil.test"]));
        }
    },
    |n, c| c.policy["signing"]["default"]["backdate"] = json!(n.pick(&["1m", "1h"])),
    |n, c| {
        c.policy["signing"]["default"]["not_after"] =
            json!(n.pick(&["2027-01-01T00:00:00Z", "2030-01-01T00:00:00Z"]));
    },
    |n, c| {
        c.policy["signing"]["default"]["ca_constraint"] = json!({ "is_ca": !n.one_in(4) });
        c.policy["signing"]["default"]["usages"] = json!(["cert sign"]);
        if n.one_in(2) {
            c.set("ip", "10.0.0.1");
        }
    },
    |n, c| {
        c.policy["signing"]["default"]["CSRWhitelist"] =
            json!({ "Subject": n.one_in(2), "DNSNames": n.one_in(2), "IPAddresses": true });
        c.policy["signing"]["default"]["name_whitelist"] = json!("^b");
        c.set("cn", n.pick(&["b", "a"]));
    },
    |n, c| {
        c.policy["signing"]["default"]["copy_extensions"] = json!(!n.one_in(4));
        c.tell("parameters", "hosts", json!(n.pick(&["b.example.com", "10.0.0.1", "a@b.test"])));
    },
    |n, c| {
        c.tell("parameters", "profile", json!(n.pick(&["short", "no"])));
        c.set("cn", n.pick(&["a.example.com", "b.example.com"]));
    },
    |n, c| {
        // Denied more often than not, so that both sides have their share.
        c.policy["signing"]["default"]["name_whitelist"] = json!(n.pick(&["^x", "^y", "^b"]));
    },
    |n, c| {
        c.policy["signing"]["default"]["name_whitelist"] = json!("^a");
        c.set("cn", n.pick(&["b.example.com", "c", "a"]));
    },
];
