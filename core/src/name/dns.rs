use std::fmt;
use std::sync::Arc;

use super::idn;
use super::ip::IpAddress;
use crate::diagnostic::{Code, codes};

/// Longest label (RFC 1035 2.3.4).
pub const MAX_LABEL: usize = 63;
/// Longest name without the root label (RFC 1035 2.3.4).
pub const MAX_NAME: usize = 253;

/// A host name as RFC 5280 4.2.1.6 and RFC 9525 want it: lower-case LDH labels, A-labels that round-trip, and possibly
/// `*` as the whole left-most label. A name with `*` stands for the set of names with any one label in its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DnsName {
    /// Lower case, without the `*.` of a wildcard.
    base: Arc<str>,
    wildcard: bool,
    underscore: bool,
}

/// Why a text is no DNS name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DnsFault {
    /// A character other than letters, digits, hyphen, underscore and dot.
    Character,
    /// No characters at all.
    Empty,
    /// Two dots in a row.
    EmptyLabel,
    /// A label begins or ends with a hyphen, or has `--` where only A-labels have it (RFC 5891 4.2.3.1).
    Hyphen,
    /// An A-label that is no valid IDNA2008 label, or does not come back from its U-label.
    Idna,
    /// The text of an IP address.
    IpAddress,
    /// A label of more than 63 bytes.
    LabelTooLong,
    /// A dot at the beginning.
    LeadingDot,
    /// The last label is a number, so that a URL with the name has an IP address for its host (WHATWG URL, "ends in a number"):
    /// digits only (RFC 1123 2.1, RFC 3696 2), or `0x` and hexadecimal digits.
    NumericTopLevel,
    /// `*` within a label, or more than one `*`.
    PartialWildcard,
    /// More than 253 bytes.
    TooLong,
    /// A dot at the end.
    TrailingDot,
    /// `*` alone.
    WildcardAlone,
    /// `*` in a label that is not the left-most.
    WildcardPosition,
}

impl DnsFault {
    /// The code of the diagnostic.
    pub fn code(self) -> Code {
        match self {
            Self::Character => codes::NAME_DNS_CHARACTER,
            Self::Empty => codes::NAME_DNS_EMPTY,
            Self::EmptyLabel => codes::NAME_DNS_EMPTY_LABEL,
            Self::Hyphen => codes::NAME_DNS_HYPHEN,
            Self::Idna => codes::NAME_DNS_IDNA,
            Self::IpAddress => codes::NAME_DNS_IP_ADDRESS,
            Self::LabelTooLong => codes::NAME_DNS_LABEL_LENGTH,
            Self::LeadingDot => codes::NAME_DNS_LEADING_DOT,
            Self::NumericTopLevel => codes::NAME_DNS_NUMERIC_TOP_LEVEL,
            Self::PartialWildcard => codes::NAME_DNS_PARTIAL_WILDCARD,
            Self::TooLong => codes::NAME_DNS_LENGTH,
            Self::TrailingDot => codes::NAME_DNS_TRAILING_DOT,
            Self::WildcardAlone => codes::NAME_DNS_WILDCARD_ALONE,
            Self::WildcardPosition => codes::NAME_DNS_WILDCARD_POSITION,
        }
    }

    /// What is wrong, to follow "dns name `x` ".
    pub fn reason(self) -> &'static str {
        match self {
            Self::Character => "has a character that no host name has",
            Self::Empty => "is empty",
            Self::EmptyLabel => "has an empty label",
            Self::Hyphen => "has a hyphen where a label may not have one",
            Self::Idna => "has an A-label that is not valid under IDNA2008",
            Self::IpAddress => "is an IP address",
            Self::LabelTooLong => "has a label of more than 63 bytes",
            Self::LeadingDot => "begins with a dot",
            Self::NumericTopLevel => "ends in a number, which is read as an IP address",
            Self::PartialWildcard => "has `*` as a part of a label, or more than once",
            Self::TooLong => "has more than 253 bytes",
            Self::TrailingDot => "ends with a dot",
            Self::WildcardAlone => "is `*` alone",
            Self::WildcardPosition => "has `*` in a label that is not the left-most",
        }
    }
}

impl DnsName {
    /// Reads a name with ASCII labels. Letters are lower-cased.
    pub fn parse(text: &str) -> Result<Self, DnsFault> {
        Self::parse_with(text, |base| base.into())
    }

    /// As [`DnsName::parse`], of a text that the name may share.
    pub(crate) fn parse_shared(text: &Arc<str>) -> Result<Self, DnsFault> {
        Self::parse_with(text, |base| if base.len() == text.len() { text.clone() } else { base.into() })
    }

    /// `share` makes the base of a part of the text that is in lower case.
    fn parse_with(text: &str, share: impl FnOnce(&str) -> Arc<str>) -> Result<Self, DnsFault> {
        let (name, labels) = Self::parse_labels(text, share)?;
        if labels.reserved {
            return Err(DnsFault::Hyphen);
        }
        if labels.a_label && !idn::is_round_trip(&name.base) {
            return Err(DnsFault::Idna);
        }
        Ok(name)
    }

    fn parse_labels(text: &str, share: impl FnOnce(&str) -> Arc<str>) -> Result<(Self, Labels), DnsFault> {
        let wildcard = split_wildcard(text)?;
        let base = wildcard.unwrap_or(text);
        let labels = check_labels(base)?;
        let base = if labels.upper { base.to_ascii_lowercase().into() } else { share(base) };
        Ok((Self { base, wildcard: wildcard.is_some(), underscore: labels.underscore }, labels))
    }

    /// A name as it is compared and not issued (RFC 9525 6.3): its labels are LDH labels (RFC 5890 2.3.1), whether or not a label
    /// with `--` means something. U-labels become A-labels.
    pub(crate) fn parse_ldh(text: &str) -> Result<Self, DnsFault> {
        if text.is_ascii() {
            return Self::parse_labels(text, |base| base.into()).map(|(name, _)| name);
        }
        Self::parse_unicode(text)
    }

    /// Reads a name as people write it: U-labels become A-labels (RFC 5891 4), then as [`DnsName::parse`].
    pub fn parse_unicode(text: &str) -> Result<Self, DnsFault> {
        if text.is_ascii() {
            return Self::parse(text);
        }
        let (prefix, rest) = text.strip_prefix("*.").map_or(("", text), |rest| ("*.", rest));
        let ascii = idn::to_ascii(rest).ok_or(DnsFault::Idna)?;
        Self::parse(&format!("{prefix}{ascii}"))
    }

    /// Whether the left-most label is `*`.
    pub fn is_wildcard(&self) -> bool {
        self.wildcard
    }

    /// The name without the `*.` of a wildcard, in lower case.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Whether a label has an underscore, which host names have not (RFC 952) and service names have (RFC 2782).
    pub fn has_underscore(&self) -> bool {
        self.underscore
    }

    /// Number of labels, that of `*` included.
    pub fn label_count(&self) -> usize {
        self.base.split('.').count().saturating_add(usize::from(self.wildcard))
    }

    /// The name with U-labels, where it has A-labels.
    pub fn to_unicode(&self) -> Option<String> {
        if !self.base.contains("xn--") {
            return None;
        }
        let unicode = idn::to_unicode(&self.base)?;
        Some(if self.wildcard { format!("*.{unicode}") } else { unicode })
    }

    /// Whether `host`, which is no wildcard, is this name or one of the set that it stands for.
    pub fn covers(&self, host: &Self) -> bool {
        if host.wildcard {
            return self.wildcard && self.base == host.base;
        }
        if !self.wildcard {
            return self.base == host.base;
        }
        host.base.split_once('.').is_some_and(|(_, parent)| *parent == *self.base)
    }

    /// Whether the name lies at any depth below `domain`, and is not the domain itself. For a wildcard: all of its set.
    pub fn is_below(&self, domain: &str) -> bool {
        let below = strictly_below(&self.base, domain);
        if self.wildcard { below || *self.base == *domain } else { below }
    }
}

pub(crate) fn strictly_below(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|head| head.len() > 1 && head.ends_with('.'))
}

impl fmt::Display for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.wildcard {
            f.write_str("*.")?;
        }
        f.write_str(&self.base)
    }
}

/// The rest behind `*.`, or `None` if the name has no star.
fn split_wildcard(text: &str) -> Result<Option<&str>, DnsFault> {
    let stars = text.bytes().filter(|byte| *byte == b'*').count();
    if stars == 0 {
        return Ok(None);
    }
    if text == "*" || text == "*." {
        return Err(DnsFault::WildcardAlone);
    }
    match text.strip_prefix("*.") {
        Some(rest) if stars == 1 => Ok(Some(rest)),
        Some(rest) if rest.split('.').any(|label| label == "*") => Err(DnsFault::WildcardPosition),
        Some(_) => Err(DnsFault::PartialWildcard),
        None if text.split('.').any(|label| label == "*") => Err(DnsFault::WildcardPosition),
        None => Err(DnsFault::PartialWildcard),
    }
}

/// What the labels of a name have.
#[derive(Default)]
struct Labels {
    underscore: bool,
    upper: bool,
    a_label: bool,
    /// `--` where only A-labels have it.
    reserved: bool,
}

/// What the characters of a name are, as bits, so that those of a label can be put together.
mod class {
    pub(super) const LOWER: u8 = 1;
    pub(super) const UPPER: u8 = 1 << 1;
    pub(super) const DIGIT: u8 = 1 << 2;
    pub(super) const HYPHEN: u8 = 1 << 3;
    pub(super) const UNDERSCORE: u8 = 1 << 4;
    pub(super) const NONE: u8 = 1 << 5;

    pub(super) const fn of(byte: u8) -> u8 {
        match byte {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            b'-' => HYPHEN,
            b'_' => UNDERSCORE,
            _ => NONE,
        }
    }
}

/// Checks all labels, but whether A-labels mean something.
fn check_labels(text: &str) -> Result<Labels, DnsFault> {
    if text.is_empty() {
        return Err(DnsFault::Empty);
    }
    if text.starts_with('.') {
        return Err(DnsFault::LeadingDot);
    }
    if text.ends_with('.') {
        return Err(DnsFault::TrailingDot);
    }
    if text.len() > MAX_NAME {
        return Err(DnsFault::TooLong);
    }
    let is_address = || IpAddress::parse(text).is_some();
    // An IPv4 address ends with a digit; an IPv6 address does too, or has a colon and no dot.
    if text.bytes().next_back().is_some_and(|last| last.is_ascii_digit()) && is_address() {
        return Err(DnsFault::IpAddress);
    }
    let mut labels = Labels::default();
    let mut is_number = false;
    for label in text.as_bytes().split(|byte| *byte == b'.') {
        if label.is_empty() {
            return Err(DnsFault::EmptyLabel);
        }
        if label.len() > MAX_LABEL {
            return Err(DnsFault::LabelTooLong);
        }
        let has = label.iter().fold(0, |has, byte| has | class::of(*byte));
        if has & class::NONE != 0 {
            return Err(if is_address() { DnsFault::IpAddress } else { DnsFault::Character });
        }
        is_number = has == class::DIGIT || is_hexadecimal(label);
        labels.underscore |= has & class::UNDERSCORE != 0;
        labels.upper |= has & class::UPPER != 0;
        if has & class::HYPHEN != 0 {
            let has_hyphens = label.get(2..4) == Some(b"--");
            let a_label = has_hyphens && label.get(..2).is_some_and(|two| two.eq_ignore_ascii_case(b"xn"));
            if label.starts_with(b"-") || label.ends_with(b"-") {
                return Err(DnsFault::Hyphen);
            }
            labels.a_label |= a_label;
            labels.reserved |= has_hyphens && !a_label;
        }
    }
    if is_number { Err(DnsFault::NumericTopLevel) } else { Ok(labels) }
}

/// Whether a label is `0x` and hexadecimal digits, or no digits (WHATWG URL, IPv4 number parser).
fn is_hexadecimal(label: &[u8]) -> bool {
    matches!(label, [b'0', b'x' | b'X', digits @ ..] if digits.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_cased() {
        let name = DnsName::parse("API.Example.COM").unwrap();
        assert_eq!(name.to_string(), "api.example.com");
        assert!(!name.is_wildcard());
        let wildcard = DnsName::parse("*.Example.com").unwrap();
        assert_eq!(
            (wildcard.to_string().as_str(), wildcard.base(), wildcard.label_count()),
            ("*.example.com", "example.com", 3)
        );
    }

    #[test]
    fn text_is_shared_where_it_is_the_name() {
        for (text, is_shared) in [("a.example.com", true), ("A.example.com", false), ("*.example.com", false)]
        {
            let text: Arc<str> = text.into();
            let name = DnsName::parse_shared(&text).unwrap();
            assert_eq!(Arc::ptr_eq(&name.base, &text), is_shared, "{text}");
            assert_eq!(DnsName::parse(&text), Ok(name));
        }
    }

    #[test]
    fn faults_are_told_apart() {
        for (text, fault) in [
            ("", DnsFault::Empty),
            (".a.b", DnsFault::LeadingDot),
            ("a.b.", DnsFault::TrailingDot),
            ("a..b", DnsFault::EmptyLabel),
            ("*", DnsFault::WildcardAlone),
            ("*.", DnsFault::WildcardAlone),
            ("**.a.b", DnsFault::PartialWildcard),
            ("a.*.b", DnsFault::WildcardPosition),
            ("*.*.b", DnsFault::WildcardPosition),
            ("f*o.b.c", DnsFault::PartialWildcard),
            ("*a.b.c", DnsFault::PartialWildcard),
            ("xn--*.b.c", DnsFault::PartialWildcard),
            ("-a.b", DnsFault::Hyphen),
            ("a-.b", DnsFault::Hyphen),
            ("ab--c.d", DnsFault::Hyphen),
            ("10.0.0.1", DnsFault::IpAddress),
            ("::1", DnsFault::IpAddress),
            ("a.1", DnsFault::NumericTopLevel),
            ("1.2.3", DnsFault::NumericTopLevel),
            ("127.1", DnsFault::NumericTopLevel),
            ("0177.0.0.1", DnsFault::NumericTopLevel),
            ("2130706433", DnsFault::NumericTopLevel),
            ("0x7f000001", DnsFault::NumericTopLevel),
            ("0X7F.0x0.0x0.0X1", DnsFault::NumericTopLevel),
            ("a.0x", DnsFault::NumericTopLevel),
            ("*.0xff", DnsFault::NumericTopLevel),
            ("a b.c", DnsFault::Character),
            ("a@b.c", DnsFault::Character),
            ("a\0.b", DnsFault::Character),
            ("xn--a.b", DnsFault::Idna),
            ("xn--example-.org", DnsFault::Hyphen),
            ("xn--zzzzzzz-.com", DnsFault::Hyphen),
            ("xn--fa-hia.xn--99999999", DnsFault::Idna),
        ] {
            assert_eq!(DnsName::parse(text), Err(fault), "{text}");
        }
        assert_eq!(DnsName::parse(&format!("{}.b", "a".repeat(64))), Err(DnsFault::LabelTooLong));
        assert_eq!(DnsName::parse(&"a.".repeat(127)), Err(DnsFault::TrailingDot));
        assert_eq!(DnsName::parse(&format!("{}b", "a.".repeat(127))), Err(DnsFault::TooLong));
    }

    #[test]
    fn names_that_look_like_numbers_and_are_none_are_names() {
        for text in
            ["0x7f.example.com", "127.1.example.com", "a.0xg", "a.00x1", "a.x1", "a.1f", "a.0-1", "0x.a"]
        {
            assert!(DnsName::parse(text).is_ok(), "{text}");
        }
        for text in ["0x7f000001", "127.1", "2130706433"] {
            assert_eq!(DnsName::parse_ldh(text), Err(DnsFault::NumericTopLevel), "{text}");
        }
    }

    #[test]
    fn what_is_compared_has_ldh_labels() {
        for text in ["r3---sn-4g5e6nsz.googlevideo.com", "xn--i-7iq.ws", "ab--cd.example.com", "xn--a.b"] {
            assert!(DnsName::parse(text).is_err(), "{text}");
            assert_eq!(DnsName::parse_ldh(text).unwrap().base(), text);
        }
        assert_eq!(DnsName::parse_ldh("*.AB--CD.com").unwrap().to_string(), "*.ab--cd.com");
        assert_eq!(DnsName::parse_ldh("münchen.de").unwrap().base(), "xn--mnchen-3ya.de");
        for text in ["-a.b", "a-.b", "a..b", "f*o.b", "10.0.0.1", "a b.c", "i♥ny.com", ""] {
            assert!(DnsName::parse_ldh(text).is_err(), "{text}");
        }
    }

    #[test]
    fn international_names_round_trip() {
        let name = DnsName::parse("www.XN--Mnchen-3ya.de").unwrap();
        assert_eq!(name.to_string(), "www.xn--mnchen-3ya.de");
        assert_eq!(name.to_unicode().as_deref(), Some("www.münchen.de"));
        assert_eq!(DnsName::parse_unicode("www.münchen.de"), Ok(name));
        assert_eq!(DnsName::parse_unicode("*.münchen.de").unwrap().to_string(), "*.xn--mnchen-3ya.de");
    }

    #[test]
    fn wildcards_cover_one_label() {
        let wildcard = DnsName::parse("*.example.com").unwrap();
        let covers = |host: &str| wildcard.covers(&DnsName::parse(host).unwrap());
        assert!(covers("a.example.com") && covers("*.example.com"));
        assert!(!covers("example.com") && !covers("a.b.example.com") && !covers("a.example.org"));
        assert!(wildcard.is_below("example.com") && !wildcard.is_below("a.example.com"));
        assert!(!DnsName::parse("example.com").unwrap().is_below("example.com"));
        assert!(!DnsName::parse("badexample.com").unwrap().is_below("example.com"));
    }
}
