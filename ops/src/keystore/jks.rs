//! The form JKS of `java.security.KeyStore`, for trusted certificates: a list with a keyed SHA-1 digest at its end.

use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::time::Timestamp;
use sha1::{Digest, Sha1};

const MAGIC: u32 = 0xfeed_feed;
const VERSION: u32 = 2;
const TRUSTED: u32 = 2;
const TYPE: &str = "X.509";

/// What stands between the passphrase and the contents in the digest: the key store's author put it there.
const WHITENER: &[u8] = b"Mighty Aphrodite";

/// Octets of a SHA-1 digest.
const DIGEST: usize = 20;

pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC.to_be_bytes())
}

/// The trusted certificates by alias, in DER.
pub(super) fn read(bytes: &[u8], passphrase: &str) -> Result<Vec<(String, Vec<u8>)>, String> {
    let broken = || "the JKS is cut off, or is none".to_owned();
    let (body, digest) =
        bytes.len().checked_sub(DIGEST).and_then(|at| bytes.split_at_checked(at)).ok_or_else(broken)?;
    if keyed_digest(body, passphrase) != digest {
        return Err(
            "key/passphrase: the passphrase does not open the store, or the store was changed".to_owned()
        );
    }
    let mut reader = Reader(body);
    if reader.number() != Some(MAGIC) || reader.number() != Some(VERSION) {
        return Err("the JKS is not of version 2".to_owned());
    }
    let count = reader.number().ok_or_else(broken)?;
    let mut entries = Vec::new();
    for _ in 0..count {
        if reader.number().ok_or_else(broken)? != TRUSTED {
            return Err("the JKS holds a private key, which it does not encrypt: convert it with keytool -importkeystore \
                        -deststoretype pkcs12"
                .to_owned());
        }
        let alias = reader.text().ok_or_else(broken)?;
        reader.take(8).ok_or_else(broken)?; // when it was put there
        if reader.text().as_deref() != Some(TYPE) {
            return Err("the JKS holds something else than certificates of X.509".to_owned());
        }
        let length = reader.number().and_then(|length| usize::try_from(length).ok()).ok_or_else(broken)?;
        entries.push((alias, reader.take(length).ok_or_else(broken)?.to_vec()));
    }
    if !reader.0.is_empty() {
        return Err(broken());
    }
    Ok(entries)
}

pub(super) fn write(
    entries: &[(String, Arc<Certificate>)],
    passphrase: &str,
    at: Timestamp,
) -> Result<Vec<u8>, String> {
    let too_long = || "an alias or a certificate is too long for a JKS".to_owned();
    let number = |length: usize| u32::try_from(length).map(u32::to_be_bytes).map_err(|_| too_long());
    let mut body = [MAGIC.to_be_bytes(), VERSION.to_be_bytes()].concat();
    body.extend(number(entries.len())?);
    for (alias, certificate) in entries {
        body.extend(TRUSTED.to_be_bytes());
        body.extend(text(&alias.to_lowercase()).ok_or_else(too_long)?);
        body.extend(at.as_unix().saturating_mul(1000).to_be_bytes());
        body.extend(text(TYPE).ok_or_else(too_long)?);
        body.extend(number(certificate.der().len())?);
        body.extend(certificate.der());
    }
    let digest = keyed_digest(&body, passphrase);
    body.extend(digest);
    Ok(body)
}

/// SHA-1 of the passphrase in UTF-16, the whitener and the contents.
fn keyed_digest(body: &[u8], passphrase: &str) -> [u8; DIGEST] {
    let mut digest = Sha1::new();
    for unit in passphrase.encode_utf16() {
        digest.update(unit.to_be_bytes());
    }
    digest.update(WHITENER);
    digest.update(body);
    digest.finalize().into()
}

/// A text as `DataOutputStream.writeUTF` has it: two octets of length, then its octets. Java writes characters beyond the
/// basic plane and the zero in a way of its own; such aliases are refused.
fn text(text: &str) -> Option<Vec<u8>> {
    if text.chars().any(|c| c == '\0' || c > '\u{ffff}') {
        return None;
    }
    let mut octets = u16::try_from(text.len()).ok()?.to_be_bytes().to_vec();
    octets.extend(text.as_bytes());
    Some(octets)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    fn number(&mut self) -> Option<u32> {
        self.take(4)?.first_chunk::<4>().copied().map(u32::from_be_bytes)
    }

    fn text(&mut self) -> Option<String> {
        let length = self.take(2)?.first_chunk::<2>().copied().map(u16::from_be_bytes)?;
        let octets = self.take(usize::from(length))?;
        Some(String::from_utf8_lossy(octets).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_was_cut_or_changed_is_refused() {
        let at = Timestamp::from_unix(1_800_000_000).expect("a time");
        let store = write(&[], "changeit", at).expect("a store");
        assert!(is_one(&store));
        assert_eq!(read(&store, "changeit"), Ok(Vec::new()));
        assert!(read(&store, "other").is_err());
        for length in 0..store.len() {
            assert!(read(&store[..length], "changeit").is_err(), "{length}");
        }
    }
}
