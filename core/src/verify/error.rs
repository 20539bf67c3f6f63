use std::fmt;
use std::sync::Arc;

use super::budget::WorkDone;
use crate::certificate::Certificate;
use crate::diagnostic::{Code, Diagnostic};

/// A path that was tried and did not hold.
#[derive(Clone, Debug)]
pub struct TriedPath {
    /// The certificates, leaf first, up to where it stopped.
    pub certificates: Vec<Arc<Certificate>>,
    /// Why it stopped; the path within it begins with `path` and the index of the certificate.
    pub diagnostic: Diagnostic,
}

/// The certificate was not verified.
#[derive(Clone, Debug)]
pub struct VerificationError {
    /// At least one, the best first.
    reasons: Vec<Diagnostic>,
    tried: Vec<TriedPath>,
    paths: usize,
    work: WorkDone,
}

impl VerificationError {
    /// Ranks the paths: the first diagnostic is that of the most telling one.
    pub(super) fn new(
        ended_by: Option<Diagnostic>,
        mut tried: Vec<TriedPath>,
        paths: usize,
        work: WorkDone,
    ) -> Self {
        tried.sort_by_key(|path| std::cmp::Reverse(rank(path)));
        let best = ended_by.or_else(|| tried.first().map(|path| path.diagnostic.clone()));
        let best = best.unwrap_or_else(|| {
            Diagnostic::new(crate::diagnostic::codes::VERIFY_ISSUER_UNKNOWN, "no path was found")
        });
        let related = tried.iter().map(|path| path.diagnostic.clone()).collect();
        Self { reasons: vec![best.with_related(related)], tried, paths, work }
    }

    /// The leaf itself is at fault, whatever lies above it: one path with all that is wrong, `first` first.
    pub(super) fn of_leaf(
        leaf: Arc<Certificate>,
        first: Diagnostic,
        others: Vec<Diagnostic>,
        work: WorkDone,
    ) -> Self {
        let tried = vec![TriedPath { certificates: vec![leaf], diagnostic: first.clone() }];
        let reasons = std::iter::once(first).chain(others).collect();
        Self { reasons, tried, paths: 1, work }
    }

    /// The best reason, with one related entry for each path that was tried; where the leaf itself is at fault, everything
    /// that is wrong with it.
    pub fn reasons(&self) -> &[Diagnostic] {
        &self.reasons
    }

    /// The code of the best reason.
    pub fn code(&self) -> Code {
        self.reasons.first().map_or(crate::diagnostic::codes::VERIFY_ISSUER_UNKNOWN, Diagnostic::code)
    }

    /// The paths that were tried, the most telling first.
    pub fn tried(&self) -> &[TriedPath] {
        &self.tried
    }

    /// How many paths were tried; [`VerificationError::tried`] has at most as many as
    /// [`super::VerifyLimits::reported_paths`] says.
    pub fn paths(&self) -> usize {
        self.paths
    }

    /// What the verification did.
    pub fn work(&self) -> WorkDone {
        self.work
    }
}

impl fmt::Display for VerificationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, reason) in self.reasons.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{reason}")?;
        }
        Ok(())
    }
}

impl std::error::Error for VerificationError {}

/// How telling a failure is: a revoked or constrained certificate on a path to an anchor says more than an issuer that is
/// not at hand; among equals the longer path.
fn rank(path: &TriedPath) -> (u8, usize) {
    let weight = match path.diagnostic.code().as_str() {
        code if code.starts_with("limit/") => 9,
        "verify/revoked" => 8,
        "verify/revocation-unknown" | "verify/policy-required" => 7,
        "verify/issuer-unknown" => 2,
        "verify/signature" => 1,
        "verify/loop" | "verify/depth" => 0,
        "verify/expired" | "verify/not-yet-valid" => 4,
        _ => 5,
    };
    (weight, path.certificates.len())
}
