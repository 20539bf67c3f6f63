//! Starts the approver against the stub, and makes what nodes and people send.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, SanType};
use serde_json::{Value, json};

use super::stub::{Stub, TOKEN};

/// A running approver; it is killed when dropped.
pub(crate) struct Approver {
    child: Child,
    folder: tempfile::TempDir,
    health: String,
    lines: Arc<Mutex<Vec<Value>>>,
}

impl Approver {
    pub(crate) fn start(stub: &Stub, files: &[(&str, &str)], arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("policies")).expect("a folder");
        for (name, text) in files {
            std::fs::write(folder.path().join("policies").join(name), text).expect("a file");
        }
        std::fs::write(folder.path().join("kubeconfig"), kubeconfig(stub)).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_certgate-webhook"));
        command.args(["approve", "--health-listen", "127.0.0.1:0", "--reload-seconds", "1", "--policies"]);
        command.arg(folder.path().join("policies")).arg("--kubeconfig").arg(folder.path().join("kubeconfig"));
        let mut child = command.args(arguments).stderr(Stdio::piped()).spawn().expect("the binary starts");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (written, stderr) = (Arc::clone(&lines), child.stderr.take().expect("standard error"));
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or_else(|_| json!({ "notJson": line }));
                written.lock().expect("the lines").push(line);
            }
        });
        let mut approver = Self { child, folder, health: String::new(), lines };
        let line = approver.line("approving");
        approver.health = line["healthAddress"].as_str().expect("an address").to_owned();
        approver
    }

    pub(crate) fn policy(&self, name: &str) -> PathBuf {
        self.folder.path().join("policies").join(name)
    }

    pub(crate) fn log(&self) -> Vec<Value> {
        self.lines.lock().expect("the lines").clone()
    }

    /// Waits for a line with this message.
    pub(crate) fn line(&self, message: &str) -> Value {
        let found = || self.log().into_iter().find(|line| line["message"] == message);
        wait_for(message, || found().is_some(), || format!("{:?}", self.log()));
        found().expect("a line")
    }

    pub(crate) async fn page(&self, path: &str) -> (u16, String) {
        crate::harness::page(&self.health, path).await
    }

    pub(crate) fn terminate(&self) {
        let status = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill");
        assert!(status.success());
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it is killed");
        let _ = self.child.wait();
    }

    pub(crate) fn wait(&mut self) -> Option<i32> {
        self.child.wait().expect("the binary ends").code()
    }
}

impl Drop for Approver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a pod or a person would have.
pub(crate) fn kubeconfig(stub: &Stub) -> String {
    let ca = STANDARD.encode(&stub.ca);
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "test",
        "clusters": [{ "name": "test", "cluster": {
            "server": format!("https://{}", stub.address), "certificate-authority-data": ca,
        } }],
        "users": [{ "name": "test", "user": { "token": TOKEN } }],
        "contexts": [{ "name": "test", "context": { "cluster": "test", "user": "test" } }],
    })
    .to_string()
}

/// Waits until something holds, for a minute at most.
pub(crate) fn wait_for(what: &str, holds: impl Fn() -> bool, seen: impl Fn() -> String) {
    let end = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < end, "not seen: {what}: {}", seen());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The conditions of an object, as `type`s.
pub(crate) fn conditions(stub: &Stub, resource: &str, key: &str) -> Vec<Value> {
    let object = stub.store().get(resource, key).cloned().expect("an object");
    object["status"]["conditions"].as_array().cloned().unwrap_or_default()
}

/// Waits for the first condition of an object, and gives it.
pub(crate) fn condition(stub: &Stub, approver: &Approver, resource: &str, key: &str) -> Value {
    let found = || conditions(stub, resource, key);
    wait_for(key, || !found().is_empty(), || format!("{:?}", approver.log()));
    found().remove(0)
}

/// Waits until the approver has said what it did with an object.
pub(crate) fn outcome(approver: &Approver, key: &str) -> Value {
    let found = || {
        let mut log = approver.log().into_iter().rev();
        log.find(|line| line["message"] == "looked at a request" && line["object"] == key)
    };
    wait_for(key, || found().is_some(), || format!("{:?}", approver.log()));
    found().expect("a line")["outcome"].clone()
}

/// The reasons of the Events about an object, in order.
pub(crate) fn events(stub: &Stub, name: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut events: Vec<Value> = stub.store().all("events").into_iter().cloned().collect();
    events.retain(|event| event["regarding"]["name"] == name);
    events.iter().map(|event| (text(&event["reason"]), text(&event["note"]))).collect()
}

/// The request of a kubelet, in PEM.
pub(crate) fn node_request(node: &str, names: &[&str], addresses: &[&str]) -> String {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "system:nodes");
    params.distinguished_name.push(DnType::CommonName, format!("system:node:{node}"));
    let dns = names.iter().map(|name| SanType::DnsName((*name).try_into().expect("a name")));
    let ip = addresses.iter().map(|address| SanType::IpAddress(address.parse().expect("an address")));
    params.subject_alt_names = dns.chain(ip).collect();
    let key = KeyPair::generate().expect("a key");
    params.serialize_request(&key).expect("a request").pem().expect("PEM")
}

/// A CertificateSigningRequest of a node for the signer `kubernetes.io/kubelet-serving`.
pub(crate) fn serving(name: &str, node: &str, pem: &str) -> Value {
    let now = certgate_ops::now().expect("a clock").to_string();
    json!({
        "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
        "metadata": { "name": name, "creationTimestamp": now },
        "spec": {
            "request": STANDARD.encode(pem),
            "signerName": "kubernetes.io/kubelet-serving",
            "usages": ["digital signature", "server auth"],
            "username": format!("system:node:{node}"),
            "groups": ["system:nodes", "system:authenticated"],
        },
        "status": {},
    })
}

/// A Node with these addresses.
pub(crate) fn node(name: &str, addresses: &[(&str, &str)]) -> Value {
    let addresses: Vec<Value> =
        addresses.iter().map(|(kind, address)| json!({ "type": kind, "address": address })).collect();
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": { "name": name }, "status": { "addresses": addresses },
    })
}

/// An object under another name.
pub(crate) fn named(mut object: Value, name: &str) -> Value {
    object["metadata"]["name"] = name.into();
    object["metadata"].as_object_mut().expect("metadata").remove("creationTimestamp");
    object
}
