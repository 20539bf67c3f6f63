//! A new CA in the place of an old one, as RFC 4210 4.4 has it: same name, new key. At every moment whoever trusts what he
//! was given at the step before verifies what is issued now.
//!
//! 1. *prepare* makes the next CA, certifies each key by the other CA, and puts both into the bundle of those who are trusted.
//! 2. *switch* lets the new CA issue. Chains carry the new key certified by the old CA.
//! 3. *retire* takes the old CA out of the bundle, and puts its files away.
//!
//! Every step looks at the files, does what is missing, and can be run again: after a crash, or for nothing. Only the authority, those
//! above it and what hangs on it are looked at.
//!
//! An authority that has come to its end is rotated in the same way, as long as its issuer lives. Nobody verifies by it any more, so
//! neither key is certified by the other, and the bundle holds the next CA alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::extension::BasicConstraints;
use certgate_bindings::certgate::issue::{BeyondIssuer, Issuer};
use certgate_bindings::certgate::policy::Context;
use certgate_bindings::certgate::request::NewRequest;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::issue::{self, PrivateKey};

use super::course::enter;
use super::files::{Written, write_public};
use super::generation::{Generations, RotationState, read};
use super::init::{InitOptions, Report, Run};
use super::plan::{AuthorityPlan, Plan};
use super::policy;
use super::scope::{self, Scope};
use super::stands::{self, Wanted};
use crate::durable::{folder_of, point, sync_folder};
use crate::input::describe;
use crate::inventory::Recorded;
use crate::signing_key;

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotationStep {
    /// Make the next CA, and trust it.
    Prepare,
    /// Issue by the new CA.
    Switch,
    /// Trust the old CA no more.
    Retire,
}

/// How far a rotation has come.
///
/// # Errors
/// A plan without such an authority.
pub fn rotation_state(plan: &Plan, folder: &Path, name: &str) -> Result<RotationState, String> {
    authority(plan, name).map(|authority| Generations::new(folder, authority).state())
}

/// Does one step of a rotation, and then brings everything else of the plan in line with it.
///
/// # Errors
/// In one sentence: a step out of turn, a next CA that does not stand, a key that is not here, a file that cannot be written, a folder
/// that another run writes to. What was done stays, and the same step goes on from there. What of the rest of the plan failed is in
/// the report.
pub fn rotate(
    plan: &Plan,
    folder: &Path,
    at: Timestamp,
    options: &InitOptions,
    name: &str,
    step: RotationStep,
) -> Result<Report, String> {
    let authority = authority(plan, name)?;
    let generations = Generations::new(folder, authority);
    let new_run = |scope| Run::new(plan, folder, at, options, scope);
    new_run(Scope::Whole)?;
    let _lock = enter(folder)?;
    generations.sweep();
    let mut done = Vec::new();
    let mut report = Report::default();
    match (step, generations.state()) {
        (RotationStep::Prepare, RotationState::Switched) => {
            return Err(format!("the rotation of `{name}` has been switched: retire the old CA first"));
        }
        (RotationStep::Prepare, _) => {
            let mut run = new_run(Scope::Below(name))?;
            prepare(&mut run, authority, name, &generations, &mut done)?;
            report = run.into_report();
        }
        (RotationStep::Switch, RotationState::None) => {
            return Err(format!("there is no next CA of `{name}`: prepare the rotation first"));
        }
        (RotationStep::Switch, _) => {
            // When the key has got its name there is no way back.
            if generations.next().1.exists() {
                check_next(&mut new_run(Scope::Below(name))?, authority, name, &generations)?;
            }
            switch(&generations, &mut done)?;
        }
        (RotationStep::Retire, RotationState::Prepared) => {
            return Err(format!("the old CA of `{name}` still issues: switch first"));
        }
        (RotationStep::Retire, _) => retire(&generations, &mut done)?,
    }
    let scope = match step {
        // The old CA still issues: nothing below it changes.
        RotationStep::Prepare => Scope::Files(name),
        RotationStep::Switch => Scope::Below(name),
        RotationStep::Retire if can_issue(plan, folder, name, at) => Scope::Below(name),
        RotationStep::Retire => Scope::Files(name),
    };
    let mut run = new_run(scope)?;
    run.go();
    let after = run.into_report();
    done.extend(report.files.into_iter().chain(after.files));
    report.files = done;
    report.renewed.extend(after.renewed);
    report.warnings.extend(after.warnings);
    report.to_do.extend(after.to_do);
    report.failed.extend(after.failed);
    Ok(report)
}

/// Whether an authority and all above it are within their lifetimes.
fn can_issue(plan: &Plan, folder: &Path, name: &str, at: Timestamp) -> bool {
    std::iter::once(name).chain(scope::above(plan, name)).all(|name| {
        let certificate = authority(plan, name).and_then(|plan| read(&folder.join(&plan.certificate)));
        certificate.is_ok_and(|certificate| certificate.validity().contains(at))
    })
}

fn authority<'p>(plan: &'p Plan, name: &str) -> Result<&'p AuthorityPlan, String> {
    plan.authorities.get(name).ok_or_else(|| format!("there is no authority `{name}` in the plan"))
}

type Done = Vec<(PathBuf, Written)>;

fn prepare(
    run: &mut Run<'_>,
    plan: &AuthorityPlan,
    name: &str,
    generations: &Generations,
    done: &mut Done,
) -> Result<(), String> {
    let old = old_generation(run, plan, name)?;
    let books = plan.issuer.as_deref().unwrap_or(name);
    let (next, next_key) = generations.next();
    let key = if next_key.exists() {
        done.push((next_key.clone(), Written::Unchanged));
        signing_key::open_file(&next_key, run.passphrase_of(name))?
    } else if next.exists() {
        return Err(format!(
            "{} is there without its key: the switch was interrupted, and `--step switch` goes on with it",
            next.display()
        ));
    } else {
        let (key, written) = run.new_key(name, &next_key, &plan.key, plan.encrypt)?;
        done.push((next_key.clone(), written));
        key
    };
    let there = if next.exists() { Some(read(&next)?) } else { None };
    if there.as_ref().is_some_and(|there| !key.belongs_to(there)) {
        return Err(format!("{} is not the certificate of {}", next.display(), next_key.display()));
    }
    let fault =
        there.as_ref().map(|there| fault_of_next(run, plan, name, &next, there)).transpose()?.flatten();
    let new = match (there, fault) {
        (Some(there), None) => {
            done.push((next.clone(), Written::Unchanged));
            run.standing(books, &there)?;
            there
        }
        (_, fault) => {
            let made = run.new_authority_with(name, plan, &key)?;
            put(&next, &[made.certificate()], done)?;
            run.deliver(books, &made)?;
            run.report.renewed.extend(fault.map(|fault| (next.clone(), fault)));
            Arc::clone(made.certificate())
        }
    };
    if !stands::is_in_force(&old, run.at) {
        run.report.to_do.push(what_is_over(plan, generations, &old, run.at));
        return put(&generations.trust(), &[&new], done);
    }
    // Below another CA both generations hang on the same root: nobody needs a bridge.
    if plan.issuer.is_none() {
        let old_key = run.member_mut(name)?.key.open()?;
        bridge(run, plan, name, &generations.new_by_old(), (&old, &old_key), (&new, &key), done)?;
        bridge(run, plan, name, &generations.old_by_new(), (&new, &key), (&old, &old_key), done)?;
    }
    put(&generations.trust(), &[&old, &new], done)
}

/// The CA that is to be followed by another. Those above it must stand; it may have come to its end.
fn old_generation(run: &mut Run<'_>, plan: &AuthorityPlan, name: &str) -> Result<Arc<Certificate>, String> {
    let mut above = Vec::new();
    if let Some(issuer) = &plan.issuer {
        run.authority(issuer)?;
        let issuer = run.member(issuer)?;
        above.push(Arc::clone(&issuer.certificate));
    }
    run.as_it_is(name)?;
    let old = Arc::clone(&run.member(name)?.certificate);
    run.keeps_its_name(plan, &old)?;
    // What is revoked for anything but its successor is not to be trusted beside that one.
    let path = run.folder.join(&plan.certificate);
    run.revoked(&path, plan.issuer.as_deref().unwrap_or(name), Some(&old), &above)?;
    run.standing(plan.issuer.as_deref().unwrap_or(name), &old)?;
    Ok(old)
}

/// Why the next CA, which is there, must be made anew for its key; `None` if it stands.
///
/// # Errors
/// One whose key is not to be used any more.
fn fault_of_next(
    run: &mut Run<'_>,
    plan: &AuthorityPlan,
    name: &str,
    path: &Path,
    next: &Arc<Certificate>,
) -> Result<Option<String>, String> {
    let above = match &plan.issuer {
        None => Vec::new(),
        Some(issuer) => {
            run.as_it_is(issuer)?;
            run.path_of(issuer)?
        }
    };
    let revoked = run.revoked(path, plan.issuer.as_deref().unwrap_or(name), Some(next), &above)?;
    let wanted = run.wanted(plan, Some(next))?;
    Ok(stands::fault(next, &above, &wanted, run.at).or(revoked))
}

/// Refuses to let the next CA issue if it does not stand.
fn check_next(
    run: &mut Run<'_>,
    plan: &AuthorityPlan,
    name: &str,
    generations: &Generations,
) -> Result<(), String> {
    let (path, _) = generations.next();
    let Some(fault) = fault_of_next(run, plan, name, &path, &read(&path)?)? else { return Ok(()) };
    let on = run.rotation(name, "prepare").map(|command| format!(": `{command}` makes it anew"));
    Err(format!("{} does not stand: {fault}{}", path.display(), on.unwrap_or_default()))
}

/// Certifies the key of one generation by the other, in a file; what is there and stands is kept.
fn bridge(
    run: &mut Run<'_>,
    plan: &AuthorityPlan,
    name: &str,
    path: &Path,
    (issuer, issuer_key): (&Arc<Certificate>, &PrivateKey),
    (certificate, key): (&Arc<Certificate>, &PrivateKey),
    done: &mut Done,
) -> Result<(), String> {
    if path.exists() {
        let there = read(path)?;
        let above = [Arc::clone(issuer)];
        let stands = stands::fault(&there, &above, &Wanted::of_authority(plan), run.at).is_none();
        if stands && key.belongs_to(&there) {
            return run.standing(name, &there);
        }
    }
    let made = cross(run, plan, name, issuer_of(issuer)?, issuer_key, key, certificate)?;
    put(path, &[made.certificate()], done)?;
    run.deliver(name, &made)
}

/// What people have to do when a CA is not in force before another was there.
fn what_is_over(plan: &AuthorityPlan, generations: &Generations, old: &Certificate, at: Timestamp) -> String {
    let file = generations.certificate().display();
    if stands::is_ahead(old, at) {
        return format!(
            "{file} begins only at {}, and nobody verifies by it: give {} to everyone who verifies, then do `--step switch`, and \
             reload every server with its new certificates",
            old.validity().not_before,
            generations.trust().display()
        );
    }
    let end = old.validity().not_after;
    match &plan.issuer {
        None => format!(
            "{file} ended at {end}, and nobody verifies by it any more: give {} to everyone who verifies (trust stores, \
             ConfigMaps, images), then do `--step switch`, and reload every server with its new certificates",
            generations.trust().display()
        ),
        Some(_) => format!(
            "{file} ended at {end}, and what it issued does not verify any more: do `--step switch` now, and reload every \
             server with its new certificates; the root stays, and nobody needs another"
        ),
    }
}

fn issuer_of(certificate: &Arc<Certificate>) -> Result<Issuer, String> {
    Issuer::new(Arc::clone(certificate), Vec::new())
        .map(|issuer| issuer.with_beyond(BeyondIssuer::Truncate))
        .map_err(|error| error.to_string())
}

/// The key of one generation, certified by the other: judged by the plan's policy, and never longer than either of them.
fn cross(
    run: &mut Run<'_>,
    plan: &AuthorityPlan,
    name: &str,
    issuer: Issuer,
    issuer_key: &PrivateKey,
    key: &PrivateKey,
    certificate: &Certificate,
) -> Result<Recorded, String> {
    let policy =
        policy::of_authority(&format!("{}/{name}", run.plan.id), plan).map_err(|error| error.to_string())?;
    let request = NewRequest {
        subject: issue::parse_subject(&plan.subject).map_err(|error| error.to_string())?,
        basic_constraints: Some(BasicConstraints { ca: true, path_length: Some(plan.path_length) }),
        ..NewRequest::default()
    };
    // The policy's own lifetime is the plan's, counted from now: shorter where the certified CA ends earlier.
    let end = certificate.validity().not_after;
    let context = Context::new(run.at);
    let context = match issuer.certificate().validity().not_after > end {
        true => context.with_not_after(end),
        false => context,
    };
    run.issue_by(name, &issuer, issuer_key, &policy, &request, key, &Wanted::of_authority(plan), &context)
}

fn switch(generations: &Generations, done: &mut Done) -> Result<(), String> {
    let (next, next_key) = generations.next();
    let (previous, previous_key) = generations.previous();
    if next_key.exists() {
        // The old key gets its second name before the first is given to the new one: at no time is it without a name.
        if generations.key().exists() && !previous_key.exists() {
            point("rotate-switch", "begin");
            step(&previous_key, fs::hard_link(generations.key(), &previous_key), done)?;
            point("rotate-switch", "old-key-kept");
        }
        if !previous.exists() {
            put(&previous, &[&read(generations.certificate())?], done)?;
        }
        point("rotate-switch", "old-certificate-kept");
        step(generations.key(), fs::rename(&next_key, generations.key()), done)?;
        point("rotate-switch", "key-moved");
    }
    if next.exists() {
        step(generations.certificate(), fs::rename(&next, generations.certificate()), done)?;
        point("rotate-switch", "done");
    }
    Ok(())
}

fn retire(generations: &Generations, done: &mut Done) -> Result<(), String> {
    let (previous, previous_key) = generations.previous();
    put(&generations.trust(), &[&read(generations.certificate())?], done)?;
    for path in [generations.new_by_old(), generations.old_by_new()] {
        if path.exists() {
            step(&path, fs::remove_file(&path), done)?;
        }
    }
    if previous.exists() {
        let old = read(&previous)?;
        let (retired, retired_key) = generations.retired(&old);
        point("rotate-retire", "begin");
        if previous_key.exists() {
            step(&retired_key, fs::rename(&previous_key, &retired_key), done)?;
        }
        // The last: as long as it is there, the rotation is not over.
        point("rotate-retire", "key-moved");
        step(&retired, fs::rename(&previous, &retired), done)?;
        point("rotate-retire", "done");
    }
    Ok(())
}

fn put(path: &Path, certificates: &[&Arc<Certificate>], done: &mut Done) -> Result<(), String> {
    let text: String = certificates.iter().map(|certificate| issue::certificate_pem(certificate)).collect();
    let written = write_public(path, text.as_bytes())?;
    done.push((path.to_owned(), written));
    Ok(())
}

/// A change of names, made to outlive a power cut.
fn step(path: &Path, result: std::io::Result<()>, done: &mut Done) -> Result<(), String> {
    result
        .and_then(|()| sync_folder(folder_of(path)))
        .map_err(|error| format!("cannot change {}: {}", path.display(), describe(&error)))?;
    done.push((path.to_owned(), Written::Replaced));
    Ok(())
}
