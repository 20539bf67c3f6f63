//! What `doctor` reads of the cluster itself.

use std::path::Path;

use certgate_bindings::kubernetes::KubernetesRequest;
use certgate_bindings::view::DiagnosticView;
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::api::{ListParams, PostParams};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use kube::{Api, Client};
use serde_json::Value;

use crate::approve::client::{call, connect};
use crate::approve::facts;
use crate::approve::kind::Kind;
use crate::args::DoctorArguments;
use crate::judge::{self, lines};

/// Objects of one page.
const PAGE: u32 = 250;

/// Kinds that say who is asked and who approves.
const KINDS: [(&str, &str, &str); 2] = [
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations"),
    ("apps", "Deployment", "deployments"),
];

/// What an approver must be allowed: verb, group, resource, subresource.
const RIGHTS: [(&str, &str, &str, &str); 11] = [
    ("list", "certificates.k8s.io", "certificatesigningrequests", ""),
    ("watch", "certificates.k8s.io", "certificatesigningrequests", ""),
    ("update", "certificates.k8s.io", "certificatesigningrequests", "approval"),
    ("list", "cert-manager.io", "certificaterequests", ""),
    ("watch", "cert-manager.io", "certificaterequests", ""),
    ("update", "cert-manager.io", "certificaterequests", "status"),
    ("get", "", "nodes", ""),
    ("get", "", "namespaces", ""),
    ("create", "events.k8s.io", "events", ""),
    ("get", "certificates.k8s.io", "certificatesigningrequests", ""),
    ("get", "cert-manager.io", "certificaterequests", ""),
];

/// What a replica must be allowed in the namespace of its Lease, and whether the right is about this one alone.
const LEASE_RIGHTS: [(&str, bool); 3] = [("create", false), ("get", true), ("update", true)];

/// A cluster that answers.
pub(super) struct Cluster {
    runtime: tokio::runtime::Runtime,
    client: Client,
}

impl Cluster {
    /// # Errors
    /// No or unusable configuration, in one sentence.
    pub(super) fn reach(kubeconfig: Option<&Path>) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| format!("no thread could be started: {error}"))?;
        let client = runtime.block_on(connect(kubeconfig))?;
        Ok(Self { runtime, client })
    }

    /// The objects that say whether the webhook is registered and who else approves.
    ///
    /// # Errors
    /// A call that failed, in one sentence.
    pub(super) fn items(&self) -> Result<Vec<Value>, String> {
        self.runtime.block_on(async {
            let mut items = Vec::new();
            for (group, kind, plural) in KINDS {
                let gvk = GroupVersionKind::gvk(group, "v1", kind);
                let resource = ApiResource::from_gvk_with_plural(&gvk, plural);
                let api = Api::<DynamicObject>::all_with(self.client.clone(), &resource);
                let mut parameters = ListParams::default().limit(PAGE);
                loop {
                    let page =
                        call(api.list(&parameters)).await.map_err(|fault| format!("{plural}: {fault}"))?;
                    for item in page.items {
                        let mut value = serde_json::to_value(item).unwrap_or_default();
                        if let Some(map) = value.as_object_mut() {
                            map.insert("kind".to_owned(), kind.into());
                        }
                        items.push(value);
                    }
                    match page.metadata.continue_.filter(|token| !token.is_empty()) {
                        Some(token) => parameters = parameters.continue_token(&token),
                        None => break,
                    }
                }
            }
            Ok(items)
        })
    }

    /// A stored request with the facts that the approver would have: `NAME` of a CertificateSigningRequest, or
    /// `NAMESPACE/NAME` of a CertificateRequest.
    ///
    /// # Errors
    /// An object that is not there or cannot be read, in one sentence.
    pub(super) fn request(&self, name: &str) -> Result<KubernetesRequest, String> {
        self.runtime.block_on(async {
            let client = self.client.clone();
            let (kind, api, name) = match name.split_once('/') {
                None => {
                    let kind = Kind::SigningRequest;
                    (kind, Api::<DynamicObject>::all_with(client, &kind.resource()), name)
                }
                Some((namespace, name)) => {
                    let kind = Kind::CertificateRequest;
                    (kind, Api::namespaced_with(client, namespace, &kind.resource()), name)
                }
            };
            let object = call(api.get(name)).await.map_err(|fault| format!("{name}: {fault}"))?;
            let describe = |faults: Vec<DiagnosticView>| format!("{name}: {}", lines(&faults).join("; "));
            let mut request = judge::read(&kind.text(&object)).map_err(describe)?;
            let facts =
                facts::look_up(&self.client, &request).await.map_err(|fault| format!("{name}: {fault}"))?;
            request.context.facts.extend(facts.values);
            Ok(request)
        })
    }

    /// Each right that an approver needs, and whether this account has it.
    ///
    /// # Errors
    /// A call that failed, in one sentence.
    pub(super) fn rights(&self, arguments: &DoctorArguments) -> Result<Vec<(String, bool)>, String> {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        self.runtime.block_on(async {
            let mut rights = Vec::new();
            for (verb, group, resource, subresource) in RIGHTS {
                let attributes = ResourceAttributes {
                    verb: text(verb),
                    group: text(group),
                    resource: text(resource),
                    subresource: text(subresource),
                    ..ResourceAttributes::default()
                };
                let slash = if subresource.is_empty() { "" } else { "/" };
                rights.push((format!("{verb} {resource}{slash}{subresource}"), self.may(attributes).await?));
            }
            let lease = arguments.lease.iter();
            for (lease, (verb, is_named)) in lease.flat_map(|lease| LEASE_RIGHTS.map(|right| (lease, right)))
            {
                let attributes = ResourceAttributes {
                    verb: text(verb),
                    group: text("coordination.k8s.io"),
                    resource: text("leases"),
                    namespace: Some(lease.namespace.clone()),
                    name: is_named.then(|| lease.name.clone()),
                    ..ResourceAttributes::default()
                };
                let object = if is_named { format!(" {}", lease.name) } else { String::new() };
                let right = format!("{verb} leases{object} in {}", lease.namespace);
                rights.push((right, self.may(attributes).await?));
            }
            let signers = arguments.signers.iter().map(|name| ("signer", "certificates.k8s.io", name));
            let issuers = arguments.issuers.iter().map(|name| ("issuer", "cert-manager.io", name));
            for (word, group, name) in signers.chain(issuers) {
                let may = self.may_approve(group, name).await?;
                rights.push((format!("approve for the {word} {name}"), may));
            }
            Ok(rights)
        })
    }

    /// Whether this account may approve for a signer, named or by its whole domain, as the API server and cert-manager ask.
    async fn may_approve(&self, group: &str, signer: &str) -> Result<bool, String> {
        let domain = signer.split_once('/').map_or(signer, |(domain, _)| domain);
        for name in [signer.to_owned(), format!("{domain}/*")] {
            let attributes = ResourceAttributes {
                verb: Some("approve".to_owned()),
                group: Some(group.to_owned()),
                resource: Some("signers".to_owned()),
                name: Some(name),
                ..ResourceAttributes::default()
            };
            if self.may(attributes).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn may(&self, attributes: ResourceAttributes) -> Result<bool, String> {
        let api = Api::<SelfSubjectAccessReview>::all(self.client.clone());
        let spec = SelfSubjectAccessReviewSpec {
            resource_attributes: Some(attributes),
            ..SelfSubjectAccessReviewSpec::default()
        };
        let review = SelfSubjectAccessReview { spec, ..SelfSubjectAccessReview::default() };
        let answer = call(api.create(&PostParams::default(), &review))
            .await
            .map_err(|fault| format!("the rights cannot be asked for: {fault}"))?;
        Ok(answer.status.is_some_and(|status| status.allowed))
    }
}
