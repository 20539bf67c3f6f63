//! A new CA in the place of an old one, as RFC 4210 4.4 has it: same name, new key. At every moment whoever trusts what he
//! was given at the step before verifies what is issued now.
//!
//! 1. *prepare* makes the next CA, certifies each key by the other CA, and puts both into the bundle of those who are trusted.
//! 2. *switch* lets the new CA issue. Chains carry the new key certified by the old CA.
//! 3. *retire* takes the old CA out of the bundle, and puts its files away.
//!
//! Every step looks at the files, does what is missing, and can be run again: after a crash, or for nothing.

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

use super::files::{Written, write_public};
use super::generation::{Generations, RotationState, read};
use super::init::{self, InitOptions, Report, Run};
use super::plan::{AuthorityPlan, Plan};
use super::policy;
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
/// In one sentence: a step out of turn, a key that is not here, a file that cannot be written. What was done stays, and the
/// same step goes on from there.
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
    generations.sweep();
    let mut done = Vec::new();
    match (step, generations.state()) {
        (RotationStep::Prepare, RotationState::Switched) => {
            return Err(format!("the rotation of `{name}` has been switched: retire the old CA first"));
        }
        (RotationStep::Prepare, _) => {
            let run = init::run(plan, folder, at, options)?;
            prepare(run, authority, name, &generations, &mut done)?;
        }
        (RotationStep::Switch, RotationState::None) => {
            return Err(format!("there is no next CA of `{name}`: prepare the rotation first"));
        }
        (RotationStep::Switch, _) => switch(&generations, &mut done)?,
        (RotationStep::Retire, RotationState::Prepared) => {
            return Err(format!("the old CA of `{name}` still issues: switch first"));
        }
        (RotationStep::Retire, _) => retire(&generations, &mut done)?,
    }
    let mut report = init::run(plan, folder, at, options)?.into_report();
    done.append(&mut report.files);
    report.files = done;
    Ok(report)
}

fn authority<'p>(plan: &'p Plan, name: &str) -> Result<&'p AuthorityPlan, String> {
    plan.authorities.get(name).ok_or_else(|| format!("there is no authority `{name}` in the plan"))
}

type Done = Vec<(PathBuf, Written)>;

fn prepare(
    mut run: Run<'_>,
    plan: &AuthorityPlan,
    name: &str,
    generations: &Generations,
    done: &mut Done,
) -> Result<(), String> {
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
    let new = if next.exists() {
        done.push((next.clone(), Written::Unchanged));
        read(&next)?
    } else {
        let made = run.new_authority_with(name, plan, &key)?;
        put(&next, &[made.certificate()], done)?;
        run.deliver(plan.issuer.as_deref().unwrap_or(name), &made)?;
        Arc::clone(made.certificate())
    };
    if !key.belongs_to(&new) {
        return Err(format!("{} is not the certificate of {}", next.display(), next_key.display()));
    }
    let old = Arc::clone(&run.member(name)?.certificate);
    // Below another CA both generations hang on the same root: nobody needs a bridge.
    if plan.issuer.is_none() {
        let old_key = run.member_mut(name)?.key.open()?;
        if !generations.new_by_old().exists() {
            let issuer = issuer_of(&old)?;
            let made = cross(&mut run, plan, name, issuer, &old_key, &key, &new)?;
            put(&generations.new_by_old(), &[made.certificate()], done)?;
            run.deliver(name, &made)?;
        }
        if !generations.old_by_new().exists() {
            let issuer = issuer_of(&new)?;
            let made = cross(&mut run, plan, name, issuer, &key, &old_key, &old)?;
            put(&generations.old_by_new(), &[made.certificate()], done)?;
            run.deliver(name, &made)?;
        }
    }
    put(&generations.trust(), &[&old, &new], done)
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
    run.issue_by(name, &issuer, issuer_key, &policy, &request, key, &context)
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
