//! What one verification may cost, and what it did cost.

use std::collections::HashSet;

use super::cache::Edge;
use crate::diagnostic::{Code, Diagnostic, codes};

/// Bytes of names that one comparison may read: most names are shorter.
const COMPARED_AS_ONE: usize = 128;

/// Comparisons that it takes as long as to make as many bytes comparable: NFKC and IDNA read them several times.
const PREPARED_AS: u32 = 16;

/// Bounds for one verification. They are the same on every platform.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifyLimits {
    /// Signatures that are verified, or were and are remembered: hostile input 95 sets 100.
    pub signatures: u32,
    /// Certificates that are tried as issuers: a pool of 100 cross-signed CAs has 10,000 edges.
    pub steps: u32,
    /// Names held against name constraints or issuers of revocation entries, a long one counting as several, one for 128 bytes
    /// of its comparable form: hostile input 97 sets 250,000.
    pub name_comparisons: u32,
    /// Edges of the policy graph: 32 certificates of 100 policies each need 3,200; RFC 9618 makes it linear in them.
    pub policy_edges: u32,
    /// Certificates that a peer presents: hostile input 106 sets 64.
    pub presented: usize,
    /// Issuers of revocation lists whose own paths wait for one another: PKITS needs 2.
    pub list_issuers: usize,
    /// Certificates of a path, leaf and anchor included: public paths have at most 6, PKITS has 8.
    pub path: usize,
    /// Paths that a failure reports; the others are counted.
    pub reported_paths: usize,
}

impl Default for VerifyLimits {
    fn default() -> Self {
        Self {
            signatures: 100,
            steps: 10_000,
            name_comparisons: 250_000,
            policy_edges: 100_000,
            presented: 64,
            list_issuers: 4,
            path: 32,
            reported_paths: 32,
        }
    }
}

/// What a verification did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkDone {
    /// Signatures that were verified.
    pub signatures: u32,
    /// Signatures that were remembered from an earlier verification.
    pub remembered: u32,
    /// Certificates that were tried as issuers.
    pub steps: u32,
    /// Names that were held against name constraints or issuers of revocation entries; each 128 bytes of a long one count.
    pub name_comparisons: u32,
    /// Edges of policy graphs.
    pub policy_edges: u32,
}

/// Counts work and ends it at a limit.
pub(super) struct Work<'l> {
    limits: &'l VerifyLimits,
    pub(super) done: WorkDone,
    /// Signatures that hold and have been counted.
    counted: HashSet<Edge>,
    spent: Option<Diagnostic>,
}

impl<'l> Work<'l> {
    pub(super) fn new(limits: &'l VerifyLimits) -> Self {
        Self { limits, done: WorkDone::default(), counted: HashSet::new(), spent: None }
    }

    pub(super) fn limits(&self) -> &'l VerifyLimits {
        self.limits
    }

    /// The limit that ended the work, if one did.
    pub(super) fn spent(&self) -> Option<&Diagnostic> {
        self.spent.as_ref()
    }

    pub(super) fn sign(&mut self) -> Result<(), Diagnostic> {
        self.done.signatures = self.done.signatures.saturating_add(1);
        self.hold_signatures()
    }

    /// A signature that is remembered from an earlier verification counts for the limit too: what a verifier has seen before must not
    /// change the answer.
    pub(super) fn remember(&mut self, edge: &Edge) -> Result<(), Diagnostic> {
        if !self.counted.insert(*edge) {
            return Ok(());
        }
        self.done.remembered = self.done.remembered.saturating_add(1);
        self.hold_signatures()
    }

    /// The signature has been verified, and counted with it.
    pub(super) fn verified(&mut self, edge: &Edge) {
        self.counted.insert(*edge);
    }

    fn hold_signatures(&mut self) -> Result<(), Diagnostic> {
        let done = self.done.signatures.saturating_add(self.done.remembered);
        self.hold(done, self.limits.signatures, codes::LIMIT_PATH_SIGNATURES, "signatures")
    }

    pub(super) fn step(&mut self) -> Result<(), Diagnostic> {
        self.done.steps = self.done.steps.saturating_add(1);
        self.hold(self.done.steps, self.limits.steps, codes::LIMIT_PATH_STEPS, "steps")
    }

    /// A comparison of names of so many bytes.
    pub(super) fn compare(&mut self, bytes: usize) -> Result<(), Diagnostic> {
        self.count_comparisons(units(bytes).saturating_add(1))
    }

    /// A name was made comparable, in a form of so many bytes. A short one costs nothing of its own.
    pub(super) fn prepare(&mut self, bytes: usize) -> Result<(), Diagnostic> {
        self.count_comparisons(units(bytes).saturating_mul(PREPARED_AS))
    }

    fn count_comparisons(&mut self, number: u32) -> Result<(), Diagnostic> {
        self.done.name_comparisons = self.done.name_comparisons.saturating_add(number);
        let limit = self.limits.name_comparisons;
        self.hold(self.done.name_comparisons, limit, codes::LIMIT_NAME_COMPARISONS, "comparisons of names")
    }

    pub(super) fn edge(&mut self) -> Result<(), Diagnostic> {
        self.done.policy_edges = self.done.policy_edges.saturating_add(1);
        let limit = self.limits.policy_edges;
        self.hold(self.done.policy_edges, limit, codes::LIMIT_POLICY_EDGES, "edges of the policy graph")
    }

    fn hold(&mut self, done: u32, limit: u32, code: Code, what: &str) -> Result<(), Diagnostic> {
        if done <= limit {
            return Ok(());
        }
        let diagnostic =
            Diagnostic::new(code, format!("the path needs more than {limit} {what}")).with_expected(limit);
        self.spent.get_or_insert_with(|| diagnostic.clone());
        Err(diagnostic)
    }
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_euclid(COMPARED_AS_ONE)).unwrap_or(u32::MAX)
}
