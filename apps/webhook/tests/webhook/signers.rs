//! What the policy allows and the signer of Kubernetes would not sign.

use serde_json::{Value, json};

use crate::harness::{TEAM, Webhook, create, request, review, signing_request, with_condition};

const SERVING: &str = "kubernetes.io/kubelet-serving";
const LINE: &str = "would be approved, then fail at kubernetes.io/kubelet-serving, because compat/subject-denied: \
                    the organization is not exactly system:nodes (at subject)";

fn for_signer(signer: &str, names: &[&str]) -> Value {
    let mut object = signing_request(&request(names));
    object["spec"]["signerName"] = signer.into();
    object["spec"]["expirationSeconds"] = 86_400.into();
    object
}

#[tokio::test]
async fn a_request_that_fails_once_approved_is_warned_of() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    let object = for_signer(SERVING, &["a.team.example.com"]);
    let response = webhook.review(&create(&object)).await;
    assert_eq!(response["allowed"], true, "{response}");
    assert_eq!(response["warnings"], json!([LINE]));
    assert_eq!(response["auditAnnotations"]["signer"], "compat/subject-denied");
    assert_eq!(response["auditAnnotations"]["outcome"], "allowed", "the policy allows it");
    // The same at the approval.
    let mut approval = review("UPDATE", &with_condition(&object, "Approved"), &object);
    approval["request"]["subResource"] = "approval".into();
    assert_eq!(webhook.review(&approval).await["warnings"], json!([LINE]));
    // Of signers that are not known nothing is said, and a request that the policy denies has its reasons alone.
    let other = webhook.review(&create(&for_signer("example.com/internal", &["a.team.example.com"]))).await;
    assert!(other.get("warnings").is_none() && other["auditAnnotations"].get("signer").is_none(), "{other}");
    let denied = webhook.review(&create(&for_signer(SERVING, &["db.internal"]))).await;
    assert_eq!(denied["allowed"], false);
    assert!(denied.get("warnings").is_none(), "{denied}");
    assert!(!denied["status"]["message"].as_str().expect("a message").contains("then fail"));
}

#[tokio::test]
async fn it_is_refused_or_only_audited_where_that_is_configured() {
    let start = |signers: &str| {
        Webhook::start(&[("team.yaml", TEAM), ("webhook.yaml", &format!("version: 1\nsigners: {signers}\n"))])
    };
    let failing = create(&for_signer(SERVING, &["a.team.example.com"]));
    let response = start("{ mode: enforce }").review(&failing).await;
    assert_eq!(response["allowed"], false, "{response}");
    assert_eq!(response["status"]["code"], 403);
    assert_eq!(response["status"]["message"], LINE);
    assert_eq!(response["status"]["details"]["causes"][0]["reason"], "compat/subject-denied");
    assert_eq!(response["auditAnnotations"]["outcome"], "denied");
    let response = start("{ mode: audit }").review(&failing).await;
    assert_eq!(response["allowed"], true);
    assert!(response.get("warnings").is_none(), "{response}");
    assert_eq!(response["auditAnnotations"]["signer"], "compat/subject-denied");
}

/// Signer, subject, names, usage, and the code of what is said.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str], &'a str, Option<&'a str>);

/// What each signer asks for, and what it takes.
#[tokio::test]
async fn each_signer_is_asked_by_its_own_rules() {
    let policy = "version: 1\nid: any\nnames: { presence: optional, dns: { allow: [n1] } }\n\
                  subject: { commonName: { presence: optional, inNames: optional, allow: ['*'] }, \
                  attributes: { organizationName: { allow: ['*'] } } }\nkeys: { EC: [P-256] }\n\
                  usages: { extended: [serverAuth, clientAuth] }\nvalidity: { default: 24h, max: 90d }\n";
    let webhook = Webhook::start(&[("any.yaml", policy)]);
    let node = [("O", "system:nodes"), ("CN", "system:node:n1")];
    let user = [("CN", "jane")];
    let cases: [Case<'_>; 6] = [
        ("kubelet-serving", &node, &["n1"], "server auth", None),
        ("kubelet-serving", &node, &[], "server auth", Some("compat/name-denied")),
        ("kube-apiserver-client-kubelet", &node, &[], "client auth", None),
        ("kube-apiserver-client-kubelet", &user, &[], "client auth", Some("compat/subject-denied")),
        ("kube-apiserver-client", &user, &[], "client auth", None),
        ("kube-apiserver-client", &user, &[], "server auth", Some("compat/usage-denied")),
    ];
    for (signer, subject, names, usage, code) in cases {
        let mut object = signing_request(&with_subject(subject, names));
        object["spec"]["signerName"] = format!("kubernetes.io/{signer}").into();
        object["spec"]["usages"] = json!(["digital signature", usage]);
        object["spec"]["expirationSeconds"] = 86_400.into();
        let response = webhook.review(&create(&object)).await;
        assert_eq!(response["allowed"], true, "{signer}: {response}");
        let found = response["auditAnnotations"]["signer"].as_str();
        assert_eq!(found, code, "{signer}: {response}");
        assert_eq!(response.get("warnings").is_some(), code.is_some(), "{response}");
    }
}

fn with_subject(subject: &[(&str, &str)], names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = rcgen::CertificateParams::new(names).expect("names");
    params.distinguished_name = rcgen::DistinguishedName::new();
    for (kind, value) in subject {
        let kind = if *kind == "O" { rcgen::DnType::OrganizationName } else { rcgen::DnType::CommonName };
        params.distinguished_name.push(kind, *value);
    }
    let key = rcgen::KeyPair::generate().expect("a key");
    params.serialize_request(&key).expect("a request").pem().expect("PEM")
}
