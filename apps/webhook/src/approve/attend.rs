//! Keeping up with the objects of one kind: listing page by page, watching, listing again when the watch has lost its place.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use kube::api::{ListParams, WatchParams};
use kube::core::{DynamicObject, WatchEvent};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};

use super::client::{Fault, call};
use super::desk::{Desk, Next};
use super::kind::{self, Kind};
use super::queue::{Queue, backoff};
use super::{CLUSTER, told};
use crate::log::{self, Level};
use crate::metrics::ResourceLabels;

/// Objects of one page. An object has some kilobytes.
const PAGE: u32 = 250;
/// Seconds after which the API server ends a watch; client-go asks for 300 to 600.
const WATCH_SECONDS: u32 = 290;
/// Time within which a watch must say something or end: an API server that is gone says nothing.
const SILENCE: Duration = Duration::from_secs(310);
/// Time between two looks for a kind that the cluster does not have.
const ABSENT: Duration = Duration::from_secs(60);

/// Why a watch ended.
enum End {
    /// It goes on from the same version.
    Again,
    /// The version is too old: all is listed anew.
    List,
    /// It is time to stop.
    Stop,
}

/// Looks after one kind until it is told to stop.
pub(super) async fn attend(kind: Kind, desk: &Arc<Desk>, mut stop: watch::Receiver<bool>, every: Duration) {
    desk.shared.lacks(kind.unwatched());
    let mut queue = Queue::default();
    let mut tries: u32 = 0;
    loop {
        let listed = tokio::select! {
            listed = list(kind, desk, &mut queue) => listed,
            () = told(&mut stop) => return,
        };
        match listed {
            Ok(version) => {
                tries = 0;
                desk.shared.has(CLUSTER);
                desk.shared.has(kind.unwatched());
                match follow(kind, desk, &mut queue, version, &mut stop, every).await {
                    End::Stop => return,
                    End::List | End::Again => {}
                }
            }
            Err(fault) => {
                desk.count_fault(&fault);
                let is_absent = fault == Fault::NotFound && kind.is_optional();
                if is_absent {
                    // A cluster without cert-manager is as it should be.
                    desk.shared.has(kind.unwatched());
                } else {
                    desk.shared.lacks(kind.unwatched());
                    let fields = json!({ "resource": kind.plural(), "fault": fault.to_string() });
                    log::write(Level::Error, "requests cannot be listed", fields);
                }
                let pause = if is_absent { ABSENT } else { backoff(tries) };
                tries = tries.saturating_add(1);
                tokio::select! {
                    () = sleep(pause) => {}
                    () = told(&mut stop) => return,
                }
            }
        }
    }
}

/// Reads all objects, page by page; gives the version from which to watch.
async fn list(kind: Kind, desk: &Desk, queue: &mut Queue) -> Result<String, Fault> {
    let api = desk.all(kind);
    let mut seen = BTreeSet::new();
    let mut parameters = ListParams::default().limit(PAGE);
    loop {
        // A listing whose pages have grown too old begins again: the next call comes here with a new one.
        let page = call(api.list(&parameters)).await?;
        for object in page.items {
            seen.insert(kind::key(&object));
            queue.put(object);
        }
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => parameters = parameters.continue_token(&token),
            None => {
                queue.retain(|key| seen.contains(key));
                return Ok(page.metadata.resource_version.unwrap_or_default());
            }
        }
    }
}

/// Watches from a version on, and decides on what is due.
async fn follow(
    kind: Kind,
    desk: &Arc<Desk>,
    queue: &mut Queue,
    mut version: String,
    stop: &mut watch::Receiver<bool>,
    every: Duration,
) -> End {
    let mut quiet: u32 = 0;
    loop {
        let before = version.clone();
        match watch_once(kind, desk, queue, &mut version, stop, every).await {
            Ok(End::Again) => {}
            Ok(end) => return end,
            Err(Fault::Gone) => {
                desk.count_fault(&Fault::Gone);
                return End::List;
            }
            Err(fault) => {
                desk.count_fault(&fault);
                let fields = json!({ "resource": kind.plural(), "fault": fault.to_string() });
                log::write(Level::Warning, "a watch broke off: it is taken up again", fields);
                if matches!(fault, Fault::Forbidden(_) | Fault::NotFound) {
                    return End::List;
                }
            }
        }
        let labels = ResourceLabels { resource: kind.plural() };
        desk.shared.gate.metrics.watch_restarts.get_or_create(&labels).inc();
        // A watch that ends at once again and again does not become a storm of calls.
        quiet = if before == version { quiet.saturating_add(1) } else { 0 };
        tokio::select! {
            () = sleep(backoff(quiet)) => {}
            () = told(stop) => return End::Stop,
        }
    }
}

async fn watch_once(
    kind: Kind,
    desk: &Arc<Desk>,
    queue: &mut Queue,
    version: &mut String,
    stop: &mut watch::Receiver<bool>,
    every: Duration,
) -> Result<End, Fault> {
    let api = desk.all(kind);
    let parameters = WatchParams::default().timeout(WATCH_SECONDS);
    let events = tokio::select! {
        events = call(api.watch(&parameters, version)) => events?,
        () = told(stop) => return Ok(End::Stop),
    };
    let mut events = pin!(events);
    let mut policies = desk.shared.gate.set();
    let mut looks = interval(every);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    loop {
        let due = queue.next_due();
        tokio::select! {
            () = told(stop) => return Ok(End::Stop),
            event = events.next() => match event {
                None => return Ok(End::Again),
                Some(event) => {
                    heard = Instant::now();
                    take(event?, queue, version)?;
                }
            },
            _ = looks.tick() => {
                if heard.elapsed() > SILENCE {
                    return Ok(End::Again);
                }
                let now = desk.shared.gate.set();
                let is_same = match (&policies, &now) {
                    (Some(before), Some(now)) => Arc::ptr_eq(before, now),
                    (before, now) => before.is_none() && now.is_none(),
                };
                if !is_same {
                    queue.wake();
                    policies = now;
                }
            },
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                if let Some((key, object)) = queue.due() {
                    match desk.handle(kind, object).await {
                        Next::Done => queue.remove(&key),
                        Next::Park => queue.park(&key),
                        Next::Again(after) => queue.again(&key, after),
                    }
                }
            },
        }
    }
}

fn take(event: WatchEvent<DynamicObject>, queue: &mut Queue, version: &mut String) -> Result<(), Fault> {
    let mut note = |object: &DynamicObject| {
        if let Some(new) = &object.metadata.resource_version {
            version.clone_from(new);
        }
    };
    match event {
        WatchEvent::Added(object) | WatchEvent::Modified(object) => {
            note(&object);
            queue.put(object);
        }
        WatchEvent::Deleted(object) => {
            note(&object);
            queue.remove(&kind::key(&object));
        }
        WatchEvent::Bookmark(bookmark) => version.clone_from(&bookmark.metadata.resource_version),
        WatchEvent::Error(status) => return Err(Fault::of_status(status.code, &status.message)),
    }
    Ok(())
}
