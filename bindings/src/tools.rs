//! What people do with policies besides judging by them, as calls over texts and bytes: for hosts where the tools are a
//! module of their own, to which no handle can be given.

use certgate::diagnostic::{Diagnostic, codes, quote};
use certgate::policy::Context;
use certgate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cases::{CaseFile, CaseReport};
use crate::compare::{self, AtMostView, ComparisonView};
use crate::context::{ContextDocument, parse_time};
use crate::document::{CodeFamily, read_value};
use crate::error::{Error, ErrorKind};
use crate::export::export_to;
use crate::import::{ImportDocument, ImportedView, import_bytes};
use crate::mend::{MendView, mend};
use crate::policy::Policy;
use crate::request::Request;
use crate::set::{PolicySet, SetDecisionView, combination};
use crate::view::{ConstraintsView, DiagnosticView, ExplanationView};

/// One call. Policies are texts in YAML or JSON, times are RFC 3339; the bytes that it is about stand beside it.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    tag = "tool",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields,
    expecting = "a call of a tool"
)]
pub enum Call {
    /// Reads a policy of another program: the one input.
    Import {
        /// Such as `vault-role`.
        kind: String,
        /// An [`ImportDocument`], or null.
        options: Value,
    },
    /// Writes a policy for another program.
    Export {
        /// The policy.
        policy: String,
        /// Such as `vault-role`.
        kind: String,
    },
    /// Compares two policies, by analysis or over requests.
    Diff {
        /// The policy as it was.
        old: String,
        /// The policy as it is to be.
        new: String,
        /// A name for each input; null for the analysis.
        names: Option<Vec<String>>,
        /// A [`ContextDocument`], or null.
        context: Value,
        /// The time of the evaluation.
        at: String,
    },
    /// Whether a policy is at most as permissive as another.
    AtMost {
        /// The policy.
        policy: String,
        /// The other policy.
        other: String,
    },
    /// Why a policy decides of a request as it does.
    Explain(Judgement),
    /// How to make a request that the policy allows.
    Mend(Judgement),
    /// Runs cases against a policy.
    RunCases {
        /// The policy.
        policy: String,
        /// The file of cases.
        cases: String,
        /// The names of the files that the cases name, one for each input.
        files: Vec<String>,
    },
    /// What should be looked at in a policy.
    Lint {
        /// The policy.
        policy: String,
        /// The time at which exceptions are looked at.
        at: String,
    },
    /// What a CA that issues by a policy can say of it in its own certificate.
    Constraints {
        /// The policy.
        policy: String,
    },
    /// Judges a request by several policies.
    EvaluateSet {
        /// The policies, in order.
        policies: Vec<String>,
        /// `any`, `all` or `named`.
        combine: String,
        /// With `named`: the id of the policy that decides.
        name: Option<String>,
        /// A [`ContextDocument`], or null.
        context: Value,
        /// The time of the evaluation.
        at: String,
    },
}

/// A request, which is the one input, before a policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a judgement")]
pub struct Judgement {
    /// The policy.
    policy: String,
    /// A [`ContextDocument`], or null.
    context: Value,
    /// The time of the evaluation.
    at: String,
}

/// What a call gives.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// Of `import`.
    Imported(ImportedView),
    /// Of `export`.
    Exported(String),
    /// Of `diff`.
    Comparison(Box<ComparisonView>),
    /// Of `atMost`.
    AtMost(Box<AtMostView>),
    /// Of `explain`.
    Explanation(Box<ExplanationView>),
    /// Of `mend`.
    Mended(MendView),
    /// Of `runCases`.
    Cases(CaseReport),
    /// Of `lint`.
    Findings(Vec<DiagnosticView>),
    /// Of `constraints`.
    Constraints(ConstraintsView),
    /// Of `evaluateSet`.
    SetDecision(SetDecisionView),
}

impl Call {
    /// Reads a call that is plain data already.
    ///
    /// # Errors
    /// Unknown keys and wrong types, each with its path.
    pub fn from_value(value: Value) -> Result<Self, Error> {
        read_value(value, &CodeFamily::CONTEXT).map_err(|error| Error::new(ErrorKind::Argument, &error))
    }

    /// Does it.
    ///
    /// # Errors
    /// What the function of the same name says.
    pub fn run<B: AsRef<[u8]>>(&self, inputs: &[B]) -> Result<Answer, Error> {
        let first = || inputs.first().map(AsRef::as_ref).unwrap_or_default();
        Ok(match self {
            Self::Import { kind, options } => {
                let options = given(options, ImportDocument::from_value)?;
                Answer::Imported(import_bytes(kind, first(), &options)?.into())
            }
            Self::Export { policy, kind } => Answer::Exported(export_to(&Policy::load(policy)?, kind)?),
            Self::Diff { old, new, names, context, at } => {
                let (old, new) = (Policy::load(old)?, Policy::load(new)?);
                let named = names.iter().flatten().map(String::as_str);
                let named: Vec<_> = named.zip(inputs.iter().map(AsRef::as_ref)).collect();
                let (context, at) = (given(context, ContextDocument::from_value)?, parse_time(at)?);
                Answer::Comparison(Box::new(diff(
                    &old,
                    &new,
                    names.as_ref().map(|_| named.as_slice()),
                    &context,
                    at,
                )?))
            }
            Self::AtMost { policy, other } => {
                let (policy, other) = (Policy::load(policy)?, Policy::load(other)?);
                Answer::AtMost(Box::new(compare::at_most(&policy, &other)))
            }
            Self::Explain(judgement) => {
                let (policy, request, context) = judgement.read(first())?;
                Answer::Explanation(Box::new(policy.explain(&request, &context)))
            }
            Self::Mend(judgement) => {
                let (policy, request, context) = judgement.read(first())?;
                Answer::Mended(mend(&policy, &policy.evaluate(&request, &context)))
            }
            Self::RunCases { policy, cases, files } => {
                let policy = Policy::load(policy)?;
                let files: Vec<_> =
                    files.iter().map(String::as_str).zip(inputs.iter().map(AsRef::as_ref)).collect();
                Answer::Cases(run_cases(&policy, cases, &files)?)
            }
            Self::Lint { policy, at } => Answer::Findings(Policy::load(policy)?.lint(Some(parse_time(at)?))),
            Self::Constraints { policy } => Answer::Constraints(Policy::load(policy)?.constraints_view()),
            Self::EvaluateSet { policies, combine, name, context, at } => {
                let policies = policies.iter().map(|text| Policy::load(text)).collect::<Result<_, _>>()?;
                let set = PolicySet::new(policies, combination(combine, name.as_deref())?);
                let (request, context) = read(first(), context, at)?;
                Answer::SetDecision(set.evaluate(&request, &context))
            }
        })
    }
}

impl Judgement {
    fn read(&self, input: &[u8]) -> Result<(Policy, Request, Context), Error> {
        let (request, context) = read(input, &self.context, &self.at)?;
        Ok((Policy::load(&self.policy)?, request, context))
    }
}

fn read(input: &[u8], context: &Value, at: &str) -> Result<(Request, Context), Error> {
    let context = given(context, ContextDocument::from_value)?.to_context(parse_time(at)?)?;
    Ok((Request::parse(input)?, context))
}

/// A document that may be left out.
fn given<T: Default>(value: &Value, read: impl Fn(Value) -> Result<T, Error>) -> Result<T, Error> {
    if value.is_null() { Ok(T::default()) } else { read(value.clone()) }
}

/// Compares two policies: over requests and certificates with their names, or by analysis.
///
/// # Errors
/// The first input that is neither a request nor a certificate, and a context that is not valid.
pub fn diff(
    old: &Policy,
    new: &Policy,
    requests: Option<&[(&str, &[u8])]>,
    context: &ContextDocument,
    at: Timestamp,
) -> Result<ComparisonView, Error> {
    let Some(requests) = requests else { return Ok(ComparisonView::analyse(old, new)) };
    let compared = requests
        .iter()
        .map(|(name, input)| compare::compare_input(old, new, name, input, (None, context), at))
        .collect::<Result<_, _>>()?;
    Ok(ComparisonView::over_requests(old, new, compared))
}

/// Runs the cases of a text against a policy; the files that they name are given with their names.
///
/// # Errors
/// `case/syntax`: text that is no file of cases, and a case whose file is not given.
pub fn run_cases(policy: &Policy, cases: &str, files: &[(&str, &[u8])]) -> Result<CaseReport, Error> {
    CaseFile::from_text(cases)?.run(policy, &|name| file(name, files))
}

/// The bytes of a file that a case names.
///
/// # Errors
/// `case/syntax`: it is not among those that are given.
pub fn file(name: &str, files: &[(&str, &[u8])]) -> Result<Vec<u8>, Error> {
    let found = files.iter().find(|(file, _)| *file == name);
    found.map(|(_, bytes)| bytes.to_vec()).ok_or_else(|| {
        let message = format!("a case names the file {}, which is not given", quote(name));
        Error::from(Diagnostic::new(codes::CASE_SYNTAX, message))
    })
}
