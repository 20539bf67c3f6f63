//! Secrets of type kubernetes.io/tls: whether key, certificate, names, time and path fit together.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use certgate::certificate::Certificate as CoreCertificate;
use certgate::content::{ContentKind, decode_text};
use certgate::crypto::{PrivateKey, Signer};
use certgate::diagnostic::{Diagnostic, codes, quote};
use certgate::limits::Limits;
use certgate::pem;
use certgate::time::Timestamp;
use serde::Deserialize;

use crate::document::{CodeFamily, SourceText};
use crate::error::{Error, ErrorKind};
use crate::verify::{Certificate, Evidence, Verifier, VerifyDocument};
use crate::view::DiagnosticView;

/// The type of the Secrets that are looked at.
const TYPE: &str = "kubernetes.io/tls";

/// Where cert-manager writes the names that a certificate was asked for; comma-separated.
pub const NAME_ANNOTATIONS: [&str; 2] = ["cert-manager.io/alt-names", "cert-manager.io/ip-sans"];

/// What is wrong with a Secret in JSON or YAML, sorted by path and code; `None` for Secrets of another type.
///
/// The private key must belong to the certificate, the certificate must be valid at `at` and be for the names that
/// cert-manager wrote beside it. With a `verifier` there must be a path to one of its anchors, for any purpose.
///
/// # Errors
/// `context/object`, `context/syntax`: text that is no Secret, values that are not base64.
pub fn check_tls_secret(
    text: &str,
    at: Timestamp,
    verifier: Option<&Verifier>,
) -> Result<Option<Vec<DiagnosticView>>, Error> {
    let source = SourceText::new(text);
    let in_document = |error| Error::in_document(ErrorKind::Parse, &error, &source);
    let secret: Secret = source.read(&CodeFamily::KUBERNETES).map_err(in_document)?;
    if secret.kind != "Secret" || secret.type_ != TYPE {
        return Ok(None);
    }
    let field = |key: &'static str| secret.field(key).map_err(|diagnostic| in_document((*diagnostic).into()));
    let (certificate, key) = (field("tls.crt")?, field("tls.key")?);
    let mut found = Found::default();
    let chain = found.chain(&certificate);
    let key = found.key(&key);
    if let Some((leaf, presented)) = chain.as_deref().and_then(<[_]>::split_first) {
        if key.is_some_and(|key| key.public_key().der() != leaf.public_key().der()) {
            let message = "the private key does not belong to the certificate";
            found.add("tls.key", Diagnostic::new(codes::KEY_MISMATCH, message));
        }
        let leaf = Certificate::from(Arc::clone(leaf));
        let names = secret.names();
        found.names(&leaf, &names);
        match verifier {
            Some(verifier) => found.path(verifier, &leaf, presented, at)?,
            None => found.time(leaf.as_core(), at),
        }
    }
    Diagnostic::sort(&mut found.diagnostics);
    Ok(Some(found.diagnostics.iter().map(DiagnosticView::new).collect()))
}

#[derive(Deserialize)]
struct Secret {
    kind: String,
    #[serde(default, rename = "type")]
    type_: String,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    data: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

impl Secret {
    fn field(&self, key: &'static str) -> Result<Vec<u8>, Box<Diagnostic>> {
        let fault =
            |message: String| Box::new(Diagnostic::new(codes::CONTEXT_OBJECT, message).at(["data", key]));
        let text = self
            .data
            .get(key)
            .ok_or_else(|| fault(format!("the Secret has no `data` of the name {}", quote(key))))?;
        base64::engine::general_purpose::STANDARD
            .decode(text.split_ascii_whitespace().collect::<String>())
            .map_err(|_| fault(format!("`data.{key}` is not base64")))
    }

    fn names(&self) -> Vec<String> {
        let listed = NAME_ANNOTATIONS.iter().filter_map(|name| self.metadata.annotations.get(*name));
        listed
            .flat_map(|list| list.split(','))
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

#[derive(Default)]
struct Found {
    diagnostics: Vec<Diagnostic>,
}

impl Found {
    fn add(&mut self, key: &'static str, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic.within(key).within("data"));
    }

    fn add_error(&mut self, key: &'static str, error: &certgate::diagnostic::Error) {
        for diagnostic in error.diagnostics() {
            self.add(key, diagnostic.clone());
        }
    }

    /// The certificates of `tls.crt`, leaf first. Unlike a bundle it may hold nothing that cannot be read.
    fn chain(&mut self, bytes: &[u8]) -> Option<Vec<Arc<CoreCertificate>>> {
        match certgate::chain::read(bytes) {
            Ok(contents) => {
                for finding in contents.findings {
                    self.add("tls.crt", finding);
                }
                if contents.certificates.is_empty() && self.diagnostics.is_empty() {
                    let message = "`tls.crt` holds no certificate";
                    self.add("tls.crt", Diagnostic::new(codes::INPUT_OTHER_CONTENT, message));
                }
                Some(contents.certificates)
            }
            Err(error) => {
                self.add_error("tls.crt", &error);
                None
            }
        }
    }

    fn key(&mut self, bytes: &[u8]) -> Option<PrivateKey> {
        match private_key(bytes) {
            Ok(key) => Some(key),
            Err(error) => {
                self.add_error("tls.key", &error);
                None
            }
        }
    }

    fn names(&mut self, leaf: &Certificate, names: &[String]) {
        for name in names.iter().filter(|name| !leaf.is_for(name).is_ok_and(|is| is)) {
            let message = format!("the certificate is not for {}", quote(name));
            self.add(
                "tls.crt",
                Diagnostic::new(codes::VERIFY_NAME_MISMATCH, message).with_found(name.as_str()),
            );
        }
    }

    fn time(&mut self, leaf: &CoreCertificate, at: Timestamp) {
        let validity = leaf.validity();
        let (code, message) = if at < validity.not_before {
            (
                codes::VERIFY_NOT_YET_VALID,
                format!("the certificate is valid only from {}", validity.not_before),
            )
        } else if !validity.contains(at) {
            (codes::VERIFY_EXPIRED, format!("the certificate expired at {}", validity.not_after))
        } else {
            return;
        };
        self.add("tls.crt", Diagnostic::new(code, message));
    }

    fn path(
        &mut self,
        verifier: &Verifier,
        leaf: &Certificate,
        presented: &[Arc<CoreCertificate>],
        at: Timestamp,
    ) -> Result<(), Error> {
        let document = VerifyDocument { purpose: Some("any".to_owned()), ..VerifyDocument::default() };
        if let Err(error) = verifier.verify(leaf, presented, at, &document, &Evidence::default())? {
            for reason in error.reasons() {
                self.add("tls.crt", reason.clone());
            }
        }
        Ok(())
    }
}

/// The one private key of a PEM text.
fn private_key(bytes: &[u8]) -> Result<PrivateKey, certgate::diagnostic::Error> {
    let limits = Limits::default();
    let text = decode_text(bytes, &limits)?;
    let block =
        pem::blocks(text, &limits)?.into_iter().find(|block| ContentKind::of_block(block).is_secret());
    let block = block
        .ok_or_else(|| Diagnostic::new(codes::KEY_PRIVATE_KEY, "`tls.key` holds no private key in PEM"))?;
    PrivateKey::from_der(&block.decode()?.octets)
}
