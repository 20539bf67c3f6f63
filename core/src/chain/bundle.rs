use std::sync::Arc;

use super::Pool;
use crate::certificate::Certificate;

/// A bundle in the order in which servers send it (RFC 8446 4.4.2): each certificate is followed by its issuer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// The leaf first, then issuer after issuer. A self-issued root comes last, if it was given.
    pub chain: Vec<Arc<Certificate>>,
    /// Certificates that do not belong to the chain, in the order in which they came.
    pub others: Vec<Arc<Certificate>>,
    /// Whether the last certificate of the chain is self-issued; if not, its issuer is missing.
    pub complete: bool,
}

/// Puts certificates into the order of a chain, by names and key identifiers; signatures are not verified. `leaf` is where
/// to begin; without it, the first certificate that issued none of the others.
pub fn order(certificates: &[Arc<Certificate>], leaf: Option<&Certificate>) -> Bundle {
    let pool = Pool::new(certificates.iter().cloned());
    let is_issuer_of = |issuer: &Certificate, child: &Certificate| {
        !std::ptr::eq(issuer, child)
            && issuer.subject_form() == child.issuer_form()
            && keys_may_match(issuer, child)
    };
    let first = match leaf {
        Some(leaf) => pool.iter().find(|certificate| ***certificate == *leaf),
        None => pool
            .iter()
            .find(|candidate| !pool.iter().any(|child| child != *candidate && is_issuer_of(candidate, child)))
            .or_else(|| pool.iter().next()),
    };
    let mut chain: Vec<Arc<Certificate>> = first.cloned().into_iter().collect();
    while let Some(last) = chain.last() {
        if last.is_self_issued() && !chain_goes_on(last, &pool, &chain) {
            break;
        }
        let next = pool
            .issuers(last)
            .find(|candidate| keys_may_match(candidate, last) && !chain.contains(candidate))
            .cloned();
        match next {
            Some(next) => chain.push(next),
            None => break,
        }
    }
    let others = pool.iter().filter(|certificate| !chain.contains(certificate)).cloned().collect();
    let complete = chain.last().is_some_and(|last| last.is_self_issued());
    Bundle { chain, others, complete }
}

/// A self-issued certificate ends the chain unless it names the key of another one.
fn chain_goes_on(last: &Certificate, pool: &Pool, chain: &[Arc<Certificate>]) -> bool {
    let wanted = last.authority_key_identifier().and_then(|aki| aki.key_identifier.as_deref());
    let own = last.subject_key_identifier();
    wanted.is_some()
        && own.is_some()
        && wanted != own
        && pool.issuers(last).any(|candidate| keys_may_match(candidate, last) && !chain.contains(candidate))
}

/// Whether the key identifiers, where both are there, are the same.
fn keys_may_match(issuer: &Certificate, child: &Certificate) -> bool {
    let wanted = child.authority_key_identifier().and_then(|aki| aki.key_identifier.as_deref());
    match (wanted, issuer.subject_key_identifier()) {
        (Some(wanted), Some(found)) => wanted == found,
        _ => true,
    }
}
