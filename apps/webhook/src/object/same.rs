//! Whether two JSON texts say the same, without a tree of either: a list of empty lists takes twenty times its text as a tree.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hash};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Whether two values are the same, in whatever order their keys are. A text that cannot be read is the same as its copy alone.
pub(super) fn is_same(one: Option<&RawValue>, other: Option<&RawValue>) -> bool {
    let (one, other) = match (one, other) {
        (None, None) => return true,
        (Some(one), Some(other)) => (one.get(), other.get()),
        _ => return false,
    };
    if one == other {
        return true;
    }
    let keys = [RandomState::new(), RandomState::new()];
    let digest = |text: &str| {
        let mut reader = serde_json::Deserializer::from_str(text);
        Digest { keys: &keys }.deserialize(&mut reader).ok()
    };
    digest(one).is_some_and(|one| digest(other) == Some(one))
}

/// The values of a mapping that have these names; none of what is no mapping.
pub(super) fn named<'a, const N: usize>(
    map: Option<&'a RawValue>,
    names: [&str; N],
) -> [Option<&'a RawValue>; N] {
    let read = |map: &'a RawValue| {
        let mut reader = serde_json::Deserializer::from_str(map.get());
        reader.deserialize_map(Named { names }).ok()
    };
    map.and_then(read).unwrap_or([None; N])
}

/// A digest of any value, under keys that nobody else knows: who writes the values cannot make two that meet.
#[derive(Clone, Copy)]
struct Digest<'k> {
    keys: &'k [RandomState; 2],
}

impl Digest<'_> {
    /// `kind` keeps apart what is of different types.
    fn of(self, kind: u8, content: impl Hash) -> [u64; 2] {
        self.keys.each_ref().map(|key| key.hash_one((kind, &content)))
    }
}

impl<'de> DeserializeSeed<'de> for Digest<'_> {
    type Value = [u64; 2];

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<[u64; 2], D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Digest<'_> {
    type Value = [u64; 2];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<[u64; 2], E> {
        Ok(self.of(0, ()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<[u64; 2], E> {
        Ok(self.of(1, value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<[u64; 2], E> {
        Ok(self.of(2, value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<[u64; 2], E> {
        Ok(self.of(3, value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<[u64; 2], E> {
        Ok(self.of(4, value.to_bits()))
    }

    fn visit_str<E>(self, value: &str) -> Result<[u64; 2], E> {
        Ok(self.of(5, value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<[u64; 2], A::Error> {
        let mut digest = self.of(6, ());
        while let Some(item) = items.next_element_seed(self)? {
            digest = self.of(7, (digest, item));
        }
        Ok(digest)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<[u64; 2], A::Error> {
        let mut digest: (u64, u64) = self.of(8, ()).into();
        while let Some(key) = fields.next_key_seed(self)? {
            let [one, other] = self.of(9, (key, fields.next_value_seed(self)?));
            // A sum: the order does not matter.
            digest = [digest.0.wrapping_add(one), digest.1.wrapping_add(other)].into();
        }
        Ok(digest.into())
    }
}

struct Named<'n, const N: usize> {
    names: [&'n str; N],
}

impl<'de, const N: usize> Visitor<'de> for Named<'_, N> {
    type Value = [Option<&'de RawValue>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut found = [None; N];
        while let Some(key) = fields.next_key::<String>()? {
            match self.names.iter().zip(&mut found).find(|(name, _)| **name == key) {
                Some((_, place)) => *place = Some(fields.next_value()?),
                None => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}

/// Whether one of a list of conditions says that the object is approved.
pub(super) fn is_approved<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(serde::Deserialize)]
    struct Condition {
        #[serde(rename = "type")]
        kind: String,
        status: String,
    }

    struct Conditions;

    impl<'de> Visitor<'de> for Conditions {
        type Value = bool;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of conditions")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
            let mut is_approved = false;
            while let Some(Condition { kind, status }) = items.next_element()? {
                is_approved |= kind == "Approved" && status == "True";
            }
            Ok(is_approved)
        }
    }

    deserializer.deserialize_seq(Conditions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> &RawValue {
        serde_json::from_str(text).unwrap()
    }

    fn are_same(one: &str, other: &str) -> bool {
        is_same(Some(raw(one)), Some(raw(other)))
    }

    #[test]
    fn values_are_the_same_in_whatever_order_their_keys_are() {
        assert!(are_same(r#"{"a":1,"b":[{},"x"]}"#, r#"{ "b": [ {}, "\u0078" ], "a": 1 }"#));
        for other in [
            r#"{"a":1,"b":[{},"y"]}"#,
            r#"{"a":1,"b":["x",{}]}"#,
            r#"{"a":1,"b":[{},"x",null]}"#,
            r#"{"a":"1","b":[{},"x"]}"#,
            r#"{"a":-1,"b":[{},"x"]}"#,
            r#"{"a":1.5,"b":[{},"x"]}"#,
            r#"{"b":1,"a":[{},"x"]}"#,
            r#"{"a":1}"#,
            r#"{"a":1,"b":[{},"x"],"c":null}"#,
            r#"["a",1,"b",[{},"x"]]"#,
            "true",
        ] {
            assert!(!are_same(r#"{"a":1,"b":[{},"x"]}"#, other), "{other}");
        }
        assert!(!are_same("[]", "{}") && !are_same("[[]]", "[]") && !are_same("[[],[]]", "[[[]]]"));
        assert!(is_same(None, None) && !is_same(None, Some(raw("{}"))));
    }

    #[test]
    fn what_cannot_be_read_is_its_copy_alone() {
        let deep = |padding: &str| format!("{}{padding}{}", "[".repeat(200), "]".repeat(200));
        assert!(are_same(&deep(""), &deep("")));
        assert!(!are_same(&deep(""), &deep(" ")), "nested deeper than is read");
    }

    #[test]
    fn values_are_found_by_name() {
        let map = raw(r#"{"c":[1],"b":"2","a":{}}"#);
        let found = named(Some(map), ["a", "b", "d"]).map(|value| value.map(RawValue::get));
        assert_eq!(found, [Some("{}"), Some("\"2\""), None]);
        assert!(named(Some(raw("[]")), ["a"])[0].is_none() && named(None, ["a"])[0].is_none());
    }
}
