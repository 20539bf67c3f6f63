use std::fmt;

use certgate::diagnostic::Step;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::value::{Trail, ValueReader};
use super::{Fault, FaultKind};

/// Reads a text by way of a [`Value`], so that the code of each type stands once in the program for texts and for values
/// that hosts have converted: the size of the WebAssembly module.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let trail = Trail::default();
    let result = Strict { trail: &trail }.deserialize(&mut reader);
    let value = result.and_then(|value| reader.end().map(|()| value)).map_err(|error| {
        let message = without_place(&error.to_string());
        let (kind, path) = match (classify(&message), error.is_data()) {
            (FaultKind::Value, false) => (FaultKind::Syntax, Vec::new()),
            // The whole path is as deep as the budget: its first step says where to look.
            (FaultKind::Budget, _) => (FaultKind::Budget, trail.take().into_iter().take(1).collect()),
            (kind, _) => (kind, trail.take()),
        };
        Fault { kind, path, message, offset: offset(text, error.line(), error.column()) }
    })?;
    read_value(value)
}

/// Reads a value that a host has converted; its faults have no place.
pub(super) fn read_value<T: DeserializeOwned>(value: Value) -> Result<T, Fault> {
    let trail = Trail::default();
    T::deserialize(ValueReader::new(value, &trail)).map_err(|error| {
        let message = error.to_string();
        Fault { kind: classify(&message), path: trail.take(), message, offset: None }
    })
}

/// Reads any value whose objects have no key twice.
#[derive(Clone, Copy)]
struct Strict<'t> {
    trail: &'t Trail,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            self.trail.borrow_mut().push(Step::Index(items.len()));
            let item = access.next_element_seed(self)?;
            self.trail.borrow_mut().pop();
            match item {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if fields.contains_key(&key) {
                return Err(de::Error::custom(format_args!("duplicate field `{key}`")));
            }
            self.trail.borrow_mut().push(Step::Field(key.clone()));
            let value = access.next_value_seed(self)?;
            self.trail.borrow_mut().pop();
            fields.insert(key, value);
        }
        Ok(Value::Object(fields))
    }
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
