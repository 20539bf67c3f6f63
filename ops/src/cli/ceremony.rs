//! `certgate ceremony request`, `sign` and `import`.

use std::path::{Path, PathBuf};

use certgate_bindings::{Request, issue, read_document};
use clap::{Args, Subcommand};
use serde::de::DeserializeOwned;

use super::issue::{print_denial, read_ca, signing_key};
use super::load::{self, LoadError};
use super::secrets::PassphraseArguments;
use super::{Terminal, exit};
use crate::ceremony::{self, CeremonyAnswer, CeremonyRequest, LogEntry, Outcome};
use crate::input::{self, InputError};
use crate::pki;
use crate::render::escape::escape;

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
    /// The log of the ceremony
    #[arg(long, value_name = "FILE", default_value = "ceremony.log")]
    log: PathBuf,
    /// The file of the offline machine
    #[arg(value_name = "ANSWER")]
    answer: String,
}

pub(super) fn run(command: &CeremonyCommand, terminal: &mut Terminal<'_>) -> u8 {
    let result = match command {
        CeremonyCommand::Request(arguments) => request(arguments, terminal),
        CeremonyCommand::Sign(arguments) => sign(arguments, terminal),
        CeremonyCommand::Import(arguments) => import(arguments, terminal),
    };
    match result {
        Ok(code) => code,
        Err(error) => error.report(terminal),
    }
}

fn unreadable(message: String) -> LoadError {
    LoadError::Message(message, exit::UNREADABLE)
}

fn refused(message: String) -> LoadError {
    LoadError::Message(message, exit::DENIED)
}

fn request(arguments: &RequestArguments, terminal: &mut Terminal<'_>) -> Result<u8, LoadError> {
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
        context: load::merge(input.context.as_ref(), &context),
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
            print_denial(&decision, &input.name, &policy, terminal);
            Ok(exit::DENIED)
        }
        Outcome::Done(made) => {
            pki::write_public(&arguments.output, made.to_json().as_bytes())?;
            log(&arguments.log, "request", &made, "done", terminal)?;
            describe(&made, terminal)?;
            Ok(exit::OK)
        }
    }
}

fn sign(arguments: &SignArguments, terminal: &mut Terminal<'_>) -> Result<u8, LoadError> {
    let request: CeremonyRequest = read(&arguments.request, terminal)?;
    describe(&request, terminal)?;
    let known = read_ca(&arguments.ca, terminal)?;
    let issuer = request.issuer().map_err(unreadable)?;
    if issuer.certificate().der() != known.certificate().der() {
        let message = "the CA of the request is not the CA of this machine".to_owned();
        log(&arguments.log, "sign", &request, &message, terminal)?;
        return Err(refused(message));
    }
    let key = signing_key(&arguments.ca_key, &arguments.passphrase)?;
    match ceremony::sign(&request, &arguments.fingerprint, &*key) {
        Err(message) => {
            log(&arguments.log, "sign", &request, &message, terminal)?;
            Err(refused(message))
        }
        Ok(Outcome::Denied(decision)) => {
            log(&arguments.log, "sign", &request, "the policy does not allow it", terminal)?;
            print_reasons(&decision, terminal);
            Ok(exit::DENIED)
        }
        Ok(Outcome::Done(answer)) => {
            let text = serde_json::to_string_pretty(&answer).unwrap_or_default() + "\n";
            log(&arguments.log, "sign", &request, "done", terminal)?;
            pki::write_public(&arguments.output, text.as_bytes())?;
            terminal.print(&escape(&format!("signed: {}", arguments.output.display())));
            Ok(exit::OK)
        }
    }
}

fn import(arguments: &ImportArguments, terminal: &mut Terminal<'_>) -> Result<u8, LoadError> {
    let request: CeremonyRequest = read(&arguments.request, terminal)?;
    let answer: CeremonyAnswer = read(&arguments.answer, terminal)?;
    match ceremony::import(&request, &answer) {
        Err(message) => {
            log(&arguments.log, "import", &request, &message, terminal)?;
            Err(refused(message))
        }
        Ok(Outcome::Denied(decision)) => {
            log(&arguments.log, "import", &request, "the policy does not allow it", terminal)?;
            print_reasons(&decision, terminal);
            Ok(exit::DENIED)
        }
        Ok(Outcome::Done(issued)) => {
            let mut text = issue::certificate_pem(issued.certificate());
            if arguments.chain {
                for above in issued.chain().iter().filter(|above| !above.is_self_issued()) {
                    text.push_str(&issue::certificate_pem(above));
                }
            }
            pki::write_public(&arguments.output, text.as_bytes())?;
            log(&arguments.log, "import", &request, "done", terminal)?;
            terminal.print(&escape(&format!("imported: {}", arguments.output.display())));
            Ok(exit::OK)
        }
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

fn log(
    file: &Path,
    step: &str,
    request: &CeremonyRequest,
    outcome: &str,
    terminal: &Terminal<'_>,
) -> Result<(), LoadError> {
    let at = terminal.now.map(|now| now.to_string()).unwrap_or_default();
    let entry = LogEntry {
        at: &at,
        step,
        request: &request.fingerprint(),
        to_be_signed_sha256: &request.to_be_signed_sha256,
        serial_number: &request.serial_number,
        outcome,
    };
    ceremony::log(file, &entry).map_err(unreadable)
}
