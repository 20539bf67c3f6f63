//! Kubernetes objects that carry a certificate request: CertificateSigningRequest (certificates.k8s.io/v1) and
//! CertificateRequest (cert-manager.io/v1), as `kubectl get -o yaml` and `-o json` print them.

use std::collections::BTreeMap;

use base64::Engine;
use certgate::diagnostic::{Diagnostic, codes, quote};
use certgate::policy::document::DurationText;
use certgate::time::Duration;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::context::{ContextDocument, IssuerDocument, RequesterDocument};
use crate::document::{CodeFamily, SourceText, read_value};
use crate::error::{Error, ErrorKind};

mod duration;
mod tls_secret;

pub use duration::parse_duration;
pub use tls_secret::{NAME_ANNOTATIONS as SECRET_ANNOTATIONS, check_tls_secret};

/// The fact that holds the name of the object.
const NAME_FACT: &str = "requestName";

/// The signers of Kubernetes under which cert-manager offers its issuers: `issuers.cert-manager.io/NAMESPACE.NAME`.
const CERT_MANAGER_SIGNERS: [&str; 2] = ["issuers.cert-manager.io/", "clusterissuers.cert-manager.io/"];
/// What they read beside the `spec` of a CertificateSigningRequest.
const IS_CA_ANNOTATION: &str = "experimental.cert-manager.io/request-is-ca";
const DURATION_ANNOTATION: &str = "experimental.cert-manager.io/request-duration";

/// The annotations by which a CertificateSigningRequest asks something of an issuer of cert-manager.
pub const ISSUER_ANNOTATIONS: [&str; 2] = [IS_CA_ANNOTATION, DURATION_ANNOTATION];

/// Whether a signer of Kubernetes is an issuer of cert-manager.
pub fn is_issuer(signer_name: &str) -> bool {
    CERT_MANAGER_SIGNERS.iter().any(|domain| signer_name.starts_with(domain))
}

/// A request out of a Kubernetes object, with the context that the object gives.
#[derive(Clone, Debug, PartialEq)]
pub struct KubernetesRequest {
    /// Kind and name of the object: `CertificateSigningRequest/csr-1`.
    pub name: String,
    /// The bytes of `spec.request`: PEM.
    pub request: Vec<u8>,
    /// Requester, usages, lifetime, signer or issuer; the fact `requestName` is the name of the object.
    pub context: ContextDocument,
}

/// Whether a text looks like a Kubernetes object, so that [`read`] should have it.
pub fn looks_like_object(text: &str) -> bool {
    let has = |needle: &str| text.contains(needle);
    has("apiVersion")
        && has("kind")
        && !text.contains("-----BEGIN ")
        && (has("certificates.k8s.io") || has("cert-manager.io") || has("List"))
}

/// Reads one object, or the items of a List.
///
/// # Errors
/// `context/object`: text that is no such object, another kind, a request that is not base64.
pub fn read(text: &str) -> Result<Vec<KubernetesRequest>, Error> {
    read_items(text)?.into_iter().collect()
}

/// Reads one object, or the items of a List, each by itself: one that cannot be read keeps nobody from the others.
///
/// # Errors
/// `context/object`: text that is no such object. Of an item: another kind, a field of another type, a request that is not base64.
pub fn read_items(text: &str) -> Result<Vec<Result<KubernetesRequest, Error>>, Error> {
    each::<Object>(text)
}

/// A kind of object, which a List may hold.
trait Listed: DeserializeOwned {
    /// What is read of it.
    type Content;

    /// The kinds of its Lists.
    const LISTS: &'static [&'static str];

    fn kind(&self) -> &str;

    /// The items of a List, each read by itself.
    fn items(self) -> Vec<serde_json::Value>;

    fn content(self) -> Result<Self::Content, Box<Diagnostic>>;
}

fn each<O: Listed>(text: &str) -> Result<Vec<Result<O::Content, Error>>, Error> {
    let source = SourceText::new(text);
    let in_document = |error| Error::in_document(ErrorKind::Parse, &error, &source);
    let object: O = source.read(&CodeFamily::KUBERNETES).map_err(in_document)?;
    if !O::LISTS.contains(&object.kind()) {
        return Ok(vec![object.content().map_err(|diagnostic| in_document((*diagnostic).into()))]);
    }
    let item = |(index, value)| {
        let place = |error: certgate::diagnostic::Error| in_document(error.within(index).within("items"));
        let object: O = read_value(value, &CodeFamily::KUBERNETES).map_err(place)?;
        object.content().map_err(|diagnostic| place((*diagnostic).into()))
    };
    Ok(object.items().into_iter().enumerate().map(item).collect())
}

/// The certificates of a Secret of type `kubernetes.io/tls`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubernetesSecret {
    /// Kind, namespace and name of the object: `Secret/istio-system/gateway`.
    pub name: String,
    /// `tls.crt`: the certificate and its chain, PEM.
    pub certificate: Vec<u8>,
    /// `ca.crt`, if there.
    pub ca: Option<Vec<u8>>,
}

/// Whether a text looks like a Secret, so that [`read_secrets`] should have it.
pub fn looks_like_secret(text: &str) -> bool {
    text.contains("apiVersion") && text.contains("Secret") && text.contains("tls.crt")
}

/// Reads one Secret, or the items of a List, each by itself. Private keys are not looked at.
///
/// # Errors
/// `context/object`: text that is no object. Of an item: no `tls.crt`, or values that are not base64.
pub fn read_secrets(text: &str) -> Result<Vec<Result<KubernetesSecret, Error>>, Error> {
    each::<SecretObject>(text)
}

#[derive(Deserialize)]
#[serde(expecting = "an object of Kubernetes")]
struct SecretObject {
    kind: String,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    data: BTreeMap<String, String>,
    #[serde(default)]
    items: Vec<serde_json::Value>,
}

impl Listed for SecretObject {
    type Content = KubernetesSecret;

    const LISTS: &'static [&'static str] = &["List", "SecretList"];

    fn kind(&self) -> &str {
        &self.kind
    }

    fn items(self) -> Vec<serde_json::Value> {
        self.items
    }

    fn content(self) -> Result<KubernetesSecret, Box<Diagnostic>> {
        self.certificates()
    }
}

impl SecretObject {
    /// Kind, namespace and name of the object: `Secret/istio-system/gateway`.
    fn name(&self) -> String {
        let namespace = self.metadata.namespace.iter().map(|namespace| format!("{namespace}/"));
        format!("{}/{}{}", self.kind, namespace.collect::<String>(), self.metadata.name)
    }

    fn certificates(self) -> Result<KubernetesSecret, Box<Diagnostic>> {
        let field = |key: &'static str| match self.data.get(key) {
            None => Ok(None),
            Some(text) => base64::engine::general_purpose::STANDARD
                .decode(text.split_ascii_whitespace().collect::<String>())
                .map(Some)
                .map_err(|_| {
                    let message = format!("`data.{key}` is not base64");
                    Box::new(Diagnostic::new(codes::CONTEXT_OBJECT, message).at(["data", key]))
                }),
        };
        let certificate = field("tls.crt")?.ok_or_else(|| {
            let message = format!("the {} has no `data` of the name `tls.crt`", quote(&self.kind));
            Box::new(Diagnostic::new(codes::CONTEXT_OBJECT, message).at(["data"]))
        })?;
        Ok(KubernetesSecret { name: self.name(), certificate, ca: field("ca.crt")? })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object of Kubernetes")]
struct Object {
    #[serde(default)]
    api_version: String,
    kind: String,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    spec: Spec,
    #[serde(default)]
    items: Vec<serde_json::Value>,
}

impl Listed for Object {
    type Content = KubernetesRequest;

    const LISTS: &'static [&'static str] =
        &["List", "CertificateSigningRequestList", "CertificateRequestList"];

    fn kind(&self) -> &str {
        &self.kind
    }

    fn items(self) -> Vec<serde_json::Value> {
        self.items
    }

    fn content(self) -> Result<KubernetesRequest, Box<Diagnostic>> {
        self.request()
    }
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    name: String,
    #[serde(default)]
    namespace: Option<String>,
    #[serde(default)]
    annotations: Option<BTreeMap<String, String>>,
}

impl Metadata {
    fn annotation(&self, name: &str) -> Option<&str> {
        self.annotations.as_ref().and_then(|annotations| annotations.get(name)).map(String::as_str)
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    #[serde(default)]
    request: String,
    #[serde(default)]
    signer_name: Option<String>,
    #[serde(default)]
    issuer_ref: Option<IssuerRef>,
    #[serde(default)]
    expiration_seconds: Option<i64>,
    #[serde(default)]
    duration: Option<String>,
    #[serde(default, rename = "isCA")]
    is_ca: bool,
    #[serde(default)]
    usages: Vec<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    extra: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct IssuerRef {
    name: String,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    group: Option<String>,
}

impl Object {
    fn request(self) -> Result<KubernetesRequest, Box<Diagnostic>> {
        let group = self.api_version.split('/').next().unwrap_or_default();
        let is_cert_manager = match (group, self.kind.as_str()) {
            ("certificates.k8s.io", "CertificateSigningRequest") => false,
            ("cert-manager.io", "CertificateRequest") => true,
            _ => {
                let message = format!(
                    "the object is a {} of {}, which carries no certificate request",
                    quote(&self.kind),
                    quote(&self.api_version)
                );
                return Err(Box::new(
                    Diagnostic::new(codes::CONTEXT_OBJECT, message)
                        .at(["kind"])
                        .with_help("give a CertificateSigningRequest or a CertificateRequest"),
                ));
            }
        };
        let request = decode(&self.spec.request)?;
        let name = format!("{}/{}", self.kind, self.metadata.name);
        let context = self.context(is_cert_manager)?;
        Ok(KubernetesRequest { name, request, context })
    }

    fn context(self, is_cert_manager: bool) -> Result<ContextDocument, Box<Diagnostic>> {
        let duration = self.duration()?;
        let spec = self.spec;
        // An issuer of cert-manager that is asked as a signer of Kubernetes reads it beside `spec`.
        let annotated = spec.signer_name.as_deref().is_some_and(is_issuer);
        let is_ca =
            if annotated { self.metadata.annotation(IS_CA_ANNOTATION) == Some("true") } else { spec.is_ca };
        // cert-manager: a request without usages stands for these two.
        let usages = if is_cert_manager && spec.usages.is_empty() {
            vec!["digital signature".to_owned(), "key encipherment".to_owned()]
        } else {
            spec.usages
        };
        let parameters =
            (is_cert_manager || annotated).then(|| ("isCA".to_owned(), serde_json::Value::Bool(is_ca)));
        // What approver-policy calls `cr.name`. An object of which the API server is still to make the name has none.
        let name = Some(self.metadata.name).filter(|name| !name.is_empty());
        let facts = name.map(|name| (NAME_FACT.to_owned(), serde_json::Value::String(name)));
        Ok(ContextDocument {
            requester: spec.username.map(|username| RequesterDocument {
                username,
                groups: spec.groups,
                extra: spec.extra,
            }),
            namespace: self.metadata.namespace,
            signer_name: spec.signer_name,
            issuer: spec.issuer_ref.map(|issuer| IssuerDocument {
                name: issuer.name,
                kind: issuer.kind.unwrap_or_else(|| "Issuer".to_owned()),
                group: issuer.group.unwrap_or_else(|| "cert-manager.io".to_owned()),
            }),
            usages: Some(usages),
            duration,
            parameters: parameters.into_iter().collect(),
            facts: facts.into_iter().collect(),
            ..ContextDocument::default()
        })
    }
}

impl Object {
    /// The lifetime that is asked for. An issuer of cert-manager that is asked as a signer of Kubernetes prefers its annotation to
    /// `spec.expirationSeconds`.
    fn duration(&self) -> Result<Option<DurationText>, Box<Diagnostic>> {
        let spec = &self.spec;
        let is_annotated = spec.signer_name.as_deref().is_some_and(is_issuer);
        let annotation = self.metadata.annotation(DURATION_ANNOTATION).filter(|_| is_annotated);
        if let Some(text) = annotation {
            let duration = parse_duration(text).ok_or_else(|| {
                let message = format!("the annotation `{DURATION_ANNOTATION}` is no duration");
                Box::new(
                    Diagnostic::new(codes::CONTEXT_OBJECT, message)
                        .at(["metadata", "annotations", DURATION_ANNOTATION])
                        .with_help("write it as Go does, such as 24h or 1h30m"),
                )
            })?;
            return Ok(Some(DurationText(duration)));
        }
        let seconds = spec.expiration_seconds.map(Duration::from_seconds);
        let text = spec.duration.as_deref().map(parse_duration);
        match text.or(seconds) {
            None => Ok(None),
            Some(Some(duration)) => Ok(Some(DurationText(duration))),
            Some(None) => {
                let field = if text.is_some() { "duration" } else { "expirationSeconds" };
                let message = format!("`spec.{field}` is no duration");
                Err(Box::new(Diagnostic::new(codes::CONTEXT_OBJECT, message).at(["spec", field])))
            }
        }
    }
}

/// `spec.request` is base64 of a PEM text.
fn decode(text: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
    let compact: String = text.split_ascii_whitespace().collect();
    let fault = |message: &str| {
        Box::new(
            Diagnostic::new(codes::CONTEXT_OBJECT, message)
                .at(["spec", "request"])
                .with_help("put the PEM text in base64: `base64 -w0 request.csr`"),
        )
    };
    if compact.is_empty() {
        return Err(fault("`spec.request` is missing"));
    }
    base64::engine::general_purpose::STANDARD
        .decode(&compact)
        .map_err(|_| fault("`spec.request` is not base64"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(kind: &str, metadata: &str) -> BTreeMap<String, serde_json::Value> {
        let text = format!(
            r#"{{ "apiVersion": "{kind}", "metadata": {metadata}, "spec": {{ "request": "QUFBQQ==" }} }}"#
        );
        let mut objects = read(&text).expect("an object");
        objects.remove(0).context.facts
    }

    #[test]
    fn the_name_of_the_object_is_a_fact() {
        let kinds = [
            r#"certificates.k8s.io/v1", "kind": "CertificateSigningRequest"#,
            r#"cert-manager.io/v1", "kind": "CertificateRequest"#,
        ];
        for kind in kinds {
            let named = facts(kind, r#"{ "name": "web-1", "namespace": "shop" }"#);
            assert_eq!(named.get(NAME_FACT), Some(&"web-1".into()));
            // The API server is still to make the name.
            assert!(facts(kind, r#"{ "generateName": "web-" }"#).is_empty());
        }
    }
    /// The context of a CertificateSigningRequest with both annotations.
    fn annotated(signer: &str, annotations: &str) -> Result<ContextDocument, Error> {
        let text = format!(
            r#"{{ "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
                "metadata": {{ "name": "a", "annotations": {annotations} }},
                "spec": {{ "request": "QUFBQQ==", "signerName": "{signer}", "expirationSeconds": 3600 }} }}"#
        );
        read(&text).map(|mut objects| objects.remove(0).context)
    }

    #[test]
    fn what_an_issuer_reads_beside_the_spec_is_read() {
        let both = format!(r#"{{ "{IS_CA_ANNOTATION}": "true", "{DURATION_ANNOTATION}": "87600h" }}"#);
        let seconds = |context: &ContextDocument| context.duration.as_ref().map(|text| text.0.as_seconds());
        for signer in ["issuers.cert-manager.io/shop.internal", "clusterissuers.cert-manager.io/internal"] {
            let context = annotated(signer, &both).expect("a context");
            assert_eq!(seconds(&context), Some(87_600 * 3_600), "{signer}");
            assert_eq!(context.parameters.get("isCA"), Some(&true.into()), "{signer}");
            let context = annotated(signer, "null").expect("a context");
            assert_eq!(seconds(&context), Some(3_600));
            assert_eq!(context.parameters.get("isCA"), Some(&false.into()));
            let fault = annotated(signer, &format!(r#"{{ "{DURATION_ANNOTATION}": "-1h" }}"#));
            assert!(fault.is_err_and(|fault| fault.to_string().contains("is no duration")));
        }
        // Others do not look at them.
        let context = annotated("example.com/internal", &both).expect("a context");
        assert_eq!((seconds(&context), context.parameters.get("isCA")), (Some(3_600), None));
    }
}
