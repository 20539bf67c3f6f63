//! Lifetimes: RFC 5280 4.1.2.5, TLS BR 6.3.2 and 7.1.2.1.1.

use super::super::date::Date;
use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use crate::der::tag;
use crate::diagnostic::{Path, path::steps};
use crate::time::Timestamp;

const DAY: i64 = 86_400;

/// Days that a server's certificate may be valid, both ends included, for what is issued from each day on. The forum's
/// months are taken at their longest.
const LONGEST: [(Date, i64); 7] = [
    (Date::new(2012, 7, 1), 1_827),
    (Date::new(2015, 4, 1), 1_188),
    (Date::new(2018, 3, 1), 825),
    (Date::new(2020, 9, 1), 398),
    (Date::new(2026, 3, 15), 200),
    (Date::new(2027, 3, 15), 100),
    (Date::new(2029, 3, 15), 47),
];

/// In days, a part of one counting as a whole (TLS BR 6.3.2).
fn days(seconds: i64) -> i64 {
    seconds.saturating_add(DAY - 1).div_euclid(DAY)
}

fn too_many(subject: &Subject<'_>, longest: i64, message: &str) -> Vec<Finding> {
    let Some(found) = subject.lifetime().map(days) else { return Vec::new() };
    when(found > longest, || {
        Finding::new(steps!["validity"], format!("{message} {longest} days, and this one for {found}"))
            .found(found)
            .expected(longest)
    })
}

pub(super) fn too_long(subject: &Subject<'_>) -> Vec<Finding> {
    let longest = LONGEST.iter().rev().find(|(since, _)| since.has_come(subject.at)).map(|(_, days)| *days);
    longest.map_or_else(Vec::new, |longest| {
        too_many(subject, longest, "certificates of servers are valid for at most")
    })
}

/// Apple's clients hold private CAs to this too, from 2019-07-01.
pub(super) fn beyond_clients(subject: &Subject<'_>) -> Vec<Finding> {
    too_many(subject, 825, "some clients accept certificates of servers for at most")
}

/// TLS BR 7.1.2.1.1: from 2,922 to 9,132 days.
pub(super) fn root_lifetime(subject: &Subject<'_>) -> Vec<Finding> {
    const RANGE: std::ops::RangeInclusive<i64> = 2_922..=9_132;
    let Some(found) = subject.lifetime().map(days) else { return Vec::new() };
    when(!RANGE.contains(&found), || {
        let message = format!("the root is valid for {found} days, not for 2922 to 9132");
        Finding::new(steps!["validity"], message).found(found).expected(vec![*RANGE.start(), *RANGE.end()])
    })
}

pub(super) fn reversed(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(validity) = subject.validity() else { return Vec::new() };
    when(validity.not_after < validity.not_before, || {
        let message = format!(
            "the certificate ends at {}, before it begins at {}",
            validity.not_after, validity.not_before
        );
        Finding::new(steps!["validity"], message)
    })
}

/// Whole days and one second: both ends count, and somebody forgot.
pub(super) fn extra_second(subject: &Subject<'_>) -> Vec<Finding> {
    let wrong = subject.lifetime().is_some_and(|lifetime| lifetime > DAY && lifetime.rem_euclid(DAY) == 1);
    when(wrong, || {
        Finding::new(
            steps!["validity"],
            "the certificate is valid for a whole number of days and one second, for both ends count",
        )
    })
}

pub(super) fn no_end(subject: &Subject<'_>) -> Vec<Finding> {
    let endless = subject.validity().is_some_and(|validity| validity.not_after == Timestamp::NO_EXPIRY);
    when(endless, || Finding::new(steps!["validity", "notAfter"], "the certificate has no well-defined end"))
}

/// UTCTime until 2049, GeneralizedTime from 2050 on.
pub(super) fn encoding(subject: &Subject<'_>) -> Vec<Finding> {
    let paths: [Path; 2] = match subject.list() {
        Some(_) => [steps!["thisUpdate"], steps!["nextUpdate"]],
        None => [steps!["validity", "notBefore"], steps!["validity", "notAfter"]],
    };
    let times = match (subject.validity(), subject.list()) {
        (Some(validity), _) => [Some(validity.not_before), Some(validity.not_after)],
        (_, Some(list)) => [Some(list.this_update()), list.next_update()],
        _ => return Vec::new(),
    };
    let mut findings = Vec::new();
    for (path, time) in paths.into_iter().zip(times) {
        let Some((time, found)) = time.zip(tag_of(subject, &path)) else { continue };
        let (year, ..) = time.to_civil();
        if found == tag::GENERALIZED_TIME && (1950..2050).contains(&year) {
            findings.push(
                Finding::new(path, format!("the time {time} is a GeneralizedTime, and must be a UTCTime"))
                    .found("GeneralizedTime")
                    .expected("UTCTime"),
            );
        }
    }
    findings
}

fn tag_of(subject: &Subject<'_>, path: &Path) -> Option<u8> {
    let (der, span) = match (subject.certificate(), subject.list()) {
        (Some(certificate), _) => (certificate.der(), certificate.span(path)?),
        (_, Some(list)) => (list.der(), list.span(path)?),
        _ => return None,
    };
    der.get(span.start).copied()
}
