//! What is found out about a pair, for the engine to decide.

use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::crypto::Signer;
use certgate_bindings::certgate::diagnostic::Diagnostic;
use certgate_bindings::certgate::oid;
use certgate_bindings::certgate::policy::Context;
use certgate_bindings::certgate::policy::renewal::{Renewal, Standing};
use certgate_bindings::certgate::request::NewRequest;
use certgate_bindings::certgate::time::{Duration, Timestamp};
use certgate_bindings::certgate::verify::{Profile, Purpose, Verifier, VerifyParameters};
use certgate_bindings::issue::{self, PrivateKey};
use certgate_bindings::{Decision, Policy};

use super::{LoadedTarget, Pair, rule};

/// Whether a pair is renewed.
pub(super) fn judge(target: &LoadedTarget, pair: Option<&Pair>, now: Timestamp) -> Renewal {
    let Some(pair) = pair else { return Renewal::decide(None, rule(target), now) };
    let leaf = pair.leaf();
    let belongs = pair.key.as_ref().filter(|key| key.belongs_to(leaf));
    let decision =
        target.policy.as_ref().zip(belongs).and_then(|(policy, key)| again(policy, leaf, key, now));
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

/// What the policy says of a request for the same as the certificate says, by the same key and for the same lifetime.
fn again(policy: &Policy, leaf: &Certificate, key: &PrivateKey, now: Timestamp) -> Option<Decision> {
    let subject = leaf.subject().attributes().iter();
    let subject =
        subject.map(|found| Some((found.oid().clone(), found.text()?.to_owned()))).collect::<Option<_>>();
    let request = NewRequest {
        // A subject that is no text cannot be asked for again; without it, the policy decides.
        subject: subject.unwrap_or_default(),
        names: leaf.subject_alt_names().to_vec(),
        key_usage: leaf.key_usage(),
        extended_key_usage: leaf.extended_key_usage().unwrap_or_default().to_vec(),
        basic_constraints: leaf.basic_constraints(),
        ..NewRequest::default()
    };
    let request = issue::new_request(&request, key).ok()?;
    let validity = leaf.validity();
    let life = validity.not_after.seconds_since(validity.not_before).saturating_add(1);
    let context = Context::new(now);
    let context = match Duration::from_seconds(life) {
        Some(life) => context.with_duration(life),
        None => context,
    };
    Some(policy.evaluate(&request, &context))
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
