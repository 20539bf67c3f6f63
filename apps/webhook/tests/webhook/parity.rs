//! The verdict and the reasons are those of the command line, byte for byte: every case of every ready-made policy.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certgate_bindings::ContextDocument;
use certgate_bindings::cases::{CaseFile, RequestSource};
use certgate_bindings::view::DiagnosticView;
use certgate_ops::cli::{Terminal, run};
use serde_json::{Value, json};

use crate::harness::{TEAM, Webhook, certificate_request, create, request, signing_request};

const FACTS: &str = r#"{ "nodeNames": ["n1.prod.internal"], "nodeAddresses": ["10.0.0.1", "2001:db8::1"] }"#;

/// What `certgate check` says of an object.
fn check(folder: &std::path::Path, object: &Value) -> Value {
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    std::fs::write(path("object.json"), object.to_string()).expect("a file");
    let arguments = [
        "certgate",
        "check",
        "--policy",
        &path("policy.yaml"),
        "--context",
        &path("context.json"),
        "--format",
        "json",
        &path("object.json"),
    ];
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut terminal = Terminal {
        stdin: &mut std::io::empty(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        color: false,
        progress: false,
        now: certgate_ops::now(),
    };
    run(arguments.map(Into::into), &mut terminal);
    serde_json::from_slice(&stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&stderr)))
}

/// A case as objects of both kinds.
fn objects(der: &[u8], context: &ContextDocument) -> [Value; 2] {
    let pem = format!(
        "-----BEGIN CERTIFICATE REQUEST-----\n{}\n-----END CERTIFICATE REQUEST-----\n",
        STANDARD.encode(der)
    );
    let requester = context.requester.clone().unwrap_or_default();
    let mut spec = json!({
        "request": STANDARD.encode(pem),
        "usages": context.usages.clone().unwrap_or_else(|| vec!["digital signature".into(), "server auth".into()]),
        "username": requester.username,
        "groups": requester.groups,
    });
    let context = serde_json::to_value(context).expect("plain data");
    let mut signed = spec.clone();
    signed["signerName"] = context["signerName"].as_str().unwrap_or("example.com/any").into();
    if let Some(duration) = context["duration"].as_str() {
        // The forms of the cases: whole days, hours or minutes.
        let (number, unit) = duration.split_at(duration.len() - 1);
        let seconds = match unit {
            "d" => 86_400,
            "h" => 3_600,
            _ => 60,
        };
        if let Ok(number) = number.parse::<i64>() {
            signed["expirationSeconds"] = (number * seconds).into();
        }
        spec["duration"] = duration.into();
    }
    spec["issuerRef"] = json!({ "name": "internal" });
    spec["isCA"] = context["parameters"]["isCA"].as_bool().unwrap_or_default().into();
    let namespace = context["namespace"].as_str().unwrap_or("shop");
    [
        json!({
            "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
            "metadata": { "name": "c" }, "spec": signed,
        }),
        json!({
            "apiVersion": "cert-manager.io/v1", "kind": "CertificateRequest",
            "metadata": { "name": "c", "namespace": namespace }, "spec": spec,
        }),
    ]
}

#[tokio::test]
async fn the_reasons_are_those_of_the_command_line() {
    let config = format!("version: 1\nfacts: {FACTS}\n");
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for policy in certgate_policies::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("policy.yaml"), policy.text).expect("a file");
        std::fs::write(folder.path().join("context.json"), format!(r#"{{ "facts": {FACTS} }}"#))
            .expect("a file");
        let webhook = Webhook::start(&[("policy.yaml", policy.text), ("webhook.yaml", &config)]);
        let mut client = webhook.client().await;
        let cases = CaseFile::from_text(policy.cases).expect("cases");
        for case in &cases.cases {
            let RequestSource::Description(description) = &case.request else { continue };
            let der = description.to_der().expect("a request");
            let context = case.context.clone().unwrap_or_else(|| cases.context.clone());
            for object in objects(&der, &context) {
                let expected = check(folder.path(), &object);
                let mut review = create(&object);
                review["request"]["userInfo"] =
                    json!({ "username": object["spec"]["username"], "groups": object["spec"]["groups"] });
                let (status, answer) = client.review(review.to_string().into_bytes()).await;
                assert_eq!(status, 200);
                let response = &answer["response"];
                let name = format!("{}: {}: {}", policy.name, case.name, object["kind"]);
                let outcome = expected["outcome"].as_str().expect("an outcome");
                // A policy that forces purposes: the command line says it of an object, too.
                if expected["reasons"].as_array().is_some_and(|reasons| {
                    reasons.iter().any(|reason| reason["code"] == "policy/not-as-requested")
                }) {
                    *seen.entry("notAsRequested".to_owned()).or_default() += 1;
                }
                *seen.entry(outcome.to_owned()).or_default() += 1;
                assert_eq!(response["allowed"], outcome == "allowed", "{name}: {response}");
                assert_eq!(response["auditAnnotations"]["outcome"], outcome, "{name}");
                let reasons: Vec<DiagnosticView> =
                    serde_json::from_value(expected["reasons"].clone()).expect("reasons");
                let lines: Vec<String> = reasons.iter().map(ToString::to_string).collect();
                let message = response["status"]["message"].as_str().unwrap_or_default();
                match outcome {
                    "notApplicable" => {
                        let lines: Vec<String> =
                            lines.iter().map(|line| format!("{}: {line}", policy.name)).collect();
                        let expected = format!("no policy applies to this request\n{}", lines.join("\n"));
                        assert_eq!(message, expected, "{name}");
                    }
                    _ => assert_eq!(message, lines.join("\n"), "{name}"),
                }
                if outcome == "denied" {
                    assert_eq!(
                        response["auditAnnotations"]["digest"], expected["policy"]["digest"],
                        "{name}"
                    );
                }
            }
        }
    }
    println!("{seen:?}");
    assert!(
        seen["allowed"] > 15
            && seen["denied"] > 100
            && seen["notApplicable"] > 10
            && seen["notAsRequested"] > 1,
        "{seen:?}"
    );
}

/// The policy of Kubewarden is the same decision behind another door.
#[tokio::test]
async fn kubewarden_is_told_the_same() {
    let config = "version: 1\nmode: warn\nmodes: { team: enforce }\n";
    let webhook = Webhook::start(&[("team.yaml", TEAM), ("webhook.yaml", config)]);
    let mut forged = create(&signing_request(&request(&["a.team.example.com"])));
    forged["request"]["userInfo"]["username"] = "mallory".into();
    let mut broken = create(&signing_request(&request(&["a.team.example.com"])));
    broken["request"]["object"]["spec"]["request"] = "AAAA".into();
    let mut odd = create(&certificate_request(&request(&["db.internal"])));
    odd["request"]["object"]["spec"]["duration"] = "1x".into();
    let mut long = create(&certificate_request(&request(&["a.team.example.com"])));
    long["request"]["object"]["spec"]["duration"] = "2400h".into();
    let reviews = [
        odd,
        long,
        create(&signing_request(&request(&["a.team.example.com"]))),
        create(&certificate_request(&request(&["db.internal", "x.example.org"]))),
        create(&json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "p" } })),
        forged,
        broken,
    ];
    for review in &reviews {
        // A request that cannot be read is treated by the hardest mode, here as there.
        let settings = json!({ "policies": [TEAM], "mode": "warn", "modes": { "team": "enforce" } });
        let call = json!({ "request": review["request"], "settings": settings });
        let answer =
            certgate_webhook::kubewarden::run("validate", call.to_string().as_bytes(), certgate_ops::now());
        let answer: Value = serde_json::from_str(&answer.expect("an answer")).expect("JSON");
        let response = webhook.review(review).await;
        assert_eq!(answer["accepted"], response["allowed"], "{answer}");
        assert_eq!(answer["message"], response["status"]["message"]);
        assert_eq!(answer["code"], response["status"]["code"]);
        assert_eq!(answer["audit_annotations"], response["auditAnnotations"]);
    }
}
