//! Whether the journal takes facts, and if not, why.

use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::ErrorCode;
use tokio::sync::watch;

/// Whether the journal takes facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It does.
    Writable,
    /// It can be read and nothing else: no new charge may start (invariant I21).
    ReadOnly(Trouble),
}

/// Why the journal takes no facts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It is not what was written. Stays so until the file is put right.
    #[error("the journal is damaged")]
    Damaged {
        /// What was found.
        #[source]
        damage: Damage,
    },
    /// The file, its folder or the whole disk is write-protected, or it was opened for reading.
    #[error("the journal can only be read")]
    ReadOnly,
    /// May heal: see [`crate::Journal::retry_health`].
    #[error("the disk is full")]
    Full,
    /// A newer till wrote it. This one would misread what it does not know.
    #[error("the journal was written by a newer till (form {found}, this one knows up to {known})")]
    TooNew {
        /// The form of the file.
        found: i32,
        /// The newest form this build knows.
        known: i32,
    },
    /// The disk reported an error. What it holds is only known after it was opened again, so
    /// nothing more is written until then (fault D2).
    #[error("the disk is failing")]
    Failing,
}

/// How a journal differs from what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// SQLite says so, or an entry's row cannot be read at all.
    #[error("the file is damaged: {said}")]
    File {
        /// In its words.
        said: String,
    },
    /// The entry or its hash was changed.
    #[error("entry {seq} is not what was written")]
    Altered {
        /// Which.
        seq: u64,
    },
    /// The entry was taken out.
    #[error("entry {seq} is missing")]
    Missing {
        /// Which.
        seq: u64,
    },
    /// The entry is whole, and no fact this till can read.
    #[error("entry {seq} is no fact this till knows")]
    Unreadable {
        /// Which.
        seq: u64,
    },
    /// A note beside the journal names an entry that the journal has no more: its last entries were
    /// taken out, the log file was deleted, or an old copy was put back.
    #[error(
        "entry {seq} was written and is gone; put the whole folder back as it was, or delete journal.head to go on without what is lost"
    )]
    Shortened {
        /// The last entry that was written.
        seq: u64,
    },
    /// The kept state of a payment is not what its entries make.
    #[error("payment {payment} does not agree with its entries")]
    Projection {
        /// Which.
        payment: String,
    },
    /// A table, index or trigger is gone or was changed.
    #[error("the tables are not as this till makes them")]
    Tables,
}

impl From<rusqlite::Error> for Damage {
    fn from(error: rusqlite::Error) -> Self {
        Self::File {
            said: error.to_string(),
        }
    }
}

impl Trouble {
    /// What an error of SQLite means for the journal. `None`: another program holds the file for a
    /// moment, which passes (fault D8).
    pub(crate) fn of(error: &rusqlite::Error) -> Option<Self> {
        let Some(code) = error.sqlite_error_code() else {
            // A value that could be read from the file but is none of ours.
            return Some(Self::Damaged {
                damage: Damage::File {
                    said: error.to_string(),
                },
            });
        };
        if matches!(code, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) {
            None
        } else if code == ErrorCode::DiskFull {
            Some(Self::Full)
        } else if matches!(code, ErrorCode::ReadOnly | ErrorCode::CannotOpen) {
            Some(Self::ReadOnly)
        } else if matches!(code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) {
            Some(Self::Damaged {
                damage: Damage::File {
                    said: error.to_string(),
                },
            })
        } else {
            Some(Self::Failing)
        }
    }
}

/// What the writing side tells the rest.
pub(crate) struct Shared {
    health: watch::Sender<Health>,
    commits: AtomicU64,
}

impl Shared {
    pub(crate) fn new(health: Health) -> Self {
        Self {
            health: watch::Sender::new(health),
            commits: AtomicU64::new(0),
        }
    }

    pub(crate) fn health(&self) -> Health {
        self.health.borrow().clone()
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }

    pub(crate) fn trouble(&self) -> Option<Trouble> {
        match &*self.health.borrow() {
            Health::Writable => None,
            Health::ReadOnly(trouble) => Some(trouble.clone()),
        }
    }

    pub(crate) fn set(&self, health: Health) {
        self.health.send_if_modified(|now| {
            let differs = *now != health;
            if differs {
                match &health {
                    Health::Writable => tracing::info!("the journal takes facts again"),
                    Health::ReadOnly(trouble) => {
                        tracing::error!(%trouble, "the journal takes no more facts");
                    }
                }
                *now = health;
            }
            differs
        });
    }

    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    pub(crate) fn count_commit(&self) {
        self.commits.fetch_add(1, Ordering::Relaxed);
    }
}
