//! What the webhook foresees of the signers of Kubernetes, held to those signers: the controller manager signs what is approved.

use std::process::Command;

use serde_json::Value;

use super::admission::{condition, new_request, signing_with};
use super::checks::Checks;
use super::cluster::{ADMINISTRATOR, Cluster};
use super::processes::{Process, free_port, until};
use crate::run::Failure;

const CLIENT: &str = "kubernetes.io/kube-apiserver-client";
const KUBELET_CLIENT: &str = "kubernetes.io/kube-apiserver-client-kubelet";
const SERVING: &str = "kubernetes.io/kubelet-serving";

const NODE: &[&str] = &["O=system:nodes", "CN=system:node:n"];
const SIGN: &str = "digital signature";
const ENCIPHER: &str = "key encipherment";
const CLIENT_AUTH: &str = "client auth";
const SERVER_AUTH: &str = "server auth";

/// A request, and what it is about.
struct Case {
    name: &'static str,
    signer: &'static str,
    subject: &'static [&'static str],
    names: &'static [&'static str],
    usages: &'static [&'static str],
}

const fn case(
    name: &'static str,
    signer: &'static str,
    subject: &'static [&'static str],
    names: &'static [&'static str],
    usages: &'static [&'static str],
) -> Case {
    Case { name, signer, subject, names, usages }
}

const CASES: [Case; 24] = [
    case("client", CLIENT, &["CN=jane", "O=ops"], &[], &[SIGN, CLIENT_AUTH]),
    case("client-enciphers", CLIENT, &["CN=jane"], &[], &[SIGN, ENCIPHER, CLIENT_AUTH]),
    case("client-with-names", CLIENT, &["CN=jane"], &["jane.example.com"], &[SIGN, CLIENT_AUTH]),
    case("client-without-name", CLIENT, &[], &[], &[SIGN, CLIENT_AUTH]),
    case("client-is-server", CLIENT, &["CN=jane"], &[], &[SIGN, SERVER_AUTH]),
    case("client-is-both", CLIENT, &["CN=jane"], &[], &[SIGN, CLIENT_AUTH, SERVER_AUTH]),
    case("client-only-signs", CLIENT, &["CN=jane"], &[], &[SIGN]),
    case("client-signs-code", CLIENT, &["CN=jane"], &[], &[SIGN, CLIENT_AUTH, "code signing"]),
    case("node-client", KUBELET_CLIENT, NODE, &[], &[SIGN, CLIENT_AUTH]),
    case("node-client-enciphers", KUBELET_CLIENT, NODE, &[], &[SIGN, ENCIPHER, CLIENT_AUTH]),
    case("node-client-only-auth", KUBELET_CLIENT, NODE, &[], &[CLIENT_AUTH]),
    case("node-client-is-server", KUBELET_CLIENT, NODE, &[], &[SIGN, CLIENT_AUTH, SERVER_AUTH]),
    case("node-client-with-names", KUBELET_CLIENT, NODE, &["n"], &[SIGN, CLIENT_AUTH]),
    case(
        "node-client-of-another-group",
        KUBELET_CLIENT,
        &["O=nodes", "CN=system:node:n"],
        &[],
        &[SIGN, CLIENT_AUTH],
    ),
    case(
        "node-client-of-another-name",
        KUBELET_CLIENT,
        &["O=system:nodes", "CN=n"],
        &[],
        &[SIGN, CLIENT_AUTH],
    ),
    case("serving", SERVING, NODE, &["n", "192.0.2.1"], &[SIGN, SERVER_AUTH]),
    case("serving-enciphers", SERVING, NODE, &["192.0.2.1"], &[SIGN, ENCIPHER, SERVER_AUTH]),
    case("serving-without-names", SERVING, NODE, &[], &[SIGN, SERVER_AUTH]),
    case("serving-with-a-uri", SERVING, NODE, &["n", "spiffe://example.com/n"], &[SIGN, SERVER_AUTH]),
    case("serving-with-a-mailbox", SERVING, NODE, &["n", "n@example.com"], &[SIGN, SERVER_AUTH]),
    case("serving-is-client", SERVING, NODE, &["n"], &[SIGN, CLIENT_AUTH]),
    case("serving-is-both", SERVING, NODE, &["n"], &[SIGN, SERVER_AUTH, CLIENT_AUTH]),
    case("serving-of-another-group", SERVING, &["O=nodes", "CN=system:node:n"], &["n"], &[SIGN, SERVER_AUTH]),
    case("serving-of-another-name", SERVING, &["O=system:nodes", "CN=n"], &["n"], &[SIGN, SERVER_AUTH]),
];

/// Sends every request while the webhook only warns, approves it, and compares the warning with what the signer does.
pub fn run(cluster: &Cluster, checks: &mut Checks) -> Result<(), Failure> {
    let _signers = start(cluster)?;
    ask_about_all(cluster)?;
    let mut seen = [0; 2];
    for Case { name, signer, subject, names, usages } in CASES {
        let request = new_request(cluster, name, subject, names)?;
        let object = signing_with(name, signer, &request, usages);
        let answer = cluster.apply(&object)?;
        if !answer.succeeded {
            return Err(Failure::new(format!("{name}: {}", answer.stderr)));
        }
        let foreseen = answer.stderr.contains(&format!("would be approved, then fail at {signer}, because"));
        let answer = cluster.kubectl(&["certificate", "approve", name])?;
        let again = answer.stderr.contains("then fail at");
        let stored = until(&format!("{name} is signed or fails"), 30, || {
            let stored = cluster.get(&["csr", name]).ok()?;
            let has_ended = !stored["status"]["certificate"].is_null() || failed(&stored).is_some();
            has_ended.then_some(stored)
        })?;
        let fault = failed(&stored);
        seen[usize::from(fault.is_some())] += 1;
        let said = fault.as_deref().unwrap_or("signed");
        checks.hold(
            &format!("{name}: the webhook foresees what {signer} does ({said})"),
            foreseen == fault.is_some() && again == foreseen,
            format_args!("foreseen: {foreseen}, when approved: {again}"),
        );
    }
    let what = format!("of {} requests {} are signed and {} fail", CASES.len(), seen[0], seen[1]);
    checks.hold(&what, seen.iter().all(|count| *count >= 6), "too few of one kind");
    Ok(())
}

/// As shipped, the webhook is not asked about the first certificates of nodes. Here it is.
fn ask_about_all(cluster: &Cluster) -> Result<(), Failure> {
    let patch = r#"[{"op":"remove","path":"/webhooks/0/matchConditions"}]"#;
    let arguments = ["patch", "validatingwebhookconfiguration", "certgate", "--type=json", "-p", patch];
    let answer = cluster.kubectl(&arguments)?;
    if !answer.succeeded {
        return Err(Failure::new(answer.stderr));
    }
    let request = new_request(cluster, "probe-node", NODE, &["n"])?;
    let probe = signing_with("probe-node", KUBELET_CLIENT, &request, &[SIGN, CLIENT_AUTH]).to_string();
    until("the webhook is asked about nodes", 30, || {
        let dry = ["create", "--dry-run=server", "-f", "-"];
        let answer = cluster.kubectl_as(ADMINISTRATOR, &dry, &probe).ok()?;
        answer.stderr.contains("then fail at").then_some(())
    })
}

/// Why the signer has not signed.
fn failed(stored: &Value) -> Option<String> {
    condition(stored, "Failed")["message"].as_str().map(str::to_owned)
}

/// The controller that signs, and no other.
fn start(cluster: &Cluster) -> Result<Process, Failure> {
    let file = |name: &str| cluster.pki(name).to_string_lossy().into_owned();
    let options = [
        ("kubeconfig", file(ADMINISTRATOR)),
        ("controllers", "certificatesigningrequest-signing-controller".to_owned()),
        ("leader-elect", "false".to_owned()),
        ("bind-address", "127.0.0.1".to_owned()),
        ("secure-port", free_port()?.to_string()),
        ("cluster-signing-cert-file", file("kubelet/ca.crt")),
        ("cluster-signing-key-file", file("kubelet/ca.key")),
        ("cluster-signing-duration", "24h".to_owned()),
    ];
    let mut command = Command::new(cluster.program("kube-controller-manager"));
    command.args(options.map(|(name, value)| format!("--{name}={value}")));
    Process::start("kube-controller-manager", &mut command, cluster.folder())
}
