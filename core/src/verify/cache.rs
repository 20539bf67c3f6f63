//! Edges that were verified: which certificate was signed with which key.

use std::collections::{HashSet, VecDeque};
use std::sync::Mutex;

/// The digests of a certificate and of its issuer's SubjectPublicKeyInfo.
pub(super) type Edge = ([u8; 32], [u8; 32]);

/// A bounded set of edges, the oldest leaving first. Only signatures are remembered: time, names and policies are judged
/// anew each time.
pub(super) struct EdgeCache {
    capacity: usize,
    edges: Mutex<Edges>,
}

#[derive(Default)]
struct Edges {
    known: HashSet<Edge>,
    order: VecDeque<Edge>,
}

impl EdgeCache {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, edges: Mutex::default() }
    }

    pub(super) fn contains(&self, edge: &Edge) -> bool {
        self.capacity > 0 && self.edges.lock().is_ok_and(|edges| edges.known.contains(edge))
    }

    pub(super) fn insert(&self, edge: Edge) {
        let Ok(mut edges) = self.edges.lock() else { return };
        if self.capacity == 0 || !edges.known.insert(edge) {
            return;
        }
        edges.order.push_back(edge);
        if edges.order.len() > self.capacity
            && let Some(oldest) = edges.order.pop_front()
        {
            edges.known.remove(&oldest);
        }
    }
}
