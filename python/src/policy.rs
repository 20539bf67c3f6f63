//! Policies.

use certgate_bindings::cases::{CaseFile, CaseReport};
use certgate_bindings::compare::{self, AtMostView, ComparisonView};
use certgate_bindings::export::export_to;
use certgate_bindings::import::{ImportDocument, import_bytes};
use certgate_bindings::mend::{MendView, mend};
use certgate_bindings::review::review;
use certgate_bindings::tools;
use certgate_bindings::view::{ConstraintsView, ExplanationView, PolicyView};
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::{PyTypeInfo, type_hint_identifier, type_hint_union};

use crate::certificate::Certificate;
use crate::context::{self, GivenCases, GivenContext, GivenFiles, GivenRequests, GivenTime};
use crate::decision::Decision;
use crate::diagnostic::{Diagnostics, hash_of};
use crate::error::raise;
use crate::input::{Input, borrowed, folder_of, named};
use crate::plain::Plain;
use crate::request::{Request, parse};
use crate::time::timestamp;

/// A loaded policy. Policies are equal if their canonical forms are, and are pickled by the text that they came from.
/// One policy serves any number of threads.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct Policy {
    pub(crate) policy: certgate_bindings::Policy,
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

/// Reads a policy of another program, YAML or JSON: `approver-policy`, `cfssl`, `kubelet-csr-approver`, `kubernetes-signer`,
/// `openbao-role`, `step-ca` or `vault-role`. Text is the policy itself, a path is read. `id` names the imported policy; left
/// out, the name in the file does. `profile` is that of a cfssl, or the provisioner of a step-ca. With `exact` the policy
/// decides exactly as the program does.
///
/// Returns the policy, whose `source` is YAML, and what it does not keep.
///
/// Raises `PolicyError` with every fault of the document, `ParseError` for a kind that is not known, and `OSError` for a file
/// that cannot be read.
#[pyfunction]
#[pyo3(signature = (kind, input, *, id = None, profile = None, exact = false))]
pub(crate) fn import_policy(
    py: Python<'_>,
    kind: &str,
    input: Input<'_>,
    id: Option<String>,
    profile: Option<String>,
    exact: bool,
) -> PyResult<(Policy, Diagnostics)> {
    let bytes = input.as_bytes();
    let options = ImportDocument { id, profile, exact };
    py.detach(|| import_bytes(kind, bytes, &options))
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
        let request = request.read(py)?;
        Ok(Decision { decision: py.detach(|| self.policy.evaluate(&request, &context)) })
    }

    /// Says why the policy would not allow a certificate that is there already: every reason why a request for the same would
    /// be denied, of the same key and, unless the context says otherwise, for the same lifetime; empty if it would be allowed.
    /// Nobody proves that they hold the key, so these are reasons and no `Decision`: nothing can be issued by them.
    ///
    /// Raises `ParseError` for a certificate that no request can ask for, a context or a time that cannot be read.
    #[pyo3(signature = (certificate, context = None, *, at = None))]
    fn review(
        &self,
        py: Python<'_>,
        certificate: &Certificate,
        context: Option<GivenContext<'_, '_>>,
        at: Option<GivenTime<'_, '_>>,
    ) -> PyResult<Diagnostics> {
        let context = context::context(py, context, at)?;
        py.detach(|| review(&self.policy, &certificate.certificate, context))
            .map(Diagnostics)
            .map_err(|error| raise(py, &error))
    }

    /// Says why the policy decides as it does: the rules that decided each field, and the smallest changes to the request and
    /// to the policy with which it would be allowed. Each change has been applied and judged again.
    ///
    /// Raises `ParseError` for a request, a context or a time that cannot be read.
    #[pyo3(signature = (request, context = None, *, at = None))]
    fn explain(
        &self,
        py: Python<'_>,
        request: Judged<'_, '_>,
        context: Option<GivenContext<'_, '_>>,
        at: Option<GivenTime<'_, '_>>,
    ) -> PyResult<Plain<ExplanationView>> {
        let (request, context) = (request.read(py)?, context::context(py, context, at)?);
        Ok(Plain(py.detach(|| self.policy.explain(&request, &context))))
    }

    /// Says how to make a request that the policy allows, from one at hand: as an `openssl` command and as a Certificate of
    /// cert-manager.
    ///
    /// Raises `ParseError` for a request, a context or a time that cannot be read.
    #[pyo3(signature = (request, context = None, *, at = None))]
    fn mend(
        &self,
        py: Python<'_>,
        request: Judged<'_, '_>,
        context: Option<GivenContext<'_, '_>>,
        at: Option<GivenTime<'_, '_>>,
    ) -> PyResult<Plain<MendView>> {
        let (request, context) = (request.read(py)?, context::context(py, context, at)?);
        Ok(Plain(py.detach(|| mend(&self.policy, &self.policy.evaluate(&request, &context)))))
    }

    /// Compares the policy, as the old one, with another one, as the new one. Over `requests`, each is judged by both: a list
    /// or tuple, whose indexes are their names, or a mapping from names; a certificate stands for the request that asks for the
    /// same. Without them, the policies themselves are analysed.
    ///
    /// Raises `ParseError` for a request, a context or a time that cannot be read.
    #[pyo3(signature = (other, requests = None, context = None, *, at = None))]
    fn diff(
        &self,
        py: Python<'_>,
        other: &Self,
        requests: Option<GivenRequests<'_, '_>>,
        context: Option<GivenContext<'_, '_>>,
        at: Option<GivenTime<'_, '_>>,
    ) -> PyResult<Plain<ComparisonView>> {
        let requests = requests.map(|given| named(&given.0, "requests")).transpose()?;
        let context = context::document(py, context)?;
        let at = timestamp(py, at)?;
        let named: Option<Vec<_>> = requests.as_deref().map(borrowed);
        py.detach(|| tools::diff(&self.policy, &other.policy, named.as_deref(), &context, at))
            .map(Plain)
            .map_err(|error| raise(py, &error))
    }

    /// Whether the policy is at most as permissive as another one: `yes`, `no` with an example, or `undecided`.
    fn at_most(&self, py: Python<'_>, other: &Self) -> Plain<AtMostView> {
        Plain(py.detach(|| compare::at_most(&self.policy, &other.policy)))
    }

    /// Runs the cases of a file of cases, YAML or JSON. Text is the file itself, a path is read. What the cases name as files
    /// is taken from `files`; beside a path, from its folder too.
    ///
    /// Raises `ParseError` with `case/syntax` for what is no file of cases, or a file that is not given, and `OSError` for a
    /// file that cannot be read.
    #[pyo3(signature = (cases, *, files = None))]
    fn run_cases(
        &self,
        py: Python<'_>,
        cases: GivenCases<'_, '_>,
        files: Option<GivenFiles<'_, '_>>,
    ) -> PyResult<Plain<CaseReport>> {
        let input: Input<'_> = cases.0.extract()?;
        let given = files.map(|files| named(&files.0, "files")).transpose()?.unwrap_or_default();
        let folder = folder_of(&cases.0)?;
        let report = py.detach(|| {
            CaseFile::from_bytes(input.as_bytes())?.run(&self.policy, &|name| {
                tools::file(name, &borrowed(&given)).or_else(|absent| match &folder {
                    Some(folder) => certgate_ops::read_beside(folder, name),
                    None => Err(absent),
                })
            })
        });
        report.map(Plain).map_err(|error| raise(py, &error))
    }

    /// Everything that should be looked at, with line and column: the warnings, and what is true of rules taken together. `at`
    /// is when exceptions are looked at, by default now.
    #[pyo3(signature = (*, at = None))]
    fn lint(&self, py: Python<'_>, at: Option<GivenTime<'_, '_>>) -> PyResult<Diagnostics> {
        let at = timestamp(py, at)?;
        Ok(Diagnostics(py.detach(|| self.policy.lint(Some(at)))))
    }

    /// What a CA that issues by the policy can say of it in its own certificate: name constraints, purposes, path length.
    fn constraints(&self, py: Python<'_>) -> Plain<ConstraintsView> {
        Plain(py.detach(|| self.policy.constraints_view()))
    }

    /// Writes the policy for another program: `approver-policy` or `vault-role`.
    ///
    /// Raises `PolicyError` with `export/unsupported` for each part that the program cannot say, and `ParseError` for a kind that
    /// is not known.
    fn export(&self, py: Python<'_>, kind: &str) -> PyResult<String> {
        py.detach(|| export_to(&self.policy, kind)).map_err(|error| raise(py, &error))
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
pub(crate) enum Judged<'a, 'py> {
    Request(Borrowed<'a, 'py, Request>),
    Input(Input<'a>),
}

impl Judged<'_, '_> {
    /// The request, parsed.
    pub(crate) fn read(&self, py: Python<'_>) -> PyResult<certgate_bindings::Request> {
        match self {
            Self::Request(request) => Ok(request.get().request.clone()),
            Self::Input(input) => parse(py, input.as_bytes()),
        }
    }
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
