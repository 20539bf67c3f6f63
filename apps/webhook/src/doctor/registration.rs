//! Whether the API server calls the webhook for all that it should, past what it lets requests, and whether it trusts it.

use std::path::Path;

use base64::Engine;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::{Bundle, Certificate, Evidence, Verifier, VerifierDocument, VerifyDocument};
use serde_json::Value;

use super::{Report, list, text};
use crate::args::DoctorArguments;
use crate::serving::CERTIFICATE_FILE;

/// What a webhook should be called for. A request is brought by CREATE and approved by UPDATE.
const RESOURCES: [(&str, &str, &str); 4] = [
    ("certificates.k8s.io", "certificatesigningrequests", "CREATE"),
    ("certificates.k8s.io", "certificatesigningrequests/approval", "UPDATE"),
    ("cert-manager.io", "certificaterequests", "CREATE"),
    ("cert-manager.io", "certificaterequests/status", "UPDATE"),
];

/// The domain of the names that the manifests give their webhooks.
const OWN_DOMAIN: &str = ".certgate.io";

/// Looks at what is registered.
pub(super) fn look(items: &[Value], arguments: &DoctorArguments, at: Timestamp, report: &mut Report) {
    let configurations = items.iter().filter(|item| text(item, "/kind") == "ValidatingWebhookConfiguration");
    let webhooks: Vec<&Value> = configurations
        .flat_map(|configuration| list(configuration, "webhooks"))
        .filter(|webhook| is_own(webhook, arguments))
        .collect();
    if webhooks.is_empty() {
        return report.error(
            "no webhook is registered for certificate requests: apply the manifests, or name its service with --service",
        );
    }
    for (group, resource, operation) in RESOURCES {
        let rules = || webhooks.iter().flat_map(|webhook| list(webhook, "rules"));
        let mut is_named = rules().filter(|rule| is_for(rule, group, resource)).peekable();
        if is_named.peek().is_none() {
            report.warning(format!("no webhook is called for {resource}.{group}"));
        } else if !is_named.any(|rule| has(rule, "operations", operation)) {
            report.warning(format!("no webhook is called for {operation} of {resource}.{group}"));
        }
    }
    for webhook in webhooks {
        let name = text(webhook, "/name");
        if text(webhook, "/failurePolicy") == "Ignore" {
            report.warning(format!(
                "{name}: while the webhook is down, everything is let in (failurePolicy Ignore)"
            ));
        }
        exemptions(webhook, report);
        match trust(webhook, arguments.tls_dir.as_deref(), at) {
            Ok(found) => report.ok(format!("{name}: {found}")),
            Err(fault) => report.error(format!("{name}: {fault}")),
        }
    }
}

/// Whether a webhook is one of certgate, and not, say, that of cert-manager, which looks at the same objects: by the service
/// that is named, or else by the name that the manifests give it or its service.
fn is_own(webhook: &Value, arguments: &DoctorArguments) -> bool {
    let (namespace, name) = service(webhook);
    match &arguments.service {
        Some(own) => *own == format!("{namespace}/{name}"),
        None => text(webhook, "/name").ends_with(OWN_DOMAIN) || name.contains("certgate"),
    }
}

fn service(webhook: &Value) -> (&str, &str) {
    (text(webhook, "/clientConfig/service/namespace"), text(webhook, "/clientConfig/service/name"))
}

fn has(rule: &Value, key: &str, name: &str) -> bool {
    list(rule, key).iter().any(|item| item == name || item == "*")
}

/// Whether a rule is for a resource of a group.
fn is_for(rule: &Value, group: &str, resource: &str) -> bool {
    let all = list(rule, "resources").iter().any(|item| item == "*/*");
    has(rule, "apiGroups", group) && (has(rule, "resources", resource) || all)
}

/// What goes past a webhook: nobody sees it there.
fn exemptions(webhook: &Value, report: &mut Report) {
    let name = text(webhook, "/name");
    for selector in ["namespaceSelector", "objectSelector"] {
        let selects = ["matchLabels", "matchExpressions"].into_iter().any(|key| {
            let found = webhook.get(selector).and_then(|selector| selector.get(key));
            found.is_some_and(|found| match found {
                Value::Object(labels) => !labels.is_empty(),
                Value::Array(expressions) => !expressions.is_empty(),
                _ => false,
            })
        });
        if selects {
            report.warning(format!("{name}: what its {selector} does not select is let in unseen"));
        }
    }
    for condition in list(webhook, "matchConditions") {
        let expression = text(condition, "/expression").split_whitespace().collect::<Vec<_>>().join(" ");
        report.warning(format!(
            "{name}: what does not meet the condition `{}` is let in unseen: {expression}",
            text(condition, "/name")
        ));
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
    let (namespace, service) = service(webhook);
    let service = format!("{service}.{namespace}.svc");
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
