//! The index of the history: every three letters in a row of what a payment is found by, in a file
//! of its own beside the journal (SQLite's FTS5, contentless, `detail=none`).
//!
//! It is fed by a thread after the fact and adds nothing to a commit of the journal: no fsync, no
//! page, no lock. Nothing about money depends on it. It only proposes payments: each proposal is
//! held against the journal. What it does not have yet, or lost, is looked through in the journal
//! itself, more slowly. A file that is missing, damaged, of another form or of another journal is
//! made anew.
//!
//! The same file keeps what was made elsewhere (`shelf`; [`crate::elsewhere`] says why there).

mod feed;
mod file;
pub(crate) mod shelf;
mod text;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use crate::folder::Folder;
use crate::search::{QuarterOf, Search};
use feed::Feeder;
use file::State;

/// Payments by the numbers of their first entries.
pub(crate) struct Index {
    reader: Arc<Reader>,
    folder: Folder,
    bell: Arc<Bell>,
    feeder: Option<JoinHandle<()>>,
}

/// The connection that reads the index, opened with the first question.
#[derive(Default)]
struct Reader(Mutex<Option<Connection>>);

impl Reader {
    /// Held by the feeder while it throws the file away, so that nobody reads on in a file that is gone.
    fn hold(&self) -> MutexGuard<'_, Option<Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the feeder waits for.
#[derive(Default)]
pub(crate) struct Bell {
    rung: Mutex<Rung>,
    changed: Condvar,
}

#[derive(Default, Clone, Copy)]
struct Rung {
    /// There are new facts.
    news: bool,
    /// A reader found the file damaged.
    damaged: bool,
    closing: bool,
}

impl Bell {
    fn rung(&self) -> MutexGuard<'_, Rung> {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self, how: impl FnOnce(&mut Rung)) {
        how(&mut self.rung());
        self.changed.notify_all();
    }

    /// Waits for something to do, and a moment longer, so that what comes together is done together.
    fn wait(&self, moment: Duration) -> Rung {
        let mut rung = self.rung();
        while !(rung.news || rung.damaged || rung.closing) {
            rung = self
                .changed
                .wait(rung)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let (mut rung, _) = self
            .changed
            .wait_timeout_while(rung, moment, |rung| !rung.closing)
            .unwrap_or_else(PoisonError::into_inner);
        let was = *rung;
        rung.news = false;
        rung.damaged = false;
        was
    }

    fn is_closing(&self) -> bool {
        self.rung().closing
    }
}

/// What the index proposes.
#[derive(Debug, Default)]
pub(crate) struct Proposals {
    /// It has what is asked for of every payment from this number on.
    pub(crate) from: i64,
    /// And of none after this one.
    pub(crate) to: i64,
    /// The numbers of payments, falling.
    pub(crate) numbers: Vec<i64>,
}

impl Index {
    /// Starts feeding it.
    pub(crate) fn feed(folder: &Folder, quarter_of: QuarterOf) -> std::io::Result<Self> {
        let bell = Arc::new(Bell::default());
        let reader = Arc::new(Reader::default());
        let feeder = Feeder {
            folder: folder.clone(),
            bell: Arc::clone(&bell),
            reader: Arc::clone(&reader),
            quarter_of,
        };
        let feeder = std::thread::Builder::new()
            .name("history index".to_owned())
            .spawn(move || feeder.run())?;
        Ok(Self {
            reader,
            folder: folder.clone(),
            bell,
            feeder: Some(feeder),
        })
    }

    /// Looks into what another till's feeder keeps.
    pub(crate) fn beside(folder: &Folder) -> Self {
        Self {
            reader: Arc::default(),
            folder: folder.clone(),
            bell: Arc::default(),
            feeder: None,
        }
    }

    /// There are new facts.
    pub(crate) fn wake(&self) {
        self.bell.ring(|rung| rung.news = true);
    }

    /// At most so many payments before a number that may be what is looked for, newest first.
    /// `None` where it cannot be asked.
    pub(crate) fn propose(&self, search: &Search, before: i64, limit: usize) -> Option<Proposals> {
        let expression = text::expression(search)?;
        self.ask(|reader| propose(reader, &expression, before, limit))?
    }

    /// Whether this journal feeds it. Who only reads writes nothing into it.
    pub(crate) const fn is_fed_here(&self) -> bool {
        self.feeder.is_some()
    }

    /// Writes into its file beside the feeder.
    pub(crate) fn write<T>(
        &self,
        write: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        // The feeder throws no file away meanwhile.
        let held = self.reader.hold();
        let written = file::writing(&self.folder.index()).and_then(|index| write(&index));
        drop(held);
        if let Err(error) = &written {
            tracing::warn!(%error, "the index of the history could not be written");
            // One that is not there yet is being made.
            if is_damage(error) {
                self.bell.ring(|rung| rung.damaged = true);
            }
        }
        written
    }

    /// Reads in its file. `None` where it cannot be read.
    pub(crate) fn ask<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Option<T> {
        let mut reader = self.reader.hold();
        if reader.is_none() {
            *reader = file::reading(&self.folder.index()).ok();
        }
        match ask(reader.as_ref()?) {
            Ok(answer) => Some(answer),
            Err(error) => {
                tracing::warn!(%error, "the index of the history could not be asked");
                *reader = None;
                self.bell.ring(|rung| rung.damaged = true);
                None
            }
        }
    }

    /// How far it has come: see [`Proposals`]. For tests and benchmarks.
    pub(crate) fn reach(&self) -> Option<(i64, i64)> {
        let reader = file::reading(&self.folder.index()).ok()?;
        let state = State::read(&reader).ok()??;
        Some((state.from, state.followed))
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

fn propose(
    reader: &Connection,
    expression: &str,
    before: i64,
    limit: usize,
) -> rusqlite::Result<Option<Proposals>> {
    // The state and the proposals of one moment.
    let moment = reader.unchecked_transaction()?;
    let Some(state) = State::read(reader)? else {
        return Ok(None);
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let numbers = reader
        .prepare_cached(
            "SELECT rowid FROM history WHERE history MATCH ?1 AND rowid < ?2
             ORDER BY rowid DESC LIMIT ?3",
        )?
        .query_map((expression, before, limit), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    moment.finish()?;
    Ok(Some(Proposals {
        from: state.from,
        to: state.followed,
        numbers,
    }))
}

impl Drop for Index {
    fn drop(&mut self) {
        self.bell.ring(|rung| rung.closing = true);
        // Its connection to the journal is closed before the writer's, which copies the log.
        if let Some(feeder) = self.feeder.take() {
            let _ = feeder.join();
        }
    }
}
