//! The policy of one certificate that somebody has described in full: exactly that, and nothing else. So even what a plan
//! or a development CA makes is judged, and approved, before it is signed.

use certgate::name::GeneralName;
use certgate::policy::document::DurationText;
use certgate::time::Duration;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{parse_names, parse_subject};
use crate::document::{CodeFamily, read_value};
use crate::error::{Error, ErrorKind};
use crate::policy::Policy;

/// The policy for one CA below another.
///
/// # Errors
/// A subject that is not known.
pub fn authority_policy(
    id: &str,
    subject: &[String],
    lifetime: Duration,
    path_length: u32,
) -> Result<Policy, Error> {
    let document = json!({
        "version": 1,
        "id": id,
        "subject": subject_rules(subject)?,
        "names": { "presence": "forbidden" },
        "keys": keys(),
        "validity": { "default": DurationText(lifetime), "max": DurationText(lifetime) },
        "ca": { "maxPathLength": path_length },
    });
    Policy::load(&document.to_string())
}

/// The policy for one certificate of an end entity.
///
/// # Errors
/// A subject or a name that is not known.
pub fn certificate_policy(
    id: &str,
    subject: &[String],
    names: &[String],
    purposes: &[String],
    lifetime: Duration,
) -> Result<Policy, Error> {
    let document = json!({
        "version": 1,
        "id": id,
        "subject": subject_rules(subject)?,
        "names": name_rules(names)?,
        "keys": keys(),
        "usages": { "extended": { "force": purposes } },
        "validity": { "default": DurationText(lifetime), "max": DurationText(lifetime) },
    });
    Policy::load(&document.to_string())
}

fn keys() -> Value {
    json!({ "RSA": {}, "EC": ["P-256", "P-384", "P-521"], "Ed25519": {} })
}

fn subject_rules(items: &[String]) -> Result<Value, Error> {
    let mut common_names = Vec::new();
    let mut attributes: Map<String, Value> = Map::new();
    for (oid, value) in parse_subject(items)? {
        let label = oid.label();
        if label == "commonName" {
            common_names.push(json!({ "exact": value }));
        } else if let Some(Value::Array(list)) =
            attributes.entry(label).or_insert_with(|| json!({ "exactly": [] })).get_mut("exactly")
        {
            list.push(Value::String(value));
        }
    }
    let common_name = if common_names.is_empty() {
        json!({ "presence": "forbidden" })
    } else {
        json!({ "allow": common_names, "presence": "required" })
    };
    Ok(json!({ "commonName": common_name, "attributes": attributes }))
}

fn name_rules(items: &[String]) -> Result<Value, Error> {
    let (mut dns, mut ip, mut email, mut uri) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut wildcard = false;
    for name in parse_names(items)? {
        match &name {
            GeneralName::DnsName(named) => {
                wildcard |= named.value.as_ref().is_ok_and(|name| name.is_wildcard());
                dns.push(Value::String(named.text.to_string()));
            }
            GeneralName::IpAddress { .. } => ip.push(Value::String(name.display())),
            GeneralName::Rfc822Name(named) => email.push(Value::String(named.text.to_string())),
            other => uri.push(json!({ "exact": other.display() })),
        }
    }
    let mut rules = Map::new();
    if items.is_empty() {
        rules.insert("presence".to_owned(), json!("forbidden"));
    }
    if !dns.is_empty() {
        let wildcard = if wildcard { "allow" } else { "deny" };
        rules.insert("dns".to_owned(), json!({ "allow": dns, "wildcard": wildcard }));
    }
    for (kind, list) in [("ip", ip), ("email", email), ("uri", uri)] {
        if !list.is_empty() {
            rules.insert(kind.to_owned(), json!({ "allow": list }));
        }
    }
    Ok(Value::Object(rules))
}

/// One certificate, described in full.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a certificate")]
pub struct ExactDocument {
    /// Subject attributes, each `TYPE=value`.
    #[serde(default)]
    pub subject: Vec<String>,
    /// Subject alternative names.
    #[serde(default)]
    pub names: Vec<String>,
    /// Purposes; left out for a CA.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// How long it lives.
    pub lifetime: DurationText,
    /// Whether it is a CA, with a path length of 0.
    #[serde(default)]
    pub ca: bool,
}

impl ExactDocument {
    /// Reads a description from a value that a host has converted.
    ///
    /// # Errors
    /// Unknown keys, and values of the wrong form.
    pub fn from_value(value: Value) -> Result<Self, Error> {
        read_value(value, &CodeFamily::CONTEXT).map_err(|error| Error::new(ErrorKind::Argument, &error))
    }

    /// The policy that allows this certificate and no other.
    ///
    /// # Errors
    /// As [`certificate_policy`].
    pub fn to_policy(&self) -> Result<Policy, Error> {
        if self.ca {
            authority_policy("development", &self.subject, self.lifetime.0, 0)
        } else {
            certificate_policy("development", &self.subject, &self.names, &self.purposes, self.lifetime.0)
        }
    }
}
