//! The command as Kubewarden runs it: one word, JSON on standard input, JSON on standard output. The native program in every run; the
//! modules, for WASI in wasmtime and for waPC, where `CERTGATE_KUBEWARDEN` names the folder that `cargo xtask kubewarden` makes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const WORDS: [&str; 2] = ["validate", "validate-settings"];

/// Runs a word in every form that there is; they must say the same.
fn run(word: &str, input: &str) -> (bool, String) {
    let native = output(Command::new(env!("CARGO_BIN_EXE_certgate-kubewarden")).arg(word), input);
    let Some(folder) = std::env::var_os("CERTGATE_KUBEWARDEN").map(PathBuf::from) else {
        println!("CERTGATE_KUBEWARDEN is not set: only the native program is shown");
        return native;
    };
    let script = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    let mut wasmtime = Command::new(folder.join("venv/bin/python"));
    wasmtime.arg(script("run.py")).arg(folder.join("wasi.compiled")).arg(word);
    assert_eq!(output(&mut wasmtime, input), native, "the module says the same in wasmtime");
    if !WORDS.contains(&word) {
        return native; // waPC itself refuses an operation that is not there.
    }
    let mut wapc = Command::new("node");
    wapc.arg("--no-warnings").arg(script("wapc.mjs")).arg(&folder).arg(folder.join("wapc.wasm"));
    wapc.arg(word.replace('-', "_"));
    assert_eq!(output(&mut wapc, input), native, "the module for waPC says the same");
    native
}

fn output(command: &mut Command, input: &str) -> (bool, String) {
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().expect("the program starts");
    child.stdin.take().expect("standard input").write_all(input.as_bytes()).expect("it is read");
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.success(), output.stderr.is_empty(), "a failure has one sentence");
    // Hosts of their own words put the sentence into theirs.
    let sentence = String::from_utf8(output.stderr).expect("text");
    let text = String::from_utf8(output.stdout).expect("text");
    (output.status.success(), if output.status.success() { text } else { sentence })
}

fn answer(word: &str, input: &Value) -> Value {
    let (succeeded, text) = run(word, &input.to_string());
    assert!(succeeded, "{input}");
    serde_json::from_str(&text).expect("JSON")
}

fn policy() -> Value {
    json!({
        "version": 1, "id": "team",
        "names": { "dns": { "allow": ["*.team.example.com"] } },
        "keys": { "EC": ["P-256"] },
        "usages": { "extended": ["serverAuth"] },
        "validity": { "default": "24h", "max": "90d" },
        "rules": [{ "code": "name", "message": "another name", "cel": "cr.name == 'csr-1'" }],
    })
}

fn call(names: &[&str], settings: &Value) -> Value {
    let key = rcgen::KeyPair::generate().expect("a key");
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = rcgen::CertificateParams::new(names).expect("names");
    params.distinguished_name = rcgen::DistinguishedName::new();
    let pem = params.serialize_request(&key).expect("a request").pem().expect("PEM");
    let kind =
        json!({ "group": "certificates.k8s.io", "version": "v1", "kind": "CertificateSigningRequest" });
    json!({
        "request": {
            "uid": "1299d386-525b-4032-98ae-1949f69f9cfc",
            "kind": kind, "requestKind": kind, "name": "csr-1", "operation": "CREATE",
            "userInfo": { "username": "jane", "groups": ["dev"] },
            "object": {
                "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
                "metadata": { "name": "csr-1" },
                "spec": {
                    "request": STANDARD.encode(pem), "signerName": "example.com/internal",
                    "usages": ["digital signature", "server auth"], "username": "jane", "groups": ["dev"],
                },
            },
            "dryRun": false,
        },
        "settings": settings,
    })
}

#[test]
fn requests_are_judged() {
    let settings = json!({ "policies": [policy()] });
    let good = answer("validate", &call(&["api.team.example.com"], &settings));
    assert_eq!(good["accepted"], true, "{good}");
    assert_eq!(good["audit_annotations"]["policy"], "team");
    assert!(good.get("message").is_none());
    let bad = answer("validate", &call(&["db.internal", "x.example.org"], &settings));
    assert_eq!((&bad["accepted"], &bad["code"]), (&json!(false), &json!(403)));
    let message = bad["message"].as_str().expect("a message");
    assert_eq!(message.lines().count(), 2, "{message}");
    assert!(message.starts_with("policy/dns-not-allowed: "), "{message}");
    let mut renamed = call(&["api.team.example.com"], &settings);
    renamed["request"]["object"]["metadata"]["name"] = "other".into();
    assert!(answer("validate", &renamed)["message"].as_str().expect("text").contains("policy/cel-rule"));
    // The policy as text, tried out.
    let tried = json!({ "policies": [policy().to_string()], "mode": "warn" });
    let warned = answer("validate", &call(&["db.internal"], &tried));
    assert_eq!(warned["accepted"], true);
    assert!(
        warned["warnings"][0].as_str().expect("text").starts_with("policy/dns-not-allowed: "),
        "{warned}"
    );
}

#[test]
fn settings_are_looked_at_when_the_policy_is_installed() {
    let valid = |settings: &Value| answer("validate-settings", settings);
    assert_eq!(valid(&json!({ "policies": [policy()], "unmatched": "allow" })), json!({ "valid": true }));
    let mut misspelt = policy();
    misspelt["nams"] = json!({});
    for (settings, says) in [
        (json!({}), "no policy"),
        (json!([]), "not an object"),
        (json!({ "policies": {} }), "policies: this is not a list"),
        (json!({ "policies": [misspelt] }), "`nams`"),
        (json!({ "policies": [policy(), policy()] }), "another policy of the id `team`"),
        (json!({ "policies": [policy()], "modus": "warn" }), "modus"),
        (json!({ "policies": [policy()], "modes": { "other": "warn" } }), "there is no policy `other`"),
        (json!({ "policies": [policy()], "secrets": { "anchors": "roots.pem" } }), "roots.pem"),
    ] {
        let answer = valid(&settings);
        assert_eq!(answer["valid"], false, "{settings}");
        assert!(answer["message"].as_str().expect("text").contains(says), "{says}: {answer}");
    }
}

#[test]
fn what_cannot_be_judged_is_not_let_in() {
    let settings = json!({ "policies": [policy()] });
    // Without an answer Kubewarden refuses the object.
    assert!(!run("validate", &call(&["a.team.example.com"], &json!({ "policies": [] })).to_string()).0);
    assert!(!run("validate", "{").0);
    assert!(!run("validate", &json!({ "settings": settings }).to_string()).0);
    assert!(!run("validate-all", "{}").0);
    let mut broken = call(&["a.team.example.com"], &settings);
    broken["request"]["object"]["spec"]["request"] = "%%%".into();
    let answer = answer("validate", &broken);
    assert_eq!((&answer["accepted"], &answer["code"]), (&json!(false), &json!(400)));
}
