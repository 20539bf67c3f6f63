//! The command line of the webhook.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// A cluster lets in, and approves, only the certificate requests that a policy allows.
#[derive(Debug, Parser)]
#[command(name = "certgate-webhook", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Answer admission reviews.
    Serve(ServeArguments),
    /// Approve and deny the certificate requests of a cluster.
    #[cfg(feature = "approver")]
    Approve(ApproveArguments),
    /// Say what keeps a webhook from doing its work.
    Doctor(DoctorArguments),
}

#[derive(Args, Debug)]
pub(crate) struct ServeArguments {
    /// Folder with policies (*.yaml, *.yml, *.json) and webhook.yaml
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: PathBuf,
    /// Address for the API server, TLS
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8443")]
    pub(crate) listen: SocketAddr,
    /// Address for probes and metrics, plain HTTP
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8080")]
    pub(crate) health_listen: SocketAddr,
    #[command(flatten)]
    pub(crate) certificate: CertificateArguments,
    /// Seconds between two looks at the folders
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) reload_seconds: u64,
    /// Most open connections
    #[arg(long, value_name = "NUMBER", default_value_t = 1_024, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub(crate) max_connections: u32,
    /// Most reviews at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = 1_024, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub(crate) max_in_flight: u32,
    /// Seconds that a client may take for a handshake, for headers, and for a body
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) client_seconds: u64,
    /// Seconds between SIGTERM and the last accepted connection
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub(crate) drain_seconds: u64,
    /// Threads that answer; left out: one for each processor
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<std::num::NonZeroUsize>,
}

#[cfg(feature = "approver")]
#[derive(Args, Debug)]
pub(crate) struct ApproveArguments {
    /// Folder with policies (*.yaml, *.yml, *.json) and webhook.yaml
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: PathBuf,
    /// How to reach the cluster; left out: KUBECONFIG, ~/.kube/config, or the account of the pod
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Kind of request that is looked after; left out: both
    #[arg(long, value_name = "KIND")]
    pub(crate) only: Option<OnlyKind>,
    /// Lease by which one of several replicas is chosen; left out: this one decides alone
    #[arg(long, value_name = "NAMESPACE/NAME")]
    pub(crate) lease: Option<LeaseName>,
    /// Seconds after which another replica may take over from one that went silent
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u32).range(3..=3_600))]
    pub(crate) lease_seconds: u32,
    /// Name of this replica; left out: host name and process
    #[arg(long, value_name = "NAME")]
    pub(crate) identity: Option<String>,
    /// Seconds for which a request waits for its node to appear before it is denied
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) settle_seconds: u32,
    /// Address for probes and metrics, plain HTTP
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8080")]
    pub(crate) health_listen: SocketAddr,
    /// Seconds between two looks at the policies
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) reload_seconds: u64,
}

/// A kind of request.
#[cfg(feature = "approver")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum OnlyKind {
    /// Of Kubernetes itself
    #[value(name = "certificatesigningrequests")]
    SigningRequests,
    /// Of cert-manager
    #[value(name = "certificaterequests")]
    CertificateRequests,
}

/// Where a Lease is.
#[cfg(feature = "approver")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeaseName {
    pub(crate) namespace: String,
    pub(crate) name: String,
}

#[cfg(feature = "approver")]
impl std::str::FromStr for LeaseName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_name = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'))
        };
        match text.split_once('/') {
            Some((namespace, name)) if is_name(namespace) && is_name(name) => {
                Ok(Self { namespace: namespace.to_owned(), name: name.to_owned() })
            }
            _ => Err("it is not of the form NAMESPACE/NAME"),
        }
    }
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub(crate) struct CertificateSource {
    /// Folder with tls.crt and tls.key, such as a mounted Secret
    #[arg(long, value_name = "DIR")]
    pub(crate) tls_dir: Option<PathBuf>,
    /// Folder in which the webhook keeps a CA and a certificate that it makes itself
    #[arg(long, value_name = "DIR", requires = "dns_name")]
    pub(crate) self_made_dir: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct CertificateArguments {
    #[command(flatten)]
    pub(crate) source: CertificateSource,
    /// Name of the self-made certificate: SERVICE.NAMESPACE.svc
    #[arg(long, value_name = "NAME", conflicts_with = "tls_dir")]
    pub(crate) dns_name: Vec<String>,
}

#[derive(Args, Debug)]
pub(crate) struct DoctorArguments {
    /// Folder with policies and webhook.yaml
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: Option<PathBuf>,
    /// Folder with tls.crt and tls.key
    #[arg(long, value_name = "DIR")]
    pub(crate) tls_dir: Option<PathBuf>,
    /// A request object, to say which policies apply to it and why not the others
    #[arg(long, value_name = "FILE")]
    pub(crate) object: Option<PathBuf>,
    /// A request of the cluster, with the facts that the approver would have: NAME of a
    /// CertificateSigningRequest, NAMESPACE/NAME of a CertificateRequest
    #[cfg(feature = "approver")]
    #[arg(long, value_name = "NAME", conflicts_with_all = ["object", "offline", "cluster"])]
    pub(crate) request: Option<String>,
    /// Also say whether this account may do what an approver does
    #[cfg(feature = "approver")]
    #[arg(long, conflicts_with_all = ["offline", "cluster"])]
    pub(crate) approver: bool,
    /// The Lease of the approver's replicas, to say whether this account may hold it
    #[cfg(feature = "approver")]
    #[arg(long, value_name = "NAMESPACE/NAME", requires = "approver")]
    pub(crate) lease: Option<LeaseName>,
    /// A signer of CertificateSigningRequests, to say whether this account may approve for it (may be repeated):
    /// `example.com/web`
    #[cfg(feature = "approver")]
    #[arg(long = "signer", value_name = "NAME", requires = "approver")]
    pub(crate) signers: Vec<String>,
    /// An issuer of cert-manager, to say whether this account may approve for it (may be repeated):
    /// `issuers.cert-manager.io/NAMESPACE.NAME`
    #[cfg(feature = "approver")]
    #[arg(long = "issuer", value_name = "NAME", requires = "approver")]
    pub(crate) issuers: Vec<String>,
    /// How to reach the cluster; left out: KUBECONFIG, ~/.kube/config, or the account of the pod
    #[cfg(feature = "approver")]
    #[arg(long, value_name = "FILE", conflicts_with_all = ["offline", "cluster"])]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// What the cluster has, from `kubectl get validatingwebhookconfigurations,deployments -A -o json`;
    /// left out: the cluster is asked
    #[arg(long, value_name = "FILE")]
    pub(crate) cluster: Option<PathBuf>,
    /// The service of the webhook, where neither it nor the webhook has the name that the manifests give it
    #[arg(long, value_name = "NAMESPACE/NAME")]
    pub(crate) service: Option<String>,
    /// Look at no cluster
    #[arg(long, conflicts_with = "cluster")]
    pub(crate) offline: bool,
}
