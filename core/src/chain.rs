//! Certificates in bulk: a pool that finds the issuers of a certificate, and the order of a bundle.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use crate::certificate::Certificate;
use crate::ocsp::{IssuerHash, key_hash};

mod bundle;
mod read;

pub use bundle::{Bundle, order};
pub use read::{Contents, is_bundle, read};

/// Certificates indexed by subject, and by subject and key identifier, so that finding the issuers of a certificate does
/// not depend on how many others there are.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    certificates: Vec<Arc<Certificate>>,
    digests: HashSet<[u8; 32]>,
    by_subject: HashMap<Box<[u8]>, Subject>,
    /// By the SHA-1 hashes of their keys, once somebody has asked.
    by_key_hash: OnceLock<HashMap<Vec<u8>, Vec<usize>>>,
}

/// The certificates of one subject.
#[derive(Clone, Debug, Default)]
struct Subject {
    all: Vec<usize>,
    by_key: HashMap<Box<[u8]>, Vec<usize>>,
}

impl Pool {
    /// A pool of these certificates; one that comes twice is kept once.
    pub fn new(certificates: impl IntoIterator<Item = Arc<Certificate>>) -> Self {
        let mut pool = Self::default();
        for certificate in certificates {
            pool.add(certificate);
        }
        pool
    }

    fn add(&mut self, certificate: Arc<Certificate>) {
        if !self.digests.insert(*certificate.digest()) {
            return;
        }
        let index = self.certificates.len();
        let subject = self.by_subject.entry(certificate.subject_form().into()).or_default();
        subject.all.push(index);
        if let Some(identifier) = certificate.subject_key_identifier() {
            subject.by_key.entry(identifier.into()).or_default().push(index);
        }
        self.certificates.push(certificate);
    }

    /// Number of certificates.
    pub fn len(&self) -> usize {
        self.certificates.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// All certificates in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Certificate>> {
        self.certificates.iter()
    }

    /// Whether exactly this certificate is in the pool.
    pub fn contains(&self, certificate: &Certificate) -> bool {
        self.by_subject.contains_key(certificate.subject_form())
            && self.digests.contains(certificate.digest())
    }

    /// The certificates whose subject is the issuer of `certificate`, most likely first (RFC 4158 3.5.12): those with the
    /// key identifier that it names, then those without or with another one.
    pub fn issuers<'p>(&'p self, certificate: &Certificate) -> impl Iterator<Item = &'p Arc<Certificate>> {
        let wanted = certificate.authority_key_identifier().and_then(|aki| aki.key_identifier.as_deref());
        self.named(certificate.issuer_form(), wanted)
    }

    /// The certificates with a subject, those with the key identifier `wanted` first.
    pub(crate) fn named<'p>(
        &'p self,
        subject_form: &[u8],
        wanted: Option<&[u8]>,
    ) -> impl Iterator<Item = &'p Arc<Certificate>> {
        let subject = self.by_subject.get(subject_form);
        let matching: &[usize] =
            subject.and_then(|subject| subject.by_key.get(wanted?)).map(Vec::as_slice).unwrap_or_default();
        let all = subject.map(|subject| subject.all.as_slice()).unwrap_or_default();
        let others = without(all, matching);
        matching.iter().chain(others).filter_map(|index| self.certificates.get(*index))
    }

    /// The certificates whose keys have this SHA-1 hash, by which OCSP responders name themselves (RFC 6960 4.2.1).
    pub(crate) fn with_key_hash<'p>(&'p self, hash: &[u8]) -> impl Iterator<Item = &'p Arc<Certificate>> {
        let by_hash = self.by_key_hash.get_or_init(|| {
            let mut by_hash: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
            for (index, certificate) in self.certificates.iter().enumerate() {
                let hash = key_hash(IssuerHash::Sha1, certificate);
                by_hash.entry(hash.unwrap_or_default()).or_default().push(index);
            }
            by_hash
        });
        let indexes = by_hash.get(hash).map(Vec::as_slice).unwrap_or_default();
        indexes.iter().filter_map(|index| self.certificates.get(*index))
    }
}

impl FromIterator<Arc<Certificate>> for Pool {
    fn from_iter<I: IntoIterator<Item = Arc<Certificate>>>(certificates: I) -> Self {
        Self::new(certificates)
    }
}

/// All that is not in `left_out`. Both are in ascending order, so that each is gone through once.
fn without<'a, T: PartialEq>(all: &'a [T], left_out: &'a [T]) -> impl Iterator<Item = &'a T> {
    let mut left_out = left_out.iter().peekable();
    all.iter().filter(move |one| left_out.next_if_eq(one).is_none())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        static COMPARISONS: Cell<usize> = const { Cell::new(0) };
    }

    #[derive(Debug, Eq)]
    struct Counted(usize);

    impl PartialEq for Counted {
        fn eq(&self, other: &Self) -> bool {
            COMPARISONS.set(COMPARISONS.get().saturating_add(1));
            self.0 == other.0
        }
    }

    #[test]
    fn those_of_one_name_are_gone_through_once() {
        const NUMBER: usize = 10_000;
        let all: Vec<Counted> = (0..NUMBER).map(Counted).collect();
        let even: Vec<Counted> = (0..NUMBER).step_by(2).map(Counted).collect();
        let odd: Vec<usize> = without(&all, &even).map(|one| one.0).collect();
        assert!(odd.iter().copied().eq((1..NUMBER).step_by(2)));
        assert!(COMPARISONS.get() <= NUMBER, "{} comparisons", COMPARISONS.get());
    }
}
