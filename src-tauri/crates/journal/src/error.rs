//! What can go wrong, as sentences.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use payment::{Misfit, PaymentId};

use crate::health::Trouble;

/// Why a journal cannot be opened at all. Damage that leaves it readable is no such reason: it
/// opens, and [`crate::Journal::health`] says so.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process writes to it.
    #[error("another till has this journal open: {file}")]
    InUse {
        /// The journal.
        file: PathBuf,
    },
    /// The folder cannot be made, entered or written to.
    #[error("the folder of the journal cannot be used: {folder}")]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is none.
    #[error("there is no journal here: {file}")]
    Missing {
        /// Where it was looked for.
        file: PathBuf,
    },
    /// The file is gone and something of it was left: starting afresh would forget payments.
    #[error(
        "the journal {file} is gone, and {left} was left of it; put the file back, or move both away to begin anew"
    )]
    Gone {
        /// The journal.
        file: PathBuf,
        /// What remains.
        left: PathBuf,
    },
    /// A file of another program, or one whose first page is destroyed.
    #[error(
        "{file} is not a journal of this till; move it away, or put the right one in its place"
    )]
    Foreign {
        /// Which.
        file: PathBuf,
    },
    /// Not even history can be read.
    #[error(
        "the journal {file} is damaged and cannot be read; keep the file for support and put a copy from before in its place"
    )]
    Damaged {
        /// Which.
        file: PathBuf,
        /// What SQLite says.
        #[source]
        source: rusqlite::Error,
    },
    /// SQLite cannot open it.
    #[error("the journal {file} cannot be opened")]
    File {
        /// Which.
        file: PathBuf,
        /// What SQLite says.
        #[source]
        source: rusqlite::Error,
    },
    /// A build error: versions before 3.51.3 can lose data in WAL mode
    /// (sqlite.org/wal.html, "The WAL-Reset Bug").
    #[error("this build has SQLite {found}, which can lose data; 3.51.3 or later is needed")]
    OldSqlite {
        /// Its version.
        found: String,
    },
    /// SQLite did not take a setting on which durability rests.
    #[error("the journal could not be set to {setting}")]
    Setting {
        /// Which.
        setting: &'static str,
    },
    /// Bringing an older journal to this build's form failed. Nothing was changed.
    #[error("the journal {file} could not be brought to this till's form")]
    Migration {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// The system gave no thread to write on.
    #[error("the journal's writer could not be started")]
    Thread(#[source] io::Error),
}

/// Why facts were not appended. Every variant but [`AppendError::Unsure`] proves that nothing of
/// the call was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// The order has a payment that is not over: it must not be charged twice (invariant I24).
    #[error("the order has an open payment, {payment}")]
    OrderIsOpen {
        /// That payment.
        payment: PaymentId,
    },
    /// The attempt's number was given before: its idempotency key belongs to another payment.
    #[error("the attempt of the order is taken by payment {payment}")]
    AttemptTaken {
        /// That payment.
        payment: PaymentId,
    },
    /// The facts are not a payment's.
    #[error("the fact does not fit payment {payment}")]
    Misfit {
        /// The payment it was for.
        payment: PaymentId,
        /// Why.
        #[source]
        misfit: Misfit,
    },
    /// A request that names another payment than it is filed under.
    #[error("the request filed under payment {payment} names payment {named}")]
    Misfiled {
        /// The payment it was for.
        payment: PaymentId,
        /// The payment it names.
        named: PaymentId,
    },
    /// A fact that has no written form.
    #[error("the fact cannot be written down")]
    Unwritable(#[source] Arc<serde_json::Error>),
    /// The journal takes no facts. [`crate::Journal::health`] says the same.
    #[error("the journal takes no facts")]
    NotWritable {
        /// Why.
        #[source]
        trouble: Trouble,
    },
    /// Another program (a backup, a virus scanner) holds the file. It passes.
    #[error("another program holds the journal")]
    Busy,
    /// The disk failed at the very end: after the next start the facts may be there, or not.
    #[error("it is not known whether the facts were written")]
    Unsure {
        /// What SQLite says; `None` where the writer itself was lost.
        #[source]
        source: Option<Arc<rusqlite::Error>>,
    },
}

impl AppendError {
    /// Whether the facts may nevertheless be found in the journal at the next start.
    #[must_use]
    pub const fn may_be_durable(&self) -> bool {
        matches!(self, Self::Unsure { .. })
    }
}

/// Why the journal could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// SQLite failed.
    #[error("the journal could not be read")]
    Sqlite(#[from] rusqlite::Error),
    /// An entry is no fact this till knows.
    #[error("entry {seq} of the journal is no fact this till knows")]
    Unreadable {
        /// Which.
        seq: u64,
    },
}

/// Why the journal could not be written out.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It could not be read.
    #[error("the journal could not be read")]
    Read(#[from] rusqlite::Error),
    /// The copy could not be written.
    #[error("the copy of the journal could not be written")]
    Write(#[from] io::Error),
    /// An entry's text is not JSON: the journal is damaged.
    #[error("entry {seq} of the journal is damaged")]
    Entry {
        /// Which.
        seq: u64,
    },
}
