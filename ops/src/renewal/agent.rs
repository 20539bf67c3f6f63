//! Keeping all targets of a folder renewed: looked at again and again, each when it is due, none of them in the way of
//! another.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use certgate_bindings::certgate::diagnostic::codes;
use certgate_bindings::certgate::time::{Duration, Timestamp};

use super::{Due, Failure, LoadedTarget, Outcome, Stands, judge, metrics, output, renew};
use crate::pki::write_public;

/// How long the agent waits after a first failure; the double after each further one.
const FIRST_WAIT: i64 = 10;

/// The longest wait after failures.
const LONGEST_WAIT: i64 = 3600;

/// How often the agent goes round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rounds {
    /// Until it is told to end.
    #[default]
    Endless,
    /// Once.
    One,
}

/// What became of a target when it was looked at.
#[derive(Debug)]
pub struct Looked<'a> {
    /// The file of the target.
    pub file: &'a Path,
    /// What became of it.
    pub result: &'a Result<Outcome, Failure>,
    /// When it is looked at again.
    pub next: Timestamp,
}

/// The agent: the targets of a folder, and what is known of them.
#[derive(Debug)]
pub struct Agent {
    folder: PathBuf,
    interval: i64,
    metrics: Option<PathBuf>,
    jobs: BTreeMap<PathBuf, Job>,
    stop: Arc<AtomicBool>,
}

/// What is known of one target.
#[derive(Debug, Default)]
pub(super) struct Job {
    /// When it is looked at next; `None` for now.
    next: Option<Timestamp>,
    /// When time alone makes the agent renew it: somewhat later than it is due, so that a fleet does not come at once.
    late: Option<Timestamp>,
    pub(super) id: Option<String>,
    pub(super) stands: Option<Stands>,
    pub(super) failures_in_a_row: u32,
    pub(super) failures: u64,
    pub(super) renewals: u64,
    pub(super) last_success: Option<Timestamp>,
    /// The files and folders that it writes to.
    outputs: Vec<PathBuf>,
}

impl Agent {
    /// An agent for a folder, which looks at every target after `interval` at the latest.
    pub fn new(folder: &Path, interval: Duration, metrics: Option<PathBuf>) -> Self {
        let interval = interval.as_seconds().max(1);
        let stop = Arc::new(AtomicBool::new(false));
        Self { folder: folder.to_owned(), interval, metrics, jobs: BTreeMap::new(), stop }
    }

    /// Tells the agent to end: it finishes what it is at, and waits for nothing any more.
    pub fn stop_handle(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stop)
    }

    /// Finds the targets of the folder anew, and forgets waits: everything is looked at in the next round.
    ///
    /// # Errors
    /// A folder that cannot be read, in one sentence.
    pub fn reload(&mut self) -> Result<usize, String> {
        let entries = std::fs::read_dir(&self.folder).map_err(|error| {
            format!("cannot read {}: {}", self.folder.display(), crate::input::describe(&error))
        })?;
        let is_target = |path: &PathBuf| {
            path.is_file()
                && path
                    .extension()
                    .and_then(|end| end.to_str())
                    .is_some_and(|end| matches!(end, "yaml" | "yml" | "json"))
        };
        let mut known = std::mem::take(&mut self.jobs);
        for path in entries.flatten().map(|entry| entry.path()).filter(is_target) {
            let mut job = known.remove(&path).unwrap_or_default();
            job.next = None;
            self.jobs.insert(path, job);
        }
        Ok(self.jobs.len())
    }

    /// One round: looks at every target whose time has come; gives when the next one's comes.
    ///
    /// # Errors
    /// A file of metrics that cannot be written. The targets were looked at all the same.
    pub fn round(
        &mut self,
        clock: impl Fn() -> Timestamp,
        report: &mut dyn FnMut(Looked<'_>),
    ) -> Result<Timestamp, String> {
        let stop = Arc::clone(&self.stop);
        let interval = self.interval;
        let mut claims: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
        for (file, job) in &self.jobs {
            claims.extend(job.outputs.iter().map(|output| (output.clone(), file.clone())));
        }
        for (file, job) in &mut self.jobs {
            let now = clock();
            if stop.load(Ordering::Relaxed) || job.next.is_some_and(|next| next > now) {
                continue;
            }
            let result = look(file, job, &mut claims, now, &stop);
            let next = job.note(&result, clock(), interval);
            report(Looked { file, result: &result, next });
        }
        let now = clock();
        let later = after(now, interval);
        let next = self.jobs.values().filter_map(|job| job.next).min().unwrap_or(later);
        if let Some(path) = &self.metrics {
            write_public(path, metrics::text(&self.jobs, now).as_bytes())?;
        }
        Ok(next)
    }
}

/// The target and all that it names are read anew each time: a policy that changed is in force at once.
fn look(
    file: &Path,
    job: &mut Job,
    claims: &mut BTreeMap<PathBuf, PathBuf>,
    now: Timestamp,
    stop: &AtomicBool,
) -> Result<Outcome, Failure> {
    let target = LoadedTarget::read(file)?;
    job.id = Some(target.document.id.clone());
    claim(file, job, claims, output::outputs(&target))?;
    let waits = job.late.is_some_and(|late| now < late);
    if waits && let Some(stands) = &job.stands {
        let judged = judge(&target, now)?;
        let only_due = |reason: &certgate_bindings::certgate::diagnostic::Diagnostic| {
            reason.code() == codes::RENEWAL_DUE
        };
        if judged.is_due() && judged.reasons().iter().all(only_due) {
            return Ok(Outcome::Current(stands.clone()));
        }
    }
    renew(&target, Due::Respect, now, stop)
}

/// Notes where a target writes: no two may write to one place, or they would replace each other's pair for ever.
fn claim(
    file: &Path,
    job: &mut Job,
    claims: &mut BTreeMap<PathBuf, PathBuf>,
    outputs: Vec<PathBuf>,
) -> Result<(), String> {
    claims.retain(|_, owner| owner != file);
    job.outputs.clear();
    for output in &outputs {
        if let Some(other) = claims.get(output) {
            return Err(format!("{} is an output of {} too", output.display(), other.display()));
        }
    }
    claims.extend(outputs.iter().map(|output| (output.clone(), file.to_owned())));
    job.outputs = outputs;
    Ok(())
}

impl Job {
    /// Notes what became of the target; gives when it is looked at again.
    fn note(&mut self, result: &Result<Outcome, Failure>, now: Timestamp, interval: i64) -> Timestamp {
        let next = match result {
            Err(_) => {
                self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
                self.failures = self.failures.saturating_add(1);
                let doubled = 2i64.saturating_pow(self.failures_in_a_row.saturating_sub(1).min(12));
                let wait = FIRST_WAIT.min(interval).saturating_mul(doubled).min(LONGEST_WAIT);
                after(now, wait.saturating_add(random_below(wait.div_euclid(4))))
            }
            Ok(outcome) => {
                self.failures_in_a_row = 0;
                self.last_success = Some(now);
                if matches!(outcome, Outcome::Renewed { .. }) {
                    self.renewals = self.renewals.saturating_add(1);
                }
                let stands = outcome.stands();
                if self.stands.as_ref().map(|known| &known.serial_number) != Some(&stands.serial_number) {
                    let left = stands.not_after.seconds_since(stands.due);
                    self.late = Some(after(stands.due, random_below(left.div_euclid(10))));
                }
                self.stands = Some(stands.clone());
                // A second behind, for what is due "since" a second is due in it.
                let due = self.late.unwrap_or(stands.due);
                after(now, interval).min(due).max(after(now, 1))
            }
        };
        self.next = Some(next);
        next
    }
}

fn after(now: Timestamp, seconds: i64) -> Timestamp {
    Duration::from_seconds(seconds).and_then(|wait| now.checked_add(wait)).unwrap_or(Timestamp::NO_EXPIRY)
}

/// A random number from 0 to `bound` - 1; 0 without randomness: it only spreads load.
fn random_below(bound: i64) -> i64 {
    let mut bytes = [0u8; 7];
    if bound <= 0 || getrandom::fill(&mut bytes).is_err() {
        return 0;
    }
    let number = bytes.iter().fold(0i64, |number, byte| (number << 8) | i64::from(*byte));
    number.rem_euclid(bound)
}
