//! `certgate policy diff`: whose verdict changes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use certgate_bindings::certgate::diagnostic::codes;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::compare::{self, AtMostView, ComparedRequestView, ComparisonView, ExampleView};
use certgate_bindings::view::DiagnosticView;
use certgate_bindings::{ContextDocument, Error};

use super::args::{DiffArguments, Format};
use super::load::{self, LoadedPolicy};
use super::{Terminal, exit};
use crate::input::{self, Input, InputError};
use crate::inventory::{Entry, Inventory};
use crate::render::escape::escape;
use crate::render::report;

pub(super) fn run(arguments: &DiffArguments, terminal: &mut Terminal<'_>) -> u8 {
    if !matches!(arguments.format, Format::Text | Format::Json) {
        terminal.fail("a comparison is printed as text or json");
        return exit::USAGE;
    }
    let loaded = load::policy(&arguments.old, terminal)
        .and_then(|old| Ok((old, load::policy(&arguments.new, terminal)?)));
    let (old, new) = match loaded {
        Ok(policies) => policies,
        Err(error) => return error.report(terminal),
    };
    let (view, unreadable) = if arguments.at_most {
        (ComparisonView::at_most(&old.policy, &new.policy), false)
    } else if arguments.requests.is_empty() {
        (ComparisonView::analyse(&old.policy, &new.policy), false)
    } else {
        match over_requests(arguments, &old, &new, terminal) {
            Ok(result) => result,
            Err(exit) => return exit,
        }
    };
    if arguments.format == Format::Json {
        // Plain data: serialising it cannot fail.
        terminal.print(&serde_json::to_string(&view).unwrap_or_default());
    } else {
        print_text(&view, terminal);
    }
    match (unreadable, view.differs()) {
        (true, _) => exit::UNREADABLE,
        (false, true) => exit::DENIED,
        (false, false) => exit::OK,
    }
}

fn over_requests(
    arguments: &DiffArguments,
    old: &LoadedPolicy,
    new: &LoadedPolicy,
    terminal: &mut Terminal<'_>,
) -> Result<(ComparisonView, bool), u8> {
    let at = load::time(arguments.at.as_deref(), terminal).map_err(|error| error.report(terminal))?;
    let given = load::context(arguments.context.as_deref(), &arguments.facts, terminal)
        .map_err(|error| error.report(terminal))?;
    let mut compared = Vec::new();
    let mut unreadable = false;
    for folder in arguments.requests.iter().filter(|name| is_empty_folder(name)) {
        unreadable = true;
        terminal.fail(&format!("the folder {folder} holds no file [{}]", codes::INPUT_FILE));
    }
    for name in files(&arguments.requests) {
        let results = if is_inventory(&name) {
            over_inventory(&name, &given, at, old, new)
        } else {
            let inputs = input::requests(&name, terminal.stdin);
            inputs.iter().map(|input| judge(input, &given, at, old, new)).collect()
        };
        for result in results {
            match result {
                Ok(view) => compared.push(view),
                Err(message) => {
                    unreadable = true;
                    terminal.fail(&message);
                }
            }
        }
    }
    Ok((ComparisonView::over_requests(&old.policy, &new.policy, compared), unreadable))
}

/// Whether a file is a database, as inventories are.
fn is_inventory(name: &str) -> bool {
    const MAGIC: &[u8; 16] = b"SQLite format 3\0";
    let mut head = [0; MAGIC.len()];
    File::open(name).and_then(|mut file| file.read_exact(&mut head)).is_ok() && head == *MAGIC
}

/// What was issued by a policy and is in force: neither revoked nor over.
fn over_inventory(
    name: &str,
    given: &ContextDocument,
    at: Timestamp,
    old: &LoadedPolicy,
    new: &LoadedPolicy,
) -> Vec<Result<ComparedRequestView, String>> {
    let entries = match Inventory::open_existing(Path::new(name)).and_then(|inventory| inventory.list()) {
        Ok(entries) => entries,
        Err(message) => return vec![Err(format!("{message} [{}]", codes::INPUT_FILE))],
    };
    let is_in_force = |entry: &Entry| entry.revoked.is_none() && entry.end.is_some_and(|end| end >= at);
    let entries = entries.into_iter().filter(|entry| entry.policy.is_some() && is_in_force(entry));
    entries
        .filter_map(|entry| {
            let der = entry.der?;
            let name = format!("{name}: {}", entry.serial_number);
            let view = compare::compare_input(&old.policy, &new.policy, &name, &der, (None, given), at);
            Some(view.map_err(|error| format!("{name}: cannot be read: {error}")))
        })
        .collect()
}

fn is_empty_folder(name: &str) -> bool {
    Path::new(name).is_dir() && files(std::slice::from_ref(&name.to_owned())).is_empty()
}

/// Files, and the files of folders in the order of their names.
fn files(names: &[String]) -> Vec<String> {
    let mut files = Vec::new();
    for name in names {
        match std::fs::read_dir(name) {
            Ok(entries) if Path::new(name).is_dir() => {
                let entries = entries.filter_map(|entry| entry.ok()).map(|entry| entry.path());
                let mut within: Vec<String> = entries
                    .filter(|path| path.is_file())
                    .map(|path| path.to_string_lossy().into_owned())
                    .collect();
                within.sort();
                files.append(&mut within);
            }
            _ => files.push(name.clone()),
        }
    }
    files
}

fn judge(
    input: &Input,
    given: &ContextDocument,
    at: Timestamp,
    old: &LoadedPolicy,
    new: &LoadedPolicy,
) -> Result<ComparedRequestView, String> {
    let named = |error: &Error| format!("{}: cannot be read: {error}", input.name);
    let bytes = match &input.request {
        Ok(bytes) => bytes,
        Err(InputError::Io(message)) => return Err(format!("{message} [{}]", codes::INPUT_FILE)),
        Err(InputError::Object(error)) => return Err(named(error)),
    };
    let contexts = (input.context.as_ref(), given);
    compare::compare_input(&old.policy, &new.policy, &input.name, bytes, contexts, at)
        .map_err(|error| named(&error))
}

fn print_text(view: &ComparisonView, terminal: &mut Terminal<'_>) {
    let (old, new) = (view.old.id.as_str(), view.new.id.as_str());
    let (old, new) = if old == new { ("the old one", "the new one") } else { (old, new) };
    if let Some(relation) = &view.relation {
        let sentence = match relation.as_str() {
            "equal" => format!("{new} allows exactly what {old} allows"),
            "stricter" => format!("{new} is stricter than {old}"),
            "looser" => format!("{new} is looser than {old}"),
            "different" => format!("{new} and {old} each allow what the other does not"),
            _ => format!("{new} and {old} could not be compared in full"),
        };
        terminal.print(&sentence);
    }
    if let Some(at_most) = &view.at_most {
        print_at_most(at_most, new, old, terminal);
    }
    if let Some(at_least) = &view.at_least {
        print_at_most(at_least, old, new, terminal);
    }
    for request in view.requests.iter().filter(|request| request.changed) {
        let name = escape(&request.input);
        let change = if request.old == request.new {
            "another certificate".to_owned()
        } else {
            format!("{} -> {}", request.old, request.new)
        };
        terminal.print(&format!("{name}: {change}"));
        let reasons =
            if request.new_reasons.is_empty() { &request.old_reasons } else { &request.new_reasons };
        for reason in reasons {
            terminal.print(&format!("  {}", escape(&reason.to_string())));
        }
    }
    if view.relation.is_none() && view.at_most.is_none() {
        let changed = view.requests.iter().filter(|request| request.changed).count();
        terminal.print(&format!("{} requests, {changed} verdicts change", view.requests.len()));
    }
}

/// Whether `one` is at most as permissive as `other`.
fn print_at_most(view: &AtMostView, one: &str, other: &str, terminal: &mut Terminal<'_>) {
    match (&view.example, view.answer.as_str()) {
        (Some(example), _) => print_example(example, one, other, terminal),
        (None, "yes") => terminal.print(&format!("{one} is at most as permissive as {other}: yes")),
        (None, _) => {
            terminal.print(&format!("{one} is at most as permissive as {other}: undecided"));
            for DiagnosticView { message, .. } in &view.undecided {
                terminal.print(&format!("  {message}"));
            }
        }
    }
}

fn print_example(example: &ExampleView, one: &str, other: &str, terminal: &mut Terminal<'_>) {
    terminal.print(&format!("{one} is at most as permissive as {other}: no; {one} allows this:"));
    let request = &example.allowed.request;
    let list = |items: Vec<String>| if items.is_empty() { "none".to_owned() } else { items.join(", ") };
    let names = request.subject_alt_names.iter().map(|name| format!("{}:{}", name.kind, name.value));
    let context = serde_json::to_string(&example.context).unwrap_or_default();
    let mut lines = vec![
        (
            "subject",
            if request.subject.text.is_empty() { "empty".to_owned() } else { request.subject.text.clone() },
        ),
        ("names", list(names.collect())),
        ("key", request.public_key.name.clone()),
        ("context", context),
        ("at", example.at.clone()),
        ("rule", format!("{} of {other}", report::path(&example.rule))),
    ];
    if let Some(template) = &example.allowed.template {
        lines.push(("purpose", list(template.extended_key_usage.clone())));
        lines.push(("key usage", list(template.key_usage.clone())));
        lines.push(("valid", format!("{} to {}", template.not_before, template.not_after)));
    }
    for (label, value) in lines {
        terminal.print(&format!("  {label}: {}", escape(&value)));
    }
    if example.other.outcome == "allowed" {
        terminal.print(&format!("  {other} issues another certificate for it"));
    }
    for reason in &example.other.reasons {
        terminal.print(&format!("  {other}: {}", escape(&reason.to_string())));
    }
    terminal.print(example.pem.trim_end());
}
