//! What is found out about a pair, for the engine to decide.

use certgate_bindings::Decision;
use certgate_bindings::certgate::crypto::Signer;
use certgate_bindings::certgate::diagnostic::Diagnostic;
use certgate_bindings::certgate::oid;
use certgate_bindings::certgate::policy::renewal::{Renewal, Standing};
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::certgate::verify::{Profile, Purpose, Verifier, VerifyParameters};
use certgate_bindings::renewal::same_again;

use super::{LoadedTarget, Pair, rule};

/// Whether a pair is renewed.
pub(super) fn judge(target: &LoadedTarget, pair: Option<&Pair>, now: Timestamp) -> Renewal {
    let Some(pair) = pair else { return Renewal::decide(None, rule(target), now) };
    let leaf = pair.leaf();
    let belongs = pair.key.as_ref().filter(|key| key.belongs_to(leaf));
    let decision =
        target.policy.as_ref().zip(belongs).and_then(|(policy, key)| same_again(policy, leaf, key, now));
    let not_verified = not_verified(target, pair, now);
    let standing = Standing {
        certificate: leaf,
        key: pair.key.as_ref().map(|key| key.as_core().public_key()),
        names: (!target.names.is_empty()).then_some(target.names.as_slice()),
        decision: decision.as_ref().map(Decision::as_core),
        not_verified: &not_verified,
    };
    Renewal::decide(Some(standing), rule(target), now)
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
