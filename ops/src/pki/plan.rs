use std::collections::BTreeMap;
use std::path::PathBuf;

use certgate_bindings::certgate::policy::document::DurationText;
use serde::Deserialize;

/// A whole hierarchy.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a plan")]
pub struct Plan {
    /// Version of the form: 1.
    pub version: u32,
    /// The plan's name: policies and reports carry it.
    pub id: String,
    /// What it is for, for people.
    #[serde(default)]
    pub description: Option<String>,
    /// The CAs by name.
    pub authorities: BTreeMap<String, AuthorityPlan>,
    /// The certificates by name.
    #[serde(default)]
    pub certificates: BTreeMap<String, CertificatePlan>,
    /// Files with several certificates: authorities and certificates by name, in order.
    #[serde(default)]
    pub bundles: BTreeMap<String, Vec<String>>,
    /// Pairs of keys without a certificate, by name: such as that with which Kubernetes signs tokens of service accounts.
    #[serde(default)]
    pub keys: BTreeMap<String, KeyPairPlan>,
    /// Kubernetes Secrets as YAML, by file.
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretPlan>,
    /// Kubeconfigs, by file.
    #[serde(default)]
    pub kubeconfigs: BTreeMap<String, KubeconfigPlan>,
    /// The folder of the plan, where policies that it names are.
    #[serde(skip)]
    pub beside: PathBuf,
    /// The file of the plan as a command line names it, for commands that messages tell; none for a plan without a file.
    #[serde(skip)]
    pub file: Option<String>,
}

/// One CA.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an authority")]
pub struct AuthorityPlan {
    /// The CA above; a root without it.
    #[serde(default)]
    pub issuer: Option<String>,
    /// `TYPE=value`, in order.
    pub subject: Vec<String>,
    /// The kind of key.
    #[serde(default = "default_key")]
    pub key: String,
    /// How long it lives.
    pub lifetime: DurationText,
    /// Whether the private key is written under a passphrase.
    #[serde(default)]
    pub encrypt: bool,
    /// How many intermediates may follow.
    #[serde(default)]
    pub path_length: u32,
    /// A policy to which the CA is held by constraints in its own certificate: a file beside the plan, or the name of a
    /// ready-made policy. Not for roots: verifiers do not look at the constraints of trust anchors.
    #[serde(default)]
    pub constrain: Option<String>,
    /// The file of the certificate.
    pub certificate: String,
    /// The file of the private key.
    pub private_key: String,
}

/// One certificate of an end entity.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a certificate")]
pub struct CertificatePlan {
    /// The CA that issues it.
    pub issuer: String,
    /// `TYPE=value`, in order.
    #[serde(default)]
    pub subject: Vec<String>,
    /// Host names, addresses, mailboxes and URIs.
    #[serde(default)]
    pub names: Vec<String>,
    /// What it is for: `serverAuth`, `clientAuth` or others.
    pub purposes: Vec<String>,
    /// The kind of key.
    #[serde(default = "default_key")]
    pub key: String,
    /// How long it lives.
    pub lifetime: DurationText,
    /// The file of the certificate.
    pub certificate: String,
    /// The file of the private key.
    pub private_key: String,
    /// Whether the private key is written under a passphrase.
    #[serde(default)]
    pub encrypt: bool,
    /// A file with the certificate and the intermediates above it, as servers send them.
    #[serde(default)]
    pub chain: Option<String>,
}

/// One pair of keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a pair of keys")]
pub struct KeyPairPlan {
    /// The kind of key.
    #[serde(default = "default_key")]
    pub key: String,
    /// The file of the private key.
    pub private_key: String,
    /// The file of the public key in PEM.
    pub public_key: String,
    /// Whether the private key is written under a passphrase.
    #[serde(default)]
    pub encrypt: bool,
}

/// One Secret.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a Secret")]
pub struct SecretPlan {
    /// Its name.
    pub name: String,
    /// Its namespace.
    #[serde(default)]
    pub namespace: Option<String>,
    /// Its type: `kubernetes.io/tls` or `Opaque`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What stands under each key.
    pub data: BTreeMap<String, Source>,
}

/// What stands under a key of a Secret: one of these.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    expecting = "one of certificate, chain and privateKey"
)]
pub struct Source {
    /// The certificate of an authority or of an end entity.
    #[serde(default)]
    pub certificate: Option<String>,
    /// A certificate and the intermediates above it.
    #[serde(default)]
    pub chain: Option<String>,
    /// The private key of a certificate.
    #[serde(default)]
    pub private_key: Option<String>,
}

/// One kubeconfig with the certificate of a user inside.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a kubeconfig")]
pub struct KubeconfigPlan {
    /// The certificate of the user.
    pub user: String,
    /// The authority of the API server.
    pub authority: String,
    /// The name of the cluster.
    pub cluster: String,
    /// The URL of the API server.
    pub server: String,
}

fn default_key() -> String {
    "P-256".to_owned()
}
