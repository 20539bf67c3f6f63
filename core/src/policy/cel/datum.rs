//! Values that expressions are run over, and their actual sizes.

use std::collections::{BTreeMap, HashMap};

use cel::Value;

use super::Variables;
use super::shape::{Record, Shape};

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Datum {
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Datum>),
    /// Values by name: a map, or a record of which some fields may be absent.
    Named(BTreeMap<String, Datum>),
}

impl Datum {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }

    /// A record: fields without a value are absent.
    pub(super) fn record<'a>(fields: impl IntoIterator<Item = (&'a str, Option<Self>)>) -> Self {
        let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Self::Named(given.collect())
    }

    /// The value for the evaluator.
    fn value(&self) -> Value {
        match self {
            Self::Bool(value) => Value::from(*value),
            Self::Int(value) => Value::from(*value),
            Self::Text(text) => Value::from(text.as_str()),
            Self::List(items) => Value::from(items.iter().map(Self::value).collect::<Vec<Value>>()),
            Self::Named(fields) => {
                let entries = fields.iter().map(|(name, value)| (name.clone(), value.value()));
                Value::from(entries.collect::<HashMap<String, Value>>())
            }
        }
    }

    /// The declared type with the sizes of this value. What is absent keeps the sizes that were assumed.
    fn measure(&self, declared: &Shape) -> Shape {
        match (self, declared) {
            (Self::Text(text), Shape::Text(_)) => Shape::Text(length(text.len())),
            (Self::List(values), Shape::List { item, .. }) => {
                let (largest, sum) = measure_all(values.iter(), item);
                let items = length(values.len());
                Shape::List { item: Box::new(largest), items, bytes: sum }
            }
            (Self::Named(fields), Shape::Map { value, .. }) => {
                let (largest, sum) = measure_all(fields.values(), value);
                let names = fields.keys().fold(0, |sum: u64, name| sum.saturating_add(length(name.len())));
                let entries = length(fields.len());
                Shape::Map { value: Box::new(largest), entries, bytes: sum.saturating_add(names) }
            }
            (Self::Named(given), Shape::Record(record)) => {
                let Record { name, fields } = record.as_ref();
                let measured = fields.iter().map(|(field, declared)| {
                    let actual = given.get(*field).map(|value| value.measure(declared));
                    (*field, actual.unwrap_or_else(|| declared.clone()))
                });
                Shape::record(name, measured)
            }
            _ => declared.clone(),
        }
    }
}

/// The largest of some values, and the bytes of all.
fn measure_all<'a>(values: impl Iterator<Item = &'a Datum>, declared: &Shape) -> (Shape, u64) {
    const OVERHEAD: u64 = 16;
    let mut largest: Option<Shape> = None;
    let mut sum: u64 = 0;
    for value in values {
        let shape = value.measure(declared);
        sum = sum.saturating_add(shape.bytes()).saturating_add(OVERHEAD);
        largest = match largest {
            None => Some(shape),
            Some(known) => Some(known.join(&shape).unwrap_or(known)),
        };
    }
    (largest.unwrap_or_else(|| declared.clone()), sum)
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// Values for the variables of expressions, with their actual sizes.
#[derive(Debug, Default)]
pub(super) struct Bindings {
    values: BTreeMap<&'static str, (Shape, Value)>,
}

impl Bindings {
    /// Sets a variable that is declared; another is left out.
    pub(super) fn set(&mut self, declared: &Variables, name: &'static str, datum: &Datum) {
        if let Some(shape) = declared.get(name) {
            self.values.insert(name, (datum.measure(shape), datum.value()));
        }
    }

    pub(super) fn shapes(&self) -> Variables {
        self.values.iter().map(|(name, (shape, _))| (*name, shape.clone())).collect()
    }

    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name).map(|(_, value)| value)
    }
}
