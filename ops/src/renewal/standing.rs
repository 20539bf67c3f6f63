//! What is found out about a pair, for the engine to decide.

use certgate_bindings::Decision;
use certgate_bindings::certgate::crypto::Signer;
use certgate_bindings::certgate::diagnostic::{Diagnostic, codes};
use certgate_bindings::certgate::extension::ReasonCode;
use certgate_bindings::certgate::oid;
use certgate_bindings::certgate::policy::renewal::{Renewal, Standing};
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::certgate::verify::{Profile, Purpose, Verifier, VerifyParameters};
use certgate_bindings::renewal::same_again;

use super::{LoadedTarget, Pair, rule};
use crate::inventory::Inventory;

/// Whether a pair is renewed.
///
/// # Errors
/// In one sentence: an inventory of the issuer that cannot be read.
pub(super) fn judge(target: &LoadedTarget, pair: Option<&Pair>, now: Timestamp) -> Result<Renewal, String> {
    let Some(pair) = pair else { return Ok(Renewal::decide(None, rule(target), now)) };
    let leaf = pair.leaf();
    let belongs = pair.key.as_ref().filter(|key| key.belongs_to(leaf));
    let decision =
        target.policy.as_ref().zip(belongs).and_then(|(policy, key)| same_again(policy, leaf, key, now));
    let mut not_verified = not_verified(target, pair, now);
    if let Some(why) = revocation(target, pair)? {
        not_verified.push(Diagnostic::new(codes::VERIFY_REVOKED, why));
    }
    let standing = Standing {
        certificate: leaf,
        key: pair.key.as_ref().map(|key| key.as_core().public_key()),
        names: (!target.names.is_empty()).then_some(target.names.as_slice()),
        decision: decision.as_ref().map(Decision::as_core),
        not_verified: &not_verified,
    };
    Ok(Renewal::decide(Some(standing), rule(target), now))
}

/// That the inventory of a local issuer knows the certificate as revoked, and why. A hold is no reason to go around it.
pub(super) fn revocation(target: &LoadedTarget, pair: &Pair) -> Result<Option<String>, String> {
    let Some(books) = target.inventory().filter(|books| books.is_file()) else { return Ok(None) };
    let leaf = pair.leaf();
    let reason = Inventory::open_existing(&books)?.revocation_of(leaf, pair.chain.get(1).map(|ca| &**ca))?;
    let lost = reason.filter(|reason| *reason != ReasonCode::CertificateHold);
    Ok(lost.map(|reason| format!("the certificate {} is revoked ({reason})", leaf.serial_number())))
}

/// Why the chain does not verify to the trust anchors of the target, for every purpose that it is wanted for.
fn not_verified(target: &LoadedTarget, pair: &Pair, now: Timestamp) -> Vec<Diagnostic> {
    let [leaf, above @ ..] = pair.chain.as_slice() else { return Vec::new() };
    let validity = leaf.validity();
    if !validity.contains(now) {
        return Vec::new(); // The time is a reason of its own.
    }
    let verifier = Verifier::new(target.anchors.clone(), above.to_vec(), Profile::Private);
    let mut purposes: Vec<Purpose> = target
        .purposes
        .iter()
        .map(|purpose| match purpose {
            server if *server == oid::SERVER_AUTH => Purpose::Server,
            client if *client == oid::CLIENT_AUTH => Purpose::Client,
            other => Purpose::Other(other.clone()),
        })
        .collect();
    if purposes.is_empty() {
        purposes.push(Purpose::Any);
    }
    for purpose in purposes {
        if let Err(error) = verifier.verify(leaf, &VerifyParameters::new(now, purpose)) {
            return error.reasons().to_vec();
        }
    }
    Vec::new()
}
