//! Policies as other programs write them, where they can say the same.
//!
//! A policy is written as well as the other program can, and imported again: what the import does not give back is what the
//! program cannot say, and is named. So an exported policy decides what the policy decides, by construction.

use certgate::diagnostic::{Diagnostic, Path, codes};
use certgate::policy::PolicyDocument;
use certgate::policy::document::{DnsPattern, RsaIdentifier};
use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::import::{Peer, import, unknown_kind};
use crate::policy::Policy;

mod approver_policy;
mod vault_role;

/// What a policy is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExportKind {
    /// A CertificateRequestPolicy (policy.cert-manager.io/v1alpha1), in YAML.
    ApproverPolicy,
    /// A role of Vault's PKI secrets engine, in JSON.
    VaultRole,
}

impl ExportKind {
    /// All kinds, in the order of their names.
    pub const ALL: [Self; 2] = [Self::ApproverPolicy, Self::VaultRole];

    /// The name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApproverPolicy => "approver-policy",
            Self::VaultRole => "vault-role",
        }
    }

    /// Finds a kind by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// As [`export`], to the kind that a host names, such as `vault-role`.
///
/// # Errors
/// A kind that is not known, and as [`export`].
pub fn export_to(policy: &Policy, kind: &str) -> Result<String, Error> {
    let kind = ExportKind::from_name(kind).ok_or_else(|| {
        unknown_kind(
            kind,
            "is no kind of policy that can be written",
            &ExportKind::ALL.map(ExportKind::as_str),
        )
    })?;
    export(policy, kind)
}

/// Writes a policy for another program.
///
/// # Errors
/// `export/unsupported` for each part of the policy that the program cannot say, with its path.
pub fn export(policy: &Policy, kind: ExportKind) -> Result<String, Error> {
    let document = policy.as_core().document();
    if let Some(compat) = &document.compat {
        return simulated(compat, policy, kind);
    }
    let (text, peer) = match kind {
        ExportKind::ApproverPolicy => (approver_policy::write(document)?, Peer::ApproverPolicy),
        ExportKind::VaultRole => (vault_role::write(document)?, Peer::VaultRole),
    };
    let again = import(peer, &text, Some(&document.id)).map_err(|error| {
        let faults = error.diagnostics().iter().map(|fault| {
            let message = format!("the program takes no such policy: {}", fault.message);
            Diagnostic::new(codes::EXPORT_UNSUPPORTED, message)
        });
        fail(faults.collect(), policy)
    })?;
    let same = canonical(document, kind);
    let mut faults = Vec::new();
    compare(&same, &canonical(again.policy.as_core().document(), kind), &Path::default(), &mut faults);
    if faults.is_empty() { Ok(text) } else { Err(fail(faults, policy)) }
}

fn fail(faults: Vec<Diagnostic>, policy: &Policy) -> Error {
    let empty = || Diagnostic::new(codes::EXPORT_UNSUPPORTED, "the policy cannot be said").into();
    let error = certgate::diagnostic::Error::from_diagnostics(faults).unwrap_or_else(empty);
    Error::in_document(ErrorKind::Policy, &error, policy.source())
}

/// The policy of the program that is simulated, in its own words.
fn simulated(
    compat: &certgate::policy::document::CompatRules,
    policy: &Policy,
    kind: ExportKind,
) -> Result<String, Error> {
    match (kind, &compat.approver_policy, &compat.vault_role) {
        (ExportKind::ApproverPolicy, Some(spec), _) => approver_policy::text(policy.id(), spec),
        (ExportKind::VaultRole, _, Some(role)) => vault_role::text(role),
        _ => {
            let message = format!("a simulation of another program is no {}", kind.as_str());
            Err(fail(vec![Diagnostic::new(codes::EXPORT_UNSUPPORTED, message).at(["compat"])], policy))
        }
    }
}

/// A document in YAML.
fn to_yaml(value: &impl Serialize) -> Result<String, Error> {
    serde_saphyr::to_string(value).map_err(|error| {
        Diagnostic::new(codes::INTERNAL_UNEXPECTED, format!("the policy cannot be written: {error}")).into()
    })
}

/// A document without its name and purpose, in which what means the same is written the same.
fn canonical(document: &PolicyDocument, kind: ExportKind) -> Value {
    let mut document = document.clone();
    document.description = None;
    if let Some(rsa) = &mut document.keys.rsa
        && rsa.identifiers == [RsaIdentifier::RsaEncryption]
    {
        // Programs in Go read no keys that are bound to RSASSA-PSS, so that they never get that far.
        rsa.identifiers.clear();
    }
    for rule in [&mut document.usages.key, &mut document.usages.extended].into_iter().flatten() {
        let words = rule.allow.iter_mut().chain(rule.force.iter_mut().flatten());
        words.for_each(|word| *word = crate::import::x509_word(word));
    }
    if let (ExportKind::ApproverPolicy, Some(dns)) = (kind, &mut document.names.dns) {
        for pattern in &mut dns.allow {
            if let DnsPattern::Under { domain, depth: None } = pattern {
                *pattern = DnsPattern::Glob(format!("*.{domain}"));
            }
        }
    }
    // Plain data: serialising it cannot fail.
    sorted(serde_json::to_value(&document).unwrap_or_default())
}

/// Lists of rules are sets.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
            items.sort_by_key(ToString::to_string);
            items.dedup();
            items.into()
        }
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, sorted(value))).collect(),
        other => other,
    }
}

/// What the policy says and the imported one does not, or the other way round.
fn compare(ours: &Value, theirs: &Value, at: &Path, faults: &mut Vec<Diagnostic>) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let keys = ours.keys().chain(theirs.keys().filter(|key| !ours.contains_key(*key)));
            for key in keys {
                let (one, other) = (ours.get(key), theirs.get(key));
                let null = Value::Null;
                compare(one.unwrap_or(&null), other.unwrap_or(&null), &at.join(key.clone()), faults);
            }
        }
        _ if ours == theirs => {}
        (Value::Null, theirs) => faults.push(
            Diagnostic::new(codes::EXPORT_UNSUPPORTED, format!("the program cannot leave `{at}` out"))
                .at(at.clone())
                .with_help(format!("write what it always means: {theirs}")),
        ),
        (ours, Value::Null) => faults.push(
            Diagnostic::new(codes::EXPORT_UNSUPPORTED, format!("the program cannot say `{at}`: {ours}"))
                .at(at.clone())
                .with_help("leave it out"),
        ),
        (ours, theirs) => faults.push(
            Diagnostic::new(codes::EXPORT_UNSUPPORTED, format!("the program cannot say `{at}`: {ours}"))
                .at(at.clone())
                .with_help(format!("the nearest that it can say is {theirs}")),
        ),
    }
}
