use std::path::{Path, PathBuf};

use certgate_bindings::certgate::diagnostic::Diagnostic;
use certgate_bindings::view::DiagnosticView;
use certgate_bindings::{SourceText, read_document};

use super::args::{DevCaArguments, PkiCommand, RotateArguments, RotateStep};
use super::load::{self, LoadError};
use super::secrets::{PassphraseArguments, ProtectionArguments};
use super::{Terminal, constrain, exit};
use crate::input;
use crate::passphrase::PassphraseSource;
use crate::pki::{self, InitOptions, Plan, Report, RotationStep, Written};
use crate::render::escape::escape;
use crate::render::report;

pub(super) fn run(command: &PkiCommand, terminal: &mut Terminal<'_>) -> u8 {
    match command {
        PkiCommand::Constrain { policy, format } => constrain::run(policy, *format, terminal),
        PkiCommand::Rotate(arguments) => match rotate(arguments, terminal) {
            Ok(code) => code,
            Err(error) => error.report(terminal),
        },
        PkiCommand::Init { dir, plan, protection, passphrase, passphrase_files } => {
            let mut options = init_options(protection, passphrase);
            for named in passphrase_files {
                let Some((name, file)) = named.split_once('=') else {
                    terminal.fail(&format!("--passphrase-file-of {named} is not of the form NAME=FILE"));
                    return exit::USAGE;
                };
                options.passphrases.insert(name.to_owned(), PassphraseSource::File(PathBuf::from(file)));
            }
            match read_plan(plan, terminal) {
                Ok(read) => init(&read, dir, &options, terminal),
                Err(error) => error.report(terminal),
            }
        }
    }
}

/// A plan and its text, at whose places warnings are shown.
struct ReadPlan {
    plan: Plan,
    name: String,
    source: SourceText,
}

impl ReadPlan {
    fn parse(name: String, text: String, beside: PathBuf, file: Option<String>) -> Result<Self, LoadError> {
        match read_document::<Plan>(&text) {
            Ok(plan) => {
                Ok(Self { plan: Plan { beside, file, ..plan }, name, source: SourceText::new(&text) })
            }
            Err(error) => Err(LoadError::Document { name, text, error, exit: exit::UNREADABLE }),
        }
    }

    fn warn(&self, warnings: &[Diagnostic], terminal: &mut Terminal<'_>) {
        let renderer = terminal.renderer();
        for warning in warnings {
            let mut view = DiagnosticView::new(warning);
            view.position = self.source.locate(warning.path()).map(|span| self.source.position(span.start));
            terminal.print_error(&report::in_document(&view, &self.name, self.source.as_str(), &renderer));
        }
    }
}

fn read_plan(name: &str, terminal: &mut Terminal<'_>) -> Result<ReadPlan, LoadError> {
    let text = input::read_text(name, terminal.stdin)?;
    let beside = Path::new(name).parent().unwrap_or(Path::new("")).to_owned();
    ReadPlan::parse(input::display_name(name), text, beside, Some(name.to_owned()))
}

fn rotate(arguments: &RotateArguments, terminal: &mut Terminal<'_>) -> Result<u8, LoadError> {
    let refused = |message| LoadError::Message(message, exit::DENIED);
    let at = load::time(None, terminal)?;
    let read = read_plan(&arguments.plan, terminal)?;
    let plan = &read.plan;
    let (folder, name) = (Path::new(&arguments.dir), arguments.authority.as_str());
    let mut code = exit::OK;
    if let Some(step) = arguments.step {
        let step = match step {
            RotateStep::Prepare => RotationStep::Prepare,
            RotateStep::Switch => RotationStep::Switch,
            RotateStep::Retire => RotationStep::Retire,
        };
        let options = init_options(&arguments.protection, &arguments.passphrase);
        let report = pki::rotate(plan, folder, at, &options, name, step).map_err(refused)?;
        code = print(&report, &read, terminal);
    }
    let state = pki::rotation_state(plan, folder, name).map_err(refused)?;
    terminal.print(&escape(&format!("{name}: {}", state.as_str())));
    Ok(code)
}

fn init_options(protection: &ProtectionArguments, passphrase: &PassphraseArguments) -> InitOptions {
    InitOptions {
        passphrase: passphrase.source(),
        encrypt: protection.encrypts(),
        derivation: protection.derivation().to_owned(),
        ..InitOptions::default()
    }
}

/// A root, a server and a client: enough for TLS on this machine.
pub(super) fn dev_ca(arguments: &DevCaArguments, terminal: &mut Terminal<'_>) -> u8 {
    let names = if arguments.names.is_empty() {
        ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec()
    } else {
        arguments.names.clone()
    };
    let plan = serde_json::json!({
        "version": 1,
        "id": "dev-ca",
        "authorities": { "ca": {
            "subject": ["CN=certgate development CA"], "lifetime": "365d", "pathLength": 0,
            "certificate": "ca.pem", "privateKey": "ca.key",
        } },
        "certificates": {
            "server": {
                "issuer": "ca", "names": names, "purposes": ["serverAuth"], "lifetime": "90d",
                "certificate": "server.pem", "privateKey": "server.key",
            },
            "client": {
                "issuer": "ca", "subject": ["CN=client"], "purposes": ["clientAuth"], "lifetime": "90d",
                "certificate": "client.pem", "privateKey": "client.key",
            },
        },
    });
    match ReadPlan::parse("the plan of dev-ca".to_owned(), plan.to_string(), PathBuf::new(), None) {
        Ok(plan) => {
            init(&plan, &arguments.dir, &init_options(&arguments.protection, &arguments.passphrase), terminal)
        }
        Err(error) => {
            error.report(terminal);
            exit::INTERNAL
        }
    }
}

fn init(read: &ReadPlan, dir: &str, options: &InitOptions, terminal: &mut Terminal<'_>) -> u8 {
    let at = match load::time(None, terminal) {
        Ok(at) => at,
        Err(error) => return error.report(terminal),
    };
    read.warn(&read.plan.lint(), terminal);
    match pki::init_all(&read.plan, Path::new(dir), at, options) {
        Ok(report) => print(&report, read, terminal),
        Err(message) => {
            terminal.fail(&message);
            exit::DENIED
        }
    }
}

/// Prints what became of everything; gives the exit code.
fn print(report: &Report, read: &ReadPlan, terminal: &mut Terminal<'_>) -> u8 {
    for (path, written) in &report.files {
        let word = match written {
            Written::Created => "created",
            Written::Unchanged => "kept",
            Written::Replaced => "replaced",
        };
        terminal.print(&format!("{word:<9} {}", escape(&path.display().to_string())));
    }
    for (path, why) in &report.renewed {
        let path = path.display().to_string();
        terminal.print_error(&escape(&format!("certgate: {path} is made anew: {why}")));
    }
    read.warn(&report.warnings, terminal);
    for sentence in report.to_do.iter().chain(&report.failed) {
        terminal.fail(sentence);
    }
    if report.failed.is_empty() { exit::OK } else { exit::DENIED }
}
