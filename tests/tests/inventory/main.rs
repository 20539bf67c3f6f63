//! The inventory, the audit log, revocation lists and OCSP responses, as users run them, and in the programs of others.

mod audit;
mod books;
mod crash;
mod lists;
mod many;
mod outputs;
mod pyca;
mod responses;

use std::path::Path;

use certgate_tests::command::{Said, run};
use certgate_tests::root;

/// A policy for servers below `example.internal`, and for OCSP responders.
const POLICY: &str = r#"
version: 1
id: servers
subject: { commonName: { presence: forbidden } }
names: { dns: { allow: ["*.example.internal"] } }
keys: { EC: [P-256] }
usages: { extended: { force: [serverAuth] } }
validity: { default: 24h, max: 90d }
"#;

const RESPONDERS: &str = r#"
version: 1
id: responders
subject: { commonName: { presence: required, allow: [{ exact: responder }] } }
names: { presence: forbidden }
keys: { EC: [P-256] }
usages: { extended: { force: [OCSPSigning] } }
validity: { default: 24h, max: 90d }
"#;

fn ok(folder: &Path, arguments: &[&str]) -> Said {
    let said = run(folder, arguments, b"");
    assert_eq!(said.exit, 0, "{arguments:?}: {said:?}");
    said
}

/// Root and intermediate of the plan `three-tier`.
fn hierarchy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = root().join("apps/cli/plans/three-tier.yaml");
    ok(folder.path(), &["pki", "init", plan.to_str().expect("a path")]);
    let chain = std::fs::read_to_string(folder.path().join("intermediate-ca.pem")).expect("the intermediate")
        + &std::fs::read_to_string(folder.path().join("root-ca.pem")).expect("the root");
    std::fs::write(folder.path().join("issuer.pem"), chain).expect("the issuer");
    std::fs::write(folder.path().join("policy.yaml"), POLICY).expect("the policy");
    std::fs::write(folder.path().join("responders.yaml"), RESPONDERS).expect("the policy");
    folder
}

const CA: [&str; 4] = ["--ca", "issuer.pem", "--ca-key", "intermediate-ca.key"];

/// Issues a certificate `NAME.pem` for `NAME.example.internal`.
fn issue(folder: &Path, name: &str, more: &[&str]) {
    let (key, request, output) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
    let host = format!("{name}.example.internal");
    ok(folder, &["request", "new", "--name", &host, "--key-output", &key, "-o", &request]);
    let arguments =
        [&["issue", "--policy", "policy.yaml", "-o", &output], &CA[..], more, &[&request]].concat();
    ok(folder, &arguments);
}

/// Makes a request for a host, with a new key that lies beside it.
fn request(folder: &Path, host: &str, file: &str) {
    ok(folder, &["request", "new", "-n", host, "--key-output", &format!("{file}.key"), "-o", file]);
}

/// The inventory as JSON.
fn entries(folder: &Path) -> Vec<serde_json::Value> {
    let said = ok(folder, &["inventory", "list", "--format", "json"]);
    serde_json::from_str(&said.stdout).expect("JSON")
}

fn text<'v>(entry: &'v serde_json::Value, key: &str) -> &'v str {
    entry[key].as_str().unwrap_or_else(|| panic!("{key} in {entry}"))
}
