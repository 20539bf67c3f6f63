//! OCSP responses: who may answer, and whether the answer is fresh (RFC 6960 3.2, 4.2.2).

use std::sync::Arc;

use super::super::path::Search;
use super::{RevocationInputs, Status};
use crate::certificate::Certificate;
use crate::diagnostic::{Diagnostic, codes};
use crate::extension::{Extension, ExtensionValue, KeyUsageBit};
use crate::ocsp::{CertificateStatus, OcspResponse, SingleResponse};
use crate::oid;

/// What the responses say of `certificate`.
pub(super) fn status(
    search: &mut Search<'_>,
    inputs: &RevocationInputs<'_>,
    certificate: &Arc<Certificate>,
    issuer: &Arc<Certificate>,
    above: &[Arc<Certificate>],
) -> Result<Status, Diagnostic> {
    let mut why = Vec::new();
    let mut good = false;
    for (index, response) in inputs.responses.iter().enumerate() {
        let unread = |single: &SingleResponse| single.id.check_hash().err();
        let same_number = |single: &&SingleResponse| single.id.serial_number() == certificate.serial_number();
        why.extend(
            response
                .responses()
                .iter()
                .filter(same_number)
                .filter_map(unread)
                .map(|fault| fault.within(index).within("responses")),
        );
        let about = |single: &&SingleResponse| single.id.is_of(certificate, issuer);
        for single in response.responses().iter().filter(about) {
            let faults = check(search, inputs, response, single, issuer, above)?;
            if let Some(fault) = faults {
                why.push(fault.within(index).within("responses"));
                continue;
            }
            match single.status {
                CertificateStatus::Good => good = true,
                CertificateStatus::Revoked { at, reason } => return Ok(Status::Revoked { at, reason }),
                CertificateStatus::Unknown => {}
            }
        }
    }
    Ok(if good { Status::Good } else { Status::Unknown(why) })
}

/// Why the answer does not count. The outer error ends the search.
fn check(
    search: &mut Search<'_>,
    inputs: &RevocationInputs<'_>,
    response: &OcspResponse,
    single: &SingleResponse,
    issuer: &Arc<Certificate>,
    above: &[Arc<Certificate>],
) -> Result<Option<Diagnostic>, Diagnostic> {
    let at = search.at();
    let fault = |code, message: String| Ok(Some(Diagnostic::new(code, message)));
    let unknown = |extension: &&Extension| {
        extension.is_critical()
            && matches!(extension.value(), ExtensionValue::Other)
            && *extension.oid() != oid::OCSP_NONCE
    };
    if let Some(extension) = response.extensions().iter().chain(&single.extensions).find(unknown) {
        let message = format!("the critical extension {} is not understood", extension.oid().label());
        return fault(codes::OCSP_CRITICAL_EXTENSION, message);
    }
    if inputs.nonce.is_some() && response.nonce() != inputs.nonce {
        return fault(codes::OCSP_NONCE, "the response does not repeat the nonce".to_owned());
    }
    if at < single.this_update {
        let message = format!("the answer holds from {}, after {at}", single.this_update);
        return fault(codes::OCSP_NOT_YET_VALID, message);
    }
    match single.next_update {
        // RFC 6960 4.2.2.1: without it newer information is always there.
        None => {
            let message = "the response does not say until when it holds".to_owned();
            return fault(codes::OCSP_NEXT_UPDATE_ABSENT, message);
        }
        Some(next) if next < at => {
            return fault(codes::OCSP_EXPIRED, format!("a newer answer was due at {next}, before {at}"));
        }
        Some(_) => {}
    }
    let mut candidates = vec![Arc::clone(issuer)];
    candidates.extend(response.certificates().iter().cloned());
    // RFC 6960 4.2.1: a response need not bring the certificate of its responder.
    candidates.extend(search.responders(response.responder()));
    for candidate in candidates {
        if response.responder().is(&candidate)
            && is_authorised(search, inputs, &candidate, issuer, above)?
            && search.verify_response(response, &candidate)?
        {
            return Ok(None);
        }
    }
    fault(codes::OCSP_RESPONDER, "the response is signed by nobody who may answer for the issuer".to_owned())
}

/// RFC 6960 4.2.2.2: the issuer itself, or one to whom it gave a certificate for OCSP signing.
fn is_authorised(
    search: &mut Search<'_>,
    inputs: &RevocationInputs<'_>,
    candidate: &Arc<Certificate>,
    issuer: &Arc<Certificate>,
    above: &[Arc<Certificate>],
) -> Result<bool, Diagnostic> {
    if candidate == issuer {
        return Ok(true);
    }
    let purposes = candidate.extended_key_usage().unwrap_or_default();
    let fits = candidate.issuer_form() == issuer.subject_form()
        && purposes.contains(&oid::OCSP_SIGNING)
        && candidate.validity().contains(search.at())
        && !candidate.extensions().iter().any(|extension| {
            extension.is_critical()
                && matches!(extension.value(), ExtensionValue::Other)
                && *extension.oid() != oid::OCSP_NO_CHECK
        })
        // RFC 5280 4.2.1.12: either of them goes with OCSPSigning.
        && candidate.key_usage().is_none_or(|usage| {
            usage.contains(KeyUsageBit::DigitalSignature) || usage.contains(KeyUsageBit::ContentCommitment)
        });
    if !fits || !search.verify_edge(candidate, issuer)? {
        return Ok(false);
    }
    // RFC 6960 4.2.2.2.1: unless its issuer says that nobody need look. Lists that tell nothing refuse nothing.
    if candidate.extension(&oid::OCSP_NO_CHECK).is_some() {
        return Ok(true);
    }
    let status = super::list::status(search, inputs, candidate, issuer, above)?;
    Ok(!matches!(status, Status::Revoked { .. }))
}
