//! The policy of one certificate of a plan: exactly what the plan says, and nothing else. So even what a plan makes is
//! judged, and approved, before it is signed.

use certgate_bindings::issue::{authority_policy, certificate_policy};
use certgate_bindings::{Error, Policy};

use super::plan::{AuthorityPlan, CertificatePlan};

/// The policy for one CA below another.
pub(super) fn of_authority(id: &str, plan: &AuthorityPlan) -> Result<Policy, Error> {
    authority_policy(id, &plan.subject, plan.lifetime.0, plan.path_length)
}

/// The policy for one certificate of an end entity.
pub(super) fn of_certificate(id: &str, plan: &CertificatePlan) -> Result<Policy, Error> {
    certificate_policy(id, &plan.subject, &plan.names, &plan.purposes, plan.lifetime.0)
}
