use serde_json::json;

use super::{Case, Change};

const N1: [(&str, &str); 2] = [("o", "system:nodes"), ("cn", "system:node:n1")];
const SERVING: &str = "kubernetes.io/kubelet-serving";
const CLIENT: &str = "kubernetes.io/kube-apiserver-client";
const KUBELET: &str = "kubernetes.io/kube-apiserver-client-kubelet";

pub(super) fn signer() -> Case {
    Case {
        policy: json!({ "signerName": SERVING }),
        parts: [&N1[..], &[("dns", "n1")]].concat(),
        context: json!({ "signerName": SERVING, "usages": ["digital signature", "server auth"] }),
    }
}

pub(super) const SIGNER_FIELDS: &[&str] = &["/signerName", "/clusterSigningDuration"];

const WORDS: [&[&str]; 9] = [
    &["digital signature", "server auth"],
    &["digital signature", "key encipherment", "server auth"],
    &["key encipherment", "server auth"],
    &["digital signature", "client auth"],
    &["client auth"],
    &["signing", "server auth"],
    &["client auth", "server auth"],
    &["digital signature", "server auth", "server auth"],
    &["digital signature", "client auth", "server auth"],
];

pub(super) const SIGNER_CHANGES: &[Change] = &[
    |n, c| {
        // Another signer with what it signs.
        let name = n.pick(&[CLIENT, KUBELET]);
        c.policy["signerName"] = json!(name);
        c.context["signerName"] = json!(name);
        c.context["usages"] =
            json!(n.pick(&[&["digital signature", "client auth"][..], &["client auth"], &["server auth"]]));
        c.drop("dns");
        if n.one_in(4) {
            c.set("dns", "n1");
        }
    },
    |n, c| c.context["usages"] = json!(n.pick(&WORDS)),
    |n, c| c.set("o", n.pick(&["system:nodes", "system:masters", "dev"])),
    |n, c| c.set("cn", n.pick(&["system:node:n1", "node:n1", "jane", "system:node:"])),
    |n, c| {
        c.drop("dns");
        c.set("ip", n.pick(&["10.0.0.1", "2001:db8::1"]));
    },
    |n, c| {
        if n.one_in(2) {
            c.drop("dns");
        }
    },
    |n, c| c.set("uri", n.pick(&["spiffe://x/y", "https://x.test/"])),
    |n, c| c.tell("", "duration", json!(n.pick(&["599s", "600s", "8h", "90000h", "1h"]))),
    |n, c| {
        c.policy["clusterSigningDuration"] = json!(n.pick(&["5m", "1h", "7h", "8h", "100h"]));
        if n.one_in(2) {
            c.tell("", "duration", json!(n.pick(&["600s", "30m", "8h", "200h"])));
        }
    },
    |n, c| {
        c.policy["signerName"] = json!(KUBELET);
        c.context["signerName"] = json!(KUBELET);
        c.context["usages"] = json!(["digital signature", "client auth"]);
        c.drop("dns");
        c.tell("requester", "username", json!(n.pick(&["system:node:n1", "system:node:n2"])));
        let fact = n.pick(&["selfnodeclient", "nodeclient"]);
        c.tell("facts", fact, json!(n.pick(&["allowed", "denied"])));
    },
    |n, c| c.set("email", n.pick(&["a@example.com", "b@example.com"])),
];

pub(super) fn kubelet() -> Case {
    Case {
        policy: json!({}),
        parts: [&N1[..], &[("dns", "n1")]].concat(),
        context: json!({
            "signerName": SERVING,
            "requester": { "username": "system:node:n1" },
            "usages": ["digital signature", "server auth"],
            "facts": { "resolved-n1": "10.0.0.1" },
        }),
    }
}

pub(super) const KUBELET_FIELDS: &[&str] = &[
    "/allowed-dns-names",
    "/bypass-dns-resolution",
    "/bypass-hostname-check",
    "/ignore-non-system-node",
    "/max-expiration-seconds",
    "/provider-ip-prefixes",
    "/provider-regex",
    "/skip-deny-step",
];

pub(super) const KUBELET_CHANGES: &[Change] = &[
    |n, c| {
        c.policy["allowed-dns-names"] = json!(n.below(4));
        c.parts.push(("dns", "n1.prod"));
        c.tell("facts", "resolved-n1.prod", json!("10.0.0.2"));
    },
    |n, c| {
        c.policy["bypass-dns-resolution"] = json!(!n.one_in(4));
        c.tell("facts", "resolved-n1", json!(n.pick(&["10.0.0.9", "10.0.0.1"])));
        if n.one_in(2) {
            c.context["facts"].as_object_mut().expect("a map").remove("resolved-n1");
        }
        c.set("ip", n.pick(&["10.0.0.1", "10.0.0.9"]));
    },
    |n, c| {
        c.policy["bypass-hostname-check"] = json!(!n.one_in(4));
        c.set("dns", n.pick(&["n2", "n10", "other"]));
        let name = c.parts.iter().rev().find(|(kind, _)| *kind == "dns").expect("a name").1;
        c.tell("facts", &format!("resolved-{name}"), json!("10.0.0.1"));
    },
    |n, c| {
        c.policy["ignore-non-system-node"] = json!(n.one_in(2));
        c.tell("requester", "username", json!(n.pick(&["jane", "system:serviceaccount:x"])));
    },
    |n, c| {
        c.policy["max-expiration-seconds"] = json!(n.pick(&[3_600, 86_400]));
        c.tell("", "duration", json!(n.pick(&["1h", "2h", "24h", "400h"])));
    },
    |n, c| {
        c.policy["provider-ip-prefixes"] = json!([n.pick(&["10.0.0.0/8", "192.168.0.0/16"])]);
        c.set("ip", n.pick(&["10.0.0.1", "192.168.0.1"]));
    },
    |n, c| {
        c.policy["provider-regex"] = json!(n.pick(&["^n[0-9]$", "prod", "n1", "^x"]));
        if n.one_in(3) {
            c.set("dns", "n1.prod");
            c.tell("facts", "resolved-n1.prod", json!("10.0.0.1"));
        }
    },
    |n, c| {
        c.policy["skip-deny-step"] = json!(!n.one_in(4));
        c.set("cn", n.pick(&["system:node:n2", "system:node:n1"]));
    },
    |n, c| {
        c.tell("requester", "username", json!(n.pick(&["system:node:n1", "system:node:n", "system:node:n2"])))
    },
    |n, c| {
        c.set("ip", n.pick(&["10.0.0.1", "10.0.0.2"]));
        if n.one_in(3) {
            c.drop("dns");
        }
    },
];
