//! Rows 119 to 126 of the catalogue of hostile inputs, as far as they reach a webhook.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

use crate::harness::{NAME, TEAM, Webhook, certificate_request, create, request, review, signing_request};

/// Longer than any bound of a test's webhook.
const LONG: Duration = Duration::from_secs(10);

fn good() -> Vec<u8> {
    create(&signing_request(&request(&["api.team.example.com"]))).to_string().into_bytes()
}

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn row_119_bodies_have_a_bound() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    let limit = 7 << 20;
    let (status, body) = webhook.client().await.review(vec![b' '; limit + 1]).await;
    assert_eq!(status, 413, "{body}");
    // A body just within the bound is read.
    let mut padded = good();
    padded.resize(limit, b' ');
    let (status, body) = webhook.client().await.review(padded).await;
    assert_eq!((status, &body["response"]["allowed"]), (200, &json!(true)));
    // Without a length, in chunks that never end.
    let mut stream = webhook.connect(b"http/1.1").await;
    let head = format!(
        "POST /validate HTTP/1.1\r\nhost: {NAME}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("the head");
    let chunk = [b"10000\r\n".as_slice(), &vec![b' '; 1 << 16], b"\r\n"].concat();
    let mut answer = vec![0; 12];
    let (mut reading, mut writing) = tokio::io::split(stream);
    let writer = tokio::spawn(async move { while writing.write_all(&chunk).await.is_ok() {} });
    timeout(LONG, reading.read_exact(&mut answer)).await.expect("in time").expect("an answer");
    assert_eq!(answer, b"HTTP/1.1 413");
    writer.abort();
    let (_, metrics) = webhook.page("/metrics").await;
    assert!(metrics.contains(r#"certgate_budget_exhausted_total{kind="body"} 2"#), "{metrics}");
}

#[tokio::test]
async fn row_120_slow_clients_are_let_go() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    let started = Instant::now();
    // No handshake at all.
    let mut silent = tokio::net::TcpStream::connect(webhook.address()).await.expect("a connection");
    // A head, and a body, of which the rest never comes.
    let mut head = webhook.connect(b"http/1.1").await;
    head.write_all(b"POST /validate HTTP/1.1\r\nx: ").await.expect("a part");
    let mut body = webhook.connect(b"http/1.1").await;
    let part = format!(
        "POST /validate HTTP/1.1\r\nhost: {NAME}\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{{"
    );
    body.write_all(part.as_bytes()).await.expect("a part");
    let mut answer = Vec::new();
    let _ = timeout(LONG, silent.read_to_end(&mut answer)).await.expect("no handshake: closed");
    let _ = timeout(LONG, head.read_to_end(&mut answer)).await.expect("no head: closed");
    answer.clear();
    let _ = timeout(LONG, body.read_to_end(&mut answer)).await.expect("no body: closed");
    assert!(answer.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&answer));
    assert!(started.elapsed() < LONG);
    let (status, _) = webhook.client().await.review(good()).await;
    assert_eq!(status, 200);
}

/// Who agrees on HTTP/2 and then says nothing is let go as everybody else.
#[tokio::test]
async fn row_120_silence_over_http2_is_let_go() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    for part in [b"".as_slice(), b"PRI * HTTP/2.0\r\n\r\nSM"] {
        let mut silent = webhook.connect(b"h2").await;
        silent.write_all(part).await.expect("a part");
        let mut answer = Vec::new();
        let _ = timeout(LONG, silent.read_to_end(&mut answer)).await.expect("closed");
        assert!(answer.is_empty(), "{answer:?}");
    }
    // One that goes on is served.
    let stream = webhook.connect(b"h2").await;
    let (mut sender, connection) = h2::client::handshake(stream).await.expect("HTTP/2");
    tokio::spawn(connection);
    let request = hyper::Request::get(format!("https://{NAME}/livez")).body(()).expect("a request");
    let (response, _) = sender.send_request(request, true).expect("sent");
    assert_eq!(response.await.expect("an answer").status(), 200);
}

/// The memory of all bodies together has a bound: large ones that do not end are turned away, and hold nothing for long.
#[tokio::test]
async fn row_119_all_bodies_together_have_a_bound() {
    let webhook = Webhook::start_with(&[("team.yaml", TEAM)], &["--client-seconds", "8"]);
    let part = vec![b' '; 6 << 20];
    let mut slow = Vec::new();
    for _ in 0..16 {
        let stream = webhook.connect(b"http/1.1").await;
        let (mut reading, mut writing) = tokio::io::split(stream);
        let head = format!(
            "POST /validate HTTP/1.1\r\nhost: {NAME}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            7 << 20
        );
        let part = part.clone();
        slow.push(tokio::spawn(async move {
            // One that is turned away may not be read to its end.
            let _ = writing.write_all(head.as_bytes()).await;
            let _ = writing.write_all(&part).await;
            let mut answer = vec![0; 12];
            let is_answered = timeout(LONG * 2, reading.read_exact(&mut answer)).await;
            drop(writing);
            is_answered.ok().and_then(Result::ok).map(|_| answer)
        }));
    }
    let started = Instant::now();
    let exhausted = |metrics: &str| metrics.contains(r#"certgate_budget_exhausted_total{kind="bodyMemory"}"#);
    while !exhausted(&webhook.page("/metrics").await.1) {
        assert!(started.elapsed() < LONG, "nobody is turned away");
        sleep(Duration::from_millis(100)).await;
    }
    let mut answers = Vec::new();
    for one in slow {
        answers.extend(one.await.expect("it ends"));
    }
    let of = |status: &str| answers.iter().filter(|answer| answer.ends_with(status.as_bytes())).count();
    // A body of 6 MiB takes at most 7 MiB: nine of them fit, and those wait until their time is over.
    assert!(of("408") <= 10, "{answers:?}");
    let (status, _) = webhook.client().await.review(good()).await;
    assert_eq!(status, 200, "there is room again");
}

/// The most memory that the process has had, in MiB.
#[cfg(target_os = "linux")]
fn most_memory(webhook: &Webhook) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", webhook.id())).expect("a status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1_024
}

/// So many values of so many bytes that as trees, eight at a time, they would take three times what the manifests give.
#[tokio::test]
#[cfg(target_os = "linux")]
async fn row_119_what_becomes_of_bodies_has_a_bound() {
    const MOST: u64 = 200;
    let webhook = Webhook::start_with(&[("team.yaml", TEAM)], &["--client-seconds", "60"]);
    let request = certificate_request(&request(&["api.team.example.com"]));
    let spec = |field: &str, value: Value| {
        let mut object = request.clone();
        object["spec"][field] = value;
        object
    };
    let list = |value: Value, count: usize| Value::Array(vec![value; count]);
    let (lists, texts) = (spec("extra", list(json!([]), 1_150_000)), list(json!(""), 1_000_000));
    let attacks = [
        ("the same before and after", 9, review("UPDATE", &lists, &lists), None),
        ("two bytes a value", 20, create(&spec("extra", json!({ "a": texts }))), Some("the object has ")),
        ("a long list", 16, create(&spec("usages", list(json!("any"), 300_000))), Some("the object has ")),
        (
            "just within",
            20,
            create(&spec("extra", json!({ "a": list(json!("x".repeat(28)), 65_000) }))),
            Some("extra"),
        ),
    ];
    for (name, count, review, refusal) in attacks {
        let body = review.to_string().into_bytes();
        let mut answers = Vec::new();
        for _ in 0..count {
            let (mut client, body) = (webhook.client().await, body.clone());
            answers.push(tokio::spawn(async move { client.try_review(body).await }));
        }
        let mut judged = 0;
        for answer in answers {
            // One that is turned away may not be read to its end.
            let Some((status, body)) = answer.await.expect("it ends") else { continue };
            if status == 503 {
                continue;
            }
            judged += 1;
            let response = &body["response"];
            assert_eq!((status, &response["allowed"]), (200, &json!(refusal.is_none())), "{name}: {body}");
            let message = response["status"]["message"].as_str().unwrap_or_default();
            assert!(message.contains(refusal.unwrap_or_default()), "{name}: {message}");
        }
        assert!(judged >= 2, "{name}: some are judged");
        let memory = most_memory(&webhook);
        assert!(memory < MOST, "{name}: {memory} MiB");
    }
    // Beside its objects, a review has little.
    let mut crowd = create(&request);
    crowd["request"]["userInfo"]["groups"] = list(json!(""), 70_000);
    let (status, body) = webhook.client().await.review(crowd.to_string().into_bytes()).await;
    assert_eq!(status, 413, "{body}");
    assert_eq!(webhook.client().await.review(good()).await.0, 200);
}

/// Of two objects that are the same but for the order of their keys nothing is asked.
#[tokio::test]
async fn the_order_of_keys_is_no_change() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    let old = certificate_request(&request(&["db.internal"]));
    let reviewed = |new: &str| {
        let text =
            review("UPDATE", &json!({ "kind": "NEW", "apiVersion": "cert-manager.io/v1" }), &old).to_string();
        let at = text.find(r#""object":{"#).expect("an object") + r#""object":"#.len();
        let end = at + text[at..].find('}').expect("its end") + 1;
        let text = format!("{}{new}{}", &text[..at], &text[end..]);
        text.replace(r#""kind":"NEW""#, r#""kind":"CertificateRequest""#).into_bytes()
    };
    let fields = old["spec"].as_object().expect("fields");
    let spec: Vec<String> = fields.iter().rev().map(|(key, value)| format!(" {key:?}: {value}")).collect();
    let object = |spec: &str| {
        format!(
            r#"{{"apiVersion":"cert-manager.io/v1","kind":"CertificateRequest","metadata":{{"name":"web-1","namespace":"shop"}},"spec":{{{spec}}}}}"#
        )
    };
    let (status, body) = webhook.client().await.review(reviewed(&object(&spec.join(",")))).await;
    assert_eq!((status, &body["response"]["allowed"]), (200, &json!(true)), "{body}");
    let longer = object(&format!("{},\"isCA\":false", spec.join(",")));
    let (status, body) = webhook.client().await.review(reviewed(&longer)).await;
    assert_eq!(
        (status, &body["response"]["allowed"]),
        (200, &json!(false)),
        "a changed spec is judged: {body}"
    );
}

#[tokio::test]
async fn row_120_rapid_resets_end_the_connection_and_nothing_else() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    let (mut sender, connection) = h2::client::handshake(webhook.connect(b"h2").await).await.expect("HTTP/2");
    let driven = tokio::spawn(connection);
    let mut sent = 0;
    for _ in 0..20_000 {
        let Ok(ready) = sender.clone().ready().await else { break };
        sender = ready;
        let request = hyper::Request::post(format!("https://{NAME}/validate")).body(()).expect("a request");
        let Ok((_, mut stream)) = sender.send_request(request, false) else { break };
        stream.send_reset(h2::Reason::CANCEL);
        sent += 1;
        tokio::task::yield_now().await;
    }
    let ended = timeout(LONG, driven).await.expect("the connection ends").expect("it is driven");
    let error = ended.expect_err("the server ends it");
    // The client is still writing when the connection is closed: it may see that in place of the GOAWAY.
    assert!(error.reason() == Some(h2::Reason::ENHANCE_YOUR_CALM) || error.is_io(), "{error}");
    assert!(sent < 20_000, "the server ended it, not the client");
    let (status, _) = webhook.client().await.review(good()).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn row_120_connections_and_reviews_have_a_bound() {
    let webhook = Webhook::start_with(
        &[("team.yaml", TEAM)],
        &["--max-in-flight", "1", "--client-seconds", "3", "--max-connections", "2"],
    );
    let mut slow = webhook.connect(b"http/1.1").await;
    let part = format!(
        "POST /validate HTTP/1.1\r\nhost: {NAME}\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{{"
    );
    slow.write_all(part.as_bytes()).await.expect("a part");
    sleep(Duration::from_millis(300)).await;
    let mut second = webhook.client().await;
    let (status, body) = second.review(good()).await;
    assert_eq!(status, 503, "{body}");
    let third = crate::harness::connect(webhook.address(), &webhook.ca_file(), b"http/1.1").await;
    assert!(third.is_err(), "the third connection is closed");
    drop(slow);
    sleep(Duration::from_millis(300)).await;
    let (status, _) = webhook.client().await.review(good()).await;
    assert_eq!(status, 200, "places are free again");
    let (_, metrics) = webhook.page("/metrics").await;
    for kind in ["concurrency", "connections"] {
        assert!(
            metrics.contains(&format!(r#"certgate_budget_exhausted_total{{kind="{kind}"}} 1"#)),
            "{metrics}"
        );
    }
}

#[tokio::test]
async fn row_121_what_is_no_review() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    let mut gzip = Command::new("gzip").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("gzip");
    let mut input = gzip.stdin.take().expect("standard input");
    let writer = std::thread::spawn(move || {
        for _ in 0..64 {
            input.write_all(&vec![b' '; 1 << 20]).expect("a part");
        }
    });
    let bomb = gzip.wait_with_output().expect("gzip").stdout;
    writer.join().expect("written");
    let mut client = webhook.client().await;
    let (status, _) = client.post(bomb, &[JSON, ("content-encoding", "gzip")]).await;
    assert_eq!(status, 415);
    for content_type in ["text/plain", "application/yaml", ""] {
        let (status, _) = webhook.client().await.post(good(), &[("content-type", content_type)]).await;
        assert_eq!(status, 415, "{content_type}");
    }
    let content_type = ("content-type", "application/json; charset=utf-8");
    assert_eq!(webhook.client().await.post(good(), &[content_type]).await.0, 200);
    let empty = json!({ "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview" }).to_string();
    for body in ["", "{}", "null", "[]", "{\"request\":null}", &empty, &"[".repeat(100_000)] {
        let (status, body) = webhook.client().await.review(body.as_bytes().to_vec()).await;
        assert_eq!(status, 400, "{body}");
        assert!(body["error"].is_string());
    }
    // With a uid there is always a review to give back.
    for change in [("apiVersion", json!("admission.k8s.io/v1beta1")), ("kind", json!("Review"))] {
        let mut review = create(&signing_request(&request(&["api.team.example.com"])));
        review[change.0] = change.1;
        let response = webhook.review(&review).await;
        assert_eq!((&response["allowed"], &response["status"]["code"]), (&json!(false), &json!(400)));
    }
    let mut odd = create(&signing_request("x"));
    odd["request"]["operation"] = json!(["CREATE"]);
    assert_eq!(webhook.review(&odd).await["status"]["code"], 400);
}

#[tokio::test]
async fn row_126_the_log_has_no_request() {
    let webhook = Webhook::start(&[("team.yaml", TEAM)]);
    let pem = request(&["db.internal"]);
    webhook.review(&create(&signing_request(&pem))).await;
    let line = webhook.wait_for_line("answered a review", 1);
    assert_eq!(line["policies"][0]["codes"], "policy/dns-not-allowed");
    assert_eq!(line["keySha256"].as_str().map(str::len), Some(64));
    let log = serde_json::to_string(&webhook.log()).expect("JSON");
    let body: String = pem.lines().nth(1).expect("base64").to_owned();
    for secret in [body.as_str(), &STANDARD.encode(&pem)[..40], "db.internal", "notJson"] {
        assert!(!log.contains(secret), "{secret}");
    }
}
