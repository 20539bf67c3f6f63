//! The signers that are built into Kubernetes, simulated: what is approved may still fail when it is signed.

use std::sync::LazyLock;

use certgate_bindings::certgate::policy::Context;
use certgate_bindings::view::DiagnosticView;
use certgate_bindings::{Policy, Request};

use crate::config::Mode;
use crate::judge::lines;

/// The signers that sign by rules of their own.
const BUILT_IN: [&str; 3] = [
    "kubernetes.io/kube-apiserver-client",
    "kubernetes.io/kube-apiserver-client-kubelet",
    "kubernetes.io/kubelet-serving",
];

/// Each signer as a policy that decides exactly as it does.
static SIGNERS: LazyLock<Vec<(&str, Policy)>> = LazyLock::new(|| {
    BUILT_IN
        .into_iter()
        .filter_map(|name| Policy::load(&document(name)).ok().map(|policy| (name, policy)))
        .collect()
});

fn document(name: &str) -> String {
    serde_json::json!({
        "version": 1,
        "id": "signer",
        "compat": {
            "quirks": ["backdate-from-end", "lifetime-floor", "usages-as-text"],
            "kubernetesSigner": { "signerName": name },
        },
    })
    .to_string()
}

/// Why a signer will not sign what is approved.
pub(crate) struct Failing {
    pub(crate) signer: &'static str,
    /// What follows from it.
    pub(crate) mode: Mode,
    pub(crate) reasons: Vec<DiagnosticView>,
}

/// Asks the signer that a request names; `None` if it is none of those that are known, or if it would sign.
pub(crate) fn failing(
    signer: Option<&str>,
    request: &Request,
    context: &Context,
    mode: Mode,
) -> Option<Failing> {
    let (signer, policy) = SIGNERS.iter().find(|(name, _)| Some(*name) == signer)?;
    let simulation = policy.evaluate(request, context).simulation()?;
    let reasons = simulation.reasons;
    (simulation.outcome == "denied" && !reasons.is_empty()).then_some(Failing { signer, mode, reasons })
}

impl Failing {
    /// One line for each reason.
    pub(crate) fn lines(&self) -> Vec<String> {
        let lines = lines(&self.reasons).into_iter();
        lines.map(|line| format!("would be approved, then fail at {}, because {line}", self.signer)).collect()
    }

    /// Whether the object is refused, or the request denied, for it.
    pub(crate) fn refuses(&self) -> bool {
        self.mode == Mode::Enforce
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_signers_are_known() {
        let names: Vec<&str> = SIGNERS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, BUILT_IN);
    }
}
