//! What goes wrong between the approver and the API server.

use std::time::Duration;

use serde_json::json;

use super::harness::{Approver, condition, conditions, events, named, outcome, wait_for};
use super::stub::{Forget, Stub};
use crate::harness::{TEAM, certificate_request, request, signing_request};

const SIGNING: &str = "certificatesigningrequests";
const CERTIFICATES: &str = "certificaterequests";

fn good() -> String {
    request(&["api.team.example.com"])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_is_read_again() {
    let stub = Stub::start().await;
    stub.store().conflicts.extend([(SIGNING.to_owned(), 3), (CERTIFICATES.to_owned(), 2)]);
    stub.put(SIGNING, named(signing_request(&good()), "a"));
    stub.put(CERTIFICATES, named(certificate_request(&good()), "b"));
    let approver = Approver::start(&stub, &[("team.yaml", TEAM)], &[]);
    assert_eq!(condition(&stub, &approver, SIGNING, "a")["type"], "Approved");
    assert_eq!(condition(&stub, &approver, CERTIFICATES, "shop/b")["type"], "Approved");
    assert_eq!(stub.store().count(&format!("update {SIGNING}/approval")), 4);
    let changed = stub.store().get(SIGNING, "a").expect("an object")["metadata"]["annotations"].clone();
    assert!(changed["changed"].is_string(), "what others wrote is still there");
    let (_, metrics) = approver.page("/metrics").await;
    assert!(metrics.contains(r#"certgate_api_faults_total{kind="conflict"} 5"#), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_decides_in_between_has_the_last_word() {
    let stub = Stub::start().await;
    // Approving is forbidden, so that the request stays in the queue; then a person denies it.
    stub.store().forbidden.insert(format!("update {SIGNING}/approval"));
    stub.put(SIGNING, named(signing_request(&good()), "a"));
    let approver = Approver::start(&stub, &[("team.yaml", TEAM)], &[]);
    let line = approver.line("the API server forbids it: see the rights in the manifests");
    assert!(line["fault"].as_str().expect("text").contains("is forbidden"), "{line}");
    let mut object = stub.store().get(SIGNING, "a").expect("an object").clone();
    object["status"]["conditions"] =
        json!([{ "type": "Denied", "status": "True", "reason": "ByHand", "message": "x" }]);
    stub.put(SIGNING, object);
    stub.store().forbidden.clear();
    stub.put(SIGNING, named(signing_request(&good()), "b"));
    assert_eq!(condition(&stub, &approver, SIGNING, "b")["type"], "Approved");
    let kept = conditions(&stub, SIGNING, "a");
    assert_eq!((kept.len(), &kept[0]["reason"]), (1, &json!("ByHand")));
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_that_are_missing_are_named_and_tried_again() {
    let stub = Stub::start().await;
    stub.store().forbidden.extend([format!("list {SIGNING}"), "create events".to_owned()]);
    stub.store().absent.insert(CERTIFICATES.to_owned());
    stub.put(SIGNING, named(signing_request(&good()), "a"));
    let approver = Approver::start(&stub, &[("team.yaml", TEAM)], &[]);
    let line = approver.line("requests cannot be listed");
    assert!(line["fault"].as_str().expect("text").contains("certificatesigningrequests is forbidden"));
    let (status, text) = approver.page("/readyz").await;
    assert_eq!(status, 503, "{text}");
    stub.store().forbidden.remove(&format!("list {SIGNING}"));
    assert_eq!(condition(&stub, &approver, SIGNING, "a")["type"], "Approved");
    // An Event that cannot be written stops nothing, and a cluster without cert-manager is as it should be.
    approver.line("an Event was not written");
    let (status, text) = approver.page("/readyz").await;
    assert_eq!(status, 200, "{text}");
    assert!(!approver.log().iter().any(|line| line["resource"] == CERTIFICATES), "{:?}", approver.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn watches_are_taken_up_again() {
    let stub = Stub::start().await;
    let approver = Approver::start(&stub, &[("team.yaml", TEAM)], &[]);
    stub.put(SIGNING, named(signing_request(&good()), "a"));
    assert_eq!(condition(&stub, &approver, SIGNING, "a")["type"], "Approved");
    let lists = stub.store().count(&format!("list {SIGNING}"));
    let watches = |stub: &Stub| stub.store().count(&format!("watch {SIGNING}"));
    let before = watches(&stub);
    // A watch that ends goes on from where it was.
    stub.cut_watches(Forget::Nothing);
    stub.put(SIGNING, named(signing_request(&good()), "b"));
    assert_eq!(condition(&stub, &approver, SIGNING, "b")["type"], "Approved");
    assert!(watches(&stub) > before);
    assert_eq!(stub.store().count(&format!("list {SIGNING}")), lists, "nothing is listed anew");
    // One whose version is forgotten lists all; what was left alone is not looked at twice.
    let mut other = named(signing_request(&request(&["db.internal"])), "other");
    other["spec"]["signerName"] = "example.com/other".into();
    std::fs::write(
        approver.policy("team.yaml"),
        format!("{TEAM}select: {{ signerName: [example.com/internal] }}\n"),
    )
    .expect("a file");
    wait_for(
        "the new policy",
        || approver.log().iter().filter(|line| line["message"] == "policies are in force").count() == 2,
        String::new,
    );
    stub.put(SIGNING, other);
    assert_eq!(outcome(&approver, "other"), "left alone");
    stub.cut_watches(Forget::Versions);
    stub.put(SIGNING, named(signing_request(&good()), "c"));
    assert_eq!(condition(&stub, &approver, SIGNING, "c")["type"], "Approved");
    assert!(stub.store().count(&format!("list {SIGNING}")) > lists, "all is listed anew");
    let looks = approver.log().iter().filter(|line| line["object"] == "other").count();
    assert_eq!(looks, 1, "{:?}", approver.log());
    let (_, metrics) = approver.page("/metrics").await;
    assert!(metrics.contains(r#"certgate_api_faults_total{kind="gone"}"#), "{metrics}");
    assert!(metrics.contains(r#"certgate_watch_restarts_total{resource="certificatesigningrequests"}"#));
}

/// A version that the API server never had, as after a restore of its store, is given up.
#[tokio::test(flavor = "multi_thread")]
async fn a_watch_that_fails_again_and_again_is_begun_anew() {
    let stub = Stub::start().await;
    let approver = Approver::start(&stub, &[("team.yaml", TEAM)], &[]);
    stub.put(SIGNING, named(signing_request(&good()), "a"));
    assert_eq!(condition(&stub, &approver, SIGNING, "a")["type"], "Approved");
    let lists = stub.store().count(&format!("list {SIGNING}"));
    {
        let mut store = stub.store();
        store.unknown = store.version() + 1;
    }
    stub.cut_watches(Forget::Nothing);
    approver.line("a watch broke off: it is taken up again");
    stub.put(SIGNING, named(signing_request(&good()), "b"));
    assert_eq!(condition(&stub, &approver, SIGNING, "b")["type"], "Approved");
    assert!(stub.store().count(&format!("list {SIGNING}")) > lists);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_listed_and_not_watched_makes_no_storm() {
    let stub = Stub::start().await;
    stub.store().forbidden.insert(format!("watch {SIGNING}"));
    stub.put(SIGNING, named(signing_request(&good()), "a"));
    let approver = Approver::start(&stub, &[("team.yaml", TEAM)], &[]);
    approver.line("a watch broke off: it is taken up again");
    tokio::time::sleep(Duration::from_secs(3)).await;
    let lists = stub.store().count(&format!("list {SIGNING}"));
    assert!(lists <= 5, "{lists} in three seconds");
    let (status, text) = approver.page("/readyz").await;
    assert_eq!((status, text.as_str()), (503, "certificatesigningrequests are not watched\n"));
    stub.store().forbidden.clear();
    assert_eq!(condition(&stub, &approver, SIGNING, "a")["type"], "Approved");
    let (status, text) = approver.page("/readyz").await;
    assert_eq!(status, 200, "{text}");
}

/// Policies that come into force while nothing can be watched wake what was left alone, all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_comes_between_two_watches_is_not_missed() {
    let stub = Stub::start().await;
    let selecting = |signer: &str| format!("{TEAM}select: {{ signerName: [{signer}] }}\n");
    let approver = Approver::start(&stub, &[("team.yaml", &selecting("example.com/none"))], &[]);
    stub.put(SIGNING, named(signing_request(&request(&["db.internal"])), "other"));
    assert_eq!(outcome(&approver, "other"), "left alone");
    stub.store().forbidden.extend([format!("watch {SIGNING}"), format!("list {SIGNING}")]);
    stub.cut_watches(Forget::Nothing);
    approver.line("requests cannot be listed");
    std::fs::write(approver.policy("team.yaml"), selecting("example.com/internal")).expect("a file");
    wait_for(
        "the new policy",
        || approver.log().iter().filter(|line| line["message"] == "policies are in force").count() == 2,
        String::new,
    );
    stub.store().forbidden.clear();
    assert_eq!(condition(&stub, &approver, SIGNING, "other")["type"], "Denied");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_policy_changes_nothing() {
    let stub = Stub::start().await;
    let approver = Approver::start(&stub, &[("team.yaml", TEAM)], &[]);
    std::fs::write(approver.policy("team.yaml"), TEAM.replace("names:", "nams:")).expect("a file");
    approver.line("the new policies are not taken over: the last good ones stay in force");
    stub.put(SIGNING, named(signing_request(&good()), "a"));
    stub.put(SIGNING, named(signing_request(&request(&["db.internal"])), "b"));
    assert_eq!(condition(&stub, &approver, SIGNING, "a")["type"], "Approved");
    assert_eq!(condition(&stub, &approver, SIGNING, "b")["type"], "Denied");
    assert_eq!(conditions(&stub, SIGNING, "a").len(), 1);
    wait_for("Events", || !events(&stub, "b").is_empty(), String::new);
}
