//! A serving certificate that the webhook makes for itself, where nobody else gives it one.
//!
//! The folder keeps the CA, so that a restart does not change what the API server has to trust.

use std::io::Write;
use std::path::Path;

use certgate_bindings::Bundle;
use certgate_bindings::certgate::time::{Duration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PublicKeyData,
};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::serving::{CERTIFICATE_FILE, KEY_FILE, Loaded};

/// The CA, newest first; former ones stay while they are valid, so that both are trusted during a change.
pub(crate) const CA_FILE: &str = "ca.crt";
const CA_KEY_FILE: &str = "ca.key";
const CA_NAME: &str = "certgate-webhook CA";

const DAY: i64 = 86_400;
/// Life of the CA: who installs it in `caBundle` does not want to do that every month.
const CA_DAYS: i64 = 3_650;
/// Life of the certificate.
const DAYS: i64 = 90;
/// Seconds before now from which both are valid: clocks differ.
const BACKDATE: i64 = 300;

/// Gives the folder a certificate for `names` that has at least a third of its life before it; makes what is missing.
///
/// # Errors
/// A folder that cannot be written, or a CA of the future, in one sentence.
pub(crate) fn ensure(folder: &Path, names: &[String], at: Timestamp) -> Result<Loaded, String> {
    std::fs::create_dir_all(folder).map_err(|error| describe(folder, &error))?;
    let is_current = |loaded: &Loaded| !is_due(loaded, at) && has_names(folder, names);
    if let Ok(loaded) = Loaded::from_folder(folder, at)
        && is_current(&loaded)
        && ca_is_valid(folder, at)
    {
        return Ok(loaded);
    }
    let (ca_key, bundle) = ca(folder, at)?;
    let key = KeyPair::generate().map_err(failed)?;
    let mut params = CertificateParams::new(names).map_err(failed)?;
    params.distinguished_name = common_name(names.first().map_or("certgate-webhook", String::as_str));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    (params.not_before, params.not_after) = life(at, DAYS)?;
    let issuer = Issuer::new(ca_params(at)?, ca_key);
    let certificate = params.signed_by(&key, &issuer).map_err(failed)?;
    write(&folder.join(CA_FILE), bundle.as_bytes(), 0o644)?;
    // The key first: a reader in between sees a pair that does not fit, and keeps the old one.
    write(&folder.join(KEY_FILE), key.serialize_pem().as_bytes(), 0o600)?;
    write(&folder.join(CERTIFICATE_FILE), certificate.pem().as_bytes(), 0o644)?;
    Loaded::from_folder(folder, at)
}

/// Whether two thirds of its life are over.
pub(crate) fn is_due(loaded: &Loaded, at: Timestamp) -> bool {
    let life = loaded.validity.not_after.seconds_since(loaded.validity.not_before);
    let left = loaded.validity.not_after.seconds_since(at);
    left.saturating_mul(3) < life
}

/// The key of the CA, and the bundle to trust. A CA that ends within the life of a certificate is replaced; one that is not valid
/// yet was made by this webhook, so that the clock is wrong, and a new one would be trusted by nobody.
fn ca(folder: &Path, at: Timestamp) -> Result<(KeyPair, String), String> {
    let old = std::fs::read_to_string(folder.join(CA_FILE)).unwrap_or_default();
    let newest = Bundle::parse(old.as_bytes()).ok().and_then(|bundle| bundle.certificates().first().cloned());
    if let Some(newest) = &newest
        && at < newest.validity().not_before
    {
        let start = newest.validity().not_before;
        return Err(format!(
            "the CA in {} is not valid before {start}: set the clock, or empty the folder for another CA",
            folder.display()
        ));
    }
    let is_of_ca = |key: &KeyPair| {
        let digest: [u8; 32] = Sha256::digest(key.subject_public_key_info()).into();
        newest.as_ref().is_some_and(|newest| *newest.key_digest() == digest)
    };
    if ca_is_valid(folder, at)
        && let Some(key) = std::fs::read_to_string(folder.join(CA_KEY_FILE))
            .ok()
            .and_then(|pem| KeyPair::from_pem(&pem).ok())
            .filter(is_of_ca)
    {
        return Ok((key, old));
    }
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = ca_params(at)?.self_signed(&key).map_err(failed)?;
    write(&folder.join(CA_KEY_FILE), key.serialize_pem().as_bytes(), 0o600)?;
    let still_valid = Bundle::parse(old.as_bytes()).is_ok_and(|bundle| {
        bundle.certificates().iter().any(|certificate| certificate.validity().contains(at))
    });
    let old = if still_valid { old } else { String::new() };
    Ok((key, format!("{}{old}", certificate.pem())))
}

fn ca_params(at: Timestamp) -> Result<CertificateParams, String> {
    let mut params = CertificateParams::default();
    params.distinguished_name = common_name(CA_NAME);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    (params.not_before, params.not_after) = life(at, CA_DAYS)?;
    Ok(params)
}

fn common_name(name: &str) -> DistinguishedName {
    let mut distinguished_name = DistinguishedName::new();
    distinguished_name.push(DnType::CommonName, name);
    distinguished_name
}

/// Whether the newest CA outlives a certificate that is made now.
fn ca_is_valid(folder: &Path, at: Timestamp) -> bool {
    let end = Duration::from_seconds(DAYS.saturating_mul(DAY)).and_then(|life| at.checked_add(life));
    let bundle = std::fs::read(folder.join(CA_FILE)).ok().and_then(|bytes| Bundle::parse(&bytes).ok());
    match (bundle.as_ref().and_then(|bundle| bundle.certificates().first()), end) {
        (Some(ca), Some(end)) => ca.validity().contains(at) && ca.validity().contains(end),
        _ => false,
    }
}

fn has_names(folder: &Path, names: &[String]) -> bool {
    let bundle =
        std::fs::read(folder.join(CERTIFICATE_FILE)).ok().and_then(|bytes| Bundle::parse(&bytes).ok());
    let leaf = bundle.and_then(|bundle| bundle.certificates().first().cloned());
    let leaf = leaf.map(certgate_bindings::Certificate::from);
    leaf.is_some_and(|leaf| names.iter().all(|name| leaf.is_for(name).is_ok_and(|is| is)))
}

fn life(at: Timestamp, days: i64) -> Result<(OffsetDateTime, OffsetDateTime), String> {
    let time = |seconds| {
        OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| "the clock is out of range".to_owned())
    };
    let now = at.as_unix();
    Ok((time(now.saturating_sub(BACKDATE))?, time(now.saturating_add(days.saturating_mul(DAY)))?))
}

/// Writes beside the file and renames, so that nobody reads half of it.
fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), String> {
    use std::os::unix::fs::OpenOptionsExt;
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.new"));
    let written = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(&beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| describe(path, &error))
}

fn describe(path: &Path, error: &std::io::Error) -> String {
    format!("cannot write {}: {error}", path.display())
}

fn failed(error: rcgen::Error) -> String {
    format!("a certificate could not be made: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_rfc3339(text).unwrap()
    }

    fn files(folder: &Path) -> [Vec<u8>; 2] {
        [CA_FILE, CERTIFICATE_FILE].map(|name| std::fs::read(folder.join(name)).unwrap())
    }

    #[test]
    fn a_restart_keeps_and_renews_and_mends() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["certgate-webhook.certgate.svc".to_owned()];
        let first = ensure(folder.path(), &names, at("2026-01-01T00:00:00Z")).unwrap();
        let before = files(folder.path());
        ensure(folder.path(), &names, at("2026-02-01T00:00:00Z")).unwrap();
        assert_eq!(files(folder.path()), before, "a month later nothing changes");
        // After two thirds of its life: the same CA, another certificate.
        assert!(is_due(&first, at("2026-03-03T00:00:00Z")));
        ensure(folder.path(), &names, at("2026-03-03T00:00:00Z")).unwrap();
        let renewed = files(folder.path());
        assert_eq!(renewed[0], before[0]);
        assert_ne!(renewed[1], before[1]);
        // An expired one is mended, with the CA that is trusted.
        ensure(folder.path(), &names, at("2027-01-01T00:00:00Z")).unwrap();
        assert_eq!(files(folder.path())[0], before[0]);
        // A CA that is about to end: the new one and the old one are both in the bundle.
        ensure(folder.path(), &names, at("2035-12-01T00:00:00Z")).unwrap();
        let bundle = Bundle::parse(&files(folder.path())[0]).unwrap();
        assert_eq!(bundle.certificates().len(), 2);
        // Another name needs another certificate.
        let last = files(folder.path());
        ensure(folder.path(), &["other.svc".to_owned()], at("2035-12-01T00:00:00Z")).unwrap();
        assert_ne!(files(folder.path())[1], last[1]);
    }

    #[test]
    fn a_clock_that_goes_back_costs_no_ca() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["certgate-webhook.certgate.svc".to_owned()];
        ensure(folder.path(), &names, at("2026-01-01T00:00:00Z")).unwrap();
        let before = files(folder.path());
        for back in ["2025-12-31T23:00:00Z", "1970-01-01T00:01:00Z"] {
            let fault = ensure(folder.path(), &names, at(back)).unwrap_err();
            assert!(fault.contains("is not valid before 2025-12-31T23:55:00Z"), "{fault}");
            assert_eq!(files(folder.path()), before, "{back}");
        }
        ensure(folder.path(), &names, at("2026-01-01T00:01:00Z")).unwrap();
        assert_eq!(files(folder.path()), before);
    }

    #[test]
    fn the_key_of_another_ca_signs_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["certgate-webhook.certgate.svc".to_owned()];
        let start = at("2026-01-01T00:00:00Z");
        ensure(folder.path(), &names, start).unwrap();
        let before = files(folder.path());
        let other = KeyPair::generate().unwrap();
        std::fs::write(folder.path().join(CA_KEY_FILE), other.serialize_pem()).unwrap();
        std::fs::remove_file(folder.path().join(CERTIFICATE_FILE)).unwrap();
        ensure(folder.path(), &names, start).unwrap();
        let bundle = Bundle::parse(&files(folder.path())[0]).unwrap();
        assert_eq!(bundle.certificates().len(), 2, "a new CA, and the one that is trusted already");
        assert!(files(folder.path())[0].ends_with(&before[0]));
        let key = std::fs::read_to_string(folder.path().join(CA_KEY_FILE)).unwrap();
        let key = KeyPair::from_pem(&key).unwrap().subject_public_key_info();
        let digest: [u8; 32] = Sha256::digest(key).into();
        assert_eq!(bundle.certificates()[0].key_digest(), &digest);
    }
}
