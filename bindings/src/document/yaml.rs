use serde::de::DeserializeOwned;
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{Budget, DuplicateKeyPolicy, Error, MergeKeyPolicy, Options};

use super::{Fault, FaultKind, steps};

/// Nodes of one document: 10,000 rules with mappings of three entries each.
const MAX_NODES: usize = 100_000;
/// Nesting: the deepest key of a policy is at 6.
const MAX_DEPTH: usize = 32;

/// Strict YAML: no duplicate keys, no merge keys, no anchors (hostile inputs 107 and 108).
fn options() -> Options {
    let mut budget = Budget::default();
    budget.max_aliases = 0;
    budget.max_anchors = 0;
    budget.max_depth = MAX_DEPTH;
    budget.max_documents = 1;
    budget.max_events = MAX_NODES.saturating_mul(2);
    budget.max_merge_keys = 0;
    budget.max_nodes = MAX_NODES;
    let mut options = Options::default();
    options.budget = Some(budget);
    options.duplicate_keys = DuplicateKeyPolicy::Error;
    options.merge_keys = MergeKeyPolicy::Error;
    options.strict_booleans = true;
    options.reject_unsupported_tags = true;
    options.with_snippet = false;
    options
}

pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    let mut path = Vec::new();
    let result = serde_saphyr::with_deserializer_from_str_with_options(text, options(), |deserializer| {
        serde_path_to_error::deserialize(deserializer).map_err(|error| {
            path = steps(error.path());
            error.into_inner()
        })
    });
    result.map_err(|error| fault(text, path, &error))
}

fn fault(text: &str, path: Vec<certgate::diagnostic::Step>, error: &Error) -> Fault {
    let error = error.without_snippet();
    let offset = error.location().and_then(|location| offset(text, location.line(), location.column()));
    let value = |message: String| (FaultKind::Value, message);
    let (kind, message) = match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            let expected = expected.iter().map(|known| (*known).to_owned()).collect();
            (FaultKind::UnknownKey { key: field.clone(), expected }, String::new())
        }
        Error::SerdeMissingField { field, .. } => (FaultKind::MissingKey((*field).to_owned()), String::new()),
        Error::DuplicateMappingKey { key, .. } => {
            (FaultKind::DuplicateKey(key.clone().unwrap_or_default()), String::new())
        }
        Error::SerdeInvalidType { unexpected, expected, .. } => {
            value(format!("invalid type: {unexpected}, expected {expected}"))
        }
        Error::SerdeInvalidValue { unexpected, expected, .. } => {
            value(format!("invalid value: {unexpected}, expected {expected}"))
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            let expected: Vec<String> = expected.iter().map(|known| format!("`{known}`")).collect();
            value(format!("unknown variant `{variant}`, expected one of {}", expected.join(", ")))
        }
        Error::Message { msg, .. } if path.is_empty() => (FaultKind::Syntax, msg.clone()),
        Error::Message { msg, .. } => value(msg.clone()),
        Error::Unexpected { expected, .. } => value(format!("expected {expected}")),
        Error::InvalidScalar { ty, .. } => value(format!("expected {ty}")),
        Error::InvalidBooleanStrict { .. } => value("expected true or false".to_owned()),
        Error::NullIntoString { .. } => value("the value is empty where a text is expected".to_owned()),
        Error::Budget { breach: BudgetBreach::Documents { .. }, .. } => {
            (FaultKind::Syntax, "the text holds several documents, and one is wanted".to_owned())
        }
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => {
            (FaultKind::Budget, "the text is too large, too deeply nested, or has anchors".to_owned())
        }
        Error::MergeKeyNotAllowed { .. } => {
            (FaultKind::UnknownKey { key: "<<".to_owned(), expected: Vec::new() }, String::new())
        }
        other => (FaultKind::Syntax, first_line(&other.to_string())),
    };
    Fault { kind, path, message, offset }
}

fn first_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    match line.rsplit_once(" at line ") {
        Some((message, _)) => message.to_owned(),
        None => line.to_owned(),
    }
}

/// Byte offset of a line and column, both from 1, columns in characters.
fn offset(text: &str, line: u64, column: u64) -> Option<usize> {
    let line = usize::try_from(line).ok()?.checked_sub(1)?;
    let before: usize = text.split_inclusive('\n').take(line).map(str::len).fold(0, usize::saturating_add);
    let rest = text.get(before..)?;
    let column = usize::try_from(column).ok()?.saturating_sub(1);
    let within: usize = rest.chars().take(column).map(char::len_utf8).fold(0, usize::saturating_add);
    Some(before.saturating_add(within))
}
