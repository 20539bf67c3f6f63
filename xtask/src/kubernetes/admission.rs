//! The webhook behind the API server: requests that come in, approvals, and what is let in without a look.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::checks::Checks;
use super::cluster::{ADMINISTRATOR, Answer, Cluster};
use super::processes::{Process, until};
use super::{failed, manifests};
use crate::run::{self, Failure};

/// The name of the service in the shipped manifests.
const SERVICE: &str = "certgate-webhook.certgate.svc";
/// What the API server puts before the keys of audit annotations.
const WEBHOOK: &str = "requests.certgate.io";

const IN_FORCE: &str = "policies are in force";
const LAST_GOOD: &str = "the new policies are not taken over: the last good ones stay in force";

/// A running webhook.
pub struct Webhook {
    process: Process,
    folder: PathBuf,
    loads: usize,
}

impl Webhook {
    fn start(cluster: &Cluster, config: &str) -> Result<Self, Failure> {
        let folder = cluster.folder().join("webhook");
        let policies = folder.join("policies");
        fs::create_dir_all(&policies).map_err(|error| failed(&policies, &error))?;
        let shipped = run::root().join(manifests::FOLDER).join("policies/kube-apiserver-client.yaml");
        copy(&shipped, &policies)?;
        for name in ["web.yaml", "trial.yaml", "late.yaml", "mesh.yaml"] {
            copy(&run::root().join("tests/kubernetes/policies").join(name), &policies)?;
        }
        write(&policies.join("webhook.yaml"), config)?;
        let mut command = Command::new(run::program("certgate-webhook"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--health-listen", "127.0.0.1:0"]);
        command.args(["--reload-seconds", "1", "--dns-name", SERVICE, "--policies"]).arg(&policies);
        command.arg("--self-made-dir").arg(folder.join("tls"));
        let process = Process::start("certgate-webhook", &mut command, cluster.folder())?;
        Ok(Self { process, folder, loads: 1 })
    }

    fn port(&mut self) -> Result<u16, Failure> {
        let serving = self.process.wait_for_line("serving", 1)?;
        let port = serving["address"].as_str().and_then(|address| address.rsplit(':').next());
        port.and_then(|port| port.parse().ok()).ok_or_else(|| Failure::new("the webhook names no port"))
    }

    /// Where its metrics are, as `host:port`.
    pub fn health(&mut self) -> Result<String, Failure> {
        let serving = self.process.wait_for_line("serving", 1)?;
        let address = serving["healthAddress"].as_str().map(str::to_owned);
        address.ok_or_else(|| Failure::new("the webhook names no address of its metrics"))
    }

    pub fn policies(&self) -> PathBuf {
        self.folder.join("policies")
    }

    pub fn tls(&self) -> PathBuf {
        self.folder.join("tls")
    }

    /// Changes `webhook.yaml`, and waits until that is in force.
    pub fn configure(&mut self, config: &str) -> Result<(), Failure> {
        write(&self.policies().join("webhook.yaml"), config)?;
        self.loads += 1;
        self.process.wait_for_line(IN_FORCE, self.loads).map(|_| ())
    }
}

/// Starts the webhook, registers it with the shipped manifests, and holds it to all that comes in.
pub fn run(cluster: &Cluster, checks: &mut Checks) -> Result<Webhook, Failure> {
    let watching = "version: 1\nmodes: { trial: warn, late: audit, mesh: audit }\nunmatched: allow\n";
    let mut webhook = Webhook::start(cluster, watching)?;
    let port = webhook.port()?;
    let ca = webhook.tls().join("ca.crt");
    let ca = fs::read(&ca).map_err(|error| failed(&ca, &error))?;
    manifests::apply(cluster, manifests::FOLDER, Some((port, &ca)), checks)?;
    cluster.make(&json!({
        "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "shop", "labels": { "team": "shop" } },
    }))?;
    watched(cluster, checks)?;
    webhook.configure("version: 1\nmodes: { trial: warn }\nunmatched: allow\n")?;
    signing_requests(cluster, &webhook, checks)?;
    approvals(cluster, &webhook, checks)?;
    certificate_requests(cluster, &webhook, checks)?;
    broken_policies(cluster, &mut webhook, checks)?;
    Ok(webhook)
}

/// A policy that only watches lets everything in, and says what it thinks in the audit log alone.
fn watched(cluster: &Cluster, checks: &mut Checks) -> Result<(), Failure> {
    let late = signing_request(cluster, "late-bad", "example.com/late", &["x.example.org"])?;
    let answer = until_it_is_registered(cluster, &late)?;
    checks.hold(
        "a bad request under a policy that audits is let in without a word",
        answer.succeeded && answer.stderr.is_empty(),
        &answer.stderr,
    );
    let mesh = certificate_request(cluster, "mesh-bad", &["x.example.org"])?;
    let answer = cluster.apply(&mesh)?;
    checks.hold("so is a bad CertificateRequest", answer.succeeded, &answer.stderr);
    for (name, policy) in [("late-bad", "late"), ("mesh-bad", "mesh")] {
        let annotations = annotations(cluster, name, "create", "")?;
        let found = ["outcome", "mode", "policy", "codes"].map(|key| annotation(&annotations, key));
        let expected = ["denied", "audit", policy, "policy/dns-not-allowed"];
        let what = format!("the audit log of the API server has outcome, mode, policy and codes of {name}");
        checks.hold(&what, found == expected, format_args!("{annotations}"));
    }
    Ok(())
}

/// The API server learns of a new registration from its own watch. Until it has, nobody is asked.
fn until_it_is_registered(cluster: &Cluster, object: &Value) -> Result<Answer, Failure> {
    let probe = signing_request(cluster, "probe", "example.com/web", &["x.example.org"])?;
    let arguments = ["create", "--dry-run=server", "-f", "-"];
    until("the webhook is asked", 30, || {
        let answer = cluster.kubectl_as(ADMINISTRATOR, &arguments, &probe.to_string()).ok()?;
        answer.stderr.contains("denied the request").then_some(())
    })?;
    cluster.apply(object)
}

fn signing_requests(cluster: &Cluster, webhook: &Webhook, checks: &mut Checks) -> Result<(), Failure> {
    let dry = ["apply", "--dry-run=server", "-f", "-"];
    let good = signing_request(cluster, "web-good", "example.com/web", &["a.team.example.com"])?;
    let answer = cluster.kubectl_as(ADMINISTRATOR, &dry, &good.to_string())?;
    checks.has("a good request is let in by a dry run", &answer.stdout, &["created (server dry run)"]);
    let stored = cluster.get(&["csr", "web-good"])?;
    checks.hold("and not stored by it", stored.is_null(), &stored);
    let answer = cluster.apply(&good)?;
    checks.hold(
        "kubectl apply of a good request",
        answer.succeeded && answer.stderr.is_empty(),
        &answer.stderr,
    );

    let names = ["x.example.org", "a.b.team.example.com", "192.0.2.1"];
    let bad = signing_request(cluster, "web-bad", "example.com/web", &names)?;
    let expected = reasons(&bad, &webhook.policies().join("web.yaml"), &[])?;
    checks.hold("the command line has three reasons", expected.lines().count() == 3, &expected);
    for (what, arguments) in [("kubectl apply", &["apply", "-f", "-"][..]), ("a dry run", &dry)] {
        let answer = cluster.kubectl_as(ADMINISTRATOR, arguments, &bad.to_string())?;
        let what = format!("{what} of a bad request is refused with the reasons of certgate check");
        checks.equal(&what, denial(&answer), &expected);
        checks.has("as Forbidden", &answer.stderr, &["Error from server (Forbidden)", WEBHOOK]);
    }
    let annotations = annotations(cluster, "web-bad", "create", "")?;
    let found = ["outcome", "mode", "policy", "codes"].map(|key| annotation(&annotations, key));
    let codes = "policy/dns-not-allowed,policy/name-kind-not-allowed";
    checks.hold(
        "the refusal is in the audit log, with every code once",
        found == ["denied", "enforce", "web", codes],
        &annotations,
    );
    let digest = annotation(&annotations, "digest");
    checks.hold("and with the digest of the policy", digest.starts_with("sha256:"), &annotations);

    let trial = signing_request(cluster, "trial-bad", "example.com/trial", &["x.example.org", "192.0.2.1"])?;
    let answer = cluster.apply(&trial)?;
    let expected = reasons(&trial, &webhook.policies().join("trial.yaml"), &[])?;
    let warnings: Vec<&str> =
        answer.stderr.lines().filter_map(|line| line.strip_prefix("Warning: ")).collect();
    checks.hold("a policy that warns lets a bad request in", answer.succeeded, &answer.stderr);
    checks.equal("and kubectl shows its reasons as warnings", &warnings.join("\n"), &expected);

    let client = |name: &str, organization: &str| {
        let request = new_request(cluster, name, &["CN=jane", organization], &[])?;
        let mut object = signing(name, "kubernetes.io/kube-apiserver-client", &request, "client auth");
        // Without it the signer would give a year, which is more than the policy allows.
        object["spec"]["expirationSeconds"] = 86_400.into();
        Ok(object)
    };
    let answer = cluster.apply(&client("jane-good", "O=platform:operators")?)?;
    checks.hold("a client certificate of a group of ours is let in", answer.succeeded, &answer.stderr);
    let bad = client("jane-bad", "O=system:nodes")?;
    let expected = reasons(&bad, &webhook.policies().join("kube-apiserver-client.yaml"), &[])?;
    checks.equal("one of a group of the system is refused", denial(&cluster.apply(&bad)?), &expected);
    let other = signing_request(cluster, "other", "example.org/other", &["x.example.org"])?;
    let answer = cluster.apply(&other)?;
    checks.hold("a signer without a policy is let in as configured", answer.succeeded, &answer.stderr);
    Ok(())
}

fn approvals(cluster: &Cluster, webhook: &Webhook, checks: &mut Checks) -> Result<(), Failure> {
    let stored = cluster.get(&["csr", "late-bad"])?;
    let expected = reasons(&stored, &webhook.policies().join("late.yaml"), &[])?;
    let answer = cluster.kubectl(&["certificate", "approve", "late-bad"])?;
    checks.equal("an approval against the policy is refused", denial(&answer), &expected);
    let conditions = cluster.get(&["csr", "late-bad"])?["status"]["conditions"].clone();
    checks.hold("nothing of it is stored", conditions.is_null(), &conditions);
    let answer = cluster.kubectl(&["certificate", "approve", "web-good"])?;
    let approved = condition(&cluster.get(&["csr", "web-good"])?, "Approved");
    checks.hold(
        "one that the policy would give is taken",
        answer.succeeded && approved["status"] == "True",
        format_args!("{approved} {}", answer.stderr),
    );
    let answer = cluster.kubectl(&["label", "csr", "late-bad", "team=shop"])?;
    checks.hold("a label on a bad request is none of ours", answer.succeeded, &answer.stderr);
    let answer = cluster.kubectl(&["certificate", "deny", "late-bad"])?;
    let denied = condition(&cluster.get(&["csr", "late-bad"])?, "Denied");
    checks.hold("a denial is never hindered", answer.succeeded && denied["status"] == "True", &answer.stderr);
    let answer = cluster.kubectl(&["delete", "csr", "late-bad", "trial-bad"])?;
    checks.hold("nor is DELETE", answer.succeeded, &answer.stderr);
    Ok(())
}

fn certificate_requests(cluster: &Cluster, webhook: &Webhook, checks: &mut Checks) -> Result<(), Failure> {
    let policy = webhook.policies().join("mesh.yaml");
    let good = certificate_request(cluster, "mesh-good", &["db.shop.example.com"])?;
    let answer = cluster.apply(&good)?;
    checks.hold("a good CertificateRequest is let in", answer.succeeded, &answer.stderr);
    let bad = certificate_request(cluster, "mesh-worse", &["x.example.org", "192.0.2.1"])?;
    let expected = reasons(&bad, &policy, &[])?;
    let answer = cluster.apply(&bad)?;
    checks.equal("a bad one is refused with the reasons of certgate check", denial(&answer), &expected);
    let mut forged = certificate_request(cluster, "forged", &["db.shop.example.com"])?;
    forged["spec"]["username"] = "mallory".into();
    let answer = cluster.apply(&forged)?;
    checks.has("one that names another requester is refused", denial(&answer), &["spec.username", "mallory"]);
    let mut broken = certificate_request(cluster, "broken", &["db.shop.example.com"])?;
    broken["spec"]["request"] = STANDARD.encode("no request").into();
    let answer = cluster.apply(&broken)?;
    checks.has(
        "one whose request cannot be read is refused",
        &answer.stderr,
        &["Error from server (BadRequest)", "denied the request: pem/base64: "],
    );

    let approve = r#"{"status":{"conditions":[{"type":"Approved","status":"True","reason":"Test"}]}}"#;
    let ready = r#"{"status":{"conditions":[{"type":"Ready","status":"False","reason":"Pending"}]}}"#;
    let patch = |name: &str, status: &str| {
        let arguments =
            ["patch", "certificaterequest", name, "-n", "shop", "--subresource=status", "--type=merge", "-p"];
        cluster.kubectl(&[&arguments[..], &[status]].concat())
    };
    let stored = cluster.get(&["certificaterequest", "mesh-bad", "-n", "shop"])?;
    let expected = reasons(&stored, &policy, &[])?;
    checks.equal(
        "its approval against the policy is refused",
        denial(&patch("mesh-bad", approve)?),
        &expected,
    );
    let answer = patch("mesh-bad", ready)?;
    checks.hold("another status of it is none of ours", answer.succeeded, &answer.stderr);
    let answer = patch("mesh-good", approve)?;
    checks.hold("an approval that the policy would give is taken", answer.succeeded, &answer.stderr);
    let answer = cluster.kubectl(&["delete", "certificaterequest", "mesh-bad", "-n", "shop"])?;
    checks.hold("DELETE of a CertificateRequest is not hindered", answer.succeeded, &answer.stderr);
    Ok(())
}

/// A policy that cannot be loaded changes nothing.
fn broken_policies(cluster: &Cluster, webhook: &mut Webhook, checks: &mut Checks) -> Result<(), Failure> {
    let file = webhook.policies().join("zz.yaml");
    write(&file, "version: 1\nid: zz\nnames: { dns: [\n")?;
    let line = webhook.process.wait_for_line(LAST_GOOD, 1)?;
    checks.has("a broken policy is reported by its file", &line["faults"].to_string(), &["zz.yaml"]);
    let good = signing_request(cluster, "web-good-2", "example.com/web", &["b.team.example.com"])?;
    let answer = cluster.apply(&good)?;
    checks.hold("the last good policies let a good request in", answer.succeeded, &answer.stderr);
    let bad = signing_request(cluster, "web-bad-2", "example.com/web", &["x.example.org"])?;
    let expected = reasons(&bad, &webhook.policies().join("web.yaml"), &[])?;
    checks.equal("and refuse a bad one", denial(&cluster.apply(&bad)?), &expected);
    fs::remove_file(&file).map_err(|error| failed(&file, &error))
}

/// While the webhook is down, what the manifests promise is let in, and nothing else.
pub fn without_a_webhook(
    cluster: &Cluster,
    mut webhook: Webhook,
    checks: &mut Checks,
) -> Result<(), Failure> {
    webhook.process.terminate()?;
    webhook.process.wait_for_line("stopped", 1)?;
    webhook.process.kill();
    let good = signing_request(cluster, "web-good-3", "example.com/web", &["c.team.example.com"])?;
    let answer = cluster.apply(&good)?;
    checks.has("without the webhook a good request is refused", &answer.stderr, &["failed calling webhook"]);
    let request = new_request(cluster, "node-1", &["O=system:nodes", "CN=system:node:node-1"], &[])?;
    let first = signing("node-1", "kubernetes.io/kube-apiserver-client-kubelet", &request, "client auth");
    let joining = ["create", "--as", "system:node:node-1", "--as-group", "system:nodes", "-f", "-"];
    let answer = cluster.apply(&first)?;
    checks.has(
        "nor is what somebody else asks for in the name of a node",
        &answer.stderr,
        &["failed calling webhook"],
    );
    let answer = cluster.kubectl_as(ADMINISTRATOR, &joining, &first.to_string())?;
    checks.hold("the first request of a kubelet is let in", answer.succeeded, &answer.stderr);
    let mut own = certificate_request(cluster, "own", &["certgate-webhook.certgate.svc"])?;
    own["metadata"]["namespace"] = "certgate".into();
    let answer = cluster.apply(&own)?;
    checks.has("of its own namespace not everything is", &answer.stderr, &["failed calling webhook"]);
    // The conditions are those of the chart, for the release that `chart::render` names.
    own["spec"]["issuerRef"]["name"] = "webhook-certgate-webhook".into();
    let answer = cluster.apply(&own)?;
    checks.hold("the request for the webhook's own certificate is", answer.succeeded, &answer.stderr);
    let mut secret = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
        "metadata": { "name": "certgate-webhook-tls", "namespace": "certgate" },
        "data": { "tls.crt": "", "tls.key": "" },
    });
    let answer = cluster.apply(&secret)?;
    checks.hold("so is the Secret without which it cannot start", answer.succeeded, &answer.stderr);
    secret["metadata"]["name"] = "other-tls".into();
    let answer = cluster.apply(&secret)?;
    checks.has("and no other", &answer.stderr, &["failed calling webhook"]);
    let answer = cluster.kubectl(&["delete", "csr", "web-good", "node-1"])?;
    checks.hold("DELETE does not need it", answer.succeeded, &answer.stderr);
    Ok(())
}

/// A CertificateSigningRequest with a new key for these names.
pub fn signing_request(
    cluster: &Cluster,
    name: &str,
    signer: &str,
    names: &[&str],
) -> Result<Value, Failure> {
    let request = new_request(cluster, name, &[], names)?;
    Ok(signing(name, signer, &request, "server auth"))
}

/// A CertificateSigningRequest.
pub fn signing(name: &str, signer: &str, request: &str, usage: &str) -> Value {
    signing_with(name, signer, request, &["digital signature", usage])
}

/// A CertificateSigningRequest with all its usages.
pub fn signing_with(name: &str, signer: &str, request: &str, usages: &[&str]) -> Value {
    json!({
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": { "name": name },
        "spec": { "request": request, "signerName": signer, "usages": usages },
    })
}

/// A CertificateRequest of cert-manager with a new key for these names.
pub fn certificate_request(cluster: &Cluster, name: &str, names: &[&str]) -> Result<Value, Failure> {
    Ok(json!({
        "apiVersion": "cert-manager.io/v1",
        "kind": "CertificateRequest",
        "metadata": { "name": name, "namespace": "shop" },
        "spec": {
            "request": new_request(cluster, name, &[], names)?,
            "issuerRef": { "name": "mesh", "kind": "Issuer", "group": "cert-manager.io" },
            "usages": ["digital signature", "server auth"],
            "duration": "24h0m0s",
        },
    }))
}

/// The base64 of a request that `certgate` makes, with a new key.
pub fn new_request(
    cluster: &Cluster,
    name: &str,
    subject: &[&str],
    names: &[&str],
) -> Result<String, Failure> {
    let key = cluster.folder().join(format!("{name}.key"));
    if key.exists() {
        fs::remove_file(&key).map_err(|error| failed(&key, &error))?;
    }
    let mut certgate = Command::new(run::certgate());
    certgate.args(["request", "new", "--key", "P-256", "--key-output"]).arg(&key);
    certgate.args(subject.iter().flat_map(|attribute| ["--subject", attribute]));
    certgate.args(names.iter().flat_map(|name| ["--name", name]));
    Ok(STANDARD.encode(run::output(&mut certgate)?))
}

/// The reasons of `certgate check` for an object, one a line, as the webhook writes them.
pub fn reasons(object: &Value, policy: &Path, facts: &[&str]) -> Result<String, Failure> {
    let problem = |error: std::io::Error| Failure::new(format!("certgate check: {error}"));
    let mut command = Command::new(run::certgate());
    command.args(["check", "--format", "json", "--policy"]).arg(policy);
    command.args(facts.iter().flat_map(|fact| ["--fact", fact])).arg("-");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(problem)?;
    if let Some(mut stdin) = child.stdin.take() {
        std::io::Write::write_all(&mut stdin, object.to_string().as_bytes()).map_err(problem)?;
    }
    let output = child.wait_with_output().map_err(problem)?;
    let answer: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure::new(format!("certgate check: {error}")))?;
    let lines = answer["reasons"].as_array().into_iter().flatten().map(|reason| {
        let text = |key: &str| reason[key].as_str().unwrap_or_default().to_owned();
        let line = format!("{}: {}", text("code"), text("message"));
        match path(&reason["path"]) {
            path if path.is_empty() => line,
            path => format!("{line} (at {path})"),
        }
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

fn path(steps: &Value) -> String {
    let mut text = String::new();
    for step in steps.as_array().into_iter().flatten() {
        match step.as_str() {
            Some(field) if text.is_empty() => text.push_str(field),
            Some(field) => text.push_str(&format!(".{field}")),
            None => text.push_str(&format!("[{step}]")),
        }
    }
    text
}

/// What the webhook said, out of what `kubectl` prints.
pub fn denial(answer: &Answer) -> &str {
    let said = answer.stderr.split_once("denied the request: ").map(|(_, said)| said);
    said.unwrap_or(&answer.stderr).trim_end()
}

/// The annotations of the newest entry of the audit log about an object.
fn annotations(cluster: &Cluster, name: &str, verb: &str, subresource: &str) -> Result<Value, Failure> {
    // The entry is written when the answer is on its way.
    until(&format!("{name} in the audit log"), 10, || {
        let log = cluster.audit_log().ok()?;
        let entry = log.iter().rev().find(|entry| {
            let of = &entry["objectRef"];
            of["name"] == name
                && entry["verb"] == verb
                && of["subresource"].as_str().unwrap_or_default() == subresource
        })?;
        Some(entry["annotations"].clone())
    })
}

fn annotation(annotations: &Value, key: &str) -> String {
    annotations[format!("{WEBHOOK}/{key}")].as_str().unwrap_or_default().to_owned()
}

/// The condition of a type.
pub fn condition(object: &Value, kind: &str) -> Value {
    let mut conditions = object["status"]["conditions"].as_array().into_iter().flatten();
    conditions.find(|condition| condition["type"] == kind).cloned().unwrap_or_default()
}

fn copy(file: &Path, folder: &Path) -> Result<(), Failure> {
    let to = folder.join(file.file_name().unwrap_or_default());
    fs::copy(file, to).map(|_| ()).map_err(|error| failed(file, &error))
}

pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| failed(path, &error))
}
