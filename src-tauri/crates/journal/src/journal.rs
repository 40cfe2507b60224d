//! The journal as the rest of the till sees it.

use std::fmt;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use money::Currency;
use payment::{OrderRef, Payment, PaymentId, Shop};
use tokio::sync::{oneshot, watch};

use crate::chain::Head;
use crate::error::{AppendError, ExportError, OpenError, ReadError};
use crate::fact::{Entry, Fact};
use crate::file::{self, FileForm};
use crate::health::{Damage, Health, Shared, Trouble};
use crate::index::Index;
use crate::look::{self, Look};
use crate::near::{self, Brief};
use crate::query::{self, Cursor, Filter, Summary};
use crate::queue::{self, Message};
use crate::search::{Page, QuarterOf, Search};
use crate::signature::HeadKey;
use crate::store::{Medium, Store, hold};
use crate::verify::{self, Verified};
use crate::writer::{Answer, Call, Writer};
use crate::{connection, open, schema};

/// The list of what happened. Clones are the same journal; it is closed with the last of them.
///
/// Reading blocks the thread for the time of a look into the file, some microseconds for one
/// payment; [`Journal::verify`], [`Journal::export`] and [`Journal::open`] go through the file and
/// belong on a thread of their own.
#[derive(Clone)]
pub struct Journal {
    pub(crate) store: Arc<Store>,
}

impl fmt::Debug for Journal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Journal")
            .field("health", &self.health())
            .finish_non_exhaustive()
    }
}

impl Journal {
    /// Opens the journal of a folder, makes both where there is none, and keeps other tills out.
    ///
    /// Where the journal can be read and must not be written to (damaged, write-protected, from a
    /// newer till), it opens and [`Journal::health`] says so.
    ///
    /// # Errors
    /// See [`OpenError`]: another till has it, or not even history can be read.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        open::open(folder).map(Self::of)
    }

    /// Opens the journal of a folder for reading, also while a till writes to it.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open_read_only(folder: &Path) -> Result<Self, OpenError> {
        open::open_read_only(folder).map(Self::of)
    }

    /// A journal that is gone when it is dropped. Every call runs on the caller, without a thread
    /// and without waiting, so that a simulation under a paused clock stays deterministic.
    ///
    /// # Errors
    /// [`OpenError::OldSqlite`], or [`OpenError::File`] where memory is short.
    pub fn in_memory() -> Result<Self, OpenError> {
        connection::check_version()?;
        let connection = connection::in_memory()
            .and_then(|mut connection| {
                schema::copy_empty(&mut connection)?;
                Ok(connection)
            })
            .map_err(|source| OpenError::File {
                file: ":memory:".into(),
                source,
            })?;
        let shared = Arc::new(Shared::new(Health::Writable));
        let writer = Writer::new(connection, Head::START, Arc::clone(&shared), None);
        Ok(Self::of(Store::memory(writer, shared)))
    }

    fn of(store: Store) -> Self {
        Self {
            store: Arc::new(store),
        }
    }

    /// Appends the facts of one call, all or none, and comes back when they are durable.
    ///
    /// Facts that were handed over are written even where the caller stops waiting.
    ///
    /// # Errors
    /// See [`AppendError`]. After any but [`AppendError::Unsure`] nothing of the call was written.
    pub async fn append(&self, at_ms: i64, facts: Vec<Fact>) -> Result<Vec<Entry>, AppendError> {
        if facts.is_empty() {
            return Ok(Vec::new());
        }
        let call = Call { at_ms, facts };
        let queue = match &self.store.medium {
            Medium::Memory(writer) => return append_here(writer, call),
            Medium::File { queue, .. } => queue,
        };
        let (Some(queue), None) = (queue, self.store.shared.trouble()) else {
            return Err(self.refusal());
        };
        let (reply, answer) = oneshot::channel();
        let message = Message::Append {
            call,
            reply: Some(reply),
        };
        if queue.send(message).is_err() {
            return Err(self.writer_is_lost());
        }
        let Ok(answer) = answer.await else {
            self.writer_is_lost();
            return Err(queue::LOST);
        };
        self.store.wake_index();
        answer
    }

    /// Appends facts in their turn; nobody waits. A refusal is logged.
    pub fn append_soon(&self, at_ms: i64, facts: Vec<Fact>) {
        if facts.is_empty() {
            return;
        }
        let call = Call { at_ms, facts };
        match &self.store.medium {
            Medium::Memory(writer) => queue::log_refusal(&append_here(writer, call)),
            Medium::File { queue, .. } => {
                let message = Message::Append { call, reply: None };
                let sent = queue
                    .as_ref()
                    .is_some_and(|queue| queue.send(message).is_ok());
                if !sent {
                    queue::log_refusal(&Err(self.refusal()));
                }
                self.store.wake_index();
            }
        }
    }

    fn refusal(&self) -> AppendError {
        self.store
            .shared
            .trouble()
            .map_or(queue::LOST, |trouble| AppendError::NotWritable { trouble })
    }

    /// The writer's thread ended before its journal: it panicked. What it held is not known, and
    /// nobody is left to write.
    fn writer_is_lost(&self) -> AppendError {
        let trouble = Trouble::Failing;
        self.store.shared.set(Health::ReadOnly(trouble.clone()));
        AppendError::NotWritable { trouble }
    }

    /// A payment as it stands.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn payment(&self, id: PaymentId) -> Result<Option<Payment>, ReadError> {
        self.store.read(|connection| query::payment(connection, id))
    }

    /// A payment as it stands, with its times.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn summary(&self, id: PaymentId) -> Result<Option<Summary>, ReadError> {
        self.store.read(|connection| query::summary(connection, id))
    }

    /// Every payment of an order, by attempt.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn payments_of(&self, order: &OrderRef) -> Result<Vec<Payment>, ReadError> {
        self.store
            .read(|connection| query::payments_of(connection, order))
    }

    /// Every payment that a provider names so, or that has this key, oldest first. Goes through the whole
    /// history.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn payments_named(&self, name: &str) -> Result<Vec<Payment>, ReadError> {
        self.store
            .read_apart(|connection| query::payments_named(connection, name))
    }

    /// Every payment that is not over, oldest first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn open_payments(&self) -> Result<Vec<Payment>, ReadError> {
        self.store.read(query::open_payments)
    }

    /// Every payment that is over and has an act under way (money that is on its way back), oldest
    /// first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn acting_payments(&self) -> Result<Vec<Payment>, ReadError> {
        self.store.read(query::acting_payments)
    }

    /// Money that came where none was expected, and of which nobody has said that it stays, oldest first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn unexpected_payments(&self) -> Result<Vec<Payment>, ReadError> {
        self.store.read(near::unexpected)
    }

    /// The newest payments without their stories, newest first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn newest(&self, limit: usize) -> Result<Vec<Brief>, ReadError> {
        self.store
            .read(|connection| near::newest(connection, limit))
    }

    /// Of the newest payments that were asked for, what those of this currency came to that were paid:
    /// minor units, newest first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn paid_lately(&self, currency: Currency, limit: usize) -> Result<Vec<i64>, ReadError> {
        self.store
            .read(|connection| near::paid(connection, currency, limit))
    }

    /// Every payment that was over at this time or later, oldest first: they are read once more,
    /// as an end may turn out to be paid.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn ended_since(&self, at_ms: i64) -> Result<Vec<Payment>, ReadError> {
        self.store
            .read(|connection| query::ended_since(connection, at_ms))
    }

    /// A page of payments, newest first, from the row after a place. At most `limit` rows.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn recent(
        &self,
        filter: &Filter,
        before: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Summary>, ReadError> {
        self.store
            .read(|connection| query::recent(connection, filter, before, limit))
    }

    /// A page of what is looked for, newest first, from the row after a place. At most `limit` rows.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn search(
        &self,
        search: &Search,
        before: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, ReadError> {
        let look = Look {
            search,
            before: before.map_or(i64::MAX, Cursor::number),
            limit,
        };
        self.store
            .search(|connection| look::look(connection, self.store.index.get(), &look))
    }

    /// Keeps an index of the history in a file of its own, fed by a thread of its own, for
    /// [`Journal::search`]. A journal that is only read uses the one that its till keeps. Without it,
    /// and where it fails, a search goes through the journal, more slowly. `quarter_of` says which
    /// time of day a moment is.
    pub fn index_history(&self, quarter_of: QuarterOf) {
        let Medium::File { queue, folder, .. } = &self.store.medium else {
            return;
        };
        let index = if queue.is_some() {
            match Index::feed(folder, quarter_of) {
                Ok(index) => index,
                Err(error) => {
                    tracing::warn!(%error, "the index of the history has no thread");
                    return;
                }
            }
        } else {
            Index::beside(folder)
        };
        // A second call changes nothing.
        let _ = self.store.index.set(index);
    }

    /// Whether the index of the history has everything. For tests and benchmarks.
    #[doc(hidden)]
    #[must_use]
    pub fn is_indexed(&self) -> bool {
        let reach = self.store.index.get().and_then(Index::reach);
        let last = self.last_seq().ok().and_then(|seq| i64::try_from(seq).ok());
        reach.is_some_and(|(from, followed)| from == 0 && Some(followed) == last)
    }

    /// Everything that happened to a payment, in order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn timeline(&self, id: PaymentId) -> Result<Vec<Entry>, ReadError> {
        self.store
            .read(|connection| query::timeline(connection, id))
    }

    /// The shop as its facts make it.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn shop(&self) -> Result<Shop, ReadError> {
        self.store.read(query::shop)
    }

    /// Everything that happened to the shop itself, in order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn shop_story(&self) -> Result<Vec<Entry>, ReadError> {
        self.store.read(query::shop_story)
    }

    /// The order of the newest payment.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn last_order(&self) -> Result<Option<OrderRef>, ReadError> {
        self.store.read(query::last_order)
    }

    /// The number of the last entry; 0 in an empty journal.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn last_seq(&self) -> Result<u64, ReadError> {
        self.store.read(query::last_seq)
    }

    /// Goes through the whole journal: pages, tables, the chain from its first entry, and every
    /// payment made again from its facts.
    ///
    /// # Errors
    /// The first [`Damage`] found.
    pub fn verify(&self) -> Result<Verified, Damage> {
        // Before the view of the journal is taken: the note is never ahead of it.
        let noted = self.store.noted()?;
        let file = || self.store.read_apart(verify::verify_file);
        let entries = || {
            self.store
                .read_apart(|connection| verify::verify_entries(connection, noted))
        };
        if let Medium::Memory(_) = &self.store.medium {
            return file().and_then(|()| entries());
        }
        // Each with a look of its own into the file: neither needs what the other finds.
        std::thread::scope(|scope| {
            let file = scope.spawn(file);
            let verified = entries();
            file.join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            verified
        })
    }

    /// Writes every entry as a line of JSON, with its hash in hexadecimal, and says how many.
    ///
    /// # Errors
    /// See [`ExportError`].
    pub fn export(&self, to: &mut dyn Write) -> Result<u64, ExportError> {
        self.store
            .read_apart(|connection| file::export_lines(connection, to))
    }

    /// Writes every entry in this form, then the head they end in, signed where there is a key. Says how
    /// many entries.
    ///
    /// # Errors
    /// See [`ExportError`].
    pub fn export_as(
        &self,
        form: FileForm,
        key: Option<&HeadKey>,
        to: &mut dyn Write,
    ) -> Result<u64, ExportError> {
        self.store
            .read_apart(|connection| file::export(connection, form, key, to))
    }

    /// A look into the file for the modules beside this one.
    pub(crate) fn read<T>(&self, query: impl FnOnce(&rusqlite::Connection) -> T) -> T {
        self.store.read(query)
    }

    /// A short name for where it is on this computer, the same for whatever journal lies there; `None` in
    /// memory.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        match &self.store.medium {
            Medium::Memory(_) => None,
            Medium::File { folder, .. } => {
                let file = folder.journal();
                let file = file.canonicalize().unwrap_or(file);
                Some(crate::signature::name_of(&file))
            }
        }
    }

    /// Whether it takes facts, and if not, why.
    #[must_use]
    pub fn health(&self) -> Health {
        self.store.shared.health()
    }

    /// [`Journal::health`] as it changes.
    #[must_use]
    pub fn watch_health(&self) -> watch::Receiver<Health> {
        self.store.shared.watch()
    }

    /// Where the disk was full, sees whether there is room again; every other trouble stays until
    /// the journal is opened anew.
    pub async fn retry_health(&self) -> Health {
        match &self.store.medium {
            Medium::Memory(writer) => hold(writer).retry(),
            Medium::File { queue, .. } => {
                let (done, finished) = oneshot::channel();
                if let Some(queue) = queue
                    && queue.send(Message::Retry { done }).is_ok()
                {
                    // An error means that the writer is gone, which its health tells as well.
                    let _ = finished.await;
                }
            }
        }
        self.health()
    }

    /// How many commits appended facts since it was opened: fewer than calls, where callers waited
    /// together.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.store.shared.commits()
    }

    /// For tests of a full disk: lets the file grow by so many pages and no further.
    #[doc(hidden)]
    pub async fn limit_growth(&self, pages: u32) {
        match &self.store.medium {
            Medium::Memory(writer) => {
                let limited = hold(writer).limit_growth(pages);
                debug_assert!(limited.is_ok(), "SQLite takes any limit");
            }
            Medium::File { queue, .. } => {
                let (done, finished) = oneshot::channel();
                if let Some(queue) = queue
                    && queue.send(Message::LimitGrowth { pages, done }).is_ok()
                {
                    let _ = finished.await;
                }
            }
        }
    }
}

fn append_here(writer: &std::sync::Mutex<Writer>, call: Call) -> Answer {
    hold(writer)
        .commit(vec![call])
        .pop()
        .unwrap_or(Err(queue::LOST))
}
