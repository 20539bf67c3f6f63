//! Where a pair stands, and how a new one takes its place.
//!
//! In a folder: `versions/TIME-SERIAL/` has the files of one version, and the link `current` is swapped in one step, as the
//! kubelet does. In one combined file: a rename. In files apart: one rename each.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use certgate_bindings::Bundle;
use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::crypto::Signer;
use certgate_bindings::issue::{self, PrivateKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{LoadedTarget, NamesPlan, Pair};
use crate::durable::{Over, folder_of, is_other_than_file, point, put, swap_link, sweep, sync_folder};
use crate::input::{describe, read_file};
use crate::pki;

/// The link to the version in force.
const CURRENT: &str = "current";

/// The folder of the versions.
const VERSIONS: &str = "versions";

/// How many versions besides the current one are kept, for readers that are still at work on them.
const KEPT: usize = 2;

/// Where things are.
enum Place<'t> {
    Folder(PathBuf, &'t NamesPlan),
    Combined(PathBuf),
    Files { key: PathBuf, certificate: PathBuf, ca: Option<PathBuf> },
}

fn place_of(target: &LoadedTarget) -> Place<'_> {
    let output = &target.document.output;
    match (&output.folder, &output.combined, &output.files) {
        (Some(folder), _, _) => Place::Folder(target.path(folder), &output.names),
        (_, Some(file), _) => Place::Combined(target.path(file)),
        (_, _, Some(files)) => Place::Files {
            key: target.path(&files.private_key),
            certificate: target.path(&files.certificate),
            ca: files.ca.as_ref().map(|ca| target.path(ca)),
        },
        // `LoadedTarget` lets no target without an output through.
        (None, None, None) => Place::Combined(target.path("")),
    }
}

/// The path that a hook is told.
pub(super) fn place(target: &LoadedTarget) -> PathBuf {
    match place_of(target) {
        Place::Folder(path, _) | Place::Combined(path) | Place::Files { certificate: path, .. } => path,
    }
}

/// A file beside the pair, for our own notes: `.NAME.ENDING`, or within the folder.
fn note(target: &LoadedTarget, ending: &str) -> PathBuf {
    match place_of(target) {
        Place::Folder(folder, _) => folder.join(format!(".{ending}")),
        Place::Combined(path) | Place::Files { certificate: path, .. } => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            folder_of(&path).join(format!(".{name}.{ending}"))
        }
    }
}

fn fault(path: &Path, error: &io::Error) -> String {
    format!("cannot write {}: {}", path.display(), describe(error))
}

/// One program renews a target at a time.
pub(super) fn lock(target: &LoadedTarget) -> Result<File, String> {
    let path = note(target, "lock");
    fs::create_dir_all(folder_of(&path)).map_err(|error| fault(&path, &error))?;
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| fault(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err("another program is renewing this target".to_owned()),
        Err(fs::TryLockError::Error(error)) => Err(fault(&path, &error)),
    }
}

/// Removes what an interrupted run left. The lock is held, so nobody else is at work.
pub(super) fn clean(target: &LoadedTarget) {
    match place_of(target) {
        Place::Folder(folder, names) => {
            sweep(&folder.join(CURRENT));
            sweep(&note(target, "hook-pending"));
            for name in [&names.private_key, &names.certificate, &names.ca] {
                sweep(&folder.join(name));
            }
            let Ok(entries) = fs::read_dir(folder.join(VERSIONS)) else { return };
            for entry in entries.flatten() {
                if entry.file_name().to_string_lossy().starts_with('.') {
                    // What cannot be removed now is tried again by the next run.
                    let _ = fs::remove_dir_all(entry.path());
                }
            }
        }
        Place::Combined(path) => sweep(&path),
        Place::Files { key, certificate, ca } => {
            [Some(key), Some(certificate), ca].into_iter().flatten().for_each(|path| sweep(&path));
        }
    }
}

/// The pair that stands; `None` if there is no certificate, or none that can be read. A key that is there and cannot be read
/// counts as none.
pub(super) fn read(target: &LoadedTarget) -> Result<Option<Pair>, String> {
    let (key, chain) = match place_of(target) {
        Place::Folder(folder, names) => {
            // The link is followed once: key and certificate are of one version.
            let Ok(version) = fs::canonicalize(folder.join(CURRENT)) else { return Ok(None) };
            (version.join(&names.private_key), version.join(&names.certificate))
        }
        Place::Combined(path) => (path.clone(), path),
        Place::Files { key, certificate, .. } => (key, certificate),
    };
    let secret = existing(&key)?.map(Zeroizing::new);
    let Some(public) = existing(&chain)? else { return Ok(None) };
    let chain = match std::str::from_utf8(&public) {
        // A combined file holds a private key, which bundles refuse.
        Ok(text) if key == chain => certificates_of(text),
        _ => Bundle::parse(&public).map(|bundle| bundle.certificates().to_vec()).unwrap_or_default(),
    };
    if chain.is_empty() {
        return Ok(None);
    }
    let key = secret.and_then(|secret| PrivateKey::parse(&secret).ok());
    Ok(Some(Pair { key, chain }))
}

fn existing(path: &Path) -> Result<Option<Vec<u8>>, String> {
    if path.is_file() { Ok(Some(read_file(path)?)) } else { Ok(None) }
}

/// The certificates among the blocks of a text.
fn certificates_of(text: &str) -> Vec<Arc<Certificate>> {
    const END: &str = "-----END CERTIFICATE-----";
    let blocks = text.split_inclusive(END).filter_map(|part| {
        let start = part.find("-----BEGIN CERTIFICATE-----")?;
        let block = part.get(start..)?;
        Certificate::from_bytes(block.as_bytes()).ok()
    });
    blocks.map(Arc::new).collect()
}

/// Notes that the hook must run for what is put in place now, and the digest of its key. Before it is put there, so that a
/// crash behind that changes nothing about it, and a key without its certificate is known for ours.
pub(super) fn mark_pending(target: &LoadedTarget, pair: &Pair) -> Result<(), String> {
    let path = note(target, "hook-pending");
    let mut digests = pending_keys(target);
    digests.extend(pair.key.as_ref().map(key_digest));
    let text: String = digests.iter().map(|digest| format!("{digest}\n")).collect();
    put(&path, text.as_bytes(), 0o644, Over::Anything, "hook-note").map_err(|error| fault(&path, &error))
}

/// The digests of the keys that interrupted runs have put in place, or were about to.
fn pending_keys(target: &LoadedTarget) -> Vec<String> {
    let text = fs::read_to_string(note(target, "hook-pending")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// The SHA-256 digest of the public key of a pair.
fn key_digest(key: &PrivateKey) -> String {
    crate::hex::encode(&Sha256::digest(key.as_core().public_key().der()))
}

/// The files and folders that a target writes to.
pub(super) fn outputs(target: &LoadedTarget) -> Vec<PathBuf> {
    match place_of(target) {
        Place::Folder(path, _) | Place::Combined(path) => vec![same(&path)],
        Place::Files { key, certificate, ca } => {
            [Some(key), Some(certificate), ca].into_iter().flatten().map(|path| same(&path)).collect()
        }
    }
}

/// A path in the one form in which two can be compared.
pub(super) fn same(path: &Path) -> PathBuf {
    let whole = fs::canonicalize(path);
    whole.unwrap_or_else(|_| match (fs::canonicalize(folder_of(path)), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
    })
}

/// Refuses to replace what renewals did not put there: a private key that does not belong to the certificate of the pair,
/// a key store, an inventory. Before anything is asked for.
pub(super) fn check_replaceable(target: &LoadedTarget) -> Result<(), String> {
    let held = |path: &Path| -> Result<Option<Zeroizing<Vec<u8>>>, String> {
        let bytes = existing(path)?.map(Zeroizing::new);
        Ok(bytes.filter(|bytes| pki::kept(bytes).is_some()))
    };
    let refuse = |path: &Path| {
        Err(format!(
            "{} holds a private key, a key store or a database that is not of this pair: move it away",
            path.display()
        ))
    };
    let (key_file, others) = match place_of(target) {
        Place::Combined(path) => (Some(path), Vec::new()),
        Place::Files { key, certificate, ca } => {
            (Some(key), [Some(certificate), ca].into_iter().flatten().collect())
        }
        // Versions are new folders; the links beside them may take the place of files.
        Place::Folder(folder, names) => {
            let names = [&names.private_key, &names.certificate, &names.ca];
            let files = names.map(|name| folder.join(name)).into_iter();
            let is_link = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
            (None, files.filter(|path| !is_link(path)).collect::<Vec<PathBuf>>())
        }
    };
    for path in others.iter().chain(&key_file) {
        if is_other_than_file(path) {
            return Err(format!("{} is no file: move it away, or name another one", path.display()));
        }
    }
    for path in &others {
        if held(path)?.is_some() {
            return refuse(path);
        }
    }
    let Some(path) = key_file else { return Ok(()) };
    let Some(secret) = held(&path)? else { return Ok(()) };
    let Ok(key) = PrivateKey::parse(&secret) else { return refuse(&path) };
    let belongs = read(target)?.is_some_and(|pair| key.belongs_to(pair.leaf()));
    if belongs || pending_keys(target).contains(&key_digest(&key)) { Ok(()) } else { refuse(&path) }
}

/// Whether the hook must run.
pub(super) fn is_pending(target: &LoadedTarget) -> bool {
    note(target, "hook-pending").exists()
}

/// Notes that it ran.
pub(super) fn clear_pending(target: &LoadedTarget) -> Result<(), String> {
    let path = note(target, "hook-pending");
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(fault(&path, &error)),
        _ => Ok(()),
    }
}

fn anchors_pem(target: &LoadedTarget) -> String {
    target.anchors.iter().map(|anchor| issue::certificate_pem(anchor)).collect()
}

/// Puts right what stands beside a pair that stays: trust anchors that are others now, and in a folder links that are missing or
/// lead elsewhere. Gives whether anything was to be done; the hook must run then.
pub(super) fn refresh(target: &LoadedTarget, pair: &Pair) -> Result<bool, String> {
    let anchors = anchors_pem(target);
    let (ca, linked) = match place_of(target) {
        Place::Combined(_) => (None, None),
        Place::Files { ca, .. } => (ca, None),
        Place::Folder(folder, names) => {
            let version = fs::canonicalize(folder.join(CURRENT)).ok();
            (version.map(|version| version.join(&names.ca)), Some((folder, names)))
        }
    };
    let ca = ca.filter(|ca| fs::read(ca).ok().as_deref() != Some(anchors.as_bytes()));
    let linked = linked.filter(|(folder, names)| !misled(folder, names).is_empty());
    if ca.is_none() && linked.is_none() {
        return Ok(false);
    }
    check_replaceable(target)?;
    mark_pending(target, pair)?;
    if let Some(ca) = ca {
        put(&ca, anchors.as_bytes(), 0o644, Over::Anything, "renewed-ca")
            .map_err(|error| fault(&ca, &error))?;
    }
    if let Some((folder, names)) = linked {
        link(&folder, names)?;
    }
    Ok(true)
}

/// The links of a folder that do not lead to the files of the current version, and where they should.
fn misled(folder: &Path, names: &NamesPlan) -> Vec<(PathBuf, PathBuf)> {
    [&names.private_key, &names.certificate, &names.ca]
        .into_iter()
        .map(|name| (folder.join(name), Path::new(CURRENT).join(name)))
        .filter(|(link, target)| fs::read_link(link).ok().as_ref() != Some(target))
        .collect()
}

/// Puts a pair in place.
pub(super) fn write(target: &LoadedTarget, pair: &Pair) -> Result<(), String> {
    let Some(key) = &pair.key else { return Err("there is no private key to write".to_owned()) };
    let secret = key.to_pem().map_err(|error| error.to_string())?;
    let chain: String = pair.chain.iter().map(|certificate| issue::certificate_pem(certificate)).collect();
    let anchors = anchors_pem(target);
    let file = |path: &Path, bytes: &[u8], mode: u32, what: &str| {
        put(path, bytes, mode, Over::Anything, what).map_err(|error| fault(path, &error))
    };
    match place_of(target) {
        Place::Combined(path) => {
            let text = Zeroizing::new(format!("{}{chain}", secret.as_str()));
            file(&path, text.as_bytes(), 0o600, "combined")
        }
        Place::Files { key, certificate, ca } => {
            if let Some(ca) = ca {
                file(&ca, anchors.as_bytes(), 0o644, "renewed-ca")?;
            }
            file(&key, secret.as_bytes(), 0o600, "renewed-key")?;
            file(&certificate, chain.as_bytes(), 0o644, "renewed-certificate")
        }
        Place::Folder(folder, names) => {
            let leaf = pair.leaf();
            let stamp: String = leaf
                .validity()
                .not_before
                .to_string()
                .chars()
                .filter(|c| c.is_ascii_alphanumeric())
                .collect();
            let serial = leaf.serial_number().to_string();
            let name = format!("{stamp}-{serial}");
            let versions = folder.join(VERSIONS);
            let fresh = versions.join(format!(".{name}"));
            fs::create_dir_all(&fresh).map_err(|error| fault(&fresh, &error))?;
            file(&fresh.join(&names.private_key), secret.as_bytes(), 0o600, "renewed-key")?;
            file(&fresh.join(&names.certificate), chain.as_bytes(), 0o644, "renewed-certificate")?;
            file(&fresh.join(&names.ca), anchors.as_bytes(), 0o644, "renewed-ca")?;
            point("version", "written");
            let version = versions.join(&name);
            fs::rename(&fresh, &version)
                .and_then(|()| sync_folder(&versions))
                .map_err(|error| fault(&version, &error))?;
            point("version", "moved");
            switch(&folder, &Path::new(VERSIONS).join(&name), names)?;
            prune(&versions, &name);
            point("version", "pruned");
            Ok(())
        }
    }
}

/// Swaps the link to the current version; the links to its files stay what they are.
#[cfg(unix)]
fn switch(folder: &Path, version: &Path, names: &NamesPlan) -> Result<(), String> {
    let current = folder.join(CURRENT);
    swap_link(&current, version, "current").map_err(|error| fault(&current, &error))?;
    link(folder, names)
}

#[cfg(unix)]
fn link(folder: &Path, names: &NamesPlan) -> Result<(), String> {
    for (link, target) in misled(folder, names) {
        swap_link(&link, &target, "link").map_err(|error| fault(&link, &error))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn switch(folder: &Path, _version: &Path, names: &NamesPlan) -> Result<(), String> {
    link(folder, names)
}

#[cfg(not(unix))]
fn link(folder: &Path, _names: &NamesPlan) -> Result<(), String> {
    Err(format!("{}: versions in a folder need symbolic links; use `combined`", folder.display()))
}

/// Removes old versions, the oldest first. Their names begin with their time.
fn prune(versions: &Path, current: &str) {
    let Ok(entries) = fs::read_dir(versions) else { return };
    let mut old: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && name != current)
        .collect();
    old.sort();
    let surplus = old.len().saturating_sub(KEPT);
    for name in old.into_iter().take(surplus) {
        // What cannot be removed now is tried again by the next renewal.
        let _ = fs::remove_dir_all(versions.join(name));
    }
}
