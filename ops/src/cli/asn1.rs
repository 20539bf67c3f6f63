//! `certgate inspect --asn1`: encodings as trees, with the place of every element.

use certgate_bindings::asn1::{self, NodeView, TreeView};

use super::answer::{self, Answer};
use super::args::{InspectArguments, InspectFormat};
use super::{Terminal, exit, worst};
use crate::input;
use crate::render::escape::escape;

pub(super) fn run(arguments: &InspectArguments, terminal: &mut Terminal<'_>) -> u8 {
    let names = if arguments.files.is_empty() { vec!["-".to_owned()] } else { arguments.files.clone() };
    let mut answers: Vec<(String, Answer<TreeView>)> = Vec::new();
    for name in &names {
        let answer = match input::read(name, terminal.stdin) {
            Ok(bytes) => Answer::new(asn1::tree(&bytes)),
            Err(fault) => Answer::unread(&fault.to_string()),
        };
        answers.push((input::display_name(name), answer));
    }
    match arguments.format {
        InspectFormat::Json => answer::print_json(&answers, terminal),
        InspectFormat::Ndjson => {
            answers.iter().for_each(|(name, answer)| terminal.print(&answer.to_named_json(name)));
        }
        _ => answers.iter().for_each(|(name, answer)| print(name, answer, terminal)),
    }
    worst(answers.iter().map(|(_, answer)| match answer {
        Answer::View(tree) if tree.fault.is_none() => exit::OK,
        _ => exit::UNREADABLE,
    }))
}

fn print(name: &str, answer: &Answer<TreeView>, terminal: &mut Terminal<'_>) {
    let Answer::View(tree) = answer else {
        return answer::print_unreadable(name, answer, terminal);
    };
    terminal.print(&format!("{}:", escape(name)));
    tree.nodes.iter().for_each(|node| terminal.print(&line(node)));
    if let Some(cut) = tree.cut {
        terminal.print(&format!("  cut at byte {cut} of {}", tree.bytes));
    }
    if let Some(fault) = &tree.fault {
        terminal.print(&format!("  {}", escape(&fault.to_string())));
    }
}

/// Offset, length of the contents, and the element indented by its depth.
fn line(node: &NodeView) -> String {
    let start = node.span.start;
    let contents = node.span.end.saturating_sub(start).saturating_sub(node.header);
    let field = node.field.as_ref().map(|field| format!("{field} ")).unwrap_or_default();
    let value = node.value.as_ref().map(|value| format!(" {}", escape(value))).unwrap_or_default();
    let broken = node.claimed.map(|claimed| format!(" (breaks off: {contents} of {claimed} bytes)"));
    let broken = broken.unwrap_or_default();
    let indent = "  ".repeat(node.depth);
    format!("  {start:>6} {contents:>6}  {indent}{field}{}{value}{broken}", node.kind)
}
