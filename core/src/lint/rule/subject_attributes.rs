//! What the subject's attributes say: RFC 5280 4.1.2.4 and 4.1.2.6, TLS BR 7.1.4.

use super::super::countries::is_country;
use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use super::distinguished_name::each;
use crate::diagnostic::{Severity, path::steps, quote};
use crate::oid;

const COUNTRIES: [&str; 2] = ["countryName", "jurisdictionCountryName"];

pub(super) fn country_code(subject: &Subject<'_>) -> Vec<Finding> {
    each(subject, |attribute, at| {
        let is_code = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let label = attribute.oid().label();
        let text = attribute.text().filter(|text| COUNTRIES.contains(&label.as_str()) && !is_code(text))?;
        Some(
            Finding::new(at, format!("the country {} is not a code of two letters", quote(text))).found(text),
        )
    })
}

pub(super) fn country_unknown(subject: &Subject<'_>) -> Vec<Finding> {
    each(subject, |attribute, at| {
        let label = attribute.oid().label();
        let text = attribute
            .text()
            .filter(|text| COUNTRIES.contains(&label.as_str()) && text.len() == 2 && !is_country(text))?;
        let mut finding =
            Finding::new(at, format!("the code {} is that of no country", quote(text))).found(text);
        if is_country(&text.to_ascii_uppercase()) {
            finding = finding.help("write the code in capital letters");
        }
        Some(finding)
    })
}

pub(super) fn email(subject: &Subject<'_>) -> Vec<Finding> {
    each(subject, |attribute, at| {
        (*attribute.oid() == oid::EMAIL_ADDRESS)
            .then(|| Finding::new(at, "the subject has a mail address, whose place is subjectAltName"))
    })
}

pub(super) fn unit(subject: &Subject<'_>) -> Vec<Finding> {
    let asked = if subject.target.is_request() { Severity::Warning } else { Severity::Error };
    each(subject, |attribute, at| {
        (*attribute.oid() == oid::ORGANIZATIONAL_UNIT_NAME).then(|| {
            Finding::new(at, "the subject has an organizationalUnitName, which public CAs no longer issue")
                .at_most(asked)
        })
    })
}

/// TLS BR 7.1.2.10.2: a CA is named by country, organisation and common name.
pub(super) fn ca_incomplete(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(name) = subject.name() else { return Vec::new() };
    let wanted = [oid::COUNTRY_NAME, oid::ORGANIZATION_NAME, oid::COMMON_NAME];
    let missing: Vec<String> = wanted
        .iter()
        .filter(|oid| !name.attributes().iter().any(|attribute| attribute.oid() == *oid))
        .map(oid::Oid::label)
        .collect();
    when(!name.is_empty() && !missing.is_empty(), || {
        Finding::new(steps!["subject"], format!("the name of the CA lacks {}", missing.join(", ")))
            .expected(missing.clone())
    })
}

pub(super) fn ca_empty(subject: &Subject<'_>) -> Vec<Finding> {
    let empty = subject.name().is_some_and(|name| name.is_empty());
    when(empty, || Finding::new(steps!["subject"], "the CA has no name"))
}

pub(super) fn nobody(subject: &Subject<'_>) -> Vec<Finding> {
    let empty = subject.name().is_some_and(|name| name.is_empty()) && subject.names().is_empty();
    when(empty, || Finding::new(steps!["subject"], "there is neither a subject nor a subjectAltName"))
}

pub(super) fn issuer_empty(subject: &Subject<'_>) -> Vec<Finding> {
    let empty = subject.issuer().is_some_and(|name| name.is_empty());
    when(empty, || Finding::new(steps!["issuer"], "the issuer has no name"))
}
