//! Making what a plan says. What is there already is kept: a second run changes nothing, and one that was interrupted goes
//! on where it stopped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::crypto::Signer;
use certgate_bindings::certgate::extension::BasicConstraints;
use certgate_bindings::certgate::issue::{IssueInputs, Issuer, NewAuthority};
use certgate_bindings::certgate::policy::{Constraints, Context};
use certgate_bindings::certgate::request::NewRequest;
use certgate_bindings::certgate::time::{Duration, Timestamp};
use certgate_bindings::issue::{self, PrivateKey};
use certgate_bindings::{Bundle, Error, Policy};

use super::files::{Written, write_private, write_public};
use super::plan::{Plan, Source};
use super::{policy, seed};
use crate::durable::sweep;
use crate::input::describe;
use crate::inventory::{self, Inventory, NewRecord, Recorded};

/// How far before now a root begins, for peers whose clocks are behind.
const BACKDATE: i64 = 30;

/// What became of each file, in the order in which they were looked at.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The files.
    pub files: Vec<(PathBuf, Written)>,
}

/// An authority or a certificate that is there, with its key and the path above it.
struct Member {
    certificate: Arc<Certificate>,
    /// The certificates above, the root last.
    above: Vec<Arc<Certificate>>,
    key: PrivateKey,
    key_file: PathBuf,
}

struct Run<'p> {
    plan: &'p Plan,
    folder: &'p Path,
    at: Timestamp,
    members: BTreeMap<String, Member>,
    /// One inventory for each folder with the certificate of a CA, by file.
    inventories: BTreeMap<PathBuf, Inventory>,
    report: Report,
}

/// Makes everything that the plan says and that is not there, in a folder.
///
/// # Errors
/// In one sentence: a plan that cannot be right, a file that is not what the plan says, or one that cannot be written.
/// What was made before stays.
pub fn init(plan: &Plan, folder: &Path, at: Timestamp) -> Result<Report, String> {
    if plan.version != 1 {
        return Err(format!("the plan is of version {}, and certgate reads version 1", plan.version));
    }
    if let Some(twice) = plan.certificates.keys().find(|name| plan.authorities.contains_key(*name)) {
        return Err(format!("`{twice}` is an authority and a certificate"));
    }
    let mut run = Run {
        plan,
        folder,
        at,
        members: BTreeMap::new(),
        inventories: BTreeMap::new(),
        report: Report::default(),
    };
    for name in plan.authorities.keys() {
        run.authority(name, &mut Vec::new())?;
    }
    for name in plan.certificates.keys() {
        run.certificate(name)?;
    }
    for (file, names) in &plan.bundles {
        let mut text = String::new();
        for name in names {
            text.push_str(&issue::certificate_pem(&run.member(name)?.certificate));
        }
        run.public(file, text.as_bytes())?;
    }
    run.secrets()?;
    run.kubeconfigs()?;
    Ok(run.report)
}

impl Run<'_> {
    fn authority(&mut self, name: &str, waiting: &mut Vec<String>) -> Result<(), String> {
        if self.members.contains_key(name) {
            return Ok(());
        }
        let Some(plan) = self.plan.authorities.get(name).cloned() else {
            return Err(format!("there is no authority `{name}` in the plan"));
        };
        if waiting.iter().any(|other| other == name) {
            return Err(format!("the authority `{name}` stands above itself"));
        }
        waiting.push(name.to_owned());
        if let Some(issuer) = &plan.issuer {
            self.authority(issuer, waiting)?;
        }
        waiting.pop();
        let key = self.key(&plan.private_key, &plan.key)?;
        let above = match &plan.issuer {
            None => Vec::new(),
            Some(issuer) => self.path_of(issuer)?,
        };
        let books = plan.issuer.clone().unwrap_or_else(|| name.to_owned());
        let certificate = match self.existing(&plan.certificate, &key)? {
            Some(certificate) => {
                self.standing(&books, &certificate)?;
                certificate
            }
            None => {
                let subject = issue::parse_subject(&plan.subject).map_err(|error| in_plan(name, &error))?;
                let constraints =
                    plan.constrain.as_deref().map(|policy| self.constraints(policy)).transpose();
                let constraints = constraints.map_err(|message| format!("{name}: {message}"))?;
                let made = match &plan.issuer {
                    None if constraints.is_some() => {
                        Err("verifiers do not look at the constraints of a root: constrain the CAs below"
                            .to_owned())
                    }
                    None => self.root(name, &plan.lifetime.0, subject, plan.path_length, &key),
                    Some(issuer) => {
                        let id = format!("{}/{name}", self.plan.id);
                        let policy =
                            policy::of_authority(&id, &plan).map_err(|error| in_plan(name, &error))?;
                        let request = NewRequest {
                            subject,
                            basic_constraints: Some(BasicConstraints {
                                ca: true,
                                path_length: Some(plan.path_length),
                            }),
                            ..NewRequest::default()
                        };
                        self.issue(issuer, &policy, &request, &key, constraints)
                    }
                };
                let made = made.map_err(|message| format!("{name}: {message}"))?;
                self.public(&plan.certificate, issue::certificate_pem(made.certificate()).as_bytes())?;
                let at = self.at;
                self.inventory(&books)?.deliver(&made, at)?;
                Arc::clone(made.certificate())
            }
        };
        let key_file = self.folder.join(&plan.private_key);
        self.members.insert(name.to_owned(), Member { certificate, above, key, key_file });
        Ok(())
    }

    fn root(
        &mut self,
        name: &str,
        lifetime: &Duration,
        subject: Vec<(certgate_bindings::certgate::oid::Oid, String)>,
        path_length: u32,
        key: &PrivateKey,
    ) -> Result<Recorded, String> {
        let at = self.at;
        let public_key = key.as_core().public_key();
        let inventory = self.inventory(name)?;
        if let Some(left) = inventory.undelivered(None, None, public_key, at)? {
            return Ok(left);
        }
        let backdate = Duration::from_seconds(BACKDATE);
        let not_before = backdate.and_then(|backdate| at.checked_sub(backdate)).unwrap_or(at);
        let not_after = not_before.checked_add(*lifetime).ok_or("the lifetime ends after the year 9999")?;
        let authority = NewAuthority { subject, not_before, not_after, path_length: Some(path_length) };
        let record = NewRecord { issuer: None, policy: None, request: None, public_key };
        inventory
            .issue(&record, at, |inputs| issue::new_root(&authority, key, inputs))
            .map_err(|error| error.to_string())
    }

    /// The inventory beside the certificate of an authority.
    fn inventory(&mut self, authority: &str) -> Result<&mut Inventory, String> {
        use std::collections::btree_map::Entry;
        let plan = self.plan.authorities.get(authority);
        let plan = plan.ok_or_else(|| format!("there is no authority `{authority}` in the plan"))?;
        let path = inventory::beside(&self.folder.join(&plan.certificate));
        match self.inventories.entry(path) {
            Entry::Occupied(open) => Ok(open.into_mut()),
            Entry::Vacant(vacant) => {
                let opened = Inventory::open(vacant.key())?;
                Ok(vacant.insert(opened))
            }
        }
    }

    /// A certificate stands in its place: an interrupted run may not have come to note it.
    fn standing(&mut self, authority: &str, certificate: &Arc<Certificate>) -> Result<(), String> {
        let at = self.at;
        self.inventory(authority)?.deliver_certificate(certificate, at)
    }

    fn certificate(&mut self, name: &str) -> Result<(), String> {
        let Some(plan) = self.plan.certificates.get(name).cloned() else { return Ok(()) };
        self.authority(&plan.issuer, &mut Vec::new())?;
        let key = self.key(&plan.private_key, &plan.key)?;
        let certificate = match self.existing(&plan.certificate, &key)? {
            Some(certificate) => {
                self.standing(&plan.issuer, &certificate)?;
                certificate
            }
            None => {
                let id = format!("{}/{name}", self.plan.id);
                let policy = policy::of_certificate(&id, &plan).map_err(|error| in_plan(name, &error))?;
                let request = NewRequest {
                    subject: issue::parse_subject(&plan.subject).map_err(|error| in_plan(name, &error))?,
                    names: issue::parse_names(&plan.names).map_err(|error| in_plan(name, &error))?,
                    ..NewRequest::default()
                };
                let made = self
                    .issue(&plan.issuer, &policy, &request, &key, None)
                    .map_err(|message| format!("{name}: {message}"))?;
                self.public(&plan.certificate, issue::certificate_pem(made.certificate()).as_bytes())?;
                let at = self.at;
                self.inventory(&plan.issuer)?.deliver(&made, at)?;
                Arc::clone(made.certificate())
            }
        };
        let above = self.path_of(&plan.issuer)?;
        if let Some(file) = &plan.chain {
            self.public(file, chain_pem(&certificate, &above).as_bytes())?;
        }
        let key_file = self.folder.join(&plan.private_key);
        self.members.insert(name.to_owned(), Member { certificate, above, key, key_file });
        Ok(())
    }

    /// A request of the new key, judged by the policy that the plan stands for, and issued if it is approved.
    /// One that an interrupted run recorded, and did not come to write, is taken first.
    fn issue(
        &mut self,
        authority: &str,
        policy: &Policy,
        request: &NewRequest,
        key: &PrivateKey,
        constraints: Option<Constraints>,
    ) -> Result<Recorded, String> {
        let at = self.at;
        let member = self.member(authority)?;
        let ca_key = member.key.clone();
        let mut issuer = Issuer::new(Arc::clone(&member.certificate), member.above.clone())
            .map_err(|error| error.to_string())?;
        if let Some(constraints) = constraints {
            issuer = issuer.with_constraints(constraints);
        }
        let ca = issuer.certificate();
        let public_key = key.as_core().public_key();
        let inventory = self.inventory(authority)?;
        if let Some(left) = inventory.undelivered(Some(ca), Some(policy.digest()), public_key, at)? {
            return Ok(left);
        }
        let request = issue::new_request(request, key).map_err(|error| error.to_string())?;
        let decision = policy.evaluate(&request, &Context::new(at));
        let identity = decision.as_core().policy();
        let record =
            NewRecord { issuer: Some(ca), policy: Some(identity), request: Some(request.der()), public_key };
        let sign = |inputs: &IssueInputs| {
            issue::issue(&decision, &issuer, &ca_key, inputs).map(|issued| Arc::clone(issued.certificate()))
        };
        inventory.issue(&record, at, sign).map_err(|error| error.to_string())
    }

    /// What a policy says as constraints of a CA: a file beside the plan, or a ready-made policy.
    fn constraints(&self, policy: &str) -> Result<Constraints, String> {
        let path = self.plan.beside.join(policy);
        let text = match (std::fs::read_to_string(&path), certgate_policies::find(policy)) {
            (Ok(text), _) => text,
            (Err(_), Some(ready_made)) if !path.exists() => ready_made.text.to_owned(),
            (Err(error), _) => return Err(format!("cannot read {}: {}", path.display(), describe(&error))),
        };
        let loaded = Policy::load(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(loaded.constraints())
    }

    fn member(&self, name: &str) -> Result<&Member, String> {
        self.members
            .get(name)
            .ok_or_else(|| format!("there is no authority and no certificate `{name}` in the plan"))
    }

    /// The certificate of an authority and those above it.
    fn path_of(&self, name: &str) -> Result<Vec<Arc<Certificate>>, String> {
        let member = self.member(name)?;
        Ok(std::iter::once(&member.certificate).chain(&member.above).cloned().collect())
    }

    /// The key of a file, or a new one.
    fn key(&mut self, file: &str, kind: &str) -> Result<PrivateKey, String> {
        let path = self.folder.join(file);
        if path.exists() {
            sweep(&path);
            let bytes = std::fs::read(&path)
                .map(zeroize::Zeroizing::new)
                .map_err(|error| format!("cannot read {}: {}", path.display(), describe(&error)))?;
            self.report.files.push((path.clone(), Written::Unchanged));
            return PrivateKey::parse(&bytes).map_err(|error| format!("{}: {error}", path.display()));
        }
        let key = PrivateKey::generate(kind, seed()?).map_err(|error| error.to_string())?;
        let pem = key.to_pem().map_err(|error| error.to_string())?;
        let written = write_private(&path, &pem)?;
        self.report.files.push((path, written));
        Ok(key)
    }

    /// The certificate of a file, which must be for the key.
    fn existing(&mut self, file: &str, key: &PrivateKey) -> Result<Option<Arc<Certificate>>, String> {
        let path = self.folder.join(file);
        if !path.exists() {
            return Ok(None);
        }
        let bytes = std::fs::read(&path)
            .map_err(|error| format!("cannot read {}: {}", path.display(), describe(&error)))?;
        let bundle = Bundle::parse(&bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        match bundle.certificates() {
            [certificate, ..] if key.belongs_to(certificate) => {
                self.report.files.push((path, Written::Unchanged));
                Ok(Some(Arc::clone(certificate)))
            }
            [] => Err(format!("{} holds no certificate", path.display())),
            _ => Err(format!("{} is not the certificate of the private key beside it", path.display())),
        }
    }

    fn public(&mut self, file: &str, bytes: &[u8]) -> Result<(), String> {
        let path = self.folder.join(file);
        let written = write_public(&path, bytes)?;
        self.report.files.push((path, written));
        Ok(())
    }

    /// Secrets hold private keys, so they are for their owner alone, and one that is there with other contents is kept.
    fn secrets(&mut self) -> Result<(), String> {
        for (file, plan) in &self.plan.secrets {
            let mut data = serde_json::Map::new();
            for (key, source) in &plan.data {
                let text = self.source(source)?;
                data.insert(key.clone(), base64(text.as_bytes()).into());
            }
            let mut metadata = serde_json::json!({ "name": plan.name });
            if let (Some(namespace), Some(metadata)) = (&plan.namespace, metadata.as_object_mut()) {
                metadata.insert("namespace".to_owned(), namespace.as_str().into());
            }
            let secret = serde_json::json!({
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": metadata,
                "type": plan.kind,
                "data": data,
            });
            self.secret_file(file, &secret)?;
        }
        Ok(())
    }

    fn kubeconfigs(&mut self) -> Result<(), String> {
        for (file, plan) in &self.plan.kubeconfigs {
            let user = self.member(&plan.user)?;
            let authority = issue::certificate_pem(&self.member(&plan.authority)?.certificate);
            let key = user.key.to_pem().map_err(|error| error.to_string())?;
            let name = format!("{}@{}", plan.user, plan.cluster);
            let config = serde_json::json!({
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{
                    "name": plan.cluster,
                    "cluster": { "server": plan.server, "certificate-authority-data": base64(authority.as_bytes()) },
                }],
                "users": [{
                    "name": plan.user,
                    "user": {
                        "client-certificate-data": base64(chain_pem(&user.certificate, &user.above).as_bytes()),
                        "client-key-data": base64(key.as_bytes()),
                    },
                }],
                "contexts": [{ "name": name, "context": { "cluster": plan.cluster, "user": plan.user } }],
                "current-context": name,
            });
            self.secret_file(file, &config)?;
        }
        Ok(())
    }

    /// JSON is YAML, and every reader of YAML takes it.
    fn secret_file(&mut self, file: &str, value: &serde_json::Value) -> Result<(), String> {
        let path = self.folder.join(file);
        sweep(&path);
        let text = serde_json::to_string_pretty(value).map_err(|error| error.to_string())? + "\n";
        let written = match std::fs::read(&path) {
            Ok(before) if before == text.as_bytes() => Written::Unchanged,
            _ => write_private(&path, &text)?,
        };
        self.report.files.push((path, written));
        Ok(())
    }

    fn source(&self, source: &Source) -> Result<zeroize::Zeroizing<String>, String> {
        let public = zeroize::Zeroizing::new;
        match (&source.certificate, &source.chain, &source.private_key) {
            (Some(name), None, None) => Ok(public(issue::certificate_pem(&self.member(name)?.certificate))),
            (None, Some(name), None) => {
                let member = self.member(name)?;
                Ok(public(chain_pem(&member.certificate, &member.above)))
            }
            (None, None, Some(name)) => {
                let member = self.member(name)?;
                member.key.to_pem().map_err(|error| format!("{}: {error}", member.key_file.display()))
            }
            _ => Err("a key of a Secret wants one of certificate, chain and privateKey".to_owned()),
        }
    }
}

/// A certificate and the intermediates above it; the root is left out, as TLS peers have it (RFC 8446 4.4.2).
fn chain_pem(certificate: &Certificate, above: &[Arc<Certificate>]) -> String {
    let intermediates = above.iter().filter(|certificate| !certificate.is_self_issued());
    let mut text = issue::certificate_pem(certificate);
    intermediates.for_each(|certificate| text.push_str(&issue::certificate_pem(certificate)));
    text
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn in_plan(name: &str, error: &Error) -> String {
    format!("{name}: {error}")
}
