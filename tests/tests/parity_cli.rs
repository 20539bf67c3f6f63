//! The command line as one of the hosts: the same jobs, the same text.

use std::collections::BTreeMap;
use std::path::Path;

use certgate_bindings::view::DiagnosticView;
use certgate_bindings::{ErrorKind, Policy};
use certgate_tests::certificate;
use certgate_tests::command::{Said, run};
use certgate_tests::parity::{self, Job, difference};
use certgate_tests::paths::{PathVector, bundle_pem};
use certgate_tests::vector::{AT, Answer, Vector};

#[test]
fn the_command_line_gives_every_answer_byte_for_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let jobs = parity::jobs();
    let mut linted: BTreeMap<String, Said> = BTreeMap::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for job in &jobs {
        let judged = match job {
            Job::Evaluate(vector) => evaluate(vector, folder, &mut linted),
            Job::Inspect { input, .. } => inspect(
                input,
                folder,
                "requests",
                certgate_bindings::inspect(input).map(|view| {
                    let has_errors = view.findings.iter().any(|finding| finding.severity == "error");
                    (line(&view), has_errors)
                }),
            ),
            // The command line sees by itself what an input is.
            Job::InspectCertificate { input, .. } if certgate_bindings::Request::parse(input).is_ok() => {
                continue;
            }
            Job::InspectCertificate { input, .. } => inspect(
                input,
                folder,
                "certificates",
                certgate_bindings::inspect_certificate(input).map(|view| {
                    let has_errors = view.findings.iter().any(|finding| finding.severity == "error");
                    (line(&view), has_errors)
                }),
            ),
            Job::Verify(vector) => match verify(vector, folder) {
                Some(judged) => judged,
                None => continue,
            },
            Job::VerifySignature(_) | Job::Tool(_) => continue,
            Job::Lint { input, profile, .. } => lint(input, profile, folder),
        };
        match judged {
            Ok(kind) => *counts.entry(kind).or_default() += 1,
            Err(fault) => wrong.push(format!("{}: {fault}", job.id())),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        jobs.len(),
        wrong[..wrong.len().min(8)].join("\n")
    );
    println!("{} jobs: {counts:?}", jobs.len());
}

fn evaluate(
    vector: &Vector,
    folder: &Path,
    linted: &mut BTreeMap<String, Said>,
) -> Result<&'static str, String> {
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).expect("a file");
    write("request", &vector.input);
    write("policy", vector.policy.as_bytes());
    write("context", vector.context.to_string().as_bytes());
    let arguments = ["check", "--policy", "policy", "--context", "context", "--at", AT, "--format", "json"];
    let said = run(folder, &[&arguments[..], &["request"]].concat(), b"");
    let lint = linted
        .entry(vector.policy.clone())
        .or_insert_with(|| run(folder, &["policy", "lint", "--format", "json", "policy"], b""));
    match vector.answer() {
        Answer::Decision { decision, .. } => {
            let policy = Policy::load(&vector.policy).expect("it was loaded");
            same(&lint.stdout, &lint_text(true, &policy.lint(certgate_ops::now())))?;
            same(&said.stdout, &line(&decision))?;
            exits(&said, i32::from(decision.outcome != "allowed"))?;
            Ok("decisions")
        }
        Answer::Error(error) if error.kind() == ErrorKind::Policy => {
            same(&lint.stdout, &lint_text(false, error.diagnostics()))?;
            exits(lint, 4)?;
            exits(&said, 4)?;
            Ok("policies that cannot be loaded")
        }
        // A context is a file of the user's own: the faults of its text come as text, with the lines.
        Answer::Error(error) if error.kind() == ErrorKind::Argument && said.stdout.is_empty() => {
            exits(&said, 3)?;
            let shown = format!("error[{}]", error.code());
            if said.stderr.starts_with(&shown) {
                Ok("contexts that cannot be read")
            } else {
                Err(format!("{shown} is missing in {}", said.stderr))
            }
        }
        Answer::Error(error) => {
            same(&said.stdout, &error_text(error.diagnostics()))?;
            exits(&said, 3)?;
            Ok("requests and contexts that cannot be used")
        }
    }
}

/// One object of one input: the command line prints it without the list around it.
fn lint(input: &[u8], profile: &str, folder: &Path) -> Result<&'static str, String> {
    let arguments = ["lint", "--profile", profile, "--at", AT, "--format", "json"];
    let said = run(folder, &arguments, input);
    match parity::lint_answer(input, profile) {
        Err(error) => {
            same(&said.stdout, &error_text(error.diagnostics()))?;
            exits(&said, 3)?;
        }
        Ok(views) => {
            let [view] = views.as_slice() else { return Err(format!("{} objects", views.len())) };
            same(&said.stdout, &line(view))?;
            exits(&said, i32::from(view.has_error()))?;
        }
    }
    Ok("lints")
}

/// `expected` is the view as a line, and whether it has findings that are errors.
fn inspect(
    input: &[u8],
    folder: &Path,
    kind: &'static str,
    expected: Result<(String, bool), certgate_bindings::Error>,
) -> Result<&'static str, String> {
    let said = run(folder, &["inspect", "--format", "json"], input);
    match expected {
        Ok((expected, has_errors)) => {
            same(&said.stdout, &expected)?;
            exits(&said, i32::from(has_errors))?;
            Ok(kind)
        }
        Err(error) => {
            same(&said.stdout, &error_text(error.diagnostics()))?;
            exits(&said, 3)?;
            Ok("inputs that cannot be read")
        }
    }
}

/// `None` for what the command line has no option for.
fn verify(vector: &PathVector, folder: &Path) -> Option<Result<&'static str, String>> {
    let mut arguments = vec!["verify", "--format", "json", "--at", certificate::AT, "--anchors", "anchors"];
    let bundles = [
        ("certificates", "CERTIFICATE", [std::slice::from_ref(&vector.leaf), &vector.presented].concat()),
        ("anchors", "CERTIFICATE", vector.anchors.clone()),
        ("intermediates", "CERTIFICATE", vector.pool.clone()),
        ("lists", "X509 CRL", vector.lists.clone()),
    ];
    for (file, label, ders) in &bundles {
        std::fs::write(folder.join(file), bundle_pem(label, ders)).expect("a file");
    }
    if !vector.pool.is_empty() {
        arguments.extend(["--intermediates", "intermediates"]);
    }
    if !vector.lists.is_empty() {
        arguments.extend(["--crl", "lists"]);
    }
    if let Some(profile) = vector.options["profile"].as_str() {
        arguments.extend(["--profile", profile]);
    }
    let depth = vector.ask["depth"].to_string();
    let asked = vector.ask.as_object().expect("an object");
    for (field, value) in asked {
        match (field.as_str(), value) {
            ("names", names) => {
                for name in names.as_array().expect("names") {
                    arguments.extend(["--name", name.as_str().expect("a name")]);
                }
            }
            ("purpose", purpose) => arguments.extend(["--purpose", purpose.as_str().expect("a word")]),
            ("depth", _) => arguments.extend(["--depth", &depth]),
            ("policies", policies) => {
                for (field, value) in policies.as_object().expect("an object") {
                    match field.as_str() {
                        "requireExplicit" => arguments.push("--require-policy"),
                        "acceptable" => {
                            for policy in value.as_array().expect("policies") {
                                arguments.extend(["--policy-oid", policy.as_str().expect("a policy")]);
                            }
                        }
                        _ => return None,
                    }
                }
            }
            ("revocation", options) if *options == serde_json::json!({ "unknown": "allow" }) => {
                arguments.push("--allow-unknown-status");
            }
            ("revocation", options) if *options == serde_json::json!({ "scope": "leaf" }) => {
                arguments.push("--revocation-leaf-only");
            }
            _ => return None,
        }
    }
    arguments.push("certificates");
    let said = run(folder, &arguments, b"");
    let (expected, exit) = match vector.verify() {
        Ok(Ok(path)) => (line(&certgate_bindings::view_path(&path)), 0),
        Ok(Err(error)) => (line(&certgate_bindings::view_failure(&error)), 1),
        Err(error) => return Some(Err(format!("the vector itself fails: {error}"))),
    };
    // The command line adds which stores it trusts, which no other host knows.
    let (found, trust) = said.stdout.split_once(",\"trust\":[{").unwrap_or((&said.stdout, ""));
    let judged = same(&format!("{found}}}\n"), &expected)
        .and_then(|()| if trust.ends_with("}]}\n") { Ok(()) } else { Err(format!("trust: {trust}")) })
        .and_then(|()| exits(&said, exit));
    Some(judged.map(|()| "verifications"))
}

fn line(view: &impl serde::Serialize) -> String {
    serde_json::to_string(view).expect("plain data") + "\n"
}

/// The frame that the command line puts around diagnostics.
fn error_text(diagnostics: &[DiagnosticView]) -> String {
    format!("{{\"schemaVersion\":1,\"outcome\":\"error\",\"reasons\":{}}}\n", line(&diagnostics).trim_end())
}

fn lint_text(valid: bool, diagnostics: &[DiagnosticView]) -> String {
    let diagnostics = line(&diagnostics);
    format!("[{{\"policy\":\"policy\",\"valid\":{valid},\"diagnostics\":{}}}]\n", diagnostics.trim_end())
}

fn same(found: &str, expected: &str) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(difference(expected, found)) }
}

fn exits(said: &Said, expected: i32) -> Result<(), String> {
    if said.exit == expected {
        Ok(())
    } else {
        Err(format!("exit code {} in place of {expected}: {}", said.exit, said.stderr))
    }
}
