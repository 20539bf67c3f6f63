use certgate::certificate::Certificate;
use certgate::extension::ExtensionValue;
use certgate::key::KeyMaterial;
use certgate::oid;
use certgate::policy::ExampleKey;
use certgate::request::NewRequest;
use certgate::time::Duration;

use super::example_key;
use crate::context::ContextDocument;
use crate::error::{Error, ErrorKind};
use crate::request::Request;

/// The request that would have led to a certificate, and the lifetime to ask for. Its key is a stand-in of the same kind, for
/// nobody else has the owner's; extensions that only issuers set are left out.
///
/// # Errors
/// `key/unsupported` for a key that no request can have, and values that have no encoding.
pub fn request_for(certificate: &Certificate) -> Result<(Request, ContextDocument), Error> {
    let fault = |error: certgate::diagnostic::Error| Error::new(ErrorKind::Argument, &error);
    let kind = match certificate.public_key().material() {
        KeyMaterial::Ec { curve, .. } => Some(ExampleKey::Ec(*curve)),
        KeyMaterial::Ed25519(_) => Some(ExampleKey::Ed25519),
        KeyMaterial::Rsa { key, .. } => Some(ExampleKey::Rsa(key.bits())),
        _ => None,
    };
    let key = kind.and_then(example_key).ok_or_else(|| {
        let name = certificate.public_key().name();
        let message = format!("no request can be made for a certificate with a key {name}");
        Error::from(certgate::diagnostic::Diagnostic::new(
            certgate::diagnostic::codes::KEY_UNSUPPORTED,
            message,
        ))
    })?;
    let attributes = certificate.subject().attributes().iter();
    let subject =
        attributes.filter_map(|attribute| Some((attribute.oid().clone(), attribute.text()?.to_owned())));
    let basic_constraints =
        certificate.extension(&oid::BASIC_CONSTRAINTS).and_then(|extension| match extension.value() {
            ExtensionValue::BasicConstraints(constraints) => Some(*constraints),
            _ => None,
        });
    let request = NewRequest {
        subject: subject.collect(),
        names: certificate.subject_alt_names().to_vec(),
        key_usage: certificate.key_usage(),
        extended_key_usage: certificate.extended_key_usage().map(<[_]>::to_vec).unwrap_or_default(),
        basic_constraints,
        ..NewRequest::default()
    };
    let request = request.sign(&key).map_err(fault)?;
    let validity = certificate.validity();
    let seconds = validity.not_after.seconds_since(validity.not_before).saturating_add(1);
    let context = ContextDocument {
        duration: Duration::from_seconds(seconds).map(certgate::policy::document::DurationText),
        ..ContextDocument::default()
    };
    Ok((Request::from_core(request), context))
}
