//! What a run issues: a root by itself, all else by the CA above, as a policy allows that says what the plan says; and what the
//! inventories of the CAs keep of it.

use std::path::Path;
use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::crypto::Signer;
use certgate_bindings::certgate::diagnostic::{Diagnostic, Severity, codes, quote};
use certgate_bindings::certgate::extension::{BasicConstraints, ReasonCode};
use certgate_bindings::certgate::issue::{BeyondIssuer, IssueInputs, Issuer, NewAuthority};
use certgate_bindings::certgate::key::PublicKey;
use certgate_bindings::certgate::oid::Oid;
use certgate_bindings::certgate::policy::{Constraints, Context};
use certgate_bindings::certgate::request::NewRequest;
use certgate_bindings::certgate::time::Duration;
use certgate_bindings::issue::{self, PrivateKey};
use certgate_bindings::{Error, Policy};

use super::init::Run;
use super::member::MemberKey;
use super::plan::{AuthorityPlan, CertificatePlan};
use super::policy;
use super::stands::{Held, Wanted};
use crate::input::describe;
use crate::inventory::{self, Inventory, NewRecord, Recorded};
use crate::render::escape::shell_word;

/// How far before now a root begins, for peers whose clocks are behind.
const BACKDATE: i64 = 30;

impl Run<'_> {
    /// The certificate of an authority of the plan for this key.
    pub(super) fn new_authority_with(
        &mut self,
        name: &str,
        plan: &AuthorityPlan,
        key: &PrivateKey,
    ) -> Result<Recorded, String> {
        let made = |run: &mut Self| {
            let subject = issue::parse_subject(&plan.subject).map_err(|error| error.to_string())?;
            let wanted = run.wanted(plan, None)?;
            let Some(issuer) = &plan.issuer else {
                return run.root(name, plan, subject, &wanted, key);
            };
            let id = format!("{}/{name}", run.plan.id);
            let policy = policy::of_authority(&id, plan).map_err(|error| error.to_string())?;
            let request = NewRequest {
                subject,
                basic_constraints: Some(BasicConstraints { ca: true, path_length: Some(plan.path_length) }),
                ..NewRequest::default()
            };
            let made = run.issue(issuer, &policy, &request, key, &wanted)?;
            run.note_cut(("authorities", name), issuer, plan.lifetime.0, made.certificate());
            Ok(made)
        };
        made(self).map_err(|message| format!("{name}: {message}"))
    }

    fn root(
        &mut self,
        name: &str,
        plan: &AuthorityPlan,
        subject: Vec<(Oid, String)>,
        wanted: &Wanted<'_>,
        key: &PrivateKey,
    ) -> Result<Recorded, String> {
        let at = self.at;
        let public_key = key.as_core().public_key();
        let inventory = self.inventory(name)?;
        refuse_lost(inventory, public_key)?;
        let left = inventory.all_undelivered(None, None, None, public_key, at)?;
        if let Some(left) = left.into_iter().find(|left| wanted.fits(left.certificate())) {
            return Ok(left);
        }
        let backdate = Duration::from_seconds(BACKDATE);
        let not_before = backdate.and_then(|backdate| at.checked_sub(backdate)).unwrap_or(at);
        let not_after =
            not_before.checked_add(plan.lifetime.0).ok_or("the lifetime ends after the year 9999")?;
        let authority = NewAuthority { subject, not_before, not_after, path_length: Some(plan.path_length) };
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
    pub(super) fn revoked(
        &mut self,
        path: &Path,
        books: &str,
        certificate: Option<&Certificate>,
        above: &[Arc<Certificate>],
    ) -> Result<Option<String>, String> {
        let Some(certificate) = certificate else { return Ok(None) };
        let issuer = above.first().map_or(certificate, |issuer| issuer);
        let inventory = self.inventory(books)?;
        match inventory.revocation_of(certificate, Some(issuer))? {
            None => Ok(None),
            Some(ReasonCode::Superseded) => Ok(Some("it is revoked (superseded)".to_owned())),
            Some(ReasonCode::CertificateHold) => {
                let [inventory, file] =
                    [inventory.path(), path].map(|path| shell_word(&path.display().to_string()));
                Err(format!(
                    "{} is revoked (certificateHold): end the hold by `certgate revoke --reason removeFromCRL --inventory {inventory} \
                     {file}`, or revoke it for good",
                    path.display()
                ))
            }
            Some(reason) => Err(format!(
                "{} is revoked ({reason}), so neither it nor its key is kept: move both away, and a new pair is made",
                path.display()
            )),
        }
    }

    /// A certificate stands in its place: an interrupted run may not have come to note it.
    pub(super) fn standing(&mut self, authority: &str, certificate: &Arc<Certificate>) -> Result<(), String> {
        let at = self.at;
        self.inventory(authority)?.deliver_certificate(certificate, at)
    }

    /// What a plan says of an authority; of a certificate that is there it depends on who issued it.
    pub(super) fn wanted<'a>(
        &mut self,
        plan: &'a AuthorityPlan,
        existing: Option<&Certificate>,
    ) -> Result<Wanted<'a>, String> {
        let held = match (&plan.issuer, &plan.constrain) {
            (None, None) => Held::Whatever,
            (None, Some(_)) => {
                let message = "verifiers do not look at the constraints of a root: constrain the CAs below";
                return Err(message.to_owned());
            }
            (Some(_), Some(policy)) => Held::To(self.constraints(policy)?),
            (Some(issuer), None) => match existing {
                Some(existing) if self.inventory(issuer)?.entry_of(existing)?.is_none() => Held::Whatever,
                _ => Held::Free,
            },
        };
        Ok(Wanted { held, ..Wanted::of_authority(plan) })
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

    pub(super) fn new_certificate(
        &mut self,
        name: &str,
        plan: &CertificatePlan,
        wanted: &Wanted<'_>,
        key: &mut MemberKey,
    ) -> Result<Recorded, String> {
        let text = |error: Error| error.to_string();
        let policy = policy::of_certificate(&format!("{}/{name}", self.plan.id), plan).map_err(text)?;
        let request = NewRequest {
            subject: issue::parse_subject(&plan.subject).map_err(text)?,
            names: issue::parse_names(&plan.names).map_err(text)?,
            ..NewRequest::default()
        };
        let made = self.issue(&plan.issuer, &policy, &request, &key.open()?, wanted)?;
        self.note_cut(("certificates", name), &plan.issuer, plan.lifetime.0, made.certificate());
        Ok(made)
    }

    /// Notes that a certificate ends with its issuer, and not when the plan says. Where the plan itself leaves no room for the
    /// lifetime, its lint has said so.
    fn note_cut(
        &mut self,
        (section, name): (&'static str, &str),
        issuer: &str,
        lifetime: Duration,
        certificate: &Certificate,
    ) {
        let planned = self.plan.authorities.get(issuer).map(|plan| plan.lifetime.0);
        let (begin, end) = (certificate.validity().not_before, certificate.validity().not_after);
        // Both seconds are part of it (RFC 5280 4.1.2.5).
        let is_whole = end.seconds_since(begin).saturating_add(1) >= lifetime.as_seconds();
        if is_whole || planned.is_some_and(|planned| planned <= lifetime) {
            return;
        }
        let message = format!(
            "{} lives until {end} and not {lifetime}, for its issuer {} ends then",
            quote(name),
            quote(issuer)
        );
        let mut warning = Diagnostic::new(codes::ISSUE_BEYOND_ISSUER, message)
            .with_severity(Severity::Warning)
            .with_found(end.to_string())
            .at(["lifetime"])
            .within(name.to_owned())
            .within(section);
        if let Some(command) = self.rotation(issuer, "prepare") {
            warning = warning.with_help(format!("rotate the CA: `{command}`"));
        }
        self.report.warnings.push(warning);
    }

    /// The command for a step of a rotation, as a shell reads it; `None` for a plan that has no file.
    pub(super) fn rotation(&self, authority: &str, step: &str) -> Option<String> {
        let plan = self.plan.file.as_ref()?;
        let folder = self.folder.display().to_string();
        let [authority, folder, plan] = [authority, &folder, plan].map(shell_word);
        Some(format!("certgate pki rotate --authority {authority} --step {step} --dir {folder} {plan}"))
    }

    /// A request of the new key, judged by the policy that the plan stands for, and issued if it is approved.
    fn issue(
        &mut self,
        authority: &str,
        policy: &Policy,
        request: &NewRequest,
        key: &PrivateKey,
        wanted: &Wanted<'_>,
    ) -> Result<Recorded, String> {
        let at = self.at;
        let member = self.member_mut(authority)?;
        let ca_key = member.key.open()?;
        let mut issuer = Issuer::new(Arc::clone(&member.certificate), member.above.clone())
            .map_err(|error| error.to_string())?
            .with_beyond(BeyondIssuer::Truncate);
        if let Held::To(constraints) = &wanted.held {
            issuer = issuer.with_constraints(constraints.clone());
        }
        self.issue_by(authority, &issuer, &ca_key, policy, request, key, wanted, &Context::new(at))
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
        wanted: &Wanted<'_>,
        context: &Context,
    ) -> Result<Recorded, String> {
        let at = self.at;
        let ca = issuer.certificate();
        let public_key = key.as_core().public_key();
        let inventory = self.inventory(books)?;
        refuse_lost(inventory, public_key)?;
        // The policy says nothing of constraints that the issuer adds.
        let left = inventory.all_undelivered(Some(ca), Some(policy.digest()), None, public_key, at)?;
        if let Some(left) = left.into_iter().find(|left| wanted.fits(left.certificate())) {
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
}

/// Refuses a key that is in other hands: no certificate for it is made again.
fn refuse_lost(inventory: &Inventory, key: &PublicKey) -> Result<(), String> {
    match inventory.lost_key(key)? {
        None => Ok(()),
        Some(serial) => Err(format!(
            "its private key is that of the certificate {serial}, which was revoked because the key is in other hands: move the \
             key away, and a new one is made"
        )),
    }
}
