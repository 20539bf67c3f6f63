//! The tree that every document becomes before it is read into a type: the code of each type stands once in the program,
//! for YAML, for JSON and for values that hosts have converted.

use std::cell::RefCell;
use std::fmt;

use certgate::diagnostic::Step;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// The path of the value that is being read; when reading fails it stays where it was.
pub(super) type Trail = RefCell<Vec<Step>>;

/// One value of a document.
pub(super) enum Node {
    /// Null, a truth value, a number or a text; `plain` is how YAML writes what is no text, for where a text is wanted.
    Leaf { value: Value, plain: Option<String> },
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order of the document.
    Map(Vec<(String, Node)>),
}

impl Node {
    fn leaf(value: impl Into<Value>) -> Self {
        Self::Leaf { value: value.into(), plain: None }
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        match value {
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Object(fields) => {
                Self::Map(fields.into_iter().map(|(key, value)| (key, Self::from(value))).collect())
            }
            value => Self::leaf(value),
        }
    }
}

/// Reads any tree whose mappings have no key twice.
#[derive(Clone, Copy)]
pub(super) struct Strict<'t> {
    pub(super) trail: &'t Trail,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, true, false, null, a list or a mapping")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::leaf(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::leaf(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::leaf(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
        Ok(Node::leaf(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::leaf(value))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::leaf(()))
    }

    fn visit_none<E: de::Error>(self) -> Result<Node, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        loop {
            self.trail.borrow_mut().push(Step::Index(items.len()));
            let item = access.next_element_seed(self)?;
            self.trail.borrow_mut().pop();
            match item {
                Some(item) => items.push(item),
                None => return Ok(Node::List(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut fields = Vec::new();
        let mut keys = std::collections::BTreeSet::new();
        while let Some(key) = access.next_key::<String>()? {
            if !keys.insert(key.clone()) {
                return Err(de::Error::custom(format_args!("duplicate field `{key}`")));
            }
            self.trail.borrow_mut().push(Step::from(key.clone()));
            let value = access.next_value_seed(self)?;
            self.trail.borrow_mut().pop();
            fields.push((key, value));
        }
        Ok(Node::Map(fields))
    }
}
