//! A small API server: lists in pages, watches, writes with versions, forbids what a test forbids. Over real TLS, with a token.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::store::{Refusal, Store, refusal};

pub(crate) const TOKEN: &str = "a-token-of-a-service-account";

/// A running API server. Clones are the same server.
#[derive(Clone)]
pub(crate) struct Stub {
    store: Arc<Mutex<Store>>,
    /// Grows with each change; watches wait for it.
    ticks: watch::Sender<u64>,
    /// Grows when all open watches are to end.
    cuts: watch::Sender<u64>,
    pub(crate) address: String,
    pub(crate) ca: String,
}

impl Stub {
    pub(crate) async fn start() -> Self {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut params = rcgen::CertificateParams::new(["127.0.0.1".to_owned()]).expect("a name");
        params.distinguished_name = rcgen::DistinguishedName::new();
        let certificate = params.self_signed(&key).expect("a certificate");
        let private = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("versions")
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], private)
                .expect("a pair");
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let stub = Self {
            store: Arc::default(),
            ticks: watch::channel(0).0,
            cuts: watch::channel(0).0,
            address,
            ca: certificate.pem(),
        };
        let router = axum::Router::new().fallback(answer).with_state(stub.clone());
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, router) = (acceptor.clone(), router.clone());
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let service = TowerToHyperService::new(router);
                    let builder = Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        stub
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().expect("the store")
    }

    /// Stores an object and tells the watches.
    pub(crate) fn put(&self, resource: &str, object: Value) -> Value {
        let stored = self.store().put(resource, object);
        self.tick();
        stored
    }

    pub(crate) fn tick(&self) {
        self.ticks.send_modify(|tick| *tick += 1);
    }

    /// Ends all open watches; with `forget`, the versions that they were at are too old.
    pub(crate) fn cut_watches(&self, forget: Forget) {
        if matches!(forget, Forget::Versions) {
            let mut store = self.store();
            store.oldest = store.version() + 1;
        }
        self.cuts.send_modify(|cut| *cut += 1);
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Forget {
    Nothing,
    Versions,
}

/// Where a call goes.
struct Target {
    namespace: Option<String>,
    resource: String,
    name: Option<String>,
    subresource: Option<String>,
}

impl Target {
    fn new(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let rest = match parts.as_slice() {
            ["api", "v1", rest @ ..] => rest,
            ["apis", _, "v1", rest @ ..] => rest,
            _ => return None,
        };
        let (namespace, rest) = match rest {
            ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Some(*namespace), rest),
            rest => (None, rest),
        };
        let text = |at: usize| rest.get(at).map(|part| (*part).to_owned());
        Some(Self {
            namespace: namespace.map(str::to_owned),
            resource: text(0)?,
            name: text(1),
            subresource: text(2),
        })
    }

    fn key(&self) -> String {
        let name = self.name.clone().unwrap_or_default();
        self.namespace.as_ref().map_or(name.clone(), |namespace| format!("{namespace}/{name}"))
    }
}

async fn answer(State(stub): State<Stub>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let authorised = format!("Bearer {TOKEN}");
    if parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) != Some(&authorised) {
        return refused(refusal(401, "Unauthorized", "Unauthorized"));
    }
    let Some(target) = Target::new(parts.uri.path()) else {
        return refused(refusal(404, "NotFound", "no such path"));
    };
    let query: Vec<(String, String)> = parts
        .uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    let asked = |key: &str| query.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
    let is_watch = asked("watch").is_some_and(|value| value == "true");
    let verb = match (&parts.method, &target.name) {
        (&Method::GET, Some(_)) => "get",
        (&Method::GET, None) if is_watch => "watch",
        (&Method::GET, None) => "list",
        (&Method::POST, _) => "create",
        (&Method::PUT, _) => "update",
        _ => return refused(refusal(405, "MethodNotAllowed", "not here")),
    };
    let body = body.collect().await.expect("a body").to_bytes();
    let of = target
        .subresource
        .as_ref()
        .map_or(target.resource.clone(), |sub| format!("{}/{sub}", target.resource));
    let call = format!("{verb} {of}");
    {
        let mut store = stub.store();
        store.calls.push(call.clone());
        if !store.may(&call) {
            let message = format!("{of} is forbidden: User \"approver\" cannot {verb} resource");
            return refused(refusal(403, "Forbidden", &message));
        }
        if store.absent.contains(&target.resource) {
            return refused(refusal(404, "NotFound", "the server could not find the requested resource"));
        }
    }
    let version = asked("resourceVersion").and_then(|text| text.parse().ok()).unwrap_or_default();
    let object = || serde_json::from_slice(&body).expect("JSON");
    let result = match verb {
        "watch" if version < stub.store().unknown => {
            Err(refusal(500, "InternalError", "etcdserver: mvcc: required revision is a future revision"))
        }
        "watch" => return follow(&stub, &target.resource, version),
        "list" => list(&stub.store(), &target, asked("limit"), asked("continue")),
        "get" => stub
            .store()
            .get(&target.resource, &target.key())
            .cloned()
            .ok_or_else(|| refusal(404, "NotFound", "there is no such object")),
        // What the account may do is what the store lets through.
        "create" if target.resource == "selfsubjectaccessreviews" => {
            let mut review: Value = object();
            let asked = review["spec"]["resourceAttributes"].clone();
            let text = |key: &str| asked[key].as_str().unwrap_or_default().to_owned();
            let slash = if text("subresource").is_empty() { "" } else { "/" };
            let named = if text("name").is_empty() { String::new() } else { format!(" {}", text("name")) };
            // Those that are about one object are told apart by group and namespace too.
            let whose = match (text("resource").as_str(), text("namespace").as_str()) {
                ("signers", _) => format!(" of {}", text("group")),
                (_, "") => String::new(),
                (_, namespace) => format!(" in {namespace}"),
            };
            let right =
                format!("{} {}{slash}{}{named}{whose}", text("verb"), text("resource"), text("subresource"));
            review["status"] = json!({ "allowed": stub.store().may(&right) });
            Ok(review)
        }
        "create" => stub.store().create(&target.resource, target.namespace.as_deref(), object()),
        _ => stub.store().replace(&target.resource, target.subresource.as_deref(), &target.key(), object()),
    };
    stub.tick();
    match result {
        Ok(object) => json_body(StatusCode::OK, &object),
        Err(refusal) => refused(refusal),
    }
}

fn refused((code, status): Refusal) -> Response {
    json_body(StatusCode::from_u16(code).expect("a code"), &status)
}

fn json_body(code: StatusCode, value: &Value) -> Response {
    (code, [(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// A page of a list. Items come without their kind, as the API server gives those of its own types.
fn list(
    store: &Store,
    target: &Target,
    limit: Option<String>,
    from: Option<String>,
) -> Result<Value, Refusal> {
    let from: usize = from.and_then(|text| text.parse().ok()).unwrap_or_default();
    let asked: usize = limit.and_then(|text| text.parse().ok()).unwrap_or(usize::MAX);
    let limit = asked.min(store.page.unwrap_or(usize::MAX));
    let all = store.all(&target.resource);
    let mut items: Vec<Value> = all.iter().skip(from).take(limit).map(|object| (*object).clone()).collect();
    for item in &mut items {
        item.as_object_mut().expect("an object").retain(|key, _| key != "kind" && key != "apiVersion");
    }
    let next = from + items.len();
    let token = if next < all.len() { next.to_string() } else { String::new() };
    let metadata = json!({ "resourceVersion": store.version().to_string(), "continue": token });
    Ok(json!({ "kind": "List", "apiVersion": "v1", "metadata": metadata, "items": items }))
}

/// A watch: a line for each change, until it is cut.
fn follow(stub: &Stub, resource: &str, version: u64) -> Response {
    struct Place {
        stub: Stub,
        resource: String,
        version: u64,
        ticks: watch::Receiver<u64>,
        cuts: watch::Receiver<u64>,
        is_over: bool,
    }
    let place = Place {
        stub: stub.clone(),
        resource: resource.to_owned(),
        version,
        ticks: stub.ticks.subscribe(),
        cuts: stub.cuts.subscribe(),
        is_over: false,
    };
    let lines = stream::unfold(place, |mut place| async move {
        loop {
            if place.is_over {
                return None;
            }
            let (oldest, changes) = {
                let store = place.stub.store();
                (store.oldest, store.changes_after(&place.resource, place.version))
            };
            if place.version < oldest {
                place.is_over = true;
                let (_, status) = refusal(410, "Expired", "too old resource version");
                let line = format!("{}\n", json!({ "type": "ERROR", "object": status }));
                return Some((Ok::<_, Infallible>(line), place));
            }
            if let Some((last, _)) = changes.last() {
                place.version = *last;
                let lines: String = changes.iter().map(|(_, event)| format!("{event}\n")).collect();
                return Some((Ok(lines), place));
            }
            tokio::select! {
                _ = place.ticks.changed() => {}
                _ = place.cuts.changed() => place.is_over = true,
            }
        }
    });
    ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(lines)).into_response()
}
