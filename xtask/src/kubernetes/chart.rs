//! The shipped chart, as Helm renders it.

use std::process::Command;

use serde_json::Value;

use super::cluster::Cluster;
use crate::run::{self, Failure};

/// Where the chart lies.
pub const FOLDER: &str = "apps/webhook/deploy/chart";

/// The objects of one template with values set.
pub fn render(cluster: &Cluster, template: &str, sets: &[&str]) -> Result<Vec<Value>, Failure> {
    let mut helm = Command::new(cluster.program("helm"));
    helm.current_dir(run::root()).args(["template", "webhook", FOLDER, "--namespace", "certgate"]);
    helm.args(["--kube-version", "1.34.0", "--show-only", &format!("templates/{template}")]);
    helm.args(["--set-file", r"policies.mesh\.yaml=tests/kubernetes/policies/mesh.yaml"]);
    helm.args(sets.iter().flat_map(|set| ["--set", set]));
    let text = run::output(&mut helm)?;
    let documents = text.split("\n---\n").filter(|document| !document.trim().is_empty());
    documents
        .map(|document| {
            serde_saphyr::from_str(document).map_err(|error| Failure::new(format!("{template}: {error}")))
        })
        .collect()
}
