//! Whether the certificates of a path were revoked (RFC 5280 6.3, RFC 6960).

use std::sync::Arc;

use super::path::Search;
use crate::certificate::Certificate;
use crate::crl::CertificateList;
use crate::diagnostic::{Diagnostic, codes};
use crate::extension::ReasonCode;
use crate::ocsp::OcspResponse;
use crate::time::Timestamp;

mod list;
mod responder;

/// What a verification knows about revocation. Without it, revocation is not looked at.
#[derive(Clone, Debug, Default)]
pub struct RevocationInputs<'a> {
    /// Revocation lists, in any order, full and delta.
    pub lists: &'a [Arc<CertificateList>],
    /// OCSP responses.
    pub responses: &'a [Arc<OcspResponse>],
    /// The nonce that the responses must repeat (RFC 9654), if one was sent.
    pub nonce: Option<&'a [u8]>,
    /// Which certificates are looked at.
    pub scope: RevocationScope,
    /// What a status that nothing tells means.
    pub unknown: UnknownStatus,
}

/// Which certificates of a path are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RevocationScope {
    /// All but the trust anchor.
    #[default]
    Chain,
    /// The first alone.
    Leaf,
}

/// What a status that nothing tells means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum UnknownStatus {
    /// The path does not hold.
    #[default]
    Refuse,
    /// The path holds, with a warning.
    Allow,
}

/// What was found about one certificate.
pub(super) enum Status {
    Good,
    Revoked {
        at: Timestamp,
        reason: ReasonCode,
    },
    /// Nothing tells; why the lists and responses at hand do not.
    Unknown(Vec<Diagnostic>),
}

/// Looks at every certificate of a path that has reached its anchor: leaf first, anchor last. The warnings are statuses that
/// nothing tells and the caller allows.
pub(super) fn check(
    search: &mut Search<'_>,
    inputs: &RevocationInputs<'_>,
    path: &[Arc<Certificate>],
) -> Result<Vec<Diagnostic>, Diagnostic> {
    let mut warnings = Vec::new();
    let looked_at = match inputs.scope {
        RevocationScope::Chain => path.len().saturating_sub(1),
        RevocationScope::Leaf => 1,
    };
    // From the anchor downwards: a revoked CA says nothing about those below it.
    for (index, pair) in path.windows(2).enumerate().take(looked_at).collect::<Vec<_>>().into_iter().rev() {
        let [certificate, issuer] = pair else { continue };
        let place = |diagnostic: Diagnostic| diagnostic.within(index).within("path");
        let above = path.get(index.saturating_add(1)..).unwrap_or_default();
        match status(search, inputs, certificate, issuer, above).map_err(place)? {
            Status::Good => {}
            Status::Revoked { at, reason } => {
                let message = format!("the certificate was revoked at {at}, reason {reason}");
                return Err(place(
                    Diagnostic::new(codes::VERIFY_REVOKED, message)
                        .at(["serialNumber"])
                        .with_found(reason.as_str())
                        .with_expected(at.to_string()),
                ));
            }
            Status::Unknown(why) => {
                let diagnostic = Diagnostic::new(
                    codes::VERIFY_REVOCATION_UNKNOWN,
                    "nothing at hand says whether the certificate was revoked",
                )
                .at(["serialNumber"])
                .with_related(why);
                if inputs.unknown == UnknownStatus::Refuse {
                    return Err(place(diagnostic));
                }
                warnings.push(place(diagnostic.with_severity(crate::diagnostic::Severity::Warning)));
            }
        }
    }
    Ok(warnings)
}

/// A revocation that anything tells holds; then a response or the lists may say that there is none.
fn status(
    search: &mut Search<'_>,
    inputs: &RevocationInputs<'_>,
    certificate: &Arc<Certificate>,
    issuer: &Arc<Certificate>,
    above: &[Arc<Certificate>],
) -> Result<Status, Diagnostic> {
    let answered = responder::status(search, inputs, certificate, issuer, above)?;
    if let Status::Revoked { .. } = answered {
        return Ok(answered);
    }
    let listed = list::status(search, inputs, certificate, issuer, above)?;
    Ok(match (answered, listed) {
        (_, revoked @ Status::Revoked { .. }) => revoked,
        (Status::Good, _) | (_, Status::Good) => Status::Good,
        (Status::Unknown(mut why), Status::Unknown(more)) => {
            why.extend(more);
            Status::Unknown(why)
        }
        (revoked @ Status::Revoked { .. }, _) => revoked,
    })
}
