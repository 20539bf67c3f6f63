//! The HTTP face: `/validate`, `/livez`, `/readyz`, `/metrics`.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use certgate_bindings::certgate::certificate::Validity;
use certgate_bindings::certgate::time::Timestamp;
use http_body_util::BodyExt;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::gate::Gate;
use crate::limits::Limits;
use crate::log::{self, Level};
use crate::object::size::{self, Excess};
use crate::serving;

/// The longest body that is judged at once: most reviews have less than 4 KiB.
const SHORT_REVIEW: usize = 8 << 10;

const TOO_MANY: &str = "too many large reviews at the same time";

/// What all calls share.
pub(crate) struct Shared {
    pub(crate) gate: Gate,
    pub(crate) limits: Limits,
    in_flight: Arc<Semaphore>,
    /// The bytes that bodies may still take.
    body_bytes: Arc<Semaphore>,
    /// The bytes that judging may still take.
    judging_bytes: Arc<Semaphore>,
    is_draining: AtomicBool,
    /// What is not there yet, or not any more, without which nothing can be done.
    lacking: Mutex<BTreeSet<&'static str>>,
    /// When the certificate is valid that is served, where there is one.
    serving: Mutex<Option<Validity>>,
}

impl Shared {
    pub(crate) fn new(limits: Limits) -> Self {
        let in_flight = Arc::new(Semaphore::new(limits.in_flight));
        let body_bytes = Arc::new(Semaphore::new(limits.all_body_bytes));
        let judging_bytes = Arc::new(Semaphore::new(limits.judging_bytes));
        let (is_draining, lacking) = (AtomicBool::new(false), Mutex::default());
        let serving = Mutex::default();
        Self {
            gate: Gate::new(),
            limits,
            in_flight,
            body_bytes,
            judging_bytes,
            is_draining,
            lacking,
            serving,
        }
    }

    /// Says when the certificate is valid that is served from now on.
    pub(crate) fn serves(&self, validity: Validity) {
        *self.serving.lock().unwrap_or_else(PoisonError::into_inner) = Some(validity);
    }

    /// Says from now on that no new calls should come.
    pub(crate) fn drain(&self) {
        self.is_draining.store(true, Ordering::Relaxed);
    }

    /// Says that something is missing, in the words of the answer of `/readyz`.
    #[cfg(feature = "approver")]
    pub(crate) fn lacks(&self, what: &'static str) {
        self.lacking.lock().unwrap_or_else(PoisonError::into_inner).insert(what);
    }

    /// Says that it is there.
    #[cfg(feature = "approver")]
    pub(crate) fn has(&self, what: &'static str) {
        self.lacking.lock().unwrap_or_else(PoisonError::into_inner).remove(what);
    }

    /// Whether calls may come at a time; the clock of a machine may not be set.
    fn readiness(&self, at: Option<Timestamp>) -> Result<(), Cow<'static, str>> {
        if self.is_draining.load(Ordering::Relaxed) {
            return Err("stopping".into());
        }
        if self.gate.set().is_none() {
            return Err("no policy is loaded".into());
        }
        if let Some(what) = self.lacking.lock().unwrap_or_else(PoisonError::into_inner).first() {
            return Err((*what).into());
        }
        // Nobody calls who is shown a certificate that is not valid.
        let Some(validity) = *self.serving.lock().unwrap_or_else(PoisonError::into_inner) else {
            return Ok(());
        };
        match at.map(|at| serving::out_of_time(validity, at)) {
            None => Err("the clock of this machine is not set".into()),
            Some(Some(fault)) => Err(format!("the serving certificate {fault}").into()),
            Some(None) => Ok(()),
        }
    }
}

/// The routes of the port that the API server calls.
pub(crate) fn admission(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/validate", post(validate))
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .with_state(shared)
}

/// The routes of the port for probes and metrics.
pub(crate) fn health(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(shared)
}

async fn livez() -> &'static str {
    "ok\n"
}

async fn readyz(State(shared): State<Arc<Shared>>) -> Response {
    match shared.readiness(certgate_ops::now()) {
        Ok(()) => "ok\n".into_response(),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}

async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, content_type)], shared.gate.metrics.to_text()).into_response()
}

async fn validate(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    // A body is read only with a permit, and with one for its bytes, so that the memory of all bodies has a bound.
    let Ok(permit) = Arc::clone(&shared.in_flight).try_acquire_owned() else {
        shared.gate.metrics.exhaust("concurrency");
        return busy("too many reviews at the same time");
    };
    if let Err(response) = check_headers(request.headers()) {
        return *response;
    }
    let body = match read_body(&shared, request.into_body()).await {
        Ok(body) => body,
        Err(response) => return *response,
    };
    if !can_take_long(&body.bytes) {
        return judge(&shared, &body.bytes);
    }
    let judging = match room_for_judging(&shared, &body.bytes).await {
        Ok(judging) => judging,
        Err(response) => return *response,
    };
    // It goes on when the client has gone away, and so do the permits.
    let judged = tokio::task::spawn_blocking(move || {
        let response = judge(&shared, &body.bytes);
        drop((body, judging, permit));
        response
    });
    judged.await.unwrap_or_else(|_| fault(StatusCode::INTERNAL_SERVER_ERROR, "certgate has a fault"))
}

/// Whether a review is judged beside the threads that serve: a large one, and one of an object that leads to requests, which
/// are signed with sample keys.
fn can_take_long(body: &[u8]) -> bool {
    let names = |kind: &str| std::str::from_utf8(body).is_ok_and(|text| text.contains(kind));
    body.len() > SHORT_REVIEW || names("\"Gateway\"") || names("\"Certificate\"")
}

/// Waits until there is the memory that judging a review may take.
async fn room_for_judging(shared: &Shared, body: &[u8]) -> Result<OwnedSemaphorePermit, Box<Response>> {
    let exhausted = |kind| shared.gate.metrics.exhaust(kind);
    let cost = match size::cost(body) {
        Ok(cost) => cost,
        Err(Excess::NoReview) => {
            return Err(Box::new(fault(StatusCode::BAD_REQUEST, "the body is no AdmissionReview")));
        }
        Err(Excess::Rest) => {
            exhausted("body");
            let message = "the review has more beside its objects than is read";
            return Err(Box::new(fault(StatusCode::PAYLOAD_TOO_LARGE, message)));
        }
    };
    let cost = u32::try_from(cost.min(shared.limits.judging_bytes)).unwrap_or(u32::MAX);
    let permits = Arc::clone(&shared.judging_bytes).acquire_many_owned(cost);
    match timeout(shared.limits.client_time, permits).await {
        Ok(Ok(permits)) => Ok(permits),
        _ => {
            exhausted("bodyMemory");
            Err(Box::new(busy(TOO_MANY)))
        }
    }
}

fn judge(shared: &Shared, body: &[u8]) -> Response {
    let started = Instant::now();
    let answer = std::panic::catch_unwind(AssertUnwindSafe(|| shared.gate.answer(body, certgate_ops::now())));
    shared.gate.metrics.duration.observe(started.elapsed().as_secs_f64());
    match answer {
        Ok(Ok(answer)) => ([(header::CONTENT_TYPE, "application/json")], answer.to_json()).into_response(),
        Ok(Err(message)) => fault(StatusCode::BAD_REQUEST, &message),
        Err(_) => {
            shared.gate.metrics.panics.inc();
            log::write(Level::Error, "certgate has a fault: a review was not answered", json!({}));
            fault(StatusCode::INTERNAL_SERVER_ERROR, "certgate has a fault")
        }
    }
}

/// JSON, and as it is: nothing is ever unpacked, so that no small body becomes a large one (hostile input 121).
fn check_headers(headers: &HeaderMap) -> Result<(), Box<Response>> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = text(header::CONTENT_TYPE).split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        let message = "the content type is not application/json";
        return Err(Box::new(fault(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)));
    }
    let encoding = text(header::CONTENT_ENCODING);
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        let message = "the body has a content encoding: send it as it is";
        return Err(Box::new(fault(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)));
    }
    Ok(())
}

async fn read_body(shared: &Shared, body: Body) -> Result<Collected, Box<Response>> {
    let exhausted = |kind| shared.gate.metrics.exhaust(kind);
    match timeout(shared.limits.client_time, collect(shared, body)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(Unread::TooLong)) => {
            exhausted("body");
            let message = format!("the body has more than {} bytes", shared.limits.body_bytes);
            Err(Box::new(fault(StatusCode::PAYLOAD_TOO_LARGE, &message)))
        }
        Ok(Err(Unread::NoRoom)) => {
            exhausted("bodyMemory");
            Err(Box::new(busy(TOO_MANY)))
        }
        Ok(Err(Unread::Broken)) => Err(Box::new(fault(StatusCode::BAD_REQUEST, "the body broke off"))),
        Err(_) => {
            exhausted("bodyTime");
            Err(Box::new(fault(StatusCode::REQUEST_TIMEOUT, "the body took too long")))
        }
    }
}

/// The bytes of a body, and the permits for the memory that they take.
struct Collected {
    bytes: Vec<u8>,
    permits: Option<OwnedSemaphorePermit>,
}

impl Collected {
    /// Takes in a part of a body that has at most `limit` bytes; `None` if there is no room for it.
    fn push(&mut self, part: &[u8], room: &Arc<Semaphore>, limit: usize) -> Option<()> {
        let needed = self.bytes.len().saturating_add(part.len());
        let held = self.bytes.capacity();
        if needed > held {
            // Twice as much each time, as vectors grow by themselves.
            let wanted = held.saturating_mul(2).min(limit).max(needed);
            let more = u32::try_from(wanted.saturating_sub(held)).ok()?;
            let permits = Arc::clone(room).try_acquire_many_owned(more).ok()?;
            match &mut self.permits {
                Some(own) => own.merge(permits),
                none => *none = Some(permits),
            }
            self.bytes.reserve_exact(wanted.saturating_sub(self.bytes.len()));
        }
        self.bytes.extend_from_slice(part);
        Some(())
    }
}

/// Why there is no body.
enum Unread {
    TooLong,
    NoRoom,
    Broken,
}

/// Reads a body. What is too much is read for a while and dropped: a client that is still writing would not see an answer.
async fn collect(shared: &Shared, mut body: Body) -> Result<Collected, Unread> {
    let limit = shared.limits.body_bytes;
    let mut collected = Collected { bytes: Vec::new(), permits: None };
    let mut seen = 0usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        seen = seen.saturating_add(data.len());
        if seen <= limit {
            collected.push(&data, &shared.body_bytes, limit).ok_or(Unread::NoRoom)?;
        } else {
            collected = Collected { bytes: Vec::new(), permits: None };
        }
        if seen > limit.saturating_mul(2) {
            break;
        }
    }
    if seen > limit { Err(Unread::TooLong) } else { Ok(collected) }
}

/// An answer to a call for which there is no room now. The API server asks another replica.
fn busy(message: &str) -> Response {
    let mut response = fault(StatusCode::SERVICE_UNAVAILABLE, message);
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
    response
}

/// An answer to a call that is no review.
fn fault(status: StatusCode, message: &str) -> Response {
    let body = json!({ "error": message }).to_string();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policies::Snapshot;

    const POLICY: &str = "version: 1\nid: web\nnames: { dns: { allow: [a.example] } }\nkeys: { EC: [P-256] }\nusages: { extended: [serverAuth] }\nvalidity: { default: 1h, max: 1d }\n";

    #[test]
    fn who_serves_a_certificate_out_of_its_time_is_not_ready() {
        let shared = Shared::new(Limits::default());
        let files = [("web.yaml".to_owned(), POLICY.as_bytes().to_vec())];
        shared.gate.put_in_force(Snapshot::new(files.into()).load().ok().unwrap());
        let at = |text: &str| Timestamp::from_rfc3339(text);
        assert!(shared.readiness(None).is_ok(), "an approver serves nothing");
        let [not_before, not_after] =
            ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"].map(|text| at(text).unwrap());
        shared.serves(Validity { not_before, not_after });
        assert!(shared.readiness(Some(not_before)).is_ok() && shared.readiness(Some(not_after)).is_ok());
        let early = shared.readiness(at("2025-12-31T23:59:59Z")).unwrap_err();
        assert_eq!(early, "the serving certificate is not valid before 2026-01-01T00:00:00Z");
        let late = shared.readiness(at("2026-02-01T00:00:01Z")).unwrap_err();
        assert_eq!(late, "the serving certificate is not valid after 2026-02-01T00:00:00Z");
        assert!(shared.readiness(None).is_err());
        shared.serves(Validity { not_before, not_after: at("2026-03-01T00:00:00Z").unwrap() });
        assert!(shared.readiness(at("2026-02-01T00:00:01Z")).is_ok());
    }
}
