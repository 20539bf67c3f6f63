use std::collections::BTreeMap;
use std::sync::Arc;

use crate::crypto::CryptoProvider;
use crate::key::Blocklist;
use crate::time::{Duration, Timestamp};

/// What is known besides the request: who asks, where, of whom, for how long, and when.
///
/// The engine has no clock: the time of the evaluation is an argument.
#[derive(Clone, Debug)]
pub struct Context {
    at: Timestamp,
    requester: Option<Requester>,
    namespace: Option<String>,
    signer_name: Option<String>,
    issuer: Option<IssuerReference>,
    usages: Option<Vec<String>>,
    duration: Option<Duration>,
    not_after: Option<Timestamp>,
    default_duration: Option<Duration>,
    as_requested: bool,
    ca: Option<bool>,
    parameters: BTreeMap<String, Vec<String>>,
    facts: BTreeMap<String, Vec<String>>,
    blocklist: Option<Arc<Blocklist>>,
    crypto: Option<&'static CryptoProvider>,
    /// Whether the request must prove that its sender holds the key.
    pub(super) possession: Possession,
}

/// Whether the signature of a request is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Possession {
    Proven,
    /// For the reasons of a review alone: nothing is issued by them.
    NotAsked,
}

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requester {
    /// User name, such as `system:node:n1`.
    pub username: String,
    /// Groups.
    pub groups: Vec<String>,
    /// Further attributes that the authenticator gave.
    pub extra: BTreeMap<String, Vec<String>>,
}

/// The issuer that is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssuerReference {
    /// Name.
    pub name: String,
    /// Kind, such as `ClusterIssuer`.
    pub kind: String,
    /// API group, such as `cert-manager.io`.
    pub group: String,
}

impl Context {
    /// A context that knows nothing but the time of the evaluation.
    pub fn new(at: Timestamp) -> Self {
        Self {
            at,
            requester: None,
            namespace: None,
            signer_name: None,
            issuer: None,
            usages: None,
            duration: None,
            not_after: None,
            default_duration: None,
            as_requested: false,
            ca: None,
            parameters: BTreeMap::new(),
            facts: BTreeMap::new(),
            blocklist: None,
            crypto: None,
            possession: Possession::Proven,
        }
    }

    /// Says who asks.
    #[must_use]
    pub fn with_requester(mut self, requester: Requester) -> Self {
        self.requester = Some(requester);
        self
    }

    /// Says in which namespace.
    #[must_use]
    pub fn with_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Says which Kubernetes signer is asked.
    #[must_use]
    pub fn with_signer_name(mut self, signer_name: impl Into<String>) -> Self {
        self.signer_name = Some(signer_name.into());
        self
    }

    /// Says which issuer is asked.
    #[must_use]
    pub fn with_issuer(mut self, issuer: IssuerReference) -> Self {
        self.issuer = Some(issuer);
        self
    }

    /// Says which usages are asked for beside the request: words of Kubernetes (`server auth`) or of X.509 (`serverAuth`).
    #[must_use]
    pub fn with_usages(mut self, usages: Vec<String>) -> Self {
        self.usages = Some(usages);
        self
    }

    /// Says which lifetime is asked for.
    #[must_use]
    pub fn with_duration(mut self, duration: Duration) -> Self {
        self.duration = Some(duration);
        self
    }

    /// Says which end of life is asked for.
    #[must_use]
    pub fn with_not_after(mut self, not_after: Timestamp) -> Self {
        self.not_after = Some(not_after);
        self
    }

    /// Says which lifetime the signer gives where none is asked for. It is judged as one that is asked for.
    #[must_use]
    pub fn with_default_duration(mut self, duration: Duration) -> Self {
        self.default_duration = Some(duration);
        self
    }

    /// Says whether the signer issues the request as it stands, as those of a Kubernetes cluster do, and not the template. Then
    /// what the policy would change of it is a reason of its own: `policy/not-as-requested`.
    #[must_use]
    pub fn with_as_requested(mut self, as_requested: bool) -> Self {
        self.as_requested = as_requested;
        self
    }

    /// Says whether a certificate of a CA is asked for beside the request, as `spec.isCA` of cert-manager does.
    #[must_use]
    pub fn with_ca(mut self, ca: bool) -> Self {
        self.ca = Some(ca);
        self
    }

    /// Adds a parameter of the call beside the request, for policies that decide as another program does.
    #[must_use]
    pub fn with_parameter(mut self, name: impl Into<String>, values: Vec<String>) -> Self {
        self.parameters.insert(name.into(), values);
        self
    }

    /// Adds a fact with one or more values.
    #[must_use]
    pub fn with_fact(mut self, name: impl Into<String>, values: Vec<String>) -> Self {
        self.facts.insert(name.into(), values);
        self
    }

    /// Adds a list of keys that must not be used.
    #[must_use]
    pub fn with_blocklist(mut self, blocklist: Arc<Blocklist>) -> Self {
        self.blocklist = Some(blocklist);
        self
    }

    /// Replaces the signature back ends, which are otherwise the best for the CPU.
    #[must_use]
    pub fn with_crypto(mut self, crypto: &'static CryptoProvider) -> Self {
        self.crypto = Some(crypto);
        self
    }

    /// The same, and the signature of the request is not looked at.
    pub(super) fn for_review(&self) -> Self {
        Self { possession: Possession::NotAsked, ..self.clone() }
    }

    /// The time of the evaluation.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Who asks.
    pub fn requester(&self) -> Option<&Requester> {
        self.requester.as_ref()
    }

    /// The requester's user name.
    pub fn username(&self) -> Option<&str> {
        self.requester.as_ref().map(|requester| requester.username.as_str())
    }

    /// The namespace.
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The Kubernetes signer.
    pub fn signer_name(&self) -> Option<&str> {
        self.signer_name.as_deref()
    }

    /// The issuer that is asked.
    pub fn issuer(&self) -> Option<&IssuerReference> {
        self.issuer.as_ref()
    }

    /// Usages that are asked for beside the request.
    pub fn usages(&self) -> Option<&[String]> {
        self.usages.as_deref()
    }

    /// The lifetime that is asked for.
    pub fn duration(&self) -> Option<Duration> {
        self.duration
    }

    /// The end of life that is asked for.
    pub fn not_after(&self) -> Option<Timestamp> {
        self.not_after
    }

    /// The lifetime that the signer gives where none is asked for.
    pub fn default_duration(&self) -> Option<Duration> {
        self.default_duration
    }

    /// Whether the signer issues the request as it stands, and not the template.
    pub fn is_as_requested(&self) -> bool {
        self.as_requested
    }

    /// Whether a certificate of a CA is asked for beside the request.
    pub fn ca(&self) -> Option<bool> {
        self.ca
    }

    /// The values of a parameter of the call.
    pub fn parameter(&self, name: &str) -> Option<&[String]> {
        self.parameters.get(name).map(Vec::as_slice)
    }

    /// The values of a fact.
    pub fn fact(&self, name: &str) -> Option<&[String]> {
        self.facts.get(name).map(Vec::as_slice)
    }

    /// All facts, sorted by name.
    pub fn facts(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.facts.iter().map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    /// Keys that must not be used.
    pub fn blocklist(&self) -> Option<&Blocklist> {
        self.blocklist.as_deref()
    }

    /// The signature back ends.
    pub fn crypto(&self) -> &'static CryptoProvider {
        self.crypto.unwrap_or_else(CryptoProvider::best)
    }
}
