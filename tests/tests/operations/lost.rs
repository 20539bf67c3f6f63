//! What fails or is revoked in a plan: it does not go on, and everything else does.

use std::path::Path;

use base64::Engine;
use certgate_bindings::read_object;
use certgate_tests::command::Said;
use serde_json::Value;

use super::ends::{after, init, read, rotate, shipped, verifies, written};
use super::folder;

fn step(at: &Path, plan: &str, step: &str) -> Said {
    after(2, at, &["pki", "rotate", "--dir", "FOLDER", "--authority", "root", "--step", step, plan])
}

fn revoke(at: &Path, reason: &str, certificate: &str) {
    let file = format!("FOLDER/{certificate}");
    let said = after(1, at, &["revoke", "--inventory", "FOLDER/inventory.db", "--reason", reason, &file]);
    assert_eq!(said.exit, 0, "{said:?}");
}

fn remove(at: &Path, files: &[&str]) {
    for file in files {
        std::fs::remove_file(at.join(file)).expect("it was there");
    }
}

#[test]
fn a_key_in_other_hands_is_not_certified_again() {
    let folder = folder();
    let at = folder.path();
    let plan = shipped("three-tier.yaml");
    assert_eq!(init(0, at, &plan).exit, 0);
    revoke(at, "certificateHold", "server.pem");
    let held = init(1, at, &plan);
    assert!(held.exit == 1 && held.stderr.contains("end the hold"), "{held:?}");
    assert!(!held.stderr.contains("away"), "a hold ends again: {held:?}");
    revoke(at, "keyCompromise", "server.pem");
    let said = init(1, at, &plan);
    assert!(said.exit == 1 && said.stderr.contains("move both away"), "{said:?}");
    remove(at, &["server.pem"]);
    let said = init(1, at, &plan);
    assert!(said.exit == 1 && said.stderr.contains("the key is in other hands"), "{said:?}");
    assert!(!at.join("server.pem").exists());
    remove(at, &["server.key"]);
    assert_eq!(init(1, at, &plan).exit, 0);
    assert!(verifies(1, at, "root-ca.pem", "bundle.pem"));
}

#[test]
fn a_next_ca_that_was_revoked_does_not_come_to_issue() {
    let folder = folder();
    let at = folder.path();
    let plan = shipped("three-tier.yaml");
    assert_eq!(init(0, at, &plan).exit, 0);
    let old = read(at, "root-ca.pem");
    std::fs::write(at.join("old-trust.pem"), &old).expect("a file");
    assert_eq!(step(at, &plan, "prepare").exit, 0);
    revoke(at, "keyCompromise", "root-ca.next.pem");
    for word in ["prepare", "switch"] {
        let said = step(at, &plan, word);
        assert!(said.exit == 1 && said.stderr.contains("root-ca.next.pem is revoked"), "{word}: {said:?}");
    }
    assert_eq!(read(at, "root-ca.pem"), old, "the old CA still issues");
    // Another one in its place: the bridges are for its key.
    remove(at, &["root-ca.next.pem", "root-ca.next.key"]);
    for word in ["prepare", "switch"] {
        let said = step(at, &plan, word);
        assert_eq!(said.exit, 0, "{word}: {said:?}");
    }
    for trust in ["old-trust.pem", "root-ca.pem"] {
        assert!(verifies(2, at, trust, "bundle.pem"), "{trust}");
    }
}

#[test]
fn what_fails_keeps_no_other_back() {
    let folder = folder();
    let at = folder.path();
    let plan = shipped("mutual-tls.yaml");
    assert_eq!(init(0, at, &plan).exit, 0);
    revoke(at, "keyCompromise", "client.pem");
    assert!(!verifies(95, at, "ca.pem", "server.pem"), "its time is over");
    let said = init(95, at, &plan);
    assert!(said.exit == 1 && said.stderr.contains("client.pem is revoked"), "{said:?}");
    assert!(said.stderr.contains("server.pem is made anew"), "{said:?}");
    assert!(verifies(95, at, "ca.pem", "server.pem"), "the client comes first, and the server all the same");
    // What hangs on a CA that failed is named, and not tried.
    let said = init(3_651, at, &plan);
    assert!(said.exit == 1 && said.stderr.contains("`server` is left as it is, for `ca` failed"), "{said:?}");
    // A rotation comes to its end with all that can be made.
    for word in ["prepare", "switch", "retire"] {
        let arguments = ["pki", "rotate", "--dir", "FOLDER", "--authority", "ca", "--step", word, &plan];
        let said = after(96, at, &arguments);
        assert_eq!(said.exit, i32::from(word != "prepare"), "{word}: {said:?}");
    }
    assert!(verifies(96, at, "ca.trust.pem", "server.pem"));
    assert!(!at.join("ca.previous.pem").exists(), "the old one was put away");
}

/// How many CAs are trusted by a Secret, and its private key.
fn cas_and_key(at: &Path) -> (usize, String) {
    let secret: Value = read_object(&read(at, "istio-gateway.yaml")).expect("a Secret");
    let field = |name: &str| {
        let text = secret["data"][name].as_str().expect("base64");
        let pem = base64::engine::general_purpose::STANDARD.decode(text).expect("base64");
        String::from_utf8(pem).expect("PEM")
    };
    (field("cacert").matches("BEGIN CERTIFICATE").count(), field("key"))
}

#[test]
fn a_key_that_is_in_its_secret_alone_goes_through_a_rotation() {
    let folder = folder();
    let at = folder.path();
    let plan = shipped("mutual-tls.yaml");
    assert_eq!(init(0, at, &plan).exit, 0);
    let key = read(at, "server.key");
    remove(at, &["server.key"]);
    for (word, count) in [("prepare", 2), ("switch", 2), ("retire", 1)] {
        rotate(1, at, &plan, "ca", word);
        assert_eq!(cas_and_key(at), (count, key.clone()), "{word}");
    }
    assert!(verifies(1, at, "ca.pem", "server.pem"));
    assert!(!at.join("server.key").exists(), "it stays where it is");
}

/// A Secret that cannot be written keeps no other from those who trust the next CA.
#[test]
fn the_next_ca_is_told_wherever_that_can_be_done() {
    let folder = folder();
    let at = folder.path();
    let plan = shipped("mutual-tls.yaml");
    assert_eq!(init(0, at, &plan).exit, 0);
    let foreign = "apiVersion: v1\nkind: Secret\ndata: { tls.key: AAAA }\n";
    std::fs::write(at.join("gateway-api.yaml"), foreign).expect("a file");
    let arguments = ["pki", "rotate", "--dir", "FOLDER", "--authority", "ca", "--step", "prepare", &plan];
    let said = after(1, at, &arguments);
    assert!(said.exit == 1 && said.stdout.contains("ca: prepared"), "{said:?}");
    assert!(said.stderr.contains("gateway-api.yaml holds another private key"), "{said:?}");
    assert_eq!(read(at, "gateway-api.yaml"), foreign);
    assert_eq!(cas_and_key(at).0, 2);
    assert_eq!(read(at, "ca.trust.pem").matches("BEGIN CERTIFICATE").count(), 2);
}

#[test]
fn one_run_writes_to_a_folder_at_a_time() {
    let folder = folder();
    let at = folder.path();
    let plan = shipped("three-tier.yaml");
    let entered = certgate_ops::durable::enter(at).expect("a folder");
    if entered.is_none() {
        return eprintln!("not tested: folders cannot be locked here");
    }
    let said = init(0, at, &plan);
    assert!(said.exit == 1 && said.stderr.contains("another run writes to"), "{said:?}");
    assert!(!at.join("root-ca.key").exists());
    drop(entered);
    assert_eq!(init(0, at, &plan).exit, 0);
    let entered = certgate_ops::durable::enter(at).expect("a folder");
    let said = step(at, &plan, "prepare");
    assert!(said.exit == 1 && said.stderr.contains("another run writes to"), "{said:?}");
    drop(entered);
    assert_eq!(step(at, &plan, "prepare").exit, 0);
}

#[test]
fn a_development_ca_that_ended_names_no_plan() {
    let folder = folder();
    let at = folder.path();
    let dev = ["dev-ca", "--dir", "FOLDER/dev"];
    assert_eq!(after(0, at, &dev).exit, 0);
    let said = after(400, at, &dev);
    assert!(said.exit == 1 && said.stderr.contains("move it and its private key away"), "{said:?}");
    assert!(!said.stderr.contains("pki rotate"), "{said:?}");
}

const HELD: &str = "version: 1
id: held
authorities:
  root: { subject: [CN=Root], lifetime: 3650d, pathLength: 1, certificate: root.pem, privateKey: root.key }
  sub: { issuer: root, subject: [CN=Sub], lifetime: 1000d, certificate: sub.pem, privateKey: sub.key }
certificates:
  web: { issuer: sub, names: [web.example.com], purposes: [serverAuth], lifetime: 90d, certificate: web.pem, privateKey: web.key, chain: chain.pem }
";

const TEAM: &str = r#"
version: 1
id: team
names: { dns: { allow: ["*.example.com"] } }
keys: { EC: [P-256] }
usages: { extended: { allow: [serverAuth, clientAuth], default: [serverAuth] } }
validity: { default: 24h, max: 90d }
"#;

#[test]
fn other_constraints_of_a_plan_are_laid_on_the_ca_that_is_there() {
    let folder = folder();
    let at = folder.path();
    let plan = written(at, HELD);
    let policy = |text: &str| std::fs::write(at.join("team.yaml"), text).expect("a file");
    assert_eq!(init(0, at, &plan).exit, 0);
    let key = read(at, "sub.key");
    let held = HELD.replace("lifetime: 1000d,", "lifetime: 1000d, constrain: team.yaml,");
    policy(TEAM);
    let other_names = TEAM.replace("[\"*.example.com\"]", "[\"*.example.com\", \"*.example.org\"]");
    for (what, plan_text, policy_text, field) in [
        ("constraints", held.as_str(), TEAM, "nameConstraints"),
        ("other names", &held, &other_names, "nameConstraints"),
        (
            "other purposes",
            &held,
            &other_names.replace("serverAuth, clientAuth", "serverAuth"),
            "extendedKeyUsage",
        ),
        ("no constraints", HELD, TEAM, "nameConstraints"),
    ] {
        written(at, plan_text);
        policy(policy_text);
        let said = init(1, at, &plan);
        let expected = format!("sub.pem is made anew: its {field} is not that of the plan");
        assert!(said.exit == 0 && said.stderr.contains(&expected), "{what}: {said:?}");
        assert!(verifies(1, at, "root.pem", "chain.pem"), "{what}");
        let kept = init(1, at, &plan);
        assert!(
            kept.exit == 0 && kept.stdout.lines().all(|line| line.starts_with("kept")),
            "{what}: {kept:?}"
        );
    }
    assert_eq!(read(at, "sub.key"), key, "keys are kept");
    // Nobody looks at those of a root.
    written(at, &HELD.replace("lifetime: 3650d,", "lifetime: 3650d, constrain: team.yaml,"));
    let said = init(1, at, &plan);
    assert!(said.exit == 1 && said.stderr.contains("constraints of a root"), "{said:?}");
}
