//! `certgate-webhook doctor` on folders and on what a cluster has.

use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};

const POLICY: &str = "version: 1\nid: team\nselect: { signerName: [example.com/a] }\nnames: { dns: { allow: [a.example.com] } }\nkeys: { EC: [P-256] }\nusages: { extended: [serverAuth] }\nvalidity: { default: 24h, max: 90d }\n";

fn doctor(arguments: &[&str], folder: &Path) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_certgate-webhook"))
        .arg("doctor")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary");
    (output.status.code(), String::from_utf8(output.stdout).expect("text"))
}

/// A folder `tls` with a self-signed certificate for `name`; gives the certificate.
fn write_pair(folder: &Path, name: &str) -> String {
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new([name.to_owned()]).unwrap().self_signed(&key).unwrap().pem();
    std::fs::create_dir_all(folder.join("tls")).unwrap();
    std::fs::write(folder.join("tls/tls.key"), key.serialize_pem()).unwrap();
    std::fs::write(folder.join("tls/tls.crt"), &certificate).unwrap();
    certificate
}

fn cluster(bundle: &str, resources: &[&str], arguments: &[&str]) -> Value {
    json!({ "apiVersion": "v1", "kind": "List", "items": [
        {
            "kind": "ValidatingWebhookConfiguration",
            "webhooks": [{
                "name": "requests.certgate.io",
                "failurePolicy": "Ignore",
                "clientConfig": {
                    "caBundle": STANDARD.encode(bundle),
                    "service": { "name": "hook", "namespace": "pki", "path": "/validate" },
                },
                "rules": [{
                    "apiGroups": ["certificates.k8s.io"], "resources": resources,
                    "operations": ["CREATE", "UPDATE"],
                }],
            }],
        },
        {
            "kind": "Deployment",
            "spec": { "template": { "spec": { "containers": [
                { "image": "quay.example/jetstack/cert-manager-controller:v1.21.0", "args": arguments },
            ] } } },
        },
    ] })
}

#[test]
fn it_says_which_policy_applies() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("p")).unwrap();
    std::fs::write(folder.path().join("p/team.yaml"), POLICY).unwrap();
    let key = KeyPair::generate().unwrap();
    let pem = CertificateParams::new(["b.example.com".to_owned()])
        .unwrap()
        .serialize_request(&key)
        .unwrap()
        .pem()
        .unwrap();
    let write = |signer: &str| {
        let object = json!({
            "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
            "metadata": { "name": "c" },
            "spec": { "request": STANDARD.encode(&pem), "signerName": signer, "usages": ["server auth"] },
        });
        std::fs::write(folder.path().join("o.json"), object.to_string()).unwrap();
    };
    let arguments = ["--offline", "--policies", "p", "--object", "o.json"];
    write("example.com/a");
    let (code, text) = doctor(&arguments, folder.path());
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("policy team (enforce) sha256:"), "{text}");
    assert!(
        text.contains("policy team applies and denies it") && text.contains("policy/dns-not-allowed"),
        "{text}"
    );
    write("example.com/b");
    let (code, text) = doctor(&arguments, folder.path());
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("error    CertificateSigningRequest/c: no policy applies"), "{text}");
    assert!(text.contains("does not apply: policy/not-applicable"), "{text}");
    std::fs::write(folder.path().join("p/team.yaml"), "version: 3").unwrap();
    let (code, text) = doctor(&arguments, folder.path());
    assert_eq!(code, Some(1));
    assert!(text.contains("error    team.yaml: "), "{text}");
}

#[test]
fn it_says_whether_the_webhook_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let ours = write_pair(folder.path(), "hook.pki.svc");
    let look = |cluster: &Value| {
        std::fs::write(folder.path().join("c.json"), cluster.to_string()).unwrap();
        doctor(&["--tls-dir", "tls", "--cluster", "c.json"], folder.path())
    };
    let both = ["certificatesigningrequests", "certificatesigningrequests/approval"];
    let off = ["--controllers=*,-certificaterequests-approver"];
    let (code, text) = look(&cluster(&ours, &both, &off));
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("registered for hook.pki.svc and trusted"), "{text}");
    assert!(
        text.contains("its own approver is turned off") && text.contains("failurePolicy Ignore"),
        "{text}"
    );
    assert!(text.contains("warning  no webhook is called for certificaterequests.cert-manager.io"), "{text}");
    let (_, text) = look(&cluster(&ours, &both[..1], &[]));
    assert!(text.contains("no webhook is called for certificatesigningrequests/approval"), "{text}");
    assert!(text.contains("warning  cert-manager approves every request"), "{text}");
    write_pair(folder.path(), "hook.pki.svc");
    let (code, text) = look(&cluster(&ours, &both, &off));
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("does not trust the serving certificate: verify/"), "{text}");
    let other = write_pair(folder.path(), "other.pki.svc");
    let (code, text) = look(&cluster(&other, &both, &off));
    assert!(code == Some(1) && text.contains("is not for hook.pki.svc"), "{text}");
    let (code, text) = look(&cluster("", &both, &off));
    assert!(code == Some(1) && text.contains("caBundle is empty"), "{text}");
    let (code, text) = look(&json!({ "items": [] }));
    assert!(code == Some(1) && text.contains("no webhook is registered"), "{text}");
}

#[test]
fn it_knows_its_own_webhook_and_what_goes_past_it() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = write_pair(folder.path(), "hook.pki.svc");
    let look = |cluster: &Value, more: &[&str]| {
        std::fs::write(folder.path().join("c.json"), cluster.to_string()).unwrap();
        doctor(&[&["--cluster", "c.json"], more].concat(), folder.path())
    };
    let all = ["certificatesigningrequests", "certificatesigningrequests/approval"];
    // The webhook of cert-manager looks at the same objects, under the same path.
    let mut other = cluster(&bundle, &all, &[]);
    let webhook = &mut other["items"][0]["webhooks"][0];
    webhook["name"] = "webhook.cert-manager.io".into();
    webhook["clientConfig"]["service"]["name"] = "cert-manager-webhook".into();
    let (code, text) = look(&other, &[]);
    assert!(code == Some(1) && text.contains("no webhook is registered"), "{text}");
    // One under another name is found by its service.
    other["items"][0]["webhooks"][0]["clientConfig"]["service"]["name"] = "hook".into();
    let (code, text) = look(&other, &["--service", "pki/hook"]);
    assert!(code == Some(0) && text.contains("registered for hook.pki.svc"), "{text}");
    assert!(!text.contains("certificatesigningrequests/approval"), "{text}");
    assert!(!text.contains("let in unseen"), "{text}");
    // It must be asked when a request is approved.
    let mut creating = cluster(&bundle, &all, &[]);
    let webhook = &mut creating["items"][0]["webhooks"][0];
    webhook["rules"][0]["operations"] = json!(["CREATE"]);
    webhook["namespaceSelector"] = json!({ "matchLabels": { "certgate": "on" } });
    webhook["objectSelector"] = json!({ "matchExpressions": [] });
    webhook["matchConditions"] = json!([{ "name": "mine", "expression": "request.namespace !=\n'x'" }]);
    let (_, text) = look(&creating, &[]);
    let approval = "warning  no webhook is called for UPDATE of certificatesigningrequests/approval";
    assert!(text.contains(approval), "{text}");
    assert!(!text.contains("for CREATE of certificatesigningrequests"), "{text}");
    assert!(text.contains("what its namespaceSelector does not select is let in unseen"), "{text}");
    assert!(!text.contains("objectSelector"), "{text}");
    assert!(text.contains("the condition `mine` is let in unseen: request.namespace != 'x'"), "{text}");
}
