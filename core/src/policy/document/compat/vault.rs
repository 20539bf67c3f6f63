use serde::{Deserialize, Serialize};

use super::scalar::{Seconds, TextList};

/// A role of the PKI secrets engine of Vault or OpenBao, in its own words. What is left out has the program's default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, expecting = "a role")]
pub struct VaultRole {
    /// Any name that passes the checks of hosts and wildcards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_any_name: Option<bool>,
    /// Names equal to an allowed domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_bare_domains: Option<bool>,
    /// Allowed domains with `*` are globs over the whole name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_glob_domains: Option<bool>,
    /// OpenBao: stars in values of templates are globs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_globs_in_identity_templates: Option<bool>,
    /// Addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_ip_sans: Option<bool>,
    /// `localhost`, `localdomain` and mailboxes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_localhost: Option<bool>,
    /// Names below an allowed domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_subdomains: Option<bool>,
    /// The display name of the token, the fact `tokenDisplayName`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_token_displayname: Option<bool>,
    /// Names with `*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_wildcard_certificates: Option<bool>,
    /// The domains that the flags interpret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_domains: Option<TextList>,
    /// Whether domains may hold `{{…}}`, filled from facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_domains_template: Option<bool>,
    /// OpenBao: blocks that addresses must lie in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_ip_sans_cidr: Option<TextList>,
    /// `OID;UTF8:GLOB`, or `*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_other_sans: Option<TextList>,
    /// Values of the subject's serialNumber.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_serial_numbers: Option<TextList>,
    /// Globs over whole URIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_uri_sans: Option<TextList>,
    /// Whether URIs may hold `{{…}}`, filled from facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_uri_sans_template: Option<bool>,
    /// Values of the subject's userId.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_user_ids: Option<TextList>,
    /// Whether basicConstraints is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_constraints_valid_for_non_ca: Option<bool>,
    /// clientAuth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_flag: Option<bool>,
    /// `email`, `hostname`, or `disabled` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cn_validations: Option<TextList>,
    /// codeSigning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_signing_flag: Option<bool>,
    /// Values of the subject that the issuer writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<TextList>,
    /// emailProtection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_protection_flag: Option<bool>,
    /// Whether hosts have the syntax of host names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforce_hostnames: Option<bool>,
    /// Words for extendedKeyUsage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext_key_usage: Option<TextList>,
    /// Object identifiers for extendedKeyUsage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext_key_usage_oids: Option<TextList>,
    /// For the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generate_lease: Option<bool>,
    /// For the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer_ref: Option<String>,
    /// The smallest key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_bits: Option<u32>,
    /// `rsa`, `ec`, `ed25519` or `any`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_type: Option<String>,
    /// Words for keyUsage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_usage: Option<TextList>,
    /// Values of the subject that the issuer writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<TextList>,
    /// The longest lifetime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_ttl: Option<Seconds>,
    /// For the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_store: Option<bool>,
    /// Vault: for the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_store_metadata: Option<bool>,
    /// A fixed end of life.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<String>,
    /// OpenBao: `permit`, `ttl-limited`, `forbid` or a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after_bound: Option<String>,
    /// OpenBao: a fixed beginning of life.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<String>,
    /// OpenBao: `permit`, `duration` or `forbid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before_bound: Option<String>,
    /// How far before now lifetimes begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before_duration: Option<Seconds>,
    /// Values of the subject that the issuer writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<TextList>,
    /// Values of the subject that the issuer writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ou: Option<TextList>,
    /// For the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_identifiers: Option<TextList>,
    /// Values of the subject that the issuer writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<TextList>,
    /// Values of the subject that the issuer writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<TextList>,
    /// Whether there must be a common name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_cn: Option<bool>,
    /// Vault: for the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial_number_source: Option<String>,
    /// serverAuth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_flag: Option<bool>,
    /// For the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature_bits: Option<u32>,
    /// Values of the subject that the issuer writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<TextList>,
    /// The lifetime that a request gets that asks for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<Seconds>,
    /// Whether the common name of the request is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_csr_common_name: Option<bool>,
    /// Whether the names of the request are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_csr_sans: Option<bool>,
    /// For the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_pss: Option<bool>,
}
