//! A client for two well-known interfaces: JSON over HTTPS, a CA of one's own, bounded in time and size.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use certgate_bindings::Bundle;
use serde_json::Value;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

use crate::input::read_file;
use crate::renewal::LoadedTarget;

/// How long one exchange may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Most bytes of an answer: a chain has a few thousand.
const LARGEST: u64 = 1 << 20;

/// A server, and how it is told who asks.
pub(super) struct Client {
    agent: ureq::Agent,
    base: String,
    headers: Vec<(&'static str, String)>,
}

/// What a server answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Client {
    /// A client of a server whose certificate verifies to the CA of a file, or to the roots of Mozilla without one.
    pub(super) fn new(
        target: &LoadedTarget,
        base: &str,
        ca_file: Option<&str>,
        headers: Vec<(&'static str, String)>,
    ) -> Result<Self, String> {
        if !base.starts_with("https://") && !is_loopback(base) {
            return Err(format!("{base} is not https, and tokens do not go over the network in clear"));
        }
        let roots: Vec<Certificate<'static>> = match ca_file {
            Some(file) => {
                let bytes = read_file(&target.path(file))?;
                let bundle = Bundle::parse(&bytes).map_err(|error| format!("{file}: {error}"))?;
                let owned = |der: &[u8]| Certificate::from_der(der).to_owned();
                bundle.certificates().iter().map(|certificate| owned(certificate.der())).collect()
            }
            None => webpki_root_certs::TLS_SERVER_ROOT_CERTS
                .iter()
                .map(|root| Certificate::from_der(root.as_ref()).to_owned())
                .collect(),
        };
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::new_with_certs(&roots))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = ureq::Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            // A redirection would take the token elsewhere.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build();
        Ok(Self { agent: config.new_agent(), base: base.trim_end_matches('/').to_owned(), headers })
    }

    /// Sends JSON.
    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Answer, String> {
        let url = format!("{}{path}", self.base);
        let mut request = self.agent.post(&url).header("content-type", "application/json");
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        answer(&url, request.send(body.to_string().as_bytes()))
    }

    /// Asks for JSON.
    pub(super) fn get(&self, path: &str) -> Result<Answer, String> {
        let url = format!("{}{path}", self.base);
        let mut request = self.agent.get(&url);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        answer(&url, request.call())
    }
}

fn answer(
    url: &str,
    result: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Answer, String> {
    let mut response = result.map_err(|error| format!("{url}: {error}"))?;
    let status = response.status().as_u16();
    let bytes = response
        .body_mut()
        .with_config()
        .limit(LARGEST)
        .read_to_vec()
        .map_err(|error| format!("{url}: {error}"))?;
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    if body.is_null() && (200..300).contains(&status) {
        return Err(format!("{url}: the answer is no JSON"));
    }
    Ok(Answer { status, body })
}

/// `http://` to this machine, as a development server has it.
fn is_loopback(base: &str) -> bool {
    let host = base.strip_prefix("http://").and_then(|rest| rest.split(['/', '?', '#']).next());
    let host = host.map(|host| match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    });
    matches!(host, Some("127.0.0.1" | "localhost" | "[::1]"))
}

/// The token of a file, without the line feed that editors add.
pub(super) fn token(path: &Path) -> Result<String, String> {
    let bytes = read_file(path)?;
    let text = String::from_utf8(bytes).map_err(|_| format!("{} is not UTF-8", path.display()))?;
    let token = text.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(format!("{} holds no token", path.display()));
    }
    Ok(token.to_owned())
}

/// One part of a path, percent-encoded (RFC 3986 2.1).
pub(super) fn segment(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
