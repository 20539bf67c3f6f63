//! Failures as exceptions: the classes are written in Python, `certgate.errors`.

use certgate_bindings::view::NotVerifiedView;
use certgate_bindings::{Error, ErrorKind};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use crate::diagnostic::Diagnostics;
use crate::plain::Plain;

/// The exception for an error.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    exception(py, error).unwrap_or_else(|failure| failure)
}

fn exception(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let diagnostics = Diagnostics(error.diagnostics().to_vec());
    Ok(PyErr::from_value(class(py, error.kind())?.call1((error.to_string(), diagnostics))?))
}

/// The exception for a certificate that was not verified.
pub(crate) fn raise_not_verified(py: Python<'_>, view: NotVerifiedView) -> PyErr {
    let error = Error::not_verified(&view);
    let made = class(py, error.kind()).and_then(|class| {
        let diagnostics = Diagnostics(error.diagnostics().to_vec());
        class.call1((error.to_string(), diagnostics, Plain(view)))
    });
    made.map_or_else(|failure| failure, PyErr::from_value)
}

fn class(py: Python<'_>, kind: ErrorKind) -> PyResult<&Bound<'_, PyType>> {
    static PARSE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static ISSUANCE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static VERIFICATION: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static POLICY: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    match kind {
        // A context or a time is an input like any other.
        ErrorKind::Argument | ErrorKind::Parse => PARSE.import(py, "certgate.errors", "ParseError"),
        ErrorKind::Policy => POLICY.import(py, "certgate.errors", "PolicyError"),
        ErrorKind::Issuance => ISSUANCE.import(py, "certgate.errors", "IssuanceError"),
        ErrorKind::Verification => VERIFICATION.import(py, "certgate.errors", "VerificationError"),
    }
}
