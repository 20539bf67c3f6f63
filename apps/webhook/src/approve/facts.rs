//! What the cluster knows of a request: the node that asks or is asked for, and the labels of the namespace.

use std::collections::BTreeMap;

use certgate_bindings::Request;
use certgate_bindings::kubernetes::KubernetesRequest;
use k8s_openapi::api::core::v1::{Namespace, Node};
use kube::{Api, Client};
use serde_json::Value;

use super::client::{Fault, call};

const NODE_USER: &str = "system:node:";
const KUBELET_CLIENT: &str = "kubernetes.io/kube-apiserver-client-kubelet";

/// Facts of one request.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// `nodeNames` and `nodeAddresses`; `namespaceLabel-KEY` for each label.
    pub(crate) values: BTreeMap<String, Value>,
    /// The node is not there yet, or has no addresses yet: what is denied now may be allowed soon.
    pub(crate) may_come: bool,
}

/// Asks the cluster. Only what the request itself points at is looked up, never a whole list.
///
/// # Errors
/// A call that failed: then nothing can be decided.
pub(crate) async fn look_up(client: &Client, object: &KubernetesRequest) -> Result<Facts, Fault> {
    let mut facts = Facts::default();
    if let Some(name) = node_name(object) {
        let node = call(Api::<Node>::all(client.clone()).get_opt(&name)).await?;
        node_facts(object, &name, node.as_ref(), &mut facts);
    }
    if let Some(namespace) = &object.context.namespace {
        let found = call(Api::<Namespace>::all(client.clone()).get_opt(namespace)).await?;
        let labels = found.and_then(|namespace| namespace.metadata.labels).unwrap_or_default();
        let named = labels.into_iter().map(|(key, value)| (format!("namespaceLabel-{key}"), value.into()));
        facts.values.extend(named);
    }
    Ok(facts)
}

/// The node that a request is about: the one that asks, or, when a kubelet asks for its first certificate with a token, the
/// one that the common name names.
fn node_name(object: &KubernetesRequest) -> Option<String> {
    let requester = object.context.requester.as_ref().map(|requester| requester.username.as_str());
    let asking = requester.and_then(|username| username.strip_prefix(NODE_USER)).map(str::to_owned);
    let is_bootstrap = object.context.signer_name.as_deref() == Some(KUBELET_CLIENT);
    let named = || {
        let request = Request::parse(&object.request).ok().filter(|_| is_bootstrap)?;
        let mut names = request.as_core().subject().common_names();
        let name = names.next()?.strip_prefix(NODE_USER)?.to_owned();
        names.next().is_none().then_some(name)
    };
    asking.or_else(named).filter(|name| is_node_name(name))
}

/// Whether a text can be the name of a node (RFC 1123 subdomain): it becomes a part of a URL.
fn is_node_name(text: &str) -> bool {
    let is_edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    bytes.len() <= 253
        && bytes.iter().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'))
        && is_edge(bytes.first())
        && is_edge(bytes.last())
}

/// NOTE: a kubelet may write the status of its own node. So a client certificate, which is an identity, is given by the name of the
/// node alone; addresses and host names of the status only count for other certificates.
fn node_facts(object: &KubernetesRequest, name: &str, node: Option<&Node>, facts: &mut Facts) {
    let Some(node) = node else {
        facts.may_come = true;
        return;
    };
    let mut names = vec![name.to_owned()];
    if object.context.signer_name.as_deref() != Some(KUBELET_CLIENT) {
        let found = node.status.iter().filter_map(|status| status.addresses.as_ref()).flatten();
        let (addresses, hosts): (Vec<_>, Vec<_>) =
            found.partition(|address| matches!(address.type_.as_str(), "InternalIP" | "ExternalIP"));
        let is_host = |kind: &str| matches!(kind, "Hostname" | "InternalDNS" | "ExternalDNS");
        let hosts = hosts.iter().filter(|address| is_host(&address.type_));
        names.extend(hosts.map(|address| address.address.clone()));
        facts.may_come = addresses.is_empty();
        let addresses: Vec<Value> = addresses.iter().map(|address| address.address.clone().into()).collect();
        if !addresses.is_empty() {
            facts.values.insert("nodeAddresses".to_owned(), addresses.into());
        }
    }
    names.sort();
    names.dedup();
    facts.values.insert("nodeNames".to_owned(), names.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_nodes_are_looked_up() {
        assert!(is_node_name("n1.prod.internal") && is_node_name("ip-10-0-0-1"));
        for text in ["", ".", "..", "a/b", "A", "a%2f", "-a", "a.", "a?x", &"a".repeat(254)] {
            assert!(!is_node_name(text), "{text}");
        }
    }

    #[test]
    fn a_client_certificate_is_by_the_name_of_the_node_alone() {
        let node: Node = serde_json::from_value(serde_json::json!({
            "metadata": { "name": "n1" },
            "status": { "addresses": [
                { "type": "InternalIP", "address": "10.0.0.1" },
                { "type": "Hostname", "address": "n2" },
                { "type": "Odd", "address": "x" },
            ] },
        }))
        .unwrap();
        let mut object = KubernetesRequest {
            name: String::new(),
            request: Vec::new(),
            context: certgate_bindings::ContextDocument::default(),
        };
        let facts = |object: &KubernetesRequest, node: Option<&Node>| {
            let mut facts = Facts::default();
            node_facts(object, "n1", node, &mut facts);
            facts
        };
        object.context.signer_name = Some("kubernetes.io/kubelet-serving".to_owned());
        let serving = facts(&object, Some(&node));
        assert_eq!(serving.values.get("nodeNames"), Some(&vec!["n1", "n2"].into()));
        assert_eq!(serving.values.get("nodeAddresses"), Some(&vec!["10.0.0.1"].into()));
        assert!(!serving.may_come && facts(&object, None).may_come);
        object.context.signer_name = Some(KUBELET_CLIENT.to_owned());
        let client = facts(&object, Some(&node));
        assert_eq!(client.values.len(), 1);
        assert_eq!(client.values.get("nodeNames"), Some(&vec!["n1"].into()));
    }
}
