//! The policy document: what a policy says, as it is written.
//!
//! Reading text and reporting lines is the work of `certgate-bindings`; this module knows types only. Every type refuses
//! unknown keys, and keys with nothing behind them. What a document leaves out is denied.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

mod cel;
mod compat;
mod conditions;
mod keys;
mod names;
mod pattern;
mod rollout;
mod scalar;
mod subject;
mod usages;
mod validity;

pub use cel::{CelEach, CelRule};
pub use compat::*;
pub use conditions::{Conditions, GroupRule, IssuerConditions};
pub use keys::{EcKeys, Ed25519Keys, KeyRules, RsaIdentifier, RsaKeys};
pub use names::{Count, DnsRules, EmailRules, IpRules, NameRules, OtherNameRules, UriRules};
pub use pattern::{DnsPattern, EmailPattern, TextPattern, TextPatternKind, TextRule, UriPattern};
pub use rollout::{Enforcement, ExceptionMatch, ExceptionRule};
pub use scalar::{DurationText, OidText, Permission, Presence, TimeText};
pub use subject::{AttributeRule, CommonNameRule, InNames, SubjectRules};
pub use usages::{UsageRule, UsageRules};
pub use validity::{OverMax, ValidityRules};

/// A policy: which certificates may be issued. What is not mentioned is denied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = rules_or_compat))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a policy")]
pub struct PolicyDocument {
    /// Version of the policy language: 1.
    pub version: u32,
    /// The policy's name in decisions and reports.
    pub id: String,
    /// What the policy is for, for people.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub description: Option<String>,
    /// For which requests the policy is meant. A request that does not fit is not applicable, neither allowed nor denied.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Conditions"))]
    pub select: Option<Conditions>,
    /// What must hold besides. A request that does not fit is denied.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Conditions"))]
    pub require: Option<Conditions>,
    /// The subject's distinguished name.
    #[serde(default, skip_serializing_if = "is_default")]
    pub subject: SubjectRules,
    /// The subject alternative names.
    #[serde(default, skip_serializing_if = "is_default")]
    pub names: NameRules,
    /// The key algorithms that are allowed, with their sizes.
    #[serde(default = "KeyRules::left_out", skip_serializing_if = "KeyRules::is_left_out")]
    pub keys: KeyRules,
    /// Key usage and extended key usage.
    #[serde(default, skip_serializing_if = "is_default")]
    pub usages: UsageRules,
    /// How long a certificate lives.
    #[serde(default = "ValidityRules::left_out", skip_serializing_if = "ValidityRules::is_left_out")]
    pub validity: ValidityRules,
    /// Requested extensions other than subjectAltName, keyUsage, extendedKeyUsage and basicConstraints.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extensions: ExtensionRules,
    /// Attributes of the request other than the extension request and the challenge password.
    #[serde(default, skip_serializing_if = "is_default")]
    pub attributes: RequestAttributeRules,
    /// Certificates of CAs. Left out: a request for one is denied.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "CaRules"))]
    pub ca: Option<CaRules>,
    /// Rules in CEL, for what a table cannot say: all must hold, besides everything else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<CelRule>,
    /// What follows from a denial. Left out: enforce.
    #[serde(default, skip_serializing_if = "is_default")]
    pub enforcement: Enforcement,
    /// Exceptions from some rules, each for a time and with someone who answers for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<ExceptionRule>,
    /// The policy of another program, decided as it does. Excludes all other rules.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "CompatRules"))]
    pub compat: Option<CompatRules>,
}

impl PolicyDocument {
    /// A policy that decides as another program does, and has no rules of its own.
    pub fn of_compat(id: String, compat: CompatRules) -> Self {
        Self {
            version: 1,
            id,
            description: None,
            select: None,
            require: None,
            subject: SubjectRules::default(),
            names: NameRules::default(),
            keys: KeyRules::left_out(),
            usages: UsageRules::default(),
            validity: ValidityRules::left_out(),
            extensions: ExtensionRules::default(),
            attributes: RequestAttributeRules::default(),
            ca: None,
            rules: Vec::new(),
            compat: Some(compat),
            enforcement: Enforcement::default(),
            exceptions: Vec::new(),
        }
    }
}

/// What happens to extensions that a request asks for. An extension that is in neither list is denied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "extension rules")]
pub struct ExtensionRules {
    /// Types that are left out of the certificate, with a notice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<OidText>,
    /// Types that are copied into the certificate as they are. Critical ones are copied as critical.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copy: Vec<OidText>,
}

/// What happens to attributes of a request. One that is not in the list is denied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "request attribute rules")]
pub struct RequestAttributeRules {
    /// Types that have no effect, with a notice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<OidText>,
}

/// Certificates of CAs: the request must ask for one, and every certificate of this policy is one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "rules for CAs")]
pub struct CaRules {
    /// Largest pathLenConstraint, and the one that is issued if the request asks for none.
    pub max_path_length: u32,
}

/// Lists by attribute type.
pub type ByOid<T> = BTreeMap<OidText, T>;

/// Reads what may be left out and is never null: a key with nothing behind it would say that there is no rule.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads lists by type. Two spellings of one type are the same key twice.
pub(crate) fn by_oid<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<ByOid<T>, D::Error> {
    struct Types<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Types<T> {
        type Value = ByOid<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("rules by type")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ByOid<T>, A::Error> {
            let mut out = ByOid::new();
            while let Some(key) = map.next_key::<String>()? {
                let oid = OidText::deserialize(StrDeserializer::<A::Error>::new(&key))?;
                if out.contains_key(&oid) {
                    return Err(de::Error::custom(format_args!("duplicate field `{key}`")));
                }
                out.insert(oid, map.next_value()?);
            }
            Ok(out)
        }
    }
    deserializer.deserialize_map(Types(PhantomData))
}

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A policy has rules, of which keys and lifetimes are never left out, or the policy of another program.
#[cfg(feature = "schema")]
fn rules_or_compat(schema: &mut schemars::Schema) {
    let mut either = schemars::json_schema!({ "anyOf": [{ "required": ["keys", "validity"] }, { "required": ["compat"] }] });
    if let Some(either) = either.remove("anyOf") {
        schema.insert("anyOf".to_owned(), either);
    }
}
