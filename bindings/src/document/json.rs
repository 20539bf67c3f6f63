use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::{Fault, FaultKind, steps};

pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = steps(error.path());
        fault(text, path, error.inner())
    })?;
    reader.end().map_err(|error| fault(text, Vec::new(), &error))?;
    Ok(value)
}

fn fault(text: &str, path: Vec<certgate::diagnostic::Step>, error: &serde_json::Error) -> Fault {
    let message = error.to_string();
    let message = match message.rsplit_once(" at line ") {
        Some((message, _)) => message.to_owned(),
        None => message,
    };
    let kind = match error.classify() {
        Category::Data => classify(&message),
        Category::Eof | Category::Io | Category::Syntax if message.contains("recursion limit") => {
            FaultKind::Budget
        }
        Category::Eof | Category::Io | Category::Syntax => FaultKind::Syntax,
    };
    Fault { kind, path, message, offset: offset(text, error.line(), error.column()) }
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
    FaultKind::Value
}
