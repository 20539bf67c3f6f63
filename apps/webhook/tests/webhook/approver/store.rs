//! What the stub keeps: objects with versions, the changes that watches hear of, and the faults that a test has asked for.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::certificates::v1::CertificateSigningRequest;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{Namespace, Node};
use k8s_openapi::api::events::v1::Event;
use serde_json::{Value, json};

/// A refusal as the API server writes it: a Status of meta/v1.
pub(crate) type Refusal = (u16, Value);

pub(crate) fn refusal(code: u16, reason: &str, message: &str) -> Refusal {
    let status = json!({
        "apiVersion": "v1", "kind": "Status", "metadata": {}, "status": "Failure",
        "code": code, "reason": reason, "message": message,
    });
    (code, status)
}

#[derive(Default)]
pub(crate) struct Store {
    version: u64,
    /// Versions below are forgotten by watches.
    pub(crate) oldest: u64,
    /// Watches from versions below fail, and are not told that all is to be listed.
    pub(crate) unknown: u64,
    objects: BTreeMap<(String, String), Value>,
    changes: Vec<(u64, String, Value)>,
    /// `verb resource` that is forbidden.
    pub(crate) forbidden: BTreeSet<String>,
    /// `verb resource` that alone are granted, if anything is said of rights.
    pub(crate) rights: Option<BTreeSet<String>>,
    /// Resources that the API server does not have.
    pub(crate) absent: BTreeSet<String>,
    /// How many of the next writes of this resource find a newer version.
    pub(crate) conflicts: BTreeMap<String, usize>,
    /// Every call: `verb resource`.
    pub(crate) calls: Vec<String>,
    /// Largest page that is given, whatever is asked for.
    pub(crate) page: Option<usize>,
}

impl Store {
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn get(&self, resource: &str, key: &str) -> Option<&Value> {
        self.objects.get(&(resource.to_owned(), key.to_owned()))
    }

    pub(crate) fn all(&self, resource: &str) -> Vec<&Value> {
        self.objects.iter().filter(|((of, _), _)| of == resource).map(|(_, object)| object).collect()
    }

    pub(crate) fn may(&self, call: &str) -> bool {
        let is_granted = self.rights.as_ref().is_none_or(|rights| rights.contains(call));
        is_granted && !self.forbidden.contains(call)
    }

    pub(crate) fn count(&self, call: &str) -> usize {
        self.calls.iter().filter(|made| *made == call).count()
    }

    /// Stores an object as it is, with a new version.
    pub(crate) fn put(&mut self, resource: &str, mut object: Value) -> Value {
        self.version += 1;
        let key = key_of(&object);
        let is_new = self.get(resource, &key).is_none();
        let metadata = object["metadata"].as_object_mut().expect("metadata");
        metadata.insert("resourceVersion".into(), self.version.to_string().into());
        metadata.entry("uid").or_insert_with(|| format!("uid-{}", key.replace('/', "-")).into());
        self.objects.insert((resource.to_owned(), key), object.clone());
        self.change(resource, if is_new { "ADDED" } else { "MODIFIED" }, object.clone());
        object
    }

    fn change(&mut self, resource: &str, kind: &str, object: Value) {
        self.changes.push((self.version, resource.to_owned(), json!({ "type": kind, "object": object })));
    }

    /// What has happened to a resource after a version.
    pub(crate) fn changes_after(&self, resource: &str, version: u64) -> Vec<(u64, Value)> {
        let changes = self.changes.iter().filter(|(at, of, _)| *at > version && of == resource);
        changes.map(|(at, _, event)| (*at, event.clone())).collect()
    }

    /// POST: a new object, with a name if it has none.
    pub(crate) fn create(
        &mut self,
        resource: &str,
        namespace: Option<&str>,
        mut object: Value,
    ) -> Result<Value, Refusal> {
        check(resource, &object)?;
        let metadata = object["metadata"].as_object_mut().expect("metadata");
        if let Some(prefix) = metadata.get("generateName").and_then(Value::as_str).map(str::to_owned) {
            metadata.insert("name".into(), format!("{prefix}{:05}", self.version + 1).into());
        }
        if let Some(namespace) = namespace {
            let own = metadata.entry("namespace").or_insert_with(|| namespace.into());
            if own.as_str() != Some(namespace) {
                return Err(refusal(400, "BadRequest", "the namespace is another one"));
            }
        }
        if self.get(resource, &key_of(&object)).is_some() {
            return Err(refusal(409, "AlreadyExists", "it is there already"));
        }
        Ok(self.put(resource, object))
    }

    /// PUT: the rules of the API server for updates of an object, or of a subresource.
    pub(crate) fn replace(
        &mut self,
        resource: &str,
        subresource: Option<&str>,
        key: &str,
        object: Value,
    ) -> Result<Value, Refusal> {
        check(resource, &object)?;
        if let Some(left) = self.conflicts.get_mut(resource).filter(|left| **left > 0) {
            *left -= 1;
            let mut other = self.get(resource, key).expect("an object").clone();
            other["metadata"]["annotations"]["changed"] = self.version.to_string().into();
            self.put(resource, other);
        }
        let Some(old) = self.get(resource, key).cloned() else {
            return Err(refusal(404, "NotFound", "there is no such object"));
        };
        if object["metadata"]["resourceVersion"] != old["metadata"]["resourceVersion"] {
            return Err(refusal(409, "Conflict", "the object has been modified"));
        }
        let mut new = old.clone();
        match subresource {
            None => new = object,
            Some("approval") => {
                new["status"]["conditions"] = object["status"]["conditions"].clone();
                check_conditions(&old, &new)?;
            }
            Some("status") => {
                new["status"] = object["status"].clone();
                check_conditions(&old, &new)?;
            }
            Some(other) => return Err(refusal(404, "NotFound", other)),
        }
        Ok(self.put(resource, new))
    }
}

pub(crate) fn key_of(object: &Value) -> String {
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    match object["metadata"]["namespace"].as_str() {
        Some(namespace) => format!("{namespace}/{name}"),
        None => name.to_owned(),
    }
}

/// Whether an object is one of its published type.
fn check(resource: &str, object: &Value) -> Result<(), Refusal> {
    let object = object.clone();
    let result = match resource {
        "certificatesigningrequests" => {
            serde_json::from_value::<CertificateSigningRequest>(object).map(|_| ())
        }
        "leases" => serde_json::from_value::<Lease>(object).map(|_| ()),
        "nodes" => serde_json::from_value::<Node>(object).map(|_| ()),
        "namespaces" => serde_json::from_value::<Namespace>(object).map(|_| ()),
        "events" => serde_json::from_value::<Event>(object).map(|event| {
            // What is generated must be a name, and the API server looks at its beginning without a last dash.
            let beginning = event.metadata.generate_name.expect("a beginning of names");
            let beginning = beginning.strip_suffix('-').unwrap_or(&beginning);
            assert!(
                beginning.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()),
                "{beginning}"
            );
            // events.k8s.io/v1 asks for these.
            assert!(event.event_time.is_some() && event.action.is_some() && event.reason.is_some());
            assert!(event.reporting_controller.is_some() && event.reporting_instance.is_some());
            assert!(event.note.is_some_and(|note| note.len() <= 1_024));
        }),
        "deployments" => serde_json::from_value::<Deployment>(object).map(|_| ()),
        "certificaterequests" => Ok(()),
        other => panic!("the stub does not know {other}"),
    };
    result.map_err(|error| refusal(400, "BadRequest", &error.to_string()))
}

/// The rules for conditions: no unknown type, Approved and Denied exclude each other, neither goes away.
fn check_conditions(old: &Value, new: &Value) -> Result<(), Refusal> {
    let invalid = |message: &str| Err(refusal(422, "Invalid", message));
    let conditions = |object: &Value| object["status"]["conditions"].as_array().cloned().unwrap_or_default();
    let has = |object: &Value, kind: &str| {
        conditions(object).iter().any(|condition| condition["type"] == kind && condition["status"] == "True")
    };
    for condition in conditions(new) {
        let known = ["Approved", "Denied", "Failed", "Ready", "InvalidRequest"];
        if !known.iter().any(|known| condition["type"] == *known) || !condition["reason"].is_string() {
            return invalid("a condition is not as it should be");
        }
    }
    if has(new, "Approved") && has(new, "Denied") {
        return invalid("Approved and Denied conditions are mutually exclusive");
    }
    for kind in ["Approved", "Denied"] {
        if has(old, kind) && !has(new, kind) {
            return invalid("a condition of this type may not be removed");
        }
    }
    Ok(())
}
