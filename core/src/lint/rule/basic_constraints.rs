//! basicConstraints: RFC 5280 4.2.1.9, TLS BR 7.1.2.1.4 and 7.1.2.7.8.

use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use crate::oid;

pub(super) fn not_critical(subject: &Subject<'_>) -> Vec<Finding> {
    let wrong = subject.extension(&oid::BASIC_CONSTRAINTS).is_some_and(|extension| !extension.is_critical());
    when(wrong, || {
        Finding::new(subject.at(&oid::BASIC_CONSTRAINTS).join("critical"), "basicConstraints is not critical")
    })
}

fn length(subject: &Subject<'_>) -> Option<u32> {
    subject.basic_constraints()?.path_length
}

pub(super) fn length_without_ca(subject: &Subject<'_>) -> Vec<Finding> {
    let wrong = subject.basic_constraints().is_some_and(|it| !it.ca && it.path_length.is_some());
    when(wrong, || {
        Finding::new(
            subject.at(&oid::BASIC_CONSTRAINTS).join("pathLenConstraint"),
            "there is a path length, and cA is not TRUE",
        )
    })
}

pub(super) fn length_in_root(subject: &Subject<'_>) -> Vec<Finding> {
    let found = length(subject).map(|length| {
        Finding::new(
            subject.at(&oid::BASIC_CONSTRAINTS).join("pathLenConstraint"),
            "the root has a path length, which many verifiers do not look at in a trust anchor",
        )
        .found(length)
    });
    found.into_iter().collect()
}

pub(super) fn length_missing(subject: &Subject<'_>) -> Vec<Finding> {
    when(length(subject).is_none(), || {
        Finding::new(
            subject.at(&oid::BASIC_CONSTRAINTS).join("pathLenConstraint"),
            "the intermediate has no path length, so that any number of CAs may follow",
        )
    })
}
