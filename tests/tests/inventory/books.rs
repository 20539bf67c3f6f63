use std::collections::BTreeSet;

use certgate_tests::command::{other, run};

use super::{CA, POLICY, entries, hierarchy, issue, ok, text};

#[test]
fn what_is_issued_is_recorded_with_its_policy_and_request() {
    let folder = hierarchy();
    issue(folder.path(), "web", &[]);
    let all = entries(folder.path());
    // Root, intermediate and server of the plan, and the new one.
    assert_eq!(all.len(), 4, "{all:#?}");
    assert!(all.iter().all(|entry| text(entry, "state") == "delivered"), "{all:#?}");
    let entry = all.last().expect("an entry");
    assert_eq!(text(entry, "policy"), "servers");
    let digest = ok(folder.path(), &["policy", "digest", "policy.yaml"]).stdout;
    assert!(digest.contains(text(entry, "policyDigest")), "{digest}");
    assert_eq!(entry["names"][0], "web.example.internal");
    let request = ok(folder.path(), &["inspect", "--format", "json", "web.csr"]).stdout;
    assert!(request.contains(text(entry, "requestSha256")), "the digest of the request is that of inspect");
    assert!(request.contains(text(entry, "spkiSha256")), "the digest of the key is that of inspect");
    if let Some(said) = other("openssl", folder.path(), &["x509", "-in", "web.pem", "-noout", "-serial"]) {
        let serial = said.stdout.trim().trim_start_matches("serial=").to_lowercase();
        assert_eq!(serial, text(entry, "serialNumber"));
    }
    let shown = ok(folder.path(), &["inventory", "show", "--pem", text(entry, "serialNumber")]).stdout;
    assert_eq!(shown.trim(), std::fs::read_to_string(folder.path().join("web.pem")).expect("it").trim());
    assert_eq!(run(folder.path(), &["inventory", "show", "0badc0de"], b"").exit, 1);
}

#[test]
fn a_denied_request_takes_no_serial_number() {
    let folder = hierarchy();
    let before = entries(folder.path()).len();
    ok(folder.path(), &["request", "new", "-n", "web.example.org", "--key-output", "k", "-o", "r"]);
    let arguments = [&["issue", "-p", "policy.yaml"], &CA[..], &["r"]].concat();
    assert_eq!(run(folder.path(), &arguments, b"").exit, 1);
    assert_eq!(entries(folder.path()).len(), before);
    let without = [&["issue", "-p", "policy.yaml", "--no-inventory"], &CA[..], &["r"]].concat();
    assert_eq!(run(folder.path(), &without, b"").exit, 1);
}

#[test]
fn programs_that_issue_at_once_lose_nothing() {
    let folder = hierarchy();
    let path = folder.path();
    ok(path, &["request", "new", "-n", "web.example.internal", "--key-output", "k", "-o", "r"]);
    std::thread::scope(|scope| {
        for worker in 0..4 {
            scope.spawn(move || {
                for round in 0..3 {
                    let output = format!("{worker}-{round}.pem");
                    ok(path, &[&["issue", "-p", "policy.yaml", "-o", &output], &CA[..], &["r"]].concat());
                }
            });
        }
    });
    let serials: BTreeSet<String> =
        entries(path).iter().map(|entry| text(entry, "serialNumber").to_owned()).collect();
    assert_eq!(serials.len(), 3 + 12);
    ok(path, &["audit", "verify"]);
}

#[test]
fn the_inventory_is_exported_in_every_form() {
    let folder = hierarchy();
    issue(folder.path(), "web", &[]);
    let path = folder.path();
    let table = ok(path, &["inventory", "list"]).stdout;
    assert!(table.starts_with("SERIAL NUMBER") && table.lines().count() == 5, "{table}");
    let lines = ok(path, &["inventory", "list", "--format", "ndjson"]).stdout;
    assert!(lines.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{lines}");
    assert_eq!(lines.lines().count(), 4);
    ok(path, &["inventory", "export", "--format", "csv", "-o", "all.csv"]);
    let csv = std::fs::read_to_string(path.join("all.csv")).expect("the file");
    assert!(csv.starts_with("serialNumber,state,issuer,") && csv.lines().count() == 5, "{csv}");
    ok(path, &["inventory", "export", "--format", "prometheus", "-o", "all.prom"]);
    let metrics = std::fs::read_to_string(path.join("all.prom")).expect("the file");
    for name in
        ["x509_cert_not_before", "x509_cert_not_after", "x509_cert_expired", "x509_cert_expires_in_seconds"]
    {
        let count = metrics.lines().filter(|line| line.starts_with(&format!("{name}{{"))).count();
        assert_eq!(count, 4, "{name}: {metrics}");
        assert!(metrics.contains(&format!("# TYPE {name} gauge")), "{metrics}");
    }
    let soon = run(path, &["inventory", "expiring", "--within", "2d", "--format", "json"], b"");
    assert_eq!(soon.exit, 1, "{soon:?}");
    let soon: Vec<serde_json::Value> = serde_json::from_str(&soon.stdout).expect("JSON");
    assert_eq!(soon.iter().map(|entry| text(entry, "policy")).collect::<Vec<_>>(), ["servers"]);
    ok(path, &["inventory", "expiring", "--within", "1h"]);
}

#[test]
fn files_that_are_no_inventory_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    assert_eq!(run(path, &["inventory", "list"], b"").exit, 3);
    std::fs::write(
        path.join("inventory.db"),
        "not a database, but long enough to be taken for one".repeat(100),
    )
    .expect("the file");
    let said = run(path, &["inventory", "list"], b"");
    assert!(said.exit == 3 && said.stderr.contains("no inventory"), "{said:?}");
    std::fs::write(path.join("inventory.db"), b"").expect("the file");
    let said = run(path, &["inventory", "list"], b"");
    assert!(said.exit == 3 && said.stderr.contains("no inventory"), "{said:?}");
}

#[test]
fn policies_are_compared_over_what_is_in_force() {
    let folder = hierarchy();
    let folder = folder.path();
    for name in ["a", "b", "c"] {
        issue(folder, name, &[]);
    }
    let all = entries(folder);
    let serial = |name: &str| {
        let host = format!("{name}.example.internal");
        let entry = all.iter().find(|entry| entry["names"][0] == host.as_str()).expect("an entry");
        text(entry, "serialNumber").to_owned()
    };
    ok(folder, &["revoke", &serial("c"), "--reason", "superseded"]);
    let narrow = POLICY.replace("*.example.internal", "a.example.internal");
    std::fs::write(folder.join("narrow.yaml"), narrow).expect("a policy");
    let diff = |more: &[&str]| {
        run(folder, &[&["policy", "diff", "policy.yaml", "narrow.yaml", "inventory.db"], more].concat(), b"")
    };
    let said = diff(&[]);
    assert_eq!(said.exit, 1, "{said:?}");
    let changed = format!("inventory.db: {}: allowed -> denied", serial("b"));
    assert!(said.stdout.starts_with(&changed), "{said:?}");
    // With the intermediate and the server of the plan, and without what was revoked.
    assert!(said.stdout.trim_end().ends_with("4 requests, 1 verdicts change"), "{said:?}");
    // All of it is over by then.
    let said = diff(&["--at", "2100-01-01T00:00:00Z"]);
    assert_eq!((said.exit, said.stdout.trim()), (0, "0 requests, 0 verdicts change"), "{said:?}");
    std::fs::write(folder.join("inventory.db"), "SQLite format 3\0 and no more").expect("a file");
    assert_eq!(diff(&[]).exit, 3);
}

#[test]
fn what_is_revoked_does_not_go_on() {
    let folder = hierarchy();
    let path = folder.path();
    issue(path, "web", &[]);
    let plan = certgate_tests::root().join("apps/cli/plans/three-tier.yaml");
    let init = ["pki", "init", plan.to_str().expect("a path")];
    let read = |name: &str| std::fs::read_to_string(path.join(name)).expect("a file");
    // Superseded: another certificate for the same key. Anything else: people decide about the key.
    let before = (read("server.pem"), read("server.key"));
    ok(path, &["revoke", "--reason", "superseded", "server.pem"]);
    let said = ok(path, &init);
    assert!(said.stderr.contains("server.pem is made anew"), "{said:?}");
    assert!(read("server.pem") != before.0 && read("server.key") == before.1);
    for reason in ["certificateHold", "keyCompromise"] {
        ok(path, &["revoke", "--reason", reason, "server.pem"]);
        let said = run(path, &init, b"");
        assert_eq!(said.exit, 1, "{said:?}");
        assert!(said.stderr.contains(&format!("server.pem is revoked ({reason})")), "{said:?}");
    }
    for file in ["server.pem", "server.key"] {
        std::fs::rename(path.join(file), path.join(format!("{file}.old"))).expect("it was there");
    }
    ok(path, &init);
    assert!(read("server.key") != before.1, "a new key");
    // And the CA itself.
    ok(path, &["revoke", "--reason", "keyCompromise", "intermediate-ca.pem"]);
    let count = entries(path).len();
    for more in [&[][..], &["--output-dir", "many"]] {
        let arguments = [&["issue", "-p", "policy.yaml"], &CA[..], more, &["web.csr"]].concat();
        let said = run(path, &arguments, b"");
        assert_eq!(said.exit, 1, "{said:?}");
        assert!(said.stderr.contains("is revoked (keyCompromise) [issue/issuer]"), "{said:?}");
    }
    assert_eq!(entries(path).len(), count, "no serial number was taken");
    assert_eq!(run(path, &init, b"").exit, 1);
}

/// A bundle as servers send it, in whatever order: its leaf is meant, and never a CA that stands beside it.
#[test]
fn of_a_bundle_the_leaf_is_shown_and_revoked() {
    let folder = hierarchy();
    let path = folder.path();
    issue(path, "web", &["--chain"]);
    let text_of = |name: &str| std::fs::read_to_string(path.join(name)).expect("a file");
    let chain = text_of("web.pem");
    let second = chain.rfind("-----BEGIN").expect("two certificates");
    let (leaf, above) = chain.split_at(second);
    for (name, text) in [
        ("leaf.pem", leaf.to_owned()),
        ("reversed.pem", format!("{}{above}{leaf}", text_of("root-ca.pem"))),
        ("strange.pem", format!("{chain}{}", text_of("server.pem"))),
    ] {
        std::fs::write(path.join(name), text).expect("a file");
    }
    let alone = ok(path, &["inventory", "show", "leaf.pem"]);
    assert_eq!(alone.stderr, "");
    for (name, count) in [("web.pem", "2 certificates"), ("reversed.pem", "3 certificates")] {
        let shown = ok(path, &["inventory", "show", name]);
        assert_eq!(shown.stdout, alone.stdout, "{name}");
        assert!(shown.stderr.contains(count) && shown.stderr.contains("web.example.internal"), "{shown:?}");
    }
    let strange = run(path, &["revoke", "--reason", "superseded", "strange.pem"], b"");
    assert!(strange.exit == 3 && strange.stderr.contains("input/several-blocks"), "{strange:?}");
    ok(path, &["revoke", "--reason", "superseded", "reversed.pem"]);
    let revoked: Vec<serde_json::Value> =
        entries(path).into_iter().filter(|entry| entry["revoked"].is_object()).collect();
    assert_eq!(revoked.len(), 1, "{revoked:#?}");
    assert_eq!(revoked[0]["names"][0], "web.example.internal");
    // The same for lists.
    let list =
        [&["crl", "new", "--no-inventory", "-o", "ca.crl", "--revoke", "reversed.pem"], &CA[..]].concat();
    assert!(ok(path, &list).stdout.contains("1 entries"));
    // What is verified is the first certificate, and it is said if that is not the leaf.
    let said = ok(path, &["verify", "--purpose", "any", "-a", "root-ca.pem", "reversed.pem"]);
    assert!(said.stdout.contains("note: the first certificate counts"), "{said:?}");
    let said = ok(path, &["verify", "-a", "root-ca.pem", "web.pem"]);
    assert!(!said.stdout.contains("note:"), "{said:?}");
}
