//! The thread that feeds the index: first what is new, then what is old, newest first.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};

use super::file::{self, State};
use super::{Bell, Reader, text};
use crate::connection;
use crate::error::OpenError;
use crate::folder::Folder;
use crate::projection::Projected;
use crate::search::QuarterOf;

/// Facts come in bursts; a search looks through what is not in the index yet, so this may be long.
const MOMENT: Duration = Duration::from_millis(1_500);

/// Payments of one transaction.
const AT_ONCE: i64 = 2_000;

/// Entries of one.
const ENTRIES_AT_ONCE: i64 = 10_000;

/// Pages of the index that are merged at once, while nothing else is to be done.
const MERGED_PAGES: i64 = 500;

/// So many failures and the index is left alone until the next start.
const TRIES: u32 = 3;

pub(super) struct Feeder {
    pub(super) folder: Folder,
    pub(super) bell: Arc<Bell>,
    pub(super) reader: Arc<Reader>,
    pub(super) quarter_of: QuarterOf,
}

/// Why it cannot be fed.
#[derive(Debug, thiserror::Error)]
enum FeedError {
    #[error("the index or the journal could not be read or written")]
    Sqlite(#[from] rusqlite::Error),
    #[error("the index's file could not be made")]
    File(#[from] OpenError),
}

/// What it works with.
struct Open {
    journal: Connection,
    index: Connection,
    state: State,
    merging: Merging,
}

/// How far the parts of the index are brought together, so that a search reads few.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Merging {
    NotYet,
    Begun,
    Done,
}

impl Feeder {
    pub(super) fn run(&self) {
        for _ in 0..TRIES {
            match self.feed() {
                Ok(()) => return,
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, "the index of the history is made anew");
                }
            }
            if self.bell.is_closing() {
                return;
            }
            self.throw_away();
        }
    }

    /// Until the journal is closed, or somebody found the file damaged.
    fn feed(&self) -> Result<(), FeedError> {
        let mut open = self.open()?;
        loop {
            while open.follow(self.quarter_of)? {
                if self.bell.is_closing() {
                    return Ok(());
                }
            }
            if open.go_back(self.quarter_of)? || open.merge()? {
                if self.bell.is_closing() {
                    return Ok(());
                }
                continue;
            }
            let rung = self.bell.wait(MOMENT);
            if rung.closing {
                return Ok(());
            }
            if rung.damaged {
                drop(open);
                self.throw_away();
                open = self.open()?;
            }
        }
    }

    fn open(&self) -> Result<Open, FeedError> {
        let journal = connection::reading(&self.folder.journal())?;
        let kept = file::writing(&self.folder.index()).and_then(|index| {
            let state = State::read(&index)?;
            Ok((index, state))
        });
        if let Ok((index, Some(state))) = kept
            && is_of(&journal, &state)?
        {
            return Ok(Open {
                journal,
                index,
                state,
                merging: Merging::Done,
            });
        }
        let index = {
            // Nobody reads or writes in what is not whole yet.
            let mut reader = self.reader.hold();
            self.throw_away_held(&mut reader);
            self.folder.make_file(&self.folder.index())?;
            file::make(&self.folder.index())?
        };
        let (followed, seal) = journal
            .query_row(
                "SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1",
                (),
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?
            .unwrap_or_default();
        let state = State {
            from: followed + 1,
            followed,
            seal,
        };
        state.write(&index)?;
        Ok(Open {
            journal,
            index,
            state,
            merging: Merging::NotYet,
        })
    }

    fn throw_away(&self) {
        self.throw_away_held(&mut self.reader.hold());
    }

    fn throw_away_held(&self, reader: &mut Option<Connection>) {
        *reader = None;
        for file in self.folder.index_files() {
            // One that is not there needs no throwing away; one that stays is found of another form.
            let _ = std::fs::remove_file(file);
        }
    }
}

/// Whether the index was made from this journal, and not from one that was there before.
fn is_of(journal: &Connection, state: &State) -> rusqlite::Result<bool> {
    if state.followed == 0 {
        return Ok(state.seal.is_empty());
    }
    let seal: Option<Vec<u8>> = journal
        .query_row(
            "SELECT hash FROM entry WHERE seq = ?1",
            [state.followed],
            |row| row.get(0),
        )
        .optional()?;
    Ok(seal.is_some_and(|seal| seal == state.seal))
}

impl Open {
    /// Takes in payments with new entries. False where there are none.
    fn follow(&mut self, quarter_of: QuarterOf) -> rusqlite::Result<bool> {
        let until = self.state.followed.saturating_add(ENTRIES_AT_ONCE);
        let last: Option<(i64, Vec<u8>)> = self
            .journal
            .prepare_cached(
                "SELECT seq, hash FROM entry WHERE seq > ?1 AND seq <= ?2
                 ORDER BY seq DESC LIMIT 1",
            )?
            .query_row((self.state.followed, until), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some((last, seal)) = last else {
            return Ok(false);
        };
        let changed: Vec<String> = self
            .journal
            .prepare_cached(
                "SELECT DISTINCT payment FROM entry
                 WHERE seq > ?1 AND seq <= ?2 AND payment IS NOT NULL",
            )?
            .query_map((self.state.followed, last), |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let mut rows = Vec::with_capacity(changed.len());
        for payment in changed {
            rows.extend(Projected::load(&self.journal, &payment)?);
        }
        // Older ones are taken in when their turn comes.
        rows.retain(|row| row.seq >= self.state.from);
        let state = State {
            followed: last,
            seal,
            ..self.state.clone()
        };
        self.take_in(rows, state, quarter_of)?;
        Ok(true)
    }

    /// Takes in the newest of those it does not have. False where there are none.
    fn go_back(&mut self, quarter_of: QuarterOf) -> rusqlite::Result<bool> {
        if self.state.from == 0 {
            return Ok(false);
        }
        let columns = Projected::COLUMNS;
        let mut rows: Vec<Projected> = self
            .journal
            .prepare_cached(&format!(
                "SELECT {columns} FROM payment WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2"
            ))?
            .query_map((self.state.from, AT_ONCE), Projected::read)?
            .collect::<rusqlite::Result<_>>()?;
        let is_last = i64::try_from(rows.len()).unwrap_or(0) < AT_ONCE;
        let from = if is_last {
            0
        } else {
            rows.last().map_or(0, |row| row.seq)
        };
        rows.reverse();
        let state = State {
            from,
            ..self.state.clone()
        };
        self.take_in(rows, state, quarter_of)?;
        Ok(true)
    }

    fn take_in(
        &mut self,
        mut rows: Vec<Projected>,
        state: State,
        quarter_of: QuarterOf,
    ) -> rusqlite::Result<()> {
        rows.sort_by_key(|row| row.seq);
        let transaction = Transaction::new_unchecked(&self.index, TransactionBehavior::Immediate)?;
        {
            let mut insert = transaction
                .prepare_cached("INSERT OR REPLACE INTO history (rowid, text) VALUES (?1, ?2)")?;
            for row in &rows {
                let text = text::document(&row.payment, row.requested_at_ms, quarter_of);
                insert.execute((row.seq, text))?;
            }
        }
        state.write(&transaction)?;
        transaction.commit()?;
        self.state = state;
        Ok(())
    }

    /// Brings what was written in many parts together, a little at a time. False where that is done.
    fn merge(&mut self) -> rusqlite::Result<bool> {
        let pages = match self.merging {
            Merging::Done => return Ok(false),
            Merging::NotYet => -MERGED_PAGES,
            Merging::Begun => MERGED_PAGES,
        };
        let before = self.index.total_changes();
        self.index
            .prepare_cached("INSERT INTO history (history, rank) VALUES ('merge', ?1)")?
            .execute([pages])?;
        // Fewer than two: there was nothing to merge (sqlite.org/fts5.html, "merge").
        let is_over = self.index.total_changes().saturating_sub(before) < 2;
        self.merging = if is_over {
            Merging::Done
        } else {
            Merging::Begun
        };
        Ok(!is_over)
    }
}
