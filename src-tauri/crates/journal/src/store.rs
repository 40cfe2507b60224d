//! The three ways a journal is kept: written by a thread, read only, or in memory.

use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rusqlite::Connection;

use crate::chain::Head;
use crate::check::Check;
use crate::connection;
use crate::elsewhere::Memory;
use crate::folder::Folder;
use crate::health::{Damage, Health, Shared, Trouble};
use crate::index::Index;
use crate::queue::Queue;
use crate::witness;
use crate::writer::Writer;

pub(crate) struct Store {
    /// The first to be dropped: its feeder reads the journal.
    pub(crate) index: OnceLock<Index>,
    /// For searches, which take longer than a look at one payment; opened with the first.
    searcher: Mutex<Option<Connection>>,
    /// What was made elsewhere, where there is no file for it.
    pub(crate) elsewhere: Memory,
    pub(crate) shared: Arc<Shared>,
    pub(crate) medium: Medium,
}

pub(crate) enum Medium {
    /// A file, in the order in which its parts are to be dropped: the last connection to close
    /// copies the log into the file, and that must be the one that may write; and other tills are
    /// kept out until that is done.
    File {
        _check: Option<Check>,
        reader: Mutex<Connection>,
        queue: Option<Queue>,
        folder: Folder,
        _lock: Option<File>,
    },
    /// No file and no thread: the caller writes.
    Memory(Mutex<Writer>),
}

impl Store {
    pub(crate) fn writing(
        folder: Folder,
        reader: Connection,
        queue: Queue,
        check: Option<Check>,
        lock: File,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            index: OnceLock::new(),
            searcher: Mutex::default(),
            elsewhere: Mutex::default(),
            shared,
            medium: Medium::File {
                _check: check,
                reader: Mutex::new(reader),
                queue: Some(queue),
                folder,
                _lock: Some(lock),
            },
        }
    }

    pub(crate) fn reading(folder: Folder, reader: Connection, trouble: Trouble) -> Self {
        Self {
            index: OnceLock::new(),
            searcher: Mutex::default(),
            elsewhere: Mutex::default(),
            shared: Arc::new(Shared::new(Health::ReadOnly(trouble))),
            medium: Medium::File {
                _check: None,
                reader: Mutex::new(reader),
                queue: None,
                folder,
                _lock: None,
            },
        }
    }

    pub(crate) fn memory(writer: Writer, shared: Arc<Shared>) -> Self {
        Self {
            index: OnceLock::new(),
            searcher: Mutex::default(),
            elsewhere: Mutex::default(),
            shared,
            medium: Medium::Memory(Mutex::new(writer)),
        }
    }

    /// The end of the journal as it was last noted beside it.
    pub(crate) fn noted(&self) -> Result<Option<Head>, Damage> {
        match &self.medium {
            Medium::File { folder, .. } => {
                witness::noted(&folder.head()).map_err(|error| Damage::File {
                    said: format!("{}: {error}", folder.head().display()),
                })
            }
            Medium::Memory(_) => Ok(None),
        }
    }

    /// There are new facts.
    pub(crate) fn wake_index(&self) {
        if let Some(index) = self.index.get() {
            index.wake();
        }
    }

    /// Reads what is committed.
    pub(crate) fn read<T>(&self, query: impl FnOnce(&Connection) -> T) -> T {
        match &self.medium {
            Medium::File { reader, .. } => query(&hold(reader)),
            Medium::Memory(writer) => query(hold(writer).connection()),
        }
    }

    /// Searches, without keeping other readers waiting.
    pub(crate) fn search<T>(&self, query: impl FnOnce(&Connection) -> T) -> T {
        if let Medium::File { folder, .. } = &self.medium {
            let mut searcher = hold(&self.searcher);
            if searcher.is_none() {
                *searcher = connection::reading(&folder.journal()).ok();
            }
            if let Some(searcher) = searcher.as_ref() {
                return query(searcher);
            }
        }
        self.read(query)
    }

    /// Reads at length, without keeping other readers waiting.
    pub(crate) fn read_apart<T, E: From<rusqlite::Error>>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.medium {
            Medium::File { folder, reader, .. } => match connection::reading(&folder.journal()) {
                Ok(connection) => query(&connection),
                // A protected medium: the one connection that could be opened has to do.
                Err(_) => query(&hold(reader)),
            },
            Medium::Memory(writer) => query(hold(writer).connection()),
        }
    }
}

/// A reader that panicked leaves nothing half done behind: SQLite takes back what it began.
pub(crate) fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
