//! Verification.

use certgate_bindings::certgate::diagnostic::{Diagnostic, Path, codes};
use certgate_bindings::{Error, Evidence, VerifierDocument, VerifyDocument};
use certgate_ops::store::{self, Store, StoreDescription};
use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use serde_json::{Map, Value};

use crate::certificate::{Bundle, Certificate};
use crate::context::{
    GivenCertificates, GivenInputs, GivenIssuerRules, GivenPolicies, GivenProfile, GivenRevocation,
    GivenRevocationLists, GivenTexts, GivenTime, plain,
};
use crate::error::{raise, raise_not_verified};
use crate::input::{Input, LargeInput};
use crate::plain::Plain;
use crate::revocation_list::RevocationList;
use crate::time::timestamp;
use crate::verified_path::{PathDiagnosis, VerifiedPath};

/// Trust anchors, intermediates and a profile, parsed and indexed once. One verifier serves any number of threads, and
/// remembers the signatures of CAs that it has seen; time and rules are judged anew at each call.
///
/// Certificates are `Certificate` or `Bundle` objects, inputs (PEM, DER, base64, PKCS #7; text is the bundle itself, a path
/// is read), or a list of these. `profile` is `rfc5280`, `webpki` or `private`; see `certgate.profile`. With
/// `issuer_rules="ignore"` rules that bind issuers and not verifiers, such as criticality, are left out.
///
/// Verifiers are pickled by their certificates and rules; of a trust store, by the certificates that it had.
///
/// Raises `ParseError` for an input that is no bundle, and if there is no trust anchor.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct Verifier {
    pub(crate) verifier: certgate_bindings::Verifier,
    store: Option<StoreDescription>,
    source: Source,
}

/// What a verifier was made of.
struct Source {
    anchors: certgate_bindings::Bundle,
    intermediates: certgate_bindings::Bundle,
    rules: VerifierDocument,
}

/// The fields of [`StoreDescription`], as a pickle has them.
type StoreFields = (String, String, Option<String>, usize, usize);

/// What a pickle holds: anchors, intermediates, rules in JSON, store.
type Parts<'py> = (Vec<Bound<'py, Certificate>>, Vec<Bound<'py, Certificate>>, String, Option<StoreFields>);

#[pymethods]
impl Verifier {
    #[new]
    #[pyo3(signature = (anchors, intermediates = None, *, profile = None, issuer_rules = None))]
    fn new(
        py: Python<'_>,
        anchors: GivenCertificates<'_, '_>,
        intermediates: Option<GivenCertificates<'_, '_>>,
        profile: Option<GivenProfile<'_, '_>>,
        issuer_rules: Option<GivenIssuerRules<'_, '_>>,
    ) -> PyResult<Self> {
        make(py, anchors.to_bundle(py)?, None, intermediates, profile, issuer_rules)
    }

    /// A verifier whose trust anchors are a trust store: `system` (the bundle of the operating system), `certifi` (the package
    /// of this interpreter), `webpki` (Mozilla's roots, compiled in) or `java` (cacerts, read by its keytool).
    ///
    /// Raises `ParseError` for a name that is not known or a store that is not there.
    #[staticmethod]
    #[pyo3(signature = (name, intermediates = None, *, profile = None, issuer_rules = None))]
    fn from_store(
        py: Python<'_>,
        name: &str,
        intermediates: Option<GivenCertificates<'_, '_>>,
        profile: Option<GivenProfile<'_, '_>>,
        issuer_rules: Option<GivenIssuerRules<'_, '_>>,
    ) -> PyResult<Self> {
        let Store { bundle, description } = read_store(py, name)?;
        make(py, bundle, Some(description), intermediates, profile, issuer_rules)
    }

    /// The trust store with its source and its date; `None` if the anchors were given.
    #[getter]
    fn store(&self) -> Option<Plain<StoreDescription>> {
        self.store.clone().map(Plain)
    }

    /// Verifies a certificate and returns the path that holds. The first certificate is the one that is verified, others
    /// are what its owner presents beside it.
    ///
    /// `at` is an aware datetime or RFC 3339 text; left out, it is now. `purpose` is `server`, `client`, `code`, `mail`,
    /// `timeStamping`, `any`, a name such as `serverAuth`, or dotted decimal. `names` are host names, IP addresses,
    /// mailboxes or URIs, for all of which the certificate must be. `key_usage` has bits that keyUsage must have. `depth`
    /// is the greatest number of intermediates. `crls` and `ocsp` are revocation lists (`RevocationList` or `Bundle` objects,
    /// which are not parsed again, or inputs) and OCSP responses; where one of them or `revocation` is given, an empty list
    /// too, an unknown status is refused unless `revocation` says otherwise. `nonce` is what the OCSP responses must repeat,
    /// and comes with `ocsp`.
    ///
    /// Raises `VerificationError` if no path holds, and `ParseError` for an argument that cannot be read.
    #[pyo3(signature = (certificates, *, at = None, purpose = "server", names = None, key_usage = None, depth = None, policies = None, revocation = None, crls = None, ocsp = None, nonce = None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn verify(
        &self,
        py: Python<'_>,
        certificates: GivenCertificates<'_, '_>,
        at: Option<GivenTime<'_, '_>>,
        purpose: &str,
        names: Option<GivenTexts<'_, '_>>,
        key_usage: Option<GivenTexts<'_, '_>>,
        depth: Option<u32>,
        policies: Option<GivenPolicies<'_, '_>>,
        revocation: Option<GivenRevocation<'_, '_>>,
        crls: Option<GivenRevocationLists<'_, '_>>,
        ocsp: Option<GivenInputs<'_, '_>>,
        nonce: Option<&[u8]>,
    ) -> PyResult<VerifiedPath> {
        let asked = Asked { at, purpose, names, key_usage, depth, policies, revocation, crls, ocsp, nonce };
        match self.judge(py, &certificates, asked)? {
            Ok(path) => Ok(VerifiedPath { path }),
            Err(view) => Err(raise_not_verified(py, view)),
        }
    }

    /// Explains a verification: as `verify`, but that no path holds is a value, which is false.
    ///
    /// Raises `ParseError` for an argument that cannot be read.
    #[pyo3(signature = (certificates, *, at = None, purpose = "server", names = None, key_usage = None, depth = None, policies = None, revocation = None, crls = None, ocsp = None, nonce = None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn diagnose_path(
        &self,
        py: Python<'_>,
        certificates: GivenCertificates<'_, '_>,
        at: Option<GivenTime<'_, '_>>,
        purpose: &str,
        names: Option<GivenTexts<'_, '_>>,
        key_usage: Option<GivenTexts<'_, '_>>,
        depth: Option<u32>,
        policies: Option<GivenPolicies<'_, '_>>,
        revocation: Option<GivenRevocation<'_, '_>>,
        crls: Option<GivenRevocationLists<'_, '_>>,
        ocsp: Option<GivenInputs<'_, '_>>,
        nonce: Option<&[u8]>,
    ) -> PyResult<PathDiagnosis> {
        let asked = Asked { at, purpose, names, key_usage, depth, policies, revocation, crls, ocsp, nonce };
        self.judge(py, &certificates, asked).map(|outcome| PathDiagnosis { outcome })
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Parts<'py>)> {
        let Source { anchors, intermediates, rules } = &self.source;
        let store = self.store.clone();
        let parts = (
            certificates_of(py, anchors)?,
            certificates_of(py, intermediates)?,
            // Text of our own making for our own reading: no public way leads through it.
            serde_json::to_string(rules).unwrap_or_default(),
            store.map(|store| (store.name, store.source, store.date, store.certificates, store.passed_over)),
        );
        Ok((py.get_type::<Self>().getattr("_from_parts")?, parts))
    }

    #[staticmethod]
    fn _from_parts(
        py: Python<'_>,
        anchors: GivenCertificates<'_, '_>,
        intermediates: GivenCertificates<'_, '_>,
        rules: &str,
        store: Option<StoreFields>,
    ) -> PyResult<Self> {
        let fault = |error: serde_json::Error| pyo3::exceptions::PyValueError::new_err(error.to_string());
        let rules = serde_json::from_str(rules).map_err(fault)?;
        let (anchors, intermediates) = (anchors.to_bundle(py)?, intermediates.to_bundle(py)?);
        let store = store.map(|(name, source, date, certificates, passed_over)| StoreDescription {
            name,
            source,
            date,
            certificates,
            passed_over,
        });
        from_source(py, Source { anchors, intermediates, rules }, store)
    }

    fn __repr__(&self) -> String {
        let store = self.store.as_ref().map_or_else(String::new, |store| format!(" of {}", store.name));
        format!("<Verifier{store}>")
    }
}

/// What one verification asks for, as Python gives it.
struct Asked<'a, 'py> {
    at: Option<GivenTime<'a, 'py>>,
    purpose: &'a str,
    names: Option<GivenTexts<'a, 'py>>,
    key_usage: Option<GivenTexts<'a, 'py>>,
    depth: Option<u32>,
    policies: Option<GivenPolicies<'a, 'py>>,
    revocation: Option<GivenRevocation<'a, 'py>>,
    crls: Option<GivenRevocationLists<'a, 'py>>,
    ocsp: Option<GivenInputs<'a, 'py>>,
    nonce: Option<&'a [u8]>,
}

type Outcome =
    Result<certgate_bindings::certgate::verify::VerifiedPath, certgate_bindings::view::NotVerifiedView>;

impl Verifier {
    fn judge(
        &self,
        py: Python<'_>,
        certificates: &GivenCertificates<'_, '_>,
        asked: Asked<'_, '_>,
    ) -> PyResult<Outcome> {
        let bundle = certificates.to_bundle(py)?;
        let Asked { at, purpose, names, key_usage, depth, policies, revocation, crls, ocsp, nonce } = asked;
        let at = timestamp(py, at)?;
        let mut given = Map::new();
        insert(&mut given, "policies", policies.map(|value| value.0))?;
        insert(&mut given, "revocation", revocation.map(|value| value.0))?;
        let mut document = VerifyDocument {
            purpose: Some(purpose.to_owned()),
            names: texts(names)?,
            key_usage: texts(key_usage)?,
            depth,
            ..VerifyDocument::from_value(Value::Object(given)).map_err(|error| raise(py, &error))?
        };
        // Who gives evidence asks for it, also where there turned out to be none.
        if crls.is_some() || ocsp.is_some() || nonce.is_some() {
            document.revocation.get_or_insert_default();
        }
        if nonce.is_some() && ocsp.is_none() {
            let diagnostic = Diagnostic::new(codes::CONTEXT_VALUE, "a nonce comes with OCSP responses");
            let help = "give the responses that must repeat it as `ocsp`";
            return Err(raise(py, &Error::from(diagnostic.at(["nonce"]).with_help(help))));
        }
        let mut evidence = Evidence { nonce: nonce.map(<[u8]>::to_vec), ..Evidence::default() };
        for lists in crls.map(|given| given.items()).transpose()?.unwrap_or_default() {
            add_lists(py, &mut evidence, &lists)?;
        }
        for response in ocsp.map(|given| given.items()).transpose()?.unwrap_or_default() {
            let response = response.extract::<Input<'_>>()?;
            py.detach(|| evidence.add_response(response.as_bytes())).map_err(|error| raise(py, &error))?;
        }
        py.detach(|| self.verifier.verify_presented(&bundle, at, &document, &evidence))
            .map_err(|error| raise(py, &error))
    }
}

/// Adds revocation lists, which are shared if they were parsed already.
fn add_lists(py: Python<'_>, evidence: &mut Evidence, given: &Bound<'_, PyAny>) -> PyResult<()> {
    if let Ok(list) = given.cast::<RevocationList>() {
        evidence.lists.push(list.get().list.as_core().clone());
        return Ok(());
    }
    if let Ok(bundle) = given.cast::<Bundle>() {
        return evidence.add_lists_of(&bundle.get().bundle).map_err(|error| raise(py, &error));
    }
    let input = given.extract::<LargeInput<'_>>()?;
    py.detach(|| evidence.add_lists(input.as_bytes())).map_err(|error| raise(py, &error))
}

fn make(
    py: Python<'_>,
    anchors: certgate_bindings::Bundle,
    store: Option<StoreDescription>,
    intermediates: Option<GivenCertificates<'_, '_>>,
    profile: Option<GivenProfile<'_, '_>>,
    issuer_rules: Option<GivenIssuerRules<'_, '_>>,
) -> PyResult<Verifier> {
    let intermediates = intermediates.map(|given| given.to_bundle(py)).transpose()?.unwrap_or_default();
    let mut given = Map::new();
    insert(&mut given, "profile", profile.map(|value| value.0))?;
    insert(&mut given, "issuerRules", issuer_rules.map(|value| value.0))?;
    let rules = VerifierDocument::from_value(Value::Object(given)).map_err(|error| raise(py, &error))?;
    from_source(py, Source { anchors, intermediates, rules }, store)
}

fn from_source(py: Python<'_>, source: Source, store: Option<StoreDescription>) -> PyResult<Verifier> {
    let Source { anchors, intermediates, rules } = &source;
    let made = py.detach(|| certgate_bindings::Verifier::new(anchors, intermediates, rules));
    made.map(|verifier| Verifier { verifier, store, source }).map_err(|error| raise(py, &error))
}

fn certificates_of<'py>(
    py: Python<'py>,
    bundle: &certgate_bindings::Bundle,
) -> PyResult<Vec<Bound<'py, Certificate>>> {
    let handles = bundle.certificates().iter().cloned().map(|one| Certificate { certificate: one.into() });
    handles.map(|one| Bound::new(py, one)).collect()
}

pub(crate) fn texts(given: Option<GivenTexts<'_, '_>>) -> PyResult<Vec<String>> {
    let items = given.map(|given| given.items()).transpose()?.unwrap_or_default();
    items.iter().map(|text| text.extract()).collect()
}

/// Adds an argument as plain data, if it was given.
pub(crate) fn insert(
    map: &mut Map<String, Value>,
    name: &'static str,
    given: Option<Borrowed<'_, '_, PyAny>>,
) -> PyResult<()> {
    if let Some(value) = given {
        map.insert(name.to_owned(), plain(&value, &Path::from([name]))?);
    }
    Ok(())
}

/// A trust store. The bundle of certifi is that of this interpreter, never of one that a search finds: no process is started
/// for it.
fn read_store(py: Python<'_>, name: &str) -> PyResult<Store> {
    let refused = |message: String, help: Option<&str>| {
        let diagnostic = Diagnostic::new(codes::CONTEXT_VALUE, message).at(["store"]);
        let diagnostic = help.map_or(diagnostic.clone(), |help| diagnostic.with_help(help));
        raise(py, &Error::from(diagnostic))
    };
    if name != "certifi" {
        return py.detach(|| store::read(name)).map_err(|message| refused(message, None));
    }
    let certifi = match py.import("certifi") {
        Ok(certifi) => certifi,
        Err(error) if error.is_instance_of::<PyImportError>(py) => {
            let message = "this interpreter has no certifi".to_owned();
            return Err(refused(message, Some("install it: `pip install certifi`")));
        }
        Err(error) => return Err(error),
    };
    let file: std::path::PathBuf = certifi.call_method0("where")?.extract()?;
    py.detach(|| store::from_file(name, &file)).map_err(|message| refused(message, None))
}
