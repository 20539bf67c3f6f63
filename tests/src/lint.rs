//! Vectors of lint: objects that no rule has anything against, and for each rule one that breaks it.

use certgate_bindings::{LintDocument, LintProfileWord, lint};
use serde_json::json;

use crate::certificate::*;
use crate::der::*;
use crate::request::{Csr, atv, dns, email, uri};
use crate::revocation::Crl;

mod authorities;
mod fields;
mod leaves;
mod names;
mod others;

/// The day whose rules count for requests, which do not say when they were made.
pub const NOW: &str = "2026-01-01T00:00:00Z";

pub const ACCESS: &str = "1.3.6.1.5.5.7.1.1";

/// The profiles, and their names.
pub const PROFILES: [(&str, LintProfileWord); 4] = [
    ("rfc5280", LintProfileWord::Rfc5280),
    ("cabf-tls", LintProfileWord::CabfTls),
    ("mozilla", LintProfileWord::Mozilla),
    ("private", LintProfileWord::Private),
];

/// An object, and the one rule that it breaks.
#[derive(Clone)]
pub struct LintVector {
    /// Unique: the code and what shows it, with the row of the catalogue where there is one.
    pub id: String,
    pub input: Vec<u8>,
    /// The code and the path of its one finding; both empty for an object that breaks no rule.
    pub code: &'static str,
    pub path: &'static str,
    /// Other codes that cannot be helped.
    pub also: Vec<&'static str>,
}

/// Code, path and severity of one finding.
pub type Found = (String, String, String);

impl LintVector {
    pub fn clean(id: &str, input: Vec<u8>) -> Self {
        Self { id: id.to_owned(), input, code: "", path: "", also: Vec::new() }
    }

    pub fn new(what: &str, code: &'static str, path: &'static str, input: Vec<u8>) -> Self {
        Self { id: format!("{code}-{what}"), input, code, path, also: Vec::new() }
    }

    pub fn also(mut self, codes: &[&'static str]) -> Self {
        self.also.extend_from_slice(codes);
        self
    }

    /// What lint finds under a profile, and what it took the object for.
    pub fn found(&self, profile: LintProfileWord) -> (String, String, Vec<Found>) {
        let now = certgate_bindings::parse_time(NOW).expect("a time");
        let options = LintDocument { profile, at: None };
        let views =
            lint(&self.input, &options, Some(now)).unwrap_or_else(|error| panic!("{}: {error}", self.id));
        let [view] = views.as_slice() else { panic!("{}: {} objects", self.id, views.len()) };
        let findings = view
            .findings
            .iter()
            .map(|finding| (finding.code.clone(), finding.path_text(), finding.severity.clone()))
            .collect();
        (view.target.clone(), view.at.clone(), findings)
    }
}

/// All vectors, in a fixed order.
pub fn all() -> Vec<LintVector> {
    [
        clean(),
        fields::vectors(),
        leaves::vectors(),
        names::vectors(),
        authorities::vectors(),
        others::vectors(),
    ]
    .concat()
}

fn clean() -> Vec<LintVector> {
    vec![
        LintVector::clean("clean-server", server().der()),
        LintVector::clean("clean-client", client().der()),
        LintVector::clean("clean-responder", responder().der()),
        LintVector::clean("clean-intermediate", intermediate().der()),
        LintVector::clean("clean-root", root().der()),
        LintVector::clean("clean-request", Csr::default().der()),
        LintVector::clean("clean-list", Crl::new("ca").der()),
    ]
}

/// A vector of lint, from what, code, path and object.
fn vector(what: &str, code: &'static str, path: &'static str, cert: &Cert) -> LintVector {
    LintVector::new(what, code, path, cert.der())
}

/// A name of attributes, each in an RDN of its own.
fn subject(attributes: &[Vec<u8>]) -> Vec<u8> {
    seq(&attributes.iter().map(|attribute| set(std::slice::from_ref(attribute))).collect::<Vec<_>>())
}

fn country(code: &str) -> Vec<u8> {
    atv("2.5.4.6", printable(code))
}

fn organization(text: &str) -> Vec<u8> {
    atv("2.5.4.10", utf8(text))
}

fn common_name(text: &str) -> Vec<u8> {
    atv("2.5.4.3", utf8(text))
}

fn full_name(text: &str) -> Vec<u8> {
    subject(&[country("CH"), organization("Example"), common_name(text)])
}

fn purposes(oids: &[&str]) -> Vec<u8> {
    seq(&oids.iter().map(|dotted| oid(dotted)).collect::<Vec<_>>())
}

fn access(ocsp: &str) -> Vec<u8> {
    let row = |method: &str, text: &str| seq(&[oid(method), uri(text)]);
    seq(&[row("1.3.6.1.5.5.7.48.1", ocsp), row("1.3.6.1.5.5.7.48.2", "http://ca.example.com/ca.crt")])
}

fn points(text: &str) -> Vec<u8> {
    seq(&[distribution_point(&[uri(text)], &[])])
}

fn subject_key(cert: Cert, name: &str) -> Cert {
    cert.with(SUBJECT_KEY, false, &octets(&identifier(name)))
}

/// A TLS server that public CAs could issue.
pub fn server() -> Cert {
    let cert = Cert::new("www.example.com", "ca")
        .with(KEY_USAGE, true, &tlv(0x03, &DIGITAL_SIGNATURE))
        .with(EXTENDED_KEY_USAGE, false, &purposes(&[SERVER_AUTH]))
        .names(&[dns("www.example.com")])
        .with(ACCESS, false, &access("http://ocsp.example.com/"))
        .with(DISTRIBUTION_POINTS, false, &points("http://crl.example.com/ca.crl"))
        .with(POLICIES, false, &policies(&["2.23.140.1.2.1"]))
        .valid("251201000000Z", "260228235959Z")
        .set(|cert| cert.subject = subject(&[country("CH")]));
    subject_key(cert, "www.example.com")
}

/// A person.
pub fn client() -> Cert {
    let cert = Cert::new("jane", "ca")
        .with(KEY_USAGE, true, &tlv(0x03, &DIGITAL_SIGNATURE))
        .with(EXTENDED_KEY_USAGE, false, &purposes(&[CLIENT_AUTH]))
        .names(&[email("jane@example.com")])
        .valid("251201000000Z", "260228235959Z");
    subject_key(cert, "jane")
}

pub fn responder() -> Cert {
    let cert = Cert::new("ocsp", "ca")
        .with(KEY_USAGE, true, &tlv(0x03, &DIGITAL_SIGNATURE))
        .with(EXTENDED_KEY_USAGE, false, &purposes(&["1.3.6.1.5.5.7.3.9"]))
        .with(NO_CHECK, false, &null())
        .valid("251201000000Z", "260228235959Z")
        .set(|cert| cert.subject = full_name("ocsp"));
    subject_key(cert, "ocsp")
}

pub fn intermediate() -> Cert {
    Cert::ca("ca", "root")
        .with(BASIC_CONSTRAINTS, true, &path_length(0))
        .with(EXTENDED_KEY_USAGE, false, &purposes(&[SERVER_AUTH]))
        .with(ACCESS, false, &access("http://ocsp.example.com/"))
        .with(DISTRIBUTION_POINTS, false, &points("http://crl.example.com/root.crl"))
        .with(POLICIES, false, &policies(&["2.23.140.1.2.1"]))
        .valid("251201000000Z", "301130235959Z")
        .set(|cert| cert.subject = full_name("ca"))
}

pub fn root() -> Cert {
    Cert::root("root").valid("251201000000Z", "401130235959Z").set(|cert| {
        cert.subject = full_name("root");
        cert.issuer = full_name("root");
    })
}

pub const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
pub const NO_CHECK: &str = "1.3.6.1.5.5.7.48.1.5";

/// `LintDocument` of a profile and a time, as hosts get it.
pub fn options(profile: &str, at: Option<&str>) -> serde_json::Value {
    match at {
        None => json!({ "profile": profile }),
        Some(at) => json!({ "profile": profile, "at": at }),
    }
}
