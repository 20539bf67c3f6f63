//! Issuing for many requests: a block at a time on all cores, and each certificate into a file of its own.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use certgate_bindings::certgate::certificate::Certificate as CoreCertificate;
use certgate_bindings::certgate::time::{Duration, Timestamp};
use certgate_bindings::{Decision, Request};

use super::args::IssueArguments;
use super::issue::Authority;
use super::load::LoadError;
use super::many::{self, Progress};
use super::{Terminal, books, exit};
use crate::durable;
use crate::input::{self, Input, Sources};
use crate::inventory::{Inventory, Recorded};

mod names;
mod signing;
mod standing;

use names::file_name;

/// What becomes of the requests, in numbers.
#[derive(Default)]
struct Count {
    issued: usize,
    standing: usize,
    denied: usize,
    failed: usize,
    exit: u8,
}

/// A request that was judged, and the file of its certificate.
struct Judged {
    name: String,
    file: PathBuf,
    outcome: Result<(Request, Decision), LoadError>,
}

/// A request that is allowed.
struct Allowed {
    name: String,
    file: PathBuf,
    request: Request,
    decision: Decision,
}

/// A certificate on the way into its file.
struct Made {
    name: String,
    file: PathBuf,
    request: Request,
    certificate: Arc<CoreCertificate>,
    recorded: Option<Recorded>,
}

/// One run.
struct Run<'a> {
    arguments: &'a IssueArguments,
    authority: &'a Authority,
    folder: &'a Path,
    inventory: Option<Inventory>,
    /// The files that this run has to do with: no two requests share one.
    files: BTreeSet<PathBuf>,
    /// Certificates of the inventory that it has handed out already.
    handed_out: BTreeSet<i64>,
    /// The time of the block that is worked on: a run may take hours.
    at: Timestamp,
    /// The key has failed to sign: whoever holds it may be gone, and the others would fail too.
    key_is_gone: bool,
    count: Count,
    progress: Progress,
}

pub(super) fn run(
    arguments: &IssueArguments,
    folder: &str,
    authority: &Authority,
    terminal: &mut Terminal<'_>,
) -> Result<u8, LoadError> {
    let names = if arguments.requests.is_empty() { vec!["-".to_owned()] } else { arguments.requests.clone() };
    let sources = Sources::new(&names, terminal.stdin);
    let inventory = books::open(&arguments.inventory, &arguments.ca)?;
    books::check_issuer(inventory.as_ref(), &authority.issuer)?;
    let folder = Path::new(folder);
    // Before anything is signed: nobody else writes there, and it can be written to.
    let _lock = durable::enter(folder).map_err(|error| {
        unreadable(match error.kind() {
            io::ErrorKind::WouldBlock => format!("another run writes to {}", folder.display()),
            _ => format!("cannot write to {}: {}", folder.display(), input::describe(&error)),
        })
    })?;
    let mut run = Run {
        arguments,
        authority,
        folder,
        inventory,
        files: BTreeSet::new(),
        handed_out: BTreeSet::new(),
        at: authority.at,
        key_is_gone: false,
        count: Count::default(),
        progress: Progress::new(sources.list.len(), terminal),
    };
    let ended = run.all(&sources, terminal);
    let Run { count, progress, .. } = run;
    drop(progress);
    let exit = ended.map_or_else(|error| error.report(terminal), |()| exit::OK);
    terminal.print(&format!(
        "{} issued, {} there already, {} denied, {} failed",
        count.issued, count.standing, count.denied, count.failed
    ));
    Ok(count.exit.max(exit))
}

impl Run<'_> {
    /// A block after the other; what stops the run is an error.
    fn all(&mut self, sources: &Sources, terminal: &mut Terminal<'_>) -> Result<(), LoadError> {
        let start = Instant::now();
        for block in sources.list.chunks(many::BLOCK) {
            let inputs = many::map(block, |source| {
                let inputs = sources.requests(source).into_iter();
                inputs
                    .map(|input| (self.folder.join(file_name(&source.name, &input)), input))
                    .collect::<Vec<_>>()
            });
            let inputs: Vec<(PathBuf, Input)> = inputs.into_iter().flatten().collect();
            for inputs in inputs.chunks(many::BLOCK) {
                let elapsed =
                    i64::try_from(start.elapsed().as_secs()).map(Duration::from_seconds).ok().flatten();
                let now = elapsed.and_then(|elapsed| self.authority.at.checked_add(elapsed));
                self.at = now.unwrap_or(self.authority.at);
                let (authority, at) = (self.authority, self.at);
                let judged = many::map(inputs, |(file, input)| Judged {
                    name: input.name.clone(),
                    file: file.clone(),
                    outcome: authority.judge(input, at),
                });
                let allowed = self.sort_out(judged, terminal)?;
                self.issue(allowed, terminal)?;
            }
            self.progress.advance(block.len());
        }
        Ok(())
    }

    /// Says which requests are unreadable or denied, and which have their certificate; gives the others.
    fn sort_out(
        &mut self,
        judged: Vec<Judged>,
        terminal: &mut Terminal<'_>,
    ) -> Result<Vec<Allowed>, LoadError> {
        let mut allowed = Vec::new();
        for Judged { name, file, outcome } in judged {
            let (request, decision) = match outcome {
                Ok(judged) => judged,
                Err(error) => {
                    self.progress.beside(|| error.report(terminal));
                    self.failed(exit::UNREADABLE);
                    continue;
                }
            };
            if !decision.is_allowed() {
                let policy = &self.authority.policy;
                self.progress.beside(|| super::issue::print_denial(&decision, &name, policy, terminal));
                self.count.denied = self.count.denied.saturating_add(1);
                self.count.exit = self.count.exit.max(exit::DENIED);
                continue;
            }
            if !self.files.insert(file.clone()) {
                let file = file.display();
                let message = format!("{name}: {file} is the file of another request's certificate");
                self.fail(&message, exit::UNREADABLE, terminal);
                continue;
            }
            // A link that leads nowhere is there too.
            if std::fs::symlink_metadata(&file).is_err() {
                allowed.push(Allowed { name, file, request, decision });
                continue;
            }
            self.stand(&name, &file, &request, terminal)?;
        }
        Ok(allowed)
    }

    /// Signs, records and writes.
    fn issue(&mut self, allowed: Vec<Allowed>, terminal: &mut Terminal<'_>) -> Result<(), LoadError> {
        let mut made = Vec::new();
        let mut fresh = Vec::new();
        for one in allowed {
            match self.left(&one)? {
                Some(recorded) => made.push(Made {
                    name: one.name,
                    file: one.file,
                    request: one.request,
                    certificate: Arc::clone(recorded.certificate()),
                    recorded: Some(recorded),
                }),
                None => fresh.push(one),
            }
        }
        made.extend(self.sign(fresh, terminal)?);
        self.write(made, terminal)?;
        if self.key_is_gone {
            return Err(unreadable("the key does not sign: the run ends here".to_owned()));
        }
        Ok(())
    }

    /// Puts certificates into their files, and notes which reached them.
    fn write(&mut self, made: Vec<Made>, terminal: &mut Terminal<'_>) -> Result<(), LoadError> {
        if made.is_empty() {
            return Ok(());
        }
        let text = |one: &Made| self.authority.text(&one.certificate, self.arguments.chain).into_bytes();
        let files: Vec<(PathBuf, Vec<u8>)> = made.iter().map(|one| (one.file.clone(), text(one))).collect();
        let written = durable::put_all(self.folder, &files, 0o644, "certificate").map_err(|error| {
            unreadable(format!("cannot write to {}: {}", self.folder.display(), input::describe(&error)))
        })?;
        let mut delivered = Vec::new();
        let mut fault = None;
        for (one, written) in made.into_iter().zip(written) {
            match written {
                Ok(()) => {
                    self.count.issued = self.count.issued.saturating_add(1);
                    delivered.extend(one.recorded);
                }
                // A file system that does not tell `A.crt` from `a.crt`, or another program.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    self.stand(&one.name, &one.file, &one.request, terminal)?;
                }
                Err(error) => {
                    let (file, error) = (one.file.display(), input::describe(&error));
                    let message = format!("{}: cannot write {file}: {error}", one.name);
                    self.fail(&message, exit::UNREADABLE, terminal);
                    fault = Some("a certificate cannot be written: the run ends here".to_owned());
                }
            }
        }
        if let Some(inventory) = &mut self.inventory {
            inventory.deliver_all(&delivered, self.at).map_err(unreadable)?;
        }
        fault.map_or(Ok(()), |fault| Err(unreadable(fault)))
    }

    fn fail(&mut self, message: &str, exit: u8, terminal: &mut Terminal<'_>) {
        self.progress.beside(|| terminal.fail(message));
        self.failed(exit);
    }

    fn failed(&mut self, exit: u8) {
        self.count.failed = self.count.failed.saturating_add(1);
        self.count.exit = self.count.exit.max(exit);
    }
}

fn unreadable(message: String) -> LoadError {
    LoadError::Message(message, exit::UNREADABLE)
}
