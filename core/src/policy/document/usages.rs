use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::given;

/// Key usage and extended key usage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "usage rules")]
pub struct UsageRules {
    /// keyUsage. Left out: digitalSignature, and keyEncipherment for RSA keys with serverAuth; for a CA keyCertSign and
    /// cRLSign.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "UsageRule"))]
    pub key: Option<UsageRule>,
    /// extendedKeyUsage, by name or object identifier. Left out: none.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "UsageRule"))]
    pub extended: Option<UsageRule>,
}

/// Which usages are allowed, and which are issued if the request asks for none. A plain list is `allow`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = usage_list))]
#[serde(rename_all = "camelCase")]
pub struct UsageRule {
    /// Every usage that is asked for must be one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<String>,
    /// All of these must be asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub require: Vec<String>,
    /// The usages that are asked for must be exactly one of these sets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<Vec<String>>,
    /// What is issued if the request asks for nothing. Left out: all of `allow`, or the first of `oneOf`, that the key can do; of
    /// several purposes, or several sets of them, none is chosen and the request is denied.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub default: Option<Vec<String>>,
    /// What is issued whatever the request asks for, with a notice where it asks for something else. Excludes the others.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub force: Option<Vec<String>>,
}

impl<'de> Deserialize<'de> for UsageRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "map")]
        struct Map {
            #[serde(default)]
            allow: Vec<String>,
            #[serde(default)]
            require: Vec<String>,
            #[serde(default)]
            one_of: Vec<Vec<String>>,
            #[serde(default, deserialize_with = "given")]
            default: Option<Vec<String>>,
            #[serde(default, deserialize_with = "given")]
            force: Option<Vec<String>>,
        }
        struct ListOrMap;
        impl<'de> Visitor<'de> for ListOrMap {
            type Value = UsageRule;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of usages, or allow, require, oneOf, default and force")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                let allow = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                Ok(UsageRule { allow, ..UsageRule::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let Map { allow, require, one_of, default, force } =
                    Map::deserialize(MapAccessDeserializer::new(map))?;
                Ok(UsageRule { allow, require, one_of, default, force })
            }
        }
        deserializer.deserialize_any(ListOrMap)
    }
}

#[cfg(feature = "schema")]
fn usage_list(schema: &mut schemars::Schema) {
    let map = std::mem::take(schema);
    let list = schemars::json_schema!({ "type": "array", "items": { "type": "string" } });
    *schema = schemars::json_schema!({ "anyOf": [list, map] });
}
