//! Connections to the file and the settings on which everything rests.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use crate::error::OpenError;

/// Before it, SQLite can lose commits in WAL mode (sqlite.org/wal.html, "The WAL-Reset Bug").
const OLDEST_SQLITE: i32 = 3_051_003;

/// How long to wait for a backup or a virus scanner that holds the file (fault D8).
const PATIENCE: Duration = Duration::from_secs(5);

/// No entry or payment is near this long; a damaged length must not ask for gigabytes.
const LONGEST_ROW_BYTES: i32 = 16 * 1024 * 1024;

/// `PRAGMA synchronous` as a number: an fsync for each commit.
const FULL: i32 = 2;

/// After a burst the log is cut back to this; below it its blocks are used again, which spares the
/// file system's own journal on each fsync.
const LOG_BYTES_KEPT: i64 = 16 * 1024 * 1024;

pub(crate) fn check_version() -> Result<(), OpenError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(OpenError::OldSqlite {
            found: rusqlite::version().to_owned(),
        });
    }
    Ok(())
}

/// A connection that only reads. It sees what was committed before each of its queries.
pub(crate) fn reading(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | own())?;
    guard(&connection)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// A connection that only reads, from a medium on which not even SQLite's lock file can be made.
/// Right only where nobody can write and no log is left beside the file, which it would not see.
pub(crate) fn reading_protected(file: &Path) -> rusqlite::Result<Connection> {
    let mut uri = "file:".to_owned();
    for byte in file.as_os_str().as_encoded_bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"/-_.".contains(byte);
        if plain {
            uri.push(char::from(*byte));
        } else {
            uri.push_str(&format!("%{byte:02x}"));
        }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | own();
    let connection = Connection::open_with_flags(uri, flags)?;
    guard(&connection)?;
    Ok(connection)
}

/// The connection that writes.
pub(crate) fn writing(file: &Path) -> Result<Connection, OpenError> {
    let failed = |source| OpenError::File {
        file: file.to_owned(),
        source,
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | own();
    let connection = Connection::open_with_flags(file, flags).map_err(failed)?;
    guard(&connection).map_err(failed)?;
    make_durable(&connection)
        .map_err(failed)?
        .map_or(Ok(connection), |setting| {
            Err(OpenError::Setting { setting })
        })
}

/// Sets what durability rests on and reads it back: SQLite ignores settings it does not take.
fn make_durable(connection: &Connection) -> rusqlite::Result<Option<&'static str>> {
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))?;
    if mode != "wal" {
        return Ok(Some("write ahead (journal_mode=WAL)"));
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    let synchronous: i32 = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    if synchronous != FULL {
        return Ok(Some("sync each commit (synchronous=FULL)"));
    }
    // The log is copied when nobody waits: see `Writer::copy_log`.
    connection.query_row("PRAGMA wal_autocheckpoint = 0", (), |_| Ok(()))?;
    connection.query_row(
        &format!("PRAGMA journal_size_limit = {LOG_BYTES_KEPT}"),
        (),
        |_| Ok(()),
    )?;
    // On macOS fsync leaves the data in the drive's cache; elsewhere these change nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    Ok(None)
}

/// A journal without a file. It keeps every rule but durability.
pub(crate) fn in_memory() -> rusqlite::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    guard(&connection)?;
    Ok(connection)
}

/// Each connection stays on one thread at a time (behind a mutex or on the writer's thread), so
/// SQLite's own locks are left out.
fn own() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// A file that somebody prepared must not run anything, and a damaged one is to be noticed.
fn guard(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Plans that do not depend on what is bound: a kept statement is not prepared anew at each call.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "recursive_triggers", true)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_ROW_BYTES)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(())
}
