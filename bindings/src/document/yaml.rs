use certgate::diagnostic::Step;
use serde::de::DeserializeSeed;
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::granit_parser::{Event, Parser};
use serde_saphyr::{Budget, DuplicateKeyPolicy, Error, MergeKeyPolicy, Options};

use super::node::{Node, Strict, Trail};
use super::{Fault, FaultKind};

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

/// Reads a text into its tree.
pub(super) fn read(text: &str) -> Result<Node, Fault> {
    let trail = Trail::default();
    let result = serde_saphyr::with_deserializer_from_str_with_options(text, options(), |deserializer| {
        Strict { trail: &trail }.deserialize(deserializer)
    });
    let mut node = result.map_err(|error| fault(text, trail.take(), &error))?;
    write_plain(&mut node, &mut scalars(text));
    Ok(node)
}

/// The scalars of a text in order, keys too, as they are written.
fn scalars(text: &str) -> impl Iterator<Item = String> {
    Parser::new_from_str(text).map_while(Result::ok).filter_map(|(event, _)| match event {
        Event::Scalar(scalar, ..) => Some(scalar.into_owned()),
        _ => None,
    })
}

/// Gives the leaves that are no text the text that they are written with: `1.10` where a text is wanted is no number.
fn write_plain(node: &mut Node, scalars: &mut impl Iterator<Item = String>) {
    match node {
        Node::Leaf { plain, .. } => *plain = scalars.next(),
        Node::List(items) => items.iter_mut().for_each(|item| write_plain(item, scalars)),
        Node::Map(fields) => fields.iter_mut().for_each(|(_, value)| {
            scalars.next();
            write_plain(value, scalars);
        }),
    }
}

fn fault(text: &str, path: Vec<Step>, error: &Error) -> Fault {
    let error = error.without_snippet();
    let offset = error.location().and_then(|location| offset(text, location.line(), location.column()));
    let value = |message: String| (FaultKind::Value, message);
    let (kind, message) = match error {
        Error::DuplicateMappingKey { key, .. } => {
            (FaultKind::DuplicateKey(key.clone().unwrap_or_default()), String::new())
        }
        Error::Message { msg, .. } if path.is_empty() => (FaultKind::Syntax, msg.clone()),
        Error::Message { msg, .. } => value(msg.clone()),
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
        other => match first_line(&other.to_string()) {
            message if message.starts_with("recursion limit") => (FaultKind::Budget, message),
            message => (FaultKind::Syntax, message),
        },
    };
    let path = match kind {
        FaultKind::Syntax => Vec::new(),
        // The whole path is as deep as the budget: its first step says where to look.
        FaultKind::Budget => path.into_iter().take(1).collect(),
        _ => path,
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
