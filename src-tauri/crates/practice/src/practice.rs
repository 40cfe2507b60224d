//! The store as everybody holds it: the world, a clock, and the file it lives in.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use axum::Router;
use serde::{Deserialize, Serialize};

use crate::books::Inconsistency;
use crate::fault::FaultPlayed;
use crate::{
    Charge, DojoIntentView, DojoSessionView, DojoTerminal, Faults, IntentId, IntentView,
    LeanRailsView, LinkView, LoggedRequest, PagePress, PageRefused, PageView, Press, PressRefused,
    Refund, Settings, TerminalView, World,
};

/// Tells the time in milliseconds since an epoch of its own choice; the wire shows it as Unix time.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The format of the file. A file with another number is refused, not guessed at.
const FILE_VERSION: u32 = 4;

/// Why a store could not be read from its file, or written to it.
#[derive(Debug, thiserror::Error)]
pub enum StoreFileError {
    /// The file cannot be read.
    #[error("the practice store's file cannot be read")]
    Unreadable(#[source] io::Error),
    /// The file is not what this crate writes.
    #[error("the practice store's file is damaged")]
    Damaged(#[source] serde_json::Error),
    /// What the file says cannot be.
    #[error("the practice store's file contradicts itself")]
    Contradictory(#[source] Inconsistency),
    /// Written by another version of this program.
    #[error("the practice store's file has the format {0}, which this version does not know")]
    OtherVersion(u32),
    /// The world does not become JSON.
    #[error("the practice store cannot be encoded")]
    Unencodable(#[source] serde_json::Error),
    /// The file cannot be written.
    #[error("the practice store's file cannot be written")]
    Unwritable(#[source] io::Error),
}

#[derive(Deserialize)]
struct FileHead {
    version: u32,
}

#[derive(Deserialize)]
struct StoreFile {
    world: World,
}

#[derive(Serialize)]
struct StoreFileRef<'a> {
    version: u32,
    world: &'a World,
}

/// A practice store. Clones share one world.
#[derive(Clone)]
pub struct Practice {
    shared: Arc<Shared>,
}

struct Shared {
    world: Mutex<World>,
    clock: Clock,
    /// Added to the clock: a store read back from a file goes on from the time it had, even where
    /// the computer's clock was set back meanwhile. Otherwise it would stand still for so long.
    ahead_ms: u64,
    /// Where every change is written before its answer leaves.
    file: Option<PathBuf>,
}

impl fmt::Debug for Practice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Practice")
            .field("file", &self.shared.file)
            .finish_non_exhaustive()
    }
}

/// The computer's clock: Unix time when it is asked first, then steady, whatever is done to the
/// computer's own.
#[must_use]
pub fn system_clock() -> Clock {
    let milliseconds = |span: std::time::Duration| u64::try_from(span.as_millis()).unwrap_or(0);
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let start_ms = since_epoch.map_or(0, milliseconds);
    let start = Instant::now();
    Arc::new(move || start_ms.saturating_add(milliseconds(start.elapsed())))
}

impl Practice {
    /// A new store in memory. The seed decides every id.
    #[must_use]
    pub fn new(seed: u64, clock: Clock) -> Self {
        Self::of(World::new(seed), clock, None)
    }

    /// A new store in memory on the computer's clock.
    #[must_use]
    pub fn with_system_clock(seed: u64) -> Self {
        Self::new(seed, system_clock())
    }

    /// The store that lives in this file, or a new one where there is no file yet. From now on
    /// every change is in the file before its answer leaves, so that the store remembers a payment
    /// whose till was killed. The file is replaced whole; it is not flushed to the disk, as nothing
    /// in it is real.
    ///
    /// # Errors
    /// See [`StoreFileError`].
    pub fn open(path: &Path, seed: u64, clock: Clock) -> Result<Self, StoreFileError> {
        let world = match read_world(path) {
            Ok(world) => world,
            Err(StoreFileError::Unreadable(error)) if error.kind() == io::ErrorKind::NotFound => {
                let world = World::new(seed);
                write_world(path, &world)?;
                world
            }
            Err(error) => return Err(error),
        };
        Ok(Self::of(world, clock, Some(path.to_owned())))
    }

    /// A copy in memory of the store in this file; the file is left alone.
    ///
    /// # Errors
    /// See [`StoreFileError`].
    pub fn load(path: &Path, clock: Clock) -> Result<Self, StoreFileError> {
        Ok(Self::of(read_world(path)?, clock, None))
    }

    /// Writes the store to a file, by way of a temporary one beside it.
    ///
    /// # Errors
    /// [`StoreFileError::Unencodable`] and [`StoreFileError::Unwritable`].
    pub fn save(&self, path: &Path) -> Result<(), StoreFileError> {
        write_world(path, &self.lock())
    }

    fn of(world: World, clock: Clock, file: Option<PathBuf>) -> Self {
        let ahead_ms = world.now_ms().saturating_sub(clock());
        Self {
            shared: Arc::new(Shared {
                world: Mutex::new(world),
                clock,
                ahead_ms,
                file,
            }),
        }
    }

    /// A world is valid after every statement that can panic, so a poisoned lock is no reason to
    /// take the whole store down.
    fn lock(&self) -> MutexGuard<'_, World> {
        let world = self.shared.world.lock();
        world.unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `act` on the world at the present time, and writes what it changed to the store's file
    /// before anybody learns of it.
    pub fn with<T>(&self, act: impl FnOnce(&mut World, u64) -> T) -> T {
        let mut world = self.lock();
        let before = world.revision();
        let now_ms = (self.shared.clock)().saturating_add(self.shared.ahead_ms);
        let result = act(&mut world, now_ms);
        if let Some(path) = &self.shared.file
            && world.revision() != before
            && let Err(error) = write_world(path, &world)
        {
            // The payment at hand is more useful than the file, which the next change writes anew.
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "the practice store could not be written");
        }
        result
    }

    /// The documented paths and the control paths, without any fault: what tests call with
    /// `oneshot`. It never sleeps, so it is safe under paused time.
    pub fn router(&self) -> Router {
        crate::routes::router(self)
    }

    /// The machines of Compago.
    #[must_use]
    pub fn terminals(&self) -> Vec<TerminalView> {
        self.with(World::terminals)
    }

    /// The machines of Dojo: the account of the till there has these, by their ids. Its base URL
    /// is [`DOJO_PATH`](crate::DOJO_PATH) on this store, its key [`DOJO_KEY`](crate::DOJO_KEY).
    #[must_use]
    pub fn dojo_terminals(&self) -> Vec<DojoTerminal> {
        self.with(World::dojo_terminals)
    }

    /// A hand on a machine, of Compago by its code, of Dojo by its id or its TID.
    ///
    /// # Errors
    /// See [`PressRefused`].
    pub fn press(&self, terminal_code: &str, press: Press) -> Result<(), PressRefused> {
        self.with(|world, now_ms| world.press(now_ms, terminal_code, press))
    }

    /// Adds a machine; `false` where the code is taken.
    pub fn add_terminal(&self, code: &str, label: &str) -> bool {
        self.with(|world, _| world.add_terminal(code, label))
    }

    /// Adds a machine of Dojo, whose TID says who stands in front of it
    /// ([`DOJO_TID_ENDS`](crate::DOJO_TID_ENDS)); `false` where the TID is taken.
    pub fn add_dojo_terminal(&self, tid: &str, label: &str) -> bool {
        self.with(|world, _| world.add_dojo_terminal(tid, label))
    }

    /// Accepts these API keys and no others.
    pub fn accept_keys(&self, keys: &[&str]) {
        self.with(|world, _| world.accept_keys(keys));
    }

    /// Accepts these keys of One2Pays and no others.
    pub fn accept_one2pays_keys(&self, public: &str, secret: &str) {
        self.with(|world, _| world.accept_one2pays_keys(public, secret));
    }

    /// Accepts this secret key of LeanRails and no other.
    pub fn accept_lean_rails_key(&self, key: &str) {
        self.with(|world, _| world.accept_lean_rails_key(key));
    }

    /// The truth about every `PaymentIntent` of LeanRails, oldest first.
    #[must_use]
    pub fn lean_rails_intents(&self) -> Vec<LeanRailsView> {
        self.with(World::lean_rails_intents)
    }

    /// Accepts this key of Dojo and no other.
    pub fn accept_dojo_key(&self, key: &str) {
        self.with(|world, _| world.accept_dojo_key(key));
    }

    /// What was charged, oldest first.
    #[must_use]
    pub fn ledger(&self) -> Vec<Charge> {
        self.with(World::ledger)
    }

    /// What was given back, by all systems, oldest first.
    #[must_use]
    pub fn refunds(&self) -> Vec<Refund> {
        self.with(World::refunds)
    }

    /// The truth about every payment intent of Dojo, oldest first.
    #[must_use]
    pub fn dojo_intents(&self) -> Vec<DojoIntentView> {
        self.with(World::dojo_intents)
    }

    /// The truth about every terminal session of Dojo, oldest first.
    #[must_use]
    pub fn dojo_sessions(&self) -> Vec<DojoSessionView> {
        self.with(World::dojo_sessions)
    }

    /// The truth about every intent of Compago, oldest first.
    #[must_use]
    pub fn intents(&self) -> Vec<IntentView> {
        self.with(World::intents)
    }

    /// The truth about every link, oldest first.
    #[must_use]
    pub fn links(&self) -> Vec<LinkView> {
        self.with(World::links)
    }

    /// The payment pages, oldest first.
    #[must_use]
    pub fn pages(&self) -> Vec<PageView> {
        self.with(World::pages)
    }

    /// A customer on a payment page.
    ///
    /// # Errors
    /// See [`PageRefused`].
    pub fn press_page(&self, id: IntentId, press: PagePress) -> Result<(), PageRefused> {
        self.with(|world, now_ms| world.press_page(now_ms, id, press))
    }

    /// What arrived over the wire, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.with(|world, _| world.requests())
    }

    /// The faults that happened, oldest first.
    #[must_use]
    pub fn faults_played(&self) -> Vec<FaultPlayed> {
        self.with(|world, _| world.faults_played())
    }

    /// The choices of this store.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.with(|world, _| world.settings().clone())
    }

    /// Changes the choices.
    pub fn set_settings(&self, settings: Settings) {
        self.with(|world, now_ms| world.set_settings(now_ms, settings));
    }

    /// Changes the faults. The plain [`router`](Self::router) has none; they are played by
    /// [`exchange`](Self::exchange) and [`serve`](crate::serve).
    pub fn set_faults(&self, faults: Faults) {
        self.with(|world, _| world.set_faults(faults));
    }

    /// Checks that paid means charged exactly once, and that one reference means one intent, or one
    /// payment of One2Pays.
    ///
    /// # Errors
    /// The first contradiction found.
    pub fn check(&self) -> Result<(), Inconsistency> {
        self.with(|world, _| world.check())
    }
}

fn read_world(path: &Path) -> Result<World, StoreFileError> {
    let bytes = fs::read(path).map_err(StoreFileError::Unreadable)?;
    // The number first: the rest of another version's file need not make sense here.
    let head: FileHead = serde_json::from_slice(&bytes).map_err(StoreFileError::Damaged)?;
    if head.version != FILE_VERSION {
        return Err(StoreFileError::OtherVersion(head.version));
    }
    let file: StoreFile = serde_json::from_slice(&bytes).map_err(StoreFileError::Damaged)?;
    let world = file.world;
    world.check().map_err(StoreFileError::Contradictory)?;
    Ok(world)
}

fn write_world(path: &Path, world: &World) -> Result<(), StoreFileError> {
    let version = FILE_VERSION;
    let text = serde_json::to_vec(&StoreFileRef { version, world });
    let text = text.map_err(StoreFileError::Unencodable)?;
    // Beside the target, because a rename must stay within one file system.
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let written = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))
        .and_then(|mut file| file.write_all(&text).map(|()| file))
        .and_then(|file| file.persist(path).map_err(|error| error.error));
    written.map(|_| ()).map_err(StoreFileError::Unwritable)
}
