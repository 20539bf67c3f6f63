//! Words for usages, as Kubernetes, cert-manager and cfssl have them.

use crate::extension::{KeyUsage, KeyUsageBit};
use crate::oid::Oid;
use crate::policy::rule::{Usage, kubernetes_usage as kubernetes};

/// Whether the word is one of the 23.
pub(super) fn is_known(word: &str) -> bool {
    kubernetes(word).is_some()
}

/// What words stand for; those that are not known stand for nothing.
pub(super) fn resolve<'a>(words: impl Iterator<Item = &'a str>) -> (KeyUsage, Vec<Oid>) {
    let (mut bits, mut purposes): (Vec<KeyUsageBit>, Vec<Oid>) = (Vec::new(), Vec::new());
    for word in words {
        match kubernetes(word) {
            Some(Usage::Key(bit)) => bits.push(*bit),
            Some(Usage::Extended(oid)) if !purposes.contains(oid) => purposes.push(oid.clone()),
            _ => {}
        }
    }
    (bits.into_iter().collect(), purposes)
}
