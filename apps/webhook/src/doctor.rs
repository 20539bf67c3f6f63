//! `certgate-webhook doctor`: why did no policy match, is the certificate sound, is the webhook registered and trusted,
//! does somebody else approve.

use std::path::Path;
#[cfg(not(feature = "approver"))]
use std::process::Command;

use base64::Engine;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::kubernetes::KubernetesRequest;
use certgate_bindings::{
    Bundle, Certificate, Evidence, Verifier, VerifierDocument, VerifyDocument, kubernetes,
};
use certgate_ops::cli::exit;
use serde_json::Value;

use crate::args::DoctorArguments;
use crate::judge::lines;
use crate::policies::{PolicySet, Snapshot};
use crate::self_made;
use crate::serving::{CERTIFICATE_FILE, Loaded};
use crate::signer::Failing;

#[cfg(feature = "approver")]
mod cluster;

/// What a webhook should be called for.
const RESOURCES: [(&str, &str); 4] = [
    ("certificates.k8s.io", "certificatesigningrequests"),
    ("certificates.k8s.io", "certificatesigningrequests/approval"),
    ("cert-manager.io", "certificaterequests"),
    ("cert-manager.io", "certificaterequests/status"),
];

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
            registration(&items, arguments.tls_dir.as_deref(), at, report);
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
                loaded.not_after
            ));
        }
        Ok(loaded) => report.ok(format!("serving certificate: valid until {}", loaded.not_after)),
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

/// Whether a rule is for a resource of a group.
fn is_for(rule: &Value, group: &str, resource: &str) -> bool {
    let names = |key, name: &str| list(rule, key).iter().any(|item| item == name || item == "*");
    let all = list(rule, "resources").iter().any(|item| item == "*/*");
    names("apiGroups", group) && (names("resources", resource) || all)
}

/// Whether the API server calls the webhook for all that it should, and trusts it.
fn registration(items: &[Value], tls: Option<&Path>, at: Timestamp, report: &mut Report) {
    let configurations = items.iter().filter(|item| text(item, "/kind") == "ValidatingWebhookConfiguration");
    let webhooks: Vec<&Value> = configurations
        .flat_map(|configuration| list(configuration, "webhooks"))
        .filter(|webhook| text(webhook, "/clientConfig/service/path") == "/validate")
        .filter(|webhook| {
            list(webhook, "rules")
                .iter()
                .any(|rule| RESOURCES.iter().any(|(group, name)| is_for(rule, group, name)))
        })
        .collect();
    if webhooks.is_empty() {
        return report.error("no webhook is registered for certificate requests: apply the manifests");
    }
    for (group, resource) in RESOURCES {
        let is_covered = webhooks
            .iter()
            .any(|webhook| list(webhook, "rules").iter().any(|rule| is_for(rule, group, resource)));
        if !is_covered {
            report.warning(format!("no webhook is called for {resource}.{group}"));
        }
    }
    for webhook in webhooks {
        let name = text(webhook, "/name");
        if text(webhook, "/failurePolicy") == "Ignore" {
            report.warning(format!(
                "{name}: while the webhook is down, everything is let in (failurePolicy Ignore)"
            ));
        }
        match trust(webhook, tls, at) {
            Ok(found) => report.ok(format!("{name}: {found}")),
            Err(fault) => report.error(format!("{name}: {fault}")),
        }
    }
}

/// Whether the serving certificate has a path to `caBundle`, for the name of the service.
fn trust(webhook: &Value, tls: Option<&Path>, at: Timestamp) -> Result<String, String> {
    let bundle = text(webhook, "/clientConfig/caBundle");
    if bundle.is_empty() {
        return Err("caBundle is empty: the API server does not trust the webhook".to_owned());
    }
    let bundle = base64::engine::general_purpose::STANDARD
        .decode(bundle)
        .map_err(|_| "caBundle is not base64".to_owned())?;
    let anchors = Bundle::parse(&bundle).map_err(|error| format!("caBundle: {error}"))?;
    let service = format!(
        "{}.{}.svc",
        text(webhook, "/clientConfig/service/name"),
        text(webhook, "/clientConfig/service/namespace")
    );
    let Some(folder) = tls else {
        return Ok(format!("registered for {service}; give --tls-dir to see whether it is trusted"));
    };
    let file = folder.join(CERTIFICATE_FILE);
    let bytes = std::fs::read(&file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let chain = Bundle::parse(&bytes).map_err(|error| format!("{CERTIFICATE_FILE}: {error}"))?;
    let (leaf, presented) = chain
        .certificates()
        .split_first()
        .ok_or_else(|| format!("{CERTIFICATE_FILE} holds no certificate"))?;
    let found = Certificate::from(std::sync::Arc::clone(leaf));
    let trusted = format!("registered for {service} and trusted by caBundle");
    // A certificate that is in the bundle itself is trusted as it is, as Go does it, in which the API server is written.
    if anchors.certificates().iter().any(|anchor| anchor.digest() == leaf.digest()) {
        let is_for = found.is_for(&service).is_ok_and(|is| is);
        return is_for
            .then_some(trusted)
            .ok_or_else(|| format!("the serving certificate is not for {service}"));
    }
    let describe = |error: certgate_bindings::Error| error.to_string();
    // NOTE: Go asks less of issuers than RFC 5280 does.
    let rules = VerifierDocument {
        issuer_rules: certgate_bindings::IssuerRulesWord::Ignore,
        ..VerifierDocument::default()
    };
    let verifier = Verifier::new(&anchors, &Bundle::default(), &rules).map_err(describe)?;
    let asked = VerifyDocument { names: vec![service.clone()], ..VerifyDocument::default() };
    match verifier.verify(&found, presented, at, &asked, &Evidence::default()).map_err(describe)? {
        Ok(_) => Ok(trusted),
        Err(error) => {
            let reasons: Vec<String> =
                certgate_bindings::view_failure(&error).reasons.iter().map(ToString::to_string).collect();
            Err(format!("the API server does not trust the serving certificate: {}", reasons.join("; ")))
        }
    }
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
