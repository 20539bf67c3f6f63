use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certgate_bindings::certgate::certificate::Certificate;
use serde_json::{Value, json};

use super::http::{Client, segment, token};
use super::{Order, chain};
use crate::renewal::{Failure, KubernetesPlan, child};

/// How long an approval may take, unless the target says otherwise.
const PATIENCE: Duration = Duration::from_secs(300);

/// How long to wait between two looks.
const BETWEEN: Duration = Duration::from_secs(1);

const PATH: &str = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

/// Creates a CertificateSigningRequest, waits until somebody approves it and the signer signs it, and takes the certificate.
pub(super) fn issue(plan: &KubernetesPlan, order: &Order<'_>) -> Result<Vec<Arc<Certificate>>, Failure> {
    let bearer = format!("Bearer {}", token(&order.target.path(&plan.token_file))?);
    let headers = vec![("authorization", bearer)];
    let client = Client::new(order.target, &plan.server, plan.ca_file.as_deref(), headers)?;
    let created = client.post(PATH, &object(plan, order))?;
    if created.status != 201 {
        return Err(format!("creating the request: {}", complaint(created.status, &created.body)).into());
    }
    let name = created.body.pointer("/metadata/name").and_then(Value::as_str);
    let name = name.ok_or_else(|| "the API server created a request without a name".to_owned())?.to_owned();
    let path = format!("{PATH}/{}", segment(&name));
    let patience = plan.timeout.as_ref().map_or(PATIENCE, |timeout| child::seconds(timeout.0));
    let started = Instant::now();
    let mut object = created.body;
    loop {
        if let Some(pem) = certificate(&name, &object)? {
            return chain(order, &pem);
        }
        if order.stop.load(Ordering::Relaxed) {
            return Err(format!("stopped while {name} waits for its approval").into());
        }
        if started.elapsed() >= patience {
            return Err(format!("nobody approved and signed {name} within {} s", patience.as_secs()).into());
        }
        std::thread::sleep(BETWEEN.min(patience));
        let answer = client.get(&path)?;
        if answer.status != 200 {
            return Err(format!("{name}: {}", complaint(answer.status, &answer.body)).into());
        }
        object = answer.body;
    }
}

/// The certificate of a request, once it is there.
fn certificate(name: &str, object: &Value) -> Result<Option<Vec<u8>>, Failure> {
    let conditions = object.pointer("/status/conditions").and_then(Value::as_array);
    for condition in conditions.into_iter().flatten() {
        let text = |key: &str| condition.get(key).and_then(Value::as_str).unwrap_or_default();
        if matches!(text("type"), "Denied" | "Failed") && text("status") != "False" {
            let word = text("type").to_lowercase();
            return Err(format!("{name} is {word}: {} {}", text("reason"), text("message")).into());
        }
    }
    let Some(encoded) = object.pointer("/status/certificate").and_then(Value::as_str) else {
        return Ok(None);
    };
    if encoded.is_empty() {
        return Ok(None);
    }
    let pem = STANDARD.decode(encoded).map_err(|_| format!("the certificate of {name} is not base64"))?;
    Ok(Some(pem))
}

fn object(plan: &KubernetesPlan, order: &Order<'_>) -> Value {
    let target = &order.target.document;
    let purposes = target.purposes.iter().filter_map(|purpose| match purpose.as_str() {
        "serverAuth" => Some("server auth"),
        "clientAuth" => Some("client auth"),
        "codeSigning" => Some("code signing"),
        "emailProtection" => Some("email protection"),
        _ => None,
    });
    // RFC 5280 4.2.1.3: keys of RSA encipher keys as well.
    let enciphers = target.key.kind.starts_with("RSA").then_some("key encipherment");
    let usages: Vec<&str> = std::iter::once("digital signature").chain(enciphers).chain(purposes).collect();
    let mut spec = json!({
        "request": STANDARD.encode(order.pem.as_bytes()),
        "signerName": plan.signer_name,
        "usages": usages,
    });
    if let (Some(lifetime), Some(spec)) = (&target.lifetime, spec.as_object_mut()) {
        spec.insert("expirationSeconds".to_owned(), json!(lifetime.0.as_seconds()));
    }
    // Names of objects are those of hosts (RFC 1123).
    let prefix: String = target
        .id
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' })
        .collect();
    json!({
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": { "generateName": format!("{}-", prefix.trim_matches(['-', '.'])) },
        "spec": spec,
    })
}

fn complaint(status: u16, body: &Value) -> String {
    let message = body.get("message").and_then(Value::as_str).unwrap_or_default();
    format!("the API server answers {status}: {message}")
}
