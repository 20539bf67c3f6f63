//! Imported policies give the verdicts of the programs that they are from, or differ for a reason that is written down.

use std::collections::{BTreeMap, BTreeSet};

use certgate_bindings::export::{ExportKind, export};
use certgate_bindings::import::{ImportMode, ImportOptions, Peer, import, import_with};
use certgate_tests::command::{other, run};
use certgate_tests::peers::{self, Verdict, Why, exact, random};
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

/// A star in a usage of a CertificateRequestPolicy stands for any characters.
#[test]
fn stars_in_usages_stand_for_any_characters() {
    for (pattern, word, expected) in [
        ("*", "keyAgreement", true),
        ("* auth", "server auth", true),
        ("*sign*", "digitalSignature", true),
        ("server*", "client auth", false),
        ("s*a*h", "server auth", true),
        ("*a", "server auth", false),
        ("any", "any", true),
    ] {
        let object = serde_json::json!({
            "apiVersion": "policy.cert-manager.io/v1alpha1",
            "kind": "CertificateRequestPolicy",
            "metadata": { "name": "p" },
            "spec": { "selector": { "issuerRef": {} }, "allowed": { "usages": [pattern] } },
        })
        .to_string();
        let imported = import(Peer::ApproverPolicy, &object, None);
        let usages = imported.ok().map(|imported| imported.policy.canonical_json()).unwrap_or_default();
        let usages: serde_json::Value = serde_json::from_str(&usages).unwrap_or_default();
        let words: Vec<&serde_json::Value> = ["key", "extended"]
            .iter()
            .filter_map(|kind| usages["usages"][kind]["allow"].as_array())
            .flatten()
            .collect();
        let found = words.iter().any(|own| words_for(own).contains(&word));
        assert_eq!(found, expected, "{pattern} {word} {words:?}");
    }
}

/// The words for a usage: that of Kubernetes, and that of X.509.
fn words_for(own: &serde_json::Value) -> Vec<&str> {
    match own.as_str() {
        Some("serverAuth" | "server auth") => vec!["server auth", "serverAuth"],
        Some("clientAuth" | "client auth") => vec!["client auth", "clientAuth"],
        Some("anyExtendedKeyUsage" | "any") => vec!["any"],
        Some(other) => vec![other],
        None => Vec::new(),
    }
}

/// The simulation gives the verdict of the program for every row, with the names and the lifetime that it would issue.
#[test]
fn the_exact_mode_decides_every_row_as_the_program_does() {
    let mut wrong = Vec::new();
    let mut decided = 0;
    for row in peers::rows().into_iter().chain(exact::rows()).chain(exact::curves()) {
        let Some(policy) = row.simulated() else {
            if row.theirs != Verdict::Refused {
                wrong.push(format!("{}: the policy is refused", row.id));
            }
            continue;
        };
        decided += 1;
        let (simulation, issued) = row.simulation(&policy);
        let found = peers::verdict_of(&simulation);
        let names = exact::NAMES.iter().find(|(id, _)| *id == row.id).map(|(_, names)| Verdict::names(names));
        let theirs = names.unwrap_or_else(|| row.theirs.clone());
        if !theirs.agrees(&found) {
            wrong.push(format!(
                "{}: {found:?}, and the row says {theirs:?}: {:?}",
                row.id, simulation.reasons
            ));
        }
        // Nothing is issued that the program does not issue.
        if issued && !found.is_allowed() {
            wrong.push(format!("{}: it is issued, and the program says {found:?}", row.id));
        }
        if let Some((_, begin, end)) = exact::LIFETIMES.iter().find(|(id, _, _)| *id == row.id) {
            let issued = simulation.issued.as_ref();
            let lives = issued.map(|issued| (issued.not_before.as_str(), issued.not_after.as_str()));
            let fits = lives.is_some_and(|(from, to)| to == *end && begin.is_none_or(|begin| begin == from));
            if !fits {
                wrong.push(format!("{}: {lives:?}, and the row says {begin:?} to {end}", row.id));
            }
        }
        if exact::WARNED.contains(&row.id) && simulation.warnings.is_empty() {
            wrong.push(format!("{}: there is no warning", row.id));
        }
    }
    assert!(wrong.is_empty(), "{} of {decided} rows:\n{}", wrong.len(), wrong.join("\n"));
    println!("{decided} rows decided exactly");
}

/// Where the program allows what certgate never issues, the decision says so and there is no approval.
#[test]
fn hard_rules_hold_beside_the_simulation() {
    let all: Vec<peers::Row> = peers::rows().into_iter().chain(exact::rows()).collect();
    let held = |id: &str| {
        let row = all.iter().find(|row| row.id == id).expect("a row");
        let (simulation, issued) = row.simulation(&row.simulated().expect("a policy"));
        assert_eq!(simulation.outcome, "allowed", "{id}");
        assert!(!issued, "{id} is issued");
    };
    for id in ["B22", "B59", "B69", "B78", "B79", "B99", "T19", "T22", "T25", "A44"] {
        held(id);
    }
}

/// A quirk that is not kept is decided as certgate does: each one changes a row, or the reason of one.
#[test]
fn every_quirk_can_be_left_out() {
    let all: Vec<peers::Row> = peers::rows().into_iter().chain(exact::rows()).collect();
    let row = |id: &str| all.iter().find(|row| row.id == id).unwrap_or_else(|| panic!("no row {id}"));
    let without = |row: &peers::Row, quirk: &str| {
        let canonical = row.simulated().expect("a policy").canonical_json();
        let mut document: serde_json::Value = serde_json::from_str(&canonical).expect("JSON");
        let quirks = document["compat"]["quirks"].as_array_mut().expect("quirks");
        let before = quirks.len();
        quirks.retain(|name| name != quirk);
        assert_eq!(quirks.len() + 1, before, "{quirk} is no quirk of {}", row.id);
        certgate_bindings::Policy::load(&document.to_string())
    };
    let shown: &[(&str, &str)] = &[
        ("suffix-case-sensitive", "B11"),
        ("common-name-before-idna", "B51"),
        ("drop-unfit-alt-names", "B58"),
        ("mailbox-rule-for-hosts", "B79"),
        ("end-beyond-max-ttl", "T07"),
        ("truncate-expired-issuer", "T19"),
        ("unknown-usages-ignored", "K19"),
        ("star-spans-dots", "A05-dots"),
        ("no-idna", "A21"),
        ("usages-as-text", "A22"),
        ("ed25519-size-unknown", "A30"),
        ("common-name-deny-falls-through", "S25"),
        ("deny-only-kinds-open", "S19"),
        ("wildcard-unseen-by-deny", "S15"),
        ("parse-fault-is-server-fault", "S08"),
        ("backdate-from-end", "K8-35"),
        ("lifetime-floor", "K8-floor"),
        ("unanchored-regex", "F-part"),
        ("addresses-unseen", "F06"),
        ("unknown-profile-is-default", "F-profile"),
    ];
    assert_eq!(shown.len(), certgate::policy::document::Quirk::ALL.len(), "every quirk");
    for (quirk, id) in shown {
        let own = ["A05-dots", "K8-floor", "F-part", "F-profile"].into_iter().find(|own| own == id);
        let own = own.map(peers::quirk_row);
        let row = own.as_ref().unwrap_or_else(|| row(id));
        let (kept, _) = row.simulation(&row.simulated().expect("a policy"));
        match without(row, quirk) {
            Ok(policy) => assert_ne!(row.simulation(&policy).0, kept, "{quirk} changes nothing of {id}"),
            Err(error) => assert_eq!(error.diagnostics()[0].code, "document/compat", "{quirk}: {error}"),
        }
    }
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
    let table = table(&page);
    assert!(table.len() > 150, "{} rows", table.len());
    native_rows(&table);
    let rows = peers::rows().into_iter().chain(exact::rows()).chain(exact::curves());
    let rows: BTreeSet<&str> = rows.map(|row| row.id).collect();
    let missing: BTreeMap<String, String> = table
        .iter()
        .filter(|id| !rows.contains(**id))
        .map(|id| ((*id).to_owned(), if *id == "K14" { "elsewhere" } else { "left out" }.to_owned()))
        .collect();
    let differences = certgate_tests::exceptions::differences("peer-rows.txt", &missing);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    println!("{} rows in the table, {} simulated", table.len(), table.len() - missing.len());
}

/// The ids of the rows.
fn table(page: &str) -> BTreeSet<&str> {
    page.lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next())
        .filter(|id| {
            let prefix = ["B", "T", "K", "C0", "A", "M", "S", "V", "KA-", "K8-", "F"];
            let digits = prefix.iter().find_map(|prefix| id.strip_prefix(prefix)).unwrap_or_default();
            let digits = digits.trim_start_matches("8-").trim_start_matches("A-");
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
        .collect()
}

/// Every row is one of the native mode, or has a reason.
fn native_rows(table: &BTreeSet<&str>) {
    let rows: BTreeSet<&str> = peers::rows().iter().map(|row| row.id).collect();
    let elsewhere: Vec<(&str, &str)> = peers::elsewhere().collect();
    // An entry names a row, or all rows whose id begins with it and goes on with a number.
    let covers = |entry: &str, id: &str| {
        entry == id
            || (!entry.ends_with(|c: char| c.is_ascii_digit())
                && id.strip_prefix(entry).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit())))
    };
    let mut wrong = Vec::new();
    for id in table {
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
    let text = r#"{"allow_any_name": true, "key_type": "any"}"#;
    let imported = import(Peer::VaultRole, text, None).expect("a role");
    let options = ImportOptions { mode: ImportMode::Exact, ..ImportOptions::default() };
    let simulated = import_with(Peer::VaultRole, text, &options).expect("a role");
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
    let simulation = simulated.policy.evaluate(&request, &context).simulation().expect("a simulation");
    assert_eq!(simulation.reasons[0].code, "compat/key-denied", "{:?}", simulation.reasons);
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
    assert!(import(Peer::ApproverPolicy, &validated, Some("p")).is_ok());
    let validated = validated.replace("true", "size(self)");
    assert_eq!(place(Peer::ApproverPolicy, &validated).0, "import/unsupported");
    assert_eq!(place(Peer::ApproverPolicy, &format!("{policy}  allow: {{}}\n")).0, unknown);
    assert_eq!(place(Peer::KubernetesSigner, "signerName: example.com/x\n").0, "import/unsupported");
}

/// What is denied stays denied, and a block allows no more than the program reads in it.
#[test]
fn addresses_of_a_file_allow_no_more_than_there() {
    let document = |peer: Peer, text: &str| -> serde_json::Value {
        let imported = import(peer, text, Some("p")).unwrap_or_else(|error| panic!("{text}: {error}"));
        serde_json::from_str(&imported.policy.canonical_json()).expect("JSON")
    };
    let step = document(Peer::StepCa, r#"{"x509": {"deny": {"ip": ["::ffff:10.0.0.1", "10.9.0.0/16"]}}}"#);
    assert_eq!(step["names"]["ip"]["deny"], serde_json::json!(["10.0.0.1", "10.9.0.0/16"]), "{step}");
    let unsaid = r#"{"x509": {"allow": {"cn": ["a"]}, "deny": {"cn": ["${facts.x}"]}}}"#;
    let error = import(Peer::StepCa, unsaid, Some("p")).expect_err("it cannot be said");
    assert_eq!(error.diagnostics()[0].code, "import/unsupported", "{error}");
    let role = document(
        Peer::OpenBaoRole,
        r#"{"allow_any_name": true, "allowed_ip_sans_cidr": ["::ffff:10.0.0.0/8", "::ffff:10.0.0.0/104", "10.1.2.3/8"]}"#,
    );
    assert_eq!(
        role["names"]["ip"]["allow"],
        serde_json::json!(["::/8", "10.0.0.0/8", "10.0.0.0/8"]),
        "{role}"
    );
    let approver = |value: &str| {
        let text = format!(
            "apiVersion: policy.cert-manager.io/v1alpha1\nkind: CertificateRequestPolicy\nspec:\n  selector: {{ issuerRef: {{}} }}\n  allowed: {{ ipAddresses: {{ values: [\"{value}\"] }} }}\n"
        );
        document(Peer::ApproverPolicy, &text)["names"]["ip"]["allow"].clone()
    };
    for block in ["10.1.2.3/8", "10.0.0.0/8", "10.0.0.1/32", "::/0"] {
        assert_eq!(approver(block), serde_json::Value::Null, "{block}");
    }
    assert_eq!(approver("10.0.*"), serde_json::json!(["10.0.0.0/16"]));
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

/// The policy that a file becomes, as JSON, and the paths of its notes on what it does not keep.
fn imported(peer: Peer, file: &serde_json::Value) -> (serde_json::Value, Vec<String>) {
    let imported = import(peer, &file.to_string(), Some("p")).expect("a policy");
    let policy = serde_json::from_str(&imported.policy.canonical_json()).expect("JSON");
    let notes = imported.notes.iter().filter(|note| note.code == "import/not-kept");
    (policy, notes.map(|note| note.path_text()).collect())
}

/// A star in a domain stands for something only where the role says so, in a template as elsewhere; it is never any one label.
#[test]
fn stars_in_templates_are_globs_or_nothing() {
    let role = |globs: bool| {
        serde_json::json!({
            "allowed_domains": ["*.{{identity.entity.name}}.example.com", "{{identity.entity.name}}.example.com"],
            "allowed_domains_template": true, "allow_bare_domains": true, "allow_glob_domains": globs,
            "allow_localhost": false, "key_type": "ec",
        })
    };
    let plain = "${facts.identity_entity_name}.example.com";
    for peer in [Peer::VaultRole, Peer::OpenBaoRole] {
        let (policy, notes) = imported(peer, &role(false));
        assert_eq!(policy["names"]["dns"]["allow"], serde_json::json!([plain]));
        assert!(notes.contains(&"allowed_domains[0]".to_owned()), "{notes:?}");
        let (policy, notes) = imported(peer, &role(true));
        let glob = serde_json::json!({ "glob": format!("*.{plain}") });
        assert_eq!(policy["names"]["dns"]["allow"], serde_json::json!([glob, plain]));
        assert!(!notes.contains(&"allowed_domains[0]".to_owned()), "{notes:?}");
    }
}

/// A role that gives its keys only what they cannot do gives no certificate for any use.
#[test]
fn usages_that_no_key_of_the_role_can_have_are_kept() {
    let role = serde_json::json!({
        "allow_any_name": true, "require_cn": false, "key_type": "ec", "key_usage": ["KeyEncipherment"],
    });
    let (policy, notes) = imported(Peer::VaultRole, &role);
    assert_eq!(policy["usages"]["key"]["force"], serde_json::json!(["keyEncipherment"]));
    assert!(notes.contains(&"key_usage".to_owned()), "{notes:?}");
}

/// Of several entries for one type the first decides, as in the simulation; an address in the text of another matches nothing.
#[test]
fn entries_that_decide_nothing_allow_nothing() {
    let object = |allowed: serde_json::Value| {
        serde_json::json!({
            "apiVersion": "policy.cert-manager.io/v1alpha1", "kind": "CertificateRequestPolicy",
            "metadata": { "name": "p" }, "spec": { "selector": { "issuerRef": {} }, "allowed": allowed },
        })
    };
    let upn = "1.3.6.1.4.1.311.20.2.3";
    let uid = "0.9.2342.19200300.100.1.1";
    let (policy, notes) = imported(
        Peer::ApproverPolicy,
        &object(serde_json::json!({
            "otherNames": [{ "oid": upn, "values": ["u@*"] }, { "oid": upn, "values": ["*"], "required": true }],
            "subject": { "otherAttributes": [{ "oid": uid, "values": ["a"] }, { "oid": uid, "values": ["*"] }] },
            "ipAddresses": { "values": ["::ffff:10.0.0.1", "10.0.0.2"] },
        })),
    );
    let other = &policy["names"]["otherName"]["userPrincipalName"];
    assert_eq!(other, &serde_json::json!({ "allow": ["u@*"], "presence": "required" }));
    assert_eq!(policy["subject"]["attributes"]["userId"], serde_json::json!({ "allow": ["a"] }));
    assert_eq!(policy["names"]["ip"]["allow"], serde_json::json!(["10.0.0.2"]));
    for path in [
        "spec.allowed.otherNames[1]",
        "spec.allowed.subject.otherAttributes[1]",
        "spec.allowed.ipAddresses.values[0]",
    ] {
        assert!(notes.contains(&path.to_owned()), "{path}: {notes:?}");
    }
}

/// The simulation's codes are all shown by rows.
#[test]
fn every_code_of_the_simulation_is_shown() {
    let mut shown: BTreeSet<String> = BTreeSet::new();
    for row in peers::rows().into_iter().chain(exact::rows()) {
        let Some(policy) = row.simulated() else { continue };
        let (simulation, _) = row.simulation(&policy);
        shown.extend(simulation.reasons.into_iter().chain(simulation.warnings).map(|one| one.code));
    }
    let known = certgate::diagnostic::Code::all().map(|code| code.as_str().to_owned());
    let known: BTreeSet<String> = known.filter(|code| code.starts_with("compat/")).collect();
    assert_eq!(shown, known);
}

#[test]
fn a_compat_block_stands_alone_and_names_one_program() {
    let code = |text: &str| {
        let error = certgate_bindings::Policy::load(text).expect_err("a fault");
        error.diagnostics()[0].code.clone()
    };
    let head = "version: 1\nid: x\n";
    let role = "vaultRole: { allow_any_name: true }";
    assert!(certgate_bindings::Policy::load(&format!("{head}compat: {{ {role} }}\n")).is_ok());
    let fault = "document/compat";
    assert_eq!(code(&format!("{head}compat: {{}}\n")), fault);
    assert_eq!(
        code(&format!("{head}compat: {{ {role}, kubernetesSigner: {{ signerName: a.b/c }} }}\n")),
        fault
    );
    assert_eq!(code(&format!("{head}compat: {{ {role}, quirks: [no-idna] }}\n")), fault);
    assert_eq!(code(&format!("{head}compat: {{ {role} }}\nkeys: {{ Ed25519: {{}} }}\n")), fault);
    assert_eq!(code(&format!("{head}compat: {{ vaultRole: {{ key_bits: 7 }} }}\n")), fault);
    assert_eq!(
        code(&format!("{head}compat: {{ vaultRole: {{ allow_any: true }} }}\n")),
        "document/unknown-key"
    );
    assert_eq!(code(head), "document/missing-key");
}

/// A policy is written as another program writes it, where that can say the same: imported again it is the same policy,
/// which decides the same. What cannot be said is named.
#[test]
fn exported_policies_come_back() {
    let request = |parts: &[(&str, &str)]| {
        certgate_bindings::Request::parse(&peers::request(parts).der()).expect("a request")
    };
    let at = certgate_bindings::parse_time(certgate_tests::vector::AT).expect("a time");
    let mut compared = 0;
    for (peer, kind) in
        [(Peer::VaultRole, ExportKind::VaultRole), (Peer::ApproverPolicy, ExportKind::ApproverPolicy)]
    {
        let seed = if peer == Peer::VaultRole { Peer::OpenBaoRole } else { peer };
        let mut numbers = random::Numbers(11);
        for _ in 0..300 {
            let case = random::case(seed, &mut numbers);
            let Ok(imported) = import(peer, &case.policy.to_string(), Some("p")) else { continue };
            let Ok(written) = export(&imported.policy, kind) else { continue };
            let again = import(peer, &written, Some("p")).expect("what was written is read");
            let context =
                certgate_bindings::ContextDocument::from_value(case.context.clone()).expect("a context");
            let context = context.to_context(at).expect("a context");
            let request = request(&case.parts);
            let (one, other) =
                (imported.policy.evaluate(&request, &context), again.policy.evaluate(&request, &context));
            assert_eq!((one.outcome(), one.template()), (other.outcome(), other.template()), "{written}");
            compared += 1;
        }
    }
    println!("{compared} policies written and read again");
    assert!(compared > 200, "{compared} policies could be written");
    let load = |text: &str| certgate_bindings::Policy::load(text).expect("a policy");
    let web = load(
        "version: 1\nid: web\nnames: { dns: { allow: [a.example.com], deny: [b.example.com] } }\nkeys: { EC: [P-256] }\nvalidity: { default: 1h, max: 2h }\n",
    );
    for kind in ExportKind::ALL {
        let error = export(&web, kind).expect_err("it cannot be said");
        assert!(error.diagnostics().iter().all(|fault| fault.code == "export/unsupported"), "{error}");
        let named = |path: &str| error.diagnostics().iter().any(|fault| fault.message.contains(path));
        assert!(named("names.dns.deny"), "{error}");
    }
    // A simulation is written as it stands.
    let options = ImportOptions { mode: ImportMode::Exact, ..ImportOptions::default() };
    let role = r#"{"allowed_domains": ["example.com"], "allow_subdomains": true}"#;
    let exact = import_with(Peer::VaultRole, role, &options).expect("a role");
    let written: serde_json::Value =
        serde_json::from_str(&export(&exact.policy, ExportKind::VaultRole).expect("a role")).expect("JSON");
    assert_eq!(written, serde_json::from_str::<serde_json::Value>(role).expect("JSON"));
}
