use std::sync::Arc;

use certgate_bindings::certgate::diagnostic::{Diagnostic, codes};
use certgate_bindings::certgate::oid::{Oid, OidKind};
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::certgate::verify::{PeerName, Purpose};
use certgate_bindings::kubernetes;
use certgate_bindings::view::{DiagnosticView, NotVerifiedView, VerifiedPathView};
use certgate_bindings::{
    Bundle, Error, Evidence, IssuerRulesWord, PoliciesDocument, ProfileWord, RevocationDocument, ScopeWord,
    UnknownWord, Verifier, VerifierDocument, VerifyDocument, view_path,
};
use serde::Serialize;

use super::args::{Format, ProfileName, VerifyArguments};
use super::load::{self, LoadError};
use super::{Terminal, answer, exit, worst};
use crate::input;
use crate::leaf::Leaf;
use crate::remote::{self, Server, StartTls};
use crate::store::{self, Store, StoreDescription};

mod text;

use text::print_text;

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
    /// What is odd about a file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
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
    /// Trust anchors that came with it, and the field of the Secret that they stand in.
    ca: Option<(&'static str, Vec<u8>)>,
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
    let (mut anchored, mut unanchored) = (false, 0usize);
    for name in &names {
        match read_subjects(name, arguments.starttls.as_deref(), terminal) {
            Err(answer) => answers.push((input::display_name(name), answer)),
            Ok(subjects) => {
                for subject in subjects {
                    // A Secret may bring its own.
                    let has_anchor = !job.anchors.certificates().is_empty() || subject.ca.is_some();
                    let answer = if has_anchor || subject.bundle.is_err() {
                        Answer::new(job.verify(&subject))
                    } else {
                        Answer::new(Err(no_anchor().into()))
                    };
                    anchored |= has_anchor;
                    if !has_anchor && subject.bundle.is_ok() {
                        unanchored = unanchored.saturating_add(1);
                    }
                    answers.push((subject.name, answer));
                }
            }
        }
    }
    if unanchored > 0 && unanchored == answers.len() {
        return LoadError::Refused(Box::new(no_anchor().into()), exit::USAGE).report(terminal);
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
    if unanchored > 0 && !anchored {
        return exit::USAGE;
    }
    worst(answers.iter().map(|(_, answer)| exit_code(answer)))
}

fn no_anchor() -> Diagnostic {
    let help = "give the certificate of a root with --anchors, or a trust store with --store";
    Diagnostic::new(codes::CONTEXT_VALUE, "there is no trust anchor").with_help(help)
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
            let store = read_store(name, terminal)?;
            if store.bundle.certificates().is_empty() {
                return Err(LoadError::unreadable_in(name, no_certificate(&store.bundle)));
            }
            anchors.extend(store.bundle);
            trust.push(store.description);
        }
        let mut intermediates = Bundle::default();
        for name in &arguments.intermediates {
            intermediates.extend(read_store(name, terminal)?.bundle);
        }
        let mut evidence = Evidence::default();
        for name in &arguments.lists {
            let bytes = input::read(name, terminal.stdin)?;
            evidence.add_lists(&bytes).map_err(|error| LoadError::unreadable_in(name, error))?;
        }
        for name in &arguments.responses {
            let bytes = input::read(name, terminal.stdin)?;
            evidence.add_response(&bytes).map_err(|error| LoadError::unreadable_in(name, error))?;
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
        // Without other anchors a Secret's own is what its users trust.
        if let (true, Some((field, ca))) = (anchors.certificates().is_empty(), &subject.ca) {
            anchors = Bundle::parse(ca)?;
            trust.push(StoreDescription {
                name: (*field).to_owned(),
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
        let notes = if server.is_some() { Vec::new() } else { Leaf::misplaced(bundle).into_iter().collect() };
        Ok(Report { outcome, trust, server, notes })
    }
}

impl Job {
    fn server_report(&self, bundle: &Bundle, version: Option<String>) -> ServerReport {
        const DAY: i64 = 86_400;
        let leaf = bundle.split_leaf().ok().map(|(leaf, _)| Arc::clone(leaf.as_core()));
        let left =
            leaf.as_ref().map(|leaf| leaf.validity().not_after.seconds_since(self.at)).unwrap_or_default();
        let names = leaf.as_ref().map(|leaf| leaf.subject_alt_names()).unwrap_or_default();
        ServerReport {
            version,
            certificates: bundle.certificates().len(),
            days_left: left.div_euclid(DAY),
            names: names.iter().map(|name| name.display()).collect(),
            notes: remote::notes(bundle),
        }
    }
}

/// The certificates of a file, or of standard input for `-`.
fn read_store(name: &str, terminal: &mut Terminal<'_>) -> Result<Store, LoadError> {
    let bytes = input::read(name, terminal.stdin)?;
    let shown = input::display_name(name);
    store::from_bytes(&shown, std::path::Path::new(&shown), &bytes)
        .map_err(|error| LoadError::unreadable_in(name, error))
}

fn no_certificate(bundle: &Bundle) -> Error {
    let why = bundle.findings().first().map(|finding| format!(": {}", finding.message));
    let message = format!("the file holds no certificate that can be read{}", why.unwrap_or_default());
    let help = "give the certificates of the roots that you trust, in PEM or DER";
    Diagnostic::new(codes::INPUT_OTHER_CONTENT, message).with_help(help).into()
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
                            let name = format!("{shown}: {}", secret.full_name());
                            let ca = secret.ca.map(|ca| (secret.ca_field, ca));
                            (name, Bundle::parse(&secret.certificate), ca)
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
