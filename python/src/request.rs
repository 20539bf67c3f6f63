//! Certificate requests.

use certgate_bindings::view::{
    AttributeView, ExtensionView, FingerprintsView, NameView, PublicKeyView, RequestView, SignatureView,
    SubjectView,
};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::diagnostic::{Diagnostics, hash_of};
use crate::error::raise;
use crate::input::Input;
use crate::plain::{Plain, plain_list};
use crate::shape::CryptographyRequest;

/// A certificate request (PKCS #10), parsed. Fields are made when they are asked for. Requests are equal if their DER
/// encodings are.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct Request {
    pub(crate) request: certgate_bindings::Request,
}

/// Reads one certificate request in DER, PEM or base64. Text is the request itself, a path is read.
///
/// Raises `ParseError` for anything that is not exactly one request, and `OSError` for a file that cannot be read.
#[pyfunction]
pub(crate) fn parse_request(py: Python<'_>, input: Input<'_>) -> PyResult<Request> {
    parse(py, input.as_bytes()).map(|request| Request { request })
}

/// Parses without the interpreter's lock.
pub(crate) fn parse(py: Python<'_>, bytes: &[u8]) -> PyResult<certgate_bindings::Request> {
    py.detach(|| certgate_bindings::Request::parse(bytes)).map_err(|error| raise(py, &error))
}

#[pymethods]
impl Request {
    /// The DER encoding.
    #[getter]
    fn der<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.request.der())
    }

    /// The request in PEM.
    #[getter]
    fn pem(&self) -> String {
        certgate_bindings::certgate::pem::encode("CERTIFICATE REQUEST", self.request.der())
    }

    /// The request as pyca/cryptography has it, which must be installed.
    fn to_cryptography<'py>(&self, py: Python<'py>) -> PyResult<CryptographyRequest<'py>> {
        let made = py.import("certgate._cryptography")?.call_method1("request", (self.der(py),))?;
        Ok(CryptographyRequest(made))
    }

    /// The subject: its text in the form of RFC 4514, and every attribute in order.
    #[getter]
    fn subject(&self) -> Plain<SubjectView> {
        Plain(self.request.subject())
    }

    /// The subject alternative names in order.
    #[getter]
    fn subject_alt_names(&self) -> Vec<Plain<NameView>> {
        plain_list(self.request.subject_alt_names())
    }

    /// The public key.
    #[getter]
    fn public_key(&self) -> Plain<PublicKeyView> {
        Plain(self.request.public_key())
    }

    /// The signature by the key itself and its state, which is worked out once: proof that the sender holds the key.
    #[getter]
    fn signature(&self, py: Python<'_>) -> Plain<SignatureView> {
        Plain(py.detach(|| self.request.signature()))
    }

    /// Every attribute in order. Challenge passwords are not shown.
    #[getter]
    fn attributes(&self) -> Vec<Plain<AttributeView>> {
        plain_list(self.request.attributes())
    }

    /// Every requested extension in order.
    #[getter]
    fn extensions(&self) -> Vec<Plain<ExtensionView>> {
        plain_list(self.request.extensions())
    }

    /// SHA-256 digests of the request and of its key, in hexadecimal.
    #[getter]
    fn fingerprints(&self) -> Plain<FingerprintsView> {
        Plain(self.request.fingerprints())
    }

    /// What is wrong or odd under any policy, sorted by path and code.
    #[getter]
    fn findings(&self, py: Python<'_>) -> Diagnostics {
        Diagnostics(py.detach(|| self.request.findings()))
    }

    /// Every field as plain data.
    fn to_dict(&self, py: Python<'_>) -> Plain<RequestView> {
        Plain(py.detach(|| self.request.view()))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let subject = PyString::new(py, &self.request.subject().text).repr()?;
        let names = self.request.subject_alt_names().len();
        let key = self.request.public_key().name;
        Ok(format!("<Request {}, {names} names, {key}>", subject.to_string_lossy()))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.request == other.request
    }

    fn __hash__(&self) -> u64 {
        hash_of(self.request.der())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        Ok((py.import("certgate")?.getattr("parse_request")?, (self.der(py),)))
    }
}
