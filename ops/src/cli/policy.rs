use certgate_bindings::certgate::content;
use certgate_bindings::certgate::diagnostic::{Diagnostic, codes};
use certgate_bindings::import::{ImportMode, ImportOptions};
use certgate_bindings::sarif::{self, Finding};
use certgate_bindings::view::DiagnosticView;
use certgate_bindings::{Policy, schema};
use serde::Serialize;

use super::args::{Format, PolicyCommand};
use super::load::LoadError;
use super::{
    Terminal, exit, load, policy_diff, policy_explain, policy_export, policy_import, policy_test, worst,
};
use crate::input;
use crate::render::{github, report};

pub(super) fn run(command: &PolicyCommand, terminal: &mut Terminal<'_>) -> u8 {
    match command {
        PolicyCommand::Diff(arguments) => policy_diff::run(arguments, terminal),
        PolicyCommand::Explain(arguments) => policy_explain::run(arguments, terminal),
        PolicyCommand::Digest { policies } => {
            worst(policies.iter().map(|name| digest(name, terminal)).collect::<Vec<_>>())
        }
        PolicyCommand::Export { kind, policy } => policy_export::run(kind, policy, terminal),
        PolicyCommand::Import { exact, id, profile, format, kind, file } => {
            let mode = if *exact { ImportMode::Exact } else { ImportMode::Native };
            let options = ImportOptions { id: id.clone(), profile: profile.clone(), mode };
            policy_import::run(kind, file, &options, *format, terminal)
        }
        PolicyCommand::Lint { format, policies } => lint(*format, policies, terminal),
        PolicyCommand::List => {
            for policy in certgate_policies::ALL {
                let description = Policy::load(policy.text).ok().and_then(|policy| policy.view().description);
                terminal.print(&format!("{:<24} {}", policy.name, description.unwrap_or_default()));
            }
            exit::OK
        }
        PolicyCommand::Schema { name } => match schema::schema(name) {
            Some(schema) => {
                terminal.print(&serde_json::to_string_pretty(&schema).unwrap_or_default());
                exit::OK
            }
            None => {
                let names: Vec<&str> = schema::NAMES.iter().map(|(name, _)| *name).collect();
                terminal.fail(&format!("there is no schema {name}; there are {}", names.join(", ")));
                exit::USAGE
            }
        },
        PolicyCommand::Show { canonical, policy } => show(policy, *canonical, terminal),
        PolicyCommand::Test { format, coverage, files } => {
            policy_test::run(*format, *coverage, files, terminal)
        }
    }
}

fn digest(name: &str, terminal: &mut Terminal<'_>) -> u8 {
    match load::policy(name, terminal) {
        Ok(loaded) => {
            terminal.print(&format!("{}  {}", loaded.policy.digest(), loaded.name));
            exit::OK
        }
        Err(error) => error.report(terminal),
    }
}

fn show(name: &str, canonical: bool, terminal: &mut Terminal<'_>) -> u8 {
    if canonical {
        return match load::policy(name, terminal) {
            Ok(loaded) => {
                terminal.print(&loaded.policy.canonical_json());
                exit::OK
            }
            Err(error) => error.report(terminal),
        };
    }
    match load::policy_text(name, terminal) {
        Ok(text) if content::holds_private_key(&text) => {
            let error = Diagnostic::new(codes::INPUT_PRIVATE_KEY, "the text holds a private key").into();
            let name = input::display_name(name);
            LoadError::Document { name, text, error, exit: exit::POLICY }.report(terminal)
        }
        Ok(text) => {
            terminal.print(text.trim_end());
            exit::OK
        }
        Err(fault) => LoadError::of_file(fault, exit::POLICY).report(terminal),
    }
}

/// What is wrong with one policy, and the exit code that follows.
struct Linted {
    name: String,
    text: String,
    diagnostics: Vec<DiagnosticView>,
    exit: u8,
}

fn lint(format: Format, policies: &[String], terminal: &mut Terminal<'_>) -> u8 {
    let mut linted = Vec::new();
    for name in policies {
        let text = match load::policy_text(name, terminal) {
            Ok(text) => text,
            Err(fault) => return LoadError::of_file(fault, exit::POLICY).report(terminal),
        };
        let (diagnostics, exit) = match Policy::load(&text) {
            Ok(policy) => (policy.lint(terminal.now), exit::OK),
            Err(error) => (error.diagnostics().to_vec(), exit::POLICY),
        };
        linted.push(Linted { name: input::display_name(name), text, diagnostics, exit });
    }
    match format {
        Format::Text => {
            let renderer = terminal.renderer();
            for policy in &linted {
                for diagnostic in &policy.diagnostics {
                    terminal.print(&report::in_document(diagnostic, &policy.name, &policy.text, &renderer));
                }
                if policy.diagnostics.is_empty() {
                    terminal.print(&format!("{}: nothing to report", policy.name));
                }
            }
        }
        Format::Json => {
            let list: Vec<String> = linted.iter().map(Linted::to_json).collect();
            terminal.print(&format!("[{}]", list.join(",")));
        }
        Format::Ndjson => linted.iter().for_each(|policy| terminal.print(&policy.to_json())),
        Format::Github => {
            for policy in &linted {
                for diagnostic in &policy.diagnostics {
                    terminal.print(&github::annotation(&policy.name, diagnostic));
                }
            }
        }
        Format::Sarif => {
            let findings: Vec<Finding> = linted
                .iter()
                .flat_map(|policy| {
                    policy.diagnostics.iter().map(|diagnostic| Finding {
                        uri: policy.name.clone(),
                        diagnostic: diagnostic.clone(),
                    })
                })
                .collect();
            terminal.print(&serde_json::to_string_pretty(&sarif::log(&findings)).unwrap_or_default());
        }
    }
    worst(linted.iter().map(|policy| policy.exit))
}

impl Linted {
    fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Shown<'a> {
            policy: &'a str,
            valid: bool,
            diagnostics: &'a [DiagnosticView],
        }
        let valid = self.exit == exit::OK;
        let shown = Shown { policy: &self.name, valid, diagnostics: &self.diagnostics };
        // Plain data: serialising it cannot fail.
        serde_json::to_string(&shown).unwrap_or_default()
    }
}
