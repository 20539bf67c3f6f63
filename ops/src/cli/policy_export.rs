//! `certgate policy export`: a policy as another program writes it.

use certgate_bindings::export::{ExportKind, export};

use super::load::{self, LoadError};
use super::{Terminal, exit};

pub(super) fn run(kind: &str, policy: &str, terminal: &mut Terminal<'_>) -> u8 {
    let Some(kind) = ExportKind::from_name(kind) else {
        terminal.fail(&format!("{kind} is no kind of policy that can be written"));
        return exit::USAGE;
    };
    let loaded = match load::policy(policy, terminal) {
        Ok(loaded) => loaded,
        Err(error) => return error.report(terminal),
    };
    match export(&loaded.policy, kind) {
        Ok(text) => {
            terminal.print(text.trim_end());
            exit::OK
        }
        Err(error) => {
            let text = loaded.policy.source().as_str().to_owned();
            LoadError::Document { name: loaded.name, text, error, exit: exit::POLICY }.report(terminal)
        }
    }
}
