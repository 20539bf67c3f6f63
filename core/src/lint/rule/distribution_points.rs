//! cRLDistributionPoints: RFC 5280 4.2.1.13, TLS BR 7.1.2.11.2.

use super::super::date::Date;
use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use super::super::target::Target;
use super::access::is_http;
use crate::extension::{DistributionPoint, DistributionPointName, ExtensionValue};
use crate::oid;

fn points<'a>(subject: &Subject<'a>) -> &'a [DistributionPoint] {
    match subject.value(&oid::CRL_DISTRIBUTION_POINTS) {
        Some(ExtensionValue::CrlDistributionPoints(points)) => points,
        _ => &[],
    }
}

/// One full name of the scheme http, and nothing else.
pub(super) fn form(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, point) in points(subject).iter().enumerate() {
        let fault = match &point.name {
            _ if point.reasons.is_some() => Some("is for some reasons only"),
            _ if !point.crl_issuer.is_empty() => Some("names another issuer of the list"),
            Some(DistributionPointName::Full(names)) if names.iter().all(is_http) => None,
            Some(DistributionPointName::Full(_)) => Some("has a name that is no http URI"),
            Some(DistributionPointName::Relative(_)) => Some("is relative to an issuer's name"),
            None => Some("has no full name"),
        };
        if let Some(fault) = fault {
            let at = subject.at(&oid::CRL_DISTRIBUTION_POINTS).join(index);
            findings.push(Finding::new(at, format!("the distribution point {fault}")));
        }
    }
    findings
}

/// RFC 5280 4.2.1.13: not reasons alone.
pub(super) fn nameless(subject: &Subject<'_>) -> Vec<Finding> {
    let nameless = |point: &DistributionPoint| point.name.is_none() && point.crl_issuer.is_empty();
    let found = points(subject).iter().enumerate().filter(|(_, point)| nameless(point));
    found
        .map(|(index, _)| {
            let at = subject.at(&oid::CRL_DISTRIBUTION_POINTS).join(index);
            Finding::new(at, "the distribution point has neither a name nor an issuer of its list")
        })
        .collect()
}

/// TLS BR 7.1.2.7.6 and 7.1.2.10: every CA; a server unless it has OCSP, or lives so short that revocation has no use.
pub(super) fn missing(subject: &Subject<'_>) -> Vec<Finding> {
    let excused = subject.target == Target::Server && (has_ocsp(subject) || is_short_lived(subject));
    when(points(subject).is_empty() && !excused, || {
        Finding::new(
            subject.at(&oid::CRL_DISTRIBUTION_POINTS),
            "the certificate does not say where its revocation list is",
        )
    })
}

fn has_ocsp(subject: &Subject<'_>) -> bool {
    match subject.value(&oid::AUTHORITY_INFO_ACCESS) {
        Some(ExtensionValue::AuthorityInfoAccess(rows)) => rows.iter().any(|row| row.method == oid::OCSP),
        _ => false,
    }
}

/// TLS BR 1.6.1: at most 10 days, from 2026-03-15 on 7.
fn is_short_lived(subject: &Subject<'_>) -> bool {
    const DAY: i64 = 86_400;
    let longest = if Date::new(2026, 3, 15).has_come(subject.at) { 7 * DAY } else { 10 * DAY };
    subject.lifetime().is_some_and(|lifetime| lifetime <= longest)
}
