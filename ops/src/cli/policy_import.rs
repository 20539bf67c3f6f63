//! `certgate policy import`: the policy of another program as one of certgate.

use certgate_bindings::import::{ImportOptions, Imported, Peer, import_with};
use certgate_bindings::view::DiagnosticView;
use serde::Serialize;

use super::args::Format;
use super::load::LoadError;
use super::{Terminal, exit};
use crate::input;
use crate::render::report;

pub(super) fn run(
    kind: &str,
    file: &str,
    options: &ImportOptions,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> u8 {
    let Some(peer) = Peer::from_name(kind) else {
        terminal.fail(&format!("{kind} is no kind of policy that can be imported"));
        return exit::USAGE;
    };
    let text = match input::read_text(file, terminal.stdin) {
        Ok(text) => text,
        Err(fault) => return LoadError::from(fault).report(terminal),
    };
    let name = input::display_name(file);
    match (import_with(peer, &text, options), format) {
        (Ok(imported), Format::Text) => {
            let renderer = terminal.renderer();
            for note in &imported.notes {
                terminal.print_error(&report::in_document(note, &name, &text, &renderer));
            }
            terminal.print(imported.policy.source().as_str().trim_end());
            exit::OK
        }
        (Ok(imported), Format::Json) => {
            terminal.print(&to_json(&imported));
            exit::OK
        }
        (Err(error), Format::Json) => {
            #[derive(Serialize)]
            struct Failed<'a> {
                diagnostics: &'a [DiagnosticView],
            }
            let failed = Failed { diagnostics: error.diagnostics() };
            // Plain data: serialising it cannot fail.
            terminal.print(&serde_json::to_string(&failed).unwrap_or_default());
            exit::POLICY
        }
        (Err(error), Format::Text) => {
            LoadError::Document { name, text, error, exit: exit::POLICY }.report(terminal)
        }
        (_, Format::Ndjson | Format::Sarif | Format::Github) => {
            terminal.fail("a policy is printed as text or json");
            exit::USAGE
        }
    }
}

fn to_json(imported: &Imported) -> String {
    #[derive(Serialize)]
    struct Shown<'a> {
        policy: serde_json::Value,
        digest: &'a str,
        diagnostics: &'a [DiagnosticView],
    }
    let policy = serde_json::from_str(&imported.policy.canonical_json()).unwrap_or_default();
    let shown = Shown { policy, digest: imported.policy.digest(), diagnostics: &imported.notes };
    // Plain data: serialising it cannot fail.
    serde_json::to_string(&shown).unwrap_or_default()
}
