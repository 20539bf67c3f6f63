//! Which of several replicas decides: the one whose name is in a Lease (coordination.k8s.io/v1).
//!
//! The rules are those of client-go: a holder renews its lease; whoever has seen a lease unchanged for its whole duration, by
//! the own clock, takes it over. Two that both believe to lead for a moment do no harm: every write carries the version of what was
//! read.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff;
use kube::api::PostParams;
use kube::core::ObjectMeta;
use kube::{Api, Client};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::client::{Fault, call};
use super::{CLUSTER, told};
use crate::args::LeaseName;
use crate::log::{self, Level};
use crate::metrics::FaultLabels;
use crate::routes::Shared;

/// A lease and this replica's part in it.
pub(super) struct Election {
    api: Api<Lease>,
    name: String,
    identity: String,
    seconds: u32,
    shared: Arc<Shared>,
    /// The lease as it was last seen, and since when it has looked like that.
    seen: Option<(LeaseSpec, Instant)>,
    renewed: Option<Instant>,
    reported: Option<Fault>,
}

impl Election {
    pub(super) fn new(
        client: Client,
        lease: &LeaseName,
        identity: String,
        seconds: u32,
        shared: Arc<Shared>,
    ) -> Self {
        let api = Api::namespaced(client, &lease.namespace);
        let name = lease.name.clone();
        Self { api, name, identity, seconds, shared, seen: None, renewed: None, reported: None }
    }

    /// Waits until this replica leads; `false` if it was told to stop before.
    pub(super) async fn acquire(&mut self, stop: &mut watch::Receiver<bool>) -> bool {
        loop {
            let attempt = tokio::select! {
                attempt = self.attempt() => attempt,
                () = told(stop) => return false,
            };
            match attempt {
                Ok(true) => return true,
                Ok(false) => self.answered(),
                Err(fault) => self.report(fault),
            }
            tokio::select! {
                () = sleep(self.pause()) => {}
                () = told(stop) => return false,
            }
        }
    }

    /// Renews the lease; comes back when it is lost.
    pub(super) async fn keep(&mut self) {
        // Two thirds of the duration: this replica stops before another may begin.
        let deadline = Duration::from_secs(u64::from(self.seconds)).mul_f64(2.0 / 3.0);
        loop {
            sleep(self.pause()).await;
            let since = self.renewed.map_or(deadline, |renewed| renewed.elapsed());
            let left = deadline.saturating_sub(since);
            match timeout(left, self.attempt()).await {
                Ok(Ok(true)) => self.reported = None,
                Ok(Ok(false)) | Err(_) => return,
                Ok(Err(fault)) => self.report(fault),
            }
        }
    }

    /// Gives the lease back, so that another replica need not wait.
    pub(super) async fn release(&mut self) {
        let Ok(Some(mut lease)) = call(self.api.get_opt(&self.name)).await else { return };
        let spec = lease.spec.get_or_insert_default();
        if spec.holder_identity.as_deref() != Some(self.identity.as_str()) {
            return;
        }
        spec.holder_identity = Some(String::new());
        spec.lease_duration_seconds = Some(1);
        spec.renew_time = Some(MicroTime(jiff::Timestamp::now()));
        // If it fails, the others wait for the end of the lease.
        let _ = call(self.api.replace(&self.name, &PostParams::default(), &lease)).await;
    }

    fn pause(&self) -> Duration {
        Duration::from_secs(u64::from(self.seconds)).mul_f64(2.0 / 15.0)
    }

    /// Whether the lease is this replica's after one try.
    async fn attempt(&mut self) -> Result<bool, Fault> {
        let started = Instant::now();
        let Some(mut lease) = call(self.api.get_opt(&self.name)).await? else {
            let metadata = ObjectMeta { name: Some(self.name.clone()), ..ObjectMeta::default() };
            let lease = Lease { metadata, spec: Some(self.taken(None)) };
            let created = call(self.api.create(&PostParams::default(), &lease)).await;
            return self.won(created, started);
        };
        let spec = lease.spec.take().unwrap_or_default();
        if !self.may_take(&spec) {
            return Ok(false);
        }
        lease.spec = Some(self.taken(Some(&spec)));
        let replaced = call(self.api.replace(&self.name, &PostParams::default(), &lease)).await;
        self.won(replaced, started)
    }

    fn won(&mut self, written: Result<Lease, Fault>, started: Instant) -> Result<bool, Fault> {
        match written {
            Ok(_) => {
                self.renewed = Some(started);
                Ok(true)
            }
            // Somebody else was faster.
            Err(Fault::Conflict) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    fn may_take(&mut self, spec: &LeaseSpec) -> bool {
        let holder = spec.holder_identity.as_deref().unwrap_or_default();
        if holder == self.identity || holder.is_empty() {
            return true;
        }
        let now = Instant::now();
        match &self.seen {
            Some((seen, since)) if seen == spec => {
                let seconds = spec.lease_duration_seconds.and_then(|seconds| u64::try_from(seconds).ok());
                now.duration_since(*since) >= Duration::from_secs(seconds.unwrap_or_default())
            }
            _ => {
                self.seen = Some((spec.clone(), now));
                false
            }
        }
    }

    /// The lease as this replica holds it.
    fn taken(&self, before: Option<&LeaseSpec>) -> LeaseSpec {
        let now = MicroTime(jiff::Timestamp::now());
        let mut spec = before.cloned().unwrap_or_default();
        if spec.holder_identity.as_deref() != Some(self.identity.as_str()) {
            let transitions = spec.lease_transitions.map_or(0, |count| count.saturating_add(1));
            spec.lease_transitions = Some(transitions);
            spec.acquire_time = Some(now.clone());
            spec.holder_identity = Some(self.identity.clone());
        }
        spec.lease_duration_seconds = i32::try_from(self.seconds).ok();
        spec.renew_time = Some(now);
        spec
    }

    fn answered(&mut self) {
        self.shared.has(CLUSTER);
        self.reported = None;
    }

    /// Says once what keeps the lease from being had.
    fn report(&mut self, fault: Fault) {
        let labels = FaultLabels { kind: fault.word() };
        self.shared.gate.metrics.api_faults.get_or_create(&labels).inc();
        if self.reported.as_ref() != Some(&fault) {
            let fields = json!({ "lease": self.name, "fault": fault.to_string() });
            log::write(Level::Error, "the lease cannot be had", fields);
            self.reported = Some(fault);
        }
    }
}
