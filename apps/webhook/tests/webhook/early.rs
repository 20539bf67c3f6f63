//! Certificates and Gateways: what cert-manager will ask for is judged before it does.

use serde_json::{Value, json};

use crate::harness::{TEAM, Webhook, create, review};

/// A policy that asks for everything that a foreseen request has.
const SHOP: &str = r#"
version: 1
id: shop
select: { issuer: { name: [internal], kind: [ClusterIssuer] }, namespace: [shop] }
require: { username: ["system:serviceaccount:cert-manager:cert-manager"], groups: ["system:serviceaccounts:cert-manager"] }
subject: { attributes: { organizationName: { allow: [Acme] } } }
names: { dns: { allow: ["*.shop.example.com"] }, ip: { allow: ["192.0.2.0/24"] } }
keys: { EC: [P-256], RSA: { min: 2048 } }
usages: { key: { allow: [digitalSignature, keyEncipherment] }, extended: { allow: [serverAuth], default: [serverAuth] } }
validity: { default: 24h, min: 10m, max: 90d }
"#;
const ENFORCE: &str = "version: 1\nearly: { mode: enforce }\n";

fn certificate(more: Value) -> Value {
    let mut spec = json!({
        "secretName": "web",
        "issuerRef": { "name": "internal", "kind": "ClusterIssuer", "group": "cert-manager.io" },
        "dnsNames": ["a.shop.example.com"],
        "usages": ["digital signature", "server auth"],
    });
    spec.as_object_mut().expect("spec").extend(more.as_object().expect("fields").clone());
    json!({
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": { "name": "web", "namespace": "shop" },
        "spec": spec,
    })
}

fn gateway(issuer: &str, hosts: &[(&str, &str)]) -> Value {
    let listeners: Vec<Value> = hosts
        .iter()
        .map(|(host, secret)| {
            json!({
                "name": host, "port": 443, "protocol": "HTTPS", "hostname": host,
                "tls": { "mode": "Terminate", "certificateRefs": [{ "name": secret }] },
            })
        })
        .collect();
    json!({
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {
            "name": "edge", "namespace": "shop",
            "annotations": {
                "cert-manager.io/cluster-issuer": issuer,
                "cert-manager.io/usages": "digital signature, server auth",
            },
        },
        "spec": { "gatewayClassName": "x", "listeners": listeners },
    })
}

#[tokio::test]
async fn a_certificate_is_judged_as_its_request_will_be() {
    let webhook = Webhook::start(&[("shop.yaml", SHOP), ("webhook.yaml", ENFORCE)]);
    let good = [
        json!({}),
        json!({ "ipAddresses": ["192.0.2.7"], "duration": "2h", "usages": ["signing", "server auth"] }),
        json!({ "subject": { "organizations": ["Acme"] }, "privateKey": { "algorithm": "ECDSA", "size": 256 } }),
    ];
    for more in good {
        let response = webhook.review(&create(&certificate(more))).await;
        assert_eq!(response["allowed"], true, "{response}");
        assert_eq!(response["auditAnnotations"]["outcome"], "allowed", "{response}");
        assert_eq!(response["auditAnnotations"]["policy"], "shop", "{response}");
    }
    let bad = [
        (json!({ "dnsNames": ["x.example.org"] }), "policy/dns-not-allowed"),
        (json!({ "ipAddresses": ["198.51.100.1"] }), "policy/ip-not-allowed"),
        (json!({ "commonName": "x.example.org" }), "policy/common-name-not-in-names"),
        (json!({ "subject": { "organizations": ["Evil"] } }), "policy/subject-not-allowed"),
        (json!({ "uris": ["spiffe://td/x"] }), "policy/name-kind-not-allowed"),
        (json!({ "usages": ["client auth"] }), "policy/"),
        // Of no key usage a certificate is good for all.
        (json!({ "usages": ["server auth"] }), "policy/not-as-requested"),
        // cert-manager asks for no purpose then.
        (json!({ "usages": [] }), "policy/extended-key-usage-missing"),
        (json!({ "duration": "2400h" }), "policy/"),
        (json!({ "isCA": true }), "policy/"),
        (json!({ "privateKey": { "algorithm": "Ed25519" } }), "policy/"),
    ];
    for (more, code) in bad {
        let response = webhook.review(&create(&certificate(more.clone()))).await;
        assert_eq!(response["allowed"], false, "{more}: {response}");
        assert_eq!(response["status"]["code"], 403, "{response}");
        let codes = response["auditAnnotations"]["codes"].as_str().expect("codes");
        assert!(codes.split(',').any(|found| found.starts_with(code)), "{more}: {codes}");
    }
    let malformed = webhook.review(&create(&certificate(json!({ "ipAddresses": ["not an address"] })))).await;
    assert_eq!(malformed["status"]["code"], 400, "{malformed}");
    let metrics = webhook.page("/metrics").await.1;
    assert!(metrics.contains(r#"resource="certificates""#), "{metrics}");
}

#[tokio::test]
async fn what_is_not_asked_for_yet_is_warned_of_and_never_more_unless_configured() {
    let webhook = Webhook::start(&[("shop.yaml", SHOP)]);
    let bad = certificate(json!({ "dnsNames": ["x.example.org"] }));
    let response = webhook.review(&create(&bad)).await;
    assert_eq!(response["allowed"], true);
    let warning = response["warnings"][0].as_str().expect("a warning");
    assert!(warning.starts_with("policy/dns-not-allowed: "), "{warning}");
    assert_eq!(response["auditAnnotations"]["mode"], "warn");
    // A policy that only audits stays mild.
    let audit = Webhook::start(&[
        ("shop.yaml", SHOP),
        ("webhook.yaml", "version: 1\nmode: audit\nearly: { mode: enforce }\n"),
    ]);
    let response = audit.review(&create(&bad)).await;
    assert!(response["allowed"] == true && response.get("warnings").is_none(), "{response}");
    assert_eq!(response["auditAnnotations"]["outcome"], "denied");
    // Nor is a Certificate harder judged that cannot be read, or a Gateway.
    let unreadable = certificate(json!({ "ipAddresses": ["not an address"] }));
    let mut unreadable_gateway = gateway("internal", &[("a.shop.example.com", "a")]);
    unreadable_gateway["metadata"]["annotations"]["cert-manager.io/duration"] = "long".into();
    for object in [&unreadable, &unreadable_gateway] {
        let response = audit.review(&create(object)).await;
        assert!(response["allowed"] == true && response.get("warnings").is_none(), "{response}");
        let annotations = &response["auditAnnotations"];
        assert_eq!((&annotations["outcome"], &annotations["mode"]), (&json!("error"), &json!("audit")));
    }
    let own = Webhook::start(&[
        ("shop.yaml", &format!("{SHOP}enforcement: warn\n")),
        ("webhook.yaml", "version: 1\nearly: { mode: enforce }\n"),
    ]);
    for object in [&bad, &unreadable, &unreadable_gateway] {
        let response = own.review(&create(object)).await;
        assert_eq!(response["allowed"], true, "{response}");
        assert!(response["warnings"][0].is_string(), "a policy that warns: {response}");
    }
    // It is as hard as the policies that would judge its request, and no others.
    let elsewhere = format!("{TEAM}select: {{ namespace: [other] }}\n");
    let two = Webhook::start(&[
        ("shop.yaml", SHOP),
        ("other.yaml", &elsewhere),
        ("webhook.yaml", "version: 1\nmodes: { shop: audit }\nearly: { mode: enforce }\n"),
    ]);
    for object in [&unreadable, &unreadable_gateway] {
        let response = two.review(&create(object)).await;
        assert!(response["allowed"] == true && response.get("warnings").is_none(), "{response}");
        let mut moved = object.clone();
        moved["metadata"]["namespace"] = "other".into();
        assert_eq!(two.review(&create(&moved)).await["status"]["code"], 400);
        moved["metadata"]["namespace"] = "third".into();
        assert_eq!(two.review(&create(&moved)).await["allowed"], true, "no policy applies");
    }
    // Of an object that is none of its kind nothing is known.
    let none =
        json!({ "apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": { "name": "web" } });
    let response = two.review(&create(&none)).await;
    assert_eq!(response["status"]["code"], 400, "{response}");
    // Nothing is said where no policy applies, what cannot be foreseen is let through, and so is what has not changed.
    let strict = Webhook::start(&[("shop.yaml", SHOP), ("webhook.yaml", ENFORCE)]);
    let mut other = bad.clone();
    other["spec"]["issuerRef"]["name"] = "other".into();
    let response = strict.review(&create(&other)).await;
    assert_eq!(
        (&response["allowed"], &response["auditAnnotations"]["outcome"]),
        (&json!(true), &json!("notApplicable"))
    );
    let literal = certificate(json!({ "literalSubject": "CN=x" }));
    assert_eq!(strict.review(&create(&literal)).await["allowed"], true);
    let mut labelled = bad.clone();
    labelled["metadata"]["labels"] = json!({ "a": "b" });
    assert_eq!(strict.review(&review("UPDATE", &labelled, &bad)).await["allowed"], true);
    let mut annotated = bad.clone();
    annotated["metadata"]["annotations"] = json!({ "a": "b" });
    assert_eq!(strict.review(&review("UPDATE", &annotated, &bad)).await["allowed"], true);
    let good = certificate(json!({}));
    assert_eq!(strict.review(&review("UPDATE", &bad, &good)).await["allowed"], false);
    let mut status = review("UPDATE", &bad, &good);
    status["request"]["subResource"] = "status".into();
    assert_eq!(strict.review(&status).await["allowed"], true);
}

#[tokio::test]
async fn the_listeners_of_a_gateway_are_judged_by_secret() {
    let webhook = Webhook::start(&[("shop.yaml", SHOP), ("webhook.yaml", ENFORCE)]);
    let good = gateway("internal", &[("a.shop.example.com", "a"), ("b.shop.example.com", "a")]);
    let response = webhook.review(&create(&good)).await;
    assert_eq!(response["allowed"], true, "{response}");
    assert_eq!(response["auditAnnotations"]["policy"], "shop", "one request for the two hosts of a Secret");
    let hosts = [("a.shop.example.com", "a"), ("x.example.org", "b"), ("y.example.org", "c")];
    let bad = gateway("internal", &hosts);
    let response = webhook.review(&create(&bad)).await;
    let message = response["status"]["message"].as_str().expect("a refusal");
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines.len(), 2, "{message}");
    assert!(lines[0].starts_with("Secret b: policy/dns-not-allowed: "), "{message}");
    assert!(lines[1].starts_with("Secret c: policy/dns-not-allowed: "), "{message}");
    // Without the annotation cert-manager makes nothing; TLS that is passed through has no certificate here.
    let mut by_hand = bad.clone();
    by_hand["metadata"]["annotations"] = json!({});
    assert_eq!(webhook.review(&create(&by_hand)).await["allowed"], true);
    let mut passed = bad.clone();
    for listener in passed["spec"]["listeners"].as_array_mut().expect("listeners") {
        listener["tls"]["mode"] = "Passthrough".into();
    }
    assert_eq!(webhook.review(&create(&passed)).await["allowed"], true);
    // The annotation that makes cert-manager look is a change.
    assert_eq!(webhook.review(&review("UPDATE", &bad, &by_hand)).await["allowed"], false);
}

#[tokio::test]
async fn the_annotations_of_a_gateway_are_read_as_cert_manager_does() {
    let policy = SHOP.replace("organizationName: { allow", "organizationName: { presence: required, allow");
    let webhook = Webhook::start(&[("shop.yaml", &policy), ("webhook.yaml", ENFORCE)]);
    let with = |key: &str, value: &str| {
        let mut gateway = gateway("internal", &[("a.shop.example.com", "a")]);
        gateway["metadata"]["annotations"][format!("cert-manager.io/{key}")] = value.into();
        gateway
    };
    let organizations = "subject-organizations";
    for (key, value, allowed) in [
        ("renew-before", "24h", false),
        (organizations, "Acme", true),
        (organizations, "Evil", false),
        (organizations, "Acme,Evil", false),
        // Not foreseen.
        (organizations, " Evil , ", true),
        (organizations, "\"Acme, Inc\"", true),
        ("ip-sans", "192.0.2.1", true),
    ] {
        let response = webhook.review(&create(&with(key, value))).await;
        assert_eq!(response["allowed"], allowed, "{key} {value}: {response}");
    }
    let mut mailed = with(organizations, "Acme");
    mailed["metadata"]["annotations"]["cert-manager.io/email-sans"] = "a@shop.example.com".into();
    let response = webhook.review(&create(&mailed)).await;
    let message = response["status"]["message"].as_str().unwrap_or_default();
    assert!(message.contains("policy/name-kind-not-allowed"), "{message}");
}

#[tokio::test]
async fn a_gateway_of_many_secrets_is_answered_in_bounded_work() {
    let webhook = Webhook::start(&[("shop.yaml", SHOP), ("webhook.yaml", ENFORCE)]);
    let names: Vec<String> = (0..4_096).map(|number| format!("s{number:04}")).collect();
    let secrets: Vec<(&str, &str)> = names.iter().map(|name| ("x.example.org", name.as_str())).collect();
    let response = webhook.review(&create(&gateway("internal", &secrets))).await;
    assert_eq!(response["allowed"], false);
    let message = response["status"]["message"].as_str().expect("a refusal");
    let judged = message.lines().filter(|line| line.starts_with("Secret s")).count();
    assert!((1..=64).contains(&judged), "{judged}: {message}");
}
