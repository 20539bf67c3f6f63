//! The signers that are built into Kubernetes.

use certgate_bindings::import::Peer;
use serde_json::{Value, json};

use super::{Exception, Row, Verdict, Why, request};
use Why::Normalised;

const SER: &str = "kubernetes.io/kubelet-serving";
const CLI: &str = "kubernetes.io/kube-apiserver-client-kubelet";
const API: &str = "kubernetes.io/kube-apiserver-client";
/// Organisation and common name of the base subject.
const N1: [(&str, &str); 2] = [("o", "system:nodes"), ("cn", "system:node:n1")];

pub(super) fn row(
    id: &'static str,
    signer: &str,
    parts: &[(&str, &str)],
    usages: &str,
    theirs: Verdict,
) -> Row {
    let words: Vec<&str> = usages
        .split_whitespace()
        .map(|word| match word {
            "DS" => "digital signature",
            "KE" => "key encipherment",
            "SA" => "server auth",
            "CA" => "client auth",
            other => other,
        })
        .collect();
    Row {
        id,
        peer: Peer::KubernetesSigner,
        policy: json!({ "signerName": signer }),
        request: request(parts).der(),
        context: json!({ "signerName": signer, "usages": words }),
        theirs,
    }
}

fn node(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    [&N1, more].concat()
}

fn lasting(row: Row, seconds: u64) -> Row {
    let mut context = row.context.clone();
    context["duration"] = Value::from(format!("{seconds}s"));
    Row { context, ..row }
}

pub fn rows() -> Vec<Row> {
    let any = || Verdict::Allow(None);
    let deny = || Verdict::Deny;
    let jane = [("cn", "jane")];
    let dns = node(&[("dns", "n1")]);
    vec![
        row("K8-01", SER, &dns, "DS KE SA", Verdict::names(&["dns n1"])),
        row("K8-02", SER, &node(&[("ip", "10.0.0.1")]), "DS SA", Verdict::names(&["ip 10.0.0.1"])),
        row("K8-03", SER, &dns, "SA KE DS", any()),
        row("K8-04", SER, &dns, "KE SA", deny()),
        row("K8-06", SER, &dns, "signing SA", deny()),
        row("K8-08", SER, &N1, "DS SA", deny()),
        row("K8-10", SER, &node(&[("dns", "n1"), ("uri", "spiffe://x/y")]), "DS SA", deny()),
        row("K8-12", SER, &[("o", "system:masters"), N1[1], ("dns", "n1")], "DS SA", deny()),
        row("K8-13", SER, &[N1[0], ("cn", "node:n1"), ("dns", "n1")], "DS SA", deny()),
        row("K8-14", SER, &node(&[("dns", "evil.example.com")]), "DS SA", any()),
        row("K8-15", CLI, &N1, "DS KE CA", Verdict::names(&[])),
        row("K8-18", CLI, &node(&[("ip", "10.0.0.1")]), "DS CA", deny()),
        row("K8-19", CLI, &N1, "DS SA", deny()),
        row("K8-21", API, &[("cn", "jane"), ("o", "dev")], "CA", any()),
        row("K8-22", API, &jane, "DS KE CA", any()),
        row("K8-23", API, &jane, "DS KE", deny()),
        row("K8-24", API, &jane, "CA SA", deny()),
        row("K8-25", API, &[("cn", "jane"), ("o", "system:masters")], "CA", deny()),
        row("K8-27", "kubernetes.io/legacy-unknown", &jane, "CA", Verdict::Refused),
        lasting(row("K8-33", API, &jane, "CA", deny()), 599),
        lasting(row("K8-34", API, &jane, "CA", any()), 600),
        lasting(row("K8-35", API, &jane, "CA", any()), 10 * 365 * 86_400),
        row("K8-39", CLI, &N1, "DS CA", any()),
    ]
}

pub const EXCEPTIONS: &[Exception] =
    &[Exception { id: "K8-06", ours: Verdict::Allow(None), why: Normalised("usage synonyms") }];

pub const ELSEWHERE: &[(&str, &str)] = &[
    ("K8-28", "the API checks the object before any policy, for signers of others too"),
    ("K8-29", "the API checks the object before any policy, for signers of others too"),
    ("K8-32", "the API checks the object before any policy, for signers of others too"),
    ("K8-38", "the engine knows no ML-DSA: row 34 of the hostile inputs shows that such keys are denied"),
    ("K8-40", "the host finds out what the requester may do: the importer says so"),
];
