//! The outer form: RFC 5280 4.1.2.1 and 4.1.2.8, X.690 11.5.

use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use crate::certificate::Version;
use crate::der::{Decoder, tag};
use crate::diagnostic::{codes, path::steps};

pub(super) fn version(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(certificate) = subject.certificate() else { return Vec::new() };
    let number = certificate.version().number();
    when(certificate.version() != Version::V3, || {
        Finding::new(steps!["version"], format!("the certificate is of version {number}"))
            .found(number)
            .expected(3u32)
    })
}

/// What whoever read the object has found already.
pub(super) fn encoded_default(subject: &Subject<'_>) -> Vec<Finding> {
    let found = subject.findings().iter().filter(|finding| finding.code() == codes::DER_EXPLICIT_DEFAULT);
    found
        .map(|finding| {
            let again = Finding::new(finding.path().clone(), finding.message());
            match finding.span() {
                Some(span) => again.spanning(span),
                None => again,
            }
        })
        .collect()
}

pub(super) fn unique_identifier(subject: &Subject<'_>) -> Vec<Finding> {
    identifiers(subject).unwrap_or_default()
}

fn identifiers(subject: &Subject<'_>) -> Option<Vec<Finding>> {
    let mut outer = Decoder::new(subject.certificate()?.der(), 0).ok()?.sequence().ok()?;
    let mut fields = outer.element().ok()?.contents().ok()?;
    let mut findings = Vec::new();
    while !fields.is_finished() {
        let field = fields.element().ok()?;
        let name = match field.tag {
            number if number == tag::context(1) => "issuerUniqueID",
            number if number == tag::context(2) => "subjectUniqueID",
            _ => continue,
        };
        findings
            .push(Finding::new(steps![name], format!("the certificate has {name}")).spanning(field.span()));
    }
    Some(findings)
}
