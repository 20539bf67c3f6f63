use certgate_bindings::view::{CertificateView, DiagnosticView, LintRuleView, LintView, RequestView};
use certgate_bindings::{
    Bundle, Certificate, LintDocument, LintProfileWord, Request, kubernetes, lint_certificate, lint_list,
    lint_request, lint_rules,
};

use super::args::{Format, LintArguments, LintProfileName};
use super::{Terminal, answer, exit, worst};
use crate::input;
use crate::render::escape::escape;
use crate::render::field_text::FieldText;
use crate::render::report::{self, Source};

type Answer = answer::Answer<LintView>;

/// One object, with its fields for people.
struct Linted {
    name: String,
    answer: Answer,
    fields: Fields,
}

enum Fields {
    Request(Box<RequestView>),
    Certificate(Box<CertificateView>),
    None,
}

/// The profile in the words of the interface.
pub(super) fn word(profile: Option<LintProfileName>) -> LintProfileWord {
    match profile {
        None | Some(LintProfileName::Rfc5280) => LintProfileWord::Rfc5280,
        Some(LintProfileName::CabfTls) => LintProfileWord::CabfTls,
        Some(LintProfileName::Mozilla) => LintProfileWord::Mozilla,
        Some(LintProfileName::Private) => LintProfileWord::Private,
    }
}

pub(super) fn run(arguments: &LintArguments, terminal: &mut Terminal<'_>) -> u8 {
    if arguments.list {
        return list(arguments, terminal);
    }
    if let Some(text) = &arguments.at
        && certgate_bindings::parse_time(text).is_err()
    {
        terminal.fail("--at is no time in RFC 3339 such as 2027-01-01T00:00:00Z");
        return exit::USAGE;
    }
    let options = LintDocument { profile: word(arguments.profile), at: arguments.at.clone() };
    let names = if arguments.files.is_empty() { vec!["-".to_owned()] } else { arguments.files.clone() };
    let mut linted = Vec::new();
    for name in &names {
        linted.extend(lint(name, &options, terminal));
    }
    let exit = worst(linted.iter().map(|one| exit_code(&one.answer)));
    if arguments.format == Format::Text {
        linted.iter().for_each(|one| print_text(one, arguments.quiet, terminal));
        return exit;
    }
    let answers: Vec<(String, Answer)> = linted.into_iter().map(|one| (one.name, one.answer)).collect();
    match arguments.format {
        Format::Text => {}
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
    exit
}

/// Everything that one input holds.
fn lint(name: &str, options: &LintDocument, terminal: &mut Terminal<'_>) -> Vec<Linted> {
    let shown = input::display_name(name);
    let unread = |answer| vec![Linted { name: shown.clone(), answer, fields: Fields::None }];
    let bytes = match input::read(name, terminal.stdin) {
        Ok(bytes) => bytes,
        Err(fault) => return unread(Answer::unread(&fault.to_string())),
    };
    if let Some(text) = std::str::from_utf8(&bytes).ok().filter(|text| kubernetes::looks_like_secret(text)) {
        return match kubernetes::read_secrets(text) {
            Err(error) => unread(Answer::new(Err(error))),
            Ok(secrets) => secrets
                .into_iter()
                .flat_map(|secret| match secret {
                    Ok(secret) => {
                        bundle(&secret.certificate, &format!("{shown}: {}", secret.full_name()), options)
                    }
                    Err(error) => unread(Answer::new(Err(error))),
                })
                .collect(),
        };
    }
    if Bundle::is_one(&bytes) {
        return bundle(&bytes, &shown, options);
    }
    let requests = input::requests_of(&shown, bytes).into_iter();
    requests
        .map(|input| match &input.request {
            Err(error) => {
                Linted { name: input.name, answer: Answer::unreadable(error), fields: Fields::None }
            }
            Ok(bytes) => match Request::parse(bytes) {
                Err(error) => {
                    Linted { name: input.name, answer: Answer::new(Err(error)), fields: Fields::None }
                }
                Ok(request) => Linted {
                    name: input.name,
                    answer: Answer::new(lint_request(&request, options, terminal.now)),
                    fields: Fields::Request(Box::new(request.view())),
                },
            },
        })
        .collect()
}

/// The certificates and revocation lists of a bundle. What was passed over is an input that cannot be read.
fn bundle(bytes: &[u8], shown: &str, options: &LintDocument) -> Vec<Linted> {
    let one = |answer| vec![Linted { name: shown.to_owned(), answer, fields: Fields::None }];
    let bundle = match Bundle::parse(bytes) {
        Ok(bundle) => bundle,
        Err(error) => return one(Answer::new(Err(error))),
    };
    let is_empty = bundle.certificates().is_empty() && bundle.lists().is_empty();
    if let (true, Err(error)) = (is_empty, Certificate::parse(bytes)) {
        return one(Answer::new(Err(error)));
    }
    let certificates = bundle.certificates().iter().map(|certificate| {
        let certificate = Certificate::from(certificate.clone());
        let view = Fields::Certificate(Box::new(certificate.view()));
        (Answer::new(lint_certificate(&certificate, options)), view)
    });
    let lists = bundle.lists().iter().map(|list| (Answer::new(lint_list(list, options)), Fields::None));
    let passed_over =
        bundle.findings().into_iter().map(|finding| (Answer::Error(vec![finding]), Fields::None));
    let answers: Vec<(Answer, Fields)> = certificates.chain(lists).chain(passed_over).collect();
    let several = answers.len() > 1;
    let name = |index: usize| if several { format!("{shown}[{index}]") } else { shown.to_owned() };
    answers
        .into_iter()
        .enumerate()
        .map(|(index, (answer, fields))| Linted { name: name(index), answer, fields })
        .collect()
}

fn diagnostics(answer: &Answer) -> &[DiagnosticView] {
    match answer {
        Answer::View(view) => &view.findings,
        Answer::Error(diagnostics) => diagnostics,
    }
}

fn exit_code(answer: &Answer) -> u8 {
    match answer {
        Answer::View(view) if view.has_error() => exit::DENIED,
        Answer::View(_) => exit::OK,
        Answer::Error(_) => exit::UNREADABLE,
    }
}

fn print_text(one: &Linted, quiet: bool, terminal: &mut Terminal<'_>) {
    let Answer::View(view) = &one.answer else {
        return answer::print_unreadable(&one.name, &one.answer, terminal);
    };
    if quiet && view.findings.is_empty() {
        return;
    }
    let shown = escape(&one.name);
    let count = match view.findings.len() {
        0 => "no findings".to_owned(),
        1 => "1 finding".to_owned(),
        number => format!("{number} findings"),
    };
    terminal.print(&format!("{shown}: {} under {} of {}: {count}", view.target, view.profile, view.at));
    let text = match &one.fields {
        Fields::Request(view) => Some(FieldText::new(view)),
        Fields::Certificate(view) => Some(FieldText::of_certificate(view)),
        Fields::None => None,
    };
    let source = text.as_ref().map(|text| Source { name: &shown, text });
    let renderer = terminal.renderer();
    for finding in &view.findings {
        terminal.print(&report::diagnostic(finding, source.as_ref(), None, &renderer));
    }
}

/// The rules, or those of one profile.
fn list(arguments: &LintArguments, terminal: &mut Terminal<'_>) -> u8 {
    let profile = arguments.profile.map(|_| profile_name(word(arguments.profile)));
    let has = |rule: &LintRuleView| {
        profile.is_none_or(|name| rule.profiles.iter().any(|severity| severity.profile == name))
    };
    let rules: Vec<LintRuleView> = lint_rules().into_iter().filter(has).collect();
    match arguments.format {
        Format::Json => terminal.print(&serde_json::to_string(&rules).unwrap_or_default()),
        Format::Ndjson => {
            rules.iter().for_each(|rule| terminal.print(&serde_json::to_string(rule).unwrap_or_default()));
        }
        Format::Text => rules.iter().for_each(|rule| print_rule(rule, terminal)),
        Format::Sarif | Format::Github => {
            terminal.fail("the rules are printed as text, json or ndjson");
            return exit::USAGE;
        }
    }
    exit::OK
}

fn profile_name(word: LintProfileWord) -> &'static str {
    certgate_bindings::certgate::lint::Profile::from(word).as_str()
}

fn print_rule(rule: &LintRuleView, terminal: &mut Terminal<'_>) {
    let profiles: Vec<String> =
        rule.profiles.iter().map(|it| format!("{}={}", it.profile, it.severity)).collect();
    terminal.print(&format!("{}: {}", rule.code, rule.summary));
    terminal.print(&format!("  {}; since {}", rule.citation, rule.since.as_deref().unwrap_or("ever")));
    terminal.print(&format!("  {}; looks at {}", profiles.join(" "), rule.targets.join(", ")));
}
