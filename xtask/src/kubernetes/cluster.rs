//! etcd and the API server with keys and certificates of `certgate pki init`, and `kubectl` for them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::failed;
use super::processes::{Process, free_port, until};
use crate::run::{self, Failure};

/// Where the kubeconfigs of the plan point at.
const SERVER_OF_THE_PLAN: &str = "https://api.example.internal:6443";

/// Who calls the API server: a kubeconfig of the plan.
pub const ADMINISTRATOR: &str = "operators/super-admin.conf";
pub const KUBELET: &str = "kubelet/kubelet.conf";

/// A running cluster without controllers and nodes.
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    server: String,
    // The API server goes first, so that it does not miss its store.
    _apiserver: Process,
    _etcd: Process,
}

/// What `kubectl` gave.
pub struct Answer {
    pub succeeded: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Cluster {
    /// Starts both; waits until the API server is ready.
    pub fn start(programs: &Path, folder: &Path) -> Result<Self, Failure> {
        let (etcd_port, peer_port, port) = (free_port()?, free_port()?, free_port()?);
        let server = format!("https://127.0.0.1:{port}");
        pki(folder, &server)?;
        let etcd = etcd(folder, etcd_port, peer_port)?;
        let apiserver = apiserver(programs, folder, etcd_port, port)?;
        let (programs, folder) = (programs.to_owned(), folder.to_owned());
        let cluster = Self { programs, folder, server, _apiserver: apiserver, _etcd: etcd };
        until("the API server is ready", 120, || {
            let answer = cluster.kubectl(&["get", "--raw", "/readyz"]).ok()?;
            answer.succeeded.then_some(())
        })?;
        let version = cluster.kubectl(&["version"])?;
        println!("{}", version.stdout.trim());
        Ok(cluster)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A file of the plan.
    pub fn pki(&self, file: &str) -> PathBuf {
        self.folder.join("pki").join(file)
    }

    /// A program of Kubernetes, or `helm`.
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    pub fn server(&self) -> &str {
        &self.server
    }

    /// Runs `kubectl` as the administrator.
    pub fn kubectl(&self, arguments: &[&str]) -> Result<Answer, Failure> {
        self.kubectl_as(ADMINISTRATOR, arguments, "")
    }

    /// Runs `kubectl` with a kubeconfig of the plan, or another file, and a text on standard input.
    pub fn kubectl_as(&self, kubeconfig: &str, arguments: &[&str], input: &str) -> Result<Answer, Failure> {
        let problem = |error: std::io::Error| Failure::new(format!("kubectl: {error}"));
        let mut child = Command::new(self.programs.join("kubectl"))
            .arg("--kubeconfig")
            .arg(self.pki(kubeconfig))
            .arg("--cache-dir")
            .arg(self.folder.join("kubectl-cache"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(problem)?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes()).map_err(problem)?;
        }
        let output = child.wait_with_output().map_err(problem)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Answer {
            succeeded: output.status.success(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        })
    }

    /// Applies an object as the administrator.
    pub fn apply(&self, object: &Value) -> Result<Answer, Failure> {
        self.kubectl_as(ADMINISTRATOR, &["apply", "-f", "-"], &object.to_string())
    }

    /// Creates an object; a failure if the API server does not take it.
    pub fn make(&self, object: &Value) -> Result<(), Failure> {
        let answer = self.kubectl_as(ADMINISTRATOR, &["create", "-f", "-"], &object.to_string())?;
        if answer.succeeded { Ok(()) } else { Err(Failure::new(answer.stderr)) }
    }

    /// An object, or a list, as JSON; `null` if it is not there.
    pub fn get(&self, arguments: &[&str]) -> Result<Value, Failure> {
        let answer = self.kubectl(&[&["get", "-o", "json"], arguments].concat())?;
        if answer.succeeded {
            serde_json::from_str(&answer.stdout).map_err(|error| Failure::new(format!("kubectl: {error}")))
        } else if answer.stderr.contains("NotFound") {
            Ok(Value::Null)
        } else {
            Err(Failure::new(answer.stderr))
        }
    }

    /// Applies custom resource definitions, and waits until they are served.
    pub fn apply_definitions(&self, definitions: &Path) -> Result<(), Failure> {
        let folder = definitions.to_string_lossy();
        for arguments in [
            &["apply", "--server-side", "-f", &folder][..],
            &["wait", "--for", "condition=Established", "--timeout", "60s", "crd", "--all"],
        ] {
            let answer = self.kubectl(arguments)?;
            if !answer.succeeded {
                return Err(Failure::new(answer.stderr));
            }
        }
        println!("the custom resources of cert-manager are served");
        Ok(())
    }

    /// The lines of the audit log.
    pub fn audit_log(&self) -> Result<Vec<Value>, Failure> {
        let path = self.folder.join("audit.log");
        let text = fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
        Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }
}

/// Everything that the plan of a cluster makes, with kubeconfigs for this API server.
fn pki(folder: &Path, server: &str) -> Result<(), Failure> {
    let plan = run::root().join("apps/cli/plans/kubernetes.yaml");
    let text = fs::read_to_string(&plan).map_err(|error| failed(&plan, &error))?;
    let path = folder.join("plan.yaml");
    fs::write(&path, text.replace(SERVER_OF_THE_PLAN, server)).map_err(|error| failed(&path, &error))?;
    let mut certgate = Command::new(run::certgate());
    certgate.args(["pki", "init", "--dir"]).arg(folder.join("pki")).arg(&path);
    run::output(&mut certgate).map(|_| ())
}

fn etcd(folder: &Path, port: u16, peer_port: u16) -> Result<Process, Failure> {
    let pki = folder.join("pki/etcd");
    let file = |name: &str| pki.join(name).to_string_lossy().into_owned();
    let client = format!("https://127.0.0.1:{port}");
    let peer = format!("https://127.0.0.1:{peer_port}");
    let mut command = Command::new("etcd");
    command.arg("--data-dir").arg(folder.join("etcd")).args([
        "--listen-client-urls",
        &client,
        "--advertise-client-urls",
        &client,
        "--listen-peer-urls",
        &peer,
        "--initial-advertise-peer-urls",
        &peer,
        "--initial-cluster",
        &format!("default={peer}"),
        "--client-cert-auth",
        "--cert-file",
        &file("server.crt"),
        "--key-file",
        &file("server.key"),
        "--trusted-ca-file",
        &file("ca.crt"),
        "--peer-client-cert-auth",
        "--peer-cert-file",
        &file("peer.crt"),
        "--peer-key-file",
        &file("peer.key"),
        "--peer-trusted-ca-file",
        &file("ca.crt"),
        // The store of a test outlives nothing.
        "--unsafe-no-fsync",
    ]);
    Process::start("etcd", &mut command, folder)
}

fn apiserver(programs: &Path, folder: &Path, etcd_port: u16, port: u16) -> Result<Process, Failure> {
    let pki = folder.join("pki");
    let audit = run::root().join("tests/kubernetes/audit.yaml");
    let file = |name: &str| pki.join(name).to_string_lossy().into_owned();
    let options = [
        ("etcd-servers", format!("https://127.0.0.1:{etcd_port}")),
        ("etcd-cafile", file("etcd/ca.crt")),
        ("etcd-certfile", file("control-plane/apiserver-etcd-client.crt")),
        ("etcd-keyfile", file("control-plane/apiserver-etcd-client.key")),
        ("bind-address", "127.0.0.1".to_owned()),
        ("secure-port", port.to_string()),
        // The default service would point at an address on loopback, which is none for pods.
        ("endpoint-reconciler-type", "none".to_owned()),
        ("tls-cert-file", file("control-plane/apiserver.crt")),
        ("tls-private-key-file", file("control-plane/apiserver.key")),
        ("client-ca-file", file("control-plane/client-ca.crt")),
        ("requestheader-client-ca-file", file("front-proxy/ca.crt")),
        ("proxy-client-cert-file", file("front-proxy/client.crt")),
        ("proxy-client-key-file", file("front-proxy/client.key")),
        ("service-account-issuer", "https://kubernetes.default.svc".to_owned()),
        ("service-account-key-file", file("control-plane/sa.pub")),
        ("service-account-signing-key-file", file("control-plane/sa.key")),
        ("service-cluster-ip-range", "10.96.0.0/16".to_owned()),
        ("authorization-mode", "Node,RBAC".to_owned()),
        ("audit-policy-file", audit.to_string_lossy().into_owned()),
        ("audit-log-path", folder.join("audit.log").to_string_lossy().into_owned()),
    ];
    let mut command = Command::new(programs.join("kube-apiserver"));
    command.args(options.map(|(name, value)| format!("--{name}={value}")));
    Process::start("kube-apiserver", &mut command, folder)
}
