//! A note of the journal's end outside of the journal.
//!
//! A list from which the last entries were lost (an old copy put back, the log file deleted, a bit
//! of it flipped) is whole in itself. Only something outside can tell that it was longer
//! (invariant I12). The note is written after each commit without an fsync: it may lag behind
//! after a power cut and is never ahead of what was durable. Whoever owns the machine can forge it;
//! against them the head must be kept elsewhere too ([`crate::Verified::head`]).

use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::chain::Head;

const HEAD_BYTES: usize = 40;

pub(crate) struct Witness {
    file: File,
    /// A failure to note is logged once and not with each commit.
    has_failed: bool,
}

impl Witness {
    pub(crate) fn new(file: File) -> Self {
        Self {
            file,
            has_failed: false,
        }
    }

    /// Notes where the journal ends now. A note that cannot be written takes nothing from the
    /// journal but this protection, so it stops no charge.
    pub(crate) fn note(&mut self, head: Head) {
        let bytes = head.to_bytes();
        let written = self
            .file
            .seek(SeekFrom::Start(0))
            .and_then(|_| self.file.write_all(&sealed(&bytes)));
        if let Err(error) = written
            && !self.has_failed
        {
            self.has_failed = true;
            tracing::warn!(%error, "the end of the journal could not be noted beside it");
        }
    }
}

/// What was noted last. `None`: nothing, or nothing that can be relied on.
pub(crate) fn noted(path: &Path) -> io::Result<Option<Head>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(bytes) => {
            let head = bytes.get(..HEAD_BYTES).unwrap_or_default();
            let whole = bytes == sealed(head);
            Ok(whole.then(|| Head::from_bytes(head)).flatten())
        }
    }
}

/// The note with a sum of itself: half a note, as a power cut may leave it, is none.
fn sealed(head: &[u8]) -> Vec<u8> {
    let mut bytes = head.to_vec();
    bytes.extend_from_slice(&Sha256::digest(head));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Hash;

    #[test]
    fn the_last_note_is_read_back_and_a_torn_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.head");
        assert_eq!(noted(&path).unwrap(), None);
        let head = |seq| Head {
            seq,
            hash: Hash([7; 32]),
        };
        let mut witness = Witness::new(File::create(&path).unwrap());
        witness.note(head(4));
        witness.note(head(5));
        assert_eq!(noted(&path).unwrap(), Some(head(5)));
        let whole = fs::read(&path).unwrap();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(noted(&path).unwrap(), None, "{length} bytes");
        }
    }
}
