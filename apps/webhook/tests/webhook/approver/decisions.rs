//! What becomes of requests: approved, denied, left alone; with facts of the cluster, and with what users see.

use serde_json::json;

use super::harness::{
    Approver, condition, conditions, events, named, node, node_request, outcome, serving, wait_for,
};
use super::stub::Stub;
use crate::harness::{TEAM, certificate_request, create, request, signing_request};

const SIGNING: &str = "certificatesigningrequests";
const CERTIFICATES: &str = "certificaterequests";

fn ready_made(name: &str) -> String {
    let found = certgate_policies::ALL.iter().find(|policy| policy.name == name);
    found.expect("a policy").text.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_approved_and_denied() {
    let stub = Stub::start().await;
    let (good, bad) = (request(&["api.team.example.com"]), request(&["db.internal", "x.example.org"]));
    // Some are there before, and in more pages than one.
    stub.store().page = Some(2);
    stub.put(SIGNING, named(signing_request(&good), "good"));
    stub.put(SIGNING, named(signing_request(&bad), "bad"));
    stub.put(SIGNING, named(signing_request(&good), "third"));
    stub.put(CERTIFICATES, named(certificate_request(&good), "early"));
    let approver = Approver::start(&stub, &[("team.yaml", TEAM)], &[]);
    let approved = condition(&stub, &approver, SIGNING, "good");
    assert_eq!(approved["type"], "Approved", "{approved}");
    assert_eq!(approved["reason"], "AllowedByPolicy");
    let message = approved["message"].as_str().expect("a message");
    assert!(message.starts_with("policy team (sha256:") && message.ends_with("allows it"), "{message}");
    assert!(approved["lastUpdateTime"].is_string());
    assert_eq!(condition(&stub, &approver, SIGNING, "third")["type"], "Approved");
    assert_eq!(condition(&stub, &approver, CERTIFICATES, "shop/early")["type"], "Approved");
    // Others come while it watches.
    stub.put(CERTIFICATES, named(certificate_request(&bad), "late"));
    let denied = condition(&stub, &approver, CERTIFICATES, "shop/late");
    assert_eq!((&denied["type"], &denied["status"]), (&json!("Denied"), &json!("True")));
    assert_eq!(denied["reason"], "DeniedByPolicy");
    // The same reasons as the webhook's, byte for byte.
    let webhook = crate::harness::Webhook::start(&[("team.yaml", TEAM)]);
    let response = webhook.review(&create(&certificate_request(&bad))).await;
    assert_eq!(denied["message"], response["status"]["message"]);
    let signed = condition(&stub, &approver, SIGNING, "bad");
    assert_eq!(signed["message"], response["status"]["message"]);
    wait_for("Events", || !events(&stub, "late").is_empty(), String::new);
    let (reason, note) = events(&stub, "late").remove(0);
    assert_eq!(reason, "Denied");
    assert!(note.contains("policy/dns-not-allowed: "), "{note}");
    let about =
        stub.store().all("events").iter().find(|e| e["regarding"]["name"] == "late").cloned().cloned();
    let about = about.expect("an Event");
    assert_eq!(about["metadata"]["namespace"], "shop");
    assert_eq!(about["type"], "Warning");
    let (status, _) = approver.page("/readyz").await;
    assert_eq!(status, 200);
    let (_, metrics) = approver.page("/metrics").await;
    for line in [
        r#"certgate_approvals_total{resource="certificaterequests",outcome="denied"} 1"#,
        r#"certgate_approvals_total{resource="certificatesigningrequests",outcome="approved"} 2"#,
        "certgate_leader 1",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    assert!(stub.store().count(&format!("list {SIGNING}")) >= 2, "it was listed in pages");
    // Nothing of a request is in the log.
    let log = serde_json::to_string(&approver.log()).expect("JSON");
    assert!(!log.contains("db.internal") && !log.contains("notJson"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_its_business_is_left_alone() {
    let stub = Stub::start().await;
    let select = "select: { signerName: [example.com/internal] }\n";
    let files = [
        ("team.yaml", format!("{TEAM}{select}")),
        ("tried.yaml", TEAM.replace("id: team", "id: tried\nselect: { signerName: [example.com/tried] }")),
        ("webhook.yaml", "version: 1\nmodes: { tried: warn }\n".to_owned()),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let approver = Approver::start(&stub, &files, &[]);
    let of_signer = |pem: &str, name: &str, signer: &str| {
        let mut object = named(signing_request(pem), name);
        object["spec"]["signerName"] = signer.into();
        object
    };
    let (good, bad) = (request(&["a.team.example.com"]), request(&["db.internal"]));
    stub.put(SIGNING, of_signer(&bad, "other", "example.com/other"));
    stub.put(SIGNING, of_signer(&bad, "warned", "example.com/tried"));
    stub.put(SIGNING, of_signer(&good, "watched", "example.com/tried"));
    let mut decided = of_signer(&bad, "decided", "example.com/internal");
    decided["status"]["conditions"] =
        json!([{ "type": "Approved", "status": "True", "reason": "ByHand", "message": "x" }]);
    stub.put(SIGNING, decided);
    let mut broken = of_signer(&bad, "broken", "example.com/internal");
    broken["spec"]["request"] = "AAAA".into();
    stub.put(SIGNING, broken);
    stub.put(SIGNING, of_signer(&good, "last", "example.com/internal"));
    assert_eq!(condition(&stub, &approver, SIGNING, "last")["type"], "Approved");
    for name in ["other", "warned", "watched"] {
        assert_eq!(outcome(&approver, name), "left alone", "{name}");
        assert!(conditions(&stub, SIGNING, name).is_empty(), "{name}");
    }
    approver.line("a request cannot be read");
    wait_for("an Event", || !events(&stub, "broken").is_empty(), String::new);
    assert_eq!(events(&stub, "broken")[0].0, "Unreadable");
    assert!(conditions(&stub, SIGNING, "broken").is_empty());
    assert_eq!(conditions(&stub, SIGNING, "decided").len(), 1);
    wait_for("an Event", || !events(&stub, "warned").is_empty(), String::new);
    assert!(events(&stub, "warned")[0].1.starts_with("policy/dns-not-allowed: "));
    assert!(events(&stub, "other").is_empty());
    // A new policy wakes what has been left alone.
    std::fs::write(
        approver.policy("more.yaml"),
        TEAM.replace("id: team", "id: more\nselect: { signerName: [example.com/other] }"),
    )
    .expect("a file");
    assert_eq!(condition(&stub, &approver, SIGNING, "other")["type"], "Denied");
}

#[tokio::test(flavor = "multi_thread")]
async fn kubelets_are_judged_by_their_nodes() {
    let stub = Stub::start().await;
    let n1 =
        node("n1", &[("InternalIP", "10.0.0.1"), ("InternalDNS", "n1.prod.internal"), ("Hostname", "n1")]);
    stub.put("nodes", n1);
    let policies = [
        ("serving.yaml", ready_made("kubelet-serving")),
        ("client.yaml", ready_made("kube-apiserver-client-kubelet")),
    ];
    let policies: Vec<(&str, &str)> = policies.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let approver = Approver::start(&stub, &policies, &["--settle-seconds", "600"]);
    let own = node_request("n1", &["n1", "n1.prod.internal"], &["10.0.0.1"]);
    stub.put(SIGNING, serving("own", "n1", &own));
    stub.put(SIGNING, serving("foreign", "n1", &node_request("n1", &["n1"], &["10.0.0.2"])));
    assert_eq!(condition(&stub, &approver, SIGNING, "own")["type"], "Approved");
    let denied = condition(&stub, &approver, SIGNING, "foreign");
    assert_eq!(denied["type"], "Denied");
    assert!(denied["message"].as_str().expect("text").contains("policy/ip-not-allowed"), "{denied}");
    // A node that is not there yet is waited for; an old request is not.
    stub.put(SIGNING, serving("early", "n2", &node_request("n2", &["n2"], &["10.0.0.2"])));
    let mut old = serving("old", "n3", &node_request("n3", &["n3"], &["10.0.0.3"]));
    old["metadata"]["creationTimestamp"] = "2020-01-01T00:00:00Z".into();
    stub.put(SIGNING, old);
    assert_eq!(condition(&stub, &approver, SIGNING, "old")["type"], "Denied");
    assert!(conditions(&stub, SIGNING, "early").is_empty());
    // Nor is one that the API server, whose clock is ahead, has made in the future.
    let mut ahead = serving("ahead", "n4", &node_request("n4", &["n4"], &["10.0.0.4"]));
    let soon = certgate_ops::now().expect("a clock").as_unix() + 30;
    let soon = certgate_bindings::certgate::time::Timestamp::from_unix(soon).expect("a time");
    ahead["metadata"]["creationTimestamp"] = soon.to_string().into();
    stub.put(SIGNING, ahead);
    stub.put(SIGNING, named(serving("x", "n5", &node_request("n5", &["n5"], &["10.0.0.5"])), "undated"));
    assert_eq!(condition(&stub, &approver, SIGNING, "undated")["type"], "Denied");
    assert!(conditions(&stub, SIGNING, "ahead").is_empty());
    stub.put("nodes", node("n4", &[("InternalIP", "10.0.0.4")]));
    assert_eq!(condition(&stub, &approver, SIGNING, "ahead")["type"], "Approved");
    stub.put("nodes", node("n2", &[("InternalIP", "10.0.0.2")]));
    assert_eq!(condition(&stub, &approver, SIGNING, "early")["type"], "Approved");
    // The first certificate of a kubelet: asked for by a token, named by the common name.
    let bootstrap = |name: &str, node: &str| {
        let mut object = serving(name, node, &node_request(node, &[], &[]));
        object["spec"]["signerName"] = "kubernetes.io/kube-apiserver-client-kubelet".into();
        object["spec"]["usages"] = json!(["digital signature", "client auth"]);
        object["spec"]["username"] = "system:bootstrap:abcdef".into();
        object["spec"]["groups"] = json!(["system:bootstrappers", "system:authenticated"]);
        object["metadata"]["creationTimestamp"] = "2020-01-01T00:00:00Z".into();
        object
    };
    stub.put(SIGNING, bootstrap("first", "n1"));
    stub.put(SIGNING, bootstrap("unknown", "n9"));
    // A host name in a node's status is not an identity: the kubelet writes it itself.
    stub.put(SIGNING, bootstrap("claimed", "n1.prod.internal"));
    assert_eq!(condition(&stub, &approver, SIGNING, "first")["type"], "Approved");
    for name in ["unknown", "claimed"] {
        let denied = condition(&stub, &approver, SIGNING, name);
        assert!(
            denied["message"].as_str().expect("text").contains("policy/common-name-not-allowed"),
            "{denied}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_object_and_its_namespace_are_facts() {
    let stub = Stub::start().await;
    stub.put("namespaces", json!({ "metadata": { "name": "shop", "labels": { "team": "blue" } } }));
    let policy = format!(
        "{TEAM}rules: [{{ code: name, message: the name is not one of a web server, cel: \"cr.name.startsWith('web-') && cr.namespace == 'shop'\" }}]\nrequire: {{ facts: {{ namespaceLabel-team: [blue] }} }}\n"
    );
    let approver = Approver::start(&stub, &[("team.yaml", &policy)], &[]);
    let object = certificate_request(&request(&["a.team.example.com"]));
    stub.put(CERTIFICATES, named(object.clone(), "web-1"));
    stub.put(CERTIFICATES, named(object, "db-1"));
    assert_eq!(condition(&stub, &approver, CERTIFICATES, "shop/web-1")["type"], "Approved");
    let denied = condition(&stub, &approver, CERTIFICATES, "shop/db-1");
    assert!(denied["message"].as_str().expect("text").contains("policy/cel-rule"), "{denied}");
}

/// `verb resource` of all rules of a manifest.
fn rights(manifest: &str) -> std::collections::BTreeSet<String> {
    let documents: Vec<serde_json::Value> = serde_saphyr::from_multiple(manifest).expect("YAML");
    let texts = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    let rules = documents.iter().filter_map(|document| document["rules"].as_array()).flatten();
    let each = rules.flat_map(|rule| {
        let verbs = texts(&rule["verbs"]);
        texts(&rule["resources"])
            .into_iter()
            .flat_map(move |resource| verbs.clone().into_iter().map(move |verb| format!("{verb} {resource}")))
    });
    each.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rights_of_the_manifests_are_enough() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/kustomize/approver/rights.yaml");
    let rights = rights(&std::fs::read_to_string(manifest).expect("a file"));
    let stub = Stub::start().await;
    stub.store().rights = Some(rights.clone());
    stub.put("nodes", node("n1", &[("InternalIP", "10.0.0.1")]));
    stub.put("namespaces", json!({ "metadata": { "name": "shop" } }));
    let serving_policy = ready_made("kubelet-serving");
    let select = "select: { issuer: { name: [internal] } }\n";
    let files = [("serving.yaml", serving_policy), ("team.yaml", format!("{TEAM}{select}"))];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let approver = Approver::start(&stub, &files, &["--lease", "certgate/certgate-approver"]);
    stub.put(SIGNING, serving("own", "n1", &node_request("n1", &["n1"], &["10.0.0.1"])));
    stub.put(CERTIFICATES, named(certificate_request(&request(&["a.team.example.com"])), "web"));
    assert_eq!(condition(&stub, &approver, SIGNING, "own")["type"], "Approved");
    assert_eq!(condition(&stub, &approver, CERTIFICATES, "shop/web")["type"], "Approved");
    wait_for("Events", || events(&stub, "own").len() + events(&stub, "web").len() == 2, String::new);
    approver.terminate();
    wait_for("the end", || approver.log().iter().any(|line| line["message"] == "stopped"), String::new);
    let (_, faults): (Vec<_>, Vec<_>) = approver.log().into_iter().partition(|line| line["level"] == "info");
    assert!(faults.is_empty(), "{faults:?}");
    // And no right is there that nothing uses.
    let used: std::collections::BTreeSet<String> = stub.store().calls.iter().cloned().collect();
    for right in rights.iter().filter(|right| !right.ends_with(" signers")) {
        let is_read_again = right.starts_with("get certificate");
        assert!(used.contains(right) || is_read_again, "`{right}` is not used: {used:?}");
    }
}
