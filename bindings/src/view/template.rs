use certgate::name::GeneralName;
use certgate::policy::Template;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::hex;

/// Exactly what would be issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TemplateView {
    /// The subject's attributes in order.
    pub subject: Vec<TemplateAttributeView>,
    /// The subject alternative names in order.
    pub subject_alt_names: Vec<TemplateNameView>,
    /// keyUsage by name.
    pub key_usage: Vec<String>,
    /// extendedKeyUsage by name, or dotted decimal.
    pub extended_key_usage: Vec<String>,
    /// basicConstraints.
    pub basic_constraints: BasicConstraintsView,
    /// First second of the lifetime.
    pub not_before: String,
    /// Last second of the lifetime.
    pub not_after: String,
    /// Extensions that are copied from the request.
    pub extensions: Vec<TemplateExtensionView>,
    /// SHA-256 of the SubjectPublicKeyInfo, in hexadecimal.
    pub public_key_sha256: String,
}

/// One attribute of the subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TemplateAttributeView {
    /// Name or dotted decimal of the type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Value.
    pub value: String,
}

/// One subject alternative name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TemplateNameView {
    /// `dNSName`, `iPAddress` and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// The name in its canonical form.
    pub value: String,
}

/// basicConstraints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BasicConstraintsView {
    /// Whether the subject is a CA.
    pub ca: bool,
    /// How many intermediate certificates may follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_length: Option<u32>,
}

/// An extension that is copied from the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TemplateExtensionView {
    /// Name or dotted decimal of the type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it is marked critical.
    pub critical: bool,
    /// The contents of extnValue, in hexadecimal.
    pub der: String,
}

impl TemplateView {
    pub(crate) fn new(template: &Template) -> Self {
        Self {
            subject: template
                .subject
                .iter()
                .map(|attribute| TemplateAttributeView {
                    kind: attribute.oid.label(),
                    value: attribute.value.clone(),
                })
                .collect(),
            subject_alt_names: template
                .names
                .iter()
                .map(|name| TemplateNameView {
                    kind: name.kind().as_str().to_owned(),
                    value: canonical(name),
                })
                .collect(),
            key_usage: template.key_usage.iter().map(|bit| bit.as_str().to_owned()).collect(),
            extended_key_usage: template.extended_key_usage.iter().map(certgate::oid::Oid::label).collect(),
            basic_constraints: BasicConstraintsView {
                ca: template.basic_constraints.ca,
                path_length: template.basic_constraints.path_length,
            },
            not_before: template.not_before.to_string(),
            not_after: template.not_after.to_string(),
            extensions: template
                .extensions
                .iter()
                .map(|extension| TemplateExtensionView {
                    kind: extension.oid().label(),
                    critical: extension.is_critical(),
                    der: hex(extension.value_der()),
                })
                .collect(),
            public_key_sha256: hex(&Sha256::digest(template.public_key.der())),
        }
    }
}

/// The form that is issued: DNS names and hosts in lower case, addresses in their one form.
fn canonical(name: &GeneralName) -> String {
    match name {
        GeneralName::DnsName(named) => named.canonical(),
        GeneralName::Rfc822Name(named) => named.canonical(),
        GeneralName::OtherName(other) => format!("{};{}", other.oid.label(), name.display()),
        _ => name.display(),
    }
}
