//! Signing with a key on a machine that is not connected.
//!
//! The online machine writes a request file: everything that a certificate follows from, and a digest of the bytes to be
//! signed. The offline machine judges and prepares anew from those inputs, compares the digest, and signs. Back online the
//! same is done once more with the signature that came, and only then a file is written. Neither file is a permission:
//! whoever changes one gets other bytes, and is refused.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use certgate_bindings::certgate::certificate::{Certificate as CoreCertificate, SerialNumber};
use certgate_bindings::certgate::crypto::Signer;
use certgate_bindings::certgate::issue::{
    BeyondIssuer, IssueInputs, IssuedCertificate, Issuer, PreparedCertificate,
};
use certgate_bindings::certgate::key::{Curve, KeyMaterial, PublicKey};
use certgate_bindings::certgate::pem;
use certgate_bindings::certgate::signature::{HashFunction, SignatureScheme};
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::{
    Bundle, Certificate, ContextDocument, Decision, Error, ErrorKind, Policy, Request, issue,
};
use serde::{Deserialize, Serialize};

use crate::input::describe;
use crate::inventory::{Inventory, NewRecord, Recorded};

/// Everything that the certificate follows from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a request of a ceremony")]
pub struct CeremonyRequest {
    /// Version of the form: 1.
    pub version: u32,
    /// The request in PEM.
    pub request: String,
    /// The text of the policy.
    pub policy: String,
    /// What is known besides the request.
    pub context: ContextDocument,
    /// The issuer's certificate and those above it, in PEM.
    pub issuer: String,
    /// The time of issuing, RFC 3339 in UTC.
    pub at: String,
    /// The serial number in lower-case hex.
    pub serial_number: String,
    /// Cut the lifetime to the end of the issuer's.
    pub truncate: bool,
    /// Where the issuer's revocation list is.
    pub crl_uris: Vec<String>,
    /// Where the issuer's certificate is.
    pub issuer_uris: Vec<String>,
    /// Who answers by OCSP.
    pub ocsp_uris: Vec<String>,
    /// SHA-256 of the bytes to be signed, in lower-case hex.
    pub to_be_signed_sha256: String,
}

/// What the offline machine gives back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an answer of a ceremony")]
pub struct CeremonyAnswer {
    /// Version of the form: 1.
    pub version: u32,
    /// The fingerprint of the request that was answered.
    pub request: String,
    /// The certificate in PEM.
    pub certificate: String,
}

/// What happened to a request file.
pub enum Outcome<T> {
    /// It was done.
    Done(T),
    /// The policy does not allow it.
    Denied(Box<Decision>),
}

impl CeremonyRequest {
    /// The text of the file.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// The fingerprint: the first half of the SHA-256 of the file, as eight groups of four digits to be read aloud. To give
    /// another file the same one takes 2^128 attempts.
    pub fn fingerprint(&self) -> String {
        let digits = sha256(self.to_json().as_bytes());
        let groups: Vec<String> = digits
            .as_bytes()
            .chunks(4)
            .take(8)
            .map(|group| String::from_utf8_lossy(group).into_owned())
            .collect();
        groups.join(" ")
    }

    /// Judges and prepares anew; the digest of the bytes to be signed must be that of the file.
    ///
    /// # Errors
    /// In one sentence: a file that is not consistent with itself, or inputs that cannot be read or issued.
    pub fn prepare(&self) -> Result<Outcome<(Decision, PreparedCertificate)>, String> {
        let (decision, prepared) = match self.prepare_unchecked()? {
            Outcome::Done(done) => done,
            Outcome::Denied(decision) => return Ok(Outcome::Denied(decision)),
        };
        if sha256(prepared.tbs_der()) != self.to_be_signed_sha256 {
            return Err("the bytes to be signed are not those of the file: it was changed, or another version of certgate made \
                        it"
            .to_owned());
        }
        Ok(Outcome::Done((decision, prepared)))
    }

    fn prepare_unchecked(&self) -> Result<Outcome<(Decision, PreparedCertificate)>, String> {
        if self.version != 1 {
            return Err(format!("the request is of version {}, and certgate reads version 1", self.version));
        }
        let text = |error: certgate_bindings::Error| error.to_string();
        let at = self.time()?;
        let request = Request::parse(self.request.as_bytes()).map_err(text)?;
        let policy = Policy::load(&self.policy).map_err(text)?;
        let context = self.context.clone().to_context(at).map_err(text)?;
        let decision = policy.evaluate(&request, &context);
        let approval = match decision.as_core().approval() {
            Ok(approval) => approval,
            Err(_) => return Ok(Outcome::Denied(Box::new(decision))),
        };
        let issuer = self.issuer()?;
        let scheme = default_scheme(issuer.certificate().public_key())
            .ok_or("the issuer has a key with which certgate does not sign")?;
        let inputs = IssueInputs { serial_number: self.serial_number()?, at };
        let prepared = issuer.prepare(approval, &inputs, scheme).map_err(|error| error.to_string())?;
        Ok(Outcome::Done((decision, prepared)))
    }

    /// Notes the certificate in the books: the one that is there already, or what `sign` makes.
    fn record(
        &self,
        decision: &Decision,
        books: Books<'_>,
        sign: impl FnOnce() -> Result<Arc<CoreCertificate>, Error>,
    ) -> Result<Recorded, String> {
        let (issuer, serial) = (self.issuer()?, self.serial_number()?);
        let request = Request::parse(self.request.as_bytes()).map_err(|error| error.to_string())?;
        let record = NewRecord {
            issuer: Some(issuer.certificate()),
            policy: Some(decision.as_core().policy()),
            request: Some(request.der()),
            public_key: request.as_core().public_key(),
        };
        books.inventory.check_issuer(&issuer)?;
        let recorded = books.inventory.issue_as(&record, &serial, books.at, sign);
        let recorded = recorded.map_err(|error| error.to_string())?;
        if sha256(recorded.certificate().signed_der()) != self.to_be_signed_sha256 {
            return Err(format!("the serial number {serial} is that of another certificate"));
        }
        Ok(recorded)
    }

    fn serial_number(&self) -> Result<SerialNumber, String> {
        let serial = octets(&self.serial_number).ok_or("the serial number is no hex")?;
        Ok(SerialNumber::from_octets(&serial))
    }

    /// The time of issuing.
    ///
    /// # Errors
    /// A text that is no time.
    pub fn time(&self) -> Result<Timestamp, String> {
        Timestamp::from_rfc3339(&self.at).ok_or_else(|| "`at` is no time in RFC 3339".to_owned())
    }

    /// The issuer.
    ///
    /// # Errors
    /// Certificates that cannot be read, or that are not those of a CA.
    pub fn issuer(&self) -> Result<Issuer, String> {
        let bundle = Bundle::parse(self.issuer.as_bytes()).map_err(|error| error.to_string())?;
        let (certificate, above) = bundle.split_leaf().map_err(|error| error.to_string())?;
        let issuer =
            Issuer::new(certificate.as_core().clone(), above.to_vec()).map_err(|error| error.to_string())?;
        let beyond = if self.truncate { BeyondIssuer::Truncate } else { BeyondIssuer::Deny };
        Ok(issuer
            .with_beyond(beyond)
            .with_distribution_points(self.crl_uris.clone())
            .with_information_access(self.issuer_uris.clone(), self.ocsp_uris.clone()))
    }
}

/// On the online machine: fills in the serial number and the digest of what is to be signed.
///
/// # Errors
/// In one sentence: inputs that cannot be read or issued, no randomness.
pub fn request(mut request: CeremonyRequest) -> Result<Outcome<CeremonyRequest>, String> {
    let inputs = crate::pki::inputs(request.time()?)?;
    request.serial_number = crate::hex::encode(inputs.serial_number.as_octets());
    match request.prepare_unchecked()? {
        Outcome::Denied(decision) => Ok(Outcome::Denied(decision)),
        Outcome::Done((_, prepared)) => {
            request.to_be_signed_sha256 = sha256(prepared.tbs_der());
            Ok(Outcome::Done(request))
        }
    }
}

/// Where what a ceremony issues is noted, and when.
pub struct Books<'a> {
    /// The inventory.
    pub inventory: &'a mut Inventory,
    /// The time of the machine.
    pub at: Timestamp,
}

/// On the offline machine: signs, and records the certificate in the books before it comes out. The fingerprint is what was read
/// aloud; blanks and case make no difference. A request that was answered before gets the same certificate: nothing is signed
/// twice under one serial number.
///
/// # Errors
/// In one sentence: another fingerprint, another key, a request that is not consistent with itself, books that cannot be written or
/// that know the serial number as that of another certificate.
pub fn sign(
    request: &CeremonyRequest,
    read_aloud: &str,
    signer: &dyn Signer,
    books: Option<Books<'_>>,
) -> Result<Outcome<(CeremonyAnswer, Option<Recorded>)>, String> {
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_hexdigit).map(|digit| digit.to_ascii_lowercase()).collect()
    };
    if plain(read_aloud) != plain(&request.fingerprint()) {
        return Err(format!(
            "the fingerprint of the file is {}, and not what was read aloud: this is not the request that was meant",
            request.fingerprint()
        ));
    }
    let (decision, prepared) = match request.prepare()? {
        Outcome::Done(done) => done,
        Outcome::Denied(decision) => return Ok(Outcome::Denied(decision)),
    };
    if signer.scheme() != prepared.scheme() {
        return Err("the private key does not sign as the issuer's key does".to_owned());
    }
    let sign = || match prepared.sign(signer) {
        Ok(issued) => Ok(Arc::clone(issued.certificate())),
        Err(error) => Err(Error::new(ErrorKind::Issuance, &error)),
    };
    let (certificate, recorded) = match books {
        None => (sign().map_err(|error| error.to_string())?, None),
        Some(books) => {
            let recorded = request.record(&decision, books, sign)?;
            (Arc::clone(recorded.certificate()), Some(recorded))
        }
    };
    let answer = CeremonyAnswer {
        version: 1,
        request: request.fingerprint(),
        certificate: issue::certificate_pem(&certificate),
    };
    Ok(Outcome::Done((answer, recorded)))
}

/// Back online: takes the signature from the answer, and nothing else; the certificate is made of the request once more, and recorded
/// in the books, if there are any, before it comes out.
///
/// # Errors
/// In one sentence: an answer to another request, a certificate that does not follow from the request, books that cannot be written
/// or that know the serial number as that of another certificate.
pub fn import(
    request: &CeremonyRequest,
    answer: &CeremonyAnswer,
    books: Option<Books<'_>>,
) -> Result<Outcome<(IssuedCertificate, Option<Recorded>)>, String> {
    if answer.version != 1 {
        return Err(format!("the answer is of version {}, and certgate reads version 1", answer.version));
    }
    if answer.request != request.fingerprint() {
        return Err("the answer is that to another request".to_owned());
    }
    let (decision, prepared) = match request.prepare()? {
        Outcome::Done(done) => done,
        Outcome::Denied(decision) => return Ok(Outcome::Denied(decision)),
    };
    let given = Certificate::parse(answer.certificate.as_bytes()).map_err(|error| error.to_string())?;
    let issued = prepared.assemble(given.as_core().signature()).map_err(|error| error.to_string())?;
    let certificate = issued.certificate();
    if certificate.der() != given.der() {
        return Err("the certificate of the answer does not follow from the request".to_owned());
    }
    let recorded = match books {
        None => None,
        Some(books) => {
            let recorded = request.record(&decision, books, || Ok(Arc::clone(certificate)))?;
            if recorded.certificate().der() != certificate.der() {
                return Err("the inventory has another answer to this request".to_owned());
            }
            Some(recorded)
        }
    };
    Ok(Outcome::Done((issued, recorded)))
}

/// One step of a ceremony. What is not known, of a request that cannot be read or was not made, is empty.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogEntry<'a> {
    /// When, by the clock of the machine.
    pub at: &'a str,
    /// `request`, `sign` or `import`.
    pub step: &'a str,
    /// The fingerprint of the request.
    pub request: &'a str,
    /// SHA-256 of the bytes to be signed.
    pub to_be_signed_sha256: &'a str,
    /// The serial number of the certificate.
    pub serial_number: &'a str,
    /// `done`, or why not.
    pub outcome: &'a str,
}

/// Adds a step to a log: a line of JSON with the digest of the line before, so that none can be taken out unseen.
///
/// # Errors
/// A file that cannot be read or written, in one sentence.
pub fn log(path: &Path, entry: &LogEntry<'_>) -> Result<(), String> {
    let fault = |error: &std::io::Error| format!("cannot write {}: {}", path.display(), describe(error));
    let before = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(fault(&error)),
    };
    let previous = before.lines().last().map(|line| sha256(line.as_bytes())).unwrap_or_default();
    let mut line = serde_json::to_value(entry).map_err(|error| error.to_string())?;
    if let Some(line) = line.as_object_mut() {
        line.insert("previous".to_owned(), previous.into());
    }
    let mut file =
        std::fs::OpenOptions::new().create(true).append(true).open(path).map_err(|error| fault(&error))?;
    writeln!(file, "{line}").and_then(|()| file.sync_all()).map_err(|error| fault(&error))
}

/// How certgate signs with a key of this kind.
pub(crate) fn default_scheme(key: &PublicKey) -> Option<SignatureScheme> {
    match key.material() {
        KeyMaterial::Rsa { .. } => Some(SignatureScheme::RsaPkcs1(HashFunction::Sha256)),
        KeyMaterial::Ec { curve, .. } => Some(SignatureScheme::Ecdsa(match curve {
            Curve::P256 => HashFunction::Sha256,
            Curve::P384 => HashFunction::Sha384,
            Curve::P521 => HashFunction::Sha512,
            _ => return None,
        })),
        KeyMaterial::Ed25519(_) => Some(SignatureScheme::Ed25519),
        _ => None,
    }
}

/// The request of a file in PEM, as the request file carries it.
pub(crate) fn request_pem(request: &Request) -> String {
    pem::encode("CERTIFICATE REQUEST", request.der())
}

fn sha256(bytes: &[u8]) -> String {
    crate::hex::encode(&HashFunction::Sha256.digest(bytes))
}

fn octets(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: &u8| char::from(*digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    text.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => digit(high)?.checked_mul(16)?.checked_add(digit(low)?),
            _ => None,
        })
        .collect()
}
