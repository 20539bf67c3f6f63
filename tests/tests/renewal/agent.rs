use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use certgate_tests::command::{certgate, run};

use super::{LOCAL, pair_of, prepared, renew, renewed, target, write};

#[test]
fn a_hook_that_fails_is_run_again() {
    let hook = "hook: { command: [sh, -c, 'test -e ready && echo $CERTGATE_TARGET $CERTGATE_PATH > told'] }";
    let folder = prepared(&target(LOCAL, "folder: tls", hook));
    let path = folder.path();
    let first = renew(path, &[]);
    assert!(first.exit == 1 && first.stderr.contains("the hook failed"), "{first:?}");
    let serial = pair_of(path);
    assert_eq!(renew(path, &[]).exit, 1, "it is tried again");
    assert_eq!(pair_of(path), serial, "the pair is not renewed again for that");
    write(path, "ready", "");
    let told = renew(path, &[]);
    assert!(told.exit == 0 && told.stdout.contains("hook run"), "{told:?}");
    let text = std::fs::read_to_string(path.join("told")).expect("the hook ran");
    assert!(text.starts_with("web ") && text.trim().ends_with("tls"), "{text}");
    let quiet = renew(path, &[]);
    assert!(quiet.exit == 0 && !quiet.stdout.contains("hook run"), "{quiet:?}");
}

/// Targets in a folder of their own: `targets/good.yaml`, and one that cannot be read.
fn folder_of_targets() -> tempfile::TempDir {
    let folder = prepared("");
    let path = folder.path();
    std::fs::create_dir(path.join("targets")).expect("a folder");
    write(path, "targets/good.yaml", &moved(""));
    write(path, "targets/bad.yaml", "version: 1\nid: bad\n");
    write(path, "targets/notes.txt", "no target");
    folder
}

/// The target, for a folder below that of the CA.
fn moved(more: &str) -> String {
    target("local: { ca: ../issuer.pem, privateKey: ../intermediate-ca.key }", "folder: ../tls", more)
        .replace("[root-ca.pem]", "[../root-ca.pem]")
        .replace("policy.yaml", "../policy.yaml")
}

#[test]
fn one_target_that_cannot_be_read_is_not_in_the_way_of_others() {
    let folder = folder_of_targets();
    let path = folder.path();
    let said = run(path, &["agent", "targets", "--once", "--metrics", "agent.prom"], b"");
    assert_eq!(said.exit, 1, "{said:?}");
    assert!(said.stdout.contains("good.yaml: renewed (renewal/missing)"), "{said:?}");
    assert!(said.stderr.contains("bad.yaml"), "{said:?}");
    pair_of(path);
    let metrics = std::fs::read_to_string(path.join("agent.prom")).expect("the metrics");
    for line in [
        "certgate_renewals{filepath=\"targets/good.yaml\",target=\"web\"} 1",
        "certgate_renewal_failures{filepath=\"targets/bad.yaml\",target=\"targets/bad.yaml\"} 1",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    assert!(
        metrics.contains("x509_cert_not_after{filepath=\"targets/good.yaml\",target=\"web\",serial_number="),
        "{metrics}"
    );
}

#[test]
fn two_targets_do_not_write_to_one_place() {
    let folder = folder_of_targets();
    let path = folder.path();
    write(path, "targets/bad.yaml", &moved("").replace("id: web", "id: other"));
    let said = run(path, &["agent", "targets", "--once"], b"");
    assert_eq!(said.exit, 1, "{said:?}");
    assert!(said.stdout.contains("bad.yaml: renewed (renewal/missing)"), "{said:?}");
    assert!(said.stderr.contains("good.yaml") && said.stderr.contains("is an output of"), "{said:?}");
}

/// An agent that runs.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(certgate())
            .arg("agent")
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the agent");
        let output = BufReader::new(child.stdout.take().expect("its output")).lines();
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || output.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines }
    }

    /// Reads until a line has a text.
    fn wait_for(&mut self, text: &str) -> String {
        let mut said = Vec::new();
        loop {
            match self.lines.recv_timeout(Duration::from_secs(120)) {
                Ok(line) if line.contains(text) => return line,
                Ok(line) => said.push(line),
                Err(error) => panic!("{error} before the agent said {text}, but: {said:#?}"),
            }
        }
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.child.id().to_string()]).status().expect("kill");
        assert!(status.success());
    }

    fn ends(&mut self) -> bool {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(60) {
            if let Some(status) = self.child.try_wait().expect("its state") {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
#[test]
fn the_agent_renews_by_the_clock_reloads_on_sighup_and_ends_on_sigterm() {
    let folder = folder_of_targets();
    let path = folder.path();
    std::fs::remove_file(path.join("targets/bad.yaml")).expect("it was there");
    write(path, "policy.yaml", &super::POLICY.replace("default: 24h", "default: 15s, backdate: 0s"));
    let mut agent = Running::start(path, &["targets", "--interval", "1h"]);
    agent.wait_for("renewed (renewal/missing)");
    let first = pair_of(path);
    // Due after ten seconds, and nobody tells the agent.
    agent.wait_for("renewed (renewal/due)");
    let second = pair_of(path);
    assert_ne!(first, second);
    write(path, "policy.yaml", super::POLICY);
    write(path, "targets/good.yaml", &moved("").replace("[web.", "[api.example.internal, web."));
    write(path, "targets/new.yaml", &moved("").replace("../tls", "../other").replace("id: web", "id: other"));
    agent.signal("-HUP");
    agent.wait_for("reloaded: 2 targets");
    // Of another name; on a slow machine due as well.
    agent.wait_for("good.yaml: renewed (renewal/d");
    agent.wait_for("new.yaml: renewed (renewal/missing)");
    agent.signal("-TERM");
    assert!(agent.ends(), "SIGTERM ends it, with exit code 0");
    assert!(!path.join("tls/.hook-pending").exists());
}

#[test]
fn two_programs_do_not_renew_one_target_at_once() {
    let slow = "exec: { command: [sh, -c, 'sleep 3; exit 1'] }";
    let folder = prepared(&target(slow, "folder: tls", ""));
    let path = folder.path();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| renew(path, &[]));
        std::thread::sleep(Duration::from_secs(1));
        let second = renew(path, &[]);
        assert_eq!(second.exit, 1, "{second:?}");
        let first = first.join().expect("it ended");
        let both = format!("{}{}", first.stderr, second.stderr);
        assert!(both.contains("another program is renewing"), "{both}");
    });
    write(path, "target.yaml", &target(LOCAL, "folder: tls", ""));
    renewed(path, "renewal/missing");
}
