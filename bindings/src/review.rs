//! What a policy would say of a certificate that is there already.

use certgate::diagnostic::{Diagnostic, codes};
use certgate::policy::Context;
use certgate::request::{CertificationRequest, NewRequest};
use certgate::signature::SignatureScheme;

use crate::error::{Error, ErrorKind};
use crate::issue::same_request;
use crate::policy::Policy;
use crate::renewal::for_life_of;
use crate::verify::Certificate;
use crate::view::DiagnosticView;

/// Every reason why the policy would deny a request for the same as the certificate says, of the same key and, unless the
/// context says otherwise, for the same lifetime; sorted by path and code.
///
/// Nobody but its owner can sign with that key, so the request has no signature, and proof of possession is the one thing
/// that is not looked at, also where the policy decides as another program does. What comes out are reasons and never a decision: nothing can be issued by them.
///
/// # Errors
/// `key/unsupported` for a key that no request can have, `context/value` for a subject that is no text, and values that have
/// no encoding.
pub fn review(
    policy: &Policy,
    certificate: &Certificate,
    context: Context,
) -> Result<Vec<DiagnosticView>, Error> {
    let certificate = certificate.as_core();
    let request = unsigned(certificate)?;
    let context = if context.duration().is_some() || context.not_after().is_some() {
        context
    } else {
        for_life_of(certificate, context)
    };
    let reasons = policy.as_core().review(&request, &context);
    // The bytes are those of a request that nobody has.
    Ok(reasons.iter().map(|reason| DiagnosticView { span: None, ..DiagnosticView::new(reason) }).collect())
}

/// A request for the same, with an empty signature.
fn unsigned(certificate: &certgate::certificate::Certificate) -> Result<CertificationRequest, Error> {
    let key = certificate.public_key();
    let scheme = SignatureScheme::of_key(key).ok_or_else(|| {
        let message = format!("no request can be made with a key {}", key.name());
        Error::from(Diagnostic::new(codes::KEY_UNSUPPORTED, message).at(["subjectPublicKeyInfo"]))
    })?;
    same_request(certificate)?
        .to_be_signed(key)
        .and_then(|signed| NewRequest::assemble(&signed, scheme, &[]))
        .map_err(|error| Error::new(ErrorKind::Argument, &error))
}
