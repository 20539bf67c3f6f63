use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::scalar::Permission;
use super::{given, is_default};

/// The key algorithms that are allowed. One that is left out is denied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "key rules")]
pub struct KeyRules {
    /// RSA keys.
    #[serde(rename = "RSA", default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "RsaKeys"))]
    pub rsa: Option<RsaKeys>,
    /// Keys on named curves.
    #[serde(rename = "EC", default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "EcKeys"))]
    pub ec: Option<EcKeys>,
    /// Ed25519 keys.
    #[serde(
        rename = "Ed25519",
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Ed25519Keys"))]
    pub ed25519: Option<Ed25519Keys>,
}

impl KeyRules {
    /// The value of a document that says nothing of keys: one that no document can mean.
    pub(crate) fn left_out() -> Self {
        Self { rsa: Some(RsaKeys { min: Some(0), max: Some(0), ..RsaKeys::default() }), ..Self::default() }
    }

    /// Whether the document says nothing of keys.
    pub(crate) fn is_left_out(&self) -> bool {
        *self == Self::left_out()
    }
}

/// RSA keys by size of the modulus in bits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "rules for RSA keys")]
pub struct RsaKeys {
    /// The smallest size. Left out: 2048, which no policy can go below.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "u32"))]
    pub min: Option<u32>,
    /// The largest size. Left out: 4096; no policy can go above 8192.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "u32"))]
    pub max: Option<u32>,
    /// The only sizes, if given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<u32>,
    /// How the key says what it is for: `rsaEncryption`, and `RSASSA-PSS` for signatures of that kind alone (RFC 4055
    /// 1.2). Left out: both.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<RsaIdentifier>,
}

/// The algorithm identifier of an RSA key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum RsaIdentifier {
    /// Any use of the key.
    #[serde(rename = "rsaEncryption")]
    RsaEncryption,
    /// RSASSA-PSS signatures alone.
    #[serde(rename = "RSASSA-PSS")]
    RsassaPss,
}

/// Keys on named curves. A plain list is `curves`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = curve_list))]
#[serde(rename_all = "camelCase")]
pub struct EcKeys {
    /// The curves: `P-256`, `P-384` and `P-521`.
    pub curves: Vec<String>,
    /// Whether points in compressed form are allowed. Left out: deny.
    #[serde(default, skip_serializing_if = "is_default")]
    pub compressed: Permission,
}

/// Ed25519 keys; there is nothing to choose: `{}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an empty map")]
pub struct Ed25519Keys {}

impl<'de> Deserialize<'de> for EcKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "map")]
        struct Map {
            curves: Vec<String>,
            #[serde(default)]
            compressed: Permission,
        }
        struct ListOrMap;
        impl<'de> Visitor<'de> for ListOrMap {
            type Value = EcKeys;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of curves, or curves and compressed")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                let curves = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                Ok(EcKeys { curves, compressed: Permission::Deny })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let Map { curves, compressed } = Map::deserialize(MapAccessDeserializer::new(map))?;
                Ok(EcKeys { curves, compressed })
            }
        }
        deserializer.deserialize_any(ListOrMap)
    }
}

#[cfg(feature = "schema")]
fn curve_list(schema: &mut schemars::Schema) {
    let map = std::mem::take(schema);
    let list = schemars::json_schema!({ "type": "array", "items": { "enum": ["P-256", "P-384", "P-521"] } });
    *schema = schemars::json_schema!({ "anyOf": [list, map] });
}
