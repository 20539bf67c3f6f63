//! Writing the files of a PKI: private keys for their owner alone and never over one that is there, the rest for everyone.
//!
//! A file takes the place of another in one step; through a symbolic link, of that to which it leads. What is no file, such
//! as a device or a pipe, is written to and stays what it is.

use std::fs::{self, FileType, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use certgate_bindings::certgate::content;
use zeroize::Zeroizing;

use crate::durable::{Over, folder_of, put};
use crate::input::{FileFault, describe};

/// How an SQLite file begins: an inventory is never overwritten by something else.
const SQLITE: &[u8] = b"SQLite format 3\0";

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
/// A file that is there, or that cannot be written.
pub fn write_private(path: &Path, text: &str) -> Result<Written, FileFault> {
    write_private_bytes(path, text.as_bytes())
}

/// As [`write_private`], for what is no text.
///
/// # Errors
/// As [`write_private`].
pub fn write_private_bytes(path: &Path, bytes: &[u8]) -> Result<Written, FileFault> {
    if path.exists() {
        let message = format!("{} is there: private keys are never overwritten", path.display());
        return Err(FileFault::new(message));
    }
    put(path, bytes, 0o600, Over::Nothing, "private-key").map_err(|error| fault(path, &error))?;
    Ok(Written::Created)
}

/// Writes a file for its owner alone that holds a copy of what stands elsewhere, and may be replaced.
///
/// # Errors
/// A file that cannot be written.
pub fn write_copy(path: &Path, text: &str) -> Result<Written, FileFault> {
    write(path, text.as_bytes(), 0o600, "private-copy", |_| None)
}

/// Writes a file that anyone may read.
///
/// # Errors
/// A file that cannot be written; one that holds a private key, a key store or an inventory.
pub fn write_public(path: &Path, bytes: &[u8]) -> Result<Written, FileFault> {
    write(path, bytes, 0o644, "public-file", kept)
}

/// What nothing else may take the place of, as messages call it; `None` for contents that may be replaced.
pub(crate) fn kept(contents: &[u8]) -> Option<&'static str> {
    if contents.starts_with(SQLITE) {
        return Some("an SQLite database, and those");
    }
    content::secret(contents).map(|_| "a private key, and private keys")
}

fn write(
    path: &Path,
    bytes: &[u8],
    mode: u32,
    what: &str,
    kept: impl FnOnce(&[u8]) -> Option<&'static str>,
) -> Result<Written, FileFault> {
    let file = match place(path)? {
        Place::File(file) => file,
        Place::Stream => {
            // It is not asked what it holds: that could wait for ever.
            let stream = OpenOptions::new().append(true).open(path);
            let written = stream.and_then(|mut stream| {
                stream.write_all(bytes)?;
                stream.flush()
            });
            return written.map(|()| Written::Replaced).map_err(|error| fault(path, &error));
        }
    };
    let before = match fs::read(&file) {
        Ok(before) => Some(Zeroizing::new(before)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        // What cannot be looked at may be a private key.
        Err(error) => return Err(fault(path, &error)),
    };
    if let Some(before) = &before {
        if let Some(kept) = kept(before) {
            let message = format!("{} holds {kept} are never overwritten", path.display());
            return Err(FileFault::new(message));
        }
        if before.as_slice() == bytes {
            return Ok(Written::Unchanged);
        }
    }
    put(&file, bytes, mode, Over::Anything, what).map_err(|error| fault(path, &error))?;
    Ok(if before.is_some() { Written::Replaced } else { Written::Created })
}

/// What stands where something is to be written.
enum Place {
    /// A file, or nothing yet.
    File(PathBuf),
    /// A device or a pipe.
    Stream,
}

fn place(path: &Path) -> Result<Place, FileFault> {
    let refused = |what: &str| Err(FileFault::new(format!("cannot write {}: it is {what}", path.display())));
    let is_link = fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => refused("a folder"),
        Ok(found) if is_stream(&found.file_type()) || is_descriptor(path) => Ok(Place::Stream),
        Ok(found) if !found.is_file() => refused("no file that can be written"),
        Ok(_) if is_link => fs::canonicalize(path).map(Place::File).map_err(|error| fault(path, &error)),
        Err(error) if is_link && error.kind() == io::ErrorKind::NotFound => {
            let target = fs::read_link(path).map_err(|error| fault(path, &error))?;
            let target = folder_of(path).join(target);
            if fs::symlink_metadata(&target).is_ok() {
                return refused("a symbolic link that leads nowhere");
            }
            Ok(Place::File(target))
        }
        // Whatever else is wrong shows when it is written.
        _ => Ok(Place::File(path.to_owned())),
    }
}

#[cfg(unix)]
fn is_stream(kind: &FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;
    kind.is_char_device() || kind.is_fifo()
}

#[cfg(not(unix))]
fn is_stream(_kind: &FileType) -> bool {
    false
}

/// Whether a path names an open descriptor: whoever opened the file goes on writing to that one, and to no other of its name.
fn is_descriptor(path: &Path) -> bool {
    ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"].iter().any(|start| path.starts_with(start))
}

fn fault(path: &Path, error: &io::Error) -> FileFault {
    FileFault::new(format!("cannot write {}: {}", path.display(), describe(error)))
}
