//! The command line of the webhook.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Admission webhook: a cluster lets in only the certificate requests that a policy allows.
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
    /// What the cluster has, from `kubectl get validatingwebhookconfigurations,deployments -A -o json`;
    /// left out: kubectl is asked
    #[arg(long, value_name = "FILE")]
    pub(crate) cluster: Option<PathBuf>,
    /// Look at no cluster
    #[arg(long, conflicts_with = "cluster")]
    pub(crate) offline: bool,
}
