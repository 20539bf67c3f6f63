//! Which question an admission request puts: what kind of object it is, and what is about to happen to it.

use certgate_bindings::kubernetes::{ISSUER_ANNOTATIONS, SECRET_ANNOTATIONS, is_issuer};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::review::{AdmissionRequest, GroupVersionKind};

mod same;
pub(crate) mod size;

use same::{is_approved, is_same, named};

/// What has to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Nothing: nothing comes in, or nothing of it is ours.
    Nothing,
    /// A certificate request that its sender brings, or whose spec the sender changes.
    NewRequest,
    /// A stored certificate request that is being approved, or whose annotations ask for something else.
    StoredRequest,
    /// An object for which cert-manager will make a request.
    Certificate,
    /// An object for whose listeners it will make some.
    Gateway,
    /// A Secret.
    Secret,
    /// An object of a kind that certgate does not know.
    UnknownKind,
}

/// A kind that carries a certificate request, and the subresource by which it is approved.
struct RequestKind {
    group: &'static str,
    kind: &'static str,
    approval: &'static str,
}

const REQUEST_KINDS: [RequestKind; 2] = [
    RequestKind { group: "certificates.k8s.io", kind: "CertificateSigningRequest", approval: "approval" },
    RequestKind { group: "cert-manager.io", kind: "CertificateRequest", approval: "status" },
];

/// The parts of an object that say whether it has been approved or changed. They stay text: of two objects with 3 MiB each, trees
/// would take more than there is.
#[derive(Default, Deserialize)]
struct Stored<'a> {
    #[serde(borrow, default)]
    metadata: Annotated<'a>,
    #[serde(borrow, default)]
    spec: Option<&'a RawValue>,
    /// Of a Secret.
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(default)]
    status: StoredStatus,
}

#[derive(Default, Deserialize)]
struct Annotated<'a> {
    #[serde(borrow, default)]
    annotations: Option<&'a RawValue>,
    #[serde(default, rename = "deletionTimestamp")]
    deletion_timestamp: Option<String>,
}

#[derive(Default, Deserialize)]
struct StoredStatus {
    #[serde(default, rename = "conditions", deserialize_with = "is_approved")]
    is_approved: bool,
}

impl<'a> Stored<'a> {
    /// What the annotations ask of an issuer of cert-manager, if it is one.
    fn asks_issuer(&self) -> Option<[Option<&'a RawValue>; 2]> {
        let [signer] = named(self.spec, ["signerName"]);
        let signer: String = serde_json::from_str(signer?.get()).ok()?;
        is_issuer(&signer).then(|| self.annotated(ISSUER_ANNOTATIONS))
    }

    fn annotated<const N: usize>(&self, names: [&str; N]) -> [Option<&'a RawValue>; N] {
        named(self.metadata.annotations, names)
    }
}

fn are_same<const N: usize>(one: [Option<&RawValue>; N], other: [Option<&RawValue>; N]) -> bool {
    one.into_iter().zip(other).all(|(one, other)| is_same(one, other))
}

/// The question that a request puts.
///
/// # Errors
/// An object whose spec or status cannot be read, in one sentence.
pub(crate) fn question(request: &AdmissionRequest<'_>) -> Result<Question, String> {
    let GroupVersionKind { group, version, kind } = &request.kind;
    let comes_in = matches!(request.operation.as_str(), "CREATE" | "UPDATE");
    if !comes_in {
        return Ok(Question::Nothing);
    }
    let is_created = request.operation == "CREATE";
    let subresource = request.sub_resource.as_deref().unwrap_or_default();
    if (group.as_str(), version.as_str(), kind.as_str()) == ("", "v1", "Secret") {
        return Ok(if is_created || is_changed_secret(request)? {
            Question::Secret
        } else {
            Question::Nothing
        });
    }
    let early = match (group.as_str(), kind.as_str(), version.as_str()) {
        ("cert-manager.io", "Certificate", "v1") => Some(Question::Certificate),
        ("gateway.networking.k8s.io", "Gateway", "v1" | "v1beta1") => Some(Question::Gateway),
        _ => None,
    };
    if let Some(question) = early {
        let is_asked = subresource.is_empty() && (is_created || is_changed(request, question)?);
        return Ok(if is_asked { question } else { Question::Nothing });
    }
    let known = REQUEST_KINDS.iter().find(|known| known.group == group && known.kind == kind);
    let Some(known) = known.filter(|_| version == "v1") else { return Ok(Question::UnknownKind) };
    if is_created && subresource.is_empty() {
        return Ok(Question::NewRequest);
    }
    let (new, old) = (stored(request.object, "object")?, stored(request.old_object, "oldObject")?);
    let is_newly_approved =
        subresource == known.approval && new.status.is_approved && !old.status.is_approved;
    // NOTE: the API server keeps spec of a CertificateSigningRequest as it is, and cert-manager's webhook that of a
    // CertificateRequest; where that webhook is absent, a changed spec is a new request, and whoever changes it brings it.
    let asks_the_same = || match (new.asks_issuer(), old.asks_issuer()) {
        (Some(new), Some(old)) => are_same(new, old),
        (new, old) => new.is_none() && old.is_none(),
    };
    if !is_same(new.spec, old.spec) {
        Ok(Question::NewRequest)
    } else if is_newly_approved || !asks_the_same() {
        Ok(Question::StoredRequest)
    } else {
        Ok(Question::Nothing)
    }
}

/// Whether an object is new, or says something else than before; Gateways say it in annotations too.
fn is_changed(request: &AdmissionRequest<'_>, question: Question) -> Result<bool, String> {
    let (new, old) = (stored(request.object, "object")?, stored(request.old_object, "oldObject")?);
    Ok(!is_same(new.spec, old.spec)
        || (question == Question::Gateway && !is_same(new.metadata.annotations, old.metadata.annotations)))
}

/// Whether a Secret says something else than before. One that is as it was is nobody's fault who writes a label, and one that
/// is being deleted must lose its finalizers.
fn is_changed_secret(request: &AdmissionRequest<'_>) -> Result<bool, String> {
    let (new, old) = (stored(request.object, "object")?, stored(request.old_object, "oldObject")?);
    let is_as_it_was = are_same([new.data, new.kind], [old.data, old.kind])
        && are_same(new.annotated(SECRET_ANNOTATIONS), old.annotated(SECRET_ANNOTATIONS));
    Ok(!is_as_it_was && new.metadata.deletion_timestamp.is_none())
}

fn stored<'a>(object: Option<&'a RawValue>, name: &str) -> Result<Stored<'a>, String> {
    match object {
        None => Ok(Stored::default()),
        Some(object) => {
            serde_json::from_str(object.get()).map_err(|error| format!("`{name}` cannot be read: {error}"))
        }
    }
}

/// The word of metrics for a kind.
#[cfg(feature = "server")]
pub(crate) fn resource(kind: &GroupVersionKind) -> &'static str {
    match (kind.group.as_str(), kind.kind.as_str()) {
        ("certificates.k8s.io", "CertificateSigningRequest") => "certificatesigningrequests",
        ("cert-manager.io", "CertificateRequest") => "certificaterequests",
        ("cert-manager.io", "Certificate") => "certificates",
        ("gateway.networking.k8s.io", "Gateway") => "gateways",
        ("", "Secret") => "secrets",
        _ => "other",
    }
}

/// The word of metrics for a signer: the ones of Kubernetes by name; users can invent others without end.
#[cfg(feature = "server")]
pub(crate) fn signer(signer_name: Option<&str>) -> &'static str {
    const KNOWN: [&str; 4] = [
        "kubernetes.io/kube-apiserver-client",
        "kubernetes.io/kube-apiserver-client-kubelet",
        "kubernetes.io/kubelet-serving",
        "kubernetes.io/legacy-unknown",
    ];
    match signer_name {
        None => "none",
        Some(name) => KNOWN.iter().find(|known| **known == name).copied().unwrap_or("other"),
    }
}
