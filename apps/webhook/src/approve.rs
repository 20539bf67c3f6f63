//! `certgate-webhook approve`: watches the certificate requests of a cluster and approves or denies them by policy.
//!
//! It decides as the webhook does, with facts from the cluster beside; what no enforced policy applies to, it leaves alone.

use std::sync::Arc;
use std::time::Duration;

use certgate_ops::cli::exit;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::args::{ApproveArguments, OnlyKind};
use crate::limits::Limits;
use crate::log::{self, Level};
use crate::reload::PolicyFolder;
use crate::routes::{self, Shared};
use crate::server::Server;

mod attend;
pub(crate) mod client;
mod desk;
pub(crate) mod facts;
pub(crate) mod kind;
mod lease;
mod queue;
mod write;

use attend::attend;
use desk::Desk;
use kind::Kind;
use lease::Election;

/// What is not ready before the API server has answered once.
const CLUSTER: &str = "the API server has not answered yet";

/// Time that the request in hand may take after SIGTERM.
const STOP_TIME: Duration = Duration::from_secs(10);

/// Runs until SIGTERM or SIGINT; returns the exit code.
pub(crate) fn run(arguments: &ApproveArguments) -> u8 {
    let result = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime.block_on(approve(arguments)),
        Err(error) => Err((format!("no thread could be started: {error}"), exit::INTERNAL)),
    };
    match result {
        Ok(()) => exit::OK,
        Err((message, code)) => {
            log::write(Level::Error, &message, json!({}));
            code
        }
    }
}

async fn approve(arguments: &ApproveArguments) -> Result<(), (String, u8)> {
    let every = Duration::from_secs(arguments.reload_seconds);
    let client =
        client::connect(arguments.kubeconfig.as_deref()).await.map_err(|fault| (fault, exit::UNREADABLE))?;
    let shared = Arc::new(Shared::new(Limits::default()));
    shared.lacks(CLUSTER);
    let mut folder = PolicyFolder::new(arguments.policies.clone());
    folder.look(&shared.gate);
    let unavailable = |error: std::io::Error| (format!("a port cannot be opened: {error}"), exit::USAGE);
    let router = routes::health(Arc::clone(&shared));
    let health = Server::bind(arguments.health_listen, None, router, Arc::clone(&shared)).await;
    let health = health.map_err(unavailable)?;
    let health_address = health.address().map_err(unavailable)?.to_string();
    let mut terminate = signal(SignalKind::terminate()).map_err(unavailable)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(unavailable)?;
    let (stop, stopped) = watch::channel(false);
    let (_until_the_end, health_stopped) = watch::channel(false);
    tokio::spawn(health.run(health_stopped));
    tokio::spawn(folder.watch(Arc::clone(&shared), every));
    let identity = arguments.identity.clone().unwrap_or_else(own_name);
    let election = arguments.lease.as_ref().map(|lease| {
        Election::new(client.clone(), lease, identity.clone(), arguments.lease_seconds, Arc::clone(&shared))
    });
    let settle = Duration::from_secs(u64::from(arguments.settle_seconds));
    let desk = Arc::new(Desk::new(client, shared, identity.clone(), settle));
    log::write(
        Level::Info,
        "approving",
        json!({ "healthAddress": health_address, "identity": identity, "lease": arguments.lease.is_some() }),
    );
    let attended = Attended { kinds: kinds(arguments.only), every };
    let mut work = tokio::spawn(work(Arc::clone(&desk), election, stopped, attended));
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        ended = &mut work => {
            let message = format!("the approver ended by itself: {}", ended.err().map_or_else(String::new, |error| error.to_string()));
            return Err((message, exit::INTERNAL));
        }
    }
    desk.shared.drain();
    log::write(Level::Info, "stopping: not ready any more", json!({}));
    // Fails only if the work has ended by itself.
    let _ = stop.send(true);
    let _ = timeout(STOP_TIME, work).await;
    log::write(Level::Info, "stopped", json!({}));
    Ok(())
}

/// Decides while it leads; without a lease, always.
async fn work(
    desk: Arc<Desk>,
    election: Option<Election>,
    mut stop: watch::Receiver<bool>,
    attended: Attended,
) {
    let leader = desk.shared.gate.metrics.leader.clone();
    let Some(mut election) = election else {
        leader.set(1);
        return attend_all(&desk, &stop, &attended).await;
    };
    while election.acquire(&mut stop).await {
        desk.shared.has(CLUSTER);
        leader.set(1);
        log::write(Level::Info, "leading", json!({}));
        let is_stopping = tokio::select! {
            () = attend_all(&desk, &stop, &attended) => true,
            () = election.keep() => false,
        };
        leader.set(0);
        Kind::ALL.into_iter().for_each(|kind| desk.shared.has(kind.unwatched()));
        if is_stopping {
            election.release().await;
            return;
        }
        log::write(Level::Warning, "not leading any more: the lease could not be renewed", json!({}));
    }
}

/// Looks after requests until it is told to stop.
async fn attend_all(desk: &Arc<Desk>, stop: &watch::Receiver<bool>, attended: &Attended) {
    let each = attended.kinds.iter().map(|kind| attend(*kind, desk, stop.clone(), attended.every));
    futures_util::future::join_all(each).await;
}

/// What is looked after, and how often policies are.
struct Attended {
    kinds: Vec<Kind>,
    every: Duration,
}

fn kinds(only: Option<OnlyKind>) -> Vec<Kind> {
    match only {
        None => Kind::ALL.to_vec(),
        Some(OnlyKind::SigningRequests) => vec![Kind::SigningRequest],
        Some(OnlyKind::CertificateRequests) => vec![Kind::CertificateRequest],
    }
}

/// Waits until it is time to stop.
async fn told(stop: &mut watch::Receiver<bool>) {
    // An error says that the other end is gone: then it is time too.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// A name that no other replica has.
fn own_name() -> String {
    let host = std::env::var("HOSTNAME").unwrap_or_else(|_| "certgate".to_owned());
    format!("{host}_{}", std::process::id())
}
