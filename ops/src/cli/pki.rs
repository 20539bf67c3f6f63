use std::path::Path;

use certgate_bindings::read_document;

use super::args::{DevCaArguments, PkiCommand};
use super::load::{self, LoadError};
use super::{Terminal, constrain, exit};
use crate::input;
use crate::pki::{self, Plan, Written};

pub(super) fn run(command: &PkiCommand, terminal: &mut Terminal<'_>) -> u8 {
    match command {
        PkiCommand::Constrain { policy, format } => constrain::run(policy, *format, terminal),
        PkiCommand::Init { dir, plan } => {
            let text = match input::read_text(plan, terminal.stdin) {
                Ok(text) => text,
                Err(message) => return LoadError::Message(message, exit::UNREADABLE).report(terminal),
            };
            match read_document::<Plan>(&text) {
                Ok(parsed) => {
                    let beside = Path::new(plan).parent().unwrap_or(Path::new("")).to_owned();
                    init(&Plan { beside, ..parsed }, dir, terminal)
                }
                Err(error) => LoadError::Document {
                    name: input::display_name(plan),
                    text,
                    error,
                    exit: exit::UNREADABLE,
                }
                .report(terminal),
            }
        }
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
        Ok(plan) => init(&plan, &arguments.dir, terminal),
        Err(error) => {
            terminal.fail(&error.to_string());
            exit::INTERNAL
        }
    }
}

fn init(plan: &Plan, dir: &str, terminal: &mut Terminal<'_>) -> u8 {
    let at = match load::time(None, terminal) {
        Ok(at) => at,
        Err(error) => return error.report(terminal),
    };
    match pki::init(plan, Path::new(dir), at) {
        Ok(report) => {
            for (path, written) in &report.files {
                let word = match written {
                    Written::Created => "created",
                    Written::Unchanged => "kept",
                    Written::Replaced => "replaced",
                };
                terminal.print(&format!(
                    "{word:<9} {}",
                    crate::render::escape::escape(&path.display().to_string())
                ));
            }
            exit::OK
        }
        Err(message) => {
            terminal.fail(&message);
            exit::DENIED
        }
    }
}
