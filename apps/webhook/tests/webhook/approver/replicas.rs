//! Several replicas of which one decides, and how one stops.

use std::time::{Duration, Instant};

use super::harness::{Approver, condition, named, wait_for};
use super::stub::Stub;
use crate::harness::{TEAM, request, signing_request};

const SIGNING: &str = "certificatesigningrequests";

fn replica(stub: &Stub, name: &str) -> Approver {
    let arguments = ["--lease", "certgate/approver", "--identity", name, "--lease-seconds", "3"];
    Approver::start(stub, &[("team.yaml", TEAM)], &arguments)
}

fn holder(stub: &Stub) -> String {
    let store = stub.store();
    let lease = store.get("leases", "certgate/approver");
    lease.and_then(|lease| lease["spec"]["holderIdentity"].as_str()).unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_decides() {
    let stub = Stub::start().await;
    let mut first = replica(&stub, "one");
    first.line("leading");
    let second = replica(&stub, "two");
    let ready = async |approver: &Approver| approver.page("/readyz").await.0;
    let end = Instant::now() + Duration::from_secs(30);
    while ready(&second).await != 200 {
        assert!(Instant::now() < end, "a replica that waits is ready: {:?}", second.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stub.put(SIGNING, named(signing_request(&request(&["a.team.example.com"])), "a"));
    assert_eq!(condition(&stub, &first, SIGNING, "a")["type"], "Approved");
    let leads = async |approver: &Approver| approver.page("/metrics").await.1.contains("certgate_leader 1");
    assert!(leads(&first).await && !leads(&second).await);
    assert!(!second.log().iter().any(|line| line["message"] == "looked at a request"));
    // The one that decides dies without a word; the other takes over once the lease has run out.
    first.kill();
    assert_eq!(holder(&stub), "one");
    second.line("leading");
    assert_eq!(holder(&stub), "two");
    stub.put(SIGNING, named(signing_request(&request(&["db.internal"])), "b"));
    assert_eq!(condition(&stub, &second, SIGNING, "b")["type"], "Denied");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stops_gives_the_lease_back() {
    let stub = Stub::start().await;
    let mut first = replica(&stub, "one");
    first.line("leading");
    first.terminate();
    assert_eq!(first.wait(), Some(0));
    assert_eq!(holder(&stub), "");
    assert!(first.log().iter().any(|line| line["message"] == "stopped"));
    let second = replica(&stub, "two");
    second.line("leading");
    let lease = stub.store().get("leases", "certgate/approver").expect("a lease").clone();
    assert_eq!(lease["spec"]["leaseTransitions"], 1, "{lease}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_renew_stops_deciding() {
    let stub = Stub::start().await;
    let first = replica(&stub, "one");
    first.line("leading");
    stub.store().forbidden.insert("update leases".to_owned());
    first.line("not leading any more: the lease could not be renewed");
    stub.put(SIGNING, named(signing_request(&request(&["a.team.example.com"])), "a"));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!first.log().iter().any(|line| line["message"] == "looked at a request"));
    let line = first.line("the lease cannot be had");
    assert!(line["fault"].as_str().expect("text").contains("leases is forbidden"), "{line}");
    stub.store().forbidden.clear();
    wait_for("it leads again", || super::harness::conditions(&stub, SIGNING, "a").len() == 1, String::new);
}
