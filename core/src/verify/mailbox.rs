use crate::name::DnsName;

/// A mailbox as constraints and peers compare it: the local part as it is, the host as a DNS name (RFC 5280 7.5, RFC 9598 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mailbox {
    pub(super) local: String,
    pub(super) host: DnsName,
}

impl Mailbox {
    /// Reads `local@host`. `None` for anything with quotes, spaces, controls or another number of `@`: what cannot be
    /// compared must not be accepted.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (local, host) = text.split_once('@')?;
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"\"\\(),:;<>[]@".contains(c);
        if local.is_empty() || !local.chars().all(plain) {
            return None;
        }
        let host = DnsName::parse_unicode(host).ok().filter(|host| !host.is_wildcard())?;
        Some(Self { local: local.to_owned(), host })
    }
}
