//! Two policies side by side: over requests, and by analysis.

use certgate::certificate::Certificate;
use certgate::crypto::PrivateKey;
use certgate::policy::{AtMost, Context, Example, ExampleKey};
use certgate::time::Timestamp;
use serde::Serialize;

use crate::cases::case_key;
use crate::context::ContextDocument;
use crate::error::Error;
use crate::policy::{Decision, Policy};
use crate::request::Request;
use crate::view::{DecisionView, DiagnosticView, PolicyIdentityView, SCHEMA_VERSION, StepView, steps};

mod certificate;

pub use certificate::request_for;

/// A key for an example: a fixed one where there is one, else one that is always made the same way. They prove nothing and
/// protect nothing.
pub fn example_key(kind: ExampleKey) -> Option<PrivateKey> {
    match (case_key(&kind.name()), kind) {
        (Ok(key), _) => Some(key),
        (Err(_), ExampleKey::Rsa(bits)) => {
            PrivateKey::generate_rsa(bits, *b"certgate example, not for real  ").ok()
        }
        (Err(_), _) => None,
    }
}

/// How two policies are related.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ComparisonView {
    /// Version of this form: 1.
    pub schema_version: u32,
    /// The policy as it was.
    pub old: PolicyIdentityView,
    /// The policy as it is to be.
    pub new: PolicyIdentityView,
    /// `equal`, `stricter`, `looser` or `different`, said of the new policy; `undecided` if the analysis does not reach so far.
    /// Null if requests were judged instead.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["equal", "stricter", "looser", "different", "undecided", null])))]
    pub relation: Option<String>,
    /// Whether the new policy is at most as permissive as the old one.
    pub at_most: Option<AtMostView>,
    /// Whether the old policy is at most as permissive as the new one.
    pub at_least: Option<AtMostView>,
    /// The requests that were judged.
    pub requests: Vec<ComparedRequestView>,
}

/// Whether one policy is at most as permissive as another.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AtMostView {
    /// `yes`, `no` or `undecided`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["yes", "no", "undecided"])))]
    pub answer: String,
    /// With `no`: a request that shows it.
    pub example: Option<ExampleView>,
    /// With `undecided`: the rules that could not be compared.
    pub undecided: Vec<DiagnosticView>,
}

/// A request that one policy allows, and the other does not or issues otherwise.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExampleView {
    /// The rule that differs, as a path into the policy that is stricter there.
    pub rule: Vec<StepView>,
    /// The request in PEM.
    pub pem: String,
    /// Its context.
    pub context: ContextDocument,
    /// The time of the evaluation.
    pub at: String,
    /// What the policy that allows it says, and what it would issue.
    pub allowed: DecisionView,
    /// What the other one says.
    pub other: DecisionView,
}

/// One request, judged by both policies.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ComparedRequestView {
    /// The name of the input.
    pub input: String,
    /// Whether the outcome changes, or what would be issued.
    pub changed: bool,
    /// The outcome under the old policy.
    pub old: String,
    /// The outcome under the new policy.
    pub new: String,
    /// The reasons of the old policy.
    pub old_reasons: Vec<DiagnosticView>,
    /// The reasons of the new policy.
    pub new_reasons: Vec<DiagnosticView>,
}

impl ComparisonView {
    /// Compares by analysis: in both directions.
    pub fn analyse(old: &Policy, new: &Policy) -> Self {
        let (at_most, at_least) = (at_most(new, old), at_most(old, new));
        let relation = match (at_most.answer.as_str(), at_least.answer.as_str()) {
            ("yes", "yes") => "equal",
            ("yes", "no") => "stricter",
            ("no", "yes") => "looser",
            ("no", "no") => "different",
            _ => "undecided",
        };
        Self {
            relation: Some(relation.to_owned()),
            at_most: Some(at_most),
            at_least: Some(at_least),
            ..Self::over_requests(old, new, Vec::new())
        }
    }

    /// Only whether the new policy is at most as permissive.
    pub fn at_most(old: &Policy, new: &Policy) -> Self {
        Self { at_most: Some(at_most(new, old)), ..Self::over_requests(old, new, Vec::new()) }
    }

    /// What was found over requests.
    pub fn over_requests(old: &Policy, new: &Policy, requests: Vec<ComparedRequestView>) -> Self {
        let identity = |policy: &Policy| PolicyIdentityView {
            id: policy.id().to_owned(),
            digest: policy.digest().to_owned(),
        };
        Self {
            schema_version: SCHEMA_VERSION,
            old: identity(old),
            new: identity(new),
            relation: None,
            at_most: None,
            at_least: None,
            requests,
        }
    }

    /// Whether there is a difference, or none could be excluded.
    pub fn differs(&self) -> bool {
        let analysed = [&self.at_most, &self.at_least].into_iter().flatten().any(|view| view.answer != "yes");
        analysed || self.requests.iter().any(|request| request.changed)
    }
}

/// Whether `new` is at most as permissive as `old`.
pub fn at_most(new: &Policy, old: &Policy) -> AtMostView {
    let view = |answer: &str| AtMostView { answer: answer.to_owned(), example: None, undecided: Vec::new() };
    match new.as_core().at_most(old.as_core(), &example_key) {
        AtMost::Yes => view("yes"),
        AtMost::No(example) => AtMostView { example: Some(ExampleView::new(*example)), ..view("no") },
        AtMost::Undecided(rules) => {
            AtMostView { undecided: rules.iter().map(DiagnosticView::new).collect(), ..view("undecided") }
        }
    }
}

/// Judges one input by both policies: a request, or a certificate in the place of the request that asks for the same. What
/// the input says of its context is overruled by `given`.
///
/// # Errors
/// An input that is neither, and a context that is not valid.
pub fn compare_input(
    old: &Policy,
    new: &Policy,
    name: &str,
    input: &[u8],
    (own, given): (Option<&ContextDocument>, &ContextDocument),
    at: Timestamp,
) -> Result<ComparedRequestView, Error> {
    let (request, of_certificate) = match (Request::parse(input), Certificate::from_bytes(input)) {
        (Err(_), Ok(certificate)) => {
            let (request, context) = request_for(&certificate)?;
            (request, Some(context))
        }
        (request, _) => (request?, None),
    };
    let own = of_certificate.as_ref().or(own).cloned().unwrap_or_default();
    let context = own.overruled_by(given).to_context(at)?;
    Ok(compare_request(old, new, name, &request, &context))
}

/// Judges one request by both policies.
pub fn compare_request(
    old: &Policy,
    new: &Policy,
    input: &str,
    request: &Request,
    context: &Context,
) -> ComparedRequestView {
    let (old, new) = (old.evaluate(request, context), new.evaluate(request, context));
    let issued = |decision: &Decision| decision.as_core().template().cloned();
    ComparedRequestView {
        input: input.to_owned(),
        changed: old.outcome() != new.outcome() || issued(&old) != issued(&new),
        old: old.outcome().as_str().to_owned(),
        new: new.outcome().as_str().to_owned(),
        old_reasons: old.reasons(),
        new_reasons: new.reasons(),
    }
}

impl ExampleView {
    fn new(example: Example) -> Self {
        let Example { request, context, new, old, rule } = example;
        let pem = certgate::pem::encode("CERTIFICATE REQUEST", request.der());
        let request = Request::from_core(request);
        Self {
            rule: steps(&rule),
            pem,
            at: context.at().to_string(),
            context: ContextDocument::from_context(&context),
            allowed: Decision::new(new, &request).view(),
            other: Decision::new(old, &request).view(),
        }
    }
}
