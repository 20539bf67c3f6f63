use serde::{Deserialize, Serialize};

use super::scalar::Seconds;

/// A signer of Kubernetes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    default,
    expecting = "signerName and clusterSigningDuration"
)]
pub struct KubernetesSigner {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer_name: Option<String>,
    /// `--cluster-signing-duration`. Left out: a year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster_signing_duration: Option<Seconds>,
}

/// The options of kubelet-csr-approver, in its own words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default, expecting = "options")]
pub struct KubeletCsrApprover {
    /// How many DNS names a request may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_dns_names: Option<u32>,
    /// Whether DNS names need not resolve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bypass_dns_resolution: Option<bool>,
    /// Whether DNS names need not begin with the name of the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bypass_hostname_check: Option<bool>,
    /// Whether requests of others than nodes are left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore_non_system_node: Option<bool>,
    /// The longest lifetime.
    #[serde(alias = "max-expiration-sec", skip_serializing_if = "Option::is_none")]
    pub max_expiration_seconds: Option<Seconds>,
    /// Blocks that addresses must lie in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_ip_prefixes: Option<super::scalar::TextList>,
    /// A regular expression for DNS names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_regex: Option<String>,
    /// Whether a request is left pending that would be denied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_deny_step: Option<bool>,
}
