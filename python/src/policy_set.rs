//! Several policies that decide together.

use std::collections::BTreeMap;

use certgate_bindings::set::{self, SetDecisionView};
use certgate_bindings::view::{DecisionView, PolicyIdentityView};
use pyo3::prelude::*;

use crate::context::{self, GivenContext, GivenPolicySequence, GivenTime};
use crate::diagnostic::{Diagnostics, hash_of};
use crate::error::raise;
use crate::plain::{Plain, plain_list};
use crate::policy::{Judged, Policy};
use crate::shape::OutcomeText;

/// The arguments by position, and those by name.
type NewArguments<'a> = ((Vec<Py<Policy>>,), BTreeMap<&'static str, Option<&'a str>>);

/// Several policies that decide together. Sets are equal if their policies and the way they are combined are; they are pickled
/// by these.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct PolicySet {
    policies: Vec<Py<Policy>>,
    set: set::PolicySet,
    combine: String,
    name: Option<String>,
}

#[pymethods]
impl PolicySet {
    /// A set of policies. `combine` is `any` (the first that allows decides), `all` (every one that is applicable must allow) or
    /// `named` (the one whose id is `name` decides alone).
    ///
    /// Raises `ParseError` for another word, and for a name without `named` or the reverse.
    #[new]
    #[pyo3(signature = (policies, *, combine = "any", name = None))]
    fn new(
        py: Python<'_>,
        policies: GivenPolicySequence<'_, '_>,
        combine: &str,
        name: Option<String>,
    ) -> PyResult<Self> {
        let policies: Vec<Py<Policy>> = policies.0.extract()?;
        let combination = set::combination(combine, name.as_deref()).map_err(|error| raise(py, &error))?;
        let loaded = policies.iter().map(|policy| policy.get().policy.clone()).collect();
        let set = set::PolicySet::new(loaded, combination);
        Ok(Self { policies, set, combine: combine.to_owned(), name })
    }

    /// The policies, in order.
    #[getter]
    fn policies(&self, py: Python<'_>) -> Vec<Py<Policy>> {
        self.policies.iter().map(|policy| policy.clone_ref(py)).collect()
    }

    /// `any`, `all` or `named`.
    #[getter]
    fn combine(&self) -> &str {
        &self.combine
    }

    /// With `named`: the id of the policy that decides.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Judges a request by the policies together. A denial is a value: `bool(decision)` says whether the certificate may be
    /// issued.
    ///
    /// Raises `ParseError` for a request, a context or a time that cannot be read.
    #[pyo3(signature = (request, context = None, *, at = None))]
    fn evaluate(
        &self,
        py: Python<'_>,
        request: Judged<'_, '_>,
        context: Option<GivenContext<'_, '_>>,
        at: Option<GivenTime<'_, '_>>,
    ) -> PyResult<SetDecision> {
        let context = context::context(py, context, at)?;
        let request = request.read(py)?;
        Ok(SetDecision { view: py.detach(|| self.set.evaluate(&request, &context)) })
    }

    fn __repr__(&self) -> String {
        let ids: Vec<&str> = self.set.policies().iter().map(certgate_bindings::Policy::id).collect();
        let name = self.name.as_ref().map_or_else(String::new, |name| format!(" {name}"));
        format!("<PolicySet {}{name} of {}>", self.combine, ids.join(", "))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.key() == other.key()
    }

    fn __hash__(&self) -> u64 {
        hash_of(self.key())
    }

    fn __getnewargs_ex__(&self, py: Python<'_>) -> NewArguments<'_> {
        let keywords = [("combine", Some(self.combine.as_str())), ("name", self.name.as_deref())];
        ((self.policies(py),), keywords.into_iter().collect())
    }
}

impl PolicySet {
    fn key(&self) -> (Vec<&str>, &str, Option<&str>) {
        let digests = self.set.policies().iter().map(certgate_bindings::Policy::digest).collect();
        (digests, &self.combine, self.name.as_deref())
    }
}

/// What several policies say of a request together. True if the certificate may be issued, else false. Decisions are equal if all
/// that they say is.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct SetDecision {
    view: SetDecisionView,
}

#[pymethods]
impl SetDecision {
    /// `allowed`, `denied` or `notApplicable`.
    #[getter]
    fn outcome(&self) -> OutcomeText {
        OutcomeText(match self.view.outcome.as_str() {
            "allowed" => "allowed",
            "denied" => "denied",
            _ => "notApplicable",
        })
    }

    /// Whether the certificate may be issued: as `bool(decision)`.
    #[getter]
    fn allowed(&self) -> bool {
        self.view.outcome == "allowed"
    }

    /// Whether a policy that is enforced stands in the way.
    #[getter]
    fn blocked(&self) -> bool {
        self.view.blocked
    }

    /// The policy that settled the outcome; `None` if none did.
    #[getter]
    fn decided_by(&self) -> Option<Plain<PolicyIdentityView>> {
        self.view.decided_by.clone().map(Plain)
    }

    /// What is wrong with the set as a whole.
    #[getter]
    fn reasons(&self) -> Diagnostics {
        Diagnostics(self.view.reasons.clone())
    }

    /// What each policy that was asked says, in order, as plain data.
    #[getter]
    fn decisions(&self) -> Vec<Plain<DecisionView>> {
        plain_list(self.view.decisions.clone())
    }

    /// The whole decision as plain data.
    fn to_dict(&self) -> Plain<SetDecisionView> {
        Plain(self.view.clone())
    }

    fn __bool__(&self) -> bool {
        self.allowed()
    }

    fn __repr__(&self) -> String {
        let by =
            self.view.decided_by.as_ref().map_or_else(String::new, |policy| format!(" by {}", policy.id));
        format!("<SetDecision {}{by}>", self.view.outcome)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.view == other.view
    }

    fn __hash__(&self) -> u64 {
        hash_of((&self.view.outcome, &self.view.combination, self.view.decisions.len()))
    }
}
