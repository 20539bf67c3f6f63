//! What verification says.

use certgate_bindings::certgate::oid::Oid;
use certgate_bindings::certgate::verify::VerifiedPath as CorePath;
use certgate_bindings::view::{NotVerifiedView, TriedPathView, VerifiedPathView, WorkView};
use certgate_bindings::view_path;
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyString};

use crate::certificate::{Certificate, Certificates};
use crate::diagnostic::{Diagnostics, hash_of};
use crate::plain::{Plain, plain_list};
use crate::shape::{OutcomeData, OutcomeView, VerificationText};
use crate::time::datetime;

/// A certification path that holds, and what was proved. It is proof for the time and the names that were asked for, and
/// cannot be pickled: what leaves the process is its plain data.
#[pyclass(frozen, module = "certgate")]
#[derive(Clone)]
pub(crate) struct VerifiedPath {
    pub(crate) path: CorePath,
}

#[pymethods]
impl VerifiedPath {
    /// The certificates, leaf first, trust anchor last.
    #[getter]
    fn certificates(&self) -> Certificates {
        Certificates(self.path.certificates().iter().cloned().map(Into::into).collect())
    }

    /// The trust anchor.
    #[getter]
    fn anchor(&self) -> Option<Certificate> {
        self.path.anchor().cloned().map(|anchor| Certificate { certificate: anchor.into() })
    }

    /// The certificate policies for which the path holds: dotted decimal.
    #[getter]
    fn policies(&self) -> Vec<String> {
        self.path.policies().iter().map(Oid::to_string).collect()
    }

    /// The time for which it was verified: an aware datetime in UTC.
    #[getter]
    fn at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDateTime>> {
        datetime(py, self.path.at())
    }

    /// Until when every certificate of the path is valid: an aware datetime in UTC.
    #[getter]
    fn valid_until<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDateTime>> {
        datetime(py, self.path.valid_until())
    }

    /// What is odd and stops nothing, such as an unknown revocation status that was allowed.
    #[getter]
    fn warnings(&self) -> Diagnostics {
        Diagnostics(view_path(&self.path).warnings)
    }

    /// What the verification did: counted, and the same on every platform.
    #[getter]
    fn work(&self) -> Plain<WorkView> {
        Plain(view_path(&self.path).work)
    }

    /// The path as plain data.
    fn to_dict(&self) -> Plain<VerifiedPathView> {
        Plain(view_path(&self.path))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let subjects = self.path.certificates().iter().map(|one| one.subject().to_string());
        let text = PyString::new(py, &subjects.collect::<Vec<_>>().join(" <- ")).repr()?;
        Ok(format!("<VerifiedPath {}>", text.to_string_lossy()))
    }

    fn __eq__(&self, other: &Self) -> bool {
        view_path(&self.path) == view_path(&other.path)
    }

    fn __hash__(&self) -> u64 {
        hash_of(self.path.certificates().iter().map(|one| *one.digest()).collect::<Vec<_>>())
    }
}

/// What verification says, without an exception. True if a path holds, else false.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct PathDiagnosis {
    pub(crate) outcome: Result<CorePath, NotVerifiedView>,
}

#[pymethods]
impl PathDiagnosis {
    /// `verified` or `notVerified`.
    #[getter]
    fn outcome(&self) -> VerificationText {
        VerificationText(if self.outcome.is_ok() { "verified" } else { "notVerified" })
    }

    /// The path that holds; `None` if there is none.
    #[getter]
    fn path(&self) -> Option<VerifiedPath> {
        self.outcome.as_ref().ok().map(|path| VerifiedPath { path: path.clone() })
    }

    /// Why not: the best reason; where the certificate itself is at fault, everything that is wrong with it.
    #[getter]
    fn reasons(&self) -> Diagnostics {
        Diagnostics(self.failure().map(|view| view.reasons.clone()).unwrap_or_default())
    }

    /// Paths that were tried and where each stopped, the most telling first; empty if one holds.
    #[getter]
    fn tried(&self) -> Vec<Plain<TriedPathView>> {
        plain_list(self.failure().map(|view| view.tried.clone()).unwrap_or_default())
    }

    /// How many paths were tried in vain; `tried` may have fewer.
    #[getter]
    fn paths(&self) -> usize {
        self.failure().map(|view| view.paths).unwrap_or_default()
    }

    /// The path, or why there is none, as plain data: told apart by `outcome`.
    fn to_dict(&self) -> OutcomeData {
        OutcomeData(match &self.outcome {
            Ok(path) => OutcomeView::Verified(view_path(path)),
            Err(view) => OutcomeView::NotVerified(view.clone()),
        })
    }

    fn __bool__(&self) -> bool {
        self.outcome.is_ok()
    }

    fn __repr__(&self) -> String {
        match self.failure() {
            None => "<PathDiagnosis verified>".to_owned(),
            Some(view) => {
                let codes: Vec<&str> = view.reasons.iter().map(|reason| reason.code.as_str()).collect();
                format!("<PathDiagnosis notVerified: {}>", codes.join(", "))
            }
        }
    }
}

impl PathDiagnosis {
    fn failure(&self) -> Option<&NotVerifiedView> {
        self.outcome.as_ref().err()
    }
}
