//! The approver with the shipped rights, and `doctor`, against the API server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use super::admission::{
    Webhook, certificate_request, condition, new_request, reasons, signing, signing_request, write,
};
use super::checks::Checks;
use super::cluster::{ADMINISTRATOR, Cluster, KUBELET};
use super::processes::{Process, until};
use super::{failed, manifests};
use crate::run::{self, Failure};

const NODE: &str = "node-0";
const ADDRESS: &str = "192.0.2.20";
/// The facts of the node as `certgate check` takes them.
const FACTS: [&str; 2] = ["nodeNames=node-0", "nodeAddresses=192.0.2.20"];
const SERVING: &str = "kubernetes.io/kubelet-serving";

/// The approver's policies and how it reaches the cluster.
struct Office {
    policies: PathBuf,
    kubeconfig: PathBuf,
}

/// Starts the approver, and holds it to requests of kubelets and of cert-manager.
pub fn run(cluster: &Cluster, webhook: &Webhook, checks: &mut Checks) -> Result<(), Failure> {
    manifests::apply(cluster, &format!("{}/approver", manifests::FOLDER), None, checks)?;
    let office = office(cluster)?;
    let mut first = office.start(cluster, "approver-1")?;
    first.wait_for_line("leading", 1)?;
    let mut second = office.start(cluster, "approver-2")?;
    second.wait_for_line("approving", 1)?;
    nodes(cluster, &office, checks)?;
    certificate_requests(cluster, &office, checks)?;
    let foreign = signing_request(cluster, "not-ours", "example.com/web", &["d.team.example.com"])?;
    cluster.make(&foreign)?;
    let line = first.wait("line about not-ours", |printed| {
        let mut lines = printed.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.find(|line| line["object"] == "not-ours" && line["level"] == "error")
    })?;
    checks.has(
        "a signer that the rights do not name is not approved for",
        &line.to_string(),
        &["see the rights in the manifests", "example.com/web"],
    );
    let conditions = cluster.get(&["csr", "not-ours"])?["status"]["conditions"].clone();
    checks.hold("and nothing is written", conditions.is_null(), &conditions);
    let is_waiting = !second.printed().contains("\"leading\"");
    checks.hold("the second replica decides nothing while the first leads", is_waiting, second.printed());
    first.kill();
    second.wait_for_line("leading", 1)?;
    send_as_kubelet(cluster, "serving-after", &[NODE, ADDRESS])?;
    let approved = decided(cluster, "serving-after", "Approved")?;
    checks.hold("after kill -9 of the first the second decides", approved["status"] == "True", &approved);
    second.terminate()?;
    second.wait_for_line("stopped", 1)?;
    let holder =
        cluster.get(&["lease", "certgate-approver", "-n", "certgate"])?["spec"]["holderIdentity"].clone();
    checks.hold("SIGTERM gives the lease back", holder.as_str().unwrap_or_default().is_empty(), &holder);
    doctor(cluster, webhook, &office, checks)
}

fn office(cluster: &Cluster) -> Result<Office, Failure> {
    let policies = cluster.folder().join("approver");
    fs::create_dir_all(&policies).map_err(|error| failed(&policies, &error))?;
    let shipped = run::root().join(manifests::FOLDER).join("approver/policies/kubelet-serving.yaml");
    let ours = run::root().join("tests/kubernetes/policies");
    for file in [shipped, ours.join("approver/internal.yaml"), ours.join("web.yaml")] {
        let to = policies.join(file.file_name().unwrap_or_default());
        fs::copy(&file, to).map_err(|error| failed(&file, &error))?;
    }
    write(&policies.join("webhook.yaml"), "version: 1\nmode: enforce\n")?;
    let answer = cluster.kubectl(&["create", "token", "certgate-approver", "-n", "certgate"])?;
    if !answer.succeeded {
        return Err(Failure::new(answer.stderr));
    }
    let kubeconfig = cluster.folder().join("approver.conf");
    let ca = cluster.pki("control-plane/ca.crt");
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{
            "name": "c", "cluster": { "server": cluster.server(), "certificate-authority": ca },
        }],
        "users": [{ "name": "u", "user": { "token": answer.stdout.trim() } }],
        "contexts": [{ "name": "x", "context": { "cluster": "c", "user": "u" } }],
        "current-context": "x",
    });
    write(&kubeconfig, &config.to_string())?;
    Ok(Office { policies, kubeconfig })
}

impl Office {
    fn start(&self, cluster: &Cluster, name: &str) -> Result<Process, Failure> {
        let mut command = Command::new(run::program("certgate-webhook"));
        command.args(["approve", "--lease", "certgate/certgate-approver", "--lease-seconds", "3"]);
        command.args(["--health-listen", "127.0.0.1:0", "--identity", name, "--policies"]);
        command.arg(&self.policies).arg("--kubeconfig").arg(&self.kubeconfig);
        Process::start(name, &mut command, cluster.folder())
    }
}

/// Serving certificates of a node that is not there at first.
fn nodes(cluster: &Cluster, office: &Office, checks: &mut Checks) -> Result<(), Failure> {
    send_as_kubelet(cluster, "serving-good", &[NODE, ADDRESS])?;
    sleep(Duration::from_secs(3));
    let conditions = cluster.get(&["csr", "serving-good"])?["status"]["conditions"].clone();
    checks.hold("a request waits for its node", conditions.is_null(), &conditions);
    cluster.make(&json!({ "apiVersion": "v1", "kind": "Node", "metadata": { "name": NODE } }))?;
    let status = json!({ "status": { "addresses": [
        { "type": "InternalIP", "address": ADDRESS }, { "type": "Hostname", "address": NODE },
    ] } });
    let answer =
        cluster.kubectl(&["patch", "node", NODE, "--subresource=status", "-p", &status.to_string()])?;
    if !answer.succeeded {
        return Err(Failure::new(answer.stderr));
    }
    let approved = decided(cluster, "serving-good", "Approved")?;
    let message = approved["message"].as_str().unwrap_or_default();
    checks.has(
        "a kubelet's request for its own node is approved",
        message,
        &["policy kubelet-serving (sha256:", "allows it"],
    );
    checks.hold("by policy", approved["reason"] == "AllowedByPolicy", &approved);
    event(cluster, "default", "serving-good", "Approved", message, checks)?;

    let policy = office.policies.join("kubelet-serving.yaml");
    send_as_kubelet(cluster, "serving-bad", &[NODE, "192.0.2.99", "node-1"])?;
    let denied = decided(cluster, "serving-bad", "Denied")?;
    let message = denied["message"].as_str().unwrap_or_default();
    let expected = reasons(&cluster.get(&["csr", "serving-bad"])?, &policy, &FACTS)?;
    checks.equal(
        "one for the addresses of another is denied with the reasons of certgate check",
        message,
        &expected,
    );
    event(cluster, "default", "serving-bad", "Denied", message, checks)?;

    // The administrator is no node, whatever the subject says; so no node is looked up.
    let request = new_request(cluster, "serving-forged", &subject(), &[NODE, ADDRESS])?;
    cluster.make(&signing("serving-forged", SERVING, &request, "server auth"))?;
    let denied = decided(cluster, "serving-forged", "Denied")?;
    let expected = reasons(&cluster.get(&["csr", "serving-forged"])?, &policy, &[])?;
    let message = denied["message"].as_str().unwrap_or_default();
    checks.equal("one that somebody else sends in its name is denied", message, &expected);
    Ok(())
}

fn certificate_requests(cluster: &Cluster, office: &Office, checks: &mut Checks) -> Result<(), Failure> {
    let send = |name: &str, names: &[&str]| {
        let mut object = certificate_request(cluster, name, names)?;
        object["spec"]["issuerRef"]["name"] = "internal".into();
        cluster.make(&object)?;
        Ok::<_, Failure>(())
    };
    let stored = |name: &str| cluster.get(&["certificaterequest", name, "-n", "shop"]);
    let wait = |name: &str, kind: &str| {
        until(&format!("{name} is {kind}"), 30, || {
            let condition = condition(&stored(name).ok()?, kind);
            (!condition.is_null()).then_some(condition)
        })
    };
    send("internal-good", &["db.shop.example.com"])?;
    let approved = wait("internal-good", "Approved")?;
    let message = approved["message"].as_str().unwrap_or_default();
    checks.has(
        "a CertificateRequest is approved by the label of its namespace",
        message,
        &["policy internal (sha256:"],
    );
    event(cluster, "shop", "internal-good", "Approved", message, checks)?;
    send("internal-bad", &["db.other.example.com"])?;
    let denied = wait("internal-bad", "Denied")?;
    let policy = office.policies.join("internal.yaml");
    let expected = reasons(&stored("internal-bad")?, &policy, &["namespaceLabel-team=shop"])?;
    let message = denied["message"].as_str().unwrap_or_default();
    checks.equal("one for another team is denied with the reasons of certgate check", message, &expected);
    event(cluster, "shop", "internal-bad", "Denied", message, checks)
}

fn doctor(cluster: &Cluster, webhook: &Webhook, office: &Office, checks: &mut Checks) -> Result<(), Failure> {
    let doctor = |kubeconfig: &Path, policies: &Path, more: &[&str]| {
        let mut command = Command::new(run::program("certgate-webhook"));
        command.arg("doctor").arg("--policies").arg(policies).arg("--kubeconfig").arg(kubeconfig);
        command.arg("--tls-dir").arg(webhook.tls()).args(more);
        let output = command.output().map_err(|error| Failure::new(format!("certgate-webhook: {error}")))?;
        Ok::<_, Failure>((output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned()))
    };
    let administrator = cluster.pki(ADMINISTRATOR);
    let (succeeded, text) = doctor(&administrator, &webhook.policies(), &[])?;
    checks.hold("doctor finds no error in the cluster", succeeded, &text);
    let parts =
        ["requests.certgate.io: registered for certgate-webhook.certgate.svc and trusted by caBundle"];
    checks.has("it sees the registration and the trust", &text, &parts);
    let (_, text) = doctor(&administrator, &office.policies, &["--request", "serving-bad"])?;
    checks.has(
        "it judges a stored request with the facts of its node",
        &text,
        &["serving-bad: policy kubelet-serving applies and denies it", "policy/ip-not-allowed"],
    );
    let (_, text) = doctor(&office.kubeconfig, &office.policies, &["--approver"])?;
    let is_complete = text.contains("this account may list") && !text.contains("this account may not");
    checks.hold("the shipped rights are all that the approver needs", is_complete, &text);
    let (succeeded, text) = doctor(&cluster.pki(KUBELET), &office.policies, &["--approver"])?;
    checks.has(
        "another account lacks them",
        &text,
        &["this account may not update certificatesigningrequests/approval"],
    );
    checks.hold("which is an error", !succeeded, &text);
    let patch = r#"[{"op":"remove","path":"/webhooks/0/clientConfig/caBundle"}]"#;
    let configuration = ["patch", "validatingwebhookconfiguration", "certgate", "--type=json", "-p"];
    let before = cluster.get(&["validatingwebhookconfiguration", "certgate"])?;
    let answer = cluster.kubectl(&[&configuration[..], &[patch]].concat())?;
    checks.hold("the bundle can be taken out", answer.succeeded, &answer.stderr);
    let (succeeded, text) = doctor(&administrator, &webhook.policies(), &[])?;
    checks.has("doctor says that it is missing", &text, &["error", "caBundle is empty"]);
    checks.hold("which is an error too", !succeeded, &text);
    let bundle = &before["webhooks"][0]["clientConfig"]["caBundle"];
    let patch = json!([{ "op": "add", "path": "/webhooks/0/clientConfig/caBundle", "value": bundle }]);
    let answer = cluster.kubectl(&[&configuration[..], &[&patch.to_string()]].concat())?;
    checks.hold("and put back", answer.succeeded, &answer.stderr);
    Ok(())
}

fn subject() -> [&'static str; 2] {
    ["O=system:nodes", "CN=system:node:node-0"]
}

/// A request for a serving certificate, sent with the identity of the kubelet.
fn send_as_kubelet(cluster: &Cluster, name: &str, names: &[&str]) -> Result<(), Failure> {
    let request = new_request(cluster, name, &subject(), names)?;
    let object = signing(name, SERVING, &request, "server auth").to_string();
    let answer = cluster.kubectl_as(KUBELET, &["create", "-f", "-"], &object)?;
    if answer.succeeded { Ok(()) } else { Err(Failure::new(answer.stderr)) }
}

/// The condition of a CertificateSigningRequest, once it is there.
fn decided(cluster: &Cluster, name: &str, kind: &str) -> Result<Value, Failure> {
    until(&format!("{name} is {kind}"), 30, || {
        let condition = condition(&cluster.get(&["csr", name]).ok()?, kind);
        (!condition.is_null()).then_some(condition)
    })
}

/// Holds that there is an Event of the approver about an object.
fn event(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
    reason: &str,
    note: &str,
    checks: &mut Checks,
) -> Result<(), Failure> {
    let found = until(&format!("an Event about {name}"), 10, || {
        let events = cluster.get(&["events.events.k8s.io", "-n", namespace]).ok()?;
        let mut events = events["items"].as_array()?.clone().into_iter();
        events.find(|event| {
            event["regarding"]["name"] == name && event["reportingController"] == "certgate.io/approver"
        })
    })?;
    let is_right = found["reason"] == reason && found["note"] == note;
    checks.hold(&format!("an Event says that {name} is {reason}"), is_right, &found);
    Ok(())
}
