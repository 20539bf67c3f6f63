//! In a cluster the signer issues what was asked for: what the policy would issue instead is no reason to let it in.

use rcgen::DnType;
use serde_json::{Value, json};

use crate::harness::{
    TEAM, Webhook, certificate_request, create, request, review, signing_request, with_condition,
};

const CLIENT: &str = "kubernetes.io/kube-apiserver-client";
const CODE: &str = "policy/not-as-requested";

fn message(response: &Value) -> &str {
    response["status"]["message"].as_str().unwrap_or_default()
}

fn without_duration() -> Value {
    let mut object = certificate_request(&request(&["a.team.example.com"]));
    object["spec"].as_object_mut().expect("spec").remove("duration");
    object
}

/// The policy of the team with another line.
fn team(old: &str, new: &str) -> String {
    let policy = TEAM.replace(old, new);
    assert_ne!(policy, TEAM);
    policy
}

#[tokio::test]
async fn a_lifetime_that_is_not_asked_for_is_the_default_of_the_signer() {
    let policy = team("max: 90d", "max: 7d");
    let webhook = Webhook::start(&[("team.yaml", &policy)]);
    // cert-manager signs for 2160h.
    let response = webhook.review(&create(&without_duration())).await;
    assert_eq!(response["auditAnnotations"]["codes"], "policy/validity-too-long", "{response}");
    let approved = with_condition(&without_duration(), "Approved");
    let mut approval = review("UPDATE", &approved, &without_duration());
    approval["request"]["subResource"] = "status".into();
    assert_eq!(webhook.review(&approval).await["allowed"], false);
    let long = Webhook::start(&[("team.yaml", TEAM)]);
    assert_eq!(long.review(&create(&without_duration())).await["allowed"], true);
    // Of the issuers of others nothing is known.
    let mut foreign = without_duration();
    foreign["spec"]["issuerRef"]["group"] = "certmanager.step.sm".into();
    assert_eq!(webhook.review(&create(&foreign)).await["allowed"], true);
    // The same issuer as a signer of Kubernetes.
    let mut signed = signing_request(&request(&["a.team.example.com"]));
    signed["spec"]["signerName"] = "clusterissuers.cert-manager.io/internal".into();
    assert_eq!(webhook.review(&create(&signed)).await["allowed"], false);
    signed["spec"]["expirationSeconds"] = 86_400.into();
    assert_eq!(webhook.review(&create(&signed)).await["allowed"], true);
}

#[tokio::test]
async fn kubernetes_signs_for_a_year_unless_it_is_told_otherwise() {
    let policy = certgate_policies::find("kube-apiserver-client").expect("a policy").text;
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "jane");
    let key = rcgen::KeyPair::generate().expect("a key");
    let pem = params.serialize_request(&key).expect("a request").pem().expect("PEM");
    let mut object = signing_request(&pem);
    object["spec"]["signerName"] = CLIENT.into();
    object["spec"]["usages"] = json!(["client auth"]);
    let webhook = Webhook::start(&[("client.yaml", policy)]);
    let response = webhook.review(&create(&object)).await;
    assert_eq!(response["auditAnnotations"]["codes"], "policy/validity-too-long", "{response}");
    let config = "version: 1\nclusterSigningDuration: 720h\n";
    let short = Webhook::start(&[("client.yaml", policy), ("webhook.yaml", config)]);
    assert_eq!(short.review(&create(&object)).await["allowed"], true);
    object["spec"]["expirationSeconds"] = 86_400.into();
    assert_eq!(webhook.review(&create(&object)).await["allowed"], true);
}

#[tokio::test]
async fn what_a_policy_changes_is_refused_in_a_cluster() {
    let object = |change: &dyn Fn(&mut Value)| {
        let mut object = certificate_request(&request(&["a.team.example.com"]));
        change(&mut object["spec"]);
        object
    };
    let forced = team("extended: [serverAuth]", "extended: { force: [serverAuth] }");
    let clamped = team("max: 90d", "max: 7d, overMax: clamp");
    let cases: [(&str, Value, Option<&str>); 7] = [
        (&clamped, object(&|spec| spec["duration"] = "87600h".into()), Some("ask for 7d at most")),
        (&clamped, without_duration(), Some("spec.expirationSeconds to 604800")),
        (&clamped, object(&|spec| spec["duration"] = "168h".into()), None),
        (
            &forced,
            object(&|spec| spec["usages"] = json!(["digital signature", "any"])),
            Some("set spec.usages to [digital signature, server auth]"),
        ),
        (
            &forced,
            object(&|spec| spec["usages"] = json!(["signing", "server auth", "code signing"])),
            Some(""),
        ),
        (&forced, object(&|spec| spec["usages"] = json!(["digital signature"])), Some("")),
        // What the key cannot do says nothing.
        (&forced, object(&|spec| spec["usages"] = json!(["signing", "server auth"])), None),
    ];
    for (policy, object, expected) in cases {
        let webhook = Webhook::start(&[("team.yaml", policy)]);
        let response = webhook.review(&create(&object)).await;
        assert_eq!(response["allowed"], expected.is_none(), "{response}");
        let Some(help) = expected else { continue };
        assert_eq!(response["auditAnnotations"]["codes"], CODE, "{response}");
        assert_eq!(response["auditAnnotations"]["outcome"], "denied");
        let field = response["status"]["details"]["causes"][0]["field"].as_str().expect("a field");
        assert!(field.starts_with("context."), "{response}");
        assert!(message(&response).starts_with(CODE) && message(&response).contains(help), "{response}");
        // The same where it is approved.
        let mut approval = review("UPDATE", &with_condition(&object, "Approved"), &object);
        approval["request"]["subResource"] = "status".into();
        assert_eq!(webhook.review(&approval).await["allowed"], false);
    }
}

#[tokio::test]
async fn a_subject_and_names_that_a_policy_changes_are_refused() {
    let mut params = rcgen::CertificateParams::new(["a.team.example.com".to_owned()]).expect("names");
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "system:masters");
    let key = rcgen::KeyPair::generate().expect("a key");
    let masters = params.serialize_request(&key).expect("a request").pem().expect("PEM");
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "b.team.example.com");
    let named = params.serialize_request(&key).expect("a request").pem().expect("PEM");
    for (rule, pem, path) in [
        ("subject: { ignore: [organizationName] }", &masters, "subject"),
        ("subject: { commonName: { inNames: add } }", &named, "extensions.subjectAltName"),
    ] {
        let webhook = Webhook::start(&[("team.yaml", &format!("{TEAM}{rule}\n"))]);
        for object in [certificate_request(pem), signing_request(pem)] {
            let response = webhook.review(&create(&object)).await;
            assert_eq!(response["auditAnnotations"]["codes"], CODE, "{rule}: {response}");
            assert_eq!(response["status"]["details"]["causes"][0]["field"], path, "{response}");
        }
    }
}

/// An issuer of cert-manager that is asked as a signer of Kubernetes reads two annotations.
#[tokio::test]
async fn annotations_for_an_issuer_are_judged() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    let mut plain = signing_request(&request(&["a.team.example.com"]));
    plain["spec"]["signerName"] = "clusterissuers.cert-manager.io/internal".into();
    plain["spec"]["expirationSeconds"] = 86_400.into();
    assert_eq!(webhook.review(&create(&plain)).await["allowed"], true);
    for (annotation, value, code) in
        [("request-is-ca", "true", "policy/ca"), ("request-duration", "87600h", "policy/validity-too-long")]
    {
        let mut object = plain.clone();
        object["metadata"]["annotations"][format!("experimental.cert-manager.io/{annotation}")] =
            value.into();
        let response = webhook.review(&create(&object)).await;
        assert_eq!(response["allowed"], false, "{annotation}: {response}");
        let codes = response["auditAnnotations"]["codes"].as_str().expect("codes");
        assert!(codes.contains(code), "{annotation}: {codes}");
        // Written beside a request that is there already, by somebody else.
        let mut update = review("UPDATE", &object, &plain);
        update["request"]["userInfo"] = json!({ "username": "mallory", "groups": [] });
        assert_eq!(webhook.review(&update).await["allowed"], false, "{annotation}");
        // Other signers do not look at them.
        object["spec"]["signerName"] = "example.com/internal".into();
        assert_eq!(webhook.review(&create(&object)).await["allowed"], true, "{annotation}");
    }
}

/// cert-manager reads an empty kind or group of an issuer as one that is left out.
#[tokio::test]
async fn an_issuer_with_empty_words_is_the_same_issuer() {
    let policy = format!(
        "{TEAM}select: {{ issuer: {{ name: [internal], kind: [Issuer], group: [cert-manager.io] }} }}\n"
    );
    let webhook =
        Webhook::start(&[("team.yaml", &policy), ("webhook.yaml", "version: 1\nunmatched: allow\n")]);
    for issuer in [
        json!({ "name": "internal" }),
        json!({ "name": "internal", "kind": "", "group": "cert-manager.io" }),
        json!({ "name": "internal", "kind": "Issuer", "group": "" }),
        json!({ "name": "internal", "kind": null, "group": "" }),
    ] {
        let mut object = certificate_request(&request(&["evil.example"]));
        object["spec"]["issuerRef"] = issuer.clone();
        let response = webhook.review(&create(&object)).await;
        assert_eq!(response["auditAnnotations"]["codes"], "policy/dns-not-allowed", "{issuer}: {response}");
        let mut certificate = json!({
            "apiVersion": "cert-manager.io/v1", "kind": "Certificate",
            "metadata": { "name": "web", "namespace": "shop" },
            "spec": { "secretName": "web", "issuerRef": issuer, "dnsNames": ["evil.example"] },
        });
        certificate["spec"]["usages"] = json!(["digital signature", "server auth"]);
        let response = webhook.review(&create(&certificate)).await;
        assert_eq!(response["auditAnnotations"]["outcome"], "denied", "{issuer}: {response}");
    }
}

/// What cert-manager makes of a CA: it adds a usage, and writes no pathLenConstraint.
#[tokio::test]
async fn a_ca_is_judged_as_cert_manager_issues_it() {
    let policy = team(
        "usages: { extended: [serverAuth] }",
        "usages: { key: [digitalSignature, keyCertSign], extended: [serverAuth] }\nca: { maxPathLength: 0 }",
    );
    let webhook = Webhook::start(&[("team.yaml", &policy)]);
    let mut params = rcgen::CertificateParams::new(["a.team.example.com".to_owned()]).expect("names");
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Constrained(0));
    let key = rcgen::KeyPair::generate().expect("a key");
    let pem = params.serialize_request(&key).expect("a request").pem().expect("PEM");
    let mut object = certificate_request(&pem);
    object["spec"]["isCA"] = true.into();
    let response = webhook.review(&create(&object)).await;
    // The usage that is added is within the policy; the path length is what remains.
    assert_eq!(response["auditAnnotations"]["codes"], CODE, "{response}");
    assert!(message(&response).contains("writes no pathLenConstraint"), "{response}");
    assert!(!message(&response).contains("spec.usages"), "{response}");
}

/// What istio-csr sends: both purposes, and no key usage.
#[tokio::test]
async fn a_workload_of_istio_is_let_in() {
    let policy = certgate_policies::find("istio-workload").expect("a policy").text;
    let facts = "version: 1\nfacts: { trustDomain: cluster.local, serviceAccount: api }\n";
    let webhook = Webhook::start(&[("istio.yaml", policy), ("webhook.yaml", facts)]);
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    let id = "spiffe://cluster.local/ns/shop/sa/api".try_into().expect("a URI");
    params.subject_alt_names = vec![rcgen::SanType::URI(id)];
    let key = rcgen::KeyPair::generate().expect("a key");
    let pem = params.serialize_request(&key).expect("a request").pem().expect("PEM");
    let mut object = certificate_request(&pem);
    object["spec"]["duration"] = "1h".into();
    for usages in [
        json!(["client auth", "server auth"]),
        json!(["digital signature", "key encipherment", "client auth", "server auth"]),
    ] {
        object["spec"]["usages"] = usages;
        let response = webhook.review(&create(&object)).await;
        assert_eq!(response["allowed"], true, "{response}");
    }
}

/// kube-controller-manager cuts what is longer than its own lifetime.
#[tokio::test]
async fn a_longer_lifetime_than_the_cluster_signs_for_is_judged_as_cut() {
    let policy = team("max: 90d", "max: 7d");
    let config = "version: 1\nclusterSigningDuration: 24h\nsigners: { mode: audit }\n";
    let webhook = Webhook::start(&[("team.yaml", &policy), ("webhook.yaml", config)]);
    let mut object = signing_request(&request(&["a.team.example.com"]));
    object["spec"]["expirationSeconds"] = 315_360_000.into();
    object["spec"]["signerName"] = "kubernetes.io/legacy-unknown".into();
    assert_eq!(webhook.review(&create(&object)).await["allowed"], true);
    // Others give what is asked for.
    object["spec"]["signerName"] = "example.com/internal".into();
    let response = webhook.review(&create(&object)).await;
    assert_eq!(response["auditAnnotations"]["codes"], "policy/validity-too-long", "{response}");
}
