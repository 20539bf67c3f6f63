//! `allowed.usages`: words of Kubernetes, in which `*` stands for any characters.

use certgate::diagnostic::{Path, codes, quote};
use certgate::extension::KeyUsageBit;
use certgate::policy::document::UsageRule;
use certgate::policy::{PolicyDocument, Usage, kubernetes_usages, normal_usage};

use super::field::Allowed;
use crate::import::Notes;

/// The word of X.509 for a usage; other words stay as they are.
pub(crate) fn x509_word(word: &str) -> String {
    normal_words().find(|(own, _)| *own == word).map_or_else(|| word.to_owned(), |(_, usage)| usage.label())
}

/// The word of Kubernetes for a usage; other words stay as they are.
pub(crate) fn kubernetes_word(word: &str) -> &str {
    normal_words().find(|(_, usage)| usage.label() == word).map_or(word, |(own, _)| own)
}

/// One word for each usage.
fn normal_words() -> impl Iterator<Item = &'static (&'static str, Usage)> {
    kubernetes_usages().iter().filter(|(word, _)| normal_usage(word) == *word)
}

/// What is allowed, in the words of a policy: bits by their names of X.509, purposes by those of Kubernetes.
#[derive(Default)]
struct Words {
    key: Vec<String>,
    extended: Vec<String>,
}

impl Words {
    fn add(&mut self, word: &str, usage: &Usage) {
        let (list, word) = match usage {
            Usage::Key(bit) => (&mut self.key, bit.as_str()),
            Usage::Extended(_) => (&mut self.extended, normal_usage(word)),
        };
        if !list.iter().any(|other| other == word) {
            list.push(word.to_owned());
        }
    }
}

pub(super) fn import(allowed: &Allowed, at: &Path, notes: &mut Notes, document: &mut PolicyDocument) {
    let at = at.join("usages");
    let patterns = allowed.usages.as_deref().unwrap_or_default();
    let mut words = Words::default();
    let for_ca = document.ca.is_some();
    let mut left_out = false;
    for (index, pattern) in patterns.iter().enumerate() {
        let mut known = false;
        for (word, usage) in kubernetes_usages().iter().filter(|(word, _)| matches(pattern, word)) {
            known = true;
            if !for_ca && matches!(usage, Usage::Key(KeyUsageBit::KeyCertSign | KeyUsageBit::CrlSign)) {
                left_out = true;
            } else {
                words.add(word, usage);
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
    let Words { key, extended } = words;
    if !extended.is_empty() {
        notes.not_kept(&at, "a request that names no purpose is denied, because it would be good for any");
    }
    document.usages.key = Some(UsageRule { allow: key, ..UsageRule::default() });
    document.usages.extended = Some(UsageRule { allow: extended, ..UsageRule::default() });
}

/// The bits and purposes of words, and the indices of those that are not known.
pub(in crate::import) fn usage_words(words: &[String]) -> (Vec<String>, Vec<String>, Vec<usize>) {
    let (mut known, mut unknown) = (Words::default(), Vec::new());
    for (index, word) in words.iter().enumerate() {
        match kubernetes_usages().iter().find(|(own, _)| own == word) {
            Some((word, usage)) => known.add(word, usage),
            None => unknown.push(index),
        }
    }
    (known.key, known.extended, unknown)
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
