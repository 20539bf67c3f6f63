//! What is worth saying about how a server presents its chain (RFC 8446 4.4.2), besides whether it verifies.

use std::sync::Arc;

use certgate_bindings::Bundle;
use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::chain::order;

/// One sentence for each oddity; none for a chain as it should be.
pub fn notes(bundle: &Bundle) -> Vec<String> {
    let presented = bundle.certificates();
    let Some(leaf) = presented.first() else { return Vec::new() };
    let ordered = order(presented, Some(leaf));
    let mut notes = Vec::new();
    let distinct = ordered.chain.len().saturating_add(ordered.others.len());
    if distinct < presented.len() {
        notes.push("a certificate is sent more than once".to_owned());
    }
    for other in &ordered.others {
        notes.push(format!("{} is sent along, and does not belong to the chain", name(other)));
    }
    let mut belonging: Vec<&Arc<Certificate>> = Vec::new();
    for certificate in presented.iter().filter(|certificate| ordered.chain.contains(certificate)) {
        if !belonging.contains(&certificate) {
            belonging.push(certificate);
        }
    }
    if !belonging.iter().copied().eq(ordered.chain.iter()) {
        notes.push("the certificates do not come in the order of the chain".to_owned());
    }
    if let ([_, .., last], true) = (ordered.chain.as_slice(), ordered.complete) {
        notes.push(format!("the root {} is sent along, and clients have their own", name(last)));
    }
    if let ([only], false) = (ordered.chain.as_slice(), ordered.complete) {
        notes.push(format!("no intermediate is sent: clients need the certificate of {}", only.issuer()));
    }
    notes
}

fn name(certificate: &Certificate) -> String {
    format!("`{}`", certificate.subject())
}
