//! Whether a certificate is renewed.

use certgate_bindings::renewal::{self, InUse, RenewalDocument, RenewalView};
use pyo3::prelude::*;
use pyo3::types::PyDateTime;
use serde_json::{Map, Value};

use crate::context::{GivenCertificates, GivenDuration, GivenTexts, GivenTime};
use crate::diagnostic::{Diagnostics, hash_of};
use crate::error::raise;
use crate::key::PrivateKey;
use crate::plain::Plain;
use crate::policy::Policy;
use crate::time::{datetime, timestamp};
use crate::verifier::{Verifier, insert, texts};

/// Whether a certificate is renewed now. True if it is due. Decisions are equal if all that they say is.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct Renewal {
    view: RenewalView,
}

/// Decides whether a certificate is renewed: the first of `certificates`; the others are what is presented beside it.
///
/// It is due when two thirds of its life are over, or `renew_before` before its end; when it is not valid; when `key` is not its
/// private key; when it is not for exactly `names`; when `policy` would not allow it any more, which wants the key; when it does
/// not verify by `verifier` for `purpose`. What is left out is not looked at. `at` is an aware datetime or RFC 3339 text; left
/// out, it is now.
///
/// Raises `ParseError` for a certificate or another argument that cannot be read, and `OSError` for a file that cannot be read.
#[pyfunction]
#[pyo3(signature = (certificates, *, key = None, names = None, policy = None, verifier = None, purpose = "any", renew_before = None, at = None))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
pub(crate) fn renewal_due(
    py: Python<'_>,
    certificates: GivenCertificates<'_, '_>,
    key: Option<&PrivateKey>,
    names: Option<GivenTexts<'_, '_>>,
    policy: Option<&Policy>,
    verifier: Option<&Verifier>,
    purpose: &str,
    renew_before: Option<GivenDuration<'_, '_>>,
    at: Option<GivenTime<'_, '_>>,
) -> PyResult<Renewal> {
    let bundle = certificates.to_bundle(py)?;
    let at = timestamp(py, at)?;
    let mut given = Map::new();
    insert(&mut given, "renewBefore", renew_before.map(|value| value.0))?;
    let names = match names {
        None => None,
        Some(names) => Some(texts(Some(names))?),
    };
    let in_use = InUse {
        bundle: &bundle,
        key: key.map(|key| &key.key),
        policy: policy.map(|policy| &policy.policy),
        verifier: verifier.map(|verifier| &verifier.verifier),
    };
    py.detach(|| {
        let read = RenewalDocument::from_value(Value::Object(given))?;
        let document = RenewalDocument { names, purpose: Some(purpose.to_owned()), ..read };
        renewal::renewal(in_use, &document, at)
    })
    .map(|view| Renewal { view })
    .map_err(|error| raise(py, &error))
}

#[pymethods]
impl Renewal {
    /// Whether it is renewed now: as `bool(renewal)`.
    #[getter]
    fn due(&self) -> bool {
        self.view.due
    }

    /// When time alone makes it due: an aware datetime in UTC.
    #[getter]
    fn renew_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDateTime>> {
        let at = certgate_bindings::parse_time(&self.view.renew_at).map_err(|error| raise(py, &error))?;
        datetime(py, at)
    }

    /// Why it is due; empty if it is not.
    #[getter]
    fn reasons(&self) -> Diagnostics {
        Diagnostics(self.view.reasons.clone())
    }

    /// All of it as plain data.
    fn to_dict(&self) -> Plain<RenewalView> {
        Plain(self.view.clone())
    }

    fn __bool__(&self) -> bool {
        self.view.due
    }

    fn __repr__(&self) -> String {
        if !self.view.due {
            return format!("<Renewal at {}>", self.view.renew_at);
        }
        let codes: Vec<&str> = self.view.reasons.iter().map(|reason| reason.code.as_str()).collect();
        format!("<Renewal due: {}>", codes.join(", "))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.view == other.view
    }

    fn __hash__(&self) -> u64 {
        hash_of((self.view.due, &self.view.renew_at, self.view.reasons.len()))
    }
}
