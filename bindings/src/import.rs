//! Policies of other programs, as policies of certgate.
//!
//! An imported policy never allows what the other program denies, except names and usages that are equal once they are
//! normalised (case, A-labels, forms of IP addresses and blocks, synonyms of usages). Everything that it decides otherwise
//! is said in the notes.

use certgate::diagnostic::{Code, Diagnostic, Path, codes, quote};
use certgate::policy::PolicyDocument;

pub(crate) use approver_policy::{kubernetes_word, x509_word};

use crate::document::{CodeFamily, SourceText, read_value};
use crate::error::{Error, ErrorKind};
use crate::policy::Policy;
use crate::view::DiagnosticView;

mod approver_policy;
mod cfssl;
mod exact;
mod keys;
mod kubelet_csr_approver;
mod kubernetes_signer;
mod names;
mod step_ca;
mod validity;
mod value;
mod vault_role;

/// Where a policy is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Peer {
    /// A role of Vault's PKI secrets engine, as `vault read -format=json pki/roles/NAME` prints it.
    VaultRole,
    /// A role of OpenBao's PKI secrets engine.
    OpenBaoRole,
    /// A CertificateRequestPolicy (policy.cert-manager.io/v1alpha1).
    ApproverPolicy,
    /// A signer that is built into Kubernetes.
    KubernetesSigner,
    /// The options of kubelet-csr-approver, by the names of its flags.
    KubeletCsrApprover,
    /// `ca.json` of a step-ca, or a policy for names alone.
    StepCa,
    /// A configuration of cfssl, or its `signing` part.
    Cfssl,
}

impl Peer {
    /// All kinds, in the order of their names.
    pub const ALL: [Self; 7] = [
        Self::ApproverPolicy,
        Self::Cfssl,
        Self::KubeletCsrApprover,
        Self::KubernetesSigner,
        Self::OpenBaoRole,
        Self::StepCa,
        Self::VaultRole,
    ];

    /// The name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VaultRole => "vault-role",
            Self::OpenBaoRole => "openbao-role",
            Self::ApproverPolicy => "approver-policy",
            Self::Cfssl => "cfssl",
            Self::KubeletCsrApprover => "kubelet-csr-approver",
            Self::KubernetesSigner => "kubernetes-signer",
            Self::StepCa => "step-ca",
        }
    }

    /// Finds a kind by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|peer| peer.as_str() == name)
    }
}

/// An imported policy.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The policy; its source is YAML.
    pub policy: Policy,
    /// What it does not keep, and what others have to see to, at the lines of the file.
    pub notes: Vec<DiagnosticView>,
}

/// How a policy is imported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// The name of the imported policy. Left out: the name in the file, or that of the kind.
    pub id: Option<String>,
    /// The profile of a cfssl, or the provisioner of a step-ca.
    pub profile: Option<String>,
    /// What becomes of what the programs decide otherwise.
    pub mode: ImportMode,
}

/// What becomes of what the programs decide otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ImportMode {
    /// The policy is in the language of certgate; the notes say what differs.
    #[default]
    Native,
    /// The policy decides exactly as the program does: it is a simulation.
    Exact,
}

/// Reads a policy of another program, YAML or JSON. `id` names the imported policy; left out: the name in the file, or that
/// of the kind.
///
/// # Errors
/// As [`import_with`].
pub fn import(peer: Peer, text: &str, id: Option<&str>) -> Result<Imported, Error> {
    import_with(peer, text, &ImportOptions { id: id.map(str::to_owned), ..ImportOptions::default() })
}

/// Reads a policy of another program, YAML or JSON.
///
/// # Errors
/// Text that is no such policy, keys that are not known, what no policy of certgate can say, and what the other program
/// refuses too, with lines and columns.
pub fn import_with(peer: Peer, text: &str, options: &ImportOptions) -> Result<Imported, Error> {
    let source = SourceText::new(text);
    let mut notes = Notes::default();
    let imported = match (options.mode, peer) {
        (ImportMode::Exact, peer) => exact::import(peer, &source, options, &mut notes),
        (_, Peer::VaultRole) => vault_role::import(&source, vault_role::Flavour::Vault, &mut notes),
        (_, Peer::OpenBaoRole) => vault_role::import(&source, vault_role::Flavour::OpenBao, &mut notes),
        (_, Peer::ApproverPolicy) => approver_policy::import(&source, &mut notes),
        (_, Peer::KubernetesSigner) => kubernetes_signer::import(&source, &mut notes),
        (_, Peer::KubeletCsrApprover) => kubelet_csr_approver::import(&source, &mut notes),
        (_, Peer::StepCa) => step_ca::import(&source, options, &mut notes),
        (_, Peer::Cfssl) => cfssl::import(&source, options, &mut notes),
    };
    let in_document = |error| Error::in_document(ErrorKind::Policy, &error, &source);
    let mut document = imported.map_err(in_document)?;
    if let Some(error) = certgate::diagnostic::Error::from_diagnostics(notes.errors) {
        return Err(in_document(error));
    }
    if let Some(id) = &options.id {
        document.id.clone_from(id);
    } else if document.id.is_empty() {
        document.id = peer.as_str().to_owned();
    }
    let policy = Policy::load(&to_yaml(&document)?)?;
    Diagnostic::sort(&mut notes.notes);
    notes.notes.dedup();
    let notes = notes.notes.iter().map(|note| DiagnosticView::in_document(note, &source)).collect();
    Ok(Imported { policy, notes })
}

/// As [`import_with`], of the bytes of a file and the name of a kind such as `vault-role`: for hosts.
///
/// # Errors
/// As [`import_with`]; a kind that is not known, and bytes that are no UTF-8.
pub fn import_bytes(kind: &str, bytes: &[u8], options: &ImportDocument) -> Result<Imported, Error> {
    let text = std::str::from_utf8(bytes).map_err(|_| {
        let diagnostic = Diagnostic::new(codes::IMPORT_SYNTAX, "the policy is not UTF-8");
        Error::new(ErrorKind::Policy, &diagnostic.into())
    })?;
    let peer = Peer::from_name(kind).ok_or_else(|| {
        unknown_kind(kind, "is no kind of policy that can be imported", &Peer::ALL.map(Peer::as_str))
    })?;
    let mode = if options.exact { ImportMode::Exact } else { ImportMode::Native };
    let options = ImportOptions { id: options.id.clone(), profile: options.profile.clone(), mode };
    import_with(peer, text, &options)
}

/// The error of a kind that is not known.
pub(crate) fn unknown_kind(kind: &str, what: &str, known: &[&str]) -> Error {
    let message = format!("{} {what}", quote(kind));
    let diagnostic = Diagnostic::new(codes::CONTEXT_VALUE, message).at(["kind"]).with_found(kind);
    diagnostic.with_help(format!("give one of {}", known.join(", "))).into()
}

/// The document in YAML.
fn to_yaml(document: &PolicyDocument) -> Result<String, Error> {
    serde_saphyr::to_string(document).map_err(|error| {
        let message = format!("the policy cannot be written: {error}");
        Diagnostic::new(codes::INTERNAL_UNEXPECTED, message).into()
    })
}

/// What is noted on the way.
#[derive(Default)]
pub(super) struct Notes {
    notes: Vec<Diagnostic>,
    errors: Vec<Diagnostic>,
}

impl Notes {
    /// The imported policy decides otherwise; `message` says which requests, and what becomes of them.
    pub(super) fn not_kept(&mut self, at: &Path, message: impl Into<String>) {
        self.notes.push(Diagnostic::new(codes::IMPORT_NOT_KEPT, message).at(at.clone()));
    }

    /// Something that the host or the issuer has to see to.
    pub(super) fn outside(&mut self, at: &Path, message: impl Into<String>) {
        self.notes.push(Diagnostic::new(codes::IMPORT_OUTSIDE, message).at(at.clone()));
    }

    /// Something that keeps the file from being imported.
    pub(super) fn error(&mut self, code: Code, at: &Path, message: impl Into<String>) {
        self.errors.push(Diagnostic::new(code, message).at(at.clone()));
    }
}

/// A policy that allows nothing yet.
fn blank(id: &str) -> PolicyDocument {
    PolicyDocument {
        version: 1,
        id: id.to_owned(),
        description: None,
        select: None,
        require: None,
        subject: Default::default(),
        names: Default::default(),
        keys: Default::default(),
        usages: Default::default(),
        validity: validity::up_to(validity::HOUR, None),
        extensions: Default::default(),
        attributes: Default::default(),
        ca: None,
        rules: Vec::new(),
        compat: None,
        enforcement: Default::default(),
        exceptions: Vec::new(),
    }
}

/// The path of a key at the top of a file.
fn key(name: &'static str) -> Path {
    Path::default().join(name)
}

/// How a policy of another program is imported, as a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "options of an import")]
pub struct ImportDocument {
    /// The name of the imported policy. Left out: the name in the file, or that of the kind.
    pub id: Option<String>,
    /// The profile of a cfssl, or the provisioner of a step-ca.
    pub profile: Option<String>,
    /// Whether the policy decides exactly as the program does. Left out: no.
    pub exact: bool,
}

impl ImportDocument {
    /// Reads options that are plain data already.
    ///
    /// # Errors
    /// Unknown keys and wrong types, each with its path.
    pub fn from_value(value: serde_json::Value) -> Result<Self, Error> {
        read_value(value, &CodeFamily::CONTEXT).map_err(|error| Error::new(ErrorKind::Argument, &error))
    }
}

/// An imported policy as plain data.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImportedView {
    /// The policy in YAML.
    pub policy: String,
    /// The digest of its canonical form.
    pub digest: String,
    /// What it does not keep, and what others have to see to.
    pub notes: Vec<DiagnosticView>,
}

impl From<Imported> for ImportedView {
    fn from(imported: Imported) -> Self {
        Self {
            policy: imported.policy.source().as_str().to_owned(),
            digest: imported.policy.digest().to_owned(),
            notes: imported.notes,
        }
    }
}
