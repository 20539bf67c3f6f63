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

/// The usage that cert-manager adds to those of a CA.
pub const CERT_SIGN: &str = "cert sign";

/// The group of cert-manager's own issuers.
const CERT_MANAGER: &str = "cert-manager.io";
/// The signers of kube-controller-manager.
const KUBERNETES_SIGNERS: &str = "kubernetes.io/";
/// The lifetime that cert-manager gives where none is asked for: 2160h.
const CERT_MANAGER_DURATION: Duration = Duration::from_days(90);
/// `--cluster-signing-duration` of kube-controller-manager, unless it is set: 8760h.
pub const CLUSTER_SIGNING_DURATION: Duration = Duration::from_days(365);

/// The lifetime that the signer gives where none is asked for; of signers that are not known nothing is. `cluster_signing` is
/// `--cluster-signing-duration` of kube-controller-manager, which is also the longest that it gives.
pub fn default_duration(context: &ContextDocument, cluster_signing: Duration) -> Option<DurationText> {
    let signer = context.signer_name.as_deref().unwrap_or_default();
    let is_own = context.issuer.as_ref().is_some_and(|issuer| issuer.group == CERT_MANAGER);
    if is_own || is_issuer(signer) {
        Some(DurationText(CERT_MANAGER_DURATION))
    } else {
        signer.starts_with(KUBERNETES_SIGNERS).then_some(DurationText(cluster_signing))
    }
}

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

/// The certificates of a Secret: of type `kubernetes.io/tls`, or in a layout of Istio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubernetesSecret {
    /// Kind, namespace and name of the object: `Secret/istio-system/gateway`.
    pub name: String,
    /// The certificate and its chain, PEM.
    pub certificate: Vec<u8>,
    /// The field of `data` that begins with the certificate: `tls.crt`, `cert`, `ca-cert.pem` or `cert-chain.pem`.
    pub field: &'static str,
    /// Who is trusted, if there: PEM.
    pub ca: Option<Vec<u8>>,
    /// The field of `data` with who is trusted: `ca.crt`, `cacert` or `root-cert.pem`.
    pub ca_field: &'static str,
}

impl KubernetesSecret {
    /// The name, and behind it the field unless that is `tls.crt`: `Secret/istio-system/gateway, cert`.
    pub fn full_name(&self) -> String {
        match self.field {
            "tls.crt" => self.name.clone(),
            field => format!("{}, {field}", self.name),
        }
    }
}

/// Where a Secret has its certificates. Private keys are under other keys, and are not looked at.
struct SecretLayout {
    /// The certificate, first that of the subject; in order, those that are there.
    certificate: &'static [&'static str],
    ca: &'static str,
}

/// `kubernetes.io/tls`; gateways of Istio; `cacerts` and `istio-ca-secret` of istiod, and its `istio.io/key-and-cert`.
const SECRET_LAYOUTS: [SecretLayout; 3] = [
    SecretLayout { certificate: &["tls.crt"], ca: "ca.crt" },
    SecretLayout { certificate: &["cert"], ca: "cacert" },
    SecretLayout { certificate: &["ca-cert.pem", "cert-chain.pem"], ca: "root-cert.pem" },
];

/// Whether a text looks like a Secret, so that [`read_secrets`] should have it.
pub fn looks_like_secret(text: &str) -> bool {
    let is_kind = |rest: &str| {
        let value = rest
            .trim_start_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '"' | '\'' | '\\' | ':'));
        value
            .strip_prefix("Secret")
            .map(|rest| rest.strip_prefix("List").unwrap_or(rest))
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    text.contains("apiVersion")
        && text.contains("Secret")
        && (text.contains("tls.crt") || text.split("kind").skip(1).any(is_kind))
}

/// Reads one Secret, or the items of a List, each by itself. Private keys are not looked at.
///
/// # Errors
/// `context/object`: text that is no object. Of an item: no field with a certificate, or values that are not base64.
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
        // istiod keeps empty fields for what it does not have.
        let field = |key: &'static str| match self.data.get(key).filter(|text| !text.trim().is_empty()) {
            None => Ok(None),
            Some(text) => base64::engine::general_purpose::STANDARD
                .decode(text.split_ascii_whitespace().collect::<String>())
                .map(Some)
                .map_err(|_| {
                    let message = format!("`data.{key}` is not base64");
                    Box::new(Diagnostic::new(codes::CONTEXT_OBJECT, message).at(["data", key]))
                }),
        };
        for layout in &SECRET_LAYOUTS {
            let mut found: Option<(&'static str, Vec<u8>)> = None;
            for key in layout.certificate {
                match (field(key)?, &mut found) {
                    (Some(bytes), None) => found = Some((key, bytes)),
                    // A text need not end with a line feed.
                    (Some(bytes), Some((_, all))) => {
                        all.push(b'\n');
                        all.extend(bytes);
                    }
                    (None, _) => {}
                }
            }
            if let Some((key, certificate)) = found {
                let (name, ca) = (self.name(), field(layout.ca)?);
                return Ok(KubernetesSecret { name, certificate, field: key, ca, ca_field: layout.ca });
            }
        }
        let fields = SECRET_LAYOUTS.iter().flat_map(|layout| layout.certificate);
        let fields: Vec<String> = fields.map(|key| format!("`{key}`")).collect();
        let message = format!("the {} has no `data` of the name {}", quote(&self.kind), fields.join(" or "));
        Err(Box::new(Diagnostic::new(codes::CONTEXT_OBJECT, message).at(["data"])))
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
        // cert-manager: a request without usages stands for these two, and one for a CA asks for a third.
        check_usages(&spec.usages).map_err(|diagnostic| Box::new(diagnostic.at(["spec", "usages"])))?;
        let mut usages = spec.usages;
        if is_cert_manager && usages.is_empty() {
            usages.extend(["digital signature", "key encipherment"].map(str::to_owned));
        }
        if is_cert_manager && is_ca && !usages.iter().any(|usage| usage == CERT_SIGN) {
            usages.push(CERT_SIGN.to_owned());
        }
        let parameters =
            (is_cert_manager || annotated).then(|| ("isCA".to_owned(), serde_json::Value::Bool(is_ca)));
        // What approver-policy calls `cr.name`. An object of which the API server is still to make the name has none.
        let name = Some(self.metadata.name).filter(|name| !name.is_empty());
        let facts = name.map(|name| (NAME_FACT.to_owned(), serde_json::Value::String(name)));
        let context = ContextDocument {
            requester: spec.username.map(|username| RequesterDocument {
                username,
                groups: spec.groups,
                extra: spec.extra,
            }),
            namespace: self.metadata.namespace,
            signer_name: spec.signer_name,
            issuer: spec.issuer_ref.map(|issuer| IssuerDocument {
                name: issuer.name,
                kind: given(issuer.kind).unwrap_or_else(|| "Issuer".to_owned()),
                group: given(issuer.group).unwrap_or_else(|| CERT_MANAGER.to_owned()),
            }),
            usages: Some(usages),
            duration,
            parameters: parameters.into_iter().collect(),
            facts: facts.into_iter().collect(),
            as_requested: Some(true),
            ..ContextDocument::default()
        };
        let default_duration = default_duration(&context, CLUSTER_SIGNING_DURATION);
        Ok(ContextDocument { default_duration, ..context })
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

/// Most usages of one request: there are fewer words for them.
const USAGES: usize = 64;

/// Refuses a list of usages that names more than there are.
///
/// # Errors
/// `context/object`, without a place.
pub fn check_usages(usages: &[String]) -> Result<(), Diagnostic> {
    if usages.len() <= USAGES {
        return Ok(());
    }
    let message = format!("there are {} usages, more than {USAGES}", usages.len());
    Err(Diagnostic::new(codes::CONTEXT_OBJECT, message).with_help("name each usage once"))
}

/// A text that is given; cert-manager reads an empty one as one that is left out.
pub fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
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
    fn usages_are_bounded() {
        let object = |count: usize| {
            let usages = vec!["\"any\""; count].join(",");
            let text = format!(
                r#"{{ "apiVersion": "cert-manager.io/v1", "kind": "CertificateRequest",
                    "spec": {{ "request": "QUFBQQ==", "usages": [{usages}] }} }}"#
            );
            read(&text)
        };
        assert!(object(USAGES).is_ok());
        let fault = object(USAGES + 1).expect_err("too many");
        assert_eq!(fault.diagnostics()[0].code, "context/object");
        assert!(fault.to_string().contains("65 usages, more than 64"), "{fault}");
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
