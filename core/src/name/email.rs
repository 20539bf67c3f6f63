use std::fmt;

use super::dns::DnsName;

/// A mail address of rfc822Name: a plain `local@host` (RFC 5280 4.2.1.6), no quotes, comments or domain literals.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress {
    local: String,
    host: DnsName,
}

/// Why a text is no mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EmailFault {
    /// There is not exactly one `@`.
    At,
    /// The host is no DNS name.
    Host,
    /// The local part is no dot-atom (RFC 5322 3.2.3) of at most 64 bytes.
    Local,
}

impl EmailFault {
    /// What is wrong, to follow "mail address `x` ".
    pub fn reason(self) -> &'static str {
        match self {
            Self::At => "does not have exactly one `@`",
            Self::Host => "has a host that is no DNS name",
            Self::Local => "has a local part that is not plain",
        }
    }
}

impl EmailAddress {
    /// Reads an address. The host is lower-cased, the local part is kept as it is (RFC 5321 2.4).
    pub fn parse(text: &str) -> Result<Self, EmailFault> {
        let (local, host) = text.split_once('@').ok_or(EmailFault::At)?;
        if host.contains('@') {
            return Err(EmailFault::At);
        }
        if !is_dot_atom(local) {
            return Err(EmailFault::Local);
        }
        let host = DnsName::parse(host).map_err(|_| EmailFault::Host)?;
        if host.is_wildcard() || host.has_underscore() {
            return Err(EmailFault::Host);
        }
        Ok(Self { local: local.to_owned(), host })
    }

    /// The part before `@`.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The part behind `@`.
    pub fn host(&self) -> &DnsName {
        &self.host
    }
}

fn is_dot_atom(local: &str) -> bool {
    let is_atom_character = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    local.len() <= 64
        && !local.contains('*')
        && local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom_character))
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_are_read() {
        assert_eq!(
            EmailAddress::parse("Jane.Doe+x@Example.COM").unwrap().to_string(),
            "Jane.Doe+x@example.com"
        );
        for (text, fault) in [
            ("example.com", EmailFault::At),
            ("a@b@example.com", EmailFault::At),
            ("\"a@b\"@example.com", EmailFault::At),
            ("\"a b\"@example.com", EmailFault::Local),
            ("*@example.com", EmailFault::Local),
            ("a(c)@example.com", EmailFault::Local),
            (".a@example.com", EmailFault::Local),
            ("@example.com", EmailFault::Local),
            ("ü@example.com", EmailFault::Local),
            ("a@[10.0.0.1]", EmailFault::Host),
            ("a@*.example.com", EmailFault::Host),
            ("a@example.com.", EmailFault::Host),
            ("a@", EmailFault::Host),
        ] {
            assert_eq!(EmailAddress::parse(text), Err(fault), "{text}");
        }
    }
}
