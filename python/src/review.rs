//! What a policy would say of a certificate that is there already.

use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::diagnostic::{Diagnostic, codes};
use certgate_bindings::certgate::policy::Context;
use certgate_bindings::certgate::request::{CertificationRequest, NewRequest};
use certgate_bindings::certgate::signature::SignatureScheme;
use certgate_bindings::certgate::time::Duration;
use certgate_bindings::view::DiagnosticView;
use certgate_bindings::{Error, ErrorKind, Policy};

/// Every reason why the policy would deny a request for the same as the certificate says, of the same key and, unless the
/// context says otherwise, for the same lifetime.
///
/// Nobody but its owner can sign with that key, so the request has no signature, and proof of possession is the one thing
/// that is not looked at. What comes out are reasons and never a decision: nothing can be issued by them.
pub(crate) fn review(
    policy: &Policy,
    certificate: &Certificate,
    context: Context,
) -> Result<Vec<DiagnosticView>, Error> {
    let request = unsigned(certificate)?;
    let decision = policy.as_core().evaluate(&request, &with_lifetime(context, certificate));
    let reasons = decision.reasons().iter().filter(|reason| reason.code() != codes::SIGNATURE_INVALID);
    // The bytes are those of a request that nobody has.
    Ok(reasons.map(|reason| DiagnosticView { span: None, ..DiagnosticView::new(reason) }).collect())
}

/// A request for the same, with an empty signature. A subject that is no text cannot be asked for: it is left out.
fn unsigned(certificate: &Certificate) -> Result<CertificationRequest, Error> {
    let key = certificate.public_key();
    let scheme = SignatureScheme::of_key(key).ok_or_else(|| {
        let message = format!("no request can be made with a key {}", key.name());
        Error::from(Diagnostic::new(codes::KEY_UNSUPPORTED, message).at(["subjectPublicKeyInfo"]))
    })?;
    let subject = certificate.subject().attributes().iter();
    let request = NewRequest {
        subject: subject.filter_map(|one| Some((one.oid().clone(), one.text()?.to_owned()))).collect(),
        names: certificate.subject_alt_names().to_vec(),
        key_usage: certificate.key_usage(),
        extended_key_usage: certificate.extended_key_usage().unwrap_or_default().to_vec(),
        basic_constraints: certificate.basic_constraints().filter(|constraints| constraints.ca),
        ..NewRequest::default()
    };
    request
        .to_be_signed(key)
        .and_then(|signed| NewRequest::assemble(&signed, scheme, &[]))
        .map_err(|error| Error::new(ErrorKind::Argument, &error))
}

fn with_lifetime(context: Context, certificate: &Certificate) -> Context {
    if context.duration().is_some() || context.not_after().is_some() {
        return context;
    }
    let validity = certificate.validity();
    let seconds = validity.not_after.seconds_since(validity.not_before).saturating_add(1);
    match Duration::from_seconds(seconds) {
        Some(life) => context.with_duration(life),
        None => context,
    }
}
