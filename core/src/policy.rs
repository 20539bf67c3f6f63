//! Policies: which certificates may be issued.
//!
//! A [`PolicyDocument`] is compiled once into a [`Policy`], which refuses documents that cannot be right. Evaluation
//! runs every rule, reports every reason, and resolves the template of the certificate that would be issued.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Error, Path};
use crate::request::CertificationRequest;

#[cfg(feature = "planted")]
pub use compat::planted;

mod analysis;
mod as_requested;
#[cfg(feature = "cel")]
mod cel;
#[cfg(not(feature = "cel"))]
#[path = "policy/cel_absent.rs"]
mod cel;
mod compat;
mod compile;
mod constrain;
mod context;
mod coverage;
mod decision;
mod digest;
pub mod document;
mod evaluate;
mod explain;
mod lint;
mod matcher;
pub mod renewal;
mod rule;
mod set;

pub use analysis::{AtMost, Example, ExampleKey, ExampleKeys};
pub use compat::{Issued, Simulation};
pub use constrain::Constraints;
pub use context::{Context, IssuerReference, Requester};
pub use coverage::{Coverage, Effect};
pub use decision::{Approval, Decision, Denied, Outcome, PolicyIdentity, SubjectAttribute, Template};
pub use digest::PolicyDigest;
pub use document::PolicyDocument;
pub use explain::{Action, Change, Explanation, FieldExplanation, Note, PolicyChange, RequestChange};
pub use rule::{Usage, kubernetes_usages, normal_usage};
pub use set::{Combination, PolicySet, SetDecision};

/// A policy that has been checked and compiled. Cheap to clone and to share between threads.
#[derive(Clone, Debug)]
pub struct Policy {
    compiled: Arc<compile::Compiled>,
}

impl Policy {
    /// Compiles a document. `digest` is that of its canonical form.
    ///
    /// # Errors
    /// All faults of the document, each with its path.
    pub fn compile(document: PolicyDocument, digest: PolicyDigest) -> Result<Self, Error> {
        compile::compile(document, digest).map(|compiled| Self { compiled: Arc::new(compiled) })
    }

    /// Which policy this is.
    pub fn identity(&self) -> &PolicyIdentity {
        &self.compiled.identity
    }

    /// The document that it was made from.
    pub fn document(&self) -> &PolicyDocument {
        &self.compiled.document
    }

    /// What should be looked at in the document, sorted by path and code.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.compiled.warnings
    }

    /// Judges a request. A denial is a value, never an error.
    pub fn evaluate(&self, request: &CertificationRequest, context: &Context) -> Decision {
        evaluate::evaluate(&self.compiled, request, context, None)
    }

    /// Every reason against a request, apart from its signature, which is not looked at: what a policy says of a certificate
    /// that is there already. They are reasons and never a decision, so that nothing can be issued by them; sorted by path
    /// and code.
    pub fn review(&self, request: &CertificationRequest, context: &Context) -> Vec<Diagnostic> {
        evaluate::evaluate(&self.compiled, request, &context.for_review(), None).reasons().to_vec()
    }

    /// As [`Policy::evaluate`], and says which rules let something pass: paths into the document, for [`Coverage`].
    pub fn evaluate_traced(
        &self,
        request: &CertificationRequest,
        context: &Context,
    ) -> (Decision, BTreeSet<Path>) {
        let mut passed = BTreeSet::new();
        let decision = evaluate::evaluate(&self.compiled, request, context, Some(&mut passed));
        (decision, passed)
    }
}
