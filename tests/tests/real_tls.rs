//! Certificates of plans in real programs: openssl, GnuTLS, and nginx with curl over mutual TLS.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use certgate_tests::command::{Said, certgate, other, run};
use certgate_tests::crash::{heavy, tell};
use certgate_tests::root;

fn init(folder: &Path, plan: &str) {
    let plan = root().join("apps/cli/plans").join(plan);
    let said = run(folder, &["pki", "init", plan.to_str().expect("a path")], b"");
    assert_eq!(said.exit, 0, "{said:?}");
}

#[test]
fn every_plan_is_made_once_and_kept_after_that() {
    for plan in ["three-tier.yaml", "mutual-tls.yaml", "kubernetes.yaml", "kubeconfig.yaml"] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = root().join("apps/cli/plans").join(plan);
        let arguments = ["pki", "init", path.to_str().expect("a path")];
        let first = run(folder.path(), &arguments, b"");
        assert_eq!(first.exit, 0, "{plan}: {first:?}");
        assert!(first.stdout.lines().all(|line| line.starts_with("created")), "{plan}: {}", first.stdout);
        let second = run(folder.path(), &arguments, b"");
        assert_eq!(second.exit, 0, "{plan}: {second:?}");
        assert!(second.stdout.lines().all(|line| line.starts_with("kept")), "{plan}: {}", second.stdout);
        #[cfg(unix)]
        for line in first.stdout.lines().filter(|line| line.ends_with(".key")) {
            use std::os::unix::fs::PermissionsExt;
            let file = folder.path().join(line.split_whitespace().last().expect("a file"));
            let mode = std::fs::metadata(&file).expect("the key").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", file.display());
        }
    }
}

#[test]
fn openssl_and_gnutls_accept_the_three_tiers() {
    let folder = tempfile::tempdir().expect("a folder");
    init(folder.path(), "three-tier.yaml");
    let openssl = |arguments: &[&str]| other("openssl", folder.path(), arguments);
    let verify = ["verify", "-x509_strict", "-CAfile", "root-ca.pem", "-untrusted", "intermediate-ca.pem"];
    match openssl(&[&verify[..], &["-purpose", "sslserver", "server.pem"]].concat()) {
        None => eprintln!("absent, so not tested: openssl"),
        Some(said) => {
            assert_eq!(said.exit, 0, "{said:?}");
            let wrong = openssl(&[&verify[..], &["-purpose", "sslclient", "server.pem"]].concat());
            assert_ne!(wrong.expect("openssl").exit, 0, "a server's certificate is no client's");
        }
    }
    let certtool = ["--verify", "--load-ca-certificate", "root-ca.pem", "--infile", "bundle.pem"];
    match other("certtool", folder.path(), &certtool) {
        None => eprintln!("absent, so not tested: certtool"),
        Some(said) => assert!(said.stdout.contains("Verified"), "{said:?}"),
    }
    let ours = run(
        folder.path(),
        &["verify", "-a", "root-ca.pem", "-n", "server.example.internal", "bundle.pem"],
        b"",
    );
    assert_eq!(ours.exit, 0, "{ours:?}");
}

/// A server that is stopped when the test ends, however it ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Another client of the same CA, revoked by a list of two issues; our own verifier refuses it.
fn revoke_another_client(folder: &Path) {
    let plan = std::fs::read_to_string(root().join("apps/cli/plans/mutual-tls.yaml")).expect("the plan");
    let (head, rest) = plan.split_once("  client:\n").expect("the client");
    let client = rest.split("secrets:").next().expect("the client");
    let revoked = client.replace("client.", "revoked.").replace("CN=client", "CN=revoked");
    std::fs::write(folder.join("plan.yaml"), format!("{head}  revoked:\n{revoked}")).expect("the plan");
    let made = run(folder, &["pki", "init", "plan.yaml"], b"");
    assert_eq!(made.exit, 0, "{made:?}");
    let crl = ["crl", "new", "--ca", "ca.pem", "--ca-key", "ca.key", "-o", "ca.crl"];
    let said =
        run(folder, &[&crl[..], &["--revoke", "revoked.pem", "--reason", "keyCompromise"]].concat(), b"");
    assert_eq!(said.exit, 0, "{said:?}");
    let again = run(folder, &[&crl[..], &["--previous", "ca.crl"]].concat(), b"");
    assert!(again.stdout.contains("number 02, 1 entries"), "{again:?}");
    let verify = ["verify", "-a", "ca.pem", "--purpose", "client", "--crl", "ca.crl", "--format", "json"];
    let good = run(folder, &[&verify[..], &["client.pem"]].concat(), b"");
    assert_eq!(good.exit, 0, "{good:?}");
    let bad = run(folder, &[&verify[..], &["revoked.pem"]].concat(), b"");
    assert!(bad.exit == 1 && bad.stdout.contains("verify/revoked"), "{bad:?}");
}

/// Whether nginx and curl are there.
fn can_serve() -> bool {
    let there =
        other("nginx", Path::new("/"), &["-v"]).is_some() && other("curl", Path::new("/"), &["-V"]).is_some();
    if !there {
        eprintln!("absent, so not tested: nginx or curl");
    }
    there
}

/// nginx on a free port, with a `server` block that has these lines in it. `{path}` is the folder.
fn nginx(folder: &Path, global: &str, lines: &str) -> (Server, u16) {
    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
    let path = folder.display();
    let lines = lines.replace("{path}", &path.to_string());
    let configuration = format!(
        "daemon off; pid {path}/nginx.pid; error_log {path}/error.log; {global}
events {{ }}
http {{ access_log off;
  client_body_temp_path {path}/b; proxy_temp_path {path}/p; fastcgi_temp_path {path}/f; uwsgi_temp_path {path}/u; scgi_temp_path {path}/s;
  server {{ listen 127.0.0.1:{port} ssl; server_name gateway.example.internal;
    {lines}
    location / {{ return 200 ok; }} }} }}
"
    );
    std::fs::write(folder.join("nginx.conf"), configuration).expect("the configuration");
    let child = Command::new("nginx")
        .args(["-c", folder.join("nginx.conf").to_str().expect("a path"), "-p"])
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(folder.join("start.log")).expect("the log"))
        .spawn()
        .expect("nginx");
    let server = Server(child);
    let started = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        let log = |name| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "nginx does not listen: {} {}",
            log("start.log"),
            log("error.log")
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    (server, port)
}

/// A request by curl to `gateway.example.internal`; what is asked to be written comes on standard output.
fn curl(folder: &Path, port: u16, write: &str, arguments: &[&str]) -> Said {
    let url = format!("https://gateway.example.internal:{port}/");
    let resolve = format!("gateway.example.internal:{port}:127.0.0.1");
    let all = [
        &["-s", "-o", "/dev/null", "-w", write, "--max-time", "20", "--resolve", &resolve],
        arguments,
        &[&url],
    ]
    .concat();
    other("curl", folder, &all).expect("curl")
}

#[test]
fn nginx_and_curl_talk_mutual_tls() {
    if !can_serve() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    init(folder.path(), "mutual-tls.yaml");
    revoke_another_client(folder.path());
    let (_server, port) = nginx(
        folder.path(),
        "master_process off;",
        "ssl_certificate {path}/server.pem; ssl_certificate_key {path}/server.key;
    ssl_client_certificate {path}/ca.pem; ssl_verify_client on; ssl_crl {path}/ca.crl;",
    );
    let curl = |arguments: &[&str]| curl(folder.path(), port, "%{http_code}", arguments);
    let ca = ["--cacert", "ca.pem"];
    let good = curl(&[&ca[..], &["--cert", "client.pem", "--key", "client.key"]].concat());
    assert_eq!((good.exit, good.stdout.as_str()), (0, "200"), "{good:?}");
    let revoked = curl(&[&ca[..], &["--cert", "revoked.pem", "--key", "revoked.key"]].concat());
    assert!(revoked.stdout == "400" || revoked.exit != 0, "a revoked client: {revoked:?}");
    let without = curl(&ca);
    assert!(without.stdout == "400" || without.exit != 0, "no client certificate: {without:?}");
    let untrusted = curl(&["--cert", "client.pem", "--key", "client.key"]);
    assert_eq!(untrusted.exit, 60, "no CA: {untrusted:?}");
    let as_client = curl(&[&ca[..], &["--cert", "server.pem", "--key", "server.key"]].concat());
    assert!(
        as_client.stdout == "400" || as_client.exit != 0,
        "a server's certificate as a client's: {as_client:?}"
    );
}

#[test]
fn a_clients_certificate_is_no_servers() {
    if !can_serve() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    init(folder.path(), "mutual-tls.yaml");
    let (_server, port) = nginx(
        folder.path(),
        "master_process off;",
        "ssl_certificate {path}/client.pem; ssl_certificate_key {path}/client.key;",
    );
    // --insecure shows that the server is there, and that nothing but the certificate is wrong.
    let insecure = curl(folder.path(), port, "%{http_code}", &["--insecure"]);
    assert_eq!((insecure.exit, insecure.stdout.as_str()), (0, "200"), "{insecure:?}");
    let refused = curl(folder.path(), port, "%{http_code}", &["--cacert", "ca.pem"]);
    assert_eq!(refused.exit, 60, "{refused:?}");
}

const GATEWAY: &str = r#"
version: 1
id: gateway
subject: { commonName: { presence: forbidden } }
names: { dns: { allow: ["*.example.internal"] } }
keys: { EC: [P-256] }
usages: { extended: { force: [serverAuth] } }
validity: { default: 1h, max: 1h }
"#;

/// The target with a number of names more: each change makes it due.
fn gateway(folder: &Path, more: usize) {
    let path = folder.display();
    let names: String = (0..more).map(|number| format!(", n{number}.example.internal")).collect();
    let target = format!(
        "version: 1\nid: gateway\npolicy: ../policy.yaml\nnames: [gateway.example.internal{names}]\n\
         purposes: [serverAuth]\nissuer: {{ local: {{ ca: ../ca.pem, privateKey: ../ca.key }} }}\n\
         output: {{ folder: ../tls }}\n\
         hook: {{ command: [nginx, -c, {path}/nginx.conf, -p, {path}, -s, reload] }}\n"
    );
    std::fs::create_dir_all(folder.join("targets")).expect("a folder");
    std::fs::write(folder.join("targets/gateway.yaml"), target).expect("the target");
}

#[cfg(unix)]
#[test]
fn an_agent_renews_under_a_running_nginx_and_no_client_notices() {
    if !can_serve() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    init(path, "mutual-tls.yaml");
    std::fs::write(path.join("policy.yaml"), GATEWAY).expect("the policy");
    gateway(path, 0);
    // The first pair stands before nginx does; its hook finds no nginx, and is run again by the agent.
    let first = run(path, &["renew", "targets/gateway.yaml"], b"");
    assert!(first.stderr.contains("the hook failed"), "{first:?}");
    let (_server, port) = nginx(
        path,
        "",
        "ssl_certificate {path}/tls/tls.crt; ssl_certificate_key {path}/tls/tls.key;
    ssl_client_certificate {path}/ca.pem; ssl_verify_client on;",
    );
    let log = std::fs::File::create(path.join("agent.log")).expect("the log");
    let agent = Command::new(certgate())
        .args(["agent", "targets", "--interval", "1h"])
        .current_dir(path)
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("the log"))
        .stderr(log)
        .spawn()
        .expect("the agent");
    let agent = Server(agent);
    let said = || std::fs::read_to_string(path.join("agent.log")).expect("the log");
    let wait_for = |what: &str, times: usize| {
        let started = Instant::now();
        while said().matches(what).count() < times {
            assert!(started.elapsed() < Duration::from_secs(120), "no {what}: {}", said());
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    wait_for("hook run", 1);
    let requests = if heavy() { 1000 } else { 200 };
    let mut certificates = std::collections::BTreeSet::new();
    let mut renewals = 0;
    for number in 0..requests {
        if number % 40 == 20 {
            renewals += 1;
            gateway(path, renewals);
            let hup = Command::new("kill").args(["-HUP", &agent.0.id().to_string()]).status().expect("kill");
            assert!(hup.success());
        }
        let arguments = ["--cacert", "ca.pem", "--cert", "client.pem", "--key", "client.key"];
        let said = curl(path, port, "%{http_code}\n%{certs}", &arguments);
        let (code, chain) = said.stdout.split_once('\n').expect("a code");
        assert_eq!((said.exit, code), (0, "200"), "request {number}: {said:?}");
        certificates.insert(chain.split("-----END").next().expect("a certificate").to_owned());
        // A renewal that is still under way is waited for, so that each of them happens under requests.
        if number % 40 == 39 {
            wait_for("renewed (renewal/differs)", renewals);
        }
    }
    tell(&format!(
        "{requests} requests, {renewals} renewals, {} certificates seen, 0 failures",
        certificates.len()
    ));
    assert!(renewals >= 5 && certificates.len() > renewals / 2, "{} {}", renewals, said());
    let alive = run(path, &["audit", "verify"], b"");
    assert_eq!(alive.exit, 0, "{alive:?}");
}
