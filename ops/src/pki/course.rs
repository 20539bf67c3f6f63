//! Going through a plan: what fails keeps nothing back but what hangs on it.

use std::path::Path;

use certgate_bindings::certgate::time::Timestamp;

use super::init::{InitOptions, Report, Run};
use super::plan::Plan;
use super::scope::{self, Scope};
use crate::durable;
use crate::input::describe;

/// Makes everything that the plan says and that is not there, in a folder.
///
/// # Errors
/// In one sentence: a plan that cannot be right, a folder that cannot be written to, or that another run writes to. One sentence a
/// line: all that failed, such as a file that is not what the plan says; everything that does not hang on it was made.
pub fn init(plan: &Plan, folder: &Path, at: Timestamp, options: &InitOptions) -> Result<Report, String> {
    init_all(plan, folder, at, options)?.whole()
}

/// As [`init`], with what failed in the report.
///
/// # Errors
/// A plan that cannot be right, a folder that cannot be written to, or that another run writes to.
pub fn init_all(plan: &Plan, folder: &Path, at: Timestamp, options: &InitOptions) -> Result<Report, String> {
    let mut run = Run::new(plan, folder, at, options, Scope::Whole)?;
    let _lock = enter(folder)?;
    run.go();
    Ok(run.into_report())
}

/// One run writes to a folder at a time, as long as what comes back is kept.
pub(super) fn enter(folder: &Path) -> Result<Option<std::fs::File>, String> {
    durable::enter(folder).map_err(|error| match error.kind() {
        std::io::ErrorKind::WouldBlock => format!("another run writes to {}", folder.display()),
        _ => format!("cannot write to {}: {}", folder.display(), describe(&error)),
    })
}

impl Run<'_> {
    /// Makes all that is within the scope.
    pub(super) fn go(&mut self) {
        let (plan, scope) = (self.plan, self.scope);
        let names = plan.authorities.keys().chain(plan.certificates.keys());
        for name in names.filter(|name| scope.makes(plan, name)) {
            self.reach(name);
        }
        for (file, names) in &plan.bundles {
            let names = || names.iter().map(String::as_str);
            if scope.writes(plan, names()) && self.has_all(file, names()) {
                let written = self.bundle(file, names());
                self.note(written);
            }
        }
        for (name, pair) in plan.keys.iter().filter(|_| scope.is_whole()) {
            let made = self.key_pair(name, pair);
            self.note(made);
        }
        self.secrets();
        self.kubeconfigs();
    }

    /// An authority or a certificate, after those above it. What hangs on one that failed is not tried.
    fn reach(&mut self, name: &str) {
        let plan = self.plan;
        let mut path: Vec<&str> = scope::above(plan, name).collect();
        path.reverse();
        path.push(name);
        let mut lost = None;
        for name in path {
            match lost {
                _ if self.failed.contains(name) => lost = Some(name),
                Some(above) => {
                    self.failed.insert(name.to_owned());
                    self.report.failed.push(format!("`{name}` is left as it is, for `{above}` failed"));
                }
                None => {
                    let is_certificate = plan.certificates.contains_key(name);
                    let made = if is_certificate { self.certificate(name) } else { self.authority(name) };
                    if made.is_err() {
                        self.failed.insert(name.to_owned());
                        lost = Some(name);
                    }
                    self.note(made);
                }
            }
        }
    }

    /// Whether nothing failed that a file needs; it is left as it is otherwise.
    pub(super) fn has_all<'n>(&mut self, file: &str, mut names: impl Iterator<Item = &'n str>) -> bool {
        let Some(name) = names.find(|name| self.failed.contains(*name)) else { return true };
        let path = self.folder.join(file);
        self.report.failed.push(format!("{} is left as it is, for `{name}` failed", path.display()));
        false
    }

    fn bundle<'n>(&mut self, file: &str, names: impl Iterator<Item = &'n str>) -> Result<(), String> {
        let mut text = String::new();
        for name in names {
            text.push_str(&self.there(name)?.trusted_pem());
        }
        self.public(file, text.as_bytes())
    }

    /// Notes what failed.
    pub(super) fn note(&mut self, result: Result<(), String>) {
        self.report.failed.extend(result.err());
    }
}
