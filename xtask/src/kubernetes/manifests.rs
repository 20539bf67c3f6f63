//! The shipped manifests, as `kubectl` renders them, in a cluster without nodes.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::checks::Checks;
use super::cluster::{ADMINISTRATOR, Cluster};
use crate::run::{self, Failure};

/// Where the shipped manifests lie.
pub const FOLDER: &str = "apps/webhook/deploy/kustomize";
const NAMESPACE: &str = "certgate";

/// Applies what a folder renders to, and what it makes of the pods.
///
/// No pod runs here, so that two things are other than shipped: the Service points at this machine, and the registration has the port and
/// the CA (which cert-manager would write) of the running webhook.
pub fn apply(
    cluster: &Cluster,
    folder: &str,
    webhook: Option<(u16, &[u8])>,
    checks: &mut Checks,
) -> Result<(), Failure> {
    let mut objects = rendered(cluster, &run::root().join(folder))?;
    for object in &mut objects {
        match (object["kind"].as_str(), webhook) {
            (Some("Service"), _) => {
                object["spec"] = json!({ "type": "ExternalName", "externalName": "localhost" });
            }
            (Some("ValidatingWebhookConfiguration"), Some((port, ca))) => {
                let webhooks = object["webhooks"].as_array_mut().into_iter().flatten();
                for webhook in webhooks {
                    webhook["clientConfig"]["service"]["port"] = port.into();
                    webhook["clientConfig"]["caBundle"] = STANDARD.encode(ca).into();
                }
            }
            _ => {}
        }
    }
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": objects });
    let answer = cluster.apply(&list)?;
    checks.hold(&format!("the API server takes all of {folder}"), answer.succeeded, &answer.stderr);
    for deployment in objects.iter().filter(|object| object["kind"] == "Deployment") {
        pods(cluster, deployment, checks)?;
    }
    Ok(())
}

/// All objects of a folder, as JSON.
fn rendered(cluster: &Cluster, folder: &Path) -> Result<Vec<Value>, Failure> {
    let yaml = cluster.kubectl(&["kustomize", &folder.to_string_lossy()])?;
    if !yaml.succeeded {
        return Err(Failure::new(yaml.stderr));
    }
    let arguments = ["create", "--dry-run=client", "-o", "json", "-f", "-"];
    let answer = cluster.kubectl_as(ADMINISTRATOR, &arguments, &yaml.stdout)?;
    let mut objects = Vec::new();
    for object in serde_json::Deserializer::from_str(&answer.stdout).into_iter::<Value>() {
        let object = object.map_err(|error| Failure::new(format!("kubectl: {error}: {}", answer.stderr)))?;
        match object["items"].as_array() {
            Some(items) => objects.extend(items.iter().cloned()),
            None => objects.push(object),
        }
    }
    if objects.is_empty() { Err(Failure::new(answer.stderr)) } else { Ok(objects) }
}

/// A pod as the Deployment would make it is let into a namespace where only restricted ones are; one that may be root is not.
fn pods(cluster: &Cluster, deployment: &Value, checks: &mut Checks) -> Result<(), Failure> {
    let name = deployment["metadata"]["name"].as_str().unwrap_or_default();
    let template = &deployment["spec"]["template"];
    let mut pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": { "name": name, "namespace": NAMESPACE, "labels": template["metadata"]["labels"] },
        "spec": template["spec"],
    });
    let arguments = ["create", "--dry-run=server", "-f", "-"];
    let answer = cluster.kubectl_as(ADMINISTRATOR, &arguments, &pod.to_string())?;
    let is_warned = answer.stderr.contains("Warning");
    let what = format!("a pod of {name} is let in where only restricted ones are");
    checks.hold(&what, answer.succeeded && !is_warned, &answer.stderr);
    pod["spec"]["securityContext"]["runAsNonRoot"] = false.into();
    let answer = cluster.kubectl_as(ADMINISTRATOR, &arguments, &pod.to_string())?;
    let what = format!("a pod of {name} that may be root is not");
    checks.has(&what, &answer.stderr, &["violates PodSecurity", "runAsNonRoot"]);
    Ok(())
}
