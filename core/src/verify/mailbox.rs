use crate::name::DnsName;

/// More octets than any mailbox needs, in U-labels too. RFC 5321 4.5.3.1 gives a local part 64, and asks not to insist on that.
const MAX_LENGTH: usize = 1_088;

/// A mailbox as constraints and peers compare it: the local part as it is, the host as a DNS name (RFC 5280 7.5, RFC 9598 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mailbox {
    pub(super) local: String,
    pub(super) host: DnsName,
}

impl Mailbox {
    /// Reads `local@host`. `None` for anything with quotes, spaces, controls or another number of `@`: what cannot be
    /// compared must not be accepted. Nor are longer ones than there can be.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let (local, host) = text.split_once('@')?;
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"\"\\(),:;<>[]@".contains(c);
        if local.is_empty() || !local.chars().all(plain) {
            return None;
        }
        let host = DnsName::parse_ldh(host).ok().filter(|host| !host.is_wildcard())?;
        Some(Self { local: local.to_owned(), host })
    }
}
