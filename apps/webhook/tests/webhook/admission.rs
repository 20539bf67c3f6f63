//! Section 5.3 of the facts of Kubernetes: each case over real TLS.

use serde_json::{Value, json};

use crate::harness::{
    TEAM, Webhook, certificate_request, create, request, review, signing_request, with_condition,
};

fn denied_with(response: &Value, code: u16, reason: &str) {
    assert_eq!(response["allowed"], false, "{response}");
    assert_eq!(response["status"]["code"], code, "{response}");
    let message = response["status"]["message"].as_str().expect("a message");
    assert!(message.contains(reason), "{message}");
}

#[tokio::test]
async fn a_new_request_is_judged() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    let good = request(&["api.team.example.com"]);
    for object in [signing_request(&good), certificate_request(&good)] {
        let response = webhook.review(&create(&object)).await;
        assert_eq!(response["allowed"], true, "{response}");
        assert!(response.get("status").is_none(), "a status is not shown when allowed");
        let annotations = &response["auditAnnotations"];
        assert_eq!(annotations["policy"], "team");
        assert_eq!(annotations["outcome"], "allowed");
        assert_eq!(annotations["mode"], "enforce");
        assert!(annotations["digest"].as_str().expect("a digest").starts_with("sha256:"));
        assert!(annotations.get("codes").is_none());
    }
    let bad = request(&["db.internal", "api.other.example.com"]);
    for object in [signing_request(&bad), certificate_request(&bad)] {
        let response = webhook.review(&create(&object)).await;
        denied_with(&response, 403, "policy/dns-not-allowed: ");
        let message = response["status"]["message"].as_str().expect("a message");
        assert_eq!(message.lines().count(), 2, "every reason has its line: {message}");
        let causes = response["status"]["details"]["causes"].as_array().expect("causes");
        assert_eq!(causes.len(), 2);
        assert_eq!(causes[0]["reason"], "policy/dns-not-allowed");
        assert_eq!(causes[1]["field"], "extensions.subjectAltName[1].dNSName");
        assert_eq!(response["auditAnnotations"]["codes"], "policy/dns-not-allowed");
    }
}

#[tokio::test]
async fn an_approval_is_refused_where_the_policy_would_not_give_it() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    let (good, bad) = (request(&["api.team.example.com"]), request(&["db.internal"]));
    for (make, subresource) in [
        (signing_request as fn(&str) -> Value, "approval"),
        (certificate_request as fn(&str) -> Value, "status"),
    ] {
        let update = |new: &Value, old: &Value| {
            let mut review = review("UPDATE", new, old);
            review["request"]["subResource"] = subresource.into();
            // Somebody else approves; the requester is the one of the object.
            review["request"]["userInfo"] = json!({ "username": "approver", "groups": [] });
            review
        };
        let (good, bad) = (make(&good), make(&bad));
        let response = webhook.review(&update(&with_condition(&good, "Approved"), &good)).await;
        assert_eq!(response["allowed"], true, "{response}");
        let response = webhook.review(&update(&with_condition(&bad, "Approved"), &bad)).await;
        denied_with(&response, 403, "policy/dns-not-allowed");
        for condition in ["Denied", "Failed", "Ready"] {
            let response = webhook.review(&update(&with_condition(&bad, condition), &bad)).await;
            assert_eq!(response["allowed"], true, "{condition}: {response}");
        }
        let approved = with_condition(&bad, "Approved");
        let response = webhook.review(&update(&approved, &approved)).await;
        assert_eq!(response["allowed"], true, "it was approved before: {response}");
        let mut changed = good.clone();
        changed["spec"]["request"] = bad["spec"]["request"].clone();
        let response = webhook.review(&review("UPDATE", &changed, &good)).await;
        denied_with(&response, 403, "policy/dns-not-allowed");
        let mut labelled = bad.clone();
        labelled["metadata"]["labels"] = json!({ "a": "b" });
        let response = webhook.review(&review("UPDATE", &labelled, &bad)).await;
        assert_eq!(response["allowed"], true, "a label is no new request: {response}");
    }
}

#[tokio::test]
async fn the_requester_is_who_sent_it() {
    let policy = format!("{TEAM}require: {{ username: [jane], groups: [dev] }}\n");
    let webhook = Webhook::start(&[("team.yaml", &policy)]);
    let object = signing_request(&request(&["api.team.example.com"]));
    assert_eq!(webhook.review(&create(&object)).await["allowed"], true);
    let mut forged = create(&object);
    forged["request"]["userInfo"] =
        json!({ "username": "mallory", "groups": ["dev", "system:authenticated"] });
    denied_with(&webhook.review(&forged).await, 400, "(at spec.username)");
    let mut forged = create(&object);
    forged["request"]["userInfo"]["groups"] = json!(["system:authenticated"]);
    denied_with(&webhook.review(&forged).await, 400, "(at spec.groups)");
    // Without a claim the sender counts.
    let mut silent = certificate_request(&request(&["api.team.example.com"]));
    silent["spec"].as_object_mut().expect("spec").retain(|key, _| key != "username" && key != "groups");
    assert_eq!(webhook.review(&create(&silent)).await["allowed"], true);
    let mut mallory = create(&silent);
    mallory["request"]["userInfo"] = json!({ "username": "mallory", "groups": ["dev"] });
    denied_with(&webhook.review(&mallory).await, 403, "policy/requirement");
}

#[tokio::test]
async fn who_changes_a_spec_is_its_requester() {
    let policy =
        format!("{TEAM}select: {{ issuer: {{ name: [internal] }} }}\nrequire: {{ username: [admin] }}\n");
    let webhook =
        Webhook::start(&[("team.yaml", &policy), ("webhook.yaml", "version: 1\nunmatched: allow\n")]);
    // For an issuer without a policy, and without a word on who asks.
    let mut other = certificate_request(&request(&["api.team.example.com"]));
    other["spec"].as_object_mut().expect("spec").retain(|key, _| key != "username" && key != "groups");
    other["spec"]["issuerRef"]["name"] = "other".into();
    assert_eq!(webhook.review(&create(&other)).await["allowed"], true);
    let mut forged = other.clone();
    forged["spec"]["issuerRef"]["name"] = "internal".into();
    denied_with(&webhook.review(&review("UPDATE", &forged, &other)).await, 403, "policy/requirement");
    forged["spec"]["username"] = "admin".into();
    denied_with(&webhook.review(&review("UPDATE", &forged, &other)).await, 400, "(at spec.username)");
    let mut admin = review("UPDATE", &forged, &other);
    admin["request"]["userInfo"] = json!({ "username": "admin", "groups": [] });
    assert_eq!(webhook.review(&admin).await["allowed"], true);
}

/// A field that cannot be read does not lead past a policy that is enforced, whatever the mode of the others.
#[tokio::test]
async fn what_cannot_be_read_meets_the_hardest_mode() {
    for mode in ["audit", "warn"] {
        let config = format!("version: 1\nmode: {mode}\nmodes: {{ team: enforce }}\n");
        let webhook = Webhook::start(&[("team.yaml", TEAM), ("webhook.yaml", &config)]);
        let with_duration = |duration: &str| {
            let mut object = certificate_request(&request(&["db.internal"]));
            object["spec"]["duration"] = duration.into();
            create(&object)
        };
        denied_with(&webhook.review(&with_duration("1.x5h")).await, 400, "`spec.duration` is no duration");
        // What Go reads is judged.
        for duration in ["1.5h", "24h0m0.5s", "60s24h", "1h1ms"] {
            denied_with(&webhook.review(&with_duration(duration)).await, 403, "policy/dns-not-allowed");
        }
        let mut forged = create(&certificate_request(&request(&["a.team.example.com"])));
        forged["request"]["object"]["spec"]["username"] = "admin".into();
        denied_with(&webhook.review(&forged).await, 400, "(at spec.username)");
        let padded = format!("{}{}", request(&["db.internal"]), "x\n".repeat(40_000));
        let response = webhook.review(&create(&certificate_request(&padded))).await;
        denied_with(&response, 400, "limit/text-bytes");
        assert_eq!(response["auditAnnotations"]["mode"], "enforce");
    }
}

#[tokio::test]
async fn what_is_not_judged() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    let bad = signing_request(&request(&["db.internal"]));
    for operation in ["DELETE", "CONNECT"] {
        let response = webhook.review(&review(operation, &Value::Null, &bad)).await;
        assert_eq!(response["allowed"], true, "{operation}: {response}");
    }
    let pod = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "p" } });
    denied_with(&webhook.review(&create(&pod)).await, 403, "does not know `Pod`");
    let mut old = bad.clone();
    old["apiVersion"] = "certificates.k8s.io/v1beta1".into();
    denied_with(&webhook.review(&create(&old)).await, 403, "v1beta1");
    let lax = Webhook::start(&[("team.yaml", TEAM), ("webhook.yaml", "version: 1\nunknownKinds: warn\n")]);
    let response = lax.review(&create(&pod)).await;
    assert_eq!(response["allowed"], true);
    assert!(response["warnings"][0].as_str().expect("a warning").contains("does not know `Pod`"));
}

#[tokio::test]
async fn broken_objects_are_refused_with_the_reason() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    let good = request(&["api.team.example.com"]);
    let with_request = |text: &str| {
        let mut object = signing_request(&good);
        object["spec"]["request"] = text.into();
        create(&object)
    };
    denied_with(
        &webhook.review(&with_request("%%%")).await,
        400,
        "context/object: `spec.request` is not base64",
    );
    denied_with(&webhook.review(&with_request("")).await, 400, "`spec.request` is missing");
    denied_with(&webhook.review(&with_request("AAAA")).await, 400, ": ");
    // Base64 twice, as people do: the engine reads bare base64 too, and so finds DER.
    let twice = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, "LS0tLS1CRUdJTg==");
    denied_with(&webhook.review(&with_request(&twice)).await, 400, ": ");
    let large = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        format!("{good}{}", "x\n".repeat(40_000)),
    );
    denied_with(&webhook.review(&with_request(&large)).await, 400, "limit/text-bytes");
    let mut review = create(&signing_request(&good));
    review["request"]["object"] = Value::Null;
    denied_with(&webhook.review(&review).await, 400, "no `object`");
    let mut review = create(&signing_request(&good));
    review["request"]["object"] = json!([1]);
    denied_with(&webhook.review(&review).await, 400, "context/");
}

#[tokio::test]
async fn modes_say_what_a_refusal_means() {
    let other = TEAM.replace("id: team", "id: other").replace("team.example.com", "other.example.com");
    let config = "version: 1\nmodes: { team: warn, other: audit }\n";
    let webhook = Webhook::start(&[("team.yaml", TEAM), ("other.yaml", &other), ("webhook.yaml", config)]);
    let mut review = create(&signing_request(&request(&["db.internal"])));
    review["request"]["dryRun"] = true.into();
    let response = webhook.review(&review).await;
    assert_eq!(response["allowed"], true);
    let warnings = response["warnings"].as_array().expect("warnings");
    assert_eq!(warnings.len(), 1, "only of the policy that warns: {warnings:?}");
    assert!(warnings[0].as_str().expect("text").starts_with("policy/dns-not-allowed: "));
    assert_eq!(response["auditAnnotations"]["outcome"], "denied");
    assert_eq!(response["auditAnnotations"]["policy"], "other,team");
    assert_eq!(response["auditAnnotations"]["mode"], "audit,warn");
    let (_, metrics) = webhook.page("/metrics").await;
    let line = r#"certgate_decisions_total{policy="team",resource="certificatesigningrequests",signer="other",decision="denied",mode="warn",dry_run="true"} 1"#;
    assert!(metrics.contains(line), "{metrics}");
}

#[tokio::test]
async fn policies_are_chosen_by_signer_issuer_and_namespace() {
    let selecting = |id: &str, select: &str| TEAM.replace("id: team", &format!("id: {id}\nselect: {select}"));
    let files = [
        ("a.yaml", selecting("signer", "{ signerName: [example.com/internal] }")),
        ("b.yaml", selecting("issuer", "{ issuer: { name: [internal], kind: [ClusterIssuer] } }")),
        ("c.yaml", selecting("space", "{ namespace: [shop] }")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let webhook = Webhook::start(&files);
    let good = request(&["api.team.example.com"]);
    let policies = |response: &Value| response["auditAnnotations"]["policy"].as_str().map(str::to_owned);
    let response = webhook.review(&create(&signing_request(&good))).await;
    assert_eq!(policies(&response).as_deref(), Some("signer"));
    let response = webhook.review(&create(&certificate_request(&good))).await;
    assert_eq!(policies(&response).as_deref(), Some("issuer,space"));
    let mut object = signing_request(&good);
    object["spec"]["signerName"] = "example.com/other".into();
    let response = webhook.review(&create(&object)).await;
    denied_with(&response, 403, "no policy applies");
    let message = response["status"]["message"].as_str().expect("a message");
    assert!(message.contains("signer: policy/not-applicable: "), "why not: {message}");
    assert_eq!(response["auditAnnotations"]["outcome"], "notApplicable");
}
