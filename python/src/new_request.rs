//! Requests and roots to be made, signed here or elsewhere.

use certgate_bindings::certgate::diagnostic::Path;
use certgate_bindings::issue::{self, NewRequestDocument, RootDocument};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde_json::{Map, Value};

use crate::certificate::Certificate;
use crate::context::{GivenDuration, GivenSerialNumber, GivenSigner, GivenTexts, GivenTime, plain};
use crate::error::raise;
use crate::input::Input;
use crate::random::{inputs, scheme};
use crate::request::Request;
use crate::signer::Signer;
use crate::verifier::texts;

/// What a new request says, as Python gives it.
struct Asked<'a, 'py> {
    subject: Option<GivenTexts<'a, 'py>>,
    names: Option<GivenTexts<'a, 'py>>,
    key_usage: Option<GivenTexts<'a, 'py>>,
    purposes: Option<GivenTexts<'a, 'py>>,
    ca: bool,
    path_length: Option<u32>,
}

impl Asked<'_, '_> {
    fn into_document(self) -> PyResult<NewRequestDocument> {
        Ok(NewRequestDocument {
            subject: texts(self.subject)?,
            names: texts(self.names)?,
            key_usage: texts(self.key_usage)?,
            purposes: texts(self.purposes)?,
            ca: self.ca,
            path_length: self.path_length,
        })
    }
}

/// Makes a certificate request and signs it with its own key. A policy judges it, whoever made it.
///
/// `subject` has items such as `CN=web` or `organizationName=Example`, in order; `names` has host names, IP addresses,
/// mailboxes and URIs, told apart by their form; `key_usage` and `purposes` have words such as `digitalSignature` and
/// `serverAuth`. `ca` asks for the certificate of a CA below which `path_length` intermediates may follow.
///
/// Raises `ParseError` for an item that is not known, and `IssuanceError` if the key does not sign.
#[pyfunction]
#[pyo3(signature = (key, *, subject = None, names = None, key_usage = None, purposes = None, ca = false, path_length = None))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
pub(crate) fn new_request(
    py: Python<'_>,
    key: &crate::key::PrivateKey,
    subject: Option<GivenTexts<'_, '_>>,
    names: Option<GivenTexts<'_, '_>>,
    key_usage: Option<GivenTexts<'_, '_>>,
    purposes: Option<GivenTexts<'_, '_>>,
    ca: bool,
    path_length: Option<u32>,
) -> PyResult<Request> {
    let document = Asked { subject, names, key_usage, purposes, ca, path_length }.into_document()?;
    py.detach(|| document.sign(&key.key))
        .map(|request| Request { request })
        .map_err(|error| raise(py, &error))
}

/// Encodes a certificate request of a key that is elsewhere: a SubjectPublicKeyInfo in DER or PEM. The rest is as in
/// `new_request`. Without a scheme, such as `RSASSA-PSS-SHA256`, the usual one of the key is taken.
///
/// Raises `ParseError` for a key, an item or a scheme that is not known.
#[pyfunction]
#[pyo3(signature = (public_key, *, subject = None, names = None, key_usage = None, purposes = None, ca = false, path_length = None, scheme = None))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
pub(crate) fn prepare_request(
    py: Python<'_>,
    public_key: Input<'_>,
    subject: Option<GivenTexts<'_, '_>>,
    names: Option<GivenTexts<'_, '_>>,
    key_usage: Option<GivenTexts<'_, '_>>,
    purposes: Option<GivenTexts<'_, '_>>,
    ca: bool,
    path_length: Option<u32>,
    scheme: Option<&str>,
) -> PyResult<PreparedRequest> {
    let document = Asked { subject, names, key_usage, purposes, ca, path_length }.into_document()?;
    let scheme = self::scheme(py, scheme)?;
    document
        .prepare(public_key.as_bytes(), scheme)
        .map(|prepared| PreparedRequest { prepared })
        .map_err(|error| raise(py, &error))
}

/// Makes a request for the same as a certificate says, and signs it with a key: to renew the certificate, or to ask a policy
/// whether it would still be allowed.
///
/// Raises `ParseError` for a subject that is no text, and `IssuanceError` if the key does not sign.
#[pyfunction]
pub(crate) fn request_like(
    py: Python<'_>,
    certificate: &Certificate,
    key: &crate::key::PrivateKey,
) -> PyResult<Request> {
    py.detach(|| issue::request_like(&certificate.certificate, &key.key))
        .map(|request| Request { request })
        .map_err(|error| raise(py, &error))
}

/// A request that was encoded, not yet signed.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct PreparedRequest {
    prepared: issue::PreparedRequest,
}

#[pymethods]
impl PreparedRequest {
    /// The bytes to be signed.
    #[getter]
    fn tbs<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.prepared.tbs_der())
    }

    /// How they are to be signed, such as `ecdsa-with-SHA256`.
    #[getter]
    fn scheme(&self) -> &'static str {
        self.prepared.scheme()
    }

    /// Has the bytes signed. `signer` is as in `Issuer.issue`, and holds the key of the request.
    ///
    /// Raises `IssuanceError` with `issue/not-verified` for another key; whatever the signer raises.
    fn sign(&self, py: Python<'_>, signer: GivenSigner<'_, '_>) -> PyResult<Request> {
        let signature = Signer::new(&signer.0).sign(py, self.prepared.scheme(), self.prepared.tbs_der())?;
        self.assemble(py, &signature)
    }

    /// The request, from a signature over `tbs` in the form of X.509; it is verified.
    ///
    /// Raises `IssuanceError` with `issue/not-verified`.
    fn assemble(&self, py: Python<'_>, signature: &[u8]) -> PyResult<Request> {
        py.detach(|| self.prepared.assemble(signature))
            .map(|request| Request { request })
            .map_err(|error| raise(py, &error))
    }

    fn __repr__(&self) -> String {
        format!("<PreparedRequest {}>", self.prepared.scheme())
    }
}

/// What a new root says, as Python gives it.
fn root(
    py: Python<'_>,
    subject: GivenTexts<'_, '_>,
    not_before: Option<GivenTime<'_, '_>>,
    lifetime: Option<GivenDuration<'_, '_>>,
    path_length: Option<u32>,
) -> PyResult<RootDocument> {
    let mut given = Map::new();
    given.insert("subject".to_owned(), Value::from(texts(Some(subject))?));
    for (name, value) in
        [("notBefore", not_before.map(|value| value.0)), ("lifetime", lifetime.map(|value| value.0))]
    {
        if let Some(value) = value {
            given.insert(name.to_owned(), plain(&value, &Path::from([name]))?);
        }
    }
    let read = RootDocument::from_value(Value::Object(given)).map_err(|error| raise(py, &error))?;
    Ok(RootDocument { path_length, ..read })
}

/// Makes a root: the certificate of a CA that signs itself. `lifetime` is a timedelta or text such as `3650d`, which it is if
/// left out; `not_before` is now if left out. What the root issues needs an approval.
///
/// Raises `ParseError` for an item that is not known, and `IssuanceError` for what cannot be issued.
#[pyfunction]
#[pyo3(signature = (key, subject, *, not_before = None, lifetime = None, path_length = None, at = None, serial_number = None))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
pub(crate) fn new_root(
    py: Python<'_>,
    key: &crate::key::PrivateKey,
    subject: GivenTexts<'_, '_>,
    not_before: Option<GivenTime<'_, '_>>,
    lifetime: Option<GivenDuration<'_, '_>>,
    path_length: Option<u32>,
    at: Option<GivenTime<'_, '_>>,
    serial_number: Option<GivenSerialNumber<'_, '_>>,
) -> PyResult<Certificate> {
    let document = root(py, subject, not_before, lifetime, path_length)?;
    let inputs = inputs(py, at, serial_number)?;
    py.detach(|| document.sign(&key.key, &inputs))
        .map(|certificate| Certificate { certificate })
        .map_err(|error| raise(py, &error))
}

/// Encodes a root of a key that is elsewhere: a SubjectPublicKeyInfo in DER or PEM. The rest is as in `new_root`.
///
/// Raises `ParseError` for a key, an item or a scheme that is not known, and `IssuanceError` for what cannot be issued.
#[pyfunction]
#[pyo3(signature = (public_key, subject, *, not_before = None, lifetime = None, path_length = None, at = None, serial_number = None, scheme = None))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
pub(crate) fn prepare_root(
    py: Python<'_>,
    public_key: Input<'_>,
    subject: GivenTexts<'_, '_>,
    not_before: Option<GivenTime<'_, '_>>,
    lifetime: Option<GivenDuration<'_, '_>>,
    path_length: Option<u32>,
    at: Option<GivenTime<'_, '_>>,
    serial_number: Option<GivenSerialNumber<'_, '_>>,
    scheme: Option<&str>,
) -> PyResult<PreparedRoot> {
    let document = root(py, subject, not_before, lifetime, path_length)?;
    let inputs = inputs(py, at, serial_number)?;
    let scheme = self::scheme(py, scheme)?;
    document
        .prepare(public_key.as_bytes(), &inputs, scheme)
        .map(|prepared| PreparedRoot { prepared })
        .map_err(|error| raise(py, &error))
}

/// A root that was encoded, not yet signed. It is used up by signing.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct PreparedRoot {
    prepared: issue::PreparedRoot,
}

#[pymethods]
impl PreparedRoot {
    /// The bytes to be signed.
    ///
    /// Raises `IssuanceError` with `issue/used` once it was used.
    #[getter]
    fn tbs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let tbs = self.prepared.tbs_der().map_err(|error| raise(py, &error))?;
        Ok(PyBytes::new(py, &tbs))
    }

    /// How they are to be signed, such as `ecdsa-with-SHA256`.
    #[getter]
    fn scheme(&self) -> &'static str {
        self.prepared.scheme()
    }

    /// Has the bytes signed. `signer` is as in `Issuer.issue`, and holds the root's own key.
    ///
    /// Raises `IssuanceError`: `issue/used`, `issue/not-verified`; whatever the signer raises.
    fn sign(&self, py: Python<'_>, signer: GivenSigner<'_, '_>) -> PyResult<Certificate> {
        let tbs = self.prepared.tbs_der().map_err(|error| raise(py, &error))?;
        let signature = Signer::new(&signer.0).sign(py, self.prepared.scheme(), &tbs)?;
        self.assemble(py, &signature)
    }

    /// The root, from a signature over `tbs` in the form of X.509; it is verified under its own key.
    ///
    /// Raises `IssuanceError`: `issue/used`, `issue/not-verified`.
    fn assemble(&self, py: Python<'_>, signature: &[u8]) -> PyResult<Certificate> {
        py.detach(|| self.prepared.assemble(signature))
            .map(|certificate| Certificate { certificate })
            .map_err(|error| raise(py, &error))
    }

    fn __repr__(&self) -> String {
        let used = if self.prepared.is_used() { ", used" } else { "" };
        format!("<PreparedRoot {}{used}>", self.prepared.scheme())
    }
}
