//! Decisions.

use certgate_bindings::view::{DecisionView, PolicyIdentityView, TemplateView};
use pyo3::prelude::*;

use crate::diagnostic::{Diagnostics, hash_of};
use crate::error::raise;
use crate::issue::Approval;
use crate::plain::Plain;
use crate::request::Request;
use crate::shape::OutcomeText;

/// What a policy says of a request. True if the certificate may be issued, else false. Decisions are equal if all that
/// they say is. A decision cannot be pickled: what leaves the process is its plain data.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct Decision {
    pub(crate) decision: certgate_bindings::Decision,
}

#[pymethods]
impl Decision {
    /// `allowed`, `denied` or `notApplicable`.
    #[getter]
    fn outcome(&self) -> OutcomeText {
        OutcomeText(self.decision.outcome().as_str())
    }

    /// Whether the certificate may be issued: as `bool(decision)`.
    #[getter]
    fn allowed(&self) -> bool {
        self.decision.is_allowed()
    }

    /// Name and digest of the policy that decided.
    #[getter]
    fn policy(&self) -> Plain<PolicyIdentityView> {
        Plain(self.decision.policy())
    }

    /// Every reason why not, sorted by path and code, with the bytes that they are about; empty if allowed.
    #[getter]
    fn reasons(&self) -> Diagnostics {
        Diagnostics(self.decision.reasons())
    }

    /// What should be mended or known and stops nothing.
    #[getter]
    fn warnings(&self) -> Diagnostics {
        Diagnostics(self.decision.warnings())
    }

    /// Exactly what would be issued; `None` unless allowed.
    #[getter]
    fn template(&self) -> Option<Plain<TemplateView>> {
        self.decision.template().map(Plain)
    }

    /// The request that was judged.
    #[getter]
    fn request(&self) -> Request {
        Request { request: self.decision.request().clone() }
    }

    /// The permission to issue what was decided, a new one for each call: for `Issuer.issue` and `Issuer.prepare`.
    ///
    /// Raises `IssuanceError` with `issue/not-approved` and the reasons, unless the request is allowed.
    fn approve(&self, py: Python<'_>) -> PyResult<Approval> {
        self.decision.approve().map(|approval| Approval { approval }).map_err(|error| raise(py, &error))
    }

    /// The whole decision as plain data.
    fn to_dict(&self, py: Python<'_>) -> Plain<DecisionView> {
        Plain(py.detach(|| self.decision.view()))
    }

    fn __bool__(&self) -> bool {
        self.decision.is_allowed()
    }

    fn __repr__(&self) -> String {
        let policy = self.decision.policy();
        let codes: Vec<String> = self.decision.reasons().into_iter().map(|reason| reason.code).collect();
        let separator = if codes.is_empty() { "" } else { ": " };
        format!(
            "<Decision {} by {}{separator}{}>",
            self.decision.outcome().as_str(),
            policy.id,
            codes.join(", ")
        )
    }

    fn __eq__(&self, py: Python<'_>, other: &Self) -> bool {
        py.detach(|| self.decision.view() == other.decision.view())
    }

    fn __hash__(&self) -> u64 {
        let policy = self.decision.policy();
        hash_of((policy.digest, self.decision.outcome().as_str(), self.decision.request().der()))
    }
}
