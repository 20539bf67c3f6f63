//! Who asks: what an object says of its requester against who sent it.

use std::collections::{BTreeMap, BTreeSet};

use certgate_bindings::certgate::diagnostic::{Diagnostic, codes, quote};
use certgate_bindings::view::DiagnosticView;
use certgate_bindings::{ContextDocument, RequesterDocument};

use crate::review::UserInfo;

/// Makes the sender of a new object its requester. Approvals are judged later by what the object says of its requester;
/// so the object must say the same.
///
/// # Errors
/// Each field of `spec` that names somebody else. The API server fills these fields of a CertificateSigningRequest, and
/// cert-manager's own webhook those of a CertificateRequest, in no order with this one.
pub(crate) fn adopt(context: &mut ContextDocument, sender: &UserInfo) -> Result<(), Vec<DiagnosticView>> {
    let mut faults = Vec::new();
    if let Some(claimed) = &context.requester {
        let mut differs = |field: &'static str, message: String| {
            faults.push(DiagnosticView::new(
                &Diagnostic::new(codes::CONTEXT_VALUE, message).at(["spec", field]),
            ));
        };
        if claimed.username != sender.username {
            let (claimed, sender) = (quote(&claimed.username), quote(&sender.username));
            differs(
                "username",
                format!("`spec.username` is {claimed}, and the request was sent by {sender}"),
            );
        }
        if groups(&claimed.groups) != groups(&sender.groups) {
            differs("groups", "`spec.groups` are not the groups of the sender".to_owned());
        }
        if values(&claimed.extra) != values(&sender.extra) {
            differs("extra", "`spec.extra` is not what is known of the sender".to_owned());
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    context.requester = Some(RequesterDocument {
        username: sender.username.clone(),
        groups: sender.groups.clone(),
        extra: sender.extra.clone(),
    });
    Ok(())
}

fn groups(groups: &[String]) -> BTreeSet<&str> {
    groups.iter().map(String::as_str).collect()
}

/// Keys of extra attributes without values say nothing.
fn values(extra: &BTreeMap<String, Vec<String>>) -> BTreeMap<&str, &[String]> {
    extra
        .iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(key, values)| (key.as_str(), values.as_slice()))
        .collect()
}
