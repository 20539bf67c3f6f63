//! Words for usages, as Kubernetes, cert-manager and cfssl have them.

use crate::extension::{KeyUsage, KeyUsageBit};
use crate::oid::Oid;
use crate::policy::rule::{Usage, parse_usage};

/// The 23 words.
pub(super) const WORDS: [&str; 23] = [
    "signing",
    "digital signature",
    "content commitment",
    "key encipherment",
    "key agreement",
    "data encipherment",
    "cert sign",
    "crl sign",
    "encipher only",
    "decipher only",
    "any",
    "server auth",
    "client auth",
    "code signing",
    "email protection",
    "s/mime",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "timestamping",
    "ocsp signing",
    "microsoft sgc",
    "netscape sgc",
];

/// Whether the word is one of the 23.
pub(super) fn is_known(word: &str) -> bool {
    WORDS.contains(&word)
}

/// The word of the same meaning that comes first.
pub(super) fn normal(word: &str) -> &str {
    match word {
        "signing" => "digital signature",
        "s/mime" => "email protection",
        other => other,
    }
}

/// What words stand for; those that are not known stand for nothing.
pub(super) fn resolve<'a>(words: impl Iterator<Item = &'a str>) -> (KeyUsage, Vec<Oid>) {
    let (mut bits, mut purposes): (Vec<KeyUsageBit>, Vec<Oid>) = (Vec::new(), Vec::new());
    for word in words {
        match parse_usage(word).filter(|_| is_known(word)) {
            Some(Usage::Key(bit)) => bits.push(bit),
            Some(Usage::Extended(oid)) if !purposes.contains(&oid) => purposes.push(oid),
            _ => {}
        }
    }
    (bits.into_iter().collect(), purposes)
}
