//! The policies in force and the counters: each review is answered, counted and logged.

use std::sync::{Arc, PoisonError, RwLock};

use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::kubernetes::KubernetesRequest;
use serde_json::json;

use crate::admit::{self, Outcome, Said};
use crate::judge::Judgement;
use crate::log::{self, Level};
use crate::metrics::{CodeLabels, DecisionLabels, FindingLabels, Metrics};
use crate::object;
use crate::policies::PolicySet;
use crate::review::{self, AdmissionRequest, Answer, Unreadable};

/// What all reviews share: the policies in force, and the counters.
pub(crate) struct Gate {
    set: RwLock<Option<Arc<PolicySet>>>,
    pub(crate) metrics: Metrics,
}

/// How a decision is counted beside what it says.
pub(crate) struct CountLabels {
    pub(crate) resource: &'static str,
    pub(crate) dry_run: &'static str,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self { set: RwLock::new(None), metrics: Metrics::new() }
    }

    /// Puts a set of policies in force, at once and as a whole.
    pub(crate) fn put_in_force(&self, set: PolicySet) {
        let mut guard = self.set.write().unwrap_or_else(PoisonError::into_inner);
        *guard = Some(Arc::new(set));
    }

    /// The policies in force; `None` before the first set was loaded.
    pub(crate) fn set(&self) -> Option<Arc<PolicySet>> {
        self.set.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Answers one review.
    ///
    /// # Errors
    /// A body that is no review with a uid, in one sentence.
    pub(crate) fn answer(&self, body: &[u8], at: Option<Timestamp>) -> Result<Answer, String> {
        let request = match review::read(body) {
            Ok(request) => request,
            Err(Unreadable::Refused(answer)) => {
                self.metrics.parse_errors.get_or_create(&CodeLabels { code: "review".to_owned() }).inc();
                return Ok(*answer);
            }
            Err(Unreadable::Anonymous(message)) => {
                self.metrics.parse_errors.get_or_create(&CodeLabels { code: "review".to_owned() }).inc();
                return Err(message);
            }
        };
        let outcome = admit::admit(&request, self.set().as_deref(), at);
        self.count_outcome(&request, &outcome);
        self.log(&request, &outcome);
        Ok(outcome.answer)
    }

    fn count_outcome(&self, request: &AdmissionRequest<'_>, outcome: &Outcome) {
        let dry_run = if request.dry_run == Some(true) { "true" } else { "false" };
        match &outcome.said {
            Said::Nothing => {}
            Said::Unreadable(codes) => self.count_faults(codes.iter().map(String::as_str)),
            Said::Judged(judged) => {
                let labels = CountLabels { resource: object::resource(&request.kind), dry_run };
                for (object, judgement) in judged {
                    self.count(&labels, object, judgement);
                }
            }
            Said::Secret { decision, mode } => {
                let labels = DecisionLabels {
                    policy: "tls-secret".to_owned(),
                    resource: "secrets",
                    signer: "none",
                    decision,
                    mode: mode.as_str(),
                    dry_run,
                };
                self.metrics.decisions.get_or_create(&labels).inc();
            }
        }
    }

    /// Counts what kept a request from being read.
    pub(crate) fn count_faults<'a>(&self, codes: impl IntoIterator<Item = &'a str>) {
        for code in codes {
            self.metrics.parse_errors.get_or_create(&CodeLabels { code: code.to_owned() }).inc();
        }
    }

    /// Counts what the policies said of a request.
    pub(crate) fn count(&self, labels: &CountLabels, object: &KubernetesRequest, judgement: &Judgement) {
        let signer = object::signer(object.context.signer_name.as_deref());
        let decision = |policy: &str, decision, mode| DecisionLabels {
            policy: policy.to_owned(),
            resource: labels.resource,
            signer,
            decision,
            mode,
            dry_run: labels.dry_run,
        };
        for opinion in &judgement.opinions {
            let word = if opinion.is_allowed { "allowed" } else { "denied" };
            let labels = decision(&opinion.policy, word, opinion.mode.as_str());
            self.metrics.decisions.get_or_create(&labels).inc();
            for finding in opinion.reasons.iter().chain(&opinion.warnings) {
                let labels = FindingLabels {
                    policy: opinion.policy.clone(),
                    rule: finding.code.clone(),
                    severity: finding.severity.clone(),
                };
                self.metrics.findings.get_or_create(&labels).inc();
            }
        }
        if judgement.opinions.is_empty() {
            let labels = decision("none", "notApplicable", "none");
            self.metrics.decisions.get_or_create(&labels).inc();
        }
    }

    fn log(&self, request: &AdmissionRequest<'_>, outcome: &Outcome) {
        let response = &outcome.answer.response;
        let mut fields = json!({
            "uid": request.uid,
            "kind": request.kind.kind,
            "operation": request.operation,
            "subresource": request.sub_resource,
            "namespace": request.namespace,
            "name": request.name,
            "dryRun": request.dry_run.unwrap_or_default(),
            "allowed": response.allowed,
            "code": response.status.as_ref().map(|status| status.code),
        });
        if let (Some(fields), Some(more)) = (fields.as_object_mut(), outcome.fields.as_object()) {
            fields.extend(more.clone());
        }
        log::write(Level::Info, "answered a review", fields);
    }
}
