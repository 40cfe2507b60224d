//! Payments that a provider's list has and this till did not make: other tills', a web shop's, what
//! somebody made on the provider's own pages.
//!
//! They are no facts of the journal. A fact is what this till asked, was answered or was told; a list
//! that was read a moment ago is none of these, it would add thousands of entries a day to the chain,
//! and each would be a second truth beside the provider's. So they are kept in the file of the index
//! ([`crate::index`]), which nothing about money depends on: they never reach the state machine, the
//! sums of a day, the radar or the chain. A file that is lost is filled again by the next reading.
//! Who withdraws one of them reads it first, and *that* is a fact.
//!
//! A journal in memory, or one that is only read, keeps them in memory.

use std::sync::Mutex;

use payment::{AccountId, IntentId, Listed, Standing};
use rusqlite::Connection;

use crate::index::shelf::{self, Shelf};
use crate::journal::Journal;
use crate::search::{QuarterOf, Search};
use crate::store::hold;

/// A list as it was read from a provider, but for what is this till's.
#[derive(Debug, Clone)]
pub struct ReadList {
    /// Through which account.
    pub account: AccountId,
    /// It has everything that was made since then. Milliseconds since 1970 UTC.
    pub since_ms: i64,
    /// When it was read. Milliseconds since 1970 UTC.
    pub read_at_ms: i64,
    /// What it has.
    pub rows: Vec<Listed>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// Its place among the others: pass that of the last row to get the rows after it.
    pub place: Place,
    /// Through which account.
    pub account: AccountId,
    /// As the list had it.
    pub listed: Listed,
    /// When that was read. Milliseconds since 1970 UTC.
    pub read_at_ms: i64,
    /// The list that was read last does not have it any more.
    pub is_gone: bool,
}

impl Elsewhere {
    /// Whether it stands open there, as far as is known.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.listed.standing.stands_open() && !self.is_gone
    }
}

/// A place in their list, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// When it was made; when it was seen first, where its provider does not say. Milliseconds since
    /// 1970 UTC.
    pub at_ms: i64,
    /// Tells it from another of that moment.
    pub number: i64,
}

impl Place {
    /// Before every row.
    pub const FIRST: Self = Self {
        at_ms: i64::MAX,
        number: i64::MAX,
    };
}

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ElsewhereScope {
    /// Every one.
    All,
    /// Those that stand open.
    Open,
    /// Those that were made at this time or later, milliseconds since 1970 UTC.
    Since(i64),
}

/// Where they are kept without a file.
pub(crate) type Memory = Mutex<Option<Connection>>;

/// They could not be kept. Nothing is lost by that: the provider has them.
#[derive(Debug, thiserror::Error)]
#[error("payments made elsewhere could not be kept")]
pub struct NotKept(#[from] rusqlite::Error);

impl Journal {
    /// Keeps what a list has. What it does not have any more is marked so. Blocks for as long as some
    /// thousand rows take.
    ///
    /// # Errors
    /// [`NotKept`].
    pub fn keep_elsewhere(&self, list: &ReadList, quarter_of: QuarterOf) -> Result<(), NotKept> {
        self.on_shelf(|shelf| shelf.keep(list, quarter_of))
    }

    /// Where one of them stands, by a reading of it alone.
    ///
    /// # Errors
    /// [`NotKept`].
    pub fn note_elsewhere(
        &self,
        account: &AccountId,
        intent: &IntentId,
        standing: Standing,
        read_at_ms: i64,
    ) -> Result<(), NotKept> {
        self.on_shelf(|shelf| shelf.note(account, intent, standing, read_at_ms))
    }

    /// Forgets what was made through an account.
    ///
    /// # Errors
    /// [`NotKept`].
    pub fn forget_elsewhere(&self, account: &AccountId) -> Result<(), NotKept> {
        self.on_shelf(|shelf| shelf.forget(account))
    }

    /// A page of them, newest first, from the row after a place. Fewer than `limit` rows: there are no
    /// more. None at all where they cannot be read.
    #[must_use]
    pub fn search_elsewhere(
        &self,
        search: &Search,
        scope: ElsewhereScope,
        before: Place,
        limit: usize,
    ) -> Vec<Elsewhere> {
        self.look_on_shelf(|shelf| shelf.search(search, scope, before, limit))
    }

    /// One of them.
    #[must_use]
    pub fn elsewhere(&self, account: &AccountId, intent: &IntentId) -> Option<Elsewhere> {
        self.look_on_shelf(|shelf| shelf.one(account, intent))
    }

    fn on_shelf<T>(
        &self,
        write: impl FnOnce(Shelf<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, NotKept> {
        if let Some(index) = self.store.index.get().filter(|index| index.is_fed_here()) {
            return Ok(index.write(|connection| write(Shelf(connection)))?);
        }
        let mut memory = hold(&self.store.elsewhere);
        let kept = match memory.take() {
            Some(kept) => kept,
            None => shelf::in_memory()?,
        };
        Ok(write(Shelf(memory.insert(kept)))?)
    }

    fn look_on_shelf<T: Default>(&self, read: impl FnOnce(Shelf<'_>) -> rusqlite::Result<T>) -> T {
        if let Some(memory) = hold(&self.store.elsewhere).as_ref() {
            return read(Shelf(memory)).unwrap_or_default();
        }
        let index = self.store.index.get();
        let asked = index.and_then(|index| index.ask(|connection| read(Shelf(connection))));
        asked.unwrap_or_default()
    }
}
