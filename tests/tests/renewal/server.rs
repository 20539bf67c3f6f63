//! A small real server, over TLS or not, that behaves as the documented interfaces of Vault and Kubernetes do.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certgate_bindings::certgate::issue::{IssueInputs, Issuer};
use certgate_bindings::certgate::policy::Context;
use certgate_bindings::certgate::time::Duration;
use certgate_bindings::issue::{self, PrivateKey};
use certgate_bindings::{Bundle, Policy, Request};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};

/// What a request to the server says.
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: Value,
}

type Handler = Box<dyn Fn(&Asked) -> (u16, Value) + Send + Sync>;

/// A server that ends with the test.
pub struct Server {
    port: u16,
    tls: bool,
    stop: Arc<AtomicBool>,
}

impl Server {
    pub fn start(folder: &Path, tls: bool, handler: Handler) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let config = tls.then(|| configuration(folder));
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                match &config {
                    None => serve(stream, &handler),
                    Some(config) => {
                        let session = rustls::ServerConnection::new(Arc::clone(config)).expect("a session");
                        serve(rustls::StreamOwned::new(session, stream), &handler);
                    }
                }
            }
        });
        Self { port, tls, stop }
    }

    pub fn url(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://localhost:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// The server's own certificate, of the intermediate of the plan.
fn configuration(folder: &Path) -> Arc<rustls::ServerConfig> {
    let signer = Signer::new(folder);
    let key = PrivateKey::generate("P-256", [11; 32]).expect("a key");
    let names = issue::parse_names(&["localhost".to_owned()]).expect("a name");
    let request = certgate_bindings::certgate::request::NewRequest { names, ..Default::default() };
    let request = issue::new_request(&request, &key).expect("a request");
    let pem = signer.sign(request.der(), None).expect("a certificate");
    let chain =
        CertificateDer::pem_slice_iter(pem.concat().as_bytes()).collect::<Result<Vec<_>, _>>().expect("PEM");
    let key = PrivateKeyDer::from_pem_slice(key.to_pem().expect("PEM").as_bytes()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a configuration");
    Arc::new(config)
}

/// One exchange.
fn serve(mut stream: impl Read + Write, handler: &Handler) {
    let mut reader = BufReader::new(&mut stream);
    let mut line = String::new();
    // A client that does not trust us goes away in the handshake.
    if reader.read_line(&mut line).is_err() {
        return;
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return };
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).is_err() || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.trim().to_lowercase(), value.trim().to_owned());
        }
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let (status, answer) = handler(&Asked { method, path, headers, body });
    let answer = answer.to_string();
    let _ = write!(
        stream,
        "HTTP/1.1 {status} Because\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
        answer.len()
    );
    let _ = stream.flush();
}

/// The intermediate of the plan, which signs whatever it is given for servers.
#[derive(Clone)]
pub struct Signer {
    issuer: Issuer,
    key: PrivateKey,
}

const OPEN: &str = r#"
version: 1
id: open
subject: { commonName: { presence: forbidden } }
names: { dns: { allow: ["localhost", "*.example.internal"] } }
keys: { EC: [P-256] }
usages: { extended: { force: [serverAuth] } }
validity: { default: 24h, max: 24h }
"#;

impl Signer {
    pub fn new(folder: &Path) -> Self {
        let bundle =
            Bundle::parse(&std::fs::read(folder.join("issuer.pem")).expect("the issuer")).expect("it");
        let [certificate, above @ ..] = bundle.certificates() else { panic!("no issuer") };
        let issuer = Issuer::new(Arc::clone(certificate), above.to_vec()).expect("an issuer");
        let key = std::fs::read(folder.join("intermediate-ca.key")).expect("the key");
        Self { issuer, key: PrivateKey::parse(&key).expect("the key") }
    }

    /// The certificate and the intermediate, in PEM.
    fn sign(&self, request: &[u8], seconds: Option<i64>) -> Result<Vec<String>, String> {
        let now = certgate_ops::now().expect("a clock");
        let request = Request::parse(request).map_err(|error| error.to_string())?;
        let mut context = Context::new(now);
        if let Some(life) = seconds.and_then(Duration::from_seconds) {
            context = context.with_duration(life);
        }
        let decision = Policy::load(OPEN).expect("a policy").evaluate(&request, &context);
        static COUNT: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(1);
        let inputs = IssueInputs::new(now, [COUNT.fetch_add(1, Ordering::Relaxed); 20]);
        let issued =
            issue::issue(&decision, &self.issuer, &self.key, &inputs).map_err(|error| error.to_string())?;
        let intermediate = self.issuer.certificate();
        Ok(vec![issue::certificate_pem(issued.certificate()), issue::certificate_pem(intermediate)])
    }
}

/// `pki/sign/ROLE`, as in the documentation of Vault's and OpenBao's PKI secrets engine.
pub fn vault(signer: Signer, token: &'static str) -> Handler {
    Box::new(move |asked| {
        let errors = |status: u16, text: String| (status, json!({ "errors": [text] }));
        if asked.headers.get("x-vault-token").map(String::as_str) != Some(token) {
            return errors(403, "permission denied".to_owned());
        }
        let Some(role) = asked.path.strip_prefix("/v1/pki/sign/").filter(|_| asked.method == "POST") else {
            return errors(404, "no handler for route".to_owned());
        };
        if role != "web" {
            return errors(400, format!("unknown role: {role}"));
        }
        let text = |key: &str| asked.body[key].as_str().unwrap_or_default().to_owned();
        if text("common_name") != "web.example.internal" || text("alt_names") != "web.example.internal" {
            return errors(400, "the common_name field is required".to_owned());
        }
        let ttl = text("ttl").strip_suffix('s').and_then(|ttl| ttl.parse().ok());
        match signer.sign(text("csr").as_bytes(), ttl) {
            Err(message) => errors(400, message),
            Ok(pem) => (
                200,
                json!({
                    "request_id": "6c8e4f6e", "lease_id": "", "renewable": false, "lease_duration": 0,
                    "data": {
                        "certificate": pem[0].trim(), "issuing_ca": pem[1].trim(), "ca_chain": [pem[1].trim()],
                        "serial_number": "01:02", "expiration": 1_800_000_000,
                    },
                    "warnings": null,
                }),
            ),
        }
    })
}

/// `certificates.k8s.io/v1`: a request is created, approved at the second look and signed at the third.
pub fn kubernetes(signer: Signer, token: &'static str) -> Handler {
    const PATH: &str = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    let store: Mutex<HashMap<String, (Value, u32)>> = Mutex::new(HashMap::new());
    Box::new(move |asked| {
        let status = |code: u16, message: &str| {
            (
                code,
                json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code }),
            )
        };
        if asked.headers.get("authorization") != Some(&format!("Bearer {token}")) {
            return status(401, "Unauthorized");
        }
        let mut store = store.lock().expect("nobody panicked");
        if asked.method == "POST" && asked.path == PATH {
            let mut object = asked.body.clone();
            if !object["spec"]["signerName"].as_str().is_some_and(|name| name.contains('/')) {
                return status(
                    422,
                    "spec.signerName: Invalid value: must be a fully qualified domain and path",
                );
            }
            if object["spec"]["usages"] != json!(["digital signature", "server auth"])
                || object["spec"]["expirationSeconds"] != json!(12 * 3600)
            {
                return status(422, "not what the target says");
            }
            let prefix = object["metadata"]["generateName"].as_str().unwrap_or_default();
            let name = format!("{prefix}{}", store.len());
            object["metadata"]["name"] = json!(name);
            object["status"] = json!({});
            store.insert(name, (object.clone(), 0));
            return (201, object);
        }
        let name = asked.path.strip_prefix(PATH).and_then(|rest| rest.strip_prefix('/')).unwrap_or_default();
        let Some((object, looks)) = store.get_mut(name) else { return status(404, "not found") };
        *looks += 1;
        let condition = |kind: &str, reason: &str, message: &str| json!([{ "type": kind, "status": "True", "reason": reason, "message": message }]);
        match object["spec"]["signerName"].as_str().unwrap_or_default() {
            "example.internal/never" => {}
            "example.internal/denied" => {
                object["status"]["conditions"] = condition("Denied", "NotToday", "ask tomorrow");
            }
            "example.internal/failed" => {
                object["status"]["conditions"] = condition("Failed", "SignerBroke", "");
            }
            _ if *looks == 1 => {
                object["status"]["conditions"] = condition("Approved", "AutoApproved", "");
            }
            _ => {
                let request =
                    STANDARD.decode(object["spec"]["request"].as_str().expect("it")).expect("base64");
                let seconds = object["spec"]["expirationSeconds"].as_i64();
                let pem = signer.sign(&request, seconds).expect("a certificate").concat();
                object["status"]["certificate"] = json!(STANDARD.encode(pem));
            }
        }
        (200, object.clone())
    })
}
