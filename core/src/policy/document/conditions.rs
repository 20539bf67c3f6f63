use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::given;
use super::pattern::{TextPattern, TextRule};

/// Conditions on who asks, where and of whom. All that are given must hold; what the context lacks does not hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "conditions")]
pub struct Conditions {
    /// The requester's user name, such as `system:node:*`.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "TextRule"))]
    pub username: Option<TextRule>,
    /// The requester's groups.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "GroupRule"))]
    pub groups: Option<GroupRule>,
    /// The namespace of the request.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "TextRule"))]
    pub namespace: Option<TextRule>,
    /// The Kubernetes signer, such as `kubernetes.io/kubelet-serving`.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "TextRule"))]
    pub signer_name: Option<TextRule>,
    /// The issuer that is asked.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "IssuerConditions"))]
    pub issuer: Option<IssuerConditions>,
    /// Facts that the host supplies, by name. Every value of a fact must fit.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, TextRule>,
}

/// The issuer that is asked, as cert-manager's issuerRef names it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "conditions on the issuer")]
pub struct IssuerConditions {
    /// The issuer's name.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "TextRule"))]
    pub name: Option<TextRule>,
    /// The issuer's kind, such as `ClusterIssuer`.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "TextRule"))]
    pub kind: Option<TextRule>,
    /// The issuer's API group, such as `cert-manager.io`.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "TextRule"))]
    pub group: Option<TextRule>,
}

/// Conditions on a list of groups. A plain list is `anyOf`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = super::pattern::allow_list))]
#[serde(rename_all = "camelCase")]
pub struct GroupRule {
    /// At least one group must match one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any_of: Vec<TextPattern>,
    /// Each of these must match at least one group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all_of: Vec<TextPattern>,
    /// No group may match one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub none_of: Vec<TextPattern>,
}

impl<'de> Deserialize<'de> for GroupRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "map")]
        struct Map {
            #[serde(default)]
            any_of: Vec<TextPattern>,
            #[serde(default)]
            all_of: Vec<TextPattern>,
            #[serde(default)]
            none_of: Vec<TextPattern>,
        }
        struct ListOrMap;
        impl<'de> Visitor<'de> for ListOrMap {
            type Value = GroupRule;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of groups, or anyOf, allOf and noneOf")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                let any_of = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                Ok(GroupRule { any_of, ..GroupRule::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let Map { any_of, all_of, none_of } = Map::deserialize(MapAccessDeserializer::new(map))?;
                Ok(GroupRule { any_of, all_of, none_of })
            }
        }
        deserializer.deserialize_any(ListOrMap)
    }
}
