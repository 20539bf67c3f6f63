//! What is printed of a change, made by hand in the canonical form of a policy.

use certgate_bindings::view::{ChangeView, DataView, StepView};
use serde_json::{Map, Value};

/// Whether the document with the changes that are printed is the other document, and nothing else.
pub fn assert_made(id: &str, before: &Value, after: &Value, changes: &[ChangeView]) {
    let mut made = before.clone();
    let is_entry = |change: &&ChangeView| {
        change.action == "remove" && matches!(change.path.last(), Some(StepView::Index(_)))
    };
    // Places of entries are those of the document as it was: the last one goes first.
    let mut entries: Vec<&ChangeView> = changes.iter().filter(is_entry).collect();
    entries.sort_by_key(|change| match change.path.last() {
        Some(StepView::Index(index)) => std::cmp::Reverse(*index),
        _ => std::cmp::Reverse(0),
    });
    for change in entries {
        remove(id, &mut made, change);
    }
    for change in changes.iter().filter(|change| !is_entry(change)) {
        match change.action.as_str() {
            "add" => add(&mut made, change),
            "replace" => *node(&mut made, &change.path) = value(&change.value),
            _ => remove(id, &mut made, change),
        }
    }
    assert_eq!(made, *after, "{id}: what is printed is not what is changed: {changes:?}");
}

fn add(document: &mut Value, change: &ChangeView) {
    const LISTS: [&str; 10] = [
        "allow",
        "anyOf",
        "copy",
        "curves",
        "deny",
        "identifiers",
        "ignore",
        "oneOf",
        "sizes",
        "stringTypes",
    ];
    let is_list =
        matches!(change.path.last(), Some(StepView::Field(field)) if LISTS.contains(&field.as_str()));
    let place = node(document, &change.path);
    if !is_list {
        *place = value(&change.value);
        return;
    }
    if place.is_null() {
        *place = Value::Array(Vec::new());
    }
    place.as_array_mut().expect("a list").push(value(&change.value));
}

/// Takes out what is there, which must be what is printed.
fn remove(id: &str, document: &mut Value, change: &ChangeView) {
    let (last, path) = change.path.split_last().expect("a place");
    let place = node(document, path);
    let gone = match (last, place) {
        (StepView::Index(index), Value::Array(items)) => items.remove(*index),
        (StepView::Field(field), Value::Object(fields)) => fields.remove(field).expect("a field"),
        (_, other) => panic!("{id}: {last:?} is not in {other}"),
    };
    let shown = value(&change.value);
    let is_shown = gone == shown || gone.get("code").is_some_and(|code| *code == shown);
    assert!(is_shown, "{id}: {gone} is gone, and {shown} is printed");
    leave_out_empty(document, path);
}

/// Lists without entries are left out, and what has no other meaning than what is in it.
fn leave_out_empty(document: &mut Value, path: &[StepView]) {
    let first = |field: &str| matches!(path.first(), Some(StepView::Field(own)) if own == field);
    let second = |field: &str| matches!(path.get(1), Some(StepView::Field(own)) if own == field);
    let of_all =
        first("select") || first("require") || first("ca") || (first("subject") && second("commonName"));
    for length in (1..=path.len()).rev() {
        let path = &path[..length];
        let is_empty = match node(document, path) {
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty() && of_all,
            _ => false,
        };
        if !is_empty {
            return;
        }
        let (last, path) = path.split_last().expect("a place");
        if let (StepView::Field(field), Value::Object(fields)) = (last, node(document, path)) {
            fields.remove(field);
        }
    }
}

/// The place of a path; objects on the way are made.
fn node<'a>(document: &'a mut Value, path: &[StepView]) -> &'a mut Value {
    path.iter().fold(document, |place, step| {
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        match step {
            StepView::Index(index) => &mut place[*index],
            StepView::Field(field) => &mut place[field.as_str()],
        }
    })
}

/// A value as the document has it: entries that are mappings are printed in JSON.
fn value(data: &DataView) -> Value {
    match data {
        DataView::Text(text) if text.starts_with('{') => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()))
        }
        DataView::Text(text) => Value::from(text.as_str()),
        DataView::Integer(number) => Value::from(*number),
        DataView::Boolean(is_true) => Value::from(*is_true),
        DataView::List(items) => items.iter().map(value).collect(),
    }
}
