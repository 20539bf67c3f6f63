//! `cargo xtask kubernetes`: a real API server over a real etcd on loopback, with the webhook registered and the approver at work.
//!
//! Both programs of Kubernetes come from its Go module, which `tests/kubernetes/go.mod` names; etcd is Debian's. Keys, certificates and
//! kubeconfigs are those of `certgate pki init`.

mod admission;
mod approval;
mod chart;
mod checks;
mod cluster;
mod early;
mod manifests;
mod monitoring;
mod processes;
mod signers;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Failure};
use checks::Checks;
use cluster::Cluster;

/// The release of cert-manager whose custom resources are applied, and the sum by which Go knows its module.
const CERT_MANAGER: (&str, &str) =
    ("github.com/cert-manager/cert-manager@v1.21.2", "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=");

/// The same of the Gateway API.
const GATEWAY_API: (&str, &str) =
    ("sigs.k8s.io/gateway-api@v1.4.0", "h1:ZwlNM6zOHq0h3WUX2gfByPs2yAEsy/EenYJB78jpQfQ=");

/// Builds what is missing, starts the cluster, and holds the webhook and the approver to it.
pub fn run() -> Result<(), Failure> {
    for (program, package) in [("etcd", "etcd-server"), ("go", "golang-go")] {
        if !run::has(program) {
            return Err(Failure::new(format!("{program} is missing: apt-get install -y {package}")));
        }
    }
    let programs = build()?;
    let definitions = definitions(CERT_MANAGER)?.join("deploy/crds");
    let gateways = self::definitions(GATEWAY_API)?.join("config/crd/standard");
    let folder = run::root().join("target/kubernetes/run");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    }
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    let cluster = Cluster::start(&programs, &folder)?;
    let mut checks = Checks::default();
    cluster.apply_definitions(&definitions)?;
    let mut webhook = admission::run(&cluster, &mut checks)?;
    let watch =
        "version: 1\nmodes: { kube-apiserver-client: audit }\nunmatched: allow\nsigners: { mode: warn }\n";
    webhook.configure(watch)?;
    signers::run(&cluster, &mut checks)?;
    let early = "version: 1\nunmatched: allow\nearly: { mode: enforce }\nsecrets: { mode: enforce }\n";
    webhook.configure(early)?;
    early::run(&cluster, &gateways, &mut checks)?;
    monitoring::run(&cluster, &mut webhook, &mut checks)?;
    approval::run(&cluster, &webhook, &mut checks)?;
    admission::without_a_webhook(&cluster, webhook, &mut checks)?;
    checks.end()
}

/// The folder with the programs of Kubernetes and `helm`, which are built once for each version.
fn build() -> Result<PathBuf, Failure> {
    let module = run::root().join("tests/kubernetes");
    let folder = run::root().join("target/kubernetes/bin");
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    build_module(
        &module,
        &folder,
        &[
            "k8s.io/kubernetes/cmd/kube-apiserver",
            "k8s.io/kubernetes/cmd/kube-controller-manager",
            "k8s.io/kubernetes/cmd/kubectl",
        ],
    )?;
    build_module(&module.join("helm"), &folder, &["helm.sh/helm/v4/cmd/helm"])?;
    Ok(folder)
}

/// Builds programs of a module, unless they are there and the sums of the module are what they were.
fn build_module(module: &Path, folder: &Path, programs: &[&str]) -> Result<(), Failure> {
    let read = |path: &Path| fs::read(path).map_err(|error| failed(path, &error));
    let sums = read(&module.join("go.sum"))?;
    let mut names = programs.iter().filter_map(|program| program.rsplit('/').next());
    let built = folder.join(names.clone().next().unwrap_or_default()).with_extension("sum");
    if built.exists() && read(&built)? == sums && names.all(|name| folder.join(name).is_file()) {
        return Ok(());
    }
    println!("building {} from the Go module: this takes a while, once", programs.join(" and "));
    let mut go = go();
    go.current_dir(module).env("CGO_ENABLED", "0");
    run::check(go.args(["build", "-trimpath", "-ldflags=-s -w", "-o"]).arg(folder).args(programs))?;
    fs::write(&built, sums).map_err(|error| failed(&built, &error))
}

/// The folder of a module that custom resource definitions are taken of.
fn definitions((module, sum): (&str, &str)) -> Result<PathBuf, Failure> {
    let text = run::output(go().args(["mod", "download", "-json", module]))?;
    let found: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| Failure::new(format!("go mod download: {error}")))?;
    if found["Sum"] != sum {
        return Err(Failure::new(format!("{module} has the sum {}, not {sum}", found["Sum"])));
    }
    found["Dir"].as_str().map(PathBuf::from).ok_or_else(|| Failure::new("go names no folder"))
}

/// Go as it is here: no other version of it is fetched.
fn go() -> Command {
    let mut go = Command::new("go");
    go.current_dir(run::root().join("tests/kubernetes")).env("GOTOOLCHAIN", "local");
    go
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}
