//! `certgate-webhook doctor` where it asks the cluster itself.

use std::process::Command;

use serde_json::{Value, json};

use super::harness::{kubeconfig, named, node, node_request, serving};
use super::stub::Stub;
use crate::harness::{TEAM, certificate_request, request};

/// Runs `doctor` against the stub; gives the exit code and what it prints.
async fn doctor(stub: &Stub, arguments: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("p")).expect("a folder");
    std::fs::write(folder.path().join("p/team.yaml"), format!("{TEAM}select: {{ namespace: [shop] }}\n"))
        .expect("a file");
    let serving = certgate_policies::find("kubelet-serving").expect("a policy").text;
    std::fs::write(folder.path().join("p/serving.yaml"), serving).expect("a file");
    std::fs::write(folder.path().join("kubeconfig"), kubeconfig(stub)).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_certgate-webhook"));
    command.args(["doctor", "--kubeconfig", "kubeconfig", "--policies", "p"]).args(arguments);
    command.current_dir(folder.path());
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("it runs");
    let output = output.expect("the binary");
    (output.status.code(), String::from_utf8(output.stdout).expect("text"))
}

fn deployment(name: &str, image: &str, arguments: &[&str]) -> Value {
    json!({
        "metadata": { "name": name, "namespace": "x" },
        "spec": {
            "selector": {},
            "template": { "spec": { "containers": [{ "name": "c", "image": image, "args": arguments }] } },
        },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn it_reads_requests_and_their_facts() {
    let stub = Stub::start().await;
    stub.put("nodes", node("n1", &[("InternalIP", "10.0.0.1")]));
    let own = node_request("n1", &["n1"], &["10.0.0.1"]);
    stub.put("certificatesigningrequests", serving("own", "n1", &own));
    stub.put("certificaterequests", named(certificate_request(&request(&["db.internal"])), "web"));
    let (_, text) = doctor(&stub, &["--request", "own"]).await;
    assert!(
        text.contains("CertificateSigningRequest/own: policy kubelet-serving applies and allows it"),
        "{text}"
    );
    assert!(text.contains("policy team does not apply: policy/not-applicable"), "{text}");
    let (_, text) = doctor(&stub, &["--request", "shop/web"]).await;
    assert!(text.contains("CertificateRequest/web: policy team applies and denies it"), "{text}");
    assert!(text.contains("policy/dns-not-allowed"), "{text}");
    let (code, text) = doctor(&stub, &["--request", "nobody"]).await;
    assert!(code == Some(1) && text.contains("error    nobody: there is no such object"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_names_who_races_and_what_is_missing() {
    let stub = Stub::start().await;
    let controller = "quay.example/jetstack/cert-manager-controller:v1.21.0";
    stub.put("deployments", deployment("cert-manager", controller, &["--v=2"]));
    let (_, text) = doctor(&stub, &[]).await;
    assert!(text.contains("warning  cert-manager approves every request that the webhook lets in"), "{text}");
    assert!(text.contains("error    no webhook is registered"), "{text}");
    let own = ["approve", "--policies=/etc/certgate/policies"];
    stub.put("deployments", deployment("approver", "certgate-webhook:0.1.0", &own));
    stub.store().page = Some(1);
    let (code, text) = doctor(&stub, &[]).await;
    assert!(
        code == Some(1) && text.contains("error    cert-manager approves every request before"),
        "{text}"
    );
    stub.store().page = None;
    let off = ["--controllers=*,-certificaterequests-approver"];
    stub.put("deployments", deployment("cert-manager", controller, &off));
    stub.store().forbidden.insert("update certificatesigningrequests/approval".to_owned());
    let (_, text) = doctor(&stub, &["--approver"]).await;
    assert!(text.contains("its own approver is turned off"), "{text}");
    assert!(text.contains("ok       this account may list certificatesigningrequests"), "{text}");
    assert!(
        text.contains("error    this account may not update certificatesigningrequests/approval"),
        "{text}"
    );
    let issuer = "stepissuers.certmanager.step.sm/shop.step";
    let more = [
        "--approver",
        "--lease=certgate/approver",
        "--signer=example.com/web",
        &format!("--issuer={issuer}"),
    ];
    let forbid = |right: &str| stub.store().forbidden.insert(right.to_owned());
    forbid("update leases approver in certgate");
    forbid("approve signers example.com/web of certificates.k8s.io");
    let (_, text) = doctor(&stub, &more).await;
    assert!(text.contains("ok       this account may create leases in certgate"), "{text}");
    assert!(text.contains("ok       this account may get leases approver in certgate"), "{text}");
    assert!(text.contains("error    this account may not update leases approver in certgate"), "{text}");
    // By the whole domain.
    assert!(text.contains("ok       this account may approve for the signer example.com/web"), "{text}");
    assert!(text.contains(&format!("ok       this account may approve for the issuer {issuer}")), "{text}");
    forbid("approve signers example.com/* of certificates.k8s.io");
    forbid(&format!("approve signers {issuer} of cert-manager.io"));
    forbid("approve signers stepissuers.certmanager.step.sm/* of cert-manager.io");
    let (_, text) = doctor(&stub, &more).await;
    assert!(text.contains("error    this account may not approve for the signer example.com/web"), "{text}");
    assert!(
        text.contains(&format!("error    this account may not approve for the issuer {issuer}")),
        "{text}"
    );
    stub.store().forbidden.insert("list deployments".to_owned());
    let (code, text) = doctor(&stub, &[]).await;
    assert!(code == Some(1) && text.contains("error    deployments: deployments is forbidden"), "{text}");
}
