//! One request under all policies of a set: which apply, what each says, and what that means together.

use certgate_bindings::certgate::diagnostic::{Diagnostic, codes};
use certgate_bindings::certgate::policy::Outcome;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::kubernetes::{self, KubernetesRequest};
use certgate_bindings::view::DiagnosticView;
use certgate_bindings::{Error, Request};

use crate::admit::codes_of;
use crate::config::Mode;
use crate::policies::PolicySet;
use crate::signer::{self, Failing};

/// Longest request within an object. One with 1,000 names, the engine's own limit, has less; and so it costs the
/// little time that a review may take (hostile input 119).
const REQUEST_BYTES: usize = 64 << 10;

/// The one request of an object.
///
/// # Errors
/// An object that is not exactly one certificate request, or one that is too large.
pub(crate) fn read(text: &str) -> Result<KubernetesRequest, Vec<DiagnosticView>> {
    let fault = |code, message: String| {
        Err(vec![DiagnosticView::new(&Diagnostic::new(code, message).at(["spec", "request"]))])
    };
    let mut objects = kubernetes::read(text).map_err(|error| error.diagnostics().to_vec())?;
    let Some(object) = objects.pop().filter(|_| objects.is_empty()) else {
        return fault(codes::CONTEXT_OBJECT, "the object is not exactly one certificate request".to_owned());
    };
    if object.request.len() > REQUEST_BYTES {
        let message = format!("the request has {} bytes, more than {REQUEST_BYTES}", object.request.len());
        return fault(codes::LIMIT_TEXT_BYTES, message);
    }
    Ok(object)
}

/// What the policies of a set say of a request.
pub(crate) struct Judgement {
    /// What each policy said that applies, in the order of their files.
    pub(crate) opinions: Vec<Opinion>,
    /// Why the others do not apply.
    pub(crate) passed_over: Vec<Opinion>,
    /// Why the signer of Kubernetes that is asked would not sign it.
    pub(crate) failing: Option<Failing>,
    /// SHA-256 of the request's public key, for logs: the request itself is in none.
    pub(crate) key_sha256: String,
}

/// What one policy says.
pub(crate) struct Opinion {
    pub(crate) policy: String,
    pub(crate) digest: String,
    pub(crate) mode: Mode,
    pub(crate) is_allowed: bool,
    pub(crate) reasons: Vec<DiagnosticView>,
    pub(crate) warnings: Vec<DiagnosticView>,
}

impl PolicySet {
    /// Judges a request as `certgate check` does: the same engine, the same context, the same reasons.
    ///
    /// # Errors
    /// A request that cannot be read.
    pub(crate) fn judge(&self, object: &KubernetesRequest, at: Timestamp) -> Result<Judgement, Error> {
        let request = Request::parse(&object.request)?;
        let mut document = object.context.clone();
        // What is known of this one request goes before what the configuration says of all.
        for (name, value) in &self.config.facts {
            document.facts.entry(name.clone()).or_insert_with(|| value.clone());
        }
        // What its controllers are told, the webhook is told, too.
        document.default_duration =
            kubernetes::default_duration(&document, self.config.cluster_signing_duration);
        let context = document.to_context(at)?;
        let mut judgement = Judgement {
            opinions: Vec::new(),
            passed_over: Vec::new(),
            failing: signer::failing(
                document.signer_name.as_deref(),
                &request,
                &context,
                self.config.signers,
            ),
            key_sha256: request.fingerprints().public_key_sha256,
        };
        for policy in &self.policies {
            let decision = policy.evaluate(&request, &context);
            let opinion = Opinion {
                policy: policy.id().to_owned(),
                digest: policy.digest().to_owned(),
                mode: self.config.mode(policy.id()).at_most(decision.as_core().enforcement()),
                is_allowed: decision.is_allowed(),
                reasons: decision.reasons(),
                warnings: decision.warnings(),
            };
            match decision.outcome() {
                Outcome::NotApplicable => judgement.passed_over.push(opinion),
                Outcome::Allowed | Outcome::Denied => judgement.opinions.push(opinion),
            }
        }
        Ok(judgement)
    }
}

impl Judgement {
    /// Nothing is harder than this.
    pub(crate) fn soften(&mut self, mode: Mode) {
        for opinion in &mut self.opinions {
            opinion.mode = opinion.mode.min(mode);
        }
    }

    /// What each policy says, for the log.
    pub(crate) fn logged(&self) -> Vec<serde_json::Value> {
        let logged = |opinion: &Opinion| {
            serde_json::json!({
                "id": opinion.policy,
                "digest": opinion.digest,
                "mode": opinion.mode.as_str(),
                "allowed": opinion.is_allowed,
                "codes": codes_of(&opinion.reasons),
            })
        };
        self.opinions.iter().map(logged).collect()
    }

    /// The policies that refuse: they apply, they are enforced, and they do not allow. One is enough.
    pub(crate) fn refusing(&self) -> impl Iterator<Item = &Opinion> {
        self.opinions.iter().filter(|opinion| !opinion.is_allowed && opinion.mode == Mode::Enforce)
    }

    /// Every reason of the policies that refuse, one a line.
    pub(crate) fn messages(&self) -> Vec<String> {
        let refusing: Vec<&Opinion> = self.refusing().collect();
        let mut messages = Vec::new();
        for opinion in &refusing {
            if refusing.len() > 1 {
                messages.push(format!("policy {}:", opinion.policy));
            }
            messages.extend(lines(&opinion.reasons));
        }
        messages
    }

    /// What the user is warned of: the reasons of policies that warn, and the warnings of those that do not only watch.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for opinion in &self.opinions {
            if opinion.mode == Mode::Warn {
                warnings.extend(lines(&opinion.reasons));
            }
            if opinion.mode != Mode::Audit {
                warnings
                    .extend(lines(opinion.warnings.iter().filter(|warning| warning.severity == "warning")));
            }
        }
        warnings
    }

    /// Why what no policy refuses is refused all the same: the signer would not sign it.
    pub(crate) fn refusing_signer(&self) -> Option<&Failing> {
        self.failing.as_ref().filter(|failing| failing.refuses())
    }

    /// `allowed`, `denied`, or `notApplicable` if there is no policy for it.
    pub(crate) fn outcome(&self) -> &'static str {
        if self.refusing_signer().is_some() {
            "denied"
        } else if self.opinions.is_empty() {
            "notApplicable"
        } else if self.opinions.iter().all(|opinion| opinion.is_allowed) {
            "allowed"
        } else {
            "denied"
        }
    }
}

/// One line for each reason, with the code first: as `certgate check` prints it in one line.
pub(crate) fn lines<'a>(reasons: impl IntoIterator<Item = &'a DiagnosticView>) -> Vec<String> {
    reasons.into_iter().map(ToString::to_string).collect()
}
