//! The jobs that every host does, and the answer that each must give, byte for byte.
//!
//! A job is one line of JSON; an answer is the job's id, a tab and one line of JSON, made by the host's own serialiser.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certgate_bindings::Error;
use certgate_bindings::view::DiagnosticView;
use serde::Serialize;
use serde_json::json;

use crate::vector::{AT, Vector};
use crate::{corpus, vectors, wycheproof};

/// One call of a host's public interface.
pub enum Job {
    Evaluate(Vector),
    Inspect { id: String, input: Vec<u8> },
    VerifySignature(wycheproof::Case),
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
        }
    }
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
