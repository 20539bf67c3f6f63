use certgate_bindings::certgate::diagnostic::codes;
use certgate_bindings::certgate::oid::{Oid, OidKind};
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::certgate::verify::{PeerName, Purpose};
use certgate_bindings::kubernetes;
use certgate_bindings::view::{DiagnosticView, NotVerifiedView, PathCertificateView, VerifiedPathView};
use certgate_bindings::{
    Bundle, Error, Evidence, IssuerRulesWord, PoliciesDocument, ProfileWord, RevocationDocument, ScopeWord,
    UnknownWord, Verifier, VerifierDocument, VerifyDocument, view_path,
};
use serde::Serialize;

use super::args::{Format, ProfileName, VerifyArguments};
use super::load::{self, LoadError};
use super::{Terminal, answer, exit, worst};
use crate::input;
use crate::remote::{self, Server, StartTls};
use crate::render::escape::escape;
use crate::render::report;
use crate::store::{self, StoreDescription};

/// What was found out about one certificate.
#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Verified(VerifiedPathView),
    NotVerified(NotVerifiedView),
}

/// An outcome with the trust stores that it rests on.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    outcome: Outcome,
    trust: Vec<StoreDescription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<ServerReport>,
}

/// What a server presented, besides whether it verifies.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ServerReport {
    /// The version of TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// Number of certificates that came.
    certificates: usize,
    /// Whole days until the server's certificate expires; negative if it has.
    days_left: i64,
    /// The names that it covers.
    names: Vec<String>,
    /// Oddities of the chain.
    notes: Vec<String>,
}

type Answer = answer::Answer<Report>;

/// One certificate with what came beside it.
struct Subject {
    name: String,
    bundle: Result<Bundle, Error>,
    /// Trust anchors that came with it: `ca.crt` of a Secret.
    ca: Option<Vec<u8>>,
    /// The host that it must be for, and the version of TLS, if a server presented it.
    server: Option<(String, Option<String>)>,
    /// An OCSP response that came with it.
    ocsp: Option<Vec<u8>>,
}

/// What one run verifies by.
struct Job {
    anchors: Bundle,
    trust: Vec<StoreDescription>,
    intermediates: Bundle,
    options: VerifierDocument,
    asked: VerifyDocument,
    evidence: Evidence,
    at: Timestamp,
}

pub(super) fn run(arguments: &VerifyArguments, terminal: &mut Terminal<'_>) -> u8 {
    if arguments.explain_profile {
        return explain_profile(arguments, terminal);
    }
    let job = match Job::load(arguments, terminal) {
        Ok(job) => job,
        Err(error) => return error.report(terminal),
    };
    let names = if arguments.files.is_empty() { vec!["-".to_owned()] } else { arguments.files.clone() };
    let mut answers: Vec<(String, Answer)> = Vec::new();
    for name in &names {
        match read_subjects(name, arguments.starttls.as_deref(), terminal) {
            Err(answer) => answers.push((input::display_name(name), answer)),
            Ok(subjects) => {
                // A Secret may bring its own.
                if job.anchors.certificates().is_empty()
                    && subjects.iter().any(|subject| subject.ca.is_none())
                {
                    let help = "give the certificate of a root with --anchors, or a trust store with --store";
                    let message = "there is no trust anchor".to_owned();
                    return load::refusal(codes::CONTEXT_VALUE, message, help, exit::USAGE).report(terminal);
                }
                for subject in subjects {
                    let answer = Answer::new(job.verify(&subject));
                    answers.push((subject.name, answer));
                }
            }
        }
    }
    match arguments.format {
        Format::Text => answers.iter().for_each(|(name, answer)| print_text(name, answer, terminal)),
        Format::Json => answer::print_json(&answers, terminal),
        Format::Ndjson => {
            answers.iter().for_each(|(name, answer)| terminal.print(&answer.to_named_json(name)));
        }
        Format::Sarif => {
            let mut findings = Vec::new();
            for (name, answer) in &answers {
                findings.extend(answer::findings(name, diagnostics(answer)));
            }
            answer::print_sarif(&findings, terminal);
        }
        Format::Github => {
            for (name, answer) in &answers {
                answer::print_github(name, diagnostics(answer), terminal);
            }
        }
    }
    worst(answers.iter().map(|(_, answer)| exit_code(answer)))
}

fn explain_profile(arguments: &VerifyArguments, terminal: &mut Terminal<'_>) -> u8 {
    let name = profile_name(arguments.profile);
    let Some(profile) = certgate_bindings::profile(name) else {
        terminal.fail("the profile is not known");
        return exit::INTERNAL;
    };
    if arguments.format != Format::Text {
        terminal.print(&serde_json::to_string(&profile).unwrap_or_default());
        return exit::OK;
    }
    terminal.print(&format!("{}: {}", profile.name, profile.summary));
    for rule in &profile.rules {
        let citation = rule.citation.as_deref().unwrap_or("certgate");
        terminal.print(&format!(
            "  {:<40} {:<9} {:<26} {citation}: {}",
            rule.code,
            rule.side,
            rule.roles.join(","),
            rule.summary
        ));
    }
    terminal.print(&format!("public suffix list of {}", profile.public_suffix_list));
    exit::OK
}

fn profile_name(profile: ProfileName) -> &'static str {
    match profile {
        ProfileName::Rfc5280 => "rfc5280",
        ProfileName::Webpki => "webpki",
        ProfileName::Private => "private",
    }
}

/// Whether the options say what the engine knows: they are those of all inputs.
fn check_words(arguments: &VerifyArguments) -> Result<(), LoadError> {
    let refuse = |option: &str, word: &str, what: &str, help: &str| {
        Err(load::refusal(codes::CONTEXT_VALUE, format!("{option} `{word}` {what}"), help, exit::USAGE))
    };
    if Purpose::parse(&arguments.purpose).is_none() {
        let help = "give server, client, code, mail, timeStamping, any, or an object identifier";
        return refuse("--purpose", &arguments.purpose, "is no purpose", help);
    }
    if let Some(name) = arguments.names.iter().find(|name| PeerName::parse(name).is_none()) {
        return refuse("--name", name, "is no name", "give a host name, an IP address, a mailbox or a URI");
    }
    if let Some(oid) = arguments.policies.iter().find(|oid| Oid::from_label(oid, OidKind::Other).is_none()) {
        return refuse("--policy-oid", oid, "is no object identifier", "write it in dotted decimal");
    }
    Ok(())
}

impl Job {
    fn load(arguments: &VerifyArguments, terminal: &mut Terminal<'_>) -> Result<Self, LoadError> {
        let unreadable = |message| LoadError::Message(message, exit::UNREADABLE);
        let at = load::time(arguments.at.as_deref(), terminal)?;
        check_words(arguments)?;
        let mut anchors = Bundle::default();
        let mut trust = Vec::new();
        for name in &arguments.stores {
            let store = store::read(name).map_err(|message| LoadError::Message(message, exit::USAGE))?;
            anchors.extend(store.bundle);
            trust.push(store.description);
        }
        for name in &arguments.anchors {
            let store = store::from_file(name, std::path::Path::new(name)).map_err(unreadable)?;
            if store.bundle.certificates().is_empty() {
                let why = store.bundle.findings().first().map(|finding| format!(": {}", finding.message));
                return Err(unreadable(format!("{name} holds no certificate{}", why.unwrap_or_default())));
            }
            anchors.extend(store.bundle);
            trust.push(store.description);
        }
        let mut intermediates = Bundle::default();
        for name in &arguments.intermediates {
            let store = store::from_file(name, std::path::Path::new(name)).map_err(unreadable)?;
            intermediates.extend(store.bundle);
        }
        let mut evidence = Evidence::default();
        for name in &arguments.lists {
            let bytes = input::read(name, terminal.stdin)?;
            evidence.add_lists(&bytes).map_err(|error| unreadable(format!("{name}: {error}")))?;
        }
        for name in &arguments.responses {
            let bytes = input::read(name, terminal.stdin)?;
            evidence.add_response(&bytes).map_err(|error| unreadable(format!("{name}: {error}")))?;
        }
        let revocation = (arguments.revocation_leaf_only || arguments.allow_unknown_status).then_some(
            RevocationDocument {
                scope: if arguments.revocation_leaf_only { ScopeWord::Leaf } else { ScopeWord::Chain },
                unknown: if arguments.allow_unknown_status {
                    UnknownWord::Allow
                } else {
                    UnknownWord::Refuse
                },
            },
        );
        let asked = VerifyDocument {
            purpose: Some(arguments.purpose.clone()),
            names: arguments.names.clone(),
            key_usage: Vec::new(),
            depth: arguments.depth,
            policies: PoliciesDocument {
                acceptable: arguments.policies.clone(),
                require_explicit: arguments.require_policy,
                ..PoliciesDocument::default()
            },
            revocation,
        };
        let options = VerifierDocument {
            profile: match arguments.profile {
                ProfileName::Rfc5280 => ProfileWord::Rfc5280,
                ProfileName::Webpki => ProfileWord::Webpki,
                ProfileName::Private => ProfileWord::Private,
            },
            issuer_rules: if arguments.ignore_issuer_rules {
                IssuerRulesWord::Ignore
            } else {
                IssuerRulesWord::Enforce
            },
        };
        Ok(Self { anchors, trust, intermediates, options, asked, evidence, at })
    }

    fn verify(&self, subject: &Subject) -> Result<Report, Error> {
        let bundle = subject.bundle.as_ref().map_err(Clone::clone)?;
        let mut trust = self.trust.clone();
        let mut anchors = self.anchors.clone();
        // Without other anchors a Secret's own ca.crt is what its users trust.
        if let (true, Some(ca)) = (anchors.certificates().is_empty(), &subject.ca) {
            anchors = Bundle::parse(ca)?;
            trust.push(StoreDescription {
                name: "ca.crt".to_owned(),
                source: subject.name.clone(),
                date: None,
                certificates: anchors.certificates().len(),
                passed_over: anchors.findings().len(),
            });
        }
        let verifier = Verifier::new(&anchors, &self.intermediates, &self.options)?;
        let mut asked = self.asked.clone();
        let mut evidence = self.evidence.clone();
        if let (Some((host, _)), true) = (&subject.server, asked.names.is_empty()) {
            asked.names.push(host.clone());
        }
        // A stapled response counts where revocation is looked at; it alone does not make it so.
        if let (Some(response), true) = (&subject.ocsp, asked.revocation.is_some()) {
            evidence.add_response(response)?;
        }
        let outcome = match verifier.verify_presented(bundle, self.at, &asked, &evidence)? {
            Ok(path) => Outcome::Verified(view_path(&path)),
            Err(failure) => Outcome::NotVerified(failure),
        };
        let server = subject.server.as_ref().map(|(_, version)| self.server_report(bundle, version.clone()));
        Ok(Report { outcome, trust, server })
    }
}

impl Job {
    fn server_report(&self, bundle: &Bundle, version: Option<String>) -> ServerReport {
        const DAY: i64 = 86_400;
        let leaf = bundle.certificates().first();
        let left = leaf.map(|leaf| leaf.validity().not_after.seconds_since(self.at)).unwrap_or_default();
        let names = leaf.map(|leaf| leaf.subject_alt_names()).unwrap_or_default();
        ServerReport {
            version,
            certificates: bundle.certificates().len(),
            days_left: left.div_euclid(DAY),
            names: names.iter().map(|name| name.display()).collect(),
            notes: remote::notes(bundle),
        }
    }
}

/// What a server presents. One that does not prove that it has the key presents nothing.
fn present(server: &Server, name: &str, starttls: Option<&str>) -> Result<Vec<Subject>, String> {
    let presented = server.present(starttls.and_then(StartTls::from_name))?;
    if let Some(why) = presented.unproven {
        return Err(format!(
            "{name}: the server did not prove that it has the key of its certificate: {why}"
        ));
    }
    Ok(vec![Subject {
        name: name.to_owned(),
        bundle: presented.bundle(),
        ca: None,
        server: Some((server.host.clone(), presented.version)),
        ocsp: presented.ocsp,
    }])
}

/// The certificates of one input, or the answer if it cannot be read: a bundle, or as many as there are Secrets.
fn read_subjects(
    name: &str,
    starttls: Option<&str>,
    terminal: &mut Terminal<'_>,
) -> Result<Vec<Subject>, Answer> {
    if let Some(server) = input::server(name, starttls) {
        let presented = server.and_then(|server| present(&server, name, starttls));
        return presented.map_err(|message| Answer::unreached(&message));
    }
    let bytes = input::read(name, terminal.stdin).map_err(|fault| Answer::unread(&fault.to_string()))?;
    let shown = input::display_name(name);
    let single = |bundle| vec![Subject { name: shown.clone(), bundle, ca: None, server: None, ocsp: None }];
    Ok(match std::str::from_utf8(&bytes) {
        Ok(text) if kubernetes::looks_like_secret(text) => match kubernetes::read_secrets(text) {
            Err(error) => single(Err(error)),
            Ok(secrets) => secrets
                .into_iter()
                .map(|secret| {
                    let (name, bundle, ca) = match secret {
                        Ok(secret) => {
                            let name = format!("{shown}: {}", secret.name);
                            (name, Bundle::parse(&secret.certificate), secret.ca)
                        }
                        Err(error) => (shown.clone(), Err(error), None),
                    };
                    Subject { name, bundle, ca, server: None, ocsp: None }
                })
                .collect(),
        },
        _ => single(Bundle::parse(&bytes)),
    })
}

fn exit_code(answer: &Answer) -> u8 {
    match answer {
        Answer::View(report) => match report.outcome {
            Outcome::Verified(_) => exit::OK,
            Outcome::NotVerified(_) => exit::DENIED,
        },
        Answer::Error(_) => exit::UNREADABLE,
    }
}

fn diagnostics(answer: &Answer) -> &[DiagnosticView] {
    match answer {
        Answer::View(report) => match &report.outcome {
            Outcome::Verified(path) => &path.warnings,
            Outcome::NotVerified(failure) => &failure.reasons,
        },
        Answer::Error(diagnostics) => diagnostics,
    }
}

fn print_text(name: &str, answer: &Answer, terminal: &mut Terminal<'_>) {
    let Answer::View(report) = answer else {
        return answer::print_unreadable(name, answer, terminal);
    };
    let shown = escape(name);
    let renderer = terminal.renderer();
    match &report.outcome {
        Outcome::Verified(path) => {
            terminal.print(&format!("{shown}: verified at {}, valid until {}", path.at, path.valid_until));
            print_path(&path.path, terminal);
            if !path.policies.is_empty() {
                terminal.print(&format!("  policies: {}", path.policies.join(", ")));
            }
            for warning in &path.warnings {
                terminal.print(&report::diagnostic(warning, None, None, &renderer));
            }
        }
        Outcome::NotVerified(failure) => {
            terminal.print(&format!("{shown}: not verified"));
            for reason in &failure.reasons {
                terminal.print(&report::diagnostic(reason, None, None, &renderer));
            }
            for (index, tried) in failure.tried.iter().enumerate() {
                let number = index.saturating_add(1);
                terminal.print(&format!("path {number} of {} that were tried:", failure.paths));
                print_path(&tried.path, terminal);
                let at = report::path(&tried.reason.path);
                terminal.print(&format!("  stopped at {}: {}", escape(&at), escape(&tried.reason.message)));
            }
        }
    }
    if let Some(server) = &report.server {
        print_server(server, terminal);
    }
    for store in &report.trust {
        let date = store.date.as_deref().map(|date| format!(", of {date}")).unwrap_or_default();
        terminal.print(&format!(
            "trust: {} ({}{date}), {} certificates",
            escape(&store.name),
            escape(&store.source),
            store.certificates
        ));
    }
}

fn print_server(server: &ServerReport, terminal: &mut Terminal<'_>) {
    let version = server.version.as_deref().unwrap_or("TLS");
    terminal.print(&format!(
        "server: {version}, {} certificates, days left: {}",
        server.certificates, server.days_left
    ));
    terminal.print(&format!("names: {}", escape(&server.names.join(", "))));
    for note in &server.notes {
        terminal.print(&format!("note: {}", escape(note)));
    }
}

fn print_path(path: &[PathCertificateView], terminal: &mut Terminal<'_>) {
    for (index, certificate) in path.iter().enumerate() {
        terminal.print(&format!(
            "  {index}: {}, until {}",
            escape(&certificate.subject),
            certificate.not_after
        ));
    }
}
