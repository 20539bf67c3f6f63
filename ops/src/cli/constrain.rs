use certgate_bindings::view::{ConstraintsView, SubtreeView};

use super::args::ConstrainFormat;
use super::{Terminal, exit, load};
use crate::render::escape::escape;

/// What of a policy the certificate of a CA can carry.
pub(super) fn run(policy: &str, format: ConstrainFormat, terminal: &mut Terminal<'_>) -> u8 {
    let loaded = match load::policy(policy, terminal) {
        Ok(loaded) => loaded,
        Err(error) => return error.report(terminal),
    };
    let view = loaded.policy.constraints_view();
    match format {
        ConstrainFormat::Json => terminal.print(&serde_json::to_string(&view).unwrap_or_default()),
        ConstrainFormat::Openssl => terminal.print(view.to_openssl().trim_end()),
        ConstrainFormat::Text => print_text(&view, terminal),
    }
    exit::OK
}

fn print_text(view: &ConstraintsView, terminal: &mut Terminal<'_>) {
    terminal.print(&format!("policy {} as constraints of a CA", escape(&view.policy.id)));
    terminal.print(&format!("  basicConstraints: CA, path length {}", view.path_length));
    let purposes = if view.purposes.is_empty() { "any".to_owned() } else { view.purposes.join(", ") };
    terminal.print(&format!("  extendedKeyUsage: {purposes}"));
    let print = |word: &str, list: &[SubtreeView], terminal: &mut Terminal<'_>| {
        for subtree in list {
            let value = if subtree.value.is_empty() { "every name" } else { &subtree.value };
            terminal.print(&format!("  {word} {}: {}", subtree.kind, escape(value)));
        }
    };
    print("permitted", &view.permitted, terminal);
    print("excluded", &view.excluded, terminal);
    if !view.notes.is_empty() {
        terminal.print("what the constraints let through and the policy does not:");
    }
    for note in &view.notes {
        terminal.print(&format!(
            "  {}: {} ({})",
            escape(&note.path_text()),
            escape(&note.message),
            note.code
        ));
    }
}
