//! The one list of what happened: append-only, hash-chained, durable.
//!
//! It is the write-ahead log (nothing leaves the till before the fact "about to send" is in it),
//! the plan for recovery, the timeline on the screen and the audit trail. [`Journal::append`] puts
//! facts in and comes back when they would survive a power cut; everything else reads.
//!
//! Promises:
//! - facts of one call are written together or not at all, by one fsync;
//! - an order never has two open payments, whoever asks at the same time;
//! - what is kept about a payment is what its facts make ([`payment::apply`]);
//! - a journal that is damaged, full, write-protected or from a newer till takes no facts, says so
//!   ([`Journal::health`]), and its history stays readable wherever it can be read at all;
//! - an edited, moved or missing entry is found ([`Journal::verify`]), also in a copy that was exported
//!   ([`check_file`]).
//!
//! Never here: a secret, a card number, the time of day (callers bring it), the network.

mod chain;
mod check;
mod connection;
mod elsewhere;
mod error;
mod fact;
mod file;
mod folder;
mod health;
mod index;
mod journal;
mod log;
mod look;
mod near;
mod open;
mod pages;
mod projection;
mod query;
mod queue;
mod schema;
mod search;
mod signature;
mod store;
mod verify;
mod witness;
mod writer;

pub use elsewhere::{Elsewhere, ElsewhereScope, NotKept, Place, ReadList};
pub use error::{AppendError, ExportError, OpenError, ReadError};
pub use fact::{Entry, Fact, Hash};
pub use file::{CheckedFile, FileDamage, FileForm, check_file, has_head};
pub use health::{Damage, Health, Trouble};
pub use journal::Journal;
pub use near::Brief;
pub use query::{Cursor, Filter, Summary};
pub use search::{Page, QuarterOf, Scope, Search, Word, quarters_around};
pub use signature::{HeadKey, is_signed};
pub use verify::Verified;
