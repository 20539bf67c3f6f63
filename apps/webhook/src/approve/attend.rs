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
use crate::policies::PolicySet;

/// Objects of one page. An object has some kilobytes; fifty of the largest that etcd takes, 1.5 MiB, are still within the memory of the
/// manifests.
const PAGE: u32 = 50;
/// Seconds after which the API server ends a watch; client-go asks for 300 to 600.
const WATCH_SECONDS: u32 = 290;
/// Time within which a watch must say something or end: an API server that is gone says nothing.
const SILENCE: Duration = Duration::from_secs(310);
/// Time for which a watch must have held to have been a good one.
const STEADY: Duration = Duration::from_secs(10);
/// How often a watch may fail from the same version before all is listed anew: it may be one that the API server never had.
const FAILURES: u32 = 4;
/// Time between two looks for a kind that the cluster does not have.
const ABSENT: Duration = Duration::from_secs(60);

/// Why a watch ended.
enum End {
    /// It goes on from the same version.
    Again,
    /// All is listed anew: the version is of no use, or there was no room for all.
    List,
    /// The policies have changed: what was left alone is listed at once.
    Policies,
    /// It is time to stop.
    Stop,
}

/// Looks after one kind until it is told to stop.
pub(super) async fn attend(kind: Kind, desk: &Arc<Desk>, mut stop: watch::Receiver<bool>, every: Duration) {
    desk.shared.lacks(kind.unwatched());
    // What is known outlives a watch, and so does what it was judged by: policies may change while there is none.
    let mut work = Work {
        kind,
        desk: Arc::clone(desk),
        queue: Queue::default(),
        judged_by: desk.shared.gate.set(),
        is_full: false,
    };
    let mut tries: u32 = 0;
    loop {
        let listed = tokio::select! {
            listed = work.list() => listed,
            () = told(&mut stop) => return,
        };
        match listed {
            Ok(version) => {
                desk.shared.has(CLUSTER);
                let begun = Instant::now();
                match work.follow(version, &mut stop, every).await {
                    End::Stop => return,
                    End::Policies => continue,
                    End::List | End::Again => {}
                }
                // Where everything can be listed and nothing be watched, it is not listed without a pause.
                tries = pauses(tries, begun.elapsed());
                tokio::select! {
                    () = sleep(backoff(tries)) => {}
                    () = told(&mut stop) => return,
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

/// How many pauses there were one after the other, after a watch that held for a time: a good one begins anew.
fn pauses(before: u32, held: Duration) -> u32 {
    if held < STEADY { before.saturating_add(1) } else { 0 }
}

/// One kind: what is to be decided, and by which policies it was looked at last.
struct Work {
    kind: Kind,
    desk: Arc<Desk>,
    queue: Queue,
    judged_by: Option<Arc<PolicySet>>,
    /// Whether it has been said that the queue is full.
    is_full: bool,
}

impl Work {
    /// Reads all objects, page by page; gives the version from which to watch.
    async fn list(&mut self) -> Result<String, Fault> {
        // What was left alone by other policies comes with this listing.
        self.look_at_policies();
        let api = self.desk.all(self.kind);
        let mut seen = BTreeSet::new();
        let mut left_out = false;
        let mut parameters = ListParams::default().limit(PAGE);
        loop {
            // A listing whose pages have grown too old begins again: the next call comes here with a new one.
            let page = call(api.list(&parameters)).await?;
            for object in page.items {
                seen.insert(kind::key(&object));
                left_out |= !self.put(object);
            }
            match page.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => parameters = parameters.continue_token(&token),
                None => {
                    self.queue.retain(|key| seen.contains(key));
                    self.is_full = left_out;
                    return Ok(page.metadata.resource_version.unwrap_or_default());
                }
            }
        }
    }

    /// Takes an object into the queue. That there is no room is counted each time, and said once until a listing had room.
    fn put(&mut self, object: DynamicObject) -> bool {
        let has_room = self.queue.put(object);
        if !has_room {
            let metrics = &self.desk.shared.gate.metrics;
            metrics.exhaust("queue");
            if !self.is_full {
                self.is_full = true;
                let message = "too many requests wait to be decided on: the rest waits for the next listing";
                log::write(Level::Error, message, json!({ "resource": self.kind.plural() }));
            }
        }
        has_room
    }

    /// Watches from a version on, and decides on what is due.
    async fn follow(
        &mut self,
        mut version: String,
        stop: &mut watch::Receiver<bool>,
        every: Duration,
    ) -> End {
        let kind = self.kind;
        let (mut quiet, mut failures): (u32, u32) = (0, 0);
        loop {
            let (before, begun) = (version.clone(), Instant::now());
            match self.watch_once(&mut version, stop, every).await {
                Ok(End::Again) => failures = 0,
                Ok(end) => return end,
                Err(Fault::Gone) => {
                    self.desk.count_fault(&Fault::Gone);
                    return End::List;
                }
                Err(fault) => {
                    self.desk.count_fault(&fault);
                    let fields = json!({ "resource": kind.plural(), "fault": fault.to_string() });
                    log::write(Level::Warning, "a watch broke off: it is taken up again", fields);
                    failures = if before == version { failures.saturating_add(1) } else { 1 };
                    let is_refused = matches!(fault, Fault::Forbidden(_) | Fault::NotFound);
                    if is_refused {
                        self.desk.shared.lacks(kind.unwatched());
                    }
                    // A version that the API server does not know yet is waited for there, and here no longer than for a call.
                    if is_refused || fault == Fault::Silence || failures >= FAILURES {
                        return End::List;
                    }
                }
            }
            let labels = ResourceLabels { resource: kind.plural() };
            self.desk.shared.gate.metrics.watch_restarts.get_or_create(&labels).inc();
            // A watch that ends at once again and again does not become a storm of calls. One that held, and had nothing to say, is
            // taken up at once: nothing is decided meanwhile.
            quiet = if before == version { pauses(quiet, begun.elapsed()) } else { 0 };
            tokio::select! {
                () = sleep(backoff(quiet)) => {}
                () = told(stop) => return End::Stop,
            }
            // What found no room comes with a listing alone.
            if self.is_full {
                return End::List;
            }
        }
    }

    async fn watch_once(
        &mut self,
        version: &mut String,
        stop: &mut watch::Receiver<bool>,
        every: Duration,
    ) -> Result<End, Fault> {
        let api = self.desk.all(self.kind);
        let parameters = WatchParams::default().timeout(WATCH_SECONDS);
        let events = tokio::select! {
            events = call(api.watch(&parameters, version)) => events?,
            () = told(stop) => return Ok(End::Stop),
        };
        self.desk.shared.has(self.kind.unwatched());
        let mut events = pin!(events);
        let mut looks = interval(every);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        loop {
            if self.is_full && self.queue.has_room() {
                return Ok(End::List);
            }
            let due = self.queue.next_due();
            // What has been heard is taken in before anything is decided: what was decided on is not looked at again by an older version.
            tokio::select! {
                biased;
                () = told(stop) => return Ok(End::Stop),
                _ = looks.tick() => {
                    if heard.elapsed() > SILENCE {
                        return Ok(End::Again);
                    }
                    if self.look_at_policies() {
                        return Ok(End::Policies);
                    }
                },
                event = events.next() => match event {
                    None => return Ok(End::Again),
                    Some(event) => {
                        heard = Instant::now();
                        self.take(event?, version)?;
                    }
                },
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    if self.look_at_policies() {
                        return Ok(End::Policies);
                    }
                    if let Some((key, object)) = self.queue.due() {
                        match self.desk.handle(self.kind, object).await {
                            Next::Done => self.queue.remove(&key),
                            Next::Park => self.queue.park(&key),
                            Next::Again(after) => self.queue.again(&key, after),
                        }
                    }
                },
            }
        }
    }

    /// Wakes what waits if other policies are in force than those that it was judged by. Gives whether all is to be listed: what was
    /// left alone is not kept.
    fn look_at_policies(&mut self) -> bool {
        let now = self.desk.shared.gate.set();
        let is_same = match (&self.judged_by, &now) {
            (Some(before), Some(now)) => Arc::ptr_eq(before, now),
            (before, now) => before.is_none() && now.is_none(),
        };
        if is_same {
            return false;
        }
        self.judged_by = now;
        self.queue.wake()
    }

    fn take(&mut self, event: WatchEvent<DynamicObject>, version: &mut String) -> Result<(), Fault> {
        let mut note = |object: &DynamicObject| {
            if let Some(new) = &object.metadata.resource_version {
                version.clone_from(new);
            }
        };
        match event {
            WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                note(&object);
                self.put(object);
            }
            WatchEvent::Deleted(object) => {
                note(&object);
                self.queue.remove(&kind::key(&object));
            }
            WatchEvent::Bookmark(bookmark) => version.clone_from(&bookmark.metadata.resource_version),
            WatchEvent::Error(status) => return Err(Fault::of_status(status.code, &status.message)),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_watch_that_ends_at_once_makes_the_pauses_grow() {
        assert_eq!(pauses(0, Duration::ZERO), 1);
        assert_eq!(pauses(3, Duration::from_secs(9)), 4);
        assert_eq!(pauses(u32::MAX, Duration::ZERO), u32::MAX);
        assert_eq!(pauses(7, Duration::from_secs(u64::from(WATCH_SECONDS))), 0);
    }
}
