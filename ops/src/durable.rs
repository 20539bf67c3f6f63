//! Writing that outlives a crash, and the named points at which tests end the program.
//!
//! A file is written beside its place, synced, and moved there; so nobody ever sees half of it. Between any two steps
//! stands a fail point: `WHAT/STEP`, such as `private-key/synced`. The variable `CERTGATE_FAIL_POINT` names one, and the
//! program stops there, says so on standard error, and waits to be killed; `NAME#3` means the third time that it comes by.
//! With `list` it says every point that it passes, and goes on. Unset, a point costs one look at a cached variable.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

/// The variable that names a fail point.
pub const FAIL_POINT: &str = "CERTGATE_FAIL_POINT";

/// The steps of writing a file, in order: a fail point stands before the first, between any two, and behind the last.
pub const FILE_STEPS: [&str; 6] = ["begin", "half", "written", "synced", "moved", "done"];

/// The steps of moving a symbolic link.
pub const LINK_STEPS: [&str; 4] = ["begin", "linked", "moved", "done"];

/// How long a program waits at a fail point until it ends itself, if nobody kills it.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// What a new file may take the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Of nothing: a file that is there stays, and writing fails.
    Nothing,
    /// Of whatever is there.
    Anything,
}

enum Armed {
    No,
    List,
    At { name: String, countdown: AtomicU32 },
}

/// A fail point: tests end the program here with SIGKILL. `what` is what is worked on, `step` what was done last.
pub fn point(what: &str, step: &str) {
    static ARMED: OnceLock<Armed> = OnceLock::new();
    match ARMED.get_or_init(|| armed(std::env::var(FAIL_POINT).ok().as_deref())) {
        Armed::No => {}
        Armed::List => say(what, step),
        Armed::At { name, countdown } => {
            let here = name.strip_prefix(what).and_then(|rest| rest.strip_prefix('/')) == Some(step);
            if here && countdown.fetch_sub(1, Ordering::Relaxed) == 1 {
                say(what, step);
                std::thread::sleep(PATIENCE);
                std::process::abort();
            }
        }
    }
}

fn armed(value: Option<&str>) -> Armed {
    match value {
        None | Some("") => Armed::No,
        Some("list") => Armed::List,
        Some(value) => {
            let (name, count) = value.split_once('#').unwrap_or((value, "1"));
            Armed::At { name: name.to_owned(), countdown: AtomicU32::new(count.parse().unwrap_or(1)) }
        }
    }
}

fn say(what: &str, step: &str) {
    // Nobody may be listening any more.
    let _ = writeln!(io::stderr(), "fail point {what}/{step}");
}

/// Writes a file so that it is there whole or not at all: a new file beside it, fsync, rename, fsync of the folder.
/// `mode` is that of Unix; `what` names the fail points.
pub fn put(path: &Path, bytes: &[u8], mode: u32, over: Over, what: &str) -> io::Result<()> {
    if is_other_than_file(path) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "something is there that is no file"));
    }
    let folder = folder_of(path);
    fs::create_dir_all(folder)?;
    sweep(path);
    point(what, "begin");
    let temporary = temporary(path);
    let result = write_new(&temporary, bytes, mode, what).and_then(|file| {
        point(what, "synced");
        match over {
            Over::Anything => fs::rename(&temporary, path)?,
            // A link fails where something is, also when two programs come at once.
            Over::Nothing => {
                fs::hard_link(&temporary, path)?;
                point(what, "moved");
                fs::remove_file(&temporary)?;
            }
        }
        drop(file);
        Ok(())
    });
    if result.is_err() {
        // Whatever went wrong, no half file stays behind; that it cannot be removed changes nothing about the error.
        let _ = fs::remove_file(&temporary);
        return result;
    }
    if over == Over::Anything {
        point(what, "moved");
    }
    sync_folder(folder)?;
    point(what, "done");
    Ok(())
}

/// Whether a device, a pipe or a folder has a name: nothing takes the place of those.
pub(crate) fn is_other_than_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| !found.is_file() && !found.is_symlink())
}

/// Makes a symbolic link point elsewhere in one step; it never points nowhere.
#[cfg(unix)]
pub fn swap_link(link: &Path, target: &Path, what: &str) -> io::Result<()> {
    sweep(link);
    point(what, "begin");
    let temporary = temporary(link);
    std::os::unix::fs::symlink(target, &temporary)?;
    point(what, "linked");
    if let Err(error) = fs::rename(&temporary, link) {
        // As above: the first error is the one to know.
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    point(what, "moved");
    sync_folder(folder_of(link))?;
    point(what, "done");
    Ok(())
}

/// Writes many new files into one folder as [`put`] does with [`Over::Nothing`], each there whole or not at all, on all cores;
/// the folder is synced once; [`enter`] comes before. Gives what became of each file, in their order.
///
/// # Errors
/// A folder that cannot be synced: then no file is known to outlive a power cut.
pub fn put_all(
    folder: &Path,
    files: &[(PathBuf, Vec<u8>)],
    mode: u32,
    what: &str,
) -> io::Result<Vec<io::Result<()>>> {
    point(what, "begin");
    let put = |(path, bytes): &(PathBuf, Vec<u8>)| -> io::Result<()> {
        let temporary = temporary(path);
        let result = write_new(&temporary, bytes, mode, what).and_then(|file| {
            point(what, "synced");
            let result = place(&temporary, path);
            drop(file);
            result
        });
        point(what, "moved");
        // Placed or not, the file beside it goes; that it cannot be removed changes nothing about the error.
        let _ = fs::remove_file(&temporary);
        result
    };
    let results = files.par_iter().map(put).collect();
    sync_folder(folder)?;
    point(what, "done");
    Ok(results)
}

/// Gives a file its name where nothing has it. Some file systems know no links: there two programs at once are not told apart.
fn place(temporary: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(temporary, path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) if fs::symlink_metadata(path).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(temporary, path),
    }
}

/// Makes a folder and keeps other runs out of it as long as the file that comes back is open: `None` where folders cannot be
/// locked. What an interrupted run left there is removed.
///
/// # Errors
/// A folder that cannot be made or written to; `WouldBlock` if another program has it.
pub fn enter(folder: &Path) -> io::Result<Option<File>> {
    fs::create_dir_all(folder)?;
    let lock = File::open(folder).ok();
    if let Some(Err(fs::TryLockError::WouldBlock)) = lock.as_ref().map(File::try_lock) {
        return Err(io::ErrorKind::WouldBlock.into());
    }
    sweep_all(folder, None);
    let probe = temporary(&folder.join("probe"));
    File::create(&probe)?;
    fs::remove_file(&probe)?;
    Ok(lock)
}

/// Removes what an interrupted run left beside a file. What a running program writes is locked, and stays.
pub fn sweep(path: &Path) {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return };
    sweep_all(folder_of(path), Some(name));
}

/// As [`sweep`], for the file of a name, or for all files of a folder.
fn sweep_all(folder: &Path, name: Option<&str>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let found = entry.file_name();
        let ours = found
            .to_str()
            .and_then(|found| found.strip_prefix('.')?.strip_suffix(".new")?.rsplit_once('.'))
            .is_some_and(|(of, number)| {
                name.is_none_or(|name| name == of)
                    && !number.is_empty()
                    && number.bytes().all(|byte| byte.is_ascii_digit())
            });
        if !ours {
            continue;
        }
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        let abandoned = is_link || File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if abandoned {
            // Another program may have been faster.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Makes what was created, renamed or removed in a folder outlive a power cut. Folders cannot be opened everywhere.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder) {
        Ok(folder) => folder.sync_all(),
        Err(_) => Ok(()),
    }
}

/// The folder that a file stands in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    folder_of(path).join(format!(".{name}.{}.new", std::process::id()))
}

/// The new file, synced and locked as long as it is open.
fn write_new(path: &Path, bytes: &[u8], mode: u32, what: &str) -> io::Result<File> {
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
    // Where files cannot be locked, nobody tells an abandoned one from one that is being written.
    let _ = file.try_lock();
    let (head, tail) = bytes.split_at(bytes.len().div_euclid(2));
    file.write_all(head)?;
    point(what, "half");
    file.write_all(tail)?;
    point(what, "written");
    file.sync_all()?;
    Ok(file)
}
