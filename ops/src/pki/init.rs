//! Making what a plan says. What is there already and stands is kept: a second run changes nothing, and one that was
//! interrupted goes on where it stopped. A certificate that does not stand any more, because its CA is another one, its
//! time is over or the plan has changed, is made anew for the same key.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use certgate_bindings::Bundle;
use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::crypto::Signer;
use certgate_bindings::certgate::diagnostic::Diagnostic;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::issue::{self, PrivateKey};

use super::files::{Written, write_private, write_public};
use super::generation::{Generations, RotationState};
use super::member::{Member, MemberKey};
use super::plan::{AuthorityPlan, KeyPairPlan, Plan};
use super::scope::{self, Scope};
use super::seed;
use super::stands::{self, Wanted};
use crate::durable::sweep;
use crate::input::read_file;
use crate::inventory::{Inventory, Recorded};
use crate::passphrase::PassphraseSource;
use crate::signing_key::{self, KeyProtection};

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
    /// Which certificates live shorter than the plan says, each with its place in the plan.
    pub warnings: Vec<Diagnostic>,
    /// What people have to do now, in one sentence each.
    pub to_do: Vec<String>,
    /// What failed, in one sentence each; everything that does not hang on it was done all the same.
    pub failed: Vec<String>,
}

impl Report {
    /// The report if nothing failed; else all that did, one sentence a line.
    ///
    /// # Errors
    /// Anything that failed.
    pub fn whole(self) -> Result<Self, String> {
        if self.failed.is_empty() { Ok(self) } else { Err(self.failed.join("\n")) }
    }
}

pub(super) struct Run<'p> {
    pub(super) plan: &'p Plan,
    pub(super) folder: &'p Path,
    pub(super) at: Timestamp,
    pub(super) scope: Scope<'p>,
    options: &'p InitOptions,
    pub(super) members: BTreeMap<String, Member>,
    /// The names that could not be made, and those below them.
    pub(super) failed: BTreeSet<String>,
    /// One inventory for each folder with the certificate of a CA, by file.
    pub(super) inventories: BTreeMap<PathBuf, Inventory>,
    pub(super) report: Report,
}

/// What is wrong with a plan whatever the files say.
fn check(plan: &Plan, options: &InitOptions) -> Result<(), String> {
    if plan.version != 1 {
        return Err(format!("the plan is of version {}, and certgate reads version 1", plan.version));
    }
    if let Some(twice) = plan.certificates.keys().find(|name| plan.authorities.contains_key(*name)) {
        return Err(format!("`{twice}` is an authority and a certificate"));
    }
    let is_circle = |name: &&String| scope::above(plan, name).any(|issuer| issuer == name.as_str());
    if let Some(circle) = plan.authorities.keys().find(is_circle) {
        return Err(format!("the authority `{circle}` stands above itself"));
    }
    let named = |name: &&String| {
        !plan.authorities.contains_key(*name)
            && !plan.certificates.contains_key(*name)
            && !plan.keys.contains_key(*name)
    };
    match options.passphrases.keys().find(named) {
        Some(unknown) => Err(format!("there is nothing of the name `{unknown}` in the plan")),
        None => Ok(()),
    }
}

impl<'p> Run<'p> {
    /// Nothing is looked at yet.
    pub(super) fn new(
        plan: &'p Plan,
        folder: &'p Path,
        at: Timestamp,
        options: &'p InitOptions,
        scope: Scope<'p>,
    ) -> Result<Self, String> {
        check(plan, options)?;
        Ok(Self {
            plan,
            folder,
            at,
            scope,
            options,
            members: BTreeMap::new(),
            failed: BTreeSet::new(),
            inventories: BTreeMap::new(),
            report: Report::default(),
        })
    }

    /// An authority and those above it: made where they are not there or do not stand.
    pub(super) fn authority(&mut self, name: &str) -> Result<(), String> {
        if self.members.contains_key(name) {
            return Ok(());
        }
        let Some(plan) = self.plan.authorities.get(name).cloned() else {
            return Err(format!("there is no authority `{name}` in the plan"));
        };
        let above = match &plan.issuer {
            None => Vec::new(),
            Some(issuer) => {
                self.authority(issuer)?;
                self.path_of(issuer)?
            }
        };
        let mut key = self.key(name, &plan.private_key, &plan.certificate, &plan.key, plan.encrypt)?;
        let existing = self.existing(&plan.certificate, &key)?;
        let books = plan.issuer.clone().unwrap_or_else(|| name.to_owned());
        let revoked =
            self.revoked(&self.folder.join(&plan.certificate), &books, existing.as_deref(), &above)?;
        let wanted =
            self.wanted(&plan, existing.as_deref()).map_err(|message| format!("{name}: {message}"))?;
        let fault = existing
            .as_ref()
            .and_then(|certificate| stands::fault(certificate, &above, &wanted, self.at))
            .or(revoked);
        let certificate = match (existing, fault) {
            (Some(certificate), None) => {
                self.standing(&books, &certificate)?;
                self.kept(&plan.certificate, certificate)
            }
            (existing, fault) => {
                if let (Some(certificate), Some(fault)) = (&existing, &fault) {
                    self.keeps_its_name(&plan, certificate)?;
                    // A root is what everybody trusts: another one is a decision of people.
                    if plan.issuer.is_none() {
                        return Err(self.root_fell(name, &plan, fault));
                    }
                }
                let made = self.new_authority_with(name, &plan, &key.open()?)?;
                self.made(&plan.certificate, &books, &made, fault)?;
                Arc::clone(made.certificate())
            }
        };
        self.add_authority(name, &plan, certificate, above, key)
    }

    /// That a root does not stand, and what leads on.
    fn root_fell(&self, name: &str, plan: &AuthorityPlan, fault: &str) -> String {
        let step = match Generations::new(self.folder, plan).state() {
            RotationState::None => "prepare",
            RotationState::Prepared => "switch",
            RotationState::Switched => "retire",
        };
        let on = match self.rotation(name, step) {
            Some(command) => format!("`{command}` leads on to a successor"),
            None => "move it and its private key away, and a new pair is made".to_owned(),
        };
        format!("{} does not stand any more: {fault}; {on}", self.folder.join(&plan.certificate).display())
    }

    fn add_authority(
        &mut self,
        name: &str,
        plan: &AuthorityPlan,
        certificate: Arc<Certificate>,
        above: Vec<Arc<Certificate>>,
        key: MemberKey,
    ) -> Result<(), String> {
        let generations = Generations::new(self.folder, plan);
        let bridge = match &plan.issuer {
            None => generations.bridge()?,
            Some(issuer) => self.member(issuer)?.bridge.clone(),
        };
        let also_trusted = generations.also_trusted()?;
        self.members.insert(name.to_owned(), Member { certificate, above, key, bridge, also_trusted });
        Ok(())
    }

    /// Refuses a plan by which the CA of a file would get another name.
    pub(super) fn keeps_its_name(
        &self,
        plan: &AuthorityPlan,
        certificate: &Certificate,
    ) -> Result<(), String> {
        if Wanted::of_authority(plan).difference(certificate) != Some("subject") {
            return Ok(());
        }
        Err(format!(
            "{} has another subject than the plan, and a CA keeps its name: give the new CA files of its own",
            self.folder.join(&plan.certificate).display()
        ))
    }

    /// An authority or a certificate as its files have it, whether or not it stands, and those above it.
    pub(super) fn as_it_is(&mut self, name: &str) -> Result<(), String> {
        if self.members.contains_key(name) {
            return Ok(());
        }
        let plan = self.plan;
        let authority = plan.authorities.get(name);
        let (file, key_file, issuer) = match (authority, plan.certificates.get(name)) {
            (Some(plan), _) => (&plan.certificate, &plan.private_key, plan.issuer.as_ref()),
            (None, Some(plan)) => (&plan.certificate, &plan.private_key, Some(&plan.issuer)),
            (None, None) => return Err(unknown(name)),
        };
        let above = match issuer {
            None => Vec::new(),
            Some(issuer) => {
                self.as_it_is(issuer)?;
                self.path_of(issuer)?
            }
        };
        let key = MemberKey::read(&self.folder.join(key_file), self.passphrase_of(name))?;
        let key = self.or_copied(name, key, file);
        let Some(certificate) = self.existing(file, &key)? else {
            let path = self.folder.join(file);
            return Err(format!("{} is not there yet: `certgate pki init` makes it", path.display()));
        };
        match (authority, issuer) {
            (Some(plan), _) => self.add_authority(name, plan, certificate, above, key),
            (None, issuer) => {
                let bridge = issuer.map(|issuer| self.member(issuer)).transpose()?;
                let bridge = bridge.and_then(|issuer| issuer.bridge.clone());
                let member = Member { certificate, above, key, bridge, also_trusted: None };
                self.members.insert(name.to_owned(), member);
                Ok(())
            }
        }
    }

    /// What a file needs: what this run does not make is taken as it is.
    pub(super) fn there(&mut self, name: &str) -> Result<&mut Member, String> {
        if !self.scope.makes(self.plan, name) {
            self.as_it_is(name)?;
        }
        self.member_mut(name)
    }

    pub(super) fn certificate(&mut self, name: &str) -> Result<(), String> {
        let Some(plan) = self.plan.certificates.get(name).cloned() else { return Ok(()) };
        self.authority(&plan.issuer)?;
        let above = self.path_of(&plan.issuer)?;
        let wanted = Wanted::of_certificate(&plan);
        let mut key = self.key(name, &plan.private_key, &plan.certificate, &plan.key, plan.encrypt)?;
        let existing = self.existing(&plan.certificate, &key)?;
        let path = self.folder.join(&plan.certificate);
        let revoked = self.revoked(&path, &plan.issuer, existing.as_deref(), &above)?;
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
                    .new_certificate(name, &plan, &wanted, &mut key)
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

    pub(super) fn member(&self, name: &str) -> Result<&Member, String> {
        self.members.get(name).ok_or_else(|| unknown(name))
    }

    pub(super) fn member_mut(&mut self, name: &str) -> Result<&mut Member, String> {
        self.members.get_mut(name).ok_or_else(|| unknown(name))
    }

    /// The certificate of an authority and those above it.
    pub(super) fn path_of(&self, name: &str) -> Result<Vec<Arc<Certificate>>, String> {
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
            return Ok(self.or_copied(name, key, certificate));
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
    pub(super) fn key_pair(&mut self, name: &str, plan: &KeyPairPlan) -> Result<(), String> {
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

    pub(super) fn public(&mut self, file: &str, bytes: &[u8]) -> Result<(), String> {
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

fn unknown(name: &str) -> String {
    format!("there is no authority and no certificate `{name}` in the plan")
}
