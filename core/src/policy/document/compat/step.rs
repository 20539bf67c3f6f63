use serde::{Deserialize, Serialize};

use super::scalar::Seconds;

/// The policies and claims of a step-ca that bear on certificates.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "policies and claims")]
pub struct StepPolicy {
    /// The policy of the authority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<StepX509>,
    /// The claims of the authority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<StepClaims>,
    /// The provisioner that is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisioner: Option<StepProvisioner>,
}

/// A provisioner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "a provisioner")]
pub struct StepProvisioner {
    /// Its type, such as `JWK`, `X5C` or `ACME`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its claims, before those of the authority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<StepClaims>,
    /// Its policy, besides that of the authority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<StepX509>,
    /// The policy of the ACME account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_policy: Option<StepX509>,
}

/// A policy for names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    default,
    expecting = "allow, deny and allowWildcardNames"
)]
pub struct StepX509 {
    /// What is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow: Option<StepNames>,
    /// What is denied, whatever is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deny: Option<StepNames>,
    /// Whether a name may be a wildcard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_wildcard_names: Option<bool>,
}

/// Names by kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "names by kind")]
pub struct StepNames {
    /// Common names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cn: Vec<String>,
    /// Domains, or `*.` and a domain for exactly one more label.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dns: Vec<String>,
    /// Addresses and blocks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ip: Vec<String>,
    /// `@` and a domain, or a mailbox.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub email: Vec<String>,
    /// Hosts of URIs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uri: Vec<String>,
}

/// Claims on lifetimes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "claims")]
pub struct StepClaims {
    /// The shortest lifetime.
    #[serde(rename = "minTLSCertDuration", skip_serializing_if = "Option::is_none")]
    pub min_tls_cert_duration: Option<Seconds>,
    /// The longest lifetime.
    #[serde(rename = "maxTLSCertDuration", skip_serializing_if = "Option::is_none")]
    pub max_tls_cert_duration: Option<Seconds>,
    /// The lifetime that a request gets that asks for none.
    #[serde(rename = "defaultTLSCertDuration", skip_serializing_if = "Option::is_none")]
    pub default_tls_cert_duration: Option<Seconds>,
}
