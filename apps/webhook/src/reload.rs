//! Taking over new policies and new serving certificates while the webhook runs. What is bad is not taken over.
//!
//! Folders are read again and again and compared by content: mounted ConfigMaps and Secrets change by a swapped
//! symbolic link, of which file watchers on single files hear nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};

use crate::gate::Gate;
use crate::log::{self, Level};
use crate::metrics::PolicyLabels;
use crate::policies::Snapshot;
use crate::routes::Shared;
use crate::self_made;
use crate::serving::{Loaded, Serving};

/// Reads a folder of policies whenever it has changed.
pub(crate) struct PolicyFolder {
    folder: PathBuf,
    seen: Option<Result<[u8; 32], String>>,
}

impl PolicyFolder {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, seen: None }
    }

    /// Looks once: a good set that is new comes into force, a bad one is reported once and changes nothing.
    pub(crate) fn look(&mut self, gate: &Gate) {
        let read = Snapshot::read(&self.folder);
        let seen = read.as_ref().map(Snapshot::digest).map_err(Clone::clone);
        if self.seen.as_ref() == Some(&seen) {
            return;
        }
        self.seen = Some(seen);
        match read.map_err(|fault| vec![fault]).and_then(|snapshot| snapshot.load()) {
            Ok(set) => {
                let metrics = &gate.metrics;
                metrics.policy_info.clear();
                let mut policies = Vec::new();
                for policy in &set.policies {
                    let (id, digest) = (policy.id().to_owned(), policy.digest().to_owned());
                    policies
                        .push(json!({ "id": id, "digest": digest, "mode": set.config.mode(&id).as_str() }));
                    metrics.policy_info.get_or_create(&PolicyLabels { policy: id, hash: digest }).set(1);
                }
                gate.put_in_force(set);
                log::write(Level::Info, "policies are in force", json!({ "policies": policies }));
            }
            Err(faults) => {
                gate.metrics.policy_load_errors.inc();
                let kept = gate.set().is_some();
                let message = if kept {
                    "the new policies are not taken over: the last good ones stay in force"
                } else {
                    "no policy is loaded: every review is refused until the folder is mended"
                };
                log::write(Level::Error, message, json!({ "faults": faults }));
            }
        }
    }

    /// Looks again and again.
    pub(crate) async fn watch(mut self, shared: Arc<Shared>, every: Duration) {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.look(&shared.gate);
        }
    }
}

/// Where the serving certificate comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// A folder that somebody else fills, such as a mounted Secret.
    Folder(PathBuf),
    /// A folder that the webhook fills itself.
    SelfMade { folder: PathBuf, names: Vec<String> },
}

impl Source {
    /// The certificate as it is now; a self-made one is renewed if it is due.
    ///
    /// # Errors
    /// In one sentence, what keeps it from being served.
    pub(crate) fn load(&self) -> Result<Loaded, String> {
        let at = certgate_ops::now().ok_or("the clock of this machine is not set")?;
        match self {
            Self::Folder(folder) => Loaded::from_folder(folder, at),
            Self::SelfMade { folder, names } => self_made::ensure(folder, names, at),
        }
    }

    fn folder(&self) -> &Path {
        match self {
            Self::Folder(folder) | Self::SelfMade { folder, .. } => folder,
        }
    }

    /// Looks again and again, and serves what is new and sound. Open connections go on.
    pub(crate) async fn watch(
        self,
        serving: Arc<Serving>,
        mut served: Loaded,
        shared: Arc<Shared>,
        every: Duration,
    ) {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut reported = String::new();
        loop {
            ticks.tick().await;
            match self.load() {
                Ok(loaded) if loaded.is_same(&served) => reported.clear(),
                Ok(loaded) => {
                    serving.replace(&loaded);
                    report(&loaded, &shared);
                    served = loaded;
                    reported.clear();
                }
                Err(fault) if fault == reported => {}
                Err(fault) => {
                    shared.gate.metrics.serving_load_errors.inc();
                    let fields = json!({ "folder": self.folder(), "fault": fault });
                    let message = "the serving certificate is not taken over: the last good one is served";
                    log::write(Level::Warning, message, fields);
                    reported = fault;
                }
            }
        }
    }
}

/// Says which certificate is served from now on.
pub(crate) fn report(loaded: &Loaded, shared: &Shared) {
    let not_after = loaded.validity.not_after;
    shared.serves(loaded.validity);
    shared.gate.metrics.serving_not_after.set(not_after.as_unix());
    let fields = json!({ "sha256": loaded.sha256, "notAfter": not_after.to_string() });
    log::write(Level::Info, "a serving certificate is in use", fields);
}
