//! The ready-made policies: YAML documents, each with its cases beside it.

#![forbid(unsafe_code)]

/// One ready-made policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadyMade {
    /// Its name, which is also its id.
    pub name: &'static str,
    /// The document in YAML.
    pub text: &'static str,
    /// Its cases in YAML.
    pub cases: &'static str,
}

/// Declares a policy by the name of its files.
macro_rules! ready_made {
    ($($name:literal),* $(,)?) => {
        &[$(ReadyMade {
            name: $name,
            text: include_str!(concat!("../", $name, ".yaml")),
            cases: include_str!(concat!("../", $name, ".cases.yaml")),
        }),*]
    };
}

/// All of them, sorted by name.
pub const ALL: &[ReadyMade] = ready_made![
    "acme-preflight",
    "gateway",
    "istio-workload",
    "kube-apiserver-client",
    "kube-apiserver-client-kubelet",
    "kubelet-serving",
    "kubernetes-control-plane",
    "kubernetes-etcd",
    "kubernetes-front-proxy",
    "kubernetes-kubelet",
    "kubernetes-operators",
    "mtls-client",
    "private-web",
    "spiffe-svid",
];

/// The policy with this name.
pub fn find(name: &str) -> Option<&'static ReadyMade> {
    ALL.iter().find(|policy| policy.name == name)
}
