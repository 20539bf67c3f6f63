//! Writing the files of a PKI: private keys for their owner alone and never over one that is there, the rest for everyone.

use std::fs;
use std::io;
use std::path::Path;

use crate::durable::{Over, put};
use crate::input::describe;

/// How every PEM label of a private key ends.
const KEY_LABEL: &[u8] = b"PRIVATE KEY-----";

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It was not there.
    Created,
    /// It was there with these contents.
    Unchanged,
    /// It was there with other contents.
    Replaced,
}

/// Writes a private key: for its owner alone, and never over a file that is there.
///
/// # Errors
/// A file that is there, or that cannot be written, in one sentence.
pub fn write_private(path: &Path, text: &str) -> Result<Written, String> {
    write_private_bytes(path, text.as_bytes())
}

/// As [`write_private`], for what is no text.
///
/// # Errors
/// As [`write_private`].
pub fn write_private_bytes(path: &Path, bytes: &[u8]) -> Result<Written, String> {
    if path.exists() {
        return Err(format!("{} is there: private keys are never overwritten", path.display()));
    }
    put(path, bytes, 0o600, Over::Nothing, "private-key").map_err(|error| fault(path, &error))?;
    Ok(Written::Created)
}

/// Writes a file for its owner alone that holds a copy of what stands elsewhere, and may be replaced.
///
/// # Errors
/// A file that cannot be written, in one sentence.
pub fn write_copy(path: &Path, text: &str) -> Result<Written, String> {
    let before = fs::read(path).ok().map(zeroize::Zeroizing::new);
    if before.as_ref().is_some_and(|before| before.as_slice() == text.as_bytes()) {
        return Ok(Written::Unchanged);
    }
    put(path, text.as_bytes(), 0o600, Over::Anything, "private-copy").map_err(|error| fault(path, &error))?;
    Ok(if before.is_some() { Written::Replaced } else { Written::Created })
}

/// Writes a file that anyone may read.
///
/// # Errors
/// A file that cannot be written, in one sentence.
pub fn write_public(path: &Path, bytes: &[u8]) -> Result<Written, String> {
    let before = fs::read(path).ok().map(zeroize::Zeroizing::new);
    let is_key = |bytes: &zeroize::Zeroizing<Vec<u8>>| {
        bytes.windows(KEY_LABEL.len()).any(|window| window == KEY_LABEL)
    };
    if before.as_ref().is_some_and(is_key) {
        return Err(format!(
            "{} holds a private key, and private keys are never overwritten",
            path.display()
        ));
    }
    if before.as_ref().is_some_and(|before| before.as_slice() == bytes) {
        return Ok(Written::Unchanged);
    }
    put(path, bytes, 0o644, Over::Anything, "public-file").map_err(|error| fault(path, &error))?;
    Ok(if before.is_some() { Written::Replaced } else { Written::Created })
}

fn fault(path: &Path, error: &io::Error) -> String {
    format!("cannot write {}: {}", path.display(), describe(error))
}
