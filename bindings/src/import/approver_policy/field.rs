//! The fields of a CertificateRequestPolicy.

use std::collections::BTreeMap;

use certgate::policy::document::ApproverValidation;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a CertificateRequestPolicy")]
pub(super) struct Object {
    pub(super) api_version: String,
    pub(super) kind: String,
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, Value>,
    pub(super) spec: Spec,
    #[serde(default)]
    #[expect(dead_code, reason = "a known key that says nothing of the policy")]
    status: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a spec")]
pub(super) struct Spec {
    #[serde(default)]
    pub(super) allowed: Option<Allowed>,
    #[serde(default)]
    pub(super) constraints: Option<Constraints>,
    #[serde(default)]
    pub(super) plugins: BTreeMap<String, Value>,
    pub(super) selector: Selector,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "what is allowed")]
pub(super) struct Allowed {
    pub(super) common_name: Option<Text>,
    pub(super) dns_names: Option<Slice>,
    pub(super) ip_addresses: Option<Slice>,
    pub(super) uris: Option<Slice>,
    pub(super) email_addresses: Option<Slice>,
    pub(super) other_names: Vec<ByOid>,
    #[serde(rename = "isCA")]
    pub(super) is_ca: Option<bool>,
    pub(super) usages: Option<Vec<String>>,
    pub(super) subject: Option<Subject>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "subject attributes")]
pub(super) struct Subject {
    pub(super) organizations: Option<Slice>,
    pub(super) countries: Option<Slice>,
    pub(super) organizational_units: Option<Slice>,
    pub(super) localities: Option<Slice>,
    pub(super) provinces: Option<Slice>,
    pub(super) street_addresses: Option<Slice>,
    pub(super) postal_codes: Option<Slice>,
    pub(super) serial_number: Option<Text>,
    pub(super) other_attributes: Vec<ByOid>,
}

/// What is allowed of a field with several values.
#[derive(Clone, Default, Deserialize)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    default,
    expecting = "values, required and validations"
)]
pub(super) struct Slice {
    pub(super) values: Option<Vec<String>>,
    pub(super) required: Option<bool>,
    pub(super) validations: Vec<ApproverValidation>,
}

/// What is allowed of a field with one value.
#[derive(Default, Deserialize)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    default,
    expecting = "value, required and validations"
)]
pub(super) struct Text {
    value: Option<String>,
    required: Option<bool>,
    validations: Vec<ApproverValidation>,
}

impl Text {
    /// As a field with several values; an empty value matches nothing.
    pub(super) fn slice(&self) -> Slice {
        let values =
            self.value.as_ref().map(|value| if value.is_empty() { Vec::new() } else { vec![value.clone()] });
        Slice { values, required: self.required, validations: self.validations.clone() }
    }
}

/// What is allowed of a type of otherName or attribute.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "oid, values, required and validations")]
pub(super) struct ByOid {
    pub(super) oid: String,
    #[serde(default)]
    values: Option<Vec<String>>,
    #[serde(default)]
    required: Option<bool>,
    #[serde(default)]
    validations: Vec<ApproverValidation>,
}

impl ByOid {
    pub(super) fn slice(&self) -> Slice {
        Slice { values: self.values.clone(), required: self.required, validations: self.validations.clone() }
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "constraints")]
pub(super) struct Constraints {
    pub(super) min_duration: Option<String>,
    pub(super) max_duration: Option<String>,
    pub(super) private_key: Option<PrivateKey>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "algorithm, minSize and maxSize")]
pub(super) struct PrivateKey {
    pub(super) algorithm: Option<String>,
    pub(super) min_size: Option<u32>,
    pub(super) max_size: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "issuerRef and namespace")]
pub(super) struct Selector {
    #[serde(default)]
    pub(super) issuer_ref: Option<IssuerRef>,
    #[serde(default)]
    pub(super) namespace: Option<Namespace>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "name, kind and group")]
pub(super) struct IssuerRef {
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) group: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "matchNames and matchLabels")]
pub(super) struct Namespace {
    #[serde(default)]
    pub(super) match_names: Option<Vec<String>>,
    #[serde(default)]
    pub(super) match_labels: BTreeMap<String, String>,
}
