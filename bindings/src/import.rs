//! Policies of other programs, as policies of certgate.
//!
//! An imported policy never allows what the other program denies, except names and usages that are equal once they are
//! normalised (case, A-labels, forms of IP addresses and blocks, synonyms of usages). Everything that it decides otherwise
//! is said in the notes.

use certgate::diagnostic::{Code, Diagnostic, Path, codes, quote};
use certgate::policy::PolicyDocument;

use crate::document::SourceText;
use crate::error::{Error, ErrorKind};
use crate::policy::Policy;
use crate::view::DiagnosticView;

mod approver_policy;
mod keys;
mod kubernetes_signer;
mod names;
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
}

impl Peer {
    /// All kinds, in the order of their names.
    pub const ALL: [Self; 4] =
        [Self::ApproverPolicy, Self::KubernetesSigner, Self::OpenBaoRole, Self::VaultRole];

    /// The name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VaultRole => "vault-role",
            Self::OpenBaoRole => "openbao-role",
            Self::ApproverPolicy => "approver-policy",
            Self::KubernetesSigner => "kubernetes-signer",
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

/// Reads a policy of another program, YAML or JSON. `id` names the imported policy; left out: the name in the file, or that
/// of the kind.
///
/// # Errors
/// Text that is no such policy, keys that are not known, what no policy of certgate can say, and what the other program
/// refuses too, with lines and columns.
pub fn import(peer: Peer, text: &str, id: Option<&str>) -> Result<Imported, Error> {
    let source = SourceText::new(text);
    let mut notes = Notes::default();
    let imported = match peer {
        Peer::VaultRole => vault_role::import(&source, vault_role::Flavour::Vault, &mut notes),
        Peer::OpenBaoRole => vault_role::import(&source, vault_role::Flavour::OpenBao, &mut notes),
        Peer::ApproverPolicy => approver_policy::import(&source, &mut notes),
        Peer::KubernetesSigner => kubernetes_signer::import(&source, &mut notes),
    };
    let in_document = |error| Error::in_document(ErrorKind::Policy, &error, &source);
    let mut document = imported.map_err(in_document)?;
    if let Some(error) = certgate::diagnostic::Error::from_diagnostics(notes.errors) {
        return Err(in_document(error));
    }
    if let Some(id) = id {
        document.id = id.to_owned();
    } else if document.id.is_empty() {
        document.id = peer.as_str().to_owned();
    }
    let policy = Policy::load(&to_yaml(&document)?)?;
    Diagnostic::sort(&mut notes.notes);
    notes.notes.dedup();
    let notes = notes.notes.iter().map(|note| DiagnosticView::in_document(note, &source)).collect();
    Ok(Imported { policy, notes })
}

/// As [`import`], of the bytes of a file and the name of a kind: for hosts.
///
/// # Errors
/// As [`import`]; a kind that is not known, and bytes that are no UTF-8.
pub fn import_bytes(kind: &str, bytes: &[u8], id: Option<&str>) -> Result<Imported, Error> {
    let Some(peer) = Peer::from_name(kind) else {
        let known = Peer::ALL.map(Peer::as_str).join(", ");
        let message = format!("{} is no kind of policy that can be imported", quote(kind));
        let diagnostic = Diagnostic::new(codes::CONTEXT_VALUE, message).at(["kind"]).with_found(kind);
        return Err(diagnostic.with_help(format!("give one of {known}")).into());
    };
    let text = std::str::from_utf8(bytes).map_err(|_| {
        let diagnostic = Diagnostic::new(codes::IMPORT_SYNTAX, "the policy is not UTF-8");
        Error::new(ErrorKind::Policy, &diagnostic.into())
    })?;
    import(peer, text, id)
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
    }
}

/// The path of a key at the top of a file.
fn key(name: &str) -> Path {
    Path::default().join(name)
}
