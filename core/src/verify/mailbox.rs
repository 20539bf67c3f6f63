use crate::name::DnsName;

/// Longest local part in octets (RFC 5321 4.5.3.1.1).
const MAX_LOCAL: usize = 64;
/// More than any host has, in U-labels too.
const MAX_HOST: usize = 1_024;

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
        if text.len() > MAX_LOCAL.saturating_add(MAX_HOST) {
            return None;
        }
        let (local, host) = text.split_once('@')?;
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"\"\\(),:;<>[]@".contains(c);
        if local.is_empty() || local.len() > MAX_LOCAL || !local.chars().all(plain) {
            return None;
        }
        let host = DnsName::parse_ldh(host).ok().filter(|host| !host.is_wildcard())?;
        Some(Self { local: local.to_owned(), host })
    }
}
