//! From a folder to a journal: what is checked before anything is believed or written.

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use crate::chain::{self, Head};
use crate::connection;
use crate::error::OpenError;
use crate::folder::{Folder, Lock};
use crate::health::{Damage, Health, Shared, Trouble};
use crate::queue::Queue;
use crate::schema::{self, Marks};
use crate::store::Store;
use crate::writer::Writer;

/// Opens for writing, or for reading where something stands against writing.
pub(crate) fn open(path: &Path) -> Result<Store, OpenError> {
    connection::check_version()?;
    let folder = Folder::new(path);
    folder.make()?;
    let lock = match folder.lock()? {
        Lock::Held(lock) => lock,
        Lock::WriteProtected => return open_for_reading(&folder, Trouble::ReadOnly),
    };
    if !folder.has_journal()? {
        create(&folder)?;
    }
    let writable = folder.guard_file()?;
    let reader = reader(&folder)?;
    match inspect(&folder, &reader, writable)? {
        Ok(head) => {
            let shared = Arc::new(Shared::new(Health::Writable));
            let connection = connection::writing(&folder.journal())?;
            let mut writer = Writer::new(connection, head, Arc::clone(&shared));
            // Shows whether the disk takes a commit, before a charge depends on it.
            writer.warm();
            let queue = Queue::start(writer).map_err(OpenError::Thread)?;
            Ok(Store::writing(
                folder.journal(),
                reader,
                queue,
                lock,
                shared,
            ))
        }
        Err(trouble) => Ok(Store::reading(folder.journal(), reader, trouble)),
    }
}

/// Opens for reading, also while a till writes.
pub(crate) fn open_read_only(path: &Path) -> Result<Store, OpenError> {
    connection::check_version()?;
    open_for_reading(&Folder::new(path), Trouble::ReadOnly)
}

fn open_for_reading(folder: &Folder, unless_worse: Trouble) -> Result<Store, OpenError> {
    let file = folder.journal();
    if !folder.has_journal()? {
        return Err(OpenError::Missing { file });
    }
    let reader = reader(folder)?;
    let trouble = match inspect(folder, &reader, false)? {
        Ok(_) => unless_worse,
        Err(trouble) => trouble,
    };
    Ok(Store::reading(file, reader, trouble))
}

fn reader(folder: &Folder) -> Result<Connection, OpenError> {
    let file = folder.journal();
    let opened = connection::reading(&file).and_then(|reader| {
        // The first look at the file; the connection itself only notes its name.
        Marks::read(&reader)?;
        Ok(reader)
    });
    match opened {
        Err(error) if Trouble::of(&error) == Some(Trouble::ReadOnly) && !folder.log().exists() => {
            connection::reading_protected(&file)
        }
        opened => opened,
    }
    .map_err(|source| unreadable(folder, source))
}

fn unreadable(folder: &Folder, source: rusqlite::Error) -> OpenError {
    let file = folder.journal();
    match Trouble::of(&source) {
        Some(Trouble::Damaged { .. }) => OpenError::Damaged { file, source },
        _ => OpenError::File { file, source },
    }
}

/// Looks at a journal, oldest question first: is it one, is it ours to read, is it whole, is it of
/// our form, does its end hold?
fn inspect(
    folder: &Folder,
    reader: &Connection,
    writable: bool,
) -> Result<Result<Head, Trouble>, OpenError> {
    let marks = Marks::read(reader).map_err(|source| unreadable(folder, source))?;
    if marks.application != schema::APPLICATION_ID || marks.form < 1 {
        return Err(OpenError::Foreign {
            file: folder.journal(),
        });
    }
    let known = schema::newest();
    if marks.form > known {
        return Ok(Err(Trouble::TooNew {
            found: marks.form,
            known,
        }));
    }
    if let Err(damage) = check_pages(reader) {
        return Ok(Err(Trouble::Damaged { damage }));
    }
    if writable && marks.form < known {
        migrate(folder, marks.form)?;
    }
    Ok(match chain::check_tail(reader) {
        Err(damage) => Err(Trouble::Damaged { damage }),
        Ok(_) if !writable => Err(Trouble::ReadOnly),
        Ok(head) => Ok(head),
    })
}

fn check_pages(reader: &Connection) -> Result<(), Damage> {
    let said: String = reader.query_row("PRAGMA quick_check(1)", (), |row| row.get(0))?;
    if said == "ok" {
        Ok(())
    } else {
        Err(Damage::File { said })
    }
}

fn create(folder: &Folder) -> Result<(), OpenError> {
    let draft = folder.draft();
    folder.make_file(&draft)?;
    let connection = connection::writing(&draft)?;
    let failed = |source| OpenError::File {
        file: draft.clone(),
        source,
    };
    schema::migrate(&connection, schema::STEPS).map_err(failed)?;
    // Copies the log into the file and syncs it, so that the rename names a whole journal.
    connection.close().map_err(|(_, source)| failed(source))?;
    folder.name_draft()
}

/// Brings an older journal to this build's form, after keeping a copy of it.
fn migrate(folder: &Folder, form: i32) -> Result<(), OpenError> {
    let file = folder.journal();
    let copy = folder.copy_of_form(form);
    folder.make_file(&copy)?;
    let connection = connection::writing(&file)?;
    connection
        .execute("VACUUM INTO ?1", [copy.to_string_lossy()])
        .and_then(|_| schema::migrate(&connection, schema::STEPS))
        .map_err(|source| OpenError::Migration { file, source })
}
