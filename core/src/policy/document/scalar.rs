use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::oid::{Oid, OidKind};
use crate::time::{Duration, Timestamp};

/// Yes or no, in words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Permission {
    /// Allowed.
    Allow,
    /// Denied.
    #[default]
    Deny,
}

impl Permission {
    /// Whether it is allowed.
    pub fn is_allowed(self) -> bool {
        self == Self::Allow
    }
}

/// Whether something must, may or must not be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Presence {
    /// It must not be there.
    Forbidden,
    /// It may be there.
    Optional,
    /// It must be there.
    Required,
}

/// Declares a type that is written as text and read by a function.
macro_rules! text_scalar {
    ($(#[$doc:meta])* $name:ident($inner:ty), $schema:literal, $pattern:literal, $what:literal, $parse:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl Visitor<'_> for Text {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($what)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                        let parse: fn(&str) -> Option<$inner> = $parse;
                        parse(text).map($name).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $schema.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern, "description": $what })
            }
        }
    };
}

text_scalar!(
    /// A duration such as `90d`, `24h` or `1h30m`.
    DurationText(Duration),
    "Duration",
    "^(0|([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?)$",
    "a duration such as 90d, 24h or 1h30m, of at most 1000 years",
    Duration::parse
);

text_scalar!(
    /// A point in time in RFC 3339.
    TimeText(Timestamp),
    "Time",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$",
    "a time in RFC 3339 such as 2027-01-01T00:00:00Z",
    Timestamp::from_rfc3339
);

text_scalar!(
    /// An object identifier in dotted decimal, or the name that the standards give it.
    OidText(Oid),
    "ObjectIdentifier",
    "^([0-2](\\.[0-9]+)+|[A-Za-z][A-Za-z0-9]*)$",
    "an object identifier such as 1.3.6.1.5.5.7.1.24, or its name such as tlsFeature",
    parse_oid
);

fn parse_oid(text: &str) -> Option<Oid> {
    const KINDS: [OidKind; 5] = [
        OidKind::Extension,
        OidKind::Attribute,
        OidKind::ExtendedKeyUsage,
        OidKind::RequestAttribute,
        OidKind::OtherName,
    ];
    let short = match text {
        "CN" => "commonName",
        "C" => "countryName",
        "DC" => "domainComponent",
        "L" => "localityName",
        "O" => "organizationName",
        "OU" => "organizationalUnitName",
        "ST" => "stateOrProvinceName",
        "STREET" => "streetAddress",
        "UID" => "userId",
        other => other,
    };
    KINDS.into_iter().find_map(|kind| Oid::from_label(short, kind))
}

impl Serialize for DurationText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Serialize for TimeText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Serialize for OidText {
    /// The name where there is one: documents that say the same have one canonical form.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.label())
    }
}
