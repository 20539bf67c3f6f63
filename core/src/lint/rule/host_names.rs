//! dNSName: RFC 5280 4.2.1.6, TLS BR 4.2.2, 7.1.4.2 and 3.2.2.6.

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::diagnostic::{path::steps, quote};
use crate::name::{DnsName, GeneralName, suffix};

/// The host names that are well-formed, with their place among the names.
fn hosts<'a>(subject: &Subject<'a>) -> impl Iterator<Item = (usize, &'a DnsName)> {
    subject.names().iter().enumerate().filter_map(|(index, name)| match name {
        GeneralName::DnsName(named) => Some((index, named.value.as_ref().ok()?)),
        _ => None,
    })
}

fn at(index: usize) -> crate::diagnostic::Path {
    steps!["extensions", "subjectAltName", index, "dNSName"]
}

pub(super) fn malformed(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, name) in subject.names().iter().enumerate() {
        let GeneralName::DnsName(named) = name else { continue };
        if let Err(fault) = named.value {
            let message = format!("the dns name {} {}", quote(&named.text), fault.reason());
            findings.push(Finding::new(at(index), message).found(&*named.text).help(fault.code().help()));
        }
    }
    findings
}

pub(super) fn underscore(subject: &Subject<'_>) -> Vec<Finding> {
    let found = hosts(subject).filter(|(_, name)| name.has_underscore());
    found
        .map(|(index, name)| {
            let text = name.to_string();
            Finding::new(at(index), format!("the dns name {} has an underscore", quote(&text))).found(text)
        })
        .collect()
}

/// TLS BR 3.2.2.6: `*.com`, `*.co.uk` stand for names of different owners.
pub(super) fn suffix_wildcard(subject: &Subject<'_>) -> Vec<Finding> {
    let found =
        hosts(subject).filter(|(_, name)| name.is_wildcard() && suffix::is_public_suffix(name.base()));
    found
        .map(|(index, name)| {
            let text = name.to_string();
            let message = format!("the wildcard {} stands for names of different owners", quote(&text));
            Finding::new(at(index), message)
                .found(text)
                .expected(format!("public suffix list of {}", suffix::public_suffix_list_date()))
        })
        .collect()
}

/// TLS BR 4.2.2 and 1.6.1 (internal name): a name whose last label is no top-level domain.
pub(super) fn reserved(subject: &Subject<'_>) -> Vec<Finding> {
    let internal = |name: &DnsName| {
        let base = name.base();
        let top = base.rsplit('.').next().unwrap_or(base);
        base == top || !suffix::is_top_level(top)
    };
    let found = hosts(subject).filter(|(_, name)| internal(name));
    found
        .map(|(index, name)| {
            let text = name.to_string();
            Finding::new(at(index), format!("the dns name {} is internal to some network", quote(&text)))
                .found(text)
        })
        .collect()
}

/// A name that a wildcard beside it stands for already.
pub(super) fn redundant(subject: &Subject<'_>) -> Vec<Finding> {
    let wildcards: Vec<&DnsName> =
        hosts(subject).map(|(_, name)| name).filter(|name| name.is_wildcard()).collect();
    let mut findings = Vec::new();
    for (index, name) in hosts(subject).filter(|(_, name)| !name.is_wildcard()) {
        if let Some(wildcard) = wildcards.iter().find(|wildcard| wildcard.covers(name)) {
            let (text, wildcard) = (name.to_string(), wildcard.to_string());
            let message = format!("the dns name {} is one of {}", quote(&text), quote(&wildcard));
            findings.push(Finding::new(at(index), message).found(text));
        }
    }
    findings
}
