//! Configurations of kubelet-csr-approver.

use certgate_bindings::import::Peer;
use serde_json::{Value, json};

use super::{Exception, Row, Verdict, Why, request};
use Why::Stricter;

/// A request of the node `n1` for serving.
fn row(id: &'static str, options: Value, username: &str, parts: &[(&str, &str)], more: Value) -> Row {
    let mut context = json!({
        "signerName": "kubernetes.io/kubelet-serving",
        "requester": { "username": username, "groups": ["system:nodes"] },
        "usages": ["digital signature", "server auth"],
    });
    context.as_object_mut().expect("a map").extend(more.as_object().expect("a map").clone());
    let base = [("o", "system:nodes"), ("cn", "system:node:n1")];
    Row {
        id,
        peer: Peer::KubeletCsrApprover,
        policy: options,
        request: request(&[&base, parts].concat()).der(),
        context,
        theirs: Verdict::Deny,
    }
}

pub fn rows() -> Vec<Row> {
    let n1 = "system:node:n1";
    let resolved = |name: &str| json!({ "facts": { format!("resolved-{name}"): "10.0.0.1", "dnsResolution": "allowed" } });
    let dns = [("dns", "n1")];
    let mut long = resolved("n1");
    long["duration"] = json!("400d");
    vec![
        row("KA-3", json!({}), "system:node:n2", &dns, resolved("n1")),
        row("KA-5", json!({}), n1, &[("dns", "n2")], resolved("n2")),
        row(
            "KA-6",
            json!({ "provider-regex": r"^n[0-9]+\.prod$" }),
            n1,
            &[("dns", "n1.dev")],
            resolved("n1.dev"),
        ),
        row("KA-10", json!({}), n1, &dns, json!({})),
        row("KA-11", json!({}), n1, &dns, long),
    ]
}

pub const EXCEPTIONS: &[Exception] = &[Exception {
    id: "KA-6",
    ours: Verdict::Refused,
    why: Stricter("a regular expression beside the check of the node's name cannot be said"),
}];
