//! What is done to a watched folder, in its order; and the faults that it is told to have.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use rusqlite::ffi;

use crate::medium::{Content, Deed, Image, Inode};

const FILE: &str = "journal.db";
const DRAFT: &str = "journal.db.new";
const LOG: &str = "journal.db-wal";
const NOTE: &str = "journal.head";

/// What SQLite is told instead of "done".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A write, a truncation or a deletion.
    Write(i32),
    /// A sync.
    Sync(i32),
}

/// Which deed fails.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    /// The deed of that kind, from 0.
    pub(crate) at: usize,
    /// So do all after it.
    pub(crate) for_ever: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No room.
    Full,
    /// A write that fails.
    Write,
    /// A sync that fails: what was written is on the disk, or not.
    Sync,
}

/// A folder that is watched.
#[derive(Debug)]
pub(crate) struct Disk {
    folder: PathBuf,
    recording: Mutex<Recording>,
}

#[derive(Debug, Default)]
struct Recording {
    deeds: Vec<Deed>,
    names: BTreeMap<String, Inode>,
    lengths: BTreeMap<Inode, usize>,
    note: Option<Vec<u8>>,
    plan: Option<Plan>,
    writes: usize,
    syncs: usize,
    has_failed: bool,
    /// The log's time was set back: whoever writes to it without SQLite is seen by it.
    has_set_back: bool,
}

static WATCHED: Mutex<BTreeMap<PathBuf, Arc<Disk>>> = Mutex::new(BTreeMap::new());

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Every file of a folder that holds a part of the journal. SQLite's index of the log is made anew
/// at each start, and the lock is empty.
pub(crate) fn image_of(folder: &Path) -> Image {
    let mut image = Image::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if !name.ends_with("-shm") && name != "journal.lock" {
            image.insert(name, Content::of(fs::read(entry.path()).unwrap()));
        }
    }
    image
}

/// Puts the files of an image into an empty folder.
pub(crate) fn lay_down(image: &Image, folder: &Path) {
    for (name, content) in image {
        let file = fs::File::create_new(folder.join(name)).unwrap();
        let mut writer = &file;
        std::io::Write::write_all(&mut writer, &content.bytes).unwrap();
        file.set_len(content.length.try_into().unwrap()).unwrap();
    }
}

impl Disk {
    /// Watches a folder from now on; what is in it counts as durable.
    pub(crate) fn watch(folder: &Path) -> Arc<Self> {
        let folder = folder.canonicalize().unwrap();
        let mut recording = Recording::default();
        for (inode, (name, content)) in image_of(&folder).into_iter().enumerate() {
            recording.lengths.insert(inode, content.length);
            if name == NOTE {
                recording.note = Some(fs::read(folder.join(NOTE)).unwrap());
            }
            recording.names.insert(name, inode);
        }
        let disk = Arc::new(Self {
            folder: folder.clone(),
            recording: Mutex::new(recording),
        });
        hold(&WATCHED).insert(folder, Arc::clone(&disk));
        disk
    }

    /// Stops watching and gives what was done.
    pub(crate) fn take(&self) -> Vec<Deed> {
        hold(&WATCHED).remove(&self.folder);
        let mut recording = hold(&self.recording);
        self.look(&mut recording);
        std::mem::take(&mut recording.deeds)
    }

    /// What was done so far.
    pub(crate) fn so_far(&self) -> Vec<Deed> {
        let mut recording = hold(&self.recording);
        self.look(&mut recording);
        recording.deeds.clone()
    }

    pub(crate) fn of(folder: &Path) -> Option<Arc<Self>> {
        hold(&WATCHED).get(folder).cloned()
    }

    /// Makes a deed fail. `None`: no more.
    pub(crate) fn plan(&self, plan: Option<Plan>) {
        let mut recording = hold(&self.recording);
        recording.plan = plan;
        recording.has_failed = false;
        recording.writes = 0;
        recording.syncs = 0;
    }

    pub(crate) fn has_failed(&self) -> bool {
        hold(&self.recording).has_failed
    }

    /// The till is started anew: what it writes to the log before SQLite does is looked for.
    pub(crate) fn starts_again(&self) {
        let mut recording = hold(&self.recording);
        self.look(&mut recording);
        if let Ok(log) = fs::File::options().write(true).open(self.folder.join(LOG)) {
            log.set_modified(SystemTime::UNIX_EPOCH).unwrap();
            recording.has_set_back = true;
        }
    }

    fn look_at_log(&self, recording: &mut Recording) {
        let log = self.folder.join(LOG);
        if !std::mem::take(&mut recording.has_set_back) {
            return;
        }
        let modified = fs::metadata(&log).and_then(|found| found.modified());
        if modified.unwrap() != SystemTime::UNIX_EPOCH {
            let content = Content::of(fs::read(&log).unwrap());
            let inode = recording.names[LOG];
            let wrote = Deed::Wrote(inode, 0, content.bytes.into());
            recording.deeds.extend([wrote, Deed::Synced(inode)]);
        }
    }

    /// How many writes and syncs there were.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let recording = hold(&self.recording);
        (recording.writes, recording.syncs)
    }

    /// Notes that facts were handed over, or answered.
    pub(crate) fn mark(&self, deed: Deed) {
        let mut recording = hold(&self.recording);
        self.look(&mut recording);
        recording.deeds.push(deed);
    }

    pub(crate) fn before_open(&self, name: &str) {
        let mut recording = hold(&self.recording);
        self.look(&mut recording);
        self.look_at_log(&mut recording);
        // A file that the journal emptied or made itself, for SQLite to fill.
        let path = self.folder.join(name);
        let Ok(length) = fs::metadata(path).map(|found| found.len()) else {
            return;
        };
        let known = recording.length(name);
        if length == 0 && known != Some(0) {
            if known.is_some() {
                recording.deeds.push(Deed::Removed(name.to_owned()));
            }
            recording.make(name);
        }
    }

    pub(crate) fn opened(&self, name: &str) {
        let mut recording = hold(&self.recording);
        if !recording.names.contains_key(name) {
            recording.make(name);
        }
    }

    pub(crate) fn before_write(&self) -> Option<Fault> {
        let mut recording = hold(&self.recording);
        self.look(&mut recording);
        let number = recording.writes;
        recording.writes += 1;
        let (code, plan) = match recording.plan? {
            plan @ Plan {
                kind: Kind::Full, ..
            } => (ffi::SQLITE_FULL, plan),
            plan @ Plan {
                kind: Kind::Write, ..
            } => (ffi::SQLITE_IOERR_WRITE, plan),
            Plan {
                kind: Kind::Sync, ..
            } => return None,
        };
        let fails = number == plan.at || (plan.for_ever && number > plan.at);
        recording.has_failed |= fails;
        fails.then_some(Fault::Write(code))
    }

    pub(crate) fn before_delete(&self) -> Option<Fault> {
        let mut recording = hold(&self.recording);
        self.look(&mut recording);
        // Deleting needs no room, and fails where writes do for ever.
        let fails = recording.has_failed
            && recording
                .plan
                .is_some_and(|plan| plan.kind == Kind::Write && plan.for_ever);
        fails.then_some(Fault::Write(ffi::SQLITE_IOERR_DELETE))
    }

    pub(crate) fn before_sync(&self, name: &str) -> Option<Fault> {
        let mut recording = hold(&self.recording);
        self.look(&mut recording);
        let number = recording.syncs;
        recording.syncs += 1;
        let plan = recording.plan.filter(|plan| plan.kind == Kind::Sync)?;
        let fails = number == plan.at || (plan.for_ever && number > plan.at);
        if !fails {
            return None;
        }
        recording.has_failed = true;
        let inode = recording.names[name];
        recording.deeds.push(Deed::SyncFailed(inode));
        Some(Fault::Sync(ffi::SQLITE_IOERR_FSYNC))
    }

    pub(crate) fn wrote(&self, name: &str, at: usize, bytes: &[u8]) {
        let mut recording = hold(&self.recording);
        let inode = recording.names[name];
        let length = recording.lengths.entry(inode).or_default();
        *length = (*length).max(at + bytes.len());
        recording.deeds.push(Deed::Wrote(inode, at, bytes.into()));
    }

    pub(crate) fn cut(&self, name: &str, length: usize) {
        let mut recording = hold(&self.recording);
        let inode = recording.names[name];
        recording.lengths.insert(inode, length);
        recording.deeds.push(Deed::Cut(inode, length));
    }

    pub(crate) fn synced(&self, name: &str) {
        let mut recording = hold(&self.recording);
        let inode = recording.names[name];
        recording.deeds.push(Deed::Synced(inode));
    }

    pub(crate) fn deleted(&self, name: &str, folder_synced: bool) {
        let mut recording = hold(&self.recording);
        recording.names.remove(name);
        recording.deeds.push(Deed::Removed(name.to_owned()));
        if folder_synced {
            recording.deeds.push(Deed::FolderSynced);
        }
    }

    /// What the journal does to its folder without SQLite is seen by its traces before the next
    /// deed: the draft gets its name and the folder is synced, the log is laid out and synced, the
    /// end is noted and not synced.
    fn look(&self, recording: &mut Recording) {
        let has = |name: &str| self.folder.join(name).exists();
        let is_named = recording.names.contains_key(DRAFT) && !has(DRAFT);
        if is_named && !recording.names.contains_key(FILE) && has(FILE) {
            let inode = recording.names.remove(DRAFT).unwrap();
            recording.names.insert(FILE.to_owned(), inode);
            let renamed = Deed::Renamed(DRAFT.to_owned(), FILE.to_owned());
            recording.deeds.extend([renamed, Deed::FolderSynced]);
        }
        if let Some(inode) = recording.names.get(LOG).copied()
            && let Ok(found) = fs::metadata(self.folder.join(LOG))
        {
            let length = usize::try_from(found.len()).unwrap();
            if length > recording.lengths[&inode] {
                recording.lengths.insert(inode, length);
                let laid_out = [Deed::Lengthened(inode, length), Deed::Synced(inode)];
                recording.deeds.extend(laid_out);
            }
        }
        if let Ok(note) = fs::read(self.folder.join(NOTE))
            && recording.note.as_ref() != Some(&note)
        {
            if recording.note.is_none() {
                recording.make(NOTE);
            }
            let inode = recording.names[NOTE];
            let wrote = Deed::Wrote(inode, 0, note.as_slice().into());
            recording.deeds.push(wrote);
            recording.note = Some(note);
        }
    }
}

impl Recording {
    fn length(&self, name: &str) -> Option<usize> {
        self.names.get(name).map(|inode| self.lengths[inode])
    }

    fn make(&mut self, name: &str) {
        let inode = self.lengths.len();
        self.lengths.insert(inode, 0);
        self.names.insert(name.to_owned(), inode);
        self.deeds.push(Deed::Made(inode, name.to_owned()));
    }
}
