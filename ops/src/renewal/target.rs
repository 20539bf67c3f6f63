use std::path::{Path, PathBuf};
use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::name::GeneralName;
use certgate_bindings::certgate::oid::{Oid, OidKind};
use certgate_bindings::certgate::policy::Context;
use certgate_bindings::certgate::policy::document::DurationText;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::{Bundle, Policy, issue, read_document};
use serde::Deserialize;

/// One certificate that is kept renewed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a target")]
pub struct Target {
    /// Version of the form: 1.
    pub version: u32,
    /// The target's name: reports and metrics carry it.
    pub id: String,
    /// What it is for, for people.
    #[serde(default)]
    pub description: Option<String>,
    /// The policy: a file beside the target, or a ready-made one. A local CA needs one.
    #[serde(default)]
    pub policy: Option<String>,
    /// `TYPE=value`, in order.
    #[serde(default)]
    pub subject: Vec<String>,
    /// Host names, addresses, mailboxes and URIs.
    #[serde(default)]
    pub names: Vec<String>,
    /// What it is for: `serverAuth`, `clientAuth` or others.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// The private key.
    #[serde(default)]
    pub key: KeyPlan,
    /// The lifetime to ask for; left out: what the issuer gives.
    #[serde(default)]
    pub lifetime: Option<DurationText>,
    /// How long before its end it is renewed; left out: a third of its life.
    #[serde(default)]
    pub renew_before: Option<DurationText>,
    /// Who issues.
    pub issuer: IssuerPlan,
    /// Files with the trust anchors that the chain must verify to; a local CA's own root is one.
    #[serde(default)]
    pub trust: Vec<String>,
    /// Where the pair stands.
    pub output: OutputPlan,
    /// What is run when a new pair is in place.
    #[serde(default)]
    pub hook: Option<HookPlan>,
}

/// The private key of a target.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a key")]
pub struct KeyPlan {
    /// Its kind.
    #[serde(default = "default_key")]
    pub kind: String,
    /// Keep the key that is there; else every certificate has a new one.
    #[serde(default)]
    pub reuse: bool,
}

impl Default for KeyPlan {
    fn default() -> Self {
        Self { kind: default_key(), reuse: false }
    }
}

/// Who issues: one of these.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    expecting = "one of local, exec, vault and kubernetes"
)]
pub struct IssuerPlan {
    /// A CA whose key is at hand.
    #[serde(default)]
    pub local: Option<LocalPlan>,
    /// A program.
    #[serde(default)]
    pub exec: Option<ExecPlan>,
    /// Vault or OpenBao.
    #[serde(default)]
    pub vault: Option<VaultPlan>,
    /// A signer of a Kubernetes cluster.
    #[serde(default)]
    pub kubernetes: Option<KubernetesPlan>,
}

/// A CA whose key is at hand.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a local CA")]
pub struct LocalPlan {
    /// The CA's certificate, and those above it up to the root.
    pub ca: String,
    /// Its private key.
    pub private_key: String,
    /// The inventory; left out: `inventory.db` beside the certificate.
    #[serde(default)]
    pub inventory: Option<String>,
    /// Where the CA's revocation lists are.
    #[serde(default)]
    pub crl_uris: Vec<String>,
}

/// A program that gets the request in PEM on standard input and writes the chain in PEM to standard output.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a program")]
pub struct ExecPlan {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// How long it may take; left out: a minute.
    #[serde(default)]
    pub timeout: Option<DurationText>,
}

/// `sign` of a PKI secrets engine of Vault or OpenBao.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a Vault or OpenBao")]
pub struct VaultPlan {
    /// The URL of the server.
    pub address: String,
    /// Where the engine is mounted; left out: `pki`.
    #[serde(default = "default_mount")]
    pub mount: String,
    /// The role.
    pub role: String,
    /// A file with the token.
    pub token_file: String,
    /// A file with the CA of the server's certificate.
    #[serde(default)]
    pub ca_file: Option<String>,
    /// The namespace.
    #[serde(default)]
    pub namespace: Option<String>,
}

/// A signer of a Kubernetes cluster: the request becomes a CertificateSigningRequest.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a Kubernetes cluster")]
pub struct KubernetesPlan {
    /// The URL of the API server.
    pub server: String,
    /// The signer.
    pub signer_name: String,
    /// A file with the bearer token.
    pub token_file: String,
    /// A file with the CA of the API server's certificate.
    #[serde(default)]
    pub ca_file: Option<String>,
    /// How long an approval may take; left out: five minutes.
    #[serde(default)]
    pub timeout: Option<DurationText>,
}

/// Where a pair stands: one of these.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "one of folder, combined and files")]
pub struct OutputPlan {
    /// A folder with a folder for each version and a link to the current one: key and certificate change in one step.
    #[serde(default)]
    pub folder: Option<String>,
    /// One file with the key and the chain: it changes in one step.
    #[serde(default)]
    pub combined: Option<String>,
    /// Files apart: they change one after another, so a reader in between sees a key and a certificate that do not match.
    #[serde(default)]
    pub files: Option<FilesPlan>,
    /// The names of the files in `folder`.
    #[serde(default)]
    pub names: NamesPlan,
}

/// The names of the files of a version.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "names of files")]
pub struct NamesPlan {
    /// The private key.
    pub private_key: String,
    /// The certificate and those between it and the root.
    pub certificate: String,
    /// The trust anchors.
    pub ca: String,
}

impl Default for NamesPlan {
    /// As Kubernetes names them in TLS Secrets.
    fn default() -> Self {
        Self { private_key: "tls.key".to_owned(), certificate: "tls.crt".to_owned(), ca: "ca.crt".to_owned() }
    }
}

/// Files apart.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a private key and a certificate")]
pub struct FilesPlan {
    /// The private key.
    pub private_key: String,
    /// The certificate and those between it and the root.
    pub certificate: String,
    /// The trust anchors.
    #[serde(default)]
    pub ca: Option<String>,
}

/// What is run when a new pair is in place. It gets the target's name in CERTGATE_TARGET, and the place in CERTGATE_PATH.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a hook")]
pub struct HookPlan {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// How long it may take; left out: a minute.
    #[serde(default)]
    pub timeout: Option<DurationText>,
}

/// A target with all that it names.
#[derive(Debug)]
pub struct LoadedTarget {
    /// The target as it is written.
    pub document: Target,
    pub(super) folder: PathBuf,
    pub(super) policy: Option<Policy>,
    pub(super) subject: Vec<(Oid, String)>,
    pub(super) names: Vec<GeneralName>,
    pub(super) purposes: Vec<Oid>,
    pub(super) anchors: Vec<Arc<Certificate>>,
}

impl LoadedTarget {
    /// Loads a target and what it names. Paths are taken from the folder that it stands in.
    ///
    /// # Errors
    /// In one sentence: a target that cannot be right, or a file that cannot be read.
    pub fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let bytes = crate::input::read_file(path)?;
        let text = String::from_utf8(bytes).map_err(|_| format!("{shown} is not UTF-8"))?;
        let document: Target = read_document(&text).map_err(|error| {
            // The first fault is the one to mend.
            let place = error
                .diagnostics()
                .first()
                .and_then(|fault| fault.position)
                .map(|position| format!(":{}:{}", position.line, position.column));
            format!("{shown}{}: {error}", place.unwrap_or_default())
        })?;
        Self::load(document, crate::durable::folder_of(path)).map_err(|message| format!("{shown}: {message}"))
    }

    fn load(document: Target, folder: &Path) -> Result<Self, String> {
        if document.version != 1 {
            return Err(format!(
                "the target is of version {}, and certgate reads version 1",
                document.version
            ));
        }
        one_of(
            "issuer",
            "local, exec, vault and kubernetes",
            &[
                document.issuer.local.is_some(),
                document.issuer.exec.is_some(),
                document.issuer.vault.is_some(),
                document.issuer.kubernetes.is_some(),
            ],
        )?;
        let output = &document.output;
        one_of(
            "output",
            "folder, combined and files",
            &[output.folder.is_some(), output.combined.is_some(), output.files.is_some()],
        )?;
        let hook = document.hook.as_ref().map(|hook| &hook.command);
        let exec = document.issuer.exec.as_ref().map(|exec| &exec.command);
        if hook.into_iter().chain(exec).any(Vec::is_empty) {
            return Err("a command needs a program".to_owned());
        }
        let text = |error: certgate_bindings::Error| error.to_string();
        let purpose = |word: &String| {
            Oid::from_label(word, OidKind::ExtendedKeyUsage).ok_or_else(|| format!("{word} is no purpose"))
        };
        let mut loaded = Self {
            subject: issue::parse_subject(&document.subject).map_err(text)?,
            names: issue::parse_names(&document.names).map_err(text)?,
            purposes: document.purposes.iter().map(purpose).collect::<Result<_, _>>()?,
            folder: folder.to_owned(),
            policy: None,
            anchors: Vec::new(),
            document,
        };
        loaded.check_outputs()?;
        loaded.policy = loaded.read_policy()?;
        loaded.anchors = loaded.read_anchors()?;
        Ok(loaded)
    }

    fn read_policy(&self) -> Result<Option<Policy>, String> {
        let Some(name) = &self.document.policy else {
            return match self.document.issuer.local {
                Some(_) => Err("a local CA issues what a policy allows: name one in `policy`".to_owned()),
                None => Ok(None),
            };
        };
        let path = self.path(name);
        let text = match certgate_policies::find(name) {
            Some(ready) if !path.exists() => ready.text.to_owned(),
            _ => String::from_utf8(crate::input::read_file(&path)?)
                .map_err(|_| format!("{name} is not UTF-8"))?,
        };
        Policy::load(&text).map(Some).map_err(|error| format!("{name}: {error}"))
    }

    fn read_anchors(&self) -> Result<Vec<Arc<Certificate>>, String> {
        let mut anchors = Vec::new();
        for file in &self.document.trust {
            let bundle = self.read_bundle(file)?;
            anchors.extend(bundle.certificates().iter().cloned());
        }
        if let (true, Some(local)) = (anchors.is_empty(), &self.document.issuer.local) {
            anchors.extend(self.read_bundle(&local.ca)?.certificates().last().cloned());
        }
        if anchors.is_empty() {
            return Err("name the trust anchors of what the issuer gives in `trust`".to_owned());
        }
        Ok(anchors)
    }

    /// The inventory of a local issuer.
    pub(super) fn inventory(&self) -> Option<PathBuf> {
        let local = self.document.issuer.local.as_ref()?;
        Some(match &local.inventory {
            Some(file) => self.path(file),
            None => crate::inventory::beside(&self.path(&local.ca)),
        })
    }

    /// No file is written twice, or over one that the target reads.
    fn check_outputs(&self) -> Result<(), String> {
        let output = &self.document.output;
        let names = &output.names;
        let within = [&names.private_key, &names.certificate, &names.ca];
        if output.folder.is_some() {
            let is_name = |name: &&String| {
                let mut parts = Path::new(name.as_str()).components();
                matches!((parts.next(), parts.next()), (Some(std::path::Component::Normal(_)), None))
            };
            if let Some(bad) = within.into_iter().find(|name| !is_name(name)) {
                return Err(format!("`{bad}` in `output.names` is no name of a file"));
            }
            if let Some(twice) = twice(&within) {
                return Err(format!("`{twice}` stands twice in `output.names`"));
            }
        }
        let outputs = super::output::outputs(self);
        if let Some(twice) = twice(&outputs.iter().collect::<Vec<_>>()) {
            return Err(format!("{} stands twice in `output`", twice.display()));
        }
        let issuer = &self.document.issuer;
        let local = issuer.local.iter().flat_map(|local| [&local.ca, &local.private_key]);
        let vault = issuer.vault.iter().flat_map(|vault| [Some(&vault.token_file), vault.ca_file.as_ref()]);
        let cluster =
            issuer.kubernetes.iter().flat_map(|plan| [Some(&plan.token_file), plan.ca_file.as_ref()]);
        let inputs = local.chain(&self.document.trust).chain(&self.document.policy);
        let inputs = inputs.chain(vault.flatten()).chain(cluster.flatten()).map(|file| self.path(file));
        let mut inputs = inputs.chain(self.inventory()).map(|path| super::output::same(&path));
        match inputs.find(|input| outputs.contains(input)) {
            Some(input) => Err(format!("`output` would replace {}, which the target reads", input.display())),
            None => Ok(()),
        }
    }

    pub(super) fn read_bundle(&self, file: &str) -> Result<Bundle, String> {
        let bytes = crate::input::read_file(&self.path(file))?;
        Bundle::parse(&bytes).map_err(|error| format!("{file}: {error}"))
    }

    /// A path that the target names.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// What a policy knows besides the request.
    pub(super) fn context(&self, now: Timestamp) -> Context {
        let context = Context::new(now);
        match &self.document.lifetime {
            Some(lifetime) => context.with_duration(lifetime.0),
            None => context,
        }
    }
}

/// The first that comes again.
fn twice<'a, T: PartialEq + ?Sized>(list: &[&'a T]) -> Option<&'a T> {
    let mut all = list.iter().copied().enumerate();
    all.find(|(index, one)| list.iter().take(*index).any(|other| **other == **one)).map(|(_, one)| one)
}

fn one_of(field: &str, choices: &str, given: &[bool]) -> Result<(), String> {
    match given.iter().filter(|given| **given).count() {
        1 => Ok(()),
        _ => Err(format!("`{field}` wants one of {choices}")),
    }
}

fn default_key() -> String {
    "P-256".to_owned()
}

fn default_mount() -> String {
    "pki".to_owned()
}
