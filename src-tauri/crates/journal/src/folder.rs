//! The folder of a journal: who may look into it, and that only one till writes there.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::error::OpenError;

/// Where the files of a journal are.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
}

/// What became of the lock.
pub(crate) enum Lock {
    /// Ours, until the file is dropped.
    Held(File),
    /// The folder is write-protected: nobody can write there, so nobody needs to be kept out.
    WriteProtected,
}

impl Folder {
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Makes the folder where there is none, for this user alone.
    pub(crate) fn make(&self) -> Result<(), OpenError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&self.path)
            .map_err(|source| self.unusable(source))
    }

    pub(crate) fn unusable(&self, source: io::Error) -> OpenError {
        OpenError::Folder {
            folder: self.path.clone(),
            source,
        }
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.path.join("journal.db")
    }

    /// The index of the history: see [`crate::index`].
    pub(crate) fn index(&self) -> PathBuf {
        self.path.join("history.index")
    }

    /// All its files.
    pub(crate) fn index_files(&self) -> [PathBuf; 3] {
        ["history.index", "history.index-wal", "history.index-shm"].map(|name| self.path.join(name))
    }

    /// SQLite's write-ahead log. It holds commits that the file itself does not hold yet.
    pub(crate) fn log(&self) -> PathBuf {
        self.path.join("journal.db-wal")
    }

    /// The note of the journal's end: see [`crate::witness`].
    pub(crate) fn head(&self) -> PathBuf {
        self.path.join("journal.head")
    }

    /// Opens the note for writing, made where there is none, for this user alone.
    pub(crate) fn open_head(&self) -> Result<File, OpenError> {
        private()
            .create(true)
            .truncate(false)
            .open(self.head())
            .map_err(|source| self.unusable(source))
    }

    /// Where a new journal is made before it gets its name.
    pub(crate) fn draft(&self) -> PathBuf {
        self.path.join("journal.db.new")
    }

    /// The copy that is made before a journal is brought from one form to a newer one.
    pub(crate) fn copy_of_form(&self, form: i32) -> PathBuf {
        self.path.join(format!("journal.form-{form}.db"))
    }

    /// Keeps other tills out. The system takes the lock back when the process ends, however it
    /// ends.
    pub(crate) fn lock(&self) -> Result<Lock, OpenError> {
        let path = self.path.join("journal.lock");
        let file = match private().create(true).truncate(false).open(path) {
            Ok(file) => file,
            Err(error) if is_write_protection(&error) => return Ok(Lock::WriteProtected),
            Err(source) => return Err(self.unusable(source)),
        };
        match file.try_lock() {
            Ok(()) => Ok(Lock::Held(file)),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
                file: self.journal(),
            }),
            Err(TryLockError::Error(source)) => Err(self.unusable(source)),
        }
    }

    /// Whether there is a journal, and nothing left of a lost one.
    pub(crate) fn has_journal(&self) -> Result<bool, OpenError> {
        let exists = |path: &Path| path.try_exists().map_err(|source| self.unusable(source));
        let file = self.journal();
        if exists(&file)? {
            return Ok(true);
        }
        // A log without its file would even be taken for the log of a new one.
        for left in [self.log(), self.head()] {
            if exists(&left)? {
                return Err(OpenError::Gone { file, left });
            }
        }
        Ok(false)
    }

    /// An empty file for SQLite to fill, for this user alone. Its log gets the same mode by itself.
    pub(crate) fn make_file(&self, path: &Path) -> Result<(), OpenError> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => private().create_new(true).open(path).map(|_| ()),
        }
        .map_err(|source| self.unusable(source))
    }

    /// Gives the finished draft its name, so that a journal is there whole or not at all.
    pub(crate) fn name_draft(&self) -> Result<(), OpenError> {
        let named = fs::rename(self.draft(), self.journal());
        #[cfg(unix)]
        let named = named
            .and_then(|()| File::open(&self.path))
            .and_then(|folder| folder.sync_all());
        named.map_err(|source| self.unusable(source))
    }

    /// Whether the file may be written to, after taking it from the eyes of other users.
    pub(crate) fn guard_file(&self) -> Result<bool, OpenError> {
        let path = self.journal();
        let permissions = fs::metadata(&path)
            .map_err(|source| self.unusable(source))?
            .permissions();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = permissions.mode();
            if mode & 0o077 != 0 {
                let private = fs::Permissions::from_mode(mode & 0o700);
                match fs::set_permissions(&path, private) {
                    Err(error) if !is_write_protection(&error) => return Err(self.unusable(error)),
                    Ok(()) | Err(_) => {}
                }
            }
        }
        Ok(!permissions.readonly())
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn is_write_protection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
    )
}
