//! What is written to the cluster: conditions on requests, and Events about them.

use certgate_bindings::certgate::time::Timestamp;
use k8s_openapi::api::core::v1::ObjectReference;
use k8s_openapi::api::events::v1::Event;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff;
use kube::api::PostParams;
use kube::core::{DynamicObject, ObjectMeta};
use kube::{Api, Client};
use serde_json::{Value, json};

use super::client::{Fault, call};
use super::kind::Kind;

/// Bytes of a condition's message: what the API server takes for conditions of its own types.
const MESSAGE_BYTES: usize = 32 << 10;
/// Bytes of an Event's note (events.k8s.io/v1).
const NOTE_BYTES: usize = 1_024;

/// Who writes, in Events.
const CONTROLLER: &str = "certgate.io/approver";

/// A decision as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Approve,
    Deny,
}

impl Decision {
    /// The type of the condition.
    pub(super) fn condition(self) -> &'static str {
        match self {
            Self::Approve => "Approved",
            Self::Deny => "Denied",
        }
    }

    fn reason(self) -> &'static str {
        match self {
            Self::Approve => "AllowedByPolicy",
            Self::Deny => "DeniedByPolicy",
        }
    }
}

/// Writes the condition. The object's version goes with it: if anybody has changed it since it was read, nothing is written.
///
/// # Errors
/// [`Fault::Conflict`] then, and what else the API server says.
pub(super) async fn decide(
    api: &Api<DynamicObject>,
    kind: Kind,
    object: &DynamicObject,
    decision: Decision,
    message: &str,
    at: Timestamp,
) -> Result<(), Fault> {
    let mut object = object.clone();
    let name = object.metadata.name.clone().unwrap_or_default();
    let message = cut(message, MESSAGE_BYTES);
    let condition = kind.condition(decision.condition(), decision.reason(), &message, &at.to_string());
    push_condition(&mut object.data, condition)
        .ok_or_else(|| Fault::Other("the object's status is not as it should be".to_owned()))?;
    let parameters =
        PostParams { field_manager: Some("certgate-approver".to_owned()), ..PostParams::default() };
    call(api.replace_subresource(kind.subresource(), &name, &parameters, &object)).await.map(|_| ())
}

fn push_condition(data: &mut Value, condition: Value) -> Option<()> {
    let status = data.as_object_mut()?.entry("status").or_insert_with(|| json!({}));
    if status.is_null() {
        *status = json!({});
    }
    let conditions = status.as_object_mut()?.entry("conditions").or_insert_with(|| json!([]));
    if conditions.is_null() {
        *conditions = json!([]);
    }
    conditions.as_array_mut()?.push(condition);
    Some(())
}

/// Where the user looks with `kubectl describe` and `kubectl events`.
pub(super) struct Notice<'a> {
    /// `Approved`, `Denied`, `WouldBeDenied`, `Unreadable`.
    pub(super) reason: &'a str,
    pub(super) is_warning: bool,
    pub(super) note: String,
}

/// Writes an Event about an object.
///
/// # Errors
/// What the API server says. An Event that is lost stops nothing.
pub(super) async fn notify(
    client: &Client,
    kind: Kind,
    object: &DynamicObject,
    identity: &str,
    notice: Notice<'_>,
) -> Result<(), Fault> {
    let resource = kind.resource();
    let name = object.metadata.name.clone().unwrap_or_default();
    // Events about objects that are in no namespace are in this one.
    let namespace = object.metadata.namespace.clone().unwrap_or_else(|| "default".to_owned());
    let event = Event {
        metadata: ObjectMeta {
            generate_name: Some(beginning(&name)),
            namespace: Some(namespace.clone()),
            ..ObjectMeta::default()
        },
        action: Some("Decide".to_owned()),
        event_time: Some(MicroTime(jiff::Timestamp::now())),
        note: Some(cut(&notice.note, NOTE_BYTES)),
        reason: Some(notice.reason.to_owned()),
        regarding: Some(ObjectReference {
            api_version: Some(resource.api_version),
            kind: Some(resource.kind),
            name: Some(name),
            namespace: object.metadata.namespace.clone(),
            resource_version: object.metadata.resource_version.clone(),
            uid: object.metadata.uid.clone(),
            ..ObjectReference::default()
        }),
        reporting_controller: Some(CONTROLLER.to_owned()),
        reporting_instance: Some(cut(identity, 128)),
        type_: Some(if notice.is_warning { "Warning" } else { "Normal" }.to_owned()),
        ..Event::default()
    };
    let api = Api::<Event>::namespaced(client.clone(), &namespace);
    call(api.create(&PostParams::default(), &event)).await.map(|_| ())
}

/// How the names of Events about an object begin. What the API server adds to it must make a name (RFC 1123 subdomain): so it may end
/// in a dash, and in no dot before it.
fn beginning(name: &str) -> String {
    let end = name.char_indices().map(|(at, _)| at).take_while(|at| *at <= 240).last().unwrap_or_default();
    let short = if name.len() <= 240 { name } else { name.get(..end).unwrap_or_default() };
    format!("{}-", short.trim_end_matches(['.', '-']))
}

/// The text within a number of bytes; one that is cut ends in an ellipsis.
fn cut(text: &str, bytes: usize) -> String {
    const ELLIPSIS: char = '…';
    if text.len() <= bytes {
        return text.to_owned();
    }
    let room = bytes.saturating_sub(ELLIPSIS.len_utf8());
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= room).last().unwrap_or_default();
    text.get(..end).unwrap_or_default().chars().chain([ELLIPSIS]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcdef", 5), "ab…");
        let long = cut(&"é".repeat(40), 20);
        assert!(long.len() <= 20 && long.ends_with('…'));
    }

    #[test]
    fn names_of_events_begin_as_names_may() {
        assert_eq!(beginning("web-1"), "web-1-");
        assert_eq!(beginning(&"a".repeat(300)), format!("{}-", "a".repeat(240)));
        assert_eq!(beginning(&format!("{}.b", "a".repeat(239))), format!("{}-", "a".repeat(239)));
    }

    #[test]
    fn conditions_are_added_to_those_that_are_there() {
        let mut data = json!({ "status": { "conditions": [{ "type": "Ready" }] } });
        push_condition(&mut data, json!({ "type": "Approved" })).unwrap();
        assert_eq!(data["status"]["conditions"][1]["type"], "Approved");
        for mut empty in [json!({}), json!({ "status": null }), json!({ "status": { "conditions": null } })] {
            push_condition(&mut empty, json!({ "type": "Denied" })).unwrap();
            assert_eq!(empty["status"]["conditions"][0]["type"], "Denied");
        }
        assert!(push_condition(&mut json!({ "status": 1 }), Value::Null).is_none());
    }
}
