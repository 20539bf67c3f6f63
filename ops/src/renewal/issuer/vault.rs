use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::name::GeneralName;
use serde_json::{Map, Value, json};

use super::http::{Client, segment, token};
use super::{Order, chain};
use crate::renewal::{Failure, VaultPlan};

/// Asks `MOUNT/sign/ROLE` of Vault or OpenBao.
pub(super) fn issue(plan: &VaultPlan, order: &Order<'_>) -> Result<Vec<Arc<Certificate>>, Failure> {
    let mut headers = vec![("X-Vault-Token", token(&order.target.path(&plan.token_file))?)];
    if let Some(namespace) = &plan.namespace {
        headers.push(("X-Vault-Namespace", namespace.clone()));
    }
    let client = Client::new(order.target, &plan.address, plan.ca_file.as_deref(), headers)?;
    let mount: Vec<String> = plan.mount.split('/').filter(|part| !part.is_empty()).map(segment).collect();
    let path = format!("/v1/{}/sign/{}", mount.join("/"), segment(&plan.role));
    let answer = client.post(&path, &body(order))?;
    if answer.status != 200 {
        let errors = answer.body.get("errors").and_then(Value::as_array).cloned().unwrap_or_default();
        let errors: Vec<&str> = errors.iter().filter_map(Value::as_str).collect();
        return Err(format!("{path} answers {}: {}", answer.status, errors.join("; ")).into());
    }
    let data = answer.body.get("data").ok_or_else(|| format!("{path} answers without data"))?;
    let text = |key: &str| data.get(key).and_then(Value::as_str);
    let mut pem =
        text("certificate").ok_or_else(|| format!("{path} answers without a certificate"))?.to_owned();
    let above: Vec<&str> = match data.get("ca_chain").and_then(Value::as_array) {
        Some(chain) if !chain.is_empty() => chain.iter().filter_map(Value::as_str).collect(),
        _ => text("issuing_ca").into_iter().collect(),
    };
    for certificate in above {
        pem.push('\n');
        pem.push_str(certificate);
    }
    pem.push('\n');
    chain(order, pem.as_bytes())
}

/// The parameters of `sign`: the engine takes names from them, unless the role takes those of the request.
fn body(order: &Order<'_>) -> Value {
    let target = order.target;
    let (mut dns, mut ip, mut uri) = (Vec::new(), Vec::new(), Vec::new());
    for name in &target.names {
        match name {
            GeneralName::IpAddress { .. } => ip.push(name.display()),
            GeneralName::Uri(named) => uri.push(named.text.to_string()),
            GeneralName::DnsName(named) => dns.push(named.text.to_string()),
            // Mailboxes stand among the names of hosts there.
            GeneralName::Rfc822Name(named) => dns.push(named.text.to_string()),
            _ => {}
        }
    }
    let common_name = target.subject.iter().find(|(oid, _)| oid.label() == "commonName");
    let mut body = Map::new();
    body.insert("csr".to_owned(), json!(order.pem));
    body.insert("format".to_owned(), json!("pem"));
    if let Some(name) = common_name.map(|(_, value)| value).or(dns.first()) {
        body.insert("common_name".to_owned(), json!(name));
    }
    for (key, list) in [("alt_names", dns), ("ip_sans", ip), ("uri_sans", uri)] {
        if !list.is_empty() {
            body.insert(key.to_owned(), json!(list.join(",")));
        }
    }
    if let Some(lifetime) = &target.document.lifetime {
        body.insert("ttl".to_owned(), json!(format!("{}s", lifetime.0.as_seconds())));
    }
    Value::Object(body)
}
