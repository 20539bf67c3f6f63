use certgate::policy::document::Enforcement;
use serde::Serialize;

use super::SCHEMA_VERSION;
use super::diagnostic::DiagnosticView;
use super::request::RequestView;
use super::simulation::SimulationView;
use super::template::TemplateView;
use crate::policy::Decision;

/// What a policy says of a request.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DecisionView {
    /// Version of this form: 1.
    pub schema_version: u32,
    /// `allowed`, `denied` or `notApplicable`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["allowed", "denied", "notApplicable"])))]
    pub outcome: String,
    /// Which policy decided.
    pub policy: PolicyIdentityView,
    /// What follows from a denial if the policy is not enforced: `audit` or `warn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["audit", "warn"])))]
    pub enforcement: Option<String>,
    /// Every reason why not, sorted by path and code; empty if allowed.
    pub reasons: Vec<DiagnosticView>,
    /// What should be mended or known and stops nothing.
    pub warnings: Vec<DiagnosticView>,
    /// Exactly what would be issued; null unless allowed.
    pub template: Option<TemplateView>,
    /// What the simulated program says, if the policy decides as another program does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulation: Option<SimulationView>,
    /// The request, every field.
    pub request: RequestView,
}

/// Which policy decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PolicyIdentityView {
    /// The policy's name.
    pub id: String,
    /// Digest of its canonical form: `sha256:` and 64 hexadecimal digits.
    pub digest: String,
}

/// A loaded policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PolicyView {
    /// The policy's name.
    pub id: String,
    /// Digest of its canonical form.
    pub digest: String,
    /// What the policy is for.
    pub description: Option<String>,
    /// What should be looked at in the document.
    pub warnings: Vec<DiagnosticView>,
}

/// The word for an enforcement that stops nothing.
fn not_enforced(enforcement: Enforcement) -> Option<String> {
    (enforcement != Enforcement::Enforce).then(|| enforcement.as_str().to_owned())
}

impl DecisionView {
    pub(crate) fn new(decision: &Decision) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            outcome: decision.outcome().as_str().to_owned(),
            policy: decision.policy(),
            enforcement: not_enforced(decision.as_core().enforcement()),
            reasons: decision.reasons(),
            warnings: decision.warnings(),
            template: decision.template(),
            simulation: decision.simulation(),
            request: decision.request().view(),
        }
    }
}
