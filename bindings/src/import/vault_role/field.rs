//! The fields of a role.

use certgate::diagnostic::{Path, codes, quote};
use serde::Deserialize;

use super::Flavour;
use crate::import::Notes;
use crate::import::value::{TextList, Time};

/// A role as the programs print it: below `data`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an answer with a role as its data")]
#[expect(dead_code, reason = "known keys around the role, which say nothing of it")]
pub(super) struct Answer {
    pub(super) data: Role,
    #[serde(default)]
    request_id: serde_json::Value,
    #[serde(default)]
    lease_id: serde_json::Value,
    #[serde(default)]
    lease_duration: serde_json::Value,
    #[serde(default)]
    renewable: serde_json::Value,
    #[serde(default)]
    warnings: serde_json::Value,
    #[serde(default)]
    mount_type: serde_json::Value,
    #[serde(default)]
    wrap_info: serde_json::Value,
    #[serde(default)]
    auth: serde_json::Value,
}

/// A role. What is left out has the default of the programs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a role")]
#[derive(Default)]
pub(super) struct Role {
    pub(super) allow_any_name: Option<bool>,
    pub(super) allow_bare_domains: Option<bool>,
    pub(super) allow_glob_domains: Option<bool>,
    pub(super) allow_globs_in_identity_templates: Option<bool>,
    pub(super) allow_ip_sans: Option<bool>,
    pub(super) allow_localhost: Option<bool>,
    pub(super) allow_subdomains: Option<bool>,
    pub(super) allow_token_displayname: Option<bool>,
    pub(super) allow_wildcard_certificates: Option<bool>,
    pub(super) allowed_domains: Option<TextList>,
    pub(super) allowed_domains_template: Option<bool>,
    pub(super) allowed_ip_sans_cidr: Option<TextList>,
    pub(super) allowed_other_sans: Option<TextList>,
    pub(super) allowed_serial_numbers: Option<TextList>,
    pub(super) allowed_uri_sans: Option<TextList>,
    pub(super) allowed_uri_sans_template: Option<bool>,
    pub(super) allowed_user_ids: Option<TextList>,
    pub(super) basic_constraints_valid_for_non_ca: Option<bool>,
    pub(super) client_flag: Option<bool>,
    pub(super) cn_validations: Option<TextList>,
    pub(super) code_signing_flag: Option<bool>,
    pub(super) country: Option<TextList>,
    pub(super) email_protection_flag: Option<bool>,
    pub(super) enforce_hostnames: Option<bool>,
    pub(super) ext_key_usage: Option<TextList>,
    pub(super) ext_key_usage_oids: Option<TextList>,
    pub(super) generate_lease: Option<bool>,
    pub(super) issuer_ref: Option<String>,
    pub(super) key_bits: Option<u32>,
    pub(super) key_type: Option<String>,
    pub(super) key_usage: Option<TextList>,
    pub(super) locality: Option<TextList>,
    pub(super) max_ttl: Option<Time>,
    pub(super) no_store: Option<bool>,
    pub(super) no_store_metadata: Option<bool>,
    pub(super) not_after: Option<String>,
    pub(super) not_after_bound: Option<String>,
    pub(super) not_before: Option<String>,
    pub(super) not_before_bound: Option<String>,
    pub(super) not_before_duration: Option<Time>,
    pub(super) organization: Option<TextList>,
    pub(super) ou: Option<TextList>,
    pub(super) policy_identifiers: Option<serde_json::Value>,
    pub(super) postal_code: Option<TextList>,
    pub(super) province: Option<TextList>,
    pub(super) require_cn: Option<bool>,
    pub(super) serial_number_source: Option<String>,
    pub(super) server_flag: Option<bool>,
    pub(super) signature_bits: Option<u32>,
    pub(super) street_address: Option<TextList>,
    pub(super) ttl: Option<Time>,
    pub(super) use_csr_common_name: Option<bool>,
    pub(super) use_csr_sans: Option<bool>,
    pub(super) use_pss: Option<bool>,
}

/// Keys that only one of the programs knows.
pub(super) fn check_flavour(role: &Role, flavour: Flavour, at: &Path, notes: &mut Notes) {
    let own = match flavour {
        Flavour::Vault => [
            ("allow_globs_in_identity_templates", role.allow_globs_in_identity_templates.is_some()),
            ("allowed_ip_sans_cidr", role.allowed_ip_sans_cidr.is_some()),
            ("not_after_bound", role.not_after_bound.is_some()),
            ("not_before", role.not_before.is_some()),
            ("not_before_bound", role.not_before_bound.is_some()),
        ]
        .to_vec(),
        Flavour::OpenBao => [
            ("no_store_metadata", role.no_store_metadata.is_some()),
            ("serial_number_source", role.serial_number_source.is_some()),
        ]
        .to_vec(),
    };
    for (field, _) in own.iter().filter(|(_, given)| *given) {
        let program = if flavour == Flavour::Vault { "OpenBao" } else { "Vault" };
        notes.error(
            codes::IMPORT_UNKNOWN_KEY,
            &at.join(*field),
            format!("the key {} is known to roles of {program} only", quote(field)),
        );
    }
}

/// A text with `{{…}}` as one with references to facts, and the names of the facts.
pub(super) fn template(text: &str) -> Option<(String, Vec<String>)> {
    if text.contains("${") {
        return None;
    }
    let mut out = String::new();
    let mut facts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (expression, behind) = after.split_once("}}")?;
        let fits = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        let name: String = expression.trim().chars().map(fits).collect();
        if name.is_empty() {
            return None;
        }
        out.push_str(before);
        out.push_str(&format!("${{facts.{name}}}"));
        facts.push(name);
        rest = behind;
    }
    out.push_str(rest);
    Some((out, facts))
}
