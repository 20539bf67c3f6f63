use serde::{Deserialize, Serialize};

use super::pattern::TextPattern;
use super::scalar::{OidText, Permission, Presence};
use super::{ByOid, by_oid, given, is_default};

/// The subject's distinguished name. An attribute that is not mentioned is denied; a common name is allowed if it equals
/// a subject alternative name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "subject rules")]
pub struct SubjectRules {
    /// The common name.
    #[serde(default, skip_serializing_if = "is_default")]
    pub common_name: CommonNameRule,
    /// Other attributes by type, such as `O` or `organizationName`.
    #[serde(default, deserialize_with = "by_oid", skip_serializing_if = "ByOid::is_empty")]
    pub attributes: ByOid<AttributeRule>,
    /// Types that are left out of the certificate, with a notice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<OidText>,
    /// Values that the issuer sets, by type: every certificate has them, before what the request asks for.
    #[serde(default, deserialize_with = "by_oid", skip_serializing_if = "ByOid::is_empty")]
    pub write: ByOid<Vec<String>>,
    /// String types besides UTF8String, PrintableString and IA5String, such as `BMPString`. The certificate has UTF8String.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub string_types: Vec<String>,
    /// Whether one RDN may hold several attributes. Left out: deny.
    #[serde(default, skip_serializing_if = "is_default")]
    pub multi_valued: Permission,
}

/// The common name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "rules for the common name")]
pub struct CommonNameRule {
    /// Whether there must be a common name. Left out: optional.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Presence"))]
    pub presence: Option<Presence>,
    /// The common name must match one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<TextPattern>,
    /// The common name may match none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<TextPattern>,
    /// Whether the common name must also be a subject alternative name. Left out: required, unless `allow` is given.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "InNames"))]
    pub in_names: Option<InNames>,
}

/// Whether a common name must be among the subject alternative names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum InNames {
    /// It need not be.
    Optional,
    /// It must be.
    Required,
    /// It must be a DNS name or a mail address; if it is none of the names, it is judged and issued as one of them.
    Add,
}

/// One type of subject attribute.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "rules for an attribute")]
pub struct AttributeRule {
    /// Whether there must be such an attribute. Left out: optional.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Presence"))]
    pub presence: Option<Presence>,
    /// Every value must match one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<TextPattern>,
    /// No value may match one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<TextPattern>,
    /// The values must be exactly these, in any order.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub exactly: Option<Vec<String>>,
}
