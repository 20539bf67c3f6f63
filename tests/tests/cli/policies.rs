//! `certgate policy`: cases, canonical form, ready-made policies.

use certgate_tests::command::run;
use certgate_tests::root;
use serde_json::Value;

use crate::{folder, write};

const CASES: &str = "\
cases:
  - name: listed
    request: { dns: [a.example.com] }
    expect: allowed
  - name: not listed
    request: { dns: [evil.test] }
    expect: [policy/dns-not-allowed]
";

#[test]
fn cases_pass_and_fail() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "policy.cases.yaml", CASES);
    let said = run(folder, &["policy", "test"], b"");
    assert_eq!(said.exit, 0, "{said:?}");
    assert!(said.stdout.contains("2 of 2 cases passed"), "{}", said.stdout);
    assert_eq!(run(folder, &["policy", "test", "--coverage", "100", "policy.cases.yaml"], b"").exit, 1);
    assert_eq!(run(folder, &["policy", "test", "--coverage", "1"], b"").exit, 0);

    write(folder, "policy.cases.yaml", CASES.replace("expect: allowed", "expect: denied"));
    let said = run(folder, &["policy", "test"], b"");
    assert_eq!(said.exit, 1, "{said:?}");
    assert!(said.stdout.contains("error[case/mismatch]: case listed failed"), "{}", said.stdout);
    let reports: Value =
        serde_json::from_str(&run(folder, &["policy", "test", "--format", "json"], b"").stdout)
            .expect("JSON");
    let passed: Vec<&Value> =
        reports[0]["cases"].as_array().expect("cases").iter().map(|case| &case["passed"]).collect();
    assert_eq!(passed, [false, true]);

    write(folder, "policy.cases.yaml", CASES.replace("expect: allowed", "expcet: allowed"));
    let said = run(folder, &["policy", "test"], b"");
    assert_eq!(said.exit, 3, "{said:?}");
    assert!(
        said.stderr.contains("case/syntax") && said.stderr.contains("policy.cases.yaml:"),
        "{}",
        said.stderr
    );
    std::fs::remove_file(folder.join("policy.cases.yaml")).expect("the file");
    assert_eq!(run(folder, &["policy", "test"], b"").exit, 2, "a folder without cases");
}

/// What is issued where usages are asked for beside the request, and where the key cannot have them.
#[test]
fn key_usages_are_never_left_open() {
    let folder = folder();
    let folder = folder.path();
    let usages = "usages: { key: [digitalSignature, keyEncipherment], extended: [serverAuth] }\n";
    let names = "version: 1\nid: usages\nnames: { dns: { allow: [a.example.com] } }\nkeys: { EC: [P-256], RSA: {} }\nvalidity: { default: 1h, max: 1h }\n";
    let cases = "
context: { usages: [server auth] }
cases:
  - name: nothing is asked of the key
    request: { dns: [a.example.com] }
    expect: { outcome: allowed, template: { keyUsage: [digitalSignature] } }
  - name: all that the key can do
    request: { dns: [a.example.com], key: RSA-2048 }
    expect: { outcome: allowed, template: { keyUsage: [digitalSignature, keyEncipherment] } }
  - name: more than the key can do
    request: { dns: [a.example.com] }
    context: { usages: [digital signature, key encipherment, server auth] }
    expect: { outcome: allowed, template: { keyUsage: [digitalSignature] } }
";
    write(folder, "policy.yaml", format!("{names}{usages}"));
    write(folder, "policy.cases.yaml", cases);
    let said = run(folder, &["policy", "test"], b"");
    assert_eq!(said.exit, 0, "{said:?}");
    // Without a rule for it, key usage follows from key and purpose.
    write(folder, "policy.yaml", format!("{names}usages: {{ extended: [serverAuth] }}\n"));
    let all: String = cases.split("  - name: more than").take(1).collect();
    write(folder, "policy.cases.yaml", all);
    let said = run(folder, &["policy", "test"], b"");
    assert_eq!(said.exit, 0, "{said:?}");
}

#[test]
fn no_case_shows_nothing() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "policy.cases.yaml", "cases: []\n");
    let said = run(folder, &["policy", "test"], b"");
    assert_eq!(said.exit, 1, "{said:?}");
    assert!(said.stderr.contains("policy.cases.yaml has no case"), "{}", said.stderr);
}

#[test]
fn ready_made_policies_are_covered_by_their_cases() {
    let said = run(&root(), &["policy", "test", "--coverage", "100", "policies"], b"");
    assert_eq!(said.exit, 0, "{}{}", said.stdout, said.stderr);
    let last = said.stdout.lines().last().expect("a summary");
    assert!(last.starts_with("14 policies, ") && last.ends_with(" 0 failed"), "{last}");
}

#[test]
fn forms_of_one_policy_have_one_digest() {
    let folder = folder();
    let folder = folder.path();
    let canonical = run(folder, &["policy", "show", "--canonical", "policy.yaml"], b"");
    assert_eq!(canonical.exit, 0);
    write(folder, "policy.json", &canonical.stdout);
    let said = run(folder, &["policy", "digest", "policy.yaml", "policy.json"], b"");
    let digests: Vec<&str> =
        said.stdout.lines().map(|line| line.split(' ').next().expect("a digest")).collect();
    assert_eq!(digests.len(), 2);
    assert!(digests[0].starts_with("sha256:") && digests[0] == digests[1], "{said:?}");
    // The digest is that of the canonical text, for whoever has only sha256sum.
    write(folder, "canonical", canonical.stdout.trim_end());
    if let Some(sum) = certgate_tests::command::other("sha256sum", folder, &["canonical"]) {
        assert_eq!(sum.stdout.split(' ').next(), digests[0].strip_prefix("sha256:"));
    }
    let again = run(folder, &["policy", "show", "--canonical", "policy.json"], b"");
    assert_eq!(again.stdout, canonical.stdout);
}

#[test]
fn ready_made_policies_are_listed_and_shown() {
    let folder = folder();
    let list = run(folder.path(), &["policy", "list"], b"").stdout;
    let names: Vec<&str> = list.lines().map(|line| line.split(' ').next().expect("a name")).collect();
    let known: Vec<&str> = certgate_policies::ALL.iter().map(|policy| policy.name).collect();
    assert_eq!(names, known);
    assert!(names.is_sorted() && names.contains(&"private-web"), "{names:?}");
    for name in names {
        let shown = run(folder.path(), &["policy", "show", name], b"").stdout;
        let file = std::fs::read_to_string(root().join(format!("policies/{name}.yaml"))).expect("the policy");
        assert_eq!(shown, file, "{name}");
    }
}

#[test]
fn faults_of_policies_come_with_line_and_column() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "policy.yaml", "version: 1\nid: x\nnames:\n  dns: { alow: [a.example.com] }\n");
    let said = run(folder, &["policy", "lint", "policy.yaml"], b"");
    assert_eq!(said.exit, 4);
    for part in ["document/unknown-key", "policy.yaml:4:", "alow"] {
        assert!(said.stdout.contains(part), "{part} is missing in {}", said.stdout);
    }
    // Comments are no nodes, wherever they stand.
    let commented = "# above\nversion: 1 # beside\n# between\nid: x\nnames:\n  # within\n  ip:\n    allow:\n      - 10.0.0.0/8 # one\n      # two\n      - 10.0.0.1/8\nkeys: { EC: [P-256] }\nvalidity: { default: 24h, max: 24h }\n";
    write(folder, "policy.yaml", commented);
    let said = run(folder, &["policy", "lint", "policy.yaml"], b"");
    assert!(said.exit == 4 && said.stdout.contains("policy.yaml:11:9"), "{}", said.stdout);
}
