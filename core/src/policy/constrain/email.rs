use super::Draft;
use crate::diagnostic::path::steps;
use crate::name::{DnsName, EmailAddress, GeneralName};
use crate::policy::document::{EmailPattern, EmailRules};

fn subtree(text: String) -> GeneralName {
    GeneralName::email(text)
}

/// A host that no mailbox is at (RFC 6761 6.4): permitting it alone permits none, in verifiers that do not know an empty
/// constraint too.
pub(super) const NOBODY: &str = "nobody.invalid";

/// What a pattern lies within: a mailbox, a host, or `.domain` for the hosts below; and whether it is exactly that.
enum Reach {
    Exactly(String),
    Within(String),
    Anywhere,
}

fn reach(pattern: &EmailPattern) -> Reach {
    let host = |text: &str| DnsName::parse_unicode(text).ok().map(|name| name.base().to_owned());
    match pattern {
        EmailPattern::Regex(_) => Reach::Anywhere,
        EmailPattern::Exact(text) if text.contains("${") => match text.rsplit_once('@') {
            Some((_, at)) if !at.contains("${") => host(at).map_or(Reach::Anywhere, Reach::Within),
            Some((_, at)) => tail(at),
            None => Reach::Anywhere,
        },
        EmailPattern::Host(text) | EmailPattern::Under(text) if text.contains("${") => tail(text),
        EmailPattern::Exact(text) => {
            EmailAddress::parse(text).map_or(Reach::Anywhere, |address| Reach::Exactly(address.to_string()))
        }
        EmailPattern::Host(text) => host(text).map_or(Reach::Anywhere, Reach::Exactly),
        EmailPattern::Under(text) => {
            host(text).map_or(Reach::Anywhere, |domain| Reach::Exactly(format!(".{domain}")))
        }
    }
}

/// The hosts below the whole labels behind the last reference.
fn tail(text: &str) -> Reach {
    let rest = text.rsplit_once('}').map_or(text, |(_, rest)| rest);
    let domain = rest.split_once('.').and_then(|(_, domain)| DnsName::parse_unicode(domain).ok());
    domain.map_or(Reach::Anywhere, |domain| Reach::Within(format!(".{}", domain.base())))
}

/// RFC 5280 4.2.1.10: a mailbox, all mailboxes at a host, or at all hosts below a domain.
pub(super) fn derive(rules: Option<&EmailRules>, draft: &mut Draft) {
    let Some(rules) = rules.filter(|rules| !rules.allow.is_empty()) else {
        draft.permitted.push(subtree(NOBODY.to_owned()));
        return;
    };
    let mut permitted = Vec::new();
    let mut anywhere = false;
    for (index, pattern) in rules.allow.iter().enumerate() {
        let at = || steps!["names", "email", "allow", index];
        match reach(pattern) {
            Reach::Exactly(text) => permitted.push(subtree(text)),
            Reach::Within(text) => {
                draft.wider(at(), format!("the constraint holds every mailbox at `{text}`"));
                permitted.push(subtree(text));
            }
            Reach::Anywhere => {
                anywhere = true;
                draft.not_expressible(
                    at(),
                    "no host holds what the pattern matches, so that any rfc822Name passes",
                );
            }
        }
    }
    if !anywhere {
        draft.permitted.extend(permitted);
    }
    for (index, pattern) in rules.deny.iter().enumerate() {
        match reach(pattern) {
            Reach::Exactly(text) => draft.excluded.push(subtree(text)),
            Reach::Within(_) | Reach::Anywhere => draft.not_expressible(
                steps!["names", "email", "deny", index],
                "no host is exactly what the pattern denies",
            ),
        }
    }
}
