//! Issuing: a CA, the permission to issue, what was prepared with it, and what came of it.

use certgate_bindings::issue::{self, IssuedCertificateView, IssuerOptions};
use certgate_bindings::view::{PolicyIdentityView, TemplateView};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use serde_json::{Map, Value};

use crate::certificate::{Certificate, Certificates};
use crate::context::{GivenBeyond, GivenCertificates, GivenSerialNumber, GivenSigner, GivenTexts, GivenTime};
use crate::diagnostic::hash_of;
use crate::error::raise;
use crate::plain::Plain;
use crate::random::{inputs, scheme};
use crate::signer::Signer;
use crate::verifier::{insert, texts};

/// A CA that issues: its certificate, and the path to its root. It has no key: a key or a signer is an argument of what
/// signs. One issuer serves any number of threads.
///
/// The first certificate of `chain` is that of the CA, the others are those above it, the root last. `beyond` says what
/// becomes of a lifetime that reaches beyond the issuer's own: `deny` or `truncate`. The URIs go into every certificate:
/// where the revocation list is, where the issuer's certificate is, and who answers by OCSP.
///
/// Raises `ParseError` for an input that is no bundle or has no certificate, and `IssuanceError` for a certificate that may
/// not sign.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct Issuer {
    pub(crate) issuer: issue::Issuer,
    options: IssuerOptions,
}

#[pymethods]
impl Issuer {
    #[new]
    #[pyo3(signature = (chain, *, beyond = None, crl_uris = None, issuer_uris = None, ocsp_uris = None))]
    fn new(
        py: Python<'_>,
        chain: GivenCertificates<'_, '_>,
        beyond: Option<GivenBeyond<'_, '_>>,
        crl_uris: Option<GivenTexts<'_, '_>>,
        issuer_uris: Option<GivenTexts<'_, '_>>,
        ocsp_uris: Option<GivenTexts<'_, '_>>,
    ) -> PyResult<Self> {
        let bundle = chain.to_bundle(py)?;
        let mut given = Map::new();
        insert(&mut given, "beyond", beyond.map(|value| value.0))?;
        let read = IssuerOptions::from_value(Value::Object(given)).map_err(|error| raise(py, &error))?;
        let options = IssuerOptions {
            crl_uris: texts(crl_uris)?,
            issuer_uris: texts(issuer_uris)?,
            ocsp_uris: texts(ocsp_uris)?,
            ..read
        };
        py.detach(|| issue::Issuer::new(&bundle, &options))
            .map(|issuer| Self { issuer, options })
            .map_err(|error| raise(py, &error))
    }

    /// The CA's certificate.
    #[getter]
    fn certificate(&self) -> Certificate {
        Certificate { certificate: self.issuer.certificate() }
    }

    /// The CA's certificate and those above it, the root last.
    #[getter]
    fn chain(&self) -> Certificates {
        Certificates(self.issuer.chain())
    }

    /// Encodes the certificate of an approval, which is used up, and holds what was encoded against it. Nothing is signed:
    /// for keys in an HSM, in a KMS or on another machine.
    ///
    /// `at` is now and `serial_number` random unless they are given: an `int`, or hexadecimal text. Without a scheme, such
    /// as `RSASSA-PSS-SHA256`, the usual one of the CA's key is taken.
    ///
    /// Raises `IssuanceError`: `issue/used`, `issue/issuer`, `issue/beyond-issuer`, `issue/serial-number`.
    #[pyo3(signature = (approval, *, at = None, serial_number = None, scheme = None))]
    fn prepare(
        &self,
        py: Python<'_>,
        approval: &Approval,
        at: Option<GivenTime<'_, '_>>,
        serial_number: Option<GivenSerialNumber<'_, '_>>,
        scheme: Option<&str>,
    ) -> PyResult<PreparedCertificate> {
        let inputs = inputs(py, at, serial_number)?;
        let scheme = self::scheme(py, scheme)?;
        py.detach(|| self.issuer.prepare(&approval.approval, &inputs, scheme))
            .map(|prepared| PreparedCertificate { prepared })
            .map_err(|error| raise(py, &error))
    }

    /// Issues the certificate of an approval, which is used up: prepares, signs, and verifies the result along the path to
    /// the root.
    ///
    /// `signer` is a `PrivateKey`, a private key of pyca/cryptography, or a function from the bytes to be signed to their
    /// signature in the form of X.509 (ECDSA as a DER sequence of r and s).
    ///
    /// Raises `IssuanceError` as `prepare`, and `issue/not-verified` for a signature that is not the CA's or a certificate
    /// that the CA's constraints forbid; whatever the signer raises.
    #[pyo3(signature = (approval, signer, *, at = None, serial_number = None, scheme = None))]
    fn issue(
        &self,
        py: Python<'_>,
        approval: &Approval,
        signer: GivenSigner<'_, '_>,
        at: Option<GivenTime<'_, '_>>,
        serial_number: Option<GivenSerialNumber<'_, '_>>,
        scheme: Option<&str>,
    ) -> PyResult<IssuedCertificate> {
        let signer = Signer::new(&signer.0);
        let inputs = inputs(py, at, serial_number)?;
        let asked = self::scheme(py, scheme)?.or_else(|| signer.scheme());
        let prepared = py
            .detach(|| self.issuer.prepare(&approval.approval, &inputs, asked))
            .map_err(|error| raise(py, &error))?;
        sign(py, &prepared, &signer)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let subject = PyString::new(py, &self.issuer.certificate().subject().text).repr()?;
        Ok(format!("<Issuer {}>", subject.to_string_lossy()))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.issuer.chain() == other.issuer.chain() && self.options == other.options
    }

    fn __hash__(&self) -> u64 {
        hash_of(self.issuer.certificate().der())
    }
}

/// The permission to issue one certificate, from `Decision.approve`. It is used up by preparing, and cannot be pickled or
/// copied.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct Approval {
    pub(crate) approval: issue::Approval,
}

#[pymethods]
impl Approval {
    /// Name and digest of the policy that gave it.
    #[getter]
    fn policy(&self) -> Plain<PolicyIdentityView> {
        Plain(self.approval.policy().clone())
    }

    /// Exactly what may be issued.
    ///
    /// Raises `IssuanceError` with `issue/used` once it was used.
    #[getter]
    fn template(&self, py: Python<'_>) -> PyResult<Plain<TemplateView>> {
        self.approval.template().map(Plain).map_err(|error| raise(py, &error))
    }

    /// Whether it was used.
    #[getter]
    fn used(&self) -> bool {
        self.approval.is_used()
    }

    fn __repr__(&self) -> String {
        let used = if self.approval.is_used() { ", used" } else { "" };
        format!("<Approval by {}{used}>", self.approval.policy().id)
    }
}

/// A certificate that was approved and encoded, and is not yet signed. It is used up by signing, and cannot be pickled or
/// copied.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct PreparedCertificate {
    prepared: issue::PreparedCertificate,
}

#[pymethods]
impl PreparedCertificate {
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

    /// Name and digest of the policy that approved it.
    #[getter]
    fn policy(&self) -> Plain<PolicyIdentityView> {
        Plain(self.prepared.policy().clone())
    }

    /// Whether it was used.
    #[getter]
    fn used(&self) -> bool {
        self.prepared.is_used()
    }

    /// Signs, and verifies the result. `signer` is as in `Issuer.issue`; if it raises, nothing was used up.
    ///
    /// Raises `IssuanceError`: `issue/used`, `issue/not-verified`; whatever the signer raises.
    fn sign(&self, py: Python<'_>, signer: GivenSigner<'_, '_>) -> PyResult<IssuedCertificate> {
        sign(py, &self.prepared, &Signer::new(&signer.0))
    }

    /// The certificate, from a signature over `tbs` in the form of X.509; it is verified.
    ///
    /// Raises `IssuanceError`: `issue/used`, `issue/not-verified`.
    fn assemble(&self, py: Python<'_>, signature: &[u8]) -> PyResult<IssuedCertificate> {
        assemble(py, &self.prepared, signature)
    }

    fn __repr__(&self) -> String {
        let used = if self.prepared.is_used() { ", used" } else { "" };
        format!("<PreparedCertificate by {}, {}{used}>", self.prepared.policy().id, self.prepared.scheme())
    }
}

fn sign(
    py: Python<'_>,
    prepared: &issue::PreparedCertificate,
    signer: &Signer<'_, '_>,
) -> PyResult<IssuedCertificate> {
    match signer {
        Signer::Key(key) => {
            let key = &key.get().key;
            py.detach(|| prepared.sign(key))
                .map(|issued| IssuedCertificate { issued })
                .map_err(|error| raise(py, &error))
        }
        Signer::Other(_) => {
            let tbs = prepared.tbs_der().map_err(|error| raise(py, &error))?;
            let signature = signer.sign(py, prepared.scheme(), &tbs)?;
            assemble(py, prepared, &signature)
        }
    }
}

fn assemble(
    py: Python<'_>,
    prepared: &issue::PreparedCertificate,
    signature: &[u8],
) -> PyResult<IssuedCertificate> {
    py.detach(|| prepared.assemble(signature))
        .map(|issued| IssuedCertificate { issued })
        .map_err(|error| raise(py, &error))
}

/// A certificate that was issued, and verified along its issuer's path.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct IssuedCertificate {
    pub(crate) issued: issue::IssuedCertificate,
}

#[pymethods]
impl IssuedCertificate {
    /// The certificate.
    #[getter]
    fn certificate(&self) -> Certificate {
        Certificate { certificate: self.issued.certificate() }
    }

    /// The issuer and those above it, the root last.
    #[getter]
    fn chain(&self) -> Certificates {
        Certificates(self.issued.chain())
    }

    /// Name and digest of the policy that approved it.
    #[getter]
    fn policy(&self) -> Plain<PolicyIdentityView> {
        Plain(self.issued.policy())
    }

    /// The DER encoding.
    #[getter]
    fn der<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.issued.certificate().der())
    }

    /// The certificate in PEM.
    #[getter]
    fn pem(&self) -> String {
        self.issued.pem()
    }

    /// What a server presents, in PEM: the certificate and the intermediates, without the root.
    #[getter]
    fn fullchain_pem(&self) -> String {
        self.issued.fullchain_pem()
    }

    /// All of it as plain data.
    fn to_dict(&self, py: Python<'_>) -> Plain<IssuedCertificateView> {
        Plain(py.detach(|| self.issued.view()))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let certificate = self.issued.certificate();
        let subject = PyString::new(py, &certificate.subject().text).repr()?;
        let serial = certificate.serial_number();
        Ok(format!("<IssuedCertificate {}, serial number {serial}>", subject.to_string_lossy()))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.issued.certificate() == other.issued.certificate() && self.issued.chain() == other.issued.chain()
    }

    fn __hash__(&self) -> u64 {
        hash_of(self.issued.certificate().der())
    }
}
