//! What a verifier remembers: edges that were verified, and keys that are ready to verify more.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex};

use crate::certificate::Certificate;
use crate::crypto::{CryptoProvider, PreparedKey, Verification};

/// The digests of a certificate and of its issuer's SubjectPublicKeyInfo: which certificate was signed with which key.
pub(super) type Edge = ([u8; 32], [u8; 32]);

/// Edges that were verified. Only signatures are remembered: time, names and policies are judged anew each time.
pub(super) type EdgeCache = Bounded<Edge, ()>;

/// Keys of issuers that their back end has made ready, by the digests of their SubjectPublicKeyInfo.
pub(super) type KeyCache = Bounded<[u8; 32], Arc<dyn PreparedKey>>;

/// A bounded map, the oldest entry leaving first.
pub(super) struct Bounded<K, V> {
    capacity: usize,
    entries: Mutex<Entries<K, V>>,
}

struct Entries<K, V> {
    known: HashMap<K, V>,
    order: VecDeque<K>,
}

impl<K: Copy + Eq + Hash, V: Clone> Bounded<K, V> {
    pub(super) fn new(capacity: usize) -> Self {
        let entries = Entries { known: HashMap::new(), order: VecDeque::new() };
        Self { capacity, entries: Mutex::new(entries) }
    }

    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        if self.capacity == 0 {
            return None;
        }
        self.entries.lock().ok()?.known.get(key).cloned()
    }

    pub(super) fn insert(&self, key: K, value: V) {
        let Ok(mut entries) = self.entries.lock() else { return };
        if self.capacity == 0 || entries.known.insert(key, value).is_some() {
            return;
        }
        entries.order.push_back(key);
        if entries.order.len() > self.capacity
            && let Some(oldest) = entries.order.pop_front()
        {
            entries.known.remove(&oldest);
        }
    }
}

impl KeyCache {
    /// Verifies one signature under the key of `issuer`. A key that has signed something is kept ready for the next.
    pub(super) fn verify(
        &self,
        issuer: &Certificate,
        verification: &Verification<'_>,
        crypto: &CryptoProvider,
    ) -> bool {
        let digest = issuer.key_digest();
        if let Some(ready) = self.get(digest) {
            return ready.verify(verification.scheme, verification.message, verification.signature);
        }
        let Some(key) = crypto.prepare(issuer.public_key()) else { return crypto.verify(verification) };
        let holds = key.verify(verification.scheme, verification.message, verification.signature);
        if holds {
            self.insert(*digest, key.into());
        }
        holds
    }
}
