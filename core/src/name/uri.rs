use std::fmt;

use super::dns::DnsName;
use super::ip::IpAddress;

/// A URI of uniformResourceIdentifier: a strict subset of RFC 3986 without normalising, so that nothing has two forms.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uri {
    text: String,
    scheme: usize,
    host: Option<String>,
    port: Option<u16>,
    path: (usize, usize),
}

/// Why a text is no URI that can be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UriFault {
    /// A character outside RFC 3986, or a percent sign without two upper-case hexadecimal digits of a byte that needs it.
    Character,
    /// `.` or `..` as a path segment, or an empty segment.
    DotSegment,
    /// A fragment.
    Fragment,
    /// The host is neither a lower-case DNS name nor an IP address.
    Host,
    /// The port is no number from 1 to 65535.
    Port,
    /// No scheme, or not in lower case.
    Scheme,
    /// Not a SPIFFE ID by its own grammar (SPIFFE-ID 2).
    Spiffe,
    /// User information before the host.
    UserInfo,
}

impl UriFault {
    /// What is wrong, to follow "uri `x` ".
    pub fn reason(self) -> &'static str {
        match self {
            Self::Character => "has a character or percent-encoding that is not canonical",
            Self::DotSegment => "has a path with `.`, `..` or empty segments",
            Self::Fragment => "has a fragment",
            Self::Host => "has a host that is neither a lower-case DNS name nor an IP address",
            Self::Port => "has a port that is no number from 1 to 65535",
            Self::Scheme => "has no scheme in lower case",
            Self::Spiffe => "is no SPIFFE ID",
            Self::UserInfo => "has user information",
        }
    }
}

impl Uri {
    /// Reads a URI; the text is kept as it is.
    pub fn parse(text: &str) -> Result<Self, UriFault> {
        check_characters(text)?;
        let (scheme, rest) = text.split_once(':').ok_or(UriFault::Scheme)?;
        let scheme_fits = scheme.starts_with(|c: char| c.is_ascii_lowercase())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte));
        if !scheme_fits {
            return Err(UriFault::Scheme);
        }
        if text.contains('#') {
            return Err(UriFault::Fragment);
        }
        let (authority, after) = match rest.strip_prefix("//") {
            None => (None, rest),
            Some(after) => {
                let end = after.find(['/', '?']).unwrap_or(after.len());
                let (authority, after) = after.split_at_checked(end).ok_or(UriFault::Host)?;
                (Some(authority), after)
            }
        };
        let path_text = after.split('?').next().unwrap_or_default();
        let hierarchical = authority.is_some();
        if hierarchical && !segments_are_plain(path_text) {
            return Err(UriFault::DotSegment);
        }
        let (host, port) = match authority {
            None => (None, None),
            Some(authority) => {
                let (host, port) = split_authority(authority)?;
                (Some(host), port)
            }
        };
        let path_start = text.len().saturating_sub(after.len());
        let path = (path_start, path_start.saturating_add(path_text.len()));
        let uri = Self { scheme: scheme.len(), host, port, path, text: text.to_owned() };
        if scheme == "spiffe" {
            uri.check_spiffe()?;
        }
        Ok(uri)
    }

    /// The text as it stands in the input.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The scheme, in lower case.
    pub fn scheme(&self) -> &str {
        self.text.get(..self.scheme).unwrap_or_default()
    }

    /// The host, if there is an authority: a lower-case DNS name, an IPv4 address, or an IPv6 address in brackets.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// The port, if one is given.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The path, with its leading slash.
    pub fn path(&self) -> &str {
        self.text.get(self.path.0..self.path.1).unwrap_or_default()
    }

    /// SPIFFE-ID 2: `spiffe://trust-domain/path`, trust domain of `a-z0-9._-`, segments of letters, digits and `._-`.
    fn check_spiffe(&self) -> Result<(), UriFault> {
        let trust_domain = self.host.as_deref().unwrap_or_default();
        let domain_fits = (1..=255).contains(&trust_domain.len())
            && trust_domain
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte));
        let path = self.path();
        let path_fits = path.is_empty()
            || path.split('/').skip(1).all(|segment| {
                !segment.is_empty()
                    && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
            });
        let fits = domain_fits
            && path_fits
            && self.port.is_none()
            && !self.text.contains('?')
            && self.text.len() <= 2048;
        if fits { Ok(()) } else { Err(UriFault::Spiffe) }
    }
}

/// The host of any URI with an authority (RFC 3986 3.2), as name constraints look at it: without user information and port. `None`
/// for what has no host name, and for what might be read in two ways.
pub(crate) fn host_name(text: &str) -> Option<DnsName> {
    let (scheme, rest) = text.split_once("://")?;
    let scheme_fits = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let authority = rest.split(['/', '?', '#']).next()?;
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    if !scheme_fits || !rest.bytes().all(is_plain) {
        return None;
    }
    let host = match authority.split_once('@') {
        Some((_, host)) if host.contains('@') => return None,
        Some((_, host)) => host,
        None => authority,
    };
    let host = match host.split_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        Some(_) => return None,
        None => host,
    };
    DnsName::parse_ldh(host).ok().filter(|host| !host.is_wildcard())
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// RFC 3986 2: reserved and unreserved characters, and percent-encodings in upper case of bytes that need one.
fn check_characters(text: &str) -> Result<(), UriFault> {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'%' => match (bytes.next().and_then(hex_digit), bytes.next().and_then(hex_digit)) {
                (Some(high), Some(low)) => {
                    let decoded = (high << 4) | low;
                    !(decoded.is_ascii_alphanumeric()
                        || b"-._~/\\".contains(&decoded)
                        || decoded.is_ascii_control())
                }
                _ => false,
            },
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&byte),
        };
        if !fits {
            return Err(UriFault::Character);
        }
    }
    Ok(())
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => byte.checked_sub(b'0'),
        b'A'..=b'F' => byte.checked_sub(b'A').and_then(|digit| digit.checked_add(10)),
        _ => None,
    }
}

fn segments_are_plain(path: &str) -> bool {
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        if matches!(segment, "." | "..") || (segment.is_empty() && !last) {
            return false;
        }
    }
    !path.starts_with("//")
}

fn split_authority(authority: &str) -> Result<(String, Option<u16>), UriFault> {
    if authority.contains('@') {
        return Err(UriFault::UserInfo);
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (literal, after) = rest.split_once(']').ok_or(UriFault::Host)?;
            let address = IpAddress::parse(literal)
                .filter(|address| address.as_std().is_ipv6())
                .ok_or(UriFault::Host)?;
            if address.to_string() != literal {
                return Err(UriFault::Host);
            }
            (format!("[{literal}]"), after)
        }
        None => {
            let end = authority.find(':').unwrap_or(authority.len());
            let (host, after) = authority.split_at_checked(end).ok_or(UriFault::Host)?;
            let is_address = IpAddress::parse(host).is_some();
            let is_name = DnsName::parse(host).is_ok_and(|name| !name.is_wildcard() && name.base() == host);
            if !is_address && !is_name && !is_single_word(host) {
                return Err(UriFault::Host);
            }
            (host.to_owned(), after)
        }
    };
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        None => return Err(UriFault::Host),
        Some(digits) => {
            let plain = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
            Some(digits.parse::<u16>().ok().filter(|_| plain).ok_or(UriFault::Port)?)
        }
    };
    Ok((host, port))
}

/// Hosts of one word, such as the trust domains `td` or `prod_1`.
fn is_single_word(host: &str) -> bool {
    !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart() {
        let uri = Uri::parse("https://www.example.com:8443/a/b?x=1").unwrap();
        assert_eq!(
            (uri.scheme(), uri.host(), uri.port(), uri.path()),
            ("https", Some("www.example.com"), Some(8443), "/a/b")
        );
        let spiffe = Uri::parse("spiffe://td/ns/a/sa/b").unwrap();
        assert_eq!((spiffe.host(), spiffe.path()), (Some("td"), "/ns/a/sa/b"));
        let urn = Uri::parse("urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6").unwrap();
        assert_eq!((urn.scheme(), urn.host()), ("urn", None));
        assert_eq!(Uri::parse("https://[2001:db8::1]/").unwrap().host(), Some("[2001:db8::1]"));
    }

    #[test]
    fn hosts_are_found_whatever_the_form() {
        for text in [
            "http://www.example.com/",
            "HTTP://WWW.Example.COM",
            "ftp://joe:x@www.example.com:21/a",
            "http://www.example.com#a",
            "http://www.example.com?a@b",
            "http://www.example.com/%2f/../a//b",
            "http://www.example.com:",
        ] {
            assert_eq!(
                host_name(text).map(|host| host.to_string()).as_deref(),
                Some("www.example.com"),
                "{text}"
            );
        }
        for text in [
            "www.example.com",
            "mailto:joe@www.example.com",
            "http:///www.example.com",
            "http://evil.org\\@www.example.com/",
            "http://evil.org@a@www.example.com/",
            "http://evil.org /@www.example.com/",
            "http://10.0.0.1/",
            "http://[::1]/",
            "http://www.example.com:80a/",
            "http://*.example.com/",
            "http://www%2eexample.com/",
            "http://www.example.com./",
            "1http://www.example.com/",
        ] {
            assert_eq!(host_name(text), None, "{text}");
        }
    }

    #[test]
    fn tricks_are_faults() {
        for (text, fault) in [
            ("//example.com/", UriFault::Scheme),
            ("HTTPS://example.com/", UriFault::Scheme),
            ("https://user@example.com/", UriFault::UserInfo),
            ("https://example.com:0/", UriFault::Port),
            ("https://example.com:65536/", UriFault::Port),
            ("https://Example.com/", UriFault::Host),
            ("https://[fe80::1%25eth0]/", UriFault::Host),
            ("https://[2001:DB8::1]/", UriFault::Host),
            ("https:///x", UriFault::Host),
            ("https://example.com/a/../b", UriFault::DotSegment),
            ("https://example.com/%2E%2E/b", UriFault::Character),
            ("https://example.com/%2e%2e/b", UriFault::Character),
            ("https://example.com//b", UriFault::DotSegment),
            ("https://example.com/#x", UriFault::Fragment),
            ("https://example.com/\u{e9}", UriFault::Character),
            ("javascript:alert(1)<", UriFault::Character),
            ("spiffe://TD/x", UriFault::Host),
            ("spiffe://td:80/x", UriFault::Spiffe),
            ("spiffe://td/x/", UriFault::Spiffe),
            ("spiffe://td/x?y", UriFault::Spiffe),
            ("spiffe://td/a%20b", UriFault::Spiffe),
            ("spiffe:td", UriFault::Spiffe),
        ] {
            assert_eq!(Uri::parse(text), Err(fault), "{text}");
        }
    }
}
