//! Patterns for names. What has no pattern of the same meaning is `None`, never a wider one.

use certgate::name::{DnsName, EmailAddress, IpAddress, IpPrefix};
use certgate::policy::document::{
    DnsPattern, EmailPattern, IpRules, Permission, TextPattern, TextPatternKind,
};

use super::value::glob_to_regex;

/// The most stars of a pattern.
const MAX_STARS: usize = 8;

fn plain(text: &str) -> bool {
    !text.contains("${") && text.matches('*').count() <= MAX_STARS
}

/// A text in which `*` stands for any characters.
pub(super) fn text(glob: &str) -> Option<TextPattern> {
    plain(glob).then(|| template_text(glob))
}

/// A text that is compared without regard to case.
pub(super) fn text_ignoring_case(text: &str) -> Option<TextPattern> {
    plain(text).then(|| TextPattern { kind: TextPatternKind::Exact(text.to_owned()), ignore_case: true })
}

/// A domain in its canonical form.
pub(super) fn domain(text: &str) -> Option<String> {
    let name = DnsName::parse_unicode(text).ok()?;
    (!name.is_wildcard()).then(|| name.base().to_owned())
}

/// A DNS name, or a glob whose `*` stands for any characters.
pub(super) fn dns(glob: &str) -> Option<DnsPattern> {
    if !glob.contains('*') {
        return domain(glob).map(DnsPattern::Exact);
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.*".contains(c);
    let shaped = !glob.starts_with('.') && !glob.ends_with('.') && !glob.contains("..");
    (plain(glob) && shaped && glob.chars().all(fits)).then(|| DnsPattern::Glob(glob.to_ascii_lowercase()))
}

/// A glob over DNS names with references to facts, in whose own text `*` stands for any characters.
pub(super) fn template_glob(text: &str) -> Option<DnsPattern> {
    (text.matches('*').count() <= MAX_STARS).then(|| DnsPattern::Glob(text.to_owned()))
}

/// A mail address, or a glob whose `*` stands for any characters.
pub(super) fn email(glob: &str) -> Option<EmailPattern> {
    if let Some(host) = glob.strip_prefix("*@").and_then(domain) {
        return Some(EmailPattern::Host(host));
    }
    if glob.contains('*') {
        let fits = plain(glob) && glob.is_ascii() && glob.bytes().all(|byte| byte.is_ascii_graphic());
        return fits.then(|| EmailPattern::Regex(glob_to_regex(glob)));
    }
    EmailAddress::parse(glob).ok().map(|address| EmailPattern::Exact(address.to_string()))
}

/// Any DNS name, wildcards too.
pub(super) fn any_dns() -> DnsPattern {
    DnsPattern::Glob("*".to_owned())
}

/// Any mail address.
pub(super) fn any_email() -> EmailPattern {
    EmailPattern::Regex("^.+@.+$".to_owned())
}

/// Any IP address.
pub(super) fn any_ip() -> IpRules {
    IpRules {
        allow: vec!["0.0.0.0/0".to_owned(), "::/0".to_owned()],
        mapped: Permission::Allow,
        ..IpRules::default()
    }
}

/// A block without host bits, or an address; an IPv4-mapped one is the IPv4 address.
pub(super) fn block(text: &str) -> Option<String> {
    match IpPrefix::parse(text) {
        Ok(block) => Some(block.to_string()),
        Err(_) => IpPrefix::cleared(text)
            .or_else(|| IpAddress::parse(text).map(|address| address.unmapped().to_string())),
    }
}

/// What a glob over the canonical text of addresses stands for, if it is a list of blocks: `10.0.*` is `10.0.0.0/16`. No
/// address has a slash in its text.
pub(super) fn blocks_of_glob(glob: &str) -> Option<Vec<String>> {
    if glob == "*" {
        return Some(any_ip().allow);
    }
    if !glob.contains('*') {
        let address = IpAddress::parse(glob)?;
        // The canonical text of an IPv4-mapped address is that of the IPv4 address: its own text matches none.
        return (!address.is_mapped()).then(|| vec![address.to_string()]);
    }
    let head = glob.strip_suffix('*')?;
    if let Some(head) = head.strip_suffix('.') {
        let octets: Vec<u8> = head.split('.').map(|part| canonical(part, 10)).collect::<Option<Vec<u8>>>()?;
        let bits = octets.len().checked_mul(8).filter(|bits| *bits < 32)?;
        let missing = 4_usize.checked_sub(octets.len())?;
        let parts = octets.iter().map(u8::to_string).chain(std::iter::repeat_n("0".to_owned(), missing));
        return Some(vec![format!("{}/{bits}", parts.collect::<Vec<_>>().join("."))]);
    }
    let groups: Vec<&str> = head.strip_suffix(':')?.split(':').collect();
    // A group of zeros may be written as `::`: only groups that are not zero are written in one way.
    let fits = |group: &&str| {
        u16::from_str_radix(group, 16).is_ok_and(|value| value > 0 && format!("{value:x}") == **group)
    };
    let bits = groups.len().checked_mul(16).filter(|bits| *bits < 128)?;
    groups.iter().all(fits).then(|| vec![format!("{}::/{bits}", groups.join(":"))])
}

/// A number without leading zeros or a sign.
fn canonical(part: &str, radix: u32) -> Option<u8> {
    let value = u8::from_str_radix(part, radix).ok()?;
    (value.to_string() == part).then_some(value)
}

/// Mail addresses that a glob over the whole text matches; only of lower case, because hosts are compared in it.
pub(super) fn email_glob(glob: &str) -> Option<EmailPattern> {
    let fits = |byte: u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase();
    (plain(glob) && glob.bytes().all(fits)).then(|| EmailPattern::Regex(glob_to_regex(glob)))
}

/// A text with references to facts, in which `*` stands for any characters.
pub(super) fn template_text(text: &str) -> TextPattern {
    let kind = if text.contains('*') {
        TextPatternKind::Glob(text.to_owned())
    } else {
        TextPatternKind::Exact(text.to_owned())
    };
    TextPattern { kind, ignore_case: false }
}
