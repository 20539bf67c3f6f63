//! The policy of another program in its own words, as a policy that decides exactly as the program does.

use certgate::diagnostic::{Diagnostic, Error, Path, Step, codes, quote};
use certgate::policy::document::{
    ApproverAllowed, ApproverIssuer, ApproverPolicy, ApproverSelector, ApproverSlice, ApproverValidation,
    CfsslSigning, CompatRules, KubeletCsrApprover, Quirk, StepPolicy,
};
use certgate::policy::{Policy, PolicyDigest, PolicyDocument};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{ImportOptions, Notes, Peer, cfssl, key, step_ca};
use crate::document::{CodeFamily, SourceText, read_value};

/// Where a part of the compat block stands in the file: the path below the program's key, and that in the file.
type Place = (Path, Path);

pub(super) fn import(
    peer: Peer,
    source: &SourceText,
    options: &ImportOptions,
    notes: &mut Notes,
) -> Result<PolicyDocument, Error> {
    let value: Value = source.read(&CodeFamily::IMPORT)?;
    let mut rules = CompatRules::default();
    let (program, name, places) = match peer {
        Peer::VaultRole | Peer::OpenBaoRole => {
            let wrapped = value.get("data").is_some_and(Value::is_object);
            let at = if wrapped { key("data") } else { Path::default() };
            let role = if wrapped { value.get("data").cloned().unwrap_or_default() } else { value };
            let role = Some(Box::new(read(role, &at)?));
            let places = vec![(Path::default(), at)];
            if peer == Peer::VaultRole {
                rules.vault_role = role;
                ("vaultRole", String::new(), places)
            } else {
                rules.openbao_role = role;
                ("openbaoRole", String::new(), places)
            }
        }
        Peer::ApproverPolicy => {
            let name = value.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default().to_owned();
            if value.get("kind").and_then(Value::as_str) != Some("CertificateRequestPolicy") {
                notes.error(codes::IMPORT_VALUE, &key("kind"), "it is no CertificateRequestPolicy");
            }
            refuse_unknown(&value, &["apiVersion", "kind", "metadata", "spec", "status"], notes);
            let mut spec = value.get("spec").cloned().unwrap_or_default();
            if !cfg!(feature = "cel") {
                refuse_validations(&mut spec, &key("spec"), notes);
            }
            rules.approver_policy = Some(Box::new(read(spec, &key("spec"))?));
            ("approverPolicy", name, vec![(Path::default(), key("spec"))])
        }
        Peer::KubernetesSigner => {
            rules.kubernetes_signer = Some(Box::new(read(value, &Path::default())?));
            ("kubernetesSigner", String::new(), vec![(Path::default(), Path::default())])
        }
        Peer::KubeletCsrApprover => {
            rules.kubelet_csr_approver = Some(Box::new(read(value, &Path::default())?));
            ("kubeletCsrApprover", String::new(), vec![(Path::default(), Path::default())])
        }
        Peer::StepCa => {
            let found = step_ca::read(&value, options.profile.as_deref(), notes)?;
            rules.step_ca = Some(Box::new(found.policy));
            ("stepCa", String::new(), found.places)
        }
        Peer::Cfssl => {
            let (signing, at) = cfssl::read(&value, notes)?;
            rules.cfssl = Some(Box::new(signing));
            ("cfssl", String::new(), vec![(Path::default(), at)])
        }
    };
    rules.quirks = Quirk::of(program);
    if let Some(facts) = facts(program) {
        notes.outside(&Path::default(), format!("what the program learns elsewhere are {facts}"));
    }
    let document = PolicyDocument::of_compat(name, rules);
    refused_by_program(&document, &places, notes);
    Ok(document)
}

/// Reads a part of the file; paths of faults are those in the file.
pub(super) fn read<T: DeserializeOwned>(value: Value, at: &Path) -> Result<T, Error> {
    read_value(value, &CodeFamily::IMPORT)
        .map_err(|error| at.steps().iter().rev().cloned().fold(error, |error, step| error.within(step)))
}

/// Keys of a mapping that are not known.
pub(super) fn refuse_unknown(value: &Value, known: &[&str], notes: &mut Notes) {
    let keys = value.as_object().map(Map::keys).into_iter().flatten();
    for unknown in keys.filter(|name| !known.contains(&name.as_str())) {
        let message = format!("the key {} is not known", quote(unknown));
        notes.error(codes::IMPORT_UNKNOWN_KEY, &Path::default().join(unknown.to_owned()), message);
    }
}

/// What is said where validations cannot be run.
pub(super) const NO_CEL: &str = "this build of certgate runs no validations in CEL";

/// Whether a validation can be run: why not.
pub(super) fn check_validation(validation: &ApproverValidation) -> Result<(), String> {
    let rules = CompatRules {
        approver_policy: Some(Box::new(ApproverPolicy {
            selector: Some(ApproverSelector {
                issuer_ref: Some(ApproverIssuer::default()),
                ..ApproverSelector::default()
            }),
            allowed: Some(ApproverAllowed {
                dns_names: Some(ApproverSlice {
                    validations: vec![validation.clone()],
                    ..ApproverSlice::default()
                }),
                ..ApproverAllowed::default()
            }),
            ..ApproverPolicy::default()
        })),
        ..CompatRules::default()
    };
    let document = PolicyDocument::of_compat("import".to_owned(), rules);
    match Policy::compile(document, PolicyDigest::of("")) {
        Ok(_) => Ok(()),
        Err(error) => {
            let first = error.diagnostics().first().map(|first| first.message().to_owned());
            Err(first.unwrap_or_default())
        }
    }
}

/// Validations in CEL where they cannot be run.
fn refuse_validations(value: &mut Value, at: &Path, notes: &mut Notes) {
    match value {
        Value::Object(map) => {
            let given = map.remove("validations");
            if given.as_ref().and_then(Value::as_array).is_some_and(|list| !list.is_empty()) {
                notes.error(codes::IMPORT_UNSUPPORTED, &at.join("validations"), NO_CEL);
            }
            for (name, inner) in map.iter_mut() {
                refuse_validations(inner, &at.join(name.clone()), notes);
            }
        }
        Value::Array(list) => {
            for (index, inner) in list.iter_mut().enumerate() {
                refuse_validations(inner, &at.join(index), notes);
            }
        }
        _ => {}
    }
}

/// What the program does not accept either, at its place in the file.
fn refused_by_program(document: &PolicyDocument, places: &[Place], notes: &mut Notes) {
    let named = PolicyDocument { id: "import".to_owned(), ..document.clone() };
    let Err(error) = Policy::compile(named, PolicyDigest::of("")) else { return };
    for diagnostic in error.diagnostics() {
        // Below `compat` and the program's key.
        let below: Vec<Step> = diagnostic.path().steps().iter().skip(2).cloned().collect();
        let place = places
            .iter()
            .filter(|(own, _)| below.starts_with(own.steps()))
            .max_by_key(|(own, _)| own.steps().len());
        let at = place.map_or_else(Path::default, |(own, there)| {
            below.iter().skip(own.steps().len()).cloned().fold(there.clone(), |path, step| path.join(step))
        });
        notes.errors.push(Diagnostic::new(codes::IMPORT_REFUSED, diagnostic.message()).at(at));
    }
}

/// What a step-ca does not accept.
pub(super) fn check(policy: &StepPolicy, places: &[Place], notes: &mut Notes) {
    let rules = CompatRules { step_ca: Some(Box::new(policy.clone())), ..CompatRules::default() };
    refused_by_program(&PolicyDocument::of_compat(String::new(), rules), places, notes);
}

/// What a cfssl does not accept of a profile, which is the default one of `signing` and stands at `at`. Words for usages are
/// judged elsewhere.
pub(super) fn check_cfssl(signing: &CfsslSigning, at: &Path, notes: &mut Notes) {
    let rules = CompatRules {
        cfssl: Some(Box::new(signing.clone())),
        quirks: vec![Quirk::UnknownUsagesIgnored],
        ..CompatRules::default()
    };
    refused_by_program(
        &PolicyDocument::of_compat(String::new(), rules),
        &[(key("default"), at.clone())],
        notes,
    );
}

/// What a kubelet-csr-approver does not accept.
pub(super) fn check_kubelet(options: &KubeletCsrApprover, notes: &mut Notes) {
    let rules =
        CompatRules { kubelet_csr_approver: Some(Box::new(options.clone())), ..CompatRules::default() };
    let here = [(Path::default(), Path::default())];
    refused_by_program(&PolicyDocument::of_compat(String::new(), rules), &here, notes);
}

/// What the host gives a simulation besides the request.
fn facts(program: &str) -> Option<&'static str> {
    Some(match program {
        "approverPolicy" => "the facts `usablePolicies`, `namespaceLabel-NAME` and `plugin-NAME`",
        "cfssl" => "the parameters `profile` and `hosts`, and the fact `issuerPathLength`",
        "kubeletCsrApprover" => "the facts `resolved-NAME`, the addresses of a DNS name",
        "kubernetesSigner" => "the facts `selfnodeclient`, `nodeclient` and `issuerNotAfter`",
        "stepCa" => {
            "the facts `tokenSubject`, `tokenSans`, `credentialNotAfter`, `issuerPermittedDns` and `templateFail`"
        }
        "openbaoRole" | "vaultRole" => {
            "the parameters of the call, such as `path`, `commonName` and `altNames`, and the facts `issuerNotAfter`, `leafNotAfterBehavior` and `tokenDisplayName`"
        }
        _ => return None,
    })
}
