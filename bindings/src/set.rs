//! Several policies together.

use certgate::diagnostic::{Diagnostic, codes, quote};
use certgate::policy::{self, Combination, Context};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::policy::{Decision, Policy};
use crate::request::Request;
use crate::view::{DecisionView, DiagnosticView, PolicyIdentityView, SCHEMA_VERSION};

/// Several policies and how they decide together, as a document.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a set of policies")]
pub struct PolicySetDocument {
    /// Version of this form: 1.
    pub version: u32,
    /// How the policies decide together. Left out: any.
    #[serde(default)]
    pub combine: CombineWord,
    /// With `named`: the id of the policy that decides.
    #[serde(default)]
    pub name: Option<String>,
    /// Files of policies, relative to this one, and names of ready-made policies.
    pub policies: Vec<String>,
}

/// How several policies decide together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum CombineWord {
    /// The first policy that allows the request decides.
    #[default]
    Any,
    /// Every policy that is applicable must allow the request.
    All,
    /// One policy decides alone.
    Named,
}

/// Loaded policies and how they decide together.
#[derive(Clone, Debug)]
pub struct PolicySet {
    policies: Vec<Policy>,
    set: policy::PolicySet,
}

/// What several policies say of a request together.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SetDecisionView {
    /// Version of this form: 1.
    pub schema_version: u32,
    /// `allowed`, `denied` or `notApplicable`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["allowed", "denied", "notApplicable"])))]
    pub outcome: String,
    /// `any`, `all` or `named`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["any", "all", "named"])))]
    pub combination: String,
    /// Whether a policy that is enforced stands in the way.
    pub blocked: bool,
    /// The policy that settled the outcome.
    pub decided_by: Option<PolicyIdentityView>,
    /// What is wrong with the set as a whole.
    pub reasons: Vec<DiagnosticView>,
    /// The decision of each policy that was asked, in order, with its reasons.
    pub decisions: Vec<DecisionView>,
}

impl PolicySet {
    /// A set of loaded policies.
    pub fn new(policies: Vec<Policy>, combination: Combination) -> Self {
        let core = policies.iter().map(|policy| policy.as_core().clone()).collect();
        Self { policies, set: policy::PolicySet::new(core, combination) }
    }

    /// The policies, in order.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// The engine's set.
    pub fn as_core(&self) -> &policy::PolicySet {
        &self.set
    }

    /// Judges a request. A denial is a value, never an error.
    pub fn evaluate(&self, request: &Request, context: &Context) -> SetDecisionView {
        let decision = self.set.evaluate(request.as_core(), context);
        let identity = |decision: &policy::Decision| PolicyIdentityView {
            id: decision.policy().id.to_string(),
            digest: decision.policy().digest.to_string(),
        };
        SetDecisionView {
            schema_version: SCHEMA_VERSION,
            outcome: decision.outcome().as_str().to_owned(),
            combination: self.set.combination().as_str().to_owned(),
            blocked: decision.is_blocked(),
            decided_by: decision.deciding().map(identity),
            reasons: decision.reasons().iter().map(DiagnosticView::new).collect(),
            decisions: decision
                .decisions()
                .iter()
                .map(|decision| Decision::new(decision.clone(), request).view())
                .collect(),
        }
    }
}

impl PolicySetDocument {
    /// Reads a set in YAML or JSON.
    ///
    /// # Errors
    /// Unknown keys and values of the wrong form, with line and column; another version; a name without `named`.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        let document: Self = crate::context::read_document(text)?;
        if document.version != 1 {
            return Err(fault("version", "the version of the set is not 1"));
        }
        check_name(document.combine, document.name.as_deref())?;
        Ok(document)
    }

    /// How the policies decide together.
    pub fn combination(&self) -> Combination {
        combination_of(self.combine, self.name.as_deref())
    }
}

/// How several policies decide together, by the words of a host.
///
/// # Errors
/// A word that is not known; a name without `named`, and the reverse.
pub fn combination(combine: &str, name: Option<&str>) -> Result<Combination, Error> {
    let word = match combine {
        "any" => CombineWord::Any,
        "all" => CombineWord::All,
        "named" => CombineWord::Named,
        other => {
            let message = format!("{} is no way to combine policies", quote(other));
            let diagnostic = Diagnostic::new(codes::CONTEXT_VALUE, message).at(["combine"]);
            return Err(diagnostic.with_help("give one of any, all, named").into());
        }
    };
    check_name(word, name)?;
    Ok(combination_of(word, name))
}

fn check_name(combine: CombineWord, name: Option<&str>) -> Result<(), Error> {
    if name.is_some() == (combine == CombineWord::Named) {
        return Ok(());
    }
    Err(fault("name", "a name is given with combine: named, and only then"))
}

fn combination_of(combine: CombineWord, name: Option<&str>) -> Combination {
    match (combine, name) {
        (CombineWord::All, _) => Combination::All,
        (CombineWord::Named, Some(name)) => Combination::Named(name.to_owned()),
        (CombineWord::Any | CombineWord::Named, _) => Combination::Any,
    }
}

fn fault(field: &'static str, message: &str) -> Error {
    Diagnostic::new(codes::CONTEXT_VALUE, message.to_owned()).at([field]).into()
}
