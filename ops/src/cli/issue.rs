use std::path::Path;

use certgate_bindings::certgate::crypto::Signer;
use certgate_bindings::certgate::issue::{BeyondIssuer, Issuer};
use certgate_bindings::{Bundle, Decision, Request, issue};

use super::args::IssueArguments;
use super::load::{self, LoadError, LoadedPolicy};
use super::secrets::PassphraseArguments;
use super::{Terminal, exit};
use crate::input::{self, InputError};
use crate::pki;
use crate::render::escape::escape;
use crate::render::field_text::FieldText;
use crate::render::report::{self, Rules, Source};
use crate::signing_key;

pub(super) fn run(arguments: &IssueArguments, terminal: &mut Terminal<'_>) -> u8 {
    match issue_one(arguments, terminal) {
        Ok(code) => code,
        Err(error) => error.report(terminal),
    }
}

fn issue_one(arguments: &IssueArguments, terminal: &mut Terminal<'_>) -> Result<u8, LoadError> {
    let unreadable = |message| LoadError::Message(message, exit::UNREADABLE);
    let at = load::time(None, terminal)?;
    let policy = load::policy(&arguments.policy, terminal)?;
    let issuer = read_issuer(arguments, terminal)?;
    let key = signing_key(&arguments.ca_key, &arguments.passphrase)?;
    let context = load::context(arguments.context.as_deref(), &arguments.facts, terminal)?;
    let name = arguments.request.as_deref().unwrap_or("-");
    let mut inputs = input::requests(name, terminal.stdin);
    let input = match (inputs.pop(), inputs.is_empty()) {
        (Some(input), true) => input,
        _ => return Err(LoadError::Message("give one request at a time".to_owned(), exit::USAGE)),
    };
    let bytes = match &input.request {
        Ok(bytes) => bytes,
        Err(InputError::Io(message)) => return Err(unreadable(message.clone())),
        Err(InputError::Object(error)) => return Err(unreadable(error.to_string())),
    };
    let request = Request::parse(bytes).map_err(|error| unreadable(format!("{}: {error}", input.name)))?;
    let context = load::merge(input.context.as_ref(), &context)
        .to_context(at)
        .map_err(|error| LoadError::Message(error.to_string(), exit::USAGE))?;
    let decision = policy.policy.evaluate(&request, &context);
    if !decision.is_allowed() {
        print_denial(&decision, &input.name, &policy, terminal);
        return Ok(exit::DENIED);
    }
    let inputs = pki::inputs(at).map_err(|message| LoadError::Message(message, exit::INTERNAL))?;
    let issued = issue::issue(&decision, &issuer, &*key, &inputs)
        .map_err(|error| LoadError::Message(error.to_string(), exit::DENIED))?;
    let mut text = issue::certificate_pem(issued.certificate());
    if arguments.chain {
        for certificate in issued.chain().iter().filter(|certificate| !certificate.is_self_issued()) {
            text.push_str(&issue::certificate_pem(certificate));
        }
    }
    put(arguments.output.as_deref(), &text, terminal)
}

/// Every reason of a denial, to standard error.
pub(super) fn print_denial(
    decision: &Decision,
    name: &str,
    policy: &LoadedPolicy,
    terminal: &mut Terminal<'_>,
) {
    let view = decision.view();
    let shown = escape(name);
    terminal.print_error(&format!("{shown}: {} by policy {}", view.outcome, view.policy.id));
    let text = FieldText::new(&view.request);
    let source = Source { name: &shown, text: &text };
    let rules = Rules { name: &policy.name, source: policy.policy.source() };
    let renderer = terminal.renderer();
    for reason in &view.reasons {
        terminal.print_error(&report::diagnostic(reason, Some(&source), Some(&rules), &renderer));
    }
}

/// Writes public text to a file or to standard output.
pub(super) fn put(output: Option<&str>, text: &str, terminal: &mut Terminal<'_>) -> Result<u8, LoadError> {
    match output {
        None => terminal.print(text.trim_end()),
        Some(file) => {
            pki::write_public(Path::new(file), text.as_bytes())
                .map_err(|message| LoadError::Message(message, exit::UNREADABLE))?;
        }
    }
    Ok(exit::OK)
}

/// The CA of a file: its certificate first, then those above it.
pub(super) fn read_ca(file: &str, terminal: &mut Terminal<'_>) -> Result<Issuer, LoadError> {
    let unreadable = |message: String| LoadError::Message(message, exit::UNREADABLE);
    let bytes = input::read(file, terminal.stdin).map_err(unreadable)?;
    let bundle = Bundle::parse(&bytes).map_err(|error| unreadable(format!("{file}: {error}")))?;
    let [certificate, above @ ..] = bundle.certificates() else {
        return Err(unreadable(format!("{file} holds no certificate")));
    };
    Issuer::new(certificate.clone(), above.to_vec()).map_err(|error| unreadable(format!("{file}: {error}")))
}

fn read_issuer(arguments: &IssueArguments, terminal: &mut Terminal<'_>) -> Result<Issuer, LoadError> {
    let issuer = read_ca(&arguments.ca, terminal)?;
    let beyond = if arguments.truncate { BeyondIssuer::Truncate } else { BeyondIssuer::Deny };
    Ok(issuer
        .with_beyond(beyond)
        .with_distribution_points(arguments.crl_uris.clone())
        .with_information_access(arguments.issuer_uris.clone(), arguments.ocsp_uris.clone()))
}

/// The private key of a reference, opened with its passphrase or PIN.
pub(super) fn signing_key(
    reference: &str,
    passphrase: &PassphraseArguments,
) -> Result<Box<dyn Signer>, LoadError> {
    signing_key::open(reference, &passphrase.source())
        .map_err(|message| LoadError::Message(message, exit::UNREADABLE))
}
