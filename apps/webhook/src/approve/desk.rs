//! One request from reading to writing: facts, the decision, the condition, the Event.

use std::sync::Arc;
use std::time::Duration;

use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::kubernetes::KubernetesRequest;
use certgate_bindings::view::DiagnosticView;
use kube::core::DynamicObject;
use kube::{Api, Client};
use serde_json::json;

use super::client::{Fault, call};
use super::facts;
use super::kind::{self, Kind};
use super::write::{self, Decision, Notice};
use crate::admit::codes_of;
use crate::config::Mode;
use crate::gate::CountLabels;
use crate::judge::{self, Judgement, lines};
use crate::log::{self, Level};
use crate::metrics::{ApprovalLabels, FaultLabels};
use crate::routes::Shared;

/// How often one request is read again because somebody else changes it at the same time.
const CONFLICTS: usize = 5;
/// Time between two looks for a node that is not there yet.
const NODE_PAUSE: Duration = Duration::from_secs(2);

/// What both kinds share.
pub(crate) struct Desk {
    pub(super) client: Client,
    pub(super) shared: Arc<Shared>,
    identity: String,
    settle: Duration,
}

/// What becomes of a request in the queue.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It is decided, or gone.
    Done,
    /// Nothing can be done until it or a policy changes.
    Park,
    /// It is tried again: after this time, or after one that grows.
    Again(Option<Duration>),
}

/// What a judgement means for the object.
enum Verdict {
    Write(Decision, String),
    /// No enforced policy applies.
    Leave,
}

impl Desk {
    pub(super) fn new(client: Client, shared: Arc<Shared>, identity: String, settle: Duration) -> Self {
        Self { client, shared, identity, settle }
    }

    /// The objects of a kind, in all namespaces.
    pub(super) fn all(&self, kind: Kind) -> Api<DynamicObject> {
        Api::all_with(self.client.clone(), &kind.resource())
    }

    fn beside(&self, kind: Kind, object: &DynamicObject) -> Api<DynamicObject> {
        match &object.metadata.namespace {
            Some(namespace) => Api::namespaced_with(self.client.clone(), namespace, &kind.resource()),
            None => self.all(kind),
        }
    }

    /// Decides on an object, reading it again as long as others change it.
    pub(super) async fn handle(&self, kind: Kind, mut object: DynamicObject) -> Next {
        for _ in 0..CONFLICTS {
            if !kind::is_open(&object) {
                return Next::Done;
            }
            match self.settle(kind, &object).await {
                Ok(next) => return next,
                Err(Fault::NotFound) => return Next::Done,
                Err(Fault::Conflict) => {
                    self.count_fault(&Fault::Conflict);
                    let name = object.metadata.name.clone().unwrap_or_default();
                    match call(self.beside(kind, &object).get_opt(&name)).await {
                        Ok(Some(read)) => object = read,
                        Ok(None) => return Next::Done,
                        Err(fault) => return self.failed(kind, &object, &fault),
                    }
                }
                Err(fault) => return self.failed(kind, &object, &fault),
            }
        }
        Next::Again(None)
    }

    async fn settle(&self, kind: Kind, object: &DynamicObject) -> Result<Next, Fault> {
        let (Some(set), Some(at)) = (self.shared.gate.set(), certgate_ops::now()) else {
            return Ok(Next::Again(None));
        };
        let mut request = match judge::read(&kind.text(object)) {
            Ok(request) => request,
            Err(faults) => return Ok(self.unreadable(kind, object, &faults).await),
        };
        let facts = facts::look_up(&self.client, &request).await?;
        request.context.facts.extend(facts.values);
        let judgement = match set.judge(&request, at) {
            Ok(judgement) => judgement,
            Err(error) => return Ok(self.unreadable(kind, object, error.diagnostics()).await),
        };
        let verdict = verdict(&judgement);
        if matches!(verdict, Verdict::Write(Decision::Deny, _)) && facts.may_come && self.is_new(object, at) {
            return Ok(Next::Again(Some(NODE_PAUSE)));
        }
        self.count(kind, &request, &judgement);
        let (decision, message) = match verdict {
            Verdict::Leave => {
                self.log(kind, object, "left alone", Some(&judgement));
                self.approvals(kind, "leftAlone");
                self.warn(kind, object, &judgement).await;
                return Ok(Next::Park);
            }
            Verdict::Write(decision, message) => (decision, message),
        };
        write::decide(&self.beside(kind, object), kind, object, decision, &message, at).await?;
        let (word, outcome) = match decision {
            Decision::Approve => ("approved", "approved"),
            Decision::Deny => ("denied", "denied"),
        };
        self.log(kind, object, word, Some(&judgement));
        self.approvals(kind, outcome);
        let is_warning = decision == Decision::Deny;
        self.notify(kind, object, Notice { reason: decision.condition(), is_warning, note: message }).await;
        self.warn(kind, object, &judgement).await;
        Ok(Next::Done)
    }

    /// Whether its node may still be on its way. What was created after now was created now: the API server has another clock.
    fn is_new(&self, object: &DynamicObject, at: Timestamp) -> bool {
        let created = object.metadata.creation_timestamp.as_ref().map(|time| time.0.as_second());
        let age = created.map(|created| at.as_unix().saturating_sub(created).max(0));
        age.and_then(|age| u64::try_from(age).ok()).is_some_and(|age| age < self.settle.as_secs())
    }

    /// A request that cannot be read is not approved. It is not denied either: nobody knows whose it is.
    async fn unreadable(&self, kind: Kind, object: &DynamicObject, faults: &[DiagnosticView]) -> Next {
        self.shared.gate.count_faults(faults.iter().map(|fault| fault.code.as_str()));
        let fields =
            json!({ "resource": kind.plural(), "object": kind::key(object), "codes": codes_of(faults) });
        log::write(Level::Warning, "a request cannot be read", fields);
        self.approvals(kind, "unreadable");
        let note = lines(faults).join("\n");
        self.notify(kind, object, Notice { reason: "Unreadable", is_warning: true, note }).await;
        Next::Park
    }

    /// What policies that warn would deny.
    async fn warn(&self, kind: Kind, object: &DynamicObject, judgement: &Judgement) {
        let mut warnings = judgement.warnings();
        let is_refused = judgement.refusing().next().is_some();
        if let Some(failing) = judgement.failing.as_ref().filter(|it| it.mode == Mode::Warn && !is_refused) {
            warnings.extend(failing.lines());
        }
        if !warnings.is_empty() {
            let note = warnings.join("\n");
            self.notify(kind, object, Notice { reason: "PolicyWarning", is_warning: true, note }).await;
        }
    }

    async fn notify(&self, kind: Kind, object: &DynamicObject, notice: Notice<'_>) {
        if let Err(fault) = write::notify(&self.client, kind, object, &self.identity, notice).await {
            self.count_fault(&fault);
            let fields = json!({ "resource": kind.plural(), "fault": fault.to_string() });
            log::write(Level::Warning, "an Event was not written", fields);
        }
    }

    fn failed(&self, kind: Kind, object: &DynamicObject, fault: &Fault) -> Next {
        self.count_fault(fault);
        let message = match fault {
            Fault::Forbidden(_) => "the API server forbids it: see the rights in the manifests",
            _ => "a call failed: it is tried again",
        };
        let fields =
            json!({ "resource": kind.plural(), "object": kind::key(object), "fault": fault.to_string() });
        log::write(Level::Error, message, fields);
        Next::Again(None)
    }

    pub(super) fn count_fault(&self, fault: &Fault) {
        let labels = FaultLabels { kind: fault.word() };
        self.shared.gate.metrics.api_faults.get_or_create(&labels).inc();
    }

    fn count(&self, kind: Kind, request: &KubernetesRequest, judgement: &Judgement) {
        let labels = CountLabels { resource: kind.plural(), dry_run: "false" };
        self.shared.gate.count(&labels, request, judgement);
    }

    fn approvals(&self, kind: Kind, outcome: &'static str) {
        let labels = ApprovalLabels { resource: kind.plural(), outcome };
        self.shared.gate.metrics.approvals.get_or_create(&labels).inc();
    }

    fn log(&self, kind: Kind, object: &DynamicObject, outcome: &str, judgement: Option<&Judgement>) {
        let fields = json!({
            "resource": kind.plural(),
            "object": kind::key(object),
            "outcome": outcome,
            "policies": judgement.map(Judgement::logged).unwrap_or_default(),
            "keySha256": judgement.map(|judgement| judgement.key_sha256.as_str()),
        });
        log::write(Level::Info, "looked at a request", fields);
    }
}

/// One enforced policy that denies is enough to deny; to approve, one must be enforced, and all that are must allow. What is
/// only watched or warned of decides nothing.
fn verdict(judgement: &Judgement) -> Verdict {
    if judgement.refusing().next().is_some() {
        return Verdict::Write(Decision::Deny, judgement.messages().join("\n"));
    }
    let enforced: Vec<String> = judgement
        .opinions
        .iter()
        .filter(|opinion| opinion.mode == Mode::Enforce && opinion.is_allowed)
        .map(|opinion| format!("policy {} ({}) allows it", opinion.policy, opinion.digest))
        .collect();
    match judgement.refusing_signer() {
        _ if enforced.is_empty() => Verdict::Leave,
        Some(failing) => Verdict::Write(Decision::Deny, failing.lines().join("\n")),
        None => Verdict::Write(Decision::Approve, enforced.join("\n")),
    }
}
