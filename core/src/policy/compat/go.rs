//! Text rules of the libraries that the programs are written with.

use super::seen::Labels;

/// Whether the text matches a glob in which `*` stands for any characters, none too.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    // Each literal part as early as it goes; the last one at the end.
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

/// Whether the text matches a glob in which `*` stands for any characters but dots.
pub(super) fn glob_in_label(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<&str>, Vec<&str>) = (pattern.split('.').collect(), text.split('.').collect());
    pattern.len() == text.len() && pattern.iter().zip(&text).all(|(pattern, text)| glob(pattern, text))
}

/// Whether two texts are equal but for case.
pub(super) fn equal_fold(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

/// Longest label and longest name in bytes.
const LABEL: usize = 63;
const NAME: usize = 253;

/// The A-label form without mapping or checks of characters: labels that are not ASCII become A-labels, A-labels are
/// decoded and encoded again. `None` for an empty label or one that is too long; one dot at the end may stand.
pub(super) fn to_ascii(text: &str) -> Option<String> {
    let bare = text.strip_suffix('.').unwrap_or(text);
    let mut labels = Vec::new();
    for label in bare.split('.') {
        let decoded = match label.strip_prefix("xn--") {
            Some(encoded) => idna::punycode::decode_to_string(encoded)?,
            None => label.to_owned(),
        };
        let label = if decoded.is_ascii() {
            decoded
        } else {
            format!("xn--{}", idna::punycode::encode_str(&decoded)?)
        };
        if label.is_empty() || label.len() > LABEL {
            return None;
        }
        labels.push(label);
    }
    let name = labels.join(".");
    (name.len() <= NAME).then(|| if bare.len() < text.len() { format!("{name}.") } else { name })
}

/// The A-label form of a lookup (UTS #46): mapped to lower case, letters, digits and hyphens only.
pub(super) fn lookup_to_ascii(text: &str) -> Option<String> {
    use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
    Uts46::new()
        .to_ascii(text.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Ignore)
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// The labels from the last to the first. A leading dot is no label; a dot at the end, an empty label and what is not
/// visible ASCII are faults.
pub(super) fn reverse_labels(domain: &str) -> Option<Labels<'_>> {
    let domain = domain.strip_prefix('.').unwrap_or(domain);
    if domain.is_empty() {
        return Some(Vec::new());
    }
    let labels: Labels<'_> = domain.rsplit('.').collect();
    let visible = |label: &&str| !label.is_empty() && label.bytes().all(|byte| (33..=126).contains(&byte));
    labels.iter().all(visible).then_some(labels)
}

/// Whether a label has letters, digits and hyphens, the latter not at its ends.
fn is_label(label: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    edge(label.chars().next())
        && edge(label.chars().next_back())
        && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// Whether a text is a host name of letters, digits and hyphens; one dot at the end may stand.
pub(super) fn is_host(text: &str) -> bool {
    text.strip_suffix('.').unwrap_or(text).split('.').all(is_label)
}

/// As [`is_host`], with `*.` before it or without.
pub(super) fn is_host_or_wildcard(text: &str) -> bool {
    is_host(text.strip_prefix("*.").unwrap_or(text))
}

/// Whether a label with `*` is one of `*`, `*x`, `x*` and `x*x`.
pub(super) fn is_wildcard_label(label: &str) -> bool {
    match label.split_once('*') {
        None => false,
        Some((before, after)) => {
            (before.is_empty() || is_label(before)) && (after.is_empty() || is_label(after))
        }
    }
}
