//! Objects that certgate answers early or holds to what they carry, behind the API server, registered as the chart registers it: Certificates
//! of cert-manager, Gateways, and Secrets for TLS.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::admission::denial;
use super::chart;
use super::checks::Checks;
use super::cluster::Cluster;
use super::failed;
use super::processes::until;
use crate::run::Failure;

/// Registers the webhook for them, and holds it to good and bad ones.
pub fn run(cluster: &Cluster, definitions: &Path, checks: &mut Checks) -> Result<(), Failure> {
    cluster.apply_definitions(definitions)?;
    register(cluster, checks)?;
    certificates(cluster, checks)?;
    gateways(cluster, checks)?;
    secrets(cluster, checks)
}

/// The rules and conditions of the chart for the registration that there is.
fn register(cluster: &Cluster, checks: &mut Checks) -> Result<(), Failure> {
    let all =
        ["webhook.secrets", "webhook.certificates", "webhook.gateways"].map(|value| format!("{value}=true"));
    let sets: Vec<&str> = all.iter().map(String::as_str).chain(["tls.source=certManager"]).collect();
    let rendered = chart::render(cluster, "webhook.yaml", &sets)?;
    let webhook = rendered.iter().find(|object| object["kind"] == "ValidatingWebhookConfiguration");
    let webhook = &webhook.ok_or_else(|| Failure::new("the chart renders no registration"))?["webhooks"][0];
    let patch = json!([
        { "op": "replace", "path": "/webhooks/0/rules", "value": webhook["rules"] },
        { "op": "replace", "path": "/webhooks/0/matchConditions", "value": webhook["matchConditions"] },
    ]);
    let configuration = ["patch", "validatingwebhookconfiguration", "certgate", "--type=json", "-p"];
    let answer = cluster.kubectl(&[&configuration[..], &[&patch.to_string()]].concat())?;
    checks.hold("the API server takes the rules of the chart", answer.succeeded, &answer.stderr);
    let probe = certificate("probe", &["x.example.org"]);
    until("the webhook is asked for Certificates", 30, || {
        let arguments = ["create", "--dry-run=server", "-f", "-"];
        let answer =
            cluster.kubectl_as(super::cluster::ADMINISTRATOR, &arguments, &probe.to_string()).ok()?;
        answer.stderr.contains("denied the request").then_some(())
    })
}

fn certificates(cluster: &Cluster, checks: &mut Checks) -> Result<(), Failure> {
    let answer = cluster.apply(&certificate("good", &["db.shop.example.com"]))?;
    checks.hold("a good Certificate is let in", answer.succeeded && answer.stderr.is_empty(), &answer.stderr);
    let answer = cluster.apply(&certificate("bad", &["db.shop.example.com", "x.example.org"]))?;
    checks.has(
        "a bad one is refused before cert-manager sends a request",
        denial(&answer),
        &["policy/dns-not-allowed", "x.example.org"],
    );
    let stored = cluster.get(&["certificate", "bad", "-n", "shop"])?;
    checks.hold("and not stored", stored.is_null(), &stored);
    let long = r#"{"spec":{"duration":"2400h"}}"#;
    let patch = ["patch", "certificate", "good", "-n", "shop", "--type=merge", "-p"];
    let answer = cluster.kubectl(&[&patch[..], &[long]].concat())?;
    checks.has("a change to a lifetime that is not allowed is refused", denial(&answer), &["policy/"]);
    let answer = cluster.kubectl(&["label", "certificate", "good", "-n", "shop", "team=shop"])?;
    checks.hold("a label is none of ours", answer.succeeded, &answer.stderr);
    let status = r#"{"status":{"conditions":[{"type":"Ready","status":"False","reason":"Pending"}]}}"#;
    let answer = cluster.kubectl(&[&patch[..], &[status, "--subresource=status"]].concat())?;
    checks.hold("nor is the status", answer.succeeded, &answer.stderr);
    let answer = cluster.kubectl(&["delete", "certificate", "good", "-n", "shop"])?;
    checks.hold("nor is DELETE", answer.succeeded, &answer.stderr);
    Ok(())
}

fn gateways(cluster: &Cluster, checks: &mut Checks) -> Result<(), Failure> {
    let answer = cluster.apply(&gateway("good", "web.shop.example.com", true))?;
    checks.hold("a Gateway with good listeners is let in", answer.succeeded, &answer.stderr);
    let answer = cluster.apply(&gateway("bad", "web.example.org", true))?;
    checks.has(
        "one with a listener for another domain is refused",
        denial(&answer),
        &["policy/dns-not-allowed", "web.example.org"],
    );
    let answer = cluster.apply(&gateway("other", "web.example.org", false))?;
    checks.hold(
        "one that asks no issuer for a certificate is none of ours",
        answer.succeeded,
        &answer.stderr,
    );
    Ok(())
}

fn secrets(cluster: &Cluster, checks: &mut Checks) -> Result<(), Failure> {
    let read = |name: &str| {
        let path = cluster.pki(name);
        std::fs::read(&path).map(|bytes| STANDARD.encode(bytes)).map_err(|error| failed(&path, &error))
    };
    let secret = |name: &str, certificate: String, key: String| {
        json!({
            "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
            "metadata": { "name": name, "namespace": "shop" },
            "data": { "tls.crt": certificate, "tls.key": key },
        })
    };
    let (certificate, key) = (read("etcd/server.crt")?, read("etcd/server.key")?);
    let answer = cluster.apply(&secret("good", certificate.clone(), key))?;
    checks.hold("a Secret with a certificate and its key is let in", answer.succeeded, &answer.stderr);
    let answer = cluster.apply(&secret("bad", certificate, read("etcd/peer.key")?))?;
    checks.has("one with the key of another is refused", denial(&answer), &["key/mismatch"]);
    let opaque = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
        "metadata": { "name": "opaque", "namespace": "shop" }, "data": { "tls.key": "AAAA" },
    });
    let answer = cluster.apply(&opaque)?;
    checks.hold("another kind of Secret is none of ours", answer.succeeded, &answer.stderr);
    Ok(())
}

fn certificate(name: &str, names: &[&str]) -> Value {
    json!({
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": { "name": name, "namespace": "shop" },
        "spec": {
            "secretName": name,
            "dnsNames": names,
            "duration": "24h",
            "renewBefore": "8h",
            "usages": ["digital signature", "server auth"],
            "privateKey": { "algorithm": "ECDSA", "size": 256 },
            "issuerRef": { "name": "mesh", "kind": "Issuer", "group": "cert-manager.io" },
        },
    })
}

fn gateway(name: &str, hostname: &str, asks: bool) -> Value {
    let annotations = json!({
        "cert-manager.io/issuer": "mesh",
        "cert-manager.io/duration": "24h",
        "cert-manager.io/usages": "digital signature,server auth",
        "cert-manager.io/private-key-algorithm": "ECDSA",
    });
    json!({
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": { "name": name, "namespace": "shop", "annotations": if asks { annotations } else { json!({}) } },
        "spec": {
            "gatewayClassName": "any",
            "listeners": [{
                "name": "https", "port": 443, "protocol": "HTTPS", "hostname": hostname,
                "tls": { "mode": "Terminate", "certificateRefs": [{ "name": format!("{name}-tls") }] },
            }],
        },
    })
}
