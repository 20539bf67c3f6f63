//! certificatePolicies and policyMappings: RFC 5280 4.2.1.4 and 4.2.1.5, TLS BR 7.1.2.7.9 and 7.1.6.1.

use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use crate::der::{Decoder, tag};
use crate::extension::ExtensionValue;
use crate::oid::{self, Oid};

fn policies<'a>(subject: &Subject<'a>) -> &'a [Oid] {
    match subject.value(&oid::CERTIFICATE_POLICIES) {
        Some(ExtensionValue::CertificatePolicies(policies)) => policies,
        _ => &[],
    }
}

pub(super) fn missing(subject: &Subject<'_>) -> Vec<Finding> {
    when(policies(subject).is_empty(), || {
        Finding::new(subject.at(&oid::CERTIFICATE_POLICIES), "the certificate names no certificate policy")
    })
}

pub(super) fn any_in_leaf(subject: &Subject<'_>) -> Vec<Finding> {
    when(policies(subject).contains(&oid::ANY_POLICY), || {
        Finding::new(subject.at(&oid::CERTIFICATE_POLICIES), "the server's certificate names anyPolicy")
    })
}

/// TLS BR 7.1.6.1: domain, organisation, individual and extended validation.
const RESERVED: [&str; 4] = ["2.23.140.1.2.1", "2.23.140.1.2.2", "2.23.140.1.2.3", "2.23.140.1.1"];

pub(super) fn reserved(subject: &Subject<'_>) -> Vec<Finding> {
    let policies = policies(subject);
    if policies.is_empty() {
        return Vec::new();
    }
    let found: Vec<String> =
        policies.iter().map(Oid::to_string).filter(|policy| RESERVED.contains(&policy.as_str())).collect();
    when(found.len() != 1, || {
        let message = format!("the certificate names {} of the forum's policies, not one", found.len());
        Finding::new(subject.at(&oid::CERTIFICATE_POLICIES), message).found(found).expected(RESERVED.to_vec())
    })
}

/// Each policy with its place and the types of its qualifiers.
fn qualifiers(subject: &Subject<'_>) -> Option<Vec<(usize, Vec<Oid>)>> {
    let extension = subject.extension(&oid::CERTIFICATE_POLICIES)?;
    let mut rows = Decoder::new(extension.value_der(), 0).ok()?.sequence().ok()?;
    let mut found = Vec::new();
    while !rows.is_finished() {
        let mut fields = rows.sequence().ok()?;
        fields.element().ok()?;
        let mut types = Vec::new();
        if let Some(list) = fields.optional(tag::SEQUENCE).ok()? {
            let mut list = list.contents().ok()?;
            while !list.is_finished() {
                let mut qualifier = list.sequence().ok()?;
                types.push(Oid::from_element(&qualifier.element().ok()?).ok()?);
            }
        }
        found.push((found.len(), types));
    }
    Some(found)
}

fn qualified(subject: &Subject<'_>, wrong: impl Fn(&Oid) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, types) in qualifiers(subject).unwrap_or_default() {
        if let Some(found) = types.iter().find(|oid| wrong(oid)) {
            let at = subject.at(&oid::CERTIFICATE_POLICIES).join(index);
            let message = format!("the certificate policy has the qualifier {}", found.label());
            findings.push(Finding::new(at, message).found(found.label()));
        }
    }
    findings
}

/// RFC 5280 4.2.1.4: an object identifier alone, unless that is not enough.
pub(super) fn qualifier(subject: &Subject<'_>) -> Vec<Finding> {
    qualified(subject, |_| true)
}

/// TLS BR 7.1.2.7.9: a pointer to the practice statement and nothing else.
pub(super) fn qualifier_not_cps(subject: &Subject<'_>) -> Vec<Finding> {
    qualified(subject, |oid| *oid != oid::CPS)
}

/// RFC 5280 4.2.1.5: nothing is mapped to or from anyPolicy.
pub(super) fn mapping_any(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(ExtensionValue::PolicyMappings(mappings)) = subject.value(&oid::POLICY_MAPPINGS) else {
        return Vec::new();
    };
    let any = |oid: &Oid| *oid == oid::ANY_POLICY;
    let index = mappings.iter().position(|mapping| any(&mapping.issuer) || any(&mapping.subject));
    index
        .map(|index| {
            let at = subject.at(&oid::POLICY_MAPPINGS).join(index);
            Finding::new(at, "a policy is mapped to or from anyPolicy")
        })
        .into_iter()
        .collect()
}
