//! Certificates, and bundles of them.

use certgate_bindings::view::{
    CertificateView, ExtensionView, FingerprintsView, NameView, PublicKeyView, RevocationListView,
    SubjectView,
};
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDateTime, PyString, PyTuple};

use crate::context::GivenCertificates;
use crate::diagnostic::{Diagnostics, hash_of};
use crate::error::raise;
use crate::input::{Input, LargeInput};
use crate::plain::{Plain, plain_list};
use crate::shape::{CryptographyCertificate, tuple_of};
use crate::time::datetime;

/// A certificate (RFC 5280), parsed. Fields are made when they are asked for. Certificates are equal if their DER
/// encodings are, and are pickled by them. That a certificate can be read says nothing about whether it holds: see
/// `Verifier`.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct Certificate {
    pub(crate) certificate: certgate_bindings::Certificate,
}

/// Reads one certificate in DER, PEM or base64. Text is the certificate itself, a path is read.
///
/// Raises `ParseError` for anything that is not exactly one certificate, and `OSError` for a file that cannot be read.
#[pyfunction]
pub(crate) fn parse_certificate(py: Python<'_>, input: Input<'_>) -> PyResult<Certificate> {
    let bytes = input.as_bytes();
    py.detach(|| certgate_bindings::Certificate::parse(bytes))
        .map(|certificate| Certificate { certificate })
        .map_err(|error| raise(py, &error))
}

/// Reads one certificate in DER, PEM or base64 and returns every field as plain data, with all that is odd about it. Text
/// is the certificate itself, a path is read.
///
/// Raises `ParseError` for anything that is not exactly one certificate, and `OSError` for a file that cannot be read.
#[pyfunction]
pub(crate) fn inspect_certificate(py: Python<'_>, input: Input<'_>) -> PyResult<Plain<CertificateView>> {
    let bytes = input.as_bytes();
    py.detach(|| certgate_bindings::inspect_certificate(bytes)).map(Plain).map_err(|error| raise(py, &error))
}

#[pymethods]
impl Certificate {
    /// The DER encoding.
    #[getter]
    fn der<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.certificate.der())
    }

    /// The certificate in PEM.
    #[getter]
    fn pem(&self) -> String {
        certgate_bindings::issue::certificate_pem(self.certificate.as_core())
    }

    /// The certificate as pyca/cryptography has it, which must be installed.
    fn to_cryptography<'py>(&self, py: Python<'py>) -> PyResult<CryptographyCertificate<'py>> {
        let made = py.import("certgate._cryptography")?.call_method1("certificate", (self.der(py),))?;
        Ok(CryptographyCertificate(made))
    }

    /// The SHA-256 digest of the DER encoding in hexadecimal.
    #[getter]
    fn fingerprint(&self) -> String {
        self.certificate.fingerprints().sha256
    }

    /// SHA-256 digests of the certificate and of its key, in hexadecimal.
    #[getter]
    fn fingerprints(&self) -> Plain<FingerprintsView> {
        Plain(self.certificate.fingerprints())
    }

    /// The version: 1, 2 or 3.
    #[getter]
    fn version(&self) -> u32 {
        self.certificate.version()
    }

    /// The serial number in lower-case hexadecimal.
    #[getter]
    fn serial_number(&self) -> String {
        self.certificate.serial_number()
    }

    /// The issuer: its text in the form of RFC 4514, and every attribute in order.
    #[getter]
    fn issuer(&self) -> Plain<SubjectView> {
        Plain(self.certificate.issuer())
    }

    /// The first second of its life: an aware datetime in UTC.
    #[getter]
    fn not_before<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDateTime>> {
        datetime(py, self.certificate.not_before())
    }

    /// The last second of its life: an aware datetime in UTC.
    #[getter]
    fn not_after<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDateTime>> {
        datetime(py, self.certificate.not_after())
    }

    /// The subject: its text in the form of RFC 4514, and every attribute in order.
    #[getter]
    fn subject(&self) -> Plain<SubjectView> {
        Plain(self.certificate.subject())
    }

    /// The subject alternative names in order.
    #[getter]
    fn subject_alt_names(&self) -> Vec<Plain<NameView>> {
        plain_list(self.certificate.subject_alt_names())
    }

    /// The public key.
    #[getter]
    fn public_key(&self) -> Plain<PublicKeyView> {
        Plain(self.certificate.public_key())
    }

    /// Whether basicConstraints says that the subject is a CA.
    #[getter]
    fn ca(&self) -> bool {
        self.certificate.is_ca()
    }

    /// Every extension in order.
    #[getter]
    fn extensions(&self) -> Vec<Plain<ExtensionView>> {
        plain_list(self.certificate.extensions())
    }

    /// What is wrong or odd, sorted by path and code.
    #[getter]
    fn findings(&self, py: Python<'_>) -> Diagnostics {
        Diagnostics(py.detach(|| self.certificate.findings()))
    }

    /// Whether the certificate is for a host name, an IP address, a mailbox or a URI, as verification would judge it. It
    /// says nothing about whether the certificate holds.
    ///
    /// Raises `ParseError` for a text that is no name.
    fn is_for(&self, py: Python<'_>, name: &str) -> PyResult<bool> {
        self.certificate.is_for(name).map_err(|error| raise(py, &error))
    }

    /// Every field as plain data.
    fn to_dict(&self, py: Python<'_>) -> Plain<CertificateView> {
        Plain(py.detach(|| self.certificate.view()))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let subject = PyString::new(py, &self.certificate.subject().text).repr()?;
        let serial = self.certificate.serial_number();
        Ok(format!("<Certificate {}, serial number {serial}>", subject.to_string_lossy()))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.certificate.der() == other.certificate.der()
    }

    fn __hash__(&self) -> u64 {
        hash_of(self.certificate.der())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        Ok((py.import("certgate")?.getattr("parse_certificate")?, (self.der(py),)))
    }
}

/// The certificates and revocation lists of one input: PEM, DER, base64 or PKCS #7.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct Bundle {
    pub(crate) bundle: certgate_bindings::Bundle,
}

/// Reads all certificates and revocation lists of an input: PEM, DER, base64 or PKCS #7. What cannot be read is passed over
/// with a finding; private keys are named and not looked into. Text is the bundle itself, a path is read.
///
/// Raises `ParseError` for an input that is no bundle at all, and `OSError` for a file that cannot be read.
#[pyfunction]
pub(crate) fn parse_bundle(py: Python<'_>, input: LargeInput<'_>) -> PyResult<Bundle> {
    read(py, &input).map(|bundle| Bundle { bundle })
}

fn read(py: Python<'_>, input: &LargeInput<'_>) -> PyResult<certgate_bindings::Bundle> {
    let bytes = input.as_bytes();
    py.detach(|| certgate_bindings::Bundle::parse(bytes)).map_err(|error| raise(py, &error))
}

#[pymethods]
impl Bundle {
    /// The certificates in order.
    #[getter]
    fn certificates(&self) -> Certificates {
        Certificates(self.bundle.certificates().iter().cloned().map(Into::into).collect())
    }

    /// Every field of the revocation lists in order, as plain data.
    #[getter]
    fn revocation_lists(&self) -> Vec<Plain<RevocationListView>> {
        plain_list(self.bundle.list_views())
    }

    /// What was passed over: one diagnostic for each thing, whose path begins with `blocks` and the index of the block.
    #[getter]
    fn findings(&self) -> Diagnostics {
        Diagnostics(self.bundle.findings())
    }

    fn __repr__(&self) -> String {
        let (certificates, lists) = (self.bundle.certificates().len(), self.bundle.lists().len());
        format!("<Bundle {certificates} certificates, {lists} revocation lists>")
    }
}

/// A tuple of certificates.
pub(crate) struct Certificates(pub(crate) Vec<certgate_bindings::Certificate>);

impl<'py> IntoPyObject<'py> for Certificates {
    type Target = PyTuple;
    type Output = Bound<'py, PyTuple>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = tuple_of::<Certificate>();

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let objects = self.0.into_iter().map(|certificate| Bound::new(py, Certificate { certificate }));
        PyTuple::new(py, objects.collect::<PyResult<Vec<_>>>()?)
    }
}

impl GivenCertificates<'_, '_> {
    /// All of them as one bundle, in order.
    pub(crate) fn to_bundle(&self, py: Python<'_>) -> PyResult<certgate_bindings::Bundle> {
        let mut bundle = certgate_bindings::Bundle::default();
        for item in self.items()? {
            bundle.extend(one(py, &item)?);
        }
        Ok(bundle)
    }
}

fn one(py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<certgate_bindings::Bundle> {
    if let Ok(certificate) = given.cast::<Certificate>() {
        Ok([certificate.get().certificate.clone()].into_iter().collect())
    } else if let Ok(bundle) = given.cast::<Bundle>() {
        Ok(bundle.get().bundle.clone())
    } else {
        read(py, &given.extract()?)
    }
}
