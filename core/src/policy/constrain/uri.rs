use super::Draft;
use super::email::NOBODY;
use super::host::Reach as HostReach;
use crate::diagnostic::path::steps;
use crate::name::{DnsName, GeneralName, Uri};
use crate::policy::document::{TextPattern, TextPatternKind, UriPattern, UriRules};

fn subtree(text: String) -> GeneralName {
    GeneralName::uri(text)
}

/// RFC 5280 4.2.1.10: a host, or `.domain` for the hosts below; nothing about scheme and path. Where URIs are constrained, one
/// without a host name is refused.
pub(super) fn derive(rules: Option<&UriRules>, draft: &mut Draft) {
    let Some(rules) = rules.filter(|rules| !rules.allow.is_empty()) else {
        draft.permitted.push(subtree(NOBODY.to_owned()));
        return;
    };
    let mut permitted = Vec::new();
    let mut anywhere = false;
    for (index, pattern) in rules.allow.iter().enumerate() {
        let at = steps!["names", "uri", "allow", index];
        match host_of(pattern) {
            Some(text) => {
                let message =
                    format!("the constraint holds every URI of `{text}`, whatever its scheme and path");
                draft.wider(at, message);
                permitted.push(subtree(text));
            }
            None => {
                anywhere = true;
                draft.not_expressible(at, "no host holds what the pattern matches, so that any URI passes");
            }
        }
    }
    if !anywhere {
        draft.permitted.extend(permitted);
    }
    for index in 0..rules.deny.len() {
        draft.not_expressible(
            steps!["names", "uri", "deny", index],
            "a constraint would exclude the whole host, whatever scheme and path",
        );
    }
}

fn host_of(pattern: &UriPattern) -> Option<String> {
    match pattern {
        UriPattern::Text(TextPattern { kind: TextPatternKind::Regex(_), .. }) => None,
        UriPattern::Text(TextPattern {
            kind: TextPatternKind::Exact(text) | TextPatternKind::Glob(text),
            ..
        }) => fixed_host(text),
        UriPattern::Parts { host, .. } => match HostReach::of(host.as_ref()?) {
            HostReach::Exactly(name) => Some(name),
            HostReach::OneBelow(domain) | HostReach::Below(domain, _) | HostReach::Within(domain) => {
                Some(format!(".{domain}"))
            }
            HostReach::Anywhere => None,
        },
    }
}

/// The host of a text whose scheme and authority are written out. A star matches a slash too, so that one before the path
/// leaves the host open.
fn fixed_host(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let end = rest.find(['/', '?', '#']);
    let authority = end.map_or(Some(rest), |end| rest.get(..end))?;
    if [scheme, authority].iter().any(|part| part.contains('*') || part.contains("${")) {
        return None;
    }
    // With a path, since a SPIFFE identifier may not end in a slash.
    let uri = Uri::parse(&format!("{scheme}://{authority}/x")).ok()?;
    DnsName::parse(uri.host()?).ok().filter(|name| !name.is_wildcard()).map(|name| name.base().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_that_is_written_out_is_a_constraint() {
        for (text, host) in [
            ("https://example.com/*", Some("example.com")),
            ("spiffe://td.example/ns/*/sa/*", Some("td.example")),
            ("https://example.com:8443/x", Some("example.com")),
            ("https://*.example.com/x", None),
            ("https://example.com*", None),
            ("https://10.0.0.1/", None),
            ("urn:example:*", None),
            ("https://${facts.host}/", None),
        ] {
            assert_eq!(fixed_host(text).as_deref(), host, "{text}");
        }
    }
}
