use serde_json::json;

use super::{Case, Change};

pub(super) fn base() -> Case {
    let spec = json!({
        "selector": { "issuerRef": {} },
        "allowed": { "dnsNames": { "values": ["*.example.com"] } },
    });
    Case {
        policy: json!({
            "apiVersion": "policy.cert-manager.io/v1alpha1",
            "kind": "CertificateRequestPolicy",
            "metadata": { "name": "p" },
            "spec": spec,
        }),
        parts: vec![("dns", "a.example.com")],
        context: json!({ "usages": [], "issuer": { "name": "ca" }, "namespace": "team-a" }),
    }
}

pub(super) const FIELDS: &[&str] = &[
    "/spec/allowed/dnsNames",
    "/spec/allowed/commonName",
    "/spec/allowed/ipAddresses",
    "/spec/allowed/uris",
    "/spec/allowed/emailAddresses",
    "/spec/allowed/isCA",
    "/spec/allowed/usages",
    "/spec/allowed/subject/organizations",
    "/spec/allowed/subject/otherAttributes",
    "/spec/constraints/minDuration",
    "/spec/constraints/maxDuration",
    "/spec/constraints/privateKey/algorithm",
    "/spec/constraints/privateKey/minSize",
    "/spec/constraints/privateKey/maxSize",
    "/spec/selector/issuerRef/name",
    "/spec/selector/namespace",
];

fn slice(n: &mut super::Numbers, patterns: &[&str]) -> serde_json::Value {
    let mut slice = json!({ "values": [n.pick(patterns)] });
    if n.one_in(3) {
        slice["required"] = json!(true);
    }
    slice
}

pub(super) const CHANGES: &[Change] = &[
    |n, c| {
        c.policy["spec"]["allowed"]["dnsNames"] = slice(n, &["*.example.com", "*", "a.*", "b.test"]);
        c.drop("dns");
        if !n.one_in(3) {
            c.set(
                "dns",
                n.pick(&["a.example.com", "example.com", "*.example.com", "A.EXAMPLE.COM", "b.test"]),
            );
        }
    },
    |n, c| {
        let value = n.pick(&["a.example.com", "*", "jane*", ""]);
        c.policy["spec"]["allowed"]["commonName"] = json!({ "value": value, "required": n.one_in(2) });
        c.drop("cn");
        if !n.one_in(3) {
            c.set("cn", n.pick(&["a.example.com", "jane doe", "Jane", ""]));
        }
    },
    |n, c| {
        c.policy["spec"]["allowed"]["ipAddresses"] = slice(n, &["10.0.*", "10.0.0.0/8", "2001:db8:*", "*"]);
        c.set("ip", n.pick(&["10.0.0.1", "10.1.0.1", "2001:db8::1"]));
    },
    |n, c| {
        c.policy["spec"]["allowed"]["uris"] = slice(n, &["spiffe://td/*", "*", "https://x"]);
        c.set("uri", n.pick(&["spiffe://td/a", "https://x", "spiffe://other/a"]));
    },
    |n, c| {
        c.policy["spec"]["allowed"]["emailAddresses"] = slice(n, &["*@example.com", "a@*", "*"]);
        c.set("email", n.pick(&["a@example.com", "b@example.com", "a@EXAMPLE.com"]));
    },
    |n, c| {
        c.policy["spec"]["allowed"]["isCA"] = json!(!n.one_in(3));
        c.tell("parameters", "isCA", json!(true));
    },
    |n, c| {
        let lists: [&[&str]; 4] = [&["*"], &["digital signature", "server auth"], &["*sign*"], &["* auth"]];
        c.policy["spec"]["allowed"]["usages"] = json!(n.pick(&lists));
        let asked: [&[&str]; 5] =
            [&["server auth"], &["signing"], &["cert sign"], &["digital signature", "client auth"], &[]];
        c.tell("", "usages", json!(n.pick(&asked)));
    },
    |n, c| {
        c.policy["spec"]["allowed"]["subject"] = json!({ "organizations": slice(n, &["Acme", "A*", "*"]) });
        c.drop("o");
        if !n.one_in(4) {
            c.set("o", n.pick(&["Acme", "Evil", "Abc"]));
        }
    },
    |n, c| {
        let mut other = slice(n, &["a@*", "*"]);
        other["oid"] = json!("1.2.840.113549.1.9.1");
        c.policy["spec"]["allowed"]["subject"] = json!({ "otherAttributes": [other] });
        c.set("mail", n.pick(&["a@example.com", "b@example.com"]));
    },
    |n, c| {
        c.policy["spec"]["constraints"]["minDuration"] = json!(n.pick(&["1h", "24h"]));
        c.tell("", "duration", json!(n.pick(&["30m", "1h", "24h", "100h"])));
    },
    |n, c| {
        c.policy["spec"]["constraints"]["maxDuration"] = json!(n.pick(&["24h", "72h"]));
        if n.one_in(3) {
            c.context.as_object_mut().expect("a map").remove("duration");
        } else {
            c.tell("", "duration", json!(n.pick(&["24h", "24h1s", "72h", "100h"])));
        }
    },
    |n, c| {
        c.policy["spec"]["constraints"]["privateKey"] =
            json!({ "algorithm": n.pick(&["RSA", "ECDSA", "Ed25519"]) });
        c.set("key", n.pick(&["RSA-2048", "P-256", "Ed25519"]));
    },
    |n, c| {
        c.policy["spec"]["constraints"]["privateKey"] = json!({ "minSize": n.pick(&[256, 384, 2048, 3072]) });
        c.set("key", n.pick(&["RSA-2048", "P-256", "P-384", "Ed25519", "RSA-3072"]));
    },
    |n, c| {
        c.policy["spec"]["constraints"]["privateKey"] = json!({ "maxSize": n.pick(&[256, 256, 384, 2048]) });
        c.set("key", n.pick(&["RSA-2048", "P-256", "P-384", "Ed25519", "RSA-3072"]));
    },
    |n, c| {
        c.policy["spec"]["selector"]["issuerRef"] =
            json!({ "name": n.pick(&["ca", "vault-*", "vault-*", "*"]) });
        if n.one_in(3) {
            c.policy["spec"]["selector"]["issuerRef"]["kind"] = json!(n.pick(&["Issuer", "ClusterIssuer"]));
        }
    },
    |n, c| {
        c.policy["spec"]["selector"]["namespace"] =
            json!({ "matchNames": [n.pick(&["team-*", "team-b", "*"])] });
        c.tell("", "namespace", json!(n.pick(&["team-a", "prod"])));
    },
];
