//! The jobs that every host does, and the answer that each must give, byte for byte.
//!
//! A job is one line of JSON; an answer is the job's id, a tab and one line of JSON, made by the host's own serialiser.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certgate_bindings::view::{DiagnosticView, LintView};
use certgate_bindings::{Error, LintDocument};
use serde::Serialize;
use serde_json::json;

use crate::paths::{self, PathVector, bundle_pem};
use crate::vector::{AT, Vector};
use crate::{certificate, corpus, lint, vectors, wycheproof};

mod tools;

pub use tools::Tool;

/// One call of a host's public interface.
pub enum Job {
    Evaluate(Vector),
    Inspect {
        id: String,
        input: Vec<u8>,
    },
    VerifySignature(wycheproof::Case),
    InspectCertificate {
        id: String,
        input: Vec<u8>,
    },
    /// A vector without OCSP responses.
    Verify(Box<PathVector>),
    Lint {
        id: String,
        input: Vec<u8>,
        profile: &'static str,
    },
    Tool(Tool),
}

/// All vectors and, where they are, all files of the corpus.
pub fn jobs() -> Vec<Job> {
    let mut jobs: Vec<Job> = vectors::all()
        .into_iter()
        .map(|vector| Job::Evaluate(Vector { id: format!("vector/{}", vector.id), ..vector }))
        .collect();
    for file in corpus::files().unwrap_or_default() {
        let evaluate = corpus::vector(&file);
        jobs.push(Job::Inspect { id: format!("{}/inspect", evaluate.id), input: file.bytes });
        jobs.push(Job::Evaluate(Vector { id: format!("{}/evaluate", evaluate.id), ..evaluate }));
    }
    jobs.extend(path_jobs());
    jobs.extend(lint_jobs());
    jobs
}

/// What is done with policies besides judging by them.
pub fn tool_jobs() -> Vec<Job> {
    tools::jobs()
}

/// The vectors of lint, under two profiles that between them have every rule.
fn lint_jobs() -> Vec<Job> {
    let mut jobs = Vec::new();
    for vector in lint::all() {
        for profile in ["mozilla", "private"] {
            let (id, input) = (format!("lint/{}/{profile}", vector.id), vector.input.clone());
            jobs.push(Job::Lint { id, input, profile });
        }
    }
    jobs
}

/// The vectors of verification, their leaves, and certificates that cannot be read.
fn path_jobs() -> Vec<Job> {
    let mut jobs = Vec::new();
    for vector in paths::all() {
        let input = vector.leaf.clone();
        jobs.push(Job::InspectCertificate { id: format!("path/{}/leaf", vector.id), input });
        if vector.responses.is_empty() {
            let id = format!("path/{}", vector.id);
            jobs.push(Job::Verify(Box::new(PathVector { id, ..vector })));
        }
    }
    let malformed = paths::malformed().into_iter();
    jobs.extend(
        malformed
            .filter(|vector| vector.kind == paths::Kind::Certificate)
            .map(|vector| Job::InspectCertificate { id: format!("path/{}", vector.id), input: vector.input }),
    );
    jobs
}

/// One job for each test of Wycheproof that certgate has a verdict on.
pub fn signature_jobs() -> Vec<Job> {
    wycheproof::cases().into_iter().map(Job::VerifySignature).collect()
}

impl Job {
    pub fn id(&self) -> &str {
        match self {
            Self::Evaluate(vector) => &vector.id,
            Self::Inspect { id, .. } => id,
            Self::VerifySignature(case) => &case.id,
            Self::InspectCertificate { id, .. } => id,
            Self::Verify(vector) => &vector.id,
            Self::Lint { id, .. } => id,
            Self::Tool(tool) => &tool.id,
        }
    }

    /// The job as a line of JSON.
    pub fn to_json(&self) -> String {
        let value = match self {
            Self::Evaluate(vector) => json!({
                "id": vector.id,
                "job": "evaluate",
                "input": STANDARD.encode(&vector.input),
                "policy": vector.policy,
                "context": vector.context,
                "at": AT,
            }),
            Self::Inspect { id, input } => {
                json!({ "id": id, "job": "inspect", "input": STANDARD.encode(input) })
            }
            Self::VerifySignature(case) => json!({
                "id": case.id,
                "job": "verifySignature",
                "publicKey": STANDARD.encode(&case.public_key),
                "algorithm": STANDARD.encode(&case.algorithm),
                "message": STANDARD.encode(&case.message),
                "signature": STANDARD.encode(&case.signature),
            }),
            Self::InspectCertificate { id, input } => {
                json!({ "id": id, "job": "inspectCertificate", "input": STANDARD.encode(input) })
            }
            Self::Verify(vector) => verify_job(vector),
            Self::Lint { id, input, profile } => json!({
                "id": id, "job": "lint", "input": STANDARD.encode(input), "profile": profile, "at": AT,
            }),
            Self::Tool(tool) => tool.to_json(),
        };
        value.to_string()
    }

    /// The answer that every host must give.
    pub fn answer(&self) -> String {
        match self {
            Self::Evaluate(vector) => vector.answer().to_json(),
            Self::Inspect { input, .. } => line(certgate_bindings::inspect(input)),
            Self::VerifySignature(case) => line(certgate_bindings::verify_signature(
                &case.public_key,
                &case.algorithm,
                &case.message,
                &case.signature,
            )),
            Self::InspectCertificate { input, .. } => line(certgate_bindings::inspect_certificate(input)),
            Self::Verify(vector) => match vector.verify() {
                Ok(Ok(path)) => line(Ok(certgate_bindings::view_path(&path))),
                Ok(Err(error)) => line(Ok(certgate_bindings::view_failure(&error))),
                Err(error) => failure(&error),
            },
            Self::Lint { input, profile, .. } => line(lint_answer(input, profile)),
            Self::Tool(tool) => tool.answer(),
        }
    }
}

/// What lint says of everything in an input.
pub fn lint_answer(input: &[u8], profile: &str) -> Result<Vec<LintView>, Error> {
    let options = LintDocument::from_value(lint::options(profile, Some(AT)))?;
    certgate_bindings::lint(input, &options, None)
}

/// `certificates` is the leaf and what the peer presents; lists and intermediates are left out where there are none.
fn verify_job(vector: &PathVector) -> serde_json::Value {
    let certificates: Vec<Vec<u8>> = [std::slice::from_ref(&vector.leaf), &vector.presented].concat();
    let bundle = |label: &str, ders: &[Vec<u8>]| STANDARD.encode(bundle_pem(label, ders));
    let mut job = json!({
        "id": vector.id,
        "job": "verify",
        "certificates": bundle("CERTIFICATE", &certificates),
        "anchors": bundle("CERTIFICATE", &vector.anchors),
        "options": vector.options,
        "ask": vector.ask,
        "at": certificate::AT,
    });
    if !vector.pool.is_empty() {
        job["intermediates"] = bundle("CERTIFICATE", &vector.pool).into();
    }
    if !vector.lists.is_empty() {
        job["lists"] = bundle("X509 CRL", &vector.lists).into();
    }
    job
}

/// An answer as a line of JSON.
pub fn line<T: Serialize>(result: Result<T, Error>) -> String {
    match result {
        Ok(view) => serde_json::to_string(&view).expect("plain data"),
        Err(error) => failure(&error),
    }
}

/// A call that failed, as a line of JSON.
pub fn failure(error: &Error) -> String {
    #[derive(Serialize)]
    struct Failure<'a> {
        error: &'a str,
        diagnostics: &'a [DiagnosticView],
    }
    let failure = Failure { error: error.code(), diagnostics: error.diagnostics() };
    serde_json::to_string(&failure).expect("plain data")
}

/// How a host's lines differ from the answers that they must be: at most one message a job.
pub fn differences(jobs: &[Job], lines: &str) -> Vec<String> {
    let mut found = std::collections::HashMap::new();
    let mut differences = Vec::new();
    for line in lines.lines() {
        match line.split_once('\t') {
            Some((id, answer)) if found.insert(id, answer).is_none() => {}
            Some((id, _)) => differences.push(format!("{id}: answered twice")),
            None => differences.push(format!("a line without a tab: {}", start(line))),
        }
    }
    for job in jobs {
        match found.remove(job.id()) {
            None => differences.push(format!("{}: no answer", job.id())),
            Some(answer) => {
                let expected = job.answer();
                if answer != expected {
                    differences.push(format!("{}: {}", job.id(), difference(&expected, answer)));
                }
            }
        }
    }
    let mut unknown: Vec<&str> = found.into_keys().collect();
    unknown.sort_unstable();
    differences.extend(unknown.into_iter().map(|id| format!("{id}: no such job")));
    differences
}

/// Where two answers part, with what is around it.
pub fn difference(expected: &str, found: &str) -> String {
    let same = expected.bytes().zip(found.bytes()).take_while(|(one, other)| one == other).count();
    let around = |text: &str| {
        let from = (0..=same.saturating_sub(60)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text[from..].chars().take(160).collect::<String>()
    };
    format!("byte {same}:\n  expected …{}\n  found    …{}", around(expected), around(found))
}

fn start(text: &str) -> String {
    text.chars().take(120).collect()
}
