//! The command line as people and pipelines meet it: the real program, its exit codes, streams and formats.

mod cli {
    mod analysis;
    mod blocklist;
    mod formats;
    mod kubernetes;
    mod output;
    mod policies;
    mod secrets;
}

use std::path::Path;

use base64::Engine;
use certgate_tests::command::{Said, run};
use certgate_tests::request::{Csr, dns};
use certgate_tests::vector::AT;
use tempfile::TempDir;

/// A policy of one domain, and of P-256 alone.
const POLICY: &str = "\
version: 1
id: cli
names:
  dns: { allow: [a.example.com, \"*.team.example.com\"] }
keys: { EC: [P-256], RSA: {} }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 90d }
";

/// A folder with a policy, a request that it allows and one that it denies.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "policy.yaml", POLICY);
    write(folder.path(), "good.pem", Csr::default().pem());
    write(folder.path(), "bad.pem", Csr::names(&[dns("evil.test")]).pem());
    folder
}

fn write(folder: &Path, name: &str, contents: impl AsRef<[u8]>) {
    std::fs::write(folder.join(name), contents).expect("a file");
}

/// `certgate check --policy policy.yaml --at …` with more arguments.
fn check(folder: &Path, arguments: &[&str]) -> Said {
    run(folder, &[&["check", "--policy", "policy.yaml", "--at", AT], arguments].concat(), b"")
}

#[test]
fn exit_codes_say_what_happened() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "noise", "no request");
    std::fs::create_dir(folder.join("empty")).expect("a folder");
    write(folder, "invalid.yaml", "version: 1\nid: x\nnmaes: {}\n");
    write(folder, "elsewhere.yaml", format!("{POLICY}select: {{ namespace: [prod] }}\n"));
    for (arguments, exit) in [
        (&["good.pem"][..], 0),
        (&["bad.pem"], 1),
        (&["noise"], 3),
        (&["missing.pem"], 3),
        (&["good.pem", "bad.pem"], 1),
        (&["good.pem", "bad.pem", "noise"], 3),
        (&["noise", "good.pem"], 3),
        (&["--no-such-flag", "good.pem"], 2),
        (&["--format", "xml", "good.pem"], 2),
        (&["--fact", "team", "good.pem"], 2),
        (&["--context", "missing.yaml", "good.pem"], 3),
    ] {
        let said = check(folder, arguments);
        assert_eq!(said.exit, exit, "{arguments:?}: {said:?}");
    }
    for (arguments, exit) in [
        (&["check", "--policy", "policy.yaml", "--at", "tomorrow", "good.pem"][..], 2),
        (&["check", "good.pem"], 2),
        (&["check", "--policy", "invalid.yaml", "good.pem"], 4),
        (&["check", "--policy", "missing.yaml", "good.pem"], 4),
        (&["check", "--policy", "invalid.yaml", "noise"], 4),
        (&["policy", "lint", "policy.yaml", "invalid.yaml"], 4),
        (&["policy", "digest", "invalid.yaml", "policy.yaml"], 4),
        (&["policy", "schema", "nothing"], 2),
        (&["explain", "no/such-code"], 2),
        (&["verify", "--purpose", "foo", "good.pem"], 2),
        (&["verify", "--name", "bad name", "good.pem"], 2),
        (&["verify", "--policy-oid", "one", "good.pem"], 2),
        (&["verify", "good.pem"], 2),
        (&["policy", "diff", "policy.yaml", "policy.yaml", "empty"], 3),
        (&["crl", "new", "--ca", "x", "--ca-key", "x", "-o", "x", "--distribution-point", ""], 2),
        (
            &["crl", "new", "--ca", "x", "--ca-key", "x", "-o", "x", "--distribution-point", "http://\u{e9}"],
            2,
        ),
        (
            &[
                "issue",
                "-p",
                "policy.yaml",
                "--ca",
                "x",
                "--ca-key",
                "x",
                "--crl-uri",
                "http://\u{e9}",
                "good.pem",
            ],
            2,
        ),
        (&["inspect", "good.pem"], 0),
        (&["inspect", "noise"], 3),
        (&["no-such-command"], 2),
        (&[], 2),
        (&["--version"], 0),
        (&["check", "--help"], 0),
    ] {
        let said = run(folder, arguments, b"");
        assert_eq!(said.exit, exit, "{arguments:?}: {said:?}");
    }
}

#[test]
fn what_does_not_apply_is_not_allowed() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "policy.yaml", POLICY.replace("names:", "select: { namespace: [prod] }\nnames:"));
    let said = check(folder, &["--format", "json", "good.pem"]);
    assert!(said.stdout.contains("\"outcome\":\"notApplicable\""), "{said:?}");
    assert_eq!(said.exit, 1);
    write(folder, "context.yaml", "namespace: prod\n");
    assert_eq!(check(folder, &["--context", "context.yaml", "good.pem"]).exit, 0);
}

#[test]
fn faults_of_arguments_go_to_standard_error() {
    let folder = folder();
    let said = check(folder.path(), &["missing.pem"]);
    assert_eq!(said.stdout, "");
    assert_eq!(said.stderr, "certgate: cannot read missing.pem: no such file or directory [input/file]\n");
    for format in ["json", "ndjson"] {
        let said = check(folder.path(), &["--format", format, "missing.pem"]);
        let answer: serde_json::Value = serde_json::from_str(&said.stdout).expect("an answer");
        assert_eq!(answer["outcome"], "error", "{format}");
        assert_eq!(answer["reasons"][0]["code"], "input/file", "{format}");
        assert_eq!(said.exit, 3, "{format}");
    }
}

/// Each names its option, or the file, and a code.
#[test]
fn faults_have_codes() {
    let folder = folder();
    let folder = folder.path();
    std::fs::create_dir(folder.join("empty")).expect("a folder");
    for (arguments, part, code) in [
        (&["verify", "--purpose", "foo", "good.pem"][..], "--purpose `foo`", "context/value"),
        (&["verify", "--name", "bad name", "good.pem"], "--name `bad name`", "context/value"),
        (&["verify", "good.pem"], "--anchors", "context/value"),
        (&["policy", "diff", "policy.yaml", "policy.yaml", "empty"], "the folder empty", "input/file"),
        (
            &["crl", "new", "--ca", "x", "--ca-key", "x", "-o", "x", "--distribution-point", ""],
            "--distribution-point",
            "name/uri-form",
        ),
        (&["crl", "new", "--ca", "x", "--ca-key", "x", "-o", "x"], "cannot read x", "input/file"),
        (&["issue", "-p", "policy.yaml", "--ca", "x", "--ca-key", "x", "good.pem"], "read x", "input/file"),
        (&["policy", "show", "missing.yaml"], "missing.yaml", "input/file"),
        (&["request", "new", "--from", "missing.yaml", "--key-output", "k"], "missing.yaml", "input/file"),
        (&["pki", "init", "missing.yaml"], "missing.yaml", "input/file"),
    ] {
        let said = run(folder, arguments, b"");
        assert!(said.stderr.contains(part), "{arguments:?}: {said:?}");
        assert!(said.stderr.contains(&format!("[{code}]")), "{arguments:?}: {said:?}");
    }
}

#[test]
fn a_server_that_cannot_be_reached_has_a_code() {
    let folder = folder();
    // Bound and given back: nobody listens there.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    for command in ["inspect", "verify"] {
        let said = run(folder.path(), &[command, "--format", "json", &address], b"");
        let answer: serde_json::Value = serde_json::from_str(&said.stdout).expect("an answer");
        assert_eq!((&answer["outcome"], said.exit), (&serde_json::json!("error"), 3), "{command}: {said:?}");
        assert_eq!(answer["reasons"][0]["code"], "input/server", "{command}: {said:?}");
    }
}

/// One object of a List that cannot be read keeps nobody from the others, and is named with its place.
#[test]
fn the_objects_of_a_list_are_judged_each_by_itself() {
    let folder = folder();
    let folder = folder.path();
    let object = |name: &str, request: &str| {
        format!(
            "- apiVersion: certificates.k8s.io/v1\n  kind: CertificateSigningRequest\n  metadata: {{ name: {name} }}\n  spec:\n    request: {request}\n    usages: [digital signature, server auth]\n"
        )
    };
    let good = base64::engine::general_purpose::STANDARD.encode(Csr::default().pem());
    let list = format!(
        "apiVersion: v1\nkind: List\nitems:\n{}{}- apiVersion: v1\n  kind: ConfigMap\n  metadata: {{ name: other }}\n{}- null\n",
        object("bad", "'%%%'"),
        object("good", &good),
        object("typed", "5")
    );
    write(folder, "list.yaml", &list);
    let said = check(folder, &["--format", "json", "list.yaml"]);
    let answers: serde_json::Value = serde_json::from_str(&said.stdout).expect("answers");
    let outcomes: Vec<_> = answers.as_array().expect("a list").iter().map(|one| &one["outcome"]).collect();
    assert_eq!(outcomes, ["error", "allowed", "error", "error", "error"], "{answers}");
    assert_eq!(answers[0]["input"], "list.yaml");
    assert_eq!(answers[1]["input"], "list.yaml: CertificateSigningRequest/good");
    assert_eq!(answers[0]["reasons"][0]["code"], "context/object");
    let path = serde_json::json!(["items", 0, "spec", "request"]);
    assert_eq!(answers[0]["reasons"][0]["path"], path);
    assert_eq!(answers[0]["reasons"][0]["position"]["line"], 8, "{answers}");
    assert_eq!(answers[2]["reasons"][0]["path"], serde_json::json!(["items", 2, "kind"]));
    assert_eq!(answers[3]["reasons"][0]["path"], serde_json::json!(["items", 3, "spec", "request"]));
    assert_eq!(answers[4]["reasons"][0]["path"], serde_json::json!(["items", 4]));
    let message = "invalid type: null, expected an object of Kubernetes";
    assert_eq!(answers[4]["reasons"][0]["message"], message);
    // What has a place in the file is annotated there.
    let said = check(folder, &["--format", "github", "list.yaml"]);
    assert!(said.stdout.contains("file=list.yaml,line=8"), "{said:?}");
    let said = check(folder, &["--format", "sarif", "list.yaml"]);
    let log: serde_json::Value = serde_json::from_str(&said.stdout).expect("a log");
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "list.yaml", "{log}");
    assert_eq!(place["region"]["startLine"], 8, "{log}");
    assert_eq!(said.exit, 3);
}

#[test]
fn standard_input_is_the_default_and_has_a_name() {
    let folder = folder();
    for arguments in [&[][..], &["-"]] {
        let arguments = [&["check", "--policy", "policy.yaml", "--at", AT], arguments].concat();
        let said = run(folder.path(), &arguments, Csr::default().pem().as_bytes());
        assert_eq!(
            (said.exit, said.stdout.lines().next()),
            (0, Some("standard input: allowed by policy cli"))
        );
    }
}

#[test]
fn contexts_are_read_with_their_lines() {
    let folder = folder();
    let folder = folder.path();
    for (text, code, place) in [
        ("requester: [\n", "context/syntax", "context.yaml:"),
        ("namespace: prod\nrequster: {}\n", "context/unknown-key", "context.yaml:2:1"),
        ("duration: soon\n", "context/value", "context.yaml:1:1"),
    ] {
        write(folder, "context.yaml", text);
        let said = check(folder, &["--context", "context.yaml", "good.pem"]);
        assert_eq!(said.exit, 3, "{said:?}");
        assert!(said.stderr.contains(code) && said.stderr.contains(place), "{code}: {}", said.stderr);
    }
}

#[test]
fn facts_come_from_the_command_line() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "policy.yaml", POLICY.replace("a.example.com,", "\"${facts.team}.example.com\","));
    assert_eq!(check(folder, &["good.pem"]).exit, 1);
    assert_eq!(check(folder, &["--fact", "team=a", "good.pem"]).exit, 0);
    assert_eq!(check(folder, &["--fact", "team=b", "--fact", "team=a", "good.pem"]).exit, 0);
    assert_eq!(check(folder, &["--fact", "team=*", "good.pem"]).exit, 1);
}
