//! The form of distinguished names: RFC 5280 4.1.2.4 and appendix A.1, TLS BR 7.1.4.

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::der::StringType;
use crate::diagnostic::{Path, path::steps, quote};
use crate::name::NameAttribute;

/// One finding for each attribute of the subject that is wrong.
pub(super) fn each(
    subject: &Subject<'_>,
    judge: impl Fn(&NameAttribute, Path) -> Option<Finding>,
) -> Vec<Finding> {
    let Some(name) = subject.name() else { return Vec::new() };
    let attributes = name.attributes().iter().enumerate();
    attributes
        .filter_map(|(index, attribute)| judge(attribute, steps!["subject", index, attribute.oid().label()]))
        .collect()
}

/// In the order of TLS BR 7.1.4.2.
const ORDER: [&str; 11] = [
    "domainComponent",
    "countryName",
    "stateOrProvinceName",
    "localityName",
    "postalCode",
    "streetAddress",
    "organizationName",
    "surname",
    "givenName",
    "organizationalUnitName",
    "commonName",
];

pub(super) fn order(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(name) = subject.name() else { return Vec::new() };
    let mut highest = 0;
    for (index, attribute) in name.attributes().iter().enumerate() {
        let label = attribute.oid().label();
        let Some(place) = ORDER.iter().position(|known| *known == label) else { continue };
        if place < highest {
            let before = ORDER.get(highest).copied().unwrap_or_default();
            let message = format!("{label} comes behind {before}, and its place is before it");
            return vec![Finding::new(steps!["subject", index, label], message).expected(ORDER.to_vec())];
        }
        highest = place;
    }
    Vec::new()
}

pub(super) fn control_character(subject: &Subject<'_>) -> Vec<Finding> {
    each(subject, |attribute, at| {
        let text = attribute.text().filter(|text| text.chars().any(char::is_control))?;
        Some(Finding::new(at, format!("the value {} has a control character", quote(text))).found(text))
    })
}

/// TLS BR 7.1.4.1: a type comes once, but for domain components and lines of a street.
pub(super) fn duplicate(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(name) = subject.name() else { return Vec::new() };
    let mut findings = Vec::new();
    for (index, attribute) in name.attributes().iter().enumerate() {
        let label = attribute.oid().label();
        let earlier = name.attributes().iter().take(index).any(|other| other.oid() == attribute.oid());
        if earlier && !matches!(label.as_str(), "domainComponent" | "streetAddress") {
            let message = format!("the attribute {label} comes more than once");
            findings.push(Finding::new(steps!["subject", index, label], message));
        }
    }
    findings
}

/// RFC 5280 appendix A.1; street and postal code are those of TLS BR 7.1.4.2. In characters.
fn longest(label: &str) -> Option<usize> {
    Some(match label {
        "commonName" | "organizationName" | "organizationalUnitName" | "title" | "serialNumber" => 64,
        "localityName" | "stateOrProvinceName" | "pseudonym" | "businessCategory" | "streetAddress" => 128,
        "postalCode" => 40,
        "emailAddress" => 255,
        "domainComponent" => 63,
        "name" | "surname" | "givenName" | "initials" | "generationQualifier" => 32_768,
        _ => return None,
    })
}

pub(super) fn length(subject: &Subject<'_>) -> Vec<Finding> {
    each(subject, |attribute, at| {
        let text = attribute.text()?;
        let longest = longest(&attribute.oid().label())?;
        let length = text.chars().count();
        if length > 0 && length <= longest {
            return None;
        }
        let message = format!("the value {} has {length} characters, not 1 to {longest}", quote(text));
        Some(Finding::new(at, message).found(length).expected(longest))
    })
}

pub(super) fn multi_valued(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(name) = subject.name() else { return Vec::new() };
    let several = |attribute: &&NameAttribute| name.rdn_len(attribute.rdn()) > 1;
    let first = name.attributes().iter().position(|attribute| several(&attribute));
    first
        .map(|index| {
            Finding::new(steps!["subject", index], "a relative distinguished name has several attributes")
        })
        .into_iter()
        .collect()
}

/// TLS BR 7.1.4.2: no value that only says that there is none, such as `-` or a space.
pub(super) fn no_information(subject: &Subject<'_>) -> Vec<Finding> {
    each(subject, |attribute, at| {
        let text = attribute.text().filter(|text| !text.chars().any(char::is_alphanumeric))?;
        Some(Finding::new(at, format!("the value {} says nothing", quote(text))).found(text))
    })
}

/// RFC 5280 4.1.2.4: DirectoryString is PrintableString or UTF8String.
pub(super) fn directory_string(subject: &Subject<'_>) -> Vec<Finding> {
    each(subject, |attribute, at| {
        if fixed(&attribute.oid().label()).is_some() {
            return None;
        }
        let found = attribute.string_type()?;
        if matches!(found, StringType::Printable | StringType::Utf8) {
            return None;
        }
        let message = format!("{} is a {}", attribute.oid().label(), found.as_str());
        Some(Finding::new(at, message).found(found.as_str()).expected(vec!["PrintableString", "UTF8String"]))
    })
}

/// The types whose string type is fixed (RFC 5280 appendix A.1, RFC 3739 3.2).
fn fixed(label: &str) -> Option<StringType> {
    match label {
        "countryName" | "serialNumber" | "dnQualifier" | "jurisdictionCountryName" => {
            Some(StringType::Printable)
        }
        "emailAddress" | "domainComponent" => Some(StringType::Ia5),
        _ => None,
    }
}

pub(super) fn fixed_string(subject: &Subject<'_>) -> Vec<Finding> {
    each(subject, |attribute, at| {
        let expected = fixed(&attribute.oid().label())?;
        let found = attribute.string_type();
        if found == Some(expected) {
            return None;
        }
        let found = found.map_or("no string", StringType::as_str);
        let message = format!("{} is {found}, and must be {}", attribute.oid().label(), expected.as_str());
        Some(Finding::new(at, message).found(found).expected(expected.as_str()))
    })
}

pub(super) fn white_space(subject: &Subject<'_>) -> Vec<Finding> {
    each(subject, |attribute, at| {
        let text = attribute.text().filter(|text| text.trim() != *text && !text.trim().is_empty())?;
        Some(
            Finding::new(at, format!("the value {} begins or ends with white space", quote(text)))
                .found(text),
        )
    })
}
