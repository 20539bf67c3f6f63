//! Certificates of plans in real programs: openssl, GnuTLS, and nginx with curl over mutual TLS.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use certgate_tests::command::{other, run};
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

#[test]
fn nginx_and_curl_talk_mutual_tls() {
    if other("nginx", Path::new("/"), &["-v"]).is_none() || other("curl", Path::new("/"), &["-V"]).is_none() {
        eprintln!("absent, so not tested: nginx or curl");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    init(folder.path(), "mutual-tls.yaml");
    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
    let path = folder.path().display();
    let configuration = format!(
        "daemon off; pid {path}/nginx.pid; error_log {path}/error.log; master_process off;
events {{ }}
http {{ access_log off;
  client_body_temp_path {path}/b; proxy_temp_path {path}/p; fastcgi_temp_path {path}/f; uwsgi_temp_path {path}/u; scgi_temp_path {path}/s;
  server {{ listen 127.0.0.1:{port} ssl; server_name gateway.example.internal;
    ssl_certificate {path}/server.pem; ssl_certificate_key {path}/server.key;
    ssl_client_certificate {path}/ca.pem; ssl_verify_client on;
    location / {{ return 200 ok; }} }} }}
"
    );
    std::fs::write(folder.path().join("nginx.conf"), configuration).expect("the configuration");
    let nginx = Command::new("nginx")
        .args(["-c", folder.path().join("nginx.conf").to_str().expect("a path"), "-p"])
        .arg(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("nginx");
    let _server = Server(nginx);
    let started = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(started.elapsed() < Duration::from_secs(20), "nginx does not listen");
        std::thread::sleep(Duration::from_millis(50));
    }
    let url = format!("https://gateway.example.internal:{port}/");
    let resolve = format!("gateway.example.internal:{port}:127.0.0.1");
    let curl = |arguments: &[&str]| {
        let all = [
            &["-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "20", "--resolve", &resolve],
            arguments,
            &[&url],
        ]
        .concat();
        other("curl", folder.path(), &all).expect("curl")
    };
    let ca = ["--cacert", "ca.pem"];
    let good = curl(&[&ca[..], &["--cert", "client.pem", "--key", "client.key"]].concat());
    assert_eq!((good.exit, good.stdout.as_str()), (0, "200"), "{good:?}");
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
