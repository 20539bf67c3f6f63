//! Who issues. Whatever comes back is judged by the caller; nothing here is believed.

mod exec;
mod http;
mod kubernetes;
mod local;
mod vault;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::{Bundle, Decision, Request};

use super::{Failure, LoadedTarget};

/// What is asked for.
pub(super) struct Order<'a> {
    pub(super) target: &'a LoadedTarget,
    pub(super) request: &'a Request,
    /// The request in PEM.
    pub(super) pem: String,
    /// What the target's policy says of it; an approving one, if there is a policy.
    pub(super) decision: Option<&'a Decision>,
    pub(super) now: Timestamp,
    /// Ends waiting.
    pub(super) stop: &'a AtomicBool,
}

/// The certificate and those above it, as the issuer gives them, the leaf first.
pub(super) fn issue(order: &Order<'_>) -> Result<Vec<Arc<Certificate>>, Failure> {
    let plan = &order.target.document.issuer;
    match (&plan.local, &plan.exec, &plan.vault, &plan.kubernetes) {
        (Some(local), ..) => local::issue(local, order),
        (_, Some(exec), ..) => exec::issue(exec, order),
        (_, _, Some(vault), _) => vault::issue(vault, order),
        (.., Some(kubernetes)) => kubernetes::issue(kubernetes, order),
        (None, None, None, None) => Err("there is no issuer".to_owned().into()),
    }
}

/// The certificates of a text in PEM, the one for our key first.
fn chain(order: &Order<'_>, text: &[u8]) -> Result<Vec<Arc<Certificate>>, Failure> {
    let bundle =
        Bundle::parse(text).map_err(|error| format!("what the issuer gave cannot be read: {error}"))?;
    let mut certificates = bundle.certificates().to_vec();
    let ours = |certificate: &Arc<Certificate>| {
        certificate.public_key().der() == order.request.as_core().public_key().der()
    };
    match certificates.iter().position(ours) {
        Some(position) => {
            let leaf = certificates.remove(position);
            certificates.insert(0, leaf);
            Ok(certificates)
        }
        None => Err("what the issuer gave is for another key".to_owned().into()),
    }
}
