//! Policies.

use certgate_bindings::view::PolicyView;
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::{PyTypeInfo, type_hint_identifier, type_hint_union};

use crate::context::{self, GivenContext, GivenTime};
use crate::decision::Decision;
use crate::diagnostic::{Diagnostics, hash_of};
use crate::error::raise;
use crate::input::Input;
use crate::plain::Plain;
use crate::request::{Request, parse};

/// A loaded policy. Policies are equal if their canonical forms are, and are pickled by the text that they came from.
/// One policy serves any number of threads.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct Policy {
    policy: certgate_bindings::Policy,
}

/// Loads a policy from YAML or JSON. Text is the policy itself, a path is read.
///
/// Raises `PolicyError` with every fault of the document, its line and its column, and `OSError` for a file that cannot
/// be read.
#[pyfunction]
pub(crate) fn load_policy(py: Python<'_>, input: Input<'_>) -> PyResult<Policy> {
    let bytes = input.as_bytes();
    let policy = py.detach(|| certgate_bindings::Policy::load_bytes(bytes));
    policy.map(|policy| Policy { policy }).map_err(|error| raise(py, &error))
}

/// Reads a policy of another program, YAML or JSON: `vault-role`, `openbao-role`, `approver-policy` or `kubernetes-signer`.
/// Text is the policy itself, a path is read. `id` names the imported policy; left out, the name in the file does.
///
/// Returns the policy, whose `source` is YAML, and what it does not keep.
///
/// Raises `PolicyError` with every fault of the document, `ParseError` for a kind that is not known, and `OSError` for a file
/// that cannot be read.
#[pyfunction]
#[pyo3(signature = (kind, input, *, id = None))]
pub(crate) fn import_policy(
    py: Python<'_>,
    kind: &str,
    input: Input<'_>,
    id: Option<&str>,
) -> PyResult<(Policy, Diagnostics)> {
    let bytes = input.as_bytes();
    py.detach(|| certgate_bindings::import::import_bytes(kind, bytes, id))
        .map(|imported| (Policy { policy: imported.policy }, Diagnostics(imported.notes)))
        .map_err(|error| raise(py, &error))
}

#[pymethods]
impl Policy {
    /// The policy's name.
    #[getter]
    fn id(&self) -> &str {
        self.policy.id()
    }

    /// The digest of the canonical form: `sha256:` and 64 hexadecimal digits.
    #[getter]
    fn digest(&self) -> &str {
        self.policy.digest()
    }

    /// What the policy is for.
    #[getter]
    fn description(&self) -> Option<String> {
        self.policy.view().description
    }

    /// What should be looked at in the document, with line and column.
    #[getter]
    fn warnings(&self) -> Diagnostics {
        Diagnostics(self.policy.warnings())
    }

    /// The text that it was loaded from.
    #[getter]
    fn source(&self) -> &str {
        self.policy.source().as_str()
    }

    /// The canonical form in JSON: policies that say the same have the same.
    #[getter]
    fn canonical_json(&self) -> String {
        self.policy.canonical_json()
    }

    /// Name, digest, description and warnings as plain data.
    fn to_dict(&self) -> Plain<PolicyView> {
        Plain(self.policy.view())
    }

    /// Judges a request. A denial is a value: `bool(decision)` says whether the certificate may be issued.
    ///
    /// The context says what is known besides the request: who asks, where, of whom, and for how long. The time is an
    /// aware datetime or RFC 3339 text; left out, it is now.
    ///
    /// Raises `ParseError` for a request, a context or a time that cannot be read.
    #[pyo3(signature = (request, context = None, *, at = None))]
    fn evaluate(
        &self,
        py: Python<'_>,
        request: Judged<'_, '_>,
        context: Option<GivenContext<'_, '_>>,
        at: Option<GivenTime<'_, '_>>,
    ) -> PyResult<Decision> {
        let context = context::context(py, context, at)?;
        let request = match &request {
            Judged::Request(request) => request.get().request.clone(),
            Judged::Input(input) => parse(py, input.as_bytes())?,
        };
        Ok(Decision { decision: py.detach(|| self.policy.evaluate(&request, &context)) })
    }

    fn __repr__(&self) -> String {
        format!("<Policy {} {}>", self.policy.id(), self.policy.digest())
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.policy.digest() == other.policy.digest()
    }

    fn __hash__(&self) -> u64 {
        hash_of(self.policy.digest())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (&str,))> {
        Ok((py.import("certgate")?.getattr("load_policy")?, (self.policy.source().as_str(),)))
    }
}

/// A request, parsed or not.
enum Judged<'a, 'py> {
    Request(Borrowed<'a, 'py, Request>),
    Input(Input<'a>),
}

impl<'a, 'py> FromPyObject<'a, 'py> for Judged<'a, 'py> {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr =
        type_hint_union!(Request::TYPE_HINT, type_hint_identifier!("certgate.types", "Input"));

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        match object.cast::<Request>() {
            Ok(request) => Ok(Self::Request(request)),
            Err(_) => object.extract().map(Self::Input),
        }
    }
}
