//! The files of a folder, all of one version: what kubelet mounts is swapped as a whole, by one symbolic link.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Most bytes of one file, and most files of a folder: a ConfigMap has at most 1 MiB.
const FILE_BYTES: u64 = 4 << 20;
const FILES: usize = 1_000;

/// What the files of a mounted ConfigMap, Secret or projected volume link through.
const CURRENT: &str = "..data";

/// How often a folder is read that is swapped meanwhile. kubelet swaps at most once in its sync period of a minute.
const TRIES: usize = 5;

type Files = BTreeMap<String, Vec<u8>>;

/// Reads all files of the folder that are not hidden. Those of a mount are all of the version that it had at one moment.
///
/// # Errors
/// A folder or a file that cannot be read, in one sentence.
pub(crate) fn read(folder: &Path) -> Result<Files, String> {
    read_by(folder, |path| {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(FILE_BYTES.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok(bytes)
    })
}

/// Reads again as long as the folder is another one afterwards: files that are read of a version that is taken away may be missing.
fn read_by(
    folder: &Path,
    mut read_file: impl FnMut(&Path) -> std::io::Result<Vec<u8>>,
) -> Result<Files, String> {
    for _ in 0..TRIES {
        let current = current(folder)?;
        let mut files = Files::new();
        let is_linked = |path: &Path| std::fs::read_link(path).is_ok_and(|to| to.starts_with(CURRENT));
        let read = add(&current, |_| false, &mut read_file, &mut files)
            // What lies beside the link belongs to no version.
            .and_then(|()| add(folder, is_linked, &mut read_file, &mut files));
        if self::current(folder)? == current {
            return read.map(|()| files);
        }
    }
    Err(format!("{} changes while it is read", folder.display()))
}

/// Where the files are: what `..data` points at, or the folder itself.
fn current(folder: &Path) -> Result<PathBuf, String> {
    match std::fs::canonicalize(folder.join(CURRENT)) {
        Err(error) if error.kind() == ErrorKind::NotFound => std::fs::canonicalize(folder),
        found => found,
    }
    .map_err(|error| describe(folder, &error))
}

fn add(
    folder: &Path,
    is_left_out: impl Fn(&Path) -> bool,
    read_file: &mut impl FnMut(&Path) -> std::io::Result<Vec<u8>>,
    files: &mut Files,
) -> Result<(), String> {
    for entry in std::fs::read_dir(folder).map_err(|error| describe(folder, &error))? {
        let path = entry.map_err(|error| describe(folder, &error))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()).map(str::to_owned) else {
            continue;
        };
        if name.starts_with('.') || is_left_out(&path) {
            continue;
        }
        if !std::fs::metadata(&path).map_err(|error| describe(&path, &error))?.is_file() {
            continue;
        }
        if files.len() >= FILES && !files.contains_key(&name) {
            return Err(format!("the folder has more than {FILES} files"));
        }
        let bytes = read_file(&path).map_err(|error| describe(&path, &error))?;
        if u64::try_from(bytes.len()).map_or(true, |length| length > FILE_BYTES) {
            return Err(format!("{name} has more than {FILE_BYTES} bytes"));
        }
        files.insert(name, bytes);
    }
    Ok(())
}

fn describe(path: &Path, error: &std::io::Error) -> String {
    format!("cannot read {}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    const NAMES: [&str; 3] = ["a.yaml", "b.yaml", "webhook.yaml"];

    /// Puts a version into a mount as kubelet does: beside the old one, then the link is swapped, then the old one goes.
    fn swap(folder: &Path, version: &str) {
        let before = std::fs::read_link(folder.join(CURRENT)).ok();
        let new = format!("..2026_{version}");
        std::fs::create_dir(folder.join(&new)).unwrap();
        for name in NAMES {
            std::fs::write(folder.join(&new).join(name), version).unwrap();
        }
        symlink(&new, folder.join("..data_tmp")).unwrap();
        std::fs::rename(folder.join("..data_tmp"), folder.join(CURRENT)).unwrap();
        for name in NAMES {
            // It is there since the first version.
            let _ = symlink(Path::new(CURRENT).join(name), folder.join(name));
        }
        if let Some(before) = before {
            std::fs::remove_dir_all(folder.join(before)).unwrap();
        }
    }

    fn is_all(files: &Files, version: &str) -> bool {
        files.keys().eq(NAMES.iter().copied()) && files.values().all(|bytes| bytes == version.as_bytes())
    }

    #[test]
    fn the_files_of_a_mount_are_of_one_version() {
        let folder = tempfile::tempdir().unwrap();
        swap(folder.path(), "a");
        assert!(is_all(&read(folder.path()).unwrap(), "a"));
        // The link is swapped behind the first file that is read.
        let mut reads = 1..;
        let files = read_by(folder.path(), |path| {
            let bytes = std::fs::read(path);
            if reads.next() == Some(1) {
                swap(folder.path(), "b");
            }
            bytes
        });
        assert!(is_all(&files.unwrap(), "b"), "the second version as a whole");
        // One that is swapped after the last file is read again, too.
        let mut reads = 1..;
        let files = read_by(folder.path(), |path| {
            let bytes = std::fs::read(path);
            if reads.next() == Some(3) {
                swap(folder.path(), "c");
            }
            bytes
        });
        assert!(is_all(&files.unwrap(), "c"));
    }

    #[test]
    fn a_mount_that_never_rests_is_not_read_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        swap(folder.path(), "0");
        let mut last = String::new();
        let mut versions = 1..;
        let fault = read_by(folder.path(), |path| {
            last = versions.next().unwrap().to_string();
            swap(folder.path(), &last);
            std::fs::read(path)
        });
        assert!(fault.unwrap_err().contains("changes while it is read"));
        assert!(is_all(&read(folder.path()).unwrap(), &last));
    }

    #[test]
    fn a_folder_that_is_itself_a_link_is_resolved_once() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("current");
        let point_at = |version: &str| {
            std::fs::create_dir(root.path().join(version)).unwrap();
            for name in NAMES {
                std::fs::write(root.path().join(version).join(name), version).unwrap();
            }
            symlink(version, root.path().join("next")).unwrap();
            std::fs::rename(root.path().join("next"), &folder).unwrap();
        };
        point_at("a");
        let mut reads = 1..;
        let files = read_by(&folder, |path| {
            if reads.next() == Some(2) {
                point_at("b");
            }
            std::fs::read(path)
        });
        assert!(is_all(&files.unwrap(), "b"));
    }

    #[test]
    fn what_lies_beside_a_mounted_version_counts_too() {
        let folder = tempfile::tempdir().unwrap();
        swap(folder.path(), "a");
        std::fs::write(folder.path().join("own.yaml"), "own").unwrap();
        // kubelet has not taken away yet what the last version had.
        symlink("..data/gone.yaml", folder.path().join("gone.yaml")).unwrap();
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        let files = read(folder.path()).unwrap();
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(names, ["a.yaml", "b.yaml", "own.yaml", "webhook.yaml"]);
        // A file of an ordinary folder that cannot be read is a fault.
        let plain = tempfile::tempdir().unwrap();
        symlink("nowhere", plain.path().join("x.yaml")).unwrap();
        assert!(read(plain.path()).unwrap_err().contains("x.yaml"));
        assert!(read(&plain.path().join("none")).is_err());
    }
}
