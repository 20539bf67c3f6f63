//! The public suffix list (publicsuffix.org), as a sorted text that is searched where it stands.

/// Sorted rules with A-labels, one a line; the first line says the date. Made by `cargo xtask generate psl`.
const RULES: &str = include_str!("suffix/rules.txt");

/// The date of the list, which reports name: `2026-10-22`.
pub fn public_suffix_list_date() -> &'static str {
    header_and_rules().0
}

/// Whether `domain`, in lower case with A-labels, is a public suffix: a name below which anyone may register one. A
/// single label that the list does not know counts as one (the list's default rule `*`).
pub(crate) fn is_public_suffix(domain: &str) -> bool {
    public_suffix(domain) == domain
}

/// Whether the list has a rule for exactly this name, its default rule aside.
pub(crate) fn is_listed(domain: &str) -> bool {
    contains("", domain)
}

/// Public suffixes that the list names; for each of its rules `*.domain` one of them.
pub(crate) fn public_suffixes() -> impl Iterator<Item = String> {
    header_and_rules().1.lines().filter(|rule| !rule.starts_with('!')).map(|rule| rule.replacen('*', "a", 1))
}

/// Whether the list has rules for this top-level domain, or for all below it.
pub(crate) fn is_top_level(label: &str) -> bool {
    contains("", label) || contains("*.", label)
}

/// The longest public suffix of `domain`.
fn public_suffix(domain: &str) -> &str {
    let mut candidate = domain;
    loop {
        let parent = candidate.split_once('.').map(|(_, parent)| parent);
        if let Some(parent) = parent {
            if contains("!", candidate) {
                return parent;
            }
            if contains("*.", parent) {
                return candidate;
            }
        }
        if contains("", candidate) {
            return candidate;
        }
        match parent {
            Some(parent) => candidate = parent,
            None => return candidate,
        }
    }
}

fn header_and_rules() -> (&'static str, &'static str) {
    let (header, rules) = RULES.split_once('\n').unwrap_or(("", RULES));
    let date = header.split_once(" of ").and_then(|(_, rest)| rest.split_once(','));
    (date.map_or("", |(date, _)| date), rules)
}

/// Binary search over the lines of the sorted text for `prefix` followed by `name`.
fn contains(prefix: &str, name: &str) -> bool {
    let rules = header_and_rules().1.as_bytes();
    let wanted = || prefix.bytes().chain(name.bytes());
    let (mut low, mut high) = (0, rules.len());
    while low < high {
        let middle = low.midpoint(high);
        let start = rules.get(..middle).and_then(|before| before.iter().rposition(|byte| *byte == b'\n'));
        let start = start.map_or(0, |newline| newline.saturating_add(1));
        let rest = rules.get(start..).unwrap_or_default();
        let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
        match line.iter().copied().cmp(wanted()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = start.saturating_add(line.len()).saturating_add(1),
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_are_found() {
        for suffix in [
            "com",
            "co.uk",
            "github.io",
            "s3.amazonaws.com",
            "ck",
            "foo.ck",
            "xn--p1ai",
            "unknown-tld",
            "internal",
        ] {
            assert!(is_public_suffix(suffix), "{suffix}");
        }
        for name in ["example.com", "www.ck", "a.foo.ck", "example.co.uk", "svc.cluster.local", "a.github.io"]
        {
            assert!(!is_public_suffix(name), "{name}");
        }
        assert!(public_suffix_list_date().starts_with("20"));
    }

    #[test]
    fn every_rule_is_found() {
        let rules = header_and_rules().1;
        assert!(rules.lines().is_sorted());
        for rule in rules.lines() {
            assert!(contains("", rule), "{rule}");
        }
        assert!(!contains("", "zzzzzz") && !contains("", "") && !contains("", "0"));
    }
}
