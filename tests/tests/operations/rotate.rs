//! A new CA in the place of an old one: at every step openssl verifies, with the trust of the step before and after.

use std::path::Path;

use certgate_tests::command::{Said, other, run};
use certgate_tests::root;

use super::{folder, init, openssl};

fn rotate(at: &Path, plan: &str, authority: &str, step: &str) -> Said {
    let plan = root().join("apps/cli/plans").join(plan);
    let plan = plan.to_str().expect("a path");
    let rotate = ["pki", "rotate", "--authority", authority];
    let step = ["--step", step];
    run(at, &[&rotate[..], if step[1].is_empty() { &[] } else { &step }, &[plan]].concat(), b"")
}

fn read(at: &Path, name: &str) -> String {
    std::fs::read_to_string(at.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// openssl on `chain`, whose first certificate is the leaf.
fn verifies(at: &Path, trust: &str, chain: &str) -> bool {
    let verify = ["verify", "-x509_strict", "-CAfile", trust, "-untrusted", chain, chain];
    other("openssl", at, &verify).expect("openssl").exit == 0
}

fn fits(at: &Path, key: &str, certificate: &str) -> bool {
    let of_key = openssl(at, &["pkey", "-in", key, "-pubout"]).stdout;
    of_key == openssl(at, &["x509", "-in", certificate, "-noout", "-pubkey"]).stdout
}

/// A step, twice: the second time nothing changes.
fn step(at: &Path, plan: &str, authority: &str, step: &str) {
    let first = rotate(at, plan, authority, step);
    assert_eq!(first.exit, 0, "{step}: {first:?}");
    let second = rotate(at, plan, authority, step);
    assert_eq!(second.exit, 0, "{step}: {second:?}");
    let changes = |line: &&str| line.starts_with("created") || line.starts_with("replaced");
    assert_eq!(second.stdout.lines().find(changes), None, "{step}, again: {second:?}");
}

#[test]
fn a_root_with_an_intermediate_below() {
    let plan = "three-tier.yaml";
    let folder = folder();
    let at = folder.path();
    init(at, plan);
    std::fs::copy(at.join("root-ca.pem"), at.join("old-trust.pem")).expect("a copy");
    std::fs::copy(at.join("bundle.pem"), at.join("old-chain.pem")).expect("a copy");
    assert_eq!(rotate(at, plan, "root", "switch").exit, 1, "nothing was prepared");

    step(at, plan, "root", "prepare");
    std::fs::copy(at.join("root-ca.next.pem"), at.join("new-trust.pem")).expect("a copy");
    std::fs::copy(at.join("root-ca.trust.pem"), at.join("overlap.pem")).expect("a copy");
    assert_eq!(read(at, "bundle.pem"), read(at, "old-chain.pem"), "the old CA still issues");
    assert!(verifies(at, "overlap.pem", "old-chain.pem"));
    // Each key is certified by the other CA: whoever trusts one alone verifies what the other issued.
    let old_by_new = read(at, "old-chain.pem") + &read(at, "root-ca.old-by-new.pem");
    std::fs::write(at.join("old-with-bridge.pem"), old_by_new).expect("a file");
    assert!(verifies(at, "new-trust.pem", "old-with-bridge.pem"));
    assert!(!verifies(at, "new-trust.pem", "old-chain.pem"), "and without it not");
    assert_eq!(rotate(at, plan, "root", "retire").exit, 1, "the old CA still issues");

    step(at, plan, "root", "switch");
    assert!(
        fits(at, "root-ca.key", "root-ca.pem") && fits(at, "root-ca.previous.key", "root-ca.previous.pem")
    );
    assert_eq!(read(at, "root-ca.pem"), read(at, "new-trust.pem"));
    for trust in ["old-trust.pem", "new-trust.pem", "overlap.pem"] {
        assert!(verifies(at, trust, "bundle.pem"), "{trust}: what is issued now");
    }
    assert!(verifies(at, "overlap.pem", "old-chain.pem"), "what was issued before");
    assert_eq!(rotate(at, plan, "root", "prepare").exit, 1, "one rotation at a time");

    step(at, plan, "root", "retire");
    assert!(verifies(at, "root-ca.trust.pem", "bundle.pem"));
    assert!(!verifies(at, "root-ca.trust.pem", "old-chain.pem"), "the old CA is trusted no more");
    assert!(!verifies(at, "old-trust.pem", "bundle.pem"), "and no chain leads to it");
    assert!(!at.join("root-ca.previous.key").exists());
    let retired = std::fs::read_dir(at).expect("the folder").flatten();
    let retired = retired.filter(|entry| entry.file_name().to_string_lossy().contains("retired-")).count();
    assert_eq!(retired, 2, "certificate and key are put away, not lost");
    // And the next one.
    step(at, plan, "root", "prepare");
    step(at, plan, "root", "switch");
    assert!(verifies(at, "root-ca.trust.pem", "bundle.pem"));
}

#[test]
fn an_intermediate_alone() {
    let plan = "three-tier.yaml";
    let folder = folder();
    let at = folder.path();
    init(at, plan);
    std::fs::copy(at.join("bundle.pem"), at.join("old-chain.pem")).expect("a copy");
    for word in ["prepare", "switch", "retire"] {
        step(at, plan, "intermediate", word);
        assert!(verifies(at, "root-ca.pem", "bundle.pem"), "{word}");
        assert!(verifies(at, "root-ca.pem", "old-chain.pem"), "{word}: the root is the same");
    }
    assert_ne!(read(at, "bundle.pem"), read(at, "old-chain.pem"));
}

/// A CA that issues to servers and clients itself; the Secrets carry both CAs as long as both are trusted.
#[test]
fn a_ca_whose_certificates_are_in_secrets() {
    let plan = "mutual-tls.yaml";
    let folder = folder();
    let at = folder.path();
    init(at, plan);
    std::fs::copy(at.join("ca.pem"), at.join("old-trust.pem")).expect("a copy");
    let cas_of_secret = || {
        let secret: serde_json::Value =
            certgate_bindings::read_object(&read(at, "istio-gateway.yaml")).expect("a Secret");
        let data = secret["data"]["cacert"].as_str().expect("cacert").to_owned();
        use base64::Engine;
        let pem = base64::engine::general_purpose::STANDARD.decode(data).expect("base64");
        String::from_utf8(pem).expect("PEM").matches("BEGIN CERTIFICATE").count()
    };
    assert_eq!(cas_of_secret(), 1);
    step(at, plan, "ca", "prepare");
    assert_eq!(cas_of_secret(), 2, "who reads it trusts the next CA before it issues");
    step(at, plan, "ca", "switch");
    assert_eq!(cas_of_secret(), 2);
    for certificate in ["server.pem", "client.pem"] {
        let bridged = read(at, certificate) + &read(at, "ca.new-by-old.pem");
        std::fs::write(at.join("bridged.pem"), bridged).expect("a file");
        assert!(verifies(at, "ca.trust.pem", certificate), "{certificate}");
        assert!(verifies(at, "old-trust.pem", "bridged.pem"), "{certificate}");
    }
    step(at, plan, "ca", "retire");
    assert_eq!(cas_of_secret(), 1);
    assert!(verifies(at, "ca.pem", "server.pem") && verifies(at, "ca.pem", "client.pem"));
}

/// Between any two changes of names of the switch: the same step goes on and comes to the same end.
#[test]
fn an_interrupted_switch_goes_on() {
    let plan = "three-tier.yaml";
    for interruption in 0..4 {
        let folder = folder();
        let at = folder.path();
        init(at, plan);
        assert_eq!(rotate(at, plan, "root", "prepare").exit, 0);
        let next = read(at, "root-ca.next.pem");
        let name = |name: &str| at.join(name);
        if interruption > 0 {
            std::fs::hard_link(name("root-ca.key"), name("root-ca.previous.key")).expect("a link");
        }
        if interruption > 1 {
            std::fs::copy(name("root-ca.pem"), name("root-ca.previous.pem")).expect("a copy");
        }
        if interruption > 2 {
            std::fs::rename(name("root-ca.next.key"), name("root-ca.key")).expect("a rename");
            let prepared = rotate(at, plan, "root", "prepare");
            assert!(prepared.exit == 1, "halfway through the switch nothing is prepared: {prepared:?}");
        }
        step(at, plan, "root", "switch");
        assert_eq!(read(at, "root-ca.pem"), next, "{interruption}");
        assert!(fits(at, "root-ca.key", "root-ca.pem"), "{interruption}");
        assert!(fits(at, "root-ca.previous.key", "root-ca.previous.pem"), "{interruption}");
        assert!(verifies(at, "root-ca.previous.pem", "bundle.pem"), "{interruption}");
    }
}

/// Rotates the root of `three-tier.yaml` up to the switch. `old-trust.pem` is the old root, and `ca-chain.pem` the intermediate with
/// what leads to it.
pub(super) fn switched_root(at: &Path) {
    let plan = "three-tier.yaml";
    std::fs::copy(at.join("root-ca.pem"), at.join("old-trust.pem")).expect("a copy");
    for word in ["prepare", "switch"] {
        assert_eq!(rotate(at, plan, "root", word).exit, 0, "{word}");
    }
    let chain = ["intermediate-ca.pem", "root-ca.new-by-old.pem", "root-ca.previous.pem"];
    std::fs::write(at.join("ca-chain.pem"), chain.map(|name| read(at, name)).concat()).expect("a file");
}

/// A chain has the intermediate and the bridge, and no root.
pub(super) fn leads_to_the_old_root(at: &Path, chain: &str) {
    assert!(verifies(at, "old-trust.pem", chain) && verifies(at, "root-ca.pem", chain), "{chain}");
    let text = read(at, chain);
    assert_eq!(text.matches("BEGIN CERTIFICATE").count(), 3, "{text}");
    assert!(!text.contains(read(at, "old-trust.pem").trim()), "{chain}: peers have the root");
}
