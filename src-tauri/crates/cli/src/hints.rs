//! Hints on their way from the process that receives webhooks to the till that runs.
//!
//! Only one process writes the journal, and the receiver is another. So it adds a line to a small file in
//! the data folder, an account and the provider's name of a payment, and the till that drives payments
//! looks at that file about once a second. A line says nothing but "read this one now": a lost one costs
//! the wait until the next reading, a false one costs a reading. So the file is never made durable, and
//! what cannot be read in it is passed over.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use payment::{AccountId, IntentId};
use till::Till;
use tokio::time::{MissedTickBehavior, interval};

/// Its name in the data folder.
const FILE: &str = "webhooks.hints";

/// The most it may hold, in bytes. Whoever would write beyond that begins it anew.
const LIMIT_BYTES: u64 = 64 * 1024;

/// How often the till looks, while it drives a payment.
const LOOK: Duration = Duration::from_secs(1);

/// The end that writes.
#[derive(Debug)]
pub struct Hints {
    file: PathBuf,
    turn: Mutex<()>,
}

impl Hints {
    /// Those of a data folder. Nothing is made yet.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        Self {
            file: folder.join(FILE),
            turn: Mutex::default(),
        }
    }

    /// Adds one. May wait for the disk.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&self, account: &AccountId, intent: &IntentId) -> io::Result<()> {
        let _one_at_a_time = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        // The break before it ends a line that a full disk may have cut off.
        let line = format!("\n{account} {intent}\n");
        let added = u64::try_from(line.len()).unwrap_or(u64::MAX);
        let mut file = self.open(false)?;
        if file.metadata()?.len().saturating_add(added) > LIMIT_BYTES {
            file = self.open(true)?;
        }
        file.write_all(line.as_bytes())
    }

    /// Opens it at its end, or begins it anew; for this user alone.
    fn open(&self, anew: bool) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.create(true);
        if anew {
            options.write(true).truncate(true);
        } else {
            options.append(true);
        }
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&self.file)
    }
}

/// The end that reads, from where it was begun.
#[derive(Debug)]
struct Reader {
    file: PathBuf,
    read_to: u64,
}

impl Reader {
    /// At the end of what is there: who opens a till reads every open payment anyway.
    fn at_end(folder: &Path) -> Self {
        let file = folder.join(FILE);
        let read_to = file.metadata().map_or(0, |metadata| metadata.len());
        Self { file, read_to }
    }

    /// What was added since the last look. What cannot be read is no hint.
    fn news(&mut self) -> Vec<(AccountId, IntentId)> {
        let Ok(metadata) = self.file.metadata() else {
            self.read_to = 0;
            return Vec::new();
        };
        let length = metadata.len();
        if !metadata.is_file() || length > LIMIT_BYTES {
            // None of ours. The receiver begins it anew.
            self.read_to = length;
            return Vec::new();
        }
        if length < self.read_to {
            self.read_to = 0;
        }
        if length == self.read_to {
            return Vec::new();
        }
        let Ok(bytes) = self.rest() else {
            return Vec::new();
        };
        // A line without its end is still being written.
        let whole = bytes.iter().rposition(|byte| *byte == b'\n');
        let whole = whole.map_or(0, |last| last.saturating_add(1));
        self.read_to = self
            .read_to
            .saturating_add(u64::try_from(whole).unwrap_or(0));
        let whole = bytes.get(..whole).unwrap_or_default();
        let lines = whole.split(|byte| *byte == b'\n');
        lines.filter_map(hint).collect()
    }

    fn rest(&self) -> io::Result<Vec<u8>> {
        let mut file = File::open(&self.file)?;
        file.seek(SeekFrom::Start(self.read_to))?;
        let mut bytes = Vec::new();
        file.take(LIMIT_BYTES).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// A line, if it is one.
fn hint(line: &[u8]) -> Option<(AccountId, IntentId)> {
    let (account, intent) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    Some((AccountId::new(account).ok()?, IntentId::new(intent).ok()?))
}

/// Follows the hints of a folder, for as long as it is awaited.
pub(crate) async fn follow(till: Till, folder: PathBuf) {
    let mut reader = Reader::at_end(&folder);
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        if till.is_idle() {
            continue;
        }
        // A disk may take its time, and the drivers of payments must not wait for it.
        let look = tokio::task::spawn_blocking(move || {
            let news = reader.news();
            (reader, news)
        });
        let Ok((after, news)) = look.await else {
            return;
        };
        reader = after;
        for (account, intent) in news {
            till.hasten(&account, &intent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(account: &str, intent: &str) -> (AccountId, IntentId) {
        let account = AccountId::new(account).unwrap();
        (account, IntentId::new(intent).unwrap())
    }

    fn add(hints: &Hints, intent: &str) {
        let (account, intent) = names("bar", intent);
        hints.add(&account, &intent).unwrap();
    }

    #[test]
    fn what_is_added_is_read_once_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let hints = Hints::of(folder.path());
        add(&hints, "before");
        let mut reader = Reader::at_end(folder.path());
        assert_eq!(reader.news(), []);
        add(&hints, "pi_1");
        add(&hints, "pi_2");
        assert_eq!(reader.news(), [names("bar", "pi_1"), names("bar", "pi_2")]);
        assert_eq!(reader.news(), []);
        add(&hints, "pi_1");
        assert_eq!(reader.news(), [names("bar", "pi_1")]);
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_this_users_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        add(&Hints::of(folder.path()), "pi_1");
        let metadata = folder.path().join(FILE).metadata().unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn it_never_grows_beyond_its_limit_and_the_reader_keeps_up() {
        let folder = tempfile::tempdir().unwrap();
        let hints = Hints::of(folder.path());
        let mut reader = Reader::at_end(folder.path());
        let long = "x".repeat(100);
        let mut read = 0;
        for number in 0..2_000 {
            add(&hints, &format!("{long}-{number}"));
            let length = folder.path().join(FILE).metadata().unwrap().len();
            assert!(length <= LIMIT_BYTES, "{length}");
            if number % 7 == 0 {
                read += reader.news().len();
            }
        }
        read += reader.news().len();
        // What was written and begun anew between two looks is lost.
        assert!(read > 1_950, "{read}");
    }

    #[test]
    fn damage_and_strangers_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        let hints = Hints::of(folder.path());
        let mut reader = Reader::at_end(folder.path());
        std::fs::write(
            &file,
            b"\xff\xfe\nbar\nbar a/b\n../x pi_0\n\nbar pi_1\nbar pi",
        )
        .unwrap();
        assert_eq!(reader.news(), [names("bar", "pi_1")]);
        // The line that was cut off is not taken for a part of the next.
        add(&hints, "pi_2");
        let found = reader.news();
        assert_eq!(found.last(), Some(&names("bar", "pi_2")));
        assert!(found.len() <= 2, "{found:?}");

        std::fs::write(&file, vec![b'x'; 1024 * 1024]).unwrap();
        assert_eq!(reader.news(), [], "a huge one is not even read");
        add(&hints, "pi_3");
        assert_eq!(reader.news(), [names("bar", "pi_3")], "begun anew");

        std::fs::remove_file(&file).unwrap();
        assert_eq!(reader.news(), []);
        add(&hints, "pi_4");
        assert_eq!(reader.news(), [names("bar", "pi_4")]);

        std::fs::remove_file(&file).unwrap();
        std::fs::create_dir(&file).unwrap();
        assert_eq!(reader.news(), []);
        let (account, intent) = names("bar", "pi_5");
        assert!(hints.add(&account, &intent).is_err());
    }
}
