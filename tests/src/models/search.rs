//! Random trust graphs, and a search that tries every path.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::thread::LocalKey;

use certgate::certificate::Certificate;
use certgate::time::Timestamp;
use certgate::verify::{Profile, Purpose, Verifier, VerifyParameters};

use super::read;
use crate::certificate::{AT, BASIC_CONSTRAINTS, Cert, path_length};
use crate::der::seq;

/// What the model knows of a certificate; CAs have one of four names and one of two keys each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Issued {
    pub subject: u8,
    pub key: u8,
    pub issuer: u8,
    /// The key of that name that signs.
    pub signer: u8,
    pub valid: bool,
    pub ca: bool,
    pub length: Option<u8>,
}

/// Certificates, and a leaf by the name and the key that issued it.
#[derive(Clone, Debug)]
pub struct Graph {
    pub pool: Vec<Issued>,
    pub anchors: Vec<Issued>,
    pub leaf: (u8, u8),
    pub source: Source,
}

/// Where the verifier has the pool from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    Known,
    Presented,
}

impl Graph {
    /// Whether any way from the leaf to an anchor holds: every one is tried.
    pub fn has_path(&self) -> bool {
        any_path(&mut Vec::new(), self.leaf, &self.pool, &self.anchors)
    }

    /// What the engine says, twice by the same verifier: what is remembered changes no verdict.
    pub fn verify(&self) -> [Result<(), String>; 2] {
        let certificates: Vec<_> = self.pool.iter().map(Issued::certificate).collect();
        let (known, sent) = match self.source {
            Source::Known => (certificates, Vec::new()),
            Source::Presented => (Vec::new(), certificates),
        };
        let anchors = self.anchors.iter().map(Issued::certificate);
        let verifier = Verifier::new(anchors, known, Profile::Private);
        let at = Timestamp::from_rfc3339(AT).expect("a time");
        let parameters = VerifyParameters::new(at, Purpose::Server).with_presented(&sent);
        let (issuer, signer) = self.leaf;
        let leaf = signed(&LEAVES, self.leaf, || {
            Cert::leaf("a.example.com", &ca_name(issuer)).signed_by(&key_name(issuer, signer))
        });
        let verdict = || verifier.verify(&leaf, &parameters).map(|_| ()).map_err(|error| error.to_string());
        [verdict(), verdict()]
    }
}

/// Certificates that were signed before: there are few different ones, and signing takes longer than all else.
type Signed<K> = RefCell<HashMap<K, Arc<Certificate>>>;

thread_local! {
    static CAS: Signed<Issued> = RefCell::default();
    static LEAVES: Signed<(u8, u8)> = RefCell::default();
}

fn signed<K: Eq + Hash>(
    known: &'static LocalKey<Signed<K>>,
    key: K,
    cert: impl FnOnce() -> Cert,
) -> Arc<Certificate> {
    known.with_borrow_mut(|known| Arc::clone(known.entry(key).or_insert_with(|| read(&cert()))))
}

fn ca_name(number: u8) -> String {
    format!("ca {number}")
}

fn key_name(name: u8, key: u8) -> String {
    format!("ca {name} key {key}")
}

impl Issued {
    fn certificate(&self) -> Arc<Certificate> {
        signed(&CAS, self.clone(), || self.cert())
    }

    fn cert(&self) -> Cert {
        let mut cert = Cert::ca(&ca_name(self.subject), &ca_name(self.issuer))
            .key(&key_name(self.subject, self.key))
            .signed_by(&key_name(self.issuer, self.signer));
        if !self.valid {
            cert = cert.valid("200101000000Z", "210101000000Z");
        }
        match (self.ca, self.length) {
            (false, _) => cert.with(BASIC_CONSTRAINTS, true, &seq(&[])),
            (true, Some(length)) => cert.with(BASIC_CONSTRAINTS, true, &path_length(length)),
            (true, None) => cert,
        }
    }

    fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Whether it may stand above these, leaf not included, and signed the last of them.
    fn fits_above(&self, below: &[&Issued], leaf: (u8, u8)) -> bool {
        let (issuer, signer) = below.last().map_or(leaf, |child| (child.issuer, child.signer));
        let counted = below.iter().filter(|cert| !cert.is_self_issued()).count();
        let has_room = self.length.is_none_or(|length| counted <= usize::from(length));
        issuer == self.subject && signer == self.key && self.valid && self.ca && has_room
    }
}

/// Whether any way from the leaf to an anchor holds; no certificate stands twice in one.
fn any_path<'a>(
    below: &mut Vec<&'a Issued>,
    leaf: (u8, u8),
    pool: &'a [Issued],
    anchors: &'a [Issued],
) -> bool {
    if anchors.iter().any(|anchor| anchor.fits_above(below, leaf)) {
        return true;
    }
    for candidate in pool {
        if below.iter().any(|one| std::ptr::eq(*one, candidate)) || !candidate.fits_above(below, leaf) {
            continue;
        }
        below.push(candidate);
        let found = any_path(below, leaf, pool, anchors);
        below.pop();
        if found {
            return true;
        }
    }
    false
}
