//! What is opened, what is not, and what is left alone.

use std::fs;
use std::path::Path;

use journal::{AppendError, Filter, Health, Journal, OpenError, Trouble};
use payment::{Attempt, Standing};
use rusqlite::Connection;

use crate::story::{MORNING_MS, id, order, requested, sale, sold};

async fn refuses(journal: &Journal, trouble: &Trouble) {
    assert_eq!(journal.health(), Health::ReadOnly(trouble.clone()));
    let request = requested(id(99), &order("R-99"), Attempt::FIRST);
    let refused = journal.append(MORNING_MS, vec![request]).await;
    assert!(
        matches!(&refused, Err(AppendError::NotWritable { trouble: said }) if said == trouble),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_second_till_is_kept_out_until_the_first_has_closed() {
    let folder = tempfile::tempdir().unwrap();
    let first = Journal::open(folder.path()).unwrap();
    let refused = Journal::open(folder.path()).unwrap_err();
    assert!(matches!(refused, OpenError::InUse { .. }), "{refused}");
    let clone = first.clone();
    drop(first);
    assert!(
        Journal::open(folder.path()).is_err(),
        "a clone is still the first"
    );
    drop(clone);
    assert_eq!(
        Journal::open(folder.path()).unwrap().health(),
        Health::Writable
    );
}

#[tokio::test]
async fn a_reader_beside_the_till_sees_what_is_written_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let till = Journal::open(folder.path()).unwrap();
    let reader = Journal::open_read_only(folder.path()).unwrap();
    sale(&till, 1, &order("R-1"), Standing::Paid).await;
    assert_eq!(reader.payment(id(1)).unwrap(), till.payment(id(1)).unwrap());
    assert!(reader.payment(id(1)).unwrap().is_some());
    assert_eq!(reader.verify().unwrap(), till.verify().unwrap());
    refuses(&reader, &Trouble::ReadOnly).await;
    drop(reader);
    sale(&till, 2, &order("R-2"), Standing::Paid).await;
}

#[test]
fn a_reader_makes_no_journal() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Journal::open_read_only(folder.path()).unwrap_err();
    assert!(matches!(missing, OpenError::Missing { .. }), "{missing}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_journal_of_a_newer_till_is_read_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    sold(&Journal::open(folder.path()).unwrap(), 3).await;
    let file = folder.path().join("journal.db");
    Connection::open(&file)
        .unwrap()
        .pragma_update(None, "user_version", 7)
        .unwrap();
    let before = fs::read(&file).unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    refuses(&journal, &Trouble::TooNew { found: 7, known: 4 }).await;
    assert_eq!(journal.recent(&Filter::All, None, 9).unwrap().len(), 3);
    drop(journal);
    assert!(fs::read(&file).unwrap() == before);
}

#[test]
fn what_is_no_journal_is_named_and_left_alone() {
    let other = |folder: &Path| {
        let connection = Connection::open(folder.join("journal.db")).unwrap();
        connection.execute_batch("CREATE TABLE mine (x)").unwrap();
    };
    let text = |folder: &Path| {
        fs::write(folder.join("journal.db"), "dear diary, ".repeat(999)).unwrap();
    };
    let nothing = |folder: &Path| fs::write(folder.join("journal.db"), "").unwrap();
    let makers: [fn(&Path); 3] = [other, text, nothing];
    for (make, damaged) in makers.into_iter().zip([false, true, false]) {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path());
        let before = fs::read(folder.path().join("journal.db")).unwrap();
        let refused = Journal::open(folder.path()).unwrap_err();
        assert!(refused.to_string().contains("journal.db"), "{refused}");
        assert_eq!(
            matches!(refused, OpenError::Damaged { .. }),
            damaged,
            "{refused}"
        );
        assert_eq!(
            matches!(refused, OpenError::Foreign { .. }),
            !damaged,
            "{refused}"
        );
        assert!(fs::read(folder.path().join("journal.db")).unwrap() == before);
    }
}

#[tokio::test]
async fn a_lost_file_is_not_taken_for_a_new_shop() {
    let folder = tempfile::tempdir().unwrap();
    let (file, log) = (
        folder.path().join("journal.db"),
        folder.path().join("journal.db-wal"),
    );
    let journal = Journal::open(folder.path()).unwrap();
    sale(&journal, 1, &order("R-1"), Standing::Paid).await;
    let log_bytes = fs::read(&log).unwrap();
    drop(journal);
    fs::remove_file(&file).unwrap();
    let gone = |folder: &Path| {
        let refused = Journal::open(folder).unwrap_err();
        let OpenError::Gone { left, .. } = refused else {
            panic!("{refused}");
        };
        left
    };
    assert_eq!(gone(folder.path()), folder.path().join("journal.head"));
    fs::write(&log, log_bytes).unwrap();
    assert_eq!(gone(folder.path()), log);
    assert!(!file.exists());
}

#[tokio::test]
async fn a_till_that_stopped_while_making_its_journal_makes_it_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("journal.db.new"), "half a page").unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    sale(&journal, 1, &order("R-1"), Standing::Paid).await;
    drop(journal);
    let names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!names.iter().any(|name| name.contains(".new")), "{names:?}");
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn nobody_else_can_look_into_it() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("shops").join("one");
        let journal = Journal::open(&folder).unwrap();
        sale(&journal, 1, &order("R-1"), Standing::Paid).await;
        assert_eq!(mode(&folder), 0o700);
        for name in [
            "journal.db",
            "journal.db-wal",
            "journal.db-shm",
            "journal.lock",
        ] {
            assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
        }
        drop(journal);
        let file = folder.join("journal.db");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let journal = Journal::open(&folder).unwrap();
        assert_eq!(
            mode(&file),
            0o600,
            "a file that others could read is closed to them"
        );
        drop(journal);
    }

    #[tokio::test]
    async fn a_write_protected_file_is_read_and_stays_protected() {
        let folder = tempfile::tempdir().unwrap();
        sold(&Journal::open(folder.path()).unwrap(), 3).await;
        let file = folder.path().join("journal.db");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
        let before = fs::read(&file).unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        refuses(&journal, &Trouble::ReadOnly).await;
        assert_eq!(journal.recent(&Filter::All, None, 9).unwrap().len(), 3);
        drop(journal);
        assert_eq!(mode(&file), 0o400);
        assert!(fs::read(&file).unwrap() == before);
    }
}
