//! Single signatures.

use certgate_bindings::view::SignatureStatusView;
use pyo3::prelude::*;

use crate::diagnostic::Diagnostics;
use crate::error::raise;
use crate::input::Input;
use crate::plain::Plain;
use crate::shape::StatusText;

/// What became of a signature. True if it is valid, else false.
#[pyclass(frozen, eq, hash, module = "certgate")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct SignatureStatus {
    view: SignatureStatusView,
}

#[pymethods]
impl SignatureStatus {
    /// `valid`, `invalid`, `refused` or `not-checked`.
    #[getter]
    fn status(&self) -> StatusText {
        StatusText(self.view.status.clone())
    }

    /// Why it is not valid: at most one diagnostic.
    #[getter]
    fn diagnostics(&self) -> Diagnostics {
        Diagnostics(self.view.diagnostic.iter().cloned().collect())
    }

    /// The answer as plain data.
    fn to_dict(&self) -> Plain<SignatureStatusView> {
        Plain(self.view.clone())
    }

    fn __bool__(&self) -> bool {
        self.view.is_valid()
    }

    fn __repr__(&self) -> String {
        format!("<SignatureStatus {}>", self.view.status)
    }
}

/// Verifies one signature over `message`: for signatures that a device or a service has made. `public_key` is a
/// SubjectPublicKeyInfo and `algorithm` an AlgorithmIdentifier, both in DER; `signature` is the content of the BIT STRING.
///
/// Raises `ParseError` for a key or an algorithm that cannot be read. A signature that does not verify is an answer.
#[pyfunction]
pub(crate) fn verify_signature(
    py: Python<'_>,
    public_key: Input<'_>,
    algorithm: Input<'_>,
    message: Input<'_>,
    signature: Input<'_>,
) -> PyResult<SignatureStatus> {
    let [public_key, algorithm, message, signature] =
        [&public_key, &algorithm, &message, &signature].map(Input::as_bytes);
    py.detach(|| certgate_bindings::verify_signature(public_key, algorithm, message, signature))
        .map(|view| SignatureStatus { view })
        .map_err(|error| raise(py, &error))
}
