//! One open till: its folder, journal, keychain, systems and practice store.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use journal::{Journal, OpenError};
use payment::Clock;
use practice::Practice;
use providers::NetworkOptions;
use secrets::{Keychain, Vault};
use till::api::{ApiError, Code, Notice, PracticeTerminalRequest, PracticeTerminalView};
use till::{Parts, Till};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::connector::Systems;
use crate::practice_store;
pub use crate::practice_store::PRACTICE_ACCOUNT;

/// Names the data folder where `--data` does not.
pub const DATA_VARIABLE: &str = "TILLSIDE_DATA";

/// How often the practice terminals are looked at while a payment is open. With none open nobody
/// looks: an idle till does nothing.
const LOOK_AT_TERMINALS: Duration = Duration::from_millis(200);

/// How to open a till.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// The data folder.
    pub folder: PathBuf,
    /// Open the journal for reading only: nothing can be charged, and another till may run.
    pub read_only: bool,
}

/// Why a till did not open.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The system names no folder for a program's data.
    #[error("this system names no folder for data; set {DATA_VARIABLE}")]
    NoFolder,
    /// The journal.
    #[error("the journal could not be opened")]
    Journal(#[source] OpenError),
    /// Loopback.
    #[error("the practice store could not be started")]
    Practice(#[source] std::io::Error),
    /// The till itself.
    #[error("the till could not be opened")]
    Till(#[source] ApiError),
}

/// An open till with all that belongs to it.
pub struct Session {
    /// What a cashier can do.
    pub till: Till,
    /// The other side of the practice account.
    pub practice: Practice,
    /// Kept apart from the till for what only reads it (`till audit`).
    pub journal: Journal,
}

/// The time of day of this machine.
struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .and_then(|since| i64::try_from(since.as_millis()).ok())
            .unwrap_or(0)
    }
}

impl SessionOptions {
    /// The folder of `TILLSIDE_DATA`, else of the system.
    ///
    /// # Errors
    /// [`SessionError::NoFolder`].
    pub fn from_environment() -> Result<Self, SessionError> {
        let named = std::env::var_os(DATA_VARIABLE).filter(|name| !name.is_empty());
        let folder = match named {
            Some(name) => PathBuf::from(name),
            None => directories::ProjectDirs::from("app", "tillside", "tillside")
                .ok_or(SessionError::NoFolder)?
                .data_dir()
                .to_owned(),
        };
        Ok(Self {
            folder,
            read_only: false,
        })
    }
}

impl Session {
    /// Opens a till. A journal that cannot be opened is told as an error.
    ///
    /// # Errors
    /// See [`SessionError`].
    pub async fn open(options: SessionOptions) -> Result<Self, SessionError> {
        let journal = open_journal(&options).map_err(SessionError::Journal)?;
        Self::with_journal(&options, journal, None).await
    }

    /// Opens a till for a window, which must show something whatever happened: where the journal
    /// cannot be opened, nothing can be charged and the sentence says why.
    ///
    /// # Errors
    /// See [`SessionError`].
    pub async fn open_or_explain(options: SessionOptions) -> Result<Self, SessionError> {
        match open_journal(&options) {
            Ok(journal) => Self::with_journal(&options, journal, None).await,
            Err(error) => {
                tracing::error!(error = %chain(&error), "the journal could not be opened");
                let stand_in = Journal::in_memory().map_err(SessionError::Journal)?;
                Self::with_journal(&options, stand_in, Some(blocking_code(&error))).await
            }
        }
    }

    async fn with_journal(
        options: &SessionOptions,
        journal: Journal,
        blocked: Option<Code>,
    ) -> Result<Self, SessionError> {
        providers::install_tls();
        // Two stores must not write one file: who only reads keeps its store in memory.
        let remembers = (!options.read_only && blocked.is_none()).then_some(&*options.folder);
        let (practice, store) = practice_store::start(remembers)
            .await
            .map_err(SessionError::Practice)?;
        let vault: Arc<dyn Vault> = Arc::new(Keychain::new());
        let parts = Parts {
            journal: journal.clone(),
            blocked,
            vault,
            connector: Arc::new(Systems::new(NetworkOptions::default())),
            clock: Arc::new(SystemClock),
            practice: Some(store),
            takes_up: !options.read_only,
            seed: fastrand::u64(..),
        };
        let till = Till::open(parts).await.map_err(SessionError::Till)?;
        Ok(Self {
            till,
            practice,
            journal,
        })
    }

    /// Everything that changes, the practice terminals included.
    #[must_use]
    pub fn listen(&self) -> UnboundedReceiver<Notice> {
        let (sender, receiver) = unbounded_channel();
        let mut from_till = self.till.listen();
        let till = self.till.clone();
        tokio::spawn(async move {
            let mut shown: Vec<PracticeTerminalView> = Vec::new();
            loop {
                let open = till.open_count() > 0 || shown.iter().any(is_busy);
                tokio::select! {
                    notice = from_till.recv() => match notice {
                        Some(notice) => if sender.send(notice).is_err() { return },
                        None => return,
                    },
                    () = tokio::time::sleep(LOOK_AT_TERMINALS), if open => {
                        if tell_terminals(&till, &mut shown, &sender).await.is_err() { return }
                    }
                }
            }
        });
        receiver
    }
}

/// It shows something that will go away by itself.
fn is_busy(terminal: &PracticeTerminalView) -> bool {
    terminal.amount.is_some()
}

/// Tells the practice terminals that changed.
async fn tell_terminals(
    till: &Till,
    shown: &mut Vec<PracticeTerminalView>,
    sender: &UnboundedSender<Notice>,
) -> Result<(), tokio::sync::mpsc::error::SendError<Notice>> {
    let codes = till.practice_terminals();
    for terminal in codes {
        let request = PracticeTerminalRequest { terminal };
        let Ok(view) = till.practice_terminal(request).await else {
            continue;
        };
        let known = shown.iter_mut().find(|known| known.code == view.code);
        match known {
            Some(known) if *known == view => continue,
            Some(known) => known.clone_from(&view),
            None => shown.push(view.clone()),
        }
        sender.send(Notice::PracticeTerminal { view })?;
    }
    Ok(())
}

fn open_journal(options: &SessionOptions) -> Result<Journal, OpenError> {
    if options.read_only {
        Journal::open_read_only(&options.folder)
    } else {
        Journal::open(&options.folder)
    }
}

/// What a window says about a journal it could not open.
fn blocking_code(error: &OpenError) -> Code {
    match error {
        OpenError::InUse { .. } => Code::JournalInUse,
        OpenError::Folder { .. } => Code::JournalReadOnly,
        OpenError::Missing { .. }
        | OpenError::Gone { .. }
        | OpenError::Foreign { .. }
        | OpenError::Damaged { .. }
        | OpenError::File { .. }
        | OpenError::Migration { .. } => Code::JournalDamaged,
        OpenError::OldSqlite { .. } | OpenError::Setting { .. } | OpenError::Thread(_) => {
            Code::JournalFailing
        }
    }
}

/// An error with its causes, in one line.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
