//! Kubernetes objects on standard input: request, requester, usages and lifetime come out of them.

use base64::Engine;
use certgate_tests::certificate::Cert;
use certgate_tests::command::{Said, run};
use certgate_tests::der::{printable, seq, set};
use certgate_tests::request::{
    Csr, attributes, atv, cn, dns, extension_request, pem as certificate_pem, san,
};
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

/// Who signs in a cluster signs what was asked for, and not the template; `certgate issue` issues the template.
#[test]
fn an_object_is_judged_as_its_signer_issues_it() {
    let folder = folder();
    let folder = folder.path();
    let policy = |max: &str| {
        format!(
            "version: 1
id: issuers
names: {{ dns: {{ allow: [a.example.com] }} }}
keys: {{ EC: [P-256] }}
usages: {{ extended: [serverAuth] }}
validity: {{ default: 24h, {max} }}
"
        )
    };
    let object = |spec: &str| {
        format!(
            "apiVersion: cert-manager.io/v1\nkind: CertificateRequest\nmetadata: {{ name: web-1 }}\n\
             spec: {{ request: {}, issuerRef: {{ name: web }}, usages: [digital signature, server auth]{spec} }}\n",
            pem64(&Csr::default())
        )
    };
    let codes = |decision: &Value| -> Vec<Value> {
        let reasons = decision["reasons"].as_array().expect("reasons");
        reasons.iter().map(|reason| reason["code"].clone()).collect()
    };
    // 2160h, where nothing else is asked for.
    write(folder, "short.yaml", policy("max: 7d"));
    let (said, decision) = check(folder, "short.yaml", &object(""));
    assert_eq!((said.exit, codes(&decision)), (1, vec!["policy/validity-too-long".into()]), "{said:?}");
    assert_eq!(check(folder, "short.yaml", &object(", duration: 1h")).0.exit, 0);
    write(folder, "clamp.yaml", policy("max: 7d, overMax: clamp"));
    let (said, decision) = check(folder, "clamp.yaml", &object(", duration: 240h"));
    assert_eq!((said.exit, codes(&decision)), (1, vec!["policy/not-as-requested".into()]), "{said:?}");
    // Whoever knows better says so.
    write(folder, "context.yaml", "asRequested: false\n");
    let arguments = ["check", "--policy", "clamp.yaml", "--context", "context.yaml", "--at", AT, "-"];
    let said = run(folder, &arguments, object(", duration: 240h").as_bytes());
    assert_eq!(said.exit, 0, "{said:?}");
    write(folder, "context.yaml", "defaultDuration: 24h\n");
    let arguments = ["check", "--policy", "short.yaml", "--context", "context.yaml", "--at", AT, "-"];
    assert_eq!(run(folder, &arguments, object("").as_bytes()).exit, 0);
}

#[test]
fn other_objects_are_named() {
    let folder = folder();
    let pod = "apiVersion: certificates.k8s.io/v1\nkind: ClusterTrustBundle\nmetadata: { name: x }\n";
    let (said, answer) = check(folder.path(), "policy.yaml", pod);
    assert_eq!(said.exit, 3);
    assert_eq!(answer["reasons"][0]["code"], "context/object", "{said:?}");
}

/// A Secret may bring its anchor; an input beside it that has none takes nothing from its answer, and one that cannot be read says
/// why.
#[test]
fn inputs_without_an_anchor_are_answered_one_by_one() {
    let folder = folder();
    let folder = folder.path();
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let leaf = certificate_pem("CERTIFICATE", &Cert::leaf("a.example.com", "root").der());
    let root = certificate_pem("CERTIFICATE", &Cert::root("root").der());
    let secret = format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{ name: web }}\ntype: kubernetes.io/tls\n\
         data:\n  tls.crt: {}\n  ca.crt: {}\n",
        encode(&leaf),
        encode(&root)
    );
    write(folder, "secret.yaml", &secret);
    write(folder, "broken.yaml", secret.replace("data:", "data: ["));
    write(folder, "leaf.pem", &leaf);
    let verify = |files: &[&str]| run(folder, &[&["verify", "--at", AT], files].concat(), b"");
    let missing = "there is no trust anchor";
    let both = verify(&["secret.yaml", "leaf.pem"]);
    assert_eq!(both.exit, 3, "{both:?}");
    assert!(both.stdout.contains("web: verified"), "{both:?}");
    assert!(
        both.stderr.contains("leaf.pem: cannot be verified") && both.stderr.contains(missing),
        "{both:?}"
    );
    let broken = verify(&["broken.yaml"]);
    assert_eq!(broken.exit, 3, "{broken:?}");
    assert!(!broken.stderr.contains(missing), "{broken:?}");
    let broken = verify(&["broken.yaml", "leaf.pem"]);
    assert_eq!(broken.exit, 2, "{broken:?}");
    assert!(broken.stderr.contains("broken.yaml: cannot be read"), "{broken:?}");
    let none = verify(&["leaf.pem"]);
    assert_eq!((none.exit, none.stdout.as_str()), (2, ""), "{none:?}");
    assert!(none.stderr.contains(missing), "{none:?}");
}
