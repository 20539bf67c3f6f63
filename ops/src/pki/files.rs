//! Writing files so that nobody ever sees a half one: a new file beside it, fsync, rename, fsync of the folder.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

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
    put(path, bytes, 0o600, Over::Nothing).map_err(|error| fault(path, &error))?;
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
    put(path, text.as_bytes(), 0o600, Over::Anything).map_err(|error| fault(path, &error))?;
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
    put(path, bytes, 0o644, Over::Anything).map_err(|error| fault(path, &error))?;
    Ok(if before.is_some() { Written::Replaced } else { Written::Created })
}

/// What a new file may take the place of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    Nothing,
    Anything,
}

fn put(path: &Path, bytes: &[u8], mode: u32, over: Over) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary: PathBuf = folder.join(format!(".{name}.{}.new", std::process::id()));
    write_new(&temporary, bytes, mode)?;
    let result = match over {
        Over::Anything => fs::rename(&temporary, path),
        // A link fails where something is, also when two programs come at once.
        Over::Nothing => fs::hard_link(&temporary, path).and_then(|()| fs::remove_file(&temporary)),
    };
    if result.is_err() {
        // Whatever went wrong, no half file stays behind; that it cannot be removed changes nothing about the error.
        let _ = fs::remove_file(&temporary);
        return result;
    }
    // The rename itself must outlive a power cut. Folders cannot be opened everywhere.
    match File::open(folder) {
        Ok(folder) => folder.sync_all(),
        Err(_) => Ok(()),
    }
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(mode);
    }
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn fault(path: &Path, error: &io::Error) -> String {
    format!("cannot write {}: {}", path.display(), describe(error))
}
