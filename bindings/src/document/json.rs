use serde::de::{DeserializeOwned, DeserializeSeed};

use super::node::{Node, Strict, Trail};
use super::value::NodeReader;
use super::{Fault, FaultKind};

/// Reads a text into its tree.
pub(super) fn read(text: &str) -> Result<Node, Fault> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let trail = Trail::default();
    let result = Strict { trail: &trail }.deserialize(&mut reader);
    result.and_then(|node| reader.end().map(|()| node)).map_err(|error| {
        let message = without_place(&error.to_string());
        let (kind, path) = match (classify(&message), error.is_data()) {
            (FaultKind::Value, false) => (FaultKind::Syntax, Vec::new()),
            // The whole path is as deep as the budget: its first step says where to look.
            (FaultKind::Budget, _) => (FaultKind::Budget, trail.take().into_iter().take(1).collect()),
            (kind, _) => (kind, trail.take()),
        };
        Fault { kind, path, message, offset: offset(text, error.line(), error.column()) }
    })
}

/// Reads a tree into a type; its faults have no place.
pub(super) fn read_node<T: DeserializeOwned>(node: Node) -> Result<T, Fault> {
    let trail = Trail::default();
    T::deserialize(NodeReader::new(node, &trail)).map_err(|error| {
        let message = error.to_string();
        Fault { kind: classify(&message), path: trail.take(), message, offset: None }
    })
}

/// serde_json's message without its line and column.
fn without_place(message: &str) -> String {
    message.rsplit_once(" at line ").map_or(message, |(message, _)| message).to_owned()
}

/// Byte offset of a line and column, both from 1, columns in bytes.
fn offset(text: &str, line: usize, column: usize) -> Option<usize> {
    let before: usize =
        text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).fold(0, usize::saturating_add);
    Some(before.saturating_add(column.saturating_sub(1)).min(text.len()))
}

/// serde's own messages have fixed forms.
fn classify(message: &str) -> FaultKind {
    let quoted = |prefix: &str| {
        let rest = message.strip_prefix(prefix)?;
        rest.split('`').nth(1).map(str::to_owned)
    };
    if let Some(key) = quoted("unknown field ") {
        let expected = message.split('`').skip(3).step_by(2).map(str::to_owned).collect();
        return FaultKind::UnknownKey { key, expected };
    }
    if let Some(key) = quoted("missing field ") {
        return FaultKind::MissingKey(key);
    }
    if let Some(key) = quoted("duplicate field ") {
        return FaultKind::DuplicateKey(key);
    }
    if message.starts_with("recursion limit") { FaultKind::Budget } else { FaultKind::Value }
}
