use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::given;
use super::scalar::OidText;
use crate::oid::{Oid, OidKind};

/// A rule in CEL, for what a table cannot say. It can deny what the other rules allow, and never the other way round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a rule in CEL")]
pub struct CelRule {
    /// The rule's name in decisions: lower-case letters, digits and `_`, at most 64 of them.
    pub code: String,
    /// The values that the rule is run for, each as `self`. Left out: it is run once.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "CelEach"))]
    pub each: Option<CelEach>,
    /// The expression, which must be true: at most 2 KiB, over `cert`, `request`, `requester`, `facts`, `factValues`, `cr` and, with
    /// `each`, `self`.
    pub cel: String,
    /// What a denial says: one line of at most 512 bytes.
    pub message: String,
}

/// Values of a certificate: `dns`, `ip`, `email`, `uri`, `otherName:TYPE` or `subject:TYPE`, such as `subject:commonName`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CelEach {
    /// Each dNSName.
    Dns,
    /// Each iPAddress, as text.
    Ip,
    /// Each rfc822Name.
    Email,
    /// Each uniformResourceIdentifier.
    Uri,
    /// Each otherName of a type: its text, or its DER encoding in hexadecimal.
    OtherName(OidText),
    /// Each attribute of the subject of a type.
    Subject(OidText),
}

impl CelEach {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "dns" => Self::Dns,
            "ip" => Self::Ip,
            "email" => Self::Email,
            "uri" => Self::Uri,
            _ => {
                let (field, label) = text.split_once(':')?;
                let kind = match field {
                    "otherName" => OidKind::OtherName,
                    "subject" => OidKind::Attribute,
                    _ => return None,
                };
                let oid = OidText(Oid::from_label(label, kind)?);
                if kind == OidKind::OtherName { Self::OtherName(oid) } else { Self::Subject(oid) }
            }
        })
    }
}

impl fmt::Display for CelEach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns => f.write_str("dns"),
            Self::Ip => f.write_str("ip"),
            Self::Email => f.write_str("email"),
            Self::Uri => f.write_str("uri"),
            Self::OtherName(oid) => write!(f, "otherName:{}", oid.0.label()),
            Self::Subject(oid) => write!(f, "subject:{}", oid.0.label()),
        }
    }
}

impl Serialize for CelEach {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CelEach {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = CelEach;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("dns, ip, email, uri, otherName:TYPE or subject:TYPE")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                CelEach::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for CelEach {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CelEach".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^(dns|ip|email|uri|(otherName|subject):[A-Za-z0-9.]+)$",
            "description": "values of a certificate: dns, ip, email, uri, otherName:TYPE or subject:TYPE"
        })
    }
}
