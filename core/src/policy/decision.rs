use std::sync::Arc;

use super::compat::Simulation;
use super::document::Enforcement;
use crate::diagnostic::Diagnostic;
use crate::extension::{BasicConstraints, Extension, KeyUsage};
use crate::key::PublicKey;
use crate::name::GeneralName;
use crate::oid::Oid;
use crate::time::Timestamp;

/// What a policy says of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub(super) policy: PolicyIdentity,
    pub(super) outcome: Outcome,
    pub(super) enforcement: Enforcement,
    pub(super) reasons: Vec<Diagnostic>,
    pub(super) warnings: Vec<Diagnostic>,
    pub(super) template: Option<Arc<Template>>,
    pub(super) simulation: Option<Arc<Simulation>>,
}

/// Which policy decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyIdentity {
    /// The policy's name.
    pub id: Arc<str>,
    /// Digest of its canonical form: `sha256:` and 64 hexadecimal digits.
    pub digest: Arc<str>,
}

/// The three outcomes of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Every rule holds: the certificate of the template may be issued.
    Allowed,
    /// A rule does not hold.
    Denied,
    /// The policy is not meant for this request.
    NotApplicable,
}

impl Outcome {
    /// The word of the interface: `allowed`, `denied` or `notApplicable`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::NotApplicable => "notApplicable",
        }
    }
}

/// Exactly what would be issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The subject's attributes, each in an RDN of its own, in order.
    pub subject: Vec<SubjectAttribute>,
    /// The subject alternative names in order, without repetition.
    pub names: Vec<GeneralName>,
    /// keyUsage, critical.
    pub key_usage: KeyUsage,
    /// extendedKeyUsage; no extension if empty.
    pub extended_key_usage: Vec<Oid>,
    /// basicConstraints, critical.
    pub basic_constraints: BasicConstraints,
    /// First second of the lifetime.
    pub not_before: Timestamp,
    /// Last second of the lifetime.
    pub not_after: Timestamp,
    /// Extensions that are copied from the request.
    pub extensions: Vec<Extension>,
    /// The public key: the only bytes that are taken over from the request besides those extensions.
    pub public_key: PublicKey,
}

impl Template {
    /// Whether subjectAltName is critical: only when the subject is empty (RFC 5280 4.2.1.6).
    pub fn names_are_critical(&self) -> bool {
        self.subject.is_empty()
    }
}

/// One attribute of the subject that would be issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectAttribute {
    /// The attribute's type.
    pub oid: Oid,
    /// Its value.
    pub value: String,
}

impl Decision {
    /// Which policy decided.
    pub fn policy(&self) -> &PolicyIdentity {
        &self.policy
    }

    /// The outcome.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Whether the certificate may be issued.
    pub fn is_allowed(&self) -> bool {
        self.outcome == Outcome::Allowed
    }

    /// What follows from a denial, as the policy says.
    pub fn enforcement(&self) -> Enforcement {
        self.enforcement
    }

    /// Whether the request is to be stopped: it is denied, and the policy is enforced. What is not stopped is not allowed
    /// for that: there is no approval without it.
    pub fn is_blocked(&self) -> bool {
        self.outcome != Outcome::Allowed && self.enforcement == Enforcement::Enforce
    }

    /// Every reason why not, sorted by path and code; empty if allowed.
    pub fn reasons(&self) -> &[Diagnostic] {
        &self.reasons
    }

    /// What should be mended or known and stops nothing, sorted by path and code.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Exactly what would be issued; `None` unless allowed.
    pub fn template(&self) -> Option<&Template> {
        self.template.as_deref()
    }

    /// What the simulated program says, if the policy decides as another program does. The decision is for the request
    /// only if the program is, and every rule that no policy switches off.
    pub fn simulation(&self) -> Option<&Simulation> {
        self.simulation.as_deref()
    }

    /// The permission to issue the certificate of the template, once for each call.
    ///
    /// # Errors
    /// The reasons, unless the decision allows the request.
    pub fn approval(&self) -> Result<Approval, Denied> {
        match (&self.template, self.outcome) {
            (Some(template), Outcome::Allowed) => {
                Ok(Approval { policy: self.policy.clone(), template: Arc::clone(template) })
            }
            _ => Err(Denied { outcome: self.outcome, reasons: self.reasons.clone() }),
        }
    }
}

/// The permission to issue one certificate: exactly that of the template. Only [`Decision::approval`] makes one, and issuing
/// consumes it.
///
/// ```compile_fail,E0451
/// use certgate::policy::{Approval, PolicyIdentity, Template};
/// fn forge(policy: PolicyIdentity, template: std::sync::Arc<Template>) -> Approval {
///     Approval { policy, template }
/// }
/// ```
///
/// ```compile_fail
/// fn twice(approval: certgate::policy::Approval) -> (certgate::policy::Approval, certgate::policy::Approval) {
///     (approval.clone(), approval)
/// }
/// ```
#[derive(Debug)]
pub struct Approval {
    policy: PolicyIdentity,
    template: Arc<Template>,
}

impl Approval {
    /// Which policy gave it.
    pub fn policy(&self) -> &PolicyIdentity {
        &self.policy
    }

    /// What may be issued.
    pub fn template(&self) -> &Template {
        &self.template
    }
}

/// There is no approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    outcome: Outcome,
    reasons: Vec<Diagnostic>,
}

impl Denied {
    pub(super) fn new(outcome: Outcome, reasons: Vec<Diagnostic>) -> Self {
        Self { outcome, reasons }
    }

    /// Denied or not applicable.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Every reason why not.
    pub fn reasons(&self) -> &[Diagnostic] {
        &self.reasons
    }
}

impl std::fmt::Display for Denied {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.reasons.first() {
            Some(reason) => write!(f, "{}: {reason}", self.outcome.as_str()),
            None => f.write_str(self.outcome.as_str()),
        }
    }
}

impl std::error::Error for Denied {}
