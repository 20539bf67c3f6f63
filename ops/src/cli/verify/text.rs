use certgate_bindings::certgate::diagnostic::codes;
use certgate_bindings::view::PathCertificateView;

use super::{Answer, Outcome, ServerReport};
use crate::cli::{Terminal, answer};
use crate::render::escape::escape;
use crate::render::report;

pub(super) fn print_text(name: &str, answer: &Answer, terminal: &mut Terminal<'_>) {
    let shown = escape(name);
    let renderer = terminal.renderer();
    let report = match answer {
        Answer::View(report) => report,
        // The input was read, and there is nothing to hold it to.
        Answer::Error(faults) if faults.iter().all(|fault| fault.code == codes::CONTEXT_VALUE.as_str()) => {
            for fault in faults {
                let text = report::diagnostic(fault, None, None, &renderer);
                terminal.print_error(&format!("{shown}: cannot be verified\n{text}"));
            }
            return;
        }
        Answer::Error(_) => return answer::print_unreadable(name, answer, terminal),
    };
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
    for note in &report.notes {
        terminal.print(&format!("note: {}", escape(note)));
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
