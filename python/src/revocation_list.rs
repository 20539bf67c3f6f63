//! Revocation lists, read and made.

use certgate_bindings::certgate::diagnostic::Path;
use certgate_bindings::issue::{self, RevocationListDocument};
use certgate_bindings::view::{RevocationListView, RevokedCertificateView, SubjectView};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDateTime, PyDict, PyList, PyString};
use serde_json::{Map, Value};

use crate::context::{
    GivenDuration, GivenRevocations, GivenSerialNumber, GivenSigner, GivenTime, pairs_of, plain,
};
use crate::diagnostic::{Diagnostics, hash_of};
use crate::error::raise;
use crate::input::LargeInput;
use crate::issue::Issuer;
use crate::plain::{Plain, plain_list};
use crate::random::{hexadecimal, scheme};
use crate::shape::CryptographyRevocationList;
use crate::signer::Signer;
use crate::time::{datetime, timestamp};

/// A revocation list (RFC 5280 5), parsed. Fields are made when they are asked for. Lists are equal if their DER encodings
/// are, and are pickled by them.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct RevocationList {
    pub(crate) list: issue::RevocationList,
}

/// Reads one revocation list in DER, PEM or base64. Text is the list itself, a path is read.
///
/// Raises `ParseError` for anything that is not exactly one list, and `OSError` for a file that cannot be read.
#[pyfunction]
pub(crate) fn parse_revocation_list(py: Python<'_>, input: LargeInput<'_>) -> PyResult<RevocationList> {
    let bytes = input.as_bytes();
    py.detach(|| issue::RevocationList::parse(bytes))
        .map(|list| RevocationList { list })
        .map_err(|error| raise(py, &error))
}

#[pymethods]
impl RevocationList {
    /// The DER encoding.
    #[getter]
    fn der<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.list.der())
    }

    /// The list in PEM.
    #[getter]
    fn pem(&self) -> String {
        self.list.pem()
    }

    /// Who issued the list.
    #[getter]
    fn issuer(&self) -> Plain<SubjectView> {
        Plain(self.list.view().issuer)
    }

    /// Its number in hexadecimal; `None` if it has none.
    #[getter]
    fn number(&self) -> Option<String> {
        self.list.view().number
    }

    /// When it was issued: an aware datetime in UTC.
    #[getter]
    fn this_update<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDateTime>> {
        datetime(py, self.list.as_core().this_update())
    }

    /// When the next one is due: an aware datetime in UTC; `None` if the list does not say.
    #[getter]
    fn next_update<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDateTime>>> {
        self.list.as_core().next_update().map(|next| datetime(py, next)).transpose()
    }

    /// The entries in order.
    #[getter]
    fn entries(&self, py: Python<'_>) -> Vec<Plain<RevokedCertificateView>> {
        plain_list(py.detach(|| self.list.view().entries))
    }

    /// What is odd.
    #[getter]
    fn findings(&self) -> Diagnostics {
        Diagnostics(self.list.view().findings)
    }

    /// Every field as plain data.
    fn to_dict(&self, py: Python<'_>) -> Plain<RevocationListView> {
        Plain(py.detach(|| self.list.view()))
    }

    /// The list as pyca/cryptography has it, which must be installed.
    fn to_cryptography<'py>(&self, py: Python<'py>) -> PyResult<CryptographyRevocationList<'py>> {
        let made = py.import("certgate._cryptography")?.call_method1("revocation_list", (self.der(py),))?;
        Ok(CryptographyRevocationList(made))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let view = self.list.view();
        let issuer = PyString::new(py, &view.issuer.text).repr()?;
        Ok(format!("<RevocationList of {}, {} entries>", issuer.to_string_lossy(), view.entries.len()))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.list == other.list
    }

    fn __hash__(&self) -> u64 {
        hash_of(self.list.der())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        Ok((py.import("certgate")?.getattr("parse_revocation_list")?, (self.der(py),)))
    }
}

/// Encodes the revocation list of a CA. Nothing is signed; `PreparedList.sign` does it. The entries of the previous list stay,
/// and its number counts on. Of two reasons for one certificate the graver holds.
///
/// `revocations` are certificates of the CA (`Certificate` objects), serial numbers, or mappings with `serialNumber`, `at` and
/// `reason`. `number` is one more than that of the previous list, or 1. The list holds for `lifetime`, which is `7d` if left
/// out, or until `next_update`.
///
/// Raises `ParseError` for a value that is not understood, a certificate of another CA, and a previous list that this CA has
/// not signed or that does not tell of all its certificates (a delta list, one for a distribution point); `IssuanceError` for
/// what cannot be issued.
#[pyfunction]
#[pyo3(signature = (issuer, revocations = None, *, previous = None, number = None, lifetime = None, next_update = None, at = None, scheme = None))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
pub(crate) fn prepare_revocation_list(
    py: Python<'_>,
    issuer: &Issuer,
    revocations: Option<GivenRevocations<'_, '_>>,
    previous: Option<&RevocationList>,
    number: Option<GivenSerialNumber<'_, '_>>,
    lifetime: Option<GivenDuration<'_, '_>>,
    next_update: Option<GivenTime<'_, '_>>,
    at: Option<GivenTime<'_, '_>>,
    scheme: Option<&str>,
) -> PyResult<PreparedList> {
    let mut given = Map::new();
    let entries = revocations.map(|given| given.items()).transpose()?.unwrap_or_default();
    let entries: Vec<Value> =
        entries.iter().map(|entry| revocation(py, issuer, entry)).collect::<PyResult<_>>()?;
    given.insert("revocations".to_owned(), Value::Array(entries));
    if let Some(number) = number {
        given.insert("number".to_owned(), Value::String(hexadecimal(&number.0)?));
    }
    for (name, value) in
        [("lifetime", lifetime.map(|value| value.0)), ("nextUpdate", next_update.map(|value| value.0))]
    {
        if let Some(value) = value {
            given.insert(name.to_owned(), plain(&value, &Path::from([name]))?);
        }
    }
    let at = timestamp(py, at)?;
    let scheme = self::scheme(py, scheme)?;
    let previous = previous.map(|previous| &previous.list);
    py.detach(|| {
        RevocationListDocument::from_value(Value::Object(given))?.prepare(
            &issuer.issuer,
            at,
            previous,
            scheme,
        )
    })
    .map(|prepared| PreparedList { prepared })
    .map_err(|error| raise(py, &error))
}

/// One entry: a certificate of the issuer or its serial number, or a mapping.
fn revocation(py: Python<'_>, issuer: &Issuer, given: &Bound<'_, PyAny>) -> PyResult<Value> {
    const NUMBER: &str = "serialNumber";
    let mut entry = Map::new();
    let number = if let Ok(certificate) = given.cast::<crate::certificate::Certificate>() {
        let number = issuer.issuer.serial_number_of(&certificate.get().certificate);
        Some(number.map_err(|error| raise(py, &error))?)
    } else if let Some(pairs) = pairs_of(given)? {
        // The number may be an `int`, as elsewhere, of any size.
        let (numbers, rest): (Vec<_>, Vec<_>) =
            pairs.into_iter().partition(|(key, _)| key.extract::<String>().is_ok_and(|key| key == NUMBER));
        let rest = PyDict::from_sequence(PyList::new(py, rest)?.as_any())?;
        if let Value::Object(fields) = plain(&rest, &Path::from(["revocations"]))? {
            entry = fields;
        }
        numbers.first().map(|(_, number)| hexadecimal(number)).transpose()?
    } else {
        Some(hexadecimal(given)?)
    };
    if let Some(number) = number {
        entry.insert(NUMBER.to_owned(), Value::String(number));
    }
    Ok(Value::Object(entry))
}

/// A revocation list that was encoded, not yet signed. It is used up by signing.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct PreparedList {
    prepared: issue::PreparedList,
}

#[pymethods]
impl PreparedList {
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

    /// Has the bytes signed. `signer` is as in `Issuer.issue`.
    ///
    /// Raises `IssuanceError`: `issue/used`, `issue/not-verified`; whatever the signer raises.
    fn sign(&self, py: Python<'_>, signer: GivenSigner<'_, '_>) -> PyResult<RevocationList> {
        let tbs = self.prepared.tbs_der().map_err(|error| raise(py, &error))?;
        let signature = Signer::new(&signer.0).sign(py, self.prepared.scheme(), &tbs)?;
        self.assemble(py, &signature)
    }

    /// The list, from a signature over `tbs` in the form of X.509; it is verified under the issuer's key.
    ///
    /// Raises `IssuanceError`: `issue/used`, `issue/not-verified`.
    fn assemble(&self, py: Python<'_>, signature: &[u8]) -> PyResult<RevocationList> {
        py.detach(|| self.prepared.assemble(signature))
            .map(|list| RevocationList { list })
            .map_err(|error| raise(py, &error))
    }

    fn __repr__(&self) -> String {
        let used = if self.prepared.is_used() { ", used" } else { "" };
        format!("<PreparedList {}{used}>", self.prepared.scheme())
    }
}
