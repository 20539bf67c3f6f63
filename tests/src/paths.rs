//! Vectors of verification: certificates, lists and responses made by code, and the path or the codes that they must get.

use std::sync::Arc;

use certgate::ocsp::OcspResponse;
use certgate::time::Timestamp;
use certgate::verify::{VerificationError, VerifiedPath};
use certgate_bindings::{Bundle, Certificate, Error, Evidence, Verifier, VerifierDocument, VerifyDocument};
use serde_json::{Value, json};

use crate::certificate::{AT, Cert};
use crate::request::pem;
use crate::revocation::{Crl, Ocsp};

mod constraints;
mod hostile;
mod malformed;
mod policies;
mod revocation;
mod rules;
mod search;
mod signatures;

/// A leaf, what it comes with, and the verdict.
#[derive(Clone)]
pub struct PathVector {
    /// Unique: what it shows, and the row of the catalogue.
    pub id: String,
    pub leaf: Vec<u8>,
    /// What the peer sends beside the leaf.
    pub presented: Vec<Vec<u8>>,
    /// What the verifier knows.
    pub pool: Vec<Vec<u8>>,
    pub anchors: Vec<Vec<u8>>,
    pub lists: Vec<Vec<u8>>,
    pub responses: Vec<Vec<u8>>,
    pub nonce: Option<Vec<u8>>,
    /// `VerifierDocument`.
    pub options: Value,
    /// `VerifyDocument`.
    pub ask: Value,
    pub expect: Expect,
}

/// The verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// The common names of the path, and the warnings.
    Path(Vec<String>, Vec<String>),
    /// The codes and paths of all reasons, and of what the paths that were tried stopped at or what belongs to it.
    Refused(Vec<(&'static str, &'static str)>),
}

/// An input that is no certificate, list or response, with the code and the path of the fault.
pub struct Malformed {
    pub id: String,
    pub kind: Kind,
    pub input: Vec<u8>,
    pub code: &'static str,
    pub path: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Certificate,
    List,
    Response,
}

/// All vectors, in a fixed order.
pub fn all() -> Vec<PathVector> {
    [
        rules::vectors(),
        search::vectors(),
        signatures::vectors(),
        constraints::vectors(),
        policies::vectors(),
        revocation::vectors(),
        hostile::vectors(),
    ]
    .concat()
}

/// All inputs that cannot be read.
pub fn malformed() -> Vec<Malformed> {
    malformed::vectors()
}

impl PathVector {
    /// `a.example.com` below `ca` below `root`, verified as a server of that name by the profile rfc5280.
    pub fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            leaf: leaf().der(),
            presented: vec![Cert::ca("ca", "root").der()],
            pool: Vec::new(),
            anchors: vec![Cert::root("root").der()],
            lists: Vec::new(),
            responses: Vec::new(),
            nonce: None,
            options: json!({}),
            ask: json!({ "names": ["a.example.com"] }),
            expect: Expect::Path(Vec::new(), Vec::new()),
        }
    }

    pub fn leaf(mut self, leaf: Cert) -> Self {
        self.leaf = leaf.der();
        self
    }

    pub fn presented(mut self, certificates: &[Cert]) -> Self {
        self.presented = certificates.iter().map(Cert::der).collect();
        self
    }

    pub fn pool(mut self, certificates: &[Cert]) -> Self {
        self.pool = certificates.iter().map(Cert::der).collect();
        self
    }

    pub fn anchors(mut self, certificates: &[Cert]) -> Self {
        self.anchors = certificates.iter().map(Cert::der).collect();
        self
    }

    pub fn lists(mut self, lists: &[Crl]) -> Self {
        self.lists = lists.iter().map(Crl::der).collect();
        self
    }

    pub fn responses(mut self, responses: &[Ocsp]) -> Self {
        self.responses = responses.iter().map(Ocsp::der).collect();
        self
    }

    pub fn profile(mut self, profile: &str) -> Self {
        self.options["profile"] = profile.into();
        self
    }

    /// With this in the `VerifyDocument`.
    pub fn ask(mut self, field: &str, value: Value) -> Self {
        self.ask[field] = value;
        self
    }

    /// The path holds, with these common names.
    pub fn holds(mut self, path: &[&str]) -> Self {
        self.expect = Expect::Path(path.iter().map(|name| (*name).to_owned()).collect(), Vec::new());
        self
    }

    /// The usual path holds.
    pub fn accepted(self) -> Self {
        self.holds(&["a.example.com", "ca", "root"])
    }

    /// The path holds, with this warning.
    pub fn warned(mut self, code: &str) -> Self {
        if let Expect::Path(_, warnings) = &mut self.expect {
            warnings.push(code.to_owned());
        }
        self
    }

    pub fn refused(mut self, code: &'static str, path: &'static str) -> Self {
        self.expect = Expect::Refused(vec![(code, path)]);
        self
    }

    /// The code and path of one more reason, of a path that was tried, or of what belongs to it.
    pub fn and(mut self, code: &'static str, path: &'static str) -> Self {
        if let Expect::Refused(reasons) = &mut self.expect {
            reasons.push((code, path));
        }
        self
    }

    /// The verifier of the vector.
    pub fn verifier(&self) -> Result<Verifier, Error> {
        let options = VerifierDocument::from_value(self.options.clone())?;
        Verifier::new(&bundle(&self.anchors), &bundle(&self.pool), &options)
    }

    /// What the engine says, through its bindings.
    pub fn verify(&self) -> Result<Result<VerifiedPath, VerificationError>, Error> {
        self.verify_by(&self.verifier()?, AT)
    }

    /// What a verifier that has been used before says, at another time.
    pub fn verify_by(
        &self,
        verifier: &Verifier,
        at: &str,
    ) -> Result<Result<VerifiedPath, VerificationError>, Error> {
        let ask = VerifyDocument::from_value(self.ask.clone())?;
        let leaf = Certificate::parse(&self.leaf)?;
        let presented = bundle(&self.presented);
        let response = |der: &Vec<u8>| OcspResponse::from_der(der).map(Arc::new).expect("a response");
        let evidence = Evidence {
            lists: lists(&self.lists).lists().to_vec(),
            responses: self.responses.iter().map(response).collect(),
            nonce: self.nonce.clone(),
        };
        let at = Timestamp::from_rfc3339(at).expect("a time");
        verifier.verify(&leaf, presented.certificates(), at, &ask, &evidence)
    }

    /// All codes that the engine names.
    pub fn codes(&self) -> Vec<String> {
        let found = match self.verify() {
            Err(error) => return error.diagnostics().iter().map(|one| one.code.clone()).collect(),
            Ok(Ok(path)) => path.warnings().to_vec(),
            Ok(Err(error)) => {
                let tried = error.tried().iter().map(|tried| tried.diagnostic.clone());
                error.reasons().iter().cloned().chain(tried).collect()
            }
        };
        found.iter().flat_map(flat).map(|(code, _)| code).collect()
    }

    /// How the answer differs from the verdict; empty if it does not.
    pub fn differences(&self) -> Vec<String> {
        let found = match self.verify() {
            Err(error) => return vec![format!("{}: {error}", self.id)],
            Ok(found) => found,
        };
        let fault = |text: String| vec![format!("{}: {text}", self.id)];
        match (&self.expect, found) {
            (Expect::Path(expected, warnings), Ok(path)) => {
                let names = common_names(&path);
                let codes: Vec<String> =
                    path.warnings().iter().map(|warning| warning.code().as_str().to_owned()).collect();
                if names == *expected && codes == *warnings {
                    Vec::new()
                } else {
                    fault(format!("{names:?} {codes:?} in place of {expected:?} {warnings:?}"))
                }
            }
            (Expect::Path(..), Err(error)) => fault(format!("{error}")),
            (Expect::Refused(_), Ok(path)) => fault(format!("accepted: {:?}", common_names(&path))),
            (Expect::Refused(expected), Err(error)) => {
                let first: Vec<_> = error.reasons().iter().take(1).map(code_and_path).collect();
                let all: Vec<(String, String)> = error.reasons().iter().flat_map(flat).collect();
                let wanted: Vec<(String, String)> =
                    expected.iter().map(|(code, path)| ((*code).to_owned(), (*path).to_owned())).collect();
                let is_first = first.first() == wanted.first();
                if is_first && wanted.iter().all(|pair| all.contains(pair)) {
                    Vec::new()
                } else {
                    fault(format!("{all:?} in place of {wanted:?}"))
                }
            }
        }
    }
}

/// `a.example.com` below `ca`.
pub fn leaf() -> Cert {
    Cert::leaf("a.example.com", "ca")
}

/// A bundle of certificates.
pub fn bundle(certificates: &[Vec<u8>]) -> Bundle {
    if certificates.is_empty() {
        return Bundle::default();
    }
    Bundle::parse(bundle_pem("CERTIFICATE", certificates).as_bytes()).expect("a bundle")
}

fn lists(lists: &[Vec<u8>]) -> Bundle {
    if lists.is_empty() {
        return Bundle::default();
    }
    Bundle::parse(bundle_pem("X509 CRL", lists).as_bytes()).expect("a bundle")
}

/// PEM blocks one after the other.
pub fn bundle_pem(label: &str, ders: &[Vec<u8>]) -> String {
    ders.iter().map(|der| pem(label, der)).collect()
}

fn common_names(path: &VerifiedPath) -> Vec<String> {
    let name = |certificate: &Arc<certgate::certificate::Certificate>| {
        certificate.subject().common_names().next().unwrap_or_default().to_owned()
    };
    path.certificates().iter().map(name).collect()
}

fn code_and_path(diagnostic: &certgate::diagnostic::Diagnostic) -> (String, String) {
    (diagnostic.code().as_str().to_owned(), diagnostic.path().to_string())
}

/// A diagnostic and all that belongs to it.
fn flat(diagnostic: &certgate::diagnostic::Diagnostic) -> Vec<(String, String)> {
    let related = diagnostic.related().iter().flat_map(flat);
    std::iter::once(code_and_path(diagnostic)).chain(related).collect()
}

impl Malformed {
    fn new(id: &str, kind: Kind, input: Vec<u8>, code: &'static str, path: &'static str) -> Self {
        Self { id: id.to_owned(), kind, input, code, path }
    }

    /// The codes and paths with which the input is refused.
    pub fn faults(&self) -> Vec<(String, String)> {
        use certgate::certificate::Certificate;
        use certgate::crl::CertificateList;
        let error = match self.kind {
            Kind::Certificate => Certificate::from_bytes(&self.input).err(),
            Kind::List => CertificateList::from_bytes(&self.input).err(),
            Kind::Response => OcspResponse::from_bytes(&self.input).err(),
        };
        error.iter().flat_map(|error| error.diagnostics()).map(code_and_path).collect()
    }
}
