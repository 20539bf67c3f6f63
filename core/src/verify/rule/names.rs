//! Subject, issuer, alternative names and constraints, each by itself.

use super::super::name_constraints;
use super::Subject;
use crate::diagnostic::{Diagnostic, codes, path::steps, quote};
use crate::name::{GeneralName, suffix};
use crate::oid;

/// RFC 5280 4.1.2.4.
pub(super) fn issuer_empty(subject: &Subject<'_>) -> Option<Diagnostic> {
    subject
        .certificate
        .issuer()
        .is_empty()
        .then(|| Diagnostic::new(codes::VERIFY_ISSUER_EMPTY, "the issuer has no name").at(steps!["issuer"]))
}

/// RFC 5280 4.1.2.6.
pub(super) fn subject_empty(subject: &Subject<'_>) -> Option<Diagnostic> {
    subject
        .certificate
        .subject()
        .is_empty()
        .then(|| Diagnostic::new(codes::VERIFY_SUBJECT_EMPTY, "the CA has no name").at(steps!["subject"]))
}

/// TLS BR 7.1.2.7.12.
pub(super) fn missing(subject: &Subject<'_>) -> Option<Diagnostic> {
    subject.certificate.subject_alt_names().is_empty().then(|| {
        Diagnostic::new(codes::VERIFY_NAMES_MISSING, "the certificate has no subjectAltName")
            .at(steps!["extensions", "subjectAltName"])
    })
}

/// RFC 5280 4.2.1.6: with an empty subject the names are all there is, and must be critical.
pub(super) fn not_critical(subject: &Subject<'_>) -> Option<Diagnostic> {
    let certificate = subject.certificate;
    if !certificate.subject().is_empty() {
        return None;
    }
    let critical = certificate.extension(&oid::SUBJECT_ALT_NAME).is_some_and(|names| names.is_critical());
    (!critical).then(|| {
        Diagnostic::new(
            codes::VERIFY_NAMES_NOT_CRITICAL,
            "the subject is empty, and there is no critical subjectAltName",
        )
        .at(steps!["extensions", "subjectAltName"])
    })
}

/// TLS BR 7.1.2.7.12.
pub(super) fn critical(subject: &Subject<'_>) -> Option<Diagnostic> {
    let certificate = subject.certificate;
    let critical = certificate.extension(&oid::SUBJECT_ALT_NAME).is_some_and(|names| names.is_critical());
    (critical && !certificate.subject().is_empty()).then(|| {
        Diagnostic::new(
            codes::VERIFY_NAMES_CRITICAL,
            "subjectAltName is critical although there is a subject",
        )
        .at(steps!["extensions", "subjectAltName", "critical"])
    })
}

/// TLS BR 7.1.4.2: what is no name is no subject either.
pub(super) fn malformed(subject: &Subject<'_>) -> Option<Diagnostic> {
    for (index, name) in subject.certificate.subject_alt_names().iter().enumerate() {
        let fits = match name {
            GeneralName::DnsName(named) => named.value.is_ok(),
            GeneralName::Rfc822Name(named) => named.value.is_ok(),
            GeneralName::IpAddress { address, .. } => address.is_some(),
            _ => true,
        };
        if !fits {
            return Some(
                Diagnostic::new(
                    codes::VERIFY_NAME_MALFORMED,
                    format!("the {} {} is not well-formed", name.kind().as_str(), quote(&name.display())),
                )
                .at(steps!["extensions", "subjectAltName", index, name.kind().as_str()])
                .with_found(name.display()),
            );
        }
    }
    None
}

/// TLS BR 3.2.2.6: `*.com`, `*.co.uk`, and the private part of the list.
pub(super) fn public_suffix_wildcard(subject: &Subject<'_>) -> Option<Diagnostic> {
    dns_name(subject, |name| name.is_wildcard() && suffix::is_public_suffix(name.base())).map(
        |(index, text)| {
            Diagnostic::new(
                codes::VERIFY_PUBLIC_SUFFIX_WILDCARD,
                format!("the wildcard {} stands for names of different owners", quote(&text)),
            )
            .at(steps!["extensions", "subjectAltName", index, "dNSName"])
            .with_found(text)
            .with_expected(format!("public suffix list of {}", suffix::public_suffix_list_date()))
        },
    )
}

/// RFC 5280 4.2.1.6: names in the preferred syntax of RFC 1034 3.5.
pub(super) fn underscore(subject: &Subject<'_>) -> Option<Diagnostic> {
    dns_name(subject, crate::name::DnsName::has_underscore).map(|(index, text)| {
        Diagnostic::new(codes::VERIFY_UNDERSCORE, format!("the dns name {} has an underscore", quote(&text)))
            .at(steps!["extensions", "subjectAltName", index, "dNSName"])
            .with_found(text)
    })
}

/// TLS BR 7.1.4.3: a common name is a copy of one of the names, letter by letter.
pub(super) fn common_name_not_in_names(subject: &Subject<'_>) -> Option<Diagnostic> {
    let certificate = subject.certificate;
    let names: Vec<String> = certificate.subject_alt_names().iter().map(GeneralName::display).collect();
    let stray = certificate.subject().common_names().find(|name| !names.iter().any(|known| known == name))?;
    Some(
        Diagnostic::new(
            codes::VERIFY_COMMON_NAME_NOT_IN_NAMES,
            format!("the common name {} is not one of the subject alternative names", quote(stray)),
        )
        .at(steps!["subject"])
        .with_found(stray)
        .with_expected(names),
    )
}

/// RFC 5280 4.2.1.10.
pub(super) fn constraints_in_leaf(subject: &Subject<'_>) -> Option<Diagnostic> {
    let certificate = subject.certificate;
    (certificate.name_constraints().is_some() && !certificate.is_ca()).then(|| {
        Diagnostic::new(
            codes::VERIFY_NAME_CONSTRAINTS_IN_LEAF,
            "the certificate has name constraints and is not that of a CA",
        )
        .at(steps!["extensions", "nameConstraints"])
    })
}

/// RFC 5280 4.2.1.10.
pub(super) fn constraints_not_critical(subject: &Subject<'_>) -> Option<Diagnostic> {
    let extension = subject.certificate.extension(&oid::NAME_CONSTRAINTS)?;
    (!extension.is_critical()).then(|| {
        Diagnostic::new(codes::VERIFY_NAME_CONSTRAINTS_NOT_CRITICAL, "the name constraints are not critical")
            .at(steps!["extensions", "nameConstraints", "critical"])
    })
}

/// RFC 5280 4.2.1.10.
pub(super) fn constraints_empty(subject: &Subject<'_>) -> Option<Diagnostic> {
    subject.certificate.name_constraints()?.is_empty.then(|| {
        Diagnostic::new(codes::VERIFY_NAME_CONSTRAINTS_EMPTY, "the name constraints are empty")
            .at(steps!["extensions", "nameConstraints"])
    })
}

/// RFC 5280 4.2.1.10: what cannot be applied refuses the path.
pub(super) fn constraints_malformed(subject: &Subject<'_>) -> Option<Diagnostic> {
    let fault = name_constraints::malformed(subject.certificate.name_constraints()?)?;
    Some(
        Diagnostic::new(codes::VERIFY_NAME_CONSTRAINTS_MALFORMED, fault)
            .at(steps!["extensions", "nameConstraints"]),
    )
}

/// RFC 5280 4.2.1.10: the dot belongs to constraints on mail and URIs.
pub(super) fn constraints_leading_dot(subject: &Subject<'_>) -> Option<Diagnostic> {
    let text = name_constraints::leading_dot(subject.certificate.name_constraints()?)?;
    Some(
        Diagnostic::new(
            codes::VERIFY_NAME_CONSTRAINTS_MALFORMED,
            format!("the dNSName constraint {} begins with a dot", quote(text)),
        )
        .at(steps!["extensions", "nameConstraints"])
        .with_found(text)
        .with_help("have the CA certificate issued without the dot, or use the profile private"),
    )
}

fn dns_name(
    subject: &Subject<'_>,
    is_bad: impl Fn(&crate::name::DnsName) -> bool,
) -> Option<(usize, String)> {
    subject.certificate.subject_alt_names().iter().enumerate().find_map(|(index, name)| match name {
        GeneralName::DnsName(named) if named.value.as_ref().is_ok_and(&is_bad) => {
            Some((index, named.text.to_string()))
        }
        _ => None,
    })
}
