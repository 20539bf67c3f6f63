//! `folder`: checks 10,000 requests of a folder by the command line, then checks and issues them, with the inventory and its
//! audit log, on all cores. Every request has a key of its own, made for this run.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::Instant;

use certgate::crypto::{KeyKind, PrivateKey};
use certgate_bindings::issue::{NewRequestDocument, new_request};
use certgate_ops::cli::{self, Terminal};

const REQUESTS: usize = 10_000;

fn main() {
    let folder = std::env::temp_dir().join(format!("certgate-bench-{}", std::process::id()));
    fs::create_dir_all(folder.join("requests")).expect("a folder");
    make(&folder);
    let at = |name: &str| folder.join(name).to_str().expect("a path").to_owned();
    let policy = at("policy.json");
    println!("  {REQUESTS} requests with P-256 keys and three names, on {} cores", cores());

    let check = timed(&["check", "--quiet", "--policy", &policy, &at("requests")]);
    report("check", check);
    let (chain, key) = (at("dev-ca/ca.pem"), at("dev-ca/ca.key"));
    let issue = ["issue", "--policy", &policy, "--ca", &chain, "--ca-key", &key, "--output-dir", &at("out")];
    report("check and issue", timed(&[&issue[..], &[at("requests").as_str()]].concat()));
    let made = fs::read_dir(folder.join("out")).expect("the certificates").count();
    assert_eq!(made, REQUESTS, "every request has its certificate");
    println!("  largest memory: {} MiB", peak() >> 10);
    fs::remove_dir_all(&folder).expect("the folder is removed");
}

fn make(folder: &Path) {
    fs::write(folder.join("policy.json"), include_str!("../../policy.json")).expect("the policy");
    for number in 0..REQUESTS {
        let mut seed = [9; 32];
        seed[..8].copy_from_slice(&number.to_be_bytes());
        let key = PrivateKey::generate(KeyKind::P256, seed).expect("a key");
        let names = [0, 1, 2].map(|name| format!("host-{number}-{name}.bench.example.com")).to_vec();
        let document = NewRequestDocument { names, ..NewRequestDocument::default() };
        let request = new_request(&document.to_core().expect("a request"), &key).expect("a request");
        fs::write(folder.join(format!("requests/{number}.csr")), request.der()).expect("a file");
    }
    let dev_ca = folder.join("dev-ca");
    run(&["dev-ca", "--dir", dev_ca.to_str().expect("a path")]);
}

/// Seconds.
fn timed(arguments: &[&str]) -> f64 {
    let start = Instant::now();
    run(arguments);
    start.elapsed().as_secs_f64()
}

fn run(arguments: &[&str]) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut terminal = Terminal {
        stdin: &mut std::io::empty(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        color: false,
        progress: false,
        now: certgate_ops::now(),
    };
    let arguments = ["certgate"].iter().chain(arguments).map(OsString::from);
    let exit = cli::run(arguments, &mut terminal);
    assert_eq!(exit, 0, "{}", String::from_utf8_lossy(&stderr));
}

fn report(what: &str, seconds: f64) {
    println!("  {what:<18} {seconds:>6.2} s {:>8.0} a second", REQUESTS as f64 / seconds);
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// KiB, as Linux counts them.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
