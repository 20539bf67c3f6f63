//! From a review to its answer.

use std::sync::{Arc, RwLock};

use certgate_bindings::certgate::diagnostic::{Diagnostic, codes};
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::kubernetes::{self, KubernetesRequest};
use certgate_bindings::view::DiagnosticView;
use serde_json::json;
use serde_json::value::RawValue;

use crate::config::{Fallback, Mode};
use crate::judge::{Judgement, Opinion, lines};
use crate::log::{self, Level};
use crate::metrics::{CodeLabels, DecisionLabels, FindingLabels, Metrics};
use crate::object::{self, Question};
use crate::policies::PolicySet;
use crate::requester;
use crate::review::{self, AdmissionRequest, Answer, Unreadable};

/// Longest request within an object. One with 1,000 names, the engine's own limit, has less; and so it costs the
/// little time that a review may take (hostile input 119).
const REQUEST_BYTES: usize = 64 << 10;

/// What all reviews share: the policies in force, and the counters.
pub(crate) struct Gate {
    set: RwLock<Option<Arc<PolicySet>>>,
    pub(crate) metrics: Metrics,
}

/// An answer and what the log says of it.
struct Outcome {
    answer: Answer,
    fields: serde_json::Value,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self { set: RwLock::new(None), metrics: Metrics::new() }
    }

    /// Puts a set of policies in force, at once and as a whole.
    pub(crate) fn put_in_force(&self, set: PolicySet) {
        let mut guard = self.set.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        *guard = Some(Arc::new(set));
    }

    /// The policies in force; `None` before the first set was loaded.
    pub(crate) fn set(&self) -> Option<Arc<PolicySet>> {
        self.set.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
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
        let outcome = self.admit(&request, at);
        self.log(&request, &outcome);
        Ok(outcome.answer)
    }

    fn admit(&self, request: &AdmissionRequest<'_>, at: Option<Timestamp>) -> Outcome {
        let refuse = |code, reason, message: &str| {
            Outcome::plain(Answer::refusal(request.uid.clone(), code, reason, message.to_owned()))
        };
        let question = match object::question(request) {
            Ok(question) => question,
            Err(message) => return refuse(422, "Invalid", &message),
        };
        if question == Question::Nothing {
            return Outcome::plain(Answer::allowed(request.uid.clone()));
        }
        let Some(set) = self.set() else {
            return refuse(
                503,
                "ServiceUnavailable",
                "no policy is loaded yet: see the log of certgate-webhook",
            );
        };
        let Some(at) = at else {
            return refuse(500, "InternalError", "the clock of this machine is not set");
        };
        let Some(object) = request.object else {
            return refuse(422, "Invalid", "the review has no `object`");
        };
        match question {
            Question::Secret => self.secret(request, object, &set, at),
            Question::UnknownKind => {
                let kind = &request.kind;
                let message =
                    format!("certgate does not know `{}` of `{}/{}`", kind.kind, kind.group, kind.version);
                Outcome::plain(fallback(request, set.config.unknown_kinds, vec![message]))
            }
            Question::Nothing | Question::NewRequest | Question::StoredRequest => {
                self.request(request, object, question, &set, at)
            }
        }
    }

    fn request(
        &self,
        request: &AdmissionRequest<'_>,
        object: &RawValue,
        question: Question,
        set: &PolicySet,
        at: Timestamp,
    ) -> Outcome {
        let read = kubernetes::read(object.get()).map_err(|error| error.diagnostics().to_vec());
        let prepared = read.and_then(|objects| {
            let mut object = single(objects)?;
            if question == Question::NewRequest {
                requester::adopt(&mut object.context, &request.user_info)?;
            }
            Ok(object)
        });
        let object = match prepared {
            Ok(object) => object,
            Err(faults) => return self.unreadable(request, &faults, set.config.default_mode()),
        };
        let judgement = match set.judge(&object, at) {
            Ok(judgement) => judgement,
            Err(error) => return self.unreadable(request, error.diagnostics(), set.config.default_mode()),
        };
        self.count(request, &object, &judgement);
        let answer = if judgement.opinions.is_empty() {
            let mut messages = vec!["no policy applies to this request".to_owned()];
            for opinion in &judgement.passed_over {
                messages
                    .extend(lines(&opinion.reasons).iter().map(|line| format!("{}: {line}", opinion.policy)));
            }
            fallback(request, set.config.unmatched, messages)
        } else {
            verdict(request, &judgement)
        };
        Outcome::of(annotate(answer, &judgement), &judgement)
    }

    /// An object whose request cannot be read, or that lies about its requester: no policy can be asked, so that the
    /// mode of all of them decides.
    fn unreadable(&self, request: &AdmissionRequest<'_>, faults: &[DiagnosticView], mode: Mode) -> Outcome {
        for fault in faults {
            self.metrics.parse_errors.get_or_create(&CodeLabels { code: fault.code.clone() }).inc();
        }
        let uid = request.uid.clone();
        let mut answer = match mode {
            Mode::Enforce => {
                Answer::refusal(uid, 422, "Invalid", lines(faults).join("\n")).with_causes(faults)
            }
            Mode::Warn => Answer::allowed(uid).with_warnings(lines(faults)),
            Mode::Audit => Answer::allowed(uid),
        };
        let annotations = &mut answer.response.audit_annotations;
        annotations.insert("outcome", "error".to_owned());
        annotations.insert("mode", mode.as_str().to_owned());
        annotations.insert("codes", codes_of(faults));
        Outcome { answer, fields: json!({ "outcome": "error", "codes": codes_of(faults) }) }
    }

    fn secret(
        &self,
        request: &AdmissionRequest<'_>,
        object: &RawValue,
        set: &PolicySet,
        at: Timestamp,
    ) -> Outcome {
        let secrets = &set.config.secrets;
        let found = match kubernetes::check_tls_secret(object.get(), at, secrets.verifier.as_ref()) {
            Ok(None) => return Outcome::plain(Answer::allowed(request.uid.clone())),
            Ok(Some(found)) => found,
            Err(error) => error.diagnostics().to_vec(),
        };
        let (errors, others): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|diagnostic| diagnostic.severity == "error");
        let is_refused = !errors.is_empty() && secrets.mode == Mode::Enforce;
        let mut answer = if is_refused {
            let message = lines(&errors).join("\n");
            Answer::refusal(request.uid.clone(), 403, "Forbidden", message).with_causes(&errors)
        } else {
            Answer::allowed(request.uid.clone())
        };
        let mut warnings = if secrets.mode == Mode::Warn { lines(&errors) } else { Vec::new() };
        warnings.extend(lines(others.iter().filter(|diagnostic| diagnostic.severity == "warning")));
        answer = answer.with_warnings(warnings);
        let annotations = &mut answer.response.audit_annotations;
        annotations.insert("mode", secrets.mode.as_str().to_owned());
        annotations.insert("outcome", if errors.is_empty() { "allowed" } else { "denied" }.to_owned());
        if !errors.is_empty() {
            annotations.insert("codes", codes_of(&errors));
        }
        let decision = if errors.is_empty() { "allowed" } else { "denied" };
        let labels = DecisionLabels {
            policy: "tls-secret".to_owned(),
            resource: "secrets",
            signer: "none",
            decision,
            mode: secrets.mode.as_str(),
            dry_run: dry_run(request),
        };
        self.metrics.decisions.get_or_create(&labels).inc();
        Outcome { answer, fields: json!({ "codes": codes_of(&errors) }) }
    }

    fn count(&self, request: &AdmissionRequest<'_>, object: &KubernetesRequest, judgement: &Judgement) {
        let signer = object::signer(object.context.signer_name.as_deref());
        for opinion in &judgement.opinions {
            let labels = DecisionLabels {
                policy: opinion.policy.clone(),
                resource: object::resource(&request.kind),
                signer,
                decision: if opinion.is_allowed { "allowed" } else { "denied" },
                mode: opinion.mode.as_str(),
                dry_run: dry_run(request),
            };
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
            let labels = DecisionLabels {
                policy: "none".to_owned(),
                resource: object::resource(&request.kind),
                signer,
                decision: "notApplicable",
                mode: "none",
                dry_run: dry_run(request),
            };
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

impl Outcome {
    fn plain(answer: Answer) -> Self {
        Self { answer, fields: serde_json::Value::Null }
    }

    fn of(answer: Answer, judgement: &Judgement) -> Self {
        let policies: Vec<_> = judgement
            .opinions
            .iter()
            .map(|opinion| {
                json!({
                    "id": opinion.policy,
                    "digest": opinion.digest,
                    "mode": opinion.mode.as_str(),
                    "allowed": opinion.is_allowed,
                    "codes": codes_of(&opinion.reasons),
                })
            })
            .collect();
        let fields = json!({
            "outcome": judgement.outcome(),
            "policies": policies,
            "keySha256": judgement.key_sha256,
        });
        Self { answer, fields }
    }
}

/// The one request of an object.
fn single(mut objects: Vec<KubernetesRequest>) -> Result<KubernetesRequest, Vec<DiagnosticView>> {
    let fault = |code, message: String| {
        Err(vec![DiagnosticView::new(&Diagnostic::new(code, message).at(["spec", "request"]))])
    };
    let Some(object) = objects.pop().filter(|_| objects.is_empty()) else {
        return fault(codes::CONTEXT_OBJECT, "the object is not exactly one certificate request".to_owned());
    };
    if object.request.len() > REQUEST_BYTES {
        let message = format!("the request has {} bytes, more than {REQUEST_BYTES}", object.request.len());
        return fault(codes::LIMIT_TEXT_BYTES, message);
    }
    Ok(object)
}

/// What the policies say together. One that is enforced and denies is enough to refuse.
fn verdict(request: &AdmissionRequest<'_>, judgement: &Judgement) -> Answer {
    let refusing: Vec<&Opinion> = judgement.refusing().collect();
    let mut messages = Vec::new();
    for opinion in &refusing {
        if refusing.len() > 1 {
            messages.push(format!("policy {}:", opinion.policy));
        }
        messages.extend(lines(&opinion.reasons));
    }
    let mut warnings = Vec::new();
    for opinion in &judgement.opinions {
        if opinion.mode == Mode::Warn {
            warnings.extend(lines(&opinion.reasons));
        }
        if opinion.mode != Mode::Audit {
            warnings.extend(lines(opinion.warnings.iter().filter(|warning| warning.severity == "warning")));
        }
    }
    let uid = request.uid.clone();
    if refusing.is_empty() {
        Answer::allowed(uid).with_warnings(warnings)
    } else {
        let causes = refusing.iter().flat_map(|opinion| &opinion.reasons);
        Answer::refusal(uid, 403, "Forbidden", messages.join("\n"))
            .with_causes(causes)
            .with_warnings(warnings)
    }
}

fn fallback(request: &AdmissionRequest<'_>, fallback: Fallback, messages: Vec<String>) -> Answer {
    let uid = request.uid.clone();
    match fallback {
        Fallback::Allow => Answer::allowed(uid),
        Fallback::Warn => Answer::allowed(uid).with_warnings(messages),
        Fallback::Deny => Answer::refusal(uid, 403, "Forbidden", messages.join("\n")),
    }
}

/// What the audit log keeps: the policies by id and digest, what they say, and the codes.
fn annotate(mut answer: Answer, judgement: &Judgement) -> Answer {
    let join = |text: fn(&Opinion) -> &str| judgement.opinions.iter().map(text).collect::<Vec<_>>().join(",");
    let codes = codes_of(judgement.opinions.iter().flat_map(|opinion| &opinion.reasons));
    let annotations = &mut answer.response.audit_annotations;
    annotations.insert("outcome", judgement.outcome().to_owned());
    annotations.insert("policy", join(|opinion| &opinion.policy));
    annotations.insert("digest", join(|opinion| &opinion.digest));
    annotations.insert("mode", join(|opinion| opinion.mode.as_str()));
    annotations.insert("codes", codes);
    annotations.retain(|_, value| !value.is_empty());
    answer
}

/// The codes, sorted, each once.
fn codes_of<'a>(diagnostics: impl IntoIterator<Item = &'a DiagnosticView>) -> String {
    let codes: std::collections::BTreeSet<&str> =
        diagnostics.into_iter().map(|diagnostic| diagnostic.code.as_str()).collect();
    codes.into_iter().collect::<Vec<_>>().join(",")
}

fn dry_run(request: &AdmissionRequest<'_>) -> &'static str {
    if request.dry_run == Some(true) { "true" } else { "false" }
}
