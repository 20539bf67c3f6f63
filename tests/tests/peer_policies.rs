//! Imported policies give the verdicts of the programs that they are from, or differ for a reason that is written down.

use std::collections::{BTreeMap, BTreeSet};

use certgate_bindings::import::{Peer, import};
use certgate_tests::command::{other, run};
use certgate_tests::peers::{self, Why};
use certgate_tests::root;

#[test]
fn every_row_gets_its_verdict_or_has_a_reason() {
    let exceptions: BTreeMap<&str, &peers::Exception> =
        peers::exceptions().map(|one| (one.id, one)).collect();
    assert_eq!(exceptions.len(), peers::exceptions().count(), "one exception a row");
    let rows = peers::rows();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), rows.len(), "the ids are unique");
    let mut wrong = Vec::new();
    let mut agreed = 0;
    for row in &rows {
        let (ours, codes) = row.ours();
        match exceptions.get(row.id) {
            None if row.theirs.agrees(&ours) => agreed += 1,
            None => wrong.push(format!("{}: {ours:?}, and the row says {:?}", row.id, row.theirs)),
            Some(_) if row.theirs.agrees(&ours) => {
                wrong.push(format!("{} agrees: take it out of the exceptions", row.id));
            }
            Some(exception) if !exception.ours.agrees(&ours) => {
                wrong.push(format!("{}: {ours:?}, and the exception says {:?}", row.id, exception.ours));
            }
            Some(exception) => {
                // Nothing is allowed that the other program denies, but what is equal once it is normalised; and that is
                // said when the policy is imported.
                let wider = ours.is_allowed() && !row.theirs.is_allowed();
                let normalised = matches!(exception.why, Why::Normalised(_));
                if wider && !normalised {
                    wrong.push(format!("{}: allows what the other program denies", row.id));
                }
                if normalised && !codes.iter().any(|code| code == "import/not-kept") {
                    wrong.push(format!("{}: nothing was said of it", row.id));
                }
            }
        }
    }
    for id in exceptions.keys().filter(|id| !ids.contains(**id)) {
        wrong.push(format!("{id} is an exception and no row"));
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    println!("{} rows: {agreed} agree, {} differ for a reason", rows.len(), exceptions.len());
}

#[test]
fn every_row_of_the_table_is_tested_or_has_a_reason() {
    let Some(page) = root().parent().map(|root| root.join("shared/reference/peer-policies.md")) else {
        return;
    };
    let Ok(page) = std::fs::read_to_string(page) else {
        eprintln!("absent, so not tested: ../shared/reference/peer-policies.md");
        return;
    };
    let table: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next())
        .filter(|id| {
            let prefix = ["B", "T", "K", "C0", "A", "M", "S", "V", "KA-", "K8-", "F"];
            let digits = prefix.iter().find_map(|prefix| id.strip_prefix(prefix)).unwrap_or_default();
            let digits = digits.trim_start_matches("8-").trim_start_matches("A-");
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
        .collect();
    assert!(table.len() > 150, "{} rows", table.len());
    let rows: BTreeSet<&str> = peers::rows().iter().map(|row| row.id).collect();
    let elsewhere: Vec<(&str, &str)> = peers::elsewhere().collect();
    // An entry names a row, or all rows whose id begins with it and goes on with a number.
    let covers = |entry: &str, id: &str| {
        entry == id
            || (!entry.ends_with(|c: char| c.is_ascii_digit())
                && id.strip_prefix(entry).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit())))
    };
    let mut wrong = Vec::new();
    for id in &table {
        match (rows.contains(id), elsewhere.iter().any(|(entry, _)| covers(entry, id))) {
            (false, false) => wrong.push(format!("{id} has neither a test nor a reason")),
            (true, true) => wrong.push(format!("{id} is tested: take it out of the list")),
            _ => {}
        }
    }
    for id in rows.iter().filter(|id| !table.contains(**id)) {
        wrong.push(format!("{id} is no row of the table"));
    }
    for (entry, _) in elsewhere.iter().filter(|(entry, _)| !table.iter().any(|id| covers(entry, id))) {
        wrong.push(format!("{entry} covers no row of the table"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} rows in the table, {} tested", table.len(), rows.len());
}

/// K14: a role for RSA keys takes none that is bound to RSASSA-PSS.
#[test]
fn role_keys_bound_to_pss_are_denied() {
    let imported =
        import(Peer::VaultRole, r#"{"allow_any_name": true, "key_type": "any"}"#, None).expect("a role");
    let folder = tempfile::tempdir().expect("a folder");
    let openssl = |arguments: &[&str]| {
        let said = other("openssl", folder.path(), arguments).expect("openssl is installed");
        assert_eq!(said.exit, 0, "{}", said.stderr);
    };
    openssl(&["genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "key.pem"]);
    let pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest", "-sha256"];
    let asking = ["req", "-new", "-key", "key.pem", "-subj", "/CN=a.example.com", "-out", "request.pem"];
    openssl(&[&asking[..], &pss[..]].concat());
    let request = std::fs::read(folder.path().join("request.pem")).expect("the request");
    let request = certgate_bindings::Request::parse(&request).expect("a request");
    let at = certgate_bindings::parse_time(certgate_tests::vector::AT).expect("a time");
    let context = certgate_bindings::ContextDocument::default().to_context(at).expect("a context");
    let reasons = imported.policy.evaluate(&request, &context).reasons();
    let codes: Vec<&str> = reasons.iter().map(|reason| reason.code.as_str()).collect();
    assert_eq!(codes, ["policy/key-not-allowed"], "{reasons:?}");
}

#[test]
fn faults_of_a_file_are_said_with_their_place() {
    let place = |peer, text: &str| {
        let error = import(peer, text, None).expect_err("a fault");
        let first = &error.diagnostics()[0];
        (first.code.clone(), first.position.map(|position| (position.line, position.column)))
    };
    let unknown = "import/unknown-key".to_owned();
    assert_eq!(place(Peer::VaultRole, "ttl: 1h\nallow_bare_domain: true\n").0, unknown);
    assert_eq!(place(Peer::VaultRole, "ttl: 1h\nallow_bare_domain: true\n").1.map(|(line, _)| line), Some(2));
    assert_eq!(place(Peer::VaultRole, "not_after_bound: forbid\n").0, unknown);
    assert!(import(Peer::OpenBaoRole, "not_after_bound: forbid\n", None).is_ok());
    assert_eq!(place(Peer::OpenBaoRole, "serial_number_source: json\n").0, unknown);
    assert_eq!(place(Peer::VaultRole, "ttl: soon\n").0, "import/value");
    assert_eq!(place(Peer::VaultRole, "ttl: 2h\nmax_ttl: 1h\n").0, "import/refused");
    assert_eq!(place(Peer::VaultRole, "ttl: [\n").0, "import/syntax");
    let policy = "apiVersion: policy.cert-manager.io/v1alpha1\nkind: CertificateRequestPolicy\nspec:\n  selector: { issuerRef: {} }\n";
    assert!(import(Peer::ApproverPolicy, policy, Some("p")).is_ok());
    let validated = format!("{policy}  allowed:\n    dnsNames:\n      validations: [{{ rule: \"true\" }}]\n");
    assert_eq!(place(Peer::ApproverPolicy, &validated).0, "import/unsupported");
    assert_eq!(place(Peer::ApproverPolicy, &format!("{policy}  allow: {{}}\n")).0, unknown);
    assert_eq!(place(Peer::KubernetesSigner, "signerName: example.com/x\n").0, "import/unsupported");
}

/// Patterns of a file that look like references of certgate mean themselves, and so nothing.
#[test]
fn nothing_in_a_file_becomes_a_reference() {
    let role = r#"{"allowed_domains": ["${facts.x}"], "allow_bare_domains": true, "allowed_uri_sans": ["spiffe://${facts.x}/*"]}"#;
    let imported = import(Peer::VaultRole, role, None).expect("a role");
    assert!(!imported.policy.canonical_json().contains("${"), "{}", imported.policy.canonical_json());
    assert!(imported.notes.iter().filter(|note| note.message.contains("allows nothing")).count() == 2);
}

#[test]
fn the_command_prints_a_policy_that_it_reads_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let role =
        r#"{"allowed_domains": "example.com,example.org", "allow_subdomains": true, "generate_lease": true}"#;
    let said = run(folder.path(), &["policy", "import", "vault-role", "--id", "web", "-"], role.as_bytes());
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(
        said.stderr.contains("import/outside") && said.stderr.contains("import/not-kept"),
        "{}",
        said.stderr
    );
    let lint = run(folder.path(), &["policy", "lint", "-"], said.stdout.as_bytes());
    assert_eq!(lint.exit, 0, "{}", lint.stdout);
    let json = run(
        folder.path(),
        &["policy", "import", "vault-role", "--format", "json", "--id", "web", "-"],
        role.as_bytes(),
    );
    let json: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    let digest = run(folder.path(), &["policy", "digest", "-"], said.stdout.as_bytes());
    assert!(
        digest.stdout.starts_with(json["digest"].as_str().expect("a digest")),
        "one policy in both forms"
    );
    assert!(json["diagnostics"].as_array().is_some_and(|notes| !notes.is_empty()));
    let failed = run(folder.path(), &["policy", "import", "vault-role", "-"], b"bogus: 1\n");
    assert_eq!((failed.exit, failed.stdout.as_str()), (4, ""), "{}", failed.stderr);
    assert!(failed.stderr.contains("import/unknown-key"), "{}", failed.stderr);
}
