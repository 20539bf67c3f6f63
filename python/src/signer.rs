//! Who signs: a key of certgate, or whatever Python knows how to ask.

use certgate_bindings::certgate::signature::SignatureScheme;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::error::raise;
use crate::key::PrivateKey;

/// A signer as Python gives it.
pub(crate) enum Signer<'a, 'py> {
    /// A key of certgate.
    Key(Borrowed<'a, 'py, PrivateKey>),
    /// A key of pyca/cryptography, or a function.
    Other(Borrowed<'a, 'py, PyAny>),
}

impl<'a, 'py> Signer<'a, 'py> {
    pub(crate) fn new(given: &Borrowed<'a, 'py, PyAny>) -> Self {
        match given.cast::<PrivateKey>() {
            Ok(key) => Self::Key(key),
            Err(_) => Self::Other(*given),
        }
    }

    /// The scheme of a key of certgate; others sign as they are told.
    pub(crate) fn scheme(&self) -> Option<SignatureScheme> {
        match self {
            Self::Key(key) => Some(key.get().key.scheme()),
            Self::Other(_) => None,
        }
    }

    /// A signature over bytes by a scheme.
    pub(crate) fn sign(&self, py: Python<'py>, scheme: &str, tbs: &[u8]) -> PyResult<Vec<u8>> {
        let other = match self {
            Self::Key(key) => {
                let key = &key.get().key;
                return py.detach(|| key.sign(tbs)).map_err(|error| raise(py, &error));
            }
            Self::Other(other) => other,
        };
        let tbs = PyBytes::new(py, tbs);
        py.import("certgate._signer")?.call_method1("sign", (other, scheme, tbs))?.extract()
    }
}
