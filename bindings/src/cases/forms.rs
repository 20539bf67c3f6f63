//! Values that are written in one of several forms, told apart by what they are and not by trial: so that a fault within
//! one form is reported as such.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Expectation, ExpectedReason, FullExpectation, RequestDescription, RequestSource};

/// Implements `Deserialize` for a type that is a text, a mapping, and possibly a list.
macro_rules! forms {
    ($name:ident, $what:literal, $text:expr, $map:expr $(, $list:expr)?) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Forms;
                impl<'de> Visitor<'de> for Forms {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($what)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                        Ok($text(text.to_owned()))
                    }

                    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                        Deserialize::deserialize(MapAccessDeserializer::new(map)).map($map)
                    }

                    $(
                        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                            Deserialize::deserialize(SeqAccessDeserializer::new(list)).map($list)
                        }
                    )?
                }
                deserializer.deserialize_any(Forms)
            }
        }
    };
}

forms!(
    RequestSource,
    "the name of a file, or a description of a request",
    RequestSource::File,
    |description: RequestDescription| RequestSource::Description(Box::new(description))
);

forms!(
    Expectation,
    "an outcome, a list of codes, or outcome with reasons, warnings and template",
    Expectation::Outcome,
    |full: FullExpectation| Expectation::Full(Box::new(full)),
    Expectation::Codes
);

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "place")]
struct Place {
    code: String,
    path: String,
}

forms!(ExpectedReason, "a code, or code and path", ExpectedReason::Code, |Place { code, path }: Place| {
    ExpectedReason::Place { code, path }
});
