//! `certgate renew` and `certgate agent`, with every kind of issuer, as users run them.

mod agent;
mod crash;
mod issuers;
mod layouts;
mod reasons;
mod server;

use std::path::Path;

use certgate_bindings::Bundle;
use certgate_bindings::issue::PrivateKey;
use certgate_tests::command::{Said, run};
use certgate_tests::root;

/// A policy for servers below `example.internal` that live for a day.
const POLICY: &str = r#"
version: 1
id: servers
subject: { commonName: { presence: forbidden } }
names: { dns: { allow: ["*.example.internal"] } }
keys: { EC: [P-256] }
usages: { extended: { force: [serverAuth] } }
validity: { default: 24h, max: 24h }
"#;

/// The issuer of most targets.
const LOCAL: &str = "local: { ca: issuer.pem, privateKey: intermediate-ca.key }";

/// Root and intermediate of the plan `three-tier`, a policy, and `target.yaml`.
fn prepared(target: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = root().join("apps/cli/plans/three-tier.yaml");
    let said = run(folder.path(), &["pki", "init", plan.to_str().expect("a path")], b"");
    assert_eq!(said.exit, 0, "{said:?}");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a file");
    let issuer = read("intermediate-ca.pem") + &read("root-ca.pem");
    write(folder.path(), "issuer.pem", &issuer);
    write(folder.path(), "policy.yaml", POLICY);
    write(folder.path(), "target.yaml", target);
    folder
}

/// A target for `web.example.internal`.
fn target(issuer: &str, output: &str, more: &str) -> String {
    format!(
        "version: 1\nid: web\npolicy: policy.yaml\nnames: [web.example.internal]\npurposes: [serverAuth]\n\
         trust: [root-ca.pem]\nissuer: {{ {issuer} }}\noutput: {{ {output} }}\n{more}\n"
    )
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("a file");
}

fn renew(folder: &Path, more: &[&str]) -> Said {
    run(folder, &[&["renew"], more, &["target.yaml"]].concat(), b"")
}

/// Renews; the reasons must be these.
fn renewed(folder: &Path, reasons: &str) {
    let said = renew(folder, &[]);
    assert_eq!(said.exit, 0, "{reasons}: {said:?}");
    assert!(said.stdout.contains(&format!("renewed ({reasons})")), "{reasons}: {said:?}");
    current(folder);
}

/// Nothing is due.
fn current(folder: &Path) {
    let said = renew(folder, &[]);
    assert!(said.exit == 0 && said.stdout.contains(": current, due at"), "{said:?}");
}

/// Key and certificate of two files must match; gives the serial number.
fn pair(key: &Path, certificate: &Path) -> String {
    matching(&std::fs::read(key).expect("the key"), &std::fs::read(certificate).expect("the chain"))
}

fn matching(key: &[u8], chain: &[u8]) -> String {
    let key = PrivateKey::parse(key).expect("a whole key");
    let bundle = Bundle::parse(chain).expect("a whole chain");
    let leaf = bundle.certificates().first().expect("a certificate");
    assert!(key.belongs_to(leaf), "key and certificate do not match");
    leaf.serial_number().to_string()
}

/// The pair of the folder `tls`. A version is kept for two renewals; who is slower than that begins again.
fn pair_of(folder: &Path) -> String {
    loop {
        let current = || std::fs::canonicalize(folder.join("tls/current")).expect("a version");
        let version = current();
        let read = |name: &str| std::fs::read(version.join(name));
        match (read("tls.key"), read("tls.crt")) {
            (Ok(key), Ok(chain)) => return matching(&key, &chain),
            faults => assert_ne!(current(), version, "{faults:?}"),
        }
    }
}
