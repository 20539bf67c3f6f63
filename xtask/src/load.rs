//! `cargo xtask bench webhook`: the webhook under load on one core, and a server beside it that only parses JSON.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::bench;
use crate::run::{self, Failure};

/// Requests at the same time, and for how many seconds.
const STAGES: [(u32, u32); 3] = [(1, 10), (100, 10), (1_000, 10)];
/// Connections and their pause in milliseconds that make 1,000 requests a second.
const STEADY: (u32, u32) = (20, 20);
/// Ticks of `/proc/PID/stat` in a second.
const TICKS: f64 = 100.0;

/// A server on the first core; it is killed when dropped.
struct Server {
    name: &'static str,
    child: Child,
    url: String,
}

/// What was measured.
struct Figures {
    requests: f64,
    seconds: f64,
    failed: u64,
    median: f64,
    p99: f64,
    /// Time that the server computed, for one request.
    computed: f64,
}

/// Measures both in turns, and prints figures and ratio.
pub fn run() -> Result<(), Failure> {
    if !run::has("wrk") {
        return Err(Failure::new("wrk is missing: apt-get install -y wrk"));
    }
    let folder = run::root().join("target/bench/webhook");
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    let reviews = reviews(&folder)?;
    let programs = build()?;
    let (webhook, health) = webhook(&programs, &folder)?;
    let minimal = minimal(&programs, &folder)?;
    println!("profile release, one core for the server, another for wrk; TLS 1.3, HTTP/1.1, kept alive");
    for (connections, seconds) in STAGES {
        let ours = load(&webhook, &reviews, connections, seconds, 0)?;
        let least = load(&minimal, &reviews, connections, seconds, 0)?;
        for (server, figures) in [(&webhook, &ours), (&minimal, &least)] {
            print(server, &format!("{connections} in flight"), figures)?;
        }
        println!(
            "  time computed for one request, to that of the minimal server: {:.2}",
            ours.computed / least.computed
        );
    }
    let (connections, pause) = STEADY;
    let steady = load(&webhook, &reviews, connections, 10, pause)?;
    print(&webhook, &format!("steady, {connections} connections"), &steady)?;
    let metrics = get(&health, "/metrics")?;
    let denied = metrics.lines().filter(|line| {
        line.starts_with("certgate_decisions_total") && !line.contains("decision=\"allowed\"")
    });
    let others: Vec<&str> = denied.collect();
    if !others.is_empty() || !metrics.contains("certgate_decisions_total{policy=\"bench\"") {
        return Err(Failure::new(format!("not every request was allowed: {others:?}")));
    }
    println!("every request was allowed by the policy `bench`");
    Ok(())
}

fn build() -> Result<PathBuf, Failure> {
    let target = run::root().join("target/bench");
    let mut cargo = run::cargo();
    cargo.current_dir(run::root().join("apps/webhook/load")).args(["build", "--release", "--target-dir"]);
    run::check(cargo.arg(&target))?;
    Ok(target.join("release"))
}

/// A file with one review a line, of requests that `openssl` made.
fn reviews(folder: &Path) -> Result<PathBuf, Failure> {
    let pool = bench::pools()?.join("p-256.pool");
    let bytes = fs::read(&pool).map_err(|error| failed(&pool, &error))?;
    let (mut rest, mut text) = (bytes.as_slice(), String::new());
    while let Some((length, tail)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let Some((request, tail)) = tail.split_at_checked(length) else { break };
        text.push_str(&review(request, text.lines().count()).to_string());
        text.push('\n');
        rest = tail;
    }
    let path = folder.join("reviews.ndjson");
    fs::write(&path, text).map_err(|error| failed(&path, &error))?;
    Ok(path)
}

/// What an API server sends when somebody creates a CertificateSigningRequest.
fn review(request: &[u8], number: usize) -> Value {
    let lines: Vec<String> = STANDARD
        .encode(request)
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let pem = format!(
        "-----BEGIN CERTIFICATE REQUEST-----\n{}\n-----END CERTIFICATE REQUEST-----\n",
        lines.join("\n")
    );
    let user = json!({
        "username": "system:serviceaccount:shop:bench",
        "uid": "1d9f0a52-0000-4000-8000-000000000000",
        "groups": ["system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"],
    });
    let kind =
        json!({ "group": "certificates.k8s.io", "version": "v1", "kind": "CertificateSigningRequest" });
    let resource =
        json!({ "group": "certificates.k8s.io", "version": "v1", "resource": "certificatesigningrequests" });
    json!({
        "kind": "AdmissionReview",
        "apiVersion": "admission.k8s.io/v1",
        "request": {
            "uid": format!("705ab4f5-6393-11e8-b7cc-{number:012}"),
            "kind": kind, "resource": resource, "requestKind": kind, "requestResource": resource,
            "name": format!("bench-{number}"),
            "operation": "CREATE",
            "userInfo": user,
            "object": {
                "kind": "CertificateSigningRequest",
                "apiVersion": "certificates.k8s.io/v1",
                "metadata": { "name": format!("bench-{number}"), "creationTimestamp": null },
                "spec": {
                    "request": STANDARD.encode(pem),
                    "signerName": "example.com/bench",
                    "usages": ["digital signature", "server auth"],
                    "username": user["username"], "uid": user["uid"], "groups": user["groups"],
                },
                "status": {},
            },
            "oldObject": null,
            "dryRun": false,
            "options": { "kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1" },
        },
    })
}

/// The webhook, and the address of its metrics. Its log goes to a file, as a container's does.
fn webhook(programs: &Path, folder: &Path) -> Result<(Server, String), Failure> {
    let policies = folder.join("policies");
    fs::create_dir_all(&policies).map_err(|error| failed(&policies, &error))?;
    let policy = run::root().join("apps/webhook/load/policy.yaml");
    fs::copy(&policy, policies.join("bench.yaml")).map_err(|error| failed(&policy, &error))?;
    let log = folder.join("webhook.log");
    let file = File::create(&log).map_err(|error| failed(&log, &error))?;
    let child = on_the_first_core(&programs.join("webhook"))
        .args(["serve", "--listen", "127.0.0.1:0", "--health-listen", "127.0.0.1:0", "--policies"])
        .arg(&policies)
        .arg("--self-made-dir")
        .arg(folder.join("tls"))
        .args(["--dns-name", "localhost"])
        .stderr(file)
        .spawn()
        .map_err(|error| Failure::new(format!("the webhook: {error}")))?;
    let mut server = Server { name: "webhook", child, url: String::new() };
    let end = Instant::now() + Duration::from_secs(20);
    while Instant::now() < end {
        let text = fs::read_to_string(&log).unwrap_or_default();
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        if let Some(line) = lines.into_iter().find(|line| line["message"] == "serving") {
            let address = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            server.url = format!("https://{}/validate", address("address"));
            return Ok((server, address("healthAddress")));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(Failure::new(format!("the webhook does not serve: see {}", log.display())))
}

fn minimal(programs: &Path, folder: &Path) -> Result<Server, Failure> {
    let mut child = on_the_first_core(&programs.join("minimal"))
        .arg("127.0.0.1:0")
        .arg(folder.join("tls"))
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| Failure::new(format!("the minimal server: {error}")))?;
    let mut address = String::new();
    if let Some(stdout) = child.stdout.take() {
        let mut reader = std::io::BufReader::new(stdout);
        std::io::BufRead::read_line(&mut reader, &mut address)
            .map_err(|error| Failure::new(format!("the minimal server: {error}")))?;
    }
    Ok(Server { name: "minimal", child, url: format!("https://{}/validate", address.trim()) })
}

fn on_the_first_core(program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", "0"]).arg(program);
    command
}

/// `wrk` on the second core against a server.
fn load(
    server: &Server,
    reviews: &Path,
    connections: u32,
    seconds: u32,
    pause: u32,
) -> Result<Figures, Failure> {
    let before = server.computed()?;
    let mut wrk = Command::new("taskset");
    wrk.args(["-c", "1", "wrk", "-t", "1", "--timeout", "10s", "-s"]);
    wrk.arg(run::root().join("apps/webhook/load/wrk.lua"));
    wrk.args(["-c", &connections.to_string(), "-d", &format!("{seconds}s"), &server.url, "--"]);
    wrk.arg(reviews).arg(pause.to_string());
    let text = run::output(&mut wrk)?;
    let after = server.computed()?;
    let line = text.lines().find_map(|line| line.strip_prefix("figures "));
    let numbers: Vec<f64> =
        line.into_iter().flat_map(str::split_whitespace).filter_map(|number| number.parse().ok()).collect();
    let [requests, micros, failed, median, p99] = numbers[..] else {
        return Err(Failure::new(format!("wrk printed no figures:\n{text}")));
    };
    let (seconds, computed) = (micros / 1e6, (after - before) * 1e6 / requests);
    Ok(Figures { requests, seconds, failed: failed as u64, median, p99, computed })
}

fn print(server: &Server, what: &str, figures: &Figures) -> Result<(), Failure> {
    let Figures { requests, seconds, failed, median, p99, computed } = figures;
    let (now, most) = (server.memory("VmRSS")?, server.memory("VmHWM")?);
    println!(
        "{:<8} {what:<24} {:>7.0} requests/s, p50 {:>8.2} ms, p99 {:>8.2} ms, computed {computed:>6.1} us \
         a request, {now:.1} MiB, at most {most:.1} MiB, {failed} failed",
        server.name,
        requests / seconds,
        median / 1e3,
        p99 / 1e3,
    );
    if *failed == 0 { Ok(()) } else { Err(Failure::new(format!("{}: {failed} calls failed", server.name))) }
}

impl Server {
    /// Seconds that it has computed so far, in the system too.
    fn computed(&self) -> Result<f64, Failure> {
        let text = self.proc("stat")?;
        // The name of the program may have blanks in it; what follows is in a fixed order.
        let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks =
            |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
        Ok((ticks(11) + ticks(12)) / TICKS)
    }

    /// MiB of a line of `/proc/PID/status`.
    fn memory(&self, key: &str) -> Result<f64, Failure> {
        let text = self.proc("status")?;
        let line = text.lines().find(|line| line.starts_with(key)).unwrap_or_default();
        let kilobytes = line.split_whitespace().nth(1).and_then(|number| number.parse::<f64>().ok());
        kilobytes.map(|number| number / 1024.0).ok_or_else(|| Failure::new(format!("{key} is not known")))
    }

    fn proc(&self, file: &str) -> Result<String, Failure> {
        let path = PathBuf::from(format!("/proc/{}/{file}", self.child.id()));
        fs::read_to_string(&path).map_err(|error| failed(&path, &error))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A page over plain HTTP.
fn get(address: &str, path: &str) -> Result<String, Failure> {
    let problem = |error: std::io::Error| Failure::new(format!("{address}: {error}"));
    let mut stream = TcpStream::connect(address).map_err(problem)?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").map_err(problem)?;
    let mut text = String::new();
    stream.read_to_string(&mut text).map_err(problem)?;
    Ok(text)
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}
