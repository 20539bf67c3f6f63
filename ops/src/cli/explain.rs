use certgate_bindings::view::CodeView;

use super::args::{ExplainArguments, Format};
use super::{Terminal, exit};

pub(super) fn run(arguments: &ExplainArguments, terminal: &mut Terminal<'_>) -> u8 {
    match &arguments.code {
        None => {
            let codes = certgate_bindings::explain_all();
            if arguments.format == Format::Text {
                for code in &codes {
                    terminal.print(&format!("{:<44} {:<8} {}", code.code, code.severity, code.summary));
                }
            } else {
                terminal.print(&serde_json::to_string(&codes).unwrap_or_default());
            }
            exit::OK
        }
        Some(name) => match certgate_bindings::explain(name) {
            None => {
                terminal.fail(&format!("there is no code {name}; `certgate explain` lists them"));
                exit::USAGE
            }
            Some(code) if arguments.format == Format::Text => {
                print_one(&code, terminal);
                exit::OK
            }
            Some(code) => {
                terminal.print(&serde_json::to_string(&code).unwrap_or_default());
                exit::OK
            }
        },
    }
}

fn print_one(code: &CodeView, terminal: &mut Terminal<'_>) {
    terminal.print(&format!("{} ({})", code.code, code.severity));
    terminal.print(&format!("  what: {}", code.summary));
    terminal.print(&format!("  mend: {}", code.help));
    if let Some(citation) = &code.citation {
        terminal.print(&format!("  source: {citation}"));
    }
    terminal.print(&format!("  since: {}", code.since));
}
