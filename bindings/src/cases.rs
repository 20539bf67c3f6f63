//! Cases beside a policy: requests with the decision that each must get, and which rules they decide.

use std::collections::BTreeMap;

use certgate::diagnostic::{Diagnostic, codes, quote};
use certgate::policy::{Coverage, Effect, Outcome, document::TimeText};
use certgate::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::context::ContextDocument;
use crate::document::{CodeFamily, SourceText};
use crate::error::{Error, ErrorKind};
use crate::policy::{Decision, Policy};
use crate::request::Request;
use crate::view::{DiagnosticView, path_text};

mod description;
mod forms;
mod keys;

pub use description::RequestDescription;
pub use keys::case_key;

/// A file of cases.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a file of cases")]
pub struct CaseFile {
    /// The policy's file, relative to this one. Left out: the file of the same name without `.cases`.
    #[serde(default)]
    pub policy: Option<String>,
    /// The time of the evaluation, unless a case says otherwise. Left out: 2026-01-01T00:00:00Z.
    #[serde(default)]
    pub at: Option<TimeText>,
    /// The context, unless a case brings its own.
    #[serde(default)]
    pub context: ContextDocument,
    /// The cases.
    pub cases: Vec<Case>,
}

/// One request and the decision that it must get.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a case")]
pub struct Case {
    /// What the case shows.
    pub name: String,
    /// A request's file, relative to this one, or a description from which a request is made.
    pub request: RequestSource,
    /// The context of this case alone.
    #[serde(default)]
    pub context: Option<ContextDocument>,
    /// The time of the evaluation.
    #[serde(default)]
    pub at: Option<TimeText>,
    /// The decision.
    pub expect: Expectation,
}

/// Where a case's request comes from.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(untagged))]
pub enum RequestSource {
    /// A file, relative to the file of cases.
    File(String),
    /// A description, from which a request is made and signed with a fixed key.
    Description(Box<RequestDescription>),
}

/// The decision that a case must get.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(untagged))]
pub enum Expectation {
    /// `allowed`, `denied`, `notApplicable` or `error`.
    Outcome(String),
    /// Denied for exactly these reasons: codes, in any order.
    Codes(Vec<String>),
    /// More exactly.
    Full(Box<FullExpectation>),
}

/// A decision in detail. What is left out is not compared.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "full expectation")]
pub struct FullExpectation {
    /// `allowed`, `denied`, `notApplicable` or `error`.
    pub outcome: String,
    /// Exactly these reasons, in any order.
    #[serde(default)]
    pub reasons: Option<Vec<ExpectedReason>>,
    /// At least these warnings: codes.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Fields of the template that would be issued, such as `notAfter`, with the values that they must have.
    #[serde(default)]
    pub template: BTreeMap<String, serde_json::Value>,
}

/// One reason.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(untagged))]
pub enum ExpectedReason {
    /// The code alone.
    Code(String),
    /// The code, and where.
    Place {
        /// The code.
        code: String,
        /// The path, such as `extensions.subjectAltName[0].dNSName`.
        path: String,
    },
}

/// What became of a file of cases.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CaseReport {
    /// The policy's name.
    pub policy: String,
    /// Each case in order.
    pub cases: Vec<CaseResult>,
    /// Which rules the cases decide.
    pub coverage: CoverageView,
}

/// What became of one case.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CaseResult {
    /// What the case shows.
    pub name: String,
    /// Whether it came out as it says.
    pub passed: bool,
    /// The decision that it got: `allowed`, `denied`, `notApplicable` or `error`.
    pub outcome: String,
    /// How it differs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<String>,
    /// The reasons that it got.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<DiagnosticView>,
}

/// Which rules the cases of a policy decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CoverageView {
    /// Rules and effects in all.
    pub total: usize,
    /// Those that a case has shown.
    pub shown: usize,
    /// Those that no case has shown.
    pub missing: Vec<MissingView>,
}

/// A rule that no case decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MissingView {
    /// The rule, as a path into the document.
    pub rule: String,
    /// What it was not seen to do: `allow` or `deny`.
    pub effect: String,
}

impl CaseFile {
    /// Reads a file of cases in YAML or JSON.
    ///
    /// # Errors
    /// `case/syntax`, with line and column.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        let source = SourceText::new(text);
        source
            .read(&CodeFamily::CASES)
            .map_err(|error| Error::in_document(ErrorKind::Argument, &error, &source))
    }

    /// Reads a file of cases from its bytes, which must be UTF-8.
    ///
    /// # Errors
    /// As [`CaseFile::from_text`], and bytes that are no UTF-8.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let text = std::str::from_utf8(bytes)
            .map_err(|_| Error::from(Diagnostic::new(codes::CASE_SYNTAX, "the cases are not UTF-8")))?;
        Self::from_text(text)
    }

    /// Runs all cases against a policy. `read` gives the bytes of a file that a case names.
    ///
    /// # Errors
    /// A file that cannot be read, and a context that is not valid.
    pub fn run(
        &self,
        policy: &Policy,
        read: &dyn Fn(&str) -> Result<Vec<u8>, Error>,
    ) -> Result<CaseReport, Error> {
        let mut coverage = Coverage::new(policy.as_core().document());
        let mut cases = Vec::new();
        for case in &self.cases {
            cases.push(self.run_case(case, policy, read, &mut coverage)?);
        }
        let (total, shown) = coverage.totals();
        let missing = coverage.missing().map(|(rule, effect)| MissingView {
            rule: rule.to_string(),
            effect: match effect {
                Effect::Allow => "allow",
                Effect::Deny => "deny",
            }
            .to_owned(),
        });
        let coverage = CoverageView { total, shown, missing: missing.collect() };
        Ok(CaseReport { policy: policy.id().to_owned(), cases, coverage })
    }

    fn run_case(
        &self,
        case: &Case,
        policy: &Policy,
        read: &dyn Fn(&str) -> Result<Vec<u8>, Error>,
        coverage: &mut Coverage,
    ) -> Result<CaseResult, Error> {
        let request = match &case.request {
            RequestSource::File(file) => Request::parse(&read(file)?),
            RequestSource::Description(description) => Request::parse(&description.to_der()?),
        };
        let at = case.at.as_ref().or(self.at.as_ref()).map(|text| text.0).or_else(default_time);
        let at = at.ok_or_else(|| Error::from(Diagnostic::new(codes::INTERNAL_UNEXPECTED, "no time")))?;
        let context = case.context.as_ref().unwrap_or(&self.context).to_context(at)?;
        let mut result = CaseResult {
            name: case.name.clone(),
            passed: false,
            outcome: String::new(),
            differences: Vec::new(),
            reasons: Vec::new(),
        };
        let mut warnings = Vec::new();
        let mut template = serde_json::Value::Null;
        match request {
            Err(error) => {
                "error".clone_into(&mut result.outcome);
                result.reasons = error.diagnostics().to_vec();
            }
            Ok(request) => {
                let (decision, passed) = policy.as_core().evaluate_traced(request.as_core(), &context);
                coverage.note(&decision, &passed);
                let decision = Decision::new(decision, &request);
                decision.outcome().as_str().clone_into(&mut result.outcome);
                result.reasons = decision.reasons();
                warnings = decision.warnings();
                template = serde_json::to_value(decision.template()).unwrap_or_default();
            }
        }
        case.expect.compare(&mut result, &warnings, &template);
        result.passed = result.differences.is_empty();
        Ok(result)
    }
}

/// 2026-01-01T00:00:00Z
fn default_time() -> Option<Timestamp> {
    Timestamp::from_civil(2026, 1, 1, 0, 0, 0)
}

impl Expectation {
    fn compare(&self, result: &mut CaseResult, warnings: &[DiagnosticView], template: &serde_json::Value) {
        match self {
            Self::Outcome(outcome) => compare_outcome(outcome, result),
            Self::Codes(expected) => {
                compare_outcome(Outcome::Denied.as_str(), result);
                let expected: Vec<ExpectedReason> =
                    expected.iter().cloned().map(ExpectedReason::Code).collect();
                compare_reasons(&expected, result);
            }
            Self::Full(full) => {
                compare_outcome(&full.outcome, result);
                if let Some(reasons) = &full.reasons {
                    compare_reasons(reasons, result);
                }
                for code in &full.warnings {
                    if !warnings.iter().any(|warning| warning.code == *code) {
                        result.differences.push(format!("the warning {code} is missing"));
                    }
                }
                for (field, expected) in &full.template {
                    let found = template.get(field).unwrap_or(&serde_json::Value::Null);
                    if found != expected {
                        result.differences.push(format!("template.{field} is {found}, expected {expected}"));
                    }
                }
            }
        }
    }
}

fn compare_outcome(expected: &str, result: &mut CaseResult) {
    if !["allowed", "denied", "notApplicable", "error"].contains(&expected) {
        result.differences.push(format!(
            "{} is no outcome: write allowed, denied, notApplicable or error",
            quote(expected)
        ));
    } else if result.outcome != expected {
        result.differences.push(format!("the outcome is {}, expected {expected}", result.outcome));
    }
}

/// Every expected reason must be there, and no other.
fn compare_reasons(expected: &[ExpectedReason], result: &mut CaseResult) {
    let mut found: Vec<(&str, String)> =
        result.reasons.iter().map(|reason| (reason.code.as_str(), path_text(&reason.path))).collect();
    let mut differences = Vec::new();
    for reason in expected {
        let position = found.iter().position(|(code, path)| match reason {
            ExpectedReason::Code(expected) => code == expected,
            ExpectedReason::Place { code: expected, path: place } => code == expected && path == place,
        });
        match (position, reason) {
            (Some(position), _) => {
                found.remove(position);
            }
            (None, ExpectedReason::Code(code)) => differences.push(format!("the reason {code} is missing")),
            (None, ExpectedReason::Place { code, path }) => {
                differences.push(format!("the reason {code} at {path} is missing"));
            }
        }
    }
    for (code, path) in found {
        differences.push(format!("the reason {code} at {path} is not expected"));
    }
    result.differences.extend(differences);
}
