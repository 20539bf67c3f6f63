//! What is known of a value before it is calculated: its type, and how large it can be.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Bytes that an element of a list or an entry of a map takes besides its content.
const OVERHEAD: u64 = 16;
/// Bytes that are copied, compared or searched in one step.
const BYTES_OF_A_STEP: u64 = 32;

/// Type and largest size of a value. Every expression has one type: what could have two is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// The elements of an empty list.
    Nothing,
    Bool,
    Int,
    /// A text of at most so many bytes.
    Text(u64),
    /// A list of one type, of at most so many items and bytes in all.
    List {
        item: Box<Shape>,
        items: u64,
        bytes: u64,
    },
    /// Values of one type by names that are not known beforehand.
    Map {
        value: Box<Shape>,
        entries: u64,
        bytes: u64,
    },
    /// Values by names that are known. A value may be absent when it is run.
    Record(Arc<Record>),
}

/// A type with named fields.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// What messages call it.
    pub(super) name: &'static str,
    pub(super) fields: BTreeMap<&'static str, Shape>,
}

impl Shape {
    /// A list of so many items, each of that shape.
    pub(super) fn list(item: Self, items: u64) -> Self {
        let bytes = item.bytes().saturating_add(OVERHEAD).saturating_mul(items);
        Self::List { item: Box::new(item), items, bytes }
    }

    /// A list of texts: each of at most `bytes` bytes.
    pub(super) fn texts(bytes: u64, items: u64) -> Self {
        Self::list(Self::Text(bytes), items)
    }

    /// A map of so many entries, each with a value of that shape and a name of at most `name` bytes.
    pub(super) fn map(value: Self, name: u64, entries: u64) -> Self {
        let entry = value.bytes().saturating_add(name).saturating_add(OVERHEAD);
        let bytes = entry.saturating_mul(entries);
        Self::Map { value: Box::new(value), entries, bytes }
    }

    pub(super) fn record(name: &'static str, fields: impl IntoIterator<Item = (&'static str, Self)>) -> Self {
        Self::Record(Arc::new(Record { name, fields: fields.into_iter().collect() }))
    }

    /// The most bytes that a value takes.
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::Bool | Self::Int => 8,
            Self::Text(bytes) | Self::List { bytes, .. } | Self::Map { bytes, .. } => *bytes,
            Self::Record(record) => record
                .fields
                .values()
                .fold(0, |sum: u64, field| sum.saturating_add(field.bytes()).saturating_add(OVERHEAD)),
        }
    }

    /// Steps for reading, copying or comparing a value in full.
    pub(super) fn steps(&self) -> u64 {
        let items = match self {
            Self::List { items, .. } => *items,
            Self::Map { entries, .. } => *entries,
            _ => 0,
        };
        steps_of(self.bytes()).saturating_add(items)
    }

    /// What messages call the type.
    pub(super) fn label(&self) -> String {
        match self {
            Self::Nothing => "nothing".to_owned(),
            Self::Bool => "a boolean".to_owned(),
            Self::Int => "an integer".to_owned(),
            Self::Text(_) => "a text".to_owned(),
            Self::List { .. } => "a list".to_owned(),
            Self::Map { .. } => "a map".to_owned(),
            Self::Record(record) => format!("`{}`", record.name),
        }
    }

    /// The shape of what is one or the other; `None` if the types differ.
    pub(super) fn join(&self, other: &Self) -> Option<Self> {
        Some(match (self, other) {
            (Self::Nothing, shape) | (shape, Self::Nothing) => shape.clone(),
            (Self::Bool, Self::Bool) => Self::Bool,
            (Self::Int, Self::Int) => Self::Int,
            (Self::Text(a), Self::Text(b)) => Self::Text(*a.max(b)),
            (
                Self::List { item, items, bytes },
                Self::List { item: other_item, items: other_items, bytes: other_bytes },
            ) => Self::List {
                item: Box::new(item.join(other_item)?),
                items: *items.max(other_items),
                bytes: *bytes.max(other_bytes),
            },
            (
                Self::Map { value, entries, bytes },
                Self::Map { value: other_value, entries: other_entries, bytes: other_bytes },
            ) => Self::Map {
                value: Box::new(value.join(other_value)?),
                entries: *entries.max(other_entries),
                bytes: *bytes.max(other_bytes),
            },
            (Self::Record(a), Self::Record(b)) if a.name == b.name => {
                if self.bytes() >= other.bytes() {
                    self.clone()
                } else {
                    other.clone()
                }
            }
            _ => return None,
        })
    }
}

/// Steps for so many bytes.
pub(super) fn steps_of(bytes: u64) -> u64 {
    bytes.div_ceil(BYTES_OF_A_STEP)
}
