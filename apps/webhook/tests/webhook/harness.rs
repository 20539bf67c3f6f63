//! Starts the binary, talks to it, and makes what the API server would send.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The name of the service.
pub(crate) const NAME: &str = "certgate-webhook.certgate.svc";

/// A policy for names below `team.example.com`.
pub(crate) const TEAM: &str = r#"
version: 1
id: team
names: { dns: { allow: ["*.team.example.com"] } }
keys: { EC: [P-256], RSA: { min: 2048 } }
usages: { extended: [serverAuth] }
validity: { default: 24h, min: 10m, max: 90d }
"#;

/// A running webhook; it is killed when dropped.
pub(crate) struct Webhook {
    child: Child,
    folder: tempfile::TempDir,
    address: String,
    health_address: String,
    lines: Arc<Mutex<Vec<Value>>>,
}

impl Webhook {
    /// Starts with these files in the folder of policies.
    pub(crate) fn start(files: &[(&str, &str)]) -> Self {
        Self::start_with(files, &[])
    }

    /// Starts with further arguments.
    pub(crate) fn start_with(files: &[(&str, &str)], arguments: &[&str]) -> Self {
        Self::start_in(files, arguments, &[])
    }

    /// Starts with further arguments, in an environment that has these variables too.
    pub(crate) fn start_in(files: &[(&str, &str)], arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let policies = folder.path().join("policies");
        std::fs::create_dir(&policies).expect("a folder");
        for (name, text) in files {
            std::fs::write(policies.join(name), text).expect("a file");
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_certgate-webhook"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--health-listen", "127.0.0.1:0"]);
        command.args(["--reload-seconds", "1", "--drain-seconds", "1", "--policies"]);
        command.arg(&policies);
        if !arguments.contains(&"--client-seconds") {
            command.args(["--client-seconds", "1"]);
        }
        if !arguments.contains(&"--tls-dir") {
            command.arg("--self-made-dir").arg(folder.path().join("tls")).args(["--dns-name", NAME]);
        }
        command.args(arguments).envs(variables.iter().copied());
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the binary starts");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (written, stderr) = (Arc::clone(&lines), child.stderr.take().expect("standard error"));
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or_else(|_| json!({ "notJson": line }));
                written.lock().expect("the lines").push(line);
            }
        });
        let mut webhook =
            Self { child, folder, address: String::new(), health_address: String::new(), lines };
        let serving = webhook.wait_for_line("serving", 1);
        webhook.address = serving["address"].as_str().expect("an address").to_owned();
        webhook.health_address = serving["healthAddress"].as_str().expect("an address").to_owned();
        webhook
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn policies(&self) -> PathBuf {
        self.folder.path().join("policies")
    }

    /// The bundle that the API server would have in `caBundle`.
    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.path().join("tls/ca.crt")
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// All that was logged so far.
    pub(crate) fn log(&self) -> Vec<Value> {
        self.lines.lock().expect("the lines").clone()
    }

    /// Waits for the `count`th line with this message.
    pub(crate) fn wait_for_line(&self, message: &str, count: usize) -> Value {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let lines = self.log();
            let mut found = lines.iter().filter(|line| line["message"] == message);
            if let Some(line) = found.nth(count - 1) {
                return line.clone();
            }
            assert!(Instant::now() < end, "no line `{message}` in {lines:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sends SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it is killed");
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) {
        let status = Command::new("kill").arg(self.id().to_string()).status().expect("kill");
        assert!(status.success());
    }

    /// The exit code, once it has ended.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        self.child.wait().expect("the binary ends").code()
    }

    /// Opens a connection with this ALPN protocol.
    pub(crate) async fn connect(&self, protocol: &[u8]) -> TlsStream<TcpStream> {
        connect(&self.address, &self.ca_file(), protocol).await.expect("a connection")
    }

    pub(crate) async fn client(&self) -> Client {
        Client::new(self.connect(b"http/1.1").await).await
    }

    /// Sends a review over a new connection.
    pub(crate) async fn review(&self, review: &Value) -> Value {
        let (status, body) = self.client().await.review(review.to_string().into_bytes()).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(body["apiVersion"], "admission.k8s.io/v1");
        assert_eq!(body["kind"], "AdmissionReview");
        assert_eq!(body["response"]["uid"], review["request"]["uid"], "the uid is echoed");
        body["response"].clone()
    }

    /// A page of the port for probes and metrics.
    pub(crate) async fn page(&self, path: &str) -> (u16, String) {
        page(&self.health_address, path).await
    }
}

/// A page of a port for probes and metrics.
pub(crate) async fn page(address: &str, path: &str) -> (u16, String) {
    let stream = TcpStream::connect(address).await.expect("the port for probes");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("a connection");
    tokio::spawn(connection);
    let request = hyper::Request::get(path).header("host", "x").body(Full::<Bytes>::default()).unwrap();
    let response = sender.send_request(request).await.expect("an answer");
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    (status, String::from_utf8(body.to_vec()).expect("text"))
}

impl Drop for Webhook {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection to a webhook, with the certificate checked as the API server checks it.
pub(crate) async fn connect(
    address: &str,
    ca: &Path,
    protocol: &[u8],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca).expect("the CA") {
        roots.add(certificate.expect("a certificate")).expect("a root");
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = TcpStream::connect(address).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(NAME).expect("a name"), stream).await
}

/// A kept-alive HTTP/1.1 connection.
pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
}

impl Client {
    pub(crate) async fn new(stream: TlsStream<TcpStream>) -> Self {
        let (sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("a connection");
        tokio::spawn(connection);
        Self { sender }
    }

    /// Posts a body as a review.
    pub(crate) async fn review(&mut self, body: Vec<u8>) -> (u16, Value) {
        self.post(body, &[("content-type", "application/json")]).await
    }

    /// Posts a review; `None` if the connection breaks.
    pub(crate) async fn try_review(&mut self, body: Vec<u8>) -> Option<(u16, Value)> {
        let request = hyper::Request::post("/validate")
            .header("host", NAME)
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body)))
            .expect("a request");
        self.sender.ready().await.ok()?;
        let response = self.sender.send_request(request).await.ok()?;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.ok()?.to_bytes();
        Some((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
    }

    pub(crate) async fn post(&mut self, body: Vec<u8>, headers: &[(&str, &str)]) -> (u16, Value) {
        let mut request = hyper::Request::post("/validate").header("host", NAME);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::from(body))).expect("a request");
        self.sender.ready().await.expect("a connection");
        let response = self.sender.send_request(request).await.expect("an answer");
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }
}

/// A certification request in PEM, with a new P-256 key.
pub(crate) fn request(names: &[&str]) -> String {
    let key = rcgen::KeyPair::generate().expect("a key");
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = rcgen::CertificateParams::new(names).expect("names");
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.serialize_request(&key).expect("a request").pem().expect("PEM")
}

/// A CertificateSigningRequest as the API server stores it.
pub(crate) fn signing_request(pem: &str) -> Value {
    json!({
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": { "name": "csr-1", "creationTimestamp": null },
        "spec": {
            "request": STANDARD.encode(pem),
            "signerName": "example.com/internal",
            "usages": ["digital signature", "server auth"],
            "username": "jane",
            "groups": ["dev", "system:authenticated"],
        },
        "status": {},
    })
}

/// A CertificateRequest of cert-manager.
pub(crate) fn certificate_request(pem: &str) -> Value {
    json!({
        "apiVersion": "cert-manager.io/v1",
        "kind": "CertificateRequest",
        "metadata": { "name": "web-1", "namespace": "shop" },
        "spec": {
            "request": STANDARD.encode(pem),
            "issuerRef": { "name": "internal", "kind": "ClusterIssuer", "group": "cert-manager.io" },
            "duration": "24h0m0s",
            "usages": ["digital signature", "server auth"],
            "username": "jane",
            "groups": ["dev", "system:authenticated"],
        },
    })
}

/// A review of a new object.
pub(crate) fn create(object: &Value) -> Value {
    review("CREATE", object, &Value::Null)
}

/// A review of one operation.
pub(crate) fn review(operation: &str, object: &Value, old: &Value) -> Value {
    let shown = if object.is_null() { old } else { object };
    let api_version = shown["apiVersion"].as_str().expect("a version");
    let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
    let kind = json!({ "group": group, "version": version, "kind": shown["kind"] });
    let plural = format!("{}s", shown["kind"].as_str().expect("a kind").to_lowercase());
    let resource = json!({ "group": group, "version": version, "resource": plural });
    json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
            "kind": kind,
            "resource": resource,
            "requestKind": kind,
            "requestResource": resource,
            "name": shown["metadata"]["name"],
            "namespace": shown["metadata"]["namespace"].as_str().unwrap_or_default(),
            "operation": operation,
            "userInfo": { "username": "jane", "groups": ["dev", "system:authenticated"] },
            "object": object,
            "oldObject": old,
            "dryRun": false,
            "options": { "apiVersion": "meta.k8s.io/v1", "kind": format!("{operation}Options") },
        },
    })
}

/// The object with a condition.
pub(crate) fn with_condition(object: &Value, kind: &str) -> Value {
    let mut object = object.clone();
    object["status"]["conditions"] =
        json!([{ "type": kind, "status": "True", "reason": "ByHand", "message": "x" }]);
    object
}
