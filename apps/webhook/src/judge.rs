//! One request under all policies of a set: which apply, what each says, and what that means together.

use certgate_bindings::certgate::policy::Outcome;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::kubernetes::KubernetesRequest;
use certgate_bindings::view::DiagnosticView;
use certgate_bindings::{Error, Request};

use crate::config::Mode;
use crate::policies::PolicySet;

/// What the policies of a set say of a request.
pub(crate) struct Judgement {
    /// What each policy said that applies, in the order of their files.
    pub(crate) opinions: Vec<Opinion>,
    /// Why the others do not apply.
    pub(crate) passed_over: Vec<Opinion>,
    /// SHA-256 of the request's public key, for logs: the request itself is in none.
    pub(crate) key_sha256: String,
}

/// What one policy says.
pub(crate) struct Opinion {
    pub(crate) policy: String,
    pub(crate) digest: String,
    pub(crate) mode: Mode,
    pub(crate) is_allowed: bool,
    pub(crate) reasons: Vec<DiagnosticView>,
    pub(crate) warnings: Vec<DiagnosticView>,
}

impl PolicySet {
    /// Judges a request as `certgate check` does: the same engine, the same context, the same reasons.
    ///
    /// # Errors
    /// A request that cannot be read.
    pub(crate) fn judge(&self, object: &KubernetesRequest, at: Timestamp) -> Result<Judgement, Error> {
        let request = Request::parse(&object.request)?;
        let mut document = object.context.clone();
        document.facts.extend(self.config.facts.clone());
        let context = document.to_context(at)?;
        let mut judgement = Judgement {
            opinions: Vec::new(),
            passed_over: Vec::new(),
            key_sha256: request.fingerprints().public_key_sha256,
        };
        for policy in &self.policies {
            let decision = policy.evaluate(&request, &context);
            let opinion = Opinion {
                policy: policy.id().to_owned(),
                digest: policy.digest().to_owned(),
                mode: self.config.mode(policy.id()).at_most(decision.as_core().enforcement()),
                is_allowed: decision.is_allowed(),
                reasons: decision.reasons(),
                warnings: decision.warnings(),
            };
            match decision.outcome() {
                Outcome::NotApplicable => judgement.passed_over.push(opinion),
                Outcome::Allowed | Outcome::Denied => judgement.opinions.push(opinion),
            }
        }
        Ok(judgement)
    }
}

impl Judgement {
    /// The policies that refuse: they apply, they are enforced, and they do not allow. One is enough.
    pub(crate) fn refusing(&self) -> impl Iterator<Item = &Opinion> {
        self.opinions.iter().filter(|opinion| !opinion.is_allowed && opinion.mode == Mode::Enforce)
    }

    /// `allowed`, `denied`, or `notApplicable` if there is no policy for it.
    pub(crate) fn outcome(&self) -> &'static str {
        if self.opinions.is_empty() {
            "notApplicable"
        } else if self.opinions.iter().all(|opinion| opinion.is_allowed) {
            "allowed"
        } else {
            "denied"
        }
    }
}

/// One line for each reason, with the code first: as `certgate check` prints it in one line.
pub(crate) fn lines<'a>(reasons: impl IntoIterator<Item = &'a DiagnosticView>) -> Vec<String> {
    reasons.into_iter().map(ToString::to_string).collect()
}
