//! Names. Oracles: the canonical text reads back as the same name; sets of names are what brute force says.

use certgate::name::{DnsName, EmailAddress, IpAddress, IpPrefix, Uri};

use crate::{PLANTED, model, parts};

pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let parts: Vec<&str> =
        parts(text.as_bytes()).into_iter().filter_map(|part| std::str::from_utf8(part).ok()).collect();
    for part in &parts {
        check_text(part);
    }
    if let [first, second, ..] = parts[..] {
        check_dns_pair(first, second);
        check_ip_pair(first, second);
    }
}

fn check_text(text: &str) {
    if let Ok(name) = DnsName::parse(text) {
        let canonical = name.to_string();
        assert_eq!(canonical, text.to_ascii_lowercase());
        assert_eq!(DnsName::parse(&canonical).as_ref(), Ok(&name));
        assert!(model::is_host_name(&canonical), "{canonical}");
        if let Some(unicode) = name.to_unicode() {
            assert_eq!(DnsName::parse_unicode(&unicode), Ok(name));
        }
    }
    if let Ok(name) = DnsName::parse_unicode(text) {
        assert_eq!(DnsName::parse(&name.to_string()), Ok(name));
    }
    if let Ok(address) = EmailAddress::parse(text) {
        assert_eq!(EmailAddress::parse(&address.to_string()), Ok(address));
    }
    if let Ok(uri) = Uri::parse(text) {
        assert_eq!(Uri::parse(uri.as_str()), Ok(uri.clone()));
        assert_eq!(Uri::parse(&uri.to_string()).map(|again| again.to_string()), Ok(uri.to_string()));
    }
    if let Some(address) = IpAddress::parse(text) {
        assert_eq!(IpAddress::parse(&address.to_string()), Some(address));
        assert_eq!(IpAddress::from_octets(&address.octets()), Some(address));
    }
    if let Ok(prefix) = IpPrefix::parse(text) {
        assert_eq!(IpPrefix::parse(&prefix.to_string()), Ok(prefix));
    } else if let Some(cleared) = IpPrefix::cleared(text) {
        let _ = IpPrefix::parse(&cleared);
    }
}

fn check_dns_pair(first: &str, second: &str) {
    let (Ok(one), Ok(other)) = (DnsName::parse(first), DnsName::parse(second)) else { return };
    let covers = model::covers(&one.to_string(), &other.to_string());
    assert_eq!(covers_in_engine(&one, &other), covers, "{one} covers {other}");
    assert_eq!(
        one.is_below(other.base()),
        model::is_below(&one.to_string(), other.base()),
        "{one} below {other}"
    );
}

fn covers_in_engine(one: &DnsName, other: &DnsName) -> bool {
    // Planted: the suffix is compared as text, without the dot before it.
    let textual = PLANTED && one.is_wildcard() && !other.is_wildcard() && other.base().ends_with(one.base());
    textual || one.covers(other)
}

fn check_ip_pair(first: &str, second: &str) {
    let (Ok(one), Ok(other)) = (IpPrefix::parse(first), IpPrefix::parse(second)) else { return };
    let (network, length) = one.parts();
    let (address, other_length) = other.parts();
    let within = model::in_block(&network.octets(), length, &address.octets());
    assert_eq!(one.contains(address), within, "{one} contains {address}");
    assert_eq!(one.contains_prefix(&other), within && length <= other_length, "{one} contains {other}");
}
