//! The kinds of objects that are approved, and how each is.

use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use serde_json::{Value, json};

/// A kind that carries a certificate request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// CertificateSigningRequest (certificates.k8s.io/v1); cluster-scoped.
    SigningRequest,
    /// CertificateRequest (cert-manager.io/v1); in a namespace.
    CertificateRequest,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::SigningRequest, Self::CertificateRequest];

    /// The resource, as the client asks for it.
    pub(crate) fn resource(self) -> ApiResource {
        let (group, kind) = match self {
            Self::SigningRequest => ("certificates.k8s.io", "CertificateSigningRequest"),
            Self::CertificateRequest => ("cert-manager.io", "CertificateRequest"),
        };
        ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, "v1", kind), self.plural())
    }

    /// The word of URLs, metrics and logs.
    pub(crate) fn plural(self) -> &'static str {
        match self {
            Self::SigningRequest => "certificatesigningrequests",
            Self::CertificateRequest => "certificaterequests",
        }
    }

    /// The subresource by which it is approved.
    pub(crate) fn subresource(self) -> &'static str {
        match self {
            Self::SigningRequest => "approval",
            Self::CertificateRequest => "status",
        }
    }

    /// What `/readyz` says while the kind is not watched.
    pub(crate) fn unwatched(self) -> &'static str {
        match self {
            Self::SigningRequest => "certificatesigningrequests are not watched",
            Self::CertificateRequest => "certificaterequests are not watched",
        }
    }

    /// Whether a cluster may be without the kind.
    pub(crate) fn is_optional(self) -> bool {
        self == Self::CertificateRequest
    }

    /// The object as text, as the engine reads it: items of lists come without their kind.
    pub(crate) fn text(self, object: &DynamicObject) -> String {
        let resource = self.resource();
        let mut value = serde_json::to_value(object).unwrap_or_default();
        if let Some(map) = value.as_object_mut() {
            map.insert("apiVersion".to_owned(), resource.api_version.into());
            map.insert("kind".to_owned(), resource.kind.into());
        }
        value.to_string()
    }

    /// The condition that says what was decided.
    pub(crate) fn condition(self, word: &str, reason: &str, message: &str, time: &str) -> Value {
        let mut condition = json!({
            "type": word,
            "status": "True",
            "reason": reason,
            "message": message,
            "lastTransitionTime": time,
        });
        if let (Self::SigningRequest, Some(fields)) = (self, condition.as_object_mut()) {
            fields.insert("lastUpdateTime".to_owned(), time.into());
        }
        condition
    }
}

/// Whether nobody has decided on an object yet. Approved and Denied are final, and so is a failure or a certificate.
pub(crate) fn is_open(object: &DynamicObject) -> bool {
    if object.metadata.deletion_timestamp.is_some() {
        return false;
    }
    let has_certificate = object.data.pointer("/status/certificate").is_some_and(|value| value != "");
    let conditions = object.data.pointer("/status/conditions").and_then(Value::as_array);
    let is_decided = conditions.into_iter().flatten().any(|condition| {
        let text = |key| condition.get(key).and_then(Value::as_str).unwrap_or_default();
        matches!(text("type"), "Approved" | "Denied" | "Failed" | "InvalidRequest")
            && text("status") == "True"
    });
    !has_certificate && !is_decided
}

/// Namespace and name, for queues and logs.
pub(crate) fn key(object: &DynamicObject) -> String {
    let name = object.metadata.name.as_deref().unwrap_or_default();
    match &object.metadata.namespace {
        Some(namespace) => format!("{namespace}/{name}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(status: &Value) -> DynamicObject {
        serde_json::from_value(json!({ "metadata": { "name": "a" }, "status": status })).unwrap()
    }

    #[test]
    fn what_is_decided_is_left_alone() {
        let condition =
            |word: &str, status: &str| json!({ "conditions": [{ "type": word, "status": status }] });
        assert!(is_open(&object(&Value::Null)) && is_open(&object(&condition("Ready", "False"))));
        assert!(is_open(&object(&condition("Approved", "False"))));
        for word in ["Approved", "Denied", "Failed"] {
            assert!(!is_open(&object(&condition(word, "True"))), "{word}");
        }
        assert!(!is_open(&object(&json!({ "certificate": "LS0t" }))));
    }

    #[test]
    fn the_text_has_its_kind() {
        let text = Kind::CertificateRequest.text(&object(&Value::Null));
        assert!(text.contains(r#""apiVersion":"cert-manager.io/v1""#) && text.contains("CertificateRequest"));
    }
}
