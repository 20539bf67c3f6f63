//! Whether a certificate is renewed: the engine's decision, over what a host knows.

use std::sync::Arc;

use certgate::certificate::Certificate;
use certgate::crypto::Signer;
use certgate::diagnostic::{Diagnostic, codes};
use certgate::policy::Context;
use certgate::policy::document::DurationText;
use certgate::policy::renewal::{RenewAt, Renewal, Standing};
use certgate::time::{Duration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::document::{CodeFamily, read_value};
use crate::error::{Error, ErrorKind};
use crate::issue::{self, PrivateKey, parse_names};
use crate::policy::{Decision, Policy};
use crate::verify::{Bundle, Evidence, Verifier, VerifyDocument};
use crate::view::{DiagnosticView, SCHEMA_VERSION};

/// What is asked for besides the certificate.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "the options of a renewal")]
pub struct RenewalDocument {
    /// The names that it should have. Left out: any will do.
    pub names: Option<Vec<String>>,
    /// How long before its end it is renewed. Left out: when two thirds of its life are over.
    pub renew_before: Option<DurationText>,
    /// The purpose for which it must verify. Left out: any.
    pub purpose: Option<String>,
}

/// Whether a certificate is renewed now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RenewalView {
    /// Version of this form: 1.
    pub schema_version: u32,
    /// Whether it is renewed now.
    pub due: bool,
    /// When time alone makes it due, in RFC 3339.
    pub renew_at: String,
    /// Why it is due; empty if it is not.
    pub reasons: Vec<DiagnosticView>,
}

/// A certificate that is in use, and what it is held against.
#[derive(Clone, Copy)]
pub struct InUse<'a> {
    /// The certificate, and what is presented beside it.
    pub bundle: &'a Bundle,
    /// Its private key; `None` if nobody looks at it.
    pub key: Option<&'a PrivateKey>,
    /// The policy that must still allow it, which wants the key.
    pub policy: Option<&'a Policy>,
    /// What it must verify by.
    pub verifier: Option<&'a Verifier>,
}

impl RenewalDocument {
    /// Reads options that are plain data already.
    ///
    /// # Errors
    /// Unknown keys and wrong types, each with its path.
    pub fn from_value(value: serde_json::Value) -> Result<Self, Error> {
        read_value(value, &CodeFamily::CONTEXT).map_err(|error| Error::new(ErrorKind::Argument, &error))
    }
}

impl From<RenewalDocument> for RenewAt {
    fn from(document: RenewalDocument) -> Self {
        document.renew_before.map_or(Self::TwoThirds, |before| Self::Before(before.0))
    }
}

/// Whether a certificate is renewed at a time.
///
/// # Errors
/// A bundle without a certificate, or with one before the first that cannot be read, a policy without a key, and names or a purpose that are not known.
pub fn renewal(in_use: InUse<'_>, document: &RenewalDocument, now: Timestamp) -> Result<RenewalView, Error> {
    let fault = |field: &'static str, message: &str| -> Error {
        Diagnostic::new(codes::CONTEXT_VALUE, message.to_owned()).at([field]).into()
    };
    if in_use.bundle.certificates().is_empty() {
        return Err(fault("certificates", "there is no certificate"));
    }
    let (leaf, presented) = in_use.bundle.split_leaf()?;
    let leaf = leaf.as_core();
    let decision = match (in_use.policy, in_use.key) {
        (None, _) => None,
        (Some(_), None) => {
            return Err(fault("key", "a policy is asked about a request, which wants the key"));
        }
        (Some(policy), Some(key)) if key.belongs_to(leaf) => same_again(policy, leaf, key, now),
        (Some(_), Some(_)) => None, // Another key is a reason of its own.
    };
    let names = document.names.as_deref().map(parse_names).transpose()?;
    let not_verified = not_verified(in_use.verifier, leaf, presented, document.purpose.as_deref(), now)?;
    let standing = Standing {
        certificate: leaf,
        key: Some(in_use.key.map_or_else(|| leaf.public_key(), |key| key.as_core().public_key())),
        names: names.as_deref(),
        decision: decision.as_ref().map(Decision::as_core),
        not_verified: &not_verified,
    };
    let rule = RenewAt::from(document.clone());
    let renewal = Renewal::decide(Some(standing), rule, now);
    Ok(RenewalView {
        schema_version: SCHEMA_VERSION,
        due: renewal.is_due(),
        renew_at: rule.of(leaf).to_string(),
        reasons: renewal.reasons().iter().map(DiagnosticView::new).collect(),
    })
}

/// What a policy says of a request for the same as a certificate says, by the same key and for the same lifetime; `None` if it
/// cannot be asked.
pub fn same_again(policy: &Policy, leaf: &Certificate, key: &PrivateKey, now: Timestamp) -> Option<Decision> {
    // A subject that is no text cannot be asked for again; without it, the policy decides.
    let request = issue::same_request(leaf).unwrap_or_else(|_| issue::same_but_subject(leaf));
    let request = issue::new_request(&request, key).ok()?;
    Some(policy.evaluate(&request, &for_life_of(leaf, Context::new(now))))
}

/// The context of a request for the same lifetime as that of a certificate.
pub(crate) fn for_life_of(certificate: &Certificate, context: Context) -> Context {
    let validity = certificate.validity();
    let life = validity.not_after.seconds_since(validity.not_before).saturating_add(1);
    match Duration::from_seconds(life) {
        Some(life) => context.with_duration(life),
        None => context,
    }
}

/// Why a certificate does not verify; nothing if it does, or if its time is a reason of its own.
fn not_verified(
    verifier: Option<&Verifier>,
    leaf: &Arc<Certificate>,
    presented: &[Arc<Certificate>],
    purpose: Option<&str>,
    now: Timestamp,
) -> Result<Vec<Diagnostic>, Error> {
    let Some(verifier) = verifier.filter(|_| leaf.validity().contains(now)) else { return Ok(Vec::new()) };
    let asked =
        VerifyDocument { purpose: Some(purpose.unwrap_or("any").to_owned()), ..VerifyDocument::default() };
    let leaf = crate::verify::Certificate::from(Arc::clone(leaf));
    Ok(match verifier.verify(&leaf, presented, now, &asked, &Evidence::default())? {
        Ok(_) => Vec::new(),
        Err(error) => error.reasons().to_vec(),
    })
}
