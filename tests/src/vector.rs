//! One vector: an input, what judges it, and the verdict that it must get on every host.

use certgate_bindings::{ContextDocument, Error, Policy, Request};
use serde::Serialize;
use serde_json::{Value, json};

/// The time of all evaluations.
pub const AT: &str = "2026-01-01T00:00:00Z";

/// An input and its verdict.
#[derive(Clone)]
pub struct Vector {
    /// Unique: the row of the catalogue and what it shows.
    pub id: String,
    /// The input's bytes.
    pub input: Vec<u8>,
    /// The policy's text.
    pub policy: String,
    /// What is known besides.
    pub context: Value,
    pub expect: Expect,
}

/// The verdict. Codes and paths; of warnings only those that are named must be there.
#[derive(Clone, Debug, PartialEq)]
pub enum Expect {
    Allowed {
        warnings: Vec<&'static str>,
    },
    Denied(Vec<(&'static str, &'static str)>),
    NotApplicable,
    /// The input cannot be read.
    Error(&'static str, &'static str),
    /// The policy cannot be loaded.
    PolicyError(Vec<(&'static str, &'static str)>),
}

/// A policy that allows what the vectors do not mean to test.
pub const OPEN: &str = r#"
version: 1
id: vectors
subject:
  attributes: { organizationName: { allow: ["*"] }, countryName: { allow: ["*"] } }
names:
  dns: { allow: [example.com, { under: example.com }], deny: [secret.example.com], wildcard: allow }
  ip: { allow: [10.0.0.0/8, "2001:db8::/32"] }
  email: { allow: ["*@example.com"] }
  uri: { allow: [{ scheme: spiffe, host: example.com }, "https://example.com/*"] }
  otherName: { userPrincipalName: { allow: ["*@example.com"] } }
keys: { RSA: { max: 8192 }, EC: [P-256, P-384, P-521], Ed25519: {} }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 90d }
"#;

impl Vector {
    pub fn new(id: impl Into<String>, input: impl Into<Vec<u8>>, expect: Expect) -> Self {
        Self { id: id.into(), input: input.into(), policy: OPEN.to_owned(), context: json!({}), expect }
    }

    pub fn allowed(id: &str, input: impl Into<Vec<u8>>) -> Self {
        Self::new(id, input, Expect::Allowed { warnings: Vec::new() })
    }

    pub fn warned(id: &str, input: impl Into<Vec<u8>>, warning: &'static str) -> Self {
        Self::new(id, input, Expect::Allowed { warnings: vec![warning] })
    }

    pub fn denied(id: &str, input: impl Into<Vec<u8>>, code: &'static str, path: &'static str) -> Self {
        Self::new(id, input, Expect::Denied(vec![(code, path)]))
    }

    pub fn error(id: &str, input: impl Into<Vec<u8>>, code: &'static str, path: &'static str) -> Self {
        Self::new(id, input, Expect::Error(code, path))
    }

    pub fn clone_with(mut self, expect: Expect) -> Self {
        self.expect = expect;
        self
    }

    pub fn by(mut self, policy: &str) -> Self {
        policy.clone_into(&mut self.policy);
        self
    }

    pub fn with(mut self, context: Value) -> Self {
        self.context = context;
        self
    }

    /// The answer of the engine through its bindings.
    pub fn answer(&self) -> Answer {
        match self.evaluate() {
            Ok((policy, decision)) => {
                Answer::Decision { policy: Box::new(policy.view()), decision: Box::new(decision.view()) }
            }
            Err(error) => Answer::Error(error),
        }
    }

    fn evaluate(&self) -> Result<(Policy, certgate_bindings::Decision), Error> {
        let policy = Policy::load(&self.policy)?;
        let request = Request::parse(&self.input)?;
        let at = certgate::time::Timestamp::from_rfc3339(AT).expect("a time");
        let context = ContextDocument::from_value(self.context.clone())?.to_context(at)?;
        let decision = policy.evaluate(&request, &context);
        Ok((policy, decision))
    }

    /// How the answer differs from the verdict; empty if it does not.
    pub fn differences(&self) -> Vec<String> {
        let answer = self.answer();
        let found = answer.verdict();
        let expected = self.expect.verdict();
        let mut differences = Vec::new();
        if found.outcome != expected.outcome {
            differences
                .push(format!("{}: outcome {} instead of {}", self.id, found.outcome, expected.outcome));
        }
        if found.reasons != expected.reasons {
            differences.push(format!("{}: {:?} instead of {:?}", self.id, found.reasons, expected.reasons));
        }
        for warning in expected.warnings {
            if !found.warnings.contains(&warning) {
                differences
                    .push(format!("{}: the warning {warning} is missing: {:?}", self.id, found.warnings));
            }
        }
        differences
    }
}

/// What a host answers.
pub enum Answer {
    Decision {
        policy: Box<certgate_bindings::view::PolicyView>,
        decision: Box<certgate_bindings::view::DecisionView>,
    },
    Error(Error),
}

#[derive(Debug)]
struct Verdict {
    outcome: String,
    reasons: Vec<(String, String)>,
    warnings: Vec<String>,
}

impl Answer {
    /// One line of JSON, as every host must write it.
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Success<'a> {
            policy: &'a certgate_bindings::view::PolicyView,
            decision: &'a certgate_bindings::view::DecisionView,
        }
        match self {
            Self::Decision { policy, decision } => crate::parity::line(Ok(Success { policy, decision })),
            Self::Error(error) => crate::parity::failure(error),
        }
    }

    fn verdict(&self) -> Verdict {
        let pair = |diagnostic: &certgate_bindings::view::DiagnosticView| {
            let value = serde_json::to_value(&diagnostic.path).expect("plain data");
            (diagnostic.code.clone(), path_text(&value))
        };
        match self {
            Self::Decision { policy, decision } => Verdict {
                outcome: decision.outcome.clone(),
                reasons: if decision.outcome == "notApplicable" {
                    Vec::new()
                } else {
                    sorted(decision.reasons.iter().map(pair))
                },
                warnings: policy
                    .warnings
                    .iter()
                    .chain(&decision.warnings)
                    .map(|warning| warning.code.clone())
                    .collect(),
            },
            Self::Error(error) => Verdict {
                outcome: if error.kind() == certgate_bindings::ErrorKind::Policy {
                    "policyError"
                } else {
                    "error"
                }
                .to_owned(),
                reasons: sorted(error.diagnostics().iter().map(pair)),
                warnings: Vec::new(),
            },
        }
    }

    /// All codes that the answer names.
    pub fn codes(&self) -> Vec<String> {
        let verdict = self.verdict();
        let reasons = match self {
            Self::Decision { decision, .. } => {
                decision.reasons.iter().map(|reason| reason.code.clone()).collect()
            }
            Self::Error(_) => verdict.reasons.iter().map(|(code, _)| code.clone()).collect::<Vec<_>>(),
        };
        reasons.into_iter().chain(verdict.warnings).collect()
    }
}

impl Expect {
    fn verdict(&self) -> Verdict {
        let pairs = |list: &[(&str, &str)]| {
            sorted(list.iter().map(|(code, path)| ((*code).to_owned(), (*path).to_owned())))
        };
        let verdict =
            |outcome: &str, reasons| Verdict { outcome: outcome.to_owned(), reasons, warnings: Vec::new() };
        match self {
            Self::Allowed { warnings } => Verdict {
                warnings: warnings.iter().map(|code| (*code).to_owned()).collect(),
                ..verdict("allowed", Vec::new())
            },
            Self::Denied(reasons) => verdict("denied", pairs(reasons)),
            Self::NotApplicable => verdict("notApplicable", Vec::new()),
            Self::Error(code, path) => verdict("error", pairs(&[(code, path)])),
            Self::PolicyError(faults) => verdict("policyError", pairs(faults)),
        }
    }
}

fn sorted(pairs: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort();
    pairs
}

/// `extensions.subjectAltName[0].dNSName` from a path in JSON.
pub fn path_text(path: &Value) -> String {
    let mut out = String::new();
    for step in path.as_array().into_iter().flatten() {
        match step {
            Value::Number(index) => out.push_str(&format!("[{index}]")),
            Value::String(field) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(field);
            }
            _ => {}
        }
    }
    out
}
