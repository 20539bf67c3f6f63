//! authorityInfoAccess: RFC 5280 4.2.2.1, TLS BR 7.1.2.7.7.

use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use crate::diagnostic::quote;
use crate::extension::ExtensionValue;
use crate::name::GeneralName;
use crate::oid;

pub(super) fn missing(subject: &Subject<'_>) -> Vec<Finding> {
    let absent = subject.extension(&oid::AUTHORITY_INFO_ACCESS).is_none();
    when(absent, || {
        Finding::new(
            subject.at(&oid::AUTHORITY_INFO_ACCESS),
            "the certificate does not say where its issuer's certificate or OCSP responder is",
        )
    })
}

/// Both methods want a URI of the scheme http: with https, a client would have to verify a certificate to verify this one.
pub(super) fn scheme(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(ExtensionValue::AuthorityInfoAccess(descriptions)) = subject.value(&oid::AUTHORITY_INFO_ACCESS)
    else {
        return Vec::new();
    };
    let judged = |method: &oid::Oid| [oid::OCSP, oid::CA_ISSUERS].contains(method);
    let mut findings = Vec::new();
    for (index, description) in descriptions.iter().enumerate().filter(|(_, row)| judged(&row.method)) {
        if !is_http(&description.location) {
            let text = description.location.display();
            let message = format!("the location {} is no http URI", quote(&text));
            findings.push(
                Finding::new(subject.at(&oid::AUTHORITY_INFO_ACCESS).join(index), message)
                    .found(text)
                    .expected("http"),
            );
        }
    }
    findings
}

/// Whether a name is a URI of the scheme http.
pub(super) fn is_http(name: &GeneralName) -> bool {
    matches!(name, GeneralName::Uri(uri) if uri.value.as_ref().is_ok_and(|uri| uri.scheme().eq_ignore_ascii_case("http")))
}
