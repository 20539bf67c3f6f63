//! Failures as exceptions: the classes are written in Python, `certgate.errors`.

use certgate_bindings::{Error, ErrorKind};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use crate::diagnostic::Diagnostics;

/// The exception for an error.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    exception(py, error).unwrap_or_else(|failure| failure)
}

fn exception(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let diagnostics = Diagnostics(error.diagnostics().to_vec());
    Ok(PyErr::from_value(class(py, error.kind())?.call1((error.to_string(), diagnostics))?))
}

fn class(py: Python<'_>, kind: ErrorKind) -> PyResult<&Bound<'_, PyType>> {
    static PARSE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static POLICY: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    match kind {
        // A context or a time is an input like any other.
        ErrorKind::Argument | ErrorKind::Parse => PARSE.import(py, "certgate.errors", "ParseError"),
        ErrorKind::Policy => POLICY.import(py, "certgate.errors", "PolicyError"),
    }
}
