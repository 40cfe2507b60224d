//! Why a command did not do what was asked, as a sentence in the reader's language.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use cli::session::{SessionError, chain};
use journal::{Damage, ExportError, FileDamage, ReadError};
use practice::StoreFileError;
use till::api::{ApiError, Code};

use crate::exit::Exit;
use crate::words::Words;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The till refused.
    #[error("the till did not do it")]
    Refused(#[from] ApiError),
    /// There is no till to ask.
    #[error("the till could not be opened")]
    NotOpened(#[from] SessionError),
    /// The journal.
    #[error("the journal could not be read")]
    NotRead(#[from] ReadError),
    /// The journal is not what was written.
    #[error("the journal is damaged")]
    Damaged(#[from] Damage),
    /// A copy of the journal is not what was written.
    #[error("the copy of the journal is damaged")]
    CopyDamaged(#[from] FileDamage),
    /// Not the head of a journal.
    #[error("not a head: {text}")]
    NotAHash {
        /// What was typed.
        text: String,
    },
    /// The copy.
    #[error("the journal could not be copied")]
    NotExported(#[source] ExportError),
    /// The file of the copy.
    #[error("the file could not be made: {file}")]
    NoFile {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file to read.
    #[error("the file could not be read: {file}")]
    NotReadable {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Nothing to void, or no reason.
    #[error("what to void, or why, was not said")]
    VoidWhat,
    /// Several accounts and none named.
    #[error("several accounts, and none was named")]
    WhichAccount {
        /// Their ids.
        accounts: String,
    },
    /// No account but practice, which was not asked for.
    #[error("there is no account but practice")]
    OnlyPractice,
    /// Not an address and port.
    #[error("not an address to listen on: {text}")]
    NotAnAddress {
        /// What was typed.
        text: String,
    },
    /// Another machine could reach it.
    #[error("not an address of this computer only: {address}")]
    NotLoopback {
        /// Which.
        address: SocketAddr,
    },
    /// Another machine could reach the receiver of webhooks, and nobody said that it should.
    #[error("not an address of this computer only: {address}")]
    BeyondThisComputer {
        /// Which.
        address: SocketAddr,
    },
    /// The account's system sends none.
    #[error("the system of {name} sends no webhooks")]
    NoWebhooks {
        /// The account.
        name: String,
    },
    /// The port is taken, most often.
    #[error("cannot listen on {address}")]
    NotListening {
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The practice store's file.
    #[error("the practice store could not be opened")]
    NoStore(#[source] StoreFileError),
    /// A folder to practise in.
    #[error("no folder to practise in")]
    NoPracticeFolder(#[source] io::Error),
    /// No slip, or none yet.
    #[error("order {order} has no slip")]
    NoReceipt {
        /// Which.
        order: String,
    },
    /// Standard input.
    #[error("the key could not be read")]
    NoKey(#[source] io::Error),
    /// Standard input.
    #[error("the PIN could not be read")]
    NoPin(#[source] io::Error),
    /// A rehearsal that did not end as its table says.
    #[error("order {order} ended as {found}, not as {expected}")]
    OtherEnd {
        /// Which.
        order: String,
        /// How it should have ended.
        expected: String,
        /// How it ended.
        found: String,
    },
    /// What the till says and what the store charged differ. This must never happen.
    #[error("the store charged order {order} {charges} times")]
    LedgerDiffers {
        /// Which.
        order: String,
        /// How often a card was charged.
        charges: usize,
    },
    /// The system gave no threads.
    #[error("the program could not be started")]
    NoThreads(#[source] io::Error),
}

impl Fault {
    /// The exit code.
    pub(crate) const fn exit(&self) -> Exit {
        match self {
            Self::WhichAccount { .. }
            | Self::VoidWhat
            | Self::OnlyPractice
            | Self::NotAHash { .. }
            | Self::NotAnAddress { .. }
            | Self::NotLoopback { .. }
            | Self::BeyondThisComputer { .. } => Exit::Usage,
            Self::Refused(_)
            | Self::NotOpened(_)
            | Self::NotRead(_)
            | Self::Damaged(_)
            | Self::CopyDamaged(_)
            | Self::NotExported(_)
            | Self::NoFile { .. }
            | Self::NotReadable { .. }
            | Self::NoWebhooks { .. }
            | Self::NotListening { .. }
            | Self::NoStore(_)
            | Self::NoPracticeFolder(_)
            | Self::NoReceipt { .. }
            | Self::NoKey(_)
            | Self::NoPin(_)
            | Self::OtherEnd { .. }
            | Self::LedgerDiffers { .. }
            | Self::NoThreads(_) => Exit::Error,
        }
    }

    /// The code whose sentence the window shows for the same.
    pub(crate) fn code(&self) -> Option<Code> {
        match self {
            Self::Refused(error) => Some(error.code),
            Self::NotOpened(error) => error.code(),
            Self::NotRead(_) | Self::Damaged(_) => Some(Code::JournalDamaged),
            Self::NotExported(_)
            | Self::CopyDamaged(_)
            | Self::NotAHash { .. }
            | Self::NoFile { .. }
            | Self::NotReadable { .. }
            | Self::VoidWhat
            | Self::WhichAccount { .. }
            | Self::OnlyPractice
            | Self::NotAnAddress { .. }
            | Self::NotLoopback { .. }
            | Self::BeyondThisComputer { .. }
            | Self::NoWebhooks { .. }
            | Self::NotListening { .. }
            | Self::NoStore(_)
            | Self::NoPracticeFolder(_)
            | Self::NoReceipt { .. }
            | Self::NoKey(_)
            | Self::NoPin(_)
            | Self::OtherEnd { .. }
            | Self::LedgerDiffers { .. }
            | Self::NoThreads(_) => None,
        }
    }

    /// The sentence.
    pub(crate) fn sentence(&self, words: &Words) -> String {
        if let Some(code) = self.code() {
            return words.code(code);
        }
        let say = |key: &str| words.text(key).to_owned();
        match self {
            Self::Refused(_) | Self::NotRead(_) | Self::Damaged(_) => say("fault.not_opened"),
            Self::NotOpened(SessionError::NoFolder) => say("fault.no_folder"),
            Self::NotOpened(SessionError::Journal(_)) => say("fault.no_journal"),
            Self::NotOpened(SessionError::Practice(_)) => say("fault.no_loopback"),
            Self::NotOpened(SessionError::Till(_)) => say("fault.not_opened"),
            Self::NotExported(_) => say("fault.not_exported"),
            Self::CopyDamaged(_) => say("fault.copy_damaged"),
            Self::NotAHash { text } => words.fill("fault.not_a_hash", &[("text", text)]),
            Self::NoFile { file, .. } => {
                words.fill("fault.no_file", &[("file", &file.to_string_lossy())])
            }
            Self::NotReadable { file, .. } => {
                words.fill("fault.not_read", &[("file", &file.to_string_lossy())])
            }
            Self::VoidWhat => say("fault.void_what"),
            Self::WhichAccount { accounts } => {
                words.fill("fault.which_account", &[("accounts", accounts)])
            }
            Self::OnlyPractice => say("fault.only_practice"),
            Self::NotAnAddress { text } => words.fill("fault.not_an_address", &[("text", text)]),
            Self::NotLoopback { address } => {
                words.fill("fault.not_loopback", &[("address", &address.to_string())])
            }
            Self::BeyondThisComputer { address } => words.fill(
                "fault.beyond_this_computer",
                &[("address", &address.to_string())],
            ),
            Self::NoWebhooks { name } => words.fill("fault.no_webhooks", &[("name", name)]),
            Self::NotListening { address, .. } => {
                words.fill("fault.not_listening", &[("address", &address.to_string())])
            }
            Self::NoStore(_) => say("fault.no_store"),
            Self::NoPracticeFolder(_) => say("fault.no_practice_folder"),
            Self::NoReceipt { order } => words.fill("fault.no_receipt", &[("order", order)]),
            Self::NoKey(_) => say("fault.no_key"),
            Self::NoPin(_) => say("fault.no_pin"),
            Self::OtherEnd {
                order,
                expected,
                found,
            } => words.fill(
                "fault.other_end",
                &[("order", order), ("expected", expected), ("found", found)],
            ),
            Self::LedgerDiffers { order, charges } => words.fill(
                "fault.ledger_differs",
                &[("order", order), ("charges", &charges.to_string())],
            ),
            Self::NoThreads(_) => say("fault.no_threads"),
        }
    }

    /// Something for support, in English: what lies behind it.
    pub(crate) fn detail(&self) -> Option<String> {
        use std::error::Error as _;
        match self {
            Self::Refused(error) => error.detail.clone(),
            Self::NotOpened(SessionError::Till(error)) => error.detail.clone(),
            Self::NotOpened(error) => error.source().map(chain),
            // What is wrong with a copy is all there is to tell of it.
            Self::CopyDamaged(damage) => Some(chain(damage)),
            Self::NotRead(_)
            | Self::Damaged(_)
            | Self::NotExported(_)
            | Self::NoFile { .. }
            | Self::NotReadable { .. }
            | Self::NotAHash { .. }
            | Self::VoidWhat
            | Self::WhichAccount { .. }
            | Self::OnlyPractice
            | Self::NotAnAddress { .. }
            | Self::NotLoopback { .. }
            | Self::BeyondThisComputer { .. }
            | Self::NoWebhooks { .. }
            | Self::NotListening { .. }
            | Self::NoStore(_)
            | Self::NoPracticeFolder(_)
            | Self::NoReceipt { .. }
            | Self::NoKey(_)
            | Self::NoPin(_)
            | Self::OtherEnd { .. }
            | Self::LedgerDiffers { .. }
            | Self::NoThreads(_) => self.source().map(chain),
        }
    }
}
