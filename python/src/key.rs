//! Private keys.

use certgate_bindings::issue;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::diagnostic::hash_of;
use crate::error::raise;
use crate::input::Input;
use crate::random::random;
use crate::shape::CryptographyPrivateKey;

/// A private key in memory: RSA, P-256, P-384, P-521 or Ed25519. Nothing prints it, it is wiped when it is dropped, and it
/// cannot be pickled. Keys are equal if their public keys are.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct PrivateKey {
    pub(crate) key: issue::PrivateKey,
}

/// Makes a private key from the system's randomness: `P-256`, `P-384`, `P-521`, `Ed25519`, `RSA-2048`, `RSA-3072` or
/// `RSA-4096`.
///
/// Raises `ParseError` for a kind that is not known.
#[pyfunction]
#[pyo3(signature = (kind = "P-256"))]
pub(crate) fn generate_key(py: Python<'_>, kind: &str) -> PyResult<PrivateKey> {
    let seed = random(py)?;
    py.detach(|| issue::PrivateKey::generate(kind, seed))
        .map(|key| PrivateKey { key })
        .map_err(|error| raise(py, &error))
}

/// Reads one private key: PKCS #8, SEC 1 or PKCS #1, in PEM or DER, not encrypted. Text is the key itself, a path is read.
///
/// Raises `ParseError` for anything else, and `OSError` for a file that cannot be read.
#[pyfunction]
pub(crate) fn load_private_key(py: Python<'_>, input: Input<'_>) -> PyResult<PrivateKey> {
    let bytes = input.as_bytes();
    py.detach(|| issue::PrivateKey::parse(bytes))
        .map(|key| PrivateKey { key })
        .map_err(|error| raise(py, &error))
}

#[pymethods]
impl PrivateKey {
    /// What it is, such as `P-256` or `RSA-2048`.
    #[getter]
    fn kind(&self) -> String {
        self.key.kind()
    }

    /// How it signs, such as `ecdsa-with-SHA256`.
    #[getter]
    fn scheme(&self) -> &'static str {
        self.key.scheme().as_str()
    }

    /// The public key: SubjectPublicKeyInfo in DER.
    #[getter]
    fn public_key_der<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.key.public_key_der())
    }

    /// The key in PKCS #8 PEM, not encrypted. Keep it where only its owner can read it.
    ///
    /// Raises `IssuanceError` for a key without an encoding.
    fn to_pem(&self, py: Python<'_>) -> PyResult<String> {
        self.key.to_pem().map(|text| text.to_string()).map_err(|error| raise(py, &error))
    }

    /// A signature over a message in the form of X.509: ECDSA as a DER sequence of r and s, others as they are.
    ///
    /// Raises `IssuanceError` if the key does not sign.
    fn sign<'py>(&self, py: Python<'py>, message: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let signature = py.detach(|| self.key.sign(message)).map_err(|error| raise(py, &error))?;
        Ok(PyBytes::new(py, &signature))
    }

    /// Whether a certificate is for this key.
    fn belongs_to(&self, certificate: &crate::certificate::Certificate) -> bool {
        self.key.belongs_to(certificate.certificate.as_core())
    }

    /// The key as pyca/cryptography has it, which must be installed.
    fn to_cryptography<'py>(&self, py: Python<'py>) -> PyResult<CryptographyPrivateKey<'py>> {
        let text = self.to_pem(py)?;
        let made = py.import("certgate._cryptography")?.call_method1("private_key", (text,))?;
        Ok(CryptographyPrivateKey(made))
    }

    fn __repr__(&self) -> String {
        format!("<PrivateKey {}>", self.key.kind())
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.key.public_key_der() == other.key.public_key_der()
    }

    fn __hash__(&self) -> u64 {
        hash_of(self.key.public_key_der())
    }
}
