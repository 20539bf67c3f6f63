//! A development CA: the engine's half. Files and `ssl` are Python's, `certgate.dev`.

use certgate_bindings::certgate::diagnostic::Path;
use certgate_bindings::issue::{self, DevAuthorityDocument, DevCertificateDocument, Seeds};
use pyo3::prelude::*;
use serde_json::{Map, Value};

use crate::certificate::{Certificate, Certificates};
use crate::context::{GivenCertificates, GivenDuration, GivenTexts, GivenTime, plain};
use crate::error::raise;
use crate::issue::IssuedCertificate;
use crate::key::PrivateKey;
use crate::random::random;
use crate::time::timestamp;
use crate::verifier::texts;

/// A development CA in memory: use `certgate.dev_ca`.
#[pyclass(frozen, module = "certgate._certgate")]
pub(crate) struct DevAuthority {
    authority: issue::DevAuthority,
}

fn seeds(py: Python<'_>) -> PyResult<Seeds> {
    Ok(Seeds { key: random(py)?, serial: random(py)? })
}

/// What a CA says, as Python gives it.
fn document(
    py: Python<'_>,
    name: Option<String>,
    key: Option<String>,
    lifetime: Option<GivenDuration<'_, '_>>,
) -> PyResult<DevAuthorityDocument> {
    let mut given = Map::new();
    if let Some(lifetime) = lifetime {
        given.insert("lifetime".to_owned(), plain(&lifetime.0, &Path::from(["lifetime"]))?);
    }
    let read = DevAuthorityDocument::from_value(Value::Object(given)).map_err(|error| raise(py, &error))?;
    Ok(DevAuthorityDocument { name, key, ..read })
}

#[pymethods]
impl DevAuthority {
    /// Makes a CA.
    #[staticmethod]
    #[pyo3(signature = (name = None, *, key = None, lifetime = None, at = None))]
    fn make(
        py: Python<'_>,
        name: Option<String>,
        key: Option<String>,
        lifetime: Option<GivenDuration<'_, '_>>,
        at: Option<GivenTime<'_, '_>>,
    ) -> PyResult<Self> {
        let document = document(py, name, key, lifetime)?;
        let (at, seeds) = (timestamp(py, at)?, seeds(py)?);
        py.detach(|| issue::DevAuthority::new(&document, at, &seeds))
            .map(|authority| Self { authority })
            .map_err(|error| raise(py, &error))
    }

    /// A CA that was made before.
    #[staticmethod]
    fn load(py: Python<'_>, chain: GivenCertificates<'_, '_>, key: &PrivateKey) -> PyResult<Self> {
        let bundle = chain.to_bundle(py)?;
        issue::DevAuthority::load(&bundle, key.key.clone())
            .map(|authority| Self { authority })
            .map_err(|error| raise(py, &error))
    }

    /// A CA below this one.
    #[pyo3(signature = (name = None, *, key = None, lifetime = None, at = None))]
    fn intermediate(
        &self,
        py: Python<'_>,
        name: Option<String>,
        key: Option<String>,
        lifetime: Option<GivenDuration<'_, '_>>,
        at: Option<GivenTime<'_, '_>>,
    ) -> PyResult<Self> {
        let document = document(py, name, key, lifetime)?;
        let (at, seeds) = (timestamp(py, at)?, seeds(py)?);
        py.detach(|| self.authority.intermediate(&document, at, &seeds))
            .map(|authority| Self { authority })
            .map_err(|error| raise(py, &error))
    }

    /// The certificate of a new key, and the key.
    #[pyo3(signature = (names, *, common_name = None, organizations = None, purposes = None, key = None, lifetime = None, at = None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn issue(
        &self,
        py: Python<'_>,
        names: GivenTexts<'_, '_>,
        common_name: Option<String>,
        organizations: Option<GivenTexts<'_, '_>>,
        purposes: Option<GivenTexts<'_, '_>>,
        key: Option<String>,
        lifetime: Option<GivenDuration<'_, '_>>,
        at: Option<GivenTime<'_, '_>>,
    ) -> PyResult<(IssuedCertificate, PrivateKey)> {
        let mut given = Map::new();
        if let Some(lifetime) = lifetime {
            given.insert("lifetime".to_owned(), plain(&lifetime.0, &Path::from(["lifetime"]))?);
        }
        let read =
            DevCertificateDocument::from_value(Value::Object(given)).map_err(|error| raise(py, &error))?;
        let document = DevCertificateDocument {
            names: texts(Some(names))?,
            common_name,
            organizations: texts(organizations)?,
            purposes: texts(purposes)?,
            key,
            ..read
        };
        let (at, seeds) = (timestamp(py, at)?, seeds(py)?);
        py.detach(|| self.authority.issue(&document, at, &seeds))
            .map(|made| (IssuedCertificate { issued: made.issued }, PrivateKey { key: made.key }))
            .map_err(|error| raise(py, &error))
    }

    /// The CA's certificate.
    #[getter]
    fn certificate(&self) -> Certificate {
        Certificate { certificate: self.authority.certificate() }
    }

    /// The CA's certificate and those above it, the root last.
    #[getter]
    fn chain(&self) -> Certificates {
        Certificates(self.authority.issuer().chain())
    }

    /// The CA's key.
    #[getter]
    fn key(&self) -> PrivateKey {
        PrivateKey { key: self.authority.key().clone() }
    }
}
