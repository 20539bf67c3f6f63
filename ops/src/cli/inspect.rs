use certgate_bindings::kubernetes::{self, KubernetesSecret};
use certgate_bindings::view::{CertificateView, DiagnosticView, RequestView, RevocationListView};
use certgate_bindings::{Bundle, Certificate, Error};
use serde::Serialize;

use super::args::{InspectArguments, InspectFormat};
use super::{Terminal, answer, exit, worst};
use crate::input;
use crate::remote::StartTls;
use crate::render::escape::escape;
use crate::render::field_text::FieldText;
use crate::render::report::{self, Source};

/// What an input is.
#[derive(Serialize)]
#[serde(untagged)]
enum Object {
    Request(Box<RequestView>),
    Certificate(Box<CertificateView>),
    List(Box<RevocationListView>),
}

type Answer = answer::Answer<Object>;

/// One answer, and the Secret that it came from.
struct Inspected {
    name: String,
    answer: Answer,
    secret: Option<String>,
}

/// A certificate as `kubectl view-cert` prints it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ViewCert<'a> {
    secret_name: &'a str,
    namespace: &'a str,
    version: u32,
    serial_number: &'a str,
    issuer: &'a str,
    validity: ViewCertValidity<'a>,
    subject: &'a str,
    #[serde(rename = "IsCA")]
    is_ca: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ViewCertValidity<'a> {
    not_before: &'a str,
    not_after: &'a str,
}

pub(super) fn run(arguments: &InspectArguments, terminal: &mut Terminal<'_>) -> u8 {
    if arguments.asn1 {
        return super::asn1::run(arguments, terminal);
    }
    let names = if arguments.files.is_empty() { vec!["-".to_owned()] } else { arguments.files.clone() };
    let mut inspected = Vec::new();
    for name in &names {
        inspected.extend(inspect(name, arguments.starttls.as_deref(), terminal));
    }
    if arguments.format == InspectFormat::ViewCert {
        return print_view_cert(&inspected, terminal);
    }
    let answers: Vec<(String, Answer)> = inspected.into_iter().map(|one| (one.name, one.answer)).collect();
    match arguments.format {
        InspectFormat::Text => answers.iter().for_each(|(name, answer)| print_text(name, answer, terminal)),
        InspectFormat::Json => answer::print_json(&answers, terminal),
        InspectFormat::Ndjson => {
            answers.iter().for_each(|(name, answer)| terminal.print(&answer.to_named_json(name)));
        }
        InspectFormat::Sarif => {
            let mut findings = Vec::new();
            for (name, answer) in &answers {
                findings.extend(answer::findings(name, diagnostics(answer)));
            }
            answer::print_sarif(&findings, terminal);
        }
        InspectFormat::Github => {
            for (name, answer) in &answers {
                answer::print_github(name, diagnostics(answer), terminal);
            }
        }
        InspectFormat::ViewCert => {}
    }
    worst(answers.iter().map(|(_, answer)| exit_code(answer)))
}

/// Everything that one input holds.
fn inspect(name: &str, starttls: Option<&str>, terminal: &mut Terminal<'_>) -> Vec<Inspected> {
    let shown = input::display_name(name);
    let one = |answer| vec![Inspected { name: shown.clone(), answer, secret: None }];
    if let Some(server) = input::server(name, starttls) {
        return match server.and_then(|server| server.present(starttls.and_then(StartTls::from_name))) {
            Ok(presented) => inspect_bundle(presented.to_pem().as_bytes(), &shown),
            Err(message) => one(Answer::unreached(&message)),
        };
    }
    let bytes = match input::read(name, terminal.stdin) {
        Ok(bytes) => bytes,
        Err(fault) => return one(Answer::unread(&fault.to_string())),
    };
    if let Some(text) = std::str::from_utf8(&bytes).ok().filter(|text| kubernetes::looks_like_secret(text)) {
        return match kubernetes::read_secrets(text) {
            Err(error) => one(Answer::new(Err(error))),
            Ok(secrets) => secrets.into_iter().flat_map(|secret| inspect_secret(secret, &shown)).collect(),
        };
    }
    if Bundle::is_one(&bytes) {
        return inspect_bundle(&bytes, &shown);
    }
    input::requests_of(&shown, bytes)
        .into_iter()
        .map(|input| {
            let answer = match &input.request {
                Ok(bytes) => {
                    Answer::new(certgate_bindings::inspect(bytes).map(|view| Object::Request(Box::new(view))))
                }
                Err(error) => Answer::unreadable(error),
            };
            Inspected { name: input.name, answer, secret: None }
        })
        .collect()
}

/// The certificates of a Secret.
fn inspect_secret(secret: Result<KubernetesSecret, Error>, shown: &str) -> Vec<Inspected> {
    match secret {
        Ok(secret) => {
            let objects = inspect_bundle(&secret.certificate, &format!("{shown}: {}", secret.full_name()));
            let with_secret = |object| Inspected { secret: Some(secret.name.clone()), ..object };
            objects.into_iter().map(with_secret).collect()
        }
        Err(error) => {
            vec![Inspected { name: shown.to_owned(), answer: Answer::new(Err(error)), secret: None }]
        }
    }
}

/// The certificates and revocation lists of a bundle. What was passed over is an input that cannot be read.
fn inspect_bundle(bytes: &[u8], shown: &str) -> Vec<Inspected> {
    let bundle = match Bundle::parse(bytes) {
        Ok(bundle) => bundle,
        Err(error) => {
            return vec![Inspected { name: shown.to_owned(), answer: Answer::new(Err(error)), secret: None }];
        }
    };
    if let Some(error) = unreadable_certificate(bytes, &bundle) {
        return vec![Inspected { name: shown.to_owned(), answer: Answer::new(Err(error)), secret: None }];
    }
    let certificates = bundle.certificates().iter().map(|certificate| {
        let view = Certificate::from(std::sync::Arc::clone(certificate)).view();
        Answer::new(Ok::<_, Error>(Object::Certificate(Box::new(view))))
    });
    let lists = bundle
        .lists()
        .iter()
        .map(|list| Answer::new(Ok::<_, Error>(Object::List(Box::new(RevocationListView::new(list))))));
    let passed_over = bundle.findings().into_iter().map(|finding| Answer::Error(vec![finding]));
    let answers: Vec<Answer> = certificates.chain(lists).chain(passed_over).collect();
    let several = answers.len() > 1;
    answers
        .into_iter()
        .enumerate()
        .map(|(index, answer)| Inspected {
            name: if several { format!("{shown}[{index}]") } else { shown.to_owned() },
            answer,
            secret: None,
        })
        .collect()
}

/// Why the only thing of a bundle is no certificate: an error as other hosts give it, and no finding about a block.
fn unreadable_certificate(bytes: &[u8], bundle: &Bundle) -> Option<Error> {
    let is_empty = bundle.certificates().is_empty() && bundle.lists().is_empty();
    let findings = bundle.findings();
    let [finding] = findings.as_slice() else { return None };
    let error = Certificate::parse(bytes).err().filter(|_| is_empty)?;
    (error.code() == finding.code).then_some(error)
}

fn exit_code(answer: &Answer) -> u8 {
    match answer {
        Answer::View(_) if diagnostics(answer).iter().any(|finding| finding.severity == "error") => {
            exit::DENIED
        }
        Answer::View(_) => exit::OK,
        Answer::Error(_) => exit::UNREADABLE,
    }
}

fn diagnostics(answer: &Answer) -> &[DiagnosticView] {
    match answer {
        Answer::View(object) => match &**object {
            Object::Request(view) => &view.findings,
            Object::Certificate(view) => &view.findings,
            Object::List(view) => &view.findings,
        },
        Answer::Error(diagnostics) => diagnostics,
    }
}

fn print_view_cert(inspected: &[Inspected], terminal: &mut Terminal<'_>) -> u8 {
    let mut rows = Vec::new();
    for one in inspected {
        let Answer::View(object) = &one.answer else {
            answer::print_unreadable(&one.name, &one.answer, terminal);
            continue;
        };
        let Object::Certificate(view) = &**object else { continue };
        let mut parts = one.secret.as_deref().unwrap_or_default().rsplit('/');
        let secret_name = parts.next().unwrap_or_default();
        let namespace = parts.next().filter(|part| *part != "Secret").unwrap_or_default();
        rows.push(ViewCert {
            secret_name,
            namespace,
            version: view.version,
            serial_number: &view.serial_number,
            issuer: &view.issuer.text,
            validity: ViewCertValidity { not_before: &view.not_before, not_after: &view.not_after },
            subject: &view.subject.text,
            is_ca: view.ca,
        });
    }
    terminal.print(&serde_json::to_string_pretty(&rows).unwrap_or_default());
    worst(inspected.iter().map(|one| exit_code(&one.answer)))
}

fn print_text(name: &str, answer: &Answer, terminal: &mut Terminal<'_>) {
    let Answer::View(object) = answer else {
        return answer::print_unreadable(name, answer, terminal);
    };
    let shown = escape(name);
    let (what, text) = match &**object {
        Object::Request(view) => ("certification request", FieldText::new(view)),
        Object::Certificate(view) => ("certificate", FieldText::of_certificate(view)),
        Object::List(view) => return print_list(&shown, view, terminal),
    };
    let digests = match &**object {
        Object::Request(view) => Some(&view.fingerprints),
        Object::Certificate(view) => Some(&view.fingerprints),
        Object::List(_) => None,
    };
    terminal.print(&format!("{shown}: {what}"));
    for line in text.as_str().lines() {
        terminal.print(&format!("  {line}"));
    }
    if let Some(digests) = digests {
        terminal.print(&format!("  SHA-256: {}", digests.sha256));
        terminal.print(&format!("  SHA-256 of the key: {}", digests.public_key_sha256));
    }
    if let (Object::Certificate(view), Some(now)) = (&**object, terminal.now) {
        terminal.print(&format!("  {}", days_left(&view.not_after, now)));
    }
    let renderer = terminal.renderer();
    let source = Source { name: &shown, text: &text };
    for finding in diagnostics(answer) {
        terminal.print(&report::diagnostic(finding, Some(&source), None, &renderer));
    }
}

/// How long the certificate still lives.
fn days_left(not_after: &str, now: certgate_bindings::certgate::time::Timestamp) -> String {
    const DAY: i64 = 86_400;
    let end = certgate_bindings::certgate::time::Timestamp::from_rfc3339(not_after);
    match end.map(|end| end.seconds_since(now)) {
        Some(left) if left >= 0 => format!("days left: {}", left.div_euclid(DAY)),
        Some(left) => format!("expired {} days ago", left.saturating_neg().div_euclid(DAY)),
        None => String::new(),
    }
}

fn print_list(shown: &str, view: &RevocationListView, terminal: &mut Terminal<'_>) {
    terminal.print(&format!("{shown}: certificate revocation list"));
    terminal.print(&format!("  issuer: {}", escape(&view.issuer.text)));
    terminal.print(&format!("  this update: {}", view.this_update));
    terminal.print(&format!("  next update: {}", view.next_update.as_deref().unwrap_or("not given")));
    if let Some(number) = &view.number {
        terminal.print(&format!("  number: {number}"));
    }
    terminal.print(&format!("  entries: {}", view.entries.len()));
    for entry in &view.entries {
        terminal.print(&format!("    {} {} {}", entry.serial_number, entry.revocation_date, entry.reason));
    }
}
