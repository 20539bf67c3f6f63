//! The name by which a peer is known, held against the names of its certificate (RFC 9525, RFC 9598).

use std::fmt;

use super::mailbox::Mailbox;
use crate::certificate::Certificate;
use crate::diagnostic::{Diagnostic, codes, path::steps, quote, quote_list};
use crate::name::{DnsName, GeneralName, IpAddress};
use crate::oid;

/// A name that the certificate must be for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PeerName {
    /// A host name, held against dNSName.
    Dns(DnsName),
    /// An address, held against iPAddress.
    Ip(IpAddress),
    /// A mailbox, held against rfc822Name and SmtpUTF8Mailbox.
    Email(String),
    /// A URI, held against uniformResourceIdentifier as it is.
    Uri(String),
}

impl PeerName {
    /// Reads an IP address, a URI (with `://`), a mailbox (with `@`) or a host name; `None` if it is none of them. U-labels
    /// become A-labels; a host name may end in a dot.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(address) = IpAddress::parse(text.trim_start_matches('[').trim_end_matches(']')) {
            return Some(Self::Ip(address));
        }
        if text.contains("://") {
            return Some(Self::Uri(text.to_owned()));
        }
        if text.contains('@') {
            return Self::email(text);
        }
        Self::dns(text)
    }

    /// A host name.
    pub fn dns(text: &str) -> Option<Self> {
        let text = text.strip_suffix('.').unwrap_or(text);
        DnsName::parse_ldh(text).ok().map(Self::Dns)
    }

    /// A mailbox.
    pub fn email(text: &str) -> Option<Self> {
        Mailbox::parse(text).map(|_| Self::Email(text.to_owned()))
    }

    /// `dNSName`, `iPAddress`, `rfc822Name` or `uniformResourceIdentifier`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Dns(_) => "dNSName",
            Self::Ip(_) => "iPAddress",
            Self::Email(_) => "rfc822Name",
            Self::Uri(_) => "uniformResourceIdentifier",
        }
    }

    /// Whether one name of the certificate is this one, or a wildcard that covers it. The common name is never looked at
    /// (RFC 9525 2).
    pub fn is_named_by(&self, certificate: &Certificate) -> bool {
        certificate.subject_alt_names().iter().any(|name| self.is_covered_by(name))
    }

    /// Whether `name` is this one, or a wildcard that covers it (RFC 9525 6.3).
    pub fn is_covered_by(&self, name: &GeneralName) -> bool {
        match (self, name) {
            (Self::Dns(host), GeneralName::DnsName(named)) => {
                named.compared().is_some_and(|pattern| pattern.covers(host))
            }
            (Self::Ip(address), GeneralName::IpAddress { octets, .. }) => address.octets() == *octets,
            (Self::Email(text), GeneralName::Rfc822Name(named)) => same_mailbox(text, &named.text),
            (Self::Email(text), GeneralName::OtherName(other)) if other.oid == oid::SMTP_UTF8_MAILBOX => {
                other.string.as_ref().is_some_and(|(_, mailbox)| same_mailbox(text, mailbox))
            }
            (Self::Uri(text), GeneralName::Uri(named)) => **text == *named.text,
            _ => false,
        }
    }

    /// Why the certificate is not for this name.
    pub(super) fn mismatch(&self, certificate: &Certificate) -> Diagnostic {
        let names: Vec<String> = certificate.subject_alt_names().iter().map(GeneralName::display).collect();
        let found = if names.is_empty() { "no name at all".to_owned() } else { quote_list(&names) };
        let mut diagnostic = Diagnostic::new(
            codes::VERIFY_NAME_MISMATCH,
            format!("the certificate is not for {}, but for {found}", quote(&self.to_string())),
        )
        .at(steps!["extensions", "subjectAltName"])
        .with_expected(self.to_string())
        .with_found(names.clone());
        if names.is_empty() && certificate.subject().common_names().next().is_some() {
            diagnostic = diagnostic.with_help(
                "the common name is not looked at (RFC 9525): have the certificate issued with its names in subjectAltName",
            );
        }
        diagnostic
    }
}

impl fmt::Display for PeerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => fmt::Display::fmt(name, f),
            Self::Ip(address) => fmt::Display::fmt(address, f),
            Self::Email(text) | Self::Uri(text) => f.write_str(text),
        }
    }
}

fn same_mailbox(a: &str, b: &str) -> bool {
    match (Mailbox::parse(a), Mailbox::parse(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}
