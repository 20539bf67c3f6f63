//! A [`Node`] as a source of serde that knows the path of the value that it is at.

use certgate::diagnostic::Step;
use serde::de::value::StringDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Value};

use super::node::{Node, Trail};

pub(super) struct NodeReader<'t> {
    value: Node,
    trail: &'t Trail,
}

impl<'t> NodeReader<'t> {
    pub(super) fn new(value: Node, trail: &'t Trail) -> Self {
        Self { value, trail }
    }
}

/// What does not depend on the type that is read stands here once, and not in the code of each type.
impl<'t> NodeReader<'t> {
    #[inline(never)]
    fn wrong(self, expected: &dyn de::Expected) -> Error {
        let unexpected = match &self.value {
            Node::Leaf { value: Value::Bool(value), .. } => Unexpected::Bool(*value),
            Node::Leaf { value: Value::Number(number), .. } => match (number.as_i64(), number.as_f64()) {
                (Some(number), _) => Unexpected::Signed(number),
                (None, Some(number)) => Unexpected::Float(number),
                (None, None) => Unexpected::Other("number"),
            },
            Node::Leaf { value: Value::String(text), .. } => Unexpected::Str(text),
            Node::Leaf { .. } => Unexpected::Unit,
            Node::List(_) => Unexpected::Seq,
            Node::Map(_) => Unexpected::Map,
        };
        de::Error::invalid_type(unexpected, expected)
    }

    /// A text, or what is none as it was.
    #[inline(never)]
    fn text(self) -> Result<String, Self> {
        match self.value {
            Node::Leaf { value: Value::String(text), .. }
            | Node::Leaf { value: Value::Bool(_) | Value::Number(_), plain: Some(text) } => Ok(text),
            value => Err(Self { value, ..self }),
        }
    }

    /// A text that is written as one.
    #[inline(never)]
    fn word(self) -> Result<String, Self> {
        match self.value {
            Node::Leaf { value: Value::String(text), .. } => Ok(text),
            value => Err(Self { value, ..self }),
        }
    }

    #[inline(never)]
    fn items(self) -> Result<Items<'t>, Self> {
        match self.value {
            Node::List(items) => Ok(Items { items: items.into_iter(), index: 0, trail: self.trail }),
            value => Err(Self { value, ..self }),
        }
    }

    #[inline(never)]
    fn fields(self) -> Result<Fields<'t>, Self> {
        match self.value {
            Node::Map(fields) => Ok(Fields { fields: fields.into_iter(), value: None, trail: self.trail }),
            value => Err(Self { value, ..self }),
        }
    }

    fn is_null(&self) -> bool {
        matches!(self.value, Node::Leaf { value: Value::Null, .. })
    }
}

/// Each method takes the one form that its type can have: what it does not mention is not in the program.
impl<'de> Deserializer<'de> for NodeReader<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Node::List(_) => self.deserialize_seq(visitor),
            Node::Map(_) => self.deserialize_map(visitor),
            Node::Leaf { value: Value::Bool(value), .. } => visitor.visit_bool(value),
            Node::Leaf { value: Value::Number(_), .. } => self.deserialize_u64(visitor),
            Node::Leaf { value: Value::String(text), .. } => visitor.visit_string(text),
            Node::Leaf { .. } => visitor.visit_unit(),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Node::Leaf { value: Value::Bool(value), .. } => visitor.visit_bool(value),
            _ => Err(self.wrong(&visitor)),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Node::Leaf { value: Value::Number(number), .. } = &self.value else {
            return Err(self.wrong(&visitor));
        };
        match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), _, _) => visitor.visit_u64(number),
            (None, Some(number), _) => visitor.visit_i64(number),
            (None, None, number) => visitor.visit_f64(number.unwrap_or(f64::NAN)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.text() {
            Ok(text) => visitor.visit_string(text),
            Err(reader) => Err(reader.wrong(&visitor)),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.items() {
            Ok(items) => visitor.visit_seq(items),
            Err(reader) => Err(reader.wrong(&visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.fields() {
            Ok(fields) => visitor.visit_map(fields),
            Err(reader) => Err(reader.wrong(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// Enums of the documents have no contents.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.word() {
            Ok(word) => visitor.visit_enum(word.into_deserializer()),
            Err(reader) => Err(reader.wrong(&visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

struct Items<'t> {
    items: std::vec::IntoIter<Node>,
    index: usize,
    trail: &'t Trail,
}

impl<'t> Items<'t> {
    #[inline(never)]
    fn enter(&mut self) -> Option<NodeReader<'t>> {
        let value = self.items.next()?;
        let index = self.index;
        self.index = index.saturating_add(1);
        self.trail.borrow_mut().push(Step::Index(index));
        Some(NodeReader { value, trail: self.trail })
    }
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(reader) = self.enter() else { return Ok(None) };
        let element = seed.deserialize(reader)?;
        leave(self.trail);
        Ok(Some(element))
    }
}

struct Fields<'t> {
    fields: std::vec::IntoIter<(String, Node)>,
    value: Option<(String, Node)>,
    trail: &'t Trail,
}

impl<'t> Fields<'t> {
    #[inline(never)]
    fn key(&mut self) -> Option<String> {
        let (key, value) = self.fields.next()?;
        self.value = Some((key.clone(), value));
        Some(key)
    }

    #[inline(never)]
    fn enter(&mut self) -> Result<NodeReader<'t>, Error> {
        let (key, value) = self.value.take().ok_or_else(|| de::Error::custom("a value without a key"))?;
        self.trail.borrow_mut().push(Step::from(key));
        Ok(NodeReader { value, trail: self.trail })
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(key) = self.key() else { return Ok(None) };
        seed.deserialize(StringDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let value = seed.deserialize(self.enter()?)?;
        leave(self.trail);
        Ok(value)
    }
}

/// The value whose step came last has been read. One that cannot be read keeps its step: the trail is where the error is.
#[inline(never)]
fn leave(trail: &Trail) {
    trail.borrow_mut().pop();
}
