//! Issuing for many requests: a block at a time on all cores, and each certificate into a file of its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate as CoreCertificate;
use certgate_bindings::certgate::issue::{IssueInputs, IssuedCertificate};
use certgate_bindings::{Bundle, Decision, Error, Request, issue};

use super::args::IssueArguments;
use super::issue::Authority;
use super::load::LoadError;
use super::many::{self, Progress};
use super::{Terminal, books, exit};
use crate::durable;
use crate::input::{self, Sources};
use crate::inventory::{Inventory, Recorded};
use crate::pki;
use crate::render::escape::escape;

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
    certificate: Arc<CoreCertificate>,
    recorded: Option<Recorded>,
}

/// A certificate, and its place in the inventory if there is one.
type Outcome = Result<(Arc<CoreCertificate>, Option<Recorded>), Error>;

/// One run.
struct Run<'a> {
    arguments: &'a IssueArguments,
    authority: &'a Authority,
    folder: &'a Path,
    inventory: Option<Inventory>,
    /// The files that this run has to do with: no two requests share one.
    files: BTreeSet<PathBuf>,
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
    let mut run = Run {
        arguments,
        authority,
        folder: Path::new(folder),
        inventory: books::open(&arguments.inventory, &arguments.ca)?,
        files: BTreeSet::new(),
        count: Count::default(),
        progress: Progress::new(sources.names.len(), terminal),
    };
    durable::sweep_folder(run.folder);
    for block in sources.names.chunks(many::BLOCK) {
        let folder = run.folder;
        let judged = many::map(block, |name| judge(authority, folder, &sources, name));
        let allowed = run.sort_out(judged.into_iter().flatten(), terminal)?;
        run.issue(allowed, terminal)?;
        run.progress.advance(block.len());
    }
    let Run { count, progress, .. } = run;
    drop(progress);
    terminal.print(&format!(
        "{} issued, {} there already, {} denied, {} failed",
        count.issued, count.standing, count.denied, count.failed
    ));
    Ok(count.exit)
}

/// Reads and judges the requests of one source.
fn judge(authority: &Authority, folder: &Path, sources: &Sources, name: &str) -> Vec<Judged> {
    let inputs = sources.requests(name).into_iter();
    inputs
        .map(|input| Judged {
            file: folder.join(file_name(name, &input.name)),
            outcome: authority.judge(&input),
            name: input.name,
        })
        .collect()
}

impl Run<'_> {
    /// Says which requests are unreadable or denied, and which have their certificate; gives the others.
    fn sort_out(
        &mut self,
        judged: impl Iterator<Item = Judged>,
        terminal: &mut Terminal<'_>,
    ) -> Result<Vec<Allowed>, LoadError> {
        let mut allowed = Vec::new();
        for Judged { name, file, outcome } in judged {
            let (request, decision) = match outcome {
                Ok(judged) => judged,
                Err(error) => {
                    let exit = self.progress.beside(|| error.report(terminal));
                    self.failed(exit);
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
            if !file.exists() {
                allowed.push(Allowed { name, file, request, decision });
                continue;
            }
            match self.standing(&file, &request) {
                Ok(certificate) => {
                    self.count.standing = self.count.standing.saturating_add(1);
                    if let Some(inventory) = &mut self.inventory {
                        inventory.deliver_certificate(&certificate, self.authority.at).map_err(unreadable)?;
                    }
                }
                Err(message) => self.fail(&format!("{name}: {message}"), exit::UNREADABLE, terminal),
            }
        }
        Ok(allowed)
    }

    /// The certificate that a file holds, if it is one of this CA for the key of the request, and in force.
    fn standing(&self, file: &Path, request: &Request) -> Result<Arc<CoreCertificate>, String> {
        let bytes = input::read_file(file)?;
        let bundle = Bundle::parse(&bytes).ok();
        let certificate = bundle.as_ref().and_then(|bundle| bundle.certificates().first());
        let authority = self.authority;
        let fits = |certificate: &&Arc<CoreCertificate>| {
            certificate.public_key().der() == request.as_core().public_key().der()
                && certificate.issuer().der() == authority.issuer.certificate().subject().der()
                && certificate.validity().contains(authority.at)
        };
        certificate.filter(fits).map(Arc::clone).ok_or_else(|| {
            let file = file.display();
            format!(
                "{file} is there, and is no certificate of this CA for this key that is in force: move it away"
            )
        })
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
                    certificate: Arc::clone(recorded.certificate()),
                    recorded: Some(recorded),
                }),
                None => fresh.push(one),
            }
        }
        made.extend(self.sign(fresh, terminal)?);
        self.write(made, terminal)
    }

    /// The certificate that an interrupted run recorded and did not write.
    fn left(&self, one: &Allowed) -> Result<Option<Recorded>, LoadError> {
        let Some(inventory) = &self.inventory else { return Ok(None) };
        let record = self.authority.record(&one.request, &one.decision);
        let policy = record.policy.map(|policy| policy.digest.as_ref());
        inventory
            .undelivered(record.issuer, policy, record.request, record.public_key, self.authority.at)
            .map_err(unreadable)
    }

    fn sign(&mut self, fresh: Vec<Allowed>, terminal: &mut Terminal<'_>) -> Result<Vec<Made>, LoadError> {
        if fresh.is_empty() {
            return Ok(Vec::new());
        }
        let (arguments, authority) = (self.arguments, self.authority);
        let mut notes: Vec<String> = Vec::new();
        let mut sign = |inputs: &[IssueInputs]| -> Vec<Result<Arc<CoreCertificate>, Error>> {
            let pairs: Vec<(&Allowed, &IssueInputs)> = fresh.iter().zip(inputs).collect();
            let signed = many::map(&pairs, |(one, inputs)| -> Result<IssuedCertificate, Error> {
                let issuer = super::issue::with_points(&authority.issuer, arguments, inputs);
                issue::issue(&one.decision, &issuer, &*authority.key, inputs)
            });
            for (one, issued) in fresh.iter().zip(&signed) {
                let findings = issued.iter().flat_map(IssuedCertificate::findings);
                notes.extend(
                    findings
                        .map(|finding| format!("{}: {}: {finding}", escape(&one.name), finding.severity())),
                );
            }
            let certificates = signed.into_iter();
            certificates.map(|issued| issued.map(|issued| Arc::clone(issued.certificate()))).collect()
        };
        let outcomes: Vec<Outcome> = match &mut self.inventory {
            Some(inventory) => {
                let records: Vec<_> =
                    fresh.iter().map(|one| authority.record(&one.request, &one.decision)).collect();
                let issued = inventory.issue_all(&records, authority.at, sign).map_err(unreadable)?;
                let issued = issued.into_iter();
                issued.map(|one| one.map(|one| (Arc::clone(one.certificate()), Some(one)))).collect()
            }
            None => {
                let inputs = fresh.iter().map(|_| pki::inputs(authority.at)).collect::<Result<Vec<_>, _>>();
                let inputs = inputs.map_err(|message| LoadError::Message(message, exit::INTERNAL))?;
                sign(&inputs).into_iter().map(|one| one.map(|certificate| (certificate, None))).collect()
            }
        };
        self.progress.beside(|| notes.iter().for_each(|note| terminal.print_error(note)));
        let mut made = Vec::new();
        for (one, outcome) in fresh.into_iter().zip(outcomes) {
            match outcome {
                Ok((certificate, recorded)) => {
                    made.push(Made { name: one.name, file: one.file, certificate, recorded });
                }
                Err(error) => {
                    let exit = self.progress.beside(|| {
                        terminal.print_error(&format!("{}: not issued", escape(&one.name)));
                        super::issue::refused(&error, terminal)
                    });
                    self.failed(exit);
                }
            }
        }
        Ok(made)
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
        for (one, written) in made.into_iter().zip(written) {
            match written {
                Ok(()) => {
                    self.count.issued = self.count.issued.saturating_add(1);
                    delivered.extend(one.recorded);
                }
                Err(error) => {
                    let (file, error) = (one.file.display(), input::describe(&error));
                    self.fail(
                        &format!("{}: cannot write {file}: {error}", one.name),
                        exit::UNREADABLE,
                        terminal,
                    );
                }
            }
        }
        match &mut self.inventory {
            Some(inventory) => inventory.deliver_all(&delivered, self.authority.at).map_err(unreadable),
            None => Ok(()),
        }
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

/// The name of the file of a certificate: that of the file of its request, and where that holds several the object's name.
fn file_name(source: &str, input: &str) -> String {
    let stem = Path::new(source).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let stem = if source == "-" { "request" } else { stem };
    let object = input.strip_prefix(&input::display_name(source)).and_then(|rest| rest.strip_prefix(": "));
    // A name out of a document leads nowhere else.
    let plain = |character: char| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => character,
        _ => '-',
    };
    match object {
        None => format!("{stem}.crt"),
        Some(object) => format!("{stem}-{}.crt", object.chars().map(plain).collect::<String>()),
    }
}
