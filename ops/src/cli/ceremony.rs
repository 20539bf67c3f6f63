//! `certgate ceremony request`, `sign` and `import`.

use std::path::{Path, PathBuf};

use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::{Request, issue, read_document};
use clap::{Args, Subcommand};
use serde::de::DeserializeOwned;

use super::args::InventoryArguments;
use super::issue::{print_denial, read_ca, signing_key};
use super::load::{self, LoadError};
use super::secrets::PassphraseArguments;
use super::{Terminal, books, exit};
use crate::ceremony::{self, Books, CeremonyAnswer, CeremonyRequest, LogEntry, Outcome};
use crate::input::{self, InputError};
use crate::inventory::{Inventory, Recorded};
use crate::leaf::is_self_signed;
use crate::pki;
use crate::render::escape::escape;

/// What the log says where the policy denies what the request file asks for.
const NOT_ALLOWED: &str = "the policy does not allow it";

#[derive(Debug, Subcommand)]
pub(super) enum CeremonyCommand {
    /// On the online machine: judge a request, and write everything that the certificate follows from to a file
    Request(RequestArguments),
    /// On the offline machine: judge and prepare anew, and sign
    Sign(SignArguments),
    /// Back online: check the answer against the request, and write the certificate
    Import(ImportArguments),
}

#[derive(Args, Debug)]
pub(super) struct RequestArguments {
    /// The policy: a file in YAML or JSON, or the name of a ready-made policy
    #[arg(short, long, value_name = "POLICY")]
    policy: String,
    /// The CA's certificate, and those above it up to the root, in PEM
    #[arg(long, value_name = "FILE")]
    ca: String,
    /// What is known besides the request: a file in YAML or JSON
    #[arg(short, long, value_name = "FILE")]
    context: Option<String>,
    /// A fact; several values by repeating the name
    #[arg(short, long = "fact", value_name = "NAME=VALUE")]
    facts: Vec<String>,
    /// Cut lifetimes to the end of the CA's own; left out: nothing is issued beyond it
    #[arg(long)]
    truncate: bool,
    /// Where the CA's revocation list is; may be repeated
    #[arg(long = "crl-uri", value_name = "URI")]
    crl_uris: Vec<String>,
    /// Where the CA's certificate is; may be repeated
    #[arg(long = "issuer-uri", value_name = "URI")]
    issuer_uris: Vec<String>,
    /// Where the CA's OCSP responder is; may be repeated
    #[arg(long = "ocsp-uri", value_name = "URI")]
    ocsp_uris: Vec<String>,
    /// The file for the offline machine
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The log of the ceremony
    #[arg(long, value_name = "FILE", default_value = "ceremony.log")]
    log: PathBuf,
    /// The request in DER, PEM or base64; `-` or nothing for standard input
    #[arg(value_name = "REQUEST")]
    request: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct SignArguments {
    /// The CA's private key: a file in PEM or DER, or a URI pkcs11:token=…;object=… (RFC 7512)
    #[arg(long, value_name = "KEY")]
    ca_key: String,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// The CA's certificate as this machine knows it; that of the request must be the same
    #[arg(long, value_name = "FILE")]
    ca: String,
    /// The fingerprint of the request as it was read aloud
    #[arg(long, value_name = "DIGITS")]
    fingerprint: String,
    /// The file for the way back
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    inventory: InventoryArguments,
    /// The log of the ceremony
    #[arg(long, value_name = "FILE", default_value = "ceremony.log")]
    log: PathBuf,
    /// The file of the online machine
    #[arg(value_name = "REQUEST")]
    request: String,
}

#[derive(Args, Debug)]
pub(super) struct ImportArguments {
    /// The file that was sent to the offline machine
    #[arg(long, value_name = "FILE")]
    request: String,
    /// The file of the certificate
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Write the certificates between this one and the root behind it
    #[arg(long)]
    chain: bool,
    /// An inventory of this machine that the certificate is recorded in too; that of the offline machine has it already
    #[arg(long, value_name = "FILE")]
    inventory: Option<PathBuf>,
    /// The log of the ceremony
    #[arg(long, value_name = "FILE", default_value = "ceremony.log")]
    log: PathBuf,
    /// The file of the offline machine
    #[arg(value_name = "ANSWER")]
    answer: String,
}

pub(super) fn run(command: &CeremonyCommand, terminal: &mut Terminal<'_>) -> u8 {
    let (name, log) = match command {
        CeremonyCommand::Request(arguments) => ("request", &arguments.log),
        CeremonyCommand::Sign(arguments) => ("sign", &arguments.log),
        CeremonyCommand::Import(arguments) => ("import", &arguments.log),
    };
    let mut step = Step { name, log, request: None };
    let result = match command {
        CeremonyCommand::Request(arguments) => request(arguments, &mut step, terminal),
        CeremonyCommand::Sign(arguments) => sign(arguments, &mut step, terminal),
        CeremonyCommand::Import(arguments) => import(arguments, &mut step, terminal),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            let logged = step.log(&error.summary(), terminal);
            let code = error.report(terminal);
            logged.map_or_else(|unlogged| unlogged.report(terminal).max(code), |()| code)
        }
    }
}

/// What the log says of this run.
struct Step<'a> {
    name: &'static str,
    log: &'a Path,
    /// The request, once it is known.
    request: Option<CeremonyRequest>,
}

impl Step<'_> {
    fn log(&self, outcome: &str, terminal: &Terminal<'_>) -> Result<(), LoadError> {
        let at = terminal.now.map(|now| now.to_string()).unwrap_or_default();
        let request = self.request.as_ref();
        let entry = LogEntry {
            at: &at,
            step: self.name,
            request: &request.map(CeremonyRequest::fingerprint).unwrap_or_default(),
            to_be_signed_sha256: request.map_or("", |request| &request.to_be_signed_sha256),
            serial_number: request.map_or("", |request| &request.serial_number),
            outcome,
        };
        ceremony::log(self.log, &entry).map_err(unreadable)
    }
}

fn unreadable(message: String) -> LoadError {
    LoadError::Message(message, exit::UNREADABLE)
}

fn refused(message: String) -> LoadError {
    LoadError::Message(message, exit::DENIED)
}

fn request(
    arguments: &RequestArguments,
    step: &mut Step<'_>,
    terminal: &mut Terminal<'_>,
) -> Result<u8, LoadError> {
    let at = load::time(None, terminal)?;
    let policy = load::policy(&arguments.policy, terminal)?;
    let issuer = read_ca(&arguments.ca, terminal)?;
    let context = load::context(arguments.context.as_deref(), &arguments.facts, terminal)?;
    let name = arguments.request.as_deref().unwrap_or("-");
    let mut inputs = input::requests(name, terminal.stdin);
    let input = match (inputs.pop(), inputs.is_empty()) {
        (Some(input), true) => input,
        _ => return Err(LoadError::Message("give one request at a time".to_owned(), exit::USAGE)),
    };
    let bytes = match &input.request {
        Ok(bytes) => bytes,
        Err(InputError::Io(message)) => return Err(input::FileFault::new(message.clone()).into()),
        Err(InputError::Object(error)) => return Err(unreadable(error.to_string())),
    };
    let request = Request::parse(bytes).map_err(|error| unreadable(format!("{}: {error}", input.name)))?;
    let inputs = CeremonyRequest {
        version: 1,
        request: ceremony::request_pem(&request),
        policy: policy.policy.source().as_str().to_owned(),
        context: load::merge_for_issuing(input.context.as_ref(), &context),
        issuer: issuer.chain().map(|certificate| issue::certificate_pem(certificate)).collect(),
        at: at.to_string(),
        serial_number: String::new(),
        truncate: arguments.truncate,
        crl_uris: arguments.crl_uris.clone(),
        issuer_uris: arguments.issuer_uris.clone(),
        ocsp_uris: arguments.ocsp_uris.clone(),
        to_be_signed_sha256: String::new(),
    };
    match ceremony::request(inputs).map_err(refused)? {
        Outcome::Denied(decision) => {
            let name = &policy.policy;
            step.log(&format!("{}: the policy {} does not allow it", input.name, name.id()), terminal)?;
            print_denial(&decision, &input.name, &policy, terminal);
            Ok(exit::DENIED)
        }
        Outcome::Done(made) => {
            let made = &*step.request.insert(made);
            pki::write_public(&arguments.output, made.to_json().as_bytes())?;
            describe(made, terminal)?;
            step.log("done", terminal)?;
            Ok(exit::OK)
        }
    }
}

fn sign(
    arguments: &SignArguments,
    step: &mut Step<'_>,
    terminal: &mut Terminal<'_>,
) -> Result<u8, LoadError> {
    let at = load::time(None, terminal)?;
    let request = step.request.insert(read(&arguments.request, terminal)?).clone();
    describe(&request, terminal)?;
    let known = read_ca(&arguments.ca, terminal)?;
    let issuer = request.issuer().map_err(unreadable)?;
    if issuer.certificate().der() != known.certificate().der() {
        return Err(refused("the CA of the request is not the CA of this machine".to_owned()));
    }
    let key = signing_key(&arguments.ca_key, &arguments.passphrase)?;
    books::check_key(&*key, known.certificate(), &arguments.ca_key, &arguments.ca, exit::DENIED)?;
    let mut inventory = books::open(&arguments.inventory, &arguments.ca)?;
    let books = inventory.as_mut().map(|inventory| Books { inventory, at });
    match ceremony::sign(&request, &arguments.fingerprint, &*key, books).map_err(refused)? {
        Outcome::Denied(decision) => {
            step.log(NOT_ALLOWED, terminal)?;
            print_reasons(&decision, terminal);
            Ok(exit::DENIED)
        }
        Outcome::Done((answer, recorded)) => {
            let text = serde_json::to_string_pretty(&answer).unwrap_or_default() + "\n";
            step.log("done", terminal)?;
            pki::write_public(&arguments.output, text.as_bytes())?;
            deliver(inventory.as_mut(), recorded.as_ref(), at)?;
            terminal.print(&escape(&format!("signed: {}", arguments.output.display())));
            Ok(exit::OK)
        }
    }
}

fn import(
    arguments: &ImportArguments,
    step: &mut Step<'_>,
    terminal: &mut Terminal<'_>,
) -> Result<u8, LoadError> {
    let at = load::time(None, terminal)?;
    let request = step.request.insert(read(&arguments.request, terminal)?).clone();
    let answer: CeremonyAnswer = read(&arguments.answer, terminal)?;
    let opened = arguments.inventory.as_deref().map(Inventory::open).transpose();
    let mut inventory = opened.map_err(|message| LoadError::from(input::FileFault::new(message)))?;
    let books = inventory.as_mut().map(|inventory| Books { inventory, at });
    match ceremony::import(&request, &answer, books).map_err(refused)? {
        Outcome::Denied(decision) => {
            step.log(NOT_ALLOWED, terminal)?;
            print_reasons(&decision, terminal);
            Ok(exit::DENIED)
        }
        Outcome::Done((issued, recorded)) => {
            let mut text = issue::certificate_pem(issued.certificate());
            if arguments.chain {
                for above in issued.chain().iter().filter(|above| !is_self_signed(above)) {
                    text.push_str(&issue::certificate_pem(above));
                }
            }
            pki::write_public(&arguments.output, text.as_bytes())?;
            deliver(inventory.as_mut(), recorded.as_ref(), at)?;
            step.log("done", terminal)?;
            terminal.print(&escape(&format!("imported: {}", arguments.output.display())));
            Ok(exit::OK)
        }
    }
}

/// Notes in the inventory that the certificate was handed out.
fn deliver(
    inventory: Option<&mut Inventory>,
    recorded: Option<&Recorded>,
    at: Timestamp,
) -> Result<(), LoadError> {
    match (inventory, recorded) {
        (Some(inventory), Some(recorded)) => inventory.deliver(recorded, at).map_err(unreadable),
        _ => Ok(()),
    }
}

fn print_reasons(decision: &certgate_bindings::Decision, terminal: &mut Terminal<'_>) {
    for reason in decision.reasons() {
        terminal.print_error(&escape(&format!("{}: {}", reason.code, reason.message)));
    }
}

fn read<T: DeserializeOwned>(file: &str, terminal: &mut Terminal<'_>) -> Result<T, LoadError> {
    let text = input::read_text(file, terminal.stdin)?;
    read_document(&text).map_err(|error| LoadError::Document {
        name: input::display_name(file),
        text,
        error,
        exit: exit::UNREADABLE,
    })
}

/// What people compare by voice and by eye.
fn describe(request: &CeremonyRequest, terminal: &mut Terminal<'_>) -> Result<(), LoadError> {
    let issuer = request.issuer().map_err(unreadable)?;
    terminal.print(&format!("fingerprint: {}", request.fingerprint()));
    terminal.print(&escape(&format!("issuer: {}", issuer.certificate().subject())));
    if let Outcome::Done((decision, _)) = request.prepare().map_err(refused)? {
        if let Some(template) = decision.template() {
            let subject: Vec<String> = template
                .subject
                .iter()
                .map(|attribute| format!("{}={}", attribute.kind, attribute.value))
                .collect();
            terminal.print(&escape(&format!("subject: {}", subject.join(", "))));
            let names: Vec<&str> =
                template.subject_alt_names.iter().map(|name| name.value.as_str()).collect();
            terminal.print(&escape(&format!("names: {}", names.join(", "))));
            terminal.print(&format!("lifetime: {} to {}", template.not_before, template.not_after));
        }
        let policy = decision.policy();
        terminal.print(&escape(&format!("policy: {} ({})", policy.id, policy.digest)));
    }
    terminal.print(&escape(&format!("serial number: {}", request.serial_number)));
    terminal.print(&escape(&format!("to be signed, SHA-256: {}", request.to_be_signed_sha256)));
    Ok(())
}
