//! `sign-verbatim`: what the request asks for, whatever the role says of names, keys and usages.

use super::{Rule, time};
use crate::diagnostic::path::steps;
use crate::extension::{BasicConstraints, KeyUsage, KeyUsageBit};
use crate::oid;
use crate::policy::compat::{Case, Issued, Stop, seen};

pub(super) fn judge(rule: &Rule, case: &mut Case<'_>) -> Result<Issued, Stop> {
    case.check_possession()?;
    if seen::basic_constraints(case.request).is_some() {
        let at = steps!["extensions", "basicConstraints"];
        case.altered("basicConstraints of the request is left out", at);
    }
    let (not_before, not_after) = time::verbatim(rule, case)?;
    let typed = [oid::SUBJECT_ALT_NAME, oid::KEY_USAGE, oid::EXTENDED_KEY_USAGE, oid::BASIC_CONSTRAINTS];
    let copied = case.request.extensions().iter().filter(|extension| !typed.contains(extension.oid()));
    Ok(Issued {
        subject: seen::whole_subject(case.request),
        names: case.request.subject_alt_names().to_vec(),
        key_usage: seen::key_usage(case.request).unwrap_or_else(default_usage),
        extended_key_usage: seen::extended_key_usage(case.request).unwrap_or_default(),
        basic_constraints: BasicConstraints::default(),
        not_before,
        not_after,
        extensions: copied.cloned().collect(),
    })
}

fn default_usage() -> KeyUsage {
    [KeyUsageBit::DigitalSignature, KeyUsageBit::KeyAgreement, KeyUsageBit::KeyEncipherment]
        .into_iter()
        .collect()
}
