//! A search, page by page: what the index proposes is held against the journal, and what the index
//! does not have is gone through in the journal itself.

use rusqlite::Connection;

use crate::error::ReadError;
use crate::index::{Index, Proposals};
use crate::query::{self, Cursor, Summary};
use crate::search::{Page, Scope, Search};

/// Rows that are gone through for one page, at most: some tens of milliseconds.
const ROWS_MAX: usize = 5_000;

/// Rows of one look into the journal.
const ROWS: usize = 500;

/// Proposals of one look into the index.
const PROPOSALS: usize = 200;

/// So many payments in a row from before a time, and no more are expected: a clock may have been
/// set back, but not for that many.
const OLDER_MAX: usize = 1_000;

/// What is asked.
pub(crate) struct Look<'a> {
    pub(crate) search: &'a Search,
    pub(crate) before: i64,
    pub(crate) limit: usize,
}

/// A page in the making.
struct Found<'a> {
    connection: &'a Connection,
    look: &'a Look<'a>,
    rows: Vec<Summary>,
    /// Everything before this number is still to come.
    before: i64,
    gone_through: usize,
    older: usize,
}

pub(crate) fn look(
    connection: &Connection,
    index: Option<&Index>,
    look: &Look<'_>,
) -> Result<Page, ReadError> {
    if let Some(page) = named(connection, look)? {
        return Ok(page);
    }
    let mut found = Found {
        connection,
        look,
        rows: Vec::new(),
        before: look.before,
        gone_through: 0,
        older: 0,
    };
    let is_over = match (look.search.scope, index) {
        // The whole history is long; what is open, or of today, is soon gone through.
        (Scope::All, Some(index)) => found.with(index)?,
        (Scope::All | Scope::Open | Scope::NotKnown | Scope::Since(_), _) => {
            found.go_through(i64::MIN)?
        }
    };
    let next = (!is_over).then(|| Cursor::at(found.before));
    Ok(Page {
        rows: found.rows,
        next,
    })
}

/// The payment whose own name was typed or scanned.
fn named(connection: &Connection, look: &Look<'_>) -> Result<Option<Page>, ReadError> {
    let Some(id) = look.search.words.iter().find_map(|word| word.payment) else {
        return Ok(None);
    };
    let row = query::summary(connection, id)?;
    let row = row.filter(|row| {
        row.cursor.number() < look.before && look.search.finds(&row.payment, row.requested_at_ms)
    });
    Ok(Some(Page {
        rows: row.into_iter().collect(),
        next: None,
    }))
}

impl Found<'_> {
    /// With what the index has. True at the end of the history.
    fn with(&mut self, index: &Index) -> Result<bool, ReadError> {
        loop {
            let asked = index.propose(self.look.search, self.before, PROPOSALS);
            let Some(Proposals { from, to, numbers }) = asked else {
                return self.go_through(i64::MIN);
            };
            // What came after the index's last entry; its own payments are all before that.
            if self.before > to.saturating_add(1) && !self.go_through(to)? {
                return Ok(false);
            }
            if self.before > from && !self.take(from, &numbers)? {
                return Ok(false);
            }
            if self.before <= from {
                return if from == 0 {
                    Ok(true)
                } else {
                    self.go_through(i64::MIN)
                };
            }
        }
    }

    /// Takes what is proposed. False where the page is full.
    fn take(&mut self, from: i64, numbers: &[i64]) -> Result<bool, ReadError> {
        for seq in numbers {
            if *seq < from {
                break;
            }
            if let Some(row) = query::numbered(self.connection, *seq)? {
                self.hold(row);
            }
            self.before = *seq;
            self.gone_through = self.gone_through.saturating_add(1);
            if self.is_full() {
                return Ok(false);
            }
        }
        if numbers.len() < PROPOSALS {
            self.before = self.before.min(from);
        }
        Ok(true)
    }

    /// Goes through the journal down to a number. False where the page is full, or that is enough for
    /// now.
    fn go_through(&mut self, after: i64) -> Result<bool, ReadError> {
        let is_open = matches!(self.look.search.scope, Scope::Open | Scope::NotKnown);
        // Without words most of what is read is found.
        let at_once = match self.look.search.words.as_slice() {
            [] => self.look.limit.max(1),
            _ => ROWS,
        };
        loop {
            let rows = query::before(self.connection, is_open, self.before, at_once)?;
            let is_end = rows.len() < at_once;
            for row in rows {
                let seq = row.cursor.number();
                if seq <= after {
                    self.before = after.saturating_add(1);
                    return Ok(true);
                }
                self.before = seq;
                self.gone_through = self.gone_through.saturating_add(1);
                self.hold(row);
                if self.older > OLDER_MAX {
                    return Ok(true);
                }
                if self.is_full() {
                    return Ok(false);
                }
            }
            if is_end {
                return Ok(true);
            }
        }
    }

    fn hold(&mut self, row: Summary) {
        let is_meant = match self.look.search.scope {
            Scope::All => true,
            Scope::Open => row.payment.state.is_open(),
            Scope::NotKnown => row.payment.state == payment::State::NotKnown,
            Scope::Since(at_ms) => {
                let is_old = row.requested_at_ms < at_ms;
                self.older = if is_old {
                    self.older.saturating_add(1)
                } else {
                    0
                };
                !is_old
            }
        };
        if is_meant && self.look.search.finds(&row.payment, row.requested_at_ms) {
            self.rows.push(row);
        }
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= self.look.limit || self.gone_through >= ROWS_MAX
    }
}
