//! What a pattern of host names lies within.

use crate::name::DnsName;
use crate::policy::document::DnsPattern;

/// The smallest subtree that a constraint can name and that holds all that a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// This name and no other.
    Exactly(String),
    /// Names one label below.
    OneBelow(String),
    /// Names at most this many labels below; `None` for any number.
    Below(String, Option<u32>),
    /// Names that end in a domain and of which no more is known.
    Within(String),
    /// Any name.
    Anywhere,
}

impl Reach {
    pub(super) fn of(pattern: &DnsPattern) -> Self {
        match pattern {
            DnsPattern::Regex(_) => Self::Anywhere,
            DnsPattern::Glob(text) => tail(text),
            DnsPattern::Exact(text) | DnsPattern::OneLabel(text) if text.contains("${") => tail(text),
            DnsPattern::Under { domain, .. } if domain.contains("${") => tail(domain),
            DnsPattern::Exact(text) => parsed(text).map_or(Self::Anywhere, Self::Exactly),
            DnsPattern::OneLabel(text) => parsed(text).map_or(Self::Anywhere, Self::OneBelow),
            DnsPattern::Under { domain, depth } => {
                parsed(domain).map_or(Self::Anywhere, |domain| Self::Below(domain, *depth))
            }
        }
    }

    /// The domain, whose subtree holds all.
    pub(super) fn domain(&self) -> Option<&str> {
        match self {
            Self::Exactly(domain)
            | Self::OneBelow(domain)
            | Self::Below(domain, _)
            | Self::Within(domain) => Some(domain),
            Self::Anywhere => None,
        }
    }

    /// Whether the name `host` itself may be one of them.
    pub(super) fn may_be(&self, host: &str) -> bool {
        match self {
            Self::Exactly(name) => name == host,
            Self::OneBelow(domain) => labels_below(host, domain) == Some(1),
            Self::Below(domain, depth) => labels_below(host, domain)
                .is_some_and(|labels| labels > 0 && depth.is_none_or(|depth| labels <= depth)),
            Self::Within(domain) => labels_below(host, domain).is_some(),
            Self::Anywhere => true,
        }
    }

    /// Whether a name below `host` may be one of them.
    pub(super) fn may_be_below(&self, host: &str) -> bool {
        match self {
            Self::Exactly(name) => labels_below(name, host).is_some_and(|labels| labels > 0),
            Self::OneBelow(domain) => labels_below(domain, host).is_some(),
            Self::Below(domain, depth) => {
                labels_below(domain, host).is_some()
                    || labels_below(host, domain)
                        .is_some_and(|labels| depth.is_none_or(|depth| labels < depth))
            }
            Self::Within(domain) => {
                labels_below(domain, host).is_some() || labels_below(host, domain).is_some()
            }
            Self::Anywhere => true,
        }
    }
}

/// How many labels `host` lies below `domain`: 0 if it is the domain itself.
fn labels_below(host: &str, domain: &str) -> Option<u32> {
    if host == domain {
        return Some(0);
    }
    let head = host.strip_suffix(domain)?.strip_suffix('.')?;
    u32::try_from(head.split('.').count()).ok()
}

fn parsed(text: &str) -> Option<String> {
    DnsName::parse_unicode(text).ok().map(|name| name.base().to_owned())
}

/// The whole labels behind the last star or reference: in `web-*.example.com`, `example.com`.
fn tail(text: &str) -> Reach {
    let start = text.rfind(['*', '}']).map_or(0, |at| at.saturating_add(1));
    let rest = text.get(start..).unwrap_or_default();
    let domain = rest.split_once('.').map(|(_, domain)| domain.to_ascii_lowercase());
    let domain = domain.filter(|domain| DnsName::parse_unicode(domain).is_ok_and(|name| !name.is_wildcard()));
    domain.map_or(Reach::Anywhere, Reach::Within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_reach_as_far_as_their_whole_labels() {
        let glob = |text: &str| Reach::of(&DnsPattern::Glob(text.to_owned()));
        assert_eq!(glob("web-*.example.com"), Reach::Within("example.com".to_owned()));
        assert_eq!(glob("*example.com"), Reach::Within("com".to_owned()));
        assert_eq!(glob("example.*"), Reach::Anywhere);
        let fact = Reach::of(&DnsPattern::OneLabel("${facts.team}.Example.com".to_owned()));
        assert_eq!(fact, Reach::Within("example.com".to_owned()));
        let below = Reach::Below("example.com".to_owned(), Some(2));
        assert!(below.may_be("a.b.example.com") && !below.may_be("example.com"));
        assert!(below.may_be_below("b.example.com") && !below.may_be_below("a.b.example.com"));
        assert!(below.may_be_below("com"));
    }
}
