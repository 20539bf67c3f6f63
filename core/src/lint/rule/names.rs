//! subjectAltName and the common name: RFC 5280 4.2.1.6, TLS BR 7.1.2.7.12 and 7.1.4.3.

use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use crate::diagnostic::{Severity, path::steps, quote};
use crate::name::{GeneralName, GeneralNameKind, IpAddress, IpPrefix};
use crate::oid;

fn at(index: usize, name: &GeneralName) -> crate::diagnostic::Path {
    steps!["extensions", "subjectAltName", index, name.kind().as_str()]
}

/// One finding for each name that is wrong.
fn each(subject: &Subject<'_>, judge: impl Fn(&GeneralName) -> Option<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, name) in subject.names().iter().enumerate() {
        if let Some(message) = judge(name) {
            findings.push(Finding::new(at(index, name), message).found(name.display()));
        }
    }
    findings
}

pub(super) fn missing(subject: &Subject<'_>) -> Vec<Finding> {
    when(subject.names().is_empty(), || {
        let path = subject.at(&oid::SUBJECT_ALT_NAME);
        if subject.target.is_request() {
            return Finding::new(path, "the request asks for no subjectAltName").at_most(Severity::Warning);
        }
        Finding::new(path, "the certificate has no subjectAltName")
    })
}

/// With an empty subject the names are all there is.
pub(super) fn not_critical(subject: &Subject<'_>) -> Vec<Finding> {
    let empty = subject.name().is_some_and(|name| name.is_empty());
    let extension = subject.extension(&oid::SUBJECT_ALT_NAME);
    when(empty && extension.is_some_and(|extension| !extension.is_critical()), || {
        Finding::new(
            subject.at(&oid::SUBJECT_ALT_NAME).join("critical"),
            "the subject is empty, and subjectAltName is not critical",
        )
    })
}

pub(super) fn critical(subject: &Subject<'_>) -> Vec<Finding> {
    let named = subject.name().is_some_and(|name| !name.is_empty());
    let extension = subject.extension(&oid::SUBJECT_ALT_NAME);
    when(named && extension.is_some_and(|extension| extension.is_critical()), || {
        Finding::new(
            subject.at(&oid::SUBJECT_ALT_NAME).join("critical"),
            "subjectAltName is critical although there is a subject",
        )
    })
}

pub(super) fn common_name(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(name) = subject.name() else { return Vec::new() };
    let known: Vec<String> = subject.names().iter().map(GeneralName::display).collect();
    if known.is_empty() {
        return Vec::new();
    }
    let attributes = name.attributes().iter().enumerate();
    let stray = attributes.filter(|(_, attribute)| *attribute.oid() == oid::COMMON_NAME);
    stray
        .filter_map(|(index, attribute)| {
            let text = attribute.text().filter(|text| !known.iter().any(|name| name == text))?;
            let message =
                format!("the common name {} is not one of the subject alternative names", quote(text));
            let at = steps!["subject", index, attribute.oid().label()];
            Some(Finding::new(at, message).found(text).expected(known.clone()))
        })
        .collect()
}

pub(super) fn common_name_present(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(name) = subject.name() else { return Vec::new() };
    let index = name.attributes().iter().position(|attribute| *attribute.oid() == oid::COMMON_NAME);
    index
        .map(|index| {
            let at = steps!["subject", index, "commonName"];
            Finding::new(at, "the certificate has a common name, which clients do not look at any more")
        })
        .into_iter()
        .collect()
}

pub(super) fn kind(subject: &Subject<'_>) -> Vec<Finding> {
    each(subject, |name| {
        let kind = name.kind();
        let fits = matches!(kind, GeneralNameKind::DnsName | GeneralNameKind::IpAddress);
        (!fits)
            .then(|| format!("a server is named by dNSName and iPAddress, and this is a {}", kind.as_str()))
    })
}

pub(super) fn duplicate(subject: &Subject<'_>) -> Vec<Finding> {
    let names = subject.names();
    let mut findings = Vec::new();
    for (index, name) in names.iter().enumerate() {
        if names.iter().take(index).any(|earlier| same(earlier, name)) {
            let text = name.display();
            let message = format!("the name {} comes more than once", quote(&text));
            findings.push(Finding::new(at(index, name), message).found(text));
        }
    }
    findings
}

fn same(a: &GeneralName, b: &GeneralName) -> bool {
    match (a, b) {
        (GeneralName::DnsName(a), GeneralName::DnsName(b)) => a.value.is_ok() && a.value == b.value,
        _ => a == b,
    }
}

pub(super) fn email(subject: &Subject<'_>) -> Vec<Finding> {
    each(subject, |name| match name {
        GeneralName::Rfc822Name(named) => {
            let fault = named.value.as_ref().err()?;
            Some(format!("the mail address {} {}", quote(&named.text), fault.reason()))
        }
        _ => None,
    })
}

pub(super) fn uri(subject: &Subject<'_>) -> Vec<Finding> {
    each(subject, |name| match name {
        GeneralName::Uri(named) => {
            let fault = named.value.as_ref().err()?;
            Some(format!("the URI {} {}", quote(&named.text), fault.reason()))
        }
        _ => None,
    })
}

pub(super) fn ip_length(subject: &Subject<'_>) -> Vec<Finding> {
    each(subject, |name| match name {
        GeneralName::IpAddress { octets, address: None } => {
            Some(format!("an iPAddress has {} octets, not 4 or 16", octets.len()))
        }
        _ => None,
    })
}

pub(super) fn ip_reserved(subject: &Subject<'_>) -> Vec<Finding> {
    each(subject, |name| match name {
        GeneralName::IpAddress { address: Some(address), .. } if is_reserved(*address) => {
            Some(format!("the address {} is not one of the public internet", quote(&name.display())))
        }
        _ => None,
    })
}

/// The registries of special-purpose addresses (RFC 6890), as far as they are not globally reachable.
const RESERVED: [&str; 25] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/128",
    "::1/128",
    "64:ff9b:1::/48",
    "100::/64",
    "2001:2::/48",
    "2001:db8::/32",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

fn is_reserved(address: IpAddress) -> bool {
    address.is_mapped()
        || RESERVED.iter().any(|block| IpPrefix::parse(block).is_ok_and(|block| block.contains(address)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_blocks_are_blocks() {
        for block in RESERVED {
            assert!(IpPrefix::parse(block).is_ok(), "{block}");
        }
        let reserved = |text: &str| is_reserved(IpAddress::parse(text).unwrap());
        assert!(reserved("10.1.2.3") && reserved("fd00::1") && reserved("::ffff:8.8.8.8") && reserved("::1"));
        assert!(!reserved("8.8.8.8") && !reserved("2606:4700::1111"));
    }
}
