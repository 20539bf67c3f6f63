//! x509-limbo: a suite of certification paths with their verdicts.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use certgate::certificate::Certificate;
use certgate::crl::CertificateList;
use certgate::extension::{KeyUsage, KeyUsageBit};
use certgate::pem;
use certgate::time::Timestamp;
use certgate::verify::{PeerName, Profile, Purpose, Verifier, VerifyParameters};
use serde::Deserialize;

/// A file of cases.
#[derive(Deserialize)]
pub struct Limbo {
    pub testcases: Vec<Case>,
}

/// One case, with the fields that decide it.
#[derive(Deserialize)]
pub struct Case {
    pub id: String,
    pub validation_kind: String,
    pub trusted_certs: Vec<String>,
    pub untrusted_intermediates: Vec<String>,
    pub peer_certificate: String,
    pub validation_time: Option<String>,
    #[serde(default)]
    pub key_usage: Vec<String>,
    #[serde(default)]
    pub extended_key_usage: Vec<String>,
    pub expected_result: String,
    pub expected_peer_name: Option<Name>,
    #[serde(default)]
    pub expected_peer_names: Vec<Name>,
    pub max_chain_depth: Option<u32>,
    #[serde(default)]
    pub crls: Vec<String>,
}

#[derive(Deserialize)]
pub struct Name {
    pub kind: String,
    pub value: String,
}

/// What became of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Right,
    FalseAccept,
    FalseReject(String),
    /// The case could not be put to the verifier.
    Skipped(String),
}

impl Limbo {
    /// Reads a file, gzip or plain.
    pub fn read(path: &Path) -> Result<Self, String> {
        let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut text = Vec::new();
        if bytes.starts_with(&[0x1f, 0x8b]) {
            flate2::read::GzDecoder::new(bytes.as_slice())
                .read_to_end(&mut text)
                .map_err(|error| format!("{}: {error}", path.display()))?;
        } else {
            text = bytes;
        }
        serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))
    }
}

impl Case {
    /// The part of the id before the first `::`.
    pub fn namespace(&self) -> &str {
        let two = self.id.starts_with("bettertls::");
        let end = self.id.match_indices("::").nth(usize::from(two)).map(|(at, _)| at);
        &self.id[..end.unwrap_or(self.id.len())]
    }

    /// The suite has no field for it: ids of the Web PKI go to its profile, all others to RFC 5280.
    pub fn profile(&self) -> Profile {
        if self.id.starts_with("webpki::") { Profile::WebPki } else { Profile::Rfc5280 }
    }

    /// Puts the case to the verifier, reading included.
    pub fn run(&self, now: Timestamp) -> (Outcome, Duration) {
        let start = Instant::now();
        let verdict = self.verify(now);
        let elapsed = start.elapsed();
        let outcome = match verdict {
            Err(Verdict::Skipped(why)) => Outcome::Skipped(why),
            Ok(()) => self.judge(true, ""),
            Err(Verdict::Refused(why)) => self.judge(false, &why),
        };
        (outcome, elapsed)
    }

    /// What a verdict is worth.
    pub fn judge(&self, accepted: bool, why: &str) -> Outcome {
        match (accepted, self.expected_result.as_str()) {
            (true, "SUCCESS") | (false, "FAILURE") => Outcome::Right,
            (true, _) => Outcome::FalseAccept,
            (false, _) => Outcome::FalseReject(why.to_owned()),
        }
    }

    /// Why the verifier refuses the case; `None` if it accepts it.
    pub fn refusal(&self, now: Timestamp) -> Option<String> {
        match self.verify(now) {
            Ok(()) => None,
            Err(Verdict::Refused(why) | Verdict::Skipped(why)) => Some(why),
        }
    }

    fn verify(&self, now: Timestamp) -> Result<(), Verdict> {
        let at = match &self.validation_time {
            Some(text) => {
                Timestamp::from_rfc3339(text).ok_or_else(|| Verdict::Skipped(format!("time {text}")))?
            }
            None => now,
        };
        // One bad certificate in a pool is no reason not to look at the others.
        let pool = |texts: &[String]| -> Vec<Arc<Certificate>> {
            texts.iter().filter_map(|text| parse(text).ok()).map(Arc::new).collect()
        };
        let leaf = parse(&self.peer_certificate)
            .map_err(|error| Verdict::Refused(format!("the peer's certificate: {error}")))?;
        let anchors = pool(&self.trusted_certs);
        let intermediates = pool(&self.untrusted_intermediates);
        let purpose = match (self.extended_key_usage.as_slice(), self.validation_kind.as_str()) {
            ([], "SERVER") => Purpose::Server,
            ([], _) => Purpose::Client,
            ([one], _) => Purpose::parse(one).ok_or_else(|| Verdict::Skipped(format!("purpose {one}")))?,
            (several, _) => return Err(Verdict::Skipped(format!("purposes {several:?}"))),
        };
        let names = self
            .expected_peer_name
            .iter()
            .chain(&self.expected_peer_names)
            .map(|name| {
                let parsed = match name.kind.as_str() {
                    "DNS" => PeerName::dns(&name.value),
                    "RFC822" => PeerName::email(&name.value),
                    _ => PeerName::parse(&name.value),
                };
                // What is no name is the name of no certificate.
                parsed.ok_or_else(|| Verdict::Refused(format!("the name {} is none", name.value)))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let usage: KeyUsage = self.key_usage.iter().filter_map(|bit| KeyUsageBit::from_name(bit)).collect();
        // The suite's intermediates are a pool of the verifier, which has no cap.
        let verifier = Verifier::new(anchors, intermediates, self.profile());
        let mut parameters = VerifyParameters::new(at, purpose).with_names(names).with_key_usage(usage);
        if let Some(depth) = self.max_chain_depth {
            parameters = parameters.with_depth(depth);
        }
        let lists: Vec<Arc<CertificateList>> = self
            .crls
            .iter()
            .filter_map(|text| CertificateList::from_bytes(text.as_bytes()).ok())
            .map(Arc::new)
            .collect();
        if !self.crls.is_empty() {
            parameters = parameters.with_revocation_lists(&lists);
        }
        verifier
            .verify(&Arc::new(leaf), &parameters)
            .map(|_| ())
            .map_err(|error| Verdict::Refused(error.to_string()))
    }
}

enum Verdict {
    Refused(String),
    Skipped(String),
}

/// A certificate of the suite: one PEM block, leading text allowed.
fn parse(text: &str) -> Result<Certificate, certgate::diagnostic::Error> {
    match der(text) {
        Some(der) => Certificate::from_der(&der),
        None => Certificate::from_bytes(text.as_bytes()),
    }
}

/// What the first PEM block of a text holds.
pub fn der(text: &str) -> Option<Vec<u8>> {
    let blocks = pem::blocks(text, &certgate::limits::Limits::default()).ok()?;
    Some(blocks.first()?.decode().ok()?.octets)
}
