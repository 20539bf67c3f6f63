//! What an operator does: policies and certificates change, replicas stop.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rcgen::{CertificateParams, Issuer, KeyPair};
use serde_json::Value;
use time::OffsetDateTime;
use tokio::time::sleep;

use crate::harness::{Client, NAME, TEAM, Webhook, connect, create, request, signing_request};

const KEPT: &str = "the new policies are not taken over: the last good ones stay in force";
const CERTIFICATE: &str = "a serving certificate is in use";
const NOT_TAKEN_OVER: &str = "the serving certificate is not taken over: the last good one is served";

fn review_of(name: &str) -> Value {
    create(&signing_request(&request(&[name])))
}

#[tokio::test]
async fn a_bad_policy_never_replaces_a_good_one() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    let (team, other) = (review_of("api.team.example.com"), review_of("api.other.example.com"));
    let allowed = async |review: &Value| webhook.review(review).await["allowed"] == true;
    assert!(allowed(&team).await && !allowed(&other).await);
    std::fs::write(webhook.policies().join("team.yaml"), TEAM.replace("names:", "nams:")).expect("a file");
    let line = webhook.wait_for_line(KEPT, 1);
    assert!(line["faults"][0].as_str().expect("a fault").starts_with("team.yaml: "), "{line}");
    assert!(allowed(&team).await && !allowed(&other).await, "the good one stays in force");
    let (status, _) = webhook.page("/readyz").await;
    assert_eq!(status, 200);
    let (_, metrics) = webhook.page("/metrics").await;
    assert!(metrics.contains("certgate_policy_load_errors_total 1"), "{metrics}");
    std::fs::write(webhook.policies().join("team.yaml"), TEAM.replace("team.example", "other.example"))
        .expect("a file");
    webhook.wait_for_line("policies are in force", 2);
    assert!(!allowed(&team).await && allowed(&other).await);
}

#[tokio::test]
async fn a_config_map_is_swapped_by_its_link() {
    let webhook = Webhook::start(&[]);
    let folder = webhook.policies();
    let version = |name: &str, text: &str| {
        std::fs::create_dir(folder.join(name)).expect("a folder");
        std::fs::write(folder.join(name).join("team.yaml"), text).expect("a file");
        symlink(name, folder.join("..data_tmp")).expect("a link");
        std::fs::rename(folder.join("..data_tmp"), folder.join("..data")).expect("the swap");
    };
    let (status, body) = webhook.page("/readyz").await;
    assert_eq!((status, body.as_str()), (503, "no policy is loaded\n"));
    assert_eq!(webhook.page("/livez").await.0, 200);
    let review = review_of("api.team.example.com");
    let response = webhook.review(&review).await;
    assert_eq!((&response["allowed"], &response["status"]["code"]), (&false.into(), &503.into()));
    version("..1", TEAM);
    symlink("..data/team.yaml", folder.join("team.yaml")).expect("a link");
    webhook.wait_for_line("policies are in force", 1);
    assert_eq!(webhook.page("/readyz").await.0, 200);
    assert_eq!(webhook.review(&review).await["allowed"], true);
    version("..2", &TEAM.replace("team.example", "other.example"));
    webhook.wait_for_line("policies are in force", 2);
    assert_eq!(webhook.review(&review).await["allowed"], false);
}

/// Both policies of a mount are always of one version, whenever the link is swapped.
#[tokio::test]
async fn no_policies_of_two_versions_come_into_force() {
    let webhook = Webhook::start(&[]);
    let folder = webhook.policies();
    for version in 0..300 {
        let new = format!("..{version}");
        std::fs::create_dir(folder.join(&new)).expect("a folder");
        for name in ["a", "b"] {
            let text = TEAM.replace("id: team", &format!("id: {name}{version}"));
            std::fs::write(folder.join(&new).join(format!("{name}.yaml")), text).expect("a file");
        }
        let before = std::fs::read_link(folder.join("..data")).ok();
        symlink(&new, folder.join("..data_tmp")).expect("a link");
        std::fs::rename(folder.join("..data_tmp"), folder.join("..data")).expect("the swap");
        match before {
            Some(before) => std::fs::remove_dir_all(folder.join(before)).expect("the old version goes"),
            None => ["a.yaml", "b.yaml"].iter().for_each(|name| {
                symlink(Path::new("..data").join(name), folder.join(name)).expect("a link");
            }),
        }
        sleep(Duration::from_millis(10)).await;
    }
    let is_last = |line: &Value| line["policies"][0]["id"] == "a299";
    let end = Instant::now() + Duration::from_secs(60);
    while !webhook.log().iter().any(is_last) {
        assert!(Instant::now() < end, "{:?}", webhook.log());
        sleep(Duration::from_millis(20)).await;
    }
    for line in webhook.log().iter().filter(|line| line["message"] == "policies are in force") {
        let ids: Vec<&str> =
            [0, 1].map(|index| line["policies"][index]["id"].as_str().unwrap_or_default()).to_vec();
        assert_eq!(ids[0].strip_prefix('a'), ids[1].strip_prefix('b'), "{line}");
    }
}

/// Writes a self-signed certificate for the service and its key.
fn write_pair(folder: &Path, fits: bool) {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new([NAME.to_owned()]).expect("names");
    let certificate = params.self_signed(&key).expect("a certificate").pem();
    let key = if fits { key } else { KeyPair::generate().expect("a key") };
    std::fs::write(folder.join("tls.key"), key.serialize_pem()).expect("a file");
    std::fs::write(folder.join("tls.crt"), certificate).expect("a file");
}

#[tokio::test]
async fn the_serving_certificate_changes_under_open_connections() {
    let folder = tempfile::tempdir().expect("a folder");
    write_pair(folder.path(), true);
    let path = folder.path().to_string_lossy().into_owned();
    let webhook =
        Webhook::start_with(&[("team.yaml", TEAM)], &["--tls-dir", &path, "--client-seconds", "30"]);
    let ca = folder.path().join("tls.crt");
    let served = async || {
        let stream = connect(webhook.address(), &ca, b"http/1.1").await.expect("a connection");
        let certificate = stream.get_ref().1.peer_certificates().expect("certificates")[0].to_vec();
        (Client::new(stream).await, certificate)
    };
    let (mut open, first) = served().await;
    let body = review_of("api.team.example.com").to_string().into_bytes();
    assert_eq!(open.review(body.clone()).await.0, 200);
    write_pair(folder.path(), true);
    webhook.wait_for_line(CERTIFICATE, 2);
    assert_eq!(open.review(body.clone()).await.0, 200, "the open connection goes on");
    let (_, second) = served().await;
    assert_ne!(first, second);
    let good = std::fs::read(&ca).expect("a file");
    write_pair(folder.path(), false);
    webhook.wait_for_line(NOT_TAKEN_OVER, 1);
    std::fs::write(&ca, good).expect("a file");
    assert_eq!(served().await.1, second, "a key that does not fit changes nothing");
    assert_eq!(open.review(body).await.0, 200);
}

/// Writes a certificate that ends in some seconds, and its key.
fn write_ending(folder: &Path, seconds: i64) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new([NAME.to_owned()]).expect("names");
    params.not_before = OffsetDateTime::now_utc() - time::Duration::hours(1);
    params.not_after = OffsetDateTime::now_utc() + time::Duration::seconds(seconds);
    let certificate = params.self_signed(&key).expect("a certificate").pem();
    std::fs::write(folder.join("tls.key"), key.serialize_pem()).expect("a file");
    std::fs::write(folder.join("tls.crt"), certificate).expect("a file");
}

/// Waits until `/readyz` answers with this status, and gives its text.
async fn readiness(webhook: &Webhook, status: u16) -> String {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let (found, text) = webhook.page("/readyz").await;
        if found == status {
            return text;
        }
        assert!(Instant::now() < end, "{found}: {text}");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn who_serves_an_expired_certificate_is_not_ready() {
    let folder = tempfile::tempdir().expect("a folder");
    write_ending(folder.path(), 10);
    let path = folder.path().to_string_lossy().into_owned();
    let webhook = Webhook::start_with(&[("team.yaml", TEAM)], &["--tls-dir", &path]);
    assert_eq!(readiness(&webhook, 200).await, "ok\n");
    let text = readiness(&webhook, 503).await;
    assert!(text.starts_with("the serving certificate is not valid after "), "{text}");
    assert_eq!(webhook.page("/livez").await.0, 200, "a restart would not help");
    // It is said once, however often the folder is looked at.
    webhook.wait_for_line(NOT_TAKEN_OVER, 1);
    sleep(Duration::from_millis(2_500)).await;
    let said = webhook.log().iter().filter(|line| line["message"] == NOT_TAKEN_OVER).count();
    assert_eq!(said, 1, "{:?}", webhook.log());
    write_ending(folder.path(), 3_600);
    webhook.wait_for_line(CERTIFICATE, 2);
    assert_eq!(webhook.page("/readyz").await, (200, "ok\n".to_owned()));
}

#[tokio::test]
async fn the_chain_changes_although_the_certificate_does_not() {
    let ca_key = KeyPair::generate().expect("a key");
    let mut ca = CertificateParams::default();
    ca.distinguished_name.push(rcgen::DnType::CommonName, "CA");
    ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let ca_certificate = ca.self_signed(&ca_key).expect("a certificate").pem();
    let key = KeyPair::generate().expect("a key");
    let leaf = CertificateParams::new([NAME.to_owned()]).expect("names");
    let leaf = leaf.signed_by(&key, &Issuer::new(ca, ca_key)).expect("a certificate").pem();
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("tls.key"), key.serialize_pem()).expect("a file");
    std::fs::write(folder.path().join("tls.crt"), &leaf).expect("a file");
    let path = folder.path().to_string_lossy().into_owned();
    let webhook = Webhook::start_with(&[("team.yaml", TEAM)], &["--tls-dir", &path]);
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, &ca_certificate).expect("a file");
    let served = async || {
        let stream = connect(webhook.address(), &ca_file, b"http/1.1").await.expect("a connection");
        stream.get_ref().1.peer_certificates().expect("certificates").len()
    };
    assert_eq!(served().await, 1);
    std::fs::write(folder.path().join("tls.crt"), format!("{leaf}{ca_certificate}")).expect("a file");
    webhook.wait_for_line(CERTIFICATE, 2);
    assert_eq!(served().await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_stops_without_a_failed_call() {
    let mut first = Webhook::start(&[("team.yaml", TEAM)]);
    let second = Webhook::start(&[("team.yaml", TEAM)]);
    let (good, bad) = (review_of("api.team.example.com"), review_of("db.internal"));
    // What endpoints of a service do: calls go to the first replica while it is ready.
    let is_first_ready = Arc::new(AtomicBool::new(true));
    let counts = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let stop = Arc::new(AtomicBool::new(false));
    let targets = [&first, &second].map(|webhook| (webhook.address().to_owned(), webhook.ca_file()));
    let mut callers = Vec::new();
    for index in 0..8 {
        let (is_first_ready, counts, stop) =
            (Arc::clone(&is_first_ready), Arc::clone(&counts), Arc::clone(&stop));
        let (targets, expected) = (targets.clone(), index % 2 == 0);
        let body = if expected { good.clone() } else { bad.clone() }.to_string().into_bytes();
        callers.push(tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let target = usize::from(!is_first_ready.load(Ordering::Relaxed));
                let (address, ca) = &targets[target];
                let stream = connect(address, ca, b"http/1.1").await.expect("a ready replica takes the call");
                let (status, answer) = Client::new(stream).await.review(body.clone()).await;
                assert_eq!((status, &answer["response"]["allowed"]), (200, &expected.into()));
                counts[target].fetch_add(1, Ordering::Relaxed);
                sleep(Duration::from_millis(5)).await;
            }
        }));
    }
    sleep(Duration::from_millis(500)).await;
    first.terminate();
    for _ in 0..50 {
        if first.page("/readyz").await.0 == 503 {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    is_first_ready.store(false, Ordering::Relaxed);
    let code = tokio::task::block_in_place(|| first.wait());
    assert_eq!(code, Some(0));
    sleep(Duration::from_millis(300)).await;
    stop.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.expect("no call failed");
    }
    let calls = [&counts[0], &counts[1]].map(|count| count.load(Ordering::Relaxed));
    println!("calls to the first and the second replica: {calls:?}");
    assert!(calls[0] > 50 && calls[1] > 50, "{calls:?}");
}

#[tokio::test]
async fn metrics_have_their_names() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    webhook.review(&review_of("db.internal")).await;
    let (status, text) = webhook.page("/metrics").await;
    assert_eq!(status, 200);
    for name in [
        "certgate_decisions_total{policy=\"team\"",
        "certgate_rule_findings_total{policy=\"team\",rule=\"policy/dns-not-allowed\",severity=\"error\"} 1",
        "certgate_decision_duration_seconds_bucket{le=\"0.001\"}",
        "certgate_policy_info{policy=\"team\",hash=\"sha256:",
        "certgate_policy_load_errors_total 0",
        "certgate_serving_cert_not_after ",
        "certgate_panics_total 0",
        "certgate_build_info{version=",
    ] {
        assert!(text.contains(name), "{name}: {text}");
    }
    assert!(!text.contains("db.internal") && !text.contains("csr-1"), "no names in labels");
}

#[test]
fn curl_gets_an_answer() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("review.json");
    std::fs::write(&file, review_of("api.team.example.com").to_string()).expect("a file");
    let port = webhook.address().rsplit(':').next().expect("a port").to_owned();
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--http2", "--cacert"])
        .arg(webhook.ca_file())
        .args(["--resolve", &format!("{NAME}:{port}:127.0.0.1")])
        .args(["--header", "content-type: application/json", "--data-binary"])
        .arg(format!("@{}", file.display()))
        .args(["--write-out", "\n%{http_version} %{http_code}", &format!("https://{NAME}:{port}/validate")])
        .output();
    let Ok(output) = output else {
        println!("curl is not installed: nothing is shown");
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (body, last) = text.rsplit_once('\n').expect("two lines");
    assert_eq!(last, "2 200", "{text} {}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(answer["response"]["allowed"], true);
}

/// What the dashboard and the alerts of the chart ask for is registered, under these names.
#[test]
fn the_dashboard_and_the_alerts_know_the_metrics() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| std::fs::read_to_string(package.join(file)).expect("a file");
    // A metric without a value is in no answer of the webhook yet.
    let source = read("src/metrics.rs");
    for (file, least) in
        [("deploy/chart/dashboards/certgate.json", 12), ("deploy/chart/templates/monitoring.yaml", 8)]
    {
        let text = read(file);
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let asked: std::collections::BTreeSet<&str> =
            words.filter_map(|word| word.strip_prefix("certgate_")).collect();
        assert!(asked.len() >= least, "{file}: {asked:?}");
        for name in asked {
            let endings = ["_total", "_bucket"];
            let base = endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
            assert!(source.contains(&format!("\"{base}\",")), "{file}: {name}");
        }
    }
}
