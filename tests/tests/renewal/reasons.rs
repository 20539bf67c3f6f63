use super::{LOCAL, POLICY, current, pair_of, prepared, renew, renewed, target, write};

#[test]
fn a_pair_is_renewed_for_every_reason_and_for_no_other() {
    let folder = prepared(&target(LOCAL, "folder: tls", ""));
    let path = folder.path();
    let dry = renew(path, &["--dry-run"]);
    assert!(dry.exit == 1 && dry.stdout.contains("renewal/missing"), "{dry:?}");
    assert!(!path.join("tls/current").exists(), "a dry run changes nothing");
    renewed(path, "renewal/missing");
    let first = pair_of(path);
    assert_eq!(renew(path, &["--dry-run"]).exit, 0);
    assert_eq!(pair_of(path), first);

    // A day's certificate is due 8 hours before its end; 23 hours and 59 minutes before is now.
    write(path, "target.yaml", &target(LOCAL, "folder: tls", "renewBefore: 1439m\nlifetime: 24h"));
    current(path);
    write(path, "target.yaml", &target(LOCAL, "folder: tls", "renewBefore: 24h\nlifetime: 24h"));
    let never = renew(path, &[]);
    assert!(never.exit == 1 && never.stderr.contains("renewed at once"), "{never:?}");
    assert_eq!(pair_of(path), first, "what stood stands");

    let names = target(LOCAL, "folder: tls", "").replace("[web.", "[api.example.internal, web.");
    write(path, "target.yaml", &names);
    renewed(path, "renewal/differs");

    let narrower = POLICY.replace("max: 24h", "max: 12h").replace("default: 24h", "default: 12h");
    write(path, "policy.yaml", &narrower);
    renewed(path, "renewal/not-allowed");

    let version = std::fs::canonicalize(path.join("tls/current")).expect("a version");
    std::fs::copy(path.join("server.key"), version.join("tls.key")).expect("a copy");
    renewed(path, "renewal/key-differs");
    let version = std::fs::canonicalize(path.join("tls/current")).expect("a version");
    std::fs::remove_file(version.join("tls.key")).expect("it was there");
    renewed(path, "renewal/key-differs");
    let version = std::fs::canonicalize(path.join("tls/current")).expect("a version");
    std::fs::write(version.join("tls.crt"), "half of a certific").expect("a file");
    renewed(path, "renewal/missing");

    let short = POLICY.replace("default: 24h", "default: 6s, backdate: 0s");
    write(path, "policy.yaml", &short);
    let forced = renew(path, &["--force"]);
    assert!(forced.exit == 0 && forced.stdout.contains("asked for"), "{forced:?}");
    std::thread::sleep(std::time::Duration::from_secs(7));
    write(path, "policy.yaml", &POLICY.replace("max: 24h", "max: 24h, backdate: 0s"));
    renewed(path, "renewal/expired");
}

#[test]
fn another_ca_makes_a_pair_due() {
    let folder = prepared(&target(LOCAL, "folder: tls", ""));
    let path = folder.path();
    renewed(path, "renewal/missing");
    for file in [
        "root-ca.pem",
        "root-ca.key",
        "intermediate-ca.pem",
        "intermediate-ca.key",
        "server.pem",
        "server.key",
    ] {
        std::fs::remove_file(path.join(file)).expect("it was there");
    }
    for file in ["ca-chain.pem", "bundle.pem"] {
        let _ = std::fs::remove_file(path.join(file));
    }
    let plan = certgate_tests::root().join("apps/cli/plans/three-tier.yaml");
    let said = certgate_tests::command::run(path, &["pki", "init", plan.to_str().expect("a path")], b"");
    assert_eq!(said.exit, 0, "{said:?}");
    let read = |name: &str| std::fs::read_to_string(path.join(name)).expect("a file");
    write(path, "issuer.pem", &(read("intermediate-ca.pem") + &read("root-ca.pem")));
    renewed(path, "renewal/not-trusted");
}

#[test]
fn targets_that_cannot_be_right_are_refused_with_their_place() {
    let folder = prepared("");
    let path = folder.path();
    let good = target(LOCAL, "folder: tls", "");
    for (what, text) in [
        ("an unknown key", good.replace("purposes", "purpose")),
        ("no issuer", good.replace(LOCAL, "")),
        ("two issuers", good.replace(LOCAL, &format!("{LOCAL}, exec: {{ command: [cat] }}"))),
        ("two outputs", good.replace("folder: tls", "folder: tls, combined: both.pem")),
        ("another version", good.replace("version: 1", "version: 2")),
        ("a local CA without a policy", good.replace("policy: policy.yaml\n", "")),
        (
            "a certificate over its key",
            target(LOCAL, "files: { privateKey: a.key, certificate: ./a.key }", ""),
        ),
        (
            "a version of one name",
            good.replace("folder: tls", "folder: tls, names: { certificate: tls.key }"),
        ),
        ("the key of the CA", target(LOCAL, "combined: intermediate-ca.key", "")),
        ("a trust anchor", target(LOCAL, "files: { privateKey: a.key, certificate: root-ca.pem }", "")),
        ("no such policy", good.replace("policy.yaml", "other.yaml")),
        ("no such purpose", good.replace("serverAuth", "serving")),
        ("no such anchors", good.replace("root-ca.pem", "nobody.pem")),
        ("no program", target("exec: { command: [] }", "folder: tls", "")),
    ] {
        write(path, "target.yaml", &text);
        let said = renew(path, &[]);
        assert!(said.exit == 3 && said.stderr.contains("target.yaml"), "{what}: {said:?}");
    }
    let denied = good.replace("web.example.internal", "web.example.org");
    write(path, "target.yaml", &denied);
    let said = renew(path, &[]);
    assert!(said.exit == 1 && said.stderr.contains("policy/dns-not-allowed"), "{said:?}");
}

#[test]
fn what_is_revoked_is_renewed_with_another_key() {
    let folder = prepared(&target(LOCAL, "folder: tls", "key: { reuse: true }"));
    let path = folder.path();
    renewed(path, "renewal/missing");
    let key = || std::fs::read(path.join("tls/tls.key")).expect("the key");
    let (first, before) = (pair_of(path), key());
    let revoke = |reason: &str| {
        let said = certgate_tests::command::run(path, &["revoke", "--reason", reason, &first], b"");
        assert_eq!(said.exit, 0, "{said:?}");
    };
    // A hold ends again, and a new certificate would go around it.
    revoke("certificateHold");
    current(path);
    revoke("keyCompromise");
    let dry = renew(path, &["--dry-run"]);
    assert!(dry.exit == 1 && dry.stdout.contains("verify/revoked"), "{dry:?}");
    renewed(path, "renewal/not-trusted");
    assert!(key() != before, "the key may be lost");
}
