//! From a review to its answer: pure, so that every host of it gives the same.

use certgate_bindings::ContextDocument;
use certgate_bindings::cases::RequestDescription;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::kubernetes::{self, KubernetesRequest};
use certgate_bindings::view::DiagnosticView;
use serde_json::json;
use serde_json::value::RawValue;

use crate::config::{Fallback, Mode};
use crate::early::{self, Foreseen, Unforeseen};
use crate::judge::{self, Judgement, Opinion, lines};
use crate::object::{self, Question};
use crate::policies::PolicySet;
use crate::requester;
use crate::review::{AdmissionRequest, Answer};

/// An answer, what is counted of it, and what the log says of it.
pub(crate) struct Outcome {
    pub(crate) answer: Answer,
    pub(crate) said: Said,
    pub(crate) fields: serde_json::Value,
}

/// What an answer comes from.
pub(crate) enum Said {
    /// Nothing was judged.
    Nothing,
    /// The codes of what kept the request from being read.
    Unreadable(Vec<String>),
    /// What the policies said of each request.
    Judged(Vec<(KubernetesRequest, Judgement)>),
    /// What was said of a Secret.
    Secret { decision: &'static str, mode: Mode },
}

/// Answers the question that a request puts; `set` is `None` as long as no policy is loaded, `at` if the clock is not set.
pub(crate) fn admit(
    request: &AdmissionRequest<'_>,
    set: Option<&PolicySet>,
    at: Option<Timestamp>,
) -> Outcome {
    let refuse = |code, reason, message: &str| {
        Outcome::plain(Answer::refusal(request.uid.clone(), code, reason, message.to_owned()))
    };
    let question = match object::question(request) {
        Ok(question) => question,
        Err(message) => return refuse(400, "BadRequest", &message),
    };
    if question == Question::Nothing {
        return Outcome::plain(Answer::allowed(request.uid.clone()));
    }
    let Some(set) = set else {
        return refuse(503, "ServiceUnavailable", "no policy is loaded yet: see the log of certgate-webhook");
    };
    let Some(at) = at else {
        return refuse(500, "InternalError", "the clock of this machine is not set");
    };
    let Some(object) = request.object else {
        return refuse(400, "BadRequest", "the review has no `object`");
    };
    if let Some(fault) = object::size::fault(object).filter(|_| question != Question::UnknownKind) {
        let mode = match question {
            Question::Secret => set.config.secrets.mode,
            Question::Certificate | Question::Gateway => set.config.early.mode.min(set.hardest_mode()),
            _ => set.config.hardest_mode(),
        };
        return unreadable(request, &[fault], mode);
    }
    match question {
        Question::Secret => secret(request, object, set, at),
        Question::Certificate => {
            foreseen(request, early::of_certificate(object.get(), &set.config.early), set, at)
        }
        Question::Gateway => foreseen(request, early::of_gateway(object.get(), &set.config.early), set, at),
        Question::UnknownKind => {
            let kind = &request.kind;
            let message =
                format!("certgate does not know `{}` of `{}/{}`", kind.kind, kind.group, kind.version);
            Outcome::plain(fallback(request, set.config.unknown_kinds, vec![message]))
        }
        Question::Nothing | Question::NewRequest | Question::StoredRequest => {
            judged(request, object, question, set, at)
        }
    }
}

fn judged(
    request: &AdmissionRequest<'_>,
    object: &RawValue,
    question: Question,
    set: &PolicySet,
    at: Timestamp,
) -> Outcome {
    let prepared = judge::read(object.get()).and_then(|mut object| {
        if question == Question::NewRequest {
            requester::adopt(&mut object.context, &request.user_info)?;
        }
        Ok(object)
    });
    let object = match prepared {
        Ok(object) => object,
        Err(faults) => return unreadable(request, &faults, set.config.hardest_mode()),
    };
    let judgement = match set.judge(&object, at) {
        Ok(judgement) => judgement,
        Err(error) => return unreadable(request, error.diagnostics(), set.config.hardest_mode()),
    };
    let answer = if judgement.opinions.is_empty() {
        let mut messages = vec!["no policy applies to this request".to_owned()];
        for opinion in &judgement.passed_over {
            messages.extend(lines(&opinion.reasons).iter().map(|line| format!("{}: {line}", opinion.policy)));
        }
        fallback(request, set.config.unmatched, messages)
    } else {
        verdict(request, &judgement)
    };
    let mut answer = signed(answer, &judgement);
    annotate(&mut answer, judgement.outcome(), judgement.opinions.iter());
    if let Some(failing) = &judgement.failing {
        answer.response.audit_annotations.insert("signer", codes_of(&failing.reasons));
    }
    Outcome::of(answer, object, judgement)
}

/// Requests that will be made for an object. Where no policy applies nothing is said: they are judged when they come.
fn foreseen(
    request: &AdmissionRequest<'_>,
    found: Result<Vec<Foreseen>, Unforeseen>,
    set: &PolicySet,
    at: Timestamp,
) -> Outcome {
    let mode = set.config.early.mode;
    // What comes early is never harder than the policies that would judge the request.
    let unforeseen = |faults: &[DiagnosticView], context| {
        unreadable(request, faults, mode.min(hardest_mode(set, context, at)))
    };
    let foreseen = match found {
        Ok(foreseen) => foreseen,
        Err(Unforeseen { faults, context }) => return unforeseen(&faults, context.map(|context| *context)),
    };
    let (mut messages, mut warnings, mut judged) = (Vec::new(), Vec::new(), Vec::new());
    for Foreseen { secret, request: object } in foreseen {
        let mut judgement = match set.judge(&object, at) {
            Ok(judgement) => judgement,
            Err(error) => return unforeseen(error.diagnostics(), Some(object.context)),
        };
        judgement.soften(mode);
        let named = |line: String| match &secret {
            Some(secret) => format!("Secret {secret}: {line}"),
            None => line,
        };
        messages.extend(judgement.messages().into_iter().map(named));
        warnings.extend(judgement.warnings().into_iter().map(named));
        judged.push((object, judgement));
    }
    let uid = request.uid.clone();
    let answer = if messages.is_empty() {
        Answer::allowed(uid)
    } else {
        let refusing = judged.iter().flat_map(|(_, judgement)| judgement.refusing());
        let causes = refusing.flat_map(|opinion| &opinion.reasons);
        Answer::refusal(uid, 403, "Forbidden", messages.join("\n")).with_causes(causes)
    };
    let judgements = || judged.iter().map(|(_, judgement)| judgement);
    let outcomes: Vec<&str> = judgements().map(Judgement::outcome).collect();
    let outcome = ["denied", "allowed"].into_iter().find(|outcome| outcomes.contains(outcome));
    let outcome = outcome.unwrap_or("notApplicable");
    let mut answer = answer.with_warnings(warnings);
    annotate(&mut answer, outcome, judgements().flat_map(|judgement| &judgement.opinions));
    let policies: Vec<serde_json::Value> = judgements().flat_map(Judgement::logged).collect();
    let fields = json!({ "outcome": outcome, "policies": policies });
    Outcome { answer, said: Said::Judged(judged), fields }
}

/// The hardest mode of the policies that apply where nothing but the context is known of a request; of all policies, if not even that
/// can be read.
fn hardest_mode(set: &PolicySet, context: Option<ContextDocument>, at: Timestamp) -> Mode {
    let stand_in = |context| {
        let request = RequestDescription::default().to_der().ok()?;
        set.judge(&KubernetesRequest { name: String::new(), request, context }, at).ok()
    };
    match context.and_then(stand_in) {
        Some(judgement) => judgement.opinions.iter().map(|opinion| opinion.mode).max().unwrap_or(Mode::Audit),
        None => set.hardest_mode(),
    }
}

/// An object whose request cannot be read, or that lies about its requester: no policy can be asked, so that the hardest
/// mode of all of them decides. (A field that cannot be read would else lead past a policy that is enforced.)
fn unreadable(request: &AdmissionRequest<'_>, faults: &[DiagnosticView], mode: Mode) -> Outcome {
    let uid = request.uid.clone();
    let mut answer = match mode {
        Mode::Enforce => {
            Answer::refusal(uid, 400, "BadRequest", lines(faults).join("\n")).with_causes(faults)
        }
        Mode::Warn => Answer::allowed(uid).with_warnings(lines(faults)),
        Mode::Audit => Answer::allowed(uid),
    };
    let annotations = &mut answer.response.audit_annotations;
    annotations.insert("outcome", "error".to_owned());
    annotations.insert("mode", mode.as_str().to_owned());
    annotations.insert("codes", codes_of(faults));
    let said = Said::Unreadable(faults.iter().map(|fault| fault.code.clone()).collect());
    Outcome { answer, said, fields: json!({ "outcome": "error", "codes": codes_of(faults) }) }
}

fn secret(request: &AdmissionRequest<'_>, object: &RawValue, set: &PolicySet, at: Timestamp) -> Outcome {
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
    let said = Said::Secret { decision, mode: secrets.mode };
    Outcome { answer, said, fields: json!({ "codes": codes_of(&errors) }) }
}

impl Outcome {
    fn plain(answer: Answer) -> Self {
        Self { answer, said: Said::Nothing, fields: serde_json::Value::Null }
    }

    fn of(answer: Answer, object: KubernetesRequest, judgement: Judgement) -> Self {
        let fields = json!({
            "outcome": judgement.outcome(),
            "policies": judgement.logged(),
            "keySha256": judgement.key_sha256,
        });
        Self { answer, said: Said::Judged(vec![(object, judgement)]), fields }
    }
}

/// What the policies say together. One that is enforced and denies is enough to refuse.
fn verdict(request: &AdmissionRequest<'_>, judgement: &Judgement) -> Answer {
    let refusing: Vec<&Opinion> = judgement.refusing().collect();
    let warnings = judgement.warnings();
    let uid = request.uid.clone();
    if refusing.is_empty() {
        Answer::allowed(uid).with_warnings(warnings)
    } else {
        let causes = refusing.iter().flat_map(|opinion| &opinion.reasons);
        Answer::refusal(uid, 403, "Forbidden", judgement.messages().join("\n"))
            .with_causes(causes)
            .with_warnings(warnings)
    }
}

/// What would be let in, and fail when it is signed. What is refused anyway has reasons enough.
fn signed(answer: Answer, judgement: &Judgement) -> Answer {
    let Some(failing) = judgement.failing.as_ref().filter(|_| answer.response.allowed) else { return answer };
    let lines = failing.lines();
    if failing.refuses() {
        let refusal = Answer::refusal(answer.response.uid, 403, "Forbidden", lines.join("\n"));
        return refusal.with_causes(&failing.reasons).with_warnings(answer.response.warnings);
    }
    match failing.mode {
        Mode::Audit | Mode::Enforce => answer,
        Mode::Warn => {
            let mut warnings = answer.response.warnings.clone();
            warnings.extend(lines);
            answer.with_warnings(warnings)
        }
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
fn annotate<'a>(answer: &mut Answer, outcome: &str, opinions: impl Iterator<Item = &'a Opinion> + Clone) {
    let join = |text: fn(&Opinion) -> &str| opinions.clone().map(text).collect::<Vec<_>>().join(",");
    let codes = codes_of(opinions.clone().flat_map(|opinion| &opinion.reasons));
    let annotations = &mut answer.response.audit_annotations;
    annotations.insert("outcome", outcome.to_owned());
    annotations.insert("policy", join(|opinion| &opinion.policy));
    annotations.insert("digest", join(|opinion| &opinion.digest));
    annotations.insert("mode", join(|opinion| opinion.mode.as_str()));
    annotations.insert("codes", codes);
    annotations.retain(|_, value| !value.is_empty());
}

/// The codes, sorted, each once.
pub(crate) fn codes_of<'a>(diagnostics: impl IntoIterator<Item = &'a DiagnosticView>) -> String {
    let codes: std::collections::BTreeSet<&str> =
        diagnostics.into_iter().map(|diagnostic| diagnostic.code.as_str()).collect();
    codes.into_iter().collect::<Vec<_>>().join(",")
}
