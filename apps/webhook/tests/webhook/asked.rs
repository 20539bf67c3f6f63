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
