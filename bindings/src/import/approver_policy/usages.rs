//! `allowed.usages`: words of Kubernetes, in which `*` stands for any characters.

use certgate::diagnostic::{Path, codes, quote};
use certgate::policy::PolicyDocument;
use certgate::policy::document::UsageRule;

use super::field::Allowed;
use crate::import::Notes;

/// The words of keyUsage, with the bit.
const KEY: [(&str, &str); 10] = [
    ("signing", "digitalSignature"),
    ("digital signature", "digitalSignature"),
    ("content commitment", "contentCommitment"),
    ("key encipherment", "keyEncipherment"),
    ("key agreement", "keyAgreement"),
    ("data encipherment", "dataEncipherment"),
    ("cert sign", "keyCertSign"),
    ("crl sign", "cRLSign"),
    ("encipher only", "encipherOnly"),
    ("decipher only", "decipherOnly"),
];

/// The words of extendedKeyUsage.
const EXTENDED: [&str; 13] = [
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

/// The words of X.509 for those of Kubernetes that differ.
const X509: [(&str, &str); 21] = [
    ("digital signature", "digitalSignature"),
    ("content commitment", "contentCommitment"),
    ("key encipherment", "keyEncipherment"),
    ("key agreement", "keyAgreement"),
    ("data encipherment", "dataEncipherment"),
    ("cert sign", "keyCertSign"),
    ("crl sign", "cRLSign"),
    ("encipher only", "encipherOnly"),
    ("decipher only", "decipherOnly"),
    ("any", "anyExtendedKeyUsage"),
    ("server auth", "serverAuth"),
    ("client auth", "clientAuth"),
    ("code signing", "codeSigning"),
    ("email protection", "emailProtection"),
    ("ipsec end system", "ipsecEndSystem"),
    ("ipsec tunnel", "ipsecTunnel"),
    ("ipsec user", "ipsecUser"),
    ("timestamping", "timeStamping"),
    ("ocsp signing", "OCSPSigning"),
    ("microsoft sgc", "microsoftServerGatedCrypto"),
    ("netscape sgc", "netscapeServerGatedCrypto"),
];

/// The word of X.509 for a usage; other words stay as they are.
pub(crate) fn x509_word(word: &str) -> &str {
    X509.iter().find(|(own, _)| *own == word).map_or(word, |(_, other)| other)
}

/// The word of Kubernetes for a usage; other words stay as they are.
pub(crate) fn kubernetes_word(word: &str) -> &str {
    X509.iter().find(|(_, other)| *other == word).map_or(word, |(own, _)| own)
}

pub(super) fn import(allowed: &Allowed, at: &Path, notes: &mut Notes, document: &mut PolicyDocument) {
    let at = at.join("usages");
    let patterns = allowed.usages.as_deref().unwrap_or_default();
    let (mut key, mut extended) = (Vec::<String>::new(), Vec::<String>::new());
    let for_ca = document.ca.is_some();
    let mut left_out = false;
    for (index, pattern) in patterns.iter().enumerate() {
        let mut known = false;
        for (_, bit) in KEY.iter().filter(|(word, _)| matches(pattern, word)) {
            known = true;
            if !for_ca && ["keyCertSign", "cRLSign"].contains(bit) {
                left_out = true;
            } else if !key.iter().any(|other| other == bit) {
                key.push((*bit).to_owned());
            }
        }
        for word in EXTENDED.iter().filter(|word| matches(pattern, word)) {
            known = true;
            let word = if *word == "s/mime" { "email protection" } else { word };
            if !extended.iter().any(|other| other == word) {
                extended.push(word.to_owned());
            }
        }
        if !known {
            notes.error(codes::IMPORT_VALUE, &at.join(index), format!("{} matches no usage", quote(pattern)));
        }
    }
    if left_out {
        notes.not_kept(&at, "cert sign and crl sign are denied: the policy is not for CAs");
    }
    if !patterns.is_empty() {
        notes.not_kept(
            &at,
            "usages are compared by meaning: signing is digital signature, s/mime is email protection",
        );
    }
    if !extended.is_empty() {
        notes.not_kept(&at, "a request that names no purpose is denied, because it would be good for any");
    }
    document.usages.key = Some(UsageRule { allow: key, ..UsageRule::default() });
    document.usages.extended = Some(UsageRule { allow: extended, ..UsageRule::default() });
}

/// The bits and purposes of words, and the indices of those that are not known.
pub(in crate::import) fn usage_words(words: &[String]) -> (Vec<String>, Vec<String>, Vec<usize>) {
    let (mut key, mut extended, mut unknown) = (Vec::<String>::new(), Vec::<String>::new(), Vec::new());
    for (index, word) in words.iter().enumerate() {
        if let Some((_, bit)) = KEY.iter().find(|(own, _)| own == word) {
            if !key.iter().any(|other| other == bit) {
                key.push((*bit).to_owned());
            }
        } else if EXTENDED.contains(&word.as_str()) {
            let word = if word == "s/mime" { "email protection" } else { word };
            if !extended.iter().any(|other| other == word) {
                extended.push(word.to_owned());
            }
        } else {
            unknown.push(index);
        }
    }
    (key, extended, unknown)
}

/// Whether a text matches a pattern in which `*` stands for any characters.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(text) = text.strip_prefix(head) else { return false };
    // Each literal part as early as it goes; the last one at the end.
    let mut text = text;
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return text.ends_with(part);
        }
        match text.split_once(part) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    true
}
