//! The index's file.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::shelf;

/// The form of the file. Another one is thrown away and made anew.
const FORM: i64 = 2;

/// "TILX" in ASCII.
const APPLICATION_ID: i64 = 0x5449_4c58;

/// How far the index has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    /// It has every payment from this number to `followed`.
    pub(crate) from: i64,
    /// The last entry of the journal that it has taken in.
    pub(crate) followed: i64,
    /// The seal of that entry: another journal has another one.
    pub(crate) seal: Vec<u8>,
}

impl State {
    pub(crate) fn read(connection: &Connection) -> rusqlite::Result<Option<Self>> {
        connection
            .prepare_cached("SELECT first, followed, seal FROM state")?
            .query_row((), |row| {
                Ok(Self {
                    from: row.get(0)?,
                    followed: row.get(1)?,
                    seal: row.get(2)?,
                })
            })
            .optional()
    }

    pub(crate) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO state (only, first, followed, seal) VALUES (1, ?1, ?2, ?3)",
            )?
            .execute((self.from, self.followed, &self.seal))
            .map(|_| ())
    }
}

fn of_this_form(connection: &Connection) -> rusqlite::Result<bool> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    Ok(pragma("application_id")? == APPLICATION_ID && pragma("user_version")? == FORM)
}

fn other_form() -> rusqlite::Error {
    rusqlite::Error::InvalidPath("an index of another form".into())
}

/// Opens it for reading.
pub(crate) fn reading(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(1))?;
    connection.pragma_update(None, "trusted_schema", false)?;
    if of_this_form(&connection)? {
        Ok(connection)
    } else {
        Err(other_form())
    }
}

/// Opens it for writing.
pub(crate) fn writing(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    settle(&connection)?;
    if of_this_form(&connection)? {
        Ok(connection)
    } else {
        Err(other_form())
    }
}

fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.query_row("PRAGMA journal_mode = WAL", (), |_| Ok(()))?;
    // Not durable at each commit: what a power cut takes is taken in again from the journal.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.query_row("PRAGMA journal_size_limit = 16777216", (), |_| Ok(()))?;
    connection.pragma_update(None, "trusted_schema", false)
}

/// Makes an empty one in a file that is there and empty.
pub(crate) fn make(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    settle(&connection)?;
    connection.execute_batch(
        "BEGIN;
         CREATE VIRTUAL TABLE history USING fts5(
             text, content = '', contentless_delete = 1, detail = none,
             tokenize = 'trigram'
         );
         CREATE TABLE state (
             only     INTEGER PRIMARY KEY CHECK (only = 1),
             first    INTEGER NOT NULL,
             followed INTEGER NOT NULL,
             seal     BLOB NOT NULL
         ) STRICT;",
    )?;
    connection.execute_batch(shelf::FORM)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", FORM)?;
    connection.execute_batch("COMMIT")?;
    Ok(connection)
}
