//! One open till: its folder, journal, keychain, systems and practice store.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use journal::{Journal, OpenError, ReadError};
use payment::{Account, Clock};
use practice::Practice;
use providers::NetworkOptions;
use secrets::{Keychain, Vault};
use till::api::{ApiError, Code, Notice, PinInput, PracticeTerminalRequest, PracticeTerminalView};
use till::{Gate, Parts, Till};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use crate::connector::Systems;
use crate::hints;
use crate::post::Smtp;
use crate::practice_store;
pub use crate::practice_store::{PRACTICE_ACCOUNT, PracticeTerminals};

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
    /// Take up payments without an end. Not for who only writes a setting down: a payment taken up
    /// and left at once would be asked about for nothing. Never done where `read_only` is set.
    pub takes_up: bool,
    /// Hand letters to customers over. Not for who does one thing and ends. Never done where `read_only` is
    /// set.
    pub delivers: bool,
    /// Which practice terminals are in the account.
    pub terminals: PracticeTerminals,
    /// Seeds the practice store and the till's own chance; `None` where chance decides.
    pub seed: Option<u64>,
    /// Who types the commands, where that was said. Nobody signs in where `read_only` is set.
    pub staff: Option<Credentials>,
}

/// Who types the commands, and who approves them.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Their name, whatever its case.
    pub name: String,
    /// Their PIN.
    pub pin: PinInput,
    /// Whose word there is for what they may not do alone.
    pub approval: Option<Approval>,
}

/// A manager's word.
#[derive(Debug, Clone)]
pub struct Approval {
    /// Their name.
    pub name: String,
    /// Their PIN.
    pub pin: PinInput,
    /// Why.
    pub reason: String,
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

impl SessionError {
    /// The code whose sentence the window shows for the same trouble. `None` where there is none:
    /// the window makes a journal where it finds none, and cannot run without a folder.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Journal(OpenError::Missing { .. }) | Self::NoFolder | Self::Practice(_) => None,
            Self::Journal(error) => Some(blocking_code(error)),
            Self::Till(error) => Some(error.code),
        }
    }
}

/// An open till with all that belongs to it.
pub struct Session {
    /// What people can do here: every command asks first who they are.
    pub till: Gate,
    /// The other side of the practice account.
    pub practice: Practice,
    /// Kept apart from the till for what only reads it (`till audit`).
    pub journal: Journal,
    /// The accounts of `practice`, the one with card machines first. They are in no journal: their
    /// address is new at every start.
    pub practice_accounts: Vec<Account>,
    /// Follows what webhooks say, and ends with this.
    _hints: JoinSet<()>,
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
    /// A till on this folder, as a cashier opens it.
    #[must_use]
    pub fn at(folder: PathBuf) -> Self {
        Self {
            folder,
            read_only: false,
            takes_up: true,
            delivers: false,
            terminals: PracticeTerminals::All,
            seed: None,
            staff: None,
        }
    }

    /// The same for somebody who only looks, also while another till runs.
    #[must_use]
    pub fn for_reading(self) -> Self {
        Self {
            read_only: true,
            takes_up: false,
            ..self
        }
    }

    /// The same for a window, in which somebody presses the buttons of the machines.
    #[must_use]
    pub fn with_hands(self) -> Self {
        Self {
            terminals: PracticeTerminals::WithPanel,
            delivers: true,
            ..self
        }
    }

    /// The same for somebody who writes settings down and sells nothing.
    #[must_use]
    pub fn without_taking_up(self) -> Self {
        Self {
            takes_up: false,
            ..self
        }
    }

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
        Ok(Self::at(folder))
    }
}

impl Session {
    /// Opens a till. A journal that cannot be opened is told as an error; where there is none yet,
    /// who only reads finds an empty one, in which nothing can be written.
    ///
    /// # Errors
    /// See [`SessionError`].
    pub async fn open(options: SessionOptions) -> Result<Self, SessionError> {
        let (journal, blocked) = match open_journal(&options) {
            Err(OpenError::Missing { .. }) if options.read_only => {
                (Journal::in_memory(), Some(Code::JournalReadOnly))
            }
            opened => (opened, None),
        };
        let journal = journal.map_err(SessionError::Journal)?;
        Self::with_journal(&options, journal, blocked).await
    }

    /// Opens a till for a window, which must show something whatever happened: where the journal
    /// cannot be opened, nothing can be charged and the sentence says why. What another till has
    /// written is shown; only that till drives it.
    ///
    /// # Errors
    /// See [`SessionError`].
    pub async fn open_or_explain(options: SessionOptions) -> Result<Self, SessionError> {
        let error = match open_journal(&options) {
            Ok(journal) => return Self::with_journal(&options, journal, None).await,
            Err(error) => error,
        };
        tracing::error!(error = %chain(&error), "the journal could not be opened");
        let history = if matches!(error, OpenError::InUse { .. }) {
            Journal::open_read_only(&options.folder).ok()
        } else {
            None
        };
        let stand_in = match history {
            Some(history) => history,
            None => Journal::in_memory().map_err(SessionError::Journal)?,
        };
        Self::with_journal(&options, stand_in, Some(blocking_code(&error))).await
    }

    async fn with_journal(
        options: &SessionOptions,
        journal: Journal,
        blocked: Option<Code>,
    ) -> Result<Self, SessionError> {
        providers::install_tls();
        journal.index_history(till::quarter_of);
        let seed = options.seed.unwrap_or_else(|| fastrand::u64(..));
        // Two stores must not write one file: who may not write here gets a copy in memory.
        let memory = if options.read_only || blocked.is_some() {
            practice_store::Memory::Copied
        } else {
            practice_store::Memory::Kept
        };
        let (practice, store) =
            practice_store::start(&options.folder, memory, options.terminals, seed)
                .await
                .map_err(SessionError::Practice)?;
        let practice_accounts = store.accounts.clone();
        let vault: Arc<dyn Vault> = Arc::new(Keychain::new());
        let parts = Parts {
            journal: journal.clone(),
            blocked,
            vault,
            connector: Arc::new(Systems::new(NetworkOptions::default())),
            post: Some(Arc::new(Smtp)),
            delivers: options.delivers && !options.read_only && blocked.is_none(),
            looks_elsewhere: options.delivers && !options.read_only && blocked.is_none(),
            clock: Arc::new(SystemClock),
            practice: Some(store),
            exports: Some(options.folder.join("exports")),
            // Where another till writes, that one drives them.
            takes_up: options.takes_up && !options.read_only && blocked.is_none(),
            seed,
        };
        let drives = parts.takes_up;
        let till = Till::open(parts).await.map_err(SessionError::Till)?;
        let gate = Gate::new(till.clone());
        if let Some(staff) = options.staff.clone().filter(|_| !options.read_only) {
            sign_in(&gate, staff).await.map_err(SessionError::Till)?;
        }
        let mut hints = JoinSet::new();
        if drives {
            hints.spawn(hints::follow(till.clone(), options.folder.clone()));
        }
        Ok(Self {
            till: gate,
            practice,
            journal,
            practice_accounts,
            _hints: hints,
        })
    }

    /// Every account, the practice store's at the end. Asks no keychain.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn accounts(&self) -> Result<Vec<Account>, ReadError> {
        let mut accounts = self.journal.shop()?.accounts;
        accounts.extend(self.practice_accounts.iter().cloned());
        Ok(accounts)
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
                let open =
                    till.is_on_machine() || till.open_count() > 0 || shown.iter().any(is_busy);
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

async fn sign_in(gate: &Gate, staff: Credentials) -> Result<(), ApiError> {
    let Credentials {
        name,
        pin,
        approval,
    } = staff;
    gate.sign_in_as(&name, pin).await?;
    match approval {
        Some(Approval { name, pin, reason }) => gate.approve_next_as(&name, pin, reason).await,
        None => Ok(()),
    }
}

/// It shows something that will go away by itself.
fn is_busy(terminal: &PracticeTerminalView) -> bool {
    terminal.amount.is_some()
}

/// Tells the practice terminals that changed.
async fn tell_terminals(
    till: &Gate,
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

/// Keeps the memory of this process, in which keys are for the time of a request, out of core
/// dumps and away from other programs of the same user. Where the system refuses, the till runs on:
/// that is no worse than before.
pub fn guard_memory() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        if let Err(error) = setrlimit(Resource::Core, none) {
            tracing::warn!(%error, "core dumps could not be switched off");
        }
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            tracing::warn!(%error, "this process could not be closed to others");
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
