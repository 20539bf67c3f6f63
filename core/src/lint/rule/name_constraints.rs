//! nameConstraints: RFC 5280 4.2.1.10.

use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use crate::diagnostic::{Path, quote};
use crate::extension::{ExtensionValue, GeneralSubtree, NameConstraints};
use crate::name::{DnsName, EmailAddress, GeneralName};
use crate::oid;

fn constraints<'a>(subject: &Subject<'a>) -> Option<&'a NameConstraints> {
    match subject.value(&oid::NAME_CONSTRAINTS)? {
        ExtensionValue::NameConstraints(constraints) => Some(constraints),
        _ => None,
    }
}

/// One finding for each subtree that is wrong.
fn each(subject: &Subject<'_>, judge: impl Fn(&GeneralSubtree) -> Option<String>) -> Vec<Finding> {
    let Some(constraints) = constraints(subject) else { return Vec::new() };
    let at = |list: &'static str, index: usize| -> Path {
        subject.at(&oid::NAME_CONSTRAINTS).join(list).join(index)
    };
    let mut findings = Vec::new();
    for (list, subtrees) in
        [("permittedSubtrees", &constraints.permitted), ("excludedSubtrees", &constraints.excluded)]
    {
        for (index, subtree) in subtrees.iter().enumerate() {
            if let Some(message) = judge(subtree) {
                findings.push(Finding::new(at(list, index), message).found(subtree.base.display()));
            }
        }
    }
    findings
}

pub(super) fn empty(subject: &Subject<'_>) -> Vec<Finding> {
    let empty = constraints(subject).is_some_and(|constraints| constraints.is_empty);
    when(empty, || Finding::new(subject.at(&oid::NAME_CONSTRAINTS), "the name constraints are empty"))
}

pub(super) fn in_leaf(subject: &Subject<'_>) -> Vec<Finding> {
    when(constraints(subject).is_some(), || {
        Finding::new(
            subject.at(&oid::NAME_CONSTRAINTS),
            "the certificate has name constraints and is not that of a CA",
        )
    })
}

pub(super) fn distance(subject: &Subject<'_>) -> Vec<Finding> {
    each(subject, |subtree| subtree.has_distance.then(|| "the subtree has a minimum or a maximum".to_owned()))
}

/// The dot belongs to constraints on mail and URIs.
pub(super) fn leading_dot(subject: &Subject<'_>) -> Vec<Finding> {
    each(subject, |subtree| match &subtree.base {
        GeneralName::DnsName(named) if named.text.starts_with('.') => {
            Some(format!("the dNSName constraint {} begins with a dot", quote(&named.text)))
        }
        _ => None,
    })
}

pub(super) fn malformed(subject: &Subject<'_>) -> Vec<Finding> {
    let is_host = |text: &str| text.is_empty() || DnsName::parse(text).is_ok_and(|name| !name.is_wildcard());
    let is_domain = |text: &str| match text.strip_prefix('.') {
        Some(domain) => !domain.is_empty() && is_host(domain),
        None => is_host(text),
    };
    each(subject, |subtree| {
        let fits = match &subtree.base {
            GeneralName::DnsName(named) => is_domain(&named.text),
            GeneralName::Uri(named) => is_domain(&named.text),
            GeneralName::Rfc822Name(named) => {
                EmailAddress::parse(&named.text).is_ok() || is_domain(&named.text)
            }
            GeneralName::IpAddress { octets, .. } => is_block(octets),
            _ => true,
        };
        (!fits).then(|| {
            let kind = subtree.base.kind().as_str();
            format!("the {kind} {} is no constraint", quote(&subtree.base.display()))
        })
    })
}

/// An address and a mask of ones followed by zeros (RFC 4632).
fn is_block(octets: &[u8]) -> bool {
    let (8 | 32) = octets.len() else { return false };
    let mask = octets.get(octets.len().div_euclid(2)..).unwrap_or_default();
    let ones = mask.iter().take_while(|octet| **octet == 0xff).count();
    let mut rest = mask.iter().skip(ones);
    let partial =
        rest.next().is_none_or(|octet| octet.leading_ones().saturating_add(octet.trailing_zeros()) == 8);
    partial && rest.all(|octet| *octet == 0)
}
