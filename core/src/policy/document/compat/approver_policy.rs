use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::scalar::Seconds;

/// The `spec` of a CertificateRequestPolicy (policy.cert-manager.io/v1alpha1), in its own words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "a spec")]
pub struct ApproverPolicy {
    /// What is allowed; what is left out must be absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<ApproverAllowed>,
    /// Bounds on lifetimes and keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraints: Option<ApproverConstraints>,
    /// Plugins: the fact `plugin-NAME` is `allowed` if one agrees.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub plugins: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
    /// For which requests the policy is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<ApproverSelector>,
}

/// What a CertificateRequestPolicy allows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "what is allowed")]
pub struct ApproverAllowed {
    /// The common name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub common_name: Option<ApproverText>,
    /// dNSName.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_names: Option<ApproverSlice>,
    /// iPAddress, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_addresses: Option<ApproverSlice>,
    /// uniformResourceIdentifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uris: Option<ApproverSlice>,
    /// rfc822Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_addresses: Option<ApproverSlice>,
    /// otherName by type.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_names: Vec<ApproverByOid>,
    /// Whether certificates of CAs are allowed.
    #[serde(rename = "isCA", skip_serializing_if = "Option::is_none")]
    pub is_ca: Option<bool>,
    /// Words for usages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usages: Option<Vec<String>>,
    /// Other attributes of the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<ApproverSubject>,
}

/// Attributes of the subject.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "subject attributes")]
pub struct ApproverSubject {
    /// organizationName.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizations: Option<ApproverSlice>,
    /// countryName.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub countries: Option<ApproverSlice>,
    /// organizationalUnitName.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizational_units: Option<ApproverSlice>,
    /// localityName.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub localities: Option<ApproverSlice>,
    /// stateOrProvinceName.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provinces: Option<ApproverSlice>,
    /// streetAddress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_addresses: Option<ApproverSlice>,
    /// postalCode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_codes: Option<ApproverSlice>,
    /// serialNumber.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<ApproverText>,
    /// Attributes without a field of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_attributes: Vec<ApproverByOid>,
}

/// What is allowed of a field with several values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "values and required")]
pub struct ApproverSlice {
    /// Patterns in which `*` stands for any characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
    /// Whether there must be a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// Rules in CEL that each value must pass.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub validations: Vec<ApproverValidation>,
}

/// What is allowed of a field with one value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "value and required")]
pub struct ApproverText {
    /// A pattern in which `*` stands for any characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Whether there must be a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// Rules in CEL that each value must pass.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub validations: Vec<ApproverValidation>,
}

/// What is allowed of a type of otherName or attribute.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "oid, values and required")]
pub struct ApproverByOid {
    /// The type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oid: Option<String>,
    /// Patterns in which `*` stands for any characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
    /// Whether there must be a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// Rules in CEL that each value must pass.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub validations: Vec<ApproverValidation>,
}

/// Bounds on lifetimes and keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "constraints")]
pub struct ApproverConstraints {
    /// The shortest lifetime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_duration: Option<Seconds>,
    /// The longest lifetime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_duration: Option<Seconds>,
    /// The key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_key: Option<ApproverPrivateKey>,
}

/// Bounds on keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "algorithm, minSize and maxSize")]
pub struct ApproverPrivateKey {
    /// `RSA`, `ECDSA` or `Ed25519`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<String>,
    /// The smallest size in bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_size: Option<u32>,
    /// The largest size in bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_size: Option<u32>,
}

/// For which requests a policy is meant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "issuerRef and namespace")]
pub struct ApproverSelector {
    /// The issuer that is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer_ref: Option<ApproverIssuer>,
    /// The namespace of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<ApproverNamespace>,
}

/// The issuer that is asked; `*` stands for any characters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "name, kind and group")]
pub struct ApproverIssuer {
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// API group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// The namespace of the request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "matchNames and matchLabels")]
pub struct ApproverNamespace {
    /// Names; `*` stands for any characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub match_names: Option<Vec<String>>,
    /// Labels: the facts `namespaceLabel-NAME`.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub match_labels: BTreeMap<String, String>,
}

/// A rule in CEL over `self`, one value, and `cr`, the request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "rule and message")]
pub struct ApproverValidation {
    /// The expression, which must be true.
    pub rule: String,
    /// What a violation says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl ApproverValidation {
    /// What a violation says: the message, or the rule that failed.
    pub fn text(&self) -> String {
        self.message.clone().unwrap_or_else(|| format!("failed rule: {}", self.rule))
    }
}
