//! Several policies together.

use super::Policy;
use super::context::Context;
use super::decision::{Approval, Decision, Denied, Outcome};
use crate::diagnostic::{Diagnostic, codes, path::steps, quote};
use crate::request::CertificationRequest;

/// How several policies decide together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Combination {
    /// The first policy that allows the request decides. Policies that are not applicable have no say.
    #[default]
    Any,
    /// Every policy that is applicable must allow the request, and they must all mean the same certificate.
    All,
    /// The policy with this id decides alone.
    Named(String),
}

impl Combination {
    /// The word of the interface: `any`, `all` or `named`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::All => "all",
            Self::Named(_) => "named",
        }
    }
}

/// Several policies, in order.
#[derive(Clone, Debug, Default)]
pub struct PolicySet {
    policies: Vec<Policy>,
    combination: Combination,
}

/// What several policies say of a request together.
#[derive(Clone, Debug)]
pub struct SetDecision {
    outcome: Outcome,
    /// The decision of each policy that was asked, in order.
    decisions: Vec<Decision>,
    /// Which of them decided.
    decided_by: Option<usize>,
    reasons: Vec<Diagnostic>,
}

impl PolicySet {
    /// A set of policies. An empty one allows nothing.
    pub fn new(policies: Vec<Policy>, combination: Combination) -> Self {
        Self { policies, combination }
    }

    /// The policies, in order.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// How they decide together.
    pub fn combination(&self) -> &Combination {
        &self.combination
    }

    /// Judges a request by every policy that has a say. A denial is a value, never an error.
    pub fn evaluate(&self, request: &CertificationRequest, context: &Context) -> SetDecision {
        let asked = self.policies.iter().filter(|policy| match &self.combination {
            Combination::Any | Combination::All => true,
            Combination::Named(id) => *policy.identity().id == **id,
        });
        let decisions: Vec<Decision> = asked.map(|policy| policy.evaluate(request, context)).collect();
        if decisions.is_empty() {
            return SetDecision {
                outcome: Outcome::NotApplicable,
                decisions,
                decided_by: None,
                reasons: vec![self.nothing_loaded()],
            };
        }
        let allowing = decisions.iter().position(Decision::is_allowed);
        let denying = decisions.iter().position(|decision| decision.outcome() == Outcome::Denied);
        let (outcome, decided_by) = match (&self.combination, allowing, denying) {
            (Combination::All, _, Some(index)) => (Outcome::Denied, Some(index)),
            (_, Some(index), _) => (Outcome::Allowed, Some(index)),
            (_, None, Some(index)) => (Outcome::Denied, Some(index)),
            (_, None, None) => (Outcome::NotApplicable, None),
        };
        let mut decision = SetDecision { outcome, decisions, decided_by, reasons: Vec::new() };
        if decision.outcome == Outcome::Allowed && self.combination == Combination::All {
            decision.check_templates();
        }
        decision
    }

    fn nothing_loaded(&self) -> Diagnostic {
        match &self.combination {
            Combination::Named(id) => Diagnostic::new(
                codes::POLICY_NONE_LOADED,
                format!("no policy with the id {} is loaded", quote(id)),
            )
            .with_found(id.as_str())
            .with_expected(
                self.policies.iter().map(|policy| policy.identity().id.to_string()).collect::<Vec<_>>(),
            ),
            _ => Diagnostic::new(codes::POLICY_NONE_LOADED, "no policy is loaded"),
        }
    }
}

impl SetDecision {
    /// Policies that must all allow must all mean the same certificate: only what every one of them judged is issued.
    fn check_templates(&mut self) {
        let mut templates =
            self.decisions.iter().filter_map(|decision| Some((decision, decision.template()?)));
        let Some((first, template)) = templates.next() else { return };
        let other = templates.find(|(_, other)| *other != template).map(|(other, _)| other);
        if let Some(other) = other {
            self.reasons.push(
                Diagnostic::new(
                    codes::POLICY_SET_CONFLICT,
                    format!(
                        "the policies `{}` and `{}` both allow the request, and mean different certificates",
                        first.policy().id,
                        other.policy().id
                    ),
                )
                .at(steps!["template"])
                .with_help("make their defaults the same, or ask for usages and a lifetime in so many words"),
            );
            self.outcome = Outcome::Denied;
            self.decided_by = None;
        }
    }

    /// The outcome.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Whether the certificate may be issued.
    pub fn is_allowed(&self) -> bool {
        self.outcome == Outcome::Allowed
    }

    /// The decision of each policy that was asked, in the order of the set: why each that did not decide has not.
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// The decision that settled the outcome.
    pub fn deciding(&self) -> Option<&Decision> {
        self.decided_by.and_then(|index| self.decisions.get(index))
    }

    /// What is wrong with the set as a whole: no policy is loaded, or their certificates differ.
    pub fn reasons(&self) -> &[Diagnostic] {
        &self.reasons
    }

    /// Whether a policy that is enforced stands in the way: see [`super::document::Enforcement`].
    pub fn is_blocked(&self) -> bool {
        if self.is_allowed() {
            return false;
        }
        if self.decisions.is_empty() || !self.reasons.is_empty() {
            return true;
        }
        // A denial that is enforced stands, whatever is tried out beside it; what is not applicable has no say, unless nothing
        // else has.
        self.decisions.iter().any(|decision| decision.outcome() == self.outcome && decision.is_blocked())
    }

    /// The permission to issue, from the policy that decided.
    ///
    /// # Errors
    /// The reasons of every policy, unless the set allows the request.
    pub fn approval(&self) -> Result<Approval, Denied> {
        match self.deciding() {
            Some(decision) if self.is_allowed() => decision.approval(),
            _ => {
                let each = self.decisions.iter().flat_map(|decision| decision.reasons().iter().cloned());
                let mut reasons: Vec<Diagnostic> = self.reasons.iter().cloned().chain(each).collect();
                Diagnostic::sort(&mut reasons);
                Err(Denied::new(self.outcome, reasons))
            }
        }
    }
}
