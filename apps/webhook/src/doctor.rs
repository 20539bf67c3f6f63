//! `certgate-webhook doctor`: why did no policy match, is the certificate sound, is the webhook registered and trusted,
//! does somebody else approve.

use std::path::Path;
#[cfg(not(feature = "approver"))]
use std::process::Command;

use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::kubernetes::{self, KubernetesRequest};
use certgate_ops::cli::exit;
use serde_json::Value;

use crate::args::DoctorArguments;
use crate::judge::lines;
use crate::policies::{PolicySet, Snapshot};
use crate::self_made;
use crate::serving::Loaded;
use crate::signer::Failing;

#[cfg(feature = "approver")]
mod cluster;
mod registration;

/// What was found, line by line.
#[derive(Default)]
struct Report {
    lines: Vec<String>,
    has_errors: bool,
}

impl Report {
    fn ok(&mut self, text: impl AsRef<str>) {
        self.lines.push(format!("ok       {}", text.as_ref()));
    }

    fn warning(&mut self, text: impl AsRef<str>) {
        self.lines.push(format!("warning  {}", text.as_ref()));
    }

    fn error(&mut self, text: impl AsRef<str>) {
        self.has_errors = true;
        self.lines.push(format!("error    {}", text.as_ref()));
    }
}

/// Looks at everything that it is told of and prints what it found; returns the exit code.
pub(crate) fn run(arguments: &DoctorArguments) -> u8 {
    let mut report = Report::default();
    match certgate_ops::now() {
        None => report.error("the clock of this machine is not set"),
        Some(at) => examine(arguments, at, &mut report),
    }
    let text = report.lines.join("\n");
    // A reader that went away, such as `head`, is no fault of ours.
    let _ = std::io::Write::write_all(&mut std::io::stdout(), format!("{text}\n").as_bytes());
    if report.has_errors { exit::DENIED } else { exit::OK }
}

fn examine(arguments: &DoctorArguments, at: Timestamp, report: &mut Report) {
    let set = arguments.policies.as_deref().and_then(|folder| policies(folder, report));
    match (&arguments.object, set.as_ref()) {
        (Some(file), Some(set)) => object(file, set, at, report),
        (Some(_), None) => report.error("--object needs policies that can be loaded: give --policies"),
        (None, _) => {}
    }
    if let Some(folder) = &arguments.tls_dir {
        certificate(folder, at, report);
    }
    if arguments.offline {
        return;
    }
    let items = match &arguments.cluster {
        Some(file) => from_file(file),
        None => ask(arguments, set.as_ref(), at, report),
    };
    match items {
        Err(fault) => report.error(fault),
        Ok(items) => {
            registration::look(&items, arguments, at, report);
            approver(&items, report);
        }
    }
}

fn from_file(file: &Path) -> Result<Vec<Value>, String> {
    let bytes = std::fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    items(&bytes)
}

fn items(bytes: &[u8]) -> Result<Vec<Value>, String> {
    let list: Value =
        serde_json::from_slice(bytes).map_err(|error| format!("the cluster's objects: {error}"))?;
    Ok(list.get("items").and_then(Value::as_array).cloned().unwrap_or_default())
}

/// Asks the cluster, and looks at what only it can tell.
#[cfg(feature = "approver")]
fn ask(
    arguments: &DoctorArguments,
    set: Option<&PolicySet>,
    at: Timestamp,
    report: &mut Report,
) -> Result<Vec<Value>, String> {
    let cluster = cluster::Cluster::reach(arguments.kubeconfig.as_deref())?;
    match (&arguments.request, set) {
        (Some(name), Some(set)) => match cluster.request(name) {
            Ok(request) => judged(&[request], set, at, report),
            Err(fault) => report.error(fault),
        },
        (Some(_), None) => report.error("--request needs policies that can be loaded: give --policies"),
        (None, _) => {}
    }
    if arguments.approver {
        for (right, is_allowed) in cluster.rights(arguments)? {
            if is_allowed {
                report.ok(format!("this account may {right}"));
            } else {
                report.error(format!("this account may not {right}: see the rights in the manifests"));
            }
        }
    }
    cluster.items()
}

#[cfg(not(feature = "approver"))]
fn ask(
    _: &DoctorArguments,
    _: Option<&PolicySet>,
    _: Timestamp,
    _: &mut Report,
) -> Result<Vec<Value>, String> {
    kubectl().and_then(|bytes| items(&bytes))
}

fn policies(folder: &Path, report: &mut Report) -> Option<PolicySet> {
    match Snapshot::read(folder).map_err(|fault| vec![fault]).and_then(|snapshot| snapshot.load()) {
        Ok(set) => {
            for policy in &set.policies {
                let mode = set.config.mode(policy.id()).as_str();
                report.ok(format!("policy {} ({mode}) {}", policy.id(), policy.digest()));
                for warning in policy.warnings() {
                    report.warning(format!("policy {}: {warning}", policy.id()));
                }
            }
            Some(set)
        }
        Err(faults) => {
            for fault in faults {
                report.error(fault);
            }
            None
        }
    }
}

/// Which policies apply to an object, and why the others do not.
fn object(file: &Path, set: &PolicySet, at: Timestamp, report: &mut Report) {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return report.error(format!("cannot read {}: {error}", file.display())),
    };
    let objects = match kubernetes::read_items(&text) {
        Ok(objects) => objects,
        Err(error) => return report.error(format!("{}: {error}", file.display())),
    };
    for object in objects {
        match object {
            Ok(object) => judged(&[object], set, at, report),
            Err(error) => report.error(format!("{}: {error}", file.display())),
        }
    }
}

/// What each policy says of each request.
fn judged(objects: &[KubernetesRequest], set: &PolicySet, at: Timestamp, report: &mut Report) {
    for object in objects {
        let judgement = match set.judge(object, at) {
            Ok(judgement) => judgement,
            Err(error) => {
                report.error(format!("{}: {error}", object.name));
                continue;
            }
        };
        if judgement.opinions.is_empty() {
            report.error(format!("{}: no policy applies", object.name));
        }
        for opinion in &judgement.opinions {
            let verdict = if opinion.is_allowed { "allows" } else { "denies" };
            report.ok(format!("{}: policy {} applies and {verdict} it", object.name, opinion.policy));
            for line in lines(&opinion.reasons) {
                report.ok(format!("  {line}"));
            }
        }
        for line in judgement.failing.iter().flat_map(Failing::lines) {
            report.warning(format!("{}: {line}", object.name));
        }
        for opinion in &judgement.passed_over {
            for line in lines(&opinion.reasons) {
                report.ok(format!("{}: policy {} does not apply: {line}", object.name, opinion.policy));
            }
        }
    }
}

fn certificate(folder: &Path, at: Timestamp, report: &mut Report) {
    match Loaded::from_folder(folder, at) {
        Err(fault) => report.error(format!("serving certificate: {fault}")),
        Ok(loaded) if self_made::is_due(&loaded, at) => {
            report.warning(format!(
                "serving certificate: it ends at {}, and was not renewed",
                loaded.validity.not_after
            ));
        }
        Ok(loaded) => report.ok(format!("serving certificate: valid until {}", loaded.validity.not_after)),
    }
}

#[cfg(not(feature = "approver"))]
fn kubectl() -> Result<Vec<u8>, String> {
    let arguments =
        ["get", "validatingwebhookconfigurations,deployments", "--all-namespaces", "--output", "json"];
    let output = Command::new("kubectl")
        .args(arguments)
        .output()
        .map_err(|error| format!("kubectl cannot be started: {error}; give --cluster or --offline"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("kubectl: {}", String::from_utf8_lossy(&output.stderr).trim()))
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// cert-manager approves every request by itself unless its approver is turned off.
fn approver(items: &[Value], report: &mut Report) {
    let deployments = items.iter().filter(|item| text(item, "/kind") == "Deployment");
    let containers: Vec<&Value> = deployments
        .filter_map(|deployment| deployment.pointer("/spec/template/spec/containers"))
        .filter_map(Value::as_array)
        .flatten()
        .collect();
    let has = |container: &Value, holds: fn(&str) -> bool| {
        list(container, "args").iter().filter_map(Value::as_str).any(holds)
    };
    let has_own = containers.iter().any(|container| {
        has(container, |argument| argument == "approve")
            && has(container, |argument| argument.starts_with("--policies"))
    });
    for container in containers {
        if !text(container, "/image").contains("cert-manager-controller") {
            continue;
        }
        let is_off = has(container, |argument| {
            argument.starts_with("--controllers=") && argument.contains("-certificaterequests-approver")
        });
        if is_off {
            report.ok("cert-manager: its own approver is turned off");
        } else if has_own {
            report.error(
                "cert-manager approves every request before the approver of certgate can: turn its own off \
                 (disableAutoApproval)",
            );
        } else {
            report.warning(
                "cert-manager approves every request that the webhook lets in: turn its approver off \
                 (disableAutoApproval) where somebody else should approve",
            );
        }
    }
}
