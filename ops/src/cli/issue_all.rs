//! Issuing for many requests: a block at a time on all cores, and each certificate into a file of its own.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use certgate_bindings::certgate::certificate::Certificate as CoreCertificate;
use certgate_bindings::certgate::diagnostic::codes;
use certgate_bindings::certgate::issue::{IssueInputs, IssuedCertificate};
use certgate_bindings::certgate::time::{Duration, Timestamp};
use certgate_bindings::{Bundle, Decision, Error, Request, issue};
use sha2::{Digest, Sha256};

use super::args::IssueArguments;
use super::issue::Authority;
use super::load::LoadError;
use super::many::{self, Progress};
use super::{Terminal, books, exit};
use crate::durable;
use crate::input::{self, Input, Sources};
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
    request: Request,
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

    /// Counts a file that is there as the certificate of the request, or says that it is something else.
    fn stand(
        &mut self,
        name: &str,
        file: &Path,
        request: &Request,
        terminal: &mut Terminal<'_>,
    ) -> Result<(), LoadError> {
        match self.standing(file, request)? {
            Ok(certificate) => {
                self.count.standing = self.count.standing.saturating_add(1);
                if let Some(inventory) = &mut self.inventory {
                    inventory.deliver_certificate(&certificate, self.at).map_err(unreadable)?;
                }
            }
            Err(message) => self.fail(&format!("{name}: {message}"), exit::UNREADABLE, terminal),
        }
        Ok(())
    }

    /// The certificate that a file holds, if this CA signed it for the key of the request, and it is in force. With an inventory it
    /// must be known there, for exactly this request, and not be revoked.
    fn standing(
        &self,
        file: &Path,
        request: &Request,
    ) -> Result<Result<Arc<CoreCertificate>, String>, LoadError> {
        let other = |what: &str| Ok(Err(format!("{} is there, and {what}: move it away", file.display())));
        let bytes = match input::read_file(file) {
            Ok(bytes) => bytes,
            Err(fault) => return Ok(Err(fault.into())),
        };
        let bundle = Bundle::parse(&bytes).ok();
        let Some(certificate) = bundle.as_ref().and_then(|bundle| bundle.certificates().first()) else {
            return other("is no certificate");
        };
        let issuer = self.authority.issuer.certificate();
        let status = certificate.signature_algorithm().verify(
            issuer.public_key(),
            certificate.signed_der(),
            certificate.signature(),
            certgate_bindings::crypto(),
        );
        if certificate.issuer().der() != issuer.subject().der() || !status.is_valid() {
            return other("is no certificate of this CA");
        }
        if certificate.public_key().der() != request.as_core().public_key().der() {
            return other("is a certificate for another key");
        }
        if !certificate.validity().contains(self.at) {
            return other("is a certificate that is not in force");
        }
        if let Some(inventory) = &self.inventory {
            let digest = crate::hex::encode(&Sha256::digest(request.der()));
            match inventory.entry_of(certificate).map_err(unreadable)? {
                None => return other("is a certificate that the inventory does not know"),
                Some(entry) if entry.revoked.is_some() => return other("is a certificate that was revoked"),
                Some(entry) if entry.request_sha256.as_ref() != Some(&digest) => {
                    return other("is a certificate for another request");
                }
                Some(_) => {}
            }
        }
        Ok(Ok(Arc::clone(certificate)))
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

    /// The certificate that an interrupted run recorded and did not write, to be handed out once.
    fn left(&mut self, one: &Allowed) -> Result<Option<Recorded>, LoadError> {
        let Some(inventory) = &self.inventory else { return Ok(None) };
        let record = self.authority.record(&one.request, &one.decision);
        let policy = record.policy.map(|policy| policy.digest.as_ref());
        let found = inventory
            .all_undelivered(record.issuer, policy, record.request, record.public_key, self.at)
            .map_err(unreadable)?;
        Ok(found.into_iter().find(|recorded| self.handed_out.insert(recorded.id())))
    }

    fn sign(&mut self, fresh: Vec<Allowed>, terminal: &mut Terminal<'_>) -> Result<Vec<Made>, LoadError> {
        if fresh.is_empty() {
            return Ok(Vec::new());
        }
        let (arguments, authority, at) = (self.arguments, self.authority, self.at);
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
                let issued = inventory.issue_all(&records, at, sign).map_err(unreadable)?;
                let issued = issued.into_iter();
                issued.map(|one| one.map(|one| (Arc::clone(one.certificate()), Some(one)))).collect()
            }
            None => {
                let inputs = fresh.iter().map(|_| pki::inputs(at)).collect::<Result<Vec<_>, _>>();
                let inputs = inputs.map_err(|message| LoadError::Message(message, exit::INTERNAL))?;
                sign(&inputs).into_iter().map(|one| one.map(|certificate| (certificate, None))).collect()
            }
        };
        self.progress.beside(|| notes.iter().for_each(|note| terminal.print_error(note)));
        let mut made = Vec::new();
        for (one, outcome) in fresh.into_iter().zip(outcomes) {
            match outcome {
                Ok((certificate, recorded)) => {
                    self.handed_out.extend(recorded.as_ref().map(Recorded::id));
                    made.push(Made {
                        name: one.name,
                        file: one.file,
                        request: one.request,
                        certificate,
                        recorded,
                    });
                }
                Err(error) => {
                    let is_key =
                        error.diagnostics().iter().any(|fault| fault.code == codes::KEY_SIGNING.as_str());
                    self.key_is_gone |= is_key;
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

/// The endings of requests, which are not part of the name of a certificate.
const ENDINGS: [&str; 9] = ["csr", "req", "p10", "pem", "der", "txt", "yaml", "yml", "json"];

/// The name of the file of a certificate: that of the file of its request; for an object of Kubernetes also its namespace and name.
fn file_name(source: &str, input: &Input) -> String {
    let path = Path::new(source);
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let is_known = ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known));
    let name = if is_known { path.file_stem() } else { path.file_name() };
    let name =
        if source == "-" { "request" } else { name.and_then(|name| name.to_str()).unwrap_or_default() };
    let object =
        input.name.strip_prefix(&input::display_name(source)).and_then(|rest| rest.strip_prefix(": "));
    let Some(object) = object else { return format!("{name}.crt") };
    let object = object.rsplit_once('/').map_or(object, |(_, object)| object);
    let namespace = input.context.as_ref().and_then(|context| context.namespace.as_deref());
    // A name out of a document leads nowhere else. What Kubernetes allows in names stays; `_` is not among it.
    let plain = |character: char| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' => character,
        _ => '-',
    };
    let parts = [Some(name), namespace, Some(object)].into_iter().flatten();
    let parts: Vec<String> = parts.map(|part| part.chars().map(plain).collect()).collect();
    format!("{}.crt", parts.join("_"))
}
