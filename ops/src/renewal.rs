//! Renewing certificates before they end: what stands is judged by the engine, a new pair is got from an issuer, held
//! against the same judgement, and put in place in one step; then the server is told.

mod agent;
mod child;
mod issuer;
mod metrics;
mod output;
mod standing;
mod target;

pub use agent::{Agent, Looked, Rounds};
pub use target::{
    ExecPlan, FilesPlan, HookPlan, IssuerPlan, KeyPlan, KubernetesPlan, LoadedTarget, LocalPlan, NamesPlan,
    OutputPlan, Target, VaultPlan,
};

use std::sync::atomic::{AtomicBool, Ordering};

use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::diagnostic::Diagnostic;
use certgate_bindings::certgate::pem;
use certgate_bindings::certgate::policy::renewal::{RenewAt, Renewal};
use certgate_bindings::certgate::request::NewRequest;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::issue::{self, PrivateKey};

use crate::durable::point;
use crate::leaf::is_self_signed;

/// What becomes of what is not due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Due {
    /// It stays.
    #[default]
    Respect,
    /// It is renewed all the same.
    Ignore,
}

/// What became of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was to do.
    Current(Stands),
    /// The pair was in place, and the server was told now: an earlier run did not come to it, or it failed.
    Told(Stands),
    /// A new pair is in place.
    Renewed {
        /// Why; empty if it was asked for.
        reasons: Vec<Diagnostic>,
        /// The new one.
        now: Stands,
    },
}

/// The certificate that is in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stands {
    /// Its serial number in lower-case hexadecimal.
    pub serial_number: String,
    /// First second of its life.
    pub not_before: Timestamp,
    /// Last second of its life.
    pub not_after: Timestamp,
    /// When it becomes due.
    pub due: Timestamp,
}

/// Why a target was not renewed. What stood before stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What failed, in one sentence.
    pub message: String,
    /// Reasons of the policy or of the verification.
    pub reasons: Vec<Diagnostic>,
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self { message, reasons: Vec::new() }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        self.reasons.iter().try_for_each(|reason| write!(f, "; {reason}"))
    }
}

impl std::error::Error for Failure {}

impl Outcome {
    /// What is in place.
    pub fn stands(&self) -> &Stands {
        match self {
            Self::Current(stands) | Self::Told(stands) | Self::Renewed { now: stands, .. } => stands,
        }
    }
}

/// Whether a target is due, and why. Nothing is changed.
///
/// # Errors
/// In one sentence: a file that cannot be read.
pub fn judge(target: &LoadedTarget, now: Timestamp) -> Result<Renewal, Failure> {
    let found = output::read(target)?;
    Ok(standing::judge(target, found.as_ref(), now)?)
}

/// Looks at a target, and renews it if it is due. `stop` ends waiting for an issuer.
///
/// # Errors
/// A denial, an issuer that does not answer or answers with something else than was asked for, a file that cannot be
/// written, a hook that fails: what stood before stands, or, if the hook failed, the new pair, and the hook is run again.
pub fn renew(target: &LoadedTarget, due: Due, now: Timestamp, stop: &AtomicBool) -> Result<Outcome, Failure> {
    let _lock = output::lock(target)?;
    output::clean(target);
    let found = output::read(target)?;
    let renewal = standing::judge(target, found.as_ref(), now)?;
    if let (Some(pair), false, Due::Respect) = (&found, renewal.is_due(), due) {
        let stands = stands(target, pair.leaf());
        if output::refresh(target, pair)? || output::is_pending(target) {
            tell(target)?;
            return Ok(Outcome::Told(stands));
        }
        return Ok(Outcome::Current(stands));
    }
    output::check_replaceable(target)?;
    let pair = obtain(target, found, now, stop)?;
    output::mark_pending(target, &pair)?;
    output::write(target, &pair)?;
    tell(target)?;
    let now = stands(target, pair.leaf());
    Ok(Outcome::Renewed { reasons: renewal.reasons().to_vec(), now })
}

/// A private key and the certificates for it, the leaf first.
#[derive(Debug)]
pub(crate) struct Pair {
    key: Option<PrivateKey>,
    chain: Vec<std::sync::Arc<Certificate>>,
}

impl Pair {
    /// The chain of a pair has one certificate at least.
    fn leaf(&self) -> &Certificate {
        #[expect(
            clippy::indexing_slicing,
            reason = "`output::read` and `obtain` make no pair without a leaf"
        )]
        &self.chain[0]
    }
}

fn stands(target: &LoadedTarget, leaf: &Certificate) -> Stands {
    let validity = leaf.validity();
    Stands {
        serial_number: leaf.serial_number().to_string(),
        not_before: validity.not_before,
        not_after: validity.not_after,
        due: rule(target).of(leaf),
    }
}

fn rule(target: &LoadedTarget) -> RenewAt {
    target.document.renew_before.as_ref().map_or(RenewAt::TwoThirds, |before| RenewAt::Before(before.0))
}

/// A new pair that would not be renewed at once.
fn obtain(
    target: &LoadedTarget,
    found: Option<Pair>,
    now: Timestamp,
    stop: &AtomicBool,
) -> Result<Pair, Failure> {
    // What made a certificate be revoked may be that its key is lost.
    let reusable = match &found {
        Some(pair) if target.document.key.reuse => standing::revocation(target, pair)?.is_none(),
        _ => false,
    };
    let kept = found.and_then(|pair| pair.key).filter(|_| reusable);
    let key = match kept {
        Some(key) => key,
        None => PrivateKey::generate(&target.document.key.kind, crate::pki::seed()?)
            .map_err(|error| error.to_string())?,
    };
    let request = NewRequest {
        subject: target.subject.clone(),
        names: target.names.clone(),
        extended_key_usage: target.purposes.clone(),
        ..NewRequest::default()
    };
    let request = issue::new_request(&request, &key).map_err(|error| error.to_string())?;
    let decision = target.policy.as_ref().map(|policy| policy.evaluate(&request, &target.context(now)));
    if let Some(denied) = decision.as_ref().filter(|decision| !decision.is_allowed()) {
        return Err(Failure {
            message: format!("the request is {} by policy {}", denied.outcome().as_str(), denied.policy().id),
            reasons: denied.as_core().reasons().to_vec(),
        });
    }
    let order = issuer::Order {
        target,
        request: &request,
        pem: pem::encode("CERTIFICATE REQUEST", request.der()),
        decision: decision.as_ref(),
        now,
        stop,
    };
    let mut chain = issuer::issue(&order)?;
    // Peers have the root (RFC 8446 4.4.2); what is judged is what will be written.
    let mut is_leaf = true;
    chain.retain(|certificate| std::mem::take(&mut is_leaf) || !is_self_signed(certificate));
    if stop.load(Ordering::Relaxed) {
        return Err("the program was told to end".to_owned().into());
    }
    let pair = Pair { key: Some(key), chain };
    if pair.chain.is_empty() {
        return Err("the issuer gave no certificate".to_owned().into());
    }
    let judged = standing::judge(target, Some(&pair), now)?;
    if judged.is_due() {
        return Err(Failure {
            message: "what the issuer gave would have to be renewed at once, so it is not put in place"
                .to_owned(),
            reasons: judged.reasons().to_vec(),
        });
    }
    Ok(pair)
}

/// Runs the hook, and notes that it ran.
fn tell(target: &LoadedTarget) -> Result<(), Failure> {
    point("hook", "pending");
    if let Some(hook) = &target.document.hook {
        let place = output::place(target).display().to_string();
        let job = child::Job {
            command: &hook.command,
            folder: &target.folder,
            variables: &[("CERTGATE_TARGET", &target.document.id), ("CERTGATE_PATH", &place)],
            input: b"",
            timeout: hook.timeout.as_ref().map_or(child::PATIENCE, |timeout| child::seconds(timeout.0)),
        };
        child::run(&job)
            .map_err(|message| format!("the new pair is in place, and the hook failed: {message}"))?;
    }
    point("hook", "done");
    output::clear_pending(target)?;
    point("hook", "cleared");
    Ok(())
}
