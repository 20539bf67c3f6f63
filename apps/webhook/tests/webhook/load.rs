//! Faults under a steady 500 requests a second: no wrong verdict, and no failed call where a replica was ready.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rcgen::{CertificateParams, KeyPair};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::harness::{Client, NAME, TEAM, Webhook, connect, create, request, signing_request};

const CALLERS: usize = 10;
/// Each caller calls so often: 500 a second in all.
const PAUSE: Duration = Duration::from_millis(20);
/// Calls of one connection; then another handshake is made.
const CALLS: usize = 20;

/// Where calls go, and whether a replica takes them.
#[derive(Clone)]
struct Target {
    address: String,
    ca: PathBuf,
    is_ready: Arc<AtomicBool>,
}

impl Target {
    fn new(webhook: &Webhook, ca: PathBuf) -> Self {
        Self { address: webhook.address().to_owned(), ca, is_ready: Arc::new(AtomicBool::new(true)) }
    }
}

/// What is expected of a request for `team` and of one for `other`.
const TEAM_ALLOWED: usize = 0;
const CHANGING: usize = 1;
const OTHER_ALLOWED: usize = 2;

/// Calls at a steady rate; every answer is looked at.
struct Load {
    stop: Arc<AtomicBool>,
    phase: Arc<AtomicUsize>,
    calls: Arc<AtomicUsize>,
    retries: Arc<AtomicUsize>,
    callers: Vec<JoinHandle<()>>,
}

impl Load {
    fn start(targets: &[Target]) -> Self {
        let mut load = Self {
            stop: Arc::default(),
            phase: Arc::default(),
            calls: Arc::default(),
            retries: Arc::default(),
            callers: Vec::new(),
        };
        let bodies = ["a.team.example.com", "a.other.example.com"]
            .map(|name| create(&signing_request(&request(&[name]))).to_string().into_bytes());
        for caller in 0..CALLERS {
            let (stop, phase) = (Arc::clone(&load.stop), Arc::clone(&load.phase));
            let (calls, retries) = (Arc::clone(&load.calls), Arc::clone(&load.retries));
            let (targets, bodies) = (targets.to_vec(), bodies.clone());
            load.callers.push(tokio::spawn(async move {
                let mut ticks = interval(PAUSE);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
                let mut open: Option<(Client, usize)> = None;
                for turn in caller.. {
                    ticks.tick().await;
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let before = phase.load(Ordering::Acquire);
                    let which = turn % 2;
                    let (status, answer) = call(&targets, &bodies[which], &mut open, &retries).await;
                    let after = phase.load(Ordering::Acquire);
                    assert_eq!(status, 200, "{answer}");
                    if before == after && before != CHANGING {
                        let expected = (which == 0) == (before == TEAM_ALLOWED);
                        assert_eq!(answer["response"]["allowed"], expected, "{answer}");
                    }
                    calls.fetch_add(1, Ordering::Relaxed);
                }
            }));
        }
        load
    }

    /// Ends, and says how many calls were answered and how many were made again because a connection broke.
    async fn end(self, what: &str) -> (usize, usize) {
        self.stop.store(true, Ordering::Relaxed);
        for caller in self.callers {
            caller.await.expect("no wrong verdict and no failed call");
        }
        let numbers = (self.calls.load(Ordering::Relaxed), self.retries.load(Ordering::Relaxed));
        println!("{what}: {} calls, {} made again", numbers.0, numbers.1);
        numbers
    }
}

/// One call, as an API server makes it: over an open connection if there is one, and once more if that breaks.
async fn call(
    targets: &[Target],
    body: &[u8],
    open: &mut Option<(Client, usize)>,
    retries: &AtomicUsize,
) -> (u16, serde_json::Value) {
    for _ in 0..3 {
        let (mut client, used) = match open.take().filter(|(_, used)| *used < CALLS) {
            Some(open) => open,
            None => {
                let ready = targets.iter().find(|target| target.is_ready.load(Ordering::Relaxed));
                let ready = ready.expect("a replica is ready");
                match connect(&ready.address, &ready.ca, b"http/1.1").await {
                    Ok(stream) => (Client::new(stream).await, 0),
                    Err(error) => {
                        assert!(!ready.is_ready.load(Ordering::Relaxed), "a ready replica: {error}");
                        retries.fetch_add(1, Ordering::Relaxed);
                        continue;
                    }
                }
            }
        };
        if let Some(answer) = client.try_review(body.to_vec()).await {
            *open = Some((client, used + 1));
            return answer;
        }
        retries.fetch_add(1, Ordering::Relaxed);
    }
    panic!("a call failed although a replica was ready");
}

/// A certificate with its key in a folder; gives the certificate.
fn write_pair(folder: &Path) -> String {
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new([NAME.to_owned()]).expect("a name").self_signed(&key);
    let certificate = certificate.expect("a certificate").pem();
    std::fs::write(folder.join("tls.key"), key.serialize_pem()).expect("a file");
    std::fs::write(folder.join("tls.crt"), &certificate).expect("a file");
    certificate
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_and_policies_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let (tls, next) = (folder.path().join("tls"), folder.path().join("next"));
    std::fs::create_dir(&tls).and_then(|()| std::fs::create_dir(&next)).expect("folders");
    let bundle = [write_pair(&tls), write_pair(&next)].concat();
    let ca = folder.path().join("bundle.crt");
    std::fs::write(&ca, bundle).expect("a file");
    let path = tls.to_string_lossy().into_owned();
    let webhook = Webhook::start_with(&[("team.yaml", TEAM)], &["--tls-dir", &path]);
    let load = Load::start(&[Target::new(&webhook, ca)]);
    sleep(Duration::from_millis(300)).await;
    for name in ["tls.key", "tls.crt"] {
        std::fs::copy(next.join(name), tls.join(name)).expect("a file");
    }
    webhook.wait_for_line("a serving certificate is in use", 2);
    sleep(Duration::from_millis(300)).await;
    let policy = webhook.policies().join("team.yaml");
    std::fs::write(&policy, TEAM.replace("names:", "nams:")).expect("a file");
    webhook.wait_for_line("the new policies are not taken over: the last good ones stay in force", 1);
    sleep(Duration::from_millis(300)).await;
    load.phase.store(CHANGING, Ordering::Release);
    std::fs::write(&policy, TEAM.replace("team.example.com", "other.example.com")).expect("a file");
    webhook.wait_for_line("policies are in force", 2);
    load.phase.store(OTHER_ALLOWED, Ordering::Release);
    sleep(Duration::from_millis(500)).await;
    let (calls, retries) = load.end("certificate rotated, policy broken, policy changed").await;
    assert!(calls > 100 && retries == 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_is_killed() {
    let mut first = Webhook::start(&[("team.yaml", TEAM)]);
    let second = Webhook::start(&[("team.yaml", TEAM)]);
    let targets = [&first, &second].map(|webhook| Target::new(webhook, webhook.ca_file()));
    let load = Load::start(&targets);
    sleep(Duration::from_millis(500)).await;
    // Who is killed says nothing: what is open breaks, and is sent to the other one.
    targets[0].is_ready.store(false, Ordering::Relaxed);
    first.kill();
    sleep(Duration::from_millis(500)).await;
    let (calls, _) = load.end("kill -9").await;
    assert!(calls > 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_moves_a_year() {
    let library = std::fs::read_dir("/usr/lib").ok().and_then(|folders| {
        let mut files = folders.flatten().map(|folder| folder.path().join("faketime/libfaketime.so.1"));
        files.find(|file| file.exists())
    });
    let Some(library) = library else {
        println!("absent, so not tested: libfaketime");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let ca = folder.path().join("ca.crt");
    std::fs::write(&ca, write_pair(folder.path())).expect("a file");
    let clock = folder.path().join("clock");
    std::fs::write(&clock, "+0d").expect("a file");
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let webhook = Webhook::start_in(
        &[("team.yaml", TEAM)],
        &["--tls-dir", &path(folder.path())],
        &[
            ("LD_PRELOAD", &path(&library)),
            ("FAKETIME_TIMESTAMP_FILE", &path(&clock)),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ],
    );
    let load = Load::start(&[Target::new(&webhook, ca)]);
    let year = |webhook: &Webhook| {
        let line = webhook.log().pop().expect("a line");
        line["time"].as_str().and_then(|time| time.get(..4)?.parse::<i32>().ok()).expect("a year")
    };
    sleep(Duration::from_millis(300)).await;
    let now = year(&webhook);
    for (days, years) in [("+366d", 1), ("-366d", -1)] {
        std::fs::write(&clock, days).expect("a file");
        let end = Instant::now() + Duration::from_secs(20);
        while year(&webhook) - now != years && year(&webhook) - now != 2 * years {
            assert!(Instant::now() < end, "the clock has moved: {}", year(&webhook));
            sleep(Duration::from_millis(20)).await;
        }
        // Long enough for the folders to be looked at.
        sleep(Duration::from_millis(1_300)).await;
    }
    let (calls, retries) = load.end("clock moved a year on and a year back").await;
    assert!(calls > 100 && retries == 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_disk_of_the_log_is_full() {
    // A folder whose certificate is given: nothing else is written.
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("policies")).expect("a folder");
    std::fs::write(folder.path().join("policies/team.yaml"), TEAM).expect("a file");
    let ca = folder.path().join("ca.crt");
    std::fs::write(&ca, write_pair(folder.path())).expect("a file");
    // Nobody says the port where no log can be written: one that is free is taken.
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = free.expect("a port").to_string();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a full disk");
    let mut child = Command::new(env!("CARGO_BIN_EXE_certgate-webhook"))
        .args(["serve", "--listen", &address, "--health-listen", "127.0.0.1:0", "--drain-seconds", "0"])
        .arg("--policies")
        .arg(folder.path().join("policies"))
        .arg("--tls-dir")
        .arg(folder.path())
        .stderr(Stdio::from(full))
        .spawn()
        .expect("the binary starts");
    let end = Instant::now() + Duration::from_secs(60);
    while connect(&address, &ca, b"http/1.1").await.is_err() {
        assert!(Instant::now() < end, "it serves");
        sleep(Duration::from_millis(20)).await;
    }
    let load = Load::start(&[Target { address, ca, is_ready: Arc::new(AtomicBool::new(true)) }]);
    sleep(Duration::from_millis(700)).await;
    let (calls, retries) = load.end("no place for the log").await;
    let status = Command::new("kill").arg(child.id().to_string()).status().expect("kill");
    assert!(status.success() && child.wait().expect("it ends").success());
    assert!(calls > 100 && retries == 0);
}
