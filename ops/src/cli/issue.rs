use std::path::Path;
use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate as CoreCertificate;
use certgate_bindings::certgate::crypto::Signer;
use certgate_bindings::certgate::issue::{BeyondIssuer, IssueInputs, Issuer};
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::{Bundle, Certificate, ContextDocument, Decision, Request, issue};

use super::args::IssueArguments;
use super::load::{self, LoadError, LoadedPolicy};
use super::secrets::PassphraseArguments;
use super::{Terminal, books, exit, issue_all, lint};
use crate::input::{self, FileFault, Input, InputError};
use crate::inventory::{IssueError, NewRecord};
use crate::leaf::is_self_signed;
use crate::pki;
use crate::render::escape::escape;
use crate::render::field_text::FieldText;
use crate::render::report::{self, Rules, Source};
use crate::signing_key;

pub(super) fn run(arguments: &IssueArguments, terminal: &mut Terminal<'_>) -> u8 {
    let issued = Authority::load(arguments, terminal).and_then(|authority| match &arguments.output_dir {
        Some(folder) => issue_all::run(arguments, folder, &authority, terminal),
        None => issue_one(arguments, &authority, terminal),
    });
    issued.unwrap_or_else(|error| error.report(terminal))
}

/// Who issues: by which policy, with which key, knowing what, and when.
pub(super) struct Authority {
    pub(super) at: Timestamp,
    pub(super) policy: LoadedPolicy,
    pub(super) issuer: Issuer,
    pub(super) key: Box<dyn Signer>,
    context: ContextDocument,
}

impl Authority {
    fn load(arguments: &IssueArguments, terminal: &mut Terminal<'_>) -> Result<Self, LoadError> {
        let at = load::time(None, terminal)?;
        let policy = load::policy(&arguments.policy, terminal)?;
        let issuer = read_issuer(arguments, terminal)?;
        let key = signing_key(&arguments.ca_key, &arguments.passphrase)?;
        // Of many requests the key is an input like the others; of one, what refuses it.
        let wrong = if arguments.output_dir.is_some() { exit::UNREADABLE } else { exit::DENIED };
        books::check_key(&*key, issuer.certificate(), &arguments.ca_key, &arguments.ca, wrong)?;
        let context = load::context(arguments.context.as_deref(), &arguments.facts, terminal)?;
        Ok(Self { at, policy, issuer, key, context })
    }

    /// Reads a request and judges it at a time.
    pub(super) fn judge(&self, input: &Input, at: Timestamp) -> Result<(Request, Decision), LoadError> {
        let unreadable = |message| LoadError::Message(message, exit::UNREADABLE);
        let bytes = match &input.request {
            Ok(bytes) => bytes,
            Err(InputError::Io(message)) => return Err(FileFault::new(message.clone()).into()),
            Err(InputError::Object(error)) => return Err(unreadable(format!("{}: {error}", input.name))),
        };
        let request =
            Request::parse(bytes).map_err(|error| unreadable(format!("{}: {error}", input.name)))?;
        let context = load::merge_for_issuing(input.context.as_ref(), &self.context)
            .to_context(at)
            .map_err(|error| LoadError::Message(format!("{}: {error}", input.name), exit::USAGE))?;
        let decision = self.policy.policy.evaluate(&request, &context);
        Ok((request, decision))
    }

    /// What the inventory keeps of a decision.
    pub(super) fn record<'a>(&'a self, request: &'a Request, decision: &'a Decision) -> NewRecord<'a> {
        NewRecord {
            issuer: Some(self.issuer.certificate()),
            policy: Some(decision.as_core().policy()),
            request: Some(request.der()),
            public_key: request.as_core().public_key(),
        }
    }

    /// The text of the file of a certificate.
    pub(super) fn text(&self, certificate: &CoreCertificate, with_chain: bool) -> String {
        let mut text = issue::certificate_pem(certificate);
        let above = self.issuer.chain().filter(|above| with_chain && !is_self_signed(above));
        above.for_each(|above| text.push_str(&issue::certificate_pem(above)));
        text
    }
}

fn issue_one(
    arguments: &IssueArguments,
    authority: &Authority,
    terminal: &mut Terminal<'_>,
) -> Result<u8, LoadError> {
    let unreadable = |message| LoadError::Message(message, exit::UNREADABLE);
    let Authority { at, policy, issuer, key, .. } = authority;
    let usage = |message: &str| LoadError::Message(message.to_owned(), exit::USAGE);
    let name = match arguments.requests.as_slice() {
        [] => "-",
        [name] => name,
        _ => return Err(usage("give one request at a time, or --output-dir")),
    };
    if name != "-" && Path::new(name).is_dir() {
        return Err(usage("the certificates of a folder of requests need --output-dir"));
    }
    let mut inputs = input::requests(name, terminal.stdin);
    let input = match (inputs.pop(), inputs.is_empty()) {
        (Some(input), true) => input,
        _ => return Err(usage("give one request at a time, or --output-dir")),
    };
    let (request, decision) = authority.judge(&input, *at)?;
    if !decision.is_allowed() {
        print_denial(&decision, &input.name, policy, terminal);
        return Ok(exit::DENIED);
    }
    let cross = match &arguments.cross {
        None => None,
        Some(file) => {
            let bytes = input::read(file, terminal.stdin)?;
            Some(Certificate::parse(&bytes).map_err(|error| unreadable(format!("{file}: {error}")))?)
        }
    };
    let mut findings = Vec::new();
    let mut sign = |inputs: &IssueInputs| -> Result<Arc<CoreCertificate>, certgate_bindings::Error> {
        let issuer = with_points(issuer, arguments, inputs);
        let issued = match &cross {
            None => issue::issue(&decision, &issuer, &**key, inputs),
            Some(certificate) => issue::issue_cross(&decision, &issuer, certificate, &**key, inputs),
        }?;
        findings = issued.findings().to_vec();
        Ok(Arc::clone(issued.certificate()))
    };
    let record = authority.record(&request, &decision);
    let mut inventory = books::open(&arguments.inventory, &arguments.ca)?;
    books::check_issuer(inventory.as_ref(), issuer)?;
    let issued = match &mut inventory {
        Some(inventory) => inventory
            .issue(&record, *at, sign)
            .map(|recorded| (Arc::clone(recorded.certificate()), Some(recorded))),
        None => {
            let inputs = pki::inputs(*at).map_err(|message| LoadError::Message(message, exit::INTERNAL))?;
            sign(&inputs)
                .map(|certificate| (certificate, None))
                .map_err(|error| IssueError::Refused(Box::new(error)))
        }
    };
    let (certificate, recorded) = match issued {
        Ok(issued) => issued,
        Err(IssueError::Inventory(message)) => return Err(unreadable(message)),
        Err(IssueError::Refused(error)) => return Ok(refused(&error, terminal)),
    };
    for finding in &findings {
        terminal.print_error(&format!("{}: {finding}", finding.severity()));
    }
    let text = authority.text(&certificate, arguments.chain);
    let exit = put(arguments.output.as_deref(), &text, terminal)?;
    if let (Some(inventory), Some(recorded)) = (&mut inventory, &recorded) {
        inventory.deliver(recorded, *at).map_err(unreadable)?;
    }
    Ok(exit)
}

/// The issuer with the distribution points of one certificate: `{partition}` depends on its serial number.
pub(super) fn with_points(issuer: &Issuer, arguments: &IssueArguments, inputs: &IssueInputs) -> Issuer {
    let Some(partitions) = arguments.crl_partitions else { return issuer.clone() };
    // The last octets of a random number are as random as any.
    let octets = inputs.serial_number.as_octets().iter().rev().take(4);
    let number = octets.fold(0u32, |number, octet| (number << 8) | u32::from(*octet));
    let partition = number.checked_rem(partitions).unwrap_or_default().to_string();
    let points = arguments.crl_uris.iter().map(|uri| uri.replace("{partition}", &partition)).collect();
    issuer.clone().with_distribution_points(points)
}

/// Says why nothing was issued: each reason with what belongs to it.
pub(super) fn refused(error: &certgate_bindings::Error, terminal: &mut Terminal<'_>) -> u8 {
    let renderer = terminal.renderer();
    for diagnostic in error.diagnostics() {
        terminal.print_error(&report::diagnostic(diagnostic, None, None, &renderer));
        for related in &diagnostic.related {
            terminal.print_error(&report::diagnostic(related, None, None, &renderer));
        }
    }
    exit::DENIED
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
        None | Some("-") => {
            terminal.print(text.trim_end());
            terminal.finish()?;
        }
        Some(file) => {
            pki::write_public(Path::new(file), text.as_bytes())?;
        }
    }
    Ok(exit::OK)
}

/// The CA of a file: its certificate first, then those above it.
pub(super) fn read_ca(file: &str, terminal: &mut Terminal<'_>) -> Result<Issuer, LoadError> {
    let unreadable = |message: String| LoadError::Message(message, exit::UNREADABLE);
    let bytes = input::read(file, terminal.stdin)?;
    let bundle = Bundle::parse(&bytes).map_err(|error| unreadable(format!("{file}: {error}")))?;
    let [certificate, above @ ..] = bundle.certificates() else {
        return Err(unreadable(format!("{file} holds no certificate")));
    };
    Issuer::new(certificate.clone(), above.to_vec()).map_err(|error| unreadable(format!("{file}: {error}")))
}

fn read_issuer(arguments: &IssueArguments, terminal: &mut Terminal<'_>) -> Result<Issuer, LoadError> {
    load::check_uris("--crl-uri", &arguments.crl_uris)?;
    load::check_uris("--issuer-uri", &arguments.issuer_uris)?;
    load::check_uris("--ocsp-uri", &arguments.ocsp_uris)?;
    let mut issuer = read_ca(&arguments.ca, terminal)?;
    let spread = arguments.crl_uris.iter().any(|uri| uri.contains("{partition}"));
    if spread != arguments.crl_partitions.is_some() {
        let message = "{partition} in --crl-uri and --crl-partitions go together";
        return Err(LoadError::Message(message.to_owned(), exit::USAGE));
    }
    if let Some(profile) = arguments.lint {
        issuer = issuer.with_lint(lint::word(Some(profile)).into());
    }
    if let Some(policy) = &arguments.constrain {
        issuer = issuer.with_constraints(load::policy(policy, terminal)?.policy.constraints());
    }
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
