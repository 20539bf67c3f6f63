use certgate::policy::Simulation;
use serde::Serialize;

use super::diagnostic::DiagnosticView;
use super::template::{BasicConstraintsView, TemplateAttributeView, TemplateNameView};

/// What a simulated program says of a request.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SimulationView {
    /// The program, by the key of its policy in `compat`, such as `openbaoRole`.
    pub program: String,
    /// What it decides: `allowed`, `denied` or `notApplicable`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["allowed", "denied", "notApplicable"])))]
    pub outcome: String,
    /// Why it denies the request or leaves it alone.
    pub reasons: Vec<DiagnosticView>,
    /// What it does otherwise than asked.
    pub warnings: Vec<DiagnosticView>,
    /// What it would issue; null unless it allows the request.
    pub issued: Option<IssuedView>,
}

/// What a simulated program would issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct IssuedView {
    /// The subject's attributes in order.
    pub subject: Vec<TemplateAttributeView>,
    /// The subject alternative names, in the spelling of the program.
    pub subject_alt_names: Vec<TemplateNameView>,
    /// keyUsage by name.
    pub key_usage: Vec<String>,
    /// extendedKeyUsage by name, or dotted decimal.
    pub extended_key_usage: Vec<String>,
    /// basicConstraints.
    pub basic_constraints: BasicConstraintsView,
    /// notBefore.
    pub not_before: String,
    /// notAfter.
    pub not_after: String,
}

impl SimulationView {
    pub(crate) fn new(
        simulation: &Simulation,
        reasons: Vec<DiagnosticView>,
        warnings: Vec<DiagnosticView>,
    ) -> Self {
        let issued = simulation.issued().map(|issued| IssuedView {
            subject: issued
                .subject
                .iter()
                .map(|attribute| TemplateAttributeView {
                    kind: attribute.oid.label(),
                    value: attribute.value.clone(),
                })
                .collect(),
            subject_alt_names: issued
                .names
                .iter()
                .map(|name| TemplateNameView { kind: name.kind().as_str().to_owned(), value: name.display() })
                .collect(),
            key_usage: issued.key_usage.iter().map(|bit| bit.as_str().to_owned()).collect(),
            extended_key_usage: issued.extended_key_usage.iter().map(certgate::oid::Oid::label).collect(),
            basic_constraints: BasicConstraintsView {
                ca: issued.basic_constraints.ca,
                path_length: issued.basic_constraints.path_length,
            },
            not_before: issued.not_before.to_string(),
            not_after: issued.not_after.to_string(),
        });
        Self {
            program: simulation.program().to_owned(),
            outcome: simulation.outcome().as_str().to_owned(),
            reasons,
            warnings,
            issued,
        }
    }
}
