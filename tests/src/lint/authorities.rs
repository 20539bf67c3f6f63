//! The certificates of CAs.

use super::{LintVector, intermediate, purposes, root, subject, vector};
use crate::certificate::*;
use crate::der::*;
use crate::request::dns;

pub(super) fn vectors() -> Vec<LintVector> {
    [basics(), usages(), name_constraints(), policy_constraints_of_cas()].concat()
}

fn basics() -> Vec<LintVector> {
    let at = "extensions.basicConstraints.pathLenConstraint";
    vec![
        vector(
            "intermediate",
            "lint/basic-constraints-not-critical",
            "extensions.basicConstraints.critical",
            &intermediate().with(BASIC_CONSTRAINTS, false, &path_length(0)),
        ),
        vector(
            "root",
            "lint/path-length-in-root",
            at,
            &root().with(BASIC_CONSTRAINTS, true, &path_length(1)),
        ),
        vector(
            "intermediate",
            "lint/path-length-missing",
            at,
            &intermediate().with(BASIC_CONSTRAINTS, true, &seq(&[boolean(0xff)])),
        ),
        vector(
            "intermediate",
            "lint/ca-name-incomplete",
            "subject",
            &intermediate().set(|cert| cert.subject = name("ca")),
        ),
        vector(
            "intermediate",
            "lint/subject-empty-in-ca",
            "subject",
            &intermediate().set(|cert| cert.subject = subject(&[])),
        ),
        vector(
            "root",
            "lint/authority-key-differs",
            "extensions.authorityKeyIdentifier",
            &root().with(AUTHORITY_KEY, false, &seq(&[context(0, &identifier("other"))])),
        ),
        vector(
            "intermediate",
            "lint/subject-key-missing",
            "extensions.subjectKeyIdentifier",
            &intermediate().without(SUBJECT_KEY),
        ),
        vector(
            "intermediate",
            "lint/distribution-points-missing",
            "extensions.cRLDistributionPoints",
            &intermediate().without(DISTRIBUTION_POINTS),
        ),
    ]
}

fn usages() -> Vec<LintVector> {
    let usage = |bits: &[u8]| intermediate().with(KEY_USAGE, true, &tlv(0x03, bits));
    let with = |list: &[&str]| intermediate().with(EXTENDED_KEY_USAGE, false, &purposes(list));
    let at = "extensions.keyUsage";
    let extended = "extensions.extendedKeyUsage";
    vec![
        vector("non-repudiation", "lint/key-usage-ca-bits", at, &usage(&[1, 0x46])),
        vector("row91-intermediate", "lint/key-usage-cert-sign-missing", at, &usage(&[1, 0x02])),
        vector("intermediate", "lint/key-usage-crl-sign-missing", at, &usage(&CERT_SIGN)),
        vector("intermediate", "lint/key-usage-missing", at, &intermediate().without(KEY_USAGE)),
        vector("intermediate", "lint/extended-key-usage-any", extended, &with(&["2.5.29.37.0"])),
        vector(
            "intermediate",
            "lint/extended-key-usage-missing",
            extended,
            &intermediate().without(EXTENDED_KEY_USAGE),
        ),
        vector(
            "mail",
            "lint/extended-key-usage-mixed-in-ca",
            extended,
            &with(&[SERVER_AUTH, "1.3.6.1.5.5.7.3.4"]),
        ),
        vector(
            "root",
            "lint/extended-key-usage-in-root",
            extended,
            &root().with(EXTENDED_KEY_USAGE, false, &purposes(&[SERVER_AUTH])),
        ),
    ]
}

fn name_constraints() -> Vec<LintVector> {
    let with = |critical, value: Vec<u8>| intermediate().with(NAME_CONSTRAINTS, critical, &value);
    let permitted = "extensions.nameConstraints.permittedSubtrees[0]";
    let distance = seq(&[explicit(0, &seq(&[dns("example.com"), context(0, &[1])]))]);
    vec![
        vector("row101-minimum", "lint/name-constraints-distance", permitted, &with(true, distance)),
        vector(
            "intermediate",
            "lint/name-constraints-empty",
            "extensions.nameConstraints",
            &with(true, seq(&[explicit(0, &[])])),
        ),
        vector(
            "intermediate",
            "lint/name-constraints-leading-dot",
            permitted,
            &with(true, constraints(&[dns(".example.com")], &[])),
        ),
        vector(
            "wildcard",
            "lint/name-constraints-malformed",
            permitted,
            &with(true, constraints(&[dns("*.example.com")], &[])),
        ),
        vector(
            "intermediate",
            "lint/name-constraints-not-critical",
            "extensions.nameConstraints.critical",
            &with(false, constraints(&[dns("example.com")], &[])),
        ),
    ]
}

fn policy_constraints_of_cas() -> Vec<LintVector> {
    vec![
        vector(
            "intermediate",
            "lint/policy-constraints-not-critical",
            "extensions.policyConstraints.critical",
            &intermediate().with(POLICY_CONSTRAINTS, false, &policy_constraints(Some(0), None)),
        ),
        vector(
            "intermediate",
            "lint/inhibit-any-policy-not-critical",
            "extensions.inhibitAnyPolicy.critical",
            &intermediate().with(INHIBIT_ANY, false, &int(&[0])),
        ),
        vector(
            "intermediate",
            "lint/policy-mappings-any",
            "extensions.policyMappings[0]",
            &intermediate().with(MAPPINGS, true, &mappings(&[(ANY_POLICY, "1.2.3.4")])),
        ),
        vector(
            "intermediate",
            "lint/policy-mappings-not-critical",
            "extensions.policyMappings.critical",
            &intermediate().with(MAPPINGS, false, &mappings(&[("2.23.140.1.2.1", "1.2.3.4")])),
        ),
    ]
}
