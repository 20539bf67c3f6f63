//! Making what a plan says. What is there already and stands is kept: a second run changes nothing, and one that was
//! interrupted goes on where it stopped. A certificate that does not stand any more, because its CA is another one, its
//! time is over or the plan has changed, is made anew for the same key.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::crypto::Signer;
use certgate_bindings::certgate::extension::{BasicConstraints, ReasonCode};
use certgate_bindings::certgate::issue::{IssueInputs, Issuer, NewAuthority};
use certgate_bindings::certgate::oid::Oid;
use certgate_bindings::certgate::policy::{Constraints, Context};
use certgate_bindings::certgate::request::NewRequest;
use certgate_bindings::certgate::time::{Duration, Timestamp};
use certgate_bindings::issue::{self, PrivateKey};
use certgate_bindings::{Bundle, Error, Policy};

use super::files::{Written, write_private, write_public};
use super::generation::Generations;
use super::member::{Member, MemberKey};
use super::plan::{AuthorityPlan, CertificatePlan, KeyPairPlan, Plan};
use super::stands::{self, Wanted};
use super::{policy, seed};
use crate::durable::sweep;
use crate::input::{describe, read_file};
use crate::inventory::{self, Inventory, NewRecord, Recorded};
use crate::passphrase::PassphraseSource;
use crate::signing_key::{self, KeyProtection};

/// How far before now a root begins, for peers whose clocks are behind.
const BACKDATE: i64 = 30;

/// Where the passphrases of a plan's private keys come from, and how new ones are written.
#[derive(Clone, Debug, Default)]
pub struct InitOptions {
    /// The passphrase of every key that is not in `passphrases`.
    pub passphrase: PassphraseSource,
    /// Passphrases by the name of the authority or certificate.
    pub passphrases: BTreeMap<String, PassphraseSource>,
    /// Encrypt every new private key, whatever the plan says.
    pub encrypt: bool,
    /// `scrypt` or `pbkdf2`.
    pub derivation: String,
}

/// What became of each file, in the order in which they were looked at.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The files.
    pub files: Vec<(PathBuf, Written)>,
    /// Which certificates were made anew, and why.
    pub renewed: Vec<(PathBuf, String)>,
}

pub(super) struct Run<'p> {
    pub(super) plan: &'p Plan,
    pub(super) folder: &'p Path,
    pub(super) at: Timestamp,
    options: &'p InitOptions,
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
pub fn init(plan: &Plan, folder: &Path, at: Timestamp, options: &InitOptions) -> Result<Report, String> {
    run(plan, folder, at, options).map(Run::into_report)
}

/// As [`init`]: with the members that are there now.
pub(super) fn run<'p>(
    plan: &'p Plan,
    folder: &'p Path,
    at: Timestamp,
    options: &'p InitOptions,
) -> Result<Run<'p>, String> {
    if plan.version != 1 {
        return Err(format!("the plan is of version {}, and certgate reads version 1", plan.version));
    }
    if let Some(twice) = plan.certificates.keys().find(|name| plan.authorities.contains_key(*name)) {
        return Err(format!("`{twice}` is an authority and a certificate"));
    }
    let named = |name: &&String| {
        !plan.authorities.contains_key(*name)
            && !plan.certificates.contains_key(*name)
            && !plan.keys.contains_key(*name)
    };
    if let Some(unknown) = options.passphrases.keys().find(named) {
        return Err(format!("there is nothing of the name `{unknown}` in the plan"));
    }
    let mut run = Run {
        plan,
        folder,
        at,
        options,
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
            text.push_str(&run.member(name)?.trusted_pem());
        }
        run.public(file, text.as_bytes())?;
    }
    for (name, pair) in &plan.keys {
        run.key_pair(name, pair)?;
    }
    run.secrets()?;
    run.kubeconfigs()?;
    Ok(run)
}

impl<'p> Run<'p> {
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
        let above = match &plan.issuer {
            None => Vec::new(),
            Some(issuer) => {
                self.authority(issuer, waiting)?;
                self.path_of(issuer)?
            }
        };
        waiting.pop();
        let wanted =
            Wanted { subject: &plan.subject, names: &[], purposes: &[], path_length: Some(plan.path_length) };
        let generations = Generations::new(self.folder, &plan);
        let mut key = self.key(name, &plan.private_key, &plan.certificate, &plan.key, plan.encrypt)?;
        let existing = self.existing(&plan.certificate, &key)?;
        let books = plan.issuer.clone().unwrap_or_else(|| name.to_owned());
        let revoked = self.revoked(&plan.certificate, &books, existing.as_deref(), &above)?;
        let fault = existing
            .as_ref()
            .and_then(|certificate| stands::fault(certificate, &above, &wanted, self.at))
            .or(revoked);
        let certificate = match (existing, fault) {
            (Some(certificate), None) => {
                self.standing(&books, &certificate)?;
                self.kept(&plan.certificate, certificate)
            }
            // A root is what everybody trusts: another one is a decision of people.
            (Some(_), Some(fault)) if plan.issuer.is_none() => {
                return Err(format!(
                    "{} does not stand any more: {fault}; `certgate pki rotate` makes a successor",
                    self.folder.join(&plan.certificate).display()
                ));
            }
            (Some(certificate), Some(_)) if wanted.difference(&certificate) == Some("subject") => {
                return Err(format!(
                    "{} has another subject than the plan, and a CA keeps its name: give the new CA files of its own",
                    self.folder.join(&plan.certificate).display()
                ));
            }
            (_, fault) => {
                let made = self.new_authority_with(name, &plan, &key.open()?)?;
                self.made(&plan.certificate, &books, &made, fault)?;
                Arc::clone(made.certificate())
            }
        };
        let bridge = match &plan.issuer {
            None => generations.bridge()?,
            Some(issuer) => self.member(issuer)?.bridge.clone(),
        };
        let also_trusted = generations.also_trusted()?;
        self.members.insert(name.to_owned(), Member { certificate, above, key, bridge, also_trusted });
        Ok(())
    }

    /// The certificate of an authority of the plan for this key.
    pub(super) fn new_authority_with(
        &mut self,
        name: &str,
        plan: &AuthorityPlan,
        key: &PrivateKey,
    ) -> Result<Recorded, String> {
        let made = |run: &mut Self| {
            let subject = issue::parse_subject(&plan.subject).map_err(|error| error.to_string())?;
            let constraints = plan.constrain.as_deref().map(|policy| run.constraints(policy)).transpose()?;
            let Some(issuer) = &plan.issuer else {
                if constraints.is_some() {
                    return Err(
                        "verifiers do not look at the constraints of a root: constrain the CAs below"
                            .to_owned(),
                    );
                }
                return run.root(name, plan.lifetime.0, subject, plan.path_length, key);
            };
            let id = format!("{}/{name}", run.plan.id);
            let policy = policy::of_authority(&id, plan).map_err(|error| error.to_string())?;
            let request = NewRequest {
                subject,
                basic_constraints: Some(BasicConstraints { ca: true, path_length: Some(plan.path_length) }),
                ..NewRequest::default()
            };
            run.issue(issuer, &policy, &request, key, constraints)
        };
        made(self).map_err(|message| format!("{name}: {message}"))
    }

    fn root(
        &mut self,
        name: &str,
        lifetime: Duration,
        subject: Vec<(Oid, String)>,
        path_length: u32,
        key: &PrivateKey,
    ) -> Result<Recorded, String> {
        let at = self.at;
        let public_key = key.as_core().public_key();
        let inventory = self.inventory(name)?;
        if let Some(left) = inventory.undelivered(None, None, None, public_key, at)? {
            return Ok(left);
        }
        let backdate = Duration::from_seconds(BACKDATE);
        let not_before = backdate.and_then(|backdate| at.checked_sub(backdate)).unwrap_or(at);
        let not_after = not_before.checked_add(lifetime).ok_or("the lifetime ends after the year 9999")?;
        let authority = NewAuthority { subject, not_before, not_after, path_length: Some(path_length) };
        let record = NewRecord { issuer: None, policy: None, request: None, public_key };
        inventory
            .issue(&record, at, |inputs| issue::new_root(&authority, key, inputs))
            .map_err(|error| error.to_string())
    }

    /// The inventory beside the certificate of an authority.
    pub(super) fn inventory(&mut self, authority: &str) -> Result<&mut Inventory, String> {
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

    /// That a certificate was superseded, as the inventory of its issuer says: it is made anew for its key. Revoked for any
    /// other reason it is an error, for its key may be lost, and people know what is to become of it.
    fn revoked(
        &mut self,
        file: &str,
        books: &str,
        certificate: Option<&Certificate>,
        above: &[Arc<Certificate>],
    ) -> Result<Option<String>, String> {
        let Some(certificate) = certificate else { return Ok(None) };
        let path = self.folder.join(file);
        let issuer = above.first().map_or(certificate, |issuer| issuer);
        match self.inventory(books)?.revocation_of(certificate, Some(issuer))? {
            None => Ok(None),
            Some(ReasonCode::Superseded) => Ok(Some("it is revoked (superseded)".to_owned())),
            Some(reason) => Err(format!(
                "{} is revoked ({reason}), so neither it nor its key is kept: move both away, and a new pair is made",
                path.display()
            )),
        }
    }

    /// A certificate stands in its place: an interrupted run may not have come to note it.
    fn standing(&mut self, authority: &str, certificate: &Arc<Certificate>) -> Result<(), String> {
        let at = self.at;
        self.inventory(authority)?.deliver_certificate(certificate, at)
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

    fn certificate(&mut self, name: &str) -> Result<(), String> {
        let Some(plan) = self.plan.certificates.get(name).cloned() else { return Ok(()) };
        self.authority(&plan.issuer, &mut Vec::new())?;
        let above = self.path_of(&plan.issuer)?;
        let wanted = Wanted {
            subject: &plan.subject,
            names: &plan.names,
            purposes: &plan.purposes,
            path_length: None,
        };
        let mut key = self.key(name, &plan.private_key, &plan.certificate, &plan.key, plan.encrypt)?;
        let existing = self.existing(&plan.certificate, &key)?;
        let revoked = self.revoked(&plan.certificate, &plan.issuer, existing.as_deref(), &above)?;
        let fault = existing
            .as_ref()
            .and_then(|certificate| stands::fault(certificate, &above, &wanted, self.at))
            .or(revoked);
        let certificate = match (existing, fault) {
            (Some(certificate), None) => {
                self.standing(&plan.issuer, &certificate)?;
                self.kept(&plan.certificate, certificate)
            }
            (_, fault) => {
                let made = self
                    .new_certificate(name, &plan, &mut key)
                    .map_err(|message| format!("{name}: {message}"))?;
                self.made(&plan.certificate, &plan.issuer, &made, fault)?;
                Arc::clone(made.certificate())
            }
        };
        let bridge = self.member(&plan.issuer)?.bridge.clone();
        let member = Member { certificate, above, key, bridge, also_trusted: None };
        if let Some(file) = &plan.chain {
            self.public(file, member.chain_pem().as_bytes())?;
        }
        self.members.insert(name.to_owned(), member);
        Ok(())
    }

    fn new_certificate(
        &mut self,
        name: &str,
        plan: &CertificatePlan,
        key: &mut MemberKey,
    ) -> Result<Recorded, String> {
        let text = |error: Error| error.to_string();
        let policy = policy::of_certificate(&format!("{}/{name}", self.plan.id), plan).map_err(text)?;
        let request = NewRequest {
            subject: issue::parse_subject(&plan.subject).map_err(text)?,
            names: issue::parse_names(&plan.names).map_err(text)?,
            ..NewRequest::default()
        };
        self.issue(&plan.issuer, &policy, &request, &key.open()?, None)
    }

    /// A request of the new key, judged by the policy that the plan stands for, and issued if it is approved.
    fn issue(
        &mut self,
        authority: &str,
        policy: &Policy,
        request: &NewRequest,
        key: &PrivateKey,
        constraints: Option<Constraints>,
    ) -> Result<Recorded, String> {
        let at = self.at;
        let member = self.member_mut(authority)?;
        let ca_key = member.key.open()?;
        let mut issuer = Issuer::new(Arc::clone(&member.certificate), member.above.clone())
            .map_err(|error| error.to_string())?;
        if let Some(constraints) = constraints {
            issuer = issuer.with_constraints(constraints);
        }
        self.issue_by(authority, &issuer, &ca_key, policy, request, key, &Context::new(at))
    }

    /// As [`Run::issue`], by an issuer that need not be one of the plan; `books` is whose inventory notes it.
    /// One that an interrupted run recorded, and did not come to write, is taken first.
    #[expect(
        clippy::too_many_arguments,
        reason = "who issues, for whom, by which policy, and where it is noted"
    )]
    pub(super) fn issue_by(
        &mut self,
        books: &str,
        issuer: &Issuer,
        issuer_key: &PrivateKey,
        policy: &Policy,
        request: &NewRequest,
        key: &PrivateKey,
        context: &Context,
    ) -> Result<Recorded, String> {
        let at = self.at;
        let ca = issuer.certificate();
        let public_key = key.as_core().public_key();
        let inventory = self.inventory(books)?;
        if let Some(left) = inventory.undelivered(Some(ca), Some(policy.digest()), None, public_key, at)? {
            return Ok(left);
        }
        let request = issue::new_request(request, key).map_err(|error: Error| error.to_string())?;
        let decision = policy.evaluate(&request, context);
        let identity = decision.as_core().policy();
        let record =
            NewRecord { issuer: Some(ca), policy: Some(identity), request: Some(request.der()), public_key };
        let sign = |inputs: &IssueInputs| {
            issue::issue(&decision, issuer, issuer_key, inputs).map(|issued| Arc::clone(issued.certificate()))
        };
        inventory.issue(&record, at, sign).map_err(|error| error.to_string())
    }

    /// Notes that a certificate stands where it belongs.
    pub(super) fn deliver(&mut self, books: &str, made: &Recorded) -> Result<(), String> {
        let at = self.at;
        self.inventory(books)?.deliver(made, at)
    }

    pub(super) fn member(&self, name: &str) -> Result<&Member, String> {
        self.members
            .get(name)
            .ok_or_else(|| format!("there is no authority and no certificate `{name}` in the plan"))
    }

    pub(super) fn member_mut(&mut self, name: &str) -> Result<&mut Member, String> {
        self.members
            .get_mut(name)
            .ok_or_else(|| format!("there is no authority and no certificate `{name}` in the plan"))
    }

    /// The certificate of an authority and those above it.
    fn path_of(&self, name: &str) -> Result<Vec<Arc<Certificate>>, String> {
        let member = self.member(name)?;
        Ok(std::iter::once(&member.certificate).chain(&member.above).cloned().collect())
    }

    /// The key of a file, or a new one. Where the certificate is and the key is not, the key is kept elsewhere.
    fn key(
        &mut self,
        name: &str,
        file: &str,
        certificate: &str,
        kind: &str,
        encrypt: bool,
    ) -> Result<MemberKey, String> {
        let path = self.folder.join(file);
        let source = self.passphrase_of(name).clone();
        sweep(&path);
        let key = MemberKey::read(&path, &source)?;
        if !key.is_elsewhere() {
            self.report(path, Written::Unchanged);
            return Ok(key);
        }
        if self.folder.join(certificate).exists() {
            return Ok(key);
        }
        let (made, written) = self.new_key(name, &path, kind, encrypt)?;
        self.report(path.clone(), written);
        Ok(MemberKey::new(&path, &source, made))
    }

    /// Where the passphrase of a key of the plan comes from.
    pub(super) fn passphrase_of(&self, name: &str) -> &'p PassphraseSource {
        self.options.passphrases.get(name).unwrap_or(&self.options.passphrase)
    }

    /// A new key in a file that is not there yet.
    pub(super) fn new_key(
        &self,
        name: &str,
        path: &Path,
        kind: &str,
        encrypt: bool,
    ) -> Result<(PrivateKey, Written), String> {
        let key = PrivateKey::generate(kind, seed()?).map_err(|error| error.to_string())?;
        let protection = if encrypt || self.options.encrypt {
            let derivation = match self.options.derivation.as_str() {
                "" => "scrypt",
                other => other,
            };
            KeyProtection::Passphrase {
                source: self.passphrase_of(name).clone(),
                derivation: derivation.to_owned(),
            }
        } else {
            KeyProtection::File
        };
        let text = signing_key::to_pem(&key, &path.display().to_string(), &protection)?;
        let written = write_private(path, &text)?;
        Ok((key, written))
    }

    /// The certificate of a file, which must be for the key.
    fn existing(&self, file: &str, key: &MemberKey) -> Result<Option<Arc<Certificate>>, String> {
        let path = self.folder.join(file);
        if !path.exists() {
            return Ok(None);
        }
        let bytes = read_file(&path)?;
        let bundle = Bundle::parse(&bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        match bundle.certificates() {
            [certificate, ..] if key.may_belong_to(certificate) => Ok(Some(Arc::clone(certificate))),
            [] => Err(format!("{} holds no certificate", path.display())),
            _ => Err(format!("{} is not the certificate of the private key beside it", path.display())),
        }
    }

    /// A private key and, beside it, its public key. Where the public one is and the private one is not, that is elsewhere.
    fn key_pair(&mut self, name: &str, plan: &KeyPairPlan) -> Result<(), String> {
        let mut key = self.key(name, &plan.private_key, &plan.public_key, &plan.key, plan.encrypt)?;
        if key.is_elsewhere() || (key.is_locked() && self.folder.join(&plan.public_key).exists()) {
            self.report(self.folder.join(&plan.public_key), Written::Unchanged);
            return Ok(());
        }
        let key = key.open()?;
        let text = certgate_bindings::certgate::pem::encode("PUBLIC KEY", Signer::public_key(&key).der());
        self.public(&plan.public_key, text.as_bytes())
    }

    fn kept(&mut self, file: &str, certificate: Arc<Certificate>) -> Arc<Certificate> {
        self.report(self.folder.join(file), Written::Unchanged);
        certificate
    }

    fn made(
        &mut self,
        file: &str,
        books: &str,
        made: &Recorded,
        fault: Option<String>,
    ) -> Result<(), String> {
        self.public(file, issue::certificate_pem(made.certificate()).as_bytes())?;
        self.deliver(books, made)?;
        self.report.renewed.extend(fault.map(|fault| (self.folder.join(file), fault)));
        Ok(())
    }

    fn public(&mut self, file: &str, bytes: &[u8]) -> Result<(), String> {
        let path = self.folder.join(file);
        let written = write_public(&path, bytes)?;
        self.report(path, written);
        Ok(())
    }

    pub(super) fn into_report(self) -> Report {
        self.report
    }

    pub(super) fn report(&mut self, path: PathBuf, written: Written) {
        self.report.files.push((path, written));
    }
}
