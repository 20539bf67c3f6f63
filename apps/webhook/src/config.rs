//! The webhook's own configuration, beside the policies: what a refusal means, and what is not in a policy.

use std::collections::BTreeMap;
use std::path::Path;

use certgate_bindings::certgate::policy::document::{DurationText, Enforcement};
use certgate_bindings::certgate::time::{Duration, Timestamp};
use certgate_bindings::kubernetes::CLUSTER_SIGNING_DURATION;
use certgate_bindings::{Bundle, ContextDocument, Verifier, VerifierDocument};
use serde::Deserialize;

/// The name of the file, in the folder of the policies.
pub(crate) const FILE: &str = "webhook.yaml";

/// As it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    version: u32,
    #[serde(default)]
    mode: Mode,
    #[serde(default)]
    modes: BTreeMap<String, Mode>,
    #[serde(default)]
    unmatched: Fallback,
    #[serde(default)]
    unknown_kinds: Fallback,
    #[serde(default)]
    secrets: SecretsDocument,
    #[serde(default)]
    signers: SignersDocument,
    #[serde(default)]
    early: EarlyDocument,
    #[serde(default = "cluster_signing_duration")]
    cluster_signing_duration: DurationText,
    #[serde(default)]
    facts: BTreeMap<String, serde_json::Value>,
}

fn cluster_signing_duration() -> DurationText {
    DurationText(CLUSTER_SIGNING_DURATION)
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SecretsDocument {
    #[serde(default)]
    mode: Mode,
    #[serde(default)]
    anchors: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignersDocument {
    #[serde(default = "Mode::warn")]
    mode: Mode,
}

impl Default for SignersDocument {
    fn default() -> Self {
        Self { mode: Mode::Warn }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EarlyDocument {
    #[serde(default = "Mode::warn")]
    mode: Mode,
    #[serde(default = "cert_manager")]
    requester: String,
}

impl Default for EarlyDocument {
    fn default() -> Self {
        Self { mode: Mode::Warn, requester: cert_manager() }
    }
}

/// The account of cert-manager where it is installed as its own manifests say.
fn cert_manager() -> String {
    "system:serviceaccount:cert-manager:cert-manager".to_owned()
}

/// What a refusal of a policy means.
/// From mild to hard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Mode {
    /// It is in the audit log and in the metrics alone.
    Audit,
    /// The user is warned.
    Warn,
    /// The object is refused.
    #[default]
    Enforce,
}

impl Mode {
    fn warn() -> Self {
        Self::Warn
    }

    /// The milder of this and of what the policy says itself: a policy that is tried out stops nothing anywhere.
    pub(crate) fn at_most(self, policy: Enforcement) -> Self {
        match (policy, self) {
            (Enforcement::Audit, _) | (_, Self::Audit) => Self::Audit,
            (Enforcement::Warn, _) | (_, Self::Warn) => Self::Warn,
            (Enforcement::Enforce, Self::Enforce) => Self::Enforce,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Warn => "warn",
            Self::Enforce => "enforce",
        }
    }
}

/// What happens where there is nothing to judge by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Fallback {
    /// The object is let in.
    Allow,
    /// It is let in with a warning.
    Warn,
    /// It is refused.
    #[default]
    Deny,
}

/// As it is used.
pub(crate) struct Config {
    mode: Mode,
    modes: BTreeMap<String, Mode>,
    /// No policy applies to a request.
    pub(crate) unmatched: Fallback,
    /// An object of a kind that certgate does not know.
    pub(crate) unknown_kinds: Fallback,
    /// How Secrets of type kubernetes.io/tls are judged.
    pub(crate) secrets: Secrets,
    /// What follows where a signer of Kubernetes would not sign what is approved.
    pub(crate) signers: Mode,
    /// How objects are judged for which cert-manager will make requests.
    pub(crate) early: Early,
    /// How long kube-controller-manager signs for where a request names no lifetime: its `--cluster-signing-duration`.
    pub(crate) cluster_signing_duration: Duration,
    /// Facts beside each request, as `--fact` of the command line gives them; what is known of a request itself goes before.
    pub(crate) facts: BTreeMap<String, serde_json::Value>,
}

pub(crate) struct Early {
    /// The hardest that an early answer may be.
    pub(crate) mode: Mode,
    /// Who will send the requests.
    pub(crate) requester: String,
}

pub(crate) struct Secrets {
    pub(crate) mode: Mode,
    pub(crate) verifier: Option<Verifier>,
}

impl From<EarlyDocument> for Early {
    fn from(document: EarlyDocument) -> Self {
        Self { mode: document.mode, requester: document.requester }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            mode: Mode::Enforce,
            modes: BTreeMap::new(),
            unmatched: Fallback::Deny,
            unknown_kinds: Fallback::Deny,
            secrets: Secrets { mode: Mode::Enforce, verifier: None },
            signers: SignersDocument::default().mode,
            early: EarlyDocument::default().into(),
            cluster_signing_duration: CLUSTER_SIGNING_DURATION,
            facts: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Reads the text of [`FILE`]; `read` gives the files that it names, which lie beside it.
    ///
    /// # Errors
    /// Unknown keys, wrong values and files that cannot be read, in one sentence.
    pub(crate) fn from_text(
        text: &str,
        read: impl Fn(&str) -> Result<Vec<u8>, String>,
    ) -> Result<Self, String> {
        let document: Document = serde_saphyr::from_str(text)
            .map_err(|error| format!("{FILE}: {}", one_line(&error.to_string())))?;
        if document.version != 1 {
            return Err(format!("{FILE}: version {} is not known, only 1", document.version));
        }
        check_facts(&document.facts)?;
        let verifier = document.secrets.anchors.map(|name| verifier(&name, &read)).transpose()?;
        let secrets = Secrets { mode: document.secrets.mode, verifier };
        Ok(Self {
            mode: document.mode,
            modes: document.modes,
            unmatched: document.unmatched,
            unknown_kinds: document.unknown_kinds,
            secrets,
            signers: document.signers.mode,
            early: document.early.into(),
            cluster_signing_duration: document.cluster_signing_duration.0,
            facts: document.facts,
        })
    }

    /// The hardest mode of any policy. It is that of a request that cannot be read: nobody knows which of them it would meet.
    pub(crate) fn hardest_mode(&self) -> Mode {
        self.modes.values().copied().fold(self.mode, Mode::max)
    }

    /// The mode of a policy.
    pub(crate) fn mode(&self, policy: &str) -> Mode {
        self.modes.get(policy).copied().unwrap_or(self.mode)
    }

    /// The policies that are named here; each must be there.
    pub(crate) fn named_policies(&self) -> impl Iterator<Item = &str> {
        self.modes.keys().map(String::as_str)
    }
}

/// A fact that no context can have would keep every request from being judged.
fn check_facts(facts: &BTreeMap<String, serde_json::Value>) -> Result<(), String> {
    let at = Timestamp::from_unix(0).ok_or_else(|| format!("{FILE}: facts: there is no time"))?;
    let document = ContextDocument { facts: facts.clone(), ..ContextDocument::default() };
    document.to_context(at).map(|_| ()).map_err(|error| format!("{FILE}: {}", one_line(&error.to_string())))
}

fn verifier(name: &str, read: impl Fn(&str) -> Result<Vec<u8>, String>) -> Result<Verifier, String> {
    if Path::new(name).components().count() != 1 {
        return Err(format!("{FILE}: secrets.anchors: `{name}` is not the name of a file beside it"));
    }
    let bundle = Bundle::parse(&read(name)?).map_err(|error| format!("{name}: {error}"))?;
    Verifier::new(&bundle, &Bundle::default(), &VerifierDocument::default())
        .map_err(|error| format!("{name}: {error}"))
}

/// The first line: readers of YAML add the source below it.
fn one_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Result<Config, String> {
        Config::from_text(text, |name| Err(format!("cannot read {name}")))
    }

    #[test]
    fn modes_are_by_policy() {
        let config = config("version: 1\nmode: warn\nmodes: { web: audit }\nunmatched: allow\n").unwrap();
        assert_eq!(config.mode("web"), Mode::Audit);
        assert_eq!(config.mode("other"), Mode::Warn);
        assert_eq!(config.unmatched, Fallback::Allow);
        assert_eq!(config.unknown_kinds, Fallback::Deny);
        assert_eq!(config.secrets.mode, Mode::Enforce);
        assert_eq!(config.signers, Mode::Warn);
        assert_eq!(config.hardest_mode(), Mode::Warn);
        assert_eq!(config.cluster_signing_duration, CLUSTER_SIGNING_DURATION);
    }

    #[test]
    fn one_enforced_policy_makes_the_hardest_mode() {
        let hardest = |text: &str| config(text).unwrap().hardest_mode();
        assert_eq!(hardest("version: 1\nmode: audit\nmodes: { team: enforce, web: warn }\n"), Mode::Enforce);
        assert_eq!(hardest("version: 1\nmode: audit\nmodes: { web: warn }\n"), Mode::Warn);
        assert_eq!(hardest("version: 1\nmodes: { web: audit }\n"), Mode::Enforce);
    }

    #[test]
    fn facts_that_no_context_can_have_are_not_taken_over() {
        for facts in ["{ cluster: { a: b } }", "{ cluster: null }", "{ cluster: [[a]] }"] {
            let fault = config(&format!("version: 1\nfacts: {facts}\n")).err().unwrap();
            assert!(fault.starts_with("webhook.yaml: ") && fault.contains("cluster"), "{fault}");
        }
        assert!(config("version: 1\nfacts: { cluster: prod, racks: [1, 2] }\n").is_ok());
        let day = config("version: 1\nclusterSigningDuration: 24h\n").unwrap();
        assert_eq!(day.cluster_signing_duration, Duration::from_days(1));
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        for text in ["version: 2", "version: 1\nmodus: warn", "version: 1\nmode: off", "mode: warn", ""] {
            assert!(config(text).is_err(), "{text}");
        }
        assert!(config("version: 1\nsecrets: { anchors: ../x }").err().unwrap().contains("beside it"));
        assert!(
            config("version: 1\nsecrets: { anchors: x.pem }").err().unwrap().contains("cannot read x.pem")
        );
    }
}
