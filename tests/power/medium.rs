//! A disk without current: what of the recorded writes is there when it comes back.
//!
//! The rules are those a file system keeps: what was synced is there; of what was written since,
//! any sectors are, in any mixture; names change in their order, and a file that was synced has its
//! name. After a sync that failed, what was to be synced may be lost however often a later one
//! succeeds (the system takes the pages for written: LWN 752063, "PostgreSQL's fsync() surprise").

use std::collections::BTreeMap;
use std::sync::Arc;

/// A file, whatever it is called.
pub(crate) type Inode = usize;

/// One thing that was done to the folder, or told about it.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    Made(Inode, String),
    Removed(String),
    Renamed(String, String),
    FolderSynced,
    Wrote(Inode, usize, Arc<[u8]>),
    /// Zeros were written to its end, up to this length.
    Lengthened(Inode, usize),
    Cut(Inode, usize),
    Synced(Inode),
    SyncFailed(Inode),
    /// So many facts were handed to the journal.
    Asked(usize),
    /// The journal said that the entries up to this one are durable.
    Answered(usize),
}

/// Bytes, and how many zeros come behind them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
    pub(crate) length: usize,
}

impl Content {
    pub(crate) fn of(mut bytes: Vec<u8>) -> Self {
        let length = bytes.len();
        let used = bytes
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last + 1);
        bytes.truncate(used);
        Self { bytes, length }
    }

    fn write(&mut self, at: usize, bytes: &[u8]) {
        let end = at + bytes.len();
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes[at..end].copy_from_slice(bytes);
        self.length = self.length.max(end);
    }

    fn cut(&mut self, length: usize) {
        self.bytes.truncate(length);
        self.length = length;
    }
}

/// The files of a folder by name.
pub(crate) type Image = BTreeMap<String, Content>;

/// What of the writes that were not synced is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// All: the process was killed, the machine was not.
    Nothing,
    /// None.
    Everything,
    /// All but the end of the last of each file, from some sector of this many bytes on.
    Torn(usize),
    /// Each sector of this many bytes by itself, so many in a hundred; what was never written may
    /// be anything.
    Mixed { sector: usize, kept: u8 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Sure,
    Open,
    /// Its sync failed: no later one makes it sure.
    Doomed,
}

#[derive(Debug, Clone)]
enum Change {
    Write(usize, Arc<[u8]>),
    Lengthen(usize),
    Cut(usize),
}

#[derive(Debug, Clone, Default)]
struct File {
    durable: Content,
    since: Vec<(Change, Fate)>,
}

#[derive(Debug, Clone)]
enum Name {
    Made(Inode, String),
    Removed(String),
    Renamed(String, String),
}

/// The disk as it fills.
#[derive(Debug, Clone, Default)]
pub(crate) struct Medium {
    files: BTreeMap<Inode, File>,
    durable_names: BTreeMap<String, Inode>,
    names_since: Vec<Name>,
}

impl Medium {
    /// A disk that holds these files; their numbers are their places in the image.
    pub(crate) fn holding(image: &Image) -> Self {
        let mut medium = Self::default();
        for (inode, (name, content)) in image.iter().enumerate() {
            let file = File {
                durable: content.clone(),
                since: Vec::new(),
            };
            medium.files.insert(inode, file);
            medium.durable_names.insert(name.clone(), inode);
        }
        medium
    }

    pub(crate) fn take(&mut self, deed: &Deed) {
        match deed {
            Deed::Made(inode, name) => {
                self.files.entry(*inode).or_default();
                self.names_since.push(Name::Made(*inode, name.clone()));
            }
            Deed::Removed(name) => self.names_since.push(Name::Removed(name.clone())),
            Deed::Renamed(from, to) => {
                let renamed = Name::Renamed(from.clone(), to.clone());
                self.names_since.push(renamed);
            }
            Deed::FolderSynced => self.settle_names(self.names_since.len()),
            Deed::Wrote(inode, at, bytes) => {
                self.change(*inode, Change::Write(*at, Arc::clone(bytes)));
            }
            Deed::Lengthened(inode, length) => self.change(*inode, Change::Lengthen(*length)),
            Deed::Cut(inode, length) => self.change(*inode, Change::Cut(*length)),
            Deed::Synced(inode) => self.sync(*inode),
            Deed::SyncFailed(inode) => {
                for (_, fate) in self.open_changes(*inode) {
                    *fate = Fate::Doomed;
                }
            }
            Deed::Asked(_) | Deed::Answered(_) => {}
        }
    }

    fn change(&mut self, inode: Inode, change: Change) {
        let file = self.files.entry(inode).or_default();
        file.since.push((change, Fate::Open));
    }

    fn open_changes(&mut self, inode: Inode) -> impl Iterator<Item = &mut (Change, Fate)> {
        let changes = &mut self.files.entry(inode).or_default().since;
        changes.iter_mut().filter(|(_, fate)| *fate == Fate::Open)
    }

    fn sync(&mut self, inode: Inode) {
        for (_, fate) in self.open_changes(inode) {
            *fate = Fate::Sure;
        }
        let file = self.files.entry(inode).or_default();
        let doomed = |(_, fate): &(Change, Fate)| *fate == Fate::Doomed;
        let sure = file.since.iter().position(doomed);
        for (change, _) in file.since.drain(..sure.unwrap_or(file.since.len())) {
            whole(&mut file.durable, &change);
        }
        let made = |name: &Name| matches!(name, Name::Made(made, _) if *made == inode);
        if let Some(place) = self.names_since.iter().position(made) {
            self.settle_names(place + 1);
        }
    }

    fn settle_names(&mut self, count: usize) {
        for name in self.names_since.drain(..count) {
            rename(&mut self.durable_names, &name);
        }
    }

    /// The folder as it is found when the current comes back.
    pub(crate) fn image(&self, loss: Loss, random: &mut fastrand::Rng) -> Image {
        let mut names = self.durable_names.clone();
        let settled = match loss {
            Loss::Nothing | Loss::Torn(_) => self.names_since.len(),
            Loss::Everything => 0,
            Loss::Mixed { .. } => random.usize(..=self.names_since.len()),
        };
        for name in &self.names_since[..settled] {
            rename(&mut names, name);
        }
        names
            .into_iter()
            .map(|(name, inode)| (name, self.files[&inode].found(loss, random)))
            .collect()
    }

    /// Whether anything is not sure.
    pub(crate) fn is_settled(&self) -> bool {
        self.names_since.is_empty() && self.files.values().all(|file| file.since.is_empty())
    }
}

fn rename(names: &mut BTreeMap<String, Inode>, name: &Name) {
    match name {
        Name::Made(inode, name) => {
            names.insert(name.clone(), *inode);
        }
        Name::Removed(name) => {
            names.remove(name);
        }
        Name::Renamed(from, to) => {
            if let Some(inode) = names.remove(from) {
                names.insert(to.clone(), inode);
            }
        }
    }
}

fn whole(content: &mut Content, change: &Change) {
    match change {
        Change::Write(at, bytes) => content.write(*at, bytes),
        Change::Lengthen(length) => content.length = content.length.max(*length),
        Change::Cut(length) => content.cut(*length),
    }
}

impl File {
    fn found(&self, loss: Loss, random: &mut fastrand::Rng) -> Content {
        let mut content = self.durable.clone();
        let unsure = |(_, fate): &(Change, Fate)| *fate != Fate::Sure;
        let last = self.since.iter().rposition(unsure);
        for (place, (change, fate)) in self.since.iter().enumerate() {
            match loss {
                Loss::Nothing => whole(&mut content, change),
                _ if *fate == Fate::Sure => whole(&mut content, change),
                Loss::Everything => {}
                Loss::Torn(sector) if Some(place) == last => {
                    torn(&mut content, change, sector, random);
                }
                Loss::Torn(_) => whole(&mut content, change),
                Loss::Mixed { sector, kept } => mixed(&mut content, change, sector, kept, random),
            }
        }
        content
    }
}

/// The pieces of a write by the sectors of the disk.
fn sectors(at: usize, bytes: &[u8], sector: usize) -> impl Iterator<Item = (usize, &[u8])> {
    let first = (sector - at % sector).min(bytes.len());
    let (head, rest) = bytes.split_at(first);
    let rest = rest.chunks(sector).scan(at + first, |place, piece| {
        let start = *place;
        *place += piece.len();
        Some((start, piece))
    });
    std::iter::once((at, head)).chain(rest)
}

fn torn(content: &mut Content, change: &Change, sector: usize, random: &mut fastrand::Rng) {
    match change {
        Change::Write(at, bytes) => {
            let count = sectors(*at, bytes, sector).count();
            for (at, piece) in sectors(*at, bytes, sector).take(random.usize(..count)) {
                content.write(at, piece);
            }
        }
        Change::Lengthen(length) => {
            let length = random.usize(content.length..=(*length).max(content.length));
            content.length = length;
        }
        Change::Cut(_) => {}
    }
}

fn mixed(
    content: &mut Content,
    change: &Change,
    sector: usize,
    kept: u8,
    random: &mut fastrand::Rng,
) {
    let keeps = |random: &mut fastrand::Rng| random.u8(..100) < kept;
    match change {
        Change::Write(at, bytes) => {
            for (at, piece) in sectors(*at, bytes, sector) {
                if keeps(random) {
                    content.write(at, piece);
                } else if at >= content.length && random.bool() {
                    // The length was written, the bytes were not: whatever the disk had there.
                    content.write(at, &vec![0xa5; piece.len()]);
                }
            }
        }
        Change::Lengthen(length) => {
            if keeps(random) {
                content.length = content.length.max(*length);
            }
        }
        Change::Cut(length) => {
            if keeps(random) {
                content.cut(*length);
            }
        }
    }
}
