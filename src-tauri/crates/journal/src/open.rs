//! From a folder to a journal: what is checked before anything is believed or written.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use crate::chain::{self, Head};
use crate::check::{self, Check};
use crate::connection;
use crate::error::OpenError;
use crate::folder::{Folder, Lock};
use crate::health::{Damage, Health, Shared, Trouble};
use crate::log;
use crate::queue::Queue;
use crate::schema::{self, Marks};
use crate::store::Store;
use crate::witness::{self, Witness};
use crate::writer::Writer;

/// Opens for writing, or for reading where something stands against writing.
pub(crate) fn open(path: &Path) -> Result<Store, OpenError> {
    open_checking(path, check::AT_ONCE_BYTES)
}

fn open_checking(path: &Path, at_once_bytes: u64) -> Result<Store, OpenError> {
    connection::check_version()?;
    let folder = Folder::new(path);
    folder.make()?;
    let lock = match folder.lock()? {
        Lock::Held(lock) => lock,
        Lock::WriteProtected => return open_for_reading(&folder, at_once_bytes),
    };
    if !folder.has_journal()? {
        create(&folder)?;
    }
    let writable = folder.guard_file()?;
    let left = log::write_again(&folder.log());
    let reader = reader(&folder)?;
    if let Err(error) = left {
        tracing::error!(%error, "what was left of the journal's log could not be written again");
        return Ok(Store::reading(folder, reader, Trouble::Failing));
    }
    let file = folder.journal();
    let head = match inspect(&folder, &reader, writable, at_once_bytes)? {
        Ok(head) => head,
        Err(trouble) => return Ok(Store::reading(folder.clone(), reader, trouble)),
    };
    let shared = Arc::new(Shared::new(Health::Writable));
    let witness = Witness::new(folder.open_head()?);
    let connection = connection::writing(&file)?;
    let mut writer = Writer::new(connection, head, Arc::clone(&shared), Some(witness));
    // Shows whether the disk takes a commit, before a charge depends on it.
    writer.warm();
    writer.note_head();
    let check = if is_small(&folder, at_once_bytes)? {
        None
    } else {
        Some(Check::start(&file, Arc::clone(&shared))?)
    };
    let queue = Queue::start(writer, folder.log()).map_err(OpenError::Thread)?;
    Ok(Store::writing(folder, reader, queue, check, lock, shared))
}

/// Opens for reading, also while a till writes.
pub(crate) fn open_read_only(path: &Path) -> Result<Store, OpenError> {
    connection::check_version()?;
    open_for_reading(&Folder::new(path), check::AT_ONCE_BYTES)
}

fn open_for_reading(folder: &Folder, at_once_bytes: u64) -> Result<Store, OpenError> {
    let file = folder.journal();
    if !folder.has_journal()? {
        return Err(OpenError::Missing { file });
    }
    let reader = reader(folder)?;
    let trouble = match inspect(folder, &reader, false, at_once_bytes)? {
        Ok(_) => Trouble::ReadOnly,
        Err(trouble) => trouble,
    };
    Ok(Store::reading(folder.clone(), reader, trouble))
}

fn is_small(folder: &Folder, at_once_bytes: u64) -> Result<bool, OpenError> {
    let file = fs::metadata(folder.journal()).map_err(|source| folder.unusable(source))?;
    Ok(file.len() <= at_once_bytes)
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
    at_once_bytes: u64,
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
    if is_small(folder, at_once_bytes)?
        && let Err(damage) = check::pages(reader)
    {
        return Ok(Err(Trouble::Damaged { damage }));
    }
    if writable && marks.form < known {
        migrate(folder, marks.form, schema::STEPS)?;
    }
    // Before the journal itself, which a till may be writing to: the note is never ahead of it.
    let noted = witness::noted(&folder.head()).map_err(|source| folder.unusable(source))?;
    Ok(match check_end(reader, noted) {
        Err(damage) => Err(Trouble::Damaged { damage }),
        Ok(_) if !writable => Err(Trouble::ReadOnly),
        Ok(head) => Ok(head),
    })
}

fn check_end(reader: &Connection, noted: Option<Head>) -> Result<Head, Damage> {
    let head = chain::check_tail(reader)?;
    noted.map_or(Ok(()), |noted| chain::check_note(reader, head, noted))?;
    Ok(head)
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
    // Copies the log into the file and syncs it, so that the rename names a whole journal. Closing
    // does that too, and says nothing where it fails.
    connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))
        .map_err(failed)?;
    connection.close().map_err(|(_, source)| failed(source))?;
    folder.name_draft()
}

/// Brings an older journal to this build's form, after keeping a copy of it.
fn migrate(folder: &Folder, form: i32, steps: &[&str]) -> Result<(), OpenError> {
    let file = folder.journal();
    let copy = folder.copy_of_form(form);
    folder.make_file(&copy)?;
    let connection = connection::writing(&file)?;
    connection
        .execute("VACUUM INTO ?1", [copy.to_string_lossy()])
        .and_then(|_| schema::migrate(&connection, steps))
        .map_err(|source| OpenError::Migration { file, source })
}

#[cfg(test)]
mod tests {
    use payment::{Language, ShopEvent, Theme};
    use rusqlite::Connection;

    use super::*;
    use crate::{Fact, Journal};

    fn facts(count: usize) -> Vec<Fact> {
        let chosen = ShopEvent::LookChosen {
            language: Language::En,
            theme: Theme::Dark,
        };
        vec![Fact::Shop(chosen); count]
    }

    #[tokio::test]
    async fn a_newer_form_is_reached_whole_or_not_at_all_and_a_copy_is_kept() {
        let place = tempfile::tempdir().unwrap();
        let journal = Journal::open(place.path()).unwrap();
        journal.append(1, facts(5)).await.unwrap();
        drop(journal);
        let folder = Folder::new(place.path());
        let now = schema::newest();
        let with = |more: &[&'static str]| [schema::STEPS, more].concat();
        let form = || {
            Marks::read(&connection::reading(&folder.journal()).unwrap())
                .unwrap()
                .form
        };

        let broken = ["CREATE TABLE note (x)", "CREATE TABLE note (x)"];
        let failed = migrate(&folder, now, &with(&broken)).unwrap_err();
        assert!(matches!(failed, OpenError::Migration { .. }), "{failed}");
        assert_eq!(form(), now);
        assert!(
            Journal::open(place.path()).unwrap().verify().is_ok(),
            "as it was"
        );

        migrate(&folder, now, &with(&broken[..1])).unwrap();
        assert_eq!(form(), now + 1);
        let newer = Journal::open(place.path()).unwrap();
        let trouble = Trouble::TooNew {
            found: now + 1,
            known: now,
        };
        assert_eq!(newer.health(), Health::ReadOnly(trouble));

        let before = tempfile::tempdir().unwrap();
        fs::copy(folder.copy_of_form(now), before.path().join("journal.db")).unwrap();
        let copy = Journal::open(before.path()).unwrap();
        assert_eq!(copy.verify().unwrap().entries, 5);
    }

    /// As the first till left it: what was written then is read, and new facts follow.
    #[tokio::test]
    async fn a_journal_of_every_older_form_is_taken_over() {
        for form in 1..schema::newest() {
            let place = tempfile::tempdir().unwrap();
            let folder = Folder::new(place.path());
            drop(Journal::open(place.path()).unwrap());
            let old = tempfile::tempdir().unwrap();
            let file = old.path().join("old.db");
            let steps = usize::try_from(form).unwrap();
            {
                let connection = Connection::open(&file).unwrap();
                schema::migrate(&connection, &schema::STEPS[..steps]).unwrap();
            }
            for name in ["journal.db-wal", "journal.db-shm"] {
                let _ = fs::remove_file(place.path().join(name));
            }
            fs::copy(&file, folder.journal()).unwrap();
            let journal = Journal::open(place.path()).unwrap();
            assert_eq!(journal.health(), Health::Writable, "form {form}");
            journal.append(1, facts(3)).await.unwrap();
            assert_eq!(journal.verify().unwrap().entries, 3);
            drop(journal);
            let reached = Marks::read(&connection::reading(&folder.journal()).unwrap());
            assert_eq!(reached.unwrap().form, schema::newest());
            assert!(folder.copy_of_form(form).exists(), "a copy is kept");
        }
    }

    #[tokio::test]
    async fn a_large_journal_is_checked_while_it_is_open() {
        let place = tempfile::tempdir().unwrap();
        let journal = Journal::open(place.path()).unwrap();
        journal.append(1, facts(2000)).await.unwrap();
        drop(journal);
        let sound = open_checking(place.path(), 0).unwrap();
        assert_eq!(sound.shared.health(), Health::Writable);
        drop(sound);
        let file = place.path().join("journal.db");
        let page: u64 = connection::reading(&file)
            .unwrap()
            .query_row(
                "SELECT rootpage FROM sqlite_schema WHERE name = 'payment_ended'",
                (),
                |row| row.get(0).map(|page: i64| page.unsigned_abs()),
            )
            .unwrap();
        let mut bytes = fs::read(&file).unwrap();
        let start = usize::try_from((page - 1) * 4096).unwrap();
        bytes[start..start + 4096].fill(0xa5);
        fs::write(&file, bytes).unwrap();
        let store = open_checking(place.path(), 0).unwrap();
        let mut health = store.shared.watch();
        let found = health
            .wait_for(|health| *health != Health::Writable)
            .await
            .unwrap();
        let said = format!("{:?}", *found);
        assert!(said.contains("Damaged"), "{said}");
    }
}
