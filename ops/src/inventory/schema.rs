//! The tables, and which version of them a file has.

use rusqlite::Connection;

use super::Fault;

/// `cgIV`: SQLite's mark of the program that a file belongs to.
const APPLICATION_ID: i64 = 0x6367_4956;

/// The version of the tables.
const VERSION: i64 = 1;

/// Times are seconds since 1970; digests and serial numbers lower-case hexadecimal.
const TABLES: &str = "
CREATE TABLE chain (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    sequence INTEGER NOT NULL,
    digest TEXT NOT NULL,
    logged_bytes INTEGER NOT NULL
) STRICT;
INSERT INTO chain VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000', 0);

CREATE TABLE pending (sequence INTEGER PRIMARY KEY, line TEXT NOT NULL) STRICT;

-- An issuer is its name and its key: a renewed certificate of a CA is the same issuer.
CREATE TABLE issuer (
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    last_list_number INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE certificate (
    id INTEGER PRIMARY KEY,
    issuer INTEGER REFERENCES issuer (id),
    serial TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'issued', 'delivered')),
    reserved_at INTEGER NOT NULL,
    policy TEXT,
    policy_digest TEXT,
    request_sha256 TEXT,
    spki_sha256 TEXT NOT NULL,
    sha256 TEXT UNIQUE,
    not_before INTEGER,
    not_after INTEGER,
    der BLOB,
    UNIQUE (issuer, serial),
    CHECK (state = 'reserved' OR (issuer IS NOT NULL AND sha256 IS NOT NULL AND der IS NOT NULL
        AND not_before IS NOT NULL AND not_after IS NOT NULL))
) STRICT;
CREATE INDEX certificate_by_end ON certificate (not_after);
CREATE INDEX certificate_by_key ON certificate (spki_sha256);
CREATE INDEX certificate_by_serial ON certificate (serial);

CREATE TABLE revocation (
    issuer INTEGER NOT NULL REFERENCES issuer (id),
    serial TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    not_after INTEGER,
    PRIMARY KEY (issuer, serial)
) STRICT;

-- Numbers of lists are reserved before they are signed, so they never go back; those that were never signed stay gaps.
CREATE TABLE list (
    id INTEGER PRIMARY KEY,
    issuer INTEGER NOT NULL REFERENCES issuer (id),
    number INTEGER NOT NULL,
    base INTEGER,
    scope TEXT NOT NULL,
    this_update INTEGER NOT NULL,
    next_update INTEGER NOT NULL,
    der BLOB,
    UNIQUE (issuer, number)
) STRICT;
";

/// Makes the tables of a new file; checks those of another.
pub(super) fn create_or_check(connection: &mut Connection) -> Result<(), Fault> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        // Readers and the writer do not wait for one another; a crash leaves the last commit.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        let transaction = connection.transaction()?;
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
        transaction.commit()?;
    }
    check(connection)
}

/// Whether the file is an inventory of this version.
pub(super) fn check(connection: &mut Connection) -> Result<(), Fault> {
    let pragma = |name: &str| -> rusqlite::Result<i64> {
        connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
    };
    if pragma("application_id")? != APPLICATION_ID {
        return Err(Fault::Message("this is no inventory".to_owned()));
    }
    match pragma("user_version")? {
        VERSION => Ok(()),
        other => Err(Fault::Message(format!(
            "the inventory is of version {other}, and this certgate knows version {VERSION}"
        ))),
    }
}
