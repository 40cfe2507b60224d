//! The only hand that writes. It turns calls into transactions; who calls it (a thread, or the
//! caller itself in memory) is not its business.

use std::sync::Arc;

use payment::{Event, PaymentId};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode};

use crate::chain::Head;
use crate::error::AppendError;
use crate::fact::{Entry, Fact};
use crate::health::{Health, Shared, Trouble};
use crate::projection::Projected;
use crate::witness::Witness;

/// Above so many pages (4 KiB each) in the write-ahead log it is copied into the file at the next
/// quiet moment.
const LOG_PAGES: i64 = 1000;

/// Above so many it is copied even where no moment is quiet (fault D9), before it leaves the place
/// that was laid out for it (`log.rs`), where each commit is cheap. The answers are out by then; in
/// a burst the next caller waits for the copying, once in some two hundred payments.
const LOG_PAGES_AT_MOST: i64 = 1200;

/// What must fit on a disk that was full before new charges may start: some hundred entries.
const ROOM_BYTES: i32 = 64 * 1024;

/// The facts of one caller: all or none of them are written.
pub(crate) struct Call {
    pub(crate) at_ms: i64,
    pub(crate) facts: Vec<Fact>,
}

pub(crate) type Answer = Result<Vec<Entry>, AppendError>;

/// How much the write-ahead log wants to be copied into the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LogSize {
    Small,
    /// When there is nothing else to do.
    Large,
    /// Now.
    TooLarge,
}

pub(crate) struct Writer {
    connection: Connection,
    head: Head,
    shared: Arc<Shared>,
    /// `None` in memory.
    witness: Option<Witness>,
}

/// Why a call was not written.
enum CallError {
    /// Its own fault: the others of the group are not touched.
    Refused(AppendError),
    /// The journal's: the whole group is off.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for CallError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// Where a group failed.
enum GroupError {
    /// Before the commit: nothing was written.
    Before(rusqlite::Error),
    /// At the commit itself.
    AtCommit(rusqlite::Error),
}

impl Writer {
    pub(crate) fn new(
        connection: Connection,
        head: Head,
        shared: Arc<Shared>,
        witness: Option<Witness>,
    ) -> Self {
        Self {
            connection,
            head,
            shared,
            witness,
        }
    }

    /// Notes beside the journal where it ends.
    pub(crate) fn note_head(&mut self) {
        if let Some(witness) = &mut self.witness {
            witness.note(self.head);
        }
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Writes the calls in one transaction, made durable by one fsync, and answers each.
    pub(crate) fn commit(&mut self, calls: Vec<Call>) -> Vec<Answer> {
        let count = calls.len();
        let refuse = |error: &AppendError| (0..count).map(|_| Err(error.clone())).collect();
        if let Some(trouble) = self.shared.trouble() {
            return refuse(&AppendError::NotWritable { trouble });
        }
        let mut head = self.head;
        match group(&self.connection, &mut head, calls) {
            Ok(answers) => {
                if head != self.head {
                    self.head = head;
                    self.shared.count_commit();
                }
                answers
            }
            Err(GroupError::Before(error)) => refuse(&self.failed(&error)),
            Err(GroupError::AtCommit(error)) => refuse(&self.failed_at_commit(error)),
        }
    }

    fn failed(&mut self, error: &rusqlite::Error) -> AppendError {
        match Trouble::of(error) {
            None => AppendError::Busy,
            Some(trouble) => {
                self.stop(trouble.clone());
                AppendError::NotWritable { trouble }
            }
        }
    }

    fn failed_at_commit(&mut self, error: rusqlite::Error) -> AppendError {
        let code = error.sqlite_error_code();
        // These come before the frame that makes a commit was written whole: it cannot be found
        // again. After any other error (above all of fsync) it may be, so nobody is told "no".
        let not_written = matches!(
            code,
            Some(
                ErrorCode::DiskFull
                    | ErrorCode::ReadOnly
                    | ErrorCode::DatabaseBusy
                    | ErrorCode::DatabaseLocked
            )
        );
        if not_written {
            return self.failed(&error);
        }
        self.stop(Trouble::Failing);
        AppendError::Unsure {
            source: Some(Arc::new(error)),
        }
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.shared.trouble().is_some()
    }

    pub(crate) fn stop(&self, trouble: Trouble) {
        let may_heal = trouble == Trouble::Full;
        self.shared.set(Health::ReadOnly(trouble));
        // Copying the log into the file when closing would write to a disk that is not trusted.
        // Where this setting is not taken, closing does what it always does.
        let set = self
            .connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !may_heal);
        if let Err(error) = set {
            tracing::warn!(%error, "the journal may be copied when it is closed");
        }
    }

    /// Takes the first commit after the log began anew on itself. SQLite begins the log with a new
    /// header then and syncs it on its own before the frames (wal.c, `walFrames`): that commit
    /// costs two fsyncs, and a charge must not be the one to pay the second.
    pub(crate) fn warm(&mut self) {
        let touched = self
            .connection
            .prepare_cached("UPDATE meta SET value = randomblob(8) WHERE name = 'touched'")
            .and_then(|mut statement| statement.execute(()));
        if let Err(error) = touched {
            self.failed(&error);
        }
    }

    /// How many pages the log holds. Asks and does nothing.
    pub(crate) fn log_size(&self) -> LogSize {
        let pages: rusqlite::Result<i64> = self
            .connection
            .prepare_cached("PRAGMA wal_checkpoint(NOOP)")
            .and_then(|mut statement| statement.query_row((), |row| row.get(1)));
        match pages {
            Ok(pages) if pages > LOG_PAGES_AT_MOST => LogSize::TooLarge,
            Ok(pages) if pages > LOG_PAGES => LogSize::Large,
            Ok(_) => LogSize::Small,
            Err(error) => {
                tracing::warn!(%error, "the size of the journal's log is not known");
                LogSize::Small
            }
        }
    }

    /// Copies the log into the file, so that the log begins anew, and warms it.
    pub(crate) fn copy_log(&mut self) {
        if self.shared.trouble().is_some() {
            return;
        }
        // PASSIVE never waits for a reader: what it cannot copy now is copied the next time.
        let copied = self
            .connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |row| {
                row.get::<_, i64>(2)
            });
        match copied {
            Ok(pages) => tracing::debug!(pages, "the journal's log was copied"),
            Err(error) => {
                self.failed(&error);
                return;
            }
        }
        self.warm();
    }

    /// Sees whether a full disk has room again.
    pub(crate) fn retry(&mut self) {
        if self.shared.trouble() != Some(Trouble::Full) {
            return;
        }
        let set = |bytes: i32| {
            self.connection
                .prepare_cached("UPDATE meta SET value = zeroblob(?1) WHERE name = 'room'")?
                .execute([bytes])
        };
        match set(ROOM_BYTES).and_then(|_| set(0)) {
            Ok(_) => self.shared.set(Health::Writable),
            Err(error) => {
                self.failed(&error);
            }
        }
    }

    /// For tests of a full disk: how many pages the file may still grow by.
    pub(crate) fn limit_growth(&self, pages: u32) -> rusqlite::Result<()> {
        let now: u32 = self
            .connection
            .query_row("PRAGMA page_count", (), |row| row.get(0))?;
        let most = now.saturating_add(pages);
        self.connection
            .query_row(&format!("PRAGMA max_page_count = {most}"), (), |_| Ok(()))
    }
}

fn group(
    connection: &Connection,
    head: &mut Head,
    calls: Vec<Call>,
) -> Result<Vec<Answer>, GroupError> {
    let transaction = Open::begin(connection).map_err(GroupError::Before)?;
    let (before, alone) = (*head, calls.len() == 1);
    let mut answers = Vec::with_capacity(calls.len());
    for call in calls {
        let answer = if alone {
            write(connection, head, call)
        } else {
            write_apart(connection, head, call)
        };
        answers.push(match answer {
            Ok(entries) => Ok(entries),
            Err(CallError::Refused(error)) => Err(error),
            Err(CallError::Sqlite(error)) => return Err(GroupError::Before(error)),
        });
    }
    if alone && answers.iter().any(Result::is_err) {
        *head = before;
    }
    if *head == before {
        // Nothing to keep: dropping the transaction takes back what a refused call began.
        return Ok(answers);
    }
    transaction.commit().map_err(GroupError::AtCommit)?;
    Ok(answers)
}

/// Writes a call so that, if it is refused, the others of its group are not touched.
fn write_apart(
    connection: &Connection,
    head: &mut Head,
    call: Call,
) -> Result<Vec<Entry>, CallError> {
    let before = *head;
    run(connection, "SAVEPOINT one_call")?;
    let written = write(connection, head, call);
    if matches!(written, Err(CallError::Refused(_))) {
        *head = before;
        run(connection, "ROLLBACK TO one_call")?;
    }
    if !matches!(written, Err(CallError::Sqlite(_))) {
        run(connection, "RELEASE one_call")?;
    }
    written
}

/// A transaction that writes, taken back when it is dropped. `rusqlite::Transaction` has its words
/// parsed anew each time; these are kept.
struct Open<'a>(&'a Connection);

impl<'a> Open<'a> {
    fn begin(connection: &'a Connection) -> rusqlite::Result<Self> {
        run(connection, "BEGIN IMMEDIATE")?;
        Ok(Self(connection))
    }

    fn commit(self) -> rusqlite::Result<()> {
        run(self.0, "COMMIT")
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        // SQLite has ended it by itself after a commit and after most errors.
        if !self.0.is_autocommit()
            && let Err(error) = run(self.0, "ROLLBACK")
        {
            tracing::error!(%error, "what was not written could not be taken back");
        }
    }
}

fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute(()).map(|_| ())
}

fn write(connection: &Connection, head: &mut Head, call: Call) -> Result<Vec<Entry>, CallError> {
    let mut entries = Vec::with_capacity(call.facts.len());
    for fact in call.facts {
        let encoded = fact
            .encode()
            .map_err(|error| CallError::Refused(AppendError::Unwritable(Arc::new(error))))?;
        let next = head.following(call.at_ms, &encoded);
        let seq = i64::try_from(next.seq)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        if let (Fact::Payment { id, event }, Some(name)) = (&fact, &encoded.payment) {
            project(connection, *id, name, seq, call.at_ms, event)?;
        }
        connection
            .prepare_cached(
                "INSERT INTO entry (seq, at_ms, kind, payment, body, hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((
                seq,
                call.at_ms,
                encoded.kind,
                encoded.payment,
                encoded.body,
                &next.hash.0[..],
            ))?;
        *head = next;
        entries.push(Entry {
            seq: next.seq,
            at_ms: call.at_ms,
            fact,
            hash: next.hash,
        });
    }
    Ok(entries)
}

fn project(
    connection: &Connection,
    id: PaymentId,
    name: &str,
    seq: i64,
    at_ms: i64,
    event: &Event,
) -> Result<(), CallError> {
    let before = Projected::load(connection, name)?;
    let after = Projected::after(before.as_ref(), seq, at_ms, event).map_err(|misfit| {
        CallError::Refused(AppendError::Misfit {
            payment: id,
            misfit,
        })
    })?;
    if after.payment.id != id {
        return Err(CallError::Refused(AppendError::Misfiled {
            payment: id,
            named: after.payment.id,
        }));
    }
    match before {
        Some(before) => after.update(&before, connection)?,
        None => insert(connection, &after)?,
    }
    Ok(())
}

/// The indexes are the judge of "one open payment of an order"; this only says which one it is.
fn insert(connection: &Connection, new: &Projected) -> Result<(), CallError> {
    let Err(error) = new.insert(connection) else {
        return Ok(());
    };
    if error.sqlite_error_code() != Some(ErrorCode::ConstraintViolation) {
        return Err(error.into());
    }
    let order = new.payment.order.as_str();
    let others = connection
        .prepare_cached(
            "SELECT seq, body, requested_at_ms, changed_at_ms, ended_at_ms
             FROM payment WHERE order_ref = ?1 AND (is_open = 1 OR attempt = ?2)
             ORDER BY is_open DESC",
        )?
        .query_map((order, new.payment.attempt.number()), Projected::read)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let Some(other) = others.first().map(|other| &other.payment) else {
        return Err(error.into());
    };
    Err(CallError::Refused(if other.state.is_open() {
        AppendError::OrderIsOpen { payment: other.id }
    } else {
        AppendError::AttemptTaken { payment: other.id }
    }))
}
