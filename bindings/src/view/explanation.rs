use certgate::policy::{Change, Explanation, FieldExplanation, Note};
use serde::Serialize;

use super::diagnostic::{DataView, DiagnosticView, StepView, steps};
use super::{DecisionView, SCHEMA_VERSION};
use crate::context::ContextDocument;
use crate::policy::{Decision, canonical};
use crate::request::Request;

/// Why a policy decides as it does, and what would have to change.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExplanationView {
    /// Version of this form: 1.
    pub schema_version: u32,
    /// The decision.
    pub decision: DecisionView,
    /// Each field of the request that a rule decided.
    pub fields: Vec<FieldExplanationView>,
    /// A smallest change to the request with which the policy allows it; null if it is allowed or none was found.
    pub request_change: Option<RequestChangeView>,
    /// A narrowest change to the policy with which it allows the request; null if it does or none was found.
    pub policy_change: Option<PolicyChangeView>,
}

/// Which rules decided one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FieldExplanationView {
    /// The field of the request or of its context.
    pub path: Vec<StepView>,
    /// Whether the field may be as it is.
    pub allowed: bool,
    /// The rules that decided, as paths into the policy document.
    pub rules: Vec<Vec<StepView>>,
    /// Rules that would have allowed the field if no other denied it.
    pub would_allow: Vec<Vec<StepView>>,
}

/// What happens to one place of a request or of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangeView {
    /// `add`, `remove` or `replace`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["add", "remove", "replace"])))]
    pub action: String,
    /// Where.
    pub path: Vec<StepView>,
    /// The value that is added, put there or removed. An entry of a policy's list that is a mapping is text in JSON.
    pub value: DataView,
    /// What else follows from a change to a policy; null for nothing.
    pub note: Option<NoteView>,
}

/// What follows from a change besides that the request is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NoteView {
    /// `warning` if a denial is taken away or something else is denied; `notice` if more is allowed of what was.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["warning", "notice"])))]
    pub severity: String,
    /// One lower-case sentence.
    pub message: String,
}

/// A request that the policy allows instead.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RequestChangeView {
    /// What changes.
    pub changes: Vec<ChangeView>,
    /// The changed request in PEM, signed with a key for examples.
    pub pem: String,
    /// Its context.
    pub context: ContextDocument,
}

/// A policy that allows the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PolicyChangeView {
    /// What changes.
    pub changes: Vec<ChangeView>,
    /// The changed policy in its canonical form.
    pub policy: String,
}

impl ExplanationView {
    pub(crate) fn new(explanation: Explanation, request: &Request) -> Self {
        let Explanation { decision, fields, request_change, policy_change } = explanation;
        Self {
            schema_version: SCHEMA_VERSION,
            decision: Decision::new(decision, request).view(),
            fields: fields.iter().map(FieldExplanationView::new).collect(),
            request_change: request_change.map(|change| RequestChangeView {
                changes: change.changes.iter().map(ChangeView::new).collect(),
                pem: certgate::pem::encode("CERTIFICATE REQUEST", change.request.der()),
                context: ContextDocument::from_context(&change.context),
            }),
            policy_change: policy_change.map(|change| PolicyChangeView {
                changes: change.changes.iter().map(ChangeView::new).collect(),
                policy: canonical(&change.document),
            }),
        }
    }

    /// The reasons of the decision.
    pub fn reasons(&self) -> &[DiagnosticView] {
        &self.decision.reasons
    }
}

impl FieldExplanationView {
    fn new(field: &FieldExplanation) -> Self {
        Self {
            path: steps(&field.path),
            allowed: field.allowed,
            rules: field.rules.iter().map(steps).collect(),
            would_allow: field.would_allow.iter().map(steps).collect(),
        }
    }
}

impl ChangeView {
    fn new(change: &Change) -> Self {
        Self {
            action: change.action.as_str().to_owned(),
            path: steps(&change.path),
            value: DataView::new(&change.value),
            note: change.note.as_ref().map(NoteView::new),
        }
    }
}

impl NoteView {
    fn new(note: &Note) -> Self {
        Self { severity: note.severity.as_str().to_owned(), message: note.message.clone() }
    }
}
