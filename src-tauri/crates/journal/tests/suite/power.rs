//! A till that stops in the middle: what was answered is there, and what is there is whole.

use std::fs;
use std::path::Path;

use journal::{Damage, Filter, Health, Journal, Trouble};
use payment::Standing;

use crate::story::{id, order, sale, sold};

/// The place of the log: 1250 pages, each with its header.
const LAID_OUT_BYTES: u64 = 5_150_000;

/// The files as a killed till leaves them: the log not copied, the lock file of no use.
fn killed(folder: &Path, log: &[u8]) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    fs::copy(folder.join("journal.db"), copy.path().join("journal.db")).unwrap();
    fs::write(copy.path().join("journal.db-wal"), log).unwrap();
    copy
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    for number in 0..20 {
        sale(
            &journal,
            number,
            &order(&format!("R-{number}")),
            Standing::Paid,
        )
        .await;
    }
    let log = fs::read(folder.path().join("journal.db-wal")).unwrap();
    let copy = killed(folder.path(), &log);
    let again = Journal::open(copy.path()).unwrap();
    assert_eq!(again.health(), Health::Writable);
    assert_eq!(again.verify().unwrap(), journal.verify().unwrap());
    assert_eq!(again.verify().unwrap().entries, 80);
    sale(&again, 20, &order("R-20"), Standing::Paid).await;
}

/// A power cut leaves some front part of the log: whole commits of it count, the torn one never
/// happened, and the till goes on from there.
#[tokio::test]
async fn a_log_cut_anywhere_holds_a_whole_front_part() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    for number in 0..4 {
        sale(
            &journal,
            number,
            &order(&format!("R-{number}")),
            Standing::Paid,
        )
        .await;
    }
    let log = fs::read(folder.path().join("journal.db-wal")).unwrap();
    let truth: Vec<_> = (0..4)
        .flat_map(|number| journal.timeline(id(number)).unwrap())
        .collect();
    let used = log.iter().rposition(|byte| *byte != 0).unwrap();
    let mut random = fastrand::Rng::with_seed(7);
    let mut lengths = Vec::new();
    for _ in 0..60 {
        let end = random.usize(..=used + 1);
        let copy = killed(folder.path(), &log[..end]);
        let again = Journal::open_read_only(copy.path()).unwrap();
        let entries: Vec<_> = (0..4)
            .flat_map(|number| again.timeline(id(number)).unwrap())
            .collect();
        assert_eq!(entries, truth[..entries.len()], "cut at {end}");
        let verified = again.verify().unwrap();
        assert_eq!(usize::try_from(verified.entries).unwrap(), entries.len());
        lengths.push((end, entries.len()));
    }
    lengths.sort_unstable();
    assert!(
        lengths.is_sorted_by_key(|(_, entries)| *entries),
        "{lengths:?}"
    );
    assert!(lengths.iter().any(|(_, entries)| (1..16).contains(entries)));
}

/// The note beside the journal tells what the journal itself cannot: that it was longer.
#[tokio::test]
async fn a_lost_log_and_an_old_copy_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    sale(&journal, 0, &order("R-0"), Standing::Paid).await;
    drop(journal);
    let old = fs::read(folder.path().join("journal.db")).unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    sale(&journal, 1, &order("R-1"), Standing::Paid).await;
    // Closing waits for the note, copying the log does not make it longer.
    let log = fs::read(folder.path().join("journal.db-wal")).unwrap();
    let lost = killed(folder.path(), &log[..0]);
    let whole = killed(folder.path(), &log);
    drop(journal);
    let note = fs::read(folder.path().join("journal.head")).unwrap();
    let shortened = Health::ReadOnly(Trouble::Damaged {
        damage: Damage::Shortened { seq: 8 },
    });
    for copy in [&lost, &whole] {
        fs::write(copy.path().join("journal.head"), &note).unwrap();
    }
    assert_eq!(Journal::open(lost.path()).unwrap().health(), shortened);
    assert_eq!(
        Journal::open(whole.path()).unwrap().health(),
        Health::Writable
    );

    fs::write(folder.path().join("journal.db"), old).unwrap();
    let back = Journal::open(folder.path()).unwrap();
    assert_eq!(back.health(), shortened);
    assert!(back.payment(id(0)).unwrap().is_some());
    drop(back);
    fs::remove_file(folder.path().join("journal.head")).unwrap();
    let forked = Journal::open(folder.path()).unwrap();
    sale(&forked, 2, &order("R-2"), Standing::Declined).await;
    drop(forked);
    fs::write(folder.path().join("journal.head"), note).unwrap();
    let forked = Journal::open(folder.path()).unwrap();
    let altered = Trouble::Damaged {
        damage: Damage::Altered { seq: 8 },
    };
    assert_eq!(forked.health(), Health::ReadOnly(altered));
}

/// A log that grows with a commit makes its fsync write the file system's journal too.
#[tokio::test]
async fn the_log_does_not_grow_with_a_commit() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let log = folder.path().join("journal.db-wal");
    let mut lengths = Vec::new();
    for number in 0..20 {
        sale(
            &journal,
            number,
            &order(&format!("R-{number}")),
            Standing::Paid,
        )
        .await;
        lengths.push(fs::metadata(&log).unwrap().len());
    }
    assert!(
        lengths.iter().all(|length| *length == LAID_OUT_BYTES),
        "{lengths:?}"
    );
}

/// No moment is quiet: the log is copied all the same, before it leaves the place laid out for it.
#[tokio::test]
async fn the_log_stays_in_its_place_in_a_burst() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let file = folder.path().join("journal.db");
    let log = folder.path().join("journal.db-wal");
    let before = fs::metadata(&file).unwrap().len();
    let mut sales: u64 = 0;
    while fs::metadata(&file).unwrap().len() == before {
        assert!(sales < 1000, "the log was never copied");
        let order = order(&format!("R-{sales}"));
        sale(&journal, sales.into(), &order, Standing::Paid).await;
        sales += 1;
    }
    assert!(sales > 20, "it was copied too soon: after {sales} sales");
    assert_eq!(fs::metadata(&log).unwrap().len(), LAID_OUT_BYTES);
    assert_eq!(journal.verify().unwrap().entries, 4 * sales);
}

/// Facts until the log is copied into the file, and on: the copying loses nothing and leaves the
/// journal writable.
#[tokio::test]
async fn the_log_is_copied_in_a_quiet_moment() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let file = folder.path().join("journal.db");
    let before = fs::metadata(&file).unwrap().len();
    sold(&journal, 3000).await;
    let mut waited_ms = 0;
    while fs::metadata(&file).unwrap().len() == before && waited_ms < 20_000 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        waited_ms += 50;
    }
    assert!(
        fs::metadata(&file).unwrap().len() > before,
        "the log was never copied"
    );
    let log = fs::metadata(folder.path().join("journal.db-wal"))
        .unwrap()
        .len();
    sale(&journal, 9000, &order("R-9000"), Standing::Paid).await;
    let log_after = fs::metadata(folder.path().join("journal.db-wal"))
        .unwrap()
        .len();
    assert_eq!(log, log_after, "the log began anew, in its old place");
    assert_eq!(journal.verify().unwrap().entries, 9004);
    assert_eq!(
        journal.recent(&Filter::All, None, 9999).unwrap().len(),
        3001
    );
}
