//! The policy of one certificate of a plan: exactly what the plan says, and nothing else. So even what a plan makes is
//! judged, and approved, before it is signed.

use certgate_bindings::certgate::name::GeneralName;
use certgate_bindings::{Error, Policy, issue};
use serde_json::{Map, Value, json};

use super::plan::{AuthorityPlan, CertificatePlan};

/// The policy for one CA below another.
pub(super) fn of_authority(id: &str, plan: &AuthorityPlan) -> Result<Policy, Error> {
    let document = json!({
        "version": 1,
        "id": id,
        "subject": subject(&plan.subject)?,
        "names": { "presence": "forbidden" },
        "keys": keys(),
        "validity": { "default": plan.lifetime, "max": plan.lifetime },
        "ca": { "maxPathLength": plan.path_length },
    });
    Policy::load(&document.to_string())
}

/// The policy for one certificate of an end entity.
pub(super) fn of_certificate(id: &str, plan: &CertificatePlan) -> Result<Policy, Error> {
    let document = json!({
        "version": 1,
        "id": id,
        "subject": subject(&plan.subject)?,
        "names": names(&plan.names)?,
        "keys": keys(),
        "usages": { "extended": { "force": plan.purposes } },
        "validity": { "default": plan.lifetime, "max": plan.lifetime },
    });
    Policy::load(&document.to_string())
}

fn keys() -> Value {
    json!({ "RSA": {}, "EC": ["P-256", "P-384", "P-521"], "Ed25519": {} })
}

fn subject(items: &[String]) -> Result<Value, Error> {
    let mut common_names = Vec::new();
    let mut attributes: Map<String, Value> = Map::new();
    for (oid, value) in issue::parse_subject(items)? {
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

fn names(items: &[String]) -> Result<Value, Error> {
    let (mut dns, mut ip, mut email, mut uri) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut wildcard = false;
    for name in issue::parse_names(items)? {
        match &name {
            GeneralName::DnsName(named) => {
                wildcard |= named.value.as_ref().is_ok_and(|name| name.is_wildcard());
                dns.push(Value::String(named.text.clone()));
            }
            GeneralName::IpAddress { .. } => ip.push(Value::String(name.display())),
            GeneralName::Rfc822Name(named) => email.push(Value::String(named.text.clone())),
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
