use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::scalar::Seconds;

/// The `signing` part of a configuration of cfssl.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, expecting = "default and profiles")]
pub struct CfsslSigning {
    /// The profile of requests that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<CfsslProfile>,
    /// Profiles by name; the parameter `profile` names one.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub profiles: BTreeMap<String, CfsslProfile>,
}

/// A signing profile, in its own words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, expecting = "a signing profile")]
pub struct CfsslProfile {
    /// Words for usages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub usages: Vec<String>,
    /// The lifetime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiry: Option<Seconds>,
    /// How far before now lifetimes begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backdate: Option<Seconds>,
    /// A fixed beginning of life.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<String>,
    /// A fixed end of life.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<String>,
    /// Certificates of CAs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_constraint: Option<CfsslCaConstraint>,
    /// A regular expression for names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_whitelist: Option<String>,
    /// Extensions that the call may pass.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_extensions: Vec<String>,
    /// Whether extensions of the request are copied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_extensions: Option<bool>,
    /// Which parts of the request are used.
    #[serde(rename = "CSRWhitelist", skip_serializing_if = "Option::is_none")]
    pub csr_whitelist: Option<CfsslCsrParts>,
    /// Whether the call gives the serial number.
    #[serde(rename = "ClientProvidesSerialNumbers", skip_serializing_if = "Option::is_none")]
    pub client_provides_serial_numbers: Option<bool>,
    /// For the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_key: Option<String>,
    /// For the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev_auth_key: Option<String>,
    /// For the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_remote: Option<BTreeMap<String, String>>,
    /// For the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    /// For the issuer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub issuer_urls: Vec<String>,
    /// For the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ocsp_url: Option<String>,
    /// For the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crl_url: Option<String>,
    /// For the issuer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<CfsslPolicy>,
    /// For the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ocsp_no_check: Option<bool>,
    /// For the issuer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ct_log_servers: Vec<String>,
    /// For the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lint_error_level: Option<u32>,
    /// For the issuer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored_lints: Vec<String>,
    /// For the issuer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored_lint_sources: Vec<String>,
}

/// Certificates of CAs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, expecting = "is_ca, max_path_len and max_path_len_zero")]
pub struct CfsslCaConstraint {
    /// Whether certificates are those of CAs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_ca: Option<bool>,
    /// Largest path length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_path_len: Option<u32>,
    /// Whether a path length of 0 is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_path_len_zero: Option<bool>,
}

/// Which parts of the request are used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, expecting = "parts of a request")]
pub struct CfsslCsrParts {
    /// The subject.
    #[serde(rename = "Subject", skip_serializing_if = "Option::is_none")]
    pub subject: Option<bool>,
    /// The algorithm of the key.
    #[serde(rename = "PublicKeyAlgorithm", skip_serializing_if = "Option::is_none")]
    pub public_key_algorithm: Option<bool>,
    /// The key.
    #[serde(rename = "PublicKey", skip_serializing_if = "Option::is_none")]
    pub public_key: Option<bool>,
    /// The signature algorithm.
    #[serde(rename = "SignatureAlgorithm", skip_serializing_if = "Option::is_none")]
    pub signature_algorithm: Option<bool>,
    /// dNSName.
    #[serde(rename = "DNSNames", skip_serializing_if = "Option::is_none")]
    pub dns_names: Option<bool>,
    /// iPAddress.
    #[serde(rename = "IPAddresses", skip_serializing_if = "Option::is_none")]
    pub ip_addresses: Option<bool>,
    /// rfc822Name.
    #[serde(rename = "EmailAddresses", skip_serializing_if = "Option::is_none")]
    pub email_addresses: Option<bool>,
    /// uniformResourceIdentifier.
    #[serde(rename = "URIs", skip_serializing_if = "Option::is_none")]
    pub uris: Option<bool>,
}

/// A certificate policy to write, for the issuer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, expecting = "a certificate policy")]
pub struct CfsslPolicy {
    /// Its object identifier.
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Qualifiers: type and value.
    #[serde(rename = "Qualifiers", skip_serializing_if = "Vec::is_empty")]
    pub qualifiers: Vec<BTreeMap<String, String>>,
}
