//! Secrets of type kubernetes.io/tls.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::harness::{TEAM, Webhook, create, review};

struct Ca {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

fn ca() -> Ca {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::default();
    params.distinguished_name.push(rcgen::DnType::CommonName, "Root");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let pem = params.self_signed(&key).expect("a CA").pem();
    Ca { pem, issuer: Issuer::new(params, key) }
}

/// A certificate for `api.example.com` that ends in so many days, and its key.
fn pair(ca: &Ca, days: i64) -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(["api.example.com".to_owned()]).expect("names");
    params.use_authority_key_identifier_extension = true;
    params.not_before = OffsetDateTime::now_utc() - Duration::days(30);
    params.not_after = OffsetDateTime::now_utc() + Duration::days(days);
    (params.signed_by(&key, &ca.issuer).expect("a certificate").pem(), key.serialize_pem())
}

fn secret(certificate: &str, key: &str, names: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
        "metadata": {
            "name": "web", "namespace": "shop", "annotations": { "cert-manager.io/alt-names": names },
        },
        "data": { "tls.crt": STANDARD.encode(certificate), "tls.key": STANDARD.encode(key) },
    })
}

#[tokio::test]
async fn key_certificate_names_and_time_belong_together() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    let ca = ca();
    let (certificate, key) = pair(&ca, 30);
    let (old, old_key) = pair(&ca, -1);
    let good = secret(&certificate, &key, "api.example.com");
    let response = webhook.review(&create(&good)).await;
    assert_eq!(response["allowed"], true, "{response}");
    assert_eq!(response["auditAnnotations"]["outcome"], "allowed");
    let mut missing = good.clone();
    missing["data"].as_object_mut().expect("data").remove("tls.key");
    let mut garbled = good.clone();
    garbled["data"]["tls.crt"] = "%".into();
    for (secret, codes) in [
        (secret(&certificate, &old_key, ""), "key/mismatch"),
        (secret(&old, &old_key, ""), "verify/expired"),
        (secret(&certificate, &key, "api.example.com,db.internal"), "verify/name-mismatch"),
        (secret(&old, &key, "db.internal"), "key/mismatch,verify/expired,verify/name-mismatch"),
        (secret(&certificate, "no key", ""), "key/private-key"),
        (missing, "context/object"),
        (garbled, "context/object"),
    ] {
        let response = webhook.review(&create(&secret)).await;
        assert_eq!(response["allowed"], false, "{codes}: {response}");
        assert_eq!(response["auditAnnotations"]["codes"], codes, "{response}");
    }
    let mut opaque = secret("x", "y", "");
    opaque["type"] = "Opaque".into();
    assert_eq!(webhook.review(&create(&opaque)).await["allowed"], true, "another type is not looked at");
    let log = serde_json::to_string(&webhook.log()).expect("JSON");
    for word in [STANDARD.encode(&key).as_str(), "PRIVATE KEY"] {
        assert!(!log.contains(word), "a key is in the log");
    }
}

#[tokio::test]
async fn a_secret_that_is_as_it_was_is_let_in() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    let ca = ca();
    let (old, key) = pair(&ca, -1);
    let expired = secret(&old, &key, "api.example.com");
    let allowed = async |new: &Value, old: &Value| {
        webhook.review(&review("UPDATE", new, old)).await["allowed"].as_bool().expect("an answer")
    };
    let mut labelled = expired.clone();
    labelled["metadata"]["labels"] = serde_json::json!({ "a": "b" });
    labelled["metadata"]["annotations"]["other"] = "x".into();
    assert!(allowed(&labelled, &expired).await);
    // What is said of it, and what it holds, are judged.
    let mut renamed = expired.clone();
    renamed["metadata"]["annotations"]["cert-manager.io/alt-names"] = "db.internal".into();
    assert!(!allowed(&renamed, &expired).await);
    let (good, good_key) = pair(&ca, 30);
    let good = secret(&good, &good_key, "api.example.com");
    assert!(!allowed(&expired, &good).await && allowed(&good, &expired).await);
    assert!(!allowed(&expired, &Value::Null).await);
    // One that is being deleted loses its finalizers.
    let mut ending = renamed.clone();
    ending["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    assert!(allowed(&ending, &expired).await);
}

#[tokio::test]
async fn with_anchors_there_must_be_a_path() {
    let (ours, others) = (ca(), ca());
    let config = "version: 1\nsecrets: { mode: warn, anchors: roots.pem }\n";
    let files = [("team.yaml", TEAM), ("webhook.yaml", config), ("roots.pem", ours.pem.as_str())];
    let webhook = Webhook::start(&files);
    let (certificate, key) = pair(&ours, 30);
    let response = webhook.review(&create(&secret(&certificate, &key, ""))).await;
    assert!(response.get("warnings").is_none(), "{response}");
    let (certificate, key) = pair(&others, 30);
    let response = webhook.review(&create(&secret(&certificate, &key, ""))).await;
    assert_eq!(response["allowed"], true, "it only warns");
    assert_eq!(response["auditAnnotations"]["outcome"], "denied");
    let warning = response["warnings"][0].as_str().expect("a warning");
    assert!(warning.starts_with("verify/"), "{warning}");
}
