use std::path::{Path, PathBuf};

use certgate_bindings::read_document;

use super::args::{DevCaArguments, PkiCommand, RotateArguments, RotateStep};
use super::load::{self, LoadError};
use super::secrets::{PassphraseArguments, ProtectionArguments};
use super::{Terminal, constrain, exit};
use crate::input;
use crate::passphrase::PassphraseSource;
use crate::pki::{self, InitOptions, Plan, Report, RotationStep, Written};
use crate::render::escape::escape;

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
                Ok(parsed) => init(&parsed, dir, &options, terminal),
                Err(error) => error.report(terminal),
            }
        }
    }
}

fn read_plan(name: &str, terminal: &mut Terminal<'_>) -> Result<Plan, LoadError> {
    let text = input::read_text(name, terminal.stdin)?;
    let parsed = read_document::<Plan>(&text).map_err(|error| LoadError::Document {
        name: input::display_name(name),
        text,
        error,
        exit: exit::UNREADABLE,
    })?;
    let beside = Path::new(name).parent().unwrap_or(Path::new("")).to_owned();
    Ok(Plan { beside, ..parsed })
}

fn rotate(arguments: &RotateArguments, terminal: &mut Terminal<'_>) -> Result<u8, LoadError> {
    let refused = |message| LoadError::Message(message, exit::DENIED);
    let at = load::time(None, terminal)?;
    let plan = read_plan(&arguments.plan, terminal)?;
    let (folder, name) = (Path::new(&arguments.dir), arguments.authority.as_str());
    if let Some(step) = arguments.step {
        let step = match step {
            RotateStep::Prepare => RotationStep::Prepare,
            RotateStep::Switch => RotationStep::Switch,
            RotateStep::Retire => RotationStep::Retire,
        };
        let options = init_options(&arguments.protection, &arguments.passphrase);
        let report = pki::rotate(&plan, folder, at, &options, name, step).map_err(refused)?;
        print(&report, terminal);
    }
    let state = pki::rotation_state(&plan, folder, name).map_err(refused)?;
    terminal.print(&escape(&format!("{name}: {}", state.as_str())));
    Ok(exit::OK)
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
    match read_document::<Plan>(&plan.to_string()) {
        Ok(plan) => {
            init(&plan, &arguments.dir, &init_options(&arguments.protection, &arguments.passphrase), terminal)
        }
        Err(error) => {
            terminal.fail(&error.to_string());
            exit::INTERNAL
        }
    }
}

fn init(plan: &Plan, dir: &str, options: &InitOptions, terminal: &mut Terminal<'_>) -> u8 {
    let at = match load::time(None, terminal) {
        Ok(at) => at,
        Err(error) => return error.report(terminal),
    };
    match pki::init(plan, Path::new(dir), at, options) {
        Ok(report) => {
            print(&report, terminal);
            exit::OK
        }
        Err(message) => {
            terminal.fail(&message);
            exit::DENIED
        }
    }
}

fn print(report: &Report, terminal: &mut Terminal<'_>) {
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
}
