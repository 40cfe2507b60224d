//! Entries by their numbers: a day's for its report, a page of them for whoever looks.

use rusqlite::{Connection, OptionalExtension as _};

use crate::chain::{self, Stored};
use crate::error::ReadError;
use crate::fact::{Entry, Hash};
use crate::health::Damage;
use crate::journal::Journal;

impl Journal {
    /// The entries after one number up to another, in order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn entries_between(&self, after: u64, to: u64) -> Result<Vec<Entry>, ReadError> {
        let columns = Stored::COLUMNS;
        let sql = format!("SELECT {columns} FROM entry WHERE seq > ?1 AND seq <= ?2 ORDER BY seq");
        self.read(|connection| entries(connection, &sql, (row(after), row(to))))
    }

    /// A page of entries, newest first, from the one before a number (`None`: from the newest). At most
    /// `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn entries_before(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Entry>, ReadError> {
        let columns = Stored::COLUMNS;
        let sql = format!("SELECT {columns} FROM entry WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2");
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let before = before.map_or(i64::MAX, row);
        self.read(|connection| entries(connection, &sql, (before, limit)))
    }

    /// The hash of an entry; of none before the first, and of none that there is not.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn hash_at(&self, seq: u64) -> Result<Option<Hash>, ReadError> {
        self.read(|connection| match chain::head_at(connection, seq) {
            Ok(head) => Ok(Some(head.hash)),
            Err(Damage::Missing { .. }) => Ok(None),
            Err(_) => Err(ReadError::Unreadable { seq }),
        })
    }

    /// When the first entry after a number was written, milliseconds since 1970 UTC.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn first_time_after(&self, seq: u64) -> Result<Option<i64>, ReadError> {
        self.read(|connection| {
            let sql = "SELECT at_ms FROM entry WHERE seq > ?1 ORDER BY seq LIMIT 1";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement
                .query_row([row(seq)], |row| row.get(0))
                .optional()?)
        })
    }
}

fn row(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

fn entries(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<Entry>, ReadError> {
    let stored: Vec<Stored> = connection
        .prepare_cached(sql)?
        .query_map(params, Stored::read)?
        .collect::<rusqlite::Result<_>>()?;
    crate::query::entries(stored)
}
