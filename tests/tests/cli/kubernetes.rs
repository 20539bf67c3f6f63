//! Kubernetes objects on standard input: request, requester, usages and lifetime come out of them.

use base64::Engine;
use certgate_tests::command::{Said, run};
use certgate_tests::der::{printable, seq, set};
use certgate_tests::request::{Csr, attributes, atv, cn, dns, extension_request, san};
use certgate_tests::vector::AT;
use serde_json::Value;

use crate::{folder, write};

fn pem64(csr: &Csr) -> String {
    base64::engine::general_purpose::STANDARD.encode(csr.pem())
}

fn check(folder: &std::path::Path, policy: &str, object: &str) -> (Said, Value) {
    let arguments = ["check", "--policy", policy, "--at", AT, "--format", "ndjson", "-"];
    let said = run(folder, &arguments, object.as_bytes());
    let first = said.stdout.lines().next().map(|line| serde_json::from_str(line).expect("JSON"));
    (said, first.unwrap_or_default())
}

/// What a kubelet sends for its serving certificate.
fn kubelet() -> Csr {
    let subject = [atv("2.5.4.10", printable("system:nodes")), cn("system:node:n1")];
    Csr {
        subject: seq(&subject.map(|attribute| set(&[attribute]))),
        attributes: Some(attributes(&[extension_request(&[san(&[dns("n1")])])])),
        ..Csr::default()
    }
}

fn signing_request(username: &str, usages: &str) -> String {
    format!(
        "apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata:
  name: csr-n1
  creationTimestamp: \"2026-01-01T00:00:00Z\"
spec:
  request: {}
  signerName: kubernetes.io/kubelet-serving
  expirationSeconds: 3600
  username: {username}
  groups: [system:nodes, system:authenticated]
  usages: {usages}
status: {{}}
",
        pem64(&kubelet())
    )
}

#[test]
fn a_signing_request_brings_its_context() {
    let folder = folder();
    let folder = folder.path();
    let object = signing_request("system:node:n1", "[digital signature, server auth]");
    let (said, decision) = check(folder, "kubelet-serving", &object);
    assert_eq!(said.exit, 0, "{said:?}");
    assert_eq!(decision["input"], "standard input: CertificateSigningRequest/csr-n1");
    // Its hour, with the backdating of five minutes that the policy asks for.
    assert_eq!(decision["template"]["notBefore"], "2025-12-31T23:55:00Z");
    assert_eq!(decision["template"]["notAfter"], "2026-01-01T00:54:59Z");
    let object = signing_request("system:node:n2", "[digital signature, server auth]");
    assert_eq!(check(folder, "kubelet-serving", &object).0.exit, 1, "another node's name");
    let object = signing_request("system:node:n1", "[digital signature, client auth]");
    assert_eq!(check(folder, "kubelet-serving", &object).0.exit, 1, "another usage");
}

#[test]
fn a_list_is_judged_item_by_item() {
    let folder = folder();
    let folder = folder.path();
    let item = |username: &str| {
        let object = signing_request(username, "[digital signature, server auth]");
        object.lines().map(|line| format!("    {line}\n")).collect::<String>().replacen("   ", "  -", 1)
    };
    let list =
        format!("apiVersion: v1\nkind: List\nitems:\n{}{}", item("system:node:n1"), item("system:node:n2"));
    let (said, first) = check(folder, "kubelet-serving", &list);
    assert_eq!(said.exit, 1, "{said:?}");
    let outcomes: Vec<Value> = said
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["outcome"].clone())
        .collect();
    assert_eq!(outcomes, ["allowed", "denied"]);
    assert_eq!(first["outcome"], "allowed");
}

#[test]
fn a_list_without_items_is_not_passed_over_in_silence() {
    let folder = folder();
    let list = b"apiVersion: v1\nkind: List\nitems: []\n";
    for (format, stdout) in [("text", ""), ("json", "[]\n")] {
        let arguments = ["check", "--policy", "kubelet-serving", "--at", AT, "--format", format, "-"];
        let said = run(folder.path(), &arguments, list);
        assert_eq!((said.exit, said.stdout.as_str()), (0, stdout));
        assert_eq!(said.stderr, "certgate: standard input: the List has no items, so nothing was judged\n");
    }
}

#[test]
fn a_request_of_cert_manager_brings_its_context() {
    let folder = folder();
    let folder = folder.path();
    let policy = "version: 1
id: issuers
select: { namespace: [shop], issuer: { name: [web], kind: [ClusterIssuer] } }
names: { dns: { allow: [a.example.com] } }
keys: { EC: [P-256] }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 90d }
";
    write(folder, "issuers.yaml", policy);
    let object = |namespace: &str, duration: &str| {
        format!(
            "{{\"apiVersion\":\"cert-manager.io/v1\",\"kind\":\"CertificateRequest\",\
             \"metadata\":{{\"name\":\"web-1\",\"namespace\":\"{namespace}\"}},\
             \"spec\":{{\"request\":\"{}\",\"duration\":\"{duration}\",\"issuerRef\":{{\"name\":\"web\",\
             \"kind\":\"ClusterIssuer\"}},\"usages\":[\"digital signature\",\"server auth\"]}}}}",
            pem64(&Csr::default())
        )
    };
    let (said, decision) = check(folder, "issuers.yaml", &object("shop", "2h0m0s"));
    assert_eq!(said.exit, 0, "{said:?}");
    assert_eq!(decision["input"], "standard input: CertificateRequest/web-1");
    assert_eq!(decision["template"]["notAfter"], "2026-01-01T01:59:29Z");
    let (said, decision) = check(folder, "issuers.yaml", &object("bank", "2h0m0s"));
    assert_eq!((said.exit, &decision["outcome"]), (1, &"notApplicable".into()), "{said:?}");
    assert_eq!(check(folder, "issuers.yaml", &object("shop", "soon")).0.exit, 3);
}

#[test]
fn other_objects_are_named() {
    let folder = folder();
    let pod = "apiVersion: certificates.k8s.io/v1\nkind: ClusterTrustBundle\nmetadata: { name: x }\n";
    let (said, answer) = check(folder.path(), "policy.yaml", pod);
    assert_eq!(said.exit, 3);
    assert_eq!(answer["reasons"][0]["code"], "context/object", "{said:?}");
}
