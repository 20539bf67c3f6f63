//! The tables, and which version of them a file has.

use rusqlite::{Connection, TransactionBehavior};

use super::Fault;

/// `cgIV`: SQLite's mark of the program that a file belongs to.
const APPLICATION_ID: i64 = 0x6367_4956;

/// The version of the tables.
const VERSION: i64 = 2;

/// Times are seconds since 1970; digests and serial numbers lower-case hexadecimal, negative ones with a minus sign before
/// their contents octets.
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

/// What version 2 adds: a certificate that was revoked and not issued here, and the holds that ended.
const SINCE_VERSION_1: &str = "
ALTER TABLE revocation ADD COLUMN der BLOB;

CREATE TABLE released (
    issuer INTEGER NOT NULL REFERENCES issuer (id),
    serial TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (issuer, serial)
) STRICT;
";

/// A hold that ended: what the audit log of an inventory of version 1 tells of it.
pub(crate) struct Release {
    pub(crate) issuer: String,
    pub(crate) serial: String,
    pub(crate) at: i64,
}

/// Makes the tables of a new file; checks those of another, and adds to those of version 1 what they lack.
pub(super) fn create_or_check(
    connection: &mut Connection,
    releases: impl FnOnce() -> Vec<Release>,
) -> Result<(), Fault> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        // Readers and the writer do not wait for one another; a crash leaves the last commit.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        let transaction = connection.transaction()?;
        transaction.execute_batch(TABLES)?;
        transaction.execute_batch(SINCE_VERSION_1)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
        transaction.commit()?;
    }
    if check(connection)? < VERSION {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(SINCE_VERSION_1)?;
        for Release { issuer, serial, at } in releases() {
            transaction.execute(
                "INSERT INTO released (issuer, serial, at) SELECT id, ?2, ?3 FROM issuer WHERE subject = ?1 \
                 ON CONFLICT DO UPDATE SET at = max(at, ?3)",
                (issuer, serial, at),
            )?;
        }
        transaction.pragma_update(None, "user_version", VERSION)?;
        transaction.commit()?;
    }
    Ok(())
}

/// The version of the inventory; an error if the file is none, or one of a version that is not known.
pub(super) fn check(connection: &Connection) -> Result<i64, Fault> {
    let pragma = |name: &str| -> rusqlite::Result<i64> {
        connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
    };
    if pragma("application_id")? != APPLICATION_ID {
        return Err(Fault::Message("this is no inventory".to_owned()));
    }
    match pragma("user_version")? {
        version @ 1..=VERSION => Ok(version),
        other => Err(Fault::Message(format!(
            "the inventory is of version {other}, and this certgate knows versions 1 to {VERSION}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inventory_of_version_1_gets_what_it_lacks() {
        let mut connection = Connection::open_in_memory().expect("a database");
        connection.execute_batch(TABLES).expect("the tables");
        connection.pragma_update(None, "application_id", APPLICATION_ID).expect("the mark");
        connection.pragma_update(None, "user_version", 1).expect("the version");
        connection
            .execute("INSERT INTO issuer (identity, subject) VALUES ('00', 'CN=a'), ('01', 'CN=b')", [])
            .expect("issuers");
        let release = |at| Release { issuer: "CN=a".to_owned(), serial: "05".to_owned(), at };
        for _ in 0..2 {
            create_or_check(&mut connection, || vec![release(7), release(5)]).expect("an inventory");
        }
        assert_eq!(check(&connection).expect("a version"), VERSION);
        let released: Vec<(i64, String, i64)> = connection
            .prepare("SELECT issuer, serial, at FROM released")
            .and_then(|mut rows| {
                rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
            })
            .expect("what was released");
        assert_eq!(released, [(1, "05".to_owned(), 7)]);
    }
}
