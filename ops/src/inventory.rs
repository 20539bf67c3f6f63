//! What was issued: an SQLite file beside the CA, and the audit log beside that.
//!
//! A serial number is reserved before anything is signed, and a certificate is recorded before it is handed out; so whatever
//! ends the program, no certificate is in use that the inventory does not know. Every change is one transaction, and its
//! entry of the audit log is written in the same transaction, then to the log; what a crash kept from the log is completed
//! by the next change. One program writes at a time: it holds a lock on the log.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use certgate_bindings::certgate::time::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior};

use crate::audit::{self, Event};
use crate::durable::point;

mod certificates;
mod chosen;
mod entry;
pub mod export;
mod lists;
mod revocations;
mod schema;

pub(crate) use schema::Release;

pub use certificates::{IssueError, NewRecord, Recorded};
pub use entry::{Entry, Revoked, State};
pub use lists::{LastList, ListEntry, ListKind, number_octets, number_of};
pub use revocations::{RevokeOrder, RevokeOutcome, RevokedSerial, serial_number, serial_text};

/// The file name of an inventory.
pub const FILE_NAME: &str = "inventory.db";

/// How long a program waits for another one that writes.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long it sleeps between two looks at the lock.
const BETWEEN: Duration = Duration::from_millis(20);

/// An inventory that is open.
#[derive(Debug)]
pub struct Inventory {
    path: PathBuf,
    connection: Connection,
}

/// Where the chain of the audit log stands, as the inventory knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of the last entry; 0 for none.
    pub sequence: i64,
    /// The SHA-256 digest of the last entry's line in hexadecimal.
    pub digest: String,
    /// How many bytes the log had when it was last known to be complete.
    pub logged_bytes: u64,
    /// The lines that a crash kept from the log.
    pub pending: Vec<String>,
}

/// The inventory that stands beside the certificate of a CA.
pub fn beside(certificate: &Path) -> PathBuf {
    crate::durable::folder_of(certificate).join(FILE_NAME)
}

impl Inventory {
    /// Opens an inventory to write to it; makes it if it is not there.
    ///
    /// # Errors
    /// In one sentence: a file that is no inventory, is of a newer certgate, or cannot be written.
    pub fn open(path: &Path) -> Result<Self, String> {
        let folder = crate::durable::folder_of(path);
        std::fs::create_dir_all(folder).map_err(|error| {
            format!("cannot make {}: {}", folder.display(), crate::input::describe(&error))
        })?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut inventory = Self::connect(path, path, flags).map_err(|fault| fault.at(path))?;
        let _lock = inventory.lock()?;
        let log = inventory.log_path();
        schema::create_or_check(&mut inventory.connection, || audit::releases(&log))
            .map_err(|fault| fault.at(path))?;
        Ok(inventory)
    }

    /// Opens an inventory that is there to write to it.
    ///
    /// # Errors
    /// As [`Inventory::open`], and a file that is not there.
    pub fn open_to_change(path: &Path) -> Result<Self, String> {
        Self::open_existing(path)?;
        Self::open(path)
    }

    /// Opens an inventory that is there, to look at it; the right to write is not needed.
    ///
    /// # Errors
    /// As [`Inventory::open`], and a file that is not there.
    pub fn open_existing(path: &Path) -> Result<Self, String> {
        if !path.is_file() {
            return Err(format!("there is no inventory {}", path.display()));
        }
        let open = |file: &Path, flags: OpenFlags| {
            let inventory = Self::connect(path, file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
            schema::check(&inventory.connection)?;
            // The first look at the tables needs what SQLite keeps beside the file.
            head(&inventory.connection)?;
            Ok(inventory)
        };
        let writing: Result<Self, Fault> = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE);
        let Err(fault) = writing else { return writing.map_err(|fault| fault.at(path)) };
        if !fault.is_for_want_of_rights() {
            return Err(fault.at(path));
        }
        open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .or_else(|fault| match immutable(path) {
                // Nobody has written since the file was closed: it holds all.
                Some(uri) if fault.is_for_want_of_rights() => {
                    open(&uri, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI)
                }
                _ => Err(fault),
            })
            .map_err(|fault| fault.at(path))
    }

    fn connect(path: &Path, file: &Path, flags: OpenFlags) -> Result<Self, Fault> {
        let connect = || -> rusqlite::Result<Connection> {
            let connection = Connection::open_with_flags(file, flags)?;
            connection.busy_timeout(PATIENCE)?;
            connection.pragma_update(None, "foreign_keys", true)?;
            // What is committed outlives a power cut, and not only a crash.
            connection.pragma_update(None, "synchronous", "FULL")?;
            Ok(connection)
        };
        Ok(Self { path: path.to_owned(), connection: connect()? })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The audit log beside it.
    pub fn log_path(&self) -> PathBuf {
        audit::beside(&self.path)
    }

    /// Where the chain of the audit log stands.
    ///
    /// # Errors
    /// An inventory that cannot be read.
    pub fn head(&self) -> Result<Head, String> {
        head(&self.connection).map_err(|fault| fault.at(&self.path))
    }

    /// One change with its entries of the audit log: all of it happens, or nothing. `what` names the fail points.
    fn change<T, E: IntoIterator<Item = Event>>(
        &mut self,
        what: &str,
        at: Timestamp,
        work: impl FnOnce(&Transaction<'_>) -> Result<(T, E), Fault>,
    ) -> Result<T, String> {
        let mut log = self.lock()?;
        let path = self.path.clone();
        self.complete_log(&mut log)?;
        point(what, "begin");
        let run = |connection: &mut Connection| -> Result<(T, String), Fault> {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let (value, events) = work(&transaction)?;
            let mut lines = String::new();
            for event in events {
                lines.push_str(&append_pending(&transaction, event, at)?);
                lines.push('\n');
            }
            point(what, "changed");
            transaction.commit()?;
            point(what, "committed");
            Ok((value, lines))
        };
        let (value, lines) = run(&mut self.connection).map_err(|fault| fault.at(&path))?;
        if !lines.is_empty() {
            let written = audit::append(&mut log, &lines, what);
            written.map_err(|error| {
                format!("cannot write {}: {}", self.log_path().display(), crate::input::describe(&error))
            })?;
            self.note_logged(&log)?;
            point(what, "noted");
        }
        Ok(value)
    }

    /// The log, locked: one program writes at a time.
    fn lock(&self) -> Result<File, String> {
        let path = self.log_path();
        let fault = |error: std::io::Error| {
            format!("cannot write {}: {}", path.display(), crate::input::describe(&error))
        };
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            // Who may read the inventory may check its log.
            options.mode(0o644);
        }
        let log = options.open(&path).map_err(fault)?;
        let mut waited = Duration::ZERO;
        loop {
            match log.try_lock() {
                Ok(()) => return Ok(log),
                Err(std::fs::TryLockError::WouldBlock) if waited < PATIENCE => {
                    std::thread::sleep(BETWEEN);
                    waited = waited.saturating_add(BETWEEN);
                }
                Err(std::fs::TryLockError::WouldBlock) => {
                    return Err(format!("another program has been writing to {} for long", path.display()));
                }
                Err(std::fs::TryLockError::Error(error)) => return Err(fault(error)),
            }
        }
    }

    /// Writes to the log what a crash kept from it. A log that is not what it was stops every change.
    fn complete_log(&mut self, log: &mut File) -> Result<(), String> {
        let head = self.head()?;
        let path = self.log_path();
        let rest = audit::missing(log, &head).map_err(|message| format!("{}: {message}", path.display()))?;
        if !rest.is_empty() {
            audit::write(log, &rest).map_err(|error| {
                format!("cannot write {}: {}", path.display(), crate::input::describe(&error))
            })?;
        }
        if !head.pending.is_empty() {
            self.note_logged(log)?;
        }
        Ok(())
    }

    fn note_logged(&mut self, log: &File) -> Result<(), String> {
        let run = || -> Result<(), Fault> {
            let bytes = log.metadata().map_err(|error| Fault::Message(error.to_string()))?.len();
            let bytes = i64::try_from(bytes).map_err(|_| Fault::Message("the log is too long".to_owned()))?;
            let transaction = self.connection.unchecked_transaction()?;
            transaction.execute("UPDATE chain SET logged_bytes = ?1", [bytes])?;
            transaction.execute("DELETE FROM pending", [])?;
            transaction.commit()?;
            Ok(())
        };
        run().map_err(|fault| fault.at(&self.path))
    }
}

fn head(connection: &Connection) -> Result<Head, Fault> {
    let (sequence, digest, bytes): (i64, String, i64) =
        connection.query_row("SELECT sequence, digest, logged_bytes FROM chain", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let mut lines = connection.prepare("SELECT line FROM pending ORDER BY sequence")?;
    let pending = lines.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    let logged_bytes = u64::try_from(bytes).unwrap_or(0);
    Ok(Head { sequence, digest, logged_bytes, pending })
}

/// Puts the next entry of the log into the transaction; gives its line.
fn append_pending(transaction: &Transaction<'_>, event: Event, at: Timestamp) -> Result<String, Fault> {
    let (sequence, digest): (i64, String) =
        transaction
            .query_row("SELECT sequence, digest FROM chain", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let next = sequence.saturating_add(1);
    let line = event.into_line(next, at, &digest).map_err(Fault::Message)?;
    transaction.execute("UPDATE chain SET sequence = ?1, digest = ?2", (next, audit::digest(&line)))?;
    transaction.execute("INSERT INTO pending (sequence, line) VALUES (?1, ?2)", (next, &line))?;
    Ok(line)
}

/// Why the inventory did not do something.
#[derive(Debug)]
enum Fault {
    Sqlite(rusqlite::Error),
    Message(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Fault {
    /// Whether the right to write would mend it.
    fn is_for_want_of_rights(&self) -> bool {
        use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly};
        let Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) = self else { return false };
        matches!(error.code, CannotOpen | PermissionDenied | ReadOnly)
    }

    fn at(self, path: &Path) -> String {
        let path = path.display();
        match self {
            Self::Message(message) => format!("{path}: {message}"),
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _))
                if error.code == rusqlite::ErrorCode::NotADatabase =>
            {
                format!("{path} is no inventory")
            }
            Self::Sqlite(error) => format!("{path}: {error}"),
        }
    }
}

/// The URI by which SQLite opens a file that nobody writes to meanwhile; `None` if changes wait beside it.
fn immutable(path: &Path) -> Option<PathBuf> {
    let mut beside = path.as_os_str().to_owned();
    beside.push("-wal");
    if std::fs::metadata(beside).is_ok_and(|log| log.len() > 0) {
        return None;
    }
    let absolute = std::path::absolute(path).ok()?;
    let escaped = absolute.to_str()?.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Some(PathBuf::from(format!("file:{escaped}?immutable=1")))
}

/// One row, or none.
fn optional<T>(result: rusqlite::Result<T>) -> Result<Option<T>, Fault> {
    Ok(result.optional()?)
}
