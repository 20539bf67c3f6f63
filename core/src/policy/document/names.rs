use serde::{Deserialize, Serialize};

use super::pattern::{DnsPattern, EmailPattern, TextPattern, UriPattern};
use super::scalar::{Permission, Presence};
use super::{ByOid, by_oid, given, is_default};

/// The subject alternative names. A kind that is not mentioned is denied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "name rules")]
pub struct NameRules {
    /// Whether there must be names at all. Left out: required.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Presence"))]
    pub presence: Option<Presence>,
    /// How many names there may be in all. Left out: at most 100.
    #[serde(default, skip_serializing_if = "is_default")]
    pub count: Count,
    /// dNSName.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "DnsRules"))]
    pub dns: Option<DnsRules>,
    /// iPAddress.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "IpRules"))]
    pub ip: Option<IpRules>,
    /// rfc822Name.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "EmailRules"))]
    pub email: Option<EmailRules>,
    /// uniformResourceIdentifier.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "UriRules"))]
    pub uri: Option<UriRules>,
    /// otherName by type, such as `userPrincipalName`.
    #[serde(default, deserialize_with = "by_oid", skip_serializing_if = "ByOid::is_empty")]
    pub other_name: ByOid<OtherNameRules>,
}

/// How many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "min and max")]
pub struct Count {
    /// The fewest.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "u32"))]
    pub min: Option<u32>,
    /// The most.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "u32"))]
    pub max: Option<u32>,
}

/// Which dNSNames are allowed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "dns rules")]
pub struct DnsRules {
    /// A name must match one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<DnsPattern>,
    /// A name may match none of these. A wildcard that stands for a denied name is denied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<DnsPattern>,
    /// Whether there must be a dNSName. Left out: optional.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Presence"))]
    pub presence: Option<Presence>,
    /// How many dNSNames there may be.
    #[serde(default, skip_serializing_if = "is_default")]
    pub count: Count,
    /// Whether wildcard certificates are allowed at all: names whose first label is `*`. Left out: deny.
    #[serde(default, skip_serializing_if = "is_default")]
    pub wildcard: Permission,
    /// Whether a wildcard directly below a public suffix, such as `*.com`, is allowed. Left out: deny.
    #[serde(default, skip_serializing_if = "is_default")]
    pub public_suffix_wildcard: Permission,
    /// Whether names with an underscore are allowed. Left out: deny.
    #[serde(default, skip_serializing_if = "is_default")]
    pub underscore: Permission,
}

/// Which iPAddresses are allowed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "ip rules")]
pub struct IpRules {
    /// Addresses and blocks such as `10.0.0.0/8`, without host bits. An address must lie in one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<String>,
    /// An address may lie in none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<String>,
    /// Whether there must be an iPAddress. Left out: optional.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Presence"))]
    pub presence: Option<Presence>,
    /// How many iPAddresses there may be.
    #[serde(default, skip_serializing_if = "is_default")]
    pub count: Count,
    /// Whether IPv4-mapped IPv6 addresses are allowed, if the IPv4 address is. Left out: deny.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mapped: Permission,
}

/// Which rfc822Names are allowed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "email rules")]
pub struct EmailRules {
    /// An address must match one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<EmailPattern>,
    /// An address may match none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<EmailPattern>,
    /// Whether there must be an rfc822Name. Left out: optional.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Presence"))]
    pub presence: Option<Presence>,
    /// How many rfc822Names there may be.
    #[serde(default, skip_serializing_if = "is_default")]
    pub count: Count,
}

/// Which uniformResourceIdentifiers are allowed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "uri rules")]
pub struct UriRules {
    /// A URI must match one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<UriPattern>,
    /// A URI may match none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<UriPattern>,
    /// Whether there must be a URI. Left out: optional.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Presence"))]
    pub presence: Option<Presence>,
    /// How many URIs there may be.
    #[serde(default, skip_serializing_if = "is_default")]
    pub count: Count,
}

/// Which otherNames of one type are allowed. The value must be a string.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "other name rules")]
pub struct OtherNameRules {
    /// A value must match one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<TextPattern>,
    /// A value may match none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<TextPattern>,
    /// The string types of ASN.1 that a value may have, such as `UTF8String`. Left out: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub string_types: Vec<String>,
    /// Whether there must be an otherName of this type. Left out: optional.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Presence"))]
    pub presence: Option<Presence>,
    /// How many otherNames of this type there may be.
    #[serde(default, skip_serializing_if = "is_default")]
    pub count: Count,
}
